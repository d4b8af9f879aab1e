"""Which companies an owner has the majority of, among very many, without solving for all.

Any vectors below and above the true shares stay so when the equations are applied to them
(interval iteration, Haddad and Monmege, "Interval iteration algorithm for MDPs and IMDPs", 2018).
A few rounds over everything settle nearly all companies: the owner's share in them is far from the
threshold. Around the others the system is solved exactly, with what lies further away between its
bounds, in growing circles until they are settled too; at worst the circle is everything.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oust.judge.ownership.control import Bar
from oust.judge.ownership.integrated import System
from oust.judge.ownership.pairs import Pairs, sums
from oust.judge.ownership.table import Bools, Floats, Ints

SMALL = 5_000
ROUNDS = 20
CLOSE = 1e-7
FEW = 0.004
"""The rounds over everything end when no more than this part of the companies is open."""
LARGEST = 0.25
"""A circle of more than this part of the companies is not worth setting apart."""
FINENESS = (1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)


class Ends:
    """Below and above the least share of each company, below and above the greatest."""

    def __init__(self, size: int, seed: int) -> None:
        self.low, self.low_most = np.zeros(size), np.ones(size)
        self.high_least, self.high = np.zeros(size), np.ones(size)
        self.low[seed] = self.high_least[seed] = 1.0

    def unsettled(self, bar: Bar) -> Bools:
        """Where it is open whether the least, or the greatest, fulfils `bar`."""
        between = bar.met(self.high_least) & ~bar.met(self.low_most)
        return ~(bar.met(self.low) | between) & bar.met(self.high)

    def gap(self) -> Floats:
        """How far apart the ends of each company still are."""
        return np.maximum(self.low_most - self.low, self.high - self.high_least)

    def narrow(self, at: Ints, below: tuple[Floats, Floats], above: tuple[Floats, Floats]) -> None:
        """Take over tighter ends for the companies `at`."""
        self.low[at] = np.maximum(self.low[at], below[0])
        self.high_least[at] = np.maximum(self.high_least[at], below[1])
        self.low_most[at] = np.minimum(self.low_most[at], above[0])
        self.high[at] = np.minimum(self.high[at], above[1])


def decide(system: System, bar: Bar) -> tuple[Floats, Floats]:
    """Bounds of the owner's shares, as tight as it takes to compare each with `bar`."""
    if system.size <= SMALL:
        return system.bounds()
    ends = _everywhere(system, bar)
    if not _in_circles(system, ends, lambda: ends.unsettled(bar)):
        return system.bounds()
    return ends.low, np.where(bar.met(ends.high_least), ends.high_least, ends.high)


def exactly(system: System, company: int, bar: Bar) -> tuple[float, float]:
    """Bounds of the owner's share in the company at that position, to CLOSE and as `bar` takes."""
    if system.size > SMALL:
        ends = _everywhere(system, bar)
        at = np.arange(system.size) == company
        if _in_circles(system, ends, lambda: at & ((ends.gap() > CLOSE) | ends.unsettled(bar))):
            return float(ends.low[company]), float(ends.high[company])
    low, high = system.bounds()
    return float(low[company]), float(high[company])


def _in_circles(system: System, ends: Ends, open_: Callable[[], Bools]) -> bool:
    """Settle what is open in growing circles; False if that takes nearly everything."""
    for fineness in FINENESS:
        start = open_()
        if not start.any():
            return True
        circle = _around(system, start, ends.gap(), fineness)
        if int(circle.sum()) > LARGEST * system.size:
            return False
        part = _part(system, circle, ends.low, ends.high_least)
        upper = _part(system, circle, ends.low_most, ends.high)
        ends.narrow(part.nodes, part.bounds(), upper.bounds())
    return not open_().any()


