"""Dates known in part, as spans of days, and whether a holding holds within them."""

from __future__ import annotations

import calendar
from datetime import date
from functools import cache

EPOCH = date(1970, 1, 1).toordinal()
ALWAYS = -(2**31)
"""Day number of a holding that has always held; days count from 1970-01-01."""
FOREVER = 2**31 - 1
"""Day number of a holding that has not ended."""


@cache
def span(text: str) -> tuple[int, int]:
    """First and last day that ISO `text` can mean, as day numbers: `2016-09` is a whole month.

    Raises ValueError if it is no date.
    """
    year = int(text[:4])
    if len(text) == 4:
        return _day(year, 1, 1), _day(year, 12, 31)
    month = int(text[5:7])
    if len(text) == 7 and text[4] == "-":
        return _day(year, month, 1), _day(year, month, calendar.monthrange(year, month)[1])
    exact = date.fromisoformat(text[:10]).toordinal() - EPOCH
    return exact, exact


def _day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal() - EPOCH


def iso(day: int) -> str:
    """The day as ISO text; empty for the open ends."""
    return "" if day in (ALWAYS, FOREVER) else date.fromordinal(day + EPOCH).isoformat()
