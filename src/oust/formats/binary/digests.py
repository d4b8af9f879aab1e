"""The digests that signatures sign: of a file without its own signature.

Sources: Microsoft, "Windows Authenticode Portable Executable Signature Format", "Calculating the PE
Image Hash"; of installers after the behaviour of signtool; Apple, cs_blobs.h.
"""

from __future__ import annotations

import hashlib
import struct
import uuid
from typing import Any

from oust.fileview import PIECE
from oust.formats.binary import macho, msi, pe
from oust.formats.binary.piece import BrokenPart, Data, take

_PAGES = {1: "sha1", 2: "sha256", 4: "sha384"}
_MAX_DEPTH = 32


def hasher(function: str) -> Any:
    """A new hash; BrokenPart where the function is not known."""
    if function not in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512"):
        raise BrokenPart("the hash function is not known")
    return hashlib.new(function, usedforsecurity=False)


def authentihash(data: Data, function: str = "sha256") -> bytes:
    """Digest of a PE image without checksum and certificate table. Raises BrokenPart."""
    image = pe.image(data)
    table, size = image.directory(pe.SECURITY)
    end = table if table and size else len(data)
    kept = [(0, image.checksum_at), (image.checksum_at + 4, image.security_at)]
    kept += [(image.security_at + 8, end), (end + size, len(data))]
    digest = hasher(function)
    for start, stop in kept:
        for at in range(start, stop, PIECE):
            digest.update(data[at : min(at + PIECE, stop)])
    return bytes(digest.digest())


def installer_digest(data: Data, function: str) -> bytes:
    """Digest of all streams of an installer but the signature. Raises BrokenPart."""
    with msi.compound(data) as opened:
        digest = hasher(function)
        names = [path[0] for path in opened.listdir() if len(path) == 1]
        if msi.SIGNATURE_EX in names:  # what it holds was put in front when signing
            digest.update(msi.stream(opened, [msi.SIGNATURE_EX]))
        _storage(opened, opened.root, [], digest)
        return bytes(digest.digest())


def _storage(opened: Any, storage: Any, path: list[str], digest: Any) -> None:
    if len(path) > _MAX_DEPTH:
        raise BrokenPart("storages are nested too deeply")
    for one in sorted(storage.kids, key=lambda kid: kid.name.encode("utf-16-le", "surrogatepass")):
        place = [*path, one.name]
        if not path and one.name in (msi.SIGNATURE, msi.SIGNATURE_EX):
            continue
        if one.kids or one.entry_type == 1:
            _storage(opened, one, place, digest)
        elif one.size:
            digest.update(msi.stream(opened, place))
    text = str(storage.clsid)
    digest.update(uuid.UUID(text).bytes_le if text else bytes(16))


def pages_match(data: Data, program: macho.Program, directory: macho.CodeDirectory) -> bool:
    """Whether the pages of a Mach-O program have the digests signed. Raises BrokenPart."""
    raw = directory.raw
    first, _, _, count, limit = struct.unpack_from(">5I", raw, 16)
    size, kind, shift = raw[36], raw[37], raw[39]
    function = _PAGES.get(kind)
    if function is None or shift > 24:
        raise BrokenPart("page digests of an unknown kind")
    page = 1 << shift if shift else max(limit, 1)
    if limit > program.size or count != (limit + page - 1) // page:
        return False
    for n in range(count):
        content = take(data, program.offset + n * page, min(page, limit - n * page))
        known = take(raw, first + n * size, size)
        if _digest(function, content)[:size] != known:
            return False
    return True


def _digest(function: str, content: bytes) -> bytes:
    digest = hasher(function)
    digest.update(content)
    return bytes(digest.digest())
