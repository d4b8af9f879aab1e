"""RPM packages: names as `rpm -qa` prints them, `rpm -qai` blocks, tables of dnf and yum.

Vendor, where the package states it, is who built and distributes it: the `packager` of the record.
Sources: rpm(8), rpm-queryformat(7), dnf(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import listing
from oust.formats.dates import day
from oust.formats.dpkg import OFFERED
from oust.formats.listing import Hosts, complaint, extra, numbered, told, urls
from oust.formats.package_columns import Columns, guess
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Kind, Record, Said

_ARCH = (
    r"(?:noarch|x86_64(?:_v\d)?|i[3-6]86|aarch64|armv\w+|ppc64(?:le)?|ppc|s390x?|ia64|riscv64"
    r"|loongarch64|mips\w*|src|nosrc|athlon|sparc\w*|e2k\w*|\(none\))"
)
_NEVRA = re.compile(
    rf"(?:(?P<e0>\d+):)?(?P<name>[A-Za-z0-9_@][\w.+~@-]*?)-(?:(?P<e1>\d+|\(none\)):)?"
    rf"(?P<version>[^\s:/,;|-]+)-(?P<release>[^\s:/,;|-]+?)(?:\.(?P<arch>{_ARCH}))?(?:\.rpm)?"
    r"(?:\s{2,}(?P<when>[A-Z][\w.]{1,4},? .*\d{4}.*))?$"
)
_TABLE = re.compile(
    rf"(?P<name>[A-Za-z0-9_][\w.+~-]*)\.(?P<arch>{_ARCH})"
    r"(?:\s+(?P<evr>(?:\d+:)?[^\s:]+-[^\s:]+)(?:\s+(?P<repo>@?\S+))?)?$"
)
_REST = re.compile(
    r"\s+(?P<evr>(?:\d+:)?[^\s:]+-[^\s:]+)(?:\s+(?P<repo>@?\S+))?$|\s+(?P<only>@\S+)$"
)
_SECTION = re.compile(
    r"(?i)(?P<here>installed|installierte|paquets install|paquetes instalados)"
    r"|(?P<there>available|verfügbare|paquets disponibles|upgrades|updates|recently|obsolet|extra)"
)
_TALK = re.compile(
    r"(?i)(loaded plugins|last metadata|loading mirror|repodata|subscription|updating|not root"
    r"|this system is|\* |: )"
)
_BLOCK = re.compile(r"Name\s*:\s\S")
_FIELD = re.compile(r"([A-Z][\w ]{1,14}?)\s*:(?:\s(.*))?$")
_SECOND = re.compile(
    r"\s+(Relocations|Vendor|Build Date|Build Host|Source RPM|License|Size|Install Date|Packager)"
    r"\s*: ?(.*)$"
)


def package(
    locator: str,
    name: str,
    epoch: str,
    version: str,
    release: str,
    *,
    kind: Kind = "program",
    **fields: object,
) -> Record:
    """Record of an RPM package; its version is `[EPOCH:]VERSION-RELEASE`."""
    whole = version + (f"-{release}" if release else "")
    if epoch and epoch not in ("0", "(none)"):
        whole = f"{epoch}:{whole}"
    return Record(
        kind=kind,
        locator=locator,
        name=name,
        version=whole,
        type="rpm",
        ids=(f"rpm:{name}",),
        **fields,  # type: ignore[arg-type]
    )


def _said(text: str | None) -> str:
    """`text` unless it is rpm's word for nothing."""
    return "" if text is None or text == "(none)" else text.strip()


class RpmQa:
    """`rpm -qa` in its plain form, with --last, with any --queryformat, or `rpm -qai`."""

    name = "rpm-qa"
    title = "RPM package list (rpm -qa, -qai, --queryformat)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        lines = listing.entries(head.lines[:-1] if len(head.lines) > 1 else head.lines)
        if _is_blocks(lines):
            return 90
        plain = [m for line in lines if (m := listing.matching(_NEVRA, line))]
        if lines and len(plain) > 0.8 * len(lines):
            known = sum(
                1 for m in plain if m["arch"] or re.search(r"\.(el|fc|amzn)\d", m["release"])
            )
            return 85 if known > 0.5 * len(plain) else 40
        if _is_query(lines):
            return 75
        broken = ("rpm: ", "error: rpm", "bash: rpm", "-bash: rpm", "error: cannot open Packages")
        return 40 if head.start.startswith(broken) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        lines = listing.entries(opened.head.lines)
        if _is_blocks(lines):
            reading = _blocks(opened)
        else:
            columns = guess(lines) if _is_query(lines) else None
            reading = _rows(opened, columns)
        return listing.at_least_one(reading)


def _is_blocks(lines: list[str]) -> bool:
    text = "\n".join(listing.unprefixed(line) for line in lines)
    return bool(
        re.search(r"(?m)^Name\s*: ?\S", text)
        and re.search(r"(?m)^Version\s*: ?\S", text)
        and re.search(r"(?m)^Release\s*: ?\S", text)
    )


def _is_query(lines: list[str]) -> bool:
    """Whether the lines are columns with an architecture or release as RPM has them."""
    columns = guess(lines)
    if columns is None or columns.roles[0] not in ("name", "date"):
        return False
    rows = [row for line in lines if (row := columns.fields(line))]
    rpm = sum(
        1
        for row in rows
        if re.fullmatch(_ARCH, row.get("architecture", ""))
        or re.search(
            r"\.(el|fc|amzn|lp|suse|cm|ph|oe)\d", row.get("version", "") + row.get("release", "")
        )
    )
    return bool(rows) and rpm > 0.5 * len(rows)


