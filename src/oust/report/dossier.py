"""`oust dossier show`: one dossier, readable, with the source of every fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oust import shares
from oust.data.dossier import Cited, Dossier
from oust.report.words import clip, plural, safe

WIDTH = 100
SHOWN_VALUES = 8
"""Values of one list shown before the rest is counted."""


def render(dossier: Dossier) -> Iterator[str]:
    """Lines that tell the whole dossier, section by section."""
    yield f" {safe(dossier.vendor)}   ({dossier.id})"
    if dossier.about:
        yield f" {clip(dossier.about, WIDTH - 2)}"
    yield f" named by: {', '.join((*dossier.word, *dossier.misspellings))}"
    yield from _section("Names", dossier.names, lambda n: f"{n.value}  [{n.kind}{_in(n.country)}]")
    yield from _section(
        "Ownership", dossier.ownership, lambda h: f"{h.relation}  {h.party}{_share(h.share)}"
    )
    yield from _section("Products", dossier.products, lambda p: f"{p.value}  [{p.kind}]")
    yield from _section(
        "Identifiers", dossier.identifiers, lambda i: f"{i.kind}: {_values(i.values)}"
    )
    yield from _section(
        "In products of others", dossier.embeddings, lambda e: f"{e.licensee}: {e.product}"
    )
    yield from _section("Removal", dossier.removal, lambda r: f"{r.kind}: {r.value}")
    yield from _section("Not evidence", dossier.not_evidence, lambda n: n.value)


def _section(title: str, facts: Sequence[Cited], say: object) -> Iterator[str]:
    if not facts:
        return
    yield ""
    yield f" {title}, {plural(len(facts), 'entry')}"
    for fact in facts:
        yield f"   {clip(say(fact), WIDTH - 4)}"  # type: ignore[operator]
        dates = f"{fact.since or '?'} to {fact.until or '?'} · " if fact.since or fact.until else ""
        weak = f"weak: {fact.why} · " if fact.strength else fact.why and f"{fact.why} · "
        yield f"      {clip(f'{dates}{weak}{fact.tier}: ' + '; '.join(fact.source), WIDTH - 7)}"


def _in(country: str) -> str:
    return f", {country}" if country else ""


def _share(share: str) -> str:
    return f"  {shares.aloud(share)}" if share else ""


def _values(values: Sequence[str]) -> str:
    shown = ", ".join(values[:SHOWN_VALUES])
    more = len(values) - SHOWN_VALUES
    return f"{shown} and {more:,} more" if more > 0 else shown
