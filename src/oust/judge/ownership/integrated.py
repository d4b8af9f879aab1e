"""Integrated ownership: the share an owner has directly and along all chains, as an interval.

Brioschi, Buzzacchi and Colombo, "Risk capital financing and the separation of ownership and
control in business groups", Journal of Banking & Finance 13 (1989), sum all chains by a linear
system. Its plain form counts chains that come back to the owner again and again; following
Baldone, Brioschi and Paleari, "Ownership measures among firms connected by cross-shareholdings and
a further analogy with input-output theory" (1998), and Vitali, Glattfelder and Battiston, "The
network of global corporate control", PLoS ONE 6(10) (2011), chains end at the owner, so that no
share exceeds 1. What companies hold in themselves or in each other in a circle belongs in the end
to the other holders, in proportion.

Shares known as intervals make this a Markov decision process: each company "chooses" the shares
that make the owner's part least or greatest. The least has every holding at its low and the rest
in unknown hands. The greatest fills the room left by the lows from the holder of most value down,
and is found by policy iteration (Howard 1960; Puterman, *Markov Decision Processes*, 1994, ch. 7).

A stated indirect share (`claims`) may repeat chains that are known, so it is never added to them
for the least share: the greater counts. For the greatest, the owner's own statement is its whole
indirect share, an alternative to the known chains; another holder's may come on top.
"""

from __future__ import annotations

import numpy as np

from oust.judge.ownership.pairs import Pairs, sums
from oust.judge.ownership.solve import solve
from oust.judge.ownership.table import Bools, Floats, Ints

STEP = 1e-12
MOST = 1_000
"""Policy iteration ends after a handful of rounds; this many mean that rounding goes in circles."""


class System:
    """The companies that an owner may have a share in, and the edges between them.

    `nodes` are the parties; company numbers inside are positions in it. `room` is what the lows of
    all holders, also those outside, leave of each company.
    """

    def __init__(self, nodes: Ints, seed: int, direct: Pairs, claims: Pairs, room: Floats) -> None:
        self.nodes, self.seed, self.direct, self.claims = nodes, seed, direct, claims
        self.room = room
        self.size = nodes.size

    @classmethod
    def of(cls, shares: Pairs, claims: Pairs, seed: int, near: Bools) -> System:
        """The system of the parties `near` the party `seed`."""
        nodes = np.flatnonzero(near)
        place = np.zeros(shares.count, np.int32)
        place[nodes] = np.arange(nodes.size, dtype=np.int32)
        below = nodes[nodes != seed]
        at = shares.entering(below)
        used = sums(place[shares.owned[at]], shares.low[at], nodes.size)
        room = np.maximum(1.0 - used, 0.0)
        inside = _inside(shares, at, near, place, nodes.size)
        claimed = _inside(claims, claims.entering(below), near, place, nodes.size)
        return cls(nodes, int(place[seed]), inside, claimed, room)

    def bounds(self) -> tuple[Floats, Floats]:
        """Least and greatest share of the owner in each of `nodes`."""
        low = self._least()
        if not len(self.claims) and np.array_equal(self.direct.low, self.direct.high):
            return low, low
        return low, np.maximum(self._greatest(low), low)

    def _solve(self, direct: Floats, claimed: Floats) -> Floats:
        edges = self.direct
        if not len(self.claims):
            return solve(self.size, self.seed, edges.owner, edges.owned, direct)
        owned = np.concatenate((edges.owned, self.claims.owned))
        order = np.argsort(owned, kind="stable")
        owner = np.concatenate((edges.owner, self.claims.owner))[order]
        share = np.concatenate((direct, claimed))[order]
        return solve(self.size, self.seed, owner, owned[order], share)

    def _least(self) -> Floats:
        edges, claims = self.direct, self.claims
        chosen = np.zeros(len(claims), np.bool_)
        for _ in range(MOST):
            replaced = np.zeros(self.size, np.bool_)
            replaced[claims.owned[chosen]] = True
            value = self._solve(edges.low * ~replaced[edges.owned], claims.low * chosen)
            summed = self._worth(edges, edges.low, value)
            stated = claims.low * value[claims.owner]
            best = np.zeros(self.size)
            np.maximum.at(best, claims.owned, stated)
            better = np.maximum(summed, best) > value + STEP
            better[self.seed] = False
            if not better.any():
                return value
            chosen[better[claims.owned]] = False
            first = (stated == best[claims.owned]) & (best > summed)[claims.owned]
            chosen |= first & better[claims.owned] & _first(claims.owned, first)
        return value

    def _greatest(self, value: Floats) -> Floats:
        """Policy iteration from the least shares upwards."""
        direct, claimed, _ = self._fill(value)
        for _ in range(MOST):
            value = self._solve(direct, claimed)
            best_direct, best_claimed, best = self._fill(value)
            better = best > value + STEP
            better[self.seed] = False
            if not better.any():
                return value
            direct = np.where(better[self.direct.owned], best_direct, direct)
            claimed = np.where(better[self.claims.owned], best_claimed, claimed)
        return value

    def _fill(self, value: Floats) -> tuple[Floats, Floats, Floats]:
        """Shares that make each company's part greatest, its holders being worth `value`."""
        edges, claims = self.direct, self.claims
        if not len(claims):
            direct = fill(edges, edges.low, edges.high, self.room, value)
            return direct, claims.high, self._worth(edges, direct, value)
        own = claims.owner == self.seed
        loose = np.zeros(self.size, np.bool_)  # others' chains may run through known holders
        loose[claims.owned[~own]] = True
        both, order = _together(edges, claims)
        low = np.concatenate((np.where(loose[edges.owned], 0.0, edges.low), np.zeros(len(claims))))
        high = np.concatenate((edges.high, np.where(own, 0.0, claims.high)))
        room = np.where(loose, 1.0, self.room)
        share = fill(both, low[order], high[order], room, value)
        worth = self._worth(both, share, value)
        whole = self._own_statement(own)
        stated = np.concatenate((np.zeros(len(edges)), np.where(own, whole[claims.owned], 0.0)))
        high = np.concatenate(
            (np.zeros(len(edges)), np.where(own, stated[len(edges) :], claims.high))
        )
        other = fill(both, stated[order], high[order], 1.0 - whole, value)
        other_worth = self._worth(both, other, value)
        share = np.where((other_worth > worth)[both.owned], other, share)
        back = np.empty(len(both))
        back[order] = share
        return back[: len(edges)], back[len(edges) :], np.maximum(worth, other_worth)

    def _own_statement(self, own: Bools) -> Floats:
        """What the owner states to hold of each company, directly and indirectly together."""
        edges, claims = self.direct, self.claims
        whole = np.zeros(self.size)
        whole[claims.owned[own]] = claims.high[own]
        mine = (edges.owner == self.seed) & (whole[edges.owned] > 0)
        whole[edges.owned[mine]] += edges.high[mine]
        return np.minimum(whole, 1.0)

    def _worth(self, edges: Pairs, share: Floats, value: Floats) -> Floats:
        return sums(edges.owned, share * value[edges.owner], self.size)


