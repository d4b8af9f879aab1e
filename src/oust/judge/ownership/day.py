"""What holds on a day: the graphs of shares, votes and stated links."""

from __future__ import annotations

import numpy as np

from oust.judge.ownership.control import Blocks
from oust.judge.ownership.pairs import Pairs, loosest, merged, possible, sums
from oust.judge.ownership.table import (
    AFFILIATE,
    CONSOLIDATES,
    CONTROLS,
    OWNS,
    SUCCEEDS,
    Bools,
    Floats,
    Ints,
    Table,
)

HALF = 0.5


class Day:
    """The graphs of a day.

    `shares`: stated direct shares. `claims`: stated indirect shares, and links that leave the
    share open. `votes`: voting rights where they are stated, else the shares. `links`: stated
    control. `group`: stated control and accounting consolidation. `heirs`: successor to
    predecessor. `allies`: stated affiliates.
    """

    def __init__(self, table: Table, rows: Ints, sure: Bools) -> None:
        self.table, self.rows = table, rows
        self.count = table.parties.count
        self._sure = sure  # of each of `rows`; the others hold possibly
        self._basis, self._direct = table.basis[rows], table.direct[rows]
        self._plain = table.plain[rows]
        owns = self._basis == OWNS
        shares, _, _ = self._merged(owns & self._direct)
        self.shares = possible(shares)
        self.blocks = Blocks(self.shares)
        self.claims = self._claims(owns)
        self.links, self.group = self._links(owns)
        voting = (self._basis == CONTROLS) & self._direct & ~self._plain
        self.votes = self._votes(shares, voting) if voting.any() else self.blocks
        self.heirs = self._stated(self._basis == SUCCEEDS)
        self.allies = self._stated(self._basis == AFFILIATE)

    def _columns(self, keep: Bools) -> tuple[Ints, Ints, Floats, Floats, Bools]:
        table = self.table
        rows = self.rows if keep.all() else self.rows[keep]
        columns = (table.owner, table.owned, table.low, table.high)
        owner, owned, low, high = (c[rows] for c in columns)
        return owner, owned, low, high, self._sure[keep]

    def _merged(self, keep: Bools) -> tuple[Pairs, Bools, Floats]:
        return merged(self.count, *self._columns(keep))

    def _stated(self, keep: Bools) -> Pairs:
        """Links that surely (low 1) or possibly (low 0) hold."""
        owner, owned, _, _, sure = self._columns(keep)
        whole = np.ones(owner.size)
        return loosest(self.count, owner, owned, whole, whole, sure)

    def _claims(self, owns: Bools) -> Pairs:
        """Shares that direct holdings do not show: indirect ones, and those left open.

        Consolidation and control each leave a share open; control only if no direct share of the
        same owner is stated.
        """
        stated = owns & ~self._direct
        controls = self._basis == CONTROLS
        opened = (self._basis == CONSOLIDATES) | controls
        keep = stated | opened
        if not keep.any():
            return self._stated(keep)
        owner, owned, low, high, sure = self._columns(keep)
        opens = opened[keep]
        key = owned.astype(np.int64) * self.count + owner
        held = self.shares.owned.astype(np.int64) * self.count + self.shares.owner
        known = controls[keep] & np.isin(key, held[self.shares.low > 0])
        low, high = np.where(opens, 0.0, low), np.where(opens, 1.0, high)
        wanted = ~known & (owner != owned) & (high > 0)
        columns = (c[wanted] for c in (owner, owned, low, high, sure))
        return loosest(self.count, *columns)

    def _links(self, owns: Bools) -> tuple[Pairs, Pairs]:
        """Stated control, and stated control or consolidation.

        Indirect voting rights above half are control. An indirect share above half and a
        consolidation may come with control; they do not prove it.
        """
        basis, far = self._basis, ~self._direct
        low, high = self.table.low[self.rows], self.table.high[self.rows]
        controls, consolidates = basis == CONTROLS, basis == CONSOLIDATES
        proof = self._plain | (controls & far & (low > HALF))
        hint = (far & (controls | owns) & (high > HALF)) | consolidates
        keep = proof | hint
        owner, owned, _, _, sure = self._columns(keep)
        whole = np.ones(owner.size)
        links = loosest(self.count, owner, owned, whole, whole, sure & proof[keep])
        grouped = sure & (proof | consolidates)[keep]
        return links, loosest(self.count, owner, owned, whole, whole, grouped)

    def _votes(self, shares: Pairs, voting: Bools) -> Blocks:
        """Voting rights in place of the shares of the same holder, if they surely hold.

        Shares count as votes only as far as stated votes leave room: some may carry none.
        """
        rights, surely, bottom = self._merged(voting)
        key = shares.owned.astype(np.int64) * self.count + shares.owner
        new = rights.owned.astype(np.int64) * self.count + rights.owner
        every, place = np.unique(np.concatenate((key, new)), return_inverse=True)
        low, high = np.zeros(every.size), np.zeros(every.size)
        low[place[: key.size]], high[place[: key.size]] = shares.low, shares.high
        at = place[key.size :]
        low[at] = np.where(surely, rights.low, np.minimum(low[at], bottom))
        high[at] = np.where(surely, rights.high, np.maximum(high[at], rights.high))
        owner, owned = every % self.count, every // self.count
        over = np.maximum(sums(owned, low, self.count) - 1.0, 0.0)
        assumed = np.ones(every.size, np.bool_)
        assumed[at[surely]] = False
        low = np.where(assumed, np.maximum(low - over[owned], 0.0), low)
        return Blocks(possible(Pairs(self.count, owner, owned, low, high)))
