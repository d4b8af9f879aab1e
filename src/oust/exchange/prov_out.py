"""A ledger as W3C PROV: claims and documents are entities, speakers agents, ratings activities.

Source: PROV-DM, W3C Recommendation, 30 April 2013. Each element carries its whole entry of the
ledger as the attribute `oust:value`, so that it comes back as it was.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from oust.data.ledger import Claim, Grade, Ledger
from oust.exchange import missing

if TYPE_CHECKING:
    from prov.model import ProvDocument

LEDGER = "urn:oust:ledger"
OUST = f"{LEDGER}:terms#"
Form = Literal["json", "xml", "provn"]


def to_prov(ledger: Ledger, form: Form = "json") -> str:
    """The document in PROV-JSON, PROV-XML or PROV-N, the same for the same ledger.

    Raises OustError where the library `prov` is missing.
    """
    try:
        from prov.model import ProvDocument
    except ImportError as error:
        raise missing("prov") from error
    document = ProvDocument()
    document.add_namespace("oust", OUST)
    document.add_namespace("l", f"{LEDGER}:{ledger.id}:")
    _Writer(document, ledger).write()
    if form == "provn":
        return str(document.get_provn()) + "\n"
    text = StringIO()
    document.serialize(text, format=form, **({"indent": 1} if form == "json" else {}))
    return text.getvalue().rstrip() + "\n"


class _Writer:
    """Puts a ledger into a PROV document."""

    def __init__(self, document: ProvDocument, ledger: Ledger) -> None:
        self.document = document
        self.ledger = ledger
        self.speakers = {one.id for one in ledger.speakers}

    def write(self) -> None:
        """Everything: agents and documents before the claims that name them."""
        for speaker in self.ledger.speakers:
            self._speaker(speaker)
        for document in self.ledger.documents:
            made = self._entity("document", document, document.title)
            if document.outlet in self.speakers:
                self.document.wasAttributedTo(made, _name("speaker", document.outlet))
            self._grades(document.reliability, f"document/{document.id}")
        for hypothesis in self.ledger.hypotheses:
            self._entity("hypothesis", hypothesis, hypothesis.text)
        for claim in self.ledger.claims:
            self._claim(claim)
        for number, reading in enumerate(self.ledger.readings):
            self._rated(f"reading/{number}", "Reading", reading.by, reading.date, reading)
        rest = Ledger(
            id=self.ledger.id,
            title=self.ledger.title,
            note=self.ledger.note,
            apart=self.ledger.apart,
        )
        self._entity("ledger", rest, self.ledger.title)

    def _entity(self, kind: str, value: Any, label: str) -> Any:
        return self.document.entity(
            _name(kind, value.id),
            [
                ("prov:type", f"oust:{kind}"),
                ("prov:label", label),
                ("oust:value", _value(value)),
            ],
        )

    def _speaker(self, speaker: Any) -> None:
        agent = "prov:Person" if speaker.kind == "person" else "prov:Organization"
        self.document.agent(
            _name("speaker", speaker.id),
            [
                ("prov:type", agent),
                ("prov:label", speaker.name),
                ("oust:value", _value(speaker)),
            ],
        )
        if speaker.of in self.speakers:
            self.document.actedOnBehalfOf(
                _name("speaker", speaker.id), _name("speaker", speaker.of)
            )
        self._grades(speaker.reliability, f"speaker/{speaker.id}")

    def _claim(self, claim: Claim) -> None:
        made = self._entity("claim", claim, claim.text)
        for speaker in claim.by:
            self.document.wasAttributedTo(made, _name("speaker", speaker))
        for root in (*claim.derives, *claim.rests_on):
            self.document.wasDerivedFrom(made, _name("claim", root))
        for seen in claim.seen_in:
            self.document.quotation(made, _name("document", seen.document))
        self._grades(claim.credibility, f"claim/{claim.id}")

    def _grades(self, grades: tuple[Grade, ...], of: str) -> None:
        for number, grade in enumerate(grades):
            activity = f"rating/{of}/{number}"
            self._rated(activity, "Rating", grade.by, grade.date, grade)
            self.document.used(f"l:{activity}", f"l:{of}")

    def _rated(self, activity: str, kind: str, by: str, date: str, value: Struct) -> None:
        self.document.activity(
            f"l:{activity}",
            None,
            f"{date}T00:00:00" if len(date) == 10 else None,
            [("prov:type", f"oust:{kind}"), ("oust:value", _value(value))],
        )
        agent = f"l:rater/{_local(by)}"
        self.document.agent(agent, [("prov:type", "prov:Person"), ("prov:label", by)])
        self.document.wasAssociatedWith(f"l:{activity}", agent)


def _name(kind: str, ident: str) -> str:
    return f"l:{kind}/{_local(ident)}"


def _local(text: str) -> str:
    """A text as the local part of a qualified name."""
    return "".join(c if c.isalnum() or c in "-_." else f"%{ord(c):x}" for c in text) or "nobody"


def _value(value: Struct) -> str:
    return msgspec.json.encode(value).decode()
