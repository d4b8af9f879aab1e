"""RPM package files: what the header says of name, maker and packager, and the key that signed.

Source: "RPM Package format V4" (lead, header structure, tags); RFC 4880 for the signature's key.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from msgspec import structs

from oust.formats.binary.piece import BROKEN, BrokenPart, take, tidy
from oust.formats.binary.record import file_record
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Said

LEAD = 96
MAX_ENTRIES, MAX_STORE = 65_536, 256 * 1024**2
_HEADER = b"\x8e\xad\xe8\x01"
_TEXTS = {
    **{1000: "name", 1001: "version", 1002: "release", 1004: "summary", 1007: "build host"},
    **{1010: "distribution", 1011: "vendor", 1014: "license", 1015: "packager", 1016: "group"},
    **{1020: "url", 1022: "architecture", 1044: "source package"},
}
_NOTED = ("distribution", "license", "group", "architecture", "source package", "build host")
_BUILT, _EPOCH = 1006, 1003
_SIGNED = (268, 267, 1002, 1005)  # of the header by RSA, DSA; of header and payload by either


class RpmFile:
    """An RPM package, binary or source."""

    name = "rpm"
    title = "RPM package file"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the magic word."""
        return 100 if head.data.startswith(b"\xed\xab\xee\xdb") else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record. Raises Unreadable where the headers are damaged."""
        try:
            signatures, end = header(opened.data, LEAD)
            said, _ = header(opened.data, end + -end % 8)
        except BROKEN as error:
            raise Unreadable("the package's headers are damaged") from error
        yield _record(opened, said, signatures)


def header(data: Any, at: int) -> tuple[dict[int, Any], int]:
    """The tags of the header at `at` (texts, numbers, raw bytes), and where it ends."""
    magic, _, count, size = struct.unpack(">4s4sII", take(data, at, 16))
    if magic != _HEADER or count > MAX_ENTRIES or size > MAX_STORE:
        raise BrokenPart("no header where one is due")
    index = take(data, at + 16, 16 * count)
    store = take(data, at + 16 + 16 * count, size)
    found: dict[int, Any] = {}
    for tag, kind, offset, n in struct.iter_unpack(">IIII", index):
        if kind in (6, 8, 9) and offset < size:
            end = store.find(b"\0", offset)
            raw = store[offset : end if end >= 0 else size]
            found.setdefault(tag, tidy(raw.decode("utf-8", "replace")))
        elif kind == 4 and n and offset + 4 <= size:
            found.setdefault(tag, int.from_bytes(store[offset : offset + 4], "big"))
        elif kind == 7:
            found.setdefault(tag, store[offset : offset + n])
    return found, at + 16 + 16 * count + size


def _record(opened: Opened, tags: dict[int, Any], signatures: dict[int, Any]) -> Said:
    said = {word: tags[tag] for tag, word in _TEXTS.items() if isinstance(tags.get(tag), str)}
    epoch, built = tags.get(_EPOCH), tags.get(_BUILT)
    version = "-".join(filter(None, (said.get("version"), said.get("release"))))
    version = f"{epoch}:{version}" if isinstance(epoch, int) and epoch else version
    name = said.get("name", "")
    keys = [_key(signatures[tag]) for tag in _SIGNED if isinstance(signatures.get(tag), bytes)]
    notes = {word: said.get(word, "") for word in _NOTED}
    notes |= {"package": name, "signed with key": next(filter(None, keys), "")}
    record = file_record(
        opened,
        "RPM",
        ids=[f"rpm:{name}"] if name else [],
        notes=notes,
        version=version,
        publisher=said.get("vendor", ""),
        description=said.get("summary", ""),
    )
    return structs.replace(
        record,
        packager=said.get("packager", ""),
        urls=(said["url"],) if said.get("url") else (),
        purl=_purl(name, said, epoch),
        since=datetime.fromtimestamp(built, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if isinstance(built, int)
        else "",
    )


def _purl(name: str, said: dict[str, str], epoch: Any) -> str:
    if not name or not said.get("version"):
        return ""
    version = "-".join(filter(None, (said["version"], said.get("release"))))
    marks = {"arch": said.get("architecture", ""), "epoch": str(epoch or "")}
    marked = "&".join(f"{key}={quote(text)}" for key, text in marks.items() if text)
    return f"pkg:rpm/{quote(name)}@{quote(version, safe='+~^')}" + (f"?{marked}" if marked else "")


def _key(raw: bytes) -> str:
    """The identifier of the key that made an OpenPGP signature; empty if it does not say."""
    try:
        first, length = raw[0], raw[1]
        at = 2 + (length >= 192) if first & 0x40 else 1 + (1, 2, 4, 0)[first & 3]
        if raw[at] == 3:
            return raw[at + 7 : at + 15].hex().upper()
        start = at + 4
        for _ in range(2):  # what the signature covers, then what it does not
            size = int.from_bytes(raw[start : start + 2], "big")
            if found := _issuer(raw[start + 2 : start + 2 + size]):
                return found
            start += 2 + size
    except IndexError:
        return ""
    return ""


def _issuer(packets: bytes) -> str:
    at = 0
    while at + 1 < len(packets):
        size = packets[at]
        if size >= 192:
            return ""
        kind, body = packets[at + 1] & 0x7F, packets[at + 2 : at + 1 + size]
        if kind == 16:
            return body.hex().upper()
        if kind == 33:
            return body[-8:].hex().upper()
        at += 1 + size
    return ""
