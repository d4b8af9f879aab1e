"""First to last: what let the vendor in or shut it out, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from oust.approvals.chains import Host
from oust.approvals.listed import approval, evidence_of
from oust.approvals.orders import Way
from oust.approvals.rows import Row
from oust.approved import Agency, Step

KEPT = 3
"""Pieces of evidence kept with a step."""


def steps(
    approvals: Sequence[Row],
    agencies: Iterable[Agency],
    ways: Sequence[Way],
    hosts: Sequence[Host],
) -> tuple[Step, ...]:
    """Every step; those without a date at the end."""
    found = [*_listings(approvals), *_stated(approvals)]
    found += _orders(agencies, ways)
    if hosts and hosts[0].since:
        first = hosts[0]
        says = f"{first.product} on {first.name}"
        found.append(Step(when=first.since, kind="first installed", says=says,
                          agency=first.operator, evidence=(first.evidence,)))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.when or "~", one.kind, one.agency, one.says)))


def _listings(approvals: Iterable[Row]) -> Iterator[Step]:
    """Price lists: one step for each vehicle, holder and date."""
    lists: dict[tuple[str, str, str], list[Row]] = {}
    for row in approvals:
        if row["type"] == "listing":
            one = approval(row)
            lists.setdefault((one.vehicle, row["seller"], row["since"]), []).append(row)
    for (vehicle, seller, since), rows in lists.items():
        first = approval(rows[0])
        more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        on = f" on {vehicle}" if vehicle else ""
        by = f" by {seller}" if seller else ""
        ends = max((row["until"] for row in rows), default="")
        yield Step(when=since, kind="listing", says=f"{first.name}{more} listed{on}{by}",
                   until=ends, evidence=tuple(evidence_of(row) for row in rows[:KEPT]))  # fmt: skip


def _stated(approvals: Iterable[Row]) -> Iterator[Step]:
    """Certificates, authorisations, exclusions, stated contracts: one step each."""
    for row in approvals:
        if row["type"] in ("listing", "figure"):
            continue
        one = approval(row)
        by = one.authority or (f"sold by {one.holder}" if one.holder else "")
        name = f"{one.name} {one.version}" if one.version and one.version not in one.name else (
            one.name)  # fmt: skip
        says = ", ".join(part for part in (name, by, one.note, one.certificate) if part)
        yield Step(when=one.since, kind=row["type"], says=says, until=one.until, agency=one.buyer,
                   evidence=(one.evidence,))  # fmt: skip


def _orders(agencies: Iterable[Agency], ways: Sequence[Way]) -> Iterator[Step]:
    """The first and the last order of each agency."""
    for agency in agencies:
        mine = [way for way in ways if way.buyer in agency.names]
        orders = sorted((order for way in mine for order in way.orders),
                        key=lambda order: (order.since or "~", order.number))  # fmt: skip
        if not orders:
            continue
        first = orders[0]
        seller = next(way.seller for way in mine if first in way.orders)
        by = f" from {seller}" if seller else ""
        says = f"{first.number}{by}: {first.text}"
        yield Step(when=first.since, kind="first order", agency=agency.name, says=says,
                   evidence=(first.evidence,))  # fmt: skip
        if agency.last > first.since:
            yield Step(when=agency.last, kind="last order or change", agency=agency.name,
                       says=f"of {agency.awards:,} in all")  # fmt: skip
