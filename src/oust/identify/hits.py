"""Sightings while they are being weighed, and the rules that weigh them against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from oust.identify.features import BY_NAME, Says
from oust.model import Record, Sighting, Strength

MADE_DOCUMENT = "made the document, is not part of what it describes"
WEAK = "weak value alone"
_FIELD_ORDER = (
    *("purl", "ids", "supplier", "manufacturer", "publisher", "author", "packager", "seller"),
    *("seller_parent", "name", "path", "urls", "description"),
)


class Hit(Struct, frozen=True):
    """One thing seen in one field. `why` explains weakness, `mention` rules evidence out."""

    vendor: str
    field: str
    start: int
    end: int
    text: str
    identifier: str
    features: tuple[str, ...]
    strength: Strength
    relation: Says = ""
    why: str = ""
    mention: str = ""

    @property
    def evidence(self) -> bool:
        """Whether it may carry an exposure by itself."""
        return not self.mention and self.strength != "weak"


def hit(
    vendor: str,
    where: tuple[str, str, int, int],
    identifier: str,
    feature: str,
    *more: str,
    relation: Says | None = None,
    why: str = "",
    mention: str = "",
) -> Hit:
    """A hit by `feature` at `where`: field, its text, start, end."""
    field, text, start, end = where
    known = BY_NAME[feature]
    says = known.relation if relation is None else relation
    names = (feature, *more)
    seen = text[start:end]
    return Hit(
        *(vendor, field, start, end, seen, identifier, names, known.strength, says, why, mention)
    )


def settle(hits: Iterable[Hit], record: Record) -> list[Sighting]:
    """Turn the hits of one record into sightings: weak ones need company, tools prove nothing."""
    found = sorted(hits, key=_order)
    strong = {(h.vendor, h.identifier, h.field, h.start) for h in found if h.evidence}
    seen: set[tuple[object, ...]] = set()
    sightings = []
    for one in found:
        sighting = _sighting(one, record, strong)
        same = (one.vendor, one.field, one.text, one.identifier, sighting.mention)
        if same not in seen:
            seen.add(same)
            sightings.append(sighting)
    return sightings


def _order(one: Hit) -> tuple[str, int, str, int, int, str, str]:
    place = _FIELD_ORDER.index(one.field) if one.field in _FIELD_ORDER else len(_FIELD_ORDER)
    return one.vendor, place, one.field, one.start, one.end, one.identifier, one.mention


def _sighting(one: Hit, record: Record, strong: set[tuple[str, str, str, int]]) -> Sighting:
    mention, features = one.mention, one.features
    if record.role in ("tool", "author") or record.kind == "document":
        mention = mention or MADE_DOCUMENT
    elif one.strength == "weak" and not mention:
        other = [k for k in strong if k[0] == one.vendor and k[1] != one.identifier]
        if other:
            features = (
                *features,
                f"supported by {other[0][1]}" if len(other) == 1 else "supported",
            )
        else:
            mention = f"{WEAK}: {one.why}" if one.why else WEAK
    return Sighting(
        vendor=one.vendor,
        field=one.field,
        start=one.start,
        end=one.end,
        text=one.text,
        identifier=one.identifier,
        strength=one.strength,
        features=features,
        relation=one.relation,
        mention=mention,
    )


def backed(hits: Sequence[Hit], vendor: str) -> bool:
    """Whether another field already shows that the vendor made or published the thing."""
    return any(h.vendor == vendor and h.evidence for h in hits)


def ruled_out(one: Hit, reason: str) -> Hit:
    """The same hit as a mention."""
    return msgspec.structs.replace(one, mention=one.mention or reason)
