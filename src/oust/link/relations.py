"""Stated relations between parties, products and hosts: ownership, supply, operation.

Parties join by identifier first, then by name without legal form. A weaker likeness is reported
as "possibly the same" and joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from oust.link import gather
from oust.link.gather import Row, Tables
from oust.link.graph import WITH_EXPOSURE, Edge, Graph, first_id, plain
from oust.link.place import (
    Start,
    evidence_of,
    no_asset,
    party_id,
    place_award,
    place_on_host,
    product_id,
)
from oust.model import Evidence, Mention, Node, Relation

JOINING = ("uei", "cage", "duns", "lei", "reg")
"""Identifier schemes that name a party beyond doubt."""

PARTY_FIELDS = ("seller", "publisher", "manufacturer", "supplier")
"""Fields in which an owned party is looked for."""

OWNING = ("owns", "controls", "consolidates", "succeeds")


class Parties:
    """Which node stands for which party: one party, one node."""

    def __init__(self, same: dict[str, str]) -> None:
        self._same = dict(same)  # party node -> the node that it is
        self._by_id: dict[str, str] = {}
        self._ids: dict[str, dict[str, str]] = {}  # node -> scheme -> identifier
        self._names: dict[str, str] = {}
        self._alike: set[tuple[str, str, str]] = set()

    def node(self, name: str, ids: Iterable[str]) -> str:
        """The node of the party so named and identified."""
        mine = {i.partition(":")[0]: i for i in ids if i.partition(":")[0] in JOINING}
        for one in mine.values():
            if one in self._by_id:
                return self._learn(self._by_id[one], name, mine)
        ident = self._same.get(party_id(name), party_id(name))
        known = self._ids.get(ident, {})
        clash = [s for s in mine if s in known and known[s] != mine[s]]
        if clash:
            self._alike.add((name, name, f"same name, different {clash[0].upper()}"))
            ident = f"{ident} {mine[clash[0]]}"
        return self._learn(ident, name, mine)

    def _learn(self, ident: str, name: str, mine: dict[str, str]) -> str:
        for scheme, one in mine.items():
            self._ids.setdefault(ident, {}).setdefault(scheme, one)
            self._by_id.setdefault(one, ident)
        self._names.setdefault(ident, name)
        return ident

    def known(self, name: str, ids: Iterable[str]) -> str:
        """The node of a party if it is one already met, else ""."""
        for one in ids:
            if one in self._by_id:
                return self._by_id[one]
        ident = party_id(name)
        ident = self._same.get(ident, ident)
        return ident if ident in self._names else ""

    def possibly_same(self) -> tuple[tuple[str, str, str], ...]:
        """Pairs of names that may be one party, with the ground; joined nowhere."""
        return tuple(sorted(self._alike))

    def alike(self, first: str, second: str, ground: str) -> None:
        """Note that two names may be one party."""
        a, b = sorted((first, second))
        self._alike.add((a, b, ground))


def add_relations(graph: Graph, tables: Tables, same: dict[str, str]) -> Parties:
    """Every stated relation as an edge."""
    parties = Parties(same)
    rows = gather.relations(tables)
    ends = gather.endpoints(tables, {row["sid"] for row in rows}) if rows else {}
    for row in rows:
        first = ends.get((row["sid"], row["origin"]))
        origin = _end(graph, parties, first, row["origin"])
        for ref in row["targets"] or ():
            second = ends.get((row["sid"], ref))
            if not _implements(row["relation"], first, second):
                _add(graph, row, origin, _end(graph, parties, second, ref))
    return parties


def _implements(relation: str, first: Row | None, second: Row | None) -> bool:
    """Whether one component "supplies" another: it implements it, which says nothing of a party."""
    parts = (first is not None and first["kind"], second is not None and second["kind"])
    return relation == "supplies" and parts == ("component", "component")


def _end(graph: Graph, parties: Parties, row: Row | None, ref: str) -> str:
    if row is None:
        return graph.node(parties.node(ref, ()), Node("party", ref))
    ids = tuple(row["ids"] or ())
    node = Node(row["kind"], row["name"], first_id(ids, *JOINING, "award"), row["version"])
    if row["kind"] == "host":
        return graph.node("host:" + row["name"].strip().casefold(), node)
    if row["kind"] == "award":
        number = row["name"] or first_id(ids, "award").partition(":")[2]
        return graph.node(f"award:{row['buyer'].casefold()}:{number.casefold()}", node)
    if row["kind"] in ("component", "program", "service"):
        ident = product_id(row["name"], row["version"], row["purl"], row["source"])
        return graph.node(ident, Node("product", row["name"], row["purl"], row["version"]))
    for one in ids:
        if one.startswith("alias:"):
            parties.node(one[6:], ids)
    return graph.node(parties.node(row["name"], ids), node)


def _add(graph: Graph, row: Row, origin: str, target: str) -> None:
    relation = row["relation"]
    near, far = (origin, target) if WITH_EXPOSURE[relation] else (target, origin)
    evidence = Evidence(row["source"], row["locator"], "relation", relation, "", row["sha256"])
    why = f"{relation} {row['share']} %" if row["share"] else relation
    graph.edge(
        Edge(
            *(near, far, relation, {evidence}),
            since=row["since"],
            until=row["until"],
            share=row["share"],
            why=why,
        )
    )


def owned(graph: Graph) -> dict[str, Edge]:
    """Parties reached from a vendor through owning links: node -> the last link."""
    found: dict[str, Edge] = {}
    waiting = [ident for ident in graph.nodes if ident.startswith("vendor:")]
    while waiting:
        for edge in graph.after(waiting.pop()):
            if edge.relation in OWNING and edge.far not in found:
                found[edge.far] = edge
                waiting.append(edge.far)
    return found


def owned_names(graph: Graph) -> tuple[str, ...]:
    """Names of owned parties, to be looked for in sources that are not stored whole."""
    return tuple(sorted(graph.nodes[ident].name for ident in owned(graph)))


def place_owned(graph: Graph, tables: Tables, parties: Parties) -> list[Mention]:
    """Awards and programs of owned parties, found by identifier or name.

    Returns what is no exposure because the ownership had ended by then.
    """
    theirs = owned(graph)
    keys: dict[str, tuple[str, str]] = {}
    for row in gather.named(tables, PARTY_FIELDS) if theirs else ():
        for name in PARTY_FIELDS:
            ids = (row["ids"] or ()) if name == "seller" else ()
            ident = parties.known(row[name], ids) if row[name] else ""
            if ident in theirs:
                keys.setdefault(row["key"], (ident, name))
    ended: list[Mention] = []
    for row in gather.occurrences(tables, keys) if keys else ():
        ident, name = keys[row["key"]]
        holding = theirs[ident]
        if no_asset(row):
            continue
        if holding.until and row["since"] and row["since"][:10] > holding.until:
            ended.append(_ended(graph, row, name, holding))
        else:
            _place_owned(graph, row, ident, name)
    return ended


def _place_owned(graph: Graph, row: Row, ident: str, name: str) -> None:
    same = plain(row[name]) == plain(graph.nodes[ident].name)
    seen = frozenset((evidence_of(row, name, row[name]),))
    relation: Relation = "awarded" if row["kind"] == "award" else "published-by"
    start = Start(ident, relation, "name" if same else "identifier", "owned party", seen, name)
    if row["kind"] == "award" and name == "seller":
        place_award(graph, row, start)
    elif row["kind"] == "program":
        place_on_host(graph, row, start, carrier=False)


def _ended(graph: Graph, row: Row, name: str, holding: Edge) -> Mention:
    vendor = _vendor_above(graph, holding)
    return Mention(
        vendor=vendor,
        reason=f"ownership had ended: until {holding.until}, the record is of {row['since']}",
        record=row["name"],
        strength="name",
        evidence=evidence_of(row, name, row[name]),
    )


def _vendor_above(graph: Graph, holding: Edge) -> str:
    """Id of the vendor from which an owning link descends."""
    for ident in sorted(graph.nodes):
        if ident.startswith("vendor:"):
            waiting, seen = [ident], set()
            while waiting:
                for edge in graph.after(waiting.pop()):
                    if edge is holding:
                        return ident.removeprefix("vendor:")
                    if edge.relation in OWNING and edge.far not in seen:
                        seen.add(edge.far)
                        waiting.append(edge.far)
    return ""
