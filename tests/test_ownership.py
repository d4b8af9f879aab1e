"""Ownership against brute force on small graphs, and against examples worked by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.errors import OustError
from oust.judge.ownership import BASES, Decision, Ownership, Snapshot
from oust.judge.ownership.integrated import System
from oust.judge.ownership.pairs import Pairs
from oust.judge.ownership.solve import DENSE, solve
from oust.judge.ownership.spans import span
from oust.judge.ownership.table import Floats
from oust.model import Basis, Evidence, Holding

DAY = "2020-06-15"
PARTIES = "ABCDE"
HALF = Fraction(1, 2)
World = dict[tuple[str, str], Fraction]


def owns(owner: str, owned: str, low: float, high: float | None = None, **more: object) -> Holding:
    top = low if high is None else high
    return Holding(owner=owner, owned=owned, low=low, high=top, **more)  # type: ignore[arg-type]


def on(*holdings: Holding, date: str = DAY) -> Snapshot:
    return Ownership.of(holdings).on(date)


def bounds(decision: Decision) -> tuple[float, float]:
    return round(decision.low, 6), round(decision.high, 6)


# --- oracles: exact, by the definitions, without any code of the engine ---


def hitting(world: World, owner: str) -> dict[str, Fraction]:
    """Integrated share by Gaussian elimination in exact fractions."""
    near = {owner}
    while more := {b for (a, b), s in world.items() if a in near and s} - near:
        near |= more
    rest = sorted(near - {owner})
    rows = []
    for company in rest:
        row = [Fraction(company == other) - world.get((other, company), 0) for other in rest]
        rows.append([*row, Fraction(world.get((owner, company), 0))])
    for n in range(len(rest)):
        pivot = next(m for m in range(n, len(rest)) if rows[m][n])
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [x / rows[n][n] for x in rows[n]]
        for m in range(len(rest)):
            if m != n:
                factor = rows[m][n]
                rows[m] = [x - factor * y for x, y in zip(rows[m], rows[n], strict=True)]
    return {company: rows[n][-1] for n, company in enumerate(rest)}


def majority_set(
    world: World, links: set[tuple[str, str]], seeds: set[str], half: bool
) -> set[str]:
    """Least set closed under holding a majority (`half`: or half), by trying until it is still."""
    inside = set(seeds)
    while True:
        new = set()
        for company in set(PARTIES) - inside:
            own = world.get((company, company), Fraction(0))
            held = sum(
                (s for (a, b), s in world.items() if b == company and a in inside), Fraction(0)
            )
            enough = own < 1 and (held / (1 - own) > HALF or (half and held / (1 - own) == HALF))
            if enough or any((a, company) in links for a in inside):
                new.add(company)
        if not new:
            return inside
        inside |= new


def commonly(world: World, links: set[tuple[str, str]], a: str, b: str) -> bool:
    return any(
        {a, b} <= majority_set(world, links, {top}, half=False) for top in set(PARTIES) - {a, b}
    )


def worlds(shares: dict[tuple[str, str], tuple[Fraction, Fraction]]) -> Iterator[World]:
    """Every combination of corner worlds: in each company, each vertex of what is possible.

    Bounds of a share that is linear in each company's holders are reached at such vertices.
    """
    per_company = []
    for company in PARTIES:
        edges = [(pair, span) for pair, span in shares.items() if pair[1] == company]
        per_company.append(list(_vertices(edges)))
    for chosen in itertools.product(*per_company):
        yield {pair: share for part in chosen for pair, share in part.items()}


def _vertices(edges: list[tuple[tuple[str, str], tuple[Fraction, Fraction]]]) -> Iterator[World]:
    """Filling the holders in every order, as far as the whole allows, and leaving off anywhere."""
    seen = set()
    base = {pair: low for pair, (low, _) in edges}
    for order in itertools.permutations(edges):
        world, room = dict(base), 1 - sum(base.values())
        for step in range(len(order) + 1):
            key = tuple(sorted(world.items()))
            if key not in seen:
                seen.add(key)
                yield dict(world)
            if step < len(order):
                pair, (low, high) = order[step]
                add = min(high - low, room)
                world[pair] = low + add
                room -= add


# --- random small graphs ---

twentieths = st.integers(0, 20)


@st.composite
def exact_shares(draw: st.DrawFn) -> dict[tuple[str, str], tuple[Fraction, Fraction]]:
    """Exact shares in twentieths, at most the whole in each company, cycles and own shares too."""
    found = {}
    for company in PARTIES:
        room = 20
        for owner in draw(st.lists(st.sampled_from(PARTIES), unique=True, max_size=4)):
            share = draw(st.integers(0, room))
            room -= share
            if share:
                found[owner, company] = Fraction(share, 20), Fraction(share, 20)
    return found


@st.composite
def interval_shares(draw: st.DrawFn) -> dict[tuple[str, str], tuple[Fraction, Fraction]]:
    """Shares from low to high; lows at most the whole. Few, so that worlds can be enumerated."""
    found = {}
    for company in draw(st.lists(st.sampled_from(PARTIES), unique=True, max_size=4)):
        room = 20
        for owner in draw(st.lists(st.sampled_from(PARTIES), unique=True, max_size=3)):
            low = draw(st.integers(1, 12))
            if low <= room:
                high = draw(st.sampled_from([low, low, min(20, low + 3), 20]))
                found[owner, company] = Fraction(low, 20), Fraction(high, 20)
                room -= low
    return found


links = st.sets(st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES)), max_size=2).map(
    lambda pairs: {(a, b) for a, b in pairs if a != b}
)


def snapshot(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]],
    stated: Sequence[tuple[str, str]] = (),
) -> Snapshot:
    rows = [owns(a, b, float(low), float(high)) for (a, b), (low, high) in shares.items()]
    rows += [Holding(owner=a, owned=b, basis="controls") for a, b in sorted(stated)]
    # a party without holdings must be known to be asked for
    rows += [Holding(owner=one, owned=one, basis="affiliate") for one in PARTIES]
    return on(*rows)


def answer(sure: bool, may: bool) -> str:
    return "yes" if sure else "unknown" if may else "no"


def closures(snap: Snapshot, x: str) -> dict[str, dict[str, str]]:
    found = snap.closure(x)
    return {
        name: {
            **dict.fromkeys(part.surely(), "yes"),
            **dict.fromkeys(part.possibly(), "unknown"),
        }
        for name, part in (
            ("owned", found.majority_owned),
            ("controlled", found.controlled),
            ("common", found.common_control),
        )
    }


@settings(deadline=None, max_examples=150)
@given(exact_shares())
def test_integrated_share_is_that_of_exact_elimination(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]],
) -> None:
    snap, world = snapshot(shares), {pair: low for pair, (low, _) in shares.items()}
    for owner in PARTIES:
        exact = hitting(world, owner)
        every = closures(snap, owner)["owned"]
        for owned in set(PARTIES) - {owner}:
            share = exact.get(owned, Fraction(0))
            got = snap.majority_owned(owner, owned)
            assert got.low == pytest.approx(float(share), abs=1e-9)
            assert got.high == pytest.approx(float(share), abs=1e-9)
            assert got.answer == ("yes" if share > HALF else "no")
            assert every.get(owned, "no") == got.answer
            assert snap.stake(owner, owned, 0.5, strict=False).answer == (
                "yes" if share >= HALF else "no"
            )


@settings(deadline=None, max_examples=150)
@given(exact_shares(), links)
def test_control_is_that_of_the_naive_fixpoint(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]], stated: set[tuple[str, str]]
) -> None:
    snap = snapshot(shares, sorted(stated))
    world = {pair: low for pair, (low, _) in shares.items()}
    for a in PARTIES:
        inside = majority_set(world, stated, {a}, half=False)
        every = closures(snap, a)
        for b in set(PARTIES) - {a}:
            expected = answer(b in inside, b in inside)
            assert snap.controlled_by(a, b).answer == expected
            assert every["controlled"].get(b, "no") == expected
            together = commonly(world, stated, a, b)
            assert snap.common_control(a, b).answer == answer(together, together)
            assert every["common"].get(b, "no") == answer(together, together)


@settings(deadline=None, max_examples=150)
@given(exact_shares(), st.sets(st.sampled_from(PARTIES), min_size=1, max_size=3))
def test_several_together_are_counted_as_the_50_percent_rule_does(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]], blocked: set[str]
) -> None:
    snap, world = snapshot(shares), {pair: low for pair, (low, _) in shares.items()}
    inside = majority_set(world, set(), blocked, half=True)
    for company in set(PARTIES) - blocked:
        got = snap.aggregate(sorted(blocked), company)
        assert got.answer == answer(company in inside, company in inside)


@settings(deadline=None, max_examples=100)
@given(interval_shares(), links)
def test_bounds_are_those_of_all_worlds(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]], stated: set[tuple[str, str]]
) -> None:
    every = list(itertools.islice(worlds(shares), 401))
    if len(every) > 400:
        return
    snap = snapshot(shares)  # stated control leaves shares open; it is tried apart
    voting = snapshot(shares, sorted(stated))
    for a in PARTIES:
        sets = [majority_set(world, stated, {a}, half=False) for world in every]
        exact = [hitting(world, a) for world in every]
        seen = closures(voting, a)
        for b in set(PARTIES) - {a}:
            found = [one.get(b, Fraction(0)) for one in exact]
            got = snap.stake(a, b)
            assert got.low == pytest.approx(float(min(found)), abs=1e-6)
            assert got.high == pytest.approx(float(max(found)), abs=1e-6)
            inside = [b in one for one in sets]
            expected = answer(all(inside), any(inside))
            assert voting.controlled_by(a, b).answer == expected, (a, b)
            assert seen["controlled"].get(b, "no") == expected
            both = [commonly(world, stated, a, b) for world in every]
            assert voting.common_control(a, b).answer == answer(all(both), any(both))
            assert seen["common"].get(b, "no") == answer(all(both), any(both))


@settings(deadline=None, max_examples=60)
@given(st.one_of(exact_shares(), interval_shares()))
def test_the_way_for_large_graphs_tells_the_same(
    shares: dict[tuple[str, str], tuple[Fraction, Fraction]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plain = [closures(snapshot(shares), x) for x in PARTIES]
        patch.setattr("oust.judge.ownership.snapshot.SMALL", 0)
        patch.setattr("oust.judge.ownership.decide.SMALL", 0)
        patch.setattr("oust.judge.ownership.solve.DENSE", 0)
        snap = snapshot(shares)
        assert [closures(snap, x) for x in PARTIES] == plain
        for a, b in itertools.permutations(PARTIES, 2):
            assert snap.majority_owned(a, b).answer == plain[PARTIES.index(a)]["owned"].get(b, "no")


@pytest.mark.parametrize("rounds", [4, 6, 20])
def test_large_closure_equals_solving_for_every_company(rounds: int) -> None:
    draw = np.random.default_rng(rounds)
    size, edges = 8_000, 16_000
    hubs = (size * draw.random(edges) ** 4).astype(np.int64)
    once = np.unique(draw.integers(0, size, edges) * size + hubs)
    owned, owner = once // size, once % size
    part = draw.random(once.size) ** 4 + 0.01
    share = part / np.bincount(owned, part, size)[owned]
    low = np.where(draw.random(once.size) < 0.3, np.floor(share * 4) / 4, share)
    high = np.where(low < share, np.minimum(low + 0.25, 1), share)
    snap = Ownership.from_arrays(owner, owned, low, high).on(DAY)
    settled: list[int] = []
    whole = System.bounds

    def noted(system: System) -> tuple[Floats, Floats]:
        settled.append(system.size)
        return whole(system)

    for party in map(str, np.argsort(np.bincount(owner))[-12:]):
        plain = snap.closure(party).majority_owned
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("oust.judge.ownership.snapshot.SMALL", 0)
            patch.setattr("oust.judge.ownership.decide.SMALL", 0)
            patch.setattr("oust.judge.ownership.decide.ROUNDS", rounds)
            patch.setattr("oust.judge.ownership.decide.FEW", 0.0)
            patch.setattr("oust.judge.ownership.decide.LARGEST", 1.0)
            patch.setattr(System, "bounds", noted)
            large = Ownership.from_arrays(owner, owned, low, high).on(DAY)
            quick = large.closure(party).majority_owned
            one = str(int(plain.unknown[0])) if plain.unknown.size else party
            assert bounds(large.stake(party, one)) == bounds(snap.stake(party, one))
        assert np.array_equal(plain.yes, quick.yes)
        assert np.array_equal(plain.unknown, quick.unknown)
        assert plain.yes.size and plain.unknown.size
    assert min(settled) < size / 2, "some circles are settled apart"


def test_cycles_too_large_to_eliminate_are_solved_as_exactly() -> None:
    size = 3 * DENSE
    draw = np.random.default_rng(7)
    ring = np.arange(1, size)
    owner = np.concatenate((np.roll(ring, 1), np.zeros(size // 9, np.int64)))
    owned = np.concatenate((ring, draw.choice(ring, size // 9, replace=False)))
    share = np.concatenate((np.full(ring.size, 0.75), np.full(size // 9, 0.25)))
    order = np.argsort(owned, kind="stable")
    got = solve(size, 0, owner[order], owned[order], share[order])
    matrix = np.eye(size)
    matrix[0] = 0.0
    matrix[0, 0] = 1.0
    np.subtract.at(matrix, (owned, owner), share)
    exact = np.linalg.solve(matrix, np.eye(size)[0])
    assert np.abs(got - exact).max() < 1e-12


# --- examples worked by hand ---


def test_shares_multiply_along_a_chain_and_add_across_chains() -> None:
    snap = on(owns("X", "A", 0.6), owns("A", "C", 0.5), owns("X", "B", 0.4), owns("B", "C", 0.5))
    got = snap.majority_owned("X", "C")  # 0.6 x 0.5 + 0.4 x 0.5
    assert (bounds(got), got.answer) == ((0.5, 0.5), "no")
    assert snap.stake("X", "C", 0.5, strict=False).answer == "yes"
    assert [(h.owner, h.owned) for h in got.via] == [("X", "A"), ("X", "B"), ("A", "C"), ("B", "C")]
    assert snap.controlled_by("X", "C").answer == "no"  # X controls A alone, which has half


def test_cross_holdings_belong_in_the_end_to_the_others() -> None:
    # X has half of A, A and B hold 20 % and 40 % of each other:
    # a = 0.5 + 0.2 b, b = 0.4 a, so a = 0.5 / 0.92
    snap = on(owns("X", "A", 0.5), owns("B", "A", 0.2), owns("A", "B", 0.4))
    assert snap.majority_owned("X", "A").low == pytest.approx(0.5 / 0.92)
    assert snap.majority_owned("X", "B").low == pytest.approx(0.2 / 0.92)
    assert snap.majority_owned("X", "A").answer == "yes"


def test_a_chain_back_through_the_owner_is_not_counted_again() -> None:
    # without the correction the sum over all walks would give 0.9 / (1 - 0.9 x 0.8) = 3.2
    snap = on(owns("X", "A", 0.9), owns("A", "X", 0.8))
    assert bounds(snap.stake("X", "A")) == (0.9, 0.9)


def test_own_shares_are_left_out_of_the_whole() -> None:
    ownership = Ownership.of([owns("X", "A", 0.45), owns("A", "A", 0.2), owns("Y", "A", 0.35)])
    snap = ownership.on(DAY)
    assert bounds(snap.majority_owned("X", "A")) == (0.5625, 0.5625)  # 0.45 / 0.8
    assert snap.controlled_by("X", "A").answer == "yes"
    assert "A is said to hold itself" in ownership.problems[0].message


def test_companies_that_only_hold_each_other_belong_to_nobody() -> None:
    snap = on(owns("A", "B", 1), owns("B", "A", 1), owns("X", "C", 1))
    assert snap.majority_owned("X", "A").answer == "no"
    assert bounds(snap.stake("A", "B")) == (1, 1)


def test_a_majority_of_a_majority_is_control_and_no_majority_share() -> None:
    snap = on(owns("X", "A", 0.51), owns("A", "B", 0.51))
    assert snap.controlled_by("X", "B").answer == "yes"
    got = snap.majority_owned("X", "B")
    assert (got.answer, bounds(got)) == ("no", (0.2601, 0.2601))
    assert snap.subsidiary("X", "B").answer == "yes"
    assert snap.common_control("A", "B").answer == "yes"
    assert snap.common_control("X", "B").answer == "no"  # no third party


def test_control_adds_up_over_companies_controlled() -> None:
    snap = on(owns("X", "A", 0.6), owns("X", "B", 0.2), owns("A", "B", 0.31))
    got = snap.controlled_by("X", "B")
    assert (got.answer, bounds(got), got.method) == ("yes", (0.51, 0.51), "majority chain")
    assert got.says.startswith("X and the companies it holds have 51 % of the votes in B")


@pytest.mark.parametrize(
    ("holdings", "blocked", "company", "expected"),
    [  # the examples of OFAC's FAQ 401, in its order, and of FAQ 399
        ([("X", "A", 0.5), ("A", "B", 0.5)], "X", "B", "yes"),
        ([("X", "A", 0.5), ("X", "B", 0.5), ("A", "C", 0.25), ("B", "C", 0.25)], "X", "C", "yes"),
        ([("X", "A", 0.5), ("X", "B", 0.1), ("A", "B", 0.4)], "X", "B", "yes"),
        ([("X", "A", 0.5), ("X", "B", 0.25), ("A", "C", 0.25), ("B", "C", 0.25)], "X", "C", "no"),
        ([("X", "A", 0.25), ("Y", "A", 0.25)], "XY", "A", "yes"),
        ([("X", "A", 0.25), ("Y", "A", 0.24)], "XY", "A", "no"),
    ],
)
def test_the_50_percent_rule(
    holdings: list[tuple[str, str, float]], blocked: str, company: str, expected: str
) -> None:
    assert on(*(owns(*one) for one in holdings)).aggregate(blocked, company).answer == expected


def test_unknown_lies_between_the_bounds_and_says_so() -> None:
    got = on(owns("X", "A", 0.4, 0.6)).majority_owned("X", "A")
    assert (got.answer, bounds(got)) == ("unknown", (0.4, 0.6))
    assert "holds between 40 % and 60 % of A" in got.says
    assert got.says.endswith("asks for more than 50 %")


def test_what_others_surely_hold_limits_the_greatest_share() -> None:
    assert bounds(on(owns("X", "A", 0.4, 1), owns("Y", "A", 0.5)).stake("X", "A")) == (0.4, 0.5)
    assert on(owns("X", "A", 0.4, 1), owns("Y", "A", 0.5)).majority_owned("X", "A").answer == "no"


def test_a_bound_that_is_not_reached_counts_as_such() -> None:
    over, under = np.nextafter(0.5, 1), np.nextafter(0.5, 0)
    assert on(owns("X", "A", over, 1)).majority_owned("X", "A").answer == "yes"
    assert "more than 50 % of A" in on(owns("X", "A", over, 1)).majority_owned("X", "A").says
    assert on(owns("X", "A", 0.5, 1)).majority_owned("X", "A").answer == "unknown"
    assert on(owns("X", "A", 0.25, under)).stake("X", "A", 0.5, strict=False).answer == "no"
    whole = on(owns("X", "A", 1), owns("A", "B", over, 1))
    assert whole.majority_owned("X", "B").answer == "yes"


def test_decimal_shares_that_sum_to_the_threshold_are_equal_to_it() -> None:
    snap = on(*(owns("X", mid, 1) for mid in "ABC"), *(owns(mid, "Z", 0.1) for mid in "ABC"))
    assert snap.stake("X", "Z", 0.3, strict=True).answer == "no"  # 0.1 + 0.1 + 0.1 > 0.3 in floats
    assert snap.stake("X", "Z", 0.3, strict=False).answer == "yes"


def test_any_share_is_a_share_however_small_or_little_known() -> None:
    chain = [owns(a, b, 0.01) for a, b in itertools.pairwise("ABCDEFGH")]
    assert on(*chain).stake("A", "H", 0.0).answer == "yes"
    assert on(Holding(owner="X", owned="A")).stake("X", "A", 0.0).answer == "yes"
    ring = on(owns("X", "A", 0.0, 1), owns("A", "B", 0.5), owns("B", "A", 0.5))
    assert ring.stake("X", "B", 0.0).answer == "yes"
    # but it does not lift another share over a threshold
    halves = on(owns("X", "A", 1), owns("X", "B", 0.5), owns("A", "B", 0.0, 0.2))
    assert halves.majority_owned("X", "B").answer == "unknown"
    assert on(owns("X", "A", 0.0)).stake("X", "A", 0.0).answer == "no"


@pytest.mark.parametrize(
    ("since", "until", "date", "expected"),
    [
        ("2016-09-30", "", "2016-09-29", "no"),
        ("2016-09-30", "", "2016-09-30", "yes"),
        ("2016-09", "", "2016-09-15", "unknown"),
        ("2016-09", "", "2016-09-30", "yes"),
        ("2016", "", "2015-12-31", "no"),
        ("2016", "", "2016-12-30", "unknown"),
        ("", "2017", "2016-12-31", "yes"),
        ("", "2017", "2017-06-01", "unknown"),
        ("", "2017-02-03", "2017-02-03", "yes"),
        ("", "2017-02-03", "2017-02-04", "no"),
        ("2016-02", "2016-02", "2016-02-29", "unknown"),
        ("2016-09-15", "", "2016-09", "unknown"),
        ("2016-09-15", "", "2016-10", "yes"),
        ("soon", "", "2016-10-01", "unknown"),
        ("2018", "2016", "2017-01-01", "unknown"),
        ("2018", "2016", "2019-01-01", "no"),
    ],
)
def test_dates(since: str, until: str, date: str, expected: str) -> None:
    snap = on(owns("X", "A", 0.8, since=since, until=until), date=date)
    assert snap.majority_owned("X", "A").answer == expected
    assert snap.controlled_by("X", "A").answer == expected
    assert snap.aggregate(["X"], "A").answer == expected


def test_two_statements_of_one_stake_are_not_added() -> None:
    assert bounds(on(owns("X", "A", 0.4), owns("X", "A", 0.4)).stake("X", "A")) == (0.4, 0.4)
    assert bounds(on(owns("X", "A", 0.25, 0.5), owns("X", "A", 0.4)).stake("X", "A")) == (0.4, 0.4)
    # they exclude each other: either may be right
    assert bounds(on(owns("X", "A", 0.4), owns("X", "A", 0.7)).stake("X", "A")) == (0.4, 0.7)
    # the second only possibly holds on the day
    later = owns("X", "A", 0.7, since="2020")
    assert bounds(on(owns("X", "A", 0.4), later).stake("X", "A")) == (0.4, 0.7)


def test_an_indirect_share_is_not_added_to_the_chains_it_may_repeat() -> None:
    chain = [owns("X", "A", 1.0), owns("A", "B", 0.3)]
    repeated = on(*chain, owns("X", "B", 0.3, direct=False))
    assert bounds(repeated.stake("X", "B")) == (0.3, 0.3)
    assert bounds(on(*chain, owns("X", "B", 0.4, direct=False)).stake("X", "B")) == (0.4, 0.4)
    banded = on(
        owns("X", "A", 1.0), owns("A", "B", 0.25, 0.5), owns("X", "B", 0.25, 0.5, direct=False)
    )
    assert bounds(banded.stake("X", "B")) == (0.25, 0.5)
    # beside a direct share it may be the whole or come on top
    beside = on(owns("X", "B", 0.3), owns("X", "B", 0.25, direct=False))
    assert bounds(beside.stake("X", "B")) == (0.3, 0.55)
    # a company owned states one: what it repeats is not known
    through = on(owns("X", "A", 0.5), owns("A", "B", 0.8, direct=False))
    assert bounds(through.stake("X", "B")) == (0.4, 0.4)
    assert through.aggregate(["X"], "B").answer == "yes"


def test_consolidation_shows_a_group_and_no_share() -> None:
    snap = on(Holding(owner="P", owned="S", basis="consolidates"), owns("S", "T", 0.9))
    assert snap.subsidiary("P", "S").answer == "yes"
    assert snap.subsidiary("P", "T").answer == "yes"
    assert snap.majority_owned("P", "S").answer == "unknown"
    assert snap.controlled_by("P", "S").answer == "unknown"
    assert snap.affiliate("S", "P").answer == "yes"
    assert snap.aggregate(["P"], "S").answer == "unknown"
    assert snap.majority_owned("S", "P").answer == "no"


def test_stated_control_leaves_the_share_open_unless_it_is_stated() -> None:
    link = Holding(owner="P", owned="S", basis="controls")
    assert on(link).controlled_by("P", "S").answer == "yes"
    assert on(link).controlled_by("P", "S").method == "stated link"
    assert on(link).majority_owned("P", "S").answer == "unknown"
    assert on(link, owns("P", "S", 0.2)).majority_owned("P", "S").answer == "no"


def test_votes_decide_control_and_shares_ownership() -> None:
    votes = owns("X", "A", 0.7, basis="controls")
    snap = on(owns("X", "A", 0.3), votes, owns("Y", "A", 0.6))
    assert snap.controlled_by("X", "A").answer == "yes"
    assert snap.majority_owned("X", "A").answer == "no"
    assert snap.majority_owned("Y", "A").answer == "yes"
    # stated votes leave 0.3 to the shares of Y: the others carry none
    assert bounds(snap.controlled_by("Y", "A")) == (0.3, 0.3)
    assert (
        on(owns("X", "A", 0.6, basis="controls", direct=False)).controlled_by("X", "A").answer
        == "yes"
    )


def test_succession_and_affiliates() -> None:
    new = [Holding(owner=b, owned=a, basis="succeeds", since="2019") for a, b in ("AB", "BC")]
    snap = on(*new, Holding(owner="P", owned="Q", basis="affiliate"))
    assert snap.successor("A", "C").answer == "yes"
    assert snap.successor("C", "A").answer == "no"
    assert snap.predecessor("C", "A").answer == "yes"
    assert [h.owned for h in snap.successor("A", "C").via] == ["B", "A"]
    assert snap.affiliate("Q", "P").answer == "yes"
    assert snap.controlled_by("P", "Q").answer == "no"
    assert on(*new, date="2019-03-01").successor("A", "C").answer == "unknown"


def test_two_parties_in_a_circle_control_each_other_and_a_third_both() -> None:
    snap = on(owns("A", "B", 0.6), owns("B", "A", 0.6), owns("B", "C", 0.9))
    assert snap.common_control("A", "B").answer == "no"
    assert snap.common_control("A", "C").answer == "yes"
    assert set(snap.closure("C").common_control.surely()) == {"A", "B"}


def test_shares_over_the_whole_are_told_with_their_evidence_and_bound_nothing() -> None:
    said = tuple(Evidence(source=f"{n}.csv", locator=f"row {n} byte 0") for n in (1, 2))
    ownership = Ownership.of(
        [
            owns("X", "A", 0.6, since="2019", evidence=said[:1]),
            owns("Y", "A", 0.6, since="2020-01-01", evidence=said[1:]),
        ]
    )
    (problem,) = ownership.problems
    assert "the shares in A sum to 120 % from 2020-01-01" in problem.message
    assert problem.evidence == said
    assert bounds(ownership.on(DAY).majority_owned("X", "A")) == (0.4, 0.6)
    assert ownership.on("2019-12-31").majority_owned("X", "A").answer == "yes"


def test_one_owner_after_another_is_no_excess() -> None:
    rows = [owns("X", "A", 0.9, until="2018-01-01"), owns("Y", "A", 0.9, since="2018-01-02")]
    assert Ownership.of(rows).problems == ()


@pytest.mark.parametrize("share", [(1.2, 1.2), (-0.1, 0.5), (0.6, 0.4), (float("nan"), 1.0)])
def test_a_share_that_cannot_be_is_refused_by_its_place(share: tuple[float, float]) -> None:
    row = owns("X", "A", *share, evidence=(Evidence(source="own.csv", locator="row 7 byte 90"),))
    with pytest.raises(OustError, match=r"own\.csv, row 7 byte 90: X is said to hold") as error:
        Ownership.of([row])
    assert error.value.hint == "write shares from 0 to 100 %, the smaller number first"


def test_dates_that_cannot_be_are_told() -> None:
    rows = [owns("X", "A", 0.5, since="2018", until="2016"), owns("X", "B", 0.5, since="soon")]
    first, second = Ownership.of(rows).problems
    assert "from 2018 until 2016, which is earlier" in first.message
    assert "soon to ? is no date" in second.message
    with pytest.raises(OustError, match="'someday' is no date"):
        Ownership.of(rows).on("someday")


def test_columns_give_what_holdings_give() -> None:
    rows = [
        owns("X", "A", 0.6, since="2016-02-03"),
        owns("A", "B", 0.7, until="2019-01-01"),
        Holding(owner="B", owned="C", basis="controls"),
    ]
    keys = ["X", "A", "B", "C"]
    ends = [(keys.index(r.owner), keys.index(r.owned)) for r in rows]
    columns = Ownership.from_arrays(
        [owner for owner, _ in ends],
        [owned for _, owned in ends],
        [r.low for r in rows],
        [r.high for r in rows],
        since=[span("2016-02-03")[0], -(2**31), -(2**31)],
        until=[2**31 - 1, span("2019-01-01")[0], 2**31 - 1],
        basis=[BASES.index(r.basis) for r in rows],
        keys=keys,
    )
    for date in ("2016-01-01", "2017-01-01", "2020-01-01"):
        for a, b in itertools.permutations(keys, 2):
            got = (
                columns.on(date).controlled_by(a, b),
                Ownership.of(rows).on(date).controlled_by(a, b),
            )
            assert got[0] == got[1]
    with pytest.raises(OustError, match="differ in length"):
        Ownership.from_arrays([0, 1], [1, 0], [0.5], [0.5, 0.5])
    with pytest.raises(OustError, match="no key"):
        Ownership.from_arrays([0], [4], [0.5], [0.5], keys=["X"])


def test_nothing_is_known_of_parties_that_no_holding_names() -> None:
    snap: Snapshot = Ownership.of(()).on(DAY)
    assert snap.majority_owned("X", "A").answer == "no"
    assert snap.affiliate("X", "A").via == ()
    assert list(snap.closure("X").controlled.surely()) == []
    assert on(owns("X", "A", 1)).majority_owned("X", "X").answer == "no"


def test_every_basis_of_the_model_has_a_number() -> None:
    assert set(BASES) == set(Basis.__args__)  # type: ignore[attr-defined]


def test_an_edge_list_without_edges_reaches_nothing() -> None:
    none = np.empty(0, np.int64)
    assert Pairs(3, none, none, np.empty(0), np.empty(0)).entering(np.array([1])).size == 0
