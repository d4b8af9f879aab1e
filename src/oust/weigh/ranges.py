"""The range of origins of every claim of a large ledger at once.

Origins are put into columns by what they add: to both counts, to the most alone, or, as a pool of
origins that may be the same, to the fewest alone. Those with ties of their own are looked at one
combination after the other: few claims meet any.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from oust.weigh.classes import Classes
from oust.weigh.graph import Graph

Ints = NDArray[np.int64]


def ranges(graph: Graph, classes: Classes) -> tuple[Ints, Ints]:
    """The fewest and the most origins by claim. As `Classes.low` for each."""
    size = Counter(classes.pool)
    alone = [bool(pool) and size[pool] == 1 and pool not in classes.near for pool in classes.pool]
    several = sorted({pool for pool in size if size[pool] > 1 and pool} - classes.near)
    column = {pool: n for n, pool in enumerate(several)}
    both: dict[int, list[int]] = {}
    most: dict[int, list[int]] = {}
    pools: dict[int, list[int]] = {}
    for root, numbers in classes.of_root.items():
        both[root] = [n for n in numbers if alone[n]]
        most[root] = [n for n in numbers if not alone[n]]
        names = {classes.pool[n] for n in most[root]}
        pools[root] = [column[pool] for pool in names if pool in column]
    shared = _counted(graph, both, len(alone))
    high = shared + _counted(graph, most, len(alone))
    low = shared + _counted(graph, pools, len(several)) + _special(graph, classes)
    low = np.maximum(low, (high > 0).astype(np.int64))  # nothing but circles: one, unknown
    return low[graph.part], high[graph.part]


def _counted(graph: Graph, marks: dict[int, list[int]], width: int) -> Ints:
    """How many marks each component reaches."""
    used = sorted({n for numbers in marks.values() for n in numbers})
    dense = {n: at for at, n in enumerate(used)}
    packed = {root: [dense[n] for n in numbers] for root, numbers in marks.items() if numbers}
    total = np.zeros(len(graph.alive), np.int64)
    for sets in graph.sets(packed, len(used)):
        total += np.fromiter(map(int.bit_count, sets), np.int64, len(sets))
    return total[graph.same]


def _met(bits: int, special: list[int], near: list[str]) -> tuple[frozenset[int], frozenset[str]]:
    """The origins and the pools that a bit set names."""
    places = []
    while bits:
        places.append((bits & -bits).bit_length() - 1)
        bits &= bits - 1
    count = len(special)
    met = frozenset(special[at] for at in places if at < count)
    return met, frozenset(near[at - count] for at in places if at >= count)


def _special(graph: Graph, classes: Classes) -> Ints:
    """The fewest that origins with ties of their own, and the pools around them, can be."""
    special, near = sorted(classes.special), sorted(classes.near)
    bit = {n: 1 << at for at, n in enumerate(special)}
    pool_bit = {pool: 1 << (len(special) + at) for at, pool in enumerate(near)}
    marks: dict[int, int] = {}
    for root, numbers in classes.of_root.items():
        bits = 0
        for n in numbers:
            bits |= bit[n] if n in bit else pool_bit.get(classes.pool[n], 0)
        if bits:
            marks[root] = bits
    known = {0: 0}
    counts = np.zeros(len(graph.alive), np.int64)
    if not marks:
        return counts
    for part, bits in enumerate(graph.whole_sets(marks)):
        if bits not in known:
            met, around = _met(bits, special, near)
            known[bits] = classes.fewest(met, around)[0]
        counts[part] = known[bits]
    return counts[graph.same]
