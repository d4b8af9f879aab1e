"""Windows Installer databases: properties, summary and signature, out of an OLE compound file.

Sources: Microsoft, [MS-CFB], [MS-OLEPS], "Property Table"; stream names and string pool after the
description of the format in Wine's and msitools' documentation.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from msgspec import Struct

from oust.formats.binary.piece import BROKEN, BrokenPart, Data, attempt, tidy
from oust.formats.byte_file import byte_file
from oust.model import Quarantine

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_STREAM = 64 * 1024**2
MAX_STRINGS = 500_000
KINDS = {0x000C1084: "MSI", 0x000C1086: "MSP", 0x000C1082: "MST"}
SIGNATURE = "\x05DigitalSignature"
SIGNATURE_EX = "\x05MsiDigitalSignatureEx"
_SUMMARY = "\x05SummaryInformation"
_WORDS = {2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 7: "template",
          9: "package code", 18: "application"}  # fmt: skip
_CODE_PAGES = {65001: "utf-8", 0: "cp1252", 1200: "utf-16-le", 10000: "mac-roman"}
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"


class Installer(Struct):
    """What an installer database says of itself."""

    kind: str
    properties: dict[str, str]
    summary: dict[str, str]
    streams: list[str]
    signature: bytes = b""


def kind_of(head: bytes) -> str:
    """MSI, MSP, MST by the class of the root; `other` if that lies behind `head`; else empty."""
    if head[:8] != OLE or len(head) < 512:
        return ""
    shift: int = struct.unpack_from("<H", head, 30)[0]
    sector: int = struct.unpack_from("<I", head, 48)[0]
    if shift not in (9, 12):
        return ""
    root = (sector + 1) << shift
    if root + 128 > len(head):
        return "other"
    return kind_of_class(head[root + 80 : root + 96])


def kind_of_class(raw: bytes) -> str:
    """The kind by the class identifier of the root storage, 16 bytes."""
    first, rest = struct.unpack("<I", raw[:4])[0], raw[4:]
    return KINDS.get(first, "") if rest == b"\0\0\0\0\xc0\0\0\0\0\0\0\x46" else ""


@contextmanager
def compound(data: Data) -> Iterator[Any]:
    """The compound file as olefile opens it. Raises BrokenPart."""
    import olefile

    try:
        opened = olefile.OleFileIO(byte_file(data))
    except Exception as error:  # a foreign file meets a parser
        raise BrokenPart("the compound file is damaged") from error
    try:
        yield opened
    finally:
        opened.close()


def stream(opened: Any, path: list[str]) -> bytes:
    """The content of a stream. Raises BrokenPart."""
    try:
        if opened.get_size(path) > MAX_STREAM:
            raise BrokenPart(f"stream {path[-1]!r} is larger than {MAX_STREAM:,} bytes")
        content: bytes = opened.openstream(path).read()
    except BrokenPart:
        raise
    except Exception as error:  # a foreign file meets a parser
        raise BrokenPart(f"stream {decoded(path[-1])} is damaged") from error
    return content


def installer(data: Data, problems: list[Quarantine]) -> Installer:
    """Read a database; what cannot be read of it goes to `problems`. Raises BrokenPart."""
    with compound(data) as opened:
        kind = _kind(opened)
        paths = [path for path in opened.listdir() if len(path) == 1]
        names = {decoded(path[0]): path for path in paths}
        found = Installer(kind, {}, {}, sorted(names))
        if "!_StringPool" in names:
            found.properties = attempt(problems, "Property", "the table Property",
                                       partial(_properties, opened, names), {})  # fmt: skip
        if _SUMMARY in names:
            found.summary = attempt(problems, "SummaryInformation", "the summary",
                                    partial(_summary, opened), {})  # fmt: skip
        if SIGNATURE in names:
            found.signature = attempt(problems, "DigitalSignature", "the signature",
                                      partial(stream, opened, [SIGNATURE]), b"")  # fmt: skip
    return found


def _kind(opened: Any) -> str:
    text = str(opened.root.clsid).upper()
    kind = next((kind for first, kind in KINDS.items() if text.startswith(f"{first:08X}-")), "")
    if not kind:
        raise BrokenPart("a compound file, but no Windows Installer database")
    return kind


def decoded(name: str) -> str:
    """A stream name as the installer means it: `!Property` for the table Property."""
    out = []
    for n, character in enumerate(name):
        code = ord(character)
        if 0x3800 <= code < 0x4800:
            code -= 0x3800
            out.append(_ALPHABET[code & 0x3F] + _ALPHABET[code >> 6 & 0x3F])
        elif 0x4800 <= code < 0x4840:
            out.append(_ALPHABET[code - 0x4800])
        else:
            out.append("!" if code == 0x4840 and n == 0 else character)
    return "".join(out)


def _properties(opened: Any, names: dict[str, list[str]]) -> dict[str, str]:
    if "!Property" not in names:
        return {}
    pool = stream(opened, names["!_StringPool"])
    text = stream(opened, names["!_StringData"])
    table = stream(opened, names["!Property"])
    return property_table(pool, text, table)


def property_table(pool: bytes, text: bytes, table: bytes) -> dict[str, str]:
    """The table of two string columns, stored one column after the other. Raises BrokenPart."""
    strings = _strings(pool, text)
    width = 3 if struct.unpack_from("<H", pool, 2)[0] & 0x8000 else 2
    rows = len(table) // (2 * width)

    def cell(n: int) -> str:
        at = int.from_bytes(table[n * width : (n + 1) * width], "little")
        return strings[at] if at < len(strings) else ""

    return {cell(row): cell(rows + row) for row in range(min(rows, MAX_STRINGS))}


def _strings(pool: bytes, text: bytes) -> list[str]:
    page, flags = struct.unpack_from("<HH", pool)
    encoding = encoding_of(page | (flags & 0x7FFF) << 16)
    found, at, n = [""], 0, 4
    while n + 4 <= len(pool) and len(found) < MAX_STRINGS:
        length, references = struct.unpack_from("<HH", pool, n)
        n += 4
        if not length and references and n + 4 <= len(pool):  # longer than 64 KiB: two entries
            low, high = struct.unpack_from("<HH", pool, n)
            length, n = high << 16 | low, n + 4
        found.append(tidy(text[at : at + length].decode(encoding, "replace")))
        at += length
    return found


def encoding_of(page: int) -> str:
    """Python's name of a Windows code page; Windows-1252 where it has none."""
    name = _CODE_PAGES.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def _summary(opened: Any) -> dict[str, str]:
    return summary(stream(opened, [_SUMMARY]))


def summary(raw: bytes) -> dict[str, str]:
    """The text properties of a summary information stream. Raises BrokenPart."""
    try:
        start = struct.unpack_from("<I", raw, 44)[0]
        count = min(struct.unpack_from("<I", raw, start + 4)[0], 256)
        places = [struct.unpack_from("<II", raw, start + 8 + 8 * n) for n in range(count)]
        encoding = "cp1252"
        for kind, at in places:
            if kind == 1:
                encoding = encoding_of(struct.unpack_from("<IH", raw, start + at)[1])
        found = {}
        for kind, at in places:
            form, length = struct.unpack_from("<II", raw, start + at)
            if kind in _WORDS and form == 30:
                text = raw[start + at + 8 : start + at + 8 + min(length, 8192)]
                found[_WORDS[kind]] = tidy(text.split(b"\0")[0].decode(encoding, "replace"))
        return found
    except BROKEN as error:
        raise BrokenPart("the summary is damaged") from error
