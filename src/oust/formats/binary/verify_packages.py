"""Whether packages that are ZIP archives are what was signed: JAR, APK v1, APPX/MSIX, NuGet.

Each signature block comes with how to hold the package against it; see verify. Sources: Oracle,
"JAR File Specification", signature files; Microsoft, "AppxBlockMap" schema and the APPX part of
Authenticode's indirect data; NuGet, "Package signatures technical details".
"""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from oust.formats.binary import apk_block, appx, digests, nupkg
from oust.formats.binary.authenticode import INDIRECT_DATA, stated_digest
from oust.formats.binary.cms import SignedData, content_bytes
from oust.formats.binary.piece import BrokenPart, Data
from oust.formats.binary.small_xml import root
from oust.formats.binary.verify_words import Content, Fault, hash_of

MAX_MEMBER = 64 * 1024**2
MAX_MEMBERS = 200_000
PIECE = 1024**2
BLOCK = 65_536
_BLOCK_FILE = re.compile(r"META-INF/([^/]+)\.(RSA|DSA|EC)", re.I)
_OWN = re.compile(r"META-INF/(?:MANIFEST\.MF|[^/]+\.(?:SF|RSA|DSA|EC)|SIG-[^/]*)", re.I)
_FOOTPRINT = {"appxblockmap.xml", "appxsignature.p7x", "[content_types].xml"}
_CATALOGUE = "AppxMetadata/CodeIntegrity.cat"
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)

Sections = list[tuple[dict[str, str], bytes]]


def blocks(data: Data) -> list[tuple[bytes, Content]]:
    """The signature blocks of a package. Raises BrokenPart where it is no whole ZIP archive."""
    try:
        archive = zipfile.ZipFile(_stream(data))
    except _BROKEN as error:
        raise BrokenPart("the package cannot be opened") from error
    names = {info.filename: info for info in archive.infolist()[:MAX_MEMBERS]}
    if appx.SIGNATURE in names:
        raw = _member(archive, appx.SIGNATURE).removeprefix(appx.MAGIC)
        return [(raw, _appx(archive))]
    if nupkg.SIGNATURE in names:
        return [(_member(archive, nupkg.SIGNATURE), _nuget(data, archive))]
    found: list[tuple[bytes, Content]] = []
    for name in list(names):
        if match := _BLOCK_FILE.fullmatch(name):
            signed = next((n for n in names if n.upper() == f"META-INF/{match[1]}.SF".upper()), "")
            if signed:
                found.append((_member(archive, name), _jar(data, archive, signed)))
    return found[:8]


def _stream(data: Data) -> Any:
    return io.BytesIO(data) if isinstance(data, bytes) else io.BufferedReader(_View(data))


class _View(io.RawIOBase):
    """A view of a file as a seekable stream."""

    def __init__(self, data: Data) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, (0, self._at, len(self._data))[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = bytes(self._data[self._at : self._at + len(buffer)])
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            raw = file.read(MAX_MEMBER + 1)
    except (KeyError, *_BROKEN) as error:
        raise BrokenPart(f"{name} cannot be unpacked") from error
    if len(raw) > MAX_MEMBER:
        raise BrokenPart(f"{name} is too large")
    return raw


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
    try:
        with archive.open(info) as file:
            while piece := file.read(size):
                yield piece
    except _BROKEN as error:
        raise Fault("tampered", f"the member {info.filename} is damaged") from error


# JAR and APK v1


def _jar(data: Data, archive: zipfile.ZipFile, signature_file: str) -> Content:
    def check(_block: SignedData, _function: str) -> bytes:
        signed = _member(archive, signature_file)
        said = _sections(signed)
        if said[0][0].get("x-android-apk-signed") and not apk_block.place(data):
            raise Fault("tampered", "the newer signature that it announces was taken out")
        name = next(
            (n for n in archive.namelist() if n.upper() == "META-INF/MANIFEST.MF"), "manifest"
        )
        manifest = _member(archive, name)
        listed = _sections(manifest)
        if not _same(said[0][0], "-digest-manifest", manifest):
            _each_section(said, listed)
        _each_member(archive, listed)
        return signed

    return check


def _sections(raw: bytes) -> Sections:
    """The sections of a manifest, the main one first, each with its bytes and their empty line."""
    found: Sections = []
    held: list[bytes] = []
    for line in re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$", raw):
        held.append(line)
        if not line.strip(b"\r\n") and len(held) > 1:
            found.append(_section(held))
            held = []
    if any(line.strip() for line in held):
        found.append(_section(held))
    return found or [({}, b"")]


def _section(lines: list[bytes]) -> tuple[dict[str, str], bytes]:
    raw = b"".join(lines)
    text = re.sub(r"(?:\r\n|\n|\r) ", "", raw.decode("utf-8", "replace"))
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, colon, value in pairs if colon}, raw


