"""What the columns of osquery's tables mean.

Queries rename tables at will, so a row is recognised by its columns first and by the name of the
query only where columns do not tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra, urls
from oust.model import Kind, Record


class Table(NamedTuple):
    """How rows of one table become records."""

    kind: Kind
    type: str
    vendor: str = "publisher"  # the Record field for a column that names a vendor
    scheme: str = ""  # scheme of an id made from `name`
    purl: str = ""  # purl type, where name and version make one
    marks: tuple[frozenset[str], ...] = ()  # columns that only this table has together


def _marks(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


TABLES: dict[str, Table] = {
    "authenticode": Table(
        "program",
        "signed file",
        marks=_marks("original_program_name", "subject_name issuer_name result"),
    ),
    "signature": Table("program", "signed file", marks=_marks("team_identifier", "cdhash")),
    "apps": Table(
        "program", "application", marks=_marks("bundle_identifier", "bundle_short_version")
    ),
    "programs": Table(
        "program", "program", marks=_marks("identifying_number", "install_source uninstall_string")
    ),
    "rpm_packages": Table(
        "program",
        "rpm",
        "packager",
        "rpm",
        marks=_marks("package_group", "release arch vendor", "release epoch"),
    ),
    "deb_packages": Table(
        "program",
        "deb",
        "packager",
        "deb",
        marks=_marks("maintainer arch", "maintainer section", "admindir"),
    ),
    "homebrew_packages": Table("program", "homebrew", marks=_marks("auto_update app_name")),
    "npm_packages": Table("component", "npm", purl="npm"),
    "python_packages": Table("component", "python", purl="pypi"),
    "chrome_extensions": Table(
        "program",
        "browser extension",
        marks=_marks("referenced_identifier", "browser_type", "update_url from_webstore"),
    ),
    "firefox_addons": Table("program", "browser extension", marks=_marks("creator source_url")),
    "safari_extensions": Table("program", "browser extension"),
    "vscode_extensions": Table("program", "editor extension", marks=_marks("publisher_id")),
    "chocolatey_packages": Table("program", "chocolatey"),
    "services": Table(
        "program", "service", scheme="service", marks=_marks("start_type service_type")
    ),
    "systemd_units": Table("program", "service", marks=_marks("fragment_path sub_state")),
    "launchd": Table("program", "service", marks=_marks("label program_arguments")),
    "processes": Table(
        "program", "process", scheme="process", marks=_marks("pid cmdline", "pid parent path")
    ),
    "drivers": Table(
        "program", "driver", "manufacturer", marks=_marks("device_id inf", "driver_key")
    ),
    "kernel_extensions": Table("program", "kernel extension", scheme="bundle"),
    "kernel_modules": Table("program", "kernel module"),
    "startup_items": Table("program", "startup item"),
    "scheduled_tasks": Table("program", "scheduled task"),
    "autoexec": Table("program", "startup item"),
    "patches": Table("program", "patch"),
    "docker_images": Table("component", "container image"),
    "certificates": Table(
        "program", "certificate", marks=_marks("common_name issuer", "authority_key_id")
    ),
    "windows_security_products": Table(
        "program", "security product", marks=_marks("signatures_up_to_date", "remediation_path")
    ),
    "hash": Table("program", "file", marks=_marks("md5 sha256 path", "sha1 sha256 path")),
    "file": Table("program", "file"),
    "usb_devices": Table(
        "component", "usb device", "manufacturer", marks=_marks("vendor_id model_id usb_address")
    ),
    "pci_devices": Table("component", "pci device", "manufacturer", marks=_marks("pci_slot")),
    "interface_details": Table(
        "component", "network interface", marks=_marks("interface mac mtu", "interface mac type")
    ),
    "disk_info": Table("component", "disk", "manufacturer"),
    "memory_devices": Table("component", "memory", "manufacturer"),
    "battery": Table("component", "battery", "manufacturer"),
    "video_info": Table("component", "video", "manufacturer"),
    "connected_displays": Table("component", "display", "manufacturer"),
    "arp_cache": Table("host", "neighbour", marks=_marks("address mac permanent")),
    "os_version": Table("program", "operating system", marks=_marks("platform_like", "codename")),
    "system_info": Table(
        "host", "", "manufacturer", marks=_marks("hardware_serial", "computer_name local_hostname")
    ),
}
_ANY = Table("program", "")
_TABLE_WORD = re.compile(
    r"(?<![a-z])(" + "|".join(sorted(TABLES, key=len, reverse=True)) + r")(?![a-z])"
)

_FOLDERS = {
    "npm_packages": re.compile(r"[\\/]node_modules[\\/]"),
    "python_packages": re.compile(r"[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python3?[\\/]"),
}

MARKS = tuple(mark for table in TABLES.values() for mark in table.marks)

_NAMES = ("display_name", "bundle_name", "name", "original_program_name", "common_name", "label")
_NAMES_LATER = ("model", "device_name", "interface", "hotfix_id", "id", "address")
_NAMES_LAST = ("identifying_number", "identifier")
_VERSIONS = ("bundle_short_version", "version", "bundle_version", "image_version", "driver_version")
_PATHS = ("path", "install_location", "fragment_path", "image", "program", "module_path")
_VENDORS = ("publisher", "vendor", "hardware_vendor", "maintainer", "manufacturer", "company")
_DATES = ("install_date", "install_time", "installed_on", "date")
_COMMAND = re.compile(r'"([^"]+)"|(.+?\.(?:exe|sys|dll))(?=\s+[-/]|\s*$)', re.IGNORECASE)
TEXTS = frozenset((*_NAMES, *_VERSIONS, *_PATHS, *_VENDORS, *_DATES))
"""Columns that must hold text, numbers or nothing."""
_HASHES = ("sha256", "sha1", "md5")
_SHOWN = (
    *("result", "issuer_name", "serial_number", "signed", "authority", "status", "start_type"),
    *("state", "install_source", "arch", "source", "browser_type", "browser", "license"),
    *("copyright", "user_account", "hardware_model", "platform", "build", "type", "issuer"),
)


def table_of(columns: Mapping[str, str], query: str) -> tuple[str, Table]:
    """The table whose row this is, by its columns, then by the query's name."""
    present = frozenset(columns)
    for name, table in TABLES.items():
        if any(mark <= present for mark in table.marks):
            return name, table
    for name, folder in _FOLDERS.items():
        if folder.search(columns.get("path", "") + "/"):
            return name, TABLES[name]
    match = _TABLE_WORD.search(query.lower().replace("-", "_"))
    if match:
        return match[1], TABLES[match[1]]
    source = columns.get("source", "")
    return (source, TABLES[source]) if source in TABLES else ("", _ANY)


