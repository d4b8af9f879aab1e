"""Programs from delimited text: exports of endpoint managers, PowerShell, WMIC and the like.

The header row is looked for below titles and type lines. Rows are read block by block, so memory
stays flat however large the export is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from oust.formats import delimited
from oust.formats.listing import Hosts, extra
from oust.formats.purchases import map_headers
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.formats.software_headers import SoftwareMap, map_software_headers
from oust.model import Quarantine, Record, Said

HEADER_WITHIN = 30
"""The header row is looked for among so many first lines."""

LEAST = 45
"""A lower score of the headers is no claim."""

_WINDOWS = frozenset(
    {"uninstallstring", "pschildname", "identifyingnumber", "fastpackagereference"}
    | {"quietuninstallstring", "psparentpath", "swidtagtext"}
)


class Heading(NamedTuple):
    """The header row of a table."""

    line: int  # index among the lines of the head
    cells: list[str]
    delimiter: str
    meaning: SoftwareMap


@lru_cache(maxsize=4)  # two formats ask for the same head
def heading(head: Head) -> Heading | None:
    """The row that reads best as headers of a software table; None if none does."""
    if head.start[:1] in ("", "<", "{", "["):
        return None
    best: Heading | None = None
    for index, line in enumerate(head.lines[:HEADER_WITHIN]):
        for delimiter in delimited.DELIMITERS:
            if delimiter not in line or len(line) > 20_000:
                continue
            found = delimited.strict(line.encode("utf-8", "replace"), _dialect(delimiter, line))
            cells = found[0] if found else line.split(delimiter)
            meaning = map_software_headers(cells)
            if meaning.score >= LEAST and (best is None or meaning.score > best.meaning.score):
                best = Heading(index, cells, delimiter, meaning)
    if best and map_headers(best.cells).score > best.meaning.score:
        return None
    return best


def _dialect(delimiter: str, line: str) -> delimited.Dialect:
    return delimited.Dialect(delimiter, spaced=f'{delimiter} "' in line)


def _is_windows(found: Heading) -> bool:
    """Whether the columns are those of the Uninstall keys, of packages or of Win32_Product."""
    keys = {cell.strip().lower() for cell in found.cells}
    return bool(keys & _WINDOWS)


class SoftwareCsv:
    """One program per row; the host in a column of the row."""

    name = "software-csv"
    title = "Software inventory table (CSV, TSV) of endpoint managers"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        found = heading(head)
        return found.meaning.score if found else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        found = heading(opened.head)
        if found is None:
            raise Unreadable("no header row that names software")
        sample = delimited.first_rows(opened.head.text, delimited.Dialect(found.delimiter), 400)
        meaning = map_software_headers(found.cells, sample[found.line + 1 :])
        hosts = Hosts()
        rows = 0
        for cells, locator, problem in _rows(opened, found):
            rows += 1
            yield from _row(meaning, cells, locator, problem, hosts)
        if not rows:
            raise Unreadable("a header row, and no rows below it")


class WindowsUninstallCsv(SoftwareCsv):
    """PowerShell's Export-Csv of Uninstall keys, Get-Package, Win32_Product, and WMIC."""

    name = "windows-uninstall-csv"
    title = "Windows installed programs (PowerShell or WMIC, CSV)"

    def claims(self, head: Head) -> int:
        found = heading(head)
        return 92 if found and _is_windows(found) else 0


Row = tuple[list[str], str, str]
"""Cells, locator, and what was wrong with the row."""


def _rows(opened: Opened, found: Heading) -> Iterator[Row]:
    """Rows below the header."""
    from oust.formats.delimited_split import Splitter, look_of

    plain = opened.head.encoding in ("utf-8", "utf-8-sig", "cp1252")
    data = opened.data if plain else opened.utf8()
    start = _below(data[: 1024 * 1024], found.line)
    sample = bytes(data[start : start + 65_536]).decode("utf-8", "replace")
    dialect = next(
        (one for one in delimited.dialects(sample) if one.delimiter == found.delimiter),
        delimited.Dialect(found.delimiter),
    )
    width = len(found.cells)
    first = delimited.first_rows(sample, dialect)
    splitter = Splitter(data, start, dialect, look_of(first, width))
    place = _Place(data, opened.data)
    number = 0
    for block in splitter.blocks():
        for begin, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
            number += 1
            cells, problem = _split(bytes(data[begin:end]), dialect, width)
            yield cells, f"row {number} byte {place(begin)}", problem


