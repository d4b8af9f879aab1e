"""A record and what was seen in it as an exposure, in the words by which rules are asked."""

from __future__ import annotations

import re

from oust.data.dossier import Dossier, Embedding
from oust.model import Evidence, Exposure, Hop, Node, Path, Record, Relation, Sighting, Tier
from oust.party_names import core

_OWNING = ("owns", "controls", "consolidates", "succeeds")
_SELLING = ("seller", "seller_parent")
_ASSETS = {
    "component": "component",
    "award": "award",
    "approval": "award",  # what a price list offers is judged as if it were bought
    "service": "service",
    "agreement": "service",
    "party": "party",
    "host": "host",
}


def kind_of(record: Record) -> str:
    """The kind of asset as profiles of those who ask know it."""
    return _ASSETS.get(record.kind, "program")


def name_of(record: Record) -> str:
    """A record as read aloud."""
    if record.kind == "award":
        number = record.name if record.name and record.name != record.description else ""
        text = " ".join(record.description.split())[:80]
        return f"{number}: {text}" if number and text else number or text or record.locator
    name = record.name or record.purl or next(iter(record.ids), record.path or record.locator)
    version = record.version if record.version and not name.endswith(record.version) else ""
    return f"{name} {version}".rstrip()


def thing_key(record: Record) -> str:
    """What makes two records the same thing for a baseline: neither version nor place."""
    if record.purl:
        return re.split(r"(?<=[^/])[@?#]", record.purl.casefold(), maxsplit=1)[0]
    if record.kind == "award":
        words = " ".join(record.description.casefold().split())
        return f"award:{record.buyer.casefold()}:{record.name.casefold()}:{words}"
    return f"{record.kind}:{' '.join(core(record.name)) or record.path or record.locator}"


def exposure_of(
    record: Record,
    group: str,
    dossier: Dossier,
    embedding: Embedding | None,
    seen: Sighting,
    evidence: Evidence,
    why: str,
) -> Exposure:
    """The exposure that a sighting in a record makes, without its id."""
    vendor = Node("vendor", dossier.vendor, dossier.id)
    asset = Node(
        *(kind_of(record), name_of(record), record.purl, record.version), detail=record.buyer
    )
    tier = _tier(record, group, embedding, seen)
    if embedding:
        hops = _licensed(dossier, embedding, vendor, asset, seen, evidence)
    elif seen.relation in _OWNING:
        hops = _owned(record, vendor, asset, seen, evidence)
    elif tier == "resold":
        hops = _resold(record, vendor, asset, seen, evidence)
    else:
        relation: Relation = seen.relation if seen.relation not in ("", "is") else "supplies"  # type: ignore[assignment]
        if record.kind == "award" and seen.field in _SELLING:
            relation = "awarded"
        hops = (_hop(relation, vendor, asset, evidence, seen, record.since),)
    return Exposure(
        id="",
        vendor=dossier.id,
        tier=tier,
        strength=seen.strength,
        asset=asset,
        why=why,
        paths=(Path("complete", hops),),
        path_count=1,
    )


def _tier(record: Record, group: str, embedding: Embedding | None, seen: Sighting) -> Tier:
    if seen.relation in _OWNING:
        return "owned"
    if embedding or (record.kind == "component" and record.role != "subject" and not record.host):
        return "embedded"
    if record.kind == "service":
        return "service"
    if record.kind == "award" and record.seller and seen.field not in (*_SELLING, "ids"):
        return "resold"
    return "direct"


def _hop(
    relation: Relation, a: Node, b: Node, evidence: Evidence, seen: Sighting, since: str = ""
) -> Hop:
    return Hop(relation, a, b, (evidence,), since=since, strength=seen.strength)


def _licensed(
    dossier: Dossier,
    fact: Embedding,
    vendor: Node,
    asset: Node,
    seen: Sighting,
    evidence: Evidence,
) -> tuple[Hop, ...]:
    name = fact.names[0] if fact.names else fact.product
    product = Node("product", f"{fact.licensee} {name}".strip())
    number = dossier.embeddings.index(fact)
    stated = Evidence(
        f"dossier {dossier.id}", f"/embeddings/{number}", "product", fact.product, fact.source[0]
    )
    first = Hop("licensed-from", vendor, product, (stated,), since=fact.since, until=fact.until)
    return first, _hop("contains", product, asset, evidence, seen)


def _owned(
    record: Record, vendor: Node, asset: Node, seen: Sighting, evidence: Evidence
) -> tuple[Hop, ...]:
    party = Node("party", getattr(record, seen.field, "") or seen.text)
    if seen.field == "ids":
        party = Node("party", record.seller_parent or record.seller or record.name)
    relation: Relation = seen.relation  # type: ignore[assignment]
    first = _hop(relation, vendor, party, evidence, seen)
    return first, _hop("supplies", party, asset, evidence, seen, record.since)


def _resold(
    record: Record, vendor: Node, asset: Node, seen: Sighting, evidence: Evidence
) -> tuple[Hop, ...]:
    seller = Node("party", record.seller)
    first = _hop("resells", vendor, seller, evidence, seen)
    return first, _hop("awarded", seller, asset, evidence, seen, record.since)
