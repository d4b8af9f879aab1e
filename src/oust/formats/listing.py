"""What the readers of installed-software listings share: clean lines, hosts, JSON.

Listings reach us through terminals, log shippers and automation tools, so a line may carry colour
codes, a timestamp in front, or the name of the host that answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from oust.formats import json_stream
from oust.formats.seam import MAX_DEPTH, Head, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said

_LINE = re.compile(r"\r+\n|\n|\r")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_PREFIX = re.compile(
    r"(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?: [\w.-]+)?(?: [\w./-]+(?:\[\d+\])?:)?"
    r"|\[[^\]\s][^\]]{0,40}\]"
    r"|(?:INFO|DEBUG|NOTICE|stdout|stderr|out|O)\b[:|]?"
    r"|[|>:])\s?"
)
_PROMPT = re.compile(r"^\[?(?:[\w.-]+@([\w.-]+))[: ][^#$]{0,200}[#$]\s+\S")
_ANSIBLE = re.compile(r"^([\w.-]+) \| (?:SUCCESS|CHANGED|FAILED|UNREACHABLE)\b.*")
_ERROR = re.compile(
    r"^(?:[\w./-]+: )?(?:(?:line )?\d+: )?(?:"
    r"(?:dpkg(?:-query)?|apt|rpm|yum|dnf|npm|pip3?|brew|winget)(?::| ERR!| error\b)"
    r"|E: |error: |Error: |.*: command not found\s*$|.*is not recognized as )"
)


LONGEST = 8192
"""Characters of a line that are looked at, to tell what a source is."""

_COMPLAINING = ("ERR!", "error", "is not recognized as")
"""One stands in every complaint without a colon."""


def clean(text: str) -> str:
    """`text` without terminal escapes and control characters."""
    return _CONTROL.sub("", _ESCAPE.sub("", text)) if not text.isprintable() else text


def numbered(opened: Opened) -> Iterator[tuple[int, str]]:
    """Line numbers from 1 and cleaned lines, without trailing blanks.

    A trailing tab stays: an empty last column.
    """
    text = opened.text()
    start, number = 0, 1
    for match in _LINE.finditer(text):
        yield number, clean(text[start : match.start()]).rstrip(" ")
        start, number = match.end(), number + 1
    if start < len(text):
        yield number, clean(text[start:]).rstrip(" ")


def unprefixed(line: str) -> str:
    """`line` without timestamps, levels and brackets that a log put in front of it."""
    for _ in range(5):
        match = _PREFIX.match(line)
        if not match:
            break
        line = line[match.end() :]
    return line


def matching(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Match of `pattern` at the start of `line`, or after what a log put in front."""
    line = line.rstrip()
    return pattern.match(line) or pattern.match(unprefixed(line))


def is_markup(head: Head) -> bool:
    """Whether the source is JSON, XML or binary: no lines that a person or a shell reads."""
    markup = re.match(r'[{<]|\[\s*[\[{"\d-]', head.start)
    return bool(markup) or "\0" in head.start


def share(pattern: re.Pattern[str], lines: Iterable[str]) -> float:
    """Which part of the non-blank lines matches, 0 to 1; 0 if there are none."""
    given = [text for line in lines if (text := clean(line[:LONGEST]).rstrip())]
    return sum(1 for line in given if matching(pattern, line)) / len(given) if given else 0.0


def is_error(line: str) -> bool:
    """Whether the line is a tool's complaint instead of its output."""
    if ":" not in line and not any(word in line for word in _COMPLAINING):
        return False
    return bool(_ERROR.match(line) or _ERROR.match(unprefixed(line)))


def host_line(line: str) -> str:
    """Host that a shell prompt or an automation tool's heading names; empty if neither."""
    match = _PROMPT.match(line) or _ANSIBLE.match(line)
    return match[1] if match else ""


def entries(lines: list[str]) -> list[str]:
    """Lines that may be entries, cleaned: no complaints, no host headings."""
    return list(_entries(tuple(lines)))


