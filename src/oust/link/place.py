"""Put one record with a sighting into the graph: what the sighting says about the thing."""

from __future__ import annotations

import json
import re

from msgspec import Struct

from oust.link.gather import Document, Member, Row, Stated
from oust.link.graph import Edge, Graph, first_id, plain
from oust.model import Evidence, Node, Relation, Strength

_ABSENT = re.compile(r"^(?:removed|uninstalled|purged)|not installed|to install$")


NOT_PRESENT = {
    "tender": "a tender: nothing was bought yet",
    "planning": "a plan: nothing was bought yet",
    "notice": "a notice: nothing was bought yet",
    "release": "a notice: nothing was bought yet",
    "unsuccessful award": "not bought: the award was unsuccessful",
    "cancelled award": "not bought: the award was cancelled",
    "invalid award": "not bought: the award is invalid",
    "guest application": "a program of a guest system, not of this host",
    "installation": "installation history, which does not say what is there now",
}
"""Types of records that show no presence, with the reason."""

APPROVAL = "listed, certified or excluded: an approval, no use seen"
"""Why an approval is no exposure: it shows that somebody may buy, not that anybody did."""

SELLING = ("seller", "seller_parent")
AGREEING = (*SELLING, "ids")
"""Fields of an agreement that say who gets access."""


class Start(Struct, frozen=True):
    """From where a record is reached: a node of the graph, by which relation, on what ground."""

    near: str
    relation: Relation
    strength: Strength
    why: str
    evidence: frozenset[Evidence]
    field: str = ""  # where the strongest of the evidence stands


def evidence_of(row: Row, field: str = "", text: str = "", identifier: str = "") -> Evidence:
    """The place of a row in its source."""
    return Evidence(
        source=row["source"],
        locator=row["locator"],
        field=field,
        text=text,
        identifier=identifier,
        sha256=row["sha256"],
    )


def no_asset(row: Row) -> str:
    """Why an occurrence makes no exposure whatever was sighted in it; "" if it can."""
    if row["role"] == "tool":
        return "a tool that made the document"
    if row["role"] == "author":
        return "an author of the document"
    if row["kind"] == "document":
        return "named in what the document says about itself"
    if row["kind"] == "approval":
        return APPROVAL
    if row["type"] in NOT_PRESENT:
        return NOT_PRESENT[row["type"]]
    if row["kind"] == "agreement" and row.get("seen_field", "seller") not in AGREEING:
        return "named in the words of an access agreement, which does not say what is used"
    said = json.loads(row["extra"]) if row["extra"] else {}
    state = str(said.get("state") or said.get("action") or "").casefold()
    if _ABSENT.search(state):
        return f"the evidence itself says: {state}"
    if "pedigree" in said:
        return f"{said['pedigree']} of a component, not contained in it"
    return ""


def product_id(name: str, version: str, purl: str, source: str) -> str:
    """One id for one product, whichever source names it."""
    if purl:
        return "product:" + purl.split("?", 1)[0].split("#", 1)[0].casefold()
    words = plain(name)
    return f"product:{words} {version}".rstrip() if words else f"product:of {source}"


def makers(document: Document) -> dict[str, str]:
    """Who provides what a document describes, by product id, where it says so."""
    found = {}
    for one in document.subjects:
        ident = product_id(one.name, one.version, one.purl, document.source)
        if maker := one.supplier or one.publisher:
            found[ident] = maker
    return found


def party_id(name: str) -> str:
    """One id for a party by its name without legal form."""
    return "party:" + plain(name)


def host_id(row: Row) -> str:
    """One id for a host by its name; by its source where no name is given."""
    return "host:" + (row["host"].strip().casefold() or f"of {row['source']}")


def add_host(graph: Graph, row: Row) -> str:
    """The host on which a row was found."""
    name = row["host"].strip() or f"host of {row['source'].rsplit('/', 1)[-1]}"
    ident = graph.node(host_id(row), Node(kind="host", name=name))
    if row["operator"]:
        add_operator(graph, ident, row["operator"], evidence_of(row, "operator", row["operator"]))
    return ident


def add_operator(graph: Graph, host: str, operator: str, evidence: Evidence) -> None:
    """Who runs a host."""
    party = graph.node(party_id(operator), Node(kind="party", name=operator))
    graph.edge(Edge(host, party, "operated-by", {evidence}))


def place_on_host(graph: Graph, row: Row, start: Start, carrier: bool) -> None:
    """An installed program, or a part standing in a machine. A carrier is itself the program."""
    host = add_host(graph, row)
    seen = evidence_of(row, "name", f"{row['name']} {row['version']}".strip())
    near = start.near
    if not carrier:
        ident = f"program:{plain(row['name'])} {row['version']} on {host}"
        node = Node(row["kind"], row["name"] or row["purl"], _best_id(row), row["version"])
        near = graph.node(ident, node)
        graph.edge(_edge(start, near))
        graph.edge(Edge(near, host, "installed-on", {seen}, since=row["since"]))
        return
    graph.edge(
        Edge(
            *(near, host, "installed-on", {seen}),
            since=row["since"],
            strength=start.strength,
            why=start.why,
        )
    )


def _edge(start: Start, far: str, known: bool = True) -> Edge:
    return Edge(
        *(start.near, far, start.relation, set(start.evidence)),
        strength=start.strength,
        known=known,
        why=start.why,
    )


def _best_id(row: Row) -> str:
    best = first_id(row["ids"] or (), "msi", "bundle", "cpe", "winget", "deb", "rpm", "sha256")
    return row["purl"] or best


