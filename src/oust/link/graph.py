"""The graph of one case: things, and links read in the direction in which exposure travels.

An edge goes from what is nearer the vendor to what is nearer the user's assets. The link it
stands for keeps its own wording: the edge `lib -> app` stands for `app contains lib`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field, structs

from oust.model import Evidence, Hop, Node, Relation, Strength
from oust.party_names import core

WITH_EXPOSURE: dict[str, bool] = {
    "owns": True,
    "controls": True,
    "consolidates": True,
    "supplies": True,
    "installed-on": True,
    "stored-in": True,
    "has-access-to": True,
    "operated-by": True,
    "succeeds": False,
    "resells": False,
    "contains": False,
    "depends-on": False,
    "licensed-from": False,
    "signed-by": False,
    "published-by": False,
    "connects-to": False,
    "awarded": False,
    "approved-by": False,
}
"""Whether exposure travels from origin to target of a relation (True) or back (False)."""

STRENGTHS: tuple[Strength, ...] = ("identifier", "name", "misspelt", "weak")


class Edge(Struct):
    """One link of the graph with all its evidence, in the direction of exposure."""

    near: str  # node id, towards the vendor
    far: str  # node id, towards the asset
    relation: Relation
    evidence: set[Evidence] = field(default_factory=set)
    since: str = ""
    until: str = ""
    share: str = ""
    strength: Strength = "identifier"
    known: bool = True  # False: both stand in the same document, how they connect is not said
    why: str = ""


class Stated(Struct, frozen=True, gc=False):
    """One statement of ownership, control or succession, as written: `owner` holds `owned`.

    An edge joins all statements between two nodes; a share and its dates belong together.
    """

    owner: str  # node id
    owned: str
    names: tuple[str, str]  # of the two, as this statement's source has them
    relation: Relation
    share: str
    since: str
    until: str
    extra: str
    evidence: Evidence


class Graph:
    """Nodes by id and edges by (near, far, relation)."""

    def __init__(self) -> None:
        self.stated: list[Stated] = []
        self.nodes: dict[str, Node] = {}
        self.edges: dict[tuple[str, str, str], Edge] = {}
        self._after: dict[str, list[Edge]] = {}

    def node(self, ident: str, node: Node) -> str:
        """Add `node` under `ident` unless it is there; fill in what was not known. Returns id."""
        old = self.nodes.get(ident)
        if old is None:
            self.nodes[ident] = node
        elif (not old.detail and node.detail) or (not old.id and node.id):
            self.nodes[ident] = structs.replace(
                old, detail=old.detail or node.detail, id=old.id or node.id
            )
        return ident

    def describe(self, ident: str, detail: str) -> None:
        """Add to what is read beside a node's name."""
        old = self.nodes[ident]
        joined = f"{old.detail}; {detail}" if old.detail else detail
        self.nodes[ident] = structs.replace(old, detail=joined)

    def edge(self, new: Edge) -> None:
        """Add an edge, or its evidence to the edge that is there."""
        key = (new.near, new.far, new.relation)
        old = self.edges.get(key)
        if old is None:
            self.edges[key] = new
            self._after.setdefault(new.near, []).append(new)
            return
        old.evidence |= new.evidence
        if new.share and (not old.share or _later(new, old)):
            old.share = new.share
        old.since = min(filter(None, (old.since, new.since)), default="")
        old.until = max(old.until, new.until) if old.until and new.until else ""
        better = STRENGTHS.index(new.strength) < STRENGTHS.index(old.strength)
        if better or (new.strength == old.strength and new.why < old.why):
            old.strength, old.why = new.strength, new.why
        old.known = old.known or new.known

    def after(self, ident: str) -> list[Edge]:
        """Edges that lead on from a node."""
        return self._after.get(ident, [])

    def hop(self, edge: Edge) -> Hop:
        """The edge as the link it stands for, worded in its own direction."""
        forward = WITH_EXPOSURE[edge.relation]
        first, second = (edge.near, edge.far) if forward else (edge.far, edge.near)
        evidence = sorted(edge.evidence, key=_order)
        return Hop(
            relation=edge.relation,
            origin=self.nodes[first],
            target=self.nodes[second],
            evidence=tuple(evidence),
            since=edge.since,
            until=edge.until,
            strength=edge.strength,
            share=edge.share,
        )


def _later(new: Edge, old: Edge) -> bool:
    """Whether one statement follows another: of two shares, the later is shown."""
    return (new.until or "9999", new.since) > (old.until or "9999", old.since)


def _order(evidence: Evidence) -> tuple[str, list[tuple[int, str]], str, str]:
    """Reading order: by source, then by place with numbers as numbers."""
    return evidence.source, natural(evidence.locator), evidence.field, evidence.identifier


def natural(text: str) -> list[tuple[int, str]]:
    """A sort key in which `row 9` comes before `row 10`."""
    return [
        (int(part), "") if part.isdigit() and part.isascii() else (-1, part)
        for part in re.split(r"(\d+)", text)
        if part
    ]


def plain(name: str) -> str:
    """A party's or product's name for comparison: folded words, without legal form."""
    return " ".join(core(name))


def first_id(ids: Iterable[str], *schemes: str) -> str:
    """The first of `ids` with one of `schemes`, in the order of the schemes; "" if none."""
    found = list(ids)
    for scheme in schemes:
        for one in found:
            if one.startswith(scheme + ":"):
                return one
    return ""
