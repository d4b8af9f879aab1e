"""Signing block of Android packages (schemes v2, v3, v3.1), in front of the central directory.

Source: Android, "APK Signature Scheme v2" and "v3".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from oust.formats.binary.certificates import Certificate, certificate
from oust.formats.binary.piece import BrokenPart, Data, take

_END = b"PK\x05\x06"
_MAGIC = b"APK Sig Block 42"
MAX_BLOCK = 16 * 1024**2
MAX_SIGNERS = 16
_SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}


def certificates(data: Data) -> list[tuple[str, Certificate]]:
    """Scheme and certificate of every signer; none where there is no block. Raises BrokenPart."""
    block = _block(data)
    found = []
    for scheme, value in _pairs(block):
        for signer in list(prefixed(value))[:MAX_SIGNERS]:
            signed = next(prefixed(signer), b"")
            _, listed = [*prefixed(signed, 2), b"", b""][:2]  # digests, then certificates
            first = next(prefixed(listed), b"")
            if first:
                found.append((scheme, certificate(first)))
    return found


def signers(data: Data) -> Iterator[tuple[str, bytes]]:
    """Scheme and block of every signer. Raises BrokenPart."""
    for scheme, value in _pairs(_block(data)):
        for signer in list(prefixed(value))[:MAX_SIGNERS]:
            yield scheme, signer


class Placed(Struct, frozen=True):
    """Where the signing block, the central directory and its end begin."""

    start: int
    directory: int
    end: int


def place(data: Data) -> Placed | None:
    """Where they lie; None where there is no block. Raises BrokenPart."""
    size = len(data)
    first = max(0, size - 65_557)
    tail = bytes(data[first:size])
    at = tail.rfind(_END)
    if at < 0 or at + 20 > len(tail):
        return None
    directory: int = struct.unpack_from("<I", tail, at + 16)[0]
    if directory < 32 or directory > size:
        return None
    footer = take(data, directory - 24, 24)
    if footer[8:] != _MAGIC:
        return None
    length: int = struct.unpack_from("<Q", footer)[0]
    if not 24 <= length <= min(MAX_BLOCK, directory - 8):
        raise BrokenPart("the signing block is larger than the package")
    return Placed(directory - length - 8, directory, first + at)


def _block(data: Data) -> bytes:
    found = place(data)
    if found is None:
        return b""
    return take(data, found.start + 8, found.directory - found.start - 32)


def _pairs(block: bytes) -> Iterator[tuple[str, bytes]]:
    """The signature schemes among the blocks of key and value."""
    at = 0
    while at + 12 <= len(block):
        length, key = struct.unpack_from("<QI", block, at)
        if length < 4:
            raise BrokenPart("a part of the signing block is malformed")
        if key in _SCHEMES:
            (inner,) = prefixed(block[at + 12 : at + 8 + length], 1)
            yield _SCHEMES[key], inner
        at += 8 + length


def prefixed(block: bytes, most: int = 64) -> Iterator[bytes]:
    """The parts of a sequence, each behind its length."""
    at = 0
    while at + 4 <= len(block) and most:
        length: int = struct.unpack_from("<I", block, at)[0]
        yield take(block, at + 4, length)
        at += 4 + length
        most -= 1
