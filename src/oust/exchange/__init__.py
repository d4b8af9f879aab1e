"""Ledgers of claims in the exchange forms of others: STIX 2.1 and W3C PROV, out and in.

What those forms have no place for travels along in an extension of ours, so that a ledger comes
back whole. A file of somebody else's is taken as far as its terms have a counterpart here; what
was left out is counted and named.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from oust.data.ledger import Ledger
from oust.errors import OustError


class Taken(Struct, frozen=True):
    """What was made of a file of another form."""

    ledger: Ledger
    left_out: dict[str, int] = {}  # kind of object: how many have no counterpart in a ledger
    problems: tuple[str, ...] = ()  # objects that could not be read, each in a sentence


def missing(library: str) -> OustError:
    """The error for a library that is not installed."""
    return OustError(f"the library {library} is not installed", "pip install 'oust[exchange]'")


def slug(text: str, taken: Counter[str]) -> str:
    """An id made from any text, unlike all in `taken`, to which it is added."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()
    stem = name = "-".join(words)[:40].strip("-") or "claim"
    while name in taken:
        taken[stem] += 1
        name = f"{stem}-{taken[stem]}"
    taken[name] += 1
    return name
