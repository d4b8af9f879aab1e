"""Rows of a GLPI, FusionInventory or OCS inventory as records: one section of the host at a time.

Keys are upper case here, as in the XML; the JSON of newer agents has the same words in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra, urls
from oust.model import Kind, Record


class Section(NamedTuple):
    """What the rows of one section are."""

    kind: Kind
    type: str
    names: tuple[str, ...] = ("NAME", "CAPTION", "DESIGNATION", "MODEL", "DESCRIPTION", "TYPE")
    versions: tuple[str, ...] = ("VERSION", "FIRMWARE", "REVISION", "REV")


SECTIONS: dict[str, Section] = {
    "SOFTWARES": Section("program", "program"),
    "ANTIVIRUS": Section("program", "antivirus", versions=("VERSION",)),
    "REMOTE_MGMT": Section("program", "remote management", ("TYPE",)),
    "PROCESSES": Section("program", "process", ("CMD",)),
    "DATABASES_SERVICES": Section("program", "database"),
    "JVMS": Section("program", "java machine"),
    "LICENSEINFOS": Section("program", "licence", ("FULLNAME", "NAME")),
    "OPERATINGSYSTEM": Section(
        "program", "operating system", ("FULL_NAME", "NAME"), ("KERNEL_VERSION", "VERSION")
    ),
    "VIRTUALMACHINES": Section("component", "virtual machine", ("NAME", "IMAGE", "UUID")),
    "BIOS": Section("component", "firmware", ("BNAME",), ("BVERSION",)),
    "USBDEVICES": Section("component", "usb device"),
    "CONTROLLERS": Section("component", "controller"),
    "NETWORKS": Section("component", "network interface", ("DESCRIPTION", "NAME", "MODEL")),
    "MONITORS": Section("component", "monitor"),
    "PRINTERS": Section("component", "printer", ("NAME", "DRIVER", "DESCRIPTION")),
    "CAMERAS": Section("component", "camera", ("MODEL", "DESIGNATION", "NAME")),
    "CPUS": Section("component", "processor", ("NAME", "FAMILYNAME"), ()),
    "MEMORIES": Section("component", "memory", ("MODEL", "CAPTION", "DESCRIPTION"), ()),
    "STORAGES": Section("component", "storage", ("MODEL", "NAME", "DESCRIPTION")),
    "SIMCARDS": Section("component", "sim card", ("OPERATOR_NAME", "OPERATOR_CODE"), ()),
    "INPUTS": Section("component", "input"),
    "SOUNDS": Section("component", "sound"),
    "VIDEOS": Section("component", "video"),
    "MODEMS": Section("component", "modem"),
    "SENSORS": Section("component", "sensor"),
    "BATTERIES": Section("component", "battery", ("NAME", "CHEMISTRY"), ()),
    "POWERSUPPLIES": Section("component", "power supply"),
    "FIRMWARES": Section("component", "firmware"),
    "COMPONENT": Section("component", "module", ("MODEL", "NAME", "DESCRIPTION")),
}
ANY = Section("component", "")
ABOUT_NO_PRODUCT = frozenset(
    (
        *("ACCESSLOG", "ACCOUNTINFO", "ENVS", "LOCAL_USERS", "LOCAL_GROUPS", "USERS", "USER"),
        *("DRIVES", "LOGICAL_VOLUMES", "PHYSICAL_VOLUMES", "VOLUME_GROUPS", "VERSIONPROVIDER"),
        *("SLOTS", "PORTS", "FIREWALL", "FIREWALLS", "DOWNLOAD", "CARTRIDGES", "PAGECOUNTERS"),
    )
)
"""Sections that are counted and not kept: settings, states and people."""

_MAKERS = ("MANUFACTURER", "BMANUFACTURER", "VENDOR", "MAKER")
_PATHS = ("FOLDER", "INSTALLPATH", "PATH", "INSTALL_LOCATION", "HOME")
_PACKAGERS = {"rpm": "rpm", "deb": "deb", "dpkg": "deb", "dpkg-query": "deb"}
_SHOWN = (
    *("FROM", "SYSTEM_CATEGORY", "RELEASE_TYPE", "ARCH", "USERNAME", "UNINSTALL_STRING"),
    *("ENABLED", "UPTODATE", "BASE_VERSION", "EXPIRATION", "DRIVER", "PORT", "STATUS"),
    *("PCISLOT", "PCIID", "PNPDEVICEID", "WIFI_SSID", "WIFI_BSSID", "VMTYPE", "IMAGE", "ID"),
)
_APPX = re.compile(r"[\\/]WindowsApps[\\/]([^\\/_]+)_[^\\/]*__(\w{13})(?:[\\/]|$)", re.IGNORECASE)


def record(name: str, row: Mapping[str, str], locator: str, host: str) -> Record | None:
    """A row of the section `name`; None if it names neither a thing nor its maker."""
    section = SECTIONS.get(name, ANY)
    maker = _first(row, _MAKERS)
    called = _called(name, section, row) or maker
    if not called:
        return None
    packaged = _PACKAGERS.get(row.get("FROM", "").lower(), "")
    publisher = _first(row, ("PUBLISHER", "COMPANY", "EDITOR"))
    written = _first(row, ("INSTALLDATE", "INSTALL_DATE"))
    since = day(written, day_first=True)
    return Record(
        kind=section.kind,
        locator=locator,
        name=called,
        version=_first(row, section.versions),
        type=section.type or name.lower(),
        manufacturer=maker,
        # of a distribution's package, the agent reports who built it as its publisher
        publisher="" if packaged else publisher,
        packager=publisher if packaged else "",
        ids=_ids(name, row, packaged),
        urls=urls(*(row.get(key, "") for key in ("URL_INFO_ABOUT", "HELPLINK", "URL"))),
        path=_path(name, row),
        description=_description(name, row, called),
        host=host,
        since=since,
        extra=extra(_shown(name, row, "" if since else written)),
    )


def _first(row: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((row[key] for key in keys if row.get(key)), "")


def _called(name: str, section: Section, row: Mapping[str, str]) -> str:
    if name == "BIOS":
        return "BIOS" if _first(row, ("BMANUFACTURER", "BVERSION")) else ""
    called = _first(row, section.names)
    if name == "PROCESSES":
        return re.split(r"[\\/]", _command(called))[-1]
    if name == "SOFTWARES":
        return called or row.get("GUID", "")
    return called


def _command(line: str) -> str:
    """The program of a command line; of a kernel thread, its name in brackets."""
    quoted = re.match(r'"([^"]+)"', line)
    return quoted[1] if quoted else line.split(" ", 1)[0]


def _process(row: Mapping[str, str]) -> str:
    """Name of the executable; none for a thread of the kernel."""
    called = _called("PROCESSES", SECTIONS["PROCESSES"], row)
    return "" if called.startswith("[") else called


def _path(name: str, row: Mapping[str, str]) -> str:
    if name == "PROCESSES":
        command = _command(row.get("CMD", ""))
        return command if re.search(r"[\\/]", command) and not command.startswith("[") else ""
    return _first(row, _PATHS)


def _description(name: str, row: Mapping[str, str], called: str) -> str:
    if name == "PROCESSES":
        return row.get("CMD", "")
    found = _first(row, ("COMMENTS", "DESCRIPTION", "CAPTION"))
    return "" if found == called else found


def _ids(name: str, row: Mapping[str, str], packaged: str) -> tuple[str, ...]:
    get = row.get
    guid = get("GUID", "")
    appx = _APPX.search(_first(row, _PATHS))
    serial = _first(row, ("SERIAL", "SERIALNUMBER", "SERIALNUM")) if name != "BIOS" else ""
    android = get("COMMENTS", "") if get("FROM", "").lower() == "android" else ""
    return ids.joined(
        ids.one("android", android) if re.fullmatch(r"\w+(\.\w+)+", android) else (),
        ids.one("av", ids.guid(guid)) if name == "ANTIVIRUS" else (),
        ids.uninstall(guid) if name == "SOFTWARES" and not packaged and guid else (),
        ids.one("appx", f"{appx[1]}_{appx[2]}") if appx else (),
        ids.one(packaged, get("NAME", "")) if packaged else (),
        ids.one("process", _process(row)) if name == "PROCESSES" else (),
        ids.usb(get("VENDORID", ""), get("PRODUCTID", "")) if name == "USBDEVICES" else (),
        ids.serial(serial) if name not in ("SOFTWARES", "ANTIVIRUS", "OPERATINGSYSTEM") else (),
        ids.mac(_first(row, ("MACADDR", "MAC"))),
        ids.one("part", _first(row, ("PARTNUM", "PARTNUMBER"))),
    )


def _shown(name: str, row: Mapping[str, str], installed: str) -> dict[str, str]:
    shown = {key.lower(): row.get(key, "") for key in _SHOWN}
    if name == "CONTROLLERS" and row.get("VENDORID"):
        shown["pci"] = f"{row['VENDORID']}:{row.get('PRODUCTID', '')}"
    shown["installed"] = "" if installed.upper() == "N/A" else installed
    return shown
