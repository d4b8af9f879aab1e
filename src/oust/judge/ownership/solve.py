"""The linear system of integrated ownership: y = y A, with y = 1 at the owner.

y of a company is the share that comes to the owner when every holder's share is traced upwards:
the chance that a walk from the company to its holders, each taken with its share, ever meets the
owner. What is not held by the owner's reach leaves the walk. The least solution is the right one:
companies that only hold each other belong to nobody.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oust.judge.ownership.pairs import Pairs, reach, sums
from oust.judge.ownership.table import Bools, Floats, Ints

DENSE = 300
"""Up to so many companies on cycles, the system is solved by elimination."""
EXACT = 1e-14
LEAST = 1e-300


def solve(count: int, seed: int, owner: Ints, owned: Ints, share: Floats) -> Floats:
    """y for `count` companies. Edges sorted by owned; shares in one company at most 1 in all."""
    keep = (share > 0) & (owned != seed)
    edges = Pairs(count, owner[keep], owned[keep], share[keep], share[keep])
    near = reach(count, np.array([seed]), (edges,))
    edges = edges.only(near[edges.owner])
    value = np.zeros(count)
    value[seed] = 1.0
    left = np.bincount(edges.owned, minlength=count)
    given = np.zeros(count)
    frontier = np.array([seed])
    solved: Bools = np.zeros(count, np.bool_)
    while frontier.size:  # from the owner down, as far as no cycle is met
        solved[frontier] = True
        at = edges.leaving(frontier)
        below = edges.owned[at]
        np.add.at(given, below, edges.low[at] * value[edges.owner[at]])
        np.subtract.at(left, below, 1)
        frontier = np.unique(below[left[below] == 0])
        value[frontier] = given[frontier]
    rest = near & ~solved
    if rest.any():
        _cyclic(edges.only(rest[edges.owner]), rest, given, value)
    value[near] = np.maximum(value[near], LEAST)  # what is reached is above 0 before rounding
    return value


def _cyclic(edges: Pairs, rest: Bools, given: Floats, value: Floats) -> None:
    """Fill in `value` for `rest`: what lies on cycles or between them, then what lies below."""
    left = np.bincount(edges.owner, minlength=edges.count)
    core = rest.copy()
    layers: list[Ints] = []
    layer = np.flatnonzero(rest & (left == 0))
    while layer.size:
        layers.append(layer)
        core[layer] = False
        above = edges.owner[edges.entering(layer)]
        np.subtract.at(left, above, 1)
        layer = np.unique(above[left[above] == 0])
    if core.any():
        _core(edges.only(core[edges.owned]), np.flatnonzero(core), given, value)
    for layer in reversed(layers):
        at = edges.entering(layer)
        flow = edges.low[at] * value[edges.owner[at]]
        sizes = edges.ins[layer + 1] - edges.ins[layer]
        row = np.repeat(np.arange(layer.size), sizes)
        value[layer] = given[layer] + np.bincount(row, flow, layer.size)


def _core(edges: Pairs, core: Ints, given: Floats, value: Floats) -> None:
    place = np.empty(edges.count, np.int64)
    place[core] = np.arange(core.size)
    source, target, share = place[edges.owner], place[edges.owned], edges.low
    size = core.size
    if size <= DENSE:
        matrix = np.eye(size)
        np.subtract.at(matrix, (target, source), share)
        value[core] = np.linalg.solve(matrix, given[core])
    else:
        value[core] = _iterate(source, target, share, given[core])
    np.clip(value, 0.0, 1.0, out=value)


def _iterate(source: Ints, target: Ints, share: Floats, given: Floats) -> Floats:
    """Solve x = given + A x by BiCGSTAB (van der Vorst 1992), finished by plain sweeps.

    Sweeps alone always converge, since every company leads up to the owner, but slowly where
    little leaves a cycle.
    """
    size = given.size

    def flow(x: Floats) -> Floats:
        return sums(target, share * x[source], size)

    x = _bicgstab(flow, given)
    for _ in range(100_000):
        new = given + flow(x)
        change = float(np.abs(new - x).max())
        x = new
        if change <= EXACT:
            break
    return x


def _bicgstab(flow: Callable[[Floats], Floats], given: Floats) -> Floats:
    """An approximate x; where the method breaks down, the best so far."""
    x = given.copy()
    residual = flow(x)
    best, least = x, float(np.abs(residual).max())
    shadow, direction = residual, residual
    rho = float(shadow @ residual)
    for _ in range(500):
        if least <= EXACT or rho == 0.0:
            break
        moved = direction - flow(direction)
        scale = float(shadow @ moved)
        if scale == 0.0:
            break
        alpha = rho / scale
        half = residual - alpha * moved
        turned = half - flow(half)
        square = float(turned @ turned)
        omega = float(turned @ half) / square if square else 0.0
        x = x + alpha * direction + omega * half
        residual = half - omega * turned
        size = float(np.abs(residual).max())
        if not np.isfinite(size):
            break
        if size < least:
            best, least = x, size
        before, rho = rho, float(shadow @ residual)
        if omega == 0.0:
            break
        direction = residual + (rho / before) * (alpha / omega) * (direction - omega * moved)
    return best
