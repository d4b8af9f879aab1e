"""Origins as numbers: which roots are one, which may be the same, which are known apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from oust.data.ledger import Apart, Claim
from oust.weigh.fewest import fewest
from oust.weigh.graph import Graph
from oust.weigh.identity import Identity, Unit

PAIRS = 4096
"""Pairs of one `possibly_from` that are kept one by one."""

SPECIAL = 8192
"""Origins with ties of their own beyond which only whole pools are compared."""

Pair = tuple[int, int]


class Classes:
    """The origins of a ledger, numbered, with the ties between them.

    `of_root`: numbers for each root of the graph. `pool`: of each number; empty for a circle,
    whose origin is unknown and may be any.
    """

    def __init__(self, graph: Graph, claims: tuple[Claim, ...], identity: Identity) -> None:
        self.units: list[Unit] = []
        self.of_root: dict[int, list[int]] = {}
        self._graph = graph
        self._identity = identity
        self._numbers: dict[str, int] = {}
        for part, members in sorted(graph.roots.items(), key=lambda pair: pair[1]):
            if len(members) > 1:
                units = [identity.circle(claims[one] for one in members)]
            else:
                units = identity.units(claims[members[0]])
            self.of_root[part] = [self._number(unit) for unit in units]
        self.pool = [unit.pool for unit in self.units]
        self.shared: dict[Pair, list[str]] = {}  # with the claims that say so
        self.apart: dict[Pair, str] = {}
        self.rough = False

    def tie(self, claims: tuple[Claim, ...], apart: Iterable[Apart]) -> None:
        """Take in what the ledger says of shared and of different sources."""
        number = {claim.id: n for n, claim in enumerate(claims)}
        for n, claim in enumerate(claims):
            for other in claim.possibly_from:
                self._share(self.reached([n]), self.reached([number[other]]), claim.id)
        apart = tuple(apart)
        wanted = {name for one in apart for name in one.both if name not in number}
        speakers = self._by_speaker(claims, wanted) if wanted else {}
        for one in apart:
            sides = [
                self.reached([number[name]]) if name in number else speakers.get(name, set())
                for name in one.both
            ]
            for at, side in enumerate(sides):
                for further in sides[at + 1 :]:
                    for pair in _pairs(side, further):
                        self.apart.setdefault(pair, one.why)
        self._settle()

    def reached(self, claims: Iterable[int]) -> set[int]:
        """Numbers of the origins from which the claims come."""
        roots = self._graph.reached(list(claims))
        return {number for root in roots for number in self.of_root[root]}

    def low(self, numbers: Iterable[int]) -> tuple[int, bool]:
        """The fewest origins that these can be, and whether that was searched to the end."""
        numbers = set(numbers)
        special = frozenset(n for n in numbers if n in self.special)
        pools = {self.pool[n] for n in numbers - special} - {""}
        near = frozenset(pools & self.near)
        count, exact = self.fewest(special, near)
        count += len(pools - near)
        return (count or int(bool(numbers))), exact and not self.rough

    def fewest(self, special: frozenset[int], pools: frozenset[str]) -> tuple[int, bool]:
        """As `low`, of origins with ties of their own, and of pools that hold further ones."""
        bound = {n for n in special if not special.isdisjoint(self._partners[n])}
        pools |= {self.pool[n] for n in special - bound}  # no tie to any of these: as the others
        if not bound:
            return len(pools), True
        members: list[tuple[int, str]] = [(n, self.pool[n]) for n in sorted(bound)]
        members += [(-1, pool) for pool in sorted(pools)]
        may_be: list[set[int]] = [set() for _ in members]
        for i, one in enumerate(members):
            for j in range(i):
                if self._may_be(one, members[j]):
                    may_be[i].add(j)
                    may_be[j].add(i)
        return fewest(may_be)

    def _may_be(self, one: tuple[int, str], other: tuple[int, str]) -> bool:
        pair = (min(one[0], other[0]), max(one[0], other[0]))
        return pair not in self.apart and (one[1] == other[1] or pair in self.shared)

    def _number(self, unit: Unit) -> int:
        if unit.key not in self._numbers:
            self._numbers[unit.key] = len(self.units)
            self.units.append(unit)
        return self._numbers[unit.key]

    def _by_speaker(self, claims: tuple[Claim, ...], wanted: set[str]) -> dict[str, set[int]]:
        """Origins that each of these speakers is at some root."""
        found: dict[str, set[int]] = defaultdict(set)
        for members in self._graph.roots.values():
            claim = claims[members[0]]
            for name in claim.by if len(members) == 1 else ():
                if name in wanted:
                    found[name].add(self._numbers[self._identity.unit(name, claim).key])
        return found

    def _share(self, some: set[int], others: set[int], claim: str) -> None:
        if len(some) * len(others) > PAIRS:
            if len(pools := {self.pool[n] for n in some | others} - {""}) > 1:
                self._merge(pools)
            return
        for pair in _pairs(some, others):
            if self.pool[pair[0]] and self.pool[pair[1]]:
                self.shared.setdefault(pair, []).append(claim)

    def _merge(self, pools: set[str]) -> None:
        """Take whole pools for possibly the same: never too many, and bounded."""
        self.rough = True
        first = min(pools)
        self.pool = [first if pool in pools else pool for pool in self.pool]

    def _settle(self) -> None:
        known = {pair: why for pair, why in self.apart.items() if all(self._pools(pair))}
        self.apart = known
        self.shared = {pair: who for pair, who in self.shared.items() if pair not in known}
        tied = [pair for pair in known if len(set(self._pools(pair))) == 1]
        tied += [pair for pair in self.shared if len(set(self._pools(pair))) == 2]
        self._partners: dict[int, set[int]] = defaultdict(set)
        for one, other in tied:
            self._partners[one].add(other)
            self._partners[other].add(one)
        self.special = set(self._partners)
        if len(self.special) > SPECIAL:
            self._simplify()
        self.near = {self.pool[number] for number in self.special}

    def _simplify(self) -> None:
        home = {pool: pool for pool in self.pool}

        def top(pool: str) -> str:
            while home[pool] != pool:
                home[pool] = pool = home[home[pool]]
            return pool

        for pair in self.shared:
            one, other = map(top, self._pools(pair))
            home[max(one, other)] = min(one, other)
        self.pool = [top(pool) for pool in self.pool]
        self.apart, self.special, self.rough = {}, set(), True

    def _pools(self, pair: Pair) -> tuple[str, str]:
        return self.pool[pair[0]], self.pool[pair[1]]


def _pairs(some: Iterable[int], others: Iterable[int]) -> Iterator[Pair]:
    return ((min(a, b), max(a, b)) for a, b in product(sorted(some), sorted(others)) if a != b)