@lru_cache(maxsize=4)  # several formats ask for the same lines
def _entries(lines: tuple[str, ...]) -> tuple[str, ...]:
    given = (clean(one[:LONGEST]).rstrip(" ") for one in lines)
    return tuple(one for one in given if one.strip() and not is_error(one) and not host_line(one))


class Hosts:
    """Hosts that one source names: each becomes one record, under its first spelling."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def name(self, name: str) -> str:
        """The spelling first met."""
        return self._seen.get(name.casefold(), name)

    def knows(self, name: str) -> bool:
        """Whether the host was met, in any spelling."""
        return name in self._seen or name.casefold() in self._seen

    def add(self, name: str) -> None:
        """Note a host whose record the caller makes."""
        self._seen.setdefault(name.casefold(), name)

    def new(self, name: str, locator: str, **fields: Any) -> Iterator[Record]:
        """The record of a host not met before; nothing for one already told or a blank name."""
        if name and not self.knows(name):
            self.add(name)
            yield Record(kind="host", locator=locator, ref=name, name=name, **fields)


def told(lines: Iterable[tuple[int, str]], hosts: Hosts) -> Iterator[tuple[int, str, str] | Record]:
    """Lines with number and the host they belong to; the record of each host once before them."""
    host = ""
    for number, line in lines:
        named = host_line(line)
        if named:
            yield from hosts.new(named, f"line {number}")
            host = hosts.name(named)
        elif line.strip():
            yield number, line, host


NO_ENTRIES = "no package in it"


def at_least_one(said: Iterator[Said]) -> Iterator[Said]:
    """What was said. Raises Unreadable at the end if no package was among it."""
    found = False
    for one in said:
        found = found or (isinstance(one, Record) and one.kind not in ("host", "document"))
        yield one
    if not found:
        raise Unreadable(NO_ENTRIES)


def complaint(number: int, line: str, what: str) -> Quarantine:
    """A line that is no entry: an error message of the tool, or something unknown."""
    reason = "message of the tool instead of an entry" if is_error(line) else f"not {what}"
    return Quarantine(f"line {number}", reason, one_line(line))


def extra(pairs: dict[str, str]) -> str:
    """JSON object of the pairs that have a value; empty if none has."""
    kept = {key: value for key, value in pairs.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def string(value: object) -> str:
    """A JSON scalar as text; empty for null, lists and objects."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""


def urls(*texts: str) -> tuple[str, ...]:
    """Those of the texts that are web addresses, each once."""
    found = (text.strip() for text in texts)
    return tuple(
        dict.fromkeys(t for t in found if re.match(r"(?i)(https?|ftp|git\S*)://|www\.", t))
    )


def load_json(opened: Opened) -> tuple[Any, str]:
    """The JSON value in the source and the text that stood before it (a tool's warnings).

    Raises Unreadable if there is no complete JSON value, or one nested deeper than MAX_DEPTH.
    """
    try:
        return json_stream.decode(opened.utf8()), ""
    except json_stream.TooDeep as error:
        raise Unreadable(str(error)) from None
    except ValueError:
        return _json_within(opened.text())


def _json_within(text: str) -> tuple[Any, str]:
    """The first JSON object or array that begins a line of `text`, and what stands before it."""
    problem = "no JSON value in it"
    for match in islice(re.finditer(r"(?m)^[ \t]*[{\[]", text), 20):
        start = match.end() - 1
        try:
            end = json.JSONDecoder(strict=False).raw_decode(text, start)[1]
            return json_stream.decode(text[start:end].encode()), text[:start].strip()
        except (RecursionError, json_stream.TooDeep):
            raise Unreadable(f"JSON is nested deeper than {MAX_DEPTH} levels") from None
        except ValueError as error:
            problem = problem if problem.startswith("JSON") else f"JSON is broken: {error}"
    raise Unreadable(problem)


def pointer(*parts: object) -> str:
    """JSON pointer of the parts, as a URI fragment's text: `#/a/0`."""
    return "#" + "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)
