"""What tracing found that belongs on a chain: hosts, and orders of products that contain it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from oust.approvals.chains import Host, Through
from oust.approvals.orders import Order
from oust.model import Evidence, Exposure, Node, Path, Record

_PRODUCTS = frozenset({"product", "component", "program"})


def hosts(exposures: Iterable[Exposure]) -> list[Host]:
    """Hosts that show the vendor, in time and by name."""
    found = []
    for one in exposures:
        if one.asset.kind != "host":
            continue
        path = one.paths[0]
        here = [hop for hop in path.hops if hop.relation == "installed-on"] or [path.hops[-1]]
        product = _product(path)
        found.append(
            Host(
                name=one.asset.name,
                operator=one.asset.detail,
                since=here[-1].since,
                product=_called(product) if product else "the vendor",
                embedded=any(hop.relation in _EMBEDDING for hop in path.hops),
                evidence=here[-1].evidence[0],
            )
        )
    return sorted(found, key=lambda host: (host.since or "~", host.name))


_EMBEDDING = frozenset({"contains", "depends-on", "licensed-from"})


def order_places(exposures: Iterable[Exposure]) -> list[tuple[Exposure, Evidence]]:
    """Where orders of products that contain the vendor's code are written."""
    return [
        (one, one.paths[0].hops[-1].evidence[0])
        for one in exposures
        if one.asset.kind == "award" and one.tier == "embedded"
    ]


def through(
    places: Sequence[tuple[Exposure, Evidence]], records: Iterable[tuple[Evidence, Record]]
) -> list[Through]:
    """Those orders, with what their records say."""
    known = {(place.source, place.locator): record for place, record in records}
    found = []
    for exposure, place in places:
        record = known.get((place.source, place.locator))
        if record is not None and record.kind == "award":
            found.append(_through(exposure, place, record))
    return sorted(found, key=lambda one: (one.order.since or "~", one.order.number))


def _through(exposure: Exposure, place: Evidence, record: Record) -> Through:
    ids = {one.partition(":")[0]: one.partition(":")[2] for one in reversed(record.ids)}
    said = msgspec.json.decode(record.extra or "{}", type=dict[str, str])
    product = _product(exposure.paths[0])
    order = Order(
        number=ids.get("award") or record.name,
        since=record.since,
        until=record.until,
        text=record.description or record.name,
        part=(),
        department=said.get("agency") or said.get("department", ""),
        strength=exposure.strength,
        evidence=place,
    )
    return Through(
        product=_called(product) if product else record.description,
        why=exposure.why,
        order=order,
        buyer=record.buyer,
        seller=record.seller,
        parent=ids.get("parent-award", ""),
        strength=exposure.strength,
    )


def _product(path: Path) -> Node | None:
    """The product nearest to the asset."""
    for hop in reversed(path.hops):
        for node in (hop.target, hop.origin):
            if node.kind in _PRODUCTS:
                return node
    return None


def _called(node: Node) -> str:
    version = node.version
    return f"{node.name} {version}" if version and not node.name.endswith(version) else node.name
