"""macOS system_profiler: what its text, XML and JSON reports have in common.

A report is a list of sections (`SPApplicationsDataType`, ...) of items, about one Mac. One file may
hold the reports of several Macs, one after the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra, string
from oust.formats.seam import one_line
from oust.model import Kind, Quarantine, Record, Said, Tally

DEEPEST = 20
"""Items nest (a USB hub in a hub); no Mac has more levels than this."""

_CHAIN = re.compile(r", (?=[^,]*(?:Certification Authority|Root CA|Intermediate CA))")
_GUEST = re.compile(r"/[^/]*\(Parallels\)/|/VMware Fusion Applications/|\.pvm/", re.IGNORECASE)
_TYPES: dict[str, tuple[Kind, str]] = {
    "SPApplicationsDataType": ("program", "application"),
    "SPInstallHistoryDataType": ("program", "installation"),
    "SPExtensionsDataType": ("program", "kernel extension"),
    "SPDisabledSoftwareDataType": ("program", "disabled software"),
    "SPFrameworksDataType": ("program", "framework"),
    "SPPrefPaneDataType": ("program", "preference pane"),
    "SPStartupItemDataType": ("program", "startup item"),
    "SPPrintersSoftwareDataType": ("program", "printer software"),
    "SPLegacySoftwareDataType": ("program", "legacy software"),
}
_HOST_TYPES = ("SPSoftwareDataType", "SPHardwareDataType")
_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("_name", "name", "product_name", "device_name"),
    "version": ("version", "install_version", "spext_version", "bcd_device", "firmware_version"),
    "path": ("path", "location", "spext_path", "spframeworks_path", "spprefpane_bundlePath"),
    "maker": ("manufacturer", "vendor", "vendor_name", "device_manufacturer", "spdisplays_vendor"),
    "bundle": ("spext_bundleid", "bundle_id", "spprefpane_identifier", "spdisabledsw_bundleid"),
    "signed": ("signed_by", "spext_signed_by", "spframeworks_signed_by"),
    "serial": ("serial_num", "serial_number"),
    "date": ("install_date",),
    "info": ("info", "spext_info", "get_info_string", "spframeworks_info"),
}
_SHOWN = (
    *("obtained_from", "package_source", "lastModified", "spext_lastModified", "arch_kind"),
    *("runtime_environment", "spext_loaded", "interface", "machine_model", "model_number"),
)


class Item(NamedTuple):
    """One item of a report."""

    section: str  # SPApplicationsDataType, ...
    values: Mapping[str, Any]  # keys as in the JSON report
    locator: str


class Mac(NamedTuple):
    """The Mac that a report is about."""

    name: str
    record: Record


def tell(items: Sequence[Item | Quarantine], collected: str = "") -> Iterator[Said]:
    """Everything that one report says; `collected` is when it was made, if known."""
    mac = _mac([item for item in items if isinstance(item, Item)], collected)
    if mac:
        yield mac.record
    counted: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Quarantine):
            yield item
        elif item.section not in _HOST_TYPES:
            yield from _told(item, mac.name if mac else "", counted)
    if counted.total():
        yield Tally("document", counted.total())


def _told(item: Item, host: str, counted: Counter[str]) -> Iterator[Said]:
    record = _record(item, host)
    if record is None:
        yield Quarantine(item.locator, "item without a name", one_line(dict(item.values)))
    elif record.kind == "program" or record.manufacturer or record.version or record.ids:
        yield record
    else:
        counted[item.section] += 1  # settings and states, of which nothing can be a product


def _first(item: Item, what: str) -> str:
    return next((text for key in _FIELDS[what] if (text := string(item.values.get(key)))), "")


def _record(item: Item, host: str) -> Record | None:
    name = _first(item, "name")
    if not name:
        return None
    kind, word = _TYPES.get(item.section, ("component", _spoken(item.section)))
    path = _first(item, "path")
    # the Mac lists it, a virtual machine on it runs it: its "version" may be that of Windows
    guest = bool(_GUEST.search(path))
    version = _first(item, "version")
    system = version if guest and version.startswith("Windows") else ""
    chain = signers(next((item.values[k] for k in _FIELDS["signed"] if item.values.get(k)), ""))
    since = day(_first(item, "date"))
    return Record(
        kind=kind,
        locator=item.locator,
        name=name,
        version="" if system else version,
        type="guest application" if guest else word,
        manufacturer=_maker(item),
        ids=_ids(item, chain),
        path=path,
        description=_first(item, "info"),
        host=host,
        since=since,
        extra=_extra(item, chain, since, system),
    )


def _spoken(section: str) -> str:
    """`SPUSBDataType` as `usb`."""
    return re.sub(r"^SP|DataType$", "", section).lower()


def _maker(item: Item) -> str:
    text = _first(item, "maker") or string(item.values.get("vendor_id"))
    named = re.fullmatch(r"0x[0-9a-fA-F]+\s+\((.+)\)", text)
    return named[1] if named else "" if re.fullmatch(r"(sppci_|0x)\w*", text) else text


def _ids(item: Item, chain: Sequence[str]) -> tuple[str, ...]:
    values = item.values
    ethernet = values.get("Ethernet")
    address = ethernet.get("MAC Address") if isinstance(ethernet, Mapping) else None
    return ids.joined(
        ids.one("bundle", _first(item, "bundle")),
        ids.signer(chain[0]) if chain else (),
        ids.serial(_first(item, "serial")),
        ids.usb(string(values.get("vendor_id")), string(values.get("product_id"))),
        ids.mac(string(address) or string(values.get("mac_address"))),
    )


def signers(value: Any) -> tuple[str, ...]:
    """The chain of a `signed_by`, leaf first. Names hold commas, so text is cut only at CAs."""
    if isinstance(value, (list, tuple)):
        return tuple(text for one in value if (text := string(one)))
    return tuple(part for part in _CHAIN.split(string(value)) if part)


def _extra(item: Item, chain: Sequence[str], since: str, system: str) -> str:
    shown = {key: string(item.values.get(key)) for key in _SHOWN}
    shown["guest system"] = system
    if not since:
        shown["install_date"] = _first(item, "date")
    return extra({"signed_by": " < ".join(chain), **shown})


def _mac(items: Sequence[Item], collected: str) -> Mac | None:
    found = [item for item in items if item.section in _HOST_TYPES]
    merged: dict[str, str] = {}
    for item in found:
        for key, value in item.values.items():
            if key != "_name" and (text := string(value)):
                merged.setdefault(key, text)
    number = merged.get("serial_number", "")
    uuid = merged.get("platform_UUID", "")
    name = merged.get("local_host_name") or number or uuid
    if not name:
        return None
    shown = {
        "os": merged.get("os_version", ""),
        "model": merged.get("machine_model") or merged.get("machine_name", ""),
        "uuid": uuid,
        "collected": collected,
    }
    return Mac(
        name,
        Record(
            kind="host",
            locator=found[0].locator,
            ref=name,
            name=name,
            ids=ids.serial(number),
            extra=extra(shown),
        ),
    )
