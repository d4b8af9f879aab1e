"""Zeek logs, in Zeek's own format or as JSON, one entry a line.

Entries are counted; only those in which something looked for stands become records, one for each
client and name with first and last date and the number of entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from oust.formats import json_stream
from oust.formats.log_span import column_span
from oust.formats.seam import Head, Needles, NoNeedles, Opened, one_line
from oust.formats.zeek_entry import LOGS, Entry, JsonEntry, seconds
from oust.formats.zeek_gather import Gathered
from oust.formats.zeek_lines import HASH, NEWLINE, Block, Look, blocks
from oust.formats.zeek_tsv import Columns, TsvEntry, heading
from oust.model import Kind, Quarantine, Said

_HASHED = re.compile(rb"\\x")
_HIDDEN = re.compile(rb"\\(?:u00|/|\\x)")
_BLANKS = b" \t\r\n"
_NO_FIELDS = "no #fields line above says what its columns are"


def _data(opened: Opened) -> Any:
    """The content in an encoding in which line ends and ASCII letters are bytes of ASCII."""
    # NULs further on are binary fields, not a wide encoding
    wide = opened.head.encoding.startswith(("utf-16", "utf-32")) and b"\0" in opened.data[:6]
    return opened.utf8() if wide else opened.data


def _named_log(name: str) -> str:
    """The log that a file's name tells: `dns` of `dns.10:00:00-11:00:00.log`."""
    word = re.split(r"[._-]", name.lower(), maxsplit=1)[0]
    return word if word in LOGS else ""


def _kind(log: str) -> Kind:
    return "program" if log == "software" else "service"


class Sink(Protocol):
    """What takes the entries that may be wanted."""

    every_column: bool  # whether a hit counts in columns of numbers and random letters, too

    def count(self, kind: Kind, rows: int) -> None:
        """So many rows were read."""

    def reached(self, *moments: float | None) -> None:
        """Moments of rows, seconds since 1970, of which the first and last are wanted."""

    def look(self, entry: Entry, line: int, counted: Kind, locator: str = "") -> None:
        """An entry in which something was hit."""


