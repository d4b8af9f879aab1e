"""Rows of network logs joined into records: one per client, name and type, with first and last.

Shared by the readers of DNS and proxy logs that are written one entry a line. Lines are counted
block by block; only those in which something looked for stands are ever taken apart.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from oust.formats.listing import clean, extra
from oust.formats.log_span import Span
from oust.formats.log_times import NEVER, Moment
from oust.formats.seam import Needles, NoNeedles, Opened, one_line
from oust.formats.zeek_lines import Block, Look, blocks
from oust.model import Quarantine, Record, Said, Tally

MOST = 200
"""Different ids or addresses of one record; with more, another record is begun."""

NOTED = 20
"""Different values of one note that are kept; the record says how many there were."""

LONGEST = 2000  # characters of one value that are kept
LONGEST_LINE = 65_536  # bytes of a line that are looked at
_NO_ESCAPES = re.compile(rb"(?!)")
_HOST = re.compile(r"(?=.{1,253}$)[\w*](?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+", re.ASCII)
_REVERSE = re.compile(r"((?:\d{1,3}\.){4})in-addr\.arpa\.?$", re.I)

_NOWHERE = frozenset(("ip:0.0.0.0", "ip:::"))
"""What a filter answers instead of an address."""


class Row(Struct):
    """What one line says, before it is joined with others of the same client and name."""

    type: str
    name: str
    client: str = ""
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    when: Moment = NEVER
    up: int | None = None  # bytes from the client
    down: int | None = None
    notes: dict[str, tuple[str, ...]] = {}


Parse = Callable[[str, int], Row | Quarantine | None]
"""What a line, of a number, says; None for one that is of the log but says nothing of a client."""


def address(text: str) -> str:
    """`text` as an IP address in its usual form; "" if it is none."""
    if not re.fullmatch(r"[0-9A-Fa-f:.]+(?:%[\w.-]+)?", text):
        return ""
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip)


def host_name(text: str) -> str:
    """`text` as a host name in lower case, without final dot; "" if it is none."""
    name = text.strip().rstrip(".").lower().removeprefix("*.")
    return name if _HOST.fullmatch(name) and not address(name) else ""


def id_of(text: str, scheme: str = "domain") -> tuple[str, ...]:
    """`text` as the id of a host: its address, or its name under `scheme`; nothing if neither."""
    if ip := address(text):
        return (f"ip:{ip}",)
    name = host_name(text)
    return (f"{scheme}:{name}",) if name else ()


def asked(name: str, kind: str, answers: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Ids of a DNS question for records of type `kind`, with what the answers stand for."""
    ids = [*id_of(name)]
    if match := _REVERSE.match(name):
        ids += id_of(".".join(reversed(match[1].rstrip(".").split("."))))
    scheme = {"MX": "mx", "NS": "ns"}.get(kind.upper(), "cname")
    own = f"{scheme}:{host_name(name)}"
    ids += [one for answer in answers for one in id_of(answer, scheme) if one != own]
    return tuple(one for one in dict.fromkeys(ids) if one not in _NOWHERE)


