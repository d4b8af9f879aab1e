"""A file as sliceable bytes, read on demand.

Used for large files in place of a memory map: a map of a file that somebody truncates while it is
read kills the process, a view of it merely comes up short.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIECE = 4 * 1024**2


class FileView:
    """Immutable-looking bytes of a file: length, slices, `find`, `bytes()`.

    The length is that at opening. A slice reaches as far as the file still does.
    """

    def __init__(self, source: Any, start: int = 0, size: int | None = None) -> None:
        """Of the file at a path, or of an open file, whose position does not matter.

        With `start` and `size` only that part of it.
        """
        self._file = source.open("rb", buffering=0) if isinstance(source, Path) else source
        self.start = start
        self._size = os.fstat(self._file.fileno()).st_size - start if size is None else size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, step = part.indices(self._size)
        if step != 1:
            raise ValueError("a file is read forward, byte by byte")
        pieces, at = [], start
        while at < stop and (piece := self._read(stop - at, at)):
            pieces.append(piece)
            at += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read(self, size: int, at: int) -> bytes:
        return os.pread(self._file.fileno(), size, self.start + at)

    def __bytes__(self) -> bytes:
        return self[:]

    def fileno(self) -> int:
        """The descriptor of the file; what is viewed begins at byte `start` of it."""
        return int(self._file.fileno())

    def part(self, start: int, size: int) -> FileView:
        """A view of `size` bytes from `start` on; nothing is copied."""
        return FileView(self._file, self.start + start, max(0, min(size, self._size - start)))

    def pieces(self) -> Iterator[bytes]:
        """The content, PIECE bytes at a time."""
        for at in range(0, self._size, PIECE):
            yield self[at : at + PIECE]

    def find(self, wanted: bytes, start: int = 0, stop: int | None = None) -> int:
        """First offset of `wanted` at or after `start` that ends by `stop`; -1 if there is none."""
        stop = self._size if stop is None else min(stop, self._size)
        at = start
        while at < stop:
            piece = self[at : min(at + PIECE + len(wanted), stop)]
            found = piece.find(wanted)
            if found >= 0:
                return at + found
            at += PIECE
        return -1

    def sha256(self) -> str:
        """Digest of the content, hexadecimal."""
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()


def digest_of(data: Any) -> str:
    """SHA-256 of bytes or of a view, hexadecimal."""
    return data.sha256() if isinstance(data, FileView) else hashlib.sha256(data).hexdigest()


_HIDDEN = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_SHOWN = {private: surrogate for surrogate, private in _HIDDEN.items()}


def place_text(place: Path) -> str:
    """`place` as text that a store can hold: bytes that are no UTF-8 become private characters."""
    return str(place).translate(_HIDDEN)


def place_of(text: str) -> Path:
    """The place that `place_text` gave `text` for."""
    place = Path(text)
    return place if place.exists() else Path(text.translate(_SHOWN))