def _stated(said: dict[str, str], ending: str) -> Iterator[tuple[str, str]]:
    """Hash functions and digests of the attributes called `SHA-256-Digest` and the like."""
    for key, value in said.items():
        function = key.removesuffix(ending).replace("-", "")
        if key.endswith(ending) and function in ("md5", "sha1", "sha256", "sha384", "sha512"):
            yield function, value


def _same(said: dict[str, str], ending: str, content: bytes) -> bool:
    """Whether at least one digest is stated and all that are fit."""
    every = list(_stated(said, ending))
    right = (base64.b64encode(hash_of(name, content)).decode() == value for name, value in every)
    return bool(every) and all(right)


def _each_section(said: Sections, listed: Sections) -> None:
    """The manifest has grown since: every section that was signed must still be there."""
    by_name = {one.get("name", ""): raw for one, raw in listed[1:]}
    for one, _ in said[1:]:
        raw = by_name.get(one.get("name", ""))
        if raw is None or not _same(one, "-digest", raw):
            raise Fault("tampered", "the list of members is not the one that was signed")
    if len(said) == 1:
        raise Fault("tampered", "the list of members is not the one that was signed")


def _each_member(archive: zipfile.ZipFile, listed: Sections) -> None:
    stated = {one["name"]: one for one, _ in listed[1:] if "name" in one}
    met, other = set(), 0
    for info in archive.infolist()[:MAX_MEMBERS]:
        if info.is_dir() or _OWN.fullmatch(info.filename):
            continue
        functions = dict(_stated(stated.get(info.filename, {}), "-digest"))
        if not functions:
            other += 1
            continue
        met.add(info.filename)
        held = {name: digests.hasher(name) for name in functions}
        for piece in _pieces(archive, info, PIECE):
            for one in held.values():
                one.update(piece)
        for name, one in held.items():
            if base64.b64encode(one.digest()).decode() != functions[name]:
                raise Fault("tampered", f"the member {info.filename} is not the one signed")
    missing = {n for n, one in stated.items() if dict(_stated(one, "-digest"))} - met
    if missing:
        raise Fault("tampered", f"the signed member {min(missing)} is missing")
    if other:
        raise Fault("tampered", f"{other:,} members are not covered by the signature")


# APPX and MSIX


def _appx(archive: zipfile.ZipFile) -> Content:
    def check(block: SignedData, _function: str) -> bytes:
        if block.content_type != INDIRECT_DATA:
            raise Fault("not checked", "the signature does not say which package it signs")
        _, function, stated = stated_digest(block)
        if stated[:4] != b"APPX":
            raise Fault("not checked", "the signature does not list the parts of the package")
        size = digests.hasher(function).digest_size
        parts = {
            stated[at : at + 4]: stated[at + 4 : at + 4 + size]
            for at in range(4, len(stated), 4 + size)
        }
        names = {b"AXBM": "AppxBlockMap.xml", b"AXCT": "[Content_Types].xml", b"AXCI": _CATALOGUE}
        if b"AXBM" not in parts:
            raise Fault("not checked", "the signature does not cover the block map")
        for part, name in names.items():
            if part in parts and hash_of(function, _member(archive, name)) != parts[part]:
                raise Fault("tampered", f"{name} is not the one that was signed")
        _block_map(archive)
        return b""

    return check


