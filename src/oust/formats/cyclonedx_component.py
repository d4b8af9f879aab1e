"""A CycloneDX component, service or old-style tool as a record, with what is nested in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from oust.formats.cyclonedx_shape import (
    Component,
    Contact,
    Entity,
    LicenseChoice,
    Org,
    Pedigree,
)
from oust.model import Kind, Link, Quarantine, Record, Role, Said

MAX_NESTING = 180
"""Components inside components, levels. Two levels of JSON each, so below seam.MAX_DEPTH."""

Note = tuple[tuple[str, str], ...]
"""Pairs for Record.extra that hold for a whole branch of the document."""

_PEDIGREE = (
    ("ancestors", "ancestor"),
    ("descendants", "descendant"),
    ("variants", "variant"),
)
_NOT_AUTHORS = ("licensor", "licensee", "purchaser", "target")
_PATH = re.compile(r"(?:^|[:._/-])(?:[a-z]*path|location)$|^SrcFile$|Path$", re.I)
_CPE = re.compile(r"(?:^|:)cpe(?:2[23])?$", re.I)
_MEMO_SIZE = 4096
_encode = msgspec.json.Encoder().encode


class _Memo(dict[str, str]):
    """Answers of a function by word; a subscript is the fastest call there is."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, word: str) -> str:
        answer = self.function(word)
        if len(self) < _MEMO_SIZE:
            self[word] = answer
        return answer


def property_use(name: str) -> str:
    """What a property of this name holds for us: `path`, `cpe` or nothing."""
    return "path" if _PATH.search(name) else "cpe" if _CPE.search(name) else ""


def scheme_of(algorithm: str) -> str:
    """Prefix in Record.ids of a digest: `SHA3-256` and `HASH_ALG_SHA_3_256` give `sha3-256:`."""
    word = algorithm.lower().removeprefix("hash_alg_").replace("_", "-")
    word = re.sub(r"^blake-(\d)(-b)?", lambda m: "blake" + m[1] + ("b" if m[2] else ""), word)
    word = re.sub(r"^sha-3-", "sha3-", word)
    return (re.sub(r"^sha-", "sha", word) or "id") + ":"


_use_of = _Memo(property_use)
_scheme = _Memo(scheme_of)


@lru_cache(maxsize=4096)
def extra_of(pairs: Note) -> str:
    """Record.extra from pairs, those without a value left out."""
    said = {name: value for name, value in pairs if value}
    return _encode(said).decode() if said else ""


@lru_cache(maxsize=4096)
def extra_licence(licence: str) -> str:
    """Record.extra for the most common case: a licence and nothing else."""
    return _encode({"licence": licence}).decode()


def licence_of(choices: Sequence[LicenseChoice]) -> tuple[str, bool]:
    """Licences as one text (SPDX ids, names, expressions), and whether any has named parties."""
    texts, terms = [], False
    for choice in choices:
        one = choice.license
        if one is None:
            texts.append(choice.expression)
            terms = terms or choice.licensing is not None
        else:
            texts.append(one.id or one.name)
            terms = terms or (one.licensing or choice.licensing) is not None
    return texts[0] if len(texts) == 1 else "; ".join(filter(None, texts)), terms


def people(contacts: Iterable[Contact]) -> str:
    """Names of persons (their addresses where they have no name), joined by `; `."""
    return "; ".join(dict.fromkeys(one.name or one.email for one in contacts))


def terms_of(choices: Sequence[LicenseChoice]) -> Iterator[tuple[str, str, Entity]]:
    """Pointer below the component, field name and party of licensors, licensees, purchasers."""
    for index, choice in enumerate(choices):
        inner = choice.license.licensing if choice.license else None
        for terms, place in ((choice.licensing, "licensing"), (inner, "license/licensing")):
            for name in ("licensor", "licensee", "purchaser") if terms else ():
                entity = getattr(terms, name)
                if entity:
                    yield f"licenses/{index}/{place}/{name}", name, entity


