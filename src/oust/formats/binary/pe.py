"""Portable Executable: headers, tables, signatures, imports and debug path of a Windows program.

Source: Microsoft, "PE Format". Offsets are in bytes from the start of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from oust.formats.binary.piece import BrokenPart, Data, c_string, number, take, tidy

MAX_SECTIONS = 128
MAX_IMPORTS = 4096
MAX_BLOCKS = 16
MAX_BLOCK = 32 * 1024**2
EXPORTS, IMPORTS, RESOURCES, SECURITY, DEBUG, DELAYED, DOTNET = 0, 1, 2, 4, 6, 13, 14
_CODEVIEW = 2
_PKCS7 = 2

_MACHINES = {
    **{0x14C: "x86", 0x8664: "x64", 0x1C0: "ARM", 0x1C4: "ARM", 0xAA64: "ARM64"},
    **{0x200: "Itanium", 0xEBC: "EFI byte code", 0x5064: "RISC-V 64", 0xA641: "ARM64EC"},
}
_SUBSYSTEMS = {
    **{1: "driver", 2: "Windows program", 3: "console program", 7: "POSIX program"},
    **{10: "EFI application", 11: "EFI driver", 12: "EFI runtime driver", 16: "boot program"},
}


class Section(Struct, frozen=True):
    """Where a part of the image lies in memory and in the file."""

    address: int
    size: int
    offset: int
    stored: int


class Image(Struct, frozen=True):
    """The headers of a PE file."""

    machine: str
    kind: str
    checksum_at: int  # offset of the checksum, which is not signed
    security_at: int  # offset of the directory entry of the certificate table, likewise
    headers: int  # their size
    directories: tuple[tuple[int, int], ...]  # address and size
    sections: tuple[Section, ...]

    def directory(self, which: int) -> tuple[int, int]:
        """Address and size of a data directory; zeros where there is none."""
        return self.directories[which] if which < len(self.directories) else (0, 0)

    def offset(self, address: int) -> int:
        """Where in the file the byte of a memory address stands. Raises BrokenPart."""
        for one in self.sections:
            if one.address <= address < one.address + max(one.size, one.stored):
                if address - one.address >= one.stored:
                    break
                return one.offset + address - one.address
        if address < self.headers:
            return address
        raise BrokenPart(f"address {address:#x} is in no section of the file")


def is_pe(head: bytes) -> bool:
    """Whether a file that begins so is a PE file."""
    if head[:2] != b"MZ" or len(head) < 64:
        return False
    at: int = struct.unpack_from("<I", head, 60)[0]
    return head[at : at + 4] == b"PE\0\0"


def image(data: Data) -> Image:
    """Read the headers. Raises BrokenPart."""
    at = number(data, 60, "<I")
    if take(data, at, 4) != b"PE\0\0":
        raise BrokenPart("the PE header is not where the file says it is")
    machine, count, _, _, _, size, flags = struct.unpack("<HHIIIHH", take(data, at + 4, 20))
    optional = take(data, at + 24, size)
    wide = {0x10B: False, 0x20B: True}.get(struct.unpack_from("<H", optional)[0])
    if wide is None:
        raise BrokenPart("the optional header is of an unknown kind")
    base = 112 if wide else 96
    told = min(struct.unpack_from("<I", optional, base - 4)[0], 16, (size - base) // 8)
    directories = tuple(struct.unpack_from("<II", optional, base + 8 * n) for n in range(told))
    subsystem = _SUBSYSTEMS.get(struct.unpack_from("<H", optional, 68)[0], "program")
    return Image(
        machine=_MACHINES.get(machine, f"machine {machine:#x}"),
        kind="library" if flags & 0x2000 and subsystem != "driver" else subsystem,
        checksum_at=at + 24 + 64,
        security_at=at + 24 + base + 8 * SECURITY,
        headers=struct.unpack_from("<I", optional, 60)[0],
        directories=directories,
        sections=_sections(data, at + 24 + size, count),
    )


def _sections(data: Data, at: int, count: int) -> tuple[Section, ...]:
    count = min(count, MAX_SECTIONS, max(len(data) - at, 0) // 40)
    table = take(data, at, 40 * count)
    found = []
    for start in range(0, len(table), 40):
        size, address, stored, offset = struct.unpack_from("<IIII", table, start + 8)
        found.append(Section(address, size, offset & ~0x1FF, stored))  # as the loader rounds
    return tuple(found)


def signature_blocks(data: Data, read: Image) -> list[tuple[int, bytes]]:
    """Offset and content of every PKCS #7 block in the certificate table. Raises BrokenPart."""
    at, size = read.directory(SECURITY)
    if not at or not size:
        return []
    end = at + size
    if end > len(data):
        raise BrokenPart("the certificate table reaches past the end of the file")
    found: list[tuple[int, bytes]] = []
    while at + 8 < end and len(found) < MAX_BLOCKS:
        length, _, kind = struct.unpack("<IHH", take(data, at, 8))
        if length < 8 or at + length > end or length > MAX_BLOCK:
            if found:
                break
            raise BrokenPart("an entry of the certificate table reaches past it")
        if kind == _PKCS7:
            found.append((at, take(data, at + 8, length - 8)))
        at += (length + 7) & ~7
    return found


def imports(data: Data, read: Image) -> list[str]:
    """Names of the libraries it is linked to, delayed ones too, each once. Raises BrokenPart."""
    names: dict[str, None] = {}
    for which, width, place in ((IMPORTS, 20, 12), (DELAYED, 32, 4)):
        address, _ = read.directory(which)
        if address:
            names.update(dict.fromkeys(_imported(data, read, address, width, place)))
    return list(names)


def _imported(data: Data, read: Image, address: int, width: int, place: int) -> Iterator[str]:
    start = read.offset(address)
    for n in range(MAX_IMPORTS):
        row = take(data, start + n * width, width)
        name: int = struct.unpack_from("<I", row, place)[0]
        if not name:
            return
        yield c_string(data, read.offset(name), 512)


def debug_path(data: Data, read: Image) -> str:
    """Where the linker wrote the debug symbols (PDB); empty where it did not say."""
    address, size = read.directory(DEBUG)
    if not address:
        return ""
    table = take(data, read.offset(address), min(size, 28 * 32))
    for start in range(0, len(table) - 27, 28):
        kind, length, _, offset = struct.unpack_from("<IIII", table, start + 12)
        if kind == _CODEVIEW and offset:
            entry = take(data, offset, min(length, 2048))
            skip = {b"RSDS": 24, b"NB10": 16}.get(entry[:4])
            if skip:
                return tidy(entry[skip:].split(b"\0")[0].decode("utf-8", "replace"))
    return ""
