"""The version resource of a Windows program: who says to have made what, in every language.

Source: Microsoft, "VS_VERSIONINFO" and ".rsrc section" of "PE Format".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from oust.formats.binary import pe
from oust.formats.binary.piece import BrokenPart, Data, take, tidy

_VERSION = 16
MAX_ENTRIES = 256
MAX_SIZE = 256 * 1024
MAX_STRINGS = 256

Strings = dict[str, dict[str, str]]
"""By language and code page (`040904b0`): `CompanyName` and so on."""


def version_strings(data: Data, image: pe.Image) -> Strings:
    """Every string of every language. Raises BrokenPart."""
    address, _ = image.directory(pe.RESOURCES)
    found: Strings = {}
    if address:
        for block in _resources(data, image, image.offset(address)):
            for language, key, value in _strings(block):
                found.setdefault(language, {}).setdefault(key, value)
    return found


def _resources(data: Data, image: pe.Image, base: int) -> Iterator[bytes]:
    """The version resources: the tree is type, name, language, each level a table."""
    for kind, names in _table(data, base, base):
        if kind != _VERSION or not names & 0x80000000:
            continue
        for _, languages in _table(data, base, base + (names & 0x7FFFFFFF)):
            if not languages & 0x80000000:
                continue
            for _, leaf in _table(data, base, base + (languages & 0x7FFFFFFF)):
                address, size = struct.unpack("<II", take(data, base + (leaf & 0x7FFFFFFF), 8))
                start = image.offset(address)
                yield take(data, start, min(size, MAX_SIZE, max(len(data) - start, 0)))


def _table(data: Data, base: int, at: int) -> list[tuple[int, int]]:
    named, numbered = struct.unpack("<HH", take(data, at + 12, 4))
    count = min(named + numbered, MAX_ENTRIES)
    rows = take(data, at + 16, 8 * count)
    return [struct.unpack_from("<II", rows, 8 * n) for n in range(count)]


def _strings(block: bytes) -> Iterator[tuple[str, str, str]]:
    """Language, key and value of each string of one VS_VERSIONINFO."""
    for _, key, start, end in _blocks(block, *_inside(block, 0)):
        if key == "StringFileInfo":
            for _, language, first, last in _blocks(block, start, end):
                for value, name, _, _ in _blocks(block, first, last):
                    if value and name:
                        yield language.lower(), name, value


def _inside(block: bytes, at: int) -> tuple[int, int]:
    """Where the children of the block at `at` begin and end, behind its key and value."""
    length, size, _ = struct.unpack_from("<HHH", block, at)
    _, after = _key(block, at + 6)
    return _even(after + size), min(at + length, len(block))


def _blocks(block: bytes, at: int, end: int) -> Iterator[tuple[str, str, int, int]]:
    """Value text, key, start and end of the children of each block between `at` and `end`."""
    for _ in range(MAX_STRINGS):
        if at + 6 > end:
            return
        length, size, kind = struct.unpack_from("<HHH", block, at)
        stop = min(at + length, end)
        if length < 6:
            return
        key, start = _key(block, at + 6)
        text = ""
        if size:  # counted in characters where it is text; some linkers count bytes
            raw = block[start : min(start + (2 * size if kind else size), stop)]
            text = tidy(raw[: len(raw) & ~1].decode("utf-16-le", "replace").split("\0")[0])
        yield text, key, start, stop
        at = _even(stop)


def _key(block: bytes, at: int) -> tuple[str, int]:
    """The key at `at` and the offset behind it, on a multiple of four."""
    end = at
    while block[end : end + 2] not in (b"\0\0", b""):
        end += 2
        if end - at > 512:
            raise BrokenPart("a key of the version resource does not end")
    return tidy(block[at:end].decode("utf-16-le", "replace")), _even(end + 2)


def _even(at: int) -> int:
    return (at + 3) & ~3


def first(strings: Strings, key: str) -> str:
    """The value of `key` in the first language that has one."""
    return next((found[key] for found in strings.values() if found.get(key)), "")


def every(strings: Strings, key: str) -> list[str]:
    """All its different values."""
    return list(dict.fromkeys(found[key] for found in strings.values() if found.get(key)))