def record(columns: Mapping[str, str], query: str, locator: str, host: str) -> Record | None:
    """The row as a record, without what its envelope says; None if it names no product."""
    thing = _thing(tuple(columns.items()), query)
    if thing is None:
        return None
    return replace(thing, locator=locator, host="" if thing.kind == "host" else host)


@lru_cache(maxsize=16_384)
def _thing(items: tuple[tuple[str, str], ...], query: str) -> Record | None:
    """The row as a record of no place: the same rows come from host after host."""
    columns = dict(items)
    name, table = table_of(columns, query)
    called = _called(name, columns)
    if not called or (table is _ANY and not _says_product(columns)):
        return None
    vendor = _first(columns, _VENDORS)
    since = day(_first(columns, _DATES))
    version = _version(name, columns)
    return Record(
        kind=table.kind,
        locator="",
        ref=called if table.kind == "host" else "",
        name=called,
        version=version,
        type=query.rsplit("/", 1)[-1] if table is _ANY else table.type,
        manufacturer=vendor if table.vendor == "manufacturer" else "",
        publisher=vendor if table.vendor == "publisher" else "",
        packager=vendor if table.vendor == "packager" else "",
        author=columns.get("author") or columns.get("creator", ""),
        purl=_purl(table.purl, columns.get("name", ""), version),
        ids=_ids(name, table, columns),
        urls=urls(*(columns.get(key, "") for key in ("homepage", "update_url", "source_url"))),
        path=_path(columns),
        description=_first(columns, ("description", "info_string", "summary", "cmdline")),
        since=since,
        extra=extra(_shown(columns, since)),
    )


