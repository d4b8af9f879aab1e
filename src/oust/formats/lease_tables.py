"""Lease tables of one line a lease: dnsmasq.leases, and Kea's memfile in CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from msgspec import structs

from oust.formats.listing import numbered
from oust.formats.log_span import span_record
from oust.formats.log_times import NEVER, Moment, epoch
from oust.formats.network_hosts import host_record
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Quarantine, Record, Said, Tally

_MAC = r"(?:\d\d-)?(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
_DNSMASQ = re.compile(
    rf"(?P<ends>\d{{1,11}}) (?P<mac>{_MAC}|T?\d+|\*) (?P<ip>[0-9a-fA-F.:]+|\[[0-9a-fA-F:]+\])"
    r" (?P<name>\S+)(?: (?P<client>\S+))?$"
)
_DUID = re.compile(r"duid (?:[0-9a-fA-F]{2}:)+[0-9a-fA-F]{2}$")
_STATES = {"0": "active", "1": "declined", "2": "expired", "3": "released", "4": "registered"}
_ESCAPED = re.compile(r"&#x([0-9a-fA-F]{2});?")
KEA_COLUMNS = frozenset(("address", "valid_lifetime", "expire", "subnet_id", "hostname"))


class DnsmasqLeases:
    """See Format."""

    name = "dnsmasq-leases"
    title = "dnsmasq.leases (OpenWrt: dhcp.leases)"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By lines of expiry, MAC, address, name and client id."""
        lines = [line.strip() for line in head.lines if line.strip()]
        fit = [m for line in lines if (m := _DNSMASQ.match(line))]
        if not any(":" in m["mac"] or ":" in m["ip"] for m in fit):
            return 0
        return 91 if len(fit) + sum(bool(_DUID.match(x)) for x in lines) > len(lines) * 0.6 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per lease."""
        for number, line in numbered(opened):
            text = line.strip()
            if not text or _DUID.match(text):
                continue
            match = _DNSMASQ.match(text)
            record = _dnsmasq(match, number) if match else None
            yield record or Quarantine(f"line {number}", "no lease of dnsmasq", one_line(text))


def _dnsmasq(match: re.Match[str], number: int) -> Record | None:
    mac = match["mac"]
    return host_record(
        "dhcp lease",
        f"line {number}",
        name=match["name"],
        addresses=(match["ip"].strip("[]"),),
        mac=mac[-17:] if ":" in mac else "",
        until=epoch(match["ends"]) if match["ends"] != "0" else NEVER,
        notes={"ends": "never" if match["ends"] == "0" else ""},
    )


class KeaLeases:
    """See Format."""

    name = "kea-leases-csv"
    title = "Kea lease file (memfile), CSV, IPv4 and IPv6"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By its column names."""
        return 96 if _columns(head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per address and MAC, the last state of each; see dhcpd_leases."""
        text = opened.text()
        columns = _columns(text)
        found: dict[tuple[str, ...], Record] = {}
        at = begin = 0
        row = read = 0
        granted: set[str] = set()
        for line in text.splitlines(keepends=True):
            at, begin = at + len(line.encode("utf-8", "replace")), at
            if not line.strip() or line.startswith("#") or _columns(line):
                continue
            row += 1
            cells = _cells(line)
            told = _kea(columns, cells, f"row {row} byte {begin}")
            if isinstance(told, Quarantine):
                yield told
            else:
                read += 1
                granted |= {told.since} - {""}
                key = (told.name, *told.ids)
                found[key] = _renewed(found.get(key), told)
        yield from span_record(min(granted, default=""), max(granted, default=""))
        yield from found.values()
        if again := read - len(found):
            yield Tally("service", again)  # renewals


def _columns(text: str) -> list[str]:
    """Names of the columns, from the first line that is no comment; empty if it is not Kea's."""
    for line in text.splitlines()[:20]:
        if line.strip() and not line.startswith("#"):
            names = [name.strip().lower() for name in line.split(",")]
            return names if set(names) >= KEA_COLUMNS else []
    return []


def _cells(line: str) -> list[str]:
    try:
        cells = next(csv.reader([line.rstrip("\r\n")]), [])
    except csv.Error:
        cells = line.rstrip("\r\n").split(",")
    return [_ESCAPED.sub(lambda m: chr(int(m[1], 16)), cell) for cell in cells]


def _kea(columns: list[str], cells: list[str], locator: str) -> Record | Quarantine:
    if len(cells) < 5:
        return Quarantine(locator, "fewer fields than a lease has", one_line(",".join(cells)))
    said = dict(zip(columns, cells, strict=False))
    until = epoch(said.get("expire", ""))
    since = _before(until, said.get("valid_lifetime", ""))
    state = said.get("state", "")
    record = host_record(
        "dhcp lease",
        locator,
        name=said.get("hostname", ""),
        addresses=(said.get("address", ""),),
        mac=said.get("hwaddr", ""),
        since=since,
        until=until,
        notes={"state": _STATES.get(state, state), "subnet": said.get("subnet_id", "")},
    )
    return record or Quarantine(locator, "a lease without an address", one_line(",".join(cells)))


def _before(until: Moment, lifetime: str) -> Moment:
    """When a lease that ends at `until` was granted."""
    if not until.iso or not re.fullmatch(r"\d{1,10}", lifetime) or int(lifetime) >= 2**32 - 1:
        return NEVER
    return epoch(str(int(until.raw.partition(".")[0]) - int(lifetime)))


def _renewed(old: Record | None, new: Record) -> Record:
    """A lease from its first grant on; a row that gives it back keeps what was known before."""
    if old is None:
        return new

    since = min(filter(None, (old.since, new.since)), default="")
    return structs.replace(new, since=since, until=max(old.until, new.until), locator=old.locator)
