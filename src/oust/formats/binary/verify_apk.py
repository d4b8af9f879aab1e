"""Whether an Android package is what was signed by schemes v2, v3 and v3.1.

Source: Android, "APK Signature Scheme v2" and "v3".
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from oust.formats.binary import apk_block
from oust.formats.binary.certificates import Certificate, certificate
from oust.formats.binary.der import oid
from oust.formats.binary.piece import BROKEN, BrokenPart, Data
from oust.formats.binary.signature_math import Unsupported, fits
from oust.formats.binary.verify_words import Fault, Verification

CHUNK = 1024**2
_PSS, _PLAIN = oid("1.2.840.113549.1.1.10"), oid("1.2.840.113549.1.1.1")


def _parameters(function: str, salt: int) -> bytes:
    """RSASSA-PSS parameters in DER."""
    last = {"sha256": "1", "sha512": "3"}[function]
    name = oid(f"2.16.840.1.101.3.4.2.{last}")
    kind = b"\xa0\x0d\x30\x0b\x06\x09" + name
    return b"\x30\x14" + kind + b"\xa2\x03\x02\x01" + bytes([salt])


_ALGORITHMS = {
    0x0101: ("sha256", _PSS, _parameters("sha256", 32)),
    0x0102: ("sha512", _PSS, _parameters("sha512", 64)),
    0x0103: ("sha256", _PLAIN, b""),
    0x0104: ("sha512", _PLAIN, b""),
    0x0201: ("sha256", _PLAIN, b""),
    0x0202: ("sha512", _PLAIN, b""),
    0x0301: ("sha256", _PLAIN, b""),
}
_NO_CHAIN = "Android asks for no chain of certificates, and revocation is not known"


def verify_block(data: Data) -> list[Verification]:
    """One for each signer in the signing block; none where there is no block."""
    try:
        place = apk_block.place(data)
        pairs = list(apk_block.signers(data)) if place else []
    except BROKEN as error:
        said = str(error) if isinstance(error, BrokenPart) else "the bytes make no sense"
        return [Verification("tampered", f"the signing block is damaged: {said}")]
    return [_one(data, place, scheme, signer) for scheme, signer in pairs] if place else []


def _one(data: Data, place: apk_block.Placed, scheme: str, signer: bytes) -> Verification:
    who = ""
    try:
        signed, rest = _part(signer)
        if scheme != "v2":
            rest = rest[8:]  # the Android versions that it is for
        signatures, rest = _part(rest)
        key, _ = _part(rest)
        digests, more = _part(signed)
        leaf = certificate(next(apk_block.prefixed(_part(more)[0])))
        who = leaf.name
        _key(leaf, key)
        _mathematics(key, signed, signatures)
        _content(data, place, digests)
    except Fault as fault:
        return Verification(fault.result, f"{fault}; {_NO_CHAIN}", who)
    except Unsupported as error:
        return Verification("not checked", f"it uses {error}", who)
    except (StopIteration, *BROKEN):
        return Verification("tampered", "the signing block is damaged", who)
    return Verification(
        "valid", f"unchanged since it was signed (scheme {scheme}); {_NO_CHAIN}", who
    )


def _part(raw: bytes) -> tuple[bytes, bytes]:
    """What stands behind its length, and the rest."""
    first = next(apk_block.prefixed(raw, 1))
    return first, raw[4 + len(first) :]


def _entries(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Algorithm and value of each entry of a list of digests or signatures."""
    for one in apk_block.prefixed(raw):
        yield struct.unpack_from("<I", one)[0], _part(one[4:])[0]


def _key(leaf: Certificate, key: bytes) -> None:
    if leaf.key != key:
        raise Fault("tampered", "the key is not that of the signer's certificate")


def _mathematics(key: bytes, signed: bytes, signatures: bytes) -> None:
    checked = 0
    for kind, signature in _entries(signatures):
        if kind not in _ALGORITHMS:
            continue
        function, algorithm, parameters = _ALGORITHMS[kind]
        if not fits(key, signature, signed, function, algorithm, parameters):
            raise Fault("tampered", "the signature does not fit the signer's key")
        checked += 1
    if not checked:
        raise Unsupported("an algorithm not known here")


def _content(data: Data, place: apk_block.Placed, digests: bytes) -> None:
    checked = 0
    for kind, stated in _entries(digests):
        if kind not in _ALGORITHMS:
            continue
        if _digest(data, place, _ALGORITHMS[kind][0]) != stated:
            raise Fault("tampered", "the package is not the one that was signed")
        checked += 1
    if not checked:
        raise Unsupported("a digest not known here")


def _digest(data: Data, place: apk_block.Placed, function: str) -> bytes:
    """Digest of the digests of all pieces of 1 MiB, of the three parts around the block."""
    end = bytearray(data[place.end : len(data)])
    struct.pack_into("<I", end, 16, place.start)
    found = []
    for part, begin, stop in (
        (data, 0, place.start),
        (data, place.directory, place.end),
        (bytes(end), 0, len(end)),
    ):
        for at in range(begin, stop, CHUNK):
            piece = bytes(part[at : min(at + CHUNK, stop)])
            found.append(hashlib.new(function, b"\xa5" + struct.pack("<I", len(piece)) + piece))
    top = b"\x5a" + struct.pack("<I", len(found)) + b"".join(one.digest() for one in found)
    return hashlib.new(function, top).digest()
