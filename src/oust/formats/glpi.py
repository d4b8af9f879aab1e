"""Inventories in the format of GLPI agents, FusionInventory and OCS Inventory, XML and JSON.

Both are brought to one shape, a tree of nodes with upper-case names, and read from there: first
the host that the inventory is about, then what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from oust.formats import glpi_network, glpi_sections
from oust.formats import inventory_ids as ids
from oust.formats.glpi_node import Node, from_json, from_xml
from oust.formats.json_stream import values
from oust.formats.listing import extra
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.formats.xml_tree import tree
from oust.model import Quarantine, Record, Said, Tally

_STAMP = re.compile(r"-\d{4}(-\d\d){5}$")
_JSON_MARKS = frozenset(
    ("softwares", "hardware", "versionclient", "network_device", "usbdevices", "operatingsystem")
)


class GlpiJson:
    """The JSON of GLPI agents since 1.0, whole or partial."""

    name = "glpi-inventory-json"
    title = "GLPI, FusionInventory inventory, JSON"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the keys of an agent's message around those of an inventory."""
        keys = head.json_keys
        if {"deviceid", "content"} <= keys and keys & (_JSON_MARKS | {"action", "itemtype"}):
            return 95
        return 90 if len(keys & _JSON_MARKS) >= 3 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """The host, its programs and its parts, for each inventory in the file."""
        for one in values(opened):
            if isinstance(one, Quarantine):
                yield one
            elif isinstance(one[1], dict):
                yield from _inventory(from_json(one[1], one[0]))
            else:
                yield Quarantine(one[0], "not an inventory", one_line(one[1]))


class GlpiXml:
    """The XML of FusionInventory, OCS Inventory and older GLPI agents."""

    name = "glpi-inventory-xml"
    title = "GLPI, FusionInventory, OCS inventory, XML"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the root `REQUEST` and its content."""
        root = head.xml_root[0].upper()
        if root in ("REQUEST", "COMPUTER") and re.search(r"(?i)<(CONTENT|HARDWARE)\b", head.text):
            return 95
        return 50 if root == "REQUEST" and re.search(r"(?i)<DEVICEID>", head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """The host, its programs and its parts."""
        root, complaints = tree(opened)
        yield from complaints
        yield from _inventory(from_xml(root))


class _Host(NamedTuple):
    name: str
    said: list[Said]


def _inventory(message: Node) -> Iterator[Said]:
    """Everything in one agent's message."""
    content = message.child("CONTENT") or message
    counted = 0
    yield from (*message.misfits, *(content.misfits if content is not message else ()))
    for name in sorted(content.texts.keys() & glpi_sections.SECTIONS.keys()):
        yield Quarantine(content.locator, f"`{name}` holds no rows", one_line(content.texts[name]))
    devices = [n for n in content.nodes if n.name in ("DEVICE", "NETWORK_DEVICE")]
    if devices:
        yield from glpi_network.devices(content, devices, message)
        return
    host = _host(message, content)
    yield from host.said
    for node in content.nodes:
        if node.name in glpi_sections.ABOUT_NO_PRODUCT:
            counted += 1
        elif node.name != "HARDWARE":
            for one in _row(node, host.name):
                if one is None:
                    counted += 1
                else:
                    yield one
    if counted:
        yield Tally("document", counted)


def _row(node: Node, host: str) -> Iterator[Said | None]:
    """What a row says; None for one that names neither a thing nor its maker."""
    yield from node.misfits
    if node.nodes and not node.texts and node.name != "OPERATINGSYSTEM":
        for inner in node.nodes:  # a list wrapped in an element of its own
            yield from _row(inner, host)
        return
    record = glpi_sections.record(node.name, node.texts, node.locator, host)
    if record is None and node.name in ("SOFTWARES", "ANTIVIRUS") and node.texts:
        yield Quarantine(node.locator, "a program without a name", one_line(dict(node.texts)))
    else:
        yield record


def _host(message: Node, content: Node) -> _Host:
    """The machine itself."""
    hardware = content.texts_of("HARDWARE")
    bios = content.texts_of("BIOS")
    system = content.texts_of("OPERATINGSYSTEM")
    device = _STAMP.sub("", message.texts.get("DEVICEID", ""))
    name = hardware.get("NAME") or system.get("FQDN") or device
    serial = next((s for key in ("SSN", "MSN") if (s := bios.get(key, ""))), "")
    if not name:
        missing = Quarantine(content.locator, "the inventory names no host")
        return _Host("", [missing])
    record = Record(
        kind="host",
        locator=(content.child("HARDWARE") or message).locator,
        ref=name,
        name=name,
        manufacturer=_maker(bios),
        ids=ids.joined(ids.serial(serial), ids.one("id", _uuid(hardware.get("UUID", "")))),
        extra=extra(_about(hardware, bios, system, content, message)),
    )
    return _Host(name, [record])


def _maker(bios: Mapping[str, str]) -> str:
    maker = bios.get("SMANUFACTURER") or bios.get("MMANUFACTURER", "")
    return "" if ids.is_blank(maker) else maker


def _uuid(value: str) -> str:
    return "" if ids.is_blank(value.replace("-", "")) else value.upper()


def _about(
    hardware: Mapping[str, str],
    bios: Mapping[str, str],
    system: Mapping[str, str],
    content: Node,
    message: Node,
) -> dict[str, str]:
    partial = message.texts.get("PARTIAL", "").lower() in ("true", "1")
    return {
        "model": bios.get("SMODEL", ""),
        "fqdn": system.get("FQDN", ""),
        "os": system.get("FULL_NAME") or hardware.get("OSNAME", ""),
        "workgroup": hardware.get("WORKGROUP", ""),
        "asset tag": bios.get("ASSETTAG", ""),
        "tag": message.texts.get("TAG", ""),
        "deviceid": message.texts.get("DEVICEID", ""),
        "agent": content.texts.get("VERSIONCLIENT", ""),
        "collected": content.texts_of("ACCESSLOG").get("LOGDATE", ""),
        "partial": "true" if partial else "",
    }