def _inside(pairs: Pairs, at: Ints, near: Bools, place: Ints, size: int) -> Pairs:
    at = at[near[pairs.owner[at]]]
    return Pairs(
        size, place[pairs.owner[at]], place[pairs.owned[at]], pairs.low[at], pairs.high[at]
    )


def _together(edges: Pairs, claims: Pairs) -> tuple[Pairs, Ints]:
    owned = np.concatenate((edges.owned, claims.owned))
    order = np.argsort(owned, kind="stable")
    owner = np.concatenate((edges.owner, claims.owner))[order]
    blank = np.zeros(order.size)
    return Pairs(edges.count, owner, owned[order], blank, blank), order


def _first(keys: Ints, marked: Bools) -> Bools:
    """Of the marked positions, the first of each key."""
    at = np.flatnonzero(marked)
    found = np.zeros(keys.size, np.bool_)
    found[at[np.unique(keys[at], return_index=True)[1]]] = True
    return found


def fill(edges: Pairs, low: Floats, high: Floats, room: Floats, value: Floats) -> Floats:
    """Every edge at its low, and what `room` each company has given to its most valued holders."""
    slack = high - low
    tight = sums(edges.owned, slack, room.size) > room
    if not tight.any():
        return high
    share = high.copy()
    at = np.flatnonzero(tight[edges.owned])
    at = at[np.lexsort((-value[edges.owner[at]], edges.owned[at]))]
    before = np.cumsum(slack[at]) - slack[at]
    first = np.flatnonzero(np.diff(edges.owned[at], prepend=-1))
    sizes = np.diff(first, append=at.size)
    before -= np.repeat(before[first], sizes)
    share[at] = low[at] + np.clip(room[edges.owned[at]] - before, 0.0, slack[at])
    return share
