"""Counting by origin: against brute force, and rule by rule."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from oust.data.ledger import Apart, Claim, Ledger, Speaker
from oust.weigh import weigh
from oust.weigh.identity import Identity

SPEAKERS = (
    Speaker(id="ann", name="Ann", kind="person"),
    Speaker(id="firm", name="Firm", kind="organisation", interest="sells it"),
    Speaker(id="bob", name="Bob", kind="person", of="firm"),
    Speaker(id="cid", name="Cid", kind="person", of="school"),
    Speaker(id="dot", name="Dot", kind="person", of="school"),
    Speaker(id="school", name="School", kind="organisation"),
    Speaker(id="six", name="six staff", kind="unnamed", population="staff", outlet="Post"),
    Speaker(id="two", name="two aides", kind="unnamed", population="aides", outlet="Globe"),
    Speaker(id="anon", name="a source", kind="unnamed", outlet="Post"),
    Speaker(id="post", name="Post", kind="outlet"),
    Speaker(id="globe", name="Globe", kind="outlet"),
)
BASES = ("own-knowledge", "people", "document", "record", "expertise", "none-given")


@st.composite
def ledgers(draw) -> Ledger:
    """Small ledgers with cycles, drafts, retractions, ties and known differences."""
    count = draw(st.integers(1, 9))
    ids = [f"c{n}" for n in range(count)]
    some = st.lists(st.sampled_from(ids), max_size=2, unique=True).map(tuple)
    claims = []
    for name in ids:
        derives = tuple(one for one in draw(some) if one != name)
        possibly = tuple(one for one in draw(st.just(()) | some) if one != name)
        by = draw(st.lists(st.sampled_from([s.id for s in SPEAKERS]), max_size=2, unique=True))
        standing = draw(st.sampled_from(["standing"] * 6 + ["corrected", "retracted"]))
        claims.append(
            Claim(
                id=name,
                kind="claim",
                text=name,
                by=tuple(by),
                basis=draw(st.sampled_from(BASES)),
                derives=derives,
                possibly_from=possibly,
                standing=standing,
                draft=draw(st.sampled_from([False] * 7 + [True])),
            )
        )
    known = [s.id for s in SPEAKERS]
    pairs = st.lists(st.sampled_from(known), min_size=2, max_size=2, unique=True)
    pairs |= (
        st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True) if count > 1 else pairs
    )
    apart = tuple(
        Apart(both=tuple(both), why="known") for both in draw(st.lists(pairs, max_size=3))
    )
    return Ledger(id="l", title="l", speakers=SPEAKERS, claims=tuple(claims), apart=apart)


class Brute:
    """The same by trying everything: closures by repetition, groups by every partition."""

    def __init__(self, ledger: Ledger) -> None:
        self.claims = {claim.id: claim for claim in ledger.claims}
        self.identity = Identity(ledger)
        self.dead = {c.id for c in ledger.claims if c.draft or c.standing == "retracted"}
        self.ahead = {name: self._ahead(name) for name in self.claims}
        self.apart = ledger.apart

    def _ahead(self, name: str) -> set[str]:
        """Everything from which a claim derives by way of claims that are not dead."""
        found: set[str] = set()
        new = {name} - self.dead
        while new:
            leads = {lead for one in new for lead in self.claims[one].derives} - self.dead
            new = leads - found
            found |= new
        return found

    def _together(self, name: str) -> frozenset[str]:
        back = {one for one in self.ahead[name] if name in self.ahead[one]}
        return frozenset(back | {name})

    def roots(self, name: str) -> set[frozenset[str]]:
        """Groups behind a claim from which nothing leads further, not even to what is dead."""
        if name in self.dead:
            return set()
        groups = {self._together(one) for one in self.ahead[name] | {name}}
        return {
            group
            for group in groups
            if all(set(self.claims[one].derives) <= group for one in group)
        }

    def origins(self, name: str) -> dict[str, str]:
        """Keys of origins, each with its pool."""
        found = {}
        for group in self.roots(name):
            members = [self.claims[one] for one in sorted(group)]
            units = (
                [self.identity.circle(members)]
                if len(group) > 1
                else self.identity.units(members[0])
            )
            found |= {unit.key: unit.pool for unit in units}
        return found

    def _side(self, name: str) -> set[str]:
        if name in self.claims:
            return set(self.origins(name))
        keys = set()
        for claim in self.claims.values():
            alone = {frozenset({claim.id})}
            if name in claim.by and self.roots(claim.id) == alone and not claim.derives:
                keys.add(self.identity.unit(name, claim).key)
        return keys

    def low(self, pools: dict[str, str]) -> int:
        apart, may = set(), set()
        for one in self.apart:
            a, b = map(self._side, one.both)
            apart |= {frozenset(pair) for pair in product(a, b)}
        for claim in self.claims.values():
            for other in claim.possibly_from:
                may |= {frozenset(p) for p in product(self.origins(claim.id), self.origins(other))}
        keys = [key for key, pool in pools.items() if pool]

        def fits(a: str, b: str) -> bool:
            pair = frozenset((a, b))
            return pair not in apart and (pools[a] == pools[b] or pair in may)

        def best(left: list[str], groups: list[list[str]]) -> int:
            if not left:
                return len(groups)
            one, rest = left[0], left[1:]
            tries = [best(rest, [*groups, [one]])]
            for n, group in enumerate(groups):
                if all(fits(one, other) for other in group):
                    tries.append(best(rest, [*groups[:n], [*group, one], *groups[n + 1 :]]))
            return min(tries)

        return max(best(keys, []), int(bool(pools)))


@settings(max_examples=300, deadline=None)
@given(ledgers())
def test_ranges_are_those_of_brute_force(ledger):
    weighing, brute = weigh(ledger), Brute(ledger)
    low, high = weighing.ranges
    for n, claim in enumerate(ledger.claims):
        pools = brute.origins(claim.id)
        count = weighing.origins([claim.id])
        assert {one.id for one in count.origins} == set(pools)
        assert count.exact
        assert (count.low, count.high) == (low[n], high[n]) == (brute.low(pools), len(pools))
