"""A ledger as a STIX 2.1 bundle.

Speakers become `identity`, documents `report`, claims `note`, denials and contradictions `opinion`
about the notes they deny, derivations `relationship` (`derived-from`), hypotheses `note`, readings
`opinion`, the ledger a `grouping`. STIX 2.1 has no field for the reliability of a source, so that
and all else travels in a property extension.

Source: STIX Version 2.1, OASIS Standard, 10 June 2021; confidence scales: its Appendix A.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec

from oust.data.ledger import (
    Claim,
    Document,
    Hypothesis,
    Ledger,
    Reading,
    Speaker,
)
from oust.exchange import missing

_SPACE = uuid.UUID("7d3a5f0e-2f0b-5c6e-8f1d-3c9b7a64e201")
EXTENSION = f"extension-definition--{uuid.uuid5(_SPACE, 'extension')}"
_CLASSES = {
    "person": "individual",
    "organisation": "organization",
    "outlet": "organization",
    "unnamed": "group",
}
_OPINIONS = {"consistent": "agree", "inconsistent": "disagree", "irrelevant": "neutral"}
_CONFIDENCE = {"low": 15, "moderate": 50, "high": 85}  # scale None / Low / Med / High
_CREDIBILITY = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}  # Admiralty; 6 has no value


def to_stix(ledger: Ledger) -> str:
    """The bundle as JSON text, the same for the same ledger.

    Raises OustError where the library `stix2` is missing.
    """
    try:
        from stix2 import Bundle
    except ImportError as error:
        raise missing("stix2") from error
    objects = list(_Writer(ledger).objects())
    ident = f"bundle--{uuid.uuid5(_SPACE, ledger.id)}"
    bundle = Bundle(*objects, id=ident, allow_custom=True)
    plain = bundle.serialize().encode()  # its own pretty printing takes a second for ten claims
    return str(msgspec.json.format(plain, indent=1).decode()) + "\n"


class _Writer:
    """Makes the objects; ids follow from those of the ledger, times from its dates."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.latest = _moment(max(_dates(ledger), default=""))
        self.speakers = {one.id for one in ledger.speakers}
        self.claims = {one.id for one in ledger.claims}
        self.subjects = sorted({about for one in ledger.claims for about in one.about})

    def objects(self) -> Iterator[Any]:
        """All objects, the extension first and the grouping last."""
        ledger = self.ledger
        made = [self._extension(), *self._identities()]
        made += [self._claim(one) for one in ledger.claims]
        made += [self._hypothesis(one) for one in ledger.hypotheses]
        made += [self._report(one) for one in ledger.documents]
        made += [opinion for one in ledger.claims for opinion in self._opinions(one)]
        made += [self._reading(n, one) for n, one in enumerate(ledger.readings)]
        made += [self._derived(one, root) for one in ledger.claims for root in one.derives]
        yield from made
        rest = Ledger(id=ledger.id, title=ledger.title, note=ledger.note, apart=ledger.apart)
        yield self._make(
            "grouping",
            "ledger",
            rest,
            name=ledger.title,
            context="unspecified",
            object_refs=[one["id"] for one in made],
        )

    def _extension(self) -> Any:
        author = self._id("identity", "oust")
        return self._make(
            "extension-definition",
            "",
            None,
            id=EXTENSION,
            name="oust claim ledger",
            description="The fields of a ledger of claims for which STIX has no place.",
            schema="docs/claims.md of the project oust",
            version="1.0.0",
            extension_types=["property-extension"],
            created_by_ref=author,
        )

    def _identities(self) -> list[Any]:
        tool = self._make("identity", "oust", None, name="oust", identity_class="system")
        return [
            tool,
            *(self._speaker(one) for one in self.ledger.speakers),
            *(self._subject(one) for one in self.subjects),
        ]

    def _subject(self, name: str) -> Any:
        given = {"name": name, "identity_class": "organization"}
        return self._make("identity", f"subject {name}", None, **given)

    def _speaker(self, one: Speaker) -> Any:
        given = {"description": one.role} if one.role else {}
        return self._make(
            "identity",
            f"speaker {one.id}",
            one,
            name=one.name,
            identity_class=_CLASSES[one.kind],
            **given,
        )

    def _claim(self, one: Claim) -> Any:
        about = [self._id("identity", f"subject {subject}") for subject in one.about]
        names = {speaker.id: speaker.name for speaker in self.ledger.speakers}
        given: dict[str, Any] = {}
        if one.by:
            given["authors"] = [names.get(speaker, speaker) for speaker in one.by]
        if one.by and one.by[0] in self.speakers:
            given["created_by_ref"] = self._id("identity", f"speaker {one.by[0]}")
        if one.standing == "retracted":
            given["revoked"] = True
        if (confidence := _confidence(one)) is not None:
            given["confidence"] = confidence
        return self._make(
            "note",
            f"claim {one.id}",
            one,
            one.date,
            abstract=f"{one.kind} {one.id}",
            content=one.text,
            object_refs=about or [self._id("identity", "oust")],
            **given,
        )

    def _hypothesis(self, one: Hypothesis) -> Any:
        return self._make(
            "note",
            f"hypothesis {one.id}",
            one,
            abstract=f"hypothesis {one.id}",
            content=one.text,
            object_refs=[self._id("identity", "oust")],
        )

    def _report(self, one: Document) -> Any:
        refs = [
            self._id("note", f"claim {claim.id}")
            for claim in self.ledger.claims
            if any(seen.document == one.id for seen in claim.seen_in)
        ]
        given: dict[str, Any] = {}
        if one.outlet in self.speakers:
            given["created_by_ref"] = self._id("identity", f"speaker {one.outlet}")
        if one.url:
            name = one.outlet or one.title
            given["external_references"] = [{"source_name": name, "url": one.url}]
        return self._make(
            "report",
            f"document {one.id}",
            one,
            one.date,
            name=one.title,
            published=_moment(one.date) if one.date else self.latest,
            object_refs=refs or [self._id("identity", "oust")],
            **given,
        )

    def _opinions(self, one: Claim) -> Iterator[Any]:
        for word, others in (
            ("strongly-disagree", one.denies),
            ("disagree", one.contradicts),
            ("agree", one.confirms),
        ):
            for other in others:
                if other in self.claims:
                    yield self._make(
                        "opinion",
                        f"opinion {word} {one.id} {other}",
                        None,
                        one.date,
                        opinion=word,
                        explanation=one.text,
                        object_refs=[self._id("note", f"claim {other}")],
                        labels=[f"oust:claim:{one.id}"],
                    )

    def _reading(self, number: int, one: Reading) -> Any:
        given = {"explanation": one.why} if one.why else {}
        return self._make(
            "opinion",
            f"reading {number} {one.claim} {one.hypothesis}",
            one,
            one.date,
            opinion=_OPINIONS[one.reads],
            authors=[one.by],
            object_refs=[
                self._id("note", f"claim {one.claim}"),
                self._id("note", f"hypothesis {one.hypothesis}"),
            ],
            **given,
        )

    def _derived(self, one: Claim, root: str) -> Any:
        return self._make(
            "relationship",
            f"derived {one.id} {root}",
            None,
            one.date,
            relationship_type="derived-from",
            source_ref=self._id("note", f"claim {one.id}"),
            target_ref=self._id("note", f"claim {root}"),
        )

    def _make(self, kind: str, key: str, value: Any, date: str = "", **given: Any) -> Any:
        """One object, checked by the library; `value` travels in the extension."""
        from stix2 import parse

        moment = _moment(date) if date else self.latest
        if value is not None:
            given["extensions"] = {
                EXTENSION: {
                    "extension_type": "property-extension",
                    "holds": type(value).__name__.lower(),
                    "value": msgspec.to_builtins(value),
                }
            }
        given.setdefault("id", self._id(kind, key))
        known = {"type": kind, "spec_version": "2.1", "created": moment, "modified": moment}
        return parse({**known, **given}, allow_custom=True, version="2.1")

    def _id(self, kind: str, key: str) -> str:
        return f"{kind}--{uuid.uuid5(_SPACE, f'{self.ledger.id} {key}')}"


def _confidence(one: Claim) -> int | None:
    if one.confidence:
        return _CONFIDENCE[one.confidence]
    if one.credibility:
        return _CREDIBILITY.get(one.credibility[-1].grade)
    return None


def _dates(ledger: Ledger) -> Iterator[str]:
    for claim in ledger.claims:
        yield from (claim.date, *(grade.date for grade in claim.credibility))
    for document in ledger.documents:
        yield from (grade.date for grade in document.reliability)
    for speaker in ledger.speakers:
        yield from (grade.date for grade in speaker.reliability)
    yield from (document.date for document in ledger.documents)
    yield from (reading.date for reading in ledger.readings)


def _moment(date: str) -> str:
    """The first moment of a date that may be known in part."""
    full = f"{date}{'0001-01-01'[len(date) :]}" if len(date) < 10 else date[:10]
    return f"{full if date else '1970-01-01'}T00:00:00.000Z"
