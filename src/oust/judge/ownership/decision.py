"""An answer about ownership, with the numbers that bound it."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from oust.judge.ownership.control import NEAR, Bar
from oust.judge.ownership.table import OPEN
from oust.model import Answer, Holding


class Decision(Struct, frozen=True):
    """Whether a relation holds on the day, and how far the holdings given decide it.

    `low` and `high` are fractions of 1: the share or the votes, at least and at most. `no` means:
    not by the holdings given; who is nowhere stated to hold anything is taken to hold nothing.
    """

    answer: Answer
    low: float
    high: float
    method: str
    says: str
    via: tuple[Holding, ...] = ()  # holdings used, from the named party towards the entity


def judge(low: float, high: float, bar: Bar) -> Answer:
    """`yes` if even the least share fulfils it, `no` if not even the greatest does."""
    least, most = bar.met(np.array([low, high]))
    return "yes" if least else "unknown" if most else "no"


def asked(bar: Bar) -> str:
    """The bar in words."""
    if bar.threshold == 0 and bar.strict:
        return "any share"
    return f"{'more than' if bar.strict else 'at least'} {percent(bar.threshold)}"


def between(low: float, high: float) -> str:
    """The bounds in words."""
    if high - low <= NEAR or (low > NEAR and percent(low) == percent(high)):
        return percent(high)
    if high >= 1 - NEAR:
        return "a share that is not known" if low <= 9 * OPEN else _at_least(low)
    if low <= NEAR:
        return _at_most(high)
    return f"between {percent(low)} and {percent(high)}"


def _at_least(low: float) -> str:
    more = NEAR < low - round(low, 6) < 9 * OPEN
    return f"{'more than' if more else 'at least'} {percent(low)}"


def _at_most(high: float) -> str:
    less = NEAR < round(high, 6) - high < 9 * OPEN
    return f"{'less than' if less else 'at most'} {percent(high)}"


def percent(share: float) -> str:
    """`38.88 %`; small shares keep two significant digits."""
    number = share * 100
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return f"{text if text not in ('0', '-0') or number < 1e-8 else f'{number:.2g}'} %"
