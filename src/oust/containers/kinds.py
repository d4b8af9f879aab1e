"""Which kind of container some content is, by its bytes."""

from __future__ import annotations

import zlib
from typing import Any

HEAD = 512
ISO_AT = (0x8001, 0x8801, 0x9001)
INSTALLER_STUB = 4 * 1024**2
"""Within so many bytes a self-extracting program's archive begins."""

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"!<arch>\n", "ar"),
    (b"\xed\xab\xee\xdb", "rpm"),
    (b"070701", "cpio"),
    (b"070702", "cpio"),
    (b"070707", "cpio"),
    (b"MSCF\0\0\0\0", "cab"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"xar!", "xar"),
    (b"Rar!\x1a\x07\x00", "rar"),
    (b"Rar!\x1a\x07\x01", "rar5"),
    (b"pbzx", "pbzx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)

KINDS = frozenset(kind for _, kind in _MAGIC) - {"ole"} | {
    *("tar", "msi", "iso", "lha", "dmg", "image", "installer", "envelope"),
}
"""Every kind, as `Source.format` names it."""

SINGLE = frozenset({"gzip", "bzip2", "xz", "zstd", "pbzx"})
"""Kinds that hold one thing: a layer, not a level of nesting."""

INNO = (b"rDlPtS\xcd\xe6\xd7\x7b\x0b\x2a", b"Inno Setup Setup Data")
"""What Inno Setup's loader and header begin with; the header lies far behind in a large one."""

_SEVEN = b"7z\xbc\xaf\x27\x1c"
_STUBS = (_SEVEN, b"\xef\xbe\xad\xdeNullsoftInst", *INNO)
_END, _ENTRY, _WIDE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"


def kind_of(data: Any) -> str:
    """The kind of `data`, bytes or a view, by its magic words; empty for no container."""
    head = bytes(data[:HEAD])
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _compound(data) if kind == "ole" else kind
    if head[257:262] == b"ustar" or _old_tar(head):
        return "tar"
    if head[2:5] == b"-lh" and head[6:7] == b"-":
        return "lha"
    if len(data) > ISO_AT[0] and any(data[at : at + 5] == b"CD001" for at in ISO_AT):
        return "iso"
    if bytes(data[max(0, len(data) - 512) :][:4]) == b"koly":
        return "dmg"
    return _installer(data) if head[:2] == b"MZ" else ""


def _compound(data: Any) -> str:
    """`msi` where the root of the compound file has an installer's class."""
    from oust.formats.binary.msi import kind_of as root

    found = root(bytes(data[:65_536]))
    if found != "other":
        return "msi" if found else ""
    sector, shift = int.from_bytes(data[48:52], "little"), int.from_bytes(data[30:32], "little")
    at = (sector + 1) << shift
    first = bytes(data[at + 80 : at + 96])
    return "msi" if first[1:2] == b"\x10" and first[2:4] == b"\x0c\0" else ""


def _old_tar(head: bytes) -> bool:
    """A tar from before `ustar`: a name, and a checksum over the header that is right."""
    if len(head) < 512 or not head[0] or head[345:].strip(b"\0"):
        return False
    digits = head[148:156].strip(b" \0")
    if not digits or not digits.isdigit() or any(digit > 0x37 for digit in digits):
        return False
    return int(digits, 8) == sum(head[:148]) + sum(head[156:]) + 8 * 32


def _installer(data: Any) -> str:
    """`installer` for a program that carries an archive, `zip` for one with a zip at its end."""
    return "zip" if _zip_behind(data) else "installer" if stub_of(data) else ""


def _zip_behind(data: Any) -> bool:
    """Whether a zip's directory stands before its end: programs that read zips hold such marks."""
    begin = max(0, len(data) - 66_000)
    tail = bytes(data[begin:])
    at = tail.rfind(_END)
    if at < 0:
        return False
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    place = begin + at - size
    return tail[at - 20 : at - 16] == _WIDE or (place >= 0 and data[place : place + 4] == _ENTRY)


def stub_of(data: Any) -> tuple[bytes, int] | None:
    """Which archive begins in the first part of a program, and where."""
    head = bytes(data[:INSTALLER_STUB])
    found = [(_seven(head) if mark == _SEVEN else head.find(mark, 1024), mark) for mark in _STUBS]
    at, mark = min(((at, mark) for at, mark in found if at >= 0), default=(-1, b""))
    return (mark, at) if at >= 0 else None


def _seven(head: bytes) -> int:
    """Where a 7z archive with a right checksum begins: many programs hold the mark alone."""
    at = head.find(_SEVEN, 1024)
    while at >= 0 and zlib.crc32(head[at + 12 : at + 32]) != int.from_bytes(
        head[at + 8 : at + 12], "little"
    ):
        at = head.find(_SEVEN, at + 1)
    return at
