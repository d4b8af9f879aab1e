"""Control through chains of majorities.

A party controls a company if it and the companies that it controls together hold more than half of
the votes, or if it or one of them is stated to control it. This is the least set closed under that
rule: the company control problem of Ceri, Gottlob and Tanca, *Logic Programming and Databases*
(Springer 1990). The 50 percent rule of OFAC (FAQ 401) is the same set over shares, with half
sufficing and several holders to begin with. Shares that a company holds in itself carry no votes
(Directive (EU) 2017/1132 art. 63(1)(a)), so they are left out of the whole.

Least votes: every holding at its low. Most votes: those held inside the set at their high, as far
as the lows of the others leave room. Both are reached in one possible world, so the bounds are
exact.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct

from oust.judge.ownership.pairs import Pairs, fresh, sums
from oust.judge.ownership.table import Bools, Floats, Ints

NEAR = 1e-9
"""Numbers closer than this are equal: sums of decimal fractions are not exact."""


class Bar(Struct, frozen=True):
    """What is asked: at least `threshold`, or more than it if `strict`. A fraction of 1."""

    threshold: float = 0.5
    strict: bool = True

    def met(self, share: Floats) -> Bools:
        """Which shares fulfil it. A share of any size at all is above 0."""
        found: Bools
        if self.strict:
            found = share > self.threshold + (NEAR if self.threshold else 0.0)
        else:
            found = share >= self.threshold - NEAR
        return found


class Blocks:
    """Who holds which part of each company, without what companies hold in themselves."""

    def __init__(self, pairs: Pairs) -> None:
        itself = pairs.owner == pairs.owned
        self.pairs = pairs.only(~itself)
        self.count = pairs.count
        self._own = {
            int(pairs.owned[n]): (float(pairs.low[n]), float(pairs.high[n]))
            for n in np.flatnonzero(itself)
        }

    @cached_property
    def _lows(self) -> Floats:
        """Least share held by all holders of each company together."""
        return sums(self.pairs.owned, self.pairs.low, self.count)

    @cached_property
    def _own_bounds(self) -> tuple[Floats, Floats]:
        low, high = np.zeros(self.count), np.zeros(self.count)
        for company, (least, most) in self._own.items():
            low[company], high[company] = least, most
        return low, high

    def least(self, companies: Ints, low: Floats) -> Floats:
        """Part of the whole, own shares apart, of holders with `low` in each of `companies`."""
        if not self._own:
            return low
        whole = 1.0 - self._own_bounds[0][companies]
        return np.divide(low, whole, out=np.zeros_like(low), where=whole > 0)

    def most(self, companies: Ints, low: Floats, high: Floats) -> Floats:
        """The same for holders with at most `high`, of which `low` is among the known lows."""
        others = np.maximum(self._lows[companies] - low, 0.0)
        if not self._own:
            return np.minimum(high, 1.0 - others)
        own_low, own_high = (bound[companies] for bound in self._own_bounds)
        # own shares that make the part greatest: as many as leave room for all of `high`
        own = np.clip(1.0 - others - high, own_low, own_high)
        part = np.minimum(high, np.maximum(1.0 - own - others, 0.0))
        whole = 1.0 - own
        return np.minimum(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0), 1.0)


class Held(Struct, frozen=True):
    """A set grown from seeds: `members` in the order they joined, `round` by party (-1 outside)."""

    members: Ints
    round: Ints

    def __contains__(self, party: int) -> bool:
        return bool(self.round[party] >= 0)


def part(
    blocks: Blocks, claims: Pairs, held: Held, seeds: Ints, company: int, upper: bool
) -> float:
    """The part of `company` that the members hold together, at least or (`upper`) at most."""
    grower = _Grower(blocks, claims, seeds, Bar(), upper)
    inside = held.round >= 0
    for edges, take in ((blocks.pairs, grower.hold), (claims, grower.claim)):
        if len(edges):
            at = np.arange(edges.into(company).start, edges.into(company).stop)
            take(at[inside[edges.owner[at]]])
    return float(grower.part(np.array([company]))[0])


def grow(
    blocks: Blocks, links: Pairs, claims: Pairs, seeds: Ints, bar: Bar, *, upper: bool
) -> Held:
    """The least set with `seeds` that holds whatever its members hold up to `bar`.

    `links` state control outright, surely where their low is 1. `claims` are stated shares along
    chains not known. With `upper`, whatever may be so.
    """
    grower = _Grower(blocks, claims, seeds, bar, upper)
    turn = np.full(blocks.count, -1, np.int32)
    turn[seeds] = 0
    frontier, joined = np.unique(seeds), [np.unique(seeds)]
    while frontier.size:
        touched = grower.take(frontier)
        stated = links.leaving(frontier)
        if not upper:
            stated = stated[links.low[stated] > 0]
        if touched.size:
            touched = fresh(touched, turn >= 0) if touched.size > 64 else touched
            touched = touched[bar.met(grower.part(touched))]
        found = np.concatenate((touched, links.owned[stated]))
        frontier = np.unique(found[turn[found] < 0])
        turn[frontier] = len(joined)
        joined.append(frontier)
    return Held(np.concatenate(joined), turn)


class _Grower:
    """Sums of what the members so far hold in each company."""

    def __init__(self, blocks: Blocks, claims: Pairs, seeds: Ints, bar: Bar, upper: bool) -> None:
        self.blocks, self.claims, self.bar, self.upper = blocks, claims, bar, upper
        self.seed = int(seeds[0]) if seeds.size == 1 else -1
        self.low = np.zeros(blocks.count)
        self.high = np.zeros(blocks.count)
        self.claimed = np.zeros(blocks.count) if len(claims) else None
        self.alone = np.zeros(blocks.count) if len(claims) else None

    def take(self, members: Ints) -> Ints:
        """Add what new members hold; the companies touched."""
        held = self.blocks.pairs.leaving(members)
        self.hold(held)
        touched: Ints = self.blocks.pairs.owned[held]
        if self.claimed is None:
            return touched
        stated = self.claims.leaving(members)
        self.claim(stated)
        return np.concatenate((touched, self.claims.owned[stated]))

    def hold(self, at: Ints) -> None:
        """Add edges of the blocks."""
        pairs = self.blocks.pairs
        np.add.at(self.low, pairs.owned[at], pairs.low[at])
        if not self.upper:
            return
        np.add.at(self.high, pairs.owned[at], pairs.high[at])
        if self.alone is not None:
            mine = at[pairs.owner[at] == self.seed]
            self.alone[pairs.owned[mine]] += pairs.high[mine]

    def claim(self, at: Ints) -> None:
        """Add stated indirect shares. They may repeat chains that are known.

        So at least the greatest of them and of what the chains give. At most: what a single seed
        states is its whole indirect share and replaces the chains; other members' come on top.
        """
        if self.claimed is None or self.alone is None:
            return
        claims = self.claims
        if not self.upper:
            np.maximum.at(self.claimed, claims.owned[at], claims.low[at])
            return
        seeded = claims.owner[at] == self.seed
        other, mine = at[~seeded], at[seeded]
        np.add.at(self.claimed, claims.owned[other], claims.high[other])
        self.alone[claims.owned[mine]] += claims.high[mine]

    def part(self, companies: Ints) -> Floats:
        """The part of each company held so far."""
        low = self.low[companies]
        if not self.upper:
            found = self.blocks.least(companies, low)
            return found if self.claimed is None else np.maximum(found, self.claimed[companies])
        found = self.blocks.most(companies, low, self.high[companies])
        if self.claimed is None or self.alone is None:
            return found
        found = np.maximum(found, self.alone[companies]) + self.claimed[companies]
        return np.minimum(found, 1.0)


def candidates(blocks: Blocks, links: Pairs, company: int, *, upper: bool) -> list[int]:
    """Every party that may control `company`, nearest first; a few more than do.

    Whoever controls it is one of its holders or controls one. If no majority can be had without
    a certain holder, that holder is the only one that need be asked.
    """
    seen, queue = {company}, [company]
    for party in queue:
        above = _above(blocks, links, party, upper)
        new = [one for one in above if one not in seen]
        seen.update(new)
        queue.extend(new)
    return queue[1:]


def _above(blocks: Blocks, links: Pairs, party: int, upper: bool) -> list[int]:
    found: list[int] = []
    if len(links):
        at = links.into(party)
        found = [int(n) for n in links.owner[at][(links.low[at] > 0) | upper]]
    if not len(blocks.pairs):
        return found
    at = blocks.pairs.into(party)
    owner, low, high = (c[at] for c in (blocks.pairs.owner, blocks.pairs.low, blocks.pairs.high))
    if not owner.size:
        return found
    where = np.full(owner.size + 1, party)
    lows = low.sum() - np.append(low, 0.0)  # without each holder in turn; with all
    if upper:
        shares = blocks.most(where, lows, high.sum() - np.append(high, 0.0))
    else:
        shares = blocks.least(where, lows)
    enough = Bar().met(shares)
    if not enough[-1]:
        return found
    needed = np.flatnonzero(~enough[:-1])
    if not needed.size:
        return found + [int(n) for n in owner]
    entering = blocks.pairs.ins
    above = entering[owner[needed] + 1] - entering[owner[needed]]
    return [*found, int(owner[needed[np.argmin(above)]])]
