"""What cannot be right in the holdings given."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from oust.judge.ownership.pairs import merged
from oust.judge.ownership.spans import ALWAYS, iso
from oust.judge.ownership.table import CONTROLS, OWNS, Ints, Problem, Table
from oust.model import Evidence

ROUNDING = 0.001
"""Shares rounded by their sources may sum to this much more than the whole."""


def problems_of(table: Table) -> tuple[Problem, ...]:
    """Dates out of order, companies that own themselves, companies owned to more than the whole."""
    return (*table.problems, *_selves(table), *_excess(table))


def _evidence(table: Table, rows: Iterable[int]) -> tuple[Evidence, ...]:
    found = (e for row in rows for e in table.holding(int(row)).evidence)
    return tuple(dict.fromkeys(found))


def _selves(table: Table) -> list[Problem]:
    rows = np.flatnonzero(
        (table.owner == table.owned) & ((table.basis == OWNS) | (table.basis == CONTROLS))
    )
    return [
        Problem(
            f"{table.parties.key(int(table.owner[row]))} is said to hold itself; counted as its "
            "own shares, which belong to its other holders; check who is meant",
            _evidence(table, [row]),
        )
        for row in map(int, rows)
    ]


def _excess(table: Table) -> list[Problem]:
    """Companies whose holders surely hold more than the whole on some day."""
    rows = np.flatnonzero((table.basis == OWNS) & table.direct)
    total = np.bincount(table.owned[rows], table.low[rows], table.parties.count)
    rows = rows[total[table.owned[rows]] > 1 + ROUNDING]
    rows = rows[np.argsort(table.owned[rows], kind="stable")]
    first = np.flatnonzero(np.diff(table.owned[rows], prepend=-1))
    groups = np.split(rows, first[1:]) if rows.size else []
    return [problem for group in groups for problem in _excess_of(table, group)]


def _excess_of(table: Table, rows: Ints) -> list[Problem]:
    """The worst day of one company, if its statements exceed the whole on any."""
    worst, worst_day, worst_rows = 1 + ROUNDING, 0, rows[:0]
    for day in np.unique(table.since_last[rows]):
        held = rows[(table.since_last[rows] <= day) & (table.until_first[rows] >= day)]
        ends, sure = (table.owner[held], table.owned[held]), np.ones(held.size, np.bool_)
        pairs, _, _ = merged(table.parties.count, *ends, table.low[held], table.high[held], sure)
        if pairs.low.sum() > worst:
            worst, worst_day, worst_rows = float(pairs.low.sum()), int(day), held
    if not worst_rows.size:
        return []
    company = table.parties.key(int(table.owned[rows[0]]))
    when = f" from {iso(worst_day)}" if worst_day != ALWAYS else ""
    text = (
        f"the shares in {company} sum to {worst * 100:.4g} %{when}; each is taken as possibly "
        "too high by the excess; correct the wrong one or its dates"
    )
    return [Problem(text, _evidence(table, worst_rows))]