class _Joined(Struct):
    """What rows of the same client and name say together."""

    first: Row
    line: int
    last: Moment
    rows: int = 0
    begun: str = ""
    ended: str = ""
    up: int | None = None
    down: int | None = None
    ids: dict[str, None] = field(default_factory=dict)
    urls: dict[str, None] = field(default_factory=dict)
    notes: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take in one more row."""
        self.rows += 1
        self.ids |= dict.fromkeys(row.ids)
        self.urls |= dict.fromkeys(row.urls)
        if when := row.when.iso:
            self.begun = min(self.begun, when) if self.begun else when
            self.ended = max(self.ended, when)
        if row.when.raw:
            self.last = row.when
        if row.up is not None:
            self.up = row.up + (self.up or 0)
        if row.down is not None:
            self.down = row.down + (self.down or 0)
        for name, values in row.notes.items():
            held = self.notes.setdefault(name, {})
            held |= dict.fromkeys(one[:LONGEST] for one in values if one)

    def full(self) -> bool:
        """Whether a further row had better begin another record."""
        many = max(map(len, self.notes.values()), default=0)
        return max(len(self.ids), len(self.urls), many // 10) >= MOST

    def record(self) -> Record:
        """The record of these rows."""
        row = self.first
        said = {"rows": str(self.rows)}
        if self.up is not None:
            said["bytes_up"] = str(self.up)
        if self.down is not None:
            said["bytes_down"] = str(self.down)
        said |= {name: _listed(values) for name, values in self.notes.items()} | self._time()
        return Record(
            kind="service",
            locator=f"line {self.line}",
            name=row.name[:LONGEST],
            type=row.type,
            ids=tuple(self.ids),
            urls=tuple(url[:LONGEST] for url in self.urls),
            host=row.client[:LONGEST],
            since=self.begun,
            until=self.ended,
            extra=extra(said),
        )

    def _time(self) -> dict[str, str]:
        """What is known of the time beside an ISO date, and what the log leaves open."""
        first = self.first.when
        if self.begun:
            return {} if self.begun.endswith("Z") else {"time": "the log names no time zone"}
        if not (first.raw or self.last.raw):
            return {"time": "the log gives no time"}
        open_ = "the log gives no date with a year"
        return {"first": first.raw, "last": self.last.raw or first.raw, "time": open_}


def _listed(values: dict[str, None]) -> str:
    shown = list(values)[:NOTED]
    more = len(values) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


class Gathered:
    """Collects the rows that `needles` want; the others are only counted."""

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._joined: dict[tuple[str, str, str], _Joined] = {}
        self._done: list[_Joined] = []
        self.lines = 0  # read so far, blank ones left out
        self.span = Span()

    def add(self, row: Row, line: int) -> None:
        """Keep what `row` says, if it is wanted."""
        noted = (value for values in row.notes.values() for value in values)
        if not self._needles.wants(row.name, *row.ids, *row.urls, *noted):
            return
        key = (row.type, row.client, row.name)
        held = self._joined.get(key)
        if held is None or held.full():
            if held is not None:
                self._done.append(held)
            held = self._joined[key] = _Joined(row, line, row.when)
        held.add(row)

    def said(self, quarantined: int = 0) -> Iterator[Said]:
        """From when to when the log reaches, records in the order in which they begin, then how
        many further lines there are.

        A record stands for its first line: records, tally and quarantine together are all lines.
        """
        yield from self.span.records()
        every = sorted([*self._done, *self._joined.values()], key=lambda one: one.line)
        for one in every:
            yield one.record()
        rest = self.lines - len(every) - quarantined
        if rest > 0:
            yield Tally("service", rest)


def content(opened: Opened) -> Any:
    """The content in an encoding in which line ends and ASCII letters are bytes of ASCII."""
    wide = opened.head.encoding.startswith(("utf-16", "utf-32"))
    return opened.utf8() if wide else opened.data


def searched(needles: Needles) -> Callable[[bytes], list[int]] | None:
    """How to search blocks for `needles`; None if every line is wanted."""
    return None if isinstance(needles, NoNeedles) else needles.hits


def looked(data: Any, search: Callable[[bytes], list[int]] | None) -> Iterator[Block]:
    """Blocks of whole lines with those that `search` hits."""
    return blocks(data, Look(search, -1, _NO_ESCAPES))


def numbered_hits(block: Block) -> Iterator[tuple[int, str]]:
    """Number and cleaned text of each line hit that is not blank."""
    for index in block.hits.tolist():
        text = clean(block.line(index)[:LONGEST_LINE].decode("utf-8", "replace")).strip()
        if text:
            yield block.first + index, text


def filled(block: Block) -> int:
    """How many lines of a block are not empty."""
    return int((block.ends > block.starts).sum())


def read_lines(opened: Opened, needles: Needles, parse: Parse) -> Iterator[Said]:
    """Quarantines as they come, then records and the count of all other lines."""
    gathered = Gathered(needles)
    held = 0
    for block in looked(content(opened), searched(needles)):
        gathered.lines += filled(block)
        gathered.span.take(block)
        for number, text in numbered_hits(block):
            told = parse(text, number)
            if isinstance(told, Quarantine):
                held += 1
                yield told
            elif told is not None:
                gathered.add(told, number)
    yield from gathered.said(held)


def unlike(number: int, text: str, what: str) -> Quarantine:
    """A line that is none of the log's."""
    return Quarantine(f"line {number}", f"no line of {what}", one_line(text))
