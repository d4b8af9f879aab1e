"""ELF: what a Linux or BSD program is linked to, which build it is, and kernel module facts.

Sources: System V ABI, chapters 4 and 5; Linux scripts/sign-file.c for the appended signature.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from oust.formats.binary.piece import BrokenPart, Data, c_string, take, tidy

MAX_HEADERS = 4096
MAX_DYNAMIC = 16_384
MAX_SECTION = 1024**2
MODULE_MARK = b"~Module signature appended~\n"
MAX_SIGNATURE = 1024**2
_LOAD, _DYNAMIC, _INTERPRETER, _NOTE = 1, 2, 3, 4
_NEEDED, _STRTAB, _SONAME, _RPATH, _RUNPATH = 1, 5, 14, 15, 29
_NOBITS = 8
_BUILD_ID = 3

_MACHINES = {
    **{2: "SPARC", 3: "x86", 8: "MIPS", 20: "PowerPC", 21: "PowerPC 64", 22: "S/390"},
    **{40: "ARM", 43: "SPARC 64", 62: "x64", 183: "ARM64", 243: "RISC-V", 258: "LoongArch"},
}
_KINDS = {1: "object", 2: "program", 3: "library or program", 4: "core dump"}


class Segment(Struct, frozen=True):
    """An entry of the program header table."""

    kind: int
    offset: int
    address: int
    size: int


class Section(Struct, frozen=True):
    """An entry of the section header table."""

    name: str
    kind: int
    offset: int
    size: int


class Elf(Struct, frozen=True):
    """The headers of an ELF file; `order` is the struct prefix of its byte order."""

    order: str
    wide: bool
    machine: str
    kind: str
    segments: tuple[Segment, ...]
    section_table: tuple[int, int, int, int]  # offset, entry size, count, index of names


def is_elf(head: bytes) -> bool:
    """Whether a file that begins so is an ELF file."""
    return head[:4] == b"\x7fELF" and head[4:5] in (b"\1", b"\2") and head[5:6] in (b"\1", b"\2")


def elf(data: Data) -> Elf:
    """Read the headers. Raises BrokenPart."""
    ident = take(data, 0, 16)
    wide, order = ident[4] == 2, "<" if ident[5] == 1 else ">"
    form = order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH")
    fields = struct.unpack(form, take(data, 16, struct.calcsize(form)))
    kind, machine, segments_at, sections_at = fields[0], fields[1], fields[4], fields[5]
    return Elf(
        order=order,
        wide=wide,
        machine=_MACHINES.get(machine, f"machine {machine}"),
        kind=_KINDS.get(kind, f"type {kind}"),
        segments=_segments(data, order, wide, segments_at, fields[8], fields[9]),
        section_table=(sections_at, fields[10], fields[11], fields[12]),
    )


def _segments(
    data: Data, order: str, wide: bool, at: int, width: int, count: int
) -> tuple[Segment, ...]:
    count = min(count, MAX_HEADERS)
    least = 56 if wide else 32
    if not count or not at:
        return ()
    if width < least:
        raise BrokenPart("program headers are too short")
    table = take(data, at, width * count)
    found = []
    for start in range(0, width * count, width):
        if wide:
            kind, _, offset, address, _, size = struct.unpack_from(order + "IIQQQQ", table, start)
        else:
            kind, offset, address, _, size = struct.unpack_from(order + "IIIII", table, start)
        found.append(Segment(kind, offset, address, size))
    return tuple(found)


def sections(data: Data, read: Elf) -> list[Section]:
    """The section headers with their names; none where they were stripped. Raises BrokenPart."""
    at, width, count, names_at = read.section_table
    if not at or not count:
        return []
    if width < (64 if read.wide else 40):
        raise BrokenPart("section headers are too short")
    count = min(count, MAX_HEADERS)
    table = take(data, at, width * count)
    form = read.order + ("IIQQQQ" if read.wide else "IIIIII")
    rows = [struct.unpack_from(form, table, width * n) for n in range(count)]
    names = b""
    if names_at < count:
        names = take(data, rows[names_at][4], min(rows[names_at][5], MAX_SECTION))
    return [
        Section(names[row[0] : row[0] + 100].split(b"\0")[0].decode("latin-1"), *row[1:2], *row[4:])
        for row in rows
    ]


def section(data: Data, every: list[Section], name: str) -> bytes:
    """The content of the section `name`, at most MAX_SECTION bytes; empty where there is none."""
    for one in every:
        if one.name == name and one.kind != _NOBITS:
            return take(data, one.offset, min(one.size, MAX_SECTION))
    return b""


class Linked(Struct):
    """What the dynamic section says."""

    needed: list[str]
    soname: str = ""
    paths: str = ""  # where it looks for libraries


def linked(data: Data, read: Elf) -> Linked:
    """Read the dynamic section. Raises BrokenPart."""
    found = Linked([])
    for segment in read.segments:
        if segment.kind != _DYNAMIC or not segment.size:
            continue
        entries = _dynamic(data, read, segment)
        tables = [value for tag, value in entries if tag == _STRTAB]
        if not tables:
            continue
        strings = _offset(read, tables[0])
        for tag, value in entries:
            if tag in (_NEEDED, _SONAME, _RPATH, _RUNPATH):
                text = c_string(data, strings + value, 4096)
                if tag == _NEEDED:
                    found.needed.append(text)
                elif tag == _SONAME:
                    found.soname = text
                else:
                    found.paths = text
    return found


def _dynamic(data: Data, read: Elf, segment: Segment) -> list[tuple[int, int]]:
    width = 16 if read.wide else 8
    size = min(segment.size, MAX_DYNAMIC * width)
    table = take(data, segment.offset, size - size % width)
    entries = []
    for tag, value in struct.iter_unpack(read.order + ("QQ" if read.wide else "II"), table):
        if not tag:
            break
        entries.append((tag, value))
    return entries


def _offset(read: Elf, address: int) -> int:
    for one in read.segments:
        if one.kind == _LOAD and one.address <= address < one.address + one.size:
            return one.offset + address - one.address
    raise BrokenPart(f"address {address:#x} is in no segment of the file")


def interpreter(data: Data, read: Elf) -> str:
    """The dynamic loader that it asks for. Raises BrokenPart."""
    for one in read.segments:
        if one.kind == _INTERPRETER:
            text = take(data, one.offset, min(one.size, 4096)).split(b"\0")[0]
            return tidy(text.decode("utf-8", "replace"))
    return ""


def build_id(data: Data, read: Elf, every: list[Section]) -> str:
    """The GNU build id, hexadecimal. Raises BrokenPart."""
    places = [(one.offset, one.size) for one in read.segments if one.kind == _NOTE]
    places += [(one.offset, one.size) for one in every if one.name == ".note.gnu.build-id"]
    for at, size in places[:16]:
        notes = take(data, at, min(size, 65_536))
        start = 0
        while start + 12 <= len(notes):
            owner, length, kind = struct.unpack_from(read.order + "III", notes, start)
            text = start + 12
            body = text + ((owner + 3) & ~3)
            if kind == _BUILD_ID and notes[text : text + 4] == b"GNU\0" and length <= 64:
                return notes[body : body + length].hex()
            start = body + ((length + 3) & ~3)
    return ""


def texts(block: bytes) -> list[str]:
    """The different NUL-ended texts of a section, in order."""
    parts = (tidy(part.decode("utf-8", "replace"), 500) for part in block.split(b"\0")[:2000])
    return list(dict.fromkeys(part for part in parts if part))


def module_facts(block: bytes) -> dict[str, list[str]]:
    """Keys of a kernel module's `.modinfo` with their values."""
    facts: dict[str, list[str]] = {}
    for text in texts(block):
        key, equals, value = text.partition("=")
        if equals:
            facts.setdefault(key, []).append(value)
    return facts


class Appended(Struct, frozen=True):
    """A signature appended to a kernel module: a PKCS #7 block, or a bare name (before 2016)."""

    pkcs7: bytes = b""
    signer: str = ""
    signed_bytes: int = 0  # how many bytes from the start it signs


def appended_signature(data: Data) -> Appended | None:
    """The signature at the end of a kernel module; None where there is none. Raises BrokenPart."""
    end = len(data) - len(MODULE_MARK)
    if end < 12 or bytes(data[end : len(data)]) != MODULE_MARK:
        return None
    fields = struct.unpack(">BBBBB3xI", take(data, end - 12, 12))
    kind, name, key, size = fields[2], fields[3], fields[4], fields[5]
    start = end - 12 - size
    if size > MAX_SIGNATURE or start < name + key:
        raise BrokenPart("the appended signature is larger than the file")
    if kind == 2:
        return Appended(pkcs7=take(data, start, size), signed_bytes=start)
    text = take(data, start - key - name, name).decode("utf-8", "replace")
    return Appended(signer=tidy(text), signed_bytes=start - key - name)
