"""What falls due, for whom, on what condition; and the calendar that is made of it."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from oust.cli import run
from oust.commands import root
from oust.data.profiles import load_anchors, load_profiles, load_tags
from oust.data.rule import Deadline, Profile, Rule, RuleSource, Stage
from oust.data.rules import load_rule, load_rules, rule_path
from oust.judge.deadlines import Caught, caught, due, fall_due, merged
from oust.model import Due, Verdict
from oust.report import calendar
from oust.report.deadlines import Shown, as_csv, as_json, state, table

ROOT = Path(__file__).parents[1]
BOD = load_rule(rule_path("us-dhs-bod-17-01"))
FAR = load_rule(rule_path("us-far-52-204-23"))


def a_deadline(**given_) -> Deadline:
    base = {"id": "d", "duty": "report", "obliges": ("us-contractor",), "source": ("s",)}
    return Deadline(**{**base, **given_})


def a_rule(*deadlines: Deadline, stages=(), **given_) -> Rule:
    made = Stage(date="2018-01-31", event="made", step="enacted", id="made", source=("s",))
    base = {
        "id": "r",
        "name": "R",
        "kind": "statute",
        "jurisdiction": "US-federal",
        "authority": "Congress",
        "citations": ("Pub. L. 1",),
        "about": "",
        "obliged": "",
        "stages": (made, *stages),
        "deadlines": deadlines,
        "sources": (RuleSource(id="s", url="https://example.org", what="", tier="primary"),),
        "trials": (),
    }
    return Rule(**{**base, **given_})


def dates(deadline, anchors=None, contract="", as_of="2020-06-15", rule=None, **more) -> list[str]:
    found = due(deadline, rule or a_rule(deadline), anchors or {}, contract, as_of, **more)
    return [one.when for one in found]


def by_id(rule: Rule, ident: str) -> Deadline:
    return next(one for one in rule.deadlines if one.id == ident)


# The directive of 2017 and the contract clause, as they are in the data


@pytest.mark.parametrize(
    ("ident", "when", "note"),
    [
        ("identify", "2017-10-13", ""),
        ("plan", "2017-11-12", "2017-11-12 is a Sunday and is not moved"),
        ("begin", "2017-12-12", ""),
    ],
)
def test_the_directive_of_2017(ident, when, note):
    (one,) = due(by_id(BOD, ident), BOD, {}, "", "2017-09-20")
    assert (one.when, one.exact, one.zone) == (when, True, "America/New_York")
    assert "calendar days from 2017-09-13 (issued)" in one.basis
    assert note in one.basis


def test_the_directives_status_reports_go_on():
    status = by_id(BOD, "status")
    found = due(status, BOD, {}, "", "2018-03-01", months=2)
    assert [one.when for one in found] == ["2018-02-10", "2018-03-12", "2018-04-11"]
    assert [one.number for one in found] == [1, 2, 3]
    assert found[0].turn == "recurring"
    assert found[1].basis.startswith("every 30 calendar days after 2018-01-11, number 3")
    assert "until full removal" in found[1].basis


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ("2018-07-15", []),
        ("2018-07-16", [("first-report-2018", "2024-01-16")]),
        ("2023-12-03", [("first-report-2018", "2024-01-16")]),
        ("2023-12-04", [("first-report", "2024-01-18")]),
        ("", [("first-report-2018", "2024-01-16"), ("first-report", "2024-01-18")]),
    ],
)
def test_the_clause_in_the_contract_decides(contract, expected):
    """Friday 12 January 2024, Monday is a holiday: one business day, or three."""
    anchors = {"identification": "2024-01-12"}
    found = [
        (ident, one.when)
        for ident in ("first-report-2018", "first-report")
        for one in due(by_id(FAR, ident), FAR, anchors, contract, "2024-01-14")
    ]
    assert found == expected


def test_the_condition_is_said_where_the_contracts_date_is_not_known():
    (one,) = due(by_id(FAR, "first-report"), FAR, {}, "", "2024-01-14")
    assert one.condition == (
        "if the contract was awarded, or its solicitation issued, on or after 2023-12-04"
    )
    (old,) = due(by_id(FAR, "first-report-2018"), FAR, {}, "", "2024-01-14")
    assert old.condition.endswith("issued, from 2018-07-16 to 2023-12-03")
    (month,) = due(by_id(FAR, "first-report"), FAR, {}, "2023-12", "2024-01-14")
    assert month.condition, "a contract of December 2023 may carry either clause"
    (sure,) = due(by_id(FAR, "first-report"), FAR, {}, "2024", "2024-01-14")
    assert not sure.condition


def test_a_clause_of_the_future_is_not_told():
    assert due(by_id(FAR, "first-report"), FAR, {}, "", "2020-01-01") == []


def test_what_waits_says_for_what():
    (one,) = due(by_id(FAR, "first-report"), FAR, {}, "2024-01-01", "2024-01-14")
    assert (one.when, one.waits_for) == ("", "identification")
    assert one.basis == "3 business days from identification"


_SOURCED = re.compile(r"(?:falls on|that is|first on) (\d{4}-\d\d-\d\d)")


def test_dates_that_sources_state_are_the_dates_computed():
    """Where a rule's file notes the day that its sources give for a counted deadline."""
    compared = 0
    for rule in load_rules():
        for one in rule.deadlines:
            stated = _SOURCED.match(one.note)
            if stated and not one.due and one.anchor not in ("", *load_anchors()):
                whens = [found.when for found in due(one, rule, {}, "", stated[1])]
                assert stated[1] in whens, (rule.id, one.id)
                compared += 1
    assert compared >= 10


