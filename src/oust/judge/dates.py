"""Dates known only in part: a day, a month or a year of ISO 8601, compared without guessing."""

from __future__ import annotations

import calendar
from functools import cache

from oust.model import Answer


@cache
def first_day(date: str) -> str:
    """The earliest day that `date` can mean: `2018-10` gives `2018-10-01`; empty stays empty."""
    return date + "-01-01"[len(date) - 4 :] if len(date) in (4, 7) else date[:10]


@cache
def last_day(date: str) -> str:
    """The latest day that `date` can mean: `2018-10` gives `2018-10-31`."""
    if len(date) == 4:
        return date + "-12-31"
    if len(date) == 7:
        days = calendar.monthrange(int(date[:4]), int(date[5:]))[1]
        return f"{date}-{days:02}"
    return date[:10]


@cache
def reached(day: str, date: str) -> Answer:
    """Whether `day`, known exactly, is on or after `date`; `unknown` within its uncertain span."""
    if day >= last_day(date):
        return "yes"
    return "no" if day < first_day(date) else "unknown"


@cache
def passed(day: str, date: str) -> Answer:
    """Whether `day` is after `date`; an empty date never passes."""
    if not date:
        return "no"
    if day > last_day(date):
        return "yes"
    return "no" if day <= first_day(date) else "unknown"


@cache
def before(date: str, limit: str) -> Answer:
    """Whether something that happened on `date` (empty: no one knows when) was before `limit`."""
    if not date:
        return "unknown"
    if last_day(date) < first_day(limit):
        return "yes"
    return "no" if first_day(date) >= last_day(limit) else "unknown"
