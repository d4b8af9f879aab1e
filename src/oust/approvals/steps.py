"""First to last: what let the vendor in or shut it out, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from oust.approvals.chains import Host
from oust.approvals.listed import approval, evidence_of
from oust.approvals.orders import Way
from oust.approvals.rows import Row
from oust.approved import Agency, Approval, DatedBy, Step

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
    """Price lists: one step for each vehicle, holder and date; those that name none apart."""
    lists: dict[tuple[str, ...], list[Row]] = {}
    for row in approvals:
        if row["type"] == "listing":
            one = approval(row)
            key = (one.vehicle, one.vehicle_name, one.holder, one.since, one.seen, one.until)
            apart = () if any(key[:3]) else (row["source"],)  # lists that name neither
            lists.setdefault((*(key if not one.since else key[:4]), *apart), []).append(row)
    for rows in lists.values():
        first = approval(rows[0])
        more = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        vehicle = f"{first.vehicle_name} {first.vehicle}".strip()
        on = f" on {vehicle}" if vehicle else ""
        by = f" by {first.holder}" if first.holder else ""
        ends = max((row["until"] for row in rows), default="")
        says = f"{first.name}{more} listed{on}{by}" + (f", {first.note}" if first.note else "")
        yield _dated(first, says, ends, rows)


def _dated(one: Approval, says: str, ends: str, rows: Sequence[Row]) -> Step:
    """A step by the day from which it holds, else on which it was seen, else until which."""
    by: DatedBy = "since" if one.since else "seen" if one.seen else "until" if ends else "since"
    when = {"since": one.since, "seen": one.seen, "until": ends}[by]
    source = ", ".join(part for part in (one.source, one.tier) if part)
    kept = tuple(evidence_of(row) for row in rows[:KEPT])
    return Step(when=when, by=by, kind=one.type, says=says, until=ends if by != "until" else "",
                agency=one.buyer, source=source, evidence=kept)  # fmt: skip


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
        yield _dated(one, says, one.until, [row])


def _orders(agencies: Iterable[Agency], ways: Sequence[Way]) -> Iterator[Step]:
    """The first and the last order of each agency."""
    for agency in agencies:
        mine = [way for way in ways if way.buyer in agency.names]
        orders = sorted((order for way in mine for order in way.orders),
                        key=lambda order: (order.since or "~", order.number))  # fmt: skip
        if not orders:  # one of those that are counted only
            yield Step(when=agency.first, kind="first order", agency=agency.name,
                       says=f"the first of {agency.awards:,}")  # fmt: skip
            continue
        first = orders[0]
        seller = next(way.seller for way in mine if first in way.orders)
        by = f" from {seller}" if seller else ""
        says = f"{first.number}{by}: {first.text}"
        yield Step(when=first.since, kind="first order", agency=agency.name, says=says,
                   evidence=(first.evidence,))  # fmt: skip
        if agency.last > first.since:
            yield Step(when=agency.last, kind="last order or change", agency=agency.name,
                       says=f"of {agency.awards:,} orders in all")  # fmt: skip
