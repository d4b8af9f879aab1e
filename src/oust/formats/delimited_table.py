"""A table in delimited text, whatever it is about: its header row, then its rows in two stages.

The literals looked for are found in the raw bytes while the records are counted; only records
around a hit, and damaged ones, are split into fields. The rest is one number.
"""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from oust.formats import delimited
from oust.formats.contract_values import extra
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Kind, Quarantine, Record, Said, Tally

if TYPE_CHECKING:
    from oust.formats.delimited_split import Block, Span, Splitter

KEEP_ALL_BELOW = 1024 * 1024
"""A table smaller than this, in bytes, is kept whole: its rows are few."""

HEADER_WITHIN = 30
"""The header row is looked for among so many first rows."""

RAW_TEXT = 4000
"""Characters kept of a row whose fields cannot be told apart but which may hold a name."""

PLAIN = frozenset({"utf-8", "utf-8-sig", "cp1252"})
"""Encodings in which delimiters, quotes, line ends and ASCII letters are the bytes of ASCII."""

PIECE = 1024 * 1024

MOST_COLUMNS = 4096
"""A row with more cells is no header."""

MOST_JOINED = 50
"""More lines than this that damage has joined are not told apart."""

Cells = Sequence[str]
Given = tuple[tuple[str, str], ...]
"""The user's own mapping: fields with the headers of their columns."""


class RowMeaning(Protocol):
    """What the columns of a table mean."""

    @property
    def about(self) -> Kind:
        """Kind of its records."""

    @property
    def width(self) -> int:
        """Number of columns."""

    @property
    def places(self) -> Mapping[str, int]:
        """Index of the column of each role."""

    @property
    def problems(self) -> Collection[str]:
        """Entries of the user's mapping that could not be used."""

    def record(self, row: Cells, locator: str, damage: str = "") -> Said:
        """What one row says."""


Meant = Callable[[Cells, Sequence[Cells], Sequence[Cells], Mapping[str, str]], RowMeaning | None]
"""Headers, the rows above them, some rows below, the user's mapping: what that means, if it does.

Asked for each row near the beginning, without rows below, then again for the row that it accepts.
"""


class Table(NamedTuple):
    """A header row, what it means, and what comes after it."""

    dialect: delimited.Dialect
    meaning: Any  # RowMeaning, of the kind that was asked for
    headers: list[str]
    behind: int  # offset behind the header row, in bytes, the byte order mark not counted
    rows: list[list[str]]  # some rows below it


def claimed(head: Head, meant: Meant) -> Table | None:
    """The table that a source begins with; None if it is none, or of another kind."""
    if head.start.startswith(("<", "{")) or head.data.count(b"\0") > len(head.data) // 2:
        return None
    return table_in(head, meant)


def table_in(head: Head, meant: Meant) -> Table | None:
    """The table that a source begins with, in the dialect in which its header means most."""
    raw = head.data.removeprefix(codecs.BOM_UTF8)
    if head.encoding not in PLAIN:
        raw = head.text.encode("utf-8", "replace")
    return _table_in(head.text, raw, meant, tuple(head.mapping.items()))


@lru_cache(maxsize=16)
def _table_in(text: str, raw: bytes, meant: Meant, mapping: Given) -> Table | None:
    """`raw`: the bytes that offsets are to count."""
    found = [
        table
        for dialect in dialects(text)
        if (table := _headed(raw, dialect, meant, dict(mapping)))
    ]
    return max(found, key=lambda table: len(table.meaning.places), default=None)


@lru_cache(maxsize=4)  # several formats ask for the same text
def dialects(text: str) -> tuple[delimited.Dialect, ...]:
    """Dialects worth trying for text that begins like this, best first."""
    return tuple(delimited.dialects(text))


@lru_cache(maxsize=8)
def _first(raw: bytes, dialect: delimited.Dialect) -> tuple[tuple[list[str], int], ...]:
    return tuple(delimited.placed_rows(raw, dialect, HEADER_WITHIN))


def _headed(
    raw: bytes, dialect: delimited.Dialect, meant: Meant, mapping: dict[str, str]
) -> Table | None:
    first = _first(raw, dialect)
    for number, (cells, behind) in enumerate(first):
        if len(cells) > MOST_COLUMNS or sum(1 for cell in cells if cell.strip()) < 2:
            continue
        above = [row for row, _ in first[:number]]
        if meant(cells, above, (), mapping):  # rows below do not matter to that
            rows = list(delimited.placed_rows(raw, dialect, 400))
            below = [row for row, _ in rows[number + 1 :]]
            return Table(dialect, meant(cells, above, below, mapping), cells, behind, below)
    return None


def said(table: Table, opened: Opened, needles: Needles) -> Iterator[Said]:
    """A record per row that may hold what is looked for, and a count of the others."""
    from oust.formats.delimited_split import Splitter, look_of

    for problem in table.meaning.problems:
        yield Quarantine("mapping file", problem)
    text = _Text(opened)
    look = look_of(table.rows, table.meaning.width)
    keep_all = opened.size <= KEEP_ALL_BELOW
    search = None if keep_all else needles.hits
    begin = text.first + table.behind
    splitter = Splitter(text.data, begin, table.dialect, look, search)
    rows = _Rows(table, splitter, text, needles, keep_all)
    yield from rows.said()


