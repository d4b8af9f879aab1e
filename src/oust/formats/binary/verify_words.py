"""What checks of signatures say, shared by those that make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from oust.formats.binary import digests
from oust.formats.binary.cms import SignedData

Result = Literal["tampered", "not trusted", "expired", "not checked", "valid"]
"""Gravest first. `valid` leaves open whether the certificate was revoked, and its root unless
certificates to trust were given."""


class Verification(Struct, frozen=True):
    """What became of checking one signature, or all of a file."""

    result: Result
    says: str  # plain sentences: what was checked, and what was not
    signer: str = ""


class Fault(Exception):
    """Why a signature is not valid."""

    def __init__(self, result: Result, says: str) -> None:
        super().__init__(says)
        self.result = result


Content = Callable[[SignedData, str], bytes]
"""Given a SignedData and its hash function, raises Fault where the file is not the one that it is
about. Returns what is signed where the block does not hold it itself, else nothing."""


def hash_of(function: str, content: bytes) -> bytes:
    """Digest of `content`. Raises BrokenPart or ValueError for an unknown function."""
    digest = digests.hasher(function)
    digest.update(content)
    return bytes(digest.digest())
