"""Windows Installer packages: their cabinets under real file names, and their streams. For workers.

Source: Microsoft, "Windows Installer: Database Tables" (File, Component, Directory, Media).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from oust.containers import native
from oust.formats.binary import msi
from oust.formats.binary.piece import BROKEN, BrokenPart
from oust.formats.seam import Unreadable

MAX_FOLDERS = 64
BLOCK = 256 * 1024
_TEXT, _LONG = 0x0800, 4
_QUIET = ("\x05SummaryInformation", "\x05DigitalSignature", "\x05MsiDigitalSignatureEx")

Row = list[Any]


def entries(data: Any) -> Iterator[list[Any]]:
    """Messages (see `foreign.py`) of every file in embedded cabinets, and every binary stream."""
    try:
        with msi.compound(data) as opened:
            paths = {msi.decoded(path[-1]): path for path in opened.listdir()}
            try:
                names = _file_names(_Tables(opened, paths))
            except (*BROKEN, AttributeError):
                names = {}  # the cabinets' own names are shown then
            for name, path in paths.items():
                if not name.startswith("!") and name not in _QUIET:
                    yield from _stream(opened, data, name, path, names)
    except BrokenPart as error:
        raise Unreadable(str(error)) from error


def _stream(
    opened: Any, data: Any, name: str, path: list[str], names: dict[str, str]
) -> Iterator[list[Any]]:
    try:
        file = io.BufferedReader(_Chain(opened, data, path), BLOCK)
        cabinet = file.read(4) == b"MSCF"
        file.seek(0)
    except Exception as error:  # a foreign file meets a parser
        yield ["entry", name, "", ""]
        yield ["end", f"the stream is damaged: {type(error).__name__}"]
        return
    if cabinet:
        try:
            yield from _renamed(native.told(file, "cab"), names)
            return
        except Unreadable as error:
            yield ["entry", name, "", ""]
            yield ["end", f"the cabinet is damaged: {error}"]
            return
    yield ["entry", name, "", ""]
    while piece := file.read(BLOCK):
        yield ["data", piece]
    yield ["end", ""]


def _renamed(messages: Iterator[list[Any]], names: dict[str, str]) -> Iterator[list[Any]]:
    for message in messages:
        if message[0] == "entry":
            message[1] = names.get(message[1], message[1])
        yield message


class _Chain(io.RawIOBase):
    """A stream of a compound file, read sector by sector: olefile itself would hold it whole."""

    def __init__(self, opened: Any, data: Any, path: list[str]) -> None:
        entry = opened.direntries[opened._find(path)]
        self._size, self._at = int(entry.size), 0
        self._small: bytes | None = None
        if entry.size < opened.minisectorcutoff:
            self._small = opened.openstream(path).read()
            return
        self._data, self._sector = data, int(opened.sectorsize)
        need = -(-self._size // self._sector)
        if self._size > len(data):
            raise BrokenPart("a stream is larger than the file")
        self._chain: list[int] = []
        sector = int(entry.isectStart)
        while len(self._chain) < need:
            if not 0 <= sector < len(opened.fat):
                raise BrokenPart("a stream ends early")
            self._chain.append(sector)
            sector = int(opened.fat[sector])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, (0, self._at, self._size)[whence] + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._piece(min(len(buffer), self._size - self._at))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _piece(self, size: int) -> bytes:
        """Up to `size` bytes: as far as the sectors lie one after another."""
        if size <= 0:
            return b""
        if self._small is not None:
            return self._small[self._at : self._at + size]
        n, inside = divmod(self._at, self._sector)
        last = n
        while (last + 1 - n) * self._sector - inside < size and last + 1 < len(self._chain):
            if self._chain[last + 1] != self._chain[last] + 1:
                break
            last += 1
        start = (self._chain[n] + 1) * self._sector + inside
        size = min(size, (last + 1 - n) * self._sector - inside)
        return bytes(self._data[start : start + size])


class _Tables:
    """Tables of the database as rows; column types come from the database itself."""

    def __init__(self, opened: Any, paths: dict[str, list[str]]) -> None:
        self._opened, self._paths = opened, paths
        pool = self._raw("_StringPool")
        self._strings = msi._strings(pool, self._raw("_StringData"))
        self._wide = 3 if pool[3] & 0x80 else 2
        self._columns: dict[str, list[int]] = {}
        for table, _, _, kind in self._rows("_Columns", [self._wide, 2, self._wide, 2], "sisi"):
            self._columns.setdefault(table, []).append(kind & 0x7FFF)

    def _raw(self, table: str) -> bytes:
        path = self._paths.get(f"!{table}")
        return msi.stream(self._opened, path) if path else b""

    def rows(self, table: str) -> list[Row]:
        """Rows of a table: text and numbers by column."""
        kinds = self._columns.get(table, [])
        text = "".join("s" if kind & _TEXT else "i" for kind in kinds)
        widths = [
            self._wide if kind & _TEXT else 4 if kind & 0xFF == _LONG else 2 for kind in kinds
        ]
        return self._rows(table, widths, text)

    def _rows(self, table: str, widths: list[int], text: str) -> list[Row]:
        raw = self._raw(table)
        count = min(len(raw) // max(sum(widths), 1), msi.MAX_STRINGS) if widths else 0
        columns, at = [], 0
        for width, kind in zip(widths, text, strict=True):
            cells = [raw[at + n * width : at + (n + 1) * width] for n in range(count)]
            at += count * width
            columns.append([self._cell(cell, kind) for cell in cells])
        return [list(row) for row in zip(*columns, strict=True)]

    def _cell(self, cell: bytes, kind: str) -> Any:
        number = int.from_bytes(cell, "little")
        if kind == "s":
            return self._strings[number] if number < len(self._strings) else ""
        return number - (0x8000 if len(cell) == 2 else 0x80000000)


def _file_names(tables: _Tables) -> dict[str, str]:
    """For each key in the cabinets, folder and name under which it is installed."""
    parents = {row[0]: (row[1], _long(row[2])) for row in tables.rows("Directory")}
    folders = {row[0]: row[2] for row in tables.rows("Component") if len(row) > 2}
    names = {}
    for row in tables.rows("File"):
        place = _folder(folders.get(row[1], ""), parents)
        names[row[0]] = f"{place}/{_long(row[2])}".lstrip("/")
    return names


def _folder(key: str, parents: dict[str, tuple[str, str]]) -> str:
    parts: list[str] = []
    for _ in range(MAX_FOLDERS):
        if key not in parents or key == "TARGETDIR":
            break
        key, name = parents[key]
        if name not in (".", ""):
            parts.append(name)
    return "/".join(reversed(parts))


def _long(name: str) -> str:
    """The long target name of `short|long:source` or `target:source`."""
    return name.split(":")[0].split("|")[-1]
