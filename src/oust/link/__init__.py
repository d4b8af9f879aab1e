"""Stage 3: join what different sources say into one graph of dated links.

The heart is the join across kinds: a product that one source shows to contain the vendor's code
is looked for in every other source, so that an engine nobody bought by name reaches the hosts,
agencies and contracts that have it. Repeated until nothing new is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field, structs

from oust.data.dossier import Dossier
from oust.link import files, gather, network
from oust.link.describe import describe
from oust.link.gather import Document, Row, Tables
from oust.link.graph import STRENGTHS, Edge, Graph, plain
from oust.link.holdings import holdings, upward_names
from oust.link.place import (
    SELLING,
    Start,
    evidence_of,
    makers,
    no_asset,
    party_id,
    place_agreement,
    place_award,
    place_component,
    place_on_host,
    place_system,
)
from oust.link.relations import OWNING, Parties, add_relations, owned, place_owned, sought
from oust.model import CarrierProduct, Evidence, Holding, Mention, Node, Sighting
from oust.party_keys import PartyKeys

MAX_ROUNDS = 8
"""A product within a product within a product: deeper nesting is not followed."""

_PLAINER = ("is", "published-by", "signed-by", "licensed-from", "contains", "supplies")

AROUND = 30
"""Characters shown on either side of the words of a mention."""

Finder = Callable[[Sequence[CarrierProduct]], Iterable[tuple[str, Sighting]]]
"""Looks for carrier products in all things stored: (item key, sighting); the sighting's `vendor`
is the carrier's key."""


class Linked(Struct):
    """The graph of a case, what was mentioned only, and what further evidence should be sought."""

    graph: Graph
    mentions: list[Mention] = field(default_factory=list)
    carriers: tuple[CarrierProduct, ...] = ()
    parties: tuple[str, ...] = ()  # names and LEIs of parties, for sources not stored whole
    holdings: list[Holding] = field(default_factory=list)
    keys: PartyKeys = field(default_factory=lambda: PartyKeys(()))  # by which holdings name parties
    possibly_same: tuple[tuple[str, str, str], ...] = ()


def _unknown_purpose(name: str, identifier: str, vendor: str) -> str:
    return "unknown"


def vendor_node(dossier: Dossier) -> tuple[str, Node]:
    """Id and node of the vendor itself."""
    return f"vendor:{dossier.id}", Node("vendor", dossier.vendor, dossier.id)


def link(
    tables: Tables,
    dossiers: Sequence[Dossier],
    find: Finder,
    purpose_of: network.PurposeOf = _unknown_purpose,
) -> Linked:
    """Link everything stored. The same tables and dossiers give the same graph."""
    work = _Work(tables, dossiers, purpose_of)
    rows = gather.sightings(tables, [dossier.id for dossier in dossiers])
    work.load_documents(rows)
    work.place_sightings(rows)
    parties = add_relations(work.graph, tables, work.same)
    work.linked.keys = PartyKeys(dossiers)
    work.linked.keys.join(parties.same)
    work.linked.holdings = holdings(work.graph, dossiers, work.linked.keys)
    work.linked.parties = sought(
        work.graph, parties, [*upward_names(dossiers), *gather.with_access(tables)]
    )
    work.linked.mentions += place_owned(work.graph, tables, parties)
    work.place_signed_by_group(parties)
    work.follow(find, [*_embedded(work.graph, dossiers), *work.products()])
    work.linked.possibly_same = (*parties.possibly_same(), *work.name_clients())
    work.linked.mentions.sort(
        key=lambda m: (m.vendor, m.evidence.source, m.evidence.locator, m.reason)
    )
    return work.linked


