"""Debian packages: the status file and its stanzas, and the table of `dpkg -l`.

A package whose state says that it is not (or no longer) installed stays a record, with the state
in `extra`. Sources: deb-control(5), dpkg(1), dpkg-query(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import listing
from oust.formats.dates import day
from oust.formats.listing import Hosts, complaint, extra, numbered, told, urls
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Kind, Quarantine, Record, Said

REMOVED = "removed, configuration left"
OFFERED = "offered by a repository, not installed"

_FIELD = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*):(?:\s+(.*))?$")
_ROW = re.compile(r"([uihrp][ncHUFWti])([ R])? +(\S+)(?: +(\S+)(?: +(\S+))?(?: +(.*))?)?$")
_LEGEND = re.compile(r"\S+=\S+/\S+/|[|+/]|\s*$")
_COLUMNS = re.compile(r"\|\|/ \S+ +\S+")

_DESIRED = {"u": "unknown", "i": "install", "h": "hold", "r": "deinstall", "p": "purge"}
_STATUS = {
    **{"n": "not-installed", "c": "config-files", "H": "half-installed", "U": "unpacked"},
    **{"F": "half-configured", "W": "triggers-awaited", "t": "triggers-pending"},
    "i": "installed",
}


def state(desired: str, status: str) -> str:
    """What to tell of a package's state; empty for one that is plainly installed."""
    if status == "config-files":
        return REMOVED
    if status == "not-installed":
        return "not installed"
    if status == "installed":
        return {"install": "", "hold": "installed, held"}.get(desired, f"installed, to {desired}")
    return f"{status}, to {desired}"


def package(
    locator: str, name: str, version: str, *, kind: Kind = "program", **fields: object
) -> Record:
    """Record of a Debian package; `name` may carry `:architecture`."""
    bare = name.partition(":")[0]
    blank = {"<none>": "", "<unknown>": ""}
    return Record(
        kind=kind,
        locator=locator,
        name=bare,
        version=blank.get(version, version),
        type="deb",
        ids=(f"deb:{bare}",),
        **fields,  # type: ignore[arg-type]
    )


class DpkgStatus:
    """Stanzas of /var/lib/dpkg/status, status.d, `dpkg -s`, `apt-cache show`, opkg's status."""

    name = "dpkg-status"
    title = "Debian package status (status file, dpkg -s)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        keys = {m[1].lower() for line in head.lines if (m := listing.matching(_FIELD, line))}
        if "package" not in keys or not keys & {"version", "architecture", "status"}:
            return 0
        return 90 if keys & {"status", "maintainer", "description", "filename"} else 60

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        said = (
            one if isinstance(one, (Record, Quarantine)) else _stanza(*one)
            for one in _stanzas(opened, Hosts())
        )
        return listing.at_least_one(said)


Stanza = tuple[int, dict[str, str], str]


def _stanzas(opened: Opened, hosts: Hosts) -> Iterator[Stanza | Record | Quarantine]:
    """Stanzas as line, fields by lower-case name, host; and lines that are no part of one."""
    fields: dict[str, str] = {}
    start, last, host = 0, "", ""
    for number, raw in numbered(opened):
        blank = not raw.strip()
        line = raw if raw.startswith((" ", "\t")) else listing.unprefixed(raw)
        match = _FIELD.match(line)
        if blank or (match and match[1].lower() == "package" and fields):
            if fields:
                yield start, fields, host
            fields, last = {}, ""
        if listing.is_error(raw):
            yield complaint(number, raw, "a field of a package")
        elif match:
            start, last = (start if fields else number), match[1].lower()
            fields[last] = match[2] or ""
        elif line.startswith((" ", "\t")) and last:
            fields[last] += "\n" + line.strip()
        elif named := listing.host_line(raw):
            yield from hosts.new(named, f"line {number}")
            host = hosts.name(named)
        elif not blank and line != "---":
            yield complaint(number, raw, "a field of a package")
    if fields:
        yield start, fields, host


def _stanza(line: int, fields: dict[str, str], host: str) -> Record | Quarantine:
    get = fields.get
    name = get("package", "").strip()
    if not name:
        return Quarantine(f"line {line}", "stanza without Package field", one_line(fields))
    words = get("status", "").split()
    how = state(words[0], words[-1]) if len(words) == 3 else get("status", "")
    offered = "status" not in fields and "filename" in fields
    description = get("description", "") or get("description-en", "")
    return package(
        f"line {line}",
        name,
        get("version", ""),
        kind="component" if offered else "program",
        packager=get("maintainer", ""),
        publisher=get("vendor", ""),
        purl=_purl(name, get("version", ""), get("architecture", ""), get("origin", "")),
        urls=urls(get("homepage", "")),
        description=one_line(description.replace("\n.\n", "\n"), 2000),
        since=day(get("installed-time", "")),
        host=host,
        extra=extra(
            {
                "state": OFFERED if offered else how,
                "architecture": get("architecture", ""),
                "source": get("source", ""),
                "section": get("section", ""),
                "origin": get("origin", ""),
                "original maintainer": get("original-maintainer", ""),
            }
        ),
    )


def _purl(name: str, version: str, architecture: str, origin: str) -> str:
    """Package URL, where the stanza's Origin names the distribution; else empty."""
    if origin.lower() not in ("debian", "ubuntu") or not version:
        return ""
    quoted = version.replace("+", "%2B").replace(":", "%3A")
    return f"pkg:deb/{origin.lower()}/{name.replace('+', '%2B')}@{quoted}" + (
        f"?arch={architecture}" if architecture else ""
    )


class DpkgList:
    """The table of `dpkg -l`, as wide or as narrow as the terminal was."""

    name = "dpkg-list"
    title = "Debian package table (dpkg -l)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        if any(_COLUMNS.search(line) for line in head.lines):
            return 95
        rows = listing.share(_ROW, head.lines)
        complaint_only = head.start.startswith(("dpkg-query: ", "dpkg: ", "bash: dpkg"))
        return 80 if rows > 0.5 else 40 if complaint_only else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        widths, has_arch = [0], True
        for one in told(numbered(opened), Hosts()):
            if isinstance(one, Record):
                yield one
                continue
            number, line, host = one
            row = listing.matching(_ROW, line)
            rest = listing.unprefixed(line)
            if row:
                yield _row(number, row, host, has_arch, widths)
            elif at := _COLUMNS.search(line):
                has_arch = len(line[at.start() :].split()) > 4
            elif "+++-=" in line:
                widths = [len(part) for part in line[line.index("+++-") + 4 :].split("-")]
            elif not (_LEGEND.match(line) or _LEGEND.match(rest)):
                yield complaint(number, line, "a row of dpkg -l")


def _row(number: int, row: re.Match[str], host: str, has_arch: bool, widths: list[int]) -> Record:
    states, error, name, version, arch, description = (text or "" for text in row.groups())
    if not has_arch:
        arch, description = "", f"{arch} {description}".strip()
    cut = [
        field
        for field, text, width in zip(("name", "version"), (name, version), widths, strict=False)
        if width and len(text) == width
    ]
    # a column of the table is as wide as its longest text, or as the terminal allowed
    note = f"{' and '.join(cut)} may be cut: as long as the column is wide" if cut else ""
    how = state(_DESIRED[states[0]], _STATUS[states[1]])
    return package(
        f"line {number}",
        name,
        version,
        description=description,
        host=host,
        extra=extra(
            {
                "state": how + (", reinstallation required" if error == "R" else ""),
                "architecture": "" if arch == "<none>" else arch,
                "note": note,
            }
        ),
    )
