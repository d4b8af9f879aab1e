"""Where the records of delimited text begin and end, at about the speed of reading the file.

Quotes and line ends are found for megabytes at a time; a line end with an even number of quotes
before it ends a record. A quote that opens where no field begins, or closes where none ends,
shows damage: then, and only then, the next record is looked for line by line, by the number of
its fields and the look of its first one, so that damage stays within its record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from oust.formats.delimited import Dialect, decode, fields, lines, strict
from oust.formats.seam import Unreadable

BLOCK = 2 * 1024 * 1024
"""Bytes looked at together: larger ones leave the cache and take twice as long."""

FAR = 512 * 1024
"""A record may be this long, in bytes, before it is looked at with suspicion."""

PATIENCE = 1000
"""Lines after a damaged record among which the next record is looked for."""

WINDOW = 256 * 1024
"""So far, in bytes, the beginning of a record is read to see whether it is one."""

NARROW = 3
"""In a table of so few columns, their number alone does not tell a record from running text."""

NEWLINE, RETURN, QUOTE, BACKSLASH, SPACE = 10, 13, 34, 92, 32


class Span(NamedTuple):
    """One record. Offsets count bytes from the beginning of the data."""

    start: int
    end: int  # behind its line end
    damaged: bool


class Block(NamedTuple):
    """Records that stand next to each other."""

    start: int
    end: int
    raw: bytes  # the data from `start`, at least as far as BLOCK goes
    starts: Any  # array of offsets, blank lines left out
    ends: Any
    damaged: frozenset[int]  # starts of records that needed care


class Look(NamedTuple):
    """What a record of this table looks like."""

    width: int  # number of fields
    prefix: str  # what all first fields begin with
    shape: re.Pattern[str]  # what every first field matches
    digits: bool  # whether every first field has a digit
    telling: bool  # whether all that tells a first field from running text

    def fits(self, first: str) -> bool:
        """Whether `first` looks like the first field of a record."""
        name = first.strip('"')
        digit = not self.digits or any(char.isdigit() for char in name)
        return bool(name) and digit and bool(self.shape.fullmatch(name))


def look_of(rows: list[list[str]], width: int) -> Look:
    """The look of records, learnt from some of them."""
    firsts = [row[0] for row in rows if len(row) == width][:200]
    prefix = _common(firsts)
    odd = {char for first in firsts for char in first if not char.isalnum()}
    digits = bool(firsts) and all(any(char.isdigit() for char in first) for first in firsts)
    allowed = "".join(re.escape(char) for char in sorted(odd))
    some = f"(?:[^\\W_]|[{allowed}])*" if odd else r"[^\W_]*"
    shape = re.compile(re.escape(prefix if len(prefix) > 2 else "") + some)
    telling = len(firsts) > 2 and (len(prefix) > 2 or (digits and " " not in odd))
    return Look(width, prefix, shape, digits, telling)


def _common(texts: list[str]) -> str:
    if not texts:
        return ""
    low, high = min(texts), max(texts)
    same = next((n for n, char in enumerate(low) if high[n : n + 1] != char), len(low))
    return low[:same]


class Splitter:
    """Splits `data` (bytes or a map) from offset `start` into records, block by block."""

    def __init__(self, data: Any, start: int, dialect: Dialect, look: Look) -> None:
        self._data = data
        self._size = len(data)
        self._start = start
        self._dialect = dialect
        self._look = look
        self._patience = PATIENCE
        self._edge = np.zeros(256, bool)
        self._edge[[ord(dialect.delimiter), NEWLINE, RETURN, QUOTE]] = True
        self._before = self._edge.copy()
        self._before[SPACE] = dialect.spaced

    def blocks(self) -> Iterator[Block]:
        """Blocks of records, in order; together they cover the data from `start` to its end.

        Raises Unreadable if the data turn out shorter than they said.
        """
        at = self._start
        while at < self._size:
            raw = bytes(self._data[at : at + BLOCK])
            if len(raw) < min(BLOCK, self._size - at):
                raise Unreadable("the file became shorter while it was read")
            block = self._block(at, raw)
            yield block
            at = block.end

    def _block(self, at: int, raw: bytes) -> Block:
        """The records of `raw`, which begins with one at offset `at`."""
        marks = _Marks(raw, self._dialect)
        last = at + len(raw) >= self._size
        ends: list[Any] = []
        damaged: list[int] = []
        done = 0  # up to here, relative to `at`, the records are known
        while done < len(raw):
            known, bad = self._sound(marks, done, last)
            if bad is None and len(known):
                ends.append(known)
                break
            known = known[known <= (done if bad is None else bad)]
            start = self._distrusted(raw, known, done)
            done = self._recover(at + start) - at
            ends += [known[known <= start], np.array([done])]
            damaged.append(at + start)
        return self._made(at, raw, np.concatenate(ends), damaged)

    def _sound(self, marks: _Marks, done: int, last: bool) -> tuple[Any, int | None]:
        """Ends of records behind `done`, and where the first sign of damage stands, if any.

        Ends are offsets in `raw` behind the line end.
        """
        quotes = marks.quotes[np.searchsorted(marks.quotes, done) :]
        breaks = marks.breaks[np.searchsorted(marks.breaks, done) :]
        outside = np.searchsorted(quotes, breaks) % 2 == 0
        ends = breaks[outside] + 1
        bad = self._first_bad(marks.raw, quotes, done)
        if last and len(quotes) % 2 and bad is None:
            bad = int(quotes[-1])
        elif last and len(quotes) % 2 == 0 and (not len(ends) or ends[-1] < len(marks.raw)):
            ends = np.append(ends, len(marks.raw))
        long = np.flatnonzero(np.diff(ends, prepend=done) > FAR)
        if len(long):
            first = int(ends[long[0] - 1]) if long[0] else done
            bad = first if bad is None else min(bad, first)
        return ends, bad

    def _first_bad(self, raw: Any, quotes: Any, done: int) -> int | None:
        """Offset of the first quote that opens or closes in the wrong place."""
        opening, closing = quotes[::2], quotes[1::2]
        wrong_open = ~self._before[raw[opening - 1]] & (opening > done)
        closing = closing[closing + 1 < len(raw)]
        wrong_close = ~self._edge[raw[closing + 1]]
        found = [*opening[wrong_open][:1], *closing[wrong_close][:1]]
        return int(min(found)) if found else None

    def _distrusted(self, raw: bytes, known: Any, done: int) -> int:
        """Where care begins: the damaged record, or the one before if that swallowed its start."""
        start = int(known[-1]) if len(known) else done
        if len(known) > 1 or (len(known) and done < start):
            before = int(known[-2]) if len(known) > 1 else done
            found = strict(raw[before:start], self._dialect)
            if found and len(found[0]) != self._look.width and found[1] > 1:
                return before
        return start

    def _recover(self, start: int) -> int:
        """End of the damaged record at `start`: where the next line looks like a record.

        If no line does for a while, the record ends with its first line, and less patience is
        left for the next one: hostile text must not cost more than its length.
        """
        at, first = start, 0
        for number in range(self._patience):
            at += self._line(at)
            first = first or at
            if at >= self._size or self._begins(at):
                return at
            if number and at - start > FAR:
                break
        self._patience = max(8, self._patience // 2)
        return first

    def _line(self, at: int) -> int:
        """Length of the physical line at offset `at`, its end included."""
        size = 4096
        while True:
            line = next(lines(bytes(self._data[at : at + size])), b"")
            if not line:
                raise Unreadable("the file became shorter while it was read")
            if len(line) < size or at + size >= self._size:
                return len(line)
            size *= 8

    def _begins(self, at: int) -> bool:
        """Whether a record stands at offset `at`."""
        look = self._look
        for size in (16 * 1024, WINDOW):
            found = strict(bytes(self._data[at : at + size]), self._dialect)
            if found and len(found[0]) == look.width:
                return look.width > NARROW or not look.telling or look.fits(found[0][0])
        line = next(lines(bytes(self._data[at : at + WINDOW])), b"")
        cells = decode(line).split(self._dialect.delimiter)
        return look.telling and len(cells) >= max(2, look.width // 4) and look.fits(cells[0])

    def _made(self, at: int, raw: bytes, ends: Any, damaged: list[int]) -> Block:
        starts = np.concatenate(([0], ends[:-1]))
        keep = np.ones(len(ends), bool)
        for index in np.flatnonzero(ends - starts <= 2):
            keep[index] = bool(raw[int(starts[index]) : int(ends[index])].strip(b"\r\n"))
        end = at + int(ends[-1])
        return Block(at, end, raw, starts[keep] + at, ends[keep] + at, frozenset(damaged))

    def raw(self, block: Block) -> bytes:
        """All bytes of a block; more may follow."""
        if block.end - block.start <= len(block.raw):
            return block.raw
        return bytes(self._data[block.start : block.end])

    def row(self, span: Span) -> tuple[list[str], str]:
        """Fields of one record and what is wrong with it ("" if nothing is)."""
        raw = bytes(self._data[span.start : span.end])
        return fields(raw, self._dialect, self._look.width, span.damaged)

    def text(self, span: Span) -> str:
        """One record as text."""
        return decode(bytes(self._data[span.start : span.end]))


class _Marks:
    """Quotes and line ends in a block."""

    def __init__(self, raw: bytes, dialect: Dialect) -> None:
        self.raw = np.frombuffer(raw, np.uint8)
        flags = np.empty(len(raw), bool)
        self.breaks = np.flatnonzero(np.equal(self.raw, NEWLINE, out=flags))
        returns = np.flatnonzero(self.raw == RETURN) if b"\r" in raw else self.breaks[:0]
        if len(returns):
            following = self.raw[np.minimum(returns + 1, len(raw) - 1)]
            alone = returns[(following != NEWLINE) & (returns + 1 < len(raw))]
            self.breaks = np.union1d(self.breaks, alone)
        self.quotes = (
            np.flatnonzero(np.equal(self.raw, QUOTE, out=flags))
            if dialect.quoting
            else self.breaks[:0]
        )
        if dialect.escape:
            self.quotes = self.quotes[self.raw[self.quotes - 1] != BACKSLASH]
