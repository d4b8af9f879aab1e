"""Dates known to the year, month or day, compared as far as that goes."""

from __future__ import annotations


def before(first: str, second: str) -> bool | None:
    """Whether `first` lies before `second`; None if that cannot be told from what is known."""
    if not first or not second:
        return None
    shared = min(len(first), len(second))
    if first[:shared] != second[:shared]:
        return first[:shared] < second[:shared]
    return False if len(first) == len(second) else None


def ended(until: str, day: str) -> bool:
    """Whether something that lasted through `until` is surely over on `day`."""
    return before(until, day) is True