class _Work:
    """The state of one link run."""

    def __init__(
        self, tables: Tables, dossiers: Sequence[Dossier], purpose_of: network.PurposeOf
    ) -> None:
        self.tables = tables
        self.purpose_of = purpose_of
        self.clients: list[Row] = []  # contacts of hosts known by their address alone
        self.called: dict[str, str] = {}  # name of the device that has a MAC address
        self.linked = Linked(Graph())
        self.graph = self.linked.graph
        self.documents: dict[int, Document] = {}
        self.same: dict[str, str] = {}  # party node -> vendor node that it is
        self.publishers: dict[str, str] = {}  # product node -> who provides it
        self.reached: dict[str, bool] = {}  # product node -> whether it was looked for
        self.installed: dict[str, CarrierProduct] = {}  # the same of packages looked at as files
        self.containers = files.Containers()  # what stands around files
        for dossier in dossiers:
            self.graph.node(*vendor_node(dossier))

    def load_documents(self, rows: Iterable[Row]) -> None:
        """Structure of every document that holds one of `rows`."""
        wanted = {row["sid"] for row in rows if _in_document(row)} - self.documents.keys()
        if wanted:
            new = gather.documents(self.tables, wanted)
            self.documents |= new
            for document in new.values():
                self.publishers |= makers(document)

    def place_sightings(self, rows: Sequence[Row]) -> None:
        """Put every record with a vendor sighting where it belongs, or among the mentions."""
        together: dict[tuple[str, int, int], list[Row]] = {}
        for row in rows:
            together.setdefault((row["vendor"], row["sid"], row["n"]), []).append(row)
        self.called = network.device_names(rows)
        self.containers.add(self.tables, rows)
        files.note_signatures(self.tables, rows)
        self.containers.own = {path for row in rows if (path := files.own_container(row))}
        for (vendor, _, _), seen in together.items():
            if network.is_network(seen[0]):
                self._place_network(vendor, seen)
                continue
            good = [row for row in seen if not (row["mention"] or no_asset(row))]
            if good:
                self.place(good[0], self._start(vendor, good), carrier=False)
            else:
                said = {row["mention"] or no_asset(row): row for row in reversed(seen)}
                self.linked.mentions += [_mention(row, why) for why, row in said.items()]
        self._place_listed(rows)

    def _place_listed(self, rows: Sequence[Row]) -> None:
        """Files that a catalogue lists which the vendor signed."""
        for vendor in dict.fromkeys(row["vendor"] for row in rows):
            signed = [
                row
                for row in rows
                if row["vendor"] == vendor and row["type"] == "catalogue" and not row["mention"]
            ]
            for one in files.listed(self.tables, signed):
                seen = frozenset((one.member,))
                near = f"vendor:{vendor}"
                start = Start(near, "signed-by", "identifier", one.why, seen, "ids")
                self.place_file(one.row, start)

    def place_file(self, row: Row, start: Start) -> None:
        """Put a file into the graph, reached from `start`."""
        if no_asset(row):
            return
        if row["source"] not in self.containers.seen:
            self.containers.add(self.tables, [row])
        vendor = start.near.removeprefix("vendor:")
        for carrier in files.place_file(self.graph, row, start, vendor, self.containers):
            self.installed.setdefault(carrier.key, carrier)
            self.reached.setdefault(carrier.key, False)

    def place_signed_by_group(self, parties: Parties) -> None:
        """Files whose signer's registration number is that of a company that a vendor owns."""
        theirs = owned(self.graph)
        numbers = {
            f"reg:{one}": ident for ident in theirs for one in parties.numbers((ident,), "reg")
        }
        for ident, row, seen, why in files.signed_by_owned(self.tables, numbers):
            start = Start(ident, "signed-by", "identifier", why, frozenset((seen,)), "ids")
            self.place_file(row, start)

    def _place_network(self, vendor: str, seen: list[Row]) -> None:
        """What was seen on a network: a contact, a name that is served, a device, or mentions."""
        found = network.shown(seen, self.purpose_of)
        if not found.shows:
            why = network.reasons(seen, found)
            self.linked.mentions += [_mention(row, reason) for reason, row in why.items()]
            return
        row, start = found.rows[0], self._start(vendor, list(found.rows))
        if found.shows == "device":
            network.place_device(self.graph, row, start, self.called)
        elif found.shows == "served":
            network.place_served(self.graph, row, start, found.rows)
        else:
            network.place_contact(self.graph, row, start, found.purpose)
            if network.is_address(row["host"]):
                self.clients.append(row)

    def name_clients(self) -> list[tuple[str, str, str]]:
        """Names that leases and scans give to clients known by address; shown, never joined."""
        if not self.clients:
            return []
        known = gather.typed(self.tables, network.DEVICES)
        found = network.namings(self.clients, known)
        by_host: dict[str, list[str]] = {}
        for one in found:
            by_host.setdefault(one.address, []).append(f"{one.name} by {one.ground}")
        for address, names in by_host.items():
            self.graph.describe(f"host:{address.casefold()}", f"possibly {', '.join(names[:3])}")
        return [(one.address, one.name, one.ground) for one in found]

    def _start(self, vendor: str, seen: list[Row]) -> Start:
        """Where a record is reached from, by the strongest of its sightings."""
        best = min(seen, key=_firmness)
        near, relation = f"vendor:{vendor}", best["seen_relation"]
        if relation in OWNING:
            near, relation = self._affiliate(near, best), ""
        return Start(
            near,
            relation if relation not in ("", "is") else "supplies",
            best["strength"],
            describe(best["identifier"], best["strength"], best["seen_text"])
            + (files.MISFIT if best.get("signature", "").startswith("tampered") else ""),
            frozenset(_seen(row) for row in seen),
            "seller" if _sells(best) else best["seen_field"],
        )

    def _affiliate(self, vendor: str, row: Row) -> str:
        """The node of a company that the dossier says the vendor owns, linked to it."""
        seen = row[row["seen_field"]]
        name = seen if isinstance(seen, str) else row["seller_parent"] or row["name"]
        party = self.graph.node(party_id(name), Node("party", name))
        evidence = Evidence(
            f"dossier {row['vendor']}", "/ownership", "party", name, row["identifier"]
        )
        self.graph.edge(
            Edge(
                vendor, party, row["seen_relation"], {evidence}, why="the dossier lists it as owned"
            )
        )
        return party

    def place(self, row: Row, start: Start, carrier: bool) -> None:
        """Put one record into the graph, reached from `start`."""
        if row["kind"] == "award":
            place_award(self.graph, row, start)
        elif row["kind"] == "agreement":
            place_agreement(self.graph, row, start)
        elif row["kind"] == "service" and row["type"] == "system":
            place_system(self.graph, row, start)
        elif row["kind"] == "party":
            if plain(row["name"]):  # a nameless one is known by its numbers alone
                self.same.setdefault(party_id(row["name"]), start.near)
        elif files.is_file(row):
            self.place_file(row, start)
        elif files.package_of(row):
            self.place_file(files.as_file(row), start)
        elif row["kind"] == "host" and not (row["host"] or carrier):
            network.place_device(self.graph, row, start, self.called)
        elif row["host"] or row["kind"] in ("program", "host"):
            place_on_host(self.graph, row, start, carrier)
        else:
            document = self.documents[row["sid"]]
            if files.describes_file(document):
                self._place_part(row, start, carrier)
                return
            for product in place_component(self.graph, row, start, document, carrier):
                self.reached.setdefault(product, False)

    def _place_part(self, row: Row, start: Start, carrier: bool) -> None:
        """A component that a package looked at as a file says it contains."""
        whole = files.whole(self.tables, row)
        if whole is None or no_asset(whole):
            return
        part = start if carrier else files.place_part(self.graph, row, start)
        self.place_file(whole, part)

    def products(self) -> list[CarrierProduct]:
        """Products reached so far that were not looked for yet."""
        found = []
        for ident in sorted(ident for ident, done in self.reached.items() if not done):
            self.reached[ident] = True
            if ident in self.installed:
                found.append(self.installed[ident])
                continue
            node = self.graph.nodes[ident]
            found.append(
                CarrierProduct(
                    key=ident,
                    name=node.name,
                    version=node.version,
                    purl=node.id,
                    publisher=self.publishers.get(ident, ""),
                )
            )
        return found

    def follow(self, find: Finder, carriers: list[CarrierProduct]) -> None:
        """Look for carriers in all evidence, and for what carries them, until nothing is new."""
        every: list[CarrierProduct] = []
        for _ in range(MAX_ROUNDS):
            if not carriers:
                break
            every += carriers
            found = list(find(carriers))
            rows = gather.occurrences(self.tables, {key for key, _ in found})
            self.load_documents(rows)
            self._place_carriers(rows, found)
            carriers = self.products()
        self.linked.carriers = tuple(every)

    def _place_carriers(self, rows: Sequence[Row], found: Sequence[tuple[str, Sighting]]) -> None:
        by_key: dict[str, list[Sighting]] = {}
        for key, sighting in found:
            by_key.setdefault(key, []).append(sighting)
        for row in rows:
            for sighting in by_key[row["key"]]:
                if sighting.mention or network.is_network(row) or no_asset(row):
                    continue
                if self._is_itself(row, sighting.vendor):
                    continue
                if files.is_file(row) and (
                    sighting.field == "name" or files.node_id(row) in self.installed
                ):
                    continue  # anybody may give a file any name; a copy is reached by itself
                self.place(row, _carrier_start(row, sighting), carrier=True)

    def _is_itself(self, row: Row, carrier: str) -> bool:
        """Whether the row is the very subject that made the product a carrier."""
        return row["role"] == "subject" or carrier not in self.graph.nodes


