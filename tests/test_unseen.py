"""`oust unseen`: known answers from the literature, what must always hold, and a made-up estate."""

import csv
import io
import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from made_up_estate import make
from oust.case import Case
from oust.commands import root
from oust.errors import OustError
from oust.hidden import Estimate, Group, Refused
from oust.model import Evidence, Exposure, Look, Method, Node
from oust.report import unseen as report
from oust.unseen import Known, checks, unseen
from oust.unseen.bound import lognormal, lower_bound
from oust.unseen.groups import grouped, together
from oust.unseen.histories import Member, joined, possible, renamed
from oust.unseen.loglinear import estimate, fit_one, models
from oust.unseen.table import LEAST_SEEN, LEAST_SHARED, answer, bound
from oust.unseen.two import chapman

ROOT = Path(__file__).parents[1]


def table(frequencies, methods):
    """Counts from the literature's order: 111, 110, 101, 100, 011, 010, 001."""
    counts = [0] * (1 << methods)
    for number, history in zip(frequencies, range((1 << methods) - 1, 0, -1), strict=True):
        bits = [history >> (methods - 1 - k) & 1 for k in range(methods)]
        counts[sum(bit << k for k, bit in enumerate(bits))] = number
    return counts


def terms(*interactions):
    return frozenset(sum(1 << int(c) - 1 for c in one) for one in interactions)


# Known answers. The data and results of Darroch and others 1993, Bruno and others 1994 and Cormack
# and others 2000 as R's Rcapture reproduces them, Seber 1982 page 107 as its examples print.
CENSUS = table((72, 155, 7, 71, 13, 53, 43), 3)
DIABETES = table((58, 157, 18, 104, 46, 650, 12, 709, 14, 20, 7, 74, 8, 182, 10), 4)
FATAL = table((72, 5, 29, 54, 24, 3, 14), 3)
SEBER = table((167, 781, 254), 2)


@pytest.mark.parametrize(
    ("counts", "interactions", "total", "error", "deviance"),
    [
        (CENSUS, terms("12", "13", "23"), 1240, 451, 0.0),
        (CENSUS, terms("12", "23"), 850, 186, 3.8),
        (DIABETES, terms("12", "13", "23", "24", "34"), 2771, 145, 7.62),
        (DIABETES, terms("13", "24", "34"), 2472, 53, 21.97),
        (FATAL, terms(), 209, None, 75.1),
        (FATAL, terms("13", "23"), 233, None, None),
        (SEBER, terms(), 2389.9, 130.4, 0.0),
    ],
)
def test_a_log_linear_model_gives_the_published_total(counts, interactions, total, error, deviance):
    found = fit_one(counts, interactions)
    assert found[0] == pytest.approx(total, abs=0.5)
    assert error is None or found[1] == pytest.approx(error, abs=0.5)
    assert deviance is None or found[2] == pytest.approx(deviance, abs=0.05)


def test_there_are_as_many_hierarchical_models_as_published():
    assert [len(models(n)) for n in (3, 4, 5)] == [8, 113, 1024]
    for model in models(4):  # every part of an interaction is in the model
        for term in model:
            parts = {term & ~(1 << k) for k in range(4) if term >> k & 1}
            assert all(part in model or part.bit_count() == 1 for part in parts)


def test_the_saturated_model_of_three_has_a_closed_form():
    """n000 = n111 n100 n010 n001 / (n110 n101 n011), Fienberg 1972."""
    n = dict(zip((7, 3, 5, 1, 6, 2, 4), (72, 155, 7, 71, 13, 53, 43), strict=True))
    hidden = n[7] * n[1] * n[2] * n[4] / (n[3] * n[5] * n[6])
    assert fit_one(CENSUS, terms("12", "13", "23"))[0] == pytest.approx(414 + hidden)


def test_the_profile_interval_of_one_model_is_the_published_one(monkeypatch):
    """Cormack and others 2000, table 3b: 203 to 217 for independent lists."""
    monkeypatch.setattr("oust.unseen.loglinear.models", lambda n: (frozenset(),))
    found = estimate(FATAL, ("a", "b", "c"))
    assert (round(found.low), round(found.high)) == (203, 217)


