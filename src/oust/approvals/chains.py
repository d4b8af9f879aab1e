"""Chains: vendor, product, certification, vehicle, holder, award, order, agency, host.

A chain is one vehicle, one holder and one agency. Orders join a vehicle by its contract number,
a price list by that number and the holder, certificates by the words of the product's name. What
no evidence joins stays open and is said to be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field

from oust.approvals.listed import Vehicles, evidence_of, extra_of, id_of
from oust.approvals.orders import Order, Way
from oust.approvals.products import Grade, Products, best
from oust.approvals.rows import Row, number_key
from oust.approved import Chain, Station, Stop
from oust.model import Evidence, Strength

KEPT_EVIDENCE = 3


class Host(Struct, frozen=True):
    """A host that shows the vendor, and who runs it, where evidence says so."""

    name: str
    operator: str
    since: str
    product: str
    embedded: bool  # in another's product
    evidence: Evidence


class Through(Struct, frozen=True):
    """An order of somebody else's product that contains the vendor's code."""

    product: str
    why: str
    order: Order
    buyer: str
    seller: str
    parent: str
    strength: Strength


class Offer(Struct):
    """What belongs on one chain: vehicle, holder, agency."""

    vehicle: str = ""  # contract number as written
    vehicle_name: str = ""  # where only its name is given
    holder: str = ""
    buyer: str = ""
    department: str = ""
    listed: list[Row] = field(default_factory=list)
    stated: list[Row] = field(default_factory=list)  # contracts stated without award data
    ways: list[Way] = field(default_factory=list)
    through: list[Through] = field(default_factory=list)  # of one product
    carried: list[Row] = field(default_factory=list)  # listings of that product

    @property
    def orders(self) -> list[Order]:
        """Orders looked at, in time."""
        found = [order for way in self.ways for order in way.orders]
        found += [one.order for one in self.through]
        return sorted(found, key=lambda one: (one.since or "~", one.number))


class Known(Struct, frozen=True):
    """All that chains are made of."""

    vendor: str  # display name
    key: str  # the vendor's node, `vendor:id`
    key_of: Callable[[str], str]
    own: frozenset[str]  # names under which the vendor itself sells
    products: Products
    listings: tuple[Row, ...]
    certificates: tuple[Row, ...]
    stated: tuple[Row, ...]
    vehicles: Vehicles
    hosts: tuple[Host, ...]
    carried: tuple[Row, ...]  # listings and certificates that may be of products that contain it


def chains(known: Known, ways: Iterable[Way], through: Iterable[Through]) -> list[Chain]:
    """One chain for each vehicle, holder and agency; what is offered and not bought at the end."""
    found = [_chain(known, offer) for offer in _offers(known, ways, through)]
    return sorted(found, key=lambda one: (one.first or "~", [stop.name for stop in one.stops]))


def _offers(known: Known, ways: Iterable[Way], through: Iterable[Through]) -> Iterable[Offer]:
    held: dict[tuple[str, str, str, str], Offer] = {}

    def offer(vehicle: str, seller: str, buyer: str, carrier: str = "") -> Offer:
        holder, agency = (known.key_of(name) if name else "" for name in (seller, buyer))
        one = held.setdefault((number_key(vehicle), holder, agency, carrier), Offer())
        one.vehicle, one.holder = one.vehicle or vehicle, one.holder or seller
        one.buyer = one.buyer or buyer
        return one

    for way in ways:
        offer(way.parent, way.seller, way.buyer).ways.append(way)
    for each in through:
        one = offer(each.parent, each.seller, each.buyer, each.product)
        one.through.append(each)
        one.carried = _carried(known, each)
    for row in known.stated:
        offer("", row["seller"], row["buyer"]).stated.append(row)
    bought = list(held.items())
    for row in known.listings:
        vehicle = number_key(id_of(row, "award"))
        named = "" if vehicle else extra_of(row).get("vehicle", "")
        holder = known.key_of(row["seller"]) if row["seller"] else ""
        same = [one for key, one in bought if vehicle and key[0] == vehicle and one.ways
                and (not holder or not key[1] or key[1] == holder)]  # fmt: skip
        if not same:
            under = id_of(row, "award") or named
            whose = "" if under or row["seller"] else row["source"]  # unnamed lists stay apart
            same = [offer(under, row["seller"], row["buyer"], whose)]
        for one in same:
            one.listed.append(row)
            if named:
                one.vehicle, one.vehicle_name = "", named
    return held.values()


def _chain(known: Known, offer: Offer) -> Chain:
    product, texts = _product(known, offer)
    stops = (
        Stop(station="vendor", name=known.vendor),
        product,
        _certificate(known, texts, bool(offer.through)),
        _vehicle(known, offer),
        _holder(known, offer),
        *_awarded(known, offer),
        *_ordered(offer),
        _agency(offer),
        _host(known, offer),
    )
    dates = [date for stop in stops for date in (stop.since, stop.last) if date]
    bare = {stop.station for stop in stops if stop.missing}
    whole = not bare & {"product", "holder", "award", "order", "agency"}
    return Chain(stops=stops, first=min(dates, default=""), last=max(dates, default=""),
                 whole=whole)  # fmt: skip


# product and certificate

Named = tuple[str, str]  # name and version


def _product(known: Known, offer: Offer) -> tuple[Stop, list[Named]]:
    """The product bought or offered, and by which names certificates are looked for."""
    if offer.through:
        return _carrier(offer)
    orders, listed = offer.orders, offer.listed
    if listed and orders:
        matched = _matched(known, orders, listed)
        rows = [listed[number] for _, number in matched] or listed
        ground, strength = _bought_as(matched)
        return _of_list(rows, ground, strength), [(row["name"], row["version"]) for row in rows]
    if listed:
        names = [(row["name"], row["version"]) for row in listed]
        return _of_list(listed, "as the price list names it", listed[0]["strength"]), names
    if orders:
        texts = list(dict.fromkeys(order.text for order in orders))
        first = orders[0]
        stop = _stop("product", texts[0], "in the words of the first order", first.strength,
                     [order.evidence for order in orders], count=len(texts))  # fmt: skip
        return stop, [(text, "") for text in texts]
    rows = offer.stated
    stop = _stop("product", rows[0]["name"], "as the statement names it", rows[0]["strength"],
                 [evidence_of(row) for row in rows], count=len(rows))  # fmt: skip
    return stop, [(row["name"], row["version"]) for row in rows]


def _carrier(offer: Offer) -> tuple[Stop, list[Named]]:
    """Another maker's product that contains the vendor's code, and where it is listed."""
    one, listed = offer.through[0], offer.carried
    said = f"contains the vendor's code: {one.why}" + ("; listed" if listed else "")
    evidence = [*(evidence_of(row, "name", row["name"]) for row in listed), one.order.evidence]
    dates = [row["since"] for row in listed if row["since"]]
    stop = _stop("product", one.product, said, one.strength, evidence,
                 since=min(dates, default=""))  # fmt: skip
    return stop, [(one.product, "")]


def _carried(known: Known, one: Through) -> list[Row]:
    """Listings of the product on the vehicle of the order."""
    vehicle = number_key(one.parent)
    return [
        row
        for row in known.carried
        if row["type"] == "listing"
        and number_key(id_of(row, "award")) == vehicle != ""
        and known.products.grade(one.product, row["name"], "", row["version"])
    ]


def _matched(
    known: Known, orders: Sequence[Order], listed: Sequence[Row]
) -> list[tuple[Grade, int]]:
    """Lines of the price list that orders name, by part number or by words."""
    found: dict[int, Grade] = {}
    for order in orders:
        parts = set(order.part)
        for number, row in enumerate(listed):
            if parts & set(row["ids"] or ()):
                found[number] = Grade(-1, "identifier", "same part number")
        by_words = ((known.products.grade(order.text, row["name"]), number)
                    for number, row in enumerate(listed))  # fmt: skip
        if not parts and (one := best(by_words)):
            found.setdefault(one[1], one[0])
    return sorted(((grade, number) for number, grade in found.items()),
                  key=lambda one: (one[0].rank, one[1]))  # fmt: skip


def _bought_as(matched: Sequence[tuple[Grade, int]]) -> tuple[str, Strength]:
    if not matched:
        return "on the same vehicle's list; which of it was ordered is not said", "weak"
    grade = matched[0][0]
    return f"listed, and ordered by {grade.ground}", grade.strength


def _of_list(rows: Sequence[Row], ground: str, strength: Strength) -> Stop:
    names = list(dict.fromkeys(_called(row) for row in rows))
    dates = [row["since"] for row in rows if row["since"]]
    return _stop("product", names[0], ground, strength, [evidence_of(row) for row in rows],
                 since=min(dates, default=""), count=len(names))  # fmt: skip


def _called(row: Row) -> str:
    name, version = row["name"], row["version"]
    return f"{name} {version}" if version and version not in name else str(name)


def _certificate(known: Known, texts: Sequence[Named], carried: bool) -> Stop:
    """The certificate that fits one of these names best."""
    rows = known.certificates
    if carried:
        rows = tuple(row for row in known.carried if row["type"] == "certification")
    graded = [
        (known.products.grade(name, row["name"], version, row["version"]), number)
        for name, version in texts
        for number, row in enumerate(rows)
    ]
    found = best(graded)
    if found is None:
        others = f"; {len(rows)} of other products of the vendor" if rows and not carried else ""
        return Stop(station="certification",
                    missing=f"no certificate of this product was read{others}")  # fmt: skip
    grade, number = found
    row = rows[number]
    name = f"{_called(row)} ({_under(row)})" if _under(row) else _called(row)
    count = len({number for one, number in graded if one})
    return _stop("certification", name, grade.ground, grade.strength, [evidence_of(row)],
                 since=row["since"], until=row["until"], count=count)  # fmt: skip


def _under(row: Row) -> str:
    said = extra_of(row)
    under = (said.get("scheme") or said.get("authority", ""), said.get("level", ""))
    return ", ".join(one for one in (*under, id_of(row, "id")) if one)


# vehicle, holder, award


def _vehicle(known: Known, offer: Offer) -> Stop:
    number = offer.vehicle
    if offer.vehicle_name:
        evidence = [evidence_of(row, "vehicle", offer.vehicle_name) for row in offer.listed]
        return _stop("vehicle", offer.vehicle_name, "named, without contract number", "name",
                     evidence)  # fmt: skip
    if not number:
        why = "no order or listing of it names one" if offer.orders or offer.listed else (
            "the statement names none")  # fmt: skip
        return Stop(station="vehicle", missing=why)
    rows = known.vehicles.stated.get(number_key(number), [])
    listed = [*offer.listed, *offer.carried]
    named = next((said for row in listed if (said := extra_of(row).get("vehicle"))), "")
    if rows:
        row = rows[0]
        return _stop("vehicle", f"{row['name']} ({number})", "by its contract number", "identifier",
                     [evidence_of(row, "ids", number) for row in rows],
                     since=row["since"], until=row["until"])  # fmt: skip
    ground = "named in the order" if offer.orders else "named in the price list"
    if offer.orders and listed:
        ground = "named in the order and in the price list"
    evidence = [evidence_of(row, "ids", number) for row in listed]
    evidence += [order.evidence for order in offer.orders]
    return _stop("vehicle", f"{named} ({number})" if named else number, ground, "identifier",
                 evidence)  # fmt: skip


def _holder(known: Known, offer: Offer) -> Stop:
    if not offer.holder:
        return Stop(station="holder", missing="who sold it is not said")
    itself = offer.holder in known.own or known.key_of(offer.holder) == known.key
    ground = "the vendor itself" if itself else "sells it; not the vendor"
    evidence = [order.evidence for order in offer.orders]
    evidence += [evidence_of(row, "seller", row["seller"]) for row in
                 (*offer.listed, *offer.stated) if row["seller"]]  # fmt: skip
    return _stop("holder", offer.holder, ground, "name", evidence)


def _awarded(known: Known, offer: Offer) -> Iterable[Stop]:
    """The contract that the vehicle is; of orders without vehicle, the contracts themselves."""
    if offer.vehicle_name:
        yield Stop(station="award", missing="the vehicle's contract number is not given")
        return
    if not offer.vehicle:
        yield _orders("award", offer)
        return
    rows = known.vehicles.awarded.get(number_key(offer.vehicle), [])
    if not rows:
        text = f"no award of contract {offer.vehicle} itself was read"
        yield Stop(station="award", missing=text)
        return
    yield _stop("award", rows[0]["name"], "the vehicle's own contract", "identifier",
                [evidence_of(row, "name", row["name"]) for row in rows],
                since=rows[0]["since"], until=rows[0]["until"])  # fmt: skip


def _ordered(offer: Offer) -> Iterable[Stop]:
    if offer.vehicle or offer.vehicle_name:
        yield _orders("order", offer)


def _orders(station: Station, offer: Offer) -> Stop:
    orders = offer.orders
    if orders:
        count = sum(way.count for way in offer.ways) + len(offer.through)
        last = max((*(way.last for way in offer.ways), *(order.since for order in orders)))
        first = orders[0]
        return _stop(station, first.number, "the award's own record", first.strength,
                     [order.evidence for order in orders], since=first.since, until=first.until,
                     count=count, last=last if count > 1 else "")  # fmt: skip
    if offer.stated:
        row = offer.stated[0]
        return _stop(station, id_of(row, "award") or "number not given",
                     "stated; no award data of it was read", "weak",
                     [evidence_of(row) for row in offer.stated], since=row["since"],
                     until=row["until"], count=len(offer.stated))  # fmt: skip
    return Stop(station=station, missing="no order of it was read")


# agency and host


def _agency(offer: Offer) -> Stop:
    if not offer.buyer:
        missing = "no buyer of it was read" if not offer.orders else "who bought it is not said"
        return Stop(station="agency", missing=missing)
    department = next((order.department for order in offer.orders if order.department), "")
    name = f"{offer.buyer} ({department})" if department and department != offer.buyer else (
        offer.buyer)  # fmt: skip
    evidence = [order.evidence for order in offer.orders]
    evidence += [evidence_of(row, "buyer", row["buyer"]) for row in offer.stated]
    return _stop("agency", name, "the buyer", "name", evidence)


def _host(known: Known, offer: Offer) -> Stop:
    """Hosts that evidence says are run by the buyer, or by the department it belongs to.

    Only such as show the vendor as the order does: by its own product, or inside another's.
    """
    if not offer.buyer:
        return Stop(station="host", missing="no buyer, so no host of one")
    department = next((order.department for order in offer.orders if order.department), "")
    for name, ground in (
        (offer.buyer, "run by the agency"),
        (department, f"run by {department}, to which the agency belongs"),
    ):
        key = known.key_of(name) if name else ""
        mine = [one for one in known.hosts if one.operator and known.key_of(one.operator) == key
                and one.embedded == bool(offer.through)]  # fmt: skip
        if key and mine:
            return _stop("host", mine[0].name, f"{ground}; shows {mine[0].product}", "name",
                         [one.evidence for one in mine], since=mine[0].since,
                         count=len(mine))  # fmt: skip
    return Stop(
        station="host",
        missing="no host that evidence says is run by this agency shows the vendor",
    )


def _stop(
    station: Station,
    name: str,
    ground: str,
    strength: Strength,
    evidence: Iterable[Evidence],
    *,
    since: str = "",
    until: str = "",
    count: int = 1,
    last: str = "",
) -> Stop:
    kept = tuple(dict.fromkeys(evidence))[:KEPT_EVIDENCE]
    return Stop(station=station, name=name, ground=ground, strength=strength, evidence=kept,
                since=since, until=until, count=count, last=last)  # fmt: skip
