"""Network discovery and SNMP inventories: switches, printers, phones, cameras, storage.

Here the device is the host. What stands at its ports is a host of its own, known by its address,
and linked to the device: that is how equipment shows that runs no agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from oust.formats import glpi_sections
from oust.formats import inventory_ids as ids
from oust.formats.glpi_node import Node
from oust.formats.listing import extra
from oust.formats.seam import one_line
from oust.model import Link, Quarantine, Record, Said, Tally

_PORTS = ("PORTS", "PORT", "NETWORK_PORTS")
_SECTIONS = {"NETWORK_COMPONENTS": "COMPONENT", "COMPONENTS": "COMPONENT"}
_WRAPPERS = ("COMPONENTS", "PORTS", "CONNECTIONS")


def devices(content: Node, found: Sequence[Node], message: Node) -> Iterator[Said]:
    """Every device, and what the content says beside a single one (the JSON's habit)."""
    used: set[str] = set()
    for node in found:
        beside = content if node.name == "NETWORK_DEVICE" else None
        yield from _device(node, beside, message, used)


def _device(node: Node, beside: Node | None, message: Node, used: set[str]) -> Iterator[Said]:
    info = node.child("INFO") or node
    name = _name(info, message)
    error = node.child("ERROR")
    if error:
        yield Quarantine(error.locator, "the agent could not query it", one_line(_told(error)))
    if name:
        used.add(name)
        yield _host(info, name, beside)
    elif not error:  # what stands in it is told all the same
        yield Quarantine(node.locator, "the device has no name and no address")
    counted = 0
    for part in [*node.nodes, *(beside.nodes if beside else ())]:
        if part is node or part.name in ("INFO", "IPS", "ERROR"):
            continue
        if part.name in _PORTS:
            ports = part.nodes if part.name == "PORTS" else [part]
            for port in ports:
                counted += 1
                yield from _neighbours(port, name, used)
        else:
            told, uncounted = _part(part, name)
            counted += uncounted
            yield from told
    if counted:
        yield Tally("document", counted)


def _told(node: Node) -> str:
    return node.texts.get("MESSAGE", "") or " ".join(node.texts.values())


def _name(info: Node, message: Node) -> str:
    keys = ("NAME", "SNMPHOSTNAME", "SYSNAME", "DNSHOSTNAME", "NETBIOSNAME", "IP", "MAC", "SERIAL")
    texts = info.texts
    address = info.texts_of("IPS").get("IP", "").split("/")[0]
    own = message.texts.get("DEVICEID", "") if message.texts.get("ITEMTYPE") else ""
    return next((texts[key] for key in keys if texts.get(key)), "") or address or own


def _host(info: Node, name: str, beside: Node | None) -> Record:
    texts = info.texts
    maker = texts.get("MANUFACTURER", "")
    firmware = next((n for n in (beside.nodes if beside else ()) if n.name == "FIRMWARES"), None)
    return Record(
        kind="host",
        locator=info.locator,
        ref=name,
        name=name,
        version=texts.get("FIRMWARE", "")
        or (firmware.texts.get("VERSION", "") if firmware else ""),
        type=texts.get("TYPE", "").lower(),
        manufacturer=maker,
        ids=ids.joined(
            ids.mac(texts.get("MAC", "")),
            ids.serial(texts.get("SERIAL", "")),
            *(ids.one("ip", ip) for ip in _addresses(info)),
        ),
        description=texts.get("COMMENTS") or texts.get("DESCRIPTION", ""),
        extra=extra({"model": texts.get("MODEL", ""), "location": texts.get("LOCATION", "")}),
    )


def _addresses(node: Node) -> list[str]:
    """Addresses of a node, without those that every machine has."""
    text = f"{node.texts.get('IP', '')}/{node.texts_of('IPS').get('IP', '')}/"
    text += node.texts.get("IPS", "")
    found = re.split(r"[/,\s]+", text)
    return [ip for ip in dict.fromkeys(found) if ip and not re.match(r"127\.|::1$|0\.0\.0\.0", ip)]


def _part(node: Node, host: str) -> tuple[list[Said], int]:
    """Records of one section below a device, and how many rows of it are only counted."""
    if node.name in glpi_sections.ABOUT_NO_PRODUCT:
        return [], 1
    if node.name in _WRAPPERS and node.nodes:
        told: list[Said] = []
        counted = 0
        for inner in node.nodes:
            more, uncounted = _part(inner, host)
            told, counted = [*told, *more], counted + uncounted
        return told, counted
    section = _SECTIONS.get(node.name, node.name)
    record = glpi_sections.record(section, node.texts, node.locator, host)
    return ([record], 0) if record else ([], 1)


def _neighbours(port: Node, device: str, used: set[str]) -> Iterator[Said]:
    """What is connected to a port, each with a link from the device."""
    for node in _connections(port):
        texts = node.texts
        macs = [one for text in texts.get("MAC", "").split("/") for one in ids.mac(text)]
        if not macs:
            macs = [""]
        for mac in macs:
            record = _neighbour(node, texts, mac)
            if record is None:
                yield Quarantine(node.locator, "a connection without an address", one_line(texts))
                continue
            if record.ref not in used:
                used.add(record.ref)
                yield record
            if not device:
                continue
            port_name = port.texts.get("IFNAME") or port.texts.get("IFDESCR", "")
            shown = extra({"port": port_name, "far port": texts.get("IFDESCR", "")})
            yield Link("connects-to", device, (record.ref,), node.locator, extra=shown)


def _connections(port: Node) -> Iterator[Node]:
    for node in port.nodes:
        if node.name in ("CONNECTION", "CONNECTIONS"):
            if node.name == "CONNECTIONS" and node.nodes:
                yield from (n for n in node.nodes if n.name in ("CONNECTION", "CONNECTIONS"))
            elif node.texts.keys() - {"CDP", "LLDP"}:
                yield node


def _neighbour(node: Node, texts: Mapping[str, str], mac: str) -> Record | None:
    name = texts.get("SYSNAME") or texts.get("NAME") or texts.get("IP") or mac[4:]
    if not name:
        return None
    return Record(
        kind="host",
        locator=node.locator,
        ref=mac[4:] or name,
        name=name,
        type="neighbour",
        ids=ids.joined((mac,) if mac else (), *(ids.one("ip", ip) for ip in _addresses(node))),
        description=texts.get("SYSDESCR", ""),
        extra=extra({"model": texts.get("MODEL", "")}),
    )
