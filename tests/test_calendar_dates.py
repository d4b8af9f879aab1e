"""Counting time, held against cases worked out by hand with a printed calendar.

Weekdays and holidays stand beside each case, so that it can be checked without the program.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.judge.calendar import (
    add_business_days,
    add_hours,
    add_months,
    business_days_between,
    country_of,
    holiday,
    is_business_day,
    moment_of,
    skipped,
    zone_of,
)
from oust.judge.counting import Place, counted

NEW_YORK = ZoneInfo("America/New_York")
US = Place("US", NEW_YORK)

# start, business days, expected, why
BUSINESS = [
    ("2024-01-11", 1, "2024-01-12", "Thursday to Friday"),
    ("2024-01-12", 0, "2024-01-12", "none to count"),
    ("2024-01-12", 1, "2024-01-16", "Friday; Monday 15 is M. L. King's Birthday"),
    ("2024-01-12", 3, "2024-01-18", "16, 17, 18"),
    ("2024-01-13", 1, "2024-01-16", "from a Saturday, over the holiday"),
    ("2024-01-14", 3, "2024-01-18", "from a Sunday: 16, 17, 18"),
    ("2024-01-15", 1, "2024-01-16", "from the holiday itself"),
    ("2024-01-18", 10, "2024-02-01", "19; 22-26; 29, 30, 31; 1 February"),
    ("2018-07-13", 1, "2018-07-16", "Friday to Monday"),
    ("2017-11-22", 1, "2017-11-24", "Wednesday before Thanksgiving: the Friday after counts"),
    ("2017-11-22", 3, "2017-11-28", "24, 27, 28"),
    ("2017-11-20", 10, "2017-12-05", "21, 22, 24; 27-30; 1, 4, 5 December"),
    ("2024-11-27", 1, "2024-11-29", "Thanksgiving on the 28th"),
    ("2021-12-30", 1, "2022-01-03", "New Year's Day is a Saturday, observed Friday 31"),
    ("2021-12-29", 3, "2022-01-04", "30; 3, 4 January"),
    ("2021-12-23", 3, "2021-12-29", "Christmas on Saturday, observed Friday 24; 27, 28, 29"),
    ("2027-12-30", 1, "2028-01-03", "New Year's Day 2028 observed Friday 31"),
    ("2022-12-30", 1, "2023-01-03", "New Year's Day on Sunday, observed Monday 2"),
    ("2016-12-30", 1, "2017-01-03", "the same six years before"),
    ("2020-12-31", 1, "2021-01-04", "New Year's Day on a Friday"),
    ("2022-12-23", 1, "2022-12-27", "Christmas on Sunday, observed Monday 26"),
    ("2020-06-18", 1, "2020-06-19", "Juneteenth is no holiday yet"),
    ("2021-06-17", 1, "2021-06-21", "first Juneteenth, Saturday, observed Friday 18"),
    ("2021-06-16", 3, "2021-06-22", "17; 21, 22"),
    ("2022-06-17", 1, "2022-06-21", "Juneteenth on Sunday, observed Monday 20"),
    ("2024-06-18", 1, "2024-06-20", "Juneteenth on a Wednesday"),
    ("2017-11-09", 1, "2017-11-13", "Veterans Day on Saturday, observed Friday 10"),
    ("2023-11-09", 3, "2023-11-15", "the same in 2023: 13, 14, 15"),
    ("2018-11-09", 1, "2018-11-13", "Veterans Day on Sunday, observed Monday 12"),
    ("2024-11-08", 1, "2024-11-12", "Veterans Day on a Monday"),
    ("2020-07-02", 1, "2020-07-06", "Independence Day on Saturday, observed Friday 3"),
    ("2026-07-02", 3, "2026-07-08", "the same in 2026: 6, 7, 8"),
    ("2021-07-02", 1, "2021-07-06", "Independence Day on Sunday, observed Monday 5"),
    ("2024-07-03", 1, "2024-07-05", "Independence Day on a Thursday"),
    ("2024-02-16", 1, "2024-02-20", "Washington's Birthday on Monday 19"),
    ("2024-05-24", 1, "2024-05-28", "Memorial Day on Monday 27"),
    ("2024-08-30", 1, "2024-09-03", "Labor Day on Monday 2"),
    ("2024-10-11", 1, "2024-10-15", "Columbus Day on Monday 14"),
    ("2024-02-28", 1, "2024-02-29", "29 February is a Thursday"),
    ("2024-02-28", 2, "2024-03-01", "over 29 February"),
    ("2023-02-28", 1, "2023-03-01", "no 29 February"),
    ("2021-01-19", 1, "2021-01-20", "Inauguration Day counts: a holiday around Washington alone"),
    ("2025-01-17", 1, "2025-01-21", "Inauguration Day on M. L. King's Birthday"),
    ("2025-01-08", 1, "2025-01-09", "agencies closed by executive order: counts"),
    ("2024-12-23", 3, "2024-12-27", "24 closed by executive order, counts; 26, 27"),
    ("2024-11-01", 30, "2024-12-17", "4-8; 12-15; 18-22; 25-27, 29; 2-6; 9-13; 16, 17 December"),
]

# country, start, business days, expected, why
ELSEWHERE = [
    ("AU", "2025-04-17", 1, "2025-04-22", "Good Friday and Easter Monday"),
    ("CA", "2024-06-28", 1, "2024-07-02", "Canada Day on a Monday"),
    ("GB", "2024-12-24", 1, "2024-12-27", "Christmas and Boxing Day"),
    ("DE", "2024-10-02", 1, "2024-10-04", "German Unity Day on a Thursday"),
    ("IT", "2024-04-24", 1, "2024-04-26", "Liberation Day on a Thursday"),
    ("", "2024-12-24", 1, "2024-12-25", "no country: weekends alone"),
    ("", "2024-12-27", 1, "2024-12-30", "Friday to Monday"),
    ("ZZ", "2024-12-24", 1, "2024-12-25", "no such country: weekends alone"),
]

# start, n, unit, expected, why
OTHERS = [
    ("2017-09-13", 30, "calendar days", "2017-10-13", "BOD 17-01, report"),
    ("2017-09-13", 60, "calendar days", "2017-11-12", "BOD 17-01, plan: a Sunday, kept"),
    ("2017-09-13", 90, "calendar days", "2017-12-12", "BOD 17-01, begin"),
    ("2017-12-12", 30, "calendar days", "2018-01-11", "BOD 17-01, first status report"),
    ("2017-09-28", 30, "calendar days", "2017-10-28", "a Saturday, kept"),
    ("2017-12-12", 180, "calendar days", "2018-06-10", "section 1634, report to Congress"),
    ("2023-02-27", 30, "calendar days", "2023-03-29", "M-23-13"),
    ("2023-02-27", 120, "calendar days", "2023-06-27", "M-23-13"),
    ("2024-02-01", 28, "calendar days", "2024-02-29", "leap year"),
    ("2023-02-01", 28, "calendar days", "2023-03-01", "common year"),
    ("2023-12-31", 1, "calendar days", "2024-01-01", "a holiday, kept"),
    ("2024-02-15", 2, "weeks", "2024-02-29", ""),
    ("2023-12-04", 6, "months", "2024-06-04", "FASCSA"),
    ("2023-10-26", 6, "months", "2024-04-26", ""),
    ("2024-01-31", 1, "months", "2024-02-29", "last day of a shorter month"),
    ("2023-01-31", 1, "months", "2023-02-28", ""),
    ("2024-03-31", 1, "months", "2024-04-30", ""),
    ("2023-08-31", 6, "months", "2024-02-29", ""),
    ("2024-08-31", 6, "months", "2025-02-28", ""),
    ("2024-12-31", 2, "months", "2025-02-28", "over the year's end"),
    ("2024-02-29", 12, "months", "2025-02-28", ""),
    ("2024-02-29", 1, "months", "2024-03-29", "not the last day of March"),
    ("2024-02-29", 1, "years", "2025-02-28", ""),
    ("2024-02-29", 4, "years", "2028-02-29", ""),
    ("2096-02-29", 4, "years", "2100-02-28", "2100 is no leap year"),
    ("2023-02-28", 1, "years", "2024-02-28", "not the 29th"),
]

# start, n, unit, earliest, latest, why
ROUGH = [
    ("2018-10", 6, "months", "2019-04", "2019-04-30", "the month alone is known"),
    ("2018-10", 1, "years", "2019-10", "2019-10-31", ""),
    ("2018", 1, "years", "2019", "2019-12-31", "the year alone is known"),
    ("2018", 6, "months", "2018-07-01", "2019-06-30", "January on, to 31 December"),
    ("2017-12", 30, "calendar days", "2017-12-31", "2018-01-30", "1 to 31 December"),
    ("2024-02", 1, "business days", "2024-02-02", "2024-03-01", "Thursdays 1 and 29"),
]

# zone, start, hours, expected, why
HOURS = [
    ("America/New_York", "2026-05-01T10:00", 72, "2026-05-04T10:00-04:00", "over a weekend"),
    ("America/New_York", "2026-05-01", 72, "2026-05-04T00:00-04:00", "a date: from 00:00"),
    ("America/New_York", "2026-03-06T10:00", 72, "2026-03-09T11:00-04:00", "clocks go on, 8 March"),
    ("America/New_York", "2026-10-30T10:00", 72, "2026-11-02T09:00-05:00", "back, 1 November"),
    ("America/New_York", "2026-03-07", 72, "2026-03-10T01:00-04:00", "a date, clocks go on"),
    ("America/New_York", "2026-10-31", 72, "2026-11-02T23:00-05:00", "a date, clocks go back"),
    ("America/New_York", "2024-02-28T09:00", 24, "2024-02-29T09:00-05:00", "leap day"),
    ("America/New_York", "2023-12-31T23:30", 24, "2024-01-01T23:30-05:00", "year's end"),
    ("America/New_York", "2026-05-01T14:00+00:00", 72, "2026-05-04T10:00-04:00", "from UTC"),
    ("America/New_York", "2026-03-08T02:30", 24, "2026-03-09T03:30-04:00", "no such time: 03:30"),
    ("America/New_York", "2026-11-01T01:30", 24, "2026-11-02T00:30-05:00", "twice: the first"),
    ("Europe/Brussels", "2026-03-28T12:00", 24, "2026-03-29T13:00+02:00", "clocks go on, 29 March"),
    ("Australia/Sydney", "2026-04-04T12:00", 24, "2026-04-05T11:00+10:00", "back, 5 April"),
]


@pytest.mark.parametrize(("start", "n", "expected", "why"), BUSINESS)
def test_us_business_days(start, n, expected, why):
    assert add_business_days(date.fromisoformat(start), n, "US").isoformat() == expected, why
    assert counted(start, n, "business days", US).when == expected, why


@pytest.mark.parametrize(("country", "start", "n", "expected", "why"), ELSEWHERE)
def test_business_days_elsewhere(country, start, n, expected, why):
    assert add_business_days(date.fromisoformat(start), n, country).isoformat() == expected, why


@pytest.mark.parametrize(("start", "n", "unit", "expected", "why"), OTHERS)
def test_calendar_units(start, n, unit, expected, why):
    found = counted(start, n, unit, US)
    assert (found.when, found.latest, found.exact) == (expected, expected, True), why


@pytest.mark.parametrize(("start", "n", "unit", "first", "last", "why"), ROUGH)
def test_dates_known_in_part(start, n, unit, first, last, why):
    found = counted(start, n, unit, US)
    assert (found.when, found.latest, found.exact) == (first, last, False), why


@pytest.mark.parametrize(("zone", "start", "n", "expected", "why"), HOURS)
def test_hours(zone, start, n, expected, why):
    assert counted(start, n, "hours", Place("US", ZoneInfo(zone))).when == expected, why


def test_a_moment_counts_as_the_day_it_is_in_the_zone():
    late_on_thursday = "2026-05-01T02:00+00:00"  # 22:00 of 30 April in New York
    assert counted(late_on_thursday, 1, "business days", US).when == "2026-05-01"


def test_what_was_left_out_or_kept_is_said():
    assert counted("2024-01-12", 3, "business days", US).note == (
        "not counted: 2024-01-15 (Martin Luther King Jr. Day)"
    )
    assert counted("2017-09-13", 60, "calendar days", US).note == (
        "2017-11-12 is a Sunday and is not moved"
    )
    assert "New Year's Day" in counted("2023-12-31", 1, "calendar days", US).note
    assert counted("2024-01-31", 1, "months", US).note == "2024-02 has no day 31"
    assert counted("2026-05-01", 72, "hours", US).note.endswith("from the day's beginning")
    assert counted("2024-01-08", 3, "business days", US).note == ""


def test_many_holidays_are_counted_not_listed():
    note = counted("2024-01-01", 250, "business days", US).note
    assert note.count("2024-") == 4
    assert note.endswith("and 6 more holidays")  # 10 of 2024 after New Year's Day


def by_statute(year: int) -> set[date]:
    """Holidays of 5 U.S.C. 6103(a) and (b), by a second way: rules spelt out, Monday to Friday."""

    def nth(month: int, weekday: int, n: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))

    last_of_may = date(year, 5, 31)
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    fixed += [date(year, 6, 19)] if year >= 2021 else []
    fixed += [date(year + 1, 1, 1)]
    moved = {
        day - timedelta(days=1) if day.weekday() == 5 else day + timedelta(days=day.weekday() == 6)
        for day in fixed
    }
    mondays = {nth(1, 0, 3), nth(2, 0, 3), nth(9, 0, 1), nth(10, 0, 2), nth(11, 3, 4)}
    mondays.add(last_of_may - timedelta(days=last_of_may.weekday()))
    return {day for day in moved | mondays if day.year == year}


@pytest.mark.parametrize("year", range(1990, 2061))
def test_federal_holidays_against_the_statute(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    found = {d for d in days if d.year == year and d.weekday() < 5 and holiday(d, "US")}
    assert found == by_statute(year)


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
COUNTRIES = st.sampled_from(["US", "AU", "CA", "GB", ""])


@settings(deadline=None)
@given(DAYS, DAYS, st.integers(0, 60), COUNTRIES)
def test_business_days_keep_order(first, second, n, country):
    early, late = sorted((first, second))
    assert add_business_days(early, n, country) <= add_business_days(late, n, country)
    assert add_business_days(early, n, country) < add_business_days(early, n + 1, country)


@settings(deadline=None)
@given(DAYS, st.integers(1, 60), COUNTRIES)
def test_business_days_count_back(day, n, country):
    end = add_business_days(day, n, country)
    assert is_business_day(end, country)
    assert business_days_between(day, end, country) == n
    weekdays = sum((day + timedelta(days=k)).weekday() < 5 for k in range(1, (end - day).days + 1))
    assert weekdays - n == len(list(skipped(day, end, country)))


@settings(deadline=None)
@given(DAYS, st.integers(0, 40), st.integers(0, 40), COUNTRIES)
def test_business_days_add_up(day, first, second, country):
    halfway = add_business_days(day, first, country)
    assert add_business_days(halfway, second, country) == add_business_days(
        day, first + second, country
    )


@settings(deadline=None)
@given(DAYS, DAYS, st.integers(0, 600))
def test_months_keep_order_and_number(first, second, n):
    early, late = sorted((first, second))
    assert add_months(early, n) <= add_months(late, n)
    end = add_months(early, n)
    assert (end.year - early.year) * 12 + end.month - early.month == n
    assert end.day == early.day or (end + timedelta(days=1)).day == 1


@settings(deadline=None)
@given(DAYS, st.integers(0, 600))
def test_months_are_undone_unless_a_month_was_shorter(day, n):
    end = add_months(day, n)
    assert (add_months(end, -n) == day) == (end.day == day.day)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    st.integers(0, 2000),
    st.sampled_from(["America/New_York", "Europe/Brussels", "Australia/Sydney"]),
)
def test_hours_are_hours(naive, n, zone):
    start = moment_of(naive.isoformat(), ZoneInfo(zone))
    end = add_hours(start, n)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=n)


@settings(deadline=None)
@given(DAYS, st.integers(1, 30), st.sampled_from(["calendar days", "weeks", "months", "years"]))
def test_a_month_known_in_part_spans_every_day_of_it(day, n, unit):
    rough = counted(day.isoformat()[:7], n, unit, US)
    exact = counted(day.isoformat(), n, unit, US).when
    assert rough.when <= exact <= rough.latest


def test_the_calendar_ends():
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)
    with pytest.raises(OverflowError):
        add_business_days(date(9999, 12, 30), 9, "US")


def test_countries_and_zones():
    assert country_of("US-federal-civilian") == "US"
    assert country_of("UK") == "GB"
    assert country_of("EU-market") == ""
    assert country_of("US (Texas)") == "US"
    assert country_of("international") == ""
    assert zone_of("US-DoD") == "America/New_York"
    assert zone_of("EU") == "Europe/Brussels"
    assert zone_of("UK-government") == "Europe/London"
