"""Rows of a CSV small enough to hold, each with its place in the file.

A quote that is never closed costs the row it stands in, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oust.formats.seam import Opened, one_line
from oust.model import Quarantine

LONGEST_ROW = 40
"""A row of more lines than this has lost a quote."""
DELIMITERS = ",;\t|"


class Row(NamedTuple):
    """One data row: its cells by header, and `row N byte B`."""

    cells: dict[str, str]
    locator: str


def delimiter(header: str) -> str:
    """The delimiter that cuts the header into most columns."""
    return max(DELIMITERS, key=header.count)


def header(line: str) -> list[str]:
    """Column names of a header line: stripped, lower case."""
    cut = delimiter(line)
    try:
        cells = _cells(line, cut)
    except csv.Error:  # a line end outside quotes
        cells = line.split(cut)
    return [cell.strip().lower() for cell in cells]


def _cells(text: str, cut: str, quoting: int = csv.QUOTE_MINIMAL) -> list[str]:
    csv.field_size_limit(1 << 24)
    return next(csv.reader([text], delimiter=cut, quoting=quoting), [])  # type: ignore[arg-type]


def rows(opened: Opened) -> Iterator[Row | Quarantine]:
    """Data rows below the first line that is not blank; what is no row is quarantined."""
    found = _records(opened)
    first = next(found, None)
    if first is None:
        return
    names = header(first[1])
    cut = delimiter(first[1])
    for number, (offset, text, closed) in enumerate(found, 1):
        locator = f"row {number} byte {offset}"
        try:
            cells = _cells(text, cut, csv.QUOTE_MINIMAL if closed else csv.QUOTE_NONE)
        except csv.Error:  # a line end outside quotes, or a cell beyond all bounds
            yield Quarantine(locator, "quotes stand in the wrong place", one_line(text))
            continue
        if not closed:
            yield Quarantine(locator, "a quote is never closed", one_line(text))
        elif len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            yield Quarantine(locator, "more cells than columns", one_line(text))
        elif len(cells) < len(names) and not _may_be_short(cells):
            yield Quarantine(locator, "fewer cells than columns", one_line(text))
        else:
            cells += [""] * (len(names) - len(cells))
            yield Row(dict(zip(names, map(str.strip, cells), strict=False)), locator)


def _may_be_short(cells: Sequence[str]) -> bool:
    """Spreadsheets leave trailing empty cells away; one lone cell is no row."""
    return len(cells) > 1


def _records(opened: Opened) -> Iterator[tuple[int, str, bool]]:
    """Byte offset, text and whether quotes are closed, of each non-blank record."""
    lines = list(_lines(opened))
    at = 0
    while at < len(lines):
        offset, text = lines[at]
        end, whole = at + 1, text
        while whole.count('"') % 2 and end < len(lines) and end - at < LONGEST_ROW:
            whole, end = f"{whole}\n{lines[end][1]}", end + 1
        closed = whole.count('"') % 2 == 0
        if not closed:
            end, whole = at + 1, text
        if whole.strip():
            yield offset, whole, closed
        at = end


def _lines(opened: Opened) -> Iterator[tuple[int, str]]:
    encoding = opened.head.encoding
    if encoding.startswith(("utf-16", "utf-32")):
        width = 4 if encoding == "utf-32" else 2
        at = width if opened.bytes()[:2] in (b"\xff\xfe", b"\xfe\xff") else 0
        for line in opened.text().splitlines(keepends=True):
            yield at, line.rstrip("\r\n")
            at += len(line.encode("utf-16-le")) * (width // 2)
        return
    at = 0
    for raw in opened.bytes().splitlines(keepends=True):
        text = raw.decode("utf-8" if encoding == "utf-8-sig" else encoding, "replace")
        yield at, text.rstrip("\r\n").lstrip("\ufeff").replace("\0", "")
        at += len(raw)
