"""Orders by agency and year, added up in the engine; no row is counted twice.

Everything is grouped by agency, year, currency and award first. Only awards that more than one
source holds are then looked at row by row:
- Of rows with the same award number, the same vehicle, modification and line, those of one source
  count: of the source that says it was collected last, else of the first by path. A row without
  modification is the same if it has the same date and amount.
- A row without modification is the award's total where another source has its modifications, and
  does not count beside them.
- Subawards are compared with subawards only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from oust.approvals.rows import Asked, Row, Tables, awards, named, rows_of_named, said
from oust.approved import Agency, Aside, Repeated, Sum, Year

BY = ("buyer", "year", "currency")


class Timeline(Struct):
    """Agencies by what they ordered, what was left aside, and what was said twice."""

    agencies: tuple[Agency, ...]
    repeated: Repeated


def timeline(tables: Tables, asked: Asked, key_of: Callable[[str], str]) -> Timeline:
    """Orders by agency and year. Agencies whose names have one key are one."""
    groups, awarded, repeated = counted(tables, asked)
    return Timeline(tuple(_agencies(groups, awarded, key_of)), repeated)


def counted(tables: Tables, asked: Asked) -> tuple[list[Row], dict[str, int], Repeated]:
    """Groups of BY, each with awards, rows, value, unknown, first and last; awards by buyer, an
    award of several years once; and what was left out.
    """
    rows = awards(tables, asked)
    single = tables.keep(_by_award(rows))
    facts = tables.rows(
        single.aggregate(
            bare=single.rows.sum(where=single.award.isnull()),
            low=single.low.min(),
            high=single.high.max(),
        )
    )[0]
    without = int(facts["bare"] or 0)
    twice = _in_several(tables, single) if facts["low"] != facts["high"] else None
    if twice is None:
        return (
            tables.rows(_summed(single)),
            _awarded(tables, single),
            Repeated(without_number=without),
        )
    exact = tables.keep(_told_apart(awards(tables, asked, twice)))
    once = _by_award(exact.filter(exact.counts))
    whole = single.anti_join(twice, "award").union(once)
    left = exact.filter(~exact.counts)
    facts = tables.rows(
        left.aggregate(rows=left.count(), totals=left.total.sum(), differing=left.differs.sum())
    )[0]
    found = {name: int(facts[name] or 0) for name in ("rows", "totals", "differing")}
    again = Repeated(without_number=without, **found)
    return tables.rows(_summed(whole)), _awarded(tables, whole), again


def _by_award(rows: Any) -> Any:
    """One row for each award in each group; rows without a number are awards of their own."""
    return rows.group_by([*BY, "award"]).aggregate(
        rows=rows.count(),
        value=rows.money.sum(),
        unknown=rows.count(where=rows.money.isnull()),
        first=rows.since.nullif("").min(),
        last=rows.since.max(),
        low=rows.sid.min(),
        high=rows.sid.max(),
    )


def _summed(groups: Any) -> Any:
    return groups.group_by(list(BY)).aggregate(
        awards=groups.award.isnull().ifelse(groups.rows, 1).sum(),
        rows=groups.rows.sum(),
        value=groups.value.sum(),
        unknown=groups.unknown.sum(),
        first=groups.first.min(),
        last=groups.last.max(),
    )


def _awarded(tables: Tables, groups: Any) -> dict[str, int]:
    """Distinct awards by buyer."""
    each = groups.group_by(["buyer", "award"]).aggregate(rows=groups.rows.sum())
    count = each.award.isnull().ifelse(each.rows, 1).sum()
    rows = tables.rows(each.group_by("buyer").aggregate(awards=count))
    return {row["buyer"]: int(row["awards"]) for row in rows}


def _in_several(tables: Tables, single: Any) -> Any:
    """Awards that more than one source holds; None if there are none."""
    numbered = single.filter(single.award.notnull())
    spans = numbered.group_by("award").aggregate(low=numbered.low.min(), high=numbered.high.max())
    several = tables.keep(spans.filter(spans.low < spans.high).select("award"))
    return several if tables.rows(several.limit(1)) else None


def _told_apart(rows: Any) -> Any:
    """Rows with `counts`, and of those that do not: `total` or `differs`, as 0 or 1."""
    import ibis

    change, line = said(rows.extra, "modification"), said(rows.extra, "line")
    sub = said(rows.extra, "prime") != ""
    text = rows.money.cast("string").fill_null("?")
    same = (change != "").ifelse(change, rows.since + "/" + text)
    rows = rows.mutate(change=change, line=line, sub=sub, same=same, text=text)
    rows = rows.select(*BY, "award", "since", "money", "sid", "source", "collected",
                       "change", "line", "sub", "same", "text")  # fmt: skip
    alike = ["award", "sub", "same", "line"]
    newest = ibis.window(group_by=alike, order_by=[rows.collected.desc(), rows.source, rows.sid])
    ranked = rows.mutate(
        rank=ibis.dense_rank().over(newest),
        chosen=rows.text.first().over(newest),
        changed=(rows.change != "").any().over(ibis.window(group_by=["award", "sub"])),
    )
    total = ranked.changed & (ranked.change == "")
    counts = (ranked.rank == 0) & ~total
    differs = ~counts & ~total & (ranked.text != ranked.chosen)
    return ranked.mutate(
        counts=counts, total=total.cast("int64"), differs=differs.cast("int64")
    ).drop("rank", "chosen", "changed")


# agencies


class _Gathered(Struct):
    names: dict[str, int] = field(default_factory=dict)
    groups: list[Row] = field(default_factory=list)


def _agencies(
    groups: Iterable[Row], awarded: Mapping[str, int], key_of: Callable[[str], str]
) -> Iterable[Agency]:
    by_key: dict[str, _Gathered] = {}
    for row in groups:
        one = by_key.setdefault(key_of(row["buyer"]) if row["buyer"] else "", _Gathered())
        one.names[row["buyer"]] = one.names.get(row["buyer"], 0) + row["rows"]
        one.groups.append(row)
    found = [_agency(one, awarded) for one in by_key.values()]
    return sorted(found, key=lambda agency: (agency.first or "~", agency.name))


def _agency(one: _Gathered, awarded: Mapping[str, int]) -> Agency:
    names = sorted(one.names, key=lambda name: (-one.names[name], name))
    years = [
        _year(year, [row for row in one.groups if (row["year"] or "") == year])
        for year in sorted({row["year"] or "" for row in one.groups})
    ]
    peak, by = _peak(years)
    dates = [row["first"] for row in one.groups if row["first"]]
    return Agency(
        name=names[0],
        names=tuple(names),
        first=min(dates, default=""),
        last=max((row["last"] or "" for row in one.groups), default=""),
        peak=peak,
        peak_by=by,
        awards=sum(awarded.get(name, 0) for name in names),
        rows=sum(year.rows for year in years),
        sums=_sums(one.groups),
        years=tuple(years),
    )


def _year(year: str, groups: list[Row]) -> Year:
    awards, rows = (int(sum(row[name] for row in groups)) for name in ("awards", "rows"))
    return Year(year=year, awards=awards, rows=rows, sums=_sums(groups))


def _sums(groups: Iterable[Row]) -> tuple[Sum, ...]:
    """Amounts by currency; one that nobody states counts as a currency of its own."""
    value: dict[str, Decimal] = {}
    unknown: dict[str, int] = {}
    for row in groups:
        currency = row["currency"] or ""
        value[currency] = value.get(currency, Decimal(0)) + (row["value"] or Decimal(0))
        unknown[currency] = unknown.get(currency, 0) + int(row["unknown"])
    return tuple(
        Sum(currency=one, value=value[one].normalize() + 0, unknown=unknown[one])
        for one in sorted(value)
    )


def _peak(years: list[Year]) -> tuple[str, str]:
    """The year with the largest value in the currency most used; with most awards if none has."""
    dated = [year for year in years if year.year]
    currencies = [one.currency for year in dated for one in year.sums if one.value]
    if not currencies:
        best = max(dated, key=lambda year: year.awards, default=None)
        return (best.year, "awards") if best else ("", "")
    currency = max(sorted(set(currencies)), key=currencies.count)

    def worth(year: Year) -> Decimal:
        return sum((one.value for one in year.sums if one.currency == currency), Decimal(0))

    return max(dated, key=worth).year, f"value {currency}".rstrip()


def asides(tables: Tables, asked: Asked) -> tuple[Aside, ...]:
    """Awards that name the vendor and do not count, by the reason."""
    why = named(tables, asked)
    rows = rows_of_named(tables, asked, why)
    found = rows.group_by("reason").aggregate(
        rows=rows.count(),
        awards=rows.award.nunique() + rows.count(where=rows.award.isnull()),
        first=rows.since.nullif("").min(),
        last=rows.since.max(),
    )
    ordered = sorted(tables.rows(found), key=lambda row: (-row["rows"], row["reason"]))
    return tuple(
        Aside(
            reason=row["reason"],
            awards=int(row["awards"]),
            rows=int(row["rows"]),
            first=row["first"] or "",
            last=row["last"] or "",
        )
        for row in ordered
    )
