"""Two methods: Chapman's estimator and the transformed logit interval.

The estimator: D. G. Chapman, Some properties of the hypergeometric distribution with applications
to zoological sample censuses, University of California Publications in Statistics 1 (1951),
131-160; its variance and the conditions: G. A. F. Seber, The Estimation of Animal Abundance and
Related Parameters, 2nd edition (1982), pages 59-60. The interval: M. Sadinle, Transformed logit
confidence intervals for small populations in single capture-recapture estimation, Communications
in Statistics - Simulation and Computation 38 (2009), 1909-1924. Where one method saw next to
nothing that the other did not, its upper limit runs away; then the limit of the hypergeometric
distribution of the overlap holds if it is lower.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln

from oust.hidden import Estimate

Z = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""


FEW = 50
"""Assets that one method saw alone, up to which the hypergeometric limit is looked for."""


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
    if min(only_first, only_second) <= FEW:
        high = min(high, _exact(first, second, both) - observed)
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
    spread = min(Z * math.sqrt(1 / a + 1 / b + 1 / c + c / (a * b)), 300.0)
    middle = a * b / c
    return middle * math.exp(-spread) - 0.5, middle * math.exp(spread) - 0.5


def _exact(first: int, second: int, both: int) -> float:
    """The largest total that makes so large an overlap as likely as 2.5 %; infinite if very far."""
    overlap = np.arange(both, min(first, second) + 1)
    fixed = gammaln(first + 1) - gammaln(overlap + 1) - gammaln(first - overlap + 1)
    fixed -= gammaln(second - overlap + 1) - gammaln(second + 1)

    def share(total: int) -> float:
        rest = total - first - second + overlap
        ways = gammaln(total - first + 1) - gammaln(np.maximum(rest, 0) + 1)
        whole = gammaln(total + 1) - gammaln(total - second + 1)
        return float(np.where(rest < 0, 0, np.exp(fixed + ways - whole)).sum())

    low, high = first + second - both, 2 * (first + second) + 10
    while share(high) >= 0.025:
        if high > 1e12:
            return math.inf
        low, high = high, 4 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if share(middle) >= 0.025 else (low, middle)
    return float(low)
