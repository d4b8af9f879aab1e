"""CycloneDX as protobuf text, 1.3 to 1.7: `components { name: "x" }`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from oust.formats.cyclonedx_parts import Parts
from oust.formats.seam import MAX_DEPTH, Head, Needles, Opened, Unreadable, one_line
from oust.model import Said, Tally

_TOKEN = re.compile(
    r"""(?P<skip>(?:\s|\#[^\n]*)+)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<open>[{<])|(?P<close>[}>])|(?P<list>\[)|(?P<end>\])|(?P<sep>[,;:])
    |(?P<word>[\w.+-]+)""",
    re.X,
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ENUM = re.compile(r"^(CLASSIFICATION|SCOPE|AGGREGATE|LIFECYCLE_PHASE)_")
_LISTS = (
    *("components", "services", "dependencies", "compositions", "vulnerabilities"),
    *("annotations", "formulation", "externalReferences"),
)
_MANY = (
    *_LISTS,
    *("tools", "authors", "ancestors", "descendants", "variants", "licenses", "organizations"),
    *("assessors", "signatories", "hashes", "properties", "assemblies", "provides"),
)
"""Fields whose messages the JSON form has in a list, so that pointers count them."""
_SHAPE = re.compile(r"(?m)^[ \t]*(components|metadata|dependencies|services)\s*:?\s*[{<]")
_MAGIC = re.compile(r"(?m)^[ \t]*(spec_version|serial_number|specVersion|serialNumber)\s*:")


class Token(NamedTuple):
    """A lexeme: its kind, what it says, and its line."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """Lexemes of the text. Raises Unreadable at what is none."""
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"not protobuf text at line {line}: {one_line(text[at : at + 40])}")
        if match.lastgroup != "skip":
            yield Token(match.lastgroup or "", match[0], line)
        line += match[0].count("\n")
        at = match.end()


def unquoted(literal: str) -> str:
    """The value of a string literal; byte escapes are UTF-8."""

    def octet(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "uU" and len(code) > 1:
            number = int(code[1:], 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
        if code[0] == "x" and len(code) > 1:
            return chr(0xDC00 + int(code[1:], 16))
        if code[0] in "01234567":
            return chr(0xDC00 + (int(code, 8) & 255))
        return _PLAIN.get(code, code)

    text = _ESCAPE.sub(octet, literal[1:-1])
    if text.isascii():
        return text
    # octets written as escapes were parked above U+DC00
    raw = b"".join(
        bytes([ord(char) - 0xDC00]) if 0xDC00 <= ord(char) < 0xDD00 else char.encode()
        for char in text
    )
    return raw.decode("utf-8", "replace")


def camel(name: str) -> str:
    """Field name as the JSON form has it."""
    if name == "bom_ref":
        return "bom-ref"
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


class Reader:
    """Turns the text into top-level members, and remembers the line of every message."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.lines: dict[str, int] = {"#": 1}
        self.last = 1

    def next(self) -> Token | None:
        """The next lexeme, None at the end."""
        token = next(self.tokens, None)
        self.last = token.line if token else self.last
        return token

    def members(self) -> Iterator[tuple[str, int | None, Any]]:
        """Top-level key, index within its list, value."""
        counts: dict[str, int] = {}
        token = self.next()
        while token is not None:
            key, start = camel(token.text), counts.get(camel(token.text), 0)
            values, token = self.field(token, f"#/{key}", start, 1)
            counts[key] = start + len(values)
            for index, value in enumerate(values, start):
                yield key, index if key in _LISTS else None, value

    def field(
        self, name: Token, base: str, start: int, depth: int
    ) -> tuple[list[Any], Token | None]:
        """Values of the field whose name was just read, and the lexeme after them.

        The field is at `base`, its values are at `base`/`start` and on.
        """
        if name.kind != "word":
            raise Unreadable(f"not protobuf text at line {name.line}: {one_line(name.text)}")
        self.lines.setdefault(base, name.line)
        token = self.past_separators(self.next())
        if token is None:
            raise Unreadable(f"truncated at line {self.last}")
        if token.kind == "list":
            values = list(self.items(base, start, depth))
            after = self.next()
        else:
            value, after = self.value(token, base, start, depth)
            values = [value]
        return values, self.past_separators(after)

    def past_separators(self, token: Token | None) -> Token | None:
        """`token`, or the first one after it that is no separator."""
        while token and token.kind == "sep":
            token = self.next()
        return token

    def value(self, token: Token, base: str, index: int, depth: int) -> tuple[Any, Token | None]:
        """A value that begins with `token`, and the lexeme after it."""
        self.lines[f"{base}/{index}"] = token.line
        if token.kind == "open":
            single = base.rpartition("/")[2] not in _MANY
            return self.message(base if single else f"{base}/{index}", depth), self.next()
        if token.kind == "word":
            word = token.text
            if _ENUM.match(word):
                word = _ENUM.sub("", word).lower().replace("_", "-")
            return word, self.next()
        if token.kind != "text":
            raise Unreadable(f"not protobuf text at line {token.line}: {one_line(token.text)}")
        pieces, after = [unquoted(token.text)], self.next()
        while after and after.kind == "text":
            pieces.append(unquoted(after.text))
            after = self.next()
        return "".join(pieces), after

    def message(self, at: str, depth: int) -> dict[str, Any]:
        """Fields up to the closing brace; those given again become lists."""
        if depth > MAX_DEPTH // 4:
            raise Unreadable(f"nested deeper than {MAX_DEPTH // 4} messages")
        made: dict[str, list[Any]] = {}
        token = self.past_separators(self.next())
        while token is None or token.kind != "close":
            if token is None:
                raise Unreadable(f"truncated at line {self.last}")
            held = made.setdefault(camel(token.text), [])
            place = f"{at}/{camel(token.text)}"
            values, token = self.field(token, place, len(held), depth + 1)
            held += values
        return {key: held[0] if len(held) == 1 else held for key, held in made.items()}

    def items(self, base: str, start: int, depth: int) -> Iterator[Any]:
        """Values between square brackets."""
        token = self.past_separators(self.next())
        while token is None or token.kind != "end":
            if token is None:
                raise Unreadable(f"truncated at line {self.last}")
            value, token = self.value(token, base, start, depth)
            yield value
            token = self.past_separators(token)
            start += 1

    def located(self, said: Said) -> Said:
        """The same with the line of the innermost message as locator."""
        if isinstance(said, Tally):
            return said
        at = said.locator
        while at not in self.lines:  # a message given once stands for a list of one
            at = at.rpartition("/")[0] or "#"
        return msgspec.structs.replace(said, locator=f"line {self.lines[at]}")


def as_json(value: Any, key: str = "") -> Any:
    """A message as the JSON form of CycloneDX has it."""
    if isinstance(value, list):
        if key == "tools":
            return _tools(value)
        return [as_json(one, key) for one in value]
    if not isinstance(value, dict):
        return value
    if key in ("timestamp", "created") and "seconds" in value:
        return _moment(value)
    made = {name: as_json(one, name) for name, one in value.items()}
    if key == "hashes" and "value" in made:
        made["content"] = made.pop("value")
    if key == "dependencies":
        deps = made.pop("dependencies", [])
        made["dependsOn"] = [one.get("ref") for one in _listed(deps) if isinstance(one, dict)]
    if key == "tools":
        return _tools([value])
    return made


def _tools(values: list[Any]) -> Any:
    """Tools as an object of components and services, or as the older list."""
    made = [as_json(one) for one in values]
    if any(isinstance(one, dict) and {"components", "services"} & one.keys() for one in made):
        group: dict[str, list[Any]] = {"components": [], "services": []}
        for one in filter(lambda one: isinstance(one, dict), made):
            for part, held in group.items():
                held += _listed(one.get(part))
            if "name" in one:
                group["components"].append(one)
        return group
    return made


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _moment(value: dict[str, Any]) -> str:
    try:
        return datetime.fromtimestamp(int(value["seconds"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError, TypeError):
        return one_line(value)


class CycloneDXTextproto:
    """One Bom message per document."""

    name = "cyclonedx-textproto"
    title = "CycloneDX 1.3 to 1.7, protobuf text"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the field names of a Bom message at the start of lines."""
        if head.start[:1] in ("{", "[", "<", ""):
            return 0
        magic = bool(_MAGIC.search(head.text))
        if magic and ("proto-message: Bom" in head.start or "schema/bom-" in head.start):
            return 100
        return 70 if magic and _SHAPE.search(head.text) else 55 if magic else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """The same as of the JSON form, with line locators."""
        reader, parts = Reader(opened.text()), Parts()
        try:
            for key, index, value in reader.members():
                parts.member(key, index, as_json(value, key))
                yield from map(reader.located, parts.walker.take())
        except Unreadable:
            yield from map(reader.located, parts.close())
            raise
        yield from map(reader.located, parts.close())
