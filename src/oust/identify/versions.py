"""Versions compared as products write them: 4.2, 15.1X49-D10, R80.10, 12.0.0.0."""

from __future__ import annotations

import re
from functools import lru_cache

_PARTS = re.compile(r"\d+|[a-z]+", re.I)
_BEFORE_RELEASE = frozenset("alpha beta b rc pre preview dev snapshot".split())


@lru_cache(maxsize=4096)
def parts(version: str) -> tuple[tuple[int, int, str], ...]:
    """`version` as comparable parts: numbers by value, words by letters, pre-releases first."""
    found = _PARTS.findall(version.lower().removeprefix("v"))
    return tuple(
        (2, int(p[:18]), "") if p.isdigit() else (0 if p in _BEFORE_RELEASE else 1, 0, p)
        for p in found
    )


def compare(left: str, right: str) -> int:
    """-1, 0 or 1; missing parts count as zero, so that 4.2 equals 4.2.0."""
    a, b = parts(left), parts(right)
    for n in range(max(len(a), len(b))):
        x = a[n] if n < len(a) else (2, 0, "")
        y = b[n] if n < len(b) else (2, 0, "")
        if x != y:
            # a word after the end ("4.2 SP1") is later than nothing, a pre-release earlier
            if n >= len(a) and y[0] == 1:
                return -1
            if n >= len(b) and x[0] == 1:
                return 1
            return -1 if x < y else 1
    return 0


def covers(carrier: str, version: str) -> bool:
    """Whether `version` is `carrier` or a later level of it: 4.2 covers 4.2.1, not 4.20."""
    known = parts(carrier)
    return bool(known) and (parts(version)[: len(known)] == known or compare(carrier, version) == 0)


def within(version: str, first: str, end: str) -> bool:
    """Whether `version` lies in the range from `first` up to, not including, `end`."""
    above = not first or compare(version, first) >= 0
    return above and not (end and compare(version, end) >= 0)