def urls_of(c: Component) -> tuple[str, ...]:
    """Addresses of the component, its endpoints and its makers, each once, in order."""
    urls = [one.url for one in c.external_references or ()]
    for org in (c.supplier, c.manufacturer, c.provider):
        if org and org.url:
            urls += org.url
    urls += c.endpoints or ()
    return tuple([url for url in dict.fromkeys(urls) if url])


def rare_ids(c: Component) -> list[str]:
    """Identifiers that few components carry."""
    ids = ["swid:" + c.swid.tag_id] if c.swid and c.swid.tag_id else []
    ids += ["id:" + one for one in (*(c.omnibor_id or ()), *(c.swhid or ())) if one]
    found = c.evidence.identity if c.evidence else None
    for one in found if isinstance(found, list) else (found,) if found else ():
        value = one.concluded_value
        if one.field in ("purl", "cpe") and value and value not in (c.purl, c.cpe):
            ids.append(f"{one.field}:{value}")
    return ids


def told_by_tools(c: Component, ids: list[str]) -> list[str]:
    """File paths from properties and evidence, each once; adds CPE names of properties to ids."""
    paths = []
    for one in c.properties or ():
        use = _use_of[one.name]
        if use == "path":
            paths.append(one.value)
        elif use == "cpe" and "cpe:" + one.value not in ids:
            ids.append("cpe:" + one.value)
    if c.evidence:
        paths += [one.location for one in c.evidence.occurrences or ()]
    return [path for path in dict.fromkeys(paths) if path]


def authors_of(c: Component) -> str:
    """Authors of the newer list and of the older field, each once."""
    listed = people(c.authors or ())
    return listed if not c.author or c.author in listed else f"{c.author}; {listed}"


def details_of(c: Component, licence: str, paths: str) -> Note:
    """Everything else of a component that a reader should see."""
    return (
        ("licence", licence),
        ("scope", c.scope),
        ("copyright", c.copyright),
        ("other paths", paths),
        ("version range", c.version_range),
        ("external", "true" if c.is_external else ""),
    )


