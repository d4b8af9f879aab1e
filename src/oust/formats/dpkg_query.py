"""Debian packages as `dpkg-query -W` and `apt list` print them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import listing
from oust.formats.dpkg import OFFERED, REMOVED, package, state
from oust.formats.listing import Hosts, complaint, extra, numbered, told, urls
from oust.formats.package_columns import Columns, guess
from oust.formats.seam import Head, Needles, Opened
from oust.model import Record, Said

_APT = re.compile(
    r"([a-z0-9][\w.+-]*(?::\w+)?)/([\w.,+/-]+) (\S+) ([a-z0-9-]+)(?: \[(.+)\])?$",
)
_APT_TALK = re.compile(r"(?i)(listing|WARNING: apt|auflistung|en train de lister|listando)")
_DEBIAN_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]+(?::[a-z0-9]+)?$")
_DEBIAN_ARCHITECTURES = {"all", "amd64", "arm64", "armhf", "armel", "i386", "ppc64el", "riscv64"}
_DEBIAN_VERSION = re.compile(r"\d[\w.+~:]*-[\w.+~]*$|\d+:\d|.*(?:deb|ubuntu|dfsg|\+b\d)")


class DpkgQuery:
    """Lines of `dpkg-query -W`, whatever its --showformat was."""

    name = "dpkg-query"
    title = "Debian package query (dpkg-query -W, any columns)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        lines = listing.entries(head.lines[:-1] if len(head.lines) > 1 else head.lines)
        columns = guess(lines)
        if columns is None or columns.roles[0] not in ("name", "state"):
            return 0
        rows = [row for line in lines if (row := columns.fields(line))]
        sure = [_debian(row) for row in rows]
        if not rows or len(rows) < 0.6 * len(lines) or sum(map(bool, sure)) < 0.6 * len(sure):
            return 0
        with_architecture = "architecture" in columns.roles or "state" in columns.roles
        return 75 if with_architecture else 55

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        columns = guess(listing.entries(opened.head.lines)) or Columns("\t", ("name", "version"))
        for one in told(numbered(opened), Hosts()):
            if isinstance(one, Record):
                yield one
                continue
            number, line, host = one
            row = columns.fields(line) or columns.fields(listing.unprefixed(line))
            if "name" in row and _DEBIAN_NAME.match(row["name"]) and not listing.is_error(line):
                yield _package(f"line {number}", row, host)
            else:
                yield complaint(number, line, "a row of dpkg-query")


def _debian(row: dict[str, str]) -> bool:
    """Whether the row is of a Debian package rather than of some other manager's."""
    if not _DEBIAN_NAME.match(row.get("name", "")):
        return False
    architecture = row.get("architecture", "")
    version = row.get("version", "")
    return (
        architecture in _DEBIAN_ARCHITECTURES
        or (not architecture and bool(_DEBIAN_VERSION.match(version)))
        or (not version and "state" in row)
    )


def _package(locator: str, row: dict[str, str], host: str) -> Record:
    words = row.get("state", "").split()
    if len(words) == 3:
        how = state(words[0], words[2])
    else:
        how = {"": "", "ii": "", "rc": REMOVED, "hi": "installed, held"}.get(
            row.get("state", "")[:2], row.get("state", "")
        )
    architecture = row.get("architecture", "") or row["name"].partition(":")[2]
    about = {"state": how, "architecture": architecture, "source": row.get("source", "")}
    return package(
        locator,
        row["name"],
        row.get("version", ""),
        packager=row.get("packager", ""),
        publisher=row.get("vendor", ""),
        urls=urls(row.get("url", "")),
        description=row.get("description", ""),
        host=host,
        extra=extra(about),
    )


class AptList:
    """Lines of `apt list`; with `--installed` all of them are installed."""

    name = "apt-list"
    title = "Debian package list (apt list --installed)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        return 90 if listing.share(_APT, head.lines[:-1] or head.lines) > 0.5 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        for one in told(numbered(opened), Hosts()):
            if isinstance(one, Record):
                yield one
                continue
            number, line, host = one
            if match := listing.matching(_APT, line):
                yield _apt(f"line {number}", match, host)
            elif not _APT_TALK.match(listing.unprefixed(line)):
                yield complaint(number, line, "a row of apt list")


def _apt(locator: str, match: re.Match[str], host: str) -> Record:
    """`NAME/SUITE VERSION ARCHITECTURE [installed,upgradable to: VERSION]`; words are localised."""
    name, suite, version, architecture, marks = (text or "" for text in match.groups())
    offered = not marks
    newer = re.search(r"upgradable from: ([^\],]+)", marks)
    installed = newer[1] if newer else version
    return package(
        locator,
        name,
        installed,
        kind="component" if offered else "program",
        host=host,
        extra=extra(
            {
                "state": OFFERED if offered else REMOVED if "residual" in marks else "",
                "architecture": architecture,
                "suite": suite,
                "marks": marks,
                "newer version": version if newer else "",
            }
        ),
    )
