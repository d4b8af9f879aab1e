"""An osquery pack: one query for each table and vendor, with the values that its column holds.

Columns are those of osquery 5. Names are compared whole, ignoring case; beginnings as beginnings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from oust.report.detection import REGEX, Item, LeftOut, Written, heading, plain, word

ENDING = ".conf"
DAY = 86_400


class Place(NamedTuple):
    """Where osquery holds values of a kind."""

    table: str
    column: str
    platform: str
    shown: str  # columns of the answer


_PROGRAM = "name, version, publisher, identifying_number"
_PLACES: dict[str, tuple[Place, ...]] = {
    "msi_product_code": (Place("programs", "identifying_number", "windows", _PROGRAM),),
    "version_info_company": (Place("programs", "publisher", "windows", _PROGRAM),),
    "service": (Place("services", "name", "windows", "name, display_name, status, path"),),
    "service_display_name": (
        Place("services", "display_name", "windows", "name, display_name, status, path"),
    ),
    "windows_minifilter_driver": (
        Place("drivers", "path", "windows", "name, display_name, status, path"),
    ),
    "process": (Place("processes", "name", "", "pid, name, path, cmdline"),),
    "linux_package": (
        Place("deb_packages", "name", "linux", "name, version, status"),
        Place("rpm_packages", "name", "linux", "name, version, vendor"),
    ),
    "linux_service": (
        Place("systemd_units", "id", "linux", "id, load_state, active_state, fragment_path"),
    ),
    "linux_path": (Place("file", "path", "linux", "path, mtime, size"),),
    "macos_path": (Place("file", "path", "darwin", "path, mtime, size"),),
    "macos_file": (Place("file", "path", "darwin", "path, mtime, size"),),
    "macos_bundle_id": (
        Place("apps", "bundle_identifier", "darwin", "name, path, bundle_short_version"),
    ),
    "macos_bundle_id_prefix": (
        Place("apps", "bundle_identifier", "darwin", "name, path, bundle_short_version"),
    ),
    "macos_app": (Place("apps", "name", "darwin", "name, path, bundle_short_version"),),
    "macos_launchd": (Place("launchd", "label", "darwin", "label, path, program"),),
    "homebrew_cask": (Place("homebrew_packages", "name", "darwin", "name, version, path"),),
    "npm_package": (Place("npm_packages", "name", "", "name, version, path"),),
    "npm_scope": (Place("npm_packages", "name", "", "name, version, path"),),
    "pypi_package": (Place("python_packages", "name", "", "name, version, path"),),
    "pypi_package_prefix": (Place("python_packages", "name", "", "name, version, path"),),
    "mac_oui": (Place("arp_cache", "mac", "", "address, mac, interface"),),
    "usb_vendor_id": (Place("usb_devices", "vendor_id", "", "vendor, model, serial"),),
}
KINDS = tuple(_PLACES)
_BEGINNINGS = ("macos_bundle_id_prefix", "pypi_package_prefix", "npm_scope")


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """A pack as JSON. `description` of a query names its sources."""
    out = [*left]
    out += [LeftOut(i.vendor, i.kind, i.value, REGEX) for i in items if i.match == "regex"]
    kept = [item for item in items if item.match != "regex"]
    queries = dict(_query(place, some) for place, some in _grouped(kept))
    pack = {
        "discovery": [],
        "version": "5.0.0",
        "description": " ".join(heading("osquery pack", kept, out, version)),
        "queries": queries,
    }
    return Written(json.dumps(pack, indent=1) + "\n", len(kept), tuple(out))


def _grouped(items: Sequence[Item]) -> Iterator[tuple[Place, list[Item]]]:
    """Values of one vendor that stand in one column, together."""
    pairs = [(place, item) for item in items for place in _PLACES[item.kind]]
    pairs.sort(key=lambda pair: (pair[1].vendor, pair[0]))
    for (_, place), some in groupby(pairs, lambda pair: (pair[1].vendor, pair[0])):
        yield place, [item for _, item in some]


def _query(place: Place, items: Sequence[Item]) -> tuple[str, dict[str, object]]:
    name = f"oust_{word(items[0].vendor)}_{place.table}_{place.column}"
    sources = sorted({plain(item.source) for item in items})
    shown = place.shown if place.column in place.shown else f"{place.column}, {place.shown}"
    tests = " OR ".join(_tests(place, items))
    query: dict[str, object] = {
        "query": f"SELECT {shown} FROM {place.table} WHERE {tests};",  # noqa: S608 (values quoted)
        "interval": DAY,
        "description": f"{items[0].name}: met in {place.table}. Sources: {'; '.join(sources)}",
        "value": f"Shows what of {items[0].name} is there",
    }
    if place.platform:
        query["platform"] = place.platform
    return name, query


def _tests(place: Place, items: Sequence[Item]) -> Iterator[str]:
    """Conditions on the column, values compared as their kind is."""
    whole: list[str] = []
    blocks: dict[int, list[str]] = {}  # of MAC addresses, by their length
    for item in items:
        value = item.value
        if item.kind == "mac_oui":
            blocks.setdefault(len(value), []).append(value.upper())
        elif item.kind == "npm_scope":
            yield _like(place.column, f"{value}/", after="%")
        elif item.kind in _BEGINNINGS or item.match == "prefix":
            yield _like(place.column, value, after="%")
        elif item.kind == "windows_minifilter_driver":
            yield _like(place.column, f"\\{value}", before="%")
        elif place.table == "file":
            yield f"path = {_text(value)}"
        else:
            whole.append(value.lower())
    for length, values in sorted(blocks.items()):
        yield f"substr(upper(replace(mac, ':', '')), 1, {length}) IN ({_list(values)})"
    if whole:
        column = f"lower({place.column})"
        if place.table == "python_packages":
            column = f"replace({column}, '_', '-')"
        yield f"{column} IN ({_list(whole)})"


def _like(column: str, value: str, before: str = "", after: str = "") -> str:
    """LIKE, which ignores case; what is a wild card there is escaped with `!`."""
    safe = value.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"{column} LIKE {_text(before + safe + after)} ESCAPE '!'"


def _list(values: Sequence[str]) -> str:
    return ", ".join(_text(value) for value in values)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
