"""Does the 95 % interval of `oust unseen` hold the truth in 95 of 100 cases, and when does it not?

    python bench/unseen.py [--runs 500] [--seed 1] [--only WORD]

Makes up populations of known size, lets methods see their assets, estimates as the program does,
and prints for each setting: in how many runs an answer was given, how many of the intervals
contain the truth, how many lie wholly below and above it, the median estimate and the median
width of the interval as parts of the truth. First settings in which the assumptions hold, then
settings in which one of them does not. With 500 runs the Monte Carlo error of 95 % is 1.0 %.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from oust.hidden import Estimate
from oust.unseen.table import answer, bound

Seen = NDArray[np.bool_]  # assets x methods
Draw = Callable[[np.random.Generator], Seen]


class Setting(NamedTuple):
    name: str
    holds: bool  # whether the assumptions do
    truth: int
    draw: Draw
    part: float = 1.0  # of the runs asked for: larger tables take longer


def alike(size: int, *rates: float) -> Draw:
    """Every asset alike, methods independent."""
    return lambda draw: draw.random((size, len(rates))) < np.array(rates)


def follows(size: int, share: float, *rates: float) -> Draw:
    """Of `share` of the assets the second method sees what the first saw: positive dependence."""

    def made(draw: np.random.Generator) -> Seen:
        seen = draw.random((size, len(rates))) < np.array(rates)
        copied = draw.random(size) < share
        seen[copied, 1] = seen[copied, 0]
        return seen

    return made


def avoids(size: int, share: float, *rates: float) -> Draw:
    """Of `share` of the assets the second method sees none that the first saw."""

    def made(draw: np.random.Generator) -> Seen:
        seen = draw.random((size, len(rates))) < np.array(rates)
        seen[(draw.random(size) < share) & seen[:, 0], 1] = False
        return seen

    return made


def unequal(size: int, spread: float, *rates: float) -> Draw:
    """Assets differ in how easily every method sees them: log odds with this deviation."""

    def made(draw: np.random.Generator) -> Seen:
        odds = np.log(np.array(rates) / (1 - np.array(rates)))
        chance = 1 / (1 + np.exp(-(odds + spread * draw.standard_normal((size, 1)))))
        return np.asarray(draw.random((size, len(rates))) < chance)

    return made


def opened(size: int, gone: float, *rates: float) -> Draw:
    """`size` assets at any one time: each method looks later, and `gone` were replaced since."""

    def made(draw: np.random.Generator) -> Seen:
        new = round(size * gone)
        seen = np.zeros((size + new * (len(rates) - 1), len(rates)), dtype=bool)
        for k, rate in enumerate(rates):
            seen[k * new : k * new + size, k] = draw.random(size) < rate
        return seen

    return made


def partly(size: int, share: float, *rates: float) -> Draw:
    """The last method looked at `share` of the assets only, and those easier to see otherwise."""

    def made(draw: np.random.Generator) -> Seen:
        hard = np.arange(size) >= size * share
        chance = np.tile(np.array(rates), (size, 1))
        chance[hard] /= 2
        chance[hard, -1] = 0
        return np.asarray(draw.random((size, len(rates))) < chance)

    return made


def settings() -> Iterator[Setting]:
    for size in (50, 200, 1000, 10000):
        for rates in ((0.5, 0.5), (0.3, 0.6), (0.2, 0.2), (0.8, 0.9)):
            if size * rates[0] * rates[1] >= 8:
                yield Setting(f"N={size} p={rates}", True, size, alike(size, *rates), 2)
    for size, rates in (
        (60, (0.4, 0.5, 0.6)),
        (200, (0.3, 0.4, 0.5)),
        (200, (0.15, 0.2, 0.25)),
        (1000, (0.2, 0.3, 0.4)),
        (10000, (0.1, 0.2, 0.3)),
    ):
        yield Setting(f"N={size} p={rates}", True, size, alike(size, *rates))
    yield Setting("N=1000 p=(.2,.3,.4), one pair dependent", True, 1000,
                  follows(1000, 0.3, 0.2, 0.3, 0.4))  # fmt: skip
    for size, four in ((200, (0.2, 0.3, 0.4, 0.5)), (1000, (0.1, 0.2, 0.3, 0.4))):
        yield Setting(f"N={size} p={four}", True, size, alike(size, *four))
    yield Setting("N=500 p=(.1,.2,.3,.4,.5)", True, 500, alike(500, 0.1, 0.2, 0.3, 0.4, 0.5), 0.4)
    two, three = (0.4, 0.5), (0.3, 0.4, 0.5)
    for share in (0.1, 0.3):
        yield Setting(f"positive dependence, 2 methods, {share:.0%}", False, 500,
                      follows(500, share, *two), 2)  # fmt: skip
    yield Setting("positive dependence of all pairs, 3 methods", False, 500,
                  unequal(500, 1.0, *three))  # fmt: skip
    yield Setting("negative dependence, 2 methods, 30%", False, 500, avoids(500, 0.3, *two), 2)
    yield Setting("negative dependence, 3 methods, 30%", False, 500, avoids(500, 0.3, *three))
    for spread in (0.5, 1.0, 2.0):
        yield Setting(f"unequal catchability, 2 methods, sd {spread}", False, 500,
                      unequal(500, spread, *two), 2)  # fmt: skip
    for spread in (0.5, 2.0):
        yield Setting(f"unequal catchability, 3 methods, sd {spread}", False, 500,
                      unequal(500, spread, *three))  # fmt: skip
    for gone in (0.1, 0.3):
        yield Setting(f"open population, {gone:.0%} replaced, 2 methods", False, 500,
                      opened(500, gone, *two), 2)  # fmt: skip
    yield Setting("open population, 10% replaced, 3 methods", False, 500,
                  opened(500, 0.1, *three))  # fmt: skip
    for share in (0.8, 0.5):
        yield Setting(f"{share:.0%} looked at by one method, ignored, 2 methods", False, 500,
                      partly(500, share, *two), 2)  # fmt: skip
    yield Setting("50% looked at by one method, ignored, 3 methods", False, 500,
                  partly(500, 0.5, *three))  # fmt: skip


def run(one: Setting, runs: int, seed: int) -> str:
    draw = np.random.default_rng(seed)
    found: list[tuple[float, float, float, float]] = []
    for _ in range(runs):
        seen = one.draw(draw)
        methods = seen.shape[1]
        histories = seen @ (1 << np.arange(methods))
        counts = np.bincount(histories, minlength=2**methods).tolist()
        told = answer(counts, [f"m{k}" for k in range(methods)])
        if isinstance(told, Estimate):
            lowest = bound(counts, methods)
            found.append((told.total, told.low, told.high, lowest.total if lowest else math.nan))
    if not found:
        return f"{one.name:<52} {0:>8.1%}"
    total, low, high, chao = np.array(found).T / one.truth
    covered = np.mean((low <= 1) & (high >= 1))
    return (
        f"{one.name:<52} {len(found) / runs:>8.1%} {covered:>8.1%} {np.mean(high < 1):>8.1%} "
        f"{np.mean(low > 1):>8.1%} {np.median(total):>8.2f} {np.median(high - low):>8.2f} "
        + (f"{np.median(chao):>8.2f}" if not np.isnan(chao).all() else f"{'-':>8}")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    print(f"{'setting':<52} {'answered':>8} {'covered':>8} {'below':>8} {'above':>8} {'median':>8} "
          f"{'width':>8} {'bound':>8}")  # fmt: skip
    began, said = time.perf_counter(), False
    for one in settings():
        if not one.holds and not said:
            print("-- assumptions violated")
            said = True
        if asked.only in one.name:
            print(run(one, round(asked.runs * one.part), asked.seed), flush=True)
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
