"""Chao's lower bound: at least how many there are, even if some assets are harder to see.

A. Chao, Estimating the population size for capture-recapture data with unequal catchability,
Biometrics 43 (1987), 783-791, with its log-normal interval; for sparse data: Chao, Biometrics 45
(1989), 427-438. There every occasion catches alike. Methods do not, so that f1 squared over 2 f2
would not be a lower bound here: of two methods it exceeds Petersen's estimate. With u_i assets seen
by method i alone and f2 seen by exactly two, the inequality of Cauchy and Schwarz gives, for
methods whose odds differ by a factor each, at least the sum of u_i u_j over f2; with equal u_i that
is Chao's bound, with two methods Petersen's estimate. Such extensions: L.-P. Rivest and
S. Baillargeon, Applications and extensions of Chao's moment estimator for the size of a closed
population, Biometrics 63 (2007), 999-1006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from oust.hidden import Estimate
from oust.unseen.two import Z


def lower_bound(alone: Sequence[int], twice: int, observed: int, correct: bool = True) -> Estimate:
    """At least how many there are.

    `alone`: assets seen by each method and no other; `twice`: seen by exactly two methods.
    `correct`: correct the bias of few assets seen twice, by adding 1 to them; without it, `twice`
    must be positive.
    """
    once = sum(alone)
    pairs = (once * once - sum(n * n for n in alone)) / 2
    base = twice + 1 if correct else twice
    hidden = pairs / base
    variance = hidden + sum((once - n) ** 2 * n for n in alone) / base**2
    variance += pairs**2 * twice / base**4
    low, high = lognormal(hidden, variance)
    return Estimate(
        by="Chao's lower bound",
        observed=observed,
        total=observed + hidden,
        low=observed + low,
        high=observed + high,
        error=math.sqrt(variance),
    )


def lognormal(hidden: float, variance: float) -> tuple[float, float]:
    """Interval of a number hidden that is never negative: log-normal (Chao 1987)."""
    if hidden <= 0:
        return 0.0, 0.0
    factor = math.exp(Z * math.sqrt(math.log1p(variance / hidden**2)))
    return hidden / factor, hidden * factor
