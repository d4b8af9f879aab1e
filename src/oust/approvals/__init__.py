"""Approvals: how a vendor was let in, first to last, by agency and year.

`approvals` joins approval records (price lists, vehicles, certificates, exclusions, statements)
with the orders in which the vendor was sighted and the hosts that show it. `timeline` adds orders
up. Nothing is joined that no evidence joins: what is missing on a chain is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from oust.approvals.chains import Known, Through, chains
from oust.approvals.counts import counted
from oust.approvals.figures import figures
from oust.approvals.listed import Vehicles, approval, distinct, id_of, once
from oust.approvals.met import hosts, order_places, through
from oust.approvals.orders import Way, ways
from oust.approvals.products import Products
from oust.approvals.rows import Asked, Row, Tables, naming, number_key, orders_at_most, own_sellers
from oust.approvals.rows import approvals as approval_rows
from oust.approvals.rows import contracts as contract_rows
from oust.approvals.rows import vehicles as vehicle_rows
from oust.approvals.steps import steps
from oust.approvals.timeline import Timeline, asides, timeline
from oust.approved import Approvals
from oust.data.dossier import Dossier
from oust.model import Exposure, Looked

__all__ = ["Asked", "Through", "Timeline", "approvals", "order_places", "orders_at_most", "through",
           "timeline"]  # fmt: skip

OFFERS = frozenset({"listing", "authorization"})


def approvals(
    tables: Tables,
    dossier: Dossier,
    asked: Asked,
    key_of: Callable[[str], str],
    exposures: Sequence[Exposure] | None = (),
    embedded: Sequence[Through] = (),
    looked: Looked | None = None,
) -> Approvals:
    """How the vendor of `dossier` was let in. `exposures`: where it was found, or None if nobody
    looked; `embedded`: orders of products that contain its code.
    """
    rows, passed = distinct(approval_rows(tables, dossier.id))
    rows = once(rows)
    told, more, sellers = ways(tables, asked)
    added = timeline(tables, asked, key_of)
    known = _known(tables, dossier, asked, key_of, rows, told, embedded, exposures or ())
    return Approvals(
        vendor=dossier.id,
        name=dossier.vendor,
        counts=counted(rows),
        holders=_holders(known, [*sellers, *(row["seller"] for row in rows)]),
        own_contract=_own_contract(known, told, rows, sellers),
        approvals=tuple(approval(row) for row in rows),
        chains=tuple(chains(known, told, embedded)),
        more_chains=more - len(told),
        steps=steps(rows, added.agencies, told, known.hosts),
        agencies=added.agencies,
        asides=asides(tables, asked),
        repeated=added.repeated,
        figures=figures(rows, added.agencies, key_of),
        named_only=passed,
        notes=tuple(_notes(known, embedded, exposures is not None)),
        looked=looked or Looked(),
    )


def _known(
    tables: Tables,
    dossier: Dossier,
    asked: Asked,
    key_of: Callable[[str], str],
    rows: Sequence[Row],
    told: Sequence[Way],
    embedded: Sequence[Through],
    exposures: Sequence[Exposure],
) -> Known:
    numbers = {id_of(row, "award") for row in rows} | {way.parent for way in told}
    numbers |= {one.parent for one in embedded}
    wanted = {number_key(one) for one in numbers if one}
    products = Products(dossier)
    words = {word for one in embedded for word in products.telling(one.product)}
    vehicles = Vehicles(vehicle_rows(tables), contract_rows(tables, wanted) if wanted else ())
    return Known(
        vendor=dossier.vendor,
        key=f"vendor:{dossier.id}",
        key_of=key_of,
        own=own_sellers(tables, asked),
        products=products,
        listings=tuple(row for row in rows if row["type"] in OFFERS),
        certificates=tuple(row for row in rows if row["type"] == "certification"),
        stated=tuple(row for row in rows if row["type"] == "contract"),
        vehicles=vehicles,
        hosts=tuple(hosts(exposures)),
        carried=tuple(naming(tables, words)),
    )


def _is_own(known: Known, name: str) -> bool:
    return bool(name) and (name in known.own or known.key_of(name) == known.key)


def _holders(known: Known, names: Sequence[str]) -> tuple[str, ...]:
    """Who sells it beside the vendor itself, each once."""
    once_each: dict[str, str] = {}
    for name in sorted(set(names)):
        if name and not _is_own(known, name):
            once_each.setdefault(known.key_of(name), name)
    return tuple(once_each[key] for key in sorted(once_each))


def _own_contract(
    known: Known, told: Sequence[Way], rows: Sequence[Row], sellers: Sequence[str]
) -> str:
    """What shows that the vendor itself has a contract; "" if nothing does.

    `sellers`: of all orders, also of those that are not told one by one.
    """
    for way in told:
        if _is_own(known, way.seller) and way.orders:
            return f"{way.seller} holds {way.orders[0].number}"
    for row in rows:
        if row["type"] in ("listing", "vehicle", "contract") and _is_own(known, row["seller"]):
            number = id_of(row, "award")
            return f"{row['seller']} is named as holder" + (f" of {number}" if number else "")
    return next((f"{name} holds awards" for name in sellers if _is_own(known, name)), "")


def _notes(known: Known, embedded: Sequence[Through], traced: bool) -> list[str]:
    """What could not be placed."""
    found = []
    if not traced:
        found.append("hosts, and products that contain the vendor's code, were not looked for: too "
                     "many orders; oust trace does")  # fmt: skip
    if lost := [one for one in known.hosts if not one.operator]:
        found.append(f"{len(lost):,} of {len(known.hosts):,} hosts that show the vendor are on no "
                     "chain: the evidence does not say who runs them")  # fmt: skip
    if embedded:
        found.append(f"orders of products that contain the vendor's code: {len(embedded):,}; on "
                     "chains, not in the figures, for the price is another product's")  # fmt: skip
    return found
