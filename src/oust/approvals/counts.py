"""How many approvals a vendor has, by type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from oust.approvals.listed import distinct, once
from oust.approvals.rows import Row, Tables, approvals


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """Approvals by type, most frequent first."""
    found = Counter(row["type"] or "approval" for row in rows)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def counts(tables: Tables, vendors: Sequence[str]) -> dict[str, dict[str, int]]:
    """The same for each of these vendors that has any."""
    some: Any = tables.table("item")
    if not tables.rows(some.filter(some.kind == "approval").select("kind").limit(1)):
        return {}
    found = {vendor: counted(once(distinct(approvals(tables, vendor))[0])) for vendor in vendors}
    return {vendor: types for vendor, types in found.items() if types}