# Every way to give a date


def test_a_date_that_the_rule_gives():
    (one,) = due(a_deadline(due="2020-07-04"), a_rule(), {}, "", "2020-06-15")
    assert (one.when, one.exact, one.basis) == ("2020-07-04", True, "the day that the rule gives")
    (month,) = due(a_deadline(due="2025-04"), a_rule(), {}, "", "2020-06-15")
    assert (month.when, month.exact, month.latest) == ("2025-04", False, "2025-04-30")


def test_hours_from_a_moment_and_from_a_date():
    hours = a_deadline(n=72, unit="hours", anchor="identification")
    (one,) = due(hours, a_rule(hours), {"identification": "2026-03-06T10:00"}, "", "2026-03-06")
    assert one.when == "2026-03-09T11:00-04:00"  # clocks go on in between
    (day,) = due(hours, a_rule(hours), {"identification": "2026-05-01"}, "", "2026-05-01")
    assert day.when == "2026-05-04T00:00-04:00"
    assert "the hour is not known" in day.basis
    berlin = due(
        hours,
        a_rule(hours),
        {"identification": "2026-05-01T10:00"},
        "",
        "2026-05-01",
        ZoneInfo("Europe/Berlin"),
    )
    assert (berlin[0].when, berlin[0].zone) == ("2026-05-04T10:00+02:00", "Europe/Berlin")


def test_the_zone_and_the_holidays_are_those_of_the_jurisdiction():
    one_day = a_deadline(n=1, unit="business days", anchor="2025-04-17")
    assert dates(one_day, rule=a_rule(one_day, jurisdiction="AU")) == ["2025-04-22"]  # Easter
    assert dates(one_day, rule=a_rule(one_day)) == ["2025-04-18"]


@pytest.mark.parametrize(
    ("stage", "n", "unit", "when", "latest", "exact"),
    [
        ("2018-10", 6, "months", "2019-04", "2019-04-30", False),
        ("2018-10", 30, "calendar days", "2018-10-31", "2018-11-30", False),
        ("2018-10-01", 30, "calendar days", "2018-10-31", "", True),
    ],
)
def test_a_stage_known_in_part(stage, n, unit, when, latest, exact):
    later = Stage(date=stage, event="listed", step="effective", id="listed", source=("s",))
    deadline = a_deadline(n=n, unit=unit, anchor="listed")
    (one,) = due(deadline, a_rule(deadline, stages=(later,)), {}, "", "2018-06-01")
    assert (one.when, one.latest, one.exact) == (when, latest, exact)


def test_no_time_limit_is_said_not_invented():
    open_ = a_deadline(anchor="identification")
    (one,) = due(open_, a_rule(open_), {}, "", "2020-01-01")
    assert one.waits_for == "identification"
    (dated,) = due(open_, a_rule(open_), {"identification": "2020-01-01"}, "", "2020-01-01")
    assert (dated.when, dated.waits_for) == ("", "")
    assert dated.basis.startswith("no time limit was seen; it counts from 2020-01-01")
    (bare,) = due(a_deadline(), a_rule(), {}, "", "2020-01-01")
    assert bare.basis == "no time limit was seen"


