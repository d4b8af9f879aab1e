"""From a date and a number of units to a date, with the sentence that says how it was counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from oust.judge.calendar import (
    add_business_days,
    add_hours,
    add_months,
    holiday,
    is_business_day,
    moment_of,
    skipped,
)
from oust.judge.dates import first_day, last_day

_DAY = 10  # characters of an ISO date
_NAMED = 4
"""Holidays that a sentence names before it counts the rest."""


class Place(Struct, frozen=True):
    """Whose holidays and whose clock."""

    country: str  # ISO 3166-1 alpha-2; empty: weekends alone are left out
    zone: ZoneInfo


class Counted(Struct, frozen=True):
    """Where a count arrives. `latest` differs from `when` where the start is not known to the day.

    `note` says what was left out or not moved.
    """

    when: str
    latest: str
    note: str = ""

    @property
    def exact(self) -> bool:
        """Whether it is one day or moment."""
        return len(self.when) >= _DAY and self.when == self.latest


def amount(count: int, unit: str) -> str:
    """`1 business day`, `72 hours`."""
    return f"{count} {unit if count != 1 else unit.removesuffix('s')}"


def counted(start: str, count: int, unit: str, place: Place) -> Counted:
    """`count` units after `start`: an ISO moment, or a date as far as known.

    Raises OverflowError beyond the calendar, ValueError when `start` is no date.
    """
    if len(start) >= _DAY:
        return _from_day(start, count, unit, place)
    if unit == "years" or (unit == "months" and len(start) == len("2018-10")):
        months = count * (12 if unit == "years" else 1)
        shifted = add_months(date.fromisoformat(first_day(start)), months).isoformat()
        return Counted(shifted[: len(start)], last_day(shifted[: len(start)]))
    early = _from_day(first_day(start), count, unit, place)
    late = _from_day(last_day(start), count, unit, place)
    return Counted(early.when, late.when, f"from some day of {start}: at the earliest")


def _from_day(start: str, count: int, unit: str, place: Place) -> Counted:
    if unit == "hours":
        return _hours(start, count, place)
    day = _local_day(start, place)
    if unit == "business days":
        end = add_business_days(day, count, place.country)
        return Counted(end.isoformat(), end.isoformat(), _left_out(day, end, place))
    end = _calendar(day, count, unit)
    notes = (_shorter(day, end, unit), _not_moved(end, place) if count else "")
    return Counted(end.isoformat(), end.isoformat(), "; ".join(filter(None, notes)))


def _hours(start: str, count: int, place: Place) -> Counted:
    end = add_hours(moment_of(start, place.zone), count)
    text = end.isoformat(timespec="seconds" if end.second else "minutes")
    note = "" if len(start) > _DAY else "the hour is not known, so from the day's beginning"
    return Counted(text, text, note)


def _local_day(start: str, place: Place) -> date:
    if len(start) > _DAY:
        return moment_of(start, place.zone).date()
    return date.fromisoformat(start)


def _calendar(day: date, count: int, unit: str) -> date:
    if unit in ("months", "years"):
        return add_months(day, count * (12 if unit == "years" else 1))
    return day + timedelta(days=count * (7 if unit == "weeks" else 1))


def _shorter(day: date, end: date, unit: str) -> str:
    if unit in ("months", "years") and end.day != day.day:
        return f"{end.isoformat()[:7]} has no day {day.day}"
    return ""


def _not_moved(day: date, place: Place) -> str:
    """Says of a weekend or holiday that the date stays on it."""
    if is_business_day(day, place.country):
        return ""
    what = f"a {day:%A}" if day.weekday() >= 5 else f"a holiday ({holiday(day, place.country)})"
    return f"{day.isoformat()} is {what} and is not moved"


def _left_out(start: date, end: date, place: Place) -> str:
    found = [f"{day.isoformat()} ({name})" for day, name in skipped(start, end, place.country)]
    more = f" and {len(found) - _NAMED} more holidays" if len(found) > _NAMED else ""
    return f"not counted: {', '.join(found[:_NAMED])}{more}" if found else ""


def day_of(when: str) -> date:
    """The day of a date or moment, the earliest where only month or year is known."""
    return date.fromisoformat(first_day(when[:_DAY]))


def is_moment(text: str) -> bool:
    """Whether an ISO text says the hour too."""
    if len(text) <= _DAY:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
