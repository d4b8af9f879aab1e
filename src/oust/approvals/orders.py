"""Orders by who sold what on which vehicle to whom, each way with its first few orders."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from msgspec import Struct, field

from oust.approvals.listed import evidence_of, extra_of, id_of
from oust.approvals.rows import Asked, Row, Tables, awards, sources
from oust.model import Evidence, Strength

WAYS = 1_000
"""Ways in that are told one by one; more are counted."""

FIRST = 5
"""Orders of a way that are looked at for what they bought."""

BY = ("buyer", "seller", "parent")


class Order(Struct, frozen=True):
    """One order, by its first row."""

    number: str
    since: str
    until: str
    text: str  # what was bought, in its words
    part: tuple[str, ...]
    department: str
    strength: Strength
    evidence: Evidence


class Way(Struct):
    """All orders of one agency from one seller on one vehicle."""

    buyer: str
    seller: str
    parent: str
    count: int
    first: str
    last: str
    orders: list[Order] = field(default_factory=list)


def ways(tables: Tables, asked: Asked) -> tuple[list[Way], int, list[str]]:
    """The first WAYS of them in time, how many there are, and the sellers of all of them."""
    rows = awards(tables, asked)
    place = rows.since.nullif("").fill_null("~") + "|" + _padded(rows.sid) + "|" + _padded(rows.n)
    each = rows.mutate(place=place).group_by([*BY, "award"])
    each = tables.keep(
        each.aggregate(
            place=lambda row: row.place.min(),
            first=lambda row: row.since.nullif("").min(),
            last=lambda row: row.since.max(),
            rows=lambda row: row.count(),
        )
    )
    summed = each.group_by(list(BY)).aggregate(
        count=each.award.isnull().ifelse(each.rows, 1).sum(),
        place=each.place.min(),
        first=each.first.min(),
        last=each.last.max(),
    )
    summed = tables.keep(summed)
    total = tables.rows(summed.aggregate(n=summed.count()))[0]["n"]
    chosen = tables.keep(summed.order_by("place").limit(WAYS))
    found = {
        (row["buyer"], row["seller"], row["parent"]): Way(
            *(row["buyer"], row["seller"], row["parent"], int(row["count"])),
            *(row["first"] or "", row["last"] or ""),
        )
        for row in sorted(tables.rows(chosen), key=lambda row: row["place"])
    }
    for row in _details(tables, asked, each.semi_join(chosen, list(BY))):
        found[row["by_buyer"], row["by_seller"], row["by_parent"]].orders.append(_order(row))
    sellers = tables.rows(summed.select("seller").distinct())
    return list(found.values()), int(total), sorted(row["seller"] for row in sellers)


def _padded(number: Any) -> Any:
    return number.cast("string").lpad(10, "0")


def _details(tables: Tables, asked: Asked, each: Any) -> list[Row]:
    """The first rows of each way, whole, with the firmest sighting in each."""
    import ibis

    rank = ibis.row_number().over(ibis.window(group_by=list(BY), order_by="place"))
    few = tables.rows(each.mutate(rank=rank).filter(lambda row: row.rank < FIRST))
    few.sort(key=lambda row: row["place"])
    columns = {
        "sid": pa.array([int(row["place"].split("|")[-2]) for row in few], pa.int32()),
        "n": pa.array([int(row["place"].split("|")[-1]) for row in few], pa.int32()),
        **{f"by_{name}": pa.array([row[name] for row in few], pa.string()) for name in BY},
    }
    wanted = tables.literal(pa.table(columns))
    occurrence, item = tables.table("occurrence"), tables.table("item").drop("run")
    rows = tables.rows(
        occurrence.join(wanted, ["sid", "n"]).join(item, "key").join(sources(tables), "sid")
    )
    seen = _seen(tables, asked, sorted({row["key"] for row in rows}))
    order = {(int(row["place"].split("|")[-2]), int(row["place"].split("|")[-1])): at
             for at, row in enumerate(few)}  # fmt: skip
    rows.sort(key=lambda row: order[row["sid"], row["n"]])
    return [row | seen.get(row["key"], _UNSEEN) for row in rows]


_UNSEEN: Row = {"seen_field": "", "seen_text": "", "identifier": "", "strength": "weak"}
_RANK = ("identifier", "name", "misspelt", "weak")


def _seen(tables: Tables, asked: Asked, keys: list[str]) -> dict[str, Row]:
    wanted = tables.literal(pa.table({"key": pa.array(keys, pa.string())}))
    sighting = tables.table("sighting")
    mine = sighting.filter((sighting.vendor == asked.vendor) & (sighting.mention == ""))
    mine = mine.semi_join(wanted, "key").select(
        "key", "identifier", "strength", "start", seen_field="field", seen_text="text"
    )
    rows = tables.rows(mine)
    rows.sort(key=lambda row: (-_RANK.index(row["strength"]), row["identifier"], row["start"]))
    return {row["key"]: row for row in rows}


def _order(row: Row) -> Order:
    ids = row["ids"] or ()
    return Order(
        number=id_of(row, "award") or row["name"],
        since=row["since"],
        until=row["until"],
        text=row["description"] or row["name"],
        part=tuple(one for one in ids if one.startswith(("part:", "gtin:"))),
        department=extra_of(row).get("agency") or extra_of(row).get("department", ""),
        strength=row["strength"],
        evidence=evidence_of(row),
    )
