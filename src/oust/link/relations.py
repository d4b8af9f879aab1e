"""Stated relations between parties, products and hosts: ownership, supply, operation.

Parties join by identifier first, then by name without legal form. A weaker likeness is reported
as "possibly the same" and joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from oust import shares
from oust.link import gather
from oust.link.gather import Row, Tables
from oust.link.graph import WITH_EXPOSURE, Edge, Graph, Stated, first_id, plain
from oust.link.place import (
    Start,
    evidence_of,
    no_asset,
    party_id,
    place_agreement,
    place_award,
    place_on_host,
    product_id,
)
from oust.model import Evidence, Mention, Node, Relation

JOINING = ("uei", "cage", "duns", "lei", "reg")
"""Identifier schemes that name a party beyond doubt."""

PARTY_FIELDS = ("seller", "publisher", "manufacturer", "supplier")
"""Fields in which an owned party is looked for."""

MOST_SOUGHT = 5_000
"""Parties whose LEIs are looked for at most; the nearest to a vendor come first."""

OWNING = ("owns", "controls", "consolidates", "succeeds")


class Parties:
    """Which node stands for which party: one party, one node."""

    def __init__(self, same: dict[str, str]) -> None:
        self._same = dict(same)  # party node -> the node that it is
        self._by_id: dict[str, str] = {}
        self._ids: dict[str, dict[str, str]] = {}  # node -> scheme -> identifier
        self._names: dict[str, str] = {}
        self._called: dict[str, str] = {}  # identifier -> name under which it was met
        self._alike: set[tuple[str, str, str]] = set()

    def node(self, name: str, ids: Iterable[str]) -> str:
        """The node of the party so named and identified; "" if it has neither name nor number."""
        mine = {i.partition(":")[0]: i for i in ids if i.partition(":")[0] in JOINING}
        for one in mine.values():
            if one in self._by_id and not self._other(self._by_id[one], mine):
                return self._learn(self._by_id[one], name, mine)
        if not plain(name):
            number = next(iter(mine.values()), "")
            return self._learn(f"party:{number}", name, mine) if number else ""
        ident = self._same.get(party_id(name), party_id(name))
        known = self._ids.get(ident, {})
        clash = [s for s in mine if s in known and known[s] != mine[s]]
        if clash and not ident.startswith("vendor:"):
            self._alike.add((name, name, f"same name, different {clash[0].upper()}"))
            ident = f"{ident} {mine[clash[0]]}"
        return self._learn(ident, name, mine)

    def _other(self, ident: str, mine: dict[str, str]) -> bool:
        """Whether the LEI tells two parties apart that share a number of one of many registers."""
        known = self._ids.get(ident, {}).get("lei", "")
        several = ident.startswith("vendor:")  # a group has many
        return bool(known and "lei" in mine and known != mine["lei"] and not several)

    def _learn(self, ident: str, name: str, mine: dict[str, str]) -> str:
        for scheme, one in mine.items():
            self._ids.setdefault(ident, {}).setdefault(scheme, one)
            self._by_id.setdefault(one, ident)
            if name:
                self._called.setdefault(one, name)
        if name:
            self._names.setdefault(ident, name)
            if plain(name):
                self._same.setdefault(party_id(name), ident)
        return ident

    def called(self, number: str) -> str:
        """The name under which an identifier was met; "" if under none."""
        return self._called.get(number, "")

    def numbers(self, idents: Iterable[str], scheme: str) -> list[str]:
        """Identifiers of one scheme that these nodes have, without the scheme."""
        wanted = set(idents)
        of = (one for one, ident in self._by_id.items() if ident in wanted)
        return sorted(v for one in of if (v := one.removeprefix(f"{scheme}:")) != one)

    @property
    def same(self) -> dict[str, str]:
        """Parties by name that are another node."""
        return {mine: ident for mine, ident in self._same.items() if mine != ident}

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
    _meet(parties, tables, rows, ends)
    for row in rows:
        first = ends.get((row["sid"], row["origin"]))
        origin = _end(graph, parties, first, row, row["origin"])
        for ref in row["targets"] or ():
            second = ends.get((row["sid"], ref))
            if not _implements(row["relation"], first, second):
                target = _end(graph, parties, second, row, ref)
                names = _called(graph, parties, first, origin, row["origin"])
                _add(graph, row, (origin, target),
                     (names, _called(graph, parties, second, target, ref)))  # fmt: skip
    return parties


def _meet(
    parties: Parties, tables: Tables, rows: Iterable[Row], ends: dict[tuple[int, str], Row]
) -> None:
    """Learn first who has which names and numbers, as far as the links need it.

    So it does not matter which source comes first, or whether a link gives the number alone.
    """
    numbered = (
        row
        for row in ends.values()
        if row["kind"] == "party" and first_id(row["ids"] or (), *JOINING)
    )
    for row in sorted(numbered, key=lambda row: (row["source"], row["n"])):
        _aliases(parties, row)
        parties.node(row["name"], row["ids"])
    bare = {
        ref
        for row in rows
        for ref in (row["origin"], *(row["targets"] or ()))
        if _number(ref) and (row["sid"], ref) not in ends
    }
    if not bare:
        return
    found = [row for row in gather.parties(tables) if not bare.isdisjoint(row["ids"] or ())]
    for row in sorted(found, key=lambda row: (row["name"], row["key"])):
        _aliases(parties, row)
        parties.node(row["name"], row["ids"])


def _aliases(parties: Parties, row: Row) -> None:
    """Learn the further names of an identified party."""
    for one in row["ids"]:
        if one.startswith("alias:"):
            parties.node(one[6:], row["ids"])


def _number(ref: str) -> bool:
    """Whether a ref is an identifier by which its party is known in other sources."""
    return ref.partition(":")[0] in JOINING


def _called(graph: Graph, parties: Parties, row: Row | None, ident: str, ref: str) -> str:
    """What a statement's source, or the one that describes its number, calls a party."""
    if row is not None and row["name"]:
        return str(row["name"])
    number = first_id((row["ids"] if row else None) or (ref,), *JOINING)
    return parties.called(number) or graph.nodes[ident].name


