"""Which occurrences of a deadline to tell: the last one past, and those of the months to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from msgspec import Struct, structs

from oust.data.rule import Deadline
from oust.judge.calendar import add_months
from oust.judge.counting import Counted, Place, amount, counted, day_of
from oust.judge.dates import last_day


class Occurrence(Struct, frozen=True):
    """One time that a deadline falls due."""

    number: int  # from 0; of a yearly date its year
    at: Counted
    says: str = ""  # how it follows from the first


class Window(Struct, frozen=True):
    """What to tell of a series: the last before `today`, then all up to `horizon`.

    `over` is the last day of the series as far as known, empty if it has none.
    """

    today: date
    horizon: date
    over: str = ""

    @classmethod
    def of(cls, as_of: str, months: int, over: str) -> Window:
        """From `as_of`, an ISO date, for so many months."""
        today = date.fromisoformat(as_of)
        try:
            horizon = add_months(today, months)
        except OverflowError:
            horizon = date.max
        return cls(today, horizon, over)

    def ended(self, day: date) -> bool:
        """Whether the series ended before `day`."""
        return bool(self.over) and day.isoformat() > last_day(self.over)

    @property
    def edge(self) -> date:
        """The day before which the last past occurrence is sought."""
        if not self.ended(self.today):
            return self.today
        return date.fromisoformat(last_day(self.over)) + timedelta(days=1)


def repeated(
    deadline: Deadline, first: Counted | None, since: date, window: Window, place: Place
) -> Iterator[Occurrence]:
    """The occurrences to tell of a deadline that repeats, in order.

    `first` is the first one; None where the rule gives only a day of each year, which then counts
    from `since` on.
    """
    if deadline.every_date:
        yield from _shown(_yearly(deadline.every_date, first, since, window), window)
    elif first is not None and deadline.every_n:
        yield from _stepped(deadline, first, window, place)


def _yearly(
    month_day: str, first: Counted | None, since: date, window: Window
) -> Iterator[Occurrence]:
    """`03-31` of each year after the first occurrence; 29 February is the 28th of other years."""
    start = since
    if first is not None:
        start = day_of(first.latest)
        yield Occurrence(0, first)
    leap = date.fromisoformat(f"2000-{month_day}")
    for year in range(max(start.year, window.edge.year - 1), window.horizon.year + 1):
        day = add_months(leap, (year - leap.year) * 12)
        if day > start or (first is None and day == start):
            text = day.isoformat()
            yield Occurrence(year, Counted(text, text), f"every year on {month_day}")


def _shown(series: Iterator[Occurrence], window: Window) -> Iterator[Occurrence]:
    last: Occurrence | None = None
    for one in series:
        day = day_of(one.at.when)
        if window.ended(day) or day > window.horizon:
            break
        if day < window.today:
            last = one
            continue
        if last is not None:
            yield last
            last = None
        yield one
    if last is not None:
        yield last


def _stepped(
    deadline: Deadline, first: Counted, window: Window, place: Place
) -> Iterator[Occurrence]:
    """Each counted from the first, not from the one before, so that month ends do not drift."""
    step = amount(deadline.every_n, deadline.every_unit)

    def at(number: int) -> Occurrence:
        if number == 0:
            return Occurrence(0, first)
        count = number * deadline.every_n
        there = counted(first.when, count, deadline.every_unit, place)
        if not first.exact:
            late = counted(first.latest, count, deadline.every_unit, place)
            there = structs.replace(there, latest=late.latest)
        says = f"every {step} after {first.when}, number {number + 1}"
        return Occurrence(number, there, says)

    number = max(_first_from(window.edge, at) - 1, 0)
    return _shown(_onward(number, at), window)


def _onward(number: int, at: Callable[[int], Occurrence]) -> Iterator[Occurrence]:
    while True:
        try:
            yield at(number)
        except OverflowError:  # the calendar ends
            return
        number += 1


def _first_from(today: date, at: Callable[[int], Occurrence]) -> int:
    """The number of the first occurrence on or after `today`, by halving."""

    def past(number: int) -> bool:
        try:
            return day_of(at(number).at.when) < today
        except OverflowError:
            return False

    low, high = -1, 1
    while past(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if past(middle) else (low, middle)
    return high