def test_chapman_by_hand():
    """948 marked, 421 caught, 167 of these marked: Seber 1982 page 107."""
    found = chapman(948, 421, 167)
    assert found.total == pytest.approx(949 * 422 / 168 - 1)
    variance = 949 * 422 * (948 - 167) * (421 - 167) / (168**2 * 169)
    assert found.error == pytest.approx(math.sqrt(variance))
    assert found.observed == 948 + 421 - 167


@pytest.mark.parametrize(
    ("both", "first", "second", "low", "high"),
    [(794, 710, 741, 2818, 3012), (85, 196, 184, 777, 1041)],
)
def test_the_interval_of_two_is_the_one_that_r_statpsych_prints(both, first, second, low, high):
    """ci.popsize(.05, 794, 710, 741) and (.05, 85, 196, 184), from its manual."""
    found = chapman(both + first, both + second, both)
    assert (found.low, found.high) == (pytest.approx(low, abs=1), pytest.approx(high, abs=1))


def test_chaos_bound_as_published():
    """Illegal immigrants, 1645 caught once and 183 twice: 9273.5, standard error 662.6 (Rcapture).

    There the occasions are without number: as many as there were caught.
    """
    found = lower_bound([1] * 1645, 183, 1880, correct=False)
    assert found.total == pytest.approx(9273.5, abs=5)
    assert found.error == pytest.approx(662.6, rel=0.001)


def test_chaos_bound_of_six_equal_occasions():
    """Snowshoe hares: 68, of these 25 once and 22 twice on 6 occasions: 79.8 (Rcapture)."""
    assert lower_bound([25 / 6] * 6, 22, 68, correct=False).total == pytest.approx(79.8, abs=0.05)


def test_of_two_methods_the_bound_is_petersens_estimate():
    assert lower_bound([30, 20], 10, 60, correct=False).total == pytest.approx(40 * 30 / 10)


def test_the_log_normal_interval_is_that_of_chao():
    low, high = lognormal(100.0, 900.0)
    factor = math.exp(1.96 * math.sqrt(math.log(1 + 0.09)))
    assert (low, high) == (
        pytest.approx(100 / factor, rel=1e-4),
        pytest.approx(100 * factor, rel=1e-4),
    )
    assert lognormal(0.0, 0.0) == (0.0, 0.0)


# What must always hold.
COUNTS = st.integers(0, 300)


@given(COUNTS, COUNTS, COUNTS)
def test_chapman_never_says_less_than_was_seen(first, second, both):
    found = chapman(first + both, second + both, both)
    assert found.observed <= found.low <= found.total <= found.high < math.inf
    assert found.total >= found.observed


@given(COUNTS, COUNTS, COUNTS)
def test_the_order_of_two_does_not_matter(first, second, both):
    one, other = chapman(first, second + first, 0), chapman(second + first, first, 0)
    assert one == other
    assert chapman(first + both, second + both, both) == chapman(second + both, first + both, both)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 100))
def test_more_overlap_means_less_hidden(first, second, both):
    less = chapman(first + both, second + both, both)
    more = chapman(first + both, second + both, both + 1)
    assert more.total < less.total
    assert more.hidden <= less.hidden


@pytest.mark.parametrize("counts", [(20, 20, 20), (19, 20, 18), (30, 9, 8), (12, 12, 0)])
def test_the_upper_limit_is_no_higher_than_the_hypergeometric_one(counts):
    """The largest total under which so large an overlap has 2.5 %, by counting."""
    first, second, both = counts

    def share(total):
        ways = [math.comb(first, k) * math.comb(total - first, second - k)
                for k in range(both, min(first, second) + 1)]  # fmt: skip
        return sum(ways) / math.comb(total, second)

    high = chapman(first, second, both).high
    if both:
        observed = first + second - both
        largest = max(n for n in range(observed, 20 * observed) if share(n) >= 0.025)
        assert high <= max(largest, chapman(first, second, both).total)
    else:
        assert math.isfinite(high)


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="no such counts"):
        chapman(3, 3, 4)


TABLES = st.lists(st.integers(0, 60), min_size=8, max_size=8)


