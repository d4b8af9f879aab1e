"""Which names and addresses of a case's logs stand for a vendor, from the sightings of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from oust.channel import Destination, Purpose, Sum
from oust.data.dossier import Dossier
from oust.store import Store
from oust.traffic.purpose import ORDER, purpose_of

Row = Mapping[str, Any]

ASKED = "dns query"
"""Type of records that are questions to the DNS."""

NO_CONTACT = frozenset(
    {"certificate", "dhcp lease", "arp entry", "scanned host", "tls certificate", "x509"}
)
"""Types of records that show no traffic of a client."""


class Known(Struct):
    """Destinations of the vendors asked for, and sums of what clients did with them."""

    destinations: dict[tuple[str, str], Destination] = field(default_factory=dict)
    answered: dict[tuple[str, str], str] = field(default_factory=dict)
    """(client, address that DNS gave it) to the name that it had asked for."""
    sums: list[Sum] = field(default_factory=list)


def known(store: Store, dossiers: Iterable[Dossier]) -> Known:
    """What the case's records of network logs say of the vendors of `dossiers`."""
    by_id = {dossier.id: dossier for dossier in dossiers}
    rows = [row for row in _rows(store) if row["vendor"] in by_id and row["name"]]
    found = Known()
    met: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if _shows_contact(row):
            met.setdefault((plain(row["name"]), row["vendor"]), []).append(row)
    for (name, vendor), same in sorted(met.items()):
        found.destinations[name, vendor] = _destination(name, same, by_id[vendor])
    seen: set[tuple[str, int, int]] = set()
    for row in rows:
        place = (row["key"], row["sid"], row["n"])
        if place not in seen and (plain(row["name"]), row["vendor"]) in found.destinations:
            seen.add(place)
            _add_sum(found, row)
    return found


def plain(name: str) -> str:
    """A host name or address as compared: lower case, without the dot at its end."""
    return name.strip().rstrip(".").lower()


def _rows(store: Store) -> list[dict[str, Any]]:
    """Every occurrence of a sighted service in a current source."""
    item, sighting = store.table("item"), store.table("sighting")
    occurrence, source = store.table("occurrence"), store.table("source")
    things = item.filter(item.kind == "service").select("key", "name", "type", "ids")
    facts = ("key", "vendor", "identifier", "strength", "mention", "features")
    sights = sighting.mutate(seen=sighting.text).select(*facts, "seen")
    places = occurrence.select("key", "sid", "n", "host", "since", "until", "extra")
    sources = source.filter(source.current).select("sid", "path")
    joined = things.join(sights, "key").join(places, "key").join(sources, "sid")
    order = ("path", "n", "key", "vendor", "identifier")
    return store.rows(joined.order_by(*order))


def _shows_contact(row: Row) -> bool:
    """Whether the sighting says with whom the client was in contact."""
    features = row["features"] or ()
    if row["type"] in NO_CONTACT:
        return False
    if "dns-alias" in features:
        return any(
            one.startswith("cname:") and one.endswith(row["seen"].lower()) for one in row["ids"]
        )
    return "network-name" in features or "update-content" in features


def _destination(name: str, rows: Sequence[Row], dossier: Dossier) -> Destination:
    identifiers = tuple(dict.fromkeys(row["identifier"] for row in rows))
    told = [purpose_of(name, identifier, dossier) for identifier in identifiers]
    purpose, ground = min(told, key=lambda one: ORDER.index(one[0]))
    weak = [row["mention"] for row in rows if row["strength"] == "weak"]
    whole = any("network-name" in row["features"] for row in rows)
    aliased = any("dns-alias" in row["features"] for row in rows)
    only = () if whole or aliased else tuple(dict.fromkeys(row["seen"].lower() for row in rows))
    return Destination(
        name=name,
        vendor=dossier.id,
        purpose=_of_alias(purpose, whole, aliased),
        ground=ground if whole or not aliased else f"{name} has an alias (CNAME) of the vendor",
        identifiers=identifiers,
        weak=weak[0].removeprefix("weak value alone: ") if len(weak) == len(rows) else "",
        only=only,
    )  # fmt: skip


def _of_alias(purpose: Purpose, whole: bool, aliased: bool) -> Purpose:
    """A name of somebody else's that stands for the vendor's says nothing of updates."""
    served = purpose in ("protection", "mail")
    return "unknown" if aliased and not whole and not served else purpose


def _add_sum(found: Known, row: Row) -> None:
    said = _extra(row["extra"])
    name, client = plain(row["name"]), row["host"]
    look_up = row["type"] == ASKED
    if look_up:
        for address in said.get("answers", "").split("; "):
            if address:
                found.answered.setdefault((client, plain(address)), name)
    found.sums.append(
        Sum(
            client=client,
            name=name,
            source=row["path"],
            look_up=look_up,
            rows=_number(said.get("rows") or said.get("count", "")) or 1,
            first=row["since"],
            last=row["until"] or row["since"],
            up=_number(said.get("bytes_up", "")),
            down=_number(said.get("bytes_down", "")),
        )
    )


def _extra(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, str])
    except msgspec.MsgspecError:
        return {}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
