"""Access agreements as shown: the register, and what vetting found, as table, JSON and CSV."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from oust.access import Agreement, Point, Vetted, Vetting
from oust.model import Evidence
from oust.report.csv_report import cell
from oust.report.words import clip, clip_path, plural, safe

WIDTH = 100
_LABEL = 10

CALLED = {
    "the vendor has access": "vendor",
    "uses the vendor": "uses it",
    "subcontractor uses the vendor": "sub uses",
    "access after the end": "ended",
    "clause": "clauses",
    "vetting": "vetting",
    "subcontractor not listed": "unlisted",
    "nobody looked": "no look",
}
"""Concerns as the table labels them."""

NOTE = (
    "What the evidence shows and what the register leaves open. It accuses nobody and is no "
    "legal advice."
)


def lines(found: Vetting, short: Mapping[str, str]) -> Iterator[str]:
    """At most WIDTH characters each. `short`: short ids of exposures by whole id."""
    open_ = [one for one in found.agreements if one.points]
    title = f"Access agreements, vetted as of {found.as_of}"
    right = f"{plural(len(found.agreements), 'agreement')}, {len(open_):,} to look into"
    yield f" {title}{right:>{max(WIDTH - 2 - len(title), len(right) + 2)}}"
    yield " " + "─" * (WIDTH - 2)
    if not found.agreements:
        yield " No register of access agreements was read. How to write one: docs/agreements.md"
        return
    for one in open_:
        yield from _vetted(one, short)
    settled = [one for one in found.agreements if not one.points]
    for one in settled:
        yield f" {clip(_head(one.agreement), WIDTH - 2)}"
        yield from _known(one)
        yield from _row("nothing", "to look into in what was read")
        yield ""
    for pair in found.possibly_same:
        text = f"{pair.first} and {pair.second}: {pair.ground}; not joined"
        yield from _wrapped(text, " Possibly the same: ", "   ")
    yield from _wrapped(_rests_on(found), " ", " ")
    yield from _wrapped(NOTE, " ", " ")


def _rests_on(found: Vetting) -> str:
    asked = ", ".join(found.clauses) or "none, as none binds who asks"
    return (
        f"Held against {plural(found.awards, 'award')} of these parties, of which "
        f"{found.subawards:,} are subawards under them. Clauses asked for: {asked}."
    )


def _vetted(one: Vetted, short: Mapping[str, str]) -> Iterator[str]:
    yield f" {clip(_head(one.agreement), WIDTH - 2)}"
    yield from _about(one.agreement)
    for point in one.points:
        ids = ", ".join(short.get(ident, ident) for ident in point.exposures[:5])
        graded = f", strength: {point.strength}" if point.strength else ""
        says = f"{point.says} ({ids}{graded})" if ids else point.says
        yield from _row(CALLED[point.concern], says)
        if point.citation:
            yield from _row("", point.citation)
        for evidence in point.evidence[:2]:
            yield _place(evidence)
    yield from _known(one)
    if one.missing:
        yield from _row("missing", "; ".join(one.missing))
    for ask in one.ask:
        yield from _row("ask", f"{ask.whom}: {ask.what}")
    yield ""


def _head(one: Agreement) -> str:
    reach = ", ".join((*one.systems, *one.hosts)) or "systems not stated"
    return f"{one.id}  {one.party} → {reach}"


def _about(one: Agreement) -> Iterator[str]:
    said = [f"granted by {one.granted_by}" if one.granted_by else ""]
    said.append(f"{one.since or '?'} to {one.until or 'no end stated'}")
    said.append(f"contract {', '.join(one.contracts)}" if one.contracts else "")
    said.append(f"through {one.prime}" if one.prime else "")
    said.append(f"data: {', '.join(one.data)}" if one.data else "")
    yield from _wrapped(" · ".join(part for part in said if part), "   ", "   ")


def _known(one: Vetted) -> Iterator[str]:
    for known in one.known:
        yield from _row("known", known.says)


def _place(evidence: Evidence) -> str:
    where = f"{clip_path(evidence.source, 55)}  {evidence.locator}".rstrip()
    return " " * (_LABEL + 3) + clip(where, WIDTH - _LABEL - 3)


def _row(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"   {label:<{_LABEL}}", " " * (_LABEL + 3))


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    flat = safe(" ".join(text.split()))
    yield from textwrap.wrap(
        flat, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def register(agreements: Sequence[Agreement]) -> Iterator[str]:
    """The register as a table."""
    parties = len({one.key for one in agreements})
    title = "Access agreements"
    right = f"{plural(len(agreements), 'agreement')} of {plural(parties, 'party')}"
    yield f" {title}{right:>{WIDTH - 2 - len(title)}}"
    yield " " + "─" * (WIDTH - 2)
    if not agreements:
        yield " No register of access agreements was read. How to write one: docs/agreements.md"
        return
    yield f" {'id':<12} {'party':<24} {'reaches':<25} {'from':<10} {'until':<10} vetted"
    for one in agreements:
        reach = ", ".join((*one.systems, *one.hosts)) or "not stated"
        yield (
            f" {clip(one.id, 12):<12} {clip(one.party, 24):<24} {clip(reach, 25):<25} "
            f"{clip(one.since or '?', 10):<10} {clip(one.until or '?', 10):<10} "
            f"{clip(one.vetted_on or one.vetted or '?', 10)}"
        ).rstrip()


def as_json(found: Vetting) -> str:
    """Described by docs/agreements.schema.json. An empty text or list: not stated."""
    return _json({
        "as_of": found.as_of,
        "vendors": found.vendors,
        "clauses_asked": found.clauses,
        "agreements": [_vetted_object(one) for one in found.agreements],
        "possibly_same": [
            {"first": one.first, "second": one.second, "reason": one.ground}
            for one in found.possibly_same
        ],
        "counts": {
            "agreements": len(found.agreements),
            "to_look_into": sum(bool(one.points) for one in found.agreements),
            "awards": found.awards,
            "subawards": found.subawards,
        },
    })  # fmt: skip


def register_json(agreements: Iterable[Agreement]) -> str:
    """The register alone, by the same schema."""
    return _json({"agreements": [_agreement_object(one) for one in agreements]})


def _json(whole: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"


def _vetted_object(one: Vetted) -> dict[str, Any]:
    return _agreement_object(one.agreement) | {
        "points": [_point_object(point) for point in one.points],
        "known": [
            {"says": known.says, "evidence": [_evidence(e) for e in known.evidence]}
            for known in one.known
        ],
        "missing": one.missing,
        "ask": [{"whom": ask.whom, "what": ask.what} for ask in one.ask],
    }


def _agreement_object(one: Agreement) -> dict[str, Any]:
    names = [name for name in Agreement.__struct_fields__ if name not in ("key", "evidence")]
    whole: dict[str, Any] = {name: getattr(one, name) for name in names}
    whole["clauses"] = one.clauses if one.clauses_stated else None
    del whole["clauses_stated"]
    return whole | {"evidence": _evidence(one.evidence)}


def _point_object(point: Point) -> dict[str, Any]:
    return {
        "concern": point.concern,
        "says": point.says,
        "exposures": point.exposures,
        "strength": point.strength or None,
        "citation": point.citation,
        "evidence": [_evidence(one) for one in point.evidence],
    }


def _evidence(one: Evidence) -> dict[str, str]:
    return {name: getattr(one, name) for name in ("source", "locator", "text", "sha256")}


HEADER = (
    *("agreement", "party", "granted_by", "systems", "hosts", "contract", "since", "until"),
    *("concern", "says", "exposures", "citation", "source", "locator", "missing", "ask"),
)


def as_csv(found: Vetting) -> str:
    """One row a point; an agreement without one has one row with an empty concern."""
    rows: list[tuple[str, ...]] = []
    for one in found.agreements:
        asked = "; ".join(f"{ask.whom}: {ask.what}" for ask in one.ask)
        tail = ("; ".join(one.missing), asked)
        for point in one.points:
            place = point.evidence[0] if point.evidence else one.agreement.evidence
            cells = (point.concern, point.says, " ".join(point.exposures), point.citation)
            rows.append((*_columns(one.agreement), *cells, place.source, place.locator, *tail))
        if not one.points:
            place = one.agreement.evidence
            rows.append((*_columns(one.agreement), *("",) * 4, place.source, place.locator, *tail))
    return _csv(HEADER, rows)


def register_csv(agreements: Iterable[Agreement]) -> str:
    """One row an agreement."""
    head = (*HEADER[:8], "vetted_by", "vetted_on", "vetting_expires", "source", "locator")
    return _csv(head, [
        (
            *_columns(one), one.vetted_by, one.vetted_on, one.vetting_expires,
            one.evidence.source, one.evidence.locator,
        )
        for one in agreements
    ])  # fmt: skip


def _columns(one: Agreement) -> tuple[str, ...]:
    joined = ("; ".join(given) for given in (one.systems, one.hosts, one.contracts))
    return (one.id, one.party, one.granted_by, *joined, one.since, one.until)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue()
