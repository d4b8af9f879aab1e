"""Who owns, controls or belongs with whom on a date, from stated holdings.

How it counts, and why: docs/how-ownership-is-tested.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from oust.errors import OustError
from oust.judge.ownership.closure import Closure, Found
from oust.judge.ownership.day import Day
from oust.judge.ownership.decision import Decision
from oust.judge.ownership.problems import problems_of
from oust.judge.ownership.snapshot import Snapshot
from oust.judge.ownership.spans import ALWAYS, FOREVER, span
from oust.judge.ownership.table import BASES, Parties, Problem, Table, table_of
from oust.model import Holding

__all__ = [
    "ALWAYS",
    "BASES",
    "FOREVER",
    "Closure",
    "Decision",
    "Found",
    "Ownership",
    "Problem",
    "Snapshot",
]


LARGE = 100_000
Key = TypeVar("Key")


class Ownership:
    """Holdings over time. `on` gives what holds on one date."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._by_date: dict[str, Snapshot] = {}
        self._by_rows: dict[tuple[bytes, bytes], Snapshot] = {}
        self._keep = 256 if len(table) < LARGE else 2  # a large snapshot takes 100s of MB

    @classmethod
    def of(cls, holdings: Iterable[Holding]) -> Ownership:
        """From stated holdings. Raises OustError for a share outside 0 to 100 %."""
        return cls(table_of(holdings))

    @classmethod
    def from_arrays(
        cls,
        owner: ArrayLike,
        owned: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        *,
        since: ArrayLike | None = None,
        until: ArrayLike | None = None,
        basis: ArrayLike | None = None,
        direct: ArrayLike | None = None,
        keys: Sequence[str] | None = None,
    ) -> Ownership:
        """From columns of equal length, one entry a holding.

        `owner`, `owned`: party numbers from 0. `low`, `high`: fractions of 1. `since`, `until`:
        first and last day, days since 1970-01-01, ALWAYS and FOREVER where open. `basis`:
        position in BASES (default `owns`). `keys`: the parties' keys; default their numbers.
        Raises OustError for columns that do not fit and for a share outside 0 to 100 %.
        """
        size = np.size(owner)

        def column(values: ArrayLike | None, kind: type[Any], default: int) -> Any:
            found = np.full(size, default, kind) if values is None else np.asarray(values, kind)
            if found.shape != (size,):
                raise OustError("columns of holdings differ in length", "give one value a holding")
            return found

        ends = column(owner, np.int32, 0), column(owned, np.int32, 0)
        count = max((int(c.max()) + 1 for c in ends if c.size), default=0)
        if any(int(c.min()) < 0 for c in ends if c.size) or (keys and len(keys) < count):
            raise OustError("a holding names a party that has no key", "number parties from 0")
        first, last = column(since, np.int32, ALWAYS), column(until, np.int32, FOREVER)
        code = column(basis, np.int8, 0)
        if code.size and (code.min() < 0 or code.max() >= len(BASES)):
            raise OustError("a holding has a basis that does not exist", f"use one of {BASES}")
        shares = column(low, np.float64, 0), column(high, np.float64, 1)
        columns = (*ends, code, *shares, column(direct, np.bool_, 1))
        parties = Parties(keys, len(keys) if keys else count)
        return cls(Table(parties, columns, (first, first, last, last)))

    def knows(self, key: str) -> bool:
        """Whether any holding, on whatever date, names this party."""
        return self.table.parties.number(key) is not None

    def on(self, date: str) -> Snapshot:
        """What holds on `date`; on a month or year, what surely and possibly holds within it.

        Raises OustError if it is no ISO date.
        """
        if date not in self._by_date:
            try:
                first, last = span(date)
            except ValueError:
                raise OustError(f"{date!r} is no date", "write YYYY-MM-DD") from None
            _store(self._by_date, date, self._within(first, last), self._keep)
        return self._by_date[date]

    def _within(self, first: int, last: int) -> Snapshot:
        table = self.table
        may = (table.since_first <= last) & (table.until_last >= first)
        rows = np.flatnonzero(may)
        sure = (table.since_last[rows] <= first) & (table.until_first[rows] >= last)
        # most dates see the same holdings as the date before
        key = np.packbits(may).tobytes(), np.packbits(sure).tobytes()
        if key not in self._by_rows:
            _store(self._by_rows, key, Snapshot(Day(table, rows, sure)), self._keep)
        return self._by_rows[key]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Statements that cannot be right, each with its evidence."""
        return problems_of(self.table)


def _store(cache: dict[Key, Snapshot], key: Key, value: Snapshot, keep: int) -> None:
    """Keep `value`, dropping the oldest beyond `keep`."""
    cache[key] = value
    while len(cache) > keep:
        del cache[next(iter(cache))]
