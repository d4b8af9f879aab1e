"""Stage 4: from a graph of links to exposures: which assets a vendor reaches, and how.

Breadth-first from each vendor over (node, tier so far), so that one asset may be reached in
several tiers, each with its own shortest paths. Paths are counted exactly by dynamic programming
where the links have no cycle, else by bounded enumeration.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from oust.model import Exposure, Hop, Node, Path, Strength, Tier

SHOWN_PATHS = 3
"""Shortest paths kept with an exposure; all are counted."""

COUNT_LIMIT = 10_000
"""Where links form a cycle, counting stops here."""

ASSET_KINDS = frozenset({"host", "award", "system", "repository", "service", "agreement"})
EMBEDDING = frozenset({"contains", "depends-on", "licensed-from"})
OWNING = frozenset({"owns", "controls", "consolidates", "succeeds"})
STRENGTHS: tuple[Strength, ...] = ("identifier", "name", "misspelt", "weak")

State = tuple[str, Tier]


class EdgeLike(Protocol):
    """An edge in the direction of exposure."""

    near: str
    far: str
    relation: str
    strength: Strength
    known: bool
    why: str
    until: str


class GraphLike(Protocol):
    """The part of the graph that tracing needs."""

    nodes: dict[str, Node]

    def after(self, ident: str) -> Sequence[Any]:
        """Edges (see EdgeLike) that lead on from a node."""

    def hop(self, edge: Any) -> Hop:
        """The edge as a link."""


class Step(Struct, frozen=True):
    """One edge taken from one state to the next."""

    before: State
    edge: EdgeLike


class Reached(Struct):
    """All states reached from a vendor, with every edge into each."""

    distance: dict[State, int]
    into: dict[State, list[Step]]
    onward: dict[State, list[State]]


def trace(graph: GraphLike, vendor_nodes: Mapping[str, str], own: Iterable[str]) -> list[Exposure]:
    """Exposures of every vendor (`vendor id -> node id`), strongest tiers first.

    `own` names the parties that are the user's own, so that a host they operate is no
    contractor's.
    """
    mine = frozenset(own)
    found: list[Exposure] = []
    for vendor, start in vendor_nodes.items():
        reached = _reach(graph, start)
        counts = _count(reached, (start, "direct"))
        assets = (state for state in reached.distance if _is_asset(graph, reached, state))
        found += [_exposure(graph, vendor, state, reached, counts, mine) for state in assets]
    return sorted(_merge(found), key=_order)


def _reach(graph: GraphLike, start: str) -> Reached:
    first: State = (start, "direct")
    group = _group(graph, start)
    reached = Reached({first: 0}, {first: []}, {})
    waiting = deque([first])
    while waiting:
        state = waiting.popleft()
        for edge in sorted(graph.after(state[0]), key=lambda e: (e.far, e.relation)):
            if edge.relation == "operated-by":
                continue
            if edge.relation == "has-access-to" and state[0] not in group:
                continue  # whoever sells or uses the vendor's goods does not take it along
            after = (edge.far, _tier(state[1], edge.relation))
            reached.onward.setdefault(state, []).append(after)
            if after not in reached.distance:
                reached.distance[after] = reached.distance[state] + 1
                reached.into[after] = []
                waiting.append(after)
            reached.into[after].append(Step(state, edge))
    return reached


def _group(graph: GraphLike, start: str) -> set[str]:
    """The vendor and whom it owns."""
    found, waiting = {start}, [start]
    while waiting:
        owned = {edge.far for edge in graph.after(waiting.pop()) if edge.relation in OWNING} - found
        found |= owned
        waiting += owned
    return found


def _tier(tier: Tier, relation: str) -> Tier:
    """The tier after one more link: owned outweighs embedded outweighs resold."""
    if tier == "owned" or relation in OWNING:
        return "owned"
    if tier == "embedded" or relation in EMBEDDING:
        return "embedded"
    if tier == "service" or relation == "connects-to":
        return "service"
    return "resold" if tier == "resold" or relation == "resells" else "direct"


def _is_asset(graph: GraphLike, reached: Reached, state: State) -> bool:
    """Hosts, awards and the like always; a product or component where nothing leads on from it.

    A party that is merely owned, or that resells, is no asset of the user.
    """
    kind = graph.nodes[state[0]].kind
    if kind in ASSET_KINDS:
        return True
    return (
        kind in ("product", "component")
        and not reached.onward.get(state)
        and bool(reached.distance[state])
        and not _only_dossier(graph, reached, state)
    )


def _only_dossier(graph: GraphLike, reached: Reached, state: State) -> bool:
    """A licensed product that the dossier names and no evidence shows is not the user's."""
    return all(
        all(e.source.startswith("dossier ") for e in graph.hop(step.edge).evidence)
        for step in reached.into[state]
    )


