"""Quotes, line ends and hits of delimited text, found piece by piece on all processors.

What stands where does not depend on the pieces before, so pieces are looked through side by side;
which line ends end a record is decided afterwards, from the few offsets found (delimited_split).
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from oust.formats.delimited import Dialect
from oust.formats.seam import Unreadable
from oust.lazy import np

PIECE = 2 * 1024 * 1024
"""Bytes looked through together: larger ones leave the cache."""

OVERLAP = 1024
"""What is looked for may reach so far, in bytes, into the next piece."""

THREADS = min(4, os.cpu_count() or 1)
NEWLINE, RETURN, QUOTE, BACKSLASH, SPACE = 10, 13, 34, 92, 32


class Marks(NamedTuple):
    """What was found up to offset `end`. Arrays; offsets count from the beginning of the data."""

    end: int
    breaks: Any  # line ends
    quotes: Any
    may_open: Any  # of each quote: whether a field can begin there
    may_close: Any  # of each quote: whether a field can end there
    hits: Any

    def since(self, at: int) -> Marks:
        """What stands at offset `at` or behind."""
        quote = np.searchsorted(self.quotes, at)
        return Marks(
            self.end,
            self.breaks[np.searchsorted(self.breaks, at) :],
            self.quotes[quote:],
            self.may_open[quote:],
            self.may_close[quote:],
            self.hits[np.searchsorted(self.hits, at) :],
        )

    def joined(self, more: Marks) -> Marks:
        """These, then `more`."""
        return Marks(more.end, *map(np.concatenate, zip(self[1:], more[1:], strict=True)))


def marked(
    data: Any, start: int, dialect: Dialect, search: Callable[[bytes], list[int]] | None
) -> Iterator[Marks]:
    """Marks of `data` from offset `start`, piece by piece, in order.

    Raises Unreadable if the data turn out shorter than they said.
    """
    look = _Look(data, dialect, search)
    pieces = range(start, len(data), PIECE)
    if len(pieces) < 2:
        yield from map(look, pieces)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Any] = deque()
        for at in pieces:
            waiting.append(pool.submit(look, at))
            if len(waiting) > THREADS + 1:
                yield waiting.popleft().result()
        for done in waiting:
            yield done.result()


class _Look:
    """Looks through one piece; called by several threads at once."""

    def __init__(
        self, data: Any, dialect: Dialect, search: Callable[[bytes], list[int]] | None
    ) -> None:
        self._data, self._size = data, len(data)
        self._dialect, self._search = dialect, search
        self._closing = np.zeros(256, bool)
        self._closing[[ord(dialect.delimiter), NEWLINE, RETURN, QUOTE]] = True
        self._opening = self._closing.copy()
        self._opening[SPACE] = dialect.spaced
        self._own = threading.local()

    def __call__(self, at: int) -> Marks:
        """Marks of the piece at offset `at`; one byte before it and some behind it are seen too."""
        first, end = max(0, at - 1), min(at + PIECE, self._size)
        seen = bytes(self._data[first : min(end + OVERLAP, self._size)])
        if len(seen) < end - first:
            raise Unreadable("the file became shorter while it was read")
        raw = np.frombuffer(seen, np.uint8)
        skip, size = at - first, end - at
        piece = raw[skip : skip + size]
        breaks = self._places(piece, NEWLINE, skip)
        if b"\r" in seen:
            breaks = np.union1d(breaks, self._lone_returns(raw, piece, skip))
        quotes = self._quotes(raw, piece, skip)
        after = np.minimum(quotes + 1, len(raw) - 1)
        # nothing but a quote follows the quote that ends the data
        may_close = self._closing[raw[after]]
        found = np.array(self._search(seen) if self._search else [], np.int64) + first
        hits = found[(found >= at) & (found < end)]
        opens = self._opening[raw[quotes - 1]]
        return Marks(end, breaks + first, quotes + first, opens, may_close, hits)

    def _places(self, piece: Any, byte: int, skip: int) -> Any:
        """Where `byte` stands in a piece, counted from `skip` bytes before it."""
        flags = getattr(self._own, "flags", None)
        if flags is None or len(flags) < len(piece):
            flags = self._own.flags = np.empty(len(piece), bool)
        return np.flatnonzero(np.equal(piece, byte, out=flags[: len(piece)])) + skip

    def _lone_returns(self, raw: Any, piece: Any, skip: int) -> Any:
        """Carriage returns that no line feed follows; one that ends the data is left out."""
        returns = self._places(piece, RETURN, skip)
        behind = returns + 1 < len(raw)
        return returns[behind & (raw[np.minimum(returns + 1, len(raw) - 1)] != NEWLINE)]

    def _quotes(self, raw: Any, piece: Any, skip: int) -> Any:
        if not self._dialect.quoting:
            return np.array([], np.int64)
        quotes = self._places(piece, QUOTE, skip)
        return quotes[raw[quotes - 1] != BACKSLASH] if self._dialect.escape else quotes
