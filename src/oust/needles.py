"""Thousands of literals looked for in raw bytes, faster than the bytes can be parsed.

Measured on award data, one core, MB/s: up to 16 names 5,500 to 9,000 by the SIMD search that the
Aho-Corasick library uses for few leftmost-first patterns; 32 to 64 names about 1,000 to 1,400,
less where they begin like common words; a DFA 450 to 500 with 100 to 300 literals, 270 to 330 with
3,000. So short lists are searched in groups of 16 and long ones by one DFA.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

FEW, DFA_FROM = 16, 65
"""Literals per SIMD search, and how many make one DFA the better choice."""

FOLD = 0x20
"""The bit that makes ASCII letters lower case. Other bytes change too, alike on both sides: a
literal is never missed, and what is found besides is sorted out on the parsed field."""


class LiteralNeedles:
    """Finds any of `literals` whatever the case of its letters. See seam.Needles."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._seek({variant for literal in literals for variant in _variants(literal)})

    def _seek(self, folded: Iterable[bytes]) -> None:
        self.literals = minimal(folded)
        self._plain = _searches([one for one in self.literals if max(one) < 0x80])
        self._other = _searches([one for one in self.literals if max(one) >= 0x80])

    @classmethod
    def union(cls, *parts: LiteralNeedles) -> LiteralNeedles:
        """Needles that find what any of `parts` finds."""
        made = cls(())
        made._take(minimal(literal for part in parts for literal in part.literals))
        return made

    def _take(self, folded: list[bytes]) -> None:
        self.literals = folded
        self._plain = _searches([one for one in folded if max(one) < 0x80])
        self._other = _searches([one for one in folded if max(one) >= 0x80])

    def hits(self, data: bytes) -> list[int]:
        """Ascending byte offsets in `data` at which a literal stands. Never misses one."""
        import numpy as np

        if not data:
            return []
        raw = np.frombuffer(data, np.uint8)
        searches = self._plain
        if self._other and int(raw.max()) >= 0x80:
            searches = searches + self._other
        folded = raw | FOLD
        found = {hit[1] for search in searches for hit in search.find_matches_as_indexes(folded)}
        return sorted(found)

    def wants(self, *texts: str) -> bool:
        """Whether one of the texts holds a literal."""
        return bool(self.hits("\n".join(texts).encode("utf-8", "replace")))


class UnionNeedles(LiteralNeedles):
    """Finds what any of several needles finds, in one search. See seam.Needles."""

    def __init__(self, *parts: LiteralNeedles) -> None:
        self._seek({literal for part in parts for literal in part.literals})


def _variants(literal: str) -> set[bytes]:
    """`literal` as bytes in the cases that folding one bit does not bring together."""
    forms = (literal, literal.lower(), literal.upper(), literal.title(), literal.casefold())
    raw = {form.encode("utf-8", "replace") for form in forms if form.strip()}
    return {bytes(byte | FOLD for byte in one) for one in raw}


def minimal(literals: Iterable[bytes]) -> list[bytes]:
    """The literals that contain no other one: who finds these finds all. Sorted."""
    import ahocorasick_rs as lib

    every = sorted({literal for literal in literals if literal})
    search = lib.BytesAhoCorasick(every)
    return [one for one in every if len(search.find_matches_as_indexes(one, True)) == 1]


def _searches(literals: list[bytes]) -> list[Any]:
    """Searches that together find every literal."""
    import ahocorasick_rs as lib

    first, dfa = lib.MATCHKIND_LEFTMOST_FIRST, lib.Implementation.DFA
    if len(literals) >= DFA_FROM:
        return [lib.BytesAhoCorasick(literals, matchkind=first, implementation=dfa)]
    groups = [literals[at : at + FEW] for at in range(0, len(literals), FEW)]
    return [lib.BytesAhoCorasick(group, matchkind=first, implementation=dfa) for group in groups]