def _count(reached: Reached, first: State) -> dict[State, int]:
    """How many paths lead from the vendor to each state."""
    waiting = {state: len(steps) for state, steps in reached.into.items()}
    counts = dict.fromkeys(reached.into, 0)
    counts[first] = 1
    ready = [state for state, n in waiting.items() if n == 0]
    done = 0
    while ready:
        state = ready.pop()
        done += 1
        for after in reached.onward.get(state, []):
            counts[after] += counts[state]
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    return counts if done == len(waiting) else _enumerate(reached, first)


def _enumerate(reached: Reached, first: State) -> dict[State, int]:
    """Count simple paths one by one, up to COUNT_LIMIT for each state."""
    counts = dict.fromkeys(reached.into, 0)
    budget = COUNT_LIMIT * 20
    stack: list[tuple[State, frozenset[str]]] = [(first, frozenset({first[0]}))]
    while stack and budget:
        state, seen = stack.pop()
        budget -= 1
        counts[state] = min(counts[state] + 1, COUNT_LIMIT)
        stack += [
            (after, seen | {after[0]})
            for after in reached.onward.get(state, [])
            if after[0] not in seen
        ]
    return {state: max(n, 1) for state, n in counts.items()}


def _shortest(reached: Reached, state: State) -> list[list[EdgeLike]]:
    """Up to SHOWN_PATHS shortest ways to a state, in a fixed order."""
    ways: list[list[EdgeLike]] = []
    stack: list[tuple[State, list[EdgeLike]]] = [(state, [])]
    while stack and len(ways) < SHOWN_PATHS:
        at, tail = stack.pop()
        if reached.distance[at] == 0:
            ways.append(tail)
            continue
        here = reached.distance[at]
        nearer = [step for step in reached.into[at] if reached.distance[step.before] < here]
        nearer.sort(key=lambda step: (step.before, step.edge.relation), reverse=True)
        stack += [(step.before, [step.edge, *tail]) for step in nearer]
    return ways


def _exposure(
    graph: GraphLike,
    vendor: str,
    state: State,
    reached: Reached,
    counts: dict[State, int],
    own: frozenset[str],
) -> Exposure:
    ways = _shortest(reached, state)
    ways.sort(key=lambda way: (len(way), _weakest(way)))
    asset, tail = _operated(graph, state[0], own)
    tier: Tier = "contractor" if tail and state[1] != "owned" else state[1]
    paths = tuple(
        Path(
            "complete" if all(edge.known for edge in way) else "present, path unknown",
            tuple(graph.hop(edge) for edge in [*way, *tail]),
        )
        for way in ways
    )
    best = min(ways, key=_weakest)
    return Exposure(
        id=_ident(vendor, state[0], tier),
        vendor=vendor,
        tier=tier,
        strength=STRENGTHS[_weakest(best)],
        asset=asset,
        why=_why(best),
        paths=paths,
        path_count=counts[state],
    )


def _operated(graph: GraphLike, ident: str, own: frozenset[str]) -> tuple[Node, list[EdgeLike]]:
    """The asset, and the link to whoever else operates it."""
    node = graph.nodes[ident]
    for edge in graph.after(ident):
        if edge.relation == "operated-by":
            operator = graph.nodes[edge.far]
            named = Node(node.kind, node.name, node.id, node.version, operator.name)
            return named, [] if edge.far in own else [edge]
    return node, []


def _weakest(way: Sequence[EdgeLike]) -> int:
    return max((STRENGTHS.index(edge.strength) for edge in way), default=0)


def _why(way: Sequence[EdgeLike]) -> str:
    """The grounds of a path, in its order, without repeating one."""
    grounds = dict.fromkeys(edge.why for edge in way if edge.why)
    return " + ".join(grounds)


def _ident(vendor: str, asset: str, tier: Tier) -> str:
    digest = hashlib.sha256(f"{vendor}\0{asset}\0{tier}".encode()).hexdigest()
    return f"{vendor}-{digest[:12]}"


def _merge(found: Sequence[Exposure]) -> list[Exposure]:
    """One exposure for one id: an asset reached in two ways that come to the same tier."""
    merged: dict[str, Exposure] = {}
    for one in found:
        old = merged.get(one.id)
        if old is None:
            merged[one.id] = one
            continue
        best = min(old, one, key=lambda e: (STRENGTHS.index(e.strength), len(e.paths[0].hops)))
        paths = sorted((*old.paths, *one.paths), key=lambda path: len(path.hops))
        merged[one.id] = Exposure(
            **{
                **{name: getattr(best, name) for name in Exposure.__struct_fields__},
                "paths": tuple(paths[:SHOWN_PATHS]),
                "path_count": old.path_count + one.path_count,
            }
        )
    return list(merged.values())


TIERS: tuple[Tier, ...] = ("direct", "resold", "embedded", "service", "contractor", "owned")


def _order(one: Exposure) -> tuple[str, int, int, str, str]:
    return (
        one.vendor,
        TIERS.index(one.tier),
        STRENGTHS.index(one.strength),
        f"{one.asset.kind} {one.asset.name}".casefold(),
        one.id,
    )
