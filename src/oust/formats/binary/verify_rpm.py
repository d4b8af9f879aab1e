"""Whether an RPM package fits the digests in its headers. Its OpenPGP signature is not checked.

Source: "RPM Package format V4"; rpm's list of tags. Digests show damage and clumsy changes; only
the signature, for which the key would have to be at hand, shows who made it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from oust.formats.binary.piece import BROKEN, Data
from oust.formats.binary.verify_words import Verification

LEAD = 96
PIECE = 4 * 1024**2
_SHA256, _SHA1, _MD5 = 273, 269, 1004
_PAYLOAD, _PAYLOAD_KIND = 5092, 5093
_SIGNED = (268, 267, 1002, 1005)
_KINDS = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512"}


def verify_package(data: Data) -> Verification:
    """Hold header and payload against the digests that are stated for them."""
    from oust.formats.rpm_file import header

    try:
        stated, end = header(data, LEAD)
        begin = end + -end % 8
        tags, payload = header(data, begin)
        wrong = _wrong(data, stated, tags, begin, payload)
    except BROKEN:
        return Verification("tampered", "the package's headers are damaged")
    if wrong:
        return Verification("tampered", wrong)
    if not any(tag in stated for tag in (_SHA256, _SHA1, _MD5)):
        return Verification("not checked", "the package states no digest of itself")
    if any(tag in stated for tag in _SIGNED):
        what = "its OpenPGP signature is not checked: key not held"
    else:
        what = "there is no signature, so anybody may have made it"
    return Verification("not checked", f"header and payload fit their digests; {what}")


def _wrong(data: Data, stated: dict[int, Any], tags: dict[int, Any], begin: int, at: int) -> str:
    for tag, function in ((_SHA256, "sha256"), (_SHA1, "sha1")):
        if tag in stated and stated[tag] != _digest(data, function, begin, at):
            return "the header is not the one of which the package states the digest"
    kind = _KINDS.get(tags.get(_PAYLOAD_KIND, 8), "")
    if tags.get(_PAYLOAD) and kind and tags[_PAYLOAD] != _digest(data, kind, at, len(data)):
        return "the payload is not the one of which the header states the digest"
    if _MD5 in stated and stated[_MD5].hex() != _digest(data, "md5", begin, len(data)):
        return "header and payload are not those of which the package states the digest"
    return ""


def _digest(data: Data, function: str, begin: int, stop: int) -> str:
    digest = hashlib.new(function, usedforsecurity=False)
    for at in range(begin, stop, PIECE):
        digest.update(bytes(data[at : min(at + PIECE, stop)]))
    return digest.hexdigest()
