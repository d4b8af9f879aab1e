"""Names of organisations in the fields that hold such names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from oust.data.dossier import Dossier
from oust.identify.cues import GIVEN_NAMES, PERSON
from oust.identify.everyday import everyday
from oust.identify.features import PARTY_RELATION, Says
from oust.identify.find import Finder, Found, Text, read_text
from oust.identify.hits import Hit, hit
from oust.identify.terms import vendor_words
from oust.model import Record
from oust.party_names import NEUTRAL, core, party_words

PACKAGED = "packaged it, which does not say who made it"
UNKNOWN_COMPANY = (
    "unclear: the vendor's word in the name of a company that the dossier does not list"
)
_DOWNWARD = ("owns", "controls", "consolidates")
_NAMING = ("word", "short", "name", "spelling", "product")
_FIRM_WORD = 6  # letters from which the vendor's word at the beginning of a name is enough


class PartyName(Struct, frozen=True):
    """A whole name of a party and what it means."""

    vendor: str
    identifier: str
    feature: str
    weak: bool
    why: str


class Parties:
    """Names of the vendors and of the companies they own."""

    def __init__(self, dossiers: Iterable[Dossier]) -> None:
        self._whole: dict[tuple[str, ...], list[PartyName]] = defaultdict(list)
        self._known: dict[str, set[str]] = {}  # words that occur in a vendor's names
        for dossier in dossiers:
            self._add(dossier)

    def _add(self, dossier: Dossier) -> None:
        known = self._known.setdefault(dossier.id, set())
        known.update(vendor_words(dossier))
        for name in dossier.names:
            for value in (name.value, *name.aliases):
                known.update(party_words(value))
                self._name(value, PartyName(dossier.id, f"name:{value}", "party-name",
                                            name.strength == "weak", name.why))  # fmt: skip
        for holding in dossier.ownership:
            if holding.relation in _DOWNWARD:
                party = PartyName(dossier.id, f"owned:{holding.party}", "owned-party",
                                  holding.strength == "weak", holding.why)  # fmt: skip
                for value in (holding.party, *holding.names):
                    self._name(value, party)

    def _name(self, value: str, party: PartyName) -> None:
        key = name_key(value)
        if all(other.vendor != party.vendor for other in self._whole[key]):
            self._whole[key].append(party)

    def seeds(self) -> Iterator[tuple[str, ...]]:
        """The keys of all whole names."""
        yield from self._whole

    def hits(self, field: str, value: str, finder: Finder, relation: Says) -> Iterator[Hit]:
        """What the party name `value` in `field` shows."""
        whole = self._whole.get(name_key(value), ())
        for party in whole:
            where = (field, value, 0, len(value))
            feature = "weak-value" if party.weak else party.feature
            yield hit(
                party.vendor, where, party.identifier, feature, relation=relation, why=party.why
            )
        done = {party.vendor for party in whole}
        text = read_text(value)
        for found in finder.find(text):
            if found.term.vendor not in done:
                yield from self._inside(field, text, found, finder, relation)

    def _inside(
        self, field: str, text: Text, found: Found, finder: Finder, relation: Says
    ) -> Iterator[Hit]:
        term = found.term
        brand = term.kind == "alone" and not self._rest(text, found)
        if found.how == "doubtful" or not (brand or term.kind in _NAMING):
            return
        start, end = text.span(found)
        misspelt = found.how in ("misspelt", "split") or term.kind == "spelling"
        yield hit(
            *(term.vendor, (field, text.text, start, end), term.identifier),
            *("party-misspelt" if misspelt else "party-word", found.how),
            relation=relation,
            mention=self._doubt(field, text, found, finder),
        )

    def _doubt(self, field: str, text: Text, found: Found, finder: Finder) -> str:
        """Why a name that holds the vendor's word is not the vendor's; empty if it may be."""
        for pattern, first, last in finder.confusions(text, field):
            if pattern.vendor == found.term.vendor and first < found.last and found.first < last:
                return f"not evidence: {pattern.why}"
        before = text.tokens[found.first - 1].text if found.first else ""
        if found.how == "surname" or before in GIVEN_NAMES:
            return PERSON
        known = self._known.get(found.term.vendor, set())
        rest = self._rest(text, found)
        leads = found.first == 0 or all(
            t.text in known or t.text in NEUTRAL for t in text.tokens[: found.first]
        )
        firm = len(found.term.tokens[0]) >= _FIRM_WORD and leads
        return "" if firm or not rest else UNKNOWN_COMPANY

    def _rest(self, text: Text, found: Found) -> list[str]:
        """Words of a name, beside the one found, that neither the vendor nor everybody uses."""
        known = self._known.get(found.term.vendor, set()) | NEUTRAL
        known |= {token.text for token in text.tokens[found.first : found.last]}
        return [word for word in core(text.text) if word not in known]


def name_key(value: str) -> tuple[str, ...]:
    """What two spellings of one party name share: all words if the rest is everyday."""
    short = core(value)
    return party_words(value) if all(everyday(word) for word in short) else short


def party_fields(record: Record) -> Iterator[tuple[str, str, Says]]:
    """The party fields of `record` that are filled, with what each says of the thing."""
    for field, relation in PARTY_RELATION.items():
        if value := getattr(record, field):
            yield field, value, relation
    if record.name and names_party(record):
        yield "name", record.name, "is"
    if record.kind == "approval" and record.type == "exclusion":  # cross-references of one party
        for one in record.ids:
            if one.startswith("alias:"):
                yield "ids", one.removeprefix("alias:"), "is"


def names_party(record: Record) -> bool:
    """Whether the name of a record is that of a party: a party's own, or who is excluded."""
    return record.kind == "party" or (record.kind == "approval" and record.type == "exclusion")
