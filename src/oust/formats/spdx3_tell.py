"""SPDX 3 elements told as records and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from oust.formats.spdx2_records import as_json
from oust.formats.spdx3_model import Thing, ids_of, several
from oust.formats.spdx3_records import (
    PACKAGES,
    Tables,
    agent_record,
    artifact_record,
    document_record,
)
from oust.formats.spdx_words import SENSES, is_date, plain_word
from oust.model import Link, Quarantine, Role, Said

ARTIFACTS = PACKAGES | {"File", "Snippet", "SoftwareArtifact", "Artifact"}
AGENTS = frozenset({"Organization", "Person", "Agent", "SoftwareAgent", "Tool"})
DOCUMENTS = frozenset({"SpdxDocument", "Sbom", "Bom", "Bundle"})
RELATIONS = frozenset({"Relationship", "LifecycleScopedRelationship"})
PARTS = frozenset({"CreationInfo", "ExternalIdentifier", "ExternalRef", "Hash"})
"""Classes that say something only as part of another element."""


class _LinkExtra(msgspec.Struct, omit_defaults=True):
    scope: str = ""
    comment: str = ""


class Teller:
    """Turns the elements of one document into what a format yields.

    Call `survey` for every element first: references point forward and back.
    """

    def __init__(self) -> None:
        self.tables = Tables()
        self.documents: set[str] = set()
        self.subjects: set[str] = set()
        self.described: list[tuple[str, list[str]]] = []
        self.known: set[str] = set()
        self.twice: set[str] = set()
        self.others: Counter[str] = Counter()
        self.counted = 0  # elements of a class that SPDX has
        self.complete = True  # only then can a reference be said to dangle
        self._told: set[str] = set()

    def survey(self, thing: Thing) -> None:
        """Note what the elements need to know of each other."""
        cls = thing.cls
        if thing.id and cls not in RELATIONS:
            if thing.id in self.known:
                self.twice.add(thing.id)
            self.known.add(thing.id)
        self.counted += cls in ARTIFACTS or cls in DOCUMENTS or cls in RELATIONS
        if cls in RELATIONS:
            self._survey_relation(thing)
        elif cls in DOCUMENTS:
            self.documents.add(thing.id)
            self.subjects.update(ids_of(thing.roots))
            self.known.update(
                one.outside_id
                for one in several(thing.imports)
                if isinstance(one, Thing) and one.outside_id
            )
        elif cls not in ARTIFACTS:
            self.tables.note(thing, cls)
            if cls not in AGENTS and cls not in PARTS and cls != "Annotation":
                self.others[cls or "no type"] += 1

    def _survey_relation(self, thing: Thing) -> None:
        word = plain_word(thing.word or "")
        origins, targets = ids_of(thing.origin), ids_of(thing.targets)
        if word == "describes":
            self.described.append((origins[0] if origins else "", targets))
        elif word in ("hasdeclaredlicense", "hasconcludedlicense"):
            for origin in origins:
                self.tables.licences[word == "hasdeclaredlicense", origin] = targets
        elif word in SENSES and thing.targets == []:
            self.others[f"{thing.word} nothing"] += 1
        elif word not in SENSES:
            self.others[thing.word or "Relationship without type"] += 1

    def settle(self) -> None:
        """Call once between the survey and the telling."""
        for origin, targets in self.described:
            if origin in self.documents:
                self.subjects.update(targets)
            else:
                self.others["describes"] += 1

    def others_text(self) -> str:
        """What was read and is neither record nor link, counted."""
        return ", ".join(f"{word} {count}" for word, count in sorted(self.others.items()))

    def tell(self, thing: Thing, locator: str) -> Iterator[Said]:
        """What one element says."""
        cls = thing.cls
        if cls in RELATIONS:
            yield from self._relation(thing, locator)
            return
        if cls in ARTIFACTS:
            role: Role = "subject" if thing.id in self.subjects else ""
            yield artifact_record(thing, cls, locator, role, self.tables)
            yield from self._snippet(thing, locator)
            yield from self._unknown_parties(thing, locator)
        elif cls in AGENTS:
            yield agent_record(thing, cls, locator, self.tables)
        elif cls in DOCUMENTS:
            others = self.others_text() if cls == "SpdxDocument" else ""
            yield document_record(thing, cls, locator, self.tables, others)
        yield from self._again(thing, locator)

    def _relation(self, thing: Thing, locator: str) -> Iterator[Said]:
        origins, targets = ids_of(thing.origin), ids_of(thing.targets)
        if thing.targets == [] and thing.word:
            return  # says that there is none; counted
        if not origins or not targets or not thing.word:
            yield Quarantine(locator, "relationship lacks an end or its type", thing.word or "")
            return
        word = plain_word(thing.word)
        sense = SENSES.get(word)
        if sense is not None:
            scope = ", ".join(filter(None, (sense.scope, thing.scope)))
            extra = as_json(_LinkExtra(scope, thing.comment or ""))
            since, until = (
                text if is_date(text) else "" for text in (thing.since or "", thing.until or "")
            )
            if sense.backwards:
                pairs = [(target, tuple(origins)) for target in targets]
            else:
                pairs = [(origin, tuple(targets)) for origin in origins]
            for origin, ends in pairs:
                yield Link(sense.relation, origin, ends, locator, since, until, extra=extra)
        if sense is not None or word == "describes":
            yield from self._dangling([*origins, *targets], locator)

    def _snippet(self, thing: Thing, locator: str) -> Iterator[Said]:
        for origin in ids_of(thing.snippet_from):
            yield Link("contains", origin, (thing.id,), f"{locator}/software_snippetFromFile")
            yield from self._dangling([origin], f"{locator}/software_snippetFromFile")

    def _unknown_parties(self, thing: Thing, locator: str) -> Iterator[Said]:
        for name, parties in (
            ("suppliedBy", thing.supplied_by),
            ("originatedBy", thing.originated_by),
        ):
            refs = [one for one in several(parties) if isinstance(one, str)]
            yield from self._dangling(refs, f"{locator}/{name}")

    def _dangling(self, refs: list[str], locator: str) -> Iterator[Said]:
        for ref in refs if self.complete else ():
            if ref not in self.known and not ref.endswith(("NoAssertionElement", "NoneElement")):
                yield Quarantine(locator, "dangling reference", ref)

    def _again(self, thing: Thing, locator: str) -> Iterator[Said]:
        if thing.id in self.twice:
            if thing.id in self._told:
                yield Quarantine(locator, "spdxId is used again", thing.id)
            self._told.add(thing.id)