def _block_map(archive: zipfile.ZipFile) -> None:
    """Hold every member against the hashes of its blocks of 64 KiB."""
    top = root(_member(archive, "AppxBlockMap.xml"))
    function = str(top.get("HashMethod", "")).rpartition("#")[2] or "sha256"
    listed: dict[str, list[str]] = {}
    for one in top:
        if str(one.tag).rpartition("}")[2] == "File":
            name = str(one.get("Name", "")).replace("\\", "/")
            listed[name] = [str(each.get("Hash", "")) for each in one if "Hash" in each.attrib]
    met = set()
    for info in archive.infolist()[:MAX_MEMBERS]:
        name = unquote(info.filename)
        if info.is_dir() or name.lower() in _FOOTPRINT or name == _CATALOGUE:
            continue
        met.add(name)
        found = [base64.b64encode(hash_of(function, one)).decode() for one in
                 _pieces(archive, info, BLOCK)]  # fmt: skip
        if found != listed.get(name):
            raise Fault("tampered", f"the member {name} is not the one that was signed")
    if missing := set(listed) - met:
        raise Fault("tampered", f"the signed member {min(missing)} is missing")


# NuGet


def _nuget(data: Data, archive: zipfile.ZipFile) -> Content:
    def check(block: SignedData, _function: str) -> bytes:
        content = content_bytes(block.content) if block.content is not None else b""
        match = re.search(rb"(2\.16\.840\.1\.101\.3\.4\.2\.[123])-Hash:([A-Za-z0-9+/=]+)", content)
        if match is None:
            raise Fault("not checked", "the signature does not say which package it signs")
        function = {b"1": "sha256", b"2": "sha384", b"3": "sha512"}[match[1][-1:]]
        if base64.b64encode(_without_signature(data, archive, function)) != match[2]:
            raise Fault("tampered", "the package is not the one that was signed")
        return b""

    return check


def _without_signature(data: Data, archive: zipfile.ZipFile, function: str) -> bytes:
    """Digest of the package as it was before its signature was put in."""
    infos = sorted(archive.infolist(), key=lambda one: one.header_offset)
    mine = next(one for one in infos if one.filename == nupkg.SIGNATURE)
    size = len(data)
    tail_at = max(0, size - 65_557)
    tail = bytes(data[tail_at:size])
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        raise BrokenPart("the package has no end")
    last = bytearray(tail[end:])
    count, directory_size, directory = struct.unpack_from("<HII", last, 10)
    after = [one.header_offset for one in infos if one.header_offset > mine.header_offset]
    stop = min(after, default=directory)
    gone = stop - mine.header_offset
    digest = digests.hasher(function)
    for begin, finish in ((0, mine.header_offset), (stop, directory)):
        for at in range(begin, finish, PIECE):
            digest.update(bytes(data[at : min(at + PIECE, finish)]))
    kept = 0
    for entry, offset, name in _directory(bytes(data[directory : directory + directory_size])):
        if name == nupkg.SIGNATURE.encode():
            continue
        if offset > mine.header_offset:
            struct.pack_into("<I", entry, 42, offset - gone)
        digest.update(bytes(entry))
        kept += len(entry)
    struct.pack_into("<HHII", last, 8, count - 1, count - 1, kept, directory - gone)
    digest.update(bytes(last))
    return bytes(digest.digest())


def _directory(raw: bytes) -> Iterator[tuple[bytearray, int, bytes]]:
    """Entries of a central directory with the offset and name that each states."""
    at = 0
    while raw[at : at + 4] == b"PK\x01\x02":
        name, more, comment = struct.unpack_from("<HHH", raw, at + 28)
        length = 46 + name + more + comment
        entry = bytearray(raw[at : at + length])
        yield entry, struct.unpack_from("<I", entry, 42)[0], bytes(entry[46 : 46 + name])
        at += length
