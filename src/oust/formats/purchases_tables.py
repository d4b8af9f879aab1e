"""Purchases in spreadsheets and Parquet files, read through their headers.

A table in such a file whose headers are rather those of a software inventory, a price list, an
exclusion extract or a list of certificates is read as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from oust.formats.contract_values import KEEP_ALL_BELOW
from oust.formats.parquet_rows import ParquetRows
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.formats.table_meaning import Meaning, meaning
from oust.formats.workbook import Sheet, is_workbook, sheets
from oust.model import Quarantine, Record, Said, Tally

KEEP_PACKED_BELOW = KEEP_ALL_BELOW // 8
"""As KEEP_ALL_BELOW, for containers that are compressed, about eightfold as a rule."""

HEADER_WITHIN = 30
"""The header row is looked for among so many first rows of a sheet."""

Row = tuple[str, list[str]]
"""Locator and cells."""


class PurchasesXlsx:
    """See Format."""

    binary = True
    name = "purchases-xlsx"
    title = "Purchases, software or approvals in a spreadsheet: XLSX, XLSM, XLSB, XLS, ODS"
    group = "contracts"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the container; what the columns mean is seen only when it is opened."""
        return 70 if is_workbook(head) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per row below the header row of each sheet that has one."""
        mapping = _mapping(opened)
        tables = rows = 0
        for sheet in sheets(opened):
            for one in _sheet(sheet, mapping, needles, opened.size):
                tables += isinstance(one, Record | Tally)
                rows += 1
                yield one
        if rows and not tables:
            raise Unreadable("no sheet has a header row that names what was bought, or from whom")


class PurchasesParquet:
    """See Format."""

    binary = True
    name = "purchases-parquet"
    title = "Purchases, software or approvals in a Parquet file"
    group = "contracts"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the magic word; what the columns mean is seen only when it is opened."""
        return 70 if head.data[:4] in (b"PAR1", b"PARE") else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per row."""
        table = ParquetRows(opened)
        every = range(len(table.headers))
        sample = [one[1] for one in islice(table.rows(every), 100) if isinstance(one, tuple)]
        found = meaning(table.headers, _mapping(opened), sample)
        if found is None:
            shown = one_line(", ".join(table.headers), 120)
            raise Unreadable(
                f"no columns that name purchases, software or approvals among: {shown}"
            )
        for problem in found.problems:
            yield Quarantine("mapping file", problem)
        yield from _records(found, table.rows(found.columns), needles, opened.size)


def _mapping(opened: Opened) -> Mapping[str, str]:
    """The user's own mapping of columns, if there is one for this source."""
    return getattr(opened, "mapping", None) or {}


def _sheet(sheet: Sheet, mapping: Mapping[str, str], needles: Needles, size: int) -> Iterator[Said]:
    if sheet.problem:
        yield sheet.problem
        return
    where = f"sheet {sheet.name!r}"
    first = list(islice(sheet.rows, HEADER_WITHIN * 2))
    found = _header(first, mapping)
    if found is None:
        if said := [cells for _, cells in first if any(cells)]:
            rest = sum(any(cells) for _, cells in sheet.rows)
            count = f"{len(said) + rest:,} rows"
            reason = f"{count} without a header row that names purchases, software or approvals"
            yield Quarantine(where, reason, one_line(" | ".join(filter(None, said[0]))))
        return
    number, headers, means = found
    for problem in means.problems:
        yield Quarantine(where, problem)
    yield from _preamble(where, [row for row in first if row[0] < number])
    below = chain((row for row in first if row[0] > number), sheet.rows)
    rows = ((f"{where} row {at}", cells) for at, cells in below if any(map(str.strip, cells)))
    yield from _records(means, _without(headers, rows), needles, size)


def _header(
    first: list[tuple[int, list[str]]], mapping: Mapping[str, str]
) -> tuple[int, list[str], Meaning] | None:
    """Row number, cells and meaning of the row that reads best as headers; the first on a tie."""
    best: tuple[int, list[str], Meaning] | None = None
    for number, cells in first[:HEADER_WITHIN]:
        if sum(map(bool, cells)) > 1:
            below = [row for at, row in first if at > number]
            found = meaning(cells, mapping, below, [row for at, row in first if at < number])
            if found and (best is None or found.score > best[2].score):
                best = number, cells, found
    return best


def _preamble(where: str, rows: list[tuple[int, list[str]]]) -> Iterator[Record]:
    """What stands above the headers: the table's own statement about itself."""
    lines = [" ".join(filter(None, cells)) for _, cells in rows]
    if text := "\n".join(filter(None, lines)):
        yield Record("document", f"{where} row 1", name=where, type="preamble", description=text)


def _without(headers: list[str], rows: Iterable[Row]) -> Iterator[Row | Tally]:
    """Rows that are not the header row again, as printed sheets repeat it on each page."""
    for row in rows:
        yield Tally("document", 1) if row[1] == headers else row


def _records(
    means: Meaning, rows: Iterable[Row | Quarantine | Tally], needles: Needles, size: int
) -> Iterator[Said]:
    keep_all = not means.bulk or size <= KEEP_PACKED_BELOW
    passed = 0
    for row in rows:
        if not isinstance(row, tuple):
            yield row
        elif keep_all or needles.wants(*row[1]):
            yield from means.told(row[1], row[0])
        else:
            passed += 1
    if passed:
        yield Tally(means.about, passed)
