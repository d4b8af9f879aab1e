"""Short fragments that stand in for long lists of literals, chosen for the data searched.

A DFA for thousands of literals reads 400 MB/s. The SIMD search for few patterns (Teddy) reads 7 to
9 GB/s with 32 of them, if what its buckets let through is rare. So: fragments of three or four
bytes such that every literal holds one, rare in a sample of the data (greedy weighted set cover);
packed into buckets that stay selective; and the DFA looks only around what they hit.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Any

LENGTHS = (3, 4)
BUCKETS, PER_BUCKET = 8, 4
"""Patterns of one pass: as Teddy sorts them without the wide registers of newer processors."""

PASS, HIT, BEGIN = 4e-12, 4e-7, 3e-8
"""Seconds: per byte and fragment searched for, per hit, per place that begins like a fragment."""

DFA = 2.4e-9
"""Seconds per byte of the plain search for thousands of literals."""

COMMON = 2000
"""Three-byte sequences of the sample by which buckets are judged, the most frequent ones."""

HASH_BITS = 18
CELL = 16
"""Hits so close together, in bytes, are looked at in one window."""

NOWHERE = 0xFF
"""A byte that no literal holds, since UTF-8 does not use it."""


class Fragments:
    """Finds what `literals`, folded bytes, find, by fragments chosen for data like `sample`."""

    def __init__(self, literals: Sequence[bytes], sample: Any) -> None:
        import ahocorasick_rs as lib

        usage = _Usage(sample)
        plain = usage.cover([one for one in literals if max(one) < 0x80])
        other = usage.cover([one for one in literals if max(one) >= 0x80])
        self.cost = sum(map(usage.cost, (*plain, *other)))
        self.fragments = sorted(plain + other)
        self._plain = [_search(group) for group in usage.packed(plain)]
        self._other = [_search(group) for group in usage.packed(other)]
        self._reach = max(map(len, literals))
        first, dfa = lib.MATCHKIND_LEFTMOST_FIRST, lib.Implementation.DFA
        self._all = lib.BytesAhoCorasick(list(literals), matchkind=first, implementation=dfa)

    def hits(self, folded: Any, wide: bool) -> Any | None:
        """Offsets of literals in `folded`, ascending; None if too much would be looked at.

        `wide`: whether bytes above 0x7F occur in it. Hits of fragments may hide others that
        overlap them, so windows reach as far as any literal does around a hit.
        """
        import numpy as np

        searches = self._plain + self._other if wide else self._plain
        found = [hit[1] for one in searches for hit in one.find_matches_as_indexes(folded)]
        cells = _distinct(np.array(found, np.int64) // CELL)
        width = 2 * (self._reach + LENGTHS[-1]) + CELL
        if len(cells) * width * 2 > len(folded):
            return None
        starts = cells * CELL - self._reach - LENGTHS[-1]
        windows: Any = np.full((len(cells), width + 1), NOWHERE, np.uint8)
        _copy(folded, starts, windows[:, :width])
        places = np.array(
            [hit[1] for hit in self._all.find_matches_as_indexes(windows.ravel())], np.int64
        )
        return _distinct(starts[places // (width + 1)] + places % (width + 1))


def _distinct(numbers: Any) -> Any:
    """Ascending, each once; many times faster for few numbers than numpy's own."""
    import numpy as np

    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _copy(data: Any, starts: Any, windows: Any) -> None:
    """Fill each row of `windows` with `data` from its start, where data there are."""
    import numpy as np

    width = windows.shape[1]
    inside = (starts >= 0) & (starts + width <= len(data))
    if inside.any():
        every = np.lib.stride_tricks.sliding_window_view(data, width)
        windows[inside] = every[starts[inside]]
    for row in np.flatnonzero(~inside):
        start = int(starts[row])
        piece = data[max(0, start) : start + width]
        at = max(0, -start)
        windows[row, at : at + len(piece)] = piece


