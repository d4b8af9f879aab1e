"""The binary AndroidManifest.xml: the attributes of its root element.

Source: Android, ResourceTypes.h of the platform's frameworks/base.
"""

from __future__ import annotations

import struct

from oust.formats.binary.piece import BrokenPart, take, tidy

MAX_STRINGS = 100_000
_DOCUMENT, _STRINGS, _ELEMENT = 0x0003, 0x0001, 0x0102
_UTF8 = 1 << 8
_TEXT = 3


def root_attributes(raw: bytes) -> dict[str, str]:
    """Attributes of the first element, such as `package` and `versionName`. Raises BrokenPart."""
    if struct.unpack_from("<H", raw)[0] != _DOCUMENT:
        raise BrokenPart("the manifest is not in Android's binary form")
    at, strings = 8, Strings(b"")
    while at + 8 <= len(raw):
        kind, header, size = struct.unpack_from("<HHI", raw, at)
        if size < 8:
            raise BrokenPart("a chunk of the manifest is malformed")
        chunk = raw[at : at + size]
        if kind == _STRINGS:
            strings = Strings(chunk)
        elif kind == _ELEMENT:
            return _attributes(chunk, header, strings)
        at += size
    raise BrokenPart("the manifest has no root element")


class Strings:
    """A string pool; each text is decoded when asked for."""

    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk
        self._count = self._start = self._flags = 0
        if chunk:
            self._count, _, self._flags, self._start = struct.unpack_from("<4I", chunk, 8)

    def __getitem__(self, n: int) -> str:
        if not 0 <= n < min(self._count, MAX_STRINGS):
            return ""
        at = self._start + struct.unpack_from("<I", self._chunk, 28 + 4 * n)[0]
        if self._flags & _UTF8:
            at = self._after_length(at, 1)  # in characters
            length, at = self._length(at, 1)
            return tidy(take(self._chunk, at, length).decode("utf-8", "replace"))
        length, at = self._length(at, 2)
        return tidy(take(self._chunk, at, 2 * length).decode("utf-16-le", "replace"))

    def _length(self, at: int, width: int) -> tuple[int, int]:
        """A length of one unit, or of two where the top bit is set."""
        first = int.from_bytes(take(self._chunk, at, width), "little")
        top = 0x80 << 8 * (width - 1)
        if not first & top:
            return first, at + width
        second = int.from_bytes(take(self._chunk, at + width, width), "little")
        return (first & ~top) << 8 * width | second, at + 2 * width

    def _after_length(self, at: int, width: int) -> int:
        return self._length(at, width)[1]


def _attributes(chunk: bytes, header: int, strings: Strings) -> dict[str, str]:
    start, width, count = struct.unpack_from("<HHH", chunk, header + 8)
    if width < 20:
        raise BrokenPart("an attribute of the manifest is malformed")
    found = {}
    for n in range(min(count, 200)):
        fields = struct.unpack_from("<IIIHBBI", chunk, header + start + n * width)
        name, text, kind, value = fields[1], fields[2], fields[5], fields[6]
        said = strings[value] if kind == _TEXT else strings[text] if text < 1 << 31 else str(value)
        found[strings[name]] = said
    return found
