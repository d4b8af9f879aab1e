"""Rows of spreadsheets (XLSX, XLSM, XLSB, XLS, ODS) as text, sheet by sheet.

The reader underneath holds a sheet as one dense rectangle, so the size of that rectangle and the
unpacked size of the file are checked before it is asked.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any, NamedTuple

from oust.formats.byte_file import byte_file
from oust.formats.seam import Head, Opened, Unreadable, one_line
from oust.model import Quarantine

MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 200
"""A workbook that unpacks to more bytes, or more than so many times its size, is refused."""

RATIO_FREE = 32 * 1024**2
"""Below this unpacked size, in bytes, the ratio does not matter: empty sheets pack well."""

MAX_CELLS = 30_000_000
"""A sheet whose rectangle has more cells than this is refused; it would need over 1 GB."""

MAX_MERGED = 10_000  # merged areas longer than this are not filled down

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_STREAM = "Workbook".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_REPEATED = re.compile(
    rb"<table:table-row\b[^>]*>|<table:(?:covered-)?table-cell\b[^>]*>|<table:table\b"
)
_TIMES = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
_CHUNK = 1024 * 1024


class Sheet(NamedTuple):
    """A sheet with its rows: (row number from 1, cells). `problem` where it cannot be read."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    problem: Quarantine | None = None


def is_workbook(head: Head) -> bool:
    """Whether the beginning of a source is that of a spreadsheet."""
    data, name = head.data, head.name.lower()
    if data.startswith(b"PK\x03\x04"):
        if data[30:200].find(_ODS) >= 0:
            return True
        office = b"[Content_Types].xml" in data or name.endswith((".xlsx", ".xlsm", ".xlsb"))
        return office and (b"xl/" in data or name.endswith((".xlsx", ".xlsm", ".xlsb")))
    return data.startswith(_OLE) and (name.endswith((".xls", ".xlt")) or _WORKBOOK_STREAM in data)


def sheets(opened: Opened) -> Iterator[Sheet]:
    """Every sheet, hidden ones too. Raises Unreadable if the workbook cannot be opened."""
    import python_calamine as calamine

    _check_size(opened)
    try:
        book = calamine.CalamineWorkbook.from_filelike(byte_file(opened.data))
        names = book.sheet_names
    except calamine.PasswordError:
        raise Unreadable("the workbook is protected by a password") from None
    except BaseException as error:  # a panic of the native reader is no Exception
        raise _unreadable(error) from None
    for index, name in enumerate(names):
        try:
            sheet = book.get_sheet_by_index(index)
            rows = _rows(sheet)
        except BaseException as error:
            reason = str(_unreadable(error))
            yield Sheet(name, iter(()), Quarantine(f"sheet {name!r}", reason))
        else:
            yield Sheet(name, rows)


def _unreadable(error: BaseException) -> Unreadable:
    """What to tell of a failure in the native reader; what is no failure goes on."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    return Unreadable(f"the workbook is damaged: {one_line(str(error), 120)}")


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    merged = _merged(sheet)
    above: dict[int, str] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        row = [_text(cell) for cell in cells]
        for column, last in merged.get(number, ()):
            above[column] = row[column] if column < len(row) else ""
            merged.setdefault(last + 1, []).append((column, -1))
        for column, last in merged.get(number, ()):
            if last < 0:
                above.pop(column, None)
        for column, text in above.items():
            if column < len(row) and not row[column]:
                row[column] = text
        yield number + 1, row


def _merged(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """First row -> (column, last row) of each cell merged down over several rows.

    A merged cell keeps its value in its first row only; the rows below mean it too. Cells merged
    to the right are titles and stay as they are.
    """
    starts: dict[int, list[tuple[int, int]]] = {}
    left = sheet.start[1] if sheet.start else 0
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        if first == last and 0 < bottom - top < MAX_MERGED:
            starts.setdefault(top, []).append((first - left, bottom))
    return starts


def _text(cell: object) -> str:
    """A typed cell as text: whole numbers without decimals, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _check_size(opened: Opened) -> None:
    if not opened.head.data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(byte_file(opened.data)) as archive:
            infos = archive.infolist()
            total = sum(info.file_size for info in infos)
            if total > MAX_UNPACKED or (total > RATIO_FREE and total > MAX_RATIO * opened.size):
                raise Unreadable(f"the workbook would unpack to {total:,} bytes; refused")
            for info in infos:
                _check_part(archive, info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(error) from None
    except (OSError, ValueError) as error:
        raise _unreadable(error) from None


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Refuse a sheet whose cells lie so far apart that their rectangle is huge."""
    name = info.filename.lower()
    if name == "content.xml":
        cells = _ods_cells(archive.open(info))
    elif name.startswith("xl/worksheets/") and name.endswith(".xml"):
        cells = _xlsx_cells(archive.open(info))
    else:
        return
    if cells > MAX_CELLS:
        raise Unreadable(f"a sheet spans {cells:,} cells; save it as CSV")


def _xlsx_cells(part: IO[bytes]) -> int:
    """Cells of the rectangle that the cells of a sheet span."""
    columns: set[bytes] = set()
    top, bottom = 0, 0
    for block in _blocks(part):
        found = _CELL.findall(block)
        columns.update(column for column, _ in found)
        rows = [int(row) for _, row in (found[0], found[-1])] if found else []
        top = min([top or 10**7, *rows]) if rows else top
        bottom = max([bottom, *rows])
    wide = [_column(name) for name in columns]
    return (max(wide) - min(wide) + 1) * (bottom - top + 1) if wide else 0


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _ods_cells(part: IO[bytes]) -> int:
    """Cells that a table spans, with its repetitions, as far as they say something."""
    most = rows = width = line = repeat = 0
    for block in _blocks(part):
        for tag in _REPEATED.finditer(block):
            times = _TIMES.search(tag[0])
            count = int(times[1]) if times else 1
            if tag[0].startswith(b"<table:table-row"):
                rows, repeat, line = rows + (repeat if line else 0), count, 0
            elif b"table-cell" in tag[0]:
                line += count if b"office:value" in tag[0] else 0
                width = max(width, line)
            else:
                rows = width = line = repeat = 0
            most = max(most, (rows + (repeat if line else 0)) * width)
    return most


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    """The part in blocks that end at the end of a tag."""
    rest, read = b"", 0
    while chunk := part.read(_CHUNK):
        read += len(chunk)
        if read > MAX_UNPACKED:
            raise Unreadable("the workbook unpacks to more than it declares; refused")
        rest += chunk
        cut = rest.rfind(b">") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > 16 * _CHUNK:
            raise Unreadable("a sheet is not XML")
    yield rest
