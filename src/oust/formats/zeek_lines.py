"""Large logs, one entry a line: the lines worth a closer look, found block by block on all cores.

What looked for is found in the raw bytes; lines are counted and their shape is checked by arrays,
so that only lines around a hit, and broken ones, are ever split into fields.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from oust.formats.seam import Unreadable

BLOCK = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line; a log with a longer one is no log."""

REACH = 64
"""What is looked for is shorter than this, so that a hit reaches at most into the next line."""

THREADS = min(4, os.cpu_count() or 1)
NEWLINE, RETURN, HASH = 10, 13, 35
BOM = b"\xef\xbb\xbf"

Search = Callable[[bytes], list[int]]


class Look(NamedTuple):
    """How to look at a block."""

    search: Search | None  # None: every line is wanted
    mark: int  # the byte whose places are wanted: the separator; -1 for none
    escapes: re.Pattern[bytes]  # what may hide something looked for


class Block(NamedTuple):
    """Whole lines. Arrays count lines or bytes from the beginning of the block."""

    first: int  # number of its first line in the log, from 1
    raw: bytes
    starts: Any
    ends: Any  # without the line end
    lead: Any  # first byte of each line; NEWLINE of an empty one
    marks: Any  # places of the separator
    places: Any  # where something was hit
    hits: Any  # lines in which something was hit, or may be hidden by a hit in the line before
    escaped: Any  # lines in which something may be hidden by escapes

    def line(self, index: int) -> bytes:
        """The line without its end."""
        return self.raw[int(self.starts[index]) : int(self.ends[index])]

    def hit_outside(self, unread: Any) -> Any:
        """The lines of `hits` but those hit only in columns for which `unread` is true.

        Nothing is hidden: what is hit within such a column ends there.
        """
        import numpy as np

        if len(self.places) == 0:
            return self.hits
        lines = np.searchsorted(self.starts, self.places, "right") - 1
        begin = np.searchsorted(self.marks, self.starts[lines])
        column = np.searchsorted(self.marks, self.places) - begin
        read = ~unread[np.minimum(column, len(unread) - 1)]
        return np.union1d(lines[read], np.setdiff1d(self.hits, lines))

    def widths(self, low: int, high: int, width: int) -> Any:
        """Of the lines `low` up to `high`: those whose number of separators is not `width`."""
        import numpy as np

        starts, ends = self.starts[low:high], self.ends[low:high]
        marks = self.marks[np.searchsorted(self.marks, starts[0]) :]
        marks = marks[: np.searchsorted(marks, ends[-1])]
        if width and len(marks) == width * len(starts):
            table = marks.reshape(-1, width)
            if bool(np.all(table[:, 0] >= starts) and np.all(table[:, -1] < ends)):
                return np.array([], np.int64)
        found = np.searchsorted(marks, ends) - np.searchsorted(marks, starts)
        return np.flatnonzero(found != width) + low


def blocks(data: Any, look: Look) -> Iterator[Block]:
    """All lines of `data` in order. Raises Unreadable for a line that never ends."""
    pieces = _pieces(data)
    number = 1
    for done in _looked(pieces, look):
        yield done._replace(first=number)
        number += len(done.starts)


def _pieces(data: Any) -> Iterator[bytes]:
    """`data` in pieces that end with a line."""
    at, size = (len(BOM) if bytes(data[: len(BOM)]) == BOM else 0), len(data)
    while at < size:
        piece = bytes(data[at : at + BLOCK])
        if not piece:
            raise Unreadable("the file became shorter while it was read")
        end = len(piece) if at + len(piece) >= size else piece.rfind(b"\n") + 1
        if not end:
            stop = data.find(b"\n", at + len(piece), min(size, at + LONGEST_LINE))
            if stop < 0 and size - at > LONGEST_LINE:
                raise Unreadable(f"a line is longer than {LONGEST_LINE // 1024**2} MiB")
            piece = bytes(data[at : size if stop < 0 else stop + 1])
            end = len(piece)
        yield piece[:end]
        at += end


def _looked(pieces: Iterator[bytes], look: Look) -> Iterator[Block]:
    """A Block of each piece; several pieces are looked at side by side."""
    first = next(pieces, b"")
    second = next(pieces, b"")
    if not second:
        if first:
            yield _look(first, look)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Any] = deque(pool.submit(_look, one, look) for one in (first, second))
        for piece in pieces:
            waiting.append(pool.submit(_look, piece, look))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _look(raw: bytes, look: Look) -> Block:
    import numpy as np

    seen = np.frombuffer(raw, np.uint8)
    breaks = np.flatnonzero(seen == NEWLINE)
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(raw)]))
    if starts[-1] == len(raw):
        starts, ends = starts[:-1], ends[:-1]
    if b"\r" in raw:
        ends = ends - (seen[np.maximum(ends - 1, 0)] == RETURN) * (ends > starts)
    lead = np.where(ends > starts, seen[np.minimum(starts, len(raw) - 1)], NEWLINE)
    marks = np.flatnonzero(seen == look.mark) if look.mark >= 0 else np.array([], np.int64)
    every = np.arange(len(starts))
    if look.search is None:
        return Block(0, raw, starts, ends, lead, marks, every[:0], every, every[:0])
    places = np.array(look.search(raw), np.int64)
    hits = np.searchsorted(starts, places, "right") - 1
    over = hits[places + REACH > ends[hits]] + 1  # one hit may hide another in the next line
    hits = np.unique(np.concatenate((hits, over[over < len(starts)])))
    hidden = [match.start() for match in look.escapes.finditer(raw)] if b"\\" in raw else []
    escaped = np.unique(np.searchsorted(starts, np.array(hidden, np.int64), "right") - 1)
    return Block(0, raw, starts, ends, lead, marks, places, hits, escaped)
