"""FollowTheMoney entities: companies, people, ownership, contracts, as JSON lines or an array.

Three habits are read: entities whose properties are lists of text, entities with others nested
in their properties, and single statements (`canonical_id`, `prop`, `value`), which are put
together first. Schema names: https://followthemoney.tech/explorer/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from oust import shares
from oust.formats import inventory_ids as ids
from oust.formats.json_stream import values
from oust.formats.listing import extra, pointer, string, urls
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Kind, Link, Quarantine, Record, Relation, Said

DEEPEST = 8

_PARTIES = ("Company", "Organization", "LegalEntity", "Person", "PublicBody", "Project")
_THINGS = ("Vessel", "Airplane", "Vehicle", "Asset", "RealEstate", "Security")
_EDGES: dict[str, tuple[str, str, Relation]] = {
    "Ownership": ("owner", "asset", "owns"),
    "Directorship": ("director", "organization", "controls"),
    "Succession": ("successor", "predecessor", "succeeds"),
}
_TIES = {
    "UnknownLink": ("subject", "object"),
    "Membership": ("member", "organization"),
    "Employment": ("employee", "employer"),
    "Associate": ("person", "associate"),
    "Family": ("person", "relative"),
    "Representation": ("agent", "client"),
    "ProjectParticipant": ("participant", "project"),
    "Payment": ("payer", "beneficiary"),
    "Debt": ("debtor", "creditor"),
    "Occupancy": ("holder", "post"),
    "Sanction": ("entity", "authority"),
    "Identification": ("holder", "number"),
}
"""Schemas that tie two parties without saying that one owns or controls the other: kept as
documents, so that nobody reads more into them than they say."""
_KNOWN = re.compile(
    r'"schema"\s*:\s*"(?:' + "|".join((*_PARTIES, *_THINGS, *_EDGES, *_TIES, "Contract\\w*")) + '")'
)
_NAMES = ("name", "title", "label")
_ALIASES = ("name", "alias", "previousName", "weakAlias", "abbreviation")
_IDS = {
    "leiCode": "lei",
    "uniqueEntityId": "uei",
    "cageCode": "cage",
    "dunsCode": "duns",
    "imoNumber": "id",
    "mmsi": "id",
    "wikidataId": "id",
    "isin": "id",
    "swiftBic": "id",
}
_REGS = (
    "registrationNumber",
    "innCode",
    "ogrnCode",
    "taxNumber",
    "vatCode",
    "okpoCode",
    "idNumber",
)
_SHOWN = (
    *("jurisdiction", "country", "address", "status", "legalForm", "topics", "role", "program"),
    *("reason", "authority", "sector", "position", "currency", "procedure"),
)


@dataclass
class Entity:
    """One entity: its properties as lists of text, ids where another entity is meant."""

    id: str
    schema: str
    locator: str
    props: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first value of the first of these properties that has one."""
        return next((self.props[name][0] for name in names if self.props.get(name)), "")


class _Party(NamedTuple):
    name: str
    ids: tuple[str, ...]


