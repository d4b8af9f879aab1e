"""Three methods and more: log-linear models of which methods depend on each other, averaged.

The 2^t table of who saw what lacks one cell, the assets that nobody saw. Every hierarchical model
without the highest interaction says what stands there: S. E. Fienberg, The multiple recapture
census for closed populations and incomplete 2^k contingency tables, Biometrika 59 (1972), 591-603;
Y. M. M. Bishop, S. E. Fienberg and P. W. Holland, Discrete Multivariate Analysis (1975), chapter 6;
IWGDMF, American Journal of Epidemiology 142 (1995), 1047-1058. Weights by BIC with n the number
observed. The interval mixes, by these weights, the confidence distributions that the profile
likelihood of each model gives (R. M. Cormack, Biometrics 48 (1992), 567-576; averaged tail areas:
D. Turek and D. Fletcher, Computational Statistics and Data Analysis 56 (2012), 2809-2815), so that
it allows for not knowing which model holds. The estimate is the median of the mixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from oust.hidden import Estimate, Fit

Array = NDArray[np.float64]
Model = frozenset[int]
"""Interactions of a model, each a bit mask of methods."""

MOST = 5
"""Methods of one table: beyond, the models are too many and the cells too empty."""

STEPS = 100
CLOSE = 1e-9
FARTHEST = 1000.0
"""An answer of more than so many times what was observed is none."""

LIGHTEST = 0.01
"""Models of less weight than this part of the heaviest do not take part in the interval."""

POINTS = 40


def estimate(counts: Sequence[int], names: Sequence[str]) -> Estimate | None:
    """The total that the models say on average; None where none gives a finite answer.

    `counts`: assets by history, at index h those seen by exactly the methods whose bit is set in
    h; index 0 is not looked at. `names`: of the methods, lowest bit first; from 3 to MOST.
    """
    table = np.asarray(counts, dtype=float)
    observed = int(table[1:].sum())
    every = [one for one in models(len(names)) if _supported(one, table)]
    fits = _fit_models(every, table)
    sound = fits.sound(observed)
    if not sound.any():
        return None
    bic = fits.deviance + fits.sizes * np.log(observed)
    weight = np.exp(-0.5 * (bic - bic.min()))
    lost = float(weight[~sound].sum() / weight.sum())
    weight = np.where(sound, weight, 0) / weight[sound].sum()
    kept = np.flatnonzero(weight >= LIGHTEST * weight.max())
    low, middle, high = _interval([every[k] for k in kept], weight[kept], fits, kept, table)
    order = sorted(np.flatnonzero(sound), key=lambda k: (-weight[k], sorted(every[k])))
    told = [_told(every[k], float(weight[k]), fits, int(k), observed, names) for k in order[:12]]
    return Estimate(
        by="log-linear models",
        observed=observed,
        total=observed + middle,
        low=observed + low,
        high=observed + high,
        models=tuple(told),
        tried=len(every),
        failed=int((~sound).sum()),
        failed_weight=lost,
    )


def fit_one(counts: Sequence[int], interactions: Model) -> tuple[float, float, float]:
    """Total, its standard error and the deviance of one model; `counts` as in `estimate`."""
    table = np.asarray(counts, dtype=float)
    fits = _fit_models([interactions], table)
    observed = table[1:].sum()
    return (
        float(observed + fits.hidden[0]),
        float(fits.error(observed)[0]),
        float(fits.deviance[0]),
    )


@lru_cache(maxsize=8)
def models(methods: int) -> tuple[Model, ...]:
    """Every hierarchical model of so many methods but the saturated one, as its interactions.

    3 methods have 8, 4 have 113. Of 5 those without interactions of more than two: 1,024 of 6,893;
    what the others add, no table of assets that are mostly seen once or twice can tell.
    """
    pairs = [_mask(pair) for pair in combinations(range(methods), 2)]
    found: set[Model] = set()
    for size in range(len(pairs) + 1):
        found |= {frozenset(chosen) for chosen in combinations(pairs, size)}
    for order in range(3, methods if methods < MOST else 3):
        terms = [_mask(one) for one in combinations(range(methods), order)]
        found |= {grown for model in list(found) for grown in _grown(model, terms)}
    return tuple(sorted(found, key=lambda one: (len(one), sorted(one))))


def _grown(model: Model, terms: Sequence[int]) -> Iterator[Model]:
    """The model with every choice of the terms whose parts it has."""
    able = [term for term in terms if _parts(term) <= model]
    for size in range(1, len(able) + 1):
        for chosen in combinations(able, size):
            yield model | frozenset(chosen)


def _parts(term: int) -> set[int]:
    """Interactions of one method less."""
    bits = [1 << k for k in range(term.bit_length()) if term >> k & 1]
    return {term & ~bit for bit in bits}


def _mask(methods: Sequence[int]) -> int:
    return sum(1 << k for k in methods)


def _supported(model: Model, table: Array) -> bool:
    """Whether some asset was seen by all methods of each interaction: else it has no estimate."""
    cells = np.arange(len(table))
    return all(table[(cells & term) == term].sum() > 0 for term in model)


class _Fits:
    """Models fitted at once: what each says of the cell that nobody saw."""

    def __init__(self, first: Array, spread: Array, deviance: Array, sizes: Array) -> None:
        self.first, self.spread = first, spread  # log of the hidden number, and its variance
        self.deviance, self.sizes = deviance, sizes
        self.hidden = np.exp(np.minimum(first, 300))

    def sound(self, observed: float) -> NDArray[np.bool_]:
        finite = np.isfinite(self.first) & np.isfinite(self.spread) & (self.spread < 1e4)
        return finite & (self.hidden <= FARTHEST * observed)

    def error(self, observed: float) -> Array:
        """Of the total under Poisson sampling, the number observed being random too."""
        return np.asarray(np.sqrt(self.hidden + self.hidden**2 * self.spread))


def _fit_models(every: Sequence[Model], table: Array) -> _Fits:
    design, masks = _design(every, len(table))
    counts = np.broadcast_to(table[1:], (len(every), len(table) - 1))
    beta, mu, info = _newton(design[1:], masks, counts)
    spread = np.linalg.inv(info)[:, 0, 0]
    return _Fits(beta[:, 0], spread, _deviance(counts, mu), masks.sum(axis=1))


def _design(every: Sequence[Model], cells: int) -> tuple[Array, Array]:
    """Columns of all terms of any model over the cells, and which of them each model has."""
    methods = cells.bit_length() - 1
    singles = [1 << k for k in range(methods)]
    terms = [0, *singles, *sorted({term for one in every for term in one})]
    place = np.arange(cells)[:, None]
    design = ((place & np.array(terms)) == np.array(terms)).astype(float)
    masks = np.zeros((len(every), len(terms)))
    masks[:, : methods + 1] = 1
    for row, model in zip(masks, every, strict=True):
        row[methods + 1 :] = [term in model for term in terms[methods + 1 :]]
    return design, masks


def _newton(design: Array, masks: Array, counts: Array) -> tuple[Array, Array, Any]:
    """Poisson regressions with logarithmic link, one a row of `masks`."""
    size = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
    both = masks[:, :, None] * masks[:, None, :]
    rest = np.eye(size) * (1 - masks)[:, :, None] + 1e-10 * np.eye(size)
    eta = np.log(counts + 0.5)
    before = np.full(len(masks), np.inf)
    for _ in range(STEPS):
        mu = np.exp(eta)
        info = (mu @ products).reshape(-1, size, size) * both + rest
        score = ((mu * eta + counts - mu) @ design) * masks
        beta = np.linalg.solve(info, score[:, :, None])[:, :, 0]
        eta = np.clip(beta @ design.T, -25, 40)
        now = _deviance(counts, np.exp(eta))
        if np.all(np.abs(before - now) <= CLOSE * (1 + np.abs(now))):
            break
        before = now
    return np.asarray(beta), np.asarray(np.exp(eta)), info


def _deviance(counts: Array, mu: Array) -> Array:
    part = np.where(counts > 0, counts * np.log(np.where(counts > 0, counts, 1) / mu), 0)
    return np.asarray(2 * (part - (counts - mu)).sum(axis=-1))


def _interval(
    kept: Sequence[Model], weight: Array, fits: _Fits, at: Any, table: Array
) -> tuple[float, float, float]:
    """2.5, 50 and 97.5 % points of the averaged confidence distribution of the hidden number."""
    grid = _grid(fits.hidden[at], np.sqrt(fits.spread[at]), table[1:].sum())
    curves = _profile(kept, grid, table)
    held = [_distribution(*pair) for pair in zip(grid, curves, strict=True)]
    fine = np.unique(np.concatenate([places for places, _ in held]))
    shares = np.array([np.interp(fine, places, share, left=0) for places, share in held])
    mixed = np.maximum.accumulate((weight / weight.sum()) @ shares)
    points = [_point(fine, mixed, share) for share in (0.025, 0.5, 0.975)]
    return points[0], points[1], points[2]


def _grid(hidden: Array, spread: Array, observed: float) -> Array:
    """Hidden numbers at which to ask each model: a row for each, about its own estimate."""
    width = 7 * np.clip(spread, 1e-4, 2)
    low = np.maximum(hidden * np.exp(-width), 0.02)
    high = np.minimum(np.maximum(hidden * np.exp(width), 20), FARTHEST * observed)
    rows = np.geomspace(low, np.maximum(high, 2 * low), POINTS, axis=1)
    rows[:, 0] = np.where(low < 1, 0, low)
    return np.asarray(rows)


def _distribution(grid: Array, likelihood: Array) -> tuple[Array, Array]:
    """Confidence distribution by the signed root of a profile likelihood, at finer places."""
    from scipy.interpolate import CubicSpline  # slow to import

    scale = np.log(grid + 0.5)
    finer = np.linspace(scale[0], scale[-1], 30 * POINTS)
    curve = CubicSpline(scale, likelihood)(finer)
    root = np.sqrt(2 * np.maximum(curve.max() - curve, 0))
    above = np.arange(len(finer)) >= curve.argmax()
    return np.exp(finer) - 0.5, np.asarray(ndtr(np.where(above, root, -root)))


def _point(fine: Array, mixed: Array, share: float) -> float:
    """Where the distribution reaches `share`; infinite if it never does."""
    if mixed[0] >= share:
        return 0.0
    return float(np.interp(share, mixed, fine)) if mixed[-1] >= share else float("inf")


def _profile(kept: Sequence[Model], grid: Array, table: Array) -> Array:
    """Multinomial log likelihood of every model at its row of hidden numbers (Cormack 1992)."""
    design, masks = _design(kept, len(table))
    counts = np.tile(table, (grid.size, 1))
    counts[:, 0] = grid.ravel()
    _, mu, _ = _newton(design, np.repeat(masks, grid.shape[1], axis=0), counts)
    total = counts.sum(axis=1)
    told = (counts * np.log(mu / total[:, None])).sum(axis=1)
    free = gammaln(total + 1) - gammaln(counts[:, 0] + 1)
    return np.asarray((told + free).reshape(grid.shape))


def _told(
    model: Model, weight: float, fits: _Fits, at: int, observed: int, names: Sequence[str]
) -> Fit:
    return Fit(
        name=_named(model, names),
        total=float(observed + fits.hidden[at]),
        error=float(fits.error(observed)[at]),
        deviance=float(fits.deviance[at]),
        parameters=int(fits.sizes[at]),
        weight=weight,
    )


def _named(model: Model, names: Sequence[str]) -> str:
    """Interactions that are not part of a larger one, by the methods' names."""
    top = [one for one in model if not any(one != other and one & other == one for other in model)]
    spelt = (
        " × ".join(sorted(name for k, name in enumerate(names) if one >> k & 1)) for one in top
    )
    return "; ".join(sorted(spelt)) or "independent"