class ZeekTsv:
    """See Format."""

    name = "zeek-tsv"
    title = "Zeek (Bro) log with #fields lines: dns, ssl, x509, conn, http, files, dhcp, ..."
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the `#` lines that say how it is written, or by a heading of Zeek's field names."""
        lines = [line for line in head.lines if line.strip()]
        words = {re.split(r"\W", line[1:], maxsplit=1)[0] for line in lines if line[:1] == "#"}
        if "fields" in words and words & {"separator", "path", "types"}:
            return 100
        first = next((line for line in lines if not line.startswith("#")), "")
        return 75 if heading(first) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Records of the entries wanted, a count of all others; broken lines in quarantine."""
        gathered = Gathered(needles)
        yield from self.tell(opened, needles, gathered)
        yield from gathered.said()

    def tell(self, opened: Opened, needles: Needles, sink: Sink) -> Iterator[Said]:
        """Hand to `sink` what may be wanted; yield what cannot be read."""
        yield from _Table(opened, needles, sink).said()


class _Table:
    """The entries of one file of separated fields."""

    def __init__(self, opened: Opened, needles: Needles, sink: Sink) -> None:
        self._opened, self._needles, self._sink = opened, needles, sink
        self._columns = Columns()
        self._separator = self._first_separator(opened.head)

    def _first_separator(self, head: Head) -> int:
        """The byte that separates fields; -1 if there are several."""
        columns = Columns()
        for line in head.data.splitlines()[:50]:
            if line.lstrip(b"\xef\xbb\xbf").startswith(b"#separator"):
                columns.take(line.lstrip(b"\xef\xbb\xbf"))
                break
        return columns.separator[0] if len(columns.separator) == 1 else -1

    def said(self) -> Iterator[Said]:
        """Broken lines; entries go to the sink."""
        search = None if isinstance(self._needles, NoNeedles) else self._needles.hits
        for block in blocks(_data(self._opened), Look(search, self._separator, _HASHED)):
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Said]:
        """The stretches of entries between `#` lines, each with its own columns."""
        import numpy as np

        at = 0
        for mark in np.flatnonzero(block.lead == HASH).tolist():
            if mark > at:
                yield from self._entries(block, at, mark)
            self._columns.take(block.line(mark))
            at = mark + 1
        if at < len(block.starts):
            yield from self._entries(block, at, len(block.starts))

    def _entries(self, block: Block, low: int, high: int) -> Iterator[Said]:
        import numpy as np

        if not self._columns.fields:
            low += self._headed(block, low)
        blank = low + np.flatnonzero(block.lead[low:high] == NEWLINE)
        broken = np.setdiff1d(self._broken(block, low, high), blank)
        for index in broken.tolist():
            yield self._complaint(block, index)
        kind = _kind(self._columns.log)
        self._sink.count(kind, high - low - len(blank) - len(broken))
        self._reach(block, low, high, np.union1d(blank, broken))
        unread = np.array(self._columns.unread or [False])
        hits = block.hits if self._sink.every_column else block.hit_outside(unread)
        wanted = np.union1d(hits, block.escaped)
        wanted = wanted[(wanted >= low) & (wanted < high)]
        for index in np.setdiff1d(wanted, np.union1d(blank, broken)).tolist():
            cells = block.line(index).split(self._columns.separator)
            self._sink.look(TsvEntry(self._columns, cells), block.first + index, kind)

    def _reach(self, block: Block, low: int, high: int, without: Any) -> None:
        """From when to when the lines `low` up to `high` reach."""
        import numpy as np

        column = self._columns.fields.index("ts") if "ts" in self._columns.fields else -1
        at = block.starts[low:high]
        if len(without):
            at = np.delete(at, without - low)
        if column < 0 or not len(at) or (column and self._separator < 0):
            return
        if column:
            at = block.marks[np.searchsorted(block.marks, at) + column - 1] + 1
        found = column_span(block.raw, at, self._seconds)
        self._sink.reached(found.low, found.high)

    def _seconds(self, text: bytes) -> float | None:
        cell = text.partition(b"\n")[0].partition(self._columns.separator)[0]
        return seconds(cell.decode("ascii", "replace").strip())

    def _headed(self, block: Block, low: int) -> int:
        """1 if the first line of the stretch names the columns, as zeek-cut writes them."""
        names = heading(block.line(low).decode("utf-8", "replace"))
        if names:
            self._columns.headed(list(names))
        return int(bool(names))

    def _broken(self, block: Block, low: int, high: int) -> Any:
        """Lines whose number of fields is another than the heading's."""
        import numpy as np

        columns = self._columns
        if not columns.fields:
            return np.arange(low, high)
        width = len(columns.fields) - 1
        if columns.separator == bytes([max(self._separator, 0)]) and low < high:
            return block.widths(low, high, width)
        counts = [block.line(index).count(columns.separator) for index in range(low, high)]
        return np.flatnonzero(np.array(counts, np.int64) != width) + low

    def _complaint(self, block: Block, index: int) -> Quarantine:
        line, columns = block.line(index), self._columns
        found = line.count(columns.separator) + 1
        reason = f"{found} fields where the log has {len(columns.fields)}"
        text = one_line(line[:800].decode("utf-8", "replace"))
        locator = f"line {block.first + index}"
        return Quarantine(locator, reason if columns.fields else _NO_FIELDS, text)


class _Checked(msgspec.Struct):
    """Nothing of an object is kept but its time: that it is JSON is what is asked."""

    ts: Any = None


_check_lines = msgspec.json.Decoder(_Checked).decode_lines
_check = msgspec.json.Decoder(_Checked).decode