class FollowTheMoney:
    """FollowTheMoney entities and statements."""

    name = "followthemoney"
    title = "FollowTheMoney entities, JSON lines"
    group = "relations"
    bulk = False

    def claims(self, head: Head) -> int:
        """By an entity's or a statement's keys and a schema name that is known."""
        keys = head.json_keys
        entity = {"id", "schema", "properties"} <= keys
        statement = {"canonical_id", "prop", "schema", "value"} <= keys
        if not (entity or statement):
            return 0
        known = _KNOWN.search(head.text) or keys & {"caption", "datasets", "referents"}
        return 92 if known or statement else 40

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record per entity; a link per ownership, directorship and succession."""
        raw = opened.data if opened.head.encoding == "utf-8" else opened.utf8()
        reader = _Reader(raw.find(b'"Contract') >= 0)
        for one in values(opened):
            if isinstance(one, Quarantine):
                yield one
            else:
                yield from reader.take(one[1], one[0])
        yield from reader.rest()


class _Reader:
    """Tells entities as they come; keeps back what needs others: statements and awards."""

    def __init__(self, has_contracts: bool) -> None:
        self._has_contracts = has_contracts
        self._parties: dict[str, _Party] = {}
        self._contracts: dict[str, Entity] = {}
        self._awards: list[Entity] = []
        self._statements: dict[str, Entity] = {}

    def take(self, value: Any, locator: str) -> Iterator[Said]:
        """One JSON value of the source."""
        if isinstance(value, dict) and "prop" in value and "value" in value:
            yield from self._statement(value, locator)
            return
        found: list[Entity | Quarantine] = []
        _entity(value, locator, found, 0)
        for one in found:
            if isinstance(one, Quarantine):
                yield one
            else:
                yield from self._tell(one)

    def rest(self) -> Iterator[Said]:
        """What was kept back."""
        for entity in self._statements.values():
            yield from self._tell(entity)
        for entity in (*self._contracts.values(), *self._awards):
            yield self._award(entity)

    def _statement(self, value: Mapping[str, Any], locator: str) -> Iterator[Said]:
        key = string(value.get("canonical_id")) or string(value.get("entity_id"))
        schema, prop, text = (string(value.get(name)) for name in ("schema", "prop", "value"))
        if not key or not schema:
            yield Quarantine(locator, "statement without entity or schema", one_line(value))
            return
        entity = self._statements.setdefault(key, Entity(key, schema, locator))
        if entity.schema in ("Thing", "LegalEntity", "Organization"):
            entity.schema = schema  # others of its statements may know better
        if prop != "id" and text and text not in entity.props.setdefault(prop, []):
            entity.props[prop].append(text)

    def _tell(self, entity: Entity) -> Iterator[Said]:
        if entity.schema == "Contract":
            self._contracts[entity.id] = entity
        elif entity.schema == "ContractAward":
            self._awards.append(entity)
        elif entity.schema in _EDGES:
            yield from _edge(entity)
        else:
            record = _record(entity)
            if self._has_contracts and record.kind == "party":
                self._parties[entity.id] = _Party(record.name, record.ids)
            yield record
            for parent in entity.props.get("parent", ()):
                yield Link("controls", parent, (entity.id,), entity.locator)

    def _award(self, entity: Entity) -> Record:
        """A contract, or its award to a supplier."""
        contract = self._contracts.get(entity.first("contract"), entity)
        supplier = self._party(entity, "supplier")
        buyer = self._party(entity, "authority")
        buyer = buyer if buyer.name else self._party(contract, "authority")
        number = entity.first("awardNumber", "contractNumber", "noticeId", "projectId")
        return Record(
            kind="award",
            locator=entity.locator,
            ref=entity.id,
            name=number or contract.first("title", "name") or entity.id,
            type=entity.schema,
            seller=supplier.name,
            buyer=buyer.name,
            ids=ids.joined(
                ids.one("award", number),
                (one for one in supplier.ids if not one.startswith("alias:")),
            ),
            description=entity.first("description", "title") or contract.first("title"),
            amount=entity.first("amount", "amountUsd", "amountEur") or contract.first("amount"),
            since=entity.first("date", "startDate", "contractDate", "signingDate"),
            until=entity.first("endDate"),
            extra=extra(_shown(entity)),
        )

    def _party(self, entity: Entity, prop: str) -> _Party:
        given = entity.first(prop)
        return self._parties.get(given, _Party(given, ()))


def _entity(value: Any, locator: str, found: list[Entity | Quarantine], depth: int) -> str:
    """Add the entity and those nested in it to `found`; give its id."""
    properties = value.get("properties") if isinstance(value, dict) else None
    key = string(value.get("id")) if isinstance(value, dict) else ""
    schema = string(value.get("schema")) if isinstance(value, dict) else ""
    if not key or not schema or depth > DEEPEST:
        found.append(Quarantine(locator, "not an entity", one_line(value)))
        return key
    entity = Entity(key, schema, locator)
    found.append(entity)
    for name, listed in (properties if isinstance(properties, dict) else {}).items():
        where = _within(locator, "properties", name)
        texts = entity.props.setdefault(str(name), [])
        for one in listed if isinstance(listed, list) else [listed]:
            if isinstance(one, dict):
                texts.append(_entity(one, where, found, depth + 1))
            elif isinstance(one, list):
                found.append(Quarantine(where, "a list in a list", one_line(one)))
            elif text := string(one):
                texts.append(text)
    if isinstance(value.get("caption"), str) and not entity.first(*_NAMES):
        entity.props["name"] = [value["caption"]]
    return key


def _within(locator: str, *parts: object) -> str:
    inside = pointer(*parts)
    return locator + inside[1:] if "#" in locator else locator + inside


def _edge(entity: Entity) -> Iterator[Said]:
    """Links of an ownership, directorship or succession, one per pair of its ends."""
    origin, target, relation = _EDGES[entity.schema]
    origins, targets = entity.props.get(origin, []), entity.props.get(target, [])
    if not origins or not targets:
        text = one_line({"id": entity.id, **entity.props})
        yield Quarantine(entity.locator, f"{entity.schema} lacks {origin} or {target}", text)
        return
    percentage = entity.first("percentage")
    shown = _shown(entity) | {"direct": entity.first("ownershipType").lower()}
    try:
        share = shares.read(percentage) or shares.nature(entity.first("role", "summary"))
    except shares.Impossible as problem:
        share = ""
        yield Quarantine(entity.locator, str(problem), one_line(percentage))
    shown["percentage"] = "" if share else percentage
    if entity.schema == "Directorship":
        shown["interest"] = "directorship"
    for one in origins:
        yield Link(
            relation=relation,
            origin=one,
            targets=tuple(targets),
            locator=entity.locator,
            since=entity.first("startDate", "date"),
            until=entity.first("endDate"),
            share=share,
            extra=extra(shown),
        )


def _record(entity: Entity) -> Record:
    """Any entity that is no link."""
    kind = _kind(entity)
    name = entity.first(*_NAMES)
    named = [text for prop in _ALIASES for text in entity.props.get(prop, ())]
    regs = [text for prop in _REGS for text in entity.props.get(prop, ())]
    others = [
        f"{scheme}:{text}" for prop, scheme in _IDS.items() for text in entity.props.get(prop, ())
    ]
    return Record(
        kind=kind,
        locator=entity.locator,
        ref=entity.id,
        name=name,
        type=entity.schema,
        ids=ids.joined(
            (one for text in regs for one in ids.reg(text)),
            others,
            (f"alias:{text}" for text in named if text != name),
        ),
        urls=urls(*entity.props.get("website", ()), *entity.props.get("sourceUrl", ())),
        description=entity.first("description", "summary", "notes"),
        since=entity.first("incorporationDate", "startDate"),
        until=entity.first("dissolutionDate", "endDate"),
        extra=extra(_shown(entity)),
    )


def _kind(entity: Entity) -> Kind:
    if entity.schema in _PARTIES:
        return "party"
    if entity.schema in _THINGS:
        return "component"
    business = any(entity.props.get(prop) for prop in (*_REGS, "leiCode", "jurisdiction"))
    return "party" if business and entity.schema not in _TIES else "document"


def _shown(entity: Entity) -> dict[str, str]:
    shown = {name: "; ".join(entity.props.get(name, ())) for name in _SHOWN}
    for end in _TIES.get(entity.schema, ()):
        shown[end] = "; ".join(entity.props.get(end, ()))
    return shown
