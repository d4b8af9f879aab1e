"""A DNS response policy zone (RPZ): what a resolver answers when a name of the vendor is asked for.

Source: draft-vixie-dnsop-dns-rpz-00; BIND, Unbound, Knot Resolver and PowerDNS read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from oust.report.detection import REGEX, Item, LeftOut, Written, heading, plain
from oust.report.detection.suricata import NAMES

KINDS = NAMES
ENDING = ".rpz"
Policy = Literal["nxdomain", "nodata", "passthru"]

_TARGETS = {"nxdomain": ".", "nodata": "*.", "passthru": "rpz-passthru."}
_LONGEST = 200
"""A name and the zone's own must fit into 255 bytes."""


def render(
    items: Sequence[Item], left: Sequence[LeftOut], version: str, policy: Policy = "passthru"
) -> Written:
    """A zone named by its user. `passthru` changes no answer: the resolver only logs the match."""
    out, kept, lines = [*left], [], []
    covered = {_name(item) for item in items if item.match == "suffix"}
    done: set[str] = set()
    for item in items:
        name = _name(item)
        if why := _why_not(item, name, covered):
            out.append(LeftOut(item.vendor, item.kind, item.value, why))
            continue
        kept.append(item)
        if name in done:
            continue
        done.add(name)
        lines.append(f"; {item.name}, {plain(item.source)}")
        lines.append(f"{name} CNAME {_TARGETS[policy]}")
        if item.match == "suffix":
            lines.append(f"*.{name} CNAME {_TARGETS[policy]}")
    head = [f"; {line}" for line in heading("DNS response policy zone", kept, out, version)]
    zone = [
        "$TTL 300",
        "@ SOA localhost. hostmaster.localhost. 1 3600 600 604800 300",
        "@ NS localhost.",
        "",
    ]
    return Written("\n".join([*head, *zone, *lines]) + "\n", len(kept), tuple(out))


def _name(item: Item) -> str:
    return item.value.strip(".").lower()


def _why_not(item: Item, name: str, covered: set[str]) -> str:
    if item.match == "regex":
        return REGEX
    if len(name) > _LONGEST or not all(0 < len(label) < 64 for label in name.split(".")):
        return "is too long for a zone"
    if not all(c.isascii() and (c.isalnum() or c in "-_.") for c in name):
        return "is no host name that a zone can hold"
    labels = name.split(".")
    above = {".".join(labels[n:]) for n in range(1, len(labels))}
    return "lies below a name that is in the zone already" if above & covered else ""
