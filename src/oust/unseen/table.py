"""One table of who saw what: an estimate, or why there is none.

The thresholds are where bench/unseen.py finds that intervals still hold what they promise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oust.hidden import Estimate, Refused
from oust.unseen.bound import lower_bound
from oust.unseen.loglinear import MOST, estimate
from oust.unseen.two import chapman

LEAST_SEEN = 20
"""Assets observed: with fewer, one asset more or less changes the answer by a tenth and more."""

LEAST_SHARED = 7
"""Assets seen by two methods or more. With 7 the bias of Chapman's estimator may be neglected
(D. S. Robson and H. A. Regier 1964, as Seber 1982 has it); with less the upper limit is a guess."""

MOST_LOST = 0.2
"""Weight of the models without a finite answer, from which on there is no answer."""


def answer(counts: Sequence[int], names: Sequence[str]) -> Estimate | Refused:
    """The estimate of a table, with at least two and at most MOST methods, or why there is none.

    `counts`: assets by history, at index h those seen by exactly the methods whose bit is set in
    h. `names`: of the methods, lowest bit first.
    """
    observed, shared = sum(counts[1:]), repeated(counts)
    if refused := _too_few(observed, shared):
        return refused
    if len(names) == 2:
        return chapman(counts[1] + counts[3], counts[2] + counts[3], counts[3])
    found = estimate(counts, names)
    if found is None or found.failed_weight > MOST_LOST:
        return Refused(
            reason="the models that fit best give no finite number: too few assets were seen by "
            "several methods to tell how the methods depend on each other",
            needs="more assets seen by two methods and more, or fewer and larger methods",
        )
    if not np.isfinite(found.high):
        return Refused(
            reason="nothing in the evidence bounds the number from above",
            needs="more assets seen by two methods and more",
        )
    return found


def _too_few(observed: int, shared: int) -> Refused | None:
    if shared == 0:
        return Refused(
            reason="no asset was seen by two methods: either they do not see the same assets, or "
            "they name them differently, or far more is hidden than was seen",
            needs="names or addresses by which the methods' assets can be told to be the same "
            "(leases, inventories with addresses), or a further method over the same assets",
        )
    if shared < LEAST_SHARED:
        times = "asset was" if shared == 1 else "assets were"
        return Refused(
            reason=f"only {shared} {times} seen by two methods or more; below {LEAST_SHARED} the "
            "upper limit is a guess",
            needs="a further method, or a wider look by one of those used, over the same assets",
        )
    if observed < LEAST_SEEN:
        return Refused(
            reason=f"only {observed} assets were observed; below {LEAST_SEEN} one more or less "
            "changes the answer by a tenth or more",
            needs="look at the remaining assets one by one: they are few",
        )
    return None


def bound(counts: Sequence[int], methods: int) -> Estimate | None:
    """Chao's lower bound of a table; None for fewer than three methods, which tell no more."""
    if methods < 3:
        return None
    alone = [counts[1 << k] for k in range(methods)]
    twice = sum(n for h, n in enumerate(counts) if h.bit_count() == 2)
    return lower_bound(alone, twice, sum(counts[1:]))


def repeated(counts: Sequence[int]) -> int:
    """Assets seen by two methods or more."""
    return sum(n for h, n in enumerate(counts) if h.bit_count() > 1)


__all__ = ["LEAST_SEEN", "LEAST_SHARED", "MOST", "answer", "bound", "repeated"]
