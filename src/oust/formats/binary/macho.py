"""Mach-O: what a macOS or iOS program is linked to, its identifier, Team ID and signer.

Sources: Apple, loader.h, fat.h and cs_blobs.h of xnu.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from oust.formats.binary.piece import BrokenPart, Data, c_string, number, take, tidy

MAX_ARCHITECTURES = 40
"""A Java class file begins like a fat file; its version number, read as a count, is above 44."""

MAX_COMMANDS = 4096
MAX_COMMAND_BYTES = 4 * 1024**2
MAX_BLOBS = 64
MAX_BLOB = 32 * 1024**2
_FAT, _FAT64 = 0xCAFEBABE, 0xCAFEBABF
_THIN = {
    **{b"\xfe\xed\xfa\xce": (">", 28), b"\xce\xfa\xed\xfe": ("<", 28)},
    **{b"\xfe\xed\xfa\xcf": (">", 32), b"\xcf\xfa\xed\xfe": ("<", 32)},
}
_LIBRARIES = {0xC, 0x80000018, 0x8000001F, 0x20, 0x80000023}
_OWN_NAME, _UUID, _SIGNATURE = 0xD, 0x1B, 0x1D
_SUPER_BLOB, _DIRECTORY, _CMS = 0xFADE0CC0, 0xFADE0C02, 0xFADE0B01
_MACHINES = {7: "x86", 0x1000007: "x64", 12: "ARM", 0x100000C: "ARM64", 0x200000C: "ARM64_32",
             18: "PowerPC", 0x1000012: "PowerPC 64"}  # fmt: skip
_KINDS = {1: "object", 2: "program", 6: "library", 7: "loader", 8: "bundle", 11: "kernel extension"}


class Program(Struct):
    """One program of a Mach-O file, which holds one for each kind of processor."""

    offset: int
    size: int
    machine: str
    kind: str
    libraries: list[str]
    name: str = ""  # install name of a library
    uuid: str = ""
    signature: tuple[int, int] = (0, 0)  # offset within the program, and size


class CodeDirectory(Struct, frozen=True):
    """What a code signature says that it signs."""

    raw: bytes
    identifier: str
    team: str
    hash_type: int


class CodeSignature(Struct):
    """The parts of a code signature: directories, best last, and the CMS block."""

    directories: list[CodeDirectory]
    cms: bytes = b""


def is_macho(head: bytes) -> bool:
    """Whether a file that begins so is a Mach-O or fat file."""
    if head[:4] in _THIN:
        return True
    if len(head) < 8:
        return False
    magic, count = struct.unpack_from(">II", head)
    return magic in (_FAT, _FAT64) and 0 < count <= MAX_ARCHITECTURES


def programs(data: Data) -> list[Program]:
    """Every program of a thin or fat file. Raises BrokenPart where there is none to read."""
    if bytes(data[0:4]) in _THIN:
        return [program(data, 0, len(data))]
    magic, count = struct.unpack(">II", take(data, 0, 8))
    form, width = (">IIQQ", 32) if magic == _FAT64 else (">IIII", 20)
    table = take(data, 8, width * min(count, MAX_ARCHITECTURES))
    places = {struct.unpack_from(form, table, n)[2:4] for n in range(0, len(table), width)}
    return [program(data, at, size) for at, size in sorted(places)]


def program(data: Data, at: int, size: int) -> Program:
    """One program at an offset. Raises BrokenPart."""
    if bytes(data[at : at + 4]) not in _THIN or at + size > len(data):
        raise BrokenPart(f"there is no program at {at:,}")
    order, header = _THIN[bytes(data[at : at + 4])]
    machine, _, kind, count, length = struct.unpack(order + "5I", take(data, at + 4, 20))
    if length > MAX_COMMAND_BYTES:
        raise BrokenPart("load commands are larger than any linker writes")
    commands = take(data, at + header, length)
    found = Program(at, size, _MACHINES.get(machine, f"machine {machine:#x}"),
                    _KINDS.get(kind, f"type {kind}"), [])  # fmt: skip
    start = 0
    for _ in range(min(count, MAX_COMMANDS)):
        command, width = struct.unpack_from(order + "II", commands, start)
        if width < 8 or start + width > len(commands):
            raise BrokenPart("a load command reaches past the others")
        _note(found, order, command, commands[start : start + width])
        start += width
    return found


def _note(found: Program, order: str, command: int, body: bytes) -> None:
    if command in _LIBRARIES or command == _OWN_NAME:
        text = c_string(body + b"\0", number(body, 8, order + "I"), 4096)
        if command == _OWN_NAME:
            found.name = text
        else:
            found.libraries.append(text)
    elif command == _UUID:
        found.uuid = take(body, 8, 16).hex()
    elif command == _SIGNATURE:
        found.signature = (number(body, 8, order + "I"), number(body, 12, order + "I"))


def code_signature(data: Data, read: Program) -> CodeSignature:
    """The signature of a program; empty where it has none. Raises BrokenPart."""
    found = CodeSignature([])
    at, size = read.signature
    if not size:
        return found
    if size > MAX_BLOB or at + size > read.size:
        raise BrokenPart("the code signature reaches past the program")
    blob = take(data, read.offset + at, size)
    magic, _, count = struct.unpack_from(">III", blob)
    if magic != _SUPER_BLOB:
        raise BrokenPart("the code signature is of an unknown kind")
    for n in range(min(count, MAX_BLOBS)):
        start = struct.unpack_from(">II", blob, 12 + 8 * n)[1]
        kind, length = struct.unpack_from(">II", blob, start)
        part = take(blob, start, length)
        if kind == _DIRECTORY:
            found.directories.append(_directory(part))
        elif kind == _CMS:
            found.cms = part[8:]
    return found


def _directory(part: bytes) -> CodeDirectory:
    version, _, _, name = struct.unpack_from(">4I", part, 8)
    team = struct.unpack_from(">I", part, 48)[0] if version >= 0x20200 else 0
    return CodeDirectory(
        raw=part,
        identifier=c_string(part, name, 1024),
        team=tidy(c_string(part, team, 256)) if team else "",
        hash_type=part[37],
    )
