"""Contacts of one host with one vendor for one purpose, as figures with their denominators."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field

from oust.channel import (
    Channel,
    Contact,
    Destination,
    Largest,
    LookUp,
    Methods,
    Purpose,
    Sends,
    Spread,
    Sum,
    Summed,
)
from oust.traffic.cadence import cadence

REQUEST = 8192
"""Bytes up that a request needs at most: web servers in common use refuse longer request headers
by default (Apache httpd 8190 a line, nginx and Tomcat 8192), and the handshake of TLS is shorter.
A connection that carried several requests may send as many times that."""

MOSTLY = 0.95
"""Part of the counted contacts that must stay below, to call the others exceptions."""

BARE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "DELETE", "CONNECT", "PURGE"})
"""Methods that ask without bringing data along. A GET may have a body, but gives it no meaning
(RFC 9110, 9.3.1); one that is not known here counts as bringing data."""

TUNNEL = "CONNECT"

HALF = 0.5
"""Part of the contacts that must have a byte count before anything is said of all of them."""


class Gathered(Struct):
    """What belongs to one channel."""

    destinations: dict[str, Destination] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    look_ups: list[LookUp] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)


def channel(vendor: str, host: str, purpose: Purpose, held: Gathered) -> Channel:
    """Figures of one channel."""
    of = "contacts" if held.contacts else "look-ups"
    counted = [one for one in held.contacts if one.up is not None]
    downs = [one.down for one in held.contacts if one.down is not None]
    first, last = _ends(held)
    return Channel(
        vendor=vendor,
        host=host,
        purpose=purpose,
        grounds=tuple(dict.fromkeys(d.ground for d in held.destinations.values())),
        destinations=_reached(held),
        identifiers=tuple(
            sorted({text for one in held.destinations.values() for text in one.identifiers})
        ),
        weak=_weak(held.destinations.values()),
        first=first,
        last=last,
        contacts=len(held.contacts),
        look_ups=len(held.look_ups),
        counted=len(counted),
        by_address=sum(one.by_address for one in held.contacts),
        bases=dict(sorted(Counter(one.basis for one in counted).items())),
        up=spread([one.up for one in counted if one.up is not None]),
        down=sum(downs) if downs else None,
        sends=sends(held.contacts),
        methods=methods(held.contacts),
        largest=_largest(counted),
        cadence=cadence((one.when for one in held.contacts or held.look_ups), of),
        summed=_summed(held.sums),
    )


def spread(sizes: Sequence[int]) -> Spread | None:
    """Total, median, 95th percentile (nearest rank, so each is a size that occurred), largest."""
    if not sizes:
        return None
    ordered = sorted(sizes)
    half, most = (ordered[math.ceil(part * len(ordered)) - 1] for part in (0.5, 0.95))
    return Spread(sum(ordered), half, most, ordered[-1])


def sends(contacts: Sequence[Contact]) -> Sends:
    """Whether what went up has the size of requests."""
    counted = [one for one in contacts if one.up is not None]
    above = sum((one.up or 0) > REQUEST * max(1, one.requests) for one in counted)
    if not counted or len(counted) < HALF * len(contacts):
        return Sends("not known", above)
    if not above:
        return Sends("requests")
    rare = above <= (1 - MOSTLY) * len(counted)
    return Sends("mostly requests" if rare else "more than requests", above)


def methods(contacts: Sequence[Contact]) -> Methods:
    """By which methods requests were made; a tunnel hides those that went through it."""
    told = [one.methods for one in contacts if one.methods]
    total: Counter[str] = Counter()
    for one in told:
        total.update(one)
    return Methods(
        requests=dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))),
        contacts=len(told),
        carrying=sum(not one.keys() <= BARE for one in told),
        tunnelled=sum(one.keys() == {TUNNEL} for one in told),
    )


def moment(when: float) -> str:
    """Seconds since 1970 as ISO date-time, UTC."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ends(held: Gathered) -> tuple[str, str]:
    times = [one.when for one in held.contacts] + [one.when for one in held.look_ups]
    firsts = [moment(min(times))] if times else []
    firsts += [one.first for one in held.sums if one.first]
    lasts = [moment(max(times))] if times else []
    lasts += [one.last for one in held.sums if one.last]
    return min(firsts, default=""), max(lasts, default="")


def _reached(held: Gathered) -> tuple[tuple[str, int], ...]:
    """Names with contacts; with look-ups and sums where no contact of the name was seen."""
    seen = Counter(one.name for one in held.contacts)
    asked = Counter(one.name for one in held.look_ups)
    for one in held.sums:
        asked[one.name] += one.rows
    for name, count in asked.items():
        seen.setdefault(name, count)
    return tuple(sorted(seen.items(), key=lambda pair: (-pair[1], pair[0])))


def _weak(destinations: Iterable[Destination]) -> tuple[str, ...]:
    reasons = [one.weak for one in destinations]
    return tuple(dict.fromkeys(reasons)) if all(reasons) else ()


def _largest(counted: Sequence[Contact]) -> Largest | None:
    if not counted:
        return None
    top = max(counted, key=lambda one: (one.up or 0, -one.when))
    return Largest(top.up or 0, moment(top.when), top.name, top.source, top.uid)


def _summed(sums: Sequence[Sum]) -> Summed:
    ups = [one.up for one in sums if one.up is not None]
    downs = [one.down for one in sums if one.down is not None]
    return Summed(
        contacts=sum(one.rows for one in sums if not one.look_up),
        look_ups=sum(one.rows for one in sums if one.look_up),
        up=sum(ups) if ups else None,
        down=sum(downs) if downs else None,
        sources=tuple(dict.fromkeys(one.source for one in sums)),
    )
