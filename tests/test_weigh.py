"""Counting by origin: against brute force, and rule by rule."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.data.ledger import Apart, Appearance, Claim, Document, Ledger, Speaker
from oust.weigh import weigh
from oust.weigh.fewest import EXACT, fewest
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


def ledger_of(*claims: Claim, apart: tuple[Apart, ...] = (), **kw: object) -> Ledger:
    documents = (Document(id="d1", title="One"), Document(id="d2", title="Two"))
    return Ledger(
        id="l", title="l", speakers=SPEAKERS, documents=documents, claims=claims, apart=apart, **kw
    )


def said(name: str, by: str = "", basis: str = "own-knowledge", **kw: object) -> Claim:
    return Claim(
        id=name, kind=kw.pop("kind", "claim"), text=name, by=(by,) if by else (), basis=basis, **kw
    )


def both(one: Claim, other: Claim, **kw: object) -> tuple[str, str]:
    """The count of two claims, and why."""
    count = weigh(ledger_of(one, other, **kw)).origins([one.id, other.id])
    return str(count), count.why


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (said("a", "ann"), said("b", "ann", "expertise"), "1"),
        (said("a", "bob"), said("b", "firm", "document"), "1"),  # spokesman and firm, interested
        (said("a", "cid"), said("b", "dot"), "1-2"),  # colleagues, each from own knowledge
        (said("a", "cid", "none-given"), said("b", "dot", "none-given"), "1"),
        (said("a", "ann"), said("b", "firm"), "2"),
        (said("a", "six"), said("b", "two"), "1-2"),
        (said("a", "six"), said("b", "ann"), "2"),
        (said("a", "anon"), said("b", "post", "people"), "1"),  # the same outlet, undescribed
        (said("a", "post", "people"), said("b", "globe", "people"), "1-2"),
        (said("a", "post", "people"), said("b", "post", "document", basis_note="mails"), "2"),
        (
            said("a", "post", "people"),
            said("b", "post", "document", basis_note="mails", possibly_from=("a",)),
            "1-2",
        ),
        (
            said("a", "post", "document", basis_note="Internal  mails"),
            said("b", "post", "document", basis_note="internal mails"),
            "1",
        ),
        (
            said("a", "post", "record", basis_note="awards"),
            said("b", "post", "record", basis_note="register"),
            "2",
        ),
        (said("a", "post", "none-given"), said("b", "six"), "1-2"),
        (
            said("a", basis="record", kind="record", seen_in=(Appearance(document="d1"),)),
            said("b", basis="record", kind="record", seen_in=(Appearance(document="d2"),)),
            "2",
        ),
        (said("a", "ann"), said("b", "post", derives=("a",)), "1"),
        (said("a", derives=("b",)), said("b", derives=("a",)), "1"),
        (said("a", "ann"), said("b", "bob", kind="judgment", rests_on=("a",)), "1"),
    ],
)
def test_two_claims_count_as_the_page_says(one, other, count):
    assert both(one, other)[0] == count


def test_known_apart_is_no_range():
    six, two = said("a", "six"), said("b", "two")
    assert both(six, two, apart=(Apart(both=("six", "two"), why="told"),))[0] == "2"
    assert both(six, two, apart=(Apart(both=("a", "b"), why="told"),))[0] == "2"
    same = said("a", "post", "people"), said("b", "post", "people")
    assert both(*same)[0] == "1"
    assert both(*same, apart=(Apart(both=("a", "b"), why="two people"),))[0] == "2"


def test_three_unnamed_of_whom_two_are_apart_are_two_at_least():
    claims = said("a", "six"), said("b", "two"), said("c", "globe", "people")
    told = ledger_of(*claims, apart=(Apart(both=("six", "two"), why="told"),))
    count = weigh(told).origins(["a", "b", "c"])
    assert str(count) == "2-3"
    assert "but known to be different" in count.why


def test_a_circle_is_one_unknown_origin_that_may_be_any_other():
    claims = said("a", "post", derives=("b",)), said("b", "globe", derives=("a",)), said("c", "ann")
    weighing = weigh(ledger_of(*claims))
    assert str(weighing.origins(["a", "b"])) == "1"
    assert str(weighing.origins(["a", "c"])) == "1-2"
    (circle,) = weighing.circles()
    assert (circle.claims, circle.rooted) == (("a", "b"), False)
    assert circle.why == "a and b cite each other; no first source is named"


def test_a_circle_with_a_source_outside_has_that_origin():
    claims = (
        said("a", "post", derives=("b", "c")),
        said("b", "globe", derives=("a",)),
        said("c", "ann"),
    )
    weighing = weigh(ledger_of(*claims))
    assert [one.text for one in weighing.origins(["b"]).origins] == ["Ann"]
    assert weighing.circles()[0].rooted


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        ({"standing": "retracted"}, "it rests on a, which is retracted"),
        ({"draft": True}, "it rests on a, a draft that is not confirmed"),
    ],
)
def test_what_rests_on_what_does_not_count_falls_away(gone, why):
    claims = said("a", "ann", **gone), said("b", "post", derives=("a",)), said("c", derives=("b",))
    weighing = weigh(ledger_of(*claims))
    count = weighing.origins(["c"])
    assert (count.low, count.high, count.why) == (0, 0, f"No origin: {why}.")
    other = weigh(ledger_of(*claims[:2], said("c", derives=("b", "e")), said("e", "cid")))
    assert str(other.origins(["c"])) == "1"


def test_what_is_corrected_goes_on_counting():
    assert weigh(ledger_of(said("a", "ann", standing="corrected"))).counts("a")


def test_denials_and_drafts_are_no_support():
    claims = (
        said("a", "ann"),
        said("b", "bob", kind="denial", denies=("a",), confirms=("a",)),
        said("c", "cid", confirms=("a",), draft=True),
        said("d", "dot", confirms=("a",)),
    )
    weighing = weigh(ledger_of(*claims))
    assert [one.id for one in weighing.support(["a", "b", "c"]).origins] == [
        "party:ann",
        "speaker:dot",
    ]
    assert str(weighing.origins(["b"])) == "1"
    assert weighing.denied_by["a"] == ["b"]


def test_a_question_too_large_to_search_is_answered_with_what_is_surely_different():
    count = EXACT + 6
    ring = [{(n - 1) % count, (n + 1) % count} for n in range(count)]
    groups, exact = fewest(ring)
    assert not exact
    assert groups <= count // 2  # pairs of neighbours do cover the ring
    assert fewest(ring[:0]) == (0, True)


def test_order_of_the_file_does_not_matter():
    claims = [said("a", "six"), said("b", "two"), said("c", derives=("a", "b")), said("d", "ann")]
    one, other = weigh(ledger_of(*claims)), weigh(ledger_of(*claims[::-1]))
    assert str(one.origins(["c", "d"])) == str(other.origins(["d", "c"])) == "2-3"