class Components:
    """Collects records of components, and of the parties they name, in `out`."""

    def __init__(self) -> None:
        self.out: list[Said] = []
        self.refs: set[str] = set()
        self.depth = 0
        self.lists = 0  # lists under the key `components` walked so far

    def bad(self, locator: str, reason: str, text: str = "") -> None:
        """Quarantine a part of the document."""
        self.out.append(Quarantine(locator, reason, text[:200]))

    def named(self, ref: str, at: str) -> str:
        """`ref`, or the locator where there is none or another record has it already."""
        if ref in self.refs:
            self.bad(f"{at}/bom-ref", "duplicate bom-ref", ref)
            ref = ""
        ref = ref or at
        while ref in self.refs:  # a list given twice has its pointers twice
            ref += "+"
        self.refs.add(ref)
        return ref

    def components(
        self,
        items: Sequence[Component] | None,
        base: str,
        kind: Kind = "component",
        role: Role = "",
        note: Note = (),
    ) -> list[str]:
        """Records of a list whose items stand at `base` + index; returns their refs."""
        if items is None:
            return []
        self.lists += base.endswith("/components/")
        one = self.component
        return [one(item, base + str(i), kind, role, note) for i, item in enumerate(items)]

    def component(
        self, c: Component, at: str, kind: Kind = "component", role: Role = "", note: Note = ()
    ) -> str:
        """The record of one component, then of what it holds; returns its ref.

        Runs for every component, so what most lack is asked for with one test each.
        """
        ref = c.bom_ref
        if ref and ref not in self.refs:
            self.refs.add(ref)
        else:
            ref = self.named(ref, at)
        ids = ["cpe:" + c.cpe] if c.cpe else []
        if c.group:
            ids.append("group:" + c.group)
        if c.swid or c.evidence or c.omnibor_id or c.swhid:
            ids += rare_ids(c)
        path = paths = extra = ""
        if c.properties or c.evidence:
            places = told_by_tools(c, ids)
            if places:
                path, paths = places[0], "; ".join(places[1:])
        if c.hashes:
            ids += [_scheme[one.alg] + one.content.lower() for one in c.hashes]
        licence, terms = licence_of(c.licenses) if c.licenses else ("", False)
        if note or paths or c.scope or c.copyright or c.version_range or c.is_external:
            extra = extra_of((*note, *details_of(c, licence, paths)))
        elif licence:
            extra = extra_licence(licence)
        supplier, maker = c.supplier or c.provider, c.manufacturer
        refs = c.external_references
        if supplier or maker or c.endpoints:
            urls = urls_of(c)
        else:
            urls = tuple(dict.fromkeys([one.url for one in refs])) if refs else ()
        made = Record(  # by position: by keyword it takes four times as long, more than the rest
            kind,
            at,
            ref,
            role,
            c.name,
            c.version,
            c.type,
            supplier.name if supplier else c.vendor,
            maker.name if maker else "",
            c.publisher,
            authors_of(c) if c.authors else c.author,
            "",  # packager
            "",  # seller
            "",  # seller_parent
            "",  # buyer
            c.purl,
            tuple(ids),
            urls,
            path,
            c.description,
            "",  # amount
            "",  # host
            "",  # operator
            "",  # since
            "",  # until
            extra,
        )
        self.out.append(made)
        if c.components is not None or c.services or c.pedigree or terms:
            self.inside(c, at, ref, role, note)
        return ref

    def inside(self, c: Component, at: str, ref: str, role: Role, note: Note) -> None:
        """What is nested in a component, what it was made from, and who licenses it."""
        if self.depth >= MAX_NESTING:
            self.bad(at, f"nested deeper than {MAX_NESTING} components, the rest was not read")
            return
        self.depth += 1
        below: Role = "" if role == "subject" else role
        inner = self.components(c.components, f"{at}/components/", "component", below, note)
        inner += self.components(c.services, f"{at}/services/", "service", below, note)
        if inner:
            self.out.append(Link("contains", ref, tuple(inner), at))
        if c.pedigree:
            self.pedigree(c.pedigree, f"{at}/pedigree", below)
        for place, part, entity in terms_of(c.licenses or ()):
            party = self.entity(entity, f"{at}/{place}", part)
            if part == "licensor":
                self.out.append(Link("licensed-from", ref, (party,), f"{at}/{place}"))
        self.depth -= 1

    def pedigree(self, made: Pedigree, at: str, role: Role) -> None:
        """Ancestors, descendants and variants: known, but not contained."""
        for part, word in _PEDIGREE:
            items = getattr(made, part)
            if items:
                self.components(items, f"{at}/{part}/", "component", role, (("pedigree", word),))

    # parties

    def party(self, name: str, at: str, note: Note, ref: str = "", urls: Iterable[str] = ()) -> str:
        """A person or organisation; returns its ref.

        Who made the document has the role `author`; a party of the subject matter has none.
        """
        ref = self.named(ref, at)
        role: Role = "" if note[0][1] in _NOT_AUTHORS else "author"
        found = tuple(url for url in dict.fromkeys(urls) if url)
        self.out.append(
            Record("party", at, ref, role, name, urls=found, extra=extra_of(note)),
        )
        return ref

    def org(self, org: Org, at: str, part: str) -> str:
        """An organisation, `part` being its part in the document."""
        note = (("as", part), ("contact", people(org.contact or ())))
        return self.party(org.name, at, note, org.bom_ref, org.url or ())

    def person(self, person: Contact, at: str, part: str) -> str:
        """A person, likewise."""
        return self.party(person.name, at, (("as", part), ("email", person.email)))

    def entity(self, entity: Entity, at: str, part: str) -> str:
        """An organisation or a person."""
        if entity.organization:
            return self.org(entity.organization, f"{at}/organization", part)
        return self.person(entity.individual or Contact(), f"{at}/individual", part)
