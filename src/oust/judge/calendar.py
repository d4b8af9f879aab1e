"""Counting time as the law does: business days, calendar days, months, years and hours.

The day of the event is not counted and the last day is (FAR 33.101 words it so; 31 CFR 802.201
words what a business day is). Business days are Monday to Friday without the public holidays that
bind nationally: for the United States those of 5 U.S.C. 6103(a), with the Friday before or Monday
after where one falls on a weekend. Not holidays here: Inauguration Day, which 6103(c) gives to
federal employees around Washington alone; a day on which an executive order closes the agencies;
holidays of states and provinces. Whatever is doubtful counts as a business day, so that a date
computed here is rather too early than too late. Each convention with its source:
docs/deadlines.md.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

_COUNTRY = {"UK": "GB", "EU": ""}
"""Prefixes of jurisdictions that are no ISO 3166 code. The EU has no holidays of its own that
bind all Member States: weekends alone are left out."""

_ZONES = {
    "US": "America/New_York",
    "AU": "Australia/Sydney",  # Canberra keeps the same time
    "CA": "America/Toronto",  # Ottawa
    "GB": "Europe/London",
    "DE": "Europe/Berlin",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "NL": "Europe/Amsterdam",
}
"""Where the government of a country sits."""


def country_of(jurisdiction: str) -> str:
    """`US-federal-civilian` gives `US`; empty where no country's holidays are meant."""
    prefix = jurisdiction.partition("-")[0].partition(" ")[0].upper()
    code = _COUNTRY.get(prefix, prefix)
    return code if len(code) == 2 else ""


def zone_of(jurisdiction: str) -> str:
    """The time zone of a jurisdiction's capital; that of Brussels for the EU and all others."""
    return _ZONES.get(country_of(jurisdiction), "Europe/Brussels")


@cache
def _holidays(country: str) -> HolidayBase | None:
    import holidays

    try:
        return holidays.country_holidays(country) if country else None
    except NotImplementedError:  # a country that the library does not know
        return None


def holiday(day: date, country: str) -> str:
    """Name of the holiday that keeps `day` from being a business day; empty if none does."""
    known = _holidays(country)
    return known.get(day, "") if known is not None else ""


def is_business_day(day: date, country: str) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < 5 and not holiday(day, country)


@cache
def _business_days(year: int, country: str) -> tuple[int, ...]:
    """Ordinals of the business days of a year, in order."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = range(first, last + 1)
    return tuple(n for n in days if is_business_day(date.fromordinal(n), country))


def add_business_days(day: date, count: int, country: str) -> date:
    """The `count`th business day after `day`, which itself is not counted; `day` for none.

    Raises OverflowError beyond year 9999.
    """
    if count <= 0:
        return day
    year, days = day.year, _business_days(day.year, country)
    place = bisect_right(days, day.toordinal()) + count - 1
    while place >= len(days):
        place -= len(days)
        year += 1
        if year > date.max.year:
            raise OverflowError("no calendar after the year 9999")
        days = _business_days(year, country)
    return date.fromordinal(days[place])


def business_days_between(start: date, end: date, country: str) -> int:
    """How many business days lie after `start` up to and including `end`."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day, country) for day in days)


@cache
def _weekday_holidays(year: int, country: str) -> tuple[tuple[date, str], ...]:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + calendar.isleap(year)))
    named = ((day, holiday(day, country)) for day in days if day.weekday() < 5)
    return tuple((day, name) for day, name in named if name)


def skipped(start: date, end: date, country: str) -> Iterator[tuple[date, str]]:
    """Holidays after `start` and up to `end` that fall on Monday to Friday, with their names."""
    for year in range(start.year, end.year + 1):
        for day, name in _weekday_holidays(year, country):
            if start < day <= end:
                yield day, name


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or its last day where the month is shorter."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"no calendar for the year {year}")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_hours(moment: datetime, count: int) -> datetime:
    """`count` hours of sixty minutes after an aware `moment`, in its own time zone.

    Where clocks change in between, the hand of the clock shows an hour more or less.
    """
    return (moment.astimezone(UTC) + timedelta(hours=count)).astimezone(moment.tzinfo)


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """An ISO date or moment as an aware moment in `zone`; of a date, its first minute.

    A moment without offset is one of `zone`; where the clock shows it twice, the earlier one.
    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone)
