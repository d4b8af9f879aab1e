"""Look records up again: by where they stand, or by the package URL they carry."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from oust.link.gather import Row, Tables
from oust.model import Evidence, Record


def records_of(
    tables: Tables, evidence: Iterable[Evidence], purls: Iterable[str] = ()
) -> list[tuple[Evidence, Record]]:
    """Every record at these places, and every one with one of these package URLs.

    Each with its place (source, locator, digest), once, by source and then by order in it. What
    stands there no more gives nothing.
    """
    item, occurrence = tables.table("item").drop("run"), tables.table("occurrence")
    source = tables.table("source")
    source = source.filter(source.current).select("sid", "sha256", source="path")
    rows: list[Row] = []
    if places := sorted({(one.source, one.locator) for one in evidence}):
        columns = {"source": [a for a, _ in places], "locator": [b for _, b in places]}
        schema = pa.schema([("source", pa.string()), ("locator", pa.string())])
        wanted = tables.literal(pa.table(columns, schema=schema))
        there = occurrence.join(source, "sid").semi_join(wanted, ["source", "locator"])
        rows += tables.rows(there.join(item, "key"))
    if named := sorted({purl for purl in purls if purl}):
        wanted = tables.literal(pa.table({"purl": pa.array(named, pa.string())}))
        carrying = item.semi_join(wanted, "purl")
        rows += tables.rows(occurrence.join(carrying, "key").join(source, "sid"))
    distinct = {(row["source"], row["n"]): row for row in rows}
    return [_placed(distinct[place]) for place in sorted(distinct)]


def _placed(row: Row) -> tuple[Evidence, Record]:
    fields = {name: row[name] for name in Record.__struct_fields__}
    fields |= {name: tuple(row[name] or ()) for name in ("ids", "urls")}
    return Evidence(row["source"], row["locator"], sha256=row["sha256"]), Record(**fields)
