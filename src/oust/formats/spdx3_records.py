"""SPDX 3 packages, files, agents and documents as records."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from oust.formats.spdx2_records import Extra, as_json
from oust.formats.spdx3_model import Thing, Things, ids_of, several, texts
from oust.formats.spdx_words import (
    Agent,
    agent,
    hash_id,
    is_date,
    outside_id,
    said,
    web_addresses,
)
from oust.model import Record, Role

PACKAGES = frozenset({"Package", "AIPackage", "DatasetPackage"})
_TYPES = {"File": "file", "Snippet": "snippet", "SoftwareArtifact": "artifact"}


class _DocumentExtra(msgspec.Struct, omit_defaults=True):
    namespace: str = ""
    spec: str = msgspec.field(default="", name="spec version")
    created: str = ""
    others: str = msgspec.field(default="", name="other elements")


class _PartyExtra(msgspec.Struct, omit_defaults=True):
    contact: str = ""
    comment: str = ""


class Tables:
    """Elements that others refer to, by id."""

    def __init__(self) -> None:
        self.loose: dict[str, Thing] = {}  # agents, identifiers, hashes, creation infos
        self.licences: dict[tuple[bool, str], list[str]] = {}  # (declared?, element): licences
        self.remarks: dict[str, list[str]] = {}  # element: statements of annotations
        self.authors: set[str] = set()

    def note(self, thing: Thing, cls: str) -> None:
        """Keep what others may refer to."""
        if thing.id:
            self.loose[thing.id] = thing
        if cls == "CreationInfo":
            self.authors.update(ids_of(thing.created_by))
        if cls == "Annotation" and thing.statement:
            for subject in ids_of(thing.subject):
                self.remarks.setdefault(subject, []).append(thing.statement)

    def parts(self, *fields: Things) -> Iterator[Thing]:
        """The elements that fields name or contain, as far as they are known."""
        for things in fields:
            for one in several(things):
                found = self.loose.get(one) if isinstance(one, str) else one
                if found is not None:
                    yield found

    def party(self, things: Things) -> Agent:
        """Who is named; several in one text. `kind` is Person only if all of them are."""
        found = [(agent(one.name or ""), one) for one in self.parts(things)]
        names = [who.name for who, _ in found if who.name]
        if not names:
            return Agent("", "", "")
        first, thing = found[0]
        person = all(one.cls == "Person" for _, one in found)
        kind = "Person" if person else "Organization"
        return Agent(kind, "; ".join(names), first.mail or self.contact(thing))

    def contact(self, thing: Thing) -> str:
        """Mail or web addresses of an agent."""
        parts = self.parts(thing.outside_ids, thing.more_ids)
        return ", ".join(one.identifier for one in parts if one.identifier)

    def licence(self, declared: bool, element: str) -> str:
        """Licence expressions or names that a relationship gives to an element."""
        refs = self.licences.get((declared, element), [])
        names = (self._licence_name(ref) for ref in refs)
        return ", ".join(name for name in names if said(name))

    def _licence_name(self, ref: str) -> str:
        found = self.loose.get(ref)
        if found is None:
            return ref.rpartition("/")[2]
        return found.licence or found.name or ref


def _outside(thing: Thing, tables: Tables) -> tuple[str, list[str], list[str]]:
    """(first purl, ids, addresses) from identifiers, references and hashes."""
    purl, ids, urls = thing.purl or "", [], []
    found = [(one.id_type or "", one.identifier or "") for one in _identifiers(thing, tables)]
    for ref in tables.parts(thing.outside_refs):
        found += [(ref.ref_type or "", locator) for locator in texts(ref.locators)]
    for kind, value in found:
        if not said(value):
            continue
        sort, value = outside_id(kind, value)
        if sort == "url":
            urls.append(value)
        elif sort == "id":
            ids.append(value)
        elif not purl:
            purl = value
        elif value != purl:
            ids.append(f"purl:{value}")
    hashes = (hash_id(one.algorithm, one.hash_value) for one in tables.parts(thing.hashes))
    contents = (one.content_value for one in tables.parts(thing.content_ids))
    ids += filter(None, hashes)
    ids += (f"id:{value}" for value in contents if value)
    return purl, ids, urls


def _identifiers(thing: Thing, tables: Tables) -> Iterator[Thing]:
    return tables.parts(thing.outside_ids, thing.more_ids)


def _extra(thing: Thing, tables: Tables, supplier: Agent, maker: Agent) -> Extra:
    return Extra(
        licence=tables.licence(True, thing.id),
        concluded=tables.licence(False, thing.id),
        copyright=said(thing.copyright),
        supplier_kind=supplier.kind if supplier.kind == "Person" else "",
        supplier_contact=supplier.mail,
        maker_kind=maker.kind if maker.kind == "Person" else "",
        maker_contact=maker.mail,
        source_info=said(thing.source_info),
        attribution="\n".join(texts(thing.attribution)),
        annotations="\n".join(tables.remarks.get(thing.id, ())),
        built=thing.built or "",
    )


def artifact_record(thing: Thing, cls: str, locator: str, role: Role, tables: Tables) -> Record:
    """A package, file or snippet, every value in its own field."""
    supplier, maker = tables.party(thing.supplied_by), tables.party(thing.originated_by)
    purl, ids, urls = _outside(thing, tables)
    extra = _extra(thing, tables, supplier, maker)
    urls += [address for address in (thing.download, thing.home) if said(address) and address]
    urls += web_addresses(thing.source_info or "")
    since, until = thing.released or "", thing.valid_until or ""
    if since and not is_date(since):
        since, extra.released = "", since
    if until and not is_date(until):
        until, extra.valid_until = "", until
    kind = _TYPES.get(cls, thing.purpose or "")
    if cls in _TYPES and thing.purpose:
        extra.file_types = thing.purpose
    lines = (thing.summary, thing.description, thing.comment)
    return Record(
        "component",
        locator,
        thing.id,
        role,
        thing.name or "",
        thing.version or "",
        kind,
        supplier.name,
        maker.name,
        purl=purl,
        ids=tuple(ids),
        urls=tuple(dict.fromkeys(urls)),
        path=(thing.name or "") if cls == "File" else "",
        description="\n".join(line for line in lines if line),
        since=since,
        until=until,
        extra=as_json(extra),
    )


def agent_record(thing: Thing, cls: str, locator: str, tables: Tables) -> Record:
    """A party: author if it made the document, tool if it is one, else one that is named."""
    who = agent(thing.name or "")
    role: Role = "author" if thing.id in tables.authors else ""
    return Record(
        "party",
        locator,
        thing.id,
        "tool" if cls == "Tool" else role,
        who.name,
        type=cls,
        description=thing.description or "",
        extra=as_json(_PartyExtra(who.mail or tables.contact(thing), thing.comment or "")),
    )


def document_record(thing: Thing, cls: str, locator: str, tables: Tables, others: str) -> Record:
    """The document, or an SBOM within it."""
    made = next(tables.parts(thing.creation), Thing())
    created = made.created or ""
    extra = _DocumentExtra(
        spec=made.spec or "",
        created="" if is_date(created) else created,
        others=others,
    )
    lines = (thing.summary, thing.description, thing.comment)
    return Record(
        "document",
        locator,
        ref=thing.id,
        name=thing.name or "",
        type="SPDX" if cls == "SpdxDocument" else cls,
        description="\n".join(line for line in lines if line),
        since=created if is_date(created) else "",
        extra=as_json(extra),
    )