def _says_product(columns: Mapping[str, str]) -> bool:
    """Whether a row of an unknown query tells of something installed rather than of settings."""
    said = ("version", "path", "publisher", "vendor", "manufacturer", "sha256", "identifier")
    return any(columns.get(key) for key in said)


def _first(columns: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((columns[key] for key in keys if columns.get(key)), "")


def _called(name: str, columns: Mapping[str, str]) -> str:
    if name == "system_info":
        return _first(columns, ("hostname", "computer_name", "local_hostname", "hardware_serial"))
    if name == "systemd_units":
        return columns.get("id", "")
    if name in ("hash", "file", "signature"):
        return last_part(columns.get("path", ""))
    called = _first(columns, _NAMES) or _first(columns, _NAMES_LATER)
    called = called or last_part(columns.get("path", "")) or _first(columns, _NAMES_LAST)
    return called.removesuffix(".app") if name == "apps" else called


def last_part(path: str) -> str:
    """Last segment of a path of either kind."""
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def _version(name: str, columns: Mapping[str, str]) -> str:
    version = _first(columns, _VERSIONS)
    release = columns.get("release", "")
    return f"{version}-{release}" if name == "rpm_packages" and version and release else version


def _path(columns: Mapping[str, str]) -> str:
    found = [columns[key] for key in _PATHS if columns.get(key)]
    path = next((path for path in found if re.search(r"[\\/]", path)), "")
    command = _COMMAND.match(path)  # services give their command line as their path
    return (command[1] or command[2]) if command else path


def _purl(kind: str, name: str, version: str) -> str:
    if not kind or not name:
        return ""
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    name = name.replace("@", "%40", 1)
    return f"pkg:{kind}/{name}@{version}" if version else f"pkg:{kind}/{name}"


def _ids(name: str, table: Table, columns: Mapping[str, str]) -> tuple[str, ...]:
    get = columns.get
    own = get("name", "")
    if name == "processes":
        own = last_part(own)
    identifier = get("bundle_identifier") or (get("identifier", "") if name == "signature" else "")
    scheme = "cask" if name == "homebrew_packages" and get("type") == "cask" else table.scheme
    return ids.joined(
        ids.uninstall(get("identifying_number", "")),
        ids.one("bundle", identifier or ""),
        ids.one("team", get("team_identifier", "")),
        ids.signer(get("subject_name", "")) if name == "authenticode" else (),
        ids.signer(get("authority", "")) if name == "signature" else (),
        ids.one(scheme, own) if scheme else (),
        ids.one("service", get("label") or get("id", "")) if table.type == "service" else (),
        ids.one("id", get("identifier", "")) if "extension" in table.type else (),
        ids.one("id", get("extension_id", "")),
        ids.one("cpe", get("generated_cpe", "")),
        *(ids.one(key, get(key, "").lower()) for key in _HASHES if name != "rpm_packages"),
        ids.serial(get("hardware_serial") or get("serial", "")),
        ids.one("id", get("uuid", "")) if name == "system_info" else (),
        ids.usb(get("vendor_id", ""), get("model_id", "")) if name == "usb_devices" else (),
        ids.mac(get("mac", "")),
        ids.one("ip", get("address", "")) if name == "arp_cache" else (),
    )


def _shown(columns: Mapping[str, str], since: str) -> dict[str, str]:
    shown = {key: columns.get(key, "") for key in _SHOWN}
    if not since:
        shown["installed"] = _first(columns, _DATES)
    return shown
