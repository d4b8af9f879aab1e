"""What this stage asks of the tables, as Ibis expressions: approvals, and rows of awards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import pyarrow as pa
from msgspec import Struct

Row = dict[str, Any]

MONEY, LARGE = "decimal(18, 4)", "decimal(38, 4)"
"""Money is added as decimals, never as binary fractions, to a hundredth of a cent. The engine
reads the smaller kind five hundred times as fast; only what does not fit is read as the larger."""

PUNCTUATION = "- ./_"
"""What contract numbers are written with and without: GS-35F-0119Y is GS35F0119Y."""

UNIT_PRICED = "item"
"""Type of award lines whose amount is the price of one."""


class Tables(Protocol):
    """The part of the store that this stage uses."""

    def table(self, name: str) -> Any:
        """A table expression."""

    def rows(self, expression: Any) -> list[Row]:
        """The rows of an expression as dictionaries."""

    def literal(self, rows: pa.Table) -> Any:
        """Given rows as a table expression."""

    def keep(self, expression: Any) -> Any:
        """An expression worked out once, as a table expression."""


class Asked(Struct, frozen=True):
    """Whose awards are asked for, and which records in awards buy nothing."""

    vendor: str
    absent: tuple[str, ...] = ()  # types such as `tender`


def number_key(text: str) -> str:
    """A contract number as compared."""
    return text.translate(str.maketrans("", "", PUNCTUATION)).upper()


def sources(tables: Tables) -> Any:
    """Sources that count, as `sid`, `source`, `sha256`, `collected`."""
    table = tables.table("source")
    return table.filter(table.current).select("sid", "sha256", "collected", source="path")


def said(extra: Any, name: str) -> Any:
    """The text under `name` in a JSON object of strings; parsed only where it is there."""
    there = extra.contains(f'"{name}":')
    return there.ifelse(extra.cast("json")[name].str, None).fill_null("")


def _first(ids: Any, scheme: str, place: int) -> Any:
    """The first id of a scheme; null if there is none. Looked for at its usual place first."""
    usual = ids[place]
    others = ids.filter(lambda one: one.startswith(f"{scheme}:"))
    return usual.startswith(f"{scheme}:").ifelse(usual, others[0])


def _plain(text: Any) -> Any:
    """number_key as an expression; taken apart only where there is punctuation."""
    upper, marked = text.upper(), text.contains(PUNCTUATION[0])
    for one in PUNCTUATION[1:]:
        marked = marked | text.contains(one)
    return marked.ifelse(upper.translate(PUNCTUATION, ""), upper)


def _money(amount: Any) -> Any:
    small = amount.try_cast(MONEY)
    large = (small.isnull() & (amount != "")).ifelse(amount.try_cast(LARGE), None)
    return small.cast(LARGE).coalesce(large)


def approvals(tables: Tables, vendor: str) -> list[Row]:
    """Approvals in which the vendor was sighted: once for each sighting and occurrence."""
    item, sighting = tables.table("item").drop("run"), tables.table("sighting")
    seen = sighting.filter(sighting.vendor == vendor).rename(
        seen_field="field", seen_text="text", seen_relation="relation"
    )
    found = seen.join(item.filter(item.kind == "approval"), "key")
    rows = tables.rows(found.join(tables.table("occurrence"), "key").join(sources(tables), "sid"))
    return sorted(rows, key=lambda row: (row["source"], row["n"], row["identifier"], row["start"]))


def naming(tables: Tables, words: Iterable[str]) -> list[Row]:
    """Listings and certificates, whoever made the product, whose name holds one of these words."""
    item = tables.table("item").drop("run")
    item = item.filter((item.kind == "approval") & item.type.isin(["listing", "certification"]))
    wanted = [item.name.lower().contains(word) for word in sorted(set(words)) if word]
    if not wanted:
        return []
    some = wanted[0]
    for one in wanted[1:]:
        some = some | one
    found = item.filter(some).join(tables.table("occurrence"), "key")
    rows = tables.rows(found.join(sources(tables), "sid"))
    return sorted(rows, key=lambda row: (row["source"], row["n"]))


def vehicles(tables: Tables) -> list[Row]:
    """Every approval that is a vehicle: few, whoever sells on it."""
    item = tables.table("item").drop("run")
    found = item.filter((item.kind == "approval") & (item.type == "vehicle"))
    rows = tables.rows(found.join(tables.table("occurrence"), "key").join(sources(tables), "sid"))
    return sorted(rows, key=lambda row: (row["source"], row["n"]))


def contracts(tables: Tables, numbers: Iterable[str]) -> list[Row]:
    """Awards that are themselves the contracts with these numbers (as number_key gives them)."""
    wanted = tables.literal(pa.table({"number": pa.array(sorted(set(numbers)), pa.string())}))
    item = tables.table("item").drop("run")
    found = item.filter((item.kind == "award") & (item.name != ""))
    found = found.mutate(number=found.name.translate(PUNCTUATION, "").upper())
    found = found.semi_join(wanted, "number")
    rows = tables.rows(found.join(tables.table("occurrence"), "key").join(sources(tables), "sid"))
    return sorted(rows, key=lambda row: (row["number"], row["since"], row["source"], row["n"]))


def sighted(tables: Tables, asked: Asked) -> Any:
    """Keys of things in which the vendor was sighted and counts."""
    sighting = tables.table("sighting")
    mine = sighting.filter((sighting.vendor == asked.vendor) & (sighting.mention == ""))
    return mine.select("key")


def named(tables: Tables, asked: Asked) -> Any:
    """Key and reason of things that name the vendor without counting, in any sighting."""
    sighting = tables.table("sighting")
    mine = sighting.filter((sighting.vendor == asked.vendor) & (sighting.mention != ""))
    mine = mine.anti_join(sighted(tables, asked), "key")
    return mine.group_by("key").aggregate(reason=mine.mention.min())


def awards(tables: Tables, asked: Asked, only: Any = None) -> Any:
    """Rows of awards in which the vendor was sighted and counts, as `bought` gives them.

    A line that names neither buyer nor date stands for its award, whose value is not the line's.
    """
    rows = bought(tables, asked, sighted(tables, asked), only)
    lines = tables.keep(_unplaced(tables, asked))
    if not tables.rows(lines.limit(1)):
        return rows
    item = tables.table("item")
    others = item.filter(item.kind == "award").semi_join(lines, "name")
    others = others.anti_join(sighted(tables, asked), "key").select("key")
    whole = bought(tables, asked, others, only).filter(lambda row: row.role != "line")
    whole = whole.semi_join(lines, ["sid", "name"]).mutate(money=rows.money.type().null())
    placed = (rows.type != UNIT_PRICED) | (rows.buyer != "")
    bare = rows.filter(~placed).anti_join(bought(tables, asked, others), ["sid", "name"])
    return rows.filter(placed).union(bare).union(whole)


def bought(tables: Tables, asked: Asked, keys: Any, only: Any = None) -> Any:
    """Rows of awards among the things with `keys`; `only`: those awards, as `award` names them.

    `award`: number and that of the contract it was placed on, without punctuation; null where
    the row has none. `money` is null where there is no amount that can be added.
    """
    item, occurrence = tables.table("item"), tables.table("occurrence")
    things = item.filter((item.kind == "award") & ~item.type.isin(sorted(asked.absent)))
    things = _thing(things.semi_join(keys, "key"))
    if only is not None:
        things = things.filter(things.award.isin(only.award))
    places = occurrence.filter(~occurrence.role.isin(["tool", "author"]))
    places = places.select("key", "sid", "n", "role", "since", "extra")
    joined = places.join(things, "key").join(sources(tables).drop("sha256"), "sid")
    return joined.mutate(year=joined.since.left(4), currency=said(joined.extra, "currency"))


def rows_of_named(tables: Tables, asked: Asked, why: Any) -> Any:
    """Rows of awards that name the vendor without counting, with the reason."""
    return bought(tables, asked, why).join(why, "key")


def _thing(item: Any) -> Any:
    """What is asked of an award itself, worked out before it is joined, to carry less."""
    ids, line = item.ids, item.type == UNIT_PRICED
    number, parent = _first(ids, "award", 0), _first(ids, "parent-award", 1).fill_null("")
    number = number.fill_null((line & (item.name != "")).ifelse("award:" + item.name, None))
    parent = parent.replace("parent-award:", "")
    return item.select(
        *("key", "name", "type", "buyer", "seller"),
        award=_plain(number + "|" + parent),
        parent=parent,
        money=line.ifelse(None, _money(item.amount)),
    )


def _unplaced(tables: Tables, asked: Asked) -> Any:
    """Source and award of lines in which the vendor was sighted and that name no buyer."""
    item, occurrence = tables.table("item"), tables.table("occurrence")
    lines = item.filter((item.kind == "award") & (item.buyer == "") & (item.type == UNIT_PRICED))
    lines = lines.semi_join(sighted(tables, asked), "key").select("key", "name")
    places = occurrence.filter(occurrence.role == "line")
    return places.join(lines, "key").select("sid", "name").distinct()


def own_sellers(tables: Tables, asked: Asked) -> frozenset[str]:
    """Names of sellers that are the vendor itself, by name or number."""
    sighting, item = tables.table("sighting"), tables.table("item")
    numbered = (sighting.field == "ids") & (sighting.relation == "is")
    mine = sighting.filter((sighting.vendor == asked.vendor) & (sighting.mention == ""))
    mine = mine.filter((mine.field == "seller") | numbered)
    sold = item.filter(item.kind.isin(["award", "approval"]) & (item.seller != ""))
    found = tables.rows(sold.semi_join(mine, "key").select("seller").distinct())
    return frozenset(row["seller"] for row in found)


def orders_at_most(tables: Tables, asked: Asked, limit: int) -> bool:
    """Whether no more than `limit` awards hold a sighting that counts."""
    item = tables.table("item")
    mine = item.filter(item.kind == "award").semi_join(sighted(tables, asked), "key")
    some = mine.select("key").limit(limit + 1)
    return int(tables.rows(some.aggregate(n=some.count()))[0]["n"]) <= limit
