"""Which holdings an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from oust.judge.ownership.control import Blocks, Held
from oust.judge.ownership.day import Day
from oust.judge.ownership.pairs import Pairs, reach
from oust.judge.ownership.table import BASES, Bools, Ints
from oust.model import Basis, Holding

MOST = 64
"""An answer that rests on more edges than this shows the shortest chain alone."""
SMALL = 200_000

Edge = tuple[int, int]


class Routes:
    """Finds the holdings behind edges."""

    def __init__(self, day: Day) -> None:
        self.day = day

    @cached_property
    def _rows(self) -> dict[Edge, list[int]]:
        found: dict[Edge, list[int]] = {}
        table = self.day.table
        for row in map(int, self.day.rows):
            found.setdefault((int(table.owner[row]), int(table.owned[row])), []).append(row)
        return found

    def holdings(self, edges: Iterable[Edge], bases: tuple[Basis, ...]) -> tuple[Holding, ...]:
        """What is stated of each edge, in order, with one of `bases`."""
        table, rows = self.day.table, []
        for edge in dict.fromkeys(edges):
            rows += [row for row in self._of(edge) if BASES[int(table.basis[row])] in bases]
        return tuple(table.holding(row) for row in rows)

    def _of(self, edge: Edge) -> list[int]:
        if len(self.day.rows) <= SMALL:
            return self._rows.get(edge, [])
        table, rows = self.day.table, self.day.rows
        at = (table.owned[rows] == edge[1]) & (table.owner[rows] == edge[0])
        return [int(n) for n in rows[at]]

    def between(self, start: int, end: int, graphs: tuple[Pairs, ...]) -> list[Edge]:
        """Edges on the ways from `start` to `end`, nearest to `start` first."""
        count = self.day.count
        above = reach(count, np.array([end]), graphs, back=True)
        if not above[start]:
            return []
        inside = above & reach(count, np.array([start]), graphs)
        return self._all(start, inside, graphs) or self._shortest(start, end, inside, graphs)

    def _all(self, start: int, inside: Bools, graphs: tuple[Pairs, ...]) -> list[Edge]:
        nodes = np.flatnonzero(inside)
        if nodes.size > MOST:
            return []
        ways = [_edges(g, g.leaving(nodes), inside) for g in graphs]
        if sum(map(len, ways)) > MOST:
            return []
        depth = {start: 0}
        pending = [edge for way in ways for edge in way]
        for node in (queue := [start]):
            for owner, owned in pending:
                if owner == node and owned not in depth:
                    depth[owned] = depth[node] + 1
                    queue.append(owned)
        return sorted(pending, key=lambda edge: (depth[edge[0]], depth[edge[1]], edge))

    def _shortest(
        self, start: int, end: int, inside: Bools, graphs: tuple[Pairs, ...]
    ) -> list[Edge]:
        came = np.full(self.day.count, -1, np.int64)
        frontier = np.array([start])
        came[start] = start
        while came[end] < 0:
            found: list[Ints] = [np.empty(0, np.int64)]
            for graph in graphs:
                at = graph.leaving(frontier)
                at = at[inside[graph.owned[at]] & (came[graph.owned[at]] < 0)]
                came[graph.owned[at]] = graph.owner[at]
                found.append(graph.owned[at])
            frontier = np.unique(np.concatenate(found))
        way: list[Edge] = []
        while end != start:
            way.append((int(came[end]), end))
            end = int(came[end])
        return way[::-1]


def _edges(graph: Pairs, at: Ints, inside: Bools) -> list[Edge]:
    at = at[inside[graph.owned[at]]]
    return [(int(graph.owner[n]), int(graph.owned[n])) for n in at]


def witness(held: Held, graphs: Iterable[Pairs], blocks: Blocks, company: int) -> list[Edge]:
    """Edges by which members came to hold `company`, from the seed down.

    A stated link suffices alone; else all holders that had joined before. A company outside the
    set is shown with the members that hold part of it.
    """
    turn, links = held.round, tuple(graphs)
    edges: list[Edge] = []
    seen, queue = {company}, [company]
    for party in queue:
        last = int(turn[party]) if turn[party] >= 0 else np.iinfo(np.int32).max
        above = next((o for g in links if (o := _before(g, party, turn, last))), None)
        above = above[:1] if above else _before(blocks.pairs, party, turn, last)
        edges += [(owner, party) for owner in above]
        queue += [owner for owner in above if owner not in seen]
        seen.update(above)
    return sorted(edges, key=lambda e: (int(turn[e[0]]), e))[:MOST]


def _before(graph: Pairs, party: int, turn: Ints, last: int) -> list[int]:
    if not len(graph):
        return []
    owner = graph.owner[graph.into(party)]
    return [int(n) for n in owner[(turn[owner] >= 0) & (turn[owner] < last)]]
