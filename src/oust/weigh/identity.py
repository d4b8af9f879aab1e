"""Who or what stands at a root: the same origin, possibly the same, or another one.

A root claim gives a *unit* per speaker. Units of one key are one origin. Origins of one pool may
be the same, as far as the ledger tells; origins of different pools are different ones. The rules
in words: docs/claims.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from oust.data.ledger import Claim, Document, Ledger, Speaker
from oust.weighed import OriginKind

UNNAMED = "unnamed"
"""The pool of all whose source is not named: any of them may be the same people."""

_OWN_VOICE = ("own-knowledge", "expertise")


class Unit(Struct, frozen=True):
    """What stands at a root claim."""

    key: str
    pool: str
    kind: OriginKind
    text: str
    interest: str = ""


class Identity:
    """Tells units of claims. Two that are known apart are never one, whatever else they share."""

    def __init__(self, ledger: Ledger) -> None:
        self.speakers = {one.id: one for one in ledger.speakers}
        self.documents = {one.id: one for one in ledger.documents}
        self.claims = {one.id: one for one in ledger.claims}
        self._outlets = _outlet_names(ledger.speakers)
        self._split: set[str] = set()
        self._split = set(self._meeting(ledger))

    def units(self, claim: Claim) -> list[Unit]:
        """One for each who asserts a claim; one where nobody is told."""
        found = {}
        for name in claim.by:
            unit = self.unit(name, claim)
            found[unit.key] = unit
        return list(found.values()) or [self._nobody(claim)]

    def circle(self, claims: Iterable[Claim]) -> Unit:
        """The unknown one behind claims that derive from each other."""
        names = sorted(claim.id for claim in claims)
        text = f"whoever is behind {named(names)}, which cite each other"
        return Unit(f"circle:{'+'.join(names)}", "", "circle", text)

    def head(self, speaker: Speaker) -> Speaker:
        """Whoever stands at the top of those for whom one speaks."""
        seen = {speaker.id}
        while speaker.of and speaker.of not in seen:
            speaker = self.speakers[speaker.of]
            seen.add(speaker.id)
        return speaker

    def _meeting(self, ledger: Ledger) -> Iterator[str]:
        """Speakers and claims that would be one origin, though they are said to be apart."""
        for apart in ledger.apart:
            for a in apart.both:
                for b in apart.both:
                    if a < b and self._meets(a, b):
                        yield from (a, b)

    def _meets(self, a: str, b: str) -> bool:
        if a in self.speakers and b in self.speakers:
            return _same_source(self, self.speakers[a], self.speakers[b])
        if a in self.claims and b in self.claims:
            one, other = self.units(self.claims[a]), self.units(self.claims[b])
            return bool({unit.key for unit in one} & {unit.key for unit in other})
        return False

    def unit(self, name: str, claim: Claim) -> Unit:
        """What one of its speakers is at a root claim."""
        speaker = self.speakers[name]
        if speaker.kind == "outlet":
            unit = self._outlet(speaker, claim)
        elif speaker.kind == "unnamed" and (speaker.population or not speaker.of):
            unit = self._unnamed(speaker)
        else:
            unit = self._party(speaker, claim)
        return self._parted(unit, speaker, claim)

    def _parted(self, unit: Unit, speaker: Speaker, claim: Claim) -> Unit:
        for name in (claim.id, speaker.id):
            if name in self._split:
                return Unit(f"{unit.key}/{name}", unit.pool, unit.kind, unit.text, unit.interest)
        return unit

    def _party(self, speaker: Speaker, claim: Claim) -> Unit:
        """Somebody named; those who speak for one organisation are one party."""
        head = self.head(speaker)
        pool = f"party:{head.id}"
        interest = speaker.interest or head.interest
        if head is not speaker and not interest and claim.basis in _OWN_VOICE:
            text = f"{speaker.name} of {head.name}"
            return Unit(f"speaker:{speaker.id}", pool, "named", text)
        kind: OriginKind = "named" if head.kind == "person" else "party"
        return Unit(pool, pool, kind, head.name, head.interest or speaker.interest)

    def _unnamed(self, speaker: Speaker) -> Unit:
        outlet, known = self._outlet_of(speaker.outlet)
        to = f", to {known}" if known else ""
        if speaker.population or not outlet:
            text = f"{speaker.name}, unnamed{to}"
            return Unit(f"speaker:{speaker.id}", UNNAMED, "unnamed", text, speaker.interest)
        return self._undescribed(outlet, known)

    def _undescribed(self, outlet: str, known: str) -> Unit:
        text = f"an unnamed source of {known}"
        return Unit(f"unnamed:{outlet}", UNNAMED, "unnamed", text)

    def _untold(self, outlet: str, known: str) -> Unit:
        """An outlet's own words with no basis told: they may come from anybody unnamed."""
        return Unit(f"untold:{outlet}", UNNAMED, "outlet", f"{known}, which tells no basis")

    def _outlet(self, speaker: Speaker, claim: Claim) -> Unit:
        """An outlet's own report, by that on which it rests."""
        if claim.basis == "people":
            return self._undescribed(speaker.id, speaker.name)
        if claim.basis == "none-given":
            return self._untold(speaker.id, speaker.name)
        if claim.basis in _OWN_VOICE:
            key = f"speaker:{speaker.id}"
            return Unit(key, key, "outlet", f"{speaker.name} itself", speaker.interest)
        return self._paper(claim, speaker.id, speaker.name)

    def _paper(self, claim: Claim, holder: str, known: str) -> Unit:
        """A document or record that an outlet read, told apart by its description."""
        note = " ".join(claim.basis_note.casefold().split())
        kind: OriginKind = "record" if claim.basis == "record" else "document"
        what = claim.basis_note or f"a {kind} not described"
        pool = f"{kind}:{holder}:{note}" if note else f"{kind}:{holder}:"
        return Unit(pool, pool, kind, f"{what} ({known})")

    def _nobody(self, claim: Claim) -> Unit:
        """A claim of which the ledger does not say who makes it."""
        first = claim.seen_in[0].document if claim.seen_in else ""
        document = self.documents.get(first)
        if document and (claim.kind == "record" or claim.basis in ("record", "document")):
            kind: OriginKind = "record" if claim.kind == "record" else "document"
            key = f"document:{document.id}"
            return self._claim_split(Unit(key, key, kind, document.title), claim)
        outlet, known = self._place(claim, document)
        if outlet:
            told = self._untold if claim.basis == "none-given" else self._undescribed
            return self._claim_split(told(outlet, known), claim)
        return Unit(f"claim:{claim.id}", UNNAMED, "unnamed", f"whoever says {claim.id}")

    def _claim_split(self, unit: Unit, claim: Claim) -> Unit:
        if claim.id not in self._split:
            return unit
        return Unit(f"{unit.key}/{claim.id}", unit.pool, unit.kind, unit.text, unit.interest)

    def _place(self, claim: Claim, document: Document | None) -> tuple[str, str]:
        for text in (*claim.through[:1], document.outlet if document else ""):
            if text:
                return self._outlet_of(text)
        return "", ""

    def _outlet_of(self, text: str) -> tuple[str, str]:
        """Id and name of an outlet that is given by either."""
        known = self.speakers.get(text) or self._outlets.get(text.casefold())
        return (known.id, known.name) if known else (text.casefold(), text)


def named(names: Iterable[str], comma: str = ", ") -> str:
    """`a`, `a and b`, `a, b and c`; a long list is cut."""
    all_of = list(names)
    if len(all_of) > 6:
        return f"{comma.join(all_of[:5])} and {len(all_of) - 5:,} more"
    return " and ".join([comma.join(all_of[:-1]), all_of[-1]] if len(all_of) > 1 else all_of)


def _outlet_names(speakers: Iterable[Speaker]) -> dict[str, Speaker]:
    names: dict[str, Speaker] = {}
    for one in speakers:
        if one.kind == "outlet":
            for name in (one.name, *one.aliases):
                names.setdefault(name.casefold(), one)
    return names


def _same_source(identity: Identity, a: Speaker, b: Speaker) -> bool:
    """Whether two speakers would be taken for one party, or for one unnamed source."""
    if identity.head(a) is identity.head(b):
        return True
    bare = all(one.kind == "unnamed" and not one.population and one.outlet for one in (a, b))
    return bare and a.outlet.casefold() == b.outlet.casefold()