def _in_document(row: Row) -> bool:
    return row["kind"] in ("component", "service", "document") and not row["host"]


def _sells(row: Row) -> bool:
    """Whether the sighting says who the seller of an award is: by name or by number."""
    return row["kind"] == "award" and (
        row["seen_field"] in SELLING
        or (row["seen_field"] == "ids" and row["seen_relation"] in ("is", *OWNING))
    )


def _firmness(row: Row) -> tuple[bool, int, int, str]:
    """Sort key: the seller of an award decides, then the stronger, then the plainer relation."""
    return (
        not _sells(row),
        STRENGTHS.index(row["strength"]),
        _PLAINER.index(row["seen_relation"]) if row["seen_relation"] in _PLAINER else len(_PLAINER),
        row["seen_field"],
    )


def _seen(row: Row) -> Evidence:
    seen = evidence_of(row, row["seen_field"], row["seen_text"], row["identifier"])
    return structs.replace(seen, signature=row["signature"]) if row.get("signature") else seen


def _carrier_start(row: Row, sighting: Sighting) -> Start:
    seen = evidence_of(row, sighting.field, sighting.text, sighting.identifier)
    why = describe(sighting.identifier, sighting.strength, sighting.text)
    field = "" if row["kind"] == "award" else sighting.field
    return Start(sighting.vendor, "contains", sighting.strength, why, frozenset((seen,)), field)


