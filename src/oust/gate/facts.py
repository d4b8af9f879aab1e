"""The fact of a dossier behind a sighting, with its source."""

from __future__ import annotations

from collections.abc import Iterator

from oust.data.dossier import Cited, Dossier, Embedding
from oust.gated import Known


def known(dossier: Dossier, identifier: str) -> Known:
    """What `kind:value` of a sighting rests on; the vendor's own name where it is its word."""
    kind, _, value = identifier.partition(":")
    for one, words in _cited(dossier, kind):
        if value.casefold() in (word.casefold() for word in words):
            return _known(kind, value, one)
    named = next((one for one in dossier.names if not one.strength), None)
    return _known(kind, value, named) if named else Known(kind, value)


def of_embedding(fact: Embedding) -> Known:
    """The fact that the vendor's code is licensed into a product."""
    versions = " ".join(
        text
        for text in (
            fact.version_from and f"from {fact.version_from}",
            fact.version_until and f"before {fact.version_until}",
        )
        if text
    )
    about = "; ".join(filter(None, (versions and f"versions {versions}", fact.note)))
    name = f"{fact.licensee}: {fact.product}"
    return Known("embedding", name, fact.source, fact.tier, fact.observed or fact.since, about)


def doubts_of(fact: Embedding, version: str) -> list[str]:
    """Why a product may come without the engine after all."""
    found = []
    if fact.optional:
        found.append("it carries the engine only by licence or choice: ask which engine is used")
    if fact.version_from or fact.version_until:
        if not version:
            found.append("only some versions carry it, and the version is not stated")
    elif fact.observed:
        found.append(f"it was seen in it on {fact.observed}; of which versions is not known")
    return found


def _cited(dossier: Dossier, kind: str) -> Iterator[tuple[Cited, tuple[str, ...]]]:
    for one in dossier.identifiers:
        if one.kind == kind:
            yield one, one.values
    if kind in ("name", "word", "spelling", "short"):
        for name in dossier.names:
            yield name, (name.value, *name.aliases)
    if kind == "product":
        for product in dossier.products:
            yield product, (product.value, *product.aliases)
    if kind == "owned":
        for holding in dossier.ownership:
            yield holding, (holding.party, *holding.names)
    if kind == "not_evidence":
        for confusion in dossier.not_evidence:
            yield confusion, tuple(one.strip("*") for one in confusion.patterns)


def _known(kind: str, value: str, one: Cited) -> Known:
    return Known(kind, value, one.source, one.tier, one.since, one.note)