class _Usage:
    """How often byte sequences occur in a sample, and what searching for them costs."""

    def __init__(self, sample: Any) -> None:
        import numpy as np

        self._size = max(1, len(sample))
        self._tables = {
            length: np.bincount(_hashed(_codes(sample, length)), minlength=1 << HASH_BITS)
            for length in LENGTHS
        }
        codes, counts = np.unique(_codes(sample, 3), return_counts=True)
        order = np.argsort(-counts, kind="stable")[:COMMON]
        self._bytes = [(codes[order] >> np.uint64(shift)).astype(np.uint8) for shift in (16, 8, 0)]
        self._often = counts[order] / self._size
        self._costs: dict[bytes, float] = {}

    def cost(self, fragment: bytes) -> float:
        """Seconds per byte of data, of a fragment that `cover` weighed."""
        return self._costs[fragment]

    def _weigh(self, fragments: Iterable[bytes]) -> None:
        import numpy as np

        by_length: dict[int, list[bytes]] = {}
        for fragment in fragments:
            by_length.setdefault(len(fragment), []).append(fragment)
        for length, same in by_length.items():
            if length not in self._tables:  # shorter than any table: hit almost anywhere
                self._costs |= dict.fromkeys(same, HIT / 100)
                continue
            rows = np.frombuffer(b"".join(same), np.uint8).reshape(-1, length)
            often = self._tables[length][_hashed(_rows(rows))] / self._size
            begin = self._tables[3][_hashed(_rows(rows[:, :3]))] / self._size
            costs = PASS + HIT * often + BEGIN * begin
            self._costs |= dict(zip(same, costs.tolist(), strict=True))

    def cover(self, literals: Sequence[bytes]) -> list[bytes]:
        """Fragments, one of which at least is in every literal, at about the least cost."""
        holders: dict[bytes, list[int]] = {}
        for number, literal in enumerate(literals):
            size = len(literal)
            parts = {
                literal[at : at + length] for length in LENGTHS for at in range(size - length + 1)
            }
            for part in parts or {literal}:
                holders.setdefault(part, []).append(number)
        self._weigh(holders)
        return sorted(_cheapest(holders, self._costs, len(literals)))

    def packed(self, fragments: Sequence[bytes]) -> list[list[bytes]]:
        """Fragments in groups for one pass each, alike ones in the same bucket.

        Teddy puts the n-th pattern of a pass into bucket n modulo 8 and lets through whatever
        agrees, half byte by half byte, with any mixture of a bucket's patterns.
        """
        import numpy as np

        long = [one for one in fragments if len(one) >= LENGTHS[0]]
        short = [one for one in fragments if len(one) < LENGTHS[0]]
        passes = -(-len(long) // (BUCKETS * PER_BUCKET))
        buckets = _Buckets(passes * BUCKETS, self._bytes, self._often)
        for fragment in sorted(long, key=lambda one: (-self._costs[one], one)):
            buckets.put(fragment)
        full = [buckets.held[at] for at in np.argsort(buckets.passed, kind="stable")]
        groups = [_interleaved([one for one in full[at::passes] if one]) for at in range(passes)]
        return groups + [short[at : at + 16] for at in range(0, len(short), 16)]


def _cheapest(
    holders: dict[bytes, list[int]], costs: dict[bytes, float], count: int
) -> list[bytes]:
    """Greedy: again and again the fragment that costs least per literal not yet covered."""
    covered = bytearray(count)
    heap = [(costs[part] / len(held), part) for part, held in holders.items()]
    heapq.heapify(heap)
    chosen, missing = [], count
    while missing:
        _, part = heapq.heappop(heap)
        new = [number for number in holders[part] if not covered[number]]
        if not new:
            continue
        price = costs[part] / len(new)
        if heap and price > heap[0][0]:
            heapq.heappush(heap, (price, part))
            continue
        chosen.append(part)
        missing -= len(new)
        for number in new:
            covered[number] = 1
    return chosen


class _Buckets:
    """Teddy's buckets, and how much of the sample each lets through."""

    def __init__(self, count: int, common: Sequence[Any], often: Any) -> None:
        import numpy as np

        self.held: list[list[bytes]] = [[] for _ in range(count)]
        self.passed = np.zeros(count)
        self._halves = [half for byte in common for half in (byte & 15, byte >> 4)]
        self._often = often
        self._open = np.zeros((count, 6, len(often)), bool)

    def put(self, fragment: bytes) -> None:
        """Into the bucket that stays most selective and has room."""
        import numpy as np

        own = [half for byte in fragment[:3] for half in (byte & 15, byte >> 4)]
        same = np.array([halves == one for halves, one in zip(self._halves, own, strict=True)])
        through = np.logical_and.reduce(self._open | same, axis=1) @ self._often
        full = np.array([len(held) >= PER_BUCKET for held in self.held])
        at = int(np.argmin(np.where(full, np.inf, through - self.passed)))
        self.held[at].append(fragment)
        self.passed[at] = through[at]
        self._open[at] |= same


def _interleaved(buckets: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Patterns in the order that puts each into its bucket; a repeated one fills a gap."""
    rows = max(map(len, buckets), default=0)
    return [held[min(row, len(held) - 1)] for row in range(rows) for held in buckets]


def _search(group: list[bytes]) -> Any:
    import ahocorasick_rs as lib

    first, dfa = lib.MATCHKIND_LEFTMOST_FIRST, lib.Implementation.DFA
    return lib.BytesAhoCorasick(group, matchkind=first, implementation=dfa)


def _codes(data: Any, length: int) -> Any:
    """Every sequence of `length` bytes as one number."""
    import numpy as np

    codes = np.zeros(max(0, len(data) - length + 1), np.uint64)
    for at in range(length):
        codes = (codes << np.uint64(8)) | data[at : at + len(codes)]
    return codes


def _rows(rows: Any) -> Any:
    """Each row of bytes as one number."""
    import numpy as np

    codes = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        codes = (codes << np.uint64(8)) | column
    return codes


def _hashed(codes: Any) -> Any:
    """Place in a table: a sequence shares it with few others, so counts err upwards only."""
    import numpy as np

    mixed = codes * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - HASH_BITS)).astype(np.int64)
