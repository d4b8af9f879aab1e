"""Shares in per cent: exact or an interval, as one text that readers write and reports print.

A decimal (`51`, `38.88`) is exact. An interval is written as in mathematics: `[25,50)` is at
least 25 and less than 50, `(50,100]` more than 50. No text means: the share is not stated.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from msgspec import Struct

WHOLE = Decimal(100)

MOST_DIGITS = 30
"""Digits before or behind the point; more are no share but an attempt to be expensive."""

_NUMBER = r"(\d{1,6}(?:[.,]\d{1,20})?)"
_INTERVAL = re.compile(rf"([\[(])\s*{_NUMBER}\s*[,;]\s*{_NUMBER}\s*([\])])")
_EXACT = re.compile(_NUMBER)
_RANGE = re.compile(rf"(>=?)?{_NUMBER}%?(?:-|\.\.\.?|to|and)(<=?)?{_NUMBER}")
_BOUND = re.compile(rf"(>=|>|<=|<){_NUMBER}|{_NUMBER}(\+)")
_WORDS = (
    (r"not more than|no more than|at most|up to|max(?:imum)?\.?|≤|=<", "<="),
    (r"not less than|no less than|at least|min(?:imum)?\.?|≥|=>", ">="),
    (r"more than|greater than|over|above|exceeding", ">"),
    (r"less than|below|under|fewer than", "<"),
    (r"per ?cent(?:age)?|pct\.?", "%"),
    (r"[‐-―−~]|\bthrough\b|\bup to\b", "-"),
)
_SAID = {
    "majority": "(50,100]",
    "minority": "[0,50)",
    "half": "50",
    "wholly": "100",
    "wholly owned": "100",
    "whole": "100",
    "all": "100",
}
_NATURE = re.compile(
    r"(?:ownership[ -]of[ -]shares|(?:ownership[ -]of[ -])?voting[ -]rights"
    r"|right[ -]to[ -]share[ -]surplus[ -]assets)\W{1,5}"
    r"(?:(more[ -]than[ -]25)|(25[ -]to[ -]50)|(50[ -]to[ -]75)|(75[ -]to[ -]100))[ -]per[ -]?cent",
    re.IGNORECASE,
)
_NATURES = ("(25,100]", "(25,50]", "(50,75)", "[75,100]")
"""Bands of the United Kingdom's register of people with significant control, as the Companies Act
2006, schedule 1A, draws them: more than 25; up to and including 50; less than 75; 75 or more."""


class Impossible(ValueError):
    """A share that no holding can have; the message says why and what to write."""


class Bounds(Struct, frozen=True):
    """Between which per cents a share lies; `open` bounds are not reached themselves."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False


def read(text: str) -> str:
    """The share as people write it, in our text; "" if it is none.

    `51`, `51,5 %`, `25-50 %`, `> 50`, `≥ 20 %`, `more than 25 but not more than 50`, `majority`,
    `[25,50)`. Raises Impossible for what exceeds the whole.
    """
    bare = " ".join(text.casefold().split())
    if match := _INTERVAL.fullmatch(bare.replace("%", "").strip()):
        low, high = number(match[2]), number(match[3])
        return write(Bounds(low, high, match[1] == "(", match[4] == ")"))
    if bare.strip(" .") in _SAID:
        return _SAID[bare.strip(" .")]
    if match := re.fullmatch(r"between (.+) and (.+)|(.+) or more", bare):
        bare = f">={match[3]}" if match[3] else f"{match[1]}-{match[2]}"
    for words, sign in _WORDS:
        bare = re.sub(words, sign, bare)
    if re.search(r"\d\s+\d", bare):
        return ""  # two numbers, and nothing says what one is to the other
    bare = re.sub(r"\s|,? ?\bbut\b", "", bare).rstrip("%")
    if match := _EXACT.fullmatch(bare):
        share = number(match[1])
        return write(Bounds(share, share))
    return _bounded(bare)


