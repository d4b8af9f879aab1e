"""Nmap's XML output (-oX): hosts with addresses and MAC vendor, and the services on their ports.

A service is what nmap took it for by its answers: product and version become a program on that
host, with its CPE names. Ports that answered without a product are counted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from oust.formats.listing import extra
from oust.formats.log_rows import id_of
from oust.formats.log_times import Moment, epoch
from oust.formats.network_hosts import host_record
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said, Tally

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_CERTIFICATE = re.compile(r"Subject: (?P<subject>.*?)(?:\n|$)")
_NAMES = re.compile(r"DNS:([\w.*-]+)")
MOST_NAMES = 50
"""Names of one certificate that are kept."""


class NmapXml:
    """See Format."""

    name = "nmap-xml"
    title = "Nmap scan, XML (-oX)"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By its root element and the scanner that it names."""
        root, attributes = head.xml_root
        return 98 if root == "nmaprun" and "scanner" in attributes else 60 * (root == "nmaprun")

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record per host that answered, and one per service with a product."""
        number = 0
        for element in _hosts(opened):
            number += 1
            yield from _host(element, f"/nmaprun/host[{number}]")
        if number == 0:
            raise Unreadable("no host in it")


def _hosts(opened: Opened) -> Iterator[Any]:
    """Elements of hosts, each freed once it was read. Raises Unreadable where the XML ends."""
    from lxml import etree

    raw = opened.utf8()
    if _ENTITY.search(raw[:65_536]):
        raise Unreadable("the XML declares entities, which are never expanded")
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    events = etree.iterparse(
        io.BytesIO(raw), events=("end",), tag="host", recover=False, huge_tree=False, **options
    )
    try:
        for _, element in events:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"the XML breaks off or is broken: {one_line(str(error))}") from None


def _host(element: Any, path: str) -> Iterator[Said]:
    state = element.find("status")
    if state is not None and state.get("state") == "down":
        yield Tally("service", 1)
        return
    addresses = list(element.findall("address"))
    macs = [one for one in addresses if one.get("addrtype") == "mac"]
    ips = [one.get("addr") or "" for one in addresses if one.get("addrtype") != "mac"]
    names = [one.get("name") or "" for one in element.findall("hostnames/hostname")]
    begun, ended = (epoch(element.get(key) or "") for key in ("starttime", "endtime"))
    record = host_record(
        "scanned host",
        path,
        name=next(filter(None, names), ""),
        addresses=ips,
        mac=(macs[0].get("addr") or "") if macs else "",
        since=begun,
        until=ended,
        manufacturer=(macs[0].get("vendor") or "") if macs else "",
        more_ids=[one for name in names for one in id_of(name)],
        notes={"names": "; ".join(names[1:]), "os_guess": _guess(element)},
    )
    if record is None:
        yield Quarantine(path, "a host without address and name", one_line(dict(element.attrib)))
        return
    yield record
    silent = 0
    for number, port in enumerate(element.findall("ports/port"), 1):
        one = _service(port, record, f"{path}/ports[1]/port[{number}]", begun)
        if one is None:
            silent += 1
        else:
            yield one
    if silent:
        yield Tally("program", silent)


def _guess(element: Any) -> str:
    """What nmap takes the operating system for, with its own measure of how sure it is."""
    match = element.find("os/osmatch")
    if match is None:
        return ""
    return f"{match.get('name') or ''} ({match.get('accuracy') or '?'} %)"[:300]


def _service(port: Any, host: Record, path: str, seen: Moment) -> Record | None:
    """The program that answers on an open port; None if nothing tells which it is."""
    state, service = port.find("state"), port.find("service")
    if state is not None and state.get("state") not in ("open", "open|filtered"):
        return None
    told = service.attrib if service is not None else {}
    subject, names = _certificate(port)
    cpes = [one.text or "" for one in service.findall("cpe")] if service is not None else []
    if not (told.get("product") or cpes or subject):
        return None
    guess = told.get("method") == "table"
    place = f"{port.get('portid') or '?'}/{port.get('protocol') or '?'}"
    return Record(
        kind="program",
        locator=path,
        name=told.get("product") or f"service on {place}",
        version=told.get("version", ""),
        type="service found by a scan",
        ids=tuple(f"cpe:{one}" if not one.startswith("cpe:") else one for one in cpes if one)
        + tuple(f"san:{name}" for name in names),
        description=told.get("extrainfo", ""),
        host=host.name,
        since=seen.iso,
        extra=extra(
            {
                "port": place,
                "service": told.get("name", ""),
                "device": told.get("devicetype", ""),
                "certificate": subject,
                "guess": "by the port number alone" if guess else "",
            }
        ),
    )


def _certificate(port: Any) -> tuple[str, list[str]]:
    """Subject and host names of the certificate that a script fetched."""
    for script in port.findall("script"):
        if script.get("id") == "ssl-cert":
            output = script.get("output") or ""
            match = _CERTIFICATE.search(output)
            names = dict.fromkeys(
                name.lower().removeprefix("*.") for name in _NAMES.findall(output)
            )
            return (match["subject"].strip() if match else ""), list(names)[:MOST_NAMES]
    return "", []
