"""The content of a source as a seekable file, for readers that want one, without a copy."""

from __future__ import annotations

import io
from typing import IO, Any


class _Slices(io.RawIOBase):
    """Reads from anything that has a length and can be sliced."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = bytes(self._data[self._at : self._at + len(buffer)])
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def byte_file(data: Any, start: int = 0) -> IO[bytes]:
    """`data` as a file opened for reading, at `start`."""
    if isinstance(data, bytes):
        file: IO[bytes] = io.BytesIO(data)
    else:
        file = io.BufferedReader(_Slices(data), 1024 * 1024)
    file.seek(start)
    return file