class _Text:
    """A source as UTF-8 bytes, written to a temporary file if it is in a wider encoding."""

    def __init__(self, opened: Opened) -> None:
        encoding = opened.head.encoding
        self._wide = encoding not in PLAIN
        self.first = 3 if opened.data[:3] == codecs.BOM_UTF8 else 0
        self.data: Any = opened.data
        self._at, self._units = 0, 2 if "16" in encoding else 4
        self._origin = 0
        if self._wide:
            self.data = self._converted(opened, encoding)
            marked = opened.data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
            self._origin = self._units if marked else 0

    def _converted(self, opened: Opened, encoding: str) -> Any:
        """UTF-8 in a file of its own, so that memory stays flat."""
        import mmap

        decoder = codecs.getincrementaldecoder(encoding)("replace")
        with tempfile.TemporaryFile() as file:
            for at in range(0, opened.size, PIECE):
                raw = bytes(opened.data[at : at + PIECE])
                text = decoder.decode(raw, at + PIECE >= opened.size)
                if at == 0:
                    text = text.removeprefix("\ufeff")
                file.write(text.encode("utf-8", "replace"))
            file.flush()
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""

    def origin(self, offset: int) -> int:
        """Offset in the source of what stands at `offset` here. Ask in ascending order."""
        if not self._wide:
            return offset
        while self._at < offset:
            raw = bytes(self.data[self._at : min(offset, self._at + PIECE)])
            wide = "utf-16-le" if self._units == 2 else "utf-32-le"
            # a character cut in two at the end of a piece is counted with the next piece
            keep = len(raw) - _tail(raw) if self._at + len(raw) < offset else len(raw)
            self._origin += len(raw[:keep].decode("utf-8", "replace").encode(wide))
            self._at += keep
        return self._origin


def _tail(raw: bytes) -> int:
    """How many bytes at the end of `raw` begin a character that may go on."""
    for back in range(1, min(4, len(raw)) + 1):
        if raw[-back] >= 0xC0:
            return back
        if raw[-back] < 0x80:
            return 0
    return 0


class _Rows:
    """The rows of one table as records and a tally."""

    def __init__(
        self, table: Table, splitter: Splitter, text: _Text, needles: Needles, keep_all: bool
    ) -> None:
        self._table = table
        self._splitter = splitter
        self._text = text
        self._needles = needles
        self._keep_all = keep_all
        self._places = sorted(table.meaning.places.values())
        self._passed = 0  # rows counted only

    def said(self) -> Iterator[Said]:
        """Records in the order of the file, then the count of the others."""
        from oust.formats.delimited_split import Span

        number = 0
        for block in self._splitter.blocks():
            kept = 0
            for index, hit in self._wanted(block):
                start = int(block.starts[index])
                span = Span(start, int(block.ends[index]), start in block.damaged)
                parts = self._parts(span)
                for more, part in enumerate(parts):
                    one = self._row(number + index + 1 + more, part, hit)
                    if one is not None:
                        kept += 1
                        yield one
                number += len(parts) - 1
                self._passed += len(parts) - 1
            self._passed += len(block.starts) - kept
            number += len(block.starts)
        if self._passed:
            yield Tally(self._table.meaning.about, self._passed)

    def _parts(self, span: Span) -> list[Span]:
        """The lines of a damaged record, where each is one by itself: a lost quote joined them."""
        width = self._table.meaning.width
        if not span.damaged or len(self._splitter.row(span)[0]) == width:
            return [span]
        found: list[Span] = []
        at = span.start
        for line in delimited.lines(self._splitter.raw(span)):
            cells, _ = delimited.fields(line, self._table.dialect, width, damaged=True)
            if len(cells) != width or len(found) == MOST_JOINED:
                return [span]
            found.append(span._replace(start=at, end=at + len(line), damaged=False))
            at += len(line)
        return found if len(found) > 1 else [span]

    def _wanted(self, block: Block) -> list[tuple[int, bool]]:
        """Index of each record to look into, and whether something was hit in it."""
        import numpy as np

        if self._keep_all:
            return [(index, False) for index in range(len(block.starts))]
        found = np.searchsorted(block.starts, block.hits, "right") - 1
        wanted = dict.fromkeys(np.searchsorted(block.starts, sorted(block.damaged)).tolist(), False)
        wanted |= dict.fromkeys(found[found >= 0].tolist(), True)
        return sorted((at, hit) for at, hit in wanted.items() if at < len(block.starts))

    def _row(self, number: int, span: Span, hit: bool) -> Said | None:
        """The record, or its quarantine; None if it is to be counted only."""
        cells, wrong = self._splitter.row(span)
        broken = span.damaged and len(cells) != self._table.meaning.width
        if not (self._keep_all or hit or broken):
            return None
        if hit and not broken and not self._needles.wants(*self._read(cells)):
            return None  # what was hit stands in a column that is not read
        locator = f"row {number} byte {self._text.origin(span.start)}"
        if not broken:
            told: Said = self._table.meaning.record(cells, locator, wrong)
            return told
        text = self._splitter.text(span)
        if not (hit or self._needles.wants(text)):
            return Quarantine(locator, f"its fields cannot be told apart: {wrong}", one_line(text))
        return _unsplit(self._table.meaning.about, text, locator, wrong)

    def _read(self, cells: list[str]) -> list[str]:
        """The cells that become part of a record."""
        return [cells[place] for place in self._places if place < len(cells)]


def _unsplit(about: Kind, text: str, locator: str, wrong: str) -> Record:
    """A row that may name what is looked for, though nobody can say in which column."""
    return Record(
        kind=about,
        locator=locator,
        name=locator.split(" byte", 1)[0],
        description=one_line(text, RAW_TEXT),
        extra=extra({"damage": f"its fields cannot be told apart: {wrong}"}),
    )
