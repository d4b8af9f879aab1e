"""Whether two sources mean the same product: by the words of its name, then by version.

Never by the vendor alone: the vendor's own words and those that everybody's products carry are
taken off first, and where nothing is left nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from msgspec import Struct

from oust.data.dossier import Dossier
from oust.model import Strength
from oust.party_names import LEGAL_FORMS
from oust.text import words

GENERIC = frozenset(
    """
    a an and the of for with to by in on per new
    edition editions license licence licenses licences lic licensing subscription subscriptions
    renewal renew rnwl base plus educational education academic government gov gsa public sector
    nonprofit year years yr yrs month months mo 1yr 2yr 3yr 1y 2y 3y node nodes user users seat
    seats device devices workstation workstations server servers pc pcs mailbox mailboxes
    qty each ea pack unit units support maintenance standard electronic delivery download
    software product products lab labs version ver release international european american
    """.split()  # noqa: SIM905 (a list to be read)
)
"""Words of price lists that do not tell products apart."""

SPELT_ALIKE = 0.88
"""Similarity from which a word is the vendor's own, misspelt: "KAPERSKY"."""

_VERSION = re.compile(r"(?<![\w.,-])v?(\d{1,4}(?:\.\d+)*)(?![\w,-]|\.\d)", re.I)
_UNITS = GENERIC - {"a", "an", "and", "the", "of", "for", "with", "to", "by", "in", "on", "per"}
_NUMBER = re.compile(r"\d[\d.,]*$")


class Grade(Struct, frozen=True):
    """How firmly two names mean one product."""

    rank: int  # 0 is firmest
    strength: Strength
    ground: str


class Products:
    """Compares names of one vendor's products."""

    def __init__(self, dossier: Dossier) -> None:
        named = [dossier.vendor, *dossier.word, *dossier.misspellings]
        self._vendor = sorted({word for name in named for word in words(name)})

    @lru_cache(maxsize=4096)  # noqa: B019 (one object a run)
    def telling(self, name: str) -> frozenset[str]:
        """The words of a product's name that tell it from the vendor's other products."""
        found = set(words(name)) - GENERIC - LEGAL_FORMS.keys()
        return frozenset(w for w in found if not (_NUMBER.match(w) or self._is_vendor(w)))

    def _is_vendor(self, word: str) -> bool:
        return bool(get_close_matches(word, self._vendor, n=1, cutoff=SPELT_ALIKE))

    def grade(
        self, one: str, other: str, version: str = "", other_version: str = ""
    ) -> Grade | None:
        """How firmly two names mean one product; None if nothing but the vendor joins them."""
        left, right = self.telling(one), self.telling(other)
        if not left or not right:
            return None
        stated = version or version_in(one), other_version or version_in(other)
        close, words_of = _versions(*stated)
        if left == right:
            said, rank = "same name", 0
        elif right <= left or (left < right and (len(left) > 1 or not close)):
            said, rank = "one name holds the other", 3
        else:
            return None
        firm: Strength = "name" if close < (2 if rank == 0 else 1) else "weak"
        return Grade(rank + close, firm, f"{said}, {words_of}")


def version_in(name: str) -> str:
    """A version written in a name, such as `10` or `11.6.0.394`; a number of seats is none."""
    found = [match for match in _VERSION.finditer(name) if not _counts(name[match.end() :])]
    dotted = [match[1] for match in found if "." in match[1]]
    plain = [match[1] for match in found if len(match[1]) <= 2]
    return (dotted or plain or [""])[0]


def _counts(rest: str) -> bool:
    """Whether what follows a number makes it a quantity: `40 SEATS`, `1 year`."""
    after = words(rest[:24])[:1]
    return bool(after) and after[0] in _UNITS


def _versions(one: str, other: str) -> tuple[int, str]:
    """0 the same, 1 one of them less exact or not stated, 2 different ones; and that in words."""
    if not one or not other:
        return 1, "version not stated" if not (one or other) else "version stated only once"
    left, right = one.split("."), other.split(".")
    if left == right:
        return 0, f"version {one}"
    shorter = min(len(left), len(right))
    if left[:shorter] == right[:shorter]:
        return 1, f"version {one} and {other}"
    return 2, f"other version: {one}, {other}"


def best(found: Iterable[tuple[Grade | None, int]]) -> tuple[Grade, int] | None:
    """The firmest grade with its number; the first of equals."""
    graded = [(grade, number) for grade, number in found if grade is not None]
    return min(graded, key=lambda one: (one[0].rank, one[1]), default=None)
