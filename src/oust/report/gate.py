"""The answer of a gate, as a table and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import to_builtins

from oust.gated import GRAVEST, Aside, Finding, Gated, Ruling, Spot
from oust.report.words import clip, plural, safe

WIDTH = 100
SHOWN_SPOTS = 3
SHOWN_ASIDES = 12
SHOWN_SOURCES = 12
NOTE = "Not legal advice. A verdict rests on what was read and on the rules as sourced in oust."


def answer(word: str, since: str) -> str:
    """The answer as read aloud: `prohibited from 2026-10-01`."""
    return f"prohibited from {since or 'a later date'}" if word == "prohibited-from" else word


def as_table(shown: Gated) -> str:
    """For reading, at most 100 columns."""
    return "\n".join(line.rstrip() for line in _lines(shown)) + "\n"


def _lines(shown: Gated) -> Iterator[str]:
    few = len(shown.profiles) <= 4
    who = "for " + (", ".join(shown.profiles) if few else "every profile")
    left = f"{answer(shown.word, shown.since).upper()}   {who}, on {shown.day}"
    yield f" {left}"
    yield " " + "─" * (WIDTH - 2)
    for finding in sorted(shown.findings, key=_order):
        yield from _finding(finding, len(shown.profiles) > 1)
    for text in shown.open:
        yield from _wrapped(f"needs a look: {text}", 1, 3)
    yield from _waivers(shown)
    yield from _asides(shown.asides)
    yield from _looked(shown)
    if len(shown.profiles) > 1 and shown.findings:
        yield from _wrapped("The gravest of all profiles decides. Say who you are: --as PROFILE "
                            "(oust rules profiles).", 1, 1)  # fmt: skip
    yield f" {NOTE}"


def _order(one: Finding) -> tuple[bool, int, str, str]:
    return one.waived is not None, GRAVEST.index(one.word), one.since, one.found.id


def _finding(one: Finding, many: bool) -> Iterator[str]:
    found = one.found
    head = answer(one.word, one.since) + (" (waived)" if one.waived else "")
    yield from _wrapped(f"{head}: {found.thing}", 1, 3)
    yield from _wrapped(f"{found.vendor} · {found.exposure.tier} · {found.exposure.why}", 3, 5)
    for spot in found.spots[:SHOWN_SPOTS]:
        yield from _said("seen", f"{where(spot)}")
        if spot.context:
            yield from _wrapped(f"{spot.evidence.field}: {spot.context}", 13, 15)
    if len(found.spots) > SHOWN_SPOTS:
        yield f"             and {plural(len(found.spots) - SHOWN_SPOTS, 'further place')}"
    fact = found.fact
    dated = f", {fact.since}" if fact.since else ""
    yield from _said("fact", f"{fact.value} ({fact.tier or 'dossier'}{dated})")
    if fact.note:
        yield from _wrapped(fact.note, 13, 13)
    for source in fact.source[:2]:
        yield from _wrapped(source, 13, 15)
    for doubt in found.doubts:
        yield from _said("doubt", f"{doubt}")
    yield from _rulings(one.rulings, many, bool(found.doubts))
    if one.waived:
        text = f"{one.waived.by}: {one.waived.why} (until {one.waived.until})"
        yield from _said("waived", f"{text}")
    yield f"   id        {safe(found.id)}"
    yield ""


def _rulings(rulings: Sequence[Ruling], many: bool, doubtful: bool) -> Iterator[str]:
    """The ruling; of many profiles one for each answer and rule, with for whom it holds."""
    alike: dict[tuple[str, str, str], list[Ruling]] = {}
    for one in sorted(rulings, key=lambda one: (GRAVEST.index(one.word), one.since)):
        rule = one.rule if one.word != "clear" else ""
        alike.setdefault((one.word, one.since, rule), []).append(one)
    for (word, since, rule), same in alike.items():
        names = ", ".join(one.profile for one in same)
        if word == "clear":
            text = f"no rule in oust bars it for {names}"
            yield from _said("clear", f"{text}")
        else:
            yield from _said("rule", f"{rule}{_cited(same[0])}")
            told = f"{answer(word, since)} for {names}"
            if doubtful and (verdict := same[0].verdict):
                told += f"; were it what it seems: {verdict.word.replace('-', ' ')}"
            yield from _wrapped(told, 13, 13)
            yield from _reason(same[0])
        if word != "clear" or not many:
            for change in same[0].changes[:2]:
                yield from _wrapped(f"would change it: {change}", 13, 15)


def _cited(one: Ruling) -> str:
    return f" ({one.verdict.citation})" if one.verdict and one.verdict.citation else ""


def _reason(one: Ruling) -> Iterator[str]:
    verdict = one.verdict
    if verdict is None:
        return
    if verdict.because:
        yield from _wrapped(verdict.because, 13, 13)
    asked = set()
    for check in verdict.checks:
        name = check.fact.removeprefix("not:")
        if check.answer == "unknown" and check.says not in asked:
            asked.add(check.says)
            hint = f"  (--fact {name}=yes|no)" if name else ""
            yield from _wrapped(f"missing: {check.says}{hint}", 13, 15)


def where(spot: Spot) -> str:
    """The place of the words."""
    line = f" (line {spot.line})" if spot.line and "line" not in spot.evidence.locator else ""
    return f"{spot.evidence.source} {spot.evidence.locator}{line}"


def _waivers(shown: Gated) -> Iterator[str]:
    for one in shown.told:
        if one.problem:
            text = f"waiver of {one.waiver.finding} does not count: {one.problem}"
            yield from _wrapped(text, 1, 3)


def _asides(asides: Sequence[Aside]) -> Iterator[str]:
    if not asides:
        return
    yield " Mentions, which are no findings"
    for one in asides[:SHOWN_ASIDES]:
        yield from _wrapped(f"{one.vendor}: {one.reason}", 3, 5)
        yield from _wrapped(where(one.spot), 5, 7)
        yield from _wrapped(one.spot.context or one.name, 5, 7)
    if len(asides) > SHOWN_ASIDES:
        yield f"   and {len(asides) - SHOWN_ASIDES:,} more; all are in --format json"
    yield ""


def _looked(shown: Gated) -> Iterator[str]:
    """What was looked at, and what was not."""
    read = [one for one in shown.sources if one.status == "read"]
    formats = Counter(one.format for one in read if one.format)
    kinds = ", ".join(f"{name} {n:,}" for name, n in sorted(formats.items()))
    text = f"looked at: {plural(shown.records, 'record')} of {plural(len(read), 'source')}"
    yield from _wrapped(text + (f" ({kinds})" if kinds else ""), 1, 3)
    yield from _wrapped(f"for: {', '.join(shown.vendors)}", 1, 3)
    blind = [one for one in shown.sources if one.status != "read"]
    if blind:
        yield " not looked at, or not as records:"
        for one in blind[:SHOWN_SOURCES]:
            yield f"   {clip(f'{one.path}: {one.message or one.status}', WIDTH - 3)}"
        if len(blind) > SHOWN_SOURCES:
            yield f"   and {plural(len(blind) - SHOWN_SOURCES, 'further file')}"
    lost = sum(one.quarantined for one in shown.sources)
    if lost:
        places = ", ".join(one.path for one in shown.sources if one.quarantined)
        yield from _wrapped(f"not read: {plural(lost, 'record')} quarantined in {places}", 1, 3)
    for one_text in shown.skipped:
        yield from _wrapped(f"passed by: {one_text}", 1, 3)


def _said(label: str, text: str) -> Iterator[str]:
    """A line with what it is about before it."""
    lines = list(_wrapped(text, 13, 13)) or [""]
    yield f"   {label:<10}{lines[0].lstrip()}"
    yield from lines[1:]


def _wrapped(text: str, first: int, rest: int) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(" ".join(text.split())),
        WIDTH,
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )


def as_json(shown: Gated) -> str:
    """Everything, with stable keys."""
    found = {
        "answer": shown.word,
        "since": shown.since,
        "as_of": shown.day,
        "profiles": list(shown.profiles),
        "note": NOTE,
        "findings": [_finding_json(one) for one in sorted(shown.findings, key=_order)],
        "needs_a_look": list(shown.open),
        "mentions": [to_builtins(one) for one in shown.asides],
        "waivers": [
            {**to_builtins(one.waiver), "counts": not one.problem, "problem": one.problem}
            for one in shown.told
        ],
        "looked_at": {
            "records": shown.records,
            "vendors": list(shown.vendors),
            "sources": [to_builtins(one) for one in shown.sources],
            "passed_by": list(shown.skipped),
        },
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _finding_json(one: Finding) -> dict[str, object]:
    found = one.found
    return {
        "id": found.id,
        "answer": one.word,
        "since": one.since,
        "thing": found.thing,
        "vendor": found.exposure.vendor,
        "tier": found.exposure.tier,
        "strength": found.exposure.strength,
        "why": found.exposure.why,
        "doubts": list(found.doubts),
        "fact": to_builtins(found.fact),
        "places": [to_builtins(spot) for spot in found.spots],
        "path": [to_builtins(hop) for hop in found.exposure.paths[0].hops],
        "rulings": [to_builtins(ruling) for ruling in one.rulings],
        "waived": to_builtins(one.waived) if one.waived else None,
    }