def _everywhere(system: System, bar: Bar) -> Ends:
    """Ends after a few applications of the equations to 0 and to 1."""
    edges, claims, size = system.direct, system.claims, system.size
    ends = Ends(size, system.seed)
    filled = _proportional(system)
    roof = _Roof(system)
    for _ in range(ROUNDS):
        ends.low = sums(edges.owned, edges.low * ends.low[edges.owner], size)
        ends.high_least = sums(edges.owned, filled * ends.high_least[edges.owner], size)
        over = sums(edges.owned, edges.low * ends.low_most[edges.owner], size)
        if len(claims):
            over += sums(claims.owned, claims.low * ends.low_most[claims.owner], size)
        ends.low_most = np.minimum(over, 1.0)
        ends.high = roof(ends.high)
        for vector in (ends.low, ends.low_most, ends.high_least, ends.high):
            vector[system.seed] = 1.0
        if int(ends.unsettled(bar).sum()) <= FEW * size:
            break
    return ends


def _proportional(system: System) -> Floats:
    """Shares that are possible: the room in each company divided among its holders."""
    edges = system.direct
    slack = edges.high - edges.low
    total = sums(edges.owned, slack, system.size)
    part = np.minimum(np.divide(system.room, total, out=np.ones(system.size), where=total > 0), 1.0)
    filled: Floats = edges.low + slack * part[edges.owned]
    return filled


class _Roof:
    """One application of the equations that is never below the greatest shares."""

    def __init__(self, system: System) -> None:
        self.system = system
        edges = system.direct
        self.slack = edges.high > edges.low
        self.loose = np.flatnonzero(self.slack)
        owned = edges.owned[self.loose]
        self.first = np.flatnonzero(np.diff(owned, prepend=-1))
        self.companies = owned[self.first]

    def __call__(self, high: Floats) -> Floats:
        edges, claims, size = self.system.direct, self.system.claims, self.system.size
        worth = high[edges.owner]
        most = sums(edges.owned, edges.high * worth, size)
        if len(claims):  # chains that are not known may run through known holders
            most += sums(claims.owned, claims.high * high[claims.owner], size)
        elif self.loose.size:  # all the room goes to the holder of most value
            top = np.zeros(size)
            top[self.companies] = np.maximum.reduceat(worth[self.loose], self.first)
            least = sums(edges.owned, edges.low * worth, size)
            most = np.minimum(most, least + self.system.room * top)
        return np.minimum(most, 1.0)


def _around(system: System, start: Bools, gap: Floats, least: float) -> Bools:
    """`start` and the companies above it whose open `gap` may matter to it by `least` or more."""
    weight = start.astype(np.float64)
    frontier = np.flatnonzero(start)
    while frontier.size:
        owner, reached = [np.empty(0, np.int64)], [np.empty(0)]
        for graph in (system.direct, system.claims):
            at = graph.entering(frontier)
            worth = graph.high[at] * weight[graph.owned[at]]
            more = (worth > weight[graph.owner[at]]) & (worth * gap[graph.owner[at]] > least)
            owner.append(graph.owner[at[more]])
            reached.append(worth[more])
        above = np.concatenate(owner)
        np.maximum.at(weight, above, np.concatenate(reached))
        frontier = np.unique(above[above != system.seed])
    circle: Bools = weight > 0
    circle[system.seed] = False
    return circle


def _part(system: System, circle: Bools, low: Floats, high: Floats) -> System:
    """The system within `circle`; companies at its fringe are held between their bounds."""
    inner = [g.only(circle[g.owned]) for g in (system.direct, system.claims)]
    owner = np.concatenate([g.owner for g in inner])
    fringe = np.unique(owner[~circle[owner] & (owner != system.seed)])
    nodes = np.sort(np.concatenate((np.flatnonzero(circle), fringe, [system.seed])))
    place = np.zeros(system.size, np.int64)
    place[nodes] = np.arange(nodes.size)
    seed = int(place[system.seed])
    direct, claims = (
        Pairs(nodes.size, place[g.owner], place[g.owned], g.low, g.high) for g in inner
    )
    owned = np.concatenate((direct.owned, place[fringe]))
    order = np.argsort(owned, kind="stable")
    owner = np.concatenate((direct.owner, np.full(fringe.size, seed)))[order]
    least = np.concatenate((direct.low, low[fringe]))[order]
    most = np.concatenate((direct.high, high[fringe]))[order]
    room = system.room[nodes]
    room[place[fringe]] = 1.0 - low[fringe]
    direct = Pairs(nodes.size, owner, owned[order], least, most)
    return System(nodes, seed, direct, claims, room)
