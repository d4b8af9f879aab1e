"""Two methods: Chapman's estimator and the transformed logit interval.

The estimator: D. G. Chapman, Some properties of the hypergeometric distribution with applications
to zoological sample censuses, University of California Publications in Statistics 1 (1951),
131-160; its variance and the conditions: G. A. F. Seber, The Estimation of Animal Abundance and
Related Parameters, 2nd edition (1982), pages 59-60. The interval: M. Sadinle, Transformed logit
confidence intervals for small populations in single capture-recapture estimation, Communications
in Statistics - Simulation and Computation 38 (2009), 1909-1924.
"""

from __future__ import annotations

import math

from oust.hidden import Estimate

Z = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""


def chapman(first: int, second: int, both: int) -> Estimate:
    """How many there are in all, of which two independent looks saw some.

    `first`, `second`: assets that each method saw; `both`: of these, seen by both. Never below
    what was observed. Raises ValueError for counts that cannot be.
    """
    only_first, only_second = first - both, second - both
    if min(only_first, only_second, both) < 0:
        raise ValueError(f"no such counts: {first}, {second}, {both}")
    observed = only_first + only_second + both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    product = (first + 1) * (second + 1) * only_first * only_second
    variance = product / ((both + 1) ** 2 * (both + 2))
    low, high = _logit(only_first, only_second, both)
    return Estimate(
        by="Chapman",
        observed=observed,
        total=total,
        low=min(max(observed + low, observed), total),
        high=max(observed + high, total),
        error=math.sqrt(variance),
    )


def _logit(only_first: int, only_second: int, both: int) -> tuple[float, float]:
    """Interval of the number hidden: a half added to each cell (Sadinle 2009)."""
    a, b, c = only_first + 0.5, only_second + 0.5, both + 0.5
    spread = Z * math.sqrt(1 / a + 1 / b + 1 / c + c / (a * b))
    middle = a * b / c
    return middle * math.exp(-spread) - 0.5, middle * math.exp(spread) - 0.5
