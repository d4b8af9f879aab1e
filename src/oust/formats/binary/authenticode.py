"""Who signed: the signatures in a PKCS #7 block, nested ones and counter-signers with them.

Source: Microsoft, "Windows Authenticode Portable Executable Signature Format"; RFC 3161; RFC 5126
5.11.1 for the commitment of a signer.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.formats.binary import cms
from oust.formats.binary.certificates import Certificate
from oust.formats.binary.der import SEQUENCE, Element, oid
from oust.formats.binary.piece import BROKEN, BrokenPart, tidy

MAX_SIGNATURES = 16
_MAX_NESTED = 4

INDIRECT_DATA = oid("1.3.6.1.4.1.311.2.1.4")
PE_IMAGE = oid("1.3.6.1.4.1.311.2.1.15")
TRUST_LIST = oid("1.3.6.1.4.1.311.10.1")
_OPUS = oid("1.3.6.1.4.1.311.2.1.12")
_NESTED = oid("1.3.6.1.4.1.311.2.4.1")
_STAMPS = (oid("1.3.6.1.4.1.311.3.3.1"), oid("1.2.840.113549.1.9.16.2.14"))
_COMMITMENT = oid("1.2.840.113549.1.9.16.2.16")
_RECEIPT = oid("1.2.840.113549.1.9.16.6.2")

Role = Literal["leaf", "nested", "counter-signer", "catalogue", "repository"]
"""What a signer did. A counter-signer only says when; a repository only passed the file on."""


class Signature(Struct, frozen=True):
    """One signature, with the certificate of who made it."""

    role: Role
    signer: Certificate
    chain: tuple[str, ...] = ()  # names from the signer upwards
    digest: str = ""  # hash function
    signed: str = ""  # when: the counter-signer's word, else the signer's own
    stamped: bool = False  # whether a counter-signer says when
    program: str = ""  # name of the program as the signer wrote it
    url: str = ""  # where the signer says to find more
    raw: bytes = b""  # the PKCS #7 block, for verification
    index: int = 0  # which signer of the block


def signatures(raw: bytes, role: Role = "leaf") -> list[Signature]:
    """Every signature of a block, each followed by its counter-signers and nested ones.

    Raises BrokenPart where the block itself cannot be read.
    """
    found: list[Signature] = []
    _collect(raw, role, 0, found)
    return found[:MAX_SIGNATURES]


def _collect(raw: bytes, role: Role, depth: int, found: list[Signature]) -> None:
    block = cms.signed_data(raw)
    for index, signer in enumerate(block.signers):
        if len(found) >= MAX_SIGNATURES:
            return
        leaf = block.leaf(signer)
        counters = _counter_signers(block, signer)
        stamps = [one.signed for one in counters if one.signed]
        program, url = _opus(signer)
        found.append(
            Signature(
                role="repository" if _RECEIPT in _commitment(signer) else role,
                signer=leaf,
                chain=tuple(one.name for one in block.chain(leaf)[1:]),
                digest=signer.digest,
                signed=stamps[0] if stamps else _moment(signer),
                stamped=bool(stamps),
                program=program,
                url=url,
                raw=raw,
                index=index,
            )
        )
        found.extend(counters)
        if depth < _MAX_NESTED:
            _inner(signer, depth, found)


def _inner(signer: cms.Signer, depth: int, found: list[Signature]) -> None:
    for value in signer.unsigned.get(_NESTED, []):
        try:
            _collect(value.raw(), "nested", depth + 1, found)
        except BROKEN:
            continue


def _moment(signer: cms.Signer) -> str:
    values = signer.attributes.get(cms.SIGNING_TIME, [])
    return values[0].moment() if values else ""


def _commitment(signer: cms.Signer) -> bytes:
    return b"".join(value.raw() for value in signer.attributes.get(_COMMITMENT, []))


def _counter_signers(block: cms.SignedData, signer: cms.Signer) -> list[Signature]:
    """Who vouches for the time. A stamp that cannot be read says nothing."""
    found = []
    for value in signer.unsigned.get(cms.COUNTER_SIGNATURE, []):
        try:
            one = cms.signer_info(value)
            found.append(Signature("counter-signer", block.leaf(one), signed=_moment(one)))
        except BROKEN:
            continue
    for stamp in stamp_signed(signer):
        try:
            when = stamp_time(stamp)
            found += [
                Signature("counter-signer", stamp.leaf(one), signed=when) for one in stamp.signers
            ]
        except BROKEN:
            continue
    return found


def stamp_signed(signer: cms.Signer) -> list[cms.SignedData]:
    """The RFC 3161 time stamps on a signature that can be read."""
    found = []
    for value in [value for kind in _STAMPS for value in signer.unsigned.get(kind, [])]:
        try:
            found.append(cms.signed_data(value.raw()))
        except BROKEN:
            continue
    return found


def stamp_fields(stamp: cms.SignedData) -> list[Element]:
    """The fields of an RFC 3161 TSTInfo: version, policy, imprint, serial, time."""
    if stamp.content is None:
        raise BrokenPart("a time stamp without content")
    return Element(cms.content_bytes(stamp.content)).children(5)


def stamp_time(stamp: cms.SignedData) -> str:
    """The time that a time stamp states."""
    return stamp_fields(stamp)[4].moment()


def _opus(signer: cms.Signer) -> tuple[str, str]:
    """Program name and address for more, both optional."""
    program = url = ""
    for value in signer.attributes.get(_OPUS, []):
        try:
            for part in value:
                if part.tag == 0xA0:
                    program = _spc_string(part.only())
                elif part.tag == 0xA1:
                    url = _spc_link(part.only())
        except BROKEN:
            continue
    return program, url


def _spc_string(text: Element) -> str:
    wide = text.tag & 0x1F == 0
    raw = text.content() if not text.tag & 0x20 else text.only().content()
    return tidy(raw.decode("utf-16-be" if wide else "latin-1", "replace"))


def _spc_link(link: Element) -> str:
    if link.tag & 0x1F == 0:
        return tidy(link.content().decode("latin-1"))
    return _spc_string(link.only()) if link.tag & 0x1F == 2 else ""


def stated_digest(block: cms.SignedData) -> tuple[bytes, str, bytes]:
    """What SpcIndirectData says of the signed file: kind of file, hash function, digest."""
    if block.content_type != INDIRECT_DATA or block.content is None:
        raise BrokenPart("the signature does not say which file it signs")
    return indirect_data(block.content)


def indirect_data(content: Element) -> tuple[bytes, str, bytes]:
    """The same of one SpcIndirectDataContent element."""
    kind, digest = content.children(2)[:2]
    function, value = digest.children(2)[:2]
    if kind.tag != SEQUENCE or function.tag != SEQUENCE:
        raise BrokenPart("the digest of the signed file is malformed")
    name = cms.DIGESTS.get(function.only().content(), "")
    return kind.only().content(), name, value.content()
