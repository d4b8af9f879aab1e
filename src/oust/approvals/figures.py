"""Totals that somebody states, beside each other and beside what was read. None is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from oust.approvals.listed import evidence_of, extra_of
from oust.approvals.rows import Row
from oust.approved import Agency, Figure, Sum

BOUNDS = ("bound", "comparison", "qualifier")


def figures(
    rows: Iterable[Row], agencies: Sequence[Agency], key_of: Callable[[str], str]
) -> tuple[Figure, ...]:
    """Stated figures by what they are of and when they were stated."""
    found = [_figure(row, agencies, key_of) for row in rows if row["type"] == "figure"]
    return tuple(sorted(found, key=lambda one: (one.of, one.since, one.buyer, one.by, one.amount)))


def _figure(row: Row, agencies: Sequence[Agency], key_of: Callable[[str], str]) -> Figure:
    said = extra_of(row)
    bound = next((said[name] for name in BOUNDS if said.get(name)), "")
    amount = said.get("amount_text", "") or f"{bound} {row['amount']}".strip()
    whose = _matching(row["buyer"], agencies, key_of)
    of_money = bool(row["amount"] or said.get("currency") or row["buyer"])
    conflicts = said.get("conflicts_with", "")
    return Figure(
        name=row["name"],
        amount=amount,
        of=said.get("of", ""),
        by=said.get("by", ""),
        buyer=row["buyer"],
        since=row["since"],
        until=row["until"],
        currency=said.get("currency", ""),
        tier=said.get("tier", ""),
        origin=said.get("source", ""),
        conflicts=tuple(one.strip() for one in conflicts.split(";") if one.strip()),
        urls=tuple(row["urls"] or ()),
        seen=total(whose) if of_money else (),
        seen_of=(f"orders of {row['buyer']}" if row["buyer"] else "all orders") * of_money,
        evidence=(evidence_of(row),),
    )


def _matching(
    buyer: str, agencies: Sequence[Agency], key_of: Callable[[str], str]
) -> Sequence[Agency]:
    if not buyer:
        return agencies
    return [one for one in agencies if key_of(buyer) in map(key_of, filter(None, one.names))]


def total(agencies: Iterable[Agency]) -> tuple[Sum, ...]:
    """Amounts of these agencies by currency."""
    value: dict[str, Decimal] = {}
    unknown: dict[str, int] = {}
    for agency in agencies:
        for one in agency.sums:
            value[one.currency] = value.get(one.currency, Decimal(0)) + one.value
            unknown[one.currency] = unknown.get(one.currency, 0) + one.unknown
    return tuple(Sum(currency=one, value=value[one], unknown=unknown[one]) for one in sorted(value))
