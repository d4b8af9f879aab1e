"""Records of networks: what the sightings in them show, and where that stands in the graph.

A client that asks for an update, licence or look-up host runs something that does so. A visit to a
web site shows nothing installed; an address in a network says nothing of who runs what there; a
name that stands for the vendor's is itself what uses the vendor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from oust.link.gather import Row
from oust.link.graph import Edge, Graph
from oust.link.place import Start, add_host, evidence_of
from oust.model import Evidence, Node

CONTACTS = frozenset(("dns query", "tls connection", "http request", "connection", "file transfer"))
DEVICES = frozenset(("dhcp lease", "arp entry", "scanned host"))
DNS = frozenset(("dns query", "dns record"))
_OTHERS = frozenset(("dns record", "certificate"))

WEB_SITE = "a web site was visited or looked up, which shows nothing installed"
BY_ADDRESS = "an address in a network of the vendor: what was reached there is not said"
HOSTED = "its address lies in a network of the vendor, which also carries what others run"
NOBODY = "asked for or reached by nobody whom this source names"
OWN_RECORD = "a DNS record of the vendor's own name, which nobody asked for"
CERTIFICATE = "a certificate seen on the network; between whom is not said here"
OWN_WORDS = "a host is called what its owner typed; nothing says the vendor made it"

PURPOSES = {
    "update": "update host",
    "look-up": "cloud look-up",
    "licence": "licence host",
    "telemetry": "measurement of use",
    "device": "cloud or rendezvous host of devices",
    "protection": "protection service",
    "mail": "mail host",
    "unknown": "use not known",
}
"""How the purposes of destinations are read aloud."""

_TARGETS = {"cname": "alias of", "ns": "name server", "mx": "mail taken by"}
_ADDRESS = re.compile(r"[\d.]+$|[0-9a-fA-F:]*:[0-9a-fA-F:.%]*$")

PurposeOf = Callable[[str, str, str], str]
"""(host name, identifier met, vendor id) to what the host serves: update, look-up, web, ..."""

Shows = Literal["contact", "served", "device", ""]


class Shown(Struct, frozen=True):
    """What the sightings of one vendor in one record show; empty `shows`: nothing but mentions."""

    shows: Shows
    rows: tuple[Row, ...] = ()  # those that show it
    reason: str = ""  # why nothing is shown, beside what identification says itself
    purpose: str = ""


def is_network(row: Row) -> bool:
    """Whether the record says what was seen on a network."""
    return row["kind"] == "service" and (
        row["type"] in CONTACTS | DEVICES | _OTHERS or row["type"].endswith(" log entry")
    )


def shown(seen: Sequence[Row], purpose_of: PurposeOf) -> Shown:
    """What these sightings, of one vendor in one record, show."""
    kind = seen[0]["type"]
    if device := tuple(row for row in seen if _is_device(row)):
        return Shown("device", device)
    if kind in DEVICES:
        return Shown("", reason=OWN_WORDS)
    if kind == "certificate":
        return Shown("", reason=CERTIFICATE)
    names = [row for row in seen if _has(row, "network-name") and not _by_address(row)]
    if names and (reason := _only_site(names, purpose_of)):
        names, firm = [], tuple(row for row in seen if _has(row, "update-content") and _firm(row))
        return _contact(seen[0], firm, purpose_of) if firm else Shown("", reason=reason)
    if kind in DNS and not names:
        aliases = tuple(row for row in seen if _has(row, "dns-alias") and _firm(row))
        return Shown("served", aliases) if aliases else Shown("", reason=HOSTED)
    firm = tuple(
        row for row in seen if _firm(row) and not (_by_address(row) or _has(row, "dns-alias"))
    )
    return _contact(seen[0], firm, purpose_of) if firm else Shown("", reason=BY_ADDRESS)


def _contact(row: Row, firm: tuple[Row, ...], purpose_of: PurposeOf) -> Shown:
    if not row["host"]:
        return Shown("", reason=OWN_RECORD if row["type"] == "dns record" else NOBODY)
    purposes = [_purpose(row["name"], one, purpose_of) for one in firm]
    known = [one for one in purposes if one in PURPOSES and one != "unknown"]
    return Shown("contact", firm, purpose=known[0] if known else "unknown")


def _purpose(name: str, row: Row, purpose_of: PurposeOf) -> str:
    return purpose_of(name, row["identifier"], row["vendor"])


def _only_site(names: Sequence[Row], purpose_of: PurposeOf) -> str:
    """Why the vendor's own name that was asked for shows no product; empty if it may."""
    firm = [row for row in names if _firm(row)]
    if not firm:
        return next((row["mention"] for row in names if row["mention"]), WEB_SITE)
    purposes = {_purpose(row["name"], row, purpose_of) for row in firm}
    site = firm[0]["name"].startswith("www.") and purposes <= {"unknown", "web"}
    return WEB_SITE if site or purposes == {"web"} else ""


def _has(row: Row, feature: str) -> bool:
    return feature in (row["features"] or ())


def _firm(row: Row) -> bool:
    return not row["mention"] and row["strength"] != "weak"


def _by_address(row: Row) -> bool:
    return bool(row["identifier"].startswith(("ip_", "asn:")))


def _is_device(row: Row) -> bool:
    """Whether the sighting says who made the network hardware of the host."""
    maker = row["type"] in DEVICES and row["seen_field"] == "manufacturer"
    return (maker or _has(row, "mac-block")) and _firm(row)


