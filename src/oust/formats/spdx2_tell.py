"""SPDX 2 documents told as records and links, whatever they were written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from oust.formats.spdx2_model import (
    Annotation,
    CreationInfo,
    Document,
    File,
    Package,
    Relationship,
    Snippet,
)
from oust.formats.spdx2_records import (
    as_json,
    file_record,
    package_record,
    remarks,
    snippet_record,
)
from oust.formats.spdx_words import SENSES, SILENT, agent, is_date, plain_word
from oust.model import Link, Quarantine, Record, Role, Said


class _DocumentExtra(msgspec.Struct, omit_defaults=True):
    namespace: str = ""
    spec: str = msgspec.field(default="", name="spec version")
    created: str = ""
    comment: str = msgspec.field(default="", name="creator comment")
    documents: str = msgspec.field(default="", name="external documents")
    others: str = msgspec.field(default="", name="other relationships")
    annotations: str = ""


class _PartyExtra(msgspec.Struct, omit_defaults=True):
    contact: str = ""


class _LinkExtra(msgspec.Struct, omit_defaults=True):
    scope: str = ""
    comment: str = ""


class Teller:
    """Turns the elements of one document into what a format yields.

    Call `head`, `meet` for every element, `survey` for every relationship and `settle` first: only
    then is it known which elements the document describes and which references dangle.
    """

    def __init__(self, pointers: bool = True) -> None:
        self.pointers = pointers  # locators are JSON pointers and can be lengthened
        self.documents = {"SPDXRef-DOCUMENT"}  # ids by which the document itself goes
        self.namespace = ""  # with which ids begin, where they are URIs (RDF)
        self.known: set[str] = set()
        self.twice: set[str] = set()
        self.subjects: set[str] = set()
        self.others: Counter[str] = Counter()
        self.complete = True  # only then can a reference be said to dangle
        self._described: list[tuple[str, str]] = []
        self._told: set[str] = set()  # those of `twice` that were told once already

    def head(self, document: Document) -> None:
        """Note what the document says of itself that its elements need."""
        if document.spdx_id:
            self.documents.add(document.spdx_id)
            self.namespace = "".join(document.spdx_id.rpartition("#")[:2])
        self.subjects.update(document.document_describes or ())

    def meet(self, spdx_id: str | None) -> None:
        """Note that an element exists."""
        if not spdx_id:
            return
        if spdx_id in self.known:
            self.twice.add(spdx_id)
        self.known.add(spdx_id)

    def survey(self, stated: Relationship) -> None:
        """Note what a relationship says that is no link: what is described, and other words."""
        origin, target = stated.spdx_element_id or "", stated.related_spdx_element or ""
        word = plain_word(stated.relationship_type or "")
        if word in SENSES:
            if target and origin and (target in SILENT or origin in SILENT):
                self.others[f"{stated.relationship_type} {target}"] += 1
        elif word in ("describes", "describe"):
            self._described.append((origin, target))
        elif word == "describedby":
            self._described.append((target, origin))
        else:
            self.others[stated.relationship_type or "no type"] += 1

    def settle(self, complete: bool = True) -> None:
        """Call once when everything was surveyed; `complete` unless the source broke off."""
        self.complete = complete
        for origin, target in self._described:
            if origin in self.documents:
                self.subjects.add(target)
            else:
                self.others["DESCRIBES"] += 1

    def document(self, document: Document, locator: str = "") -> Iterator[Said]:
        """The document itself."""
        made = document.creation_info or CreationInfo()
        created = document.created or made.created or ""
        others = sorted(self.others.items())
        extra = _DocumentExtra(
            namespace=document.document_namespace or "",
            spec=document.spdx_version or "",
            created="" if is_date(created) else created,
            comment=made.comment or "",
            documents=", ".join(
                f"{one.external_document_id or ''} {one.spdx_document or ''}".strip()
                for one in document.external_document_refs or ()
                if one.external_document_id or one.spdx_document
            ),
            others=", ".join(f"{word} {count}" for word, count in others),
            annotations=remarks(document.annotations),
        )
        yield Record(
            "document",
            locator,
            ref=document.spdx_id or "SPDXRef-DOCUMENT",
            name=document.name or "",
            type="SPDX",
            description=document.comment or "",
            since=created if is_date(created) else "",
            extra=as_json(extra),
        )

    def makers(self, document: Document, locator: str = "") -> Iterator[Said]:
        """Those who made the document or annotated it."""
        for text in document.creators or ():  # under various keys, hence no closer locator
            yield from maker(text, locator)
        made = document.creation_info
        for i, text in enumerate((made.creators if made else None) or ()):
            yield from maker(text, self._at(locator, f"creationInfo/creators/{i}"))
        yield from self._annotators(document.annotations, locator)

    def _annotators(self, annotations: list[Annotation] | None, locator: str) -> Iterator[Said]:
        for i, one in enumerate(annotations or ()):
            if one.annotator:
                yield from maker(one.annotator, self._at(locator, f"annotations/{i}/annotator"))

    def package(self, package: Package, locator: str) -> Iterator[Said]:
        """A package, the files it names, its annotators."""
        yield package_record(package, locator, self.role(package.spdx_id))
        if self.twice or package.has_files or package.annotations:
            yield from self.beside(package, locator)

    def file(self, file: File, locator: str) -> Iterator[Said]:
        """A file and its annotators."""
        yield file_record(file, locator, self.role(file.spdx_id))
        if self.twice or file.annotations:
            yield from self.beside(file, locator)

    def beside(self, element: Package | File | Snippet, locator: str) -> Iterator[Said]:
        """What an element says beside its record."""
        yield from self._again(element.spdx_id, locator)
        files = element.has_files if isinstance(element, Package) else None
        if files := list(filter(None, files or ())):
            place = self._at(locator, "hasFiles")
            yield from self._contains(element.spdx_id or "", files, place)
        yield from self._annotators(element.annotations, locator)

    def snippet(self, snippet: Snippet, locator: str) -> Iterator[Said]:
        """A snippet and the file that contains it."""
        yield snippet_record(snippet, locator, self.role(snippet.spdx_id))
        yield from self.beside(snippet, locator)
        origin = snippet.snippet_from_file
        if origin and snippet.spdx_id:
            place = self._at(locator, "snippetFromFile")
            yield from self._contains(origin, [snippet.spdx_id], place)

    def _at(self, locator: str, name: str) -> str:
        return f"{locator}/{name}" if self.pointers else locator

    def _contains(self, origin: str, targets: list[str], locator: str) -> Iterator[Said]:
        yield Link("contains", origin, tuple(targets), locator)
        yield from self._dangling([origin, *targets], locator)

    def link(self, stated: Relationship, locator: str) -> Link | None:
        """A relationship that says contains or depends-on, in our direction."""
        origin, target = stated.spdx_element_id, stated.related_spdx_element
        sense = SENSES.get(plain_word(stated.relationship_type or ""))
        if sense is None or not origin or not target or origin in SILENT or target in SILENT:
            return None
        extra = ""
        if sense.scope or stated.comment:
            extra = as_json(_LinkExtra(sense.scope, stated.comment or ""))
        if sense.backwards:
            origin, target = target, origin
        return Link(sense.relation, origin, (target,), locator, extra=extra)

    def doubts(self, stated: Relationship, locator: str) -> Iterator[Said]:
        """What is wrong with a relationship."""
        origin, target = stated.spdx_element_id, stated.related_spdx_element
        if not origin or not target or not stated.relationship_type:
            yield Quarantine(locator, "relationship lacks an end or its type", _spoken(stated))
        else:
            yield from self._dangling([origin, target], locator)

    def sound(self, stated: Relationship) -> bool:
        """Whether both ends are elements of the document and the type is given."""
        return (
            stated.spdx_element_id in self.known
            and stated.related_spdx_element in self.known
            and stated.relationship_type is not None
        )

    def relationship(self, stated: Relationship, locator: str) -> Iterator[Said]:
        """A link, if it is one, and doubts about it."""
        link = self.link(stated, locator)
        if link is not None:
            yield link
        if not self.sound(stated):
            yield from self.doubts(stated, locator)

    def role(self, spdx_id: str | None) -> Role:
        """`subject` for what the document describes."""
        return "subject" if spdx_id in self.subjects else ""

    def _again(self, spdx_id: str | None, locator: str) -> Iterator[Said]:
        if spdx_id not in self.twice or spdx_id is None:
            return
        if spdx_id in self._told:
            yield Quarantine(locator, "SPDXID is used again", spdx_id)
        self._told.add(spdx_id)

    def _dangling(self, refs: list[str], locator: str) -> Iterator[Said]:
        for ref in refs if self.complete else ():
            if ref not in self.known and not self._elsewhere(ref):
                yield Quarantine(locator, "dangling reference", ref)

    def _elsewhere(self, ref: str) -> bool:
        """Whether it is the document, another document's element, or nothing."""
        if ref in self.documents or ref in SILENT or ref.startswith("DocumentRef-"):
            return True
        return "#" in ref and not (self.namespace and ref.startswith(self.namespace))


def _spoken(stated: Relationship) -> str:
    parts = (stated.spdx_element_id, stated.relationship_type, stated.related_spdx_element)
    return " ".join(part or "?" for part in parts)


def maker(text: str, locator: str) -> Iterator[Said]:
    """A creator or annotator as a party; a tool as a tool."""
    who = agent(text)
    if who.name or who.mail:
        yield Record(
            "party",
            locator,
            role="tool" if who.kind == "Tool" else "author",
            name=who.name,
            type=who.kind,
            extra=as_json(_PartyExtra(who.mail)),
        )
