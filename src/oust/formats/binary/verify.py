"""Whether a signature holds. Costly, so for hits only; asks nobody, so revocation stays unknown.

Source: RFC 5652 5.4 and 5.6; RFC 3161 2.4.2; Microsoft's Authenticode specification.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from oust.formats.binary import cms, digests, elf, macho, msi, pe, verify_packages
from oust.formats.binary.authenticode import (
    INDIRECT_DATA,
    Signature,
    signatures,
    stamp_fields,
    stamp_signed,
    stated_digest,
)
from oust.formats.binary.catalogue import is_catalogue
from oust.formats.binary.certificates import Certificate, certificate
from oust.formats.binary.piece import BROKEN, BrokenPart, Data
from oust.formats.binary.signature_math import Unsupported, fits, function_of, issued
from oust.formats.binary.verify_apk import verify_block
from oust.formats.binary.verify_rpm import verify_package
from oust.formats.binary.verify_words import Content, Fault, Result, Verification, hash_of

__all__ = ["ORDER", "Result", "Verification", "trusted_roots", "verify", "verify_each"]

ORDER: tuple[Result, ...] = ("tampered", "not trusted", "expired", "not checked", "valid")


def verify(data: Data, trusted: Sequence[Certificate] = (), on: str = "") -> Verification:
    """Check every signature of a file; the gravest result stands for it.

    `trusted` are root certificates to end at; without any the root is not checked. `on` is the ISO
    date for which a signature without time stamp is judged; without it, validity is not checked.
    """
    found = verify_each(data, trusted, on)
    if not found:
        return Verification("not checked", "there is no signature in it that can be checked here")
    return min(found, key=lambda one: ORDER.index(one.result))


def verify_each(
    data: Data, trusted: Sequence[Certificate] = (), on: str = ""
) -> list[Verification]:
    """The same, one for each signature."""
    try:
        blocks = _blocks(data)
    except BROKEN as error:
        return [Verification("not checked", f"the signature cannot be read: {_said(error)}")]
    found = verify_block(data) if bytes(data[:2]) == b"PK" else []
    if bytes(data[:4]) == b"\xed\xab\xee\xdb":
        return [verify_package(data)]
    for raw, content in blocks:
        try:
            every = [one for one in signatures(raw) if one.role != "counter-signer"]
        except BROKEN as error:
            found.append(Verification("tampered", f"a signature is damaged: {_said(error)}"))
            continue
        found += [_one(one, content, trusted, on) for one in every]
    return found


def _blocks(data: Data) -> list[tuple[bytes, Content]]:
    """Each signature block with how to hold the file against it. Raises BrokenPart."""
    head = bytes(data[:4096])
    if head[:2] == b"MZ":
        image = pe.image(data)
        return [(raw, _indirect(data, digests.authentihash)) for _, raw in
                pe.signature_blocks(data, image)]  # fmt: skip
    if head[:8] == msi.OLE:
        raw = msi.installer(data, []).signature
        return [(raw, _indirect(data, digests.installer_digest))] if raw else []
    if macho.is_macho(head):
        return _programs(data)
    if elf.is_elf(head):
        mark = elf.appended_signature(data)
        return [(mark.pkcs7, _detached(data[: mark.signed_bytes]))] if mark and mark.pkcs7 else []
    if is_catalogue(head):
        return [(bytes(data), _nothing)]
    return verify_packages.blocks(data) if head[:4] == b"PK\x03\x04" else []


def _programs(data: Data) -> list[tuple[bytes, Content]]:
    found: list[tuple[bytes, Content]] = []
    for program in macho.programs(data):
        signature = macho.code_signature(data, program)
        if signature.cms and signature.directories:
            found.append((signature.cms, _pages(data, program, signature.directories)))
    return found


def _nothing(block: cms.SignedData, function: str) -> bytes:
    """A catalogue carries what it signs."""
    return b""


def _indirect(data: Data, digest: Callable[[Data, str], bytes]) -> Content:
    def check(block: cms.SignedData, function: str) -> bytes:
        if block.content_type != INDIRECT_DATA:
            raise Fault("not checked", "the signature does not say which file it signs")
        _, name, stated = stated_digest(block)
        if digest(data, name) != stated:
            raise Fault("tampered", "the file is not the one that was signed")
        return b""

    return check


def _detached(content: bytes) -> Content:
    def check(block: cms.SignedData, function: str) -> bytes:
        _message(block, function, content)
        return content

    return check


def _pages(
    data: Data, program: macho.Program, directories: Sequence[macho.CodeDirectory]
) -> Content:
    def check(block: cms.SignedData, function: str) -> bytes:
        _message(block, function, directories[0].raw)
        if not all(digests.pages_match(data, program, one) for one in directories[:1]):
            raise Fault("tampered", "the program is not the one that was signed")
        return directories[0].raw

    return check


def _message(block: cms.SignedData, function: str, content: bytes) -> None:
    """Hold `content`, which a detached signature is about, against the digest that is signed."""
    for signer in block.signers:
        stated = signer.attributes.get(cms.MESSAGE_DIGEST)
        if (
            signer.digest == function
            and stated
            and stated[0].content() != hash_of(function, content)
        ):
            raise Fault("tampered", "the file is not the one that was signed")


def _one(
    signature: Signature, content: Content, trusted: Sequence[Certificate], on: str
) -> Verification:
    who = signature.signer.name
    try:
        block = cms.signed_data(signature.raw)
        signer = block.signers[signature.index]
        outside = content(block, signer.digest)
        if outside:
            _message(block, signer.digest, outside)
        if not signature.signer.raw:
            raise Fault("not checked", "the signer's certificate is not in the file")
        _mathematics(block, signer, signature.signer, outside)
        root = _chain(block.chain(signature.signer), trusted)
        when = _time(block, signer, signature.signer, on)
    except Fault as fault:
        return Verification(fault.result, f"{fault}; {_UNKNOWN}", who)
    except Unsupported as error:
        return Verification("not checked", f"it uses {error}", who)
    except BROKEN as error:
        return Verification("tampered", f"it is damaged: {_said(error)}", who)
    return Verification("valid", f"unchanged since it was signed; {when}; {root}; {_UNKNOWN}", who)


_UNKNOWN = "whether the certificate was revoked is not known"


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, BrokenPart) else "the bytes make no sense"


def _mathematics(
    block: cms.SignedData, signer: cms.Signer, leaf: Certificate, outside: bytes = b""
) -> None:
    content = cms.content_bytes(block.content) if block.content is not None else outside
    if signer.signed:
        stated = signer.attributes.get(cms.MESSAGE_DIGEST)
        if not stated:
            raise Fault("tampered", "the signature covers no digest")
        if block.content is not None and stated[0].content() != hash_of(signer.digest, content):
            raise Fault("tampered", "what the signature says was changed")
    signed = signer.signed or content
    function = function_of(signer.algorithm, signer.digest)
    if not fits(leaf.key, signer.signature, signed, function, signer.algorithm, signer.parameters):
        raise Fault("tampered", "the signature does not fit the signer's key")


def _chain(chain: Sequence[Certificate], trusted: Sequence[Certificate]) -> str:
    for child, parent in pairwise(chain):
        if not parent.authority or not issued(child, parent):
            raise Fault("not trusted", f"“{parent.name}” did not issue “{child.name}”")
    top = chain[-1]
    if not trusted:
        return f"the chain holds up to “{top.name}”, whose trust is not checked"
    for root in trusted:
        if root.raw == top.raw or (root.subject_raw == top.issuer_raw and issued(top, root)):
            return f"the chain ends at “{root.name}”, which is trusted"
    raise Fault("not trusted", f"the chain ends at “{top.issuer or top.name}”, not a trusted root")


def _time(block: cms.SignedData, signer: cms.Signer, leaf: Certificate, on: str) -> str:
    stamped = _stamp(block, signer)
    when = stamped or on
    if not when:
        return "without time stamp, so whether the certificate was valid then is not checked"
    day = when[:10]
    if leaf.since[:10] > day or (leaf.until and leaf.until[:10] < day):
        what = "when it was signed" if stamped else f"on {day}, and nothing says when it was signed"
        raise Fault("expired", f"the certificate was not valid {what}")
    return f"the certificate was valid on {day}" + (
        " (time stamp, whose own chain is not checked)" if stamped else ""
    )


def _stamp(block: cms.SignedData, signer: cms.Signer) -> str:
    """The time that a counter-signer vouches for; a counter-signature that does not hold: none."""
    for value in signer.unsigned.get(cms.COUNTER_SIGNATURE, []):
        one = cms.signer_info(value)
        leaf = block.leaf(one)
        times = one.attributes.get(cms.SIGNING_TIME)
        stated = one.attributes.get(cms.MESSAGE_DIGEST)
        if not (leaf.raw and times and stated) or not one.signed:
            continue
        if stated[0].content() == hash_of(one.digest, signer.signature) and fits(
            leaf.key, one.signature, one.signed, function_of(one.algorithm, one.digest),
            one.algorithm, one.parameters,
        ):  # fmt: skip
            return times[0].moment()
    for stamp in stamp_signed(signer):
        if when := _token(stamp, signer.signature):
            return when
    return ""


def _token(stamp: cms.SignedData, signature: bytes) -> str:
    fields = stamp_fields(stamp)
    kind, imprint = fields[2].children(2)[:2]
    function = cms.DIGESTS.get(kind.only().content(), "")
    if imprint.content() != hash_of(function, signature):
        return ""
    one = stamp.signers[0]
    leaf = stamp.leaf(one)
    if not leaf.raw:
        return ""
    try:
        _mathematics(stamp, one, leaf)
    except Fault:
        return ""
    return fields[4].moment()


def trusted_roots(bundle: bytes) -> list[Certificate]:
    """The certificates of a PEM bundle that a user gives, as far as they can be read."""
    found = []
    for text in re.findall(
        rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", bundle, re.S
    ):
        try:
            found.append(certificate(base64.b64decode(text)))
        except BROKEN:
            continue
    return found
