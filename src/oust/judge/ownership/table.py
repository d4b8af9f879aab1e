"""All holdings as columns of numbers, checked as they come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from oust.errors import OustError
from oust.judge.ownership.spans import ALWAYS, FOREVER, iso, span
from oust.model import Basis, Evidence, Holding

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BASES: tuple[Basis, ...] = ("owns", "controls", "consolidates", "succeeds", "affiliate")
OWNS, CONTROLS, CONSOLIDATES, SUCCEEDS, AFFILIATE = range(5)

OPEN = 1e-7
"""How far a bound that is not reached itself (`more than 50 %`) is moved inwards. Large against
rounding in the sums, small against any share that is ever stated."""

TRACE = 1e-30
"""Least share of whoever is stated to own something of unknown size: above 0, and nothing else."""


class Problem(Struct, frozen=True):
    """Ownership data that cannot be right, and what was made of it."""

    message: str  # names the company, what is wrong, what was done, what to do
    evidence: tuple[Evidence, ...] = ()


class Parties:
    """Keys of the parties by number and the other way round; without keys, the numbers."""

    def __init__(self, keys: Sequence[str] | None, count: int) -> None:
        self.keys = keys
        self.count = count

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {key: n for n, key in enumerate(self.keys or ())}

    def key(self, number: int) -> str:
        """The key of party `number`."""
        return str(number) if self.keys is None else self.keys[number]

    def number(self, key: str) -> int | None:
        """The number of the party with this key; None if no holding names it."""
        if self.keys is not None:
            return self._numbers.get(key)
        known = key.isascii() and key.isdigit() and int(key) < self.count
        return int(key) if known else None


class Table:
    """Columns of equal length, one row a holding. `since` and `until` are spans of days."""

    def __init__(
        self,
        parties: Parties,
        columns: tuple[Ints, Ints, Ints, Floats, Floats, Bools],
        days: tuple[Ints, Ints, Ints, Ints],
        holdings: Sequence[Holding] | None = None,
        problems: Iterable[Problem] = (),
    ) -> None:
        self.parties = parties
        self.owner, self.owned, self.basis, low, high, self.direct = columns
        self.since_first, self.since_last, self.until_first, self.until_last = days
        self._holdings = holdings
        self.problems = list(problems)
        self._check(low, high)
        # a stated control without a share is control itself; with one it is a share of the votes
        self.plain = (self.basis == CONTROLS) & (low == 0) & (high == 1)
        self.low, self.high = _settled(low, high, self.basis == OWNS)

    def __len__(self) -> int:
        return len(self.owner)

    def holding(self, row: int) -> Holding:
        """The holding of that row."""
        if self._holdings is not None:
            return self._holdings[row]
        return Holding(
            owner=self.parties.key(int(self.owner[row])),
            owned=self.parties.key(int(self.owned[row])),
            basis=BASES[int(self.basis[row])],
            low=float(self.low[row]),
            high=float(self.high[row]),
            direct=bool(self.direct[row]),
            since=iso(int(self.since_first[row])),
            until=iso(int(self.until_last[row])),
        )

    def _check(self, low: Floats, high: Floats) -> None:
        # written so that a share that is no number fails too
        wrong = np.flatnonzero(~((low >= 0) & (low <= high) & (high <= 1)))
        if wrong.size:
            row = int(wrong[0])
            owner, owned = (self.parties.key(int(c[row])) for c in (self.owner, self.owned))
            place = ""
            if self._holdings is not None:
                place = "".join(f"{e.source}, {e.locator}: " for e in self._holdings[row].evidence)
            raise OustError(
                f"{place}{owner} is said to hold from {float(low[row]) * 100:.6g} % to "
                f"{float(high[row]) * 100:.6g} % of {owned}",
                "write shares from 0 to 100 %, the smaller number first",
            )


def _settled(low: Floats, high: Floats, owns: Bools) -> tuple[Floats, Floats]:
    """Bounds with what is not reached moved inwards by OPEN.

    An open bound comes as the float next to a round number. Whoever is stated to own owns
    something, so the share of a stated owner is above 0 however little is known of it.
    """
    if not low.size:
        return low, high
    apart = low < high
    near = np.round(low, 12)
    above = apart & (low > near) & (low - near <= 2 * np.spacing(near))
    floor = np.where(above, near + OPEN, low)
    near = np.round(high, 12)
    below = apart & (high < near) & (near - high <= 2 * np.spacing(near))
    roof = np.where(below, near - OPEN, high)
    floor = np.where(owns & apart, np.maximum(floor, TRACE), floor)
    return np.minimum(floor, high), np.maximum(roof, np.minimum(floor, high))


def table_of(holdings: Iterable[Holding]) -> Table:
    """Columns of stated holdings. Raises OustError for a share outside 0 to 100 %."""
    rows = list(holdings)
    numbers: dict[str, int] = {}
    for row in rows:
        numbers.setdefault(row.owner, len(numbers))
        numbers.setdefault(row.owned, len(numbers))
    problems: list[Problem] = []
    days = np.array([_days(row, problems) for row in rows], np.int32).reshape(-1, 4)
    columns = (
        np.array([numbers[row.owner] for row in rows], np.int32),
        np.array([numbers[row.owned] for row in rows], np.int32),
        np.array([BASES.index(row.basis) for row in rows], np.int8),
        np.array([row.low for row in rows], np.float64),
        np.array([row.high for row in rows], np.float64),
        np.array([row.direct for row in rows], np.bool_),
    )
    spans = (days[:, 0], days[:, 1], days[:, 2], days[:, 3])
    return Table(Parties(list(numbers), len(numbers)), columns, spans, rows, problems)


def _days(row: Holding, problems: list[Problem]) -> tuple[int, int, int, int]:
    """Spans of `since` and `until`. Wrong dates make a holding possible, not sure."""
    since, until = (ALWAYS, ALWAYS), (FOREVER, FOREVER)
    try:
        since = span(row.since) if row.since else since
        until = span(row.until) if row.until else until
    except ValueError:
        text = f"{row.owner} holds {row.owned}: {row.since or '?'} to {row.until or '?'} is no date"
        text += "; taken as possible on any day; write YYYY, YYYY-MM or YYYY-MM-DD"
        problems.append(Problem(text, row.evidence))
        return ALWAYS, FOREVER, ALWAYS, FOREVER
    if since[0] > until[1]:
        text = f"{row.owner} holds {row.owned} from {row.since} until {row.until}, which is earlier"
        text += "; taken as possible between the two; write the earlier date first"
        problems.append(Problem(text, row.evidence))
        return until[0], FOREVER, ALWAYS, since[1]
    return *since, *until