def _rows(opened: Opened, columns: Columns | None) -> Iterator[Said]:
    for one in told(numbered(opened), Hosts()):
        if isinstance(one, Record):
            yield one
            continue
        number, line, host = one
        row = _row(line, columns)
        if row and not listing.is_error(line):
            yield _package(f"line {number}", row, host)
        else:
            yield complaint(number, line, "a package name of rpm -qa")


def _row(line: str, columns: Columns | None) -> dict[str, str]:
    if columns:
        row = columns.fields(line)
        return row if "name" in row and "version" in row and " " not in row["name"] else {}
    match = listing.matching(_NEVRA, line)
    if not match:
        return {}
    return {
        "name": match["name"],
        "epoch": match["e0"] or match["e1"] or "",
        "version": match["version"],
        "release": match["release"],
        "architecture": match["arch"] or "",
        "date": match["when"] or "",
    }


def _package(locator: str, row: dict[str, str], host: str) -> Record:
    vendor, packager = _said(row.get("vendor")), _said(row.get("packager"))
    date = _said(row.get("date"))
    since = day(date)
    return package(
        locator,
        row["name"],
        _said(row.get("epoch")),
        row["version"],
        _said(row.get("release")),
        packager=vendor or packager,
        urls=urls(_said(row.get("url"))),
        description=one_line(_said(row.get("description")), 2000),
        since=since,
        host=host,
        extra=extra(
            {
                "architecture": _said(row.get("architecture")),
                "packager": packager if vendor else "",
                "license": _said(row.get("license")),
                "signature": _said(row.get("signature")),
                "source": _said(row.get("source")),
                "date": "" if since else date,
            }
        ),
    )


def _blocks(opened: Opened) -> Iterator[Said]:
    """Blocks of `rpm -qai`, whose older form sets two fields on a line."""
    fields: dict[str, str] = {}
    start, owner = 0, ""
    for one in told(numbered(opened), Hosts()):
        if isinstance(one, Record):
            yield one
            continue
        number, raw, host = one
        line = listing.unprefixed(raw) if not fields.get("description") else raw
        if _BLOCK.match(line):
            if fields:
                yield _block(start, fields, owner)
            fields, start, owner = {}, number, host
        match = _FIELD.match(line)
        if fields.get("description") is not None and not _BLOCK.match(line):
            fields["description"] += "\n" + line
        elif match and (start or _BLOCK.match(line)):
            _add(fields, match[1], match[2] or "")
        else:
            yield complaint(number, raw, "a field of rpm -qi")
    if fields:
        yield _block(start, fields, owner)


def _add(fields: dict[str, str], name: str, value: str) -> None:
    second = _SECOND.search(" " + value)
    if second:
        value = (" " + value)[: second.start()]
        fields[second[1].lower()] = second[2].strip()
    fields[name.strip().lower()] = value.strip()


def _block(line: int, fields: dict[str, str], host: str) -> Record:
    text = " ".join((fields.get("summary", ""), fields.get("description", ""))).strip()
    row = fields | {
        "date": fields.get("install date", ""),
        "source": fields.get("source rpm", ""),
        "version": fields.get("version", ""),
        "description": text,
    }
    return _package(f"line {line}", row, host)


class DnfList:
    """Table of `dnf list installed` or `yum list installed`; long names wrap to a second line."""

    name = "dnf-list"
    title = "RPM package table (dnf or yum list installed)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        lines = [listing.unprefixed(listing.clean(line)) for line in head.lines if line.strip()]
        met = [match for line in lines if (match := _TABLE.match(line))]
        rows = len(met) if any(match["evr"] for match in met) else 0  # else plain NEVRA lines
        headed = any(line.startswith("Installed Packages") for line in lines)
        return 88 if rows > (0.2 if headed else 0.5) * len(lines) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        offered, pending = False, None
        for one in told(numbered(opened), Hosts()):
            if isinstance(one, Record):
                yield one
                continue
            number, line, host = one
            match, rest = listing.matching(_TABLE, line), _REST.match(line)
            if pending and rest:
                evr = f"{pending[1]} {line.strip()}".split()
                joined = _TABLE.match(" ".join(evr))
                if joined and joined["evr"]:
                    # the repository may come on a third line; it is told as it stands so far
                    yield _listed(f"line {pending[0]}", joined, host, offered)
                pending = None
            elif match and match["evr"]:
                yield _listed(f"line {number}", match, host, offered)
            elif match:
                if pending:
                    yield complaint(*pending, "a package with a version")
                pending = number, line.strip()
            elif section := _SECTION.match(line):
                offered = bool(section["there"])
            elif not _TALK.match(line.strip()):
                yield complaint(number, line, "a row of dnf list")
        if pending:
            yield complaint(*pending, "a package with a version")


def _listed(locator: str, match: re.Match[str], host: str, offered: bool) -> Record:
    epoch, _, rest = match["evr"].rpartition(":")
    version, _, release = rest.partition("-")
    about = {
        "state": OFFERED if offered else "",
        "architecture": match["arch"],
        "repository": match["repo"] or "",
    }
    return package(
        locator,
        match["name"],
        epoch,
        version,
        release,
        kind="component" if offered else "program",
        host=host,
        extra=extra(about),
    )
