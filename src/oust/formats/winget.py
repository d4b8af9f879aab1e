"""Windows packages as winget tells them: `winget export` (JSON) and `winget list` (a table).

Schema: https://aka.ms/winget-packages.schema.2.0.json
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from oust.formats import inventory_ids as ids
from oust.formats import listing
from oust.formats.dates import day
from oust.formats.listing import complaint, extra, load_json, numbered, pointer, string
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said

_STORE = re.compile(r"[0-9A-Z]{12,14}$")


class WingetExport:
    """Packages by source. Versions are there only if asked for (`--include-versions`)."""

    name = "winget-export"
    title = "Windows package list (winget export)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if not head.is_json:
            return 0
        if "aka.ms/winget-packages" in head.text[:2000]:
            return 98
        keys = head.json_keys
        named = keys & {"PackageIdentifier", "SourceDetails", "WinGetVersion"}
        return 85 if {"Sources", "Packages"} <= keys and named else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        value, before = load_json(opened)
        if before:
            yield Quarantine("line 1", "text before the JSON", one_line(before))
        sources = value.get("Sources") if isinstance(value, dict) else None
        if not isinstance(sources, list):
            raise Unreadable("winget export without a list of Sources")
        if created := string(value.get("CreationDate")):
            about = extra({"created": created, "winget": string(value.get("WinGetVersion"))})
            yield Record(kind="document", locator="#", since=day(created), extra=about)
        for at, source in enumerate(sources):
            yield from _source(pointer("Sources", at), source)


def _source(locator: str, source: Any) -> Iterator[Said]:
    packages = source.get("Packages") if isinstance(source, dict) else None
    if not isinstance(packages, list):
        yield Quarantine(locator, "source without a list of Packages", one_line(source))
        return
    details = source.get("SourceDetails")
    origin = string(details.get("Name")) if isinstance(details, dict) else ""
    for at, one in enumerate(packages):
        where = f"{locator}/Packages/{at}"
        given = one if isinstance(one, dict) else {}
        name = string(given.get("PackageIdentifier")) or string(given.get("Id"))
        if name:
            version = string(given.get("Version"))
            yield _package(
                where, name, name, version, origin, {"scope": string(given.get("Scope"))}
            )
        else:
            yield Quarantine(where, "package without PackageIdentifier", one_line(one))


def _package(
    locator: str, name: str, identifier: str, version: str, source: str, about: dict[str, str]
) -> Record:
    return Record(
        kind="program",
        locator=locator,
        name=name,
        version=version,
        ids=_ids(identifier, source),
        extra=extra({"source": source, "identifier": identifier} | about),
    )


def _ids(identifier: str, source: str) -> tuple[str, ...]:
    r"""Of `ARP\Machine\X64\KEY` the Uninstall key, of `MSIX\NAME` the AppX name."""
    first, _, rest = identifier.partition("\\")
    if first.upper() == "ARP":
        return ids.uninstall(rest.split("\\", 2)[-1])
    if first.upper() == "MSIX":
        return ids.one("appx", rest)
    if source == "msstore" or (_STORE.match(identifier) and "." not in identifier):
        return ids.one("id", identifier)
    # an identifier that the table cut off is not one
    return () if identifier.endswith("…") else ids.one("winget", identifier)


class WingetList:
    """The table of `winget list`: columns by display width, headings in the user's language."""

    name = "winget-list"
    title = "Windows package table (winget list)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        return 85 if _heading([listing.clean(line).rstrip() for line in head.lines]) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        lines = list(numbered(opened))
        rule = _heading([line for _, line in lines[:50]])
        if not rule:
            raise Unreadable("no heading of winget list in it")
        columns = _columns(lines[rule - 1][1])
        for number, line in lines[rule + 1 :]:
            cells = _cells(line, columns)
            if len(cells) > 2 and cells[0] and cells[1] and " " not in cells[1]:
                yield _listed(f"line {number}", cells)
            elif line.strip(" -\\|/"):
                yield complaint(number, line, "a row of winget list")


def _heading(lines: list[str]) -> int:
    """Index of the ruled line under the headings; 0 if there is none."""
    for at in range(1, len(lines)):
        heads = lines[at - 1].split()
        if re.fullmatch(r"-{20,}", lines[at]) and len(heads) > 2 and heads[1].lower() == "id":
            return at
    return 0


def _spread(line: str) -> list[str]:
    """Characters by terminal column: a wide one is followed by an empty string."""
    wide = ("W", "F")
    return [
        cell
        for char in line
        for cell in ([char, ""] if unicodedata.east_asian_width(char) in wide else [char])
    ]


def _columns(heading: str) -> list[int]:
    cells = ["x" if cell != " " else " " for cell in _spread(heading)]
    return [match.start() for match in re.finditer(r"\S+", "".join(cells))]


def _cells(line: str, columns: list[int]) -> list[str]:
    spread = _spread(line)
    ends = [*columns[1:], len(spread)]
    return ["".join(spread[a:b]).strip() for a, b in zip(columns, ends, strict=True)]


def _listed(locator: str, cells: list[str]) -> Record:
    name, identifier, version, *more = cells
    version = "" if version == "Unknown" else version
    source = more[-1] if len(more) > 1 else ""
    cut = "name or identifier is cut off in the table" if "…" in name + identifier else ""
    about = {"newer version": more[0] if more else "", "note": cut}
    return _package(locator, name, identifier, version, source, about)