def _bounded(bare: str) -> str:
    if match := _RANGE.fullmatch(bare):
        low, high = number(match[2]), number(match[4])
        return write(Bounds(low, high, match[1] == ">", match[3] == "<"))
    if match := re.fullmatch(rf"(>=?){_NUMBER}%?(?:and)?(<=?){_NUMBER}", bare):
        low, high = number(match[2]), number(match[4])
        return write(Bounds(low, high, match[1] == ">", match[3] == "<"))
    if match := _BOUND.fullmatch(bare):
        share = number(match[2] or match[3])
        if (match[1] or ">=").startswith(">"):
            return write(Bounds(share, WHOLE, match[1] == ">"))
        return write(Bounds(Decimal(0), share, False, match[1] == "<"))
    return ""


def nature(text: str) -> str:
    """The band that a nature of control names (`ownership-of-shares-25-to-50-percent`), or ""."""
    match = _NATURE.search(text)
    return _NATURES[(match.lastindex or 1) - 1] if match else ""


def write(bounds: Bounds) -> str:
    """The bounds as our text. Raises Impossible where no share lies within them."""
    low, high = bounds.low, bounds.high
    if low < 0 or high > WHOLE:
        wrong = low if low < 0 else max(low, high)
        raise Impossible(f"a share of {_plain(wrong)} %: write what is held, from 0 to 100 %")
    if low > high or (low == high and (bounds.low_open or bounds.high_open)):
        raise Impossible(
            f"a share from {_plain(low)} to {_plain(high)} %: write the smaller number first"
        )
    if low == high:
        return _plain(low)
    left, right = "(" if bounds.low_open else "[", ")" if bounds.high_open else "]"
    return f"{left}{_plain(low)},{_plain(high)}{right}"


def bounds(text: str) -> Bounds | None:
    """What our text says; None if it says nothing or is none of our texts."""
    bare = text.strip()
    try:
        if match := _INTERVAL.fullmatch(bare):
            low, high = number(match[2]), number(match[3])
            found = Bounds(low, high, match[1] == "(", match[4] == ")")
        else:
            share = number(bare)
            found = Bounds(share, share)
        write(found)
    except ValueError:
        return None
    return found


@lru_cache(maxsize=4096)
def fractions(text: str) -> tuple[float, float]:
    """Least and greatest share as fractions of 1; (0, 1) where the share is not stated.

    A bound that is not reached becomes the float next to it, so that `(50,100]` is above 0.5.
    """
    found = bounds(text)
    if found is None:
        return 0.0, 1.0
    low, high = float(found.low / WHOLE), float(found.high / WHOLE)
    if found.low_open:
        low = math.nextafter(low, 1.0)
    if found.high_open:
        high = math.nextafter(high, 0.0)
    return low, high


def aloud(text: str) -> str:
    """As a reader sees it: `51 %`, `25–50 %`, `more than 50 %`, `at most 25 %`; else the text."""
    found = bounds(text)
    if found is None:
        return f"{text} %" if text else ""
    low, high = _plain(found.low), _plain(found.high)
    if found.low == found.high:
        return f"{low} %"
    if found.high == WHOLE and found.low > 0:
        return f"{'more than' if found.low_open else 'at least'} {low} %"
    if found.low == 0 and found.high < WHOLE:
        return f"{'less than' if found.high_open else 'at most'} {high} %"
    return f"{low}–{high} %"


def number(text: str) -> Decimal:
    """A per cent as written. Raises ValueError for what is none, or has an absurd exponent."""
    try:
        found = Decimal(text.strip("% ").replace(",", "."))
    except InvalidOperation:
        raise ValueError(f"not a number: {text[:40]}") from None
    if not found.is_finite() or abs(found.adjusted()) > MOST_DIGITS:
        raise ValueError(f"not a share: {text[:40]}")
    return found


def _plain(number: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
