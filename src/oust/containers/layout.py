"""A container image that lies unpacked in a folder, seen as the tar it would be.

So it is read, hashed, shown and opened again like any other image. The tar is never made: headers
are held, contents are read where they lie. Source: OCI Image Format Specification, image layout.
"""

from __future__ import annotations

import os
import stat
import tarfile
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from oust.containers.image import MAX_JSON, images
from oust.fileview import FileView

MAX_FILES = 100_000
_MARKS = ({"oci-layout", "index.json", "blobs"}, {"manifest.json"})


class _Piece(Struct, frozen=True):
    """So many bytes of the tar from `start` on: held, or those of a file."""

    start: int
    size: int
    held: bytes = b""
    file: Path | None = None


def is_layout(folder: Path, names: list[str]) -> bool:
    """Whether a folder with these entries is an image: an OCI layout, or `docker save` unpacked."""
    if not any(marks <= set(names) for marks in _MARKS):
        return False
    found = images(lambda name: _content(folder, name))
    return any(_is_file(folder, layer) for image in found for layer in image.layers)


def _inside(folder: Path, name: str) -> Path:
    """Where a member lies; KeyError for a name that leads out of the folder."""
    parts = name.removeprefix("./").split("/")
    if "\0" in name or any(part in ("", "..") for part in parts):
        raise KeyError(name)
    return folder.joinpath(*parts)


def _is_file(folder: Path, name: str) -> bool:
    try:
        return _inside(folder, name).is_file()
    except (KeyError, OSError):
        return False


def _content(folder: Path, name: str) -> bytes:
    place = _inside(folder, name)
    try:
        with place.open("rb") as file:
            return file.read(MAX_JSON + 1)
    except OSError as error:
        raise KeyError(name) from error


class LayoutView(FileView):
    """The files of a folder as one tar, in the order of their names.

    A link counts as the file of the same folder that it leads to; one that leads out is left out.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pieces, self.start = list(_pieces(folder)), 0
        self._starts = [piece.start for piece in self._pieces]
        last = self._pieces[-1]
        self._size = last.start + last.size

    def _read(self, size: int, at: int) -> bytes:
        piece = self._pieces[bisect_right(self._starts, at) - 1]
        begin = at - piece.start
        size = min(size, piece.size - begin)
        if piece.file is None:
            return piece.held[begin : begin + size]
        with piece.file.open("rb", buffering=0) as file:
            got = os.pread(file.fileno(), size, begin)
        return got.ljust(size, b"\0")  # a file that became shorter must not shift those behind it

    def fileno(self) -> int:
        """There is none: only its parts are files."""
        raise OSError("a folder has no descriptor")

    def part(self, start: int, size: int) -> FileView:
        """A view of a file of the folder, where these bytes are of one."""
        piece = self._pieces[bisect_right(self._starts, start) - 1]
        if piece.file is None or start + size > piece.start + piece.size:
            raise ValueError("these bytes are not of one file")
        return FileView(piece.file, start - piece.start, size)

    def stamp(self) -> tuple[int, int]:
        """Bytes and last change of the files as they are now."""
        infos = [piece.file.stat() for piece in self._pieces if piece.file]
        changed = max((info.st_mtime_ns for info in infos), default=0)
        return sum(info.st_size for info in infos), changed


def _files(folder: Path) -> list[tuple[str, Path, int]]:
    found: list[tuple[str, Path, int]] = []
    root = Path(os.path.realpath(folder))
    for top, _, names in os.walk(folder):
        for name in names:
            place = Path(top, name)
            real = Path(os.path.realpath(place))
            if not real.is_relative_to(root):
                continue
            try:
                info = real.stat()
            except OSError:
                continue  # a link to nothing
            if stat.S_ISREG(info.st_mode):
                found.append((place.relative_to(folder).as_posix(), real, info.st_size))
        if len(found) > MAX_FILES:
            raise OSError(f"more than {MAX_FILES:,} files in a folder that looks like an image")
    return sorted(found)


def _pieces(folder: Path) -> Iterator[_Piece]:
    at = 0
    for name, place, size in _files(folder):
        info = tarfile.TarInfo(name)
        info.size = size
        header = info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
        yield _Piece(at, len(header), header)
        at += len(header)
        if size:
            yield _Piece(at, size, file=place)
        fill = -size % tarfile.BLOCKSIZE
        if fill:
            yield _Piece(at + size, fill, bytes(fill))
        at += size + fill
    yield _Piece(at, 2 * tarfile.BLOCKSIZE, bytes(2 * tarfile.BLOCKSIZE))