def _split(raw: bytes, dialect: delimited.Dialect, width: int) -> tuple[list[str], str]:
    """Fields of a record and what is wrong with it; most have no quotes and split at once."""
    if b'"' not in raw and not dialect.escape:
        cells = delimited.decode(raw).rstrip("\r\n").split(dialect.delimiter)
        if len(cells) == width:
            return cells, ""
    return delimited.fields(raw, dialect, width)


class _Place:
    """Turns offsets in the UTF-8 form into offsets in the file as it is."""

    def __init__(self, data: bytes, original: bytes) -> None:
        self._data = data
        self._same = data is original
        self._wide = not self._same and original[:4] not in (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
        self._at = 0
        self._offset = 2 if self._wide and original[:2] in (b"\xff\xfe", b"\xfe\xff") else 4
        if self._wide and self._offset == 4:
            self._offset = 0

    def __call__(self, at: int) -> int:
        if self._same:
            return at
        passed = self._data[self._at : at].decode("utf-8", "replace")
        self._offset += len(passed.encode("utf-16-le" if self._wide else "utf-32-le"))
        self._at = at
        return self._offset


def _below(data: bytes, line: int) -> int:
    """Offset behind the line with that index, lines counted as `Head.lines` does."""
    text = bytes(data).decode("utf-8", "surrogateescape").lstrip("\ufeff")
    bom = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    above = "".join(text.splitlines(keepends=True)[: line + 1])
    return bom + len(above.encode("utf-8", "surrogateescape"))


def _row(
    meaning: SoftwareMap, cells: list[str], locator: str, problem: str, hosts: Hosts
) -> Iterator[Said]:
    width = len(meaning.headers)
    if len(cells) > width:
        given, cells = cells, _narrowed(cells, width)
        rejoined = cells != given[:width]
        problem = "a value with an unquoted comma was put together again" if rejoined else ""
    if len(cells) > width:
        reason = f"{len(cells)} fields where the table has {width}"
        yield Quarantine(locator, reason, one_line(" | ".join(cells)))
    elif cells[0].strip() == meaning.headers[0] and _is_header(cells, meaning):
        yield Quarantine(locator, "the header row again", one_line(" | ".join(cells)))
    elif not any(cell.strip() for cell in cells):
        yield Quarantine(locator, "empty row")
    else:
        yield from _told(meaning, cells, locator, problem, hosts)


def _is_header(cells: list[str], meaning: SoftwareMap) -> bool:
    return tuple(cell.strip() for cell in cells) == meaning.headers


def _narrowed(cells: list[str], width: int) -> list[str]:
    """The cells without empty ones beyond the table, or with `Lumen Works, Inc.` rejoined.

    WMIC does not quote; a cell that begins with a blank belongs to the one before it.
    """
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) == width:
        return cells
    joined: list[str] = []
    for cell in cells:
        if joined and cell.startswith(" ") and cell.strip():
            joined[-1] += f",{cell}"
        else:
            joined.append(cell)
    return joined if len(joined) == width else cells


def _told(
    meaning: SoftwareMap, cells: list[str], locator: str, problem: str, hosts: Hosts
) -> Iterator[Said]:
    named = meaning.cell(cells, "host")
    if named and not hosts.knows(named):
        hosts.add(named)
        host = meaning.host(cells, locator)
        yield from () if host is None else (host,)
    if not meaning.name(cells) or (len(cells) < 2 < len(meaning.headers)):
        reason = "the row names no software" + (f" ({problem})" if problem else "")
        yield Quarantine(locator, reason, one_line(" | ".join(cells)))
        return
    record = meaning.record(cells, locator)
    if named != hosts.name(named):
        record = structs.replace(record, host=hosts.name(named))
    if problem:
        record = structs.replace(record, extra=_noted(record, problem))
    yield record


def _noted(record: Record, problem: str) -> str:
    about: dict[str, str] = json.loads(record.extra or "{}")
    return extra(about | {"note": problem})