def test_weak_sources_are_said():
    (one,) = due(a_deadline(due="2020-07-06", unconfirmed=True), a_rule(), {}, "", "2020-06-15")
    assert "unconfirmed" in one.basis


def test_a_count_beyond_the_calendar_is_no_crash():
    far = a_deadline(n=9000, unit="years", anchor="2018-01-31")
    (one,) = due(far, a_rule(far), {}, "", "2020-06-15")
    assert (one.when, one.basis) == ("", "its date lies beyond the calendar")
    last = a_deadline(due="9999-12-31", every_n=1, every_unit="years")
    assert dates(last, as_of="9999-12-30") == ["9999-12-31"]


# Repetition


def test_the_last_before_today_and_a_year_ahead():
    monthly = a_deadline(n=1, unit="months", anchor="made", every_n=6, every_unit="months")
    # made on 31 January: first on 28 February 2018, then August and February
    assert dates(monthly, as_of="2020-06-15") == ["2020-02-28", "2020-08-28", "2021-02-28"]
    assert dates(monthly, as_of="2018-01-31") == ["2018-02-28", "2018-08-28"]
    assert dates(monthly, as_of="2020-08-28") == [
        "2020-02-28",
        "2020-08-28",
        "2021-02-28",
        "2021-08-28",
    ]


def test_month_ends_do_not_drift():
    monthly = a_deadline(due="2024-01-31", every_n=1, every_unit="months")
    found = dates(monthly, as_of="2024-01-31", months=4)
    assert found == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]


def test_a_day_of_each_year():
    annual = a_deadline(due="2022-05-05", every_date="03-31")
    assert dates(annual, as_of="2022-01-01") == ["2022-05-05"]
    assert dates(annual, as_of="2022-06-01") == ["2022-05-05", "2023-03-31"]
    assert dates(annual, as_of="2026-11-22") == ["2026-03-31", "2027-03-31"]
    bare = a_deadline(every_date="09-30")  # the rule of 2018 begins before the first
    assert dates(bare, as_of="2018-06-15") == ["2018-09-30"]
    assert dates(bare, as_of="2017-06-15") == []
    leap = a_deadline(every_date="02-29")
    assert dates(leap, as_of="2023-06-15") == ["2023-02-28", "2024-02-29"]


def test_a_repetition_ends():
    until = a_deadline(due="2020-01-10", every_n=1, every_unit="months", until="2020-07-31")
    assert dates(until, as_of="2020-06-15") == ["2020-06-10", "2020-07-10"]
    assert dates(until, as_of="2025-01-01") == ["2020-07-10"]
    over = Stage(date="2020-04", event="repealed", step="ended", id="over", source=("s",))
    rule = a_rule(until, stages=(over,))
    assert dates(until, as_of="2025-01-01", rule=rule) == ["2020-04-10"]


def test_a_date_after_the_rules_end_is_told_with_it():
    over = Stage(date="2020-01-01", event="repealed", step="ended", id="over", source=("s",))
    late = a_deadline(due="2020-07-31")
    (one,) = due(late, a_rule(late, stages=(over,)), {}, "", "2020-06-15")
    assert "the rule ended on 2020-01-01, before this date" in one.basis


def test_an_event_still_to_come_starts_nothing_yet():
    later = Stage(date="2020-12-01", event="ordered", step="enacted", id="ordered", source=("s",))
    deadline = a_deadline(n=30, unit="calendar days", anchor="ordered")
    rule = a_rule(deadline, stages=(later,))
    assert dates(deadline, as_of="2020-06-15", rule=rule) == []
    assert dates(deadline, as_of="2020-12-01", rule=rule) == ["2020-12-31"]


def test_a_repetition_waits_for_its_event():
    series = a_deadline(n=3, unit="months", anchor="award", every_n=3, every_unit="months")
    (one,) = due(series, a_rule(series), {}, "", "2026-06-01")
    assert one.basis == "3 months from award, then every 3 months"
    assert dates(series, {"award": "2026-02-15"}, as_of="2026-06-01", months=6) == [
        *("2026-05-15", "2026-08-15", "2026-11-15"),
    ]