def _mention(row: Row, reason: str) -> Mention:
    return Mention(
        vendor=row["vendor"],
        reason=reason,
        record=row["name"] or row["description"][:60],
        strength=row["strength"],
        evidence=_seen(row),
        context=_around(row),
    )


def _around(row: Row) -> str:
    """The words seen with what stands around them in their field."""
    text = row[row["seen_field"]]
    if not isinstance(text, str):
        return str(row["seen_text"])
    start, end = max(row["start"] - AROUND, 0), row["end"] + AROUND
    lead, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{lead}{text[start:end]}{tail}"


def _embedded(graph: Graph, dossiers: Sequence[Dossier]) -> list[CarrierProduct]:
    """Products that the dossiers say carry the vendor's code; added to the graph."""
    found = []
    for dossier in dossiers:
        for n, fact in enumerate(dossier.embeddings):
            if not (fact.names or fact.ids):
                continue
            ident = f"product:embedding {dossier.id} {n}"
            name = fact.names[0] if fact.names else fact.product
            graph.node(ident, Node("product", f"{fact.licensee} {name}".strip()))
            evidence = Evidence(
                source=f"dossier {dossier.id}",
                locator=f"/embeddings/{n}",
                field="product",
                text=fact.product,
                identifier=fact.source[0],
            )
            graph.edge(
                Edge(
                    *(f"vendor:{dossier.id}", ident, "licensed-from", {evidence}),
                    since=fact.since,
                    until=fact.until,
                    strength="weak" if fact.strength else "identifier",
                    why=f"the dossier names {fact.licensee} as licensee",
                )
            )
            found.append(
                CarrierProduct(
                    key=ident,
                    name=name,
                    names=fact.names[1:],
                    version_from=fact.version_from,
                    version_until=fact.version_until,
                    ids=tuple(i for i in fact.ids if not i.startswith("purl:")),
                    purl=next((i[5:] for i in fact.ids if i.startswith("purl:")), ""),
                    publisher=fact.licensee,
                )
            )
    return found


__all__ = ["Finder", "Linked", "Parties", "link", "vendor_node"]
