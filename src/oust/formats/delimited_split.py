"""Where the records of delimited text begin and end, at about the speed of reading the file.

Quotes and line ends are found for megabytes at a time; a line end with an even number of quotes
before it ends a record. A quote that opens where no field begins, or closes where none ends,
shows damage: then, and only then, the next record is looked for line by line, by the number of
its fields and the look of its first one, so that damage stays within its record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from oust.formats.delimited import Dialect, decode, fields, lines, strict
from oust.formats.delimited_marks import Marks, marked
from oust.formats.seam import Unreadable
from oust.lazy import np

FAR = 512 * 1024
"""A record may be this long, in bytes, before it is looked at with suspicion."""

PATIENCE = 1000
"""Lines after a damaged record among which the next record is looked for."""

WINDOW = 256 * 1024
"""So far, in bytes, the beginning of a record is read to see whether it is one."""

NARROW = 3
"""In a table of so few columns, their number alone does not tell a record from running text."""


class Span(NamedTuple):
    """One record. Offsets count bytes from the beginning of the data."""

    start: int
    end: int  # behind its line end
    damaged: bool


class Block(NamedTuple):
    """Records that stand next to each other. Arrays of offsets, ascending."""

    start: int
    end: int
    starts: Any  # blank lines left out
    ends: Any
    damaged: frozenset[int]  # starts of records that needed care
    hits: Any  # where `search` found something


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
    """Splits `data` (bytes, a map or a view) from offset `start` into records, block by block.

    `search` is run over the same bytes beside the splitting; what it finds comes with the blocks.
    """

    def __init__(
        self,
        data: Any,
        start: int,
        dialect: Dialect,
        look: Look,
        search: Callable[[bytes], list[int]] | None = None,
    ) -> None:
        self._data = data
        self._size = len(data)
        self._start = start
        self._dialect = dialect
        self._look = look
        self._search = search
        self._patience = PATIENCE

    def blocks(self) -> Iterator[Block]:
        """Blocks of records, in order; together they cover the data from `start` to its end.

        Raises Unreadable if the data turn out shorter than they said.
        """
        at = self._start
        left: Marks | None = None
        for marks in marked(self._data, self._start, self._dialect, self._search):
            if marks.end <= at < self._size:
                continue
            held = marks.since(at) if left is None else left.since(at).joined(marks.since(at))
            block = self._block(at, held)
            if block is not None:
                yield block
                at = block.end
            left = held

    def _block(self, at: int, marks: Marks) -> Block | None:
        """The records that end within `marks`, the first of which begins at offset `at`."""
        last = marks.end >= self._size
        ends: list[Any] = []
        damaged: list[int] = []
        done = at  # up to here the records are known
        while done < marks.end:
            known, bad = self._sound(marks, done, last)
            open_since = int(known[-1]) if len(known) else done
            if bad is None and not last and marks.end - open_since > FAR:
                bad = open_since
            if bad is None:
                ends.append(known)
                break
            known = known[known <= bad]
            start = self._distrusted(known, done)
            done = self._recover(start)
            ends += [known[known <= start], np.array([done])]
            damaged.append(start)
        every = np.concatenate(ends) if ends else np.array([], np.int64)
        return self._made(at, every, damaged, marks) if len(every) else None

    def _sound(self, marks: Marks, done: int, last: bool) -> tuple[Any, int | None]:
        """Ends of records behind `done`, and where the first sign of damage stands, if any."""
        first = int(np.searchsorted(marks.quotes, done))
        quotes = marks.quotes[first:]
        breaks = marks.breaks[np.searchsorted(marks.breaks, done) :]
        outside = np.searchsorted(quotes, breaks) % 2 == 0
        ends = breaks[outside] + 1
        bad = _first_bad(marks, first, done)
        if last and len(quotes) % 2 and bad is None:
            bad = int(quotes[-1])
        elif last and len(quotes) % 2 == 0 and (not len(ends) or ends[-1] < self._size):
            ends = np.append(ends, self._size)
        long = np.flatnonzero(np.diff(ends, prepend=done) > FAR)
        if len(long):
            far = int(ends[long[0] - 1]) if long[0] else done
            bad = far if bad is None else min(bad, far)
        return ends, bad

    def _distrusted(self, known: Any, done: int) -> int:
        """Where care begins: the damaged record, or the one before if that swallowed its start."""
        start = int(known[-1]) if len(known) else done
        if len(known) > 1 or (len(known) and done < start):
            before = int(known[-2]) if len(known) > 1 else done
            found = strict(bytes(self._data[before:start]), self._dialect)
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

    def _made(self, at: int, ends: Any, damaged: list[int], marks: Marks) -> Block:
        starts = np.concatenate(([at], ends[:-1]))
        keep = np.ones(len(ends), bool)
        for index in np.flatnonzero(ends - starts <= 2):
            line = bytes(self._data[int(starts[index]) : int(ends[index])])
            keep[index] = bool(line.strip(b"\r\n"))
        end = int(ends[-1])
        hits = marks.hits[: np.searchsorted(marks.hits, end)]
        return Block(at, end, starts[keep], ends[keep], frozenset(damaged), hits)

    def row(self, span: Span) -> tuple[list[str], str]:
        """Fields of one record and what is wrong with it ("" if nothing is)."""
        raw = bytes(self._data[span.start : span.end])
        return fields(raw, self._dialect, self._look.width, span.damaged)

    def raw(self, span: Span) -> bytes:
        """One record as it stands."""
        return bytes(self._data[span.start : span.end])

    def text(self, span: Span) -> str:
        """One record as text."""
        return decode(self.raw(span))


def _first_bad(marks: Marks, first: int, done: int) -> int | None:
    """The first quote that opens or closes in the wrong place; that at index `first` opens."""
    opening, closing = marks.quotes[first::2], marks.quotes[first + 1 :: 2]
    wrong_open = opening[~marks.may_open[first::2] & (opening > done)]
    wrong_close = closing[~marks.may_close[first + 1 :: 2]]
    found = [*wrong_open[:1], *wrong_close[:1]]
    return int(min(found)) if found else None