def _implements(relation: str, first: Row | None, second: Row | None) -> bool:
    """Whether one component "supplies" another: it implements it, which says nothing of a party."""
    parts = (first is not None and first["kind"], second is not None and second["kind"])
    return relation == "supplies" and parts == ("component", "component")


def _end(graph: Graph, parties: Parties, row: Row | None, link: Row, ref: str) -> str:
    if row is None and _number(ref):
        known = parties.called(ref) or ref.partition(":")[2]
        return graph.node(parties.node(parties.called(ref), (ref,)), Node("party", known, ref))
    if row is None:
        ident = parties.node(ref, ()) or f"party:unknown {link['source']} {ref}"
        return graph.node(ident, Node("party", ref))
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
    _aliases(parties, {"ids": ids})
    ident = parties.node(row["name"], ids)
    if ident:
        return graph.node(ident, node if node.name else Node("party", _nameless(ids), node.id))
    # nobody said who it is: never the same as another of whom nobody said it
    reason = f" ({row['description']})" if row["description"] else ""
    unknown = Node("party", f"unknown party{reason}")
    return graph.node(f"party:unknown {link['source']} {ref}", unknown)


def _nameless(ids: Iterable[str]) -> str:
    return first_id(ids, *JOINING).partition(":")[2]


def _add(graph: Graph, row: Row, ends: tuple[str, str], names: tuple[str, str]) -> None:
    relation, (origin, target) = row["relation"], ends
    evidence = Evidence(row["source"], row["locator"], "relation", relation, "", row["sha256"])
    if relation in OWNING:
        said = (row["share"], row["since"], row["until"], row["extra"])
        graph.stated.append(Stated(origin, target, names, relation, *said, evidence))
    if origin == target:
        return  # two companies of one group, which here is one node
    near, far = (origin, target) if WITH_EXPOSURE[relation] else (target, origin)
    why = f"{relation} {shares.aloud(row['share'])}" if row["share"] else relation
    if relation == "consolidates":
        why = "consolidates in its accounts"
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


def sought(graph: Graph, parties: Parties, further: Iterable[str]) -> tuple[str, ...]:
    """What to look for in sources that are not stored whole.

    Names of owned parties and `further` ones; LEIs of whoever stands in one group with a vendor,
    above it and beside it, too.
    """
    theirs = owned(graph)
    names = {graph.nodes[ident].name for ident in theirs} | set(further)
    leis = parties.numbers((*theirs, *_group(graph)), "lei")
    return tuple(sorted({*filter(None, names), *leis}))


def _group(graph: Graph) -> list[str]:
    """Vendors, whoever is above them, and whoever is below those; at most MOST_SOUGHT nodes."""
    above: dict[str, list[str]] = {}
    for edge in graph.edges.values():
        if edge.relation in OWNING:
            above.setdefault(edge.far, []).append(edge.near)
    found = dict.fromkeys(sorted(one for one in graph.nodes if one.startswith("vendor:")))
    below = {ident: _below(graph, ident) for ident in graph.nodes}
    for beside in (above, below):
        waiting = list(found)
        while waiting and len(found) < MOST_SOUGHT:
            layer = sorted({far for near in waiting for far in beside.get(near, ())} - found.keys())
            found |= dict.fromkeys(layer)
            waiting = layer
    return list(found)[:MOST_SOUGHT]


def _below(graph: Graph, ident: str) -> list[str]:
    return [edge.far for edge in graph.after(ident) if edge.relation in OWNING]


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
    usual: dict[str, Relation] = {"award": "awarded", "agreement": "has-access-to"}
    relation = usual.get(row["kind"], "published-by")
    start = Start(ident, relation, "name" if same else "identifier", "owned party", seen, name)
    if row["kind"] == "award" and name == "seller":
        place_award(graph, row, start)
    elif row["kind"] == "agreement" and name == "seller":
        place_agreement(graph, row, start)
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
