"""Cryptographic Message Syntax: the SignedData inside every code signature.

Sources: RFC 2315 (PKCS #7), RFC 5652.
"""

from __future__ import annotations

from msgspec import Struct

from oust.formats.binary.certificates import Certificate, certificate, named
from oust.formats.binary.der import OCTETS, OID, SEQUENCE, SET, Element, oid
from oust.formats.binary.piece import BROKEN, BrokenPart

MAX_CERTIFICATES = 64
MAX_SIGNERS = 16

MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_TIME = oid("1.2.840.113549.1.9.5")
COUNTER_SIGNATURE = oid("1.2.840.113549.1.9.6")
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")

DIGESTS = {
    oid("1.2.840.113549.2.5"): "md5",
    oid("1.3.14.3.2.26"): "sha1",
    oid("2.16.840.1.101.3.4.2.1"): "sha256",
    oid("2.16.840.1.101.3.4.2.2"): "sha384",
    oid("2.16.840.1.101.3.4.2.3"): "sha512",
    oid("2.16.840.1.101.3.4.2.4"): "sha224",
}

Attributes = dict[bytes, list[Element]]


class Signer(Struct):
    """One SignerInfo."""

    issuer: bytes  # DER of the issuer's name, empty where the signer is named by key
    serial: bytes
    key_id: bytes
    digest: str  # hash function, in hashlib's spelling; empty if unknown
    algorithm: bytes  # object identifier of the signature algorithm, content bytes
    parameters: bytes  # of that algorithm, DER
    signed: bytes  # the signed attributes as they are hashed; empty if there are none
    attributes: Attributes
    unsigned: Attributes
    signature: bytes


class SignedData(Struct):
    """A SignedData with what its signers signed."""

    content_type: bytes
    content: Element | None  # the signed content inside its [0], if it is in there
    certificates: list[Certificate]
    signers: list[Signer]

    def leaf(self, signer: Signer) -> Certificate:
        """The certificate that `signer` names; only its issuer's name where it is not there."""
        for one in self.certificates:
            if signer.key_id and one.key_id == signer.key_id:
                return one
            if signer.serial == one.serial_raw and signer.issuer == one.issuer_raw:
                return one
        return named(signer.issuer) if signer.issuer else Certificate()

    def chain(self, leaf: Certificate) -> list[Certificate]:
        """From `leaf` up to its issuers as far as their certificates are in here."""
        found = [leaf]
        while len(found) < MAX_CERTIFICATES and found[-1].issuer_raw != found[-1].subject_raw:
            above = [one for one in self.certificates if one.subject_raw == found[-1].issuer_raw]
            if not above or above[0] in found:
                break
            found.append(above[0])
        return found


def signed_data(raw: bytes) -> SignedData:
    """Read a ContentInfo, or a bare SignedData. Raises BrokenPart."""
    top = Element(raw)
    first = top.children(2)
    if first[0].tag == OID:
        if first[0].content() != _SIGNED_DATA:
            raise BrokenPart("the signature block holds no SignedData")
        first = first[1].only().children(4)
    content_type, content = _content(first[2])
    certificates: list[Certificate] = []
    for part in first[3:]:
        if part.tag == 0xA0:
            certificates = _certificates(part)
    if first[-1].tag != SET:
        raise BrokenPart("the signature block names no signers")
    signers = [_signer(one) for one in first[-1].children()[:MAX_SIGNERS]]
    return SignedData(content_type, content, certificates, signers)


def _content(part: Element) -> tuple[bytes, Element | None]:
    fields = part.children(1)
    return fields[0].content(), fields[1].only() if len(fields) > 1 else None


def content_bytes(content: Element) -> bytes:
    """The bytes that were hashed: the content without its own header."""
    return (
        content.content()
        if content.tag & 0x1F == OCTETS
        else content.data[content.body : content.end]
    )


def _certificates(part: Element) -> list[Certificate]:
    """Those that can be read; one that cannot does not take the others with it."""
    found = []
    for one in part.children()[:MAX_CERTIFICATES]:
        if one.tag == SEQUENCE:
            try:
                found.append(certificate(one.raw()))
            except BROKEN:
                continue
    return found


def signer_info(one: Element) -> Signer:
    """Read a SignerInfo, such as the value of a PKCS #9 counter-signature."""
    return _signer(one)


def _signer(one: Element) -> Signer:
    fields = one.children(5)
    _, who, digest, *rest = fields
    issuer = serial = key_id = b""
    if who.tag == SEQUENCE:
        name, number = who.children(2)[:2]
        issuer, serial = name.raw(), number.content()
    else:
        key_id = who.content()
    signed, attributes = b"", {}
    if rest[0].tag == 0xA0:
        body = rest[0].data[rest[0].body : rest[0].end]
        signed = _header(SET, len(body)) + body  # hashed as the SET that it is
        attributes = _attributes(rest[0])
        rest = rest[1:]
    if len(rest) < 2:
        raise BrokenPart("a signer lacks its signature")
    algorithm = rest[0].children(1)
    return Signer(
        issuer=issuer,
        serial=serial,
        key_id=key_id,
        digest=DIGESTS.get(digest.only().content(), ""),
        algorithm=algorithm[0].content(),
        parameters=algorithm[1].raw() if len(algorithm) > 1 else b"",
        signed=signed,
        attributes=attributes,
        unsigned=_attributes(rest[2]) if len(rest) > 2 else {},
        signature=rest[1].content(),
    )


def _attributes(part: Element) -> Attributes:
    found: Attributes = {}
    for one in part:
        kind, values = one.children(2)[:2]
        found.setdefault(kind.content(), []).extend(values.children()[:MAX_SIGNERS])
    return found


def _header(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big")