def place_award(graph: Graph, row: Row, start: Start) -> None:
    """An award: through the seller who holds it, unless the seller is where we come from."""
    ids = row["ids"] or ()
    number = row["name"] or first_id(ids, "award").partition(":")[2] or row["locator"]
    award = graph.node(
        f"award:{row['buyer'].casefold()}:{number.casefold()}",
        Node("award", number, first_id(ids, "award"), detail=row["buyer"]),
    )
    seller = evidence_of(row, "seller", row["seller"])
    if not row["seller"]:
        graph.edge(_edge(start, award, known=False))
    elif start.field in SELLING or party_id(row["seller"]) == start.near:
        graph.edge(
            Edge(
                *(start.near, award, "awarded", set(start.evidence)),
                since=row["since"],
                strength=start.strength,
                why=start.why,
            )
        )
    else:
        node = Node("party", row["seller"], first_id(ids, "uei", "cage", "duns"))
        party = graph.node(f"{party_id(row['seller'])} for {award}", node)
        graph.edge(
            Edge(
                *(start.near, party, "resells", set(start.evidence)),
                strength=start.strength,
                why=start.why,
            )
        )
        graph.edge(Edge(party, award, "awarded", {seller}, since=row["since"]))


def place_agreement(graph: Graph, row: Row, start: Start) -> None:
    """An agreement that gives the vendor, or a company of its group, access."""
    name = row["name"] or row["locator"]
    ident = f"agreement:{row['source']}:{row['ref'] or name}".casefold()
    agreement = graph.node(ident, Node("agreement", name, detail=row["buyer"]))
    graph.edge(
        Edge(
            *(start.near, agreement, "has-access-to", set(start.evidence)),
            since=row["since"],
            until=row["until"],
            strength=start.strength,
            why=start.why,
        )
    )


def place_system(graph: Graph, row: Row, start: Start) -> None:
    """A system that a register names, called like what the vendor makes."""
    ident = product_id(row["name"], row["version"], row["purl"], row["source"])
    graph.edge(_edge(start, graph.node(ident, Node("system", row["name"]))))


def place_component(
    graph: Graph, row: Row, start: Start, document: Document, carrier: bool
) -> list[str]:
    """A component of a document: up to what the document is about. Returns those products.

    A carrier is itself the component, so the walk begins at its own node.
    """
    me = row["ref"] or row["locator"]
    climb = _Climb(graph, row["sid"], document)
    if carrier:
        climb.ids[me] = start.near
    else:
        graph.edge(_edge(start, climb.node(me)))
    return climb.up(me)


class _Climb:
    """Walks a document upward from a component to its subjects."""

    def __init__(self, graph: Graph, sid: int, document: Document) -> None:
        self.graph, self.sid, self.document = graph, sid, document
        self.ids: dict[str, str] = {}

    def node(self, ref: str) -> str:
        if ref not in self.ids:
            member = self.document.members.get(ref)
            self.ids[ref] = self._make(ref, member)
        return self.ids[ref]

    def _make(self, ref: str, member: Member | None) -> str:
        if member is None:
            return self.graph.node(f"ref:{self.sid}:{ref}", Node("component", ref))
        name = member.name or member.purl or first_id(member.ids, "cpe") or ref
        if member.role == "subject":
            ident = product_id(member.name, member.version, member.purl, self.document.source)
            return self.graph.node(ident, Node("product", name, member.purl, member.version))
        ident = f"component:{self.sid}:{ref}"
        return self.graph.node(ident, Node("component", name, member.purl, member.version))

    def up(self, start: str) -> list[str]:
        """Add every link on a way up; return the products reached."""
        waiting, seen, reached = [start], {start}, []
        while waiting:
            ref = waiting.pop()
            if ref != start and self._is_subject(ref):
                reached.append(self.node(ref))
                continue
            holders = [one for one in self.document.holders.get(ref, ()) if self._holds(one, ref)]
            for stated in holders:
                self._hold(ref, stated.parent, stated.relation, stated.locator)
                if stated.parent not in seen:
                    seen.add(stated.parent)
                    waiting.append(stated.parent)
            if not holders and ref in self.document.members:
                reached.append(self._beside(ref))
        return reached or [self._beside(start)]

    def _is_subject(self, ref: str) -> bool:
        member = self.document.members.get(ref)
        return member is not None and member.role == "subject"

    def _holds(self, stated: Stated, ref: str) -> bool:
        """Whether a holder is a thing of its own: neither the thing itself nor the document."""
        member = self.document.members.get(stated.parent)
        return stated.parent != ref and (member is None or member.kind != "document")

    def _hold(self, ref: str, parent: str, relation: str, locator: str) -> None:
        document = self.document
        member = document.members.get(ref)
        text = member.name if member else ref
        evidence = Evidence(document.source, locator, relation, text, "", document.sha256)
        self.graph.edge(
            Edge(self.node(ref), self.node(parent), relation, {evidence})  # type: ignore[arg-type]
        )

    def _beside(self, top: str) -> str:
        """No stated way up: it stands in the document, how it got there is not said."""
        mine = self.document.members[top]
        if mine.role == "subject":
            return self.node(top)
        subjects = [one for one in self.document.subjects if one.type not in ("file", "snippet")]
        if len(subjects) == 1:
            far = self.node(subjects[0].ref or subjects[0].locator)
        else:  # none, or so many that the document says of nothing in particular what holds it
            name = self.document.source.rsplit("/", 1)[-1]
            ident = f"product:of {self.document.source}"
            far = self.graph.node(ident, Node("product", f"what {name} describes"))
        evidence = Evidence(
            *(self.document.source, mine.locator, "component", mine.name, ""),
            self.document.sha256,
        )
        self.graph.edge(Edge(self.node(top), far, "contains", {evidence}, known=False))
        return far
