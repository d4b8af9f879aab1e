"""Self-extracting programs and what only 7-Zip opens; compressed pieces of Apple packages."""

from __future__ import annotations

import io
import lzma
from collections.abc import Iterator
from typing import Any

from oust.containers import foreign
from oust.containers.entry import Entry, Lost
from oust.containers.kinds import INNO, stub_of

MOST = 16 * 1024**3
PIECE = 64 * 1024**2


def installer(data: Any) -> Iterator[Entry]:
    """What a self-extracting program carries: a 7z archive directly, others by a program."""
    found = stub_of(data)
    if found and found[0].startswith(b"7z"):
        part = data.part if hasattr(data, "part") else lambda at, size: data[at : at + size]
        rest = part(found[1], len(data) - found[1])
        yield from foreign.entries("oust.containers.native:entries", rest, "7z")
    else:
        yield from by_tool(data, "innoextract" if found and found[0] in INNO else "7-Zip")


def by_tool(data: Any, tool: str = "7-Zip") -> Iterator[Entry]:
    """What an installed program unpacks from `data`: a key of `tools.TOOLS`."""
    most = min(MOST, max(1024**3, 200 * len(data)))
    yield from foreign.entries("oust.containers.tools:entries", data, most, tool, tools=True)


class Pbzx(io.RawIOBase):
    """The content of a `pbzx` payload: pieces of xz, one after another."""

    def __init__(self, data: Any) -> None:
        self._data, self._at = data, 12

    def read1(self, _size: int = -1) -> bytes:
        """The next piece unpacked; empty at the end. Raises Lost where it is damaged."""
        while self._at + 16 <= len(self._data):
            head = bytes(self._data[self._at : self._at + 16])
            unpacked, packed = (int.from_bytes(part, "big") for part in (head[:8], head[8:]))
            if max(unpacked, packed) > PIECE:
                raise Lost("a piece of the payload is larger than any real one")
            raw = bytes(self._data[self._at + 16 : self._at + 16 + packed])
            self._at += 16 + packed
            if not raw.startswith(b"\xfd7zXZ"):
                piece = raw
            else:
                piece = lzma.LZMADecompressor(memlimit=512 * 1024**2).decompress(raw, unpacked)
            if piece:
                return piece
        return b""
