"""Things of vendors among records: exposures of one or two hops, doubts, and mere mentions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ahocorasick_rs
from msgspec import Struct, field, structs

from oust.data.dossier import Dossier
from oust.gate.exposures import exposure_of, kind_of, name_of, thing_key
from oust.gate.facts import doubts_of, known, of_embedding
from oust.gated import Aside, Found, Known, Spot
from oust.model import Evidence, Record, Sighting

AROUND = 40
"""Characters shown on either side of the words."""

SPOTS = 20
"""Places kept of one thing; more say nothing new."""

FEW = 400
"""Records that are looked at one by one: to make the literals takes longer."""

NAMING = frozenset({"name", "description", "supplier", "manufacturer", "publisher", "author",
                    "seller", "seller_parent"})  # fmt: skip
"""Fields whose weak or unclear words somebody should look at."""

REMOVAL = "removal or replacement"
_STRENGTHS = ("identifier", "name", "misspelt", "weak")
_SEARCHED = ("name", "supplier", "manufacturer", "publisher", "author", "packager", "seller",
             "seller_parent", "purl", "path", "description")  # fmt: skip
_ABSENT = ("removed", "uninstalled", "purged", "not installed", "to install")

Sight = Callable[[Record], list[Sighting]]
Describe = Callable[[str, str, str], str]


class Seen(Struct):
    """A record and where it stands."""

    record: Record
    source: str
    sha256: str
    group: str = ""  # of its format


class Finder(Struct):
    """Everything that is found, gathered record by record."""

    dossiers: dict[str, Dossier]
    sight: Sight  # vendors
    carried: Sight  # products that carry a vendor's code: `vendor` is `dossier/number`
    describe: Describe
    literals: Callable[[], Sequence[str]]  # one of which stands in whatever shows something
    found: dict[str, Found] = field(default_factory=dict)
    asides: list[Aside] = field(default_factory=list)
    records: int = 0
    _automaton: Any = None

    def add(self, seen: Sequence[Seen]) -> None:
        """Look at records; those without any word that is looked for are only counted."""
        self.records += len(seen)
        for n in self._likely([one.record for one in seen]):
            self._look(seen[n])

    def _likely(self, records: Sequence[Record]) -> list[int]:
        """Numbers of the records that hold a literal; of the first few, all of them."""
        if self.records <= FEW:
            return list(range(len(records)))
        if self._automaton is None:
            self._automaton = ahocorasick_rs.BytesAhoCorasick(
                [literal.encode() for literal in self.literals()],
                implementation=ahocorasick_rs.Implementation.ContiguousNFA,
            )
        automaton = self._automaton
        likely = []
        for n, record in enumerate(records):
            texts = [text for name in _SEARCHED if (text := getattr(record, name))]
            data = "\n".join((*texts, *record.ids, *record.urls)).encode("utf-8", "replace").lower()
            if automaton.find_matches_as_indexes(data):
                likely.append(n)
        return likely

    def _look(self, seen: Seen) -> None:
        by_vendor: dict[str, list[Sighting]] = {}
        for one in (*self.sight(seen.record), *self.carried(seen.record)):
            by_vendor.setdefault(one.vendor, []).append(one)
        why_not = absent(seen.record)
        for vendor, sightings in by_vendor.items():
            if why_not:
                self._aside(seen, sightings[0], why_not)
                continue
            sure = [one for one in sightings if not one.mention and one.strength != "weak"]
            unsure = [one for one in sightings if one not in sure and _unclear(one)]
            if sure or unsure:
                self._take(seen, vendor, sure or unsure, bool(sure))
            else:
                for one in {one.mention: one for one in reversed(sightings)}.values():
                    self._aside(seen, one, one.mention or "a weak sign alone, which shows nothing")

    def _take(self, seen: Seen, key: str, sightings: list[Sighting], sure: bool) -> None:
        best = min(sightings, key=lambda one: (_STRENGTHS.index(one.strength), one.field))
        vendor, _, number = key.partition("/")
        dossier = self.dossiers[vendor]
        embedding = dossier.embeddings[int(number)] if number else None
        fact = of_embedding(embedding) if embedding else known(dossier, best.identifier)
        doubts = _doubts(best, sure)
        if embedding:
            doubts += doubts_of(embedding, seen.record.version or _version(best))
        why = self.describe(best.identifier, best.strength, best.text)
        evidence = _evidence(seen, best)
        exposure = exposure_of(seen.record, seen.group, dossier, embedding, best, evidence, why)
        ident = _ident(vendor, exposure.tier, thing_key(seen.record))
        exposure = structs.replace(exposure, id=ident)
        spots = tuple(
            Spot(_evidence(seen, one), _context(seen.record, one)) for one in sightings[:3]
        )
        self._keep(
            Found(
                id=ident,
                exposure=exposure,
                thing=f"{kind_of(seen.record)} {name_of(seen.record)}",
                vendor=dossier.vendor,
                fact=fact,
                spots=spots,
                doubts=tuple(doubts),
            )
        )

    def _keep(self, new: Found) -> None:
        """The surest of what is known of one thing, with every place."""
        old = self.found.get(new.id)
        if old is None:
            self.found[new.id] = new
            return
        best, other = (new, old) if len(new.doubts) < len(old.doubts) else (old, new)
        spots = tuple(dict.fromkeys((*best.spots, *other.spots)))[:SPOTS]
        self.found[new.id] = structs.replace(best, spots=spots)

    def _aside(self, seen: Seen, one: Sighting, reason: str) -> None:
        vendor = self.dossiers[one.vendor.partition("/")[0]].vendor
        spot = Spot(_evidence(seen, one), _context(seen.record, one))
        self.asides.append(Aside(vendor, reason, name_of(seen.record), spot))


def absent(record: Record) -> str:
    """Why a record shows nothing that is there or is to come; empty if it may."""
    if record.role in ("tool", "author") or record.kind == "document":
        return "stands in what the document says about itself"
    if record.kind == "approval" and record.type not in ("listing", "contract"):
        return "a certificate or exclusion, not an offer"
    if record.type == "guest application":
        return "a program of a guest system, not of this host"
    if record.type in ("unsuccessful award", "cancelled award", "invalid award"):
        return f"not bought: {record.type}"
    said = json.loads(record.extra) if record.extra else {}
    state = str(said.get("state") or said.get("action") or "").casefold()
    if state.startswith(_ABSENT[:3]) or any(word in state for word in _ABSENT[3:]):
        return f"the evidence itself says: {state}"
    if "pedigree" in said:
        return f"{said['pedigree']} of a component, not contained in it"
    return ""


def _unclear(one: Sighting) -> bool:
    """Whether somebody should look, although it is no sure sign."""
    if one.field not in NAMING:
        return False
    if one.mention == REMOVAL:  # a removal order that speaks of a purchase as well
        return any(feature.endswith(": purchase") for feature in one.features)
    if one.mention:
        return one.mention.startswith("unclear")
    return one.strength == "weak" and "named-in-text" not in one.features


def _doubts(best: Sighting, sure: bool) -> list[str]:
    if best.mention == REMOVAL:
        return ["it speaks of a removal and of a purchase: find out which of them is meant"]
    if best.mention:
        return [best.mention]
    if not sure:
        return [f"“{best.text}” alone is a weak sign: it means other things, too"]
    if best.strength == "misspelt":
        return [f"“{best.text}” is taken for a misspelt name of the vendor"]
    return []


def _version(one: Sighting) -> str:
    prefix = "version "
    said = (f.removeprefix(prefix) for f in one.features if f.startswith(prefix))
    return next((text for text in said if text != "not stated"), "")


def _evidence(seen: Seen, one: Sighting) -> Evidence:
    return Evidence(
        *(seen.source, seen.record.locator, one.field, one.text, one.identifier), seen.sha256
    )


def _context(record: Record, one: Sighting) -> str:
    text = getattr(record, one.field, "")
    if not isinstance(text, str) or not text:
        return one.text
    start, end = max(one.start - AROUND, 0), one.end + AROUND
    lead, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{lead}{text[start:end]}{tail}"


def _ident(vendor: str, tier: str, thing: str) -> str:
    digest = hashlib.sha256(f"{vendor}\0{tier}\0{thing}".encode("utf-8", "replace")).hexdigest()
    return f"{vendor}-{digest[:12]}"


def ordered(found: Iterable[Found]) -> list[Found]:
    """In a fixed order: by vendor, thing and id."""
    return sorted(found, key=lambda one: (one.vendor, one.thing.casefold(), one.id))


__all__ = ["Finder", "Known", "Seen", "absent", "ordered"]