@settings(deadline=None, max_examples=60)
@given(TABLES, st.permutations(range(3)))
def test_of_three_methods_neither_order_nor_bounds_fail(counts, order):
    counts[0] = 0
    names = ("a", "b", "c")
    told = answer(counts, names)
    moved = [0] * 8
    for history, number in enumerate(counts):
        moved[sum((history >> old & 1) << new for new, old in enumerate(order))] = number
    again = answer(moved, [names[old] for old in order])
    assert type(told) is type(again)
    if isinstance(told, Estimate):
        assert told.observed <= told.low <= told.total <= told.high
        assert again.total == pytest.approx(told.total, rel=1e-4, abs=0.01)
        assert again.high == pytest.approx(told.high, rel=1e-3, abs=0.05)
        assert sum(one.weight for one in told.models) == pytest.approx(1, abs=0.01)
        assert {one.name for one in again.models} == {one.name for one in told.models}
    assert bound(counts, 3).total >= sum(counts)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([4, 5]))
def test_four_and_five_methods_find_a_known_truth(seed, methods):
    draw = np.random.default_rng(seed)
    seen = draw.random((600, methods)) < 0.4
    counts = np.bincount(seen @ (1 << np.arange(methods)), minlength=1 << methods)
    told = answer(counts.tolist(), "abcde"[:methods])
    assert isinstance(told, Estimate)
    assert told.observed <= told.low <= told.total <= told.high
    assert 0.85 * 600 < told.total < 1.2 * 600


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ([0, 0, 0, 0], "no asset was seen by two"),
        ([0, 50, 60, 0], "no asset was seen by two"),
        ([0, 50, 60, LEAST_SHARED - 1], f"only {LEAST_SHARED - 1} assets were seen by two"),
        ([0, 50, 60, 1], "only 1 asset was seen by two"),
        ([0, 5, LEAST_SEEN - LEAST_SHARED - 6, LEAST_SHARED], "assets were observed"),
        ([0, 40, 30, 0, 50, 0, 0, 3], "only 3"),
    ],
)
def test_too_little_is_refused_with_what_would_help(counts, word):
    told = answer(counts, ("a", "b", "c")[: len(counts).bit_length() - 1])
    assert isinstance(told, Refused)
    assert word in told.reason
    assert told.needs


def test_at_the_thresholds_there_is_an_answer():
    counts = [0, 7, LEAST_SEEN - LEAST_SHARED - 7, LEAST_SHARED]
    assert isinstance(answer(counts, ("a", "b")), Estimate)


def test_models_that_run_away_are_refused_not_reported():
    """Many seen by one method, all that were seen twice by the same pair."""
    told = answer([0, 200, 0, 0, 200, 0, 9, 0], ("a", "b", "c"))
    if isinstance(told, Estimate):
        assert told.high < 1000 * told.observed
    else:
        assert told.reason


