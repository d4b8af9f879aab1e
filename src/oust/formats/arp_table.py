"""Tables of neighbours: arp -a, arp -n, ip neigh, ndp -an, Windows, Cisco, /proc/net/arp."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import listing
from oust.formats.listing import Hosts, entries, host_line, matching, numbered
from oust.formats.log_rows import address
from oust.formats.network_hosts import host_record
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said, Tally

_IP = r"(?P<ip>[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:]{0,39}:[0-9a-fA-F:.]{0,45}(?:%[\w.-]+)?)"
_MAC = (
    r"(?P<mac>[0-9a-fA-F]{1,2}(?:[:-][0-9a-fA-F]{1,2}){5}(?![:-])"
    r"|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2})"
)
_NONE = r"<?\(?incomplete\)?>?|<no entry>|FAILED|INCOMPLETE"
_SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        # Linux, BSD and macOS: `cam (10.0.0.9) at 44:47:cc:1:2:3 [ether] on eth0`
        rf"(?P<name>\S+) \({_IP}\) (?:at|auf|à|en) (?:{_MAC}|{_NONE})(?P<rest>.*)$",
        # Linux: `10.0.0.9 dev eth0 lladdr 44:47:cc:01:02:03 REACHABLE`
        rf"{_IP} dev (?P<port>\S+)(?: +lladdr {_MAC})?(?P<rest>(?: +[\w-]+)*)\s*$",
        # Cisco: `Internet  10.0.0.9   5   4447.cc01.0203  ARPA   Vlan1`
        rf"Internet +{_IP} +(?:-|\d+) +(?:{_MAC}|Incomplete) +ARPA(?P<rest>.*)$",
        # /proc/net/arp: `10.0.0.9  0x1  0x2  44:47:cc:01:02:03  *  eth0`
        rf"{_IP} +0x\d+ +0x\d+ +{_MAC} +\S+ +(?P<port>\S+)$",
        # arp -n: `10.0.0.9  ether  44:47:cc:01:02:03  C  eth0`; the name may stand there
        rf"(?:{_IP}|(?P<name>[\w.-]+)) +(?:(?:ether|loop|infiniband) +{_MAC}"
        rf"|\(incomplete\))(?P<rest>.*)$",
        # Windows: `  10.0.0.9   44-47-cc-01-02-03   dynamic`; ndp; netstat
        rf"{_IP} +(?:{_MAC}|\(incomplete\))(?: +(?P<rest>.*))?$",
        # PowerShell: `12  10.0.0.9   44-47-CC-01-02-03   Reachable   ActiveStore`
        rf"\d+ +{_IP} +{_MAC} +(?P<rest>[A-Z]\w+.*)$",
    )
)
_HEADING = re.compile(
    r"(?:Interface|Schnittstelle|Interfaz|Interfaccia|Интерфейс|接口|インターフェイス)\b.*"
    r"|(?:Internet[- ]|Adresse Internet|Dirección|Indirizzo|адрес|IP address +HW|Address +HW).*"
    r"|Protocol +Address.*|Neighbor +Linklayer.*|ifIndex +IPAddress.*|[- ]+$|\S+ arp .*"
    r"|.*\b(?:Physi[ck]al|physique|física|fisico|physische|MAC)\b.*|Entries: \d+.*"
    r"|\S+[#>] ?show .*",
    re.I,
)
_PORT = re.compile(r"\b(?:on|dev|auf) ([\w.:-]+)|(?:^| )((?:eth|en|wl|br|vlan|bond|Vlan|Gi)\S*)")


class ArpTable:
    """See Format."""

    name = "arp-table"
    title = "Neighbour tables: arp -a, ip neigh, ndp -an; Linux, macOS, Windows, Cisco"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By lines of an address and a MAC address as one of the tools writes them."""
        if listing.is_markup(head):
            return 0
        lines = entries(head.lines)
        fit = [match for line in lines if (match := _match(line))]
        if not any(match.groupdict().get("mac") for match in fit):
            return 0
        known = len(fit) + sum(bool(_HEADING.match(line.strip())) for line in lines)
        return 82 if known >= len(lines) * 0.7 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per neighbour with a MAC address."""
        hosts, seen, found, others = Hosts(), "", False, 0
        for number, line in numbered(opened):
            if not line.strip():
                continue
            if named := host_line(line):
                yield from hosts.new(named, f"line {number}")
                seen = hosts.name(named)
                continue
            match = _match(line)
            if match is None and _HEADING.match(line.strip()):
                continue
            record = _record(match, number, seen) if match else None
            found = found or record is not None
            if record is not None:
                yield record
            elif match is None:
                yield Quarantine(f"line {number}", "no entry of a neighbour table", one_line(line))
            else:
                others += 1  # did not answer, or a group address: no host
        if others:
            yield Tally("service", others)
        if not found:
            raise Unreadable("no neighbour with a MAC address in it")


def _match(line: str) -> re.Match[str] | None:
    text = line.strip()
    return next((m for shape in _SHAPES if (m := matching(shape, text))), None)


def _record(match: re.Match[str], number: int, seen_by: str) -> Record | None:
    said = {key: value or "" for key, value in match.groupdict().items()}
    mac = _padded(said.get("mac", ""))
    if not mac or int(mac[1], 16) & 1:  # no answer, or a group address
        return None
    rest = said.get("rest", "")
    port = _PORT.search(rest)
    state = re.search(r"\b(REACHABLE|STALE|DELAY|PROBE|PERMANENT|NOARP|Reachable|Stale)\b", rest)
    return host_record(
        "arp entry",
        f"line {number}",
        name=said.get("name", ""),
        addresses=(said.get("ip", ""),) if address(said.get("ip", "")) else (),
        mac=mac,
        notes={
            "port": said.get("port") or (port[1] or port[2] if port else ""),
            "reached": state[1].lower() if state else "",
            "seen_by": seen_by,
        },
    )


def _padded(mac: str) -> str:
    """A MAC address with two digits each, as macOS does not write them."""
    if "." in mac:
        digits = mac.replace(".", "")
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return ":".join(part.zfill(2) for part in re.split("[:-]", mac)) if mac else ""