class ZeekJson:
    """See Format."""

    name = "zeek-json"
    title = "Zeek log as JSON lines, also of several logs in one stream"
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By fields that only Zeek names so."""
        keys = head.json_keys
        if "ts" not in keys and "_write_ts" not in keys:
            return 0
        if "_path" in keys:
            return 97
        known = {"id.orig_h", "id_orig_h", "fuid", "certificate.subject", "software_type"}
        leased = {"mac"} <= keys and keys & {"msg_types", "assigned_addr", "assigned_ip"}
        nested = {"uid", "id", "orig_h", "resp_h"} <= keys
        return 95 if keys & known or leased or nested else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Records of the entries wanted, a count of all others; broken lines in quarantine."""
        gathered = Gathered(needles)
        yield from self.tell(opened, needles, gathered)
        yield from gathered.said()

    def tell(self, opened: Opened, needles: Needles, sink: Sink) -> Iterator[Said]:
        """Hand to `sink` what may be wanted; yield what cannot be read."""
        told = self._lines if _is_lines(opened.head) else self._values
        yield from told(opened, needles, sink, _named_log(opened.name))

    def _lines(self, opened: Opened, needles: Needles, sink: Sink, log: str) -> Iterator[Said]:
        import numpy as np

        search = None if isinstance(needles, NoNeedles) else needles.hits
        kind: Kind | None = None
        for block in blocks(_data(opened), Look(search, -1, _HIDDEN)):
            times: list[Any] = []
            broken = set(_unread(block, times))
            sink.reached(*_outer(times))
            blank = int(np.count_nonzero(block.lead == NEWLINE))
            kind = kind or _first_kind(block, broken, log)
            told = len(block.starts) - blank - len(broken)
            for index in np.union1d(block.hits, block.escaped).tolist():
                raw = block.line(index).strip(_BLANKS)
                if raw and index not in broken:
                    entry = JsonEntry(json_stream.decode(raw), log)
                    sink.look(entry, block.first + index, kind)
            sink.count(kind, told)
            for index in sorted(broken):
                text = one_line(block.line(index)[:800].decode("utf-8", "replace"))
                yield Quarantine(f"line {block.first + index}", "the line is no JSON object", text)

    def _values(self, opened: Opened, needles: Needles, sink: Sink, log: str) -> Iterator[Said]:
        """Entries in an array, or spread over lines."""
        for number, one in enumerate(json_stream.values(opened), 1):
            if isinstance(one, Quarantine):
                yield one
            elif isinstance(one[1], dict):
                sink.count("service", 1)
                sink.reached(*_outer([one[1].get("ts")]))
                sink.look(JsonEntry(one[1], log), number, "service", one[0])
            else:
                yield Quarantine(one[0], "the value is no JSON object", one_line(one[1]))


def _is_lines(head: Head) -> bool:
    first = next((line for line in head.lines if line.strip()), "")
    return first.lstrip().startswith("{") and first.rstrip().endswith("}")


def _first_kind(block: Block, broken: set[int], log: str) -> Kind:
    """What the first entry is about; a log holds one kind of entry."""
    for index in range(min(len(block.starts), 1000)):
        if index not in broken and block.lead[index] != NEWLINE:
            return _kind(JsonEntry(json_stream.decode(block.line(index)), log).log)
    return "service"


def _outer(times: list[Any]) -> tuple[float | None, ...]:
    """First and last of the times of entries, as written: numbers or texts."""
    numbers = [one for one in times if isinstance(one, float | int)]
    texts = {one for one in times if isinstance(one, str)}
    ends: list[Any] = [min(numbers), max(numbers)] if numbers else []
    if texts:
        ends += [min(texts), max(texts)]
    return tuple(seconds(str(one)) for one in ends)


def _unread(block: Block, times: list[Any]) -> Iterator[int]:
    """Lines that are no JSON object, blank ones aside. The times of the others go to `times`."""
    try:
        times += [one.ts for one in _check_lines(block.raw)]
        return
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    for index in range(len(block.starts)):
        raw = block.line(index).strip(_BLANKS)
        if not raw:
            continue
        try:
            times.append(_check(raw).ts)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if not _tolerated(raw):
                yield index


def _tolerated(raw: bytes) -> bool:
    """Whether a lenient reader takes the line for an object."""
    try:
        return isinstance(json_stream.decode(raw), dict)
    except ValueError:
        return False