def test_all_in_both_and_a_million():
    assert chapman(500, 500, 500).total == 500
    every = answer([0, 0, 0, 10**6], ("a", "b"))
    assert (every.total, every.low) == (10**6, 10**6)
    assert every.high < 10**6 + 5
    many = answer([0, 3 * 10**5, 3 * 10**5, 4 * 10**5], ("a", "b"))
    assert many.total == pytest.approx(7e5 * 7e5 / 4e5, rel=1e-4)
    three = answer([0, *[10**6 // 8] * 7], ("a", "b", "c"))
    assert three.total == pytest.approx(10**6, rel=0.01)


# Who looked at what.
INVENTORY: Method = "software inventory"
LOG: Method = "DNS log"
WIRE: Method = "connection log"


def hosts(*numbers, operator="", first=0):
    """Members seen by the inventory alone, the log alone, and both."""
    sorts = ({INVENTORY}, {LOG}, {INVENTORY, LOG})
    made, at = [], first
    for number, methods in zip(numbers, sorts, strict=True):
        for _ in range(number):
            made.append(Member({f"h{at}"}, set(methods), operator))
            at += 1
    return made


def test_what_a_method_did_not_look_at_is_no_zero():
    held = hosts(40, 30, 50)
    looked_at = {f"h{n}" for n in range(120)} | {f"other{n}" for n in range(500)}
    beyond = [Member({f"x{n}"}, {LOG}) for n in range(70)]  # no inventory looked at these
    groups = grouped([*held, *beyond], [INVENTORY, LOG], {INVENTORY: looked_at, LOG: None})
    both, alone = groups
    assert both.estimate.observed == 120
    assert both.estimate.total == pytest.approx(91 * 81 / 51 - 1)
    assert both.looked_at == 620
    assert alone.methods == (LOG,)
    assert "only one method" in alone.refused.reason
    ignored = grouped([*held, *beyond], [INVENTORY, LOG], {INVENTORY: None, LOG: None})
    assert ignored[0].estimate.total > 1.5 * both.estimate.total


def test_there_are_no_more_than_were_looked_at():
    held = hosts(60, 50, 10)
    (group,) = grouped(
        held, [INVENTORY, LOG], {INVENTORY: {f"h{n}" for n in range(150)}, LOG: None}
    )
    assert (group.estimate.total, group.estimate.high) == (150, 150)
    told = checks.universe([group], [LOG], 0)
    assert (told.speaks, told.error) == ("against", "too high")


def test_operators_are_told_apart_where_each_can_answer():
    north = hosts(20, 20, 60, operator="North")
    south = hosts(60, 60, 15, operator="South", first=1000)
    reach = {INVENTORY: None, LOG: None}
    groups = grouped([*north, *south], [INVENTORY, LOG], reach)
    assert [one.name for one in groups] == ["North", "South"]
    whole = together(groups)
    assert whole.total == pytest.approx(sum(one.estimate.total for one in groups))
    assert whole.low < whole.total < whole.high
    pooled = grouped(hosts(80, 80, 75), [INVENTORY, LOG], reach)
    assert pooled[0].estimate.total < whole.total  # what pooling would lose
    few = hosts(2, 2, 3, operator="East", first=2000)
    together_again = grouped([*north, *few], [INVENTORY, LOG], reach)
    assert len(together_again) == 1


def test_a_log_does_not_reach_an_operator_of_whom_it_shows_nothing():
    own, contractor = hosts(40, 30, 50), hosts(25, 0, 0, operator="Orrin", first=500)
    groups = grouped([*own, *contractor], [INVENTORY, LOG], {INVENTORY: None, LOG: None})
    assert [(one.methods, one.observed) for one in groups] == [
        ((INVENTORY, LOG), 120), ((INVENTORY,), 25)]  # fmt: skip


def test_a_method_that_shares_nothing_stays_out_of_the_table():
    apart = [Member({f"z{n}"}, {WIRE}) for n in range(30)]
    reach = dict.fromkeys((INVENTORY, LOG, WIRE))
    (group,) = grouped([*hosts(40, 30, 50), *apart], [INVENTORY, LOG, WIRE], reach)
    assert group.used == (INVENTORY, LOG)
    assert (group.observed, group.estimate.observed) == (150, 120)


def test_names_join_by_addresses_that_one_host_alone_has():
    held = [Member({"ws-1"}, {INVENTORY}), Member({"10.0.0.1"}, {LOG}), Member({"10.0.0.9"}, {LOG})]
    found = renamed(held, {"ws-1": {"10.0.0.1", "10.0.0.9"}, "ws-2": {"10.0.0.9"}})
    assert sorted(sorted(one.names) for one in found) == [["10.0.0.1", "ws-1"], ["10.0.0.9"]]
    (lone,) = renamed([Member({"10.0.0.2"}, {LOG})], {"ws-7": {"10.0.0.2"}})
    assert "ws-7" in lone.names  # so that it is known to have been inventoried


def test_possibly_the_same_are_pairs_and_not_joined_unless_asked():
    held = [Member({"a-1"}, {LOG}), Member({"a-1.field.example"}, {INVENTORY}), Member({"10.0.0.5"}, {LOG}),
            Member({"b-2"}, {INVENTORY})]  # fmt: skip
    pairs = possible(
        held, [("10.0.0.5", "B-2", "dhcp lease"), ("10.0.0.6", "c", "dhcp lease")], set()
    )
    assert pairs == [("a-1.field.example", "a-1"), ("b-2", "10.0.0.5")]
    merged, used = joined(held, pairs)
    assert (len(merged), len(used)) == (2, 2)
    assert all(one.methods == {INVENTORY, LOG} for one in merged)
    lent = [("10.0.0.5", "b-2", "lease"), ("10.0.0.5", "d-4", "lease")]
    assert possible(held[2:], lent, set()) == []


# What speaks against the assumptions.
def three(number, *methods):
    return [Member({f"{'-'.join(methods)}{n}"}, set(methods)) for n in range(number)]


def test_dependence_of_a_pair_is_seen_among_what_a_third_saw():
    held = [*three(60, INVENTORY, LOG, WIRE), *three(60, INVENTORY), *three(8, INVENTORY, LOG),
            *three(8, INVENTORY, WIRE), *three(9, LOG), *three(9, WIRE)]  # fmt: skip
    found = checks.pairs(held, [INVENTORY, LOG, WIRE])
    tied = next(one for one in found if {one.first, one.second} == {LOG, WIRE})
    assert tied.ratio == pytest.approx(60.5 * 60.5 / (8.5 * 8.5))
    told = checks.independence(found, [INVENTORY, LOG, WIRE])
    assert (told.speaks, told.error) == ("against", "too low")
    assert "together more often" in told.says


def test_two_methods_cannot_show_dependence_and_related_ones_are_told():
    assert checks.independence([], [INVENTORY, LOG]).speaks == "cannot be tested"
    related = checks.independence([], [LOG, WIRE])
    assert (related.speaks, related.error) == ("against", "too low")


def look(method, until, since=""):
    return Look(asset=Node("network", method), method=method, scope="", since=since, until=until)


def test_looks_far_apart_speak_against_a_closed_population():
    near = [look(INVENTORY, "2017-09"), look(LOG, "2017-09-12T10:00:00", "2017-09-01T00:00:00")]
    assert checks.closed(near, [INVENTORY, LOG]).speaks == "nothing against"
    far = checks.closed([look(INVENTORY, "2016"), look(LOG, "2017-09-12")], [INVENTORY, LOG])
    assert (far.speaks, far.error) == ("against", "too high")
    assert "620 days" in far.says
    assert checks.closed([look(LOG, "2017-09-12")], [INVENTORY, LOG]).speaks == "cannot be tested"


def test_operators_seen_unequally_speak_against_equal_catchability():
    held = [*hosts(5, 40, 60, operator="North"), *hosts(60, 40, 5, operator="South", first=900)]
    counted = Group(
        name="", methods=(INVENTORY, LOG), used=(INVENTORY, LOG), estimate=chapman(130, 145, 65)
    )
    assert checks.catchability([counted], held).speaks == "against"
    same = [*hosts(20, 20, 60, operator="North"), *hosts(20, 20, 60, operator="South", first=900)]
    assert checks.catchability([counted], same).speaks == "cannot be tested"


# The stage, the command, and a made-up estate whose truth is known.
@pytest.fixture(scope="module")
def estates(tmp_path_factory):
    place = tmp_path_factory.mktemp("estates")

    def traced(name, **given_):
        shown = make(place / name / "evidence", **given_)
        with Case.open(place / name / "case", create=True) as case:
            case.add([place / name / "evidence"])
        return shown, place / name / "case"

    return {
        "two": traced("two"),
        "three": traced("three", rates=(0.6, 0.5, 0.4)),
        "nameless": traced("nameless", addresses=False),
        "leases": traced("leases", addresses=False, leases=True),
        "apart": traced("apart", month="2016-03"),
    }


def run(*words):
    result = CliRunner().invoke(root, ["unseen", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def asked(estate, *words):
    answers = json.loads(run(estate[1], "--format", "json", *words))["answers"]
    return {one["universe"]: one for one in answers}


def test_the_interval_of_a_made_up_estate_holds_its_truth(estates):
    shown = estates["two"][0]
    found = asked(estates["two"])["hosts"]
    assert found["observed"] == len(shown.hosts)
    assert found["by_method"] == {INVENTORY: shown.inventory, LOG: shown.log}
    told, hand = found["estimate"], chapman(shown.inventory, shown.log, shown.both)
    assert told["total"] == pytest.approx(hand.total, abs=0.001)
    assert told["low"] <= 400 <= told["high"]
    assert found["groups"][0]["looked_at"] == 600


def test_observed_hosts_are_those_that_tracing_finds(estates):
    with Case.open(estates["three"][1]) as case:
        names = {one.asset.name for one in case.findings().exposures if one.asset.kind == "host"}
        assert len(names) > len(estates["three"][0].hosts)  # by name and by address
        (hosts_, _) = case.unseen(["kaspersky"])
    assert hosts_.observed == len(estates["three"][0].hosts)


def test_three_kinds_are_averaged_over_models(estates):
    found = asked(estates["three"])["hosts"]
    told = found["estimate"]
    assert told["by"] == "log-linear models"
    assert told["models_tried"] == 8
    assert told["low"] <= 400 <= told["high"]
    assert found["groups"][0]["lower_bound"]["by"] == "Chao's lower bound"
    assert {one["first"] for one in found["pairs"]} <= {INVENTORY, LOG, WIRE}


def test_kinds_that_name_hosts_differently_are_refused(estates):
    found = asked(estates["nameless"])["hosts"]
    assert found["estimate"] is None
    assert "known by an address alone" in found["refused"]["reason"]
    assert all(group["estimate"] is None for group in found["groups"])


def test_what_it_would_be_if_names_were_the_same_is_told(estates):
    shown, _ = estates["leases"]
    found = asked(estates["leases"])["hosts"]
    assert found["possibly_same"] == shown.both
    assert found["estimate"] is None
    assert found["if_same"]["total"] == pytest.approx(
        chapman(shown.inventory, shown.log, shown.both).total, abs=0.001
    )


def test_looks_half_a_year_apart_are_told(estates):
    told = run(estates["apart"][1])
    assert "! the assets were the same when each method looked" in told


def test_a_date_leaves_out_later_looks(estates):
    found = asked(estates["apart"], "--as-of", "2016-12-31")["hosts"]
    assert found["by_method"].keys() == {INVENTORY}
    assert "only one kind of evidence" in found["refused"]["reason"]
    bad = CliRunner().invoke(root, ["unseen", str(estates["two"][1]), "--as-of", "soon"])
    assert isinstance(bad.exception, OustError)
    assert "no date" in bad.exception.message


def test_contracts_are_refused_for_want_of_a_second_kind(estates):
    found = asked(estates["two"])["contracts"]
    assert found["observed"] == 5
    assert found["estimate"] is None
    assert "only one kind of evidence shows contracts" in found["refused"]["reason"]


@pytest.mark.parametrize("estate", ["two", "three", "nameless", "leases", "apart"])
def test_json_is_after_its_schema_and_the_same_again(estates, estate):
    schema = json.loads((ROOT / "docs/unseen.schema.json").read_text("utf-8"))
    text = run(estates[estate][1], "--format", "json")
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))
    assert run(estates[estate][1], "--format", "json") == text


@pytest.mark.parametrize("estate", ["two", "three", "nameless", "leases", "apart"])
def test_the_table_says_what_it_must_and_fits(estates, estate):
    text = run(estates[estate][1])
    assert max(map(len, text.splitlines())) <= 100
    assert "probability" not in text
    if "estimated total" in text:
        flat = " ".join(text.split())
        assert "of hosts that any of these methods could have seen" in flat
        assert "engine in the firmware of an appliance" in flat
        assert "95 % interval" in flat


def test_csv_has_a_row_for_the_whole_and_for_each_group(estates):
    rows = list(csv.DictReader(io.StringIO(run(estates["two"][1], "--format", "csv"))))
    assert [one["looked_at_by"] for one in rows[:2]] == ["all", f"{INVENTORY} + {LOG}"]
    assert float(rows[0]["low"]) <= 400 <= float(rows[0]["high"])


def test_a_vendor_of_whom_nothing_was_seen_is_told(estates):
    assert "nothing of the vendor was observed" in run(estates["two"][1], "--vendor", "huawei")
    unknown = CliRunner().invoke(root, ["unseen", str(estates["two"][1]), "--vendor", "nobody"])
    assert isinstance(unknown.exception, OustError)
    assert "no dossier" in unknown.exception.message


def test_an_empty_case_has_nothing_to_reckon_from(tmp_path):
    Case.open(tmp_path / "case", create=True).close()
    assert "Nothing was observed" in run(tmp_path / "case")


class Stated:
    """A graph with the vendor and hosts, each by stated methods."""

    def __init__(self, seen):
        self.nodes = {"vendor:v": Node("vendor", "V")}
        self.out = {"vendor:v": []}
        for host, methods in seen.items():
            self.nodes[f"host:{host}"] = Node("host", host)
            for method in methods:
                self.out["vendor:v"].append(
                    Edge(f"host:{host}", "installed-on", {Evidence(method, "row 1")})
                )

    def after(self, ident):
        return self.out.get(ident, [])


class Edge:
    def __init__(self, far, relation, evidence):
        self.far, self.relation, self.evidence = far, relation, evidence


def stage(seen, operators=(), as_of="", sought=()):
    graph = Stated(seen)
    exposures = [
        Exposure(id=f"v-{n}", vendor="v", tier="direct", strength="identifier", asset=node, why="",
                 paths=(), path_count=1)
        for n, node in enumerate(graph.nodes.values()) if node.kind == "host"
    ]  # fmt: skip
    every = sorted(
        {method for methods in seen.values() for method in methods} | dict(sought).keys()
    )
    looks = [
        Look(asset=Node("network", m), method=m, scope="", source=m, until="2017-09-01")
        for m in every
    ]
    known = Known(
        looks=looks, able=lambda method, kind, tier: True, cannot=dict.fromkeys(every, "much"),
        sought={("v", method): number for method, number in dict(sought).items()}, also={},
        operators=dict(operators), same=(),
    )  # fmt: skip
    return unseen(graph, {"v": "vendor:v"}, exposures, known, as_of)


def test_who_runs_a_host_is_known_from_any_evidence_of_it():
    """A host that only the log shows belongs to the operator whom an inventory names."""
    seen = {f"a{n}": [(INVENTORY,), (LOG,), (INVENTORY, LOG)][n % 3] for n in range(90)}
    seen |= {f"b{n}": [(INVENTORY,), (LOG,), (INVENTORY, LOG)][n % 3] for n in range(90)}
    (found,) = stage(seen, {host: "Orrin" for host in seen if host[0] == "b"})
    assert [(one.name, one.observed) for one in found.groups] == [("", 90), ("Orrin", 90)]
    assert all(one.estimate.total == pytest.approx(61 * 61 / 31 - 1) for one in found.groups)


def test_a_method_with_nothing_to_look_for_is_no_occasion():
    seen = {f"a{n}": [(INVENTORY,), (LOG,), (INVENTORY, LOG)][n % 3] for n in range(90)}
    (found,) = stage(seen, sought={"address list": 0, "files": 3})
    left = dict(found.left_out)
    assert "nothing to look for" in left["address list"]
    assert "showed none" in left["files"]


def test_names_from_evidence_cannot_steer_a_terminal():
    seen = {f"a{n}\x1b[2J": [(INVENTORY,), (LOG,), (INVENTORY, LOG)][n % 3] for n in range(90)}
    found = stage(seen, {host.casefold(): "=Evil\x1b[31m" for host in seen})
    assert "\x1b" not in "\n".join(report.lines(found, {"v": "V\x1b"}))
    assert "\x1b" not in report.as_csv(found)
    assert "'=Evil" in report.as_csv(found)


def test_a_hundred_thousand_assets_and_five_methods():
    draw = np.random.default_rng(3)
    names = [INVENTORY, "files", LOG, WIRE, "address list"]
    seen = draw.random((100_000, 5)) < (0.3, 0.4, 0.2, 0.3, 0.1)
    held = {
        f"h{n}": [names[k] for k in np.flatnonzero(row)] for n, row in enumerate(seen) if row.any()
    }
    (found,) = stage(held)
    assert found.observed == len(held)
    assert found.estimate.low <= 100_000 <= found.estimate.high
