"""Holdings of one day as a graph: at most one share between an owner and what it owns."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from oust.judge.ownership.table import Bools, Floats, Ints


def ranges(start: Ints, stop: Ints) -> Ints:
    """All numbers of `start[i]:stop[i]`, one range after the other."""
    size = stop - start
    total = int(size.sum())
    if total == 0:
        return np.empty(0, np.int64)
    ends = np.cumsum(size)
    found: Ints = np.arange(total) + np.repeat(start - (ends - size), size)
    return found


def starts(sorted_keys: Ints, count: int) -> Ints:
    """Where each of `count` keys begins in `sorted_keys`; `count + 1` positions."""
    found = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(sorted_keys, minlength=count), out=found[1:])
    return found


def sums(keys: Ints, values: Floats, count: int) -> Floats:
    """Sum of the values of each of `count` keys."""
    return np.bincount(keys, values, count).astype(np.float64, copy=False)


def ordered(keys: Ints, top: int) -> Ints:
    """Stable order of `keys`, all from 0 to below `top`."""
    size = max(keys.size, 1)
    if top * size >= 2**62:
        return np.argsort(keys, kind="stable")
    # numbers are sorted several times faster than positions, so the position rides along
    packed = keys.astype(np.int64) * size + np.arange(keys.size)
    packed.sort()
    return packed % size


class Pairs:
    """Edges `owner -> owned` with a share from `low` to `high`, sorted by owned, then owner."""

    def __init__(self, count: int, owner: Ints, owned: Ints, low: Floats, high: Floats) -> None:
        self.count = count  # of parties
        self.owner, self.owned, self.low, self.high = owner, owned, low, high

    def __len__(self) -> int:
        return len(self.owner)

    @cached_property
    def ins(self) -> Ints:
        """Edges into party i are `ins[i]:ins[i + 1]`."""
        return starts(self.owned, self.count)

    @cached_property
    def _outs(self) -> tuple[Ints, Ints]:
        order = ordered(self.owner, self.count)
        return order, starts(self.owner, self.count)

    def leaving(self, parties: Ints) -> Ints:
        """Positions of the edges whose owner is among `parties`."""
        if not len(self):
            return np.empty(0, np.int64)
        order, start = self._outs
        found: Ints = order[ranges(start[parties], start[parties + 1])]
        return found

    def entering(self, parties: Ints) -> Ints:
        """Positions of the edges into `parties`."""
        if not len(self):
            return np.empty(0, np.int64)
        return ranges(self.ins[parties], self.ins[parties + 1])

    def into(self, party: int) -> slice:
        """The edges into one party."""
        return slice(int(self.ins[party]), int(self.ins[party + 1]))

    def only(self, keep: Bools) -> Pairs:
        """The edges kept; self if all are."""
        if keep.all():
            return self
        return Pairs(
            self.count, self.owner[keep], self.owned[keep], self.low[keep], self.high[keep]
        )


def reach(count: int, seeds: Ints, graphs: tuple[Pairs, ...], *, back: bool = False) -> Bools:
    """Which parties are `seeds` or reached from them along edges (against them with `back`)."""
    seen: Bools = np.zeros(count, np.bool_)
    seen[seeds] = True
    frontier = seeds
    while frontier.size:
        found = [
            (g.owner[g.entering(frontier)] if back else g.owned[g.leaving(frontier)])
            for g in graphs
        ]
        frontier = fresh(np.concatenate(found), seen)
        seen[frontier] = True
    return seen


def fresh(parties: Ints, seen: Bools) -> Ints:
    """Those of `parties` not yet seen, each once."""
    new = parties[~seen[parties]]
    if new.size < 4096:
        return np.unique(new)
    mark = np.zeros(seen.size, np.bool_)  # cheaper than sorting a large frontier
    mark[new] = True
    return np.flatnonzero(mark)


class _Groups:
    """Rows ordered so that those of one pair stand together."""

    def __init__(self, count: int, owner: Ints, owned: Ints) -> None:
        key = owned.astype(np.int64) * count + owner
        self.order = ordered(key, count * count)
        key = key[self.order]
        first = np.ones(key.size, np.bool_)
        np.not_equal(key[1:], key[:-1], out=first[1:])
        self.first = np.flatnonzero(first)
        self.single = self.first.size == key.size
        rows = self.order[self.first]
        self.owner, self.owned = owner[rows], owned[rows]

    def most(self, values: Floats) -> Floats:
        """Greatest value of each pair."""
        found: Floats = values[self.order]
        return found if self.single else np.maximum.reduceat(found, self.first)

    def least(self, values: Floats) -> Floats:
        """Smallest value of each pair."""
        found: Floats = values[self.order]
        return found if self.single else np.minimum.reduceat(found, self.first)


def loosest(count: int, owner: Ints, owned: Ints, low: Floats, high: Floats, sure: Bools) -> Pairs:
    """Statements as they are: greatest sure low, greatest high."""
    if not owner.size:
        return Pairs(count, owner, owned, low, high)
    groups = _Groups(count, owner, owned)
    floor = groups.most(np.where(sure, low, 0.0))
    return Pairs(count, groups.owner, groups.owned, floor, groups.most(high))


def merged(
    count: int, owner: Ints, owned: Ints, low: Floats, high: Floats, sure: Bools
) -> tuple[Pairs, Bools, Floats]:
    """One share for each pair out of several statements about the same stake.

    Statements that can all be true are narrowed to what they have in common; where they exclude
    each other, any may be right. One that only possibly holds on the day makes the least share 0
    if no other surely holds. Returns the pairs, which of them surely hold, and for each the least
    share if it holds at all.
    """
    if not owner.size:
        return Pairs(count, owner, owned, low, high), sure, low
    groups = _Groups(count, owner, owned)
    if groups.single:
        sure, low, high = sure[groups.order], low[groups.order], high[groups.order]
        return Pairs(count, groups.owner, groups.owned, low * sure, high), sure, low
    bottom, top = groups.least(low), groups.most(high)
    clash = groups.most(low) > groups.least(high)
    surely = groups.most(sure.astype(np.float64)) > 0
    floor = np.where(clash, bottom, groups.most(np.where(sure, low, 0.0)))
    roof = np.where(clash | ~surely, top, groups.least(np.where(sure, high, 1.0)))
    floor = np.where(surely, floor, 0.0)
    return Pairs(count, groups.owner, groups.owned, floor, roof), surely, bottom


def possible(pairs: Pairs) -> Pairs:
    """Pairs whose lows can all be true at once, without those that hold nothing.

    Where the least shares of one company exceed the whole, any one statement may carry the whole
    of the error, so each is lowered by the excess.
    """
    total = sums(pairs.owned, pairs.low, pairs.count)
    over = np.maximum(total - 1.0, 0.0)
    low = pairs.low
    if over.any():
        low = np.maximum(low - over[pairs.owned], 0.0)
    return Pairs(pairs.count, pairs.owner, pairs.owned, low, pairs.high).only(pairs.high > 0)
