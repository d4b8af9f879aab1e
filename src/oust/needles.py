"""Thousands of literals looked for in raw bytes, faster than the bytes can be parsed.

Measured on award data, one core, MB/s: up to 16 names 5,500 to 9,000 by the SIMD search that the
Aho-Corasick library uses for few leftmost-first patterns; 32 to 64 names about 1,000 to 1,400,
less where they begin like common words; a DFA 450 to 500 with 100 to 300 literals, 270 to 400 with
3,000. So short lists are searched in groups of 16 and long ones by one DFA; and when more than a
few megabytes are searched, by fragments chosen for these very data, at about 1,000 MB/s.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oust.formats.seam import Needles

FEW, DFA_FROM = 16, 65
"""Literals per SIMD search, and how many make one DFA the better choice."""

FOLD = 0x20
"""The bit that makes ASCII letters lower case. Other bytes change too, alike on both sides: a
literal is never missed, and what is found besides is sorted out on the parsed field."""

MOST_BITS = 8
"""A part of an address of which a prefix leaves open so many bits is written out value by value."""

_FOLDED = bytes(byte | FOLD for byte in range(256))
SMALL = 8192
"""Fewer bytes are folded faster without numpy."""

LONGEST = 40
"""So many bytes of a literal are looked for; whoever searches data in pieces lets them overlap by
as much."""

SAMPLE, SAMPLES = 64 * 1024, 8
"""Bytes remembered of each large piece searched, and how many pieces make a sample."""

LARGE = 4 * SAMPLE
"""A piece of so many bytes is likely part of much more."""

PATIENCE = 8
"""Pieces in which fragments are too frequent before other fragments are chosen."""


class LiteralNeedles:
    """Finds any of `literals` whatever the case of its letters. See seam.Needles.

    May be used by several threads at once.
    """

    def __init__(self, literals: Iterable[str], network: Iterable[str] = ()) -> None:
        """`network`: what to look for beside `literals` in logs of networks."""
        self._take(_all_variants(literals))
        self._network = _all_variants(network)

    def network(self) -> LiteralNeedles:
        """Needles for logs of networks, which know addresses that no other source holds."""
        if not self._network:
            return self
        if self._wider is None:
            self._wider = LiteralNeedles(())
            self._wider._take(minimal((*self.literals, *self._network)))
            # so many literals need fragments that choosing them takes longer than a log's reading
            self._wider._learner = None
        return self._wider

    @classmethod
    def union(cls, *parts: LiteralNeedles) -> LiteralNeedles:
        """Needles that find what any of `parts` finds."""
        made = cls(())
        made._take(minimal(literal for part in parts for literal in part.literals))
        made._network = minimal(literal for part in parts for literal in part._network)
        return made

    _network: list[bytes] = []  # noqa: RUF012 (never changed in place)
    _wider: LiteralNeedles | None = None

    def _take(self, folded: list[bytes]) -> None:
        self.literals = folded
        self._plain = _searches([one for one in folded if max(one) < 0x80])
        self._other = _searches([one for one in folded if max(one) >= 0x80])
        self._learner = _Learner(folded) if len(folded) >= DFA_FROM else None

    def hits(self, data: bytes) -> list[int]:
        """Ascending byte offsets in `data` at which a literal stands. Never misses one."""
        import numpy as np

        if len(data) < SMALL:
            return self._plainly(data.translate(_FOLDED), not data.isascii())
        raw = np.frombuffer(data, np.uint8)
        folded = np.bitwise_or(raw, FOLD, out=_scratch(len(raw)))
        wide = bool(self._other) and int(raw.max()) >= 0x80
        if self._learner and len(data) >= LARGE:
            found = self._learner.hits(folded, wide)
            if found is not None:
                return list(found.tolist())
        return self._plainly(folded, wide)

    def _plainly(self, folded: Any, wide: bool) -> list[int]:
        searches = self._plain + self._other if wide else self._plain
        return sorted({hit[1] for one in searches for hit in one.find_matches_as_indexes(folded)})

    def wants(self, *texts: str) -> bool:
        """Whether one of the texts holds a literal."""
        return bool(self.hits("\n".join(texts).encode("utf-8", "replace")))


class UnionNeedles(LiteralNeedles):
    """Finds what any of several needles finds, in one search. See seam.Needles."""

    def __init__(self, *parts: LiteralNeedles) -> None:
        self._take(minimal(literal for part in parts for literal in part.literals))


class _Learner:
    """Gathers a sample of what is searched, then searches by fragments, if that is cheaper."""

    def __init__(self, literals: list[bytes]) -> None:
        self._literals = literals
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._fragments: Any = None
        self._given_up = False
        self._sample: list[Any] = []
        self._patience = PATIENCE

    def hits(self, folded: Any, wide: bool) -> Any | None:
        """Offsets of literals, ascending; None if the plain search is to be used."""
        fragments = self._fragments
        if fragments is None:
            self._learn(folded)
            return None
        found = fragments.hits(folded, wide)
        if found is None:
            self._patience -= 1
            if self._patience <= 0:
                self._begin()  # these are other data than those learnt from
        return found

    def _learn(self, folded: Any) -> None:
        """Remember a piece; choose when there are enough. One thread does, others go on."""
        import numpy as np

        from oust.fragments import DFA, Fragments

        if self._given_up or not self._lock.acquire(blocking=False):
            return
        try:
            middle = len(folded) // 2
            self._sample.append(folded[middle : middle + SAMPLE].copy())
            if len(self._sample) < SAMPLES or self._fragments is not None:
                return
            made = Fragments(self._literals, np.concatenate(self._sample))
            self._given_up = made.cost > DFA / 2
            self._fragments = None if self._given_up else made
        finally:
            self._lock.release()


_own = threading.local()


def _scratch(size: int) -> Any:
    """Memory of this thread for folded bytes; new memory for each piece costs as much as a pass."""
    import numpy as np

    held = getattr(_own, "scratch", None)
    if held is None or len(held) < size:
        held = _own.scratch = np.empty(size, np.uint8)
    return held[:size]


def prefix_texts(prefix: str) -> Iterator[str]:
    """Beginnings that together all addresses of an IP prefix have as text, the last part whole."""
    net = ipaddress.ip_network(prefix, strict=False)
    width, mark = (8, ".") if net.version == 4 else (16, ":")
    known = -(-net.prefixlen // width)  # parts that the prefix says something about
    if known * width - net.prefixlen > MOST_BITS:
        known -= 1
    if known * width >= net.max_prefixlen:
        known = net.max_prefixlen // width - 1
    shift = net.max_prefixlen - known * width
    count = 1 << max(0, known * width - net.prefixlen)
    for number in range(count):
        start = ((int(net.network_address) >> shift) + number) if known else 0
        parts = [start >> (width * at) & (1 << width) - 1 for at in reversed(range(known))]
        if net.version == 4:
            yield "".join(f"{part}{mark}" for part in parts)
            continue
        # a group of zeros may be left out, so that the text is certain only before it
        told = parts[: parts.index(0)] if 0 in parts else parts
        yield "".join(f"{part:x}{mark}" for part in told)


def for_group(needles: Needles, group: str) -> Needles:
    """`needles` as formats of `group` need them."""
    wider = group == "network" and isinstance(needles, LiteralNeedles)
    return needles.network() if wider and isinstance(needles, LiteralNeedles) else needles


def _all_variants(literals: Iterable[str]) -> list[bytes]:
    return minimal(variant for literal in literals for variant in _variants(literal))


def _variants(literal: str) -> set[bytes]:
    """`literal` as bytes in the cases that folding one bit does not bring together."""
    forms = (literal, literal.lower(), literal.upper(), literal.title(), literal.casefold())
    raw = {form.encode("utf-8", "replace")[:LONGEST] for form in forms if form.strip()}
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
