"""The graph of what derives from what: its circles, what falls away, and what each claim reaches.

A root is a strongly connected component of the claims that count from which nothing derives
further. A set of origins is an integer used as a bit set; to bound memory, origins are taken in
blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BLOCK = 16384
"""Origins in one pass: 100,000 claims then need at most some 200 MB."""

Ints = NDArray[np.int64]


class Graph:
    """Claims as numbers 0 to `count` - 1. `edges`: from a claim to those from which it derives.

    `dead`: claims that count for nothing, whatever they derive from.
    """

    def __init__(self, count: int, edges: Ints, dead: NDArray[np.bool_]) -> None:
        self.count = count
        source, target = edges.reshape(2, -1)
        whole = strong(count, source, target)
        self.circles = _groups(whole)
        live = ~(dead[source] | dead[target])
        self.part = strong(count, source[live], target[live]) if dead.any() else whole
        parts = int(self.part.max(initial=-1)) + 1
        self._leads = _leads(self.part[source[live]], self.part[target[live]], parts)
        outside = np.zeros(parts, np.bool_)
        left = (self.part[source] != self.part[target]) | dead[target]
        outside[self.part[source[left]]] = True
        self.alive = self._living(outside.tolist(), self.part[dead])
        self.roots = self._roots(outside)
        same, self._joins = self._joined()
        self.same = np.array(same, np.int64)

    def _living(self, outside: list[bool], dead: Ints) -> list[bool]:
        """Which components still have an origin: what rests on dead ones alone falls away."""
        if not dead.size:
            return [True] * len(self._leads)
        killed = set(dead.tolist())
        alive: list[bool] = []
        for part, leads in enumerate(self._leads):
            holds = not outside[part] or any(alive[one] for one in leads)
            alive.append(holds and part not in killed)
        return alive

    def _roots(self, outside: NDArray[np.bool_]) -> dict[int, list[int]]:
        """Claims of each component that is an origin."""
        wanted = np.flatnonzero(np.array(self.alive, np.bool_) & ~outside)
        members = np.flatnonzero(np.isin(self.part, wanted))
        roots: dict[int, list[int]] = {}
        for claim, part in zip(members.tolist(), self.part[members].tolist(), strict=True):
            roots.setdefault(part, []).append(claim)
        return roots

    def _joined(self) -> tuple[list[int], list[tuple[int, int, int, list[int]]]]:
        """For each component another that reaches the same origins, and those where more join.

        A component that takes all from one source reaches what the source does: most do.
        """
        same: list[int] = []
        joins: list[tuple[int, int, int, list[int]]] = []
        for part, leads in enumerate(self._leads):
            if not leads or not self.alive[part]:
                same.append(part)
            elif len(leads) == 1:  # it lives, so its one source does
                same.append(same[leads[0]])
            else:
                sources = {same[one] for one in leads if self.alive[one]}
                same.append(part if len(sources) > 1 else min(sources))
                if len(sources) > 1:
                    one, other, *more = sources
                    joins.append((part, one, other, more))
        return same, joins

    def is_alive(self, claim: int) -> bool:
        """Whether a claim has an origin that counts."""
        return self.alive[int(self.part[claim])]

    def reached(self, claims: Sequence[int]) -> list[int]:
        """Roots (components) from which the claims come, in order."""
        waiting = [int(self.part[claim]) for claim in claims if self.is_alive(claim)]
        seen, found = set(waiting), []
        while waiting:
            part = waiting.pop()
            if part in self.roots:
                found.append(part)
            for one in self._leads[part]:
                if one not in seen and self.alive[one]:
                    seen.add(one)
                    waiting.append(one)
        return sorted(found)

    def sets(self, marks: dict[int, list[int]], width: int) -> Iterator[list[int]]:
        """Bit sets of the marks that components reach, BLOCK marks at a time.

        `marks`: numbers below `width` that each root bears. What a component reaches stands at
        its number in `same`.
        """
        for start in range(0, width, BLOCK):
            own: dict[int, int] = {}
            for part, numbers in marks.items():
                for number in numbers:
                    if 0 <= number - start < BLOCK:
                        own[part] = own.get(part, 0) | 1 << (number - start)
            yield self.whole_sets(own)

    def whole_sets(self, marks: dict[int, int]) -> list[int]:
        """As `sets`, of marks given as bit sets: for few."""
        sets = [0] * len(self._leads)
        for part, bits in marks.items():
            sets[part] = bits
        for part, one, other, more in self._joins:
            bits = sets[one] | sets[other]
            for further in more:
                bits |= sets[further]
            sets[part] = bits
        return sets


def _leads(source: Ints, target: Ints, parts: int) -> list[list[int]]:
    """For each component those from which it derives."""
    other = source != target
    above, below = source[other], target[other]
    order = np.argsort(above, kind="stable")
    above, below = above[order], below[order]
    # a component has a higher number than those from which it derives: they are numbered in the
    # order in which Pearce's algorithm leaves them
    assert (above > below).all()
    ends = np.searchsorted(above, np.arange(parts + 1)).tolist()
    leads = below.tolist()
    return [leads[ends[n] : ends[n + 1]] for n in range(parts)]


def strong(count: int, source: Ints, target: Ints) -> Ints:
    """The strongly connected component of each node, numbered so that leads come first."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(source.size, np.int8)
    matrix = csr_array((ones, (source, target)), shape=(count, count))
    labels: Ints = connected_components(matrix, connection="strong")[1].astype(np.int64)
    return labels


def _groups(labels: Ints) -> list[list[int]]:
    """Members of each component that has more than one."""
    sizes = np.bincount(labels) if labels.size else np.zeros(0, np.int64)
    members = np.flatnonzero(sizes[labels] > 1) if labels.size else labels
    groups: dict[int, list[int]] = {}
    for one, label in zip(members.tolist(), labels[members].tolist(), strict=True):
        groups.setdefault(label, []).append(one)
    return [groups[label] for label in sorted(groups)]
