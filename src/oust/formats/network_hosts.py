"""Hosts as tables of a network know them: a name, addresses, a MAC address, a time.

Such a record says which machine had which address when. Files of this kind are kept whole: other
sources name their clients by address only.
"""

from __future__ import annotations

from collections.abc import Iterable

from oust.formats import inventory_ids as ids
from oust.formats.listing import extra
from oust.formats.log_rows import address, id_of
from oust.formats.log_times import NEVER, Moment
from oust.model import Record

NAMELESS = frozenset(("", "*", "?", "-", "(unknown)", "unknown", "localhost"))


def is_random(mac: str) -> bool:
    """Whether a MAC address was made up by the device itself: its block says nothing of a maker."""
    digits = ids.mac(mac)
    return bool(digits) and bool(int(digits[0][5], 16) & 2)


def host_record(
    type_: str,
    locator: str,
    name: str = "",
    addresses: Iterable[str] = (),
    mac: str = "",
    since: Moment = NEVER,
    until: Moment = NEVER,
    manufacturer: str = "",
    description: str = "",
    more_ids: Iterable[str] = (),
    notes: dict[str, str] | None = None,
) -> Record | None:
    """The record of one host; None if it has neither a name nor an address of any kind.

    `type_`: `dhcp lease`, `arp entry` or `scanned host`.
    """
    called = "" if name.strip().casefold() in NAMELESS else name.strip().rstrip(".")
    found = [ip for text in addresses if (ip := address(text))]
    macs = ids.mac(mac)
    shown = called or next(iter(found), "") or mac.lower()
    if not (called or found or macs):
        return None
    said = dict(notes or {})
    if is_random(mac):
        said["mac"] = "random, made up by the device: says nothing of its maker"
    for word, when in (("since", since), ("until", until)):
        if when.raw and not when.iso:
            said[f"{word}_as_written"] = when.raw
    if since.iso and not since.iso.endswith("Z"):
        said["time"] = "the source names no time zone"
    return Record(
        kind="service",
        locator=locator,
        name=shown,
        type=type_,
        manufacturer=manufacturer.strip(),
        ids=ids.joined(macs, *(id_of(ip) for ip in found), more_ids),
        description=description.strip(),
        host=shown,
        since=since.iso,
        until=until.iso,
        extra=extra(said),
    )
