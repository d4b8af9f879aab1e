"""Who saw what: the assets of a vendor, and by which methods each was seen.

Read from the graph, not from the paths that a report shows: those are the shortest few, and an
asset is seen by every method that states a link into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, Protocol

from msgspec import Struct, field

from oust.hidden import Universe
from oust.model import Evidence, Method, Node

KINDS: dict[Universe, frozenset[str]] = {
    "hosts": frozenset({"host"}),
    "contracts": frozenset({"award"}),
    "products": frozenset({"product", "component", "repository"}),
    "services": frozenset({"service"}),
}
"""Kinds of assets that make up a universe."""

MethodOf = Callable[[Evidence], Method | None]
"""By which method a piece of evidence was seen; None for a dossier and what is not looked at."""

_ADDRESS = re.compile(r"[\d.]+$|[0-9a-fA-F:]*:[0-9a-fA-F:.%]*$")


class GraphLike(Protocol):
    """The part of the graph that is needed; edges have `far`, `relation` and `evidence`."""

    nodes: dict[str, Node]

    def after(self, ident: str) -> Sequence[Any]:
        """Edges that lead on from a node, in the direction of exposure."""


class Member(Struct):
    """One asset, however many names it has."""

    names: set[str]  # folded
    methods: set[Method] = field(default_factory=set)
    operator: str = ""

    @property
    def addressed(self) -> bool:
        """Whether it is known by addresses alone."""
        return all(is_address(name) for name in self.names)


def is_address(name: str) -> bool:
    """Whether a name is a mere network address."""
    return bool(_ADDRESS.match(name))


def folded(name: str) -> str:
    """A name as compared, as coverage compares hosts."""
    return name.strip().rstrip(".").casefold()


def members(
    graph: GraphLike,
    start: str,
    method_of: MethodOf,
    exposed: Mapping[Universe, frozenset[tuple[str, str, str]]],
) -> dict[Universe, list[Member]]:
    """Assets that the vendor reaches, by universe, with the methods that show each.

    `start`: node of the vendor. `exposed`: kind, name and version of the assets that tracing
    found, so that both count the same.
    """
    found: dict[Universe, dict[str, Member]] = {one: {} for one in KINDS}
    waiting, seen = [start], {start}
    while waiting:
        for edge in graph.after(waiting.pop()):
            if edge.relation == "operated-by":
                continue
            if edge.far not in seen:
                seen.add(edge.far)
                waiting.append(edge.far)
            node = graph.nodes[edge.far]
            for universe, kinds in KINDS.items():
                if node.kind in kinds and (node.kind, node.name, node.version) in exposed[universe]:
                    _add(found[universe], graph, edge, node, method_of)
    return {one: list(held.values()) for one, held in found.items()}


def _add(
    held: dict[str, Member], graph: GraphLike, edge: Any, node: Node, method_of: MethodOf
) -> None:
    member = held.get(edge.far)
    if member is None:
        member = held[edge.far] = Member({_key(node)}, operator=_operator(graph, edge.far))
    for one in edge.evidence:
        if method := method_of(one):
            member.methods.add(method)


def _key(node: Node) -> str:
    name = folded(node.name)
    return name if node.kind == "host" else f"{name} {node.version} {node.detail}".strip()


def _operator(graph: GraphLike, ident: str) -> str:
    for edge in graph.after(ident):
        if edge.relation == "operated-by":
            return graph.nodes[edge.far].name
    return ""


def joined(
    held: Sequence[Member], pairs: Iterable[tuple[str, str]]
) -> tuple[list[Member], list[tuple[str, str]]]:
    """Members with those made one that `pairs` of names say are the same; and pairs that did so.

    A member has the names of its pairs from then on, whether or not the other is a member.
    """
    place = {name: at for at, one in enumerate(held) for name in one.names}
    root = list(range(len(held)))
    further: dict[int, set[str]] = {}

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    used = []
    for first, second in (pair for pair in pairs if not place.keys().isdisjoint(pair)):
        for name in {first, second} & place.keys():
            further.setdefault(place[name], set()).update((first, second))
        if first in place and second in place:
            one, other = sorted((find(place[first]), find(place[second])))
            if one != other:
                root[other] = one
                used.append((first, second))
    made: dict[int, Member] = {}
    for at, member in enumerate(held):
        whole = made.setdefault(find(at), Member(set()))
        whole.names |= member.names | further.get(at, set())
        whole.methods |= member.methods
        whole.operator = whole.operator or member.operator
    return list(made.values()), used


def renamed(held: Sequence[Member], also: Mapping[str, Iterable[str]]) -> list[Member]:
    """Members with the host that an inventory says an address, or a further name, is of.

    `also`: further names and addresses of hosts, folded. One that several hosts have joins none.
    """
    owners: dict[str, set[str]] = {}
    for host, others in also.items():
        for other in others:
            owners.setdefault(other, set()).add(host)
    pairs = [(min(hosts), other) for other, hosts in owners.items() if len(hosts) == 1]
    return joined(held, pairs)[0]


def possible(
    held: Sequence[Member], stated: Iterable[tuple[str, str, str]], others: Set[str]
) -> list[tuple[str, str]]:
    """Pairs of names that may be one asset, one of them a member's: the fuller name first.

    By what leases and scans say of an address (`stated`: address, name, ground), unless they give
    it several names; and where one name is the first label of another. `others`: names of assets
    that were looked at.
    """
    named: dict[str, set[str]] = {}
    for address, name, _ in stated:
        named.setdefault(folded(address), set()).add(folded(name))
    mine = {name for one in held for name in one.names}
    pairs = {(min(names), one) for one, names in named.items() if len(names) == 1 and one in mine}
    labels: dict[str, set[str]] = {}
    for name in mine | others:
        if "." in name and not is_address(name):
            labels.setdefault(name.partition(".")[0], set()).add(name)
    for label, full in labels.items():
        if len(full) == 1 and label in mine | others and {label, *full} & mine:
            pairs.add((min(full), label))
    return sorted(pairs)
