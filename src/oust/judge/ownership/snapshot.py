"""Questions about one day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from oust.judge.ownership.closure import (
    MAJORITY,
    Closure,
    commonly_controlled,
    controllers,
    found,
    majority,
)
from oust.judge.ownership.control import Bar, Blocks, Held, grow, part
from oust.judge.ownership.day import Day
from oust.judge.ownership.decide import decide, exactly
from oust.judge.ownership.decision import Decision, asked, between, judge
from oust.judge.ownership.integrated import System
from oust.judge.ownership.pairs import Pairs, reach
from oust.judge.ownership.route import Edge, Routes, witness
from oust.judge.ownership.table import Floats, Ints
from oust.model import Answer, Basis

ALONG_CHAINS = "sum of shares along and across chains"
CHAIN = "majority chain"
STATED = "stated link"
SMALL = 100_000
ORDER: dict[Answer, int] = {"yes": 0, "unknown": 1, "no": 2}


def firmest(decisions: Sequence[Decision]) -> Decision:
    """The first `yes`, else the first `unknown`; of several `no` one with holdings, if any."""
    return min(decisions, key=lambda one: (ORDER[one.answer], not one.via))


class Snapshot:
    """Who owns and controls whom on one day. Parties are asked for by their keys.

    Every answer is `yes`, `no` or `unknown`; a party that no holding names stands in no relation.
    """

    def __init__(self, day: Day) -> None:
        self._day = day
        self._routes = Routes(day)
        self._none = day.shares.only(np.zeros(len(day.shares), np.bool_))
        small = len(day.rows) < SMALL
        self._bounds = lru_cache(256 if small else 1)(self._bounds_of)
        self._system = lru_cache(256 if small else 1)(self._system_of)
        self._held = lru_cache(1024 if small else 4)(self._held_by)
        self._decided = lru_cache(65_536)(self._decide)

    def stake(
        self, owner: str, owned: str, threshold: float = 0.5, strict: bool = True
    ) -> Decision:
        """Integrated share, direct and along all chains, against `threshold` (fraction of 1)."""
        return self._decided("stake", owner, owned, Bar(threshold, strict))

    def majority_owned(self, owner: str, owned: str) -> Decision:
        """Whether the integrated share is more than half."""
        return self._decided("stake", owner, owned, MAJORITY)

    def controlled_by(self, owner: str, owned: str) -> Decision:
        """Whether `owner` controls `owned` by a chain of majorities or stated control."""
        return self._decided("control", owner, owned, MAJORITY)

    def common_control(self, a: str, b: str) -> Decision:
        """Whether a third party controls both."""
        return self._decided("common", a, b, MAJORITY)

    def subsidiary(self, parent: str, entity: str) -> Decision:
        """Whether `entity` is majority-owned, controlled or consolidated by `parent`."""
        asked_for = ("stake", "control", "group")
        return firmest([self._decided(kind, parent, entity, MAJORITY) for kind in asked_for])

    def affiliate(self, a: str, b: str) -> Decision:
        """Whether one controls or consolidates the other, a third both, or it is stated."""
        ways = [self._decided("ally", a, b, MAJORITY)]
        ways += [self._decided(k, *p, MAJORITY) for k in ("control", "group") for p in _both(a, b)]
        ways += [self._decided(kind, a, b, MAJORITY) for kind in ("common", "common group")]
        return firmest(ways)

    def successor(self, old: str, new: str) -> Decision:
        """Whether `new` succeeds `old`, at once or through others."""
        return self._decided("heir", new, old, MAJORITY)

    def predecessor(self, new: str, old: str) -> Decision:
        """Whether `old` is succeeded by `new`, at once or through others."""
        return self._decided("heir", new, old, MAJORITY)

    def aggregate(
        self, owners: Sequence[str], owned: str, threshold: float = 0.5, strict: bool = False
    ) -> Decision:
        """Share of several persons together, as the 50 percent rule of OFAC counts it.

        A company that they hold to half (with `strict`: more than half) counts as one of them,
        with all that it holds (FAQ 401); the sum is compared with `threshold`.
        """
        numbers = [n for one in owners if (n := self._number(one)) is not None]
        company, bar = self._number(owned), Bar(threshold, strict)
        names = " and ".join(owners)
        if company is None or not numbers or company in numbers:
            return _nothing(f"no holding given leads from {names} to {owned}", CHAIN)
        seeds = np.unique(np.array(numbers))
        day, through = self._day, Bar(0.5, strict)
        least, most = (
            grow(day.blocks, self._none, day.claims, seeds, through, upper=upper)
            for upper in (False, True)
        )
        low = part(day.blocks, day.claims, least, seeds, company, False)
        high = max(low, part(day.blocks, day.claims, most, seeds, company, True))
        edges = witness(most, (day.claims,), day.blocks, company)
        via = self._routes.holdings(edges, ("owns", "controls", "consolidates"))
        says = f"{names} and the companies they hold to half hold {between(low, high)} of {owned}"
        says += f"; the rule asks for {asked(bar)}"
        return Decision(judge(low, high, bar), low, high, CHAIN, says, via)

    def closure(self, x: str) -> Closure:
        """Every party majority-owned by, controlled by and under common control with `x`."""
        parties, seed = self._day.table.parties, self._number(x)
        if seed is None:
            nobody = found(np.empty(0, np.int64), np.empty(0, np.int64), parties)
            return Closure(x, nobody, nobody, nobody)
        day = self._day
        owned = majority(*self._bounds(seed), seed, parties)
        sure, may = (self._held("control", seed, upper).members for upper in (False, True))
        controlled = found(sure[sure != seed], may[may != seed], parties)
        together, maybe = (
            commonly_controlled(day.votes, day.links, seed, upper=upper) for upper in (False, True)
        )
        return Closure(x, owned, controlled, found(together, maybe, parties))

    def _number(self, key: str) -> int | None:
        return self._day.table.parties.number(key)

    def _decide(self, kind: str, a: str, b: str, bar: Bar) -> Decision:
        first, second = self._number(a), self._number(b)
        if first is None or second is None:
            return _nothing(f"no holding given names {a if first is None else b}", ALONG_CHAINS)
        if first == second:
            return _nothing(f"{a} is the same party", ALONG_CHAINS)
        if kind == "stake":
            return self._stake(first, second, bar)
        if kind in ("control", "group"):
            return self._control(kind, first, second)
        if kind in ("common", "common group"):
            return self._common(kind, first, second)
        return self._linked(kind, first, second)

    def _stake(self, owner: int, owned: int, bar: Bar) -> Decision:
        bounds = self._share(owner, owned)
        if bounds is None:
            says = f"no holding given leads from {self._key(owner)} to {self._key(owned)}"
            return _nothing(says, ALONG_CHAINS)
        low, high = bounds
        edges = self._routes.between(owner, owned, (self._day.shares, self._day.claims))
        via = self._routes.holdings(edges, ("owns", "controls", "consolidates"))
        says = f"{self._key(owner)} holds {between(low, high)} of {self._key(owned)}, directly and "
        says += f"through others; the rule asks for {asked(bar)}"
        return Decision(judge(low, high, bar), low, high, ALONG_CHAINS, says, via)

    def _share(self, owner: int, owned: int) -> tuple[float, float] | None:
        """Bounds of one share; None if no chain leads there."""
        day = self._day
        if len(day.rows) < SMALL:
            nodes, low, high = self._bounds(owner)
            at = int(np.searchsorted(nodes, owned))
            found = at < nodes.size and nodes[at] == owned
            return (float(low[at]), float(high[at])) if found else None
        system = self._system(owner)
        at = int(np.searchsorted(system.nodes, owned))
        if at == system.size or system.nodes[at] != owned:
            return None
        return exactly(system, at, MAJORITY)

    def _system_of(self, owner: int) -> System:
        day = self._day
        near = reach(day.count, np.array([owner]), (day.shares, day.claims))
        return System.of(day.shares, day.claims, owner, near)

    def _bounds_of(self, owner: int) -> tuple[Ints, Floats, Floats]:
        """Parties reached from `owner` and bounds of its share; of many, to tell majorities by."""
        system = self._system(owner)
        if len(self._day.rows) < SMALL:
            return system.nodes, *system.bounds()
        return system.nodes, *decide(system, MAJORITY)

    def _held_by(self, kind: str, owner: int, upper: bool) -> Held:
        blocks, links = self._graph(kind)
        return grow(blocks, links, self._none, np.array([owner]), MAJORITY, upper=upper)

    def _graph(self, kind: str) -> tuple[Blocks, Pairs]:
        return self._day.votes, self._day.group if "group" in kind else self._day.links

    def _control(self, kind: str, owner: int, owned: int) -> Decision:
        blocks, links = self._graph(kind)
        sure, may = self._held(kind, owner, False), self._held(kind, owner, True)
        answer: Answer = "yes" if owned in sure else "unknown" if owned in may else "no"
        seeds = np.array([owner])
        low = part(blocks, self._none, sure, seeds, owned, False)
        high = max(low, part(blocks, self._none, may, seeds, owned, True))
        held = sure if answer == "yes" else may
        proof = links.only(links.low > 0) if answer == "yes" else links
        edges = witness(held, (proof,), blocks, owned)
        bases: tuple[Basis, ...] = ("owns", "controls", "consolidates")
        via = self._routes.holdings(edges, bases)
        stated = answer != "no" and bool(set(edges) & _pairs(links, owned))
        says = self._says_control(kind, owner, owned, answer, between(low, high), stated)
        return Decision(answer, low, high, STATED if stated else CHAIN, says, via)

    def _says_control(
        self, kind: str, owner: int, owned: int, answer: Answer, votes: str, stated: bool
    ) -> str:
        a, b = self._key(owner), self._key(owned)
        word = "control or consolidate" if kind == "group" else "control"
        if stated and answer == "yes":
            return f"{a}, or a company it holds, is stated to {word} {b}"
        if stated:
            return f"a statement suggests that {a} may {word} {b}, and does not prove it"
        says = f"{a} and the companies it holds have {votes} of the votes in {b}"
        return f"{says}; control asks for more than 50 %"

    def _common(self, kind: str, a: int, b: int) -> Decision:
        for upper in (False, True):
            top = self._over_both(kind, a, b, upper)
            if top is not None:
                break
        word = "in one group with" if "group" in kind else "under common control with"
        names = f"{self._key(a)} is", f"{word} {self._key(b)}"
        if top is None:
            says = f"no holding given puts {self._key(a)} {names[1]}"
            return _nothing(says, CHAIN)
        held = self._held(kind, top, upper)
        blocks, links = self._graph(kind)
        proof = links if upper else links.only(links.low > 0)
        edges: list[Edge] = []
        for party in (a, b):
            edges += witness(held, (proof,), blocks, party)
        via = self._routes.holdings(edges, ("owns", "controls", "consolidates"))
        may = " possibly" if upper else ""
        says = f"{names[0]}{may} {names[1]}: {self._key(top)} stands over both"
        answer: Answer = "unknown" if upper else "yes"
        return Decision(answer, 0.0 if upper else 1.0, 1.0, CHAIN, says, via)

    def _over_both(self, kind: str, a: int, b: int, upper: bool) -> int | None:
        blocks, links = self._graph(kind)
        tops = controllers(blocks, links, a, upper=upper, but=(a, b))
        return next((top for top, held in tops if b in held), None)

    def _linked(self, kind: str, a: int, b: int) -> Decision:
        """Stated successors (along any number of steps) and stated affiliates (one step)."""
        heir = kind == "heir"
        graph, basis = (self._day.heirs, "succeeds") if heir else (self._day.allies, "affiliate")
        word = "succeeds" if heir else "is stated to be an affiliate of"
        for answer, some in (("yes", graph.only(graph.low > 0)), ("unknown", graph)):
            edges = self._chain(some, a, b) if heir else _touching(some, a, b)
            if edges:
                via = self._routes.holdings(edges, (basis,))  # type: ignore[arg-type]
                may = "" if answer == "yes" else "possibly "
                says = f"{self._key(a)} {may}{word} {self._key(b)}"
                low = float(answer == "yes")
                return Decision(answer, low, 1.0, STATED, says, via)  # type: ignore[arg-type]
        return _nothing(f"no holding given says that {self._key(a)} {word} {self._key(b)}", STATED)

    def _chain(self, graph: Pairs, start: int, end: int) -> list[Edge]:
        return self._routes.between(start, end, (graph,))

    def _key(self, number: int) -> str:
        return self._day.table.parties.key(number)


def _nothing(says: str, method: str) -> Decision:
    return Decision("no", 0.0, 0.0, method, says)


def _both(a: str, b: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (a, b), (b, a)


def _pairs(graph: Pairs, owned: int) -> set[Edge]:
    if not len(graph):
        return set()
    return {(int(n), owned) for n in graph.owner[graph.into(owned)]}


def _touching(graph: Pairs, a: int, b: int) -> list[Edge]:
    pairs = _pairs(graph, a) | _pairs(graph, b)
    return [edge for edge in ((a, b), (b, a)) if edge in pairs]