STEPS = st.sampled_from(["calendar days", "weeks", "months", "years", "business days"])


@settings(deadline=None, max_examples=60)
@given(
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.integers(1, 40),
    STEPS,
)
def test_what_is_told_of_a_series(start, today, n, unit):
    """In order; at most one is past; nothing between the told ones is left out."""
    series = a_deadline(due=start.isoformat(), every_n=n, every_unit=unit)
    found = due(series, a_rule(series), {}, "", today.isoformat())
    whens = [date.fromisoformat(one.when) for one in found]
    assert whens == sorted(set(whens))
    assert sum(when < today for when in whens) == (start < today)
    numbers = [one.number for one in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    assert all(when <= today + timedelta(days=366) for when in whens)


@settings(deadline=None, max_examples=60)
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_found_earlier_is_never_due_later(first, second):
    early, late = sorted((first.isoformat(), second.isoformat()))
    for ident in ("first-report", "follow-up-report"):
        deadline = by_id(FAR, ident)
        whens = [
            due(deadline, FAR, {deadline.anchor: day}, "2024-01-01", "2030-01-01")[0].when
            for day in (early, late)
        ]
        assert whens == sorted(whens)


# For whom


def verdict(word, exposure, rule="us-far-52-204-23", **given_) -> Verdict:
    return Verdict(exposure=exposure, rule=rule, as_of="2024-01-14", word=word, **given_)


def test_what_counts_as_caught():
    found = caught(
        [
            verdict("prohibited", "a-1"),
            verdict("prohibited-from", "a-2"),
            verdict("not known", "a-3", because="is it used?", missing="used"),
            verdict("permitted", "a-4"),
            verdict("exempt", "a-5"),
            verdict("would-be-prohibited", "a-6", "us-bill"),
        ]
    )
    assert found == {"us-far-52-204-23": Caught(("a-1", "a-2"), ("a-3",), "is it used?", "used")}


def told(profile, catches, rules=(BOD, FAR), **given_):
    base = {"anchors": {}, "contract_date": "", "as_of": "2024-01-14", "tags": load_tags()}
    found = load_profiles()[profile] if isinstance(profile, str) else profile
    return fall_due(rules, catches, found, **{**base, **given_})


SURE = {FAR.id: Caught(("a-1",)), BOD.id: Caught(("a-1",))}


def test_only_rules_that_catch_something_and_bind_the_profile():
    assert {one.rule for one in told("contractor", SURE)} == {FAR.id}
    assert {one.rule for one in told("civilian-agency", SURE)} == {BOD.id}
    assert told("us-person", SURE) == []
    assert told("contractor", {}) == []


def test_dated_before_undated_and_in_order():
    found = told("contractor", SURE, anchors={"identification": "2024-01-12"})
    assert [one.when for one in found] == ["2024-01-16", "2024-01-18", ""]


def test_a_doubt_is_a_condition():
    doubtful = {FAR.id: Caught((), ("a-3",), "is it used?")}
    one = told("contractor", doubtful, contract_date="2024-01-01")[0]
    assert one.condition == "if the rule applies, which is not known: is it used?"
    assert (one.exposures, one.doubtful) == ((), ("a-3",))


def test_an_open_tag_is_a_condition():
    cleared = a_deadline(due="2017-10-28", obliges=("us-cleared-contractor",))
    one = told("contractor", {"r": Caught(("a-1",))}, [a_rule(cleared)])[0]
    assert one.condition == ("if you are: contractor in the National Industrial Security Program")
    spared = a_deadline(due="2017-10-28", spares=("us-cleared-contractor",))
    one = told("contractor", {"r": Caught(("a-1",))}, [a_rule(spared)])[0]
    assert one.condition.startswith("unless you are:")
    out = a_deadline(due="2017-10-28", spares=("us-person",))
    assert told("contractor", {"r": Caught(("a-1",))}, [a_rule(out)]) == []


def test_a_doubt_about_who_one_is_is_said_once():
    cleared = a_deadline(due="2017-10-28", obliges=("us-cleared-contractor",))
    doubt = Caught((), ("a-1",), "it binds only cleared contractors", "us-cleared-contractor")
    one = told("contractor", {"r": doubt}, [a_rule(cleared)])[0]
    assert one.condition.count("if ") == 1


def test_duties_of_authorities_only_when_asked():
    theirs = a_deadline(due="2018-06-10", obliges=("us-dod",), on_government=True)
    rule, catch = a_rule(theirs), {"r": Caught(("a-1",))}
    assert told("dod", catch, [rule]) == []
    assert [one.when for one in told("contractor", catch, [rule], government=True)] == [
        "2018-06-10"
    ]


def test_product_law_needs_no_exposure():
    early = a_deadline(n=24, unit="hours", anchor="identification", obliges=("eu-manufacturer",))
    maker = Profile(id="maker", name="Maker", about="", tags=("eu-manufacturer",))
    rule = a_rule(early, force="duty", jurisdiction="EU")
    assert len(told(maker, {}, [rule])) == 1
    assert told(maker, {}, [rule], as_of="2017-01-01") == [], "before it was made"
    assert told(maker, {}, [a_rule(early)]) == []


def test_profiles_share_a_date():
    agency = Due(rule="r", deadline="d", duty="x", when="2020-01-01", profiles=("civilian-agency",))
    defence = structs.replace(agency, profiles=("dod",), exposures=("a-1",))
    (one,) = merged([agency, defence])
    assert (one.profiles, one.exposures) == (("civilian-agency", "dod"), ("a-1",))
    unsure = structs.replace(defence, condition="if x", exposures=(), doubtful=("a-1", "a-2"))
    (one,) = merged([structs.replace(agency, exposures=("a-1",)), unsure])
    assert (one.condition, one.doubtful) == ("dod: if x", ("a-2",))


# How it reads

HOSTILE = "gw\x1b[31m\r\nEND:VEVENT\r\nX;Y,Z\\n\u202e" + "ü" * 90


def some() -> list[Due]:
    base = Due(rule="r-1", deadline="first", duty="report it", zone="America/New_York", basis="b")
    return [
        structs.replace(base, when="2023-12-12", deadline="past", exposures=("kas-1",)),
        structs.replace(base, when="2024-01-14", deadline="today", report="far-52.204-23"),
        structs.replace(base, when="2024-01-15", deadline="next", exposures=("kas-1",)),
        structs.replace(base, when="2024-03-09T11:00-05:00", deadline="hours", duty=HOSTILE),
        structs.replace(
            base, when="2024-04", latest="2024-04-30", exact=False, deadline="month", rule="r-2"
        ),
        structs.replace(base, waits_for="identification", deadline="waits", condition="if so"),
        structs.replace(base, deadline="none", basis="no time limit was seen"),
    ]


def shown() -> Shown:
    return Shown("2024-01-14", {"kas-1": "KAS-1"}, {"identification": "when?"}, ["Contractor"])


@pytest.mark.parametrize(
    ("when", "latest", "day", "word"),
    [
        ("2024-01-11", "", "2024-01-14", "overdue by 3 days"),
        ("2024-01-13", "", "2024-01-14", "overdue by 1 day"),
        ("2024-01-14", "", "2024-01-14", "due today"),
        ("2024-01-15", "", "2024-01-14", "1 day left"),
        ("2024-03-09T11:00-05:00", "", "2024-03-09", "due today"),
        ("2024-04", "2024-04-30", "2024-03-31", "1 day left"),
        ("2024-04", "2024-04-30", "2024-04-01", "due about now"),
        ("2024-04", "2024-04-30", "2024-04-30", "due about now"),
        ("2024-04", "2024-04-30", "2024-05-01", "overdue by 1 day"),
        ("2024", "2024-12-31", "2025-01-02", "overdue by 2 days"),
        ("2017-12-31", "2018-01-30", "2018-01-01", "due about now"),
        ("", "", "2024-01-14", "no date"),
    ],
)
def test_days_left_in_words(when, latest, day, word):
    one = Due(rule="r", deadline="d", duty="", when=when, latest=latest, exact=not latest)
    assert state(one, day) == word


def test_the_table_reads():
    lines = list(table(some(), shown()))
    text = "\n".join(lines)
    assert all(len(line) <= 100 and line.isprintable() for line in lines)
    assert text.index("overdue by 33 days") < text.index("due today") < text.index("1 day left")
    assert "exposures: KAS-1" in text
    assert "oust report far-52.204-23" in text
    assert re.search(r"--identified DATE\s+when\?", text)
    assert "Time zone: America/New_York" in text
    assert "Not legal advice" in text


def test_what_repeats_takes_one_row_of_the_future():
    status = by_id(BOD, "status")
    dues = due(status, BOD, {}, "", "2018-03-01", months=3)
    lines = list(table(dues, structs.replace(shown(), day="2018-03-01")))
    assert [line[1:11] for line in lines if line[1:5] == "2018"] == ["2018-02-10", "2018-03-12"]
    assert sum("then: 2018-04-11, 2018-05-11" in line for line in lines) == 1


def test_json_and_csv_hold_every_date():
    found = json.loads(as_json(some(), shown()))
    assert [one["deadline"] for one in found["deadlines"]] == [one.deadline for one in some()]
    assert found["deadlines"][0]["days_left"] == -33
    assert found["deadlines"][5]["waits_for"] == "identification"
    rows = list(csv.DictReader(io.StringIO(as_csv(some(), shown()))))
    assert [row["deadline"] for row in rows] == [one.deadline for one in some()]
    assert rows[0]["days_left"] == "-33"
    assert not any(value.startswith(("=", "@", "+")) for row in rows for value in row.values())


# The calendar


def written(dues=None, case="case", day="2024-01-14") -> str:
    return calendar.render(
        some() if dues is None else dues, case, day, {"kas-1": "KAS-1"}, {"kas-1": HOSTILE}
    )


def events(text: str) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_the_calendar_holds_what_has_a_date():
    found = events(written())
    assert [one.decoded("dtstart") for one in found[:3]] == [
        *(date(2023, 12, 12), date(2024, 1, 14), date(2024, 1, 15)),
    ]
    moment = found[3].decoded("dtstart")
    assert moment == datetime(2024, 3, 9, 11, tzinfo=ZoneInfo("America/New_York"))
    assert found[4].decoded("dtstart") == date(2024, 4, 1)
    assert str(found[4]["summary"]).startswith("(2024-04 (no day))")
    assert len(found) == 5
    assert all("Not legal advice" in str(one["description"]) for one in found)


def test_the_calendar_is_the_same_again():
    assert written() == written()
    assert "DTSTAMP:20240114T000000Z" in written()
    assert "20240114" in written() and "DTSTAMP:20240115T000000Z" in written(day="2024-01-15")


def test_an_entry_keeps_its_name():
    before, after = (
        [str(one["uid"]) for one in events(written(day=day))]
        for day in ("2024-01-14", "2025-01-14")
    )
    assert before == after
    assert len(set(before)) == len(before)
    moved = structs.replace(some()[2], when="2024-02-01", exposures=("kas-1", "kas-2"))
    assert calendar.uid(moved, "case") == calendar.uid(some()[2], "case")
    assert calendar.uid(moved, "other case") != calendar.uid(moved, "case")
    again = structs.replace(moved, number=1)
    assert calendar.uid(again, "case") != calendar.uid(moved, "case")


def test_an_alarm_a_day_before_unless_it_is_past():
    alarms = [list(one.walk("VALARM")) for one in events(written())]
    assert [len(found) for found in alarms] == [0, 1, 1, 1, 1]
    assert alarms[1][0].decoded("trigger") == timedelta(days=-1)
    assert str(alarms[1][0]["action"]) == "DISPLAY"


def test_the_zone_is_described_as_others_read_it():
    """dateutil reads VTIMEZONE by itself: its offsets must be those of the zone database."""
    block = re.search(r"(?s)BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", written())
    assert block
    told_zone = tzical(io.StringIO(block[0].replace("\r\n", "\n"))).get("America/New_York")
    true_zone = ZoneInfo("America/New_York")
    for month in range(1, 13):
        for day in (1, 9, 11, 28):
            noon = datetime(2024, month, day, 12)
            assert told_zone.utcoffset(noon) == true_zone.utcoffset(noon)


_LINE = re.compile(
    r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"]*"|[^";:,\x00-\x1f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*'
)


def check_lines(text: str) -> None:
    """RFC 5545 section 3.1 by hand: CRLF, 75 octets, content lines, balanced components."""
    assert text.endswith("\r\n")
    lines = text[:-2].split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = re.sub("\r\n[ \t]", "", text)[:-2].split("\r\n")
    opened: list[str] = []
    for line in unfolded:
        assert _LINE.fullmatch(line), line
        name, _, value = line.partition(":")
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
    assert not opened
    events_open = sum(line == "BEGIN:VEVENT" for line in unfolded)
    uids = [line for line in unfolded if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == events_open


def test_every_line_is_as_the_standard_says():
    check_lines(written())
    check_lines(written([]))
    text = written()
    assert text.count("BEGIN:VEVENT") == 5, "a hostile name opened or closed an entry"


def test_the_check_of_lines_can_fail():
    good = written()
    for bad in (
        good.replace("\r\n", "\n"),
        good.replace("VERSION:2.0", "VERSION:" + "2" * 80),
        good.replace("\r\nEND:VEVENT", "\r\nEND:VTODO", 1),
    ):
        with pytest.raises(AssertionError):
            check_lines(bad)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200), st.text(max_size=40))
def test_any_name_survives_the_calendar(duty, case):
    one = Due(rule="r", deadline="d", duty=duty, when="2024-02-01", zone="UTC", citation=case)
    text = calendar.render([one], case, "2024-01-14", {}, {})
    check_lines(text)
    (event,) = events(text)
    assert event.decoded("dtstart") == date(2024, 2, 1)
    assert event.decoded("dtstamp") == datetime(2024, 1, 14, tzinfo=UTC)


# The command


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("deadlines") / "case"
    evidence = ROOT / "examples/agency-2017/exports"
    assert run(root, ["trace", str(evidence), "--case", str(folder)]) == 0
    return str(folder)


def ran(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(root, ["deadlines", *arguments])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_an_agency_after_the_directive(case, capsys):
    code, out, _ = ran(capsys, case, "--as", "civilian-agency", "--as-of", "2017-10-20")
    assert code == 0
    assert re.search(r"2017-10-13\s+overdue by 7 days", out)
    assert re.search(r"2017-11-12\s+23 days left", out)
    assert "2017-11-12 is a Sunday" in " ".join(out.split())


def test_before_the_directive_nothing_of_it_is_due(case, capsys):
    _, out, _ = ran(capsys, case, "--as", "civilian-agency", "--as-of", "2017-07-12")
    assert "us-dhs-bod-17-01" not in out


def test_a_contractor_in_three_business_days(case, capsys, tmp_path):
    file = tmp_path / "due.ics"
    asked = [case, "--as", "contractor", "--as-of", "2024-01-14", "--only", "us-far-52-204-23"]
    asked += ["--identified", "2024-01-12", "--contract", "2024-01-01", "--format", "json"]
    code, out, _ = ran(capsys, *asked, "--ics", str(file))
    assert code == 0
    found = json.loads(out)["deadlines"]
    assert [(one["deadline"], one["date"]) for one in found] == [
        ("first-report", "2024-01-18"),
        ("follow-up-report", ""),
    ]
    first = file.read_bytes()
    assert len(events(first.decode())) == 1
    check_lines(first.decode())
    ran(capsys, *asked, "--ics", str(file))
    assert file.read_bytes() == first


def test_every_profile_at_once(case, capsys):
    code, out, _ = ran(capsys, case, "--as-of", "2024-01-14", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len({(row["rule"], row["deadline"], row["number"]) for row in rows}) == len(rows)
    assert any("contractor" in row["for"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as-of", "2024-02-30"], "is no date"),
        (["--identified", "yesterday"], "--identified: “yesterday” is no date"),
        (["--contract", "2024-01-01T10:00"], "--contract: “2024-01-01T10:00” is no date"),
        (["--anchor", "frist-report=2024-01-01"], "first-report"),
        (["--anchor", "first-report"], "is no date"),
        (["--tz", "America/New_Yrok"], "America/New_York"),
        (["--tz", "../etc/passwd"], "no time zone"),
        (["--only", "us-dhs-bod-17-10"], "us-dhs-bod-17-01"),
        (["--as", "contracter"], "contractor"),
        (["--ics", "/nonexistent/x.ics"], "cannot write"),
    ],
)
def test_misuse_is_told(case, capsys, arguments, message):
    code, _, err = ran(capsys, case, *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err