def reasons(seen: Sequence[Row], found: Shown) -> dict[str, Row]:
    """Why the sightings make no exposure: a reason of each, with one of its rows."""
    said: dict[str, Row] = {}
    for row in reversed(seen):
        said[row["mention"] or found.reason] = row
    return said


def place_contact(graph: Graph, row: Row, start: Start, purpose: str) -> str:
    """The host that reached a destination of the vendor. Returns the host's node."""
    far = add_host(graph, row)
    detail = PURPOSES[purpose]
    near = graph.node(f"destination:{row['name']}", Node("destination", row["name"], detail=detail))
    why = f"{start.why}, {detail}"
    graph.edge(Edge(start.near, near, "supplies", set(start.evidence), strength=start.strength,
                    why=why))  # fmt: skip
    seen = evidence_of(row, "name", row["name"])
    graph.edge(Edge(near, far, "connects-to", {seen}, since=row["since"][:10]))
    return far


def place_served(graph: Graph, row: Row, start: Start, targets: Iterable[Row]) -> None:
    """A name of the user's own, or of a third party, that is served by the vendor."""
    name = row["name"]
    for one in targets:
        scheme, target = _target(one)
        detail = f"{_TARGETS.get(scheme, 'points to')} {target}"
        far = graph.node(f"service:{name}", Node("service", name, f"domain:{name}", detail=detail))
        near = graph.node(f"destination:{target}", Node("destination", target))
        graph.edge(Edge(start.near, near, "supplies", {_evidence(one)}, strength=one["strength"],
                        why=start.why))  # fmt: skip
        seen = evidence_of(row, "name", name)
        graph.edge(Edge(near, far, "connects-to", {seen}, since=row["since"][:10]))


def _target(row: Row) -> tuple[str, str]:
    """The scheme and the whole name that the sighting met, of which `seen_text` is the end."""
    for value in row["ids"] or ():
        scheme, _, name = value.partition(":")
        if scheme in _TARGETS and name.endswith(row["seen_text"].lower()):
            return scheme, name
    return "", row["seen_text"]


def _evidence(row: Row) -> Evidence:
    return evidence_of(row, row["seen_field"], row["seen_text"], row["identifier"])


def place_device(graph: Graph, row: Row, start: Start, called: dict[str, str]) -> None:
    """Hardware on the network by its MAC block or stated maker: the host itself is the asset.

    `called`: the name of the device that has a MAC address, where any source has one.
    """
    ids = row["ids"] or ()
    mac = next((one[4:] for one in ids if one.startswith("mac:")), "")
    addresses = [one[3:] for one in ids if one.startswith("ip:")]
    name = called.get(mac) or row["host"] or row["name"]
    pairs = ":".join(mac[at : at + 2] for at in range(0, len(mac), 2))
    detail = ", ".join(one for one in (*addresses[:3], pairs) if one and one != name)
    best = f"mac:{mac}" if mac else ""
    host = graph.node(f"host:{name.strip().casefold()}", Node("host", name, best, detail=detail))
    relation = start.relation if start.relation != "connects-to" else "supplies"
    graph.edge(
        Edge(
            *(start.near, host, relation, set(start.evidence)),
            since=row["since"][:10],
            strength=start.strength,
            why=start.why,
        )
    )


def device_names(rows: Iterable[Row]) -> dict[str, str]:
    """One name for each MAC address: a host name before an address, whatever the order."""
    named: dict[str, set[str]] = {}
    for row in rows:
        if row["type"] in DEVICES or row["kind"] == "host":
            for one in row["ids"] or ():
                if one.startswith("mac:"):
                    named.setdefault(one[4:], set()).add(row["host"] or row["name"])
    return {mac: min(names, key=lambda n: (is_address(n), n)) for mac, names in named.items()}


def is_address(name: str) -> bool:
    """Whether a host is known by its address alone."""
    return bool(_ADDRESS.match(name))


class Naming(Struct, frozen=True):
    """What another source calls the host that had an address."""

    address: str
    name: str
    ground: str


def namings(contacts: Iterable[Row], tables: Iterable[Row]) -> list[Naming]:
    """Which names leases and scans give to clients that are known by address, at that time.

    An address is lent to one host after the other, so this is no proof: it is shown, not joined.
    """
    by_address: dict[str, list[Row]] = {}
    for row in tables:
        for one in row["ids"] or ():
            if one.startswith("ip:") and not is_address(row["name"]):
                by_address.setdefault(one[3:], []).append(row)
    found: dict[Naming, None] = {}
    for contact in contacts:
        for row in by_address.get(contact["host"], ()):
            when = _overlap(contact, row)
            if when:
                found[Naming(contact["host"], row["name"], f"{row['type']}, {when}")] = None
    return sorted(found, key=lambda one: (one.address, one.name, one.ground))


def _overlap(one: Row, other: Row) -> str:
    """How the times of two records lie to each other; empty if they exclude each other."""
    if not (one["since"] and (other["since"] or other["until"])):
        return "time not known"
    zoned = all(text.endswith("Z") for row in (one, other) for text in _ends(row))
    width = 19 if zoned else 10  # without time zones only days compare
    begins, ends = other["since"][:width], (other["until"] or "9999")[:width]
    if (one["until"] or one["since"])[:width] < begins or ends < one["since"][:width]:
        return ""
    return "of that time" if zoned else "of that day"


def _ends(row: Row) -> list[str]:
    return [text for text in (row["since"], row["until"]) if text]
