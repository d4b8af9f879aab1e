"""What a CycloneDX document says, whichever way it is written down.

`Walker` turns the parts of a document (`cyclonedx_shape`) into records, links and quarantines,
and leaves them in `out`. Locators are JSON pointers; the XML and protobuf readers translate them.
A component that has no usable bom-ref is referred to by its locator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from oust.formats.cyclonedx_component import Components, Note, extra_of
from oust.formats.cyclonedx_shape import (
    Annotation,
    Bom,
    Component,
    Composition,
    Declarations,
    Dependency,
    Formula,
    Metadata,
    ToolGroup,
    Vulnerability,
)
from oust.model import Link, Record, Relation, Said

T = TypeVar("T")

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ][\d:.,]+ ?(Z|[+-]\d\d:?\d\d)?)?)?)?$", re.I)
_ELSEWHERE = "urn:cdx:"  # a BOM-Link names something in another document
_PROVIDES = extra_of((("kind", "provides"),))


class Walker(Components):
    """Collects what a document says in `out`. Call `finish` when all parts have been handed in."""

    def __init__(self, root: str = "#") -> None:
        super().__init__()
        self.root = root
        self.pending: list[tuple[str, tuple[str, ...]]] = []  # refs that nothing had by then

    def take(self) -> list[Said]:
        """What has been said since the last call."""
        said, self.out = self.out, []
        return said

    # the document as a whole

    def bom(self, bom: Bom) -> None:
        """Everything in a document that fits in memory."""
        self.document(bom)
        if bom.metadata:
            self.metadata(bom.metadata)
        self.components(bom.components, f"{self.root}/components/")
        self.components(bom.services, f"{self.root}/services/", "service")
        self.each(bom.dependencies, "dependencies", self.dependency)
        self.each(bom.compositions, "compositions", self.composition)
        self.each(bom.vulnerabilities, "vulnerabilities", self.vulnerability)
        self.each(bom.annotations, "annotations", self.annotation)
        self.each(bom.formulation, "formulation", self.formula)
        if bom.declarations:
            self.declarations(bom.declarations, f"{self.root}/declarations")
        self.finish()

    def each(self, items: list[T] | None, part: str, tell: Callable[[T, str], None]) -> None:
        """Hand the items of a top-level list to `tell`, with their locators."""
        base = f"{self.root}/{part}/"
        for index, one in enumerate(items or ()):
            tell(one, base + str(index))

    def document(self, bom: Bom) -> None:
        """The record of the document itself."""
        meta = bom.metadata or Metadata()
        since = meta.timestamp.strip()
        if since and not _DATE.match(since):
            self.bad(f"{self.root}/metadata/timestamp", "not an ISO 8601 date", since)
            since = ""
        phases = "; ".join(one.phase or one.name for one in meta.lifecycles or ())
        urls = tuple(one.url for one in bom.external_references or () if one.url)
        extra = (("specVersion", bom.spec_version), ("lifecycle", phases))
        self.out.append(
            Record(
                kind="document",
                locator=self.root,
                ref=bom.serial_number or self.root,
                name=bom.serial_number,
                version="" if bom.version is None else str(bom.version),
                type="CycloneDX",
                urls=tuple(dict.fromkeys(urls)),
                since=since,
                extra=extra_of(extra),
            )
        )

    def metadata(self, meta: Metadata) -> None:
        """The subject, the tools, and the people and organisations named at the top."""
        at = f"{self.root}/metadata"
        subject = ""
        if meta.component:
            subject = self.component(meta.component, f"{at}/component", "component", "subject")
        if meta.tools:
            self.tools(meta.tools, f"{at}/tools")
        for index, author in enumerate(meta.authors or ()):
            self.person(author, f"{at}/authors/{index}", "author")
        for name in ("manufacture", "manufacturer", "supplier"):
            org = getattr(meta, name)
            if org:
                ref = self.org(org, f"{at}/{name}", name)
                # since 1.6 `manufacturer` made the document; the other two are the subject's
                if subject and name != "manufacturer":
                    extra = extra_of((("as", name),))
                    self.out.append(Link("supplies", ref, (subject,), f"{at}/{name}", extra=extra))

    def tools(self, tools: list[Component] | ToolGroup, at: str) -> None:
        """Tools in either form: a list, or since 1.5 an object of components and services."""
        if isinstance(tools, list):
            self.components(tools, f"{at}/", "component", "tool")
            return
        if tools.name or tools.vendor:
            lone = Component(name=tools.name, vendor=tools.vendor, version=tools.version)
            self.component(lone, at, "component", "tool")
        self.components(tools.components, f"{at}/components/", "component", "tool")
        self.components(tools.services, f"{at}/services/", "service", "tool")

    # relations

    def dependency(self, one: Dependency, at: str) -> None:
        """The edges of the dependency graph that start at one node."""
        if not one.ref:
            self.bad(at, "dependency without ref", "; ".join((*one.depends_on, *one.provides)))
            return
        if one.depends_on:
            self.edges(one, f"{at}/dependsOn", "depends-on", one.depends_on)
        if one.provides:
            self.edges(one, f"{at}/provides", "supplies", one.provides)
        if one.ref not in self.refs:
            self.pending.append((f"{at}/ref", (one.ref,)))

    def edges(self, one: Dependency, at: str, relation: Relation, targets: tuple[str, ...]) -> None:
        """One node's edges. `provides` names a specification which the node implements."""
        extra = _PROVIDES if relation == "supplies" else ""
        self.out.append(Link(relation, one.ref, targets, at, extra=extra))
        if not self.refs.issuperset(targets):
            self.pending.append((at, targets))

    def composition(self, one: Composition, at: str) -> None:
        """States how complete the listing is, so it makes no link; its refs must exist."""
        for part, refs in (("assemblies", one.assemblies), ("dependencies", one.dependencies)):
            if refs and not self.refs.issuperset(refs):
                self.pending.append((f"{at}/{part}", tuple(refs)))

    def finish(self) -> None:
        """Quarantine references to things that the document does not hold."""
        for at, targets in self.pending:
            for index, ref in enumerate(targets):
                if ref not in self.refs and not ref.startswith(_ELSEWHERE):
                    place = at if at.endswith("/ref") else f"{at}/{index}"
                    self.bad(place, "dangling reference: nothing has this bom-ref", ref)
        self.pending.clear()

    # whatever else holds components

    def vulnerability(self, one: Vulnerability, at: str) -> None:
        """The tools that found it; its bom-ref may be referred to."""
        if one.bom_ref:
            self.refs.add(one.bom_ref)
        if one.tools:
            self.tools(one.tools, f"{at}/tools")

    def annotation(self, one: Annotation, at: str) -> None:
        """Who commented."""
        who = one.annotator
        if who is None:
            return
        at = f"{at}/annotator"
        if who.organization:
            self.org(who.organization, f"{at}/organization", "annotator")
        if who.individual:
            self.person(who.individual, f"{at}/individual", "annotator")
        if who.component:
            self.component(who.component, f"{at}/component", "component", "author")
        if who.service:
            self.component(who.service, f"{at}/service", "service", "author")

    def formula(self, one: Formula, at: str) -> None:
        """What took part in making the subject: present where it is made, not in what is made."""
        note: Note = (("within", "formulation"),)
        self.components(one.components, f"{at}/components/", "component", "", note)
        self.components(one.services, f"{at}/services/", "service", "", note)

    def declarations(self, one: Declarations, at: str) -> None:
        """Assessors, signatories, and the targets that conformance is claimed for."""
        for index, assessor in enumerate(one.assessors or ()):
            if assessor.organization:
                place = f"{at}/assessors/{index}/organization"
                self.org(assessor.organization, place, "assessor")
        for index, signatory in enumerate((one.affirmation and one.affirmation.signatories) or ()):
            place = f"{at}/affirmation/signatories/{index}"
            if signatory.name:
                self.party(signatory.name, place, (("as", "signatory"),))
            if signatory.organization:
                self.org(signatory.organization, f"{place}/organization", "signatory")
        if one.targets:
            note: Note = (("within", "declarations"),)
            at = f"{at}/targets"
            self.components(one.targets.components, f"{at}/components/", note=note)
            self.components(one.targets.services, f"{at}/services/", "service", note=note)
            for index, org in enumerate(one.targets.organizations or ()):
                self.org(org, f"{at}/organizations/{index}", "target")
