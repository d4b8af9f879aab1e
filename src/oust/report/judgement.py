"""Verdicts for reading: what is forbidden, on what ground, and what would change it."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct, to_builtins

from oust.data.rule import Profile, Rule
from oust.model import GRAVITY, Exposure, Verdict, VerdictWord
from oust.report.csv_report import cell
from oust.report.words import asset_name, clip, plural, safe

WIDTH = 100
SHOWN_PROFILES = ("civilian-agency", "dod", "nss", "contractor", "schedule-holder", "us-person")
NOTE = "Not legal advice. A verdict rests on what was read and on the rules as sourced in oust."

GRAVEST = (
    "Each word is the gravest of all rules, in this order: prohibited; not known (a fact is "
    "missing); from ... (a later date); if enacted; exempt; permitted. It may hide a lesser one."
)
AWARDS = (
    "An award is judged as if made, extended or renewed on this day. What held when it was made: "
    "--as-of with the day of the award."
)

Judged = tuple[Profile, list[Verdict]]


class Judgement(Struct):
    """What was judged, beside the verdicts themselves."""

    day: str
    exposures: Sequence[Exposure]
    short: dict[str, str]
    vendors: dict[str, str]
    rules: dict[str, Rule]
    supposed: tuple[str, ...]
    by_rule: frozenset[str] = frozenset()  # facts whose answer may differ from rule to rule


def blocks(
    shown: Judgement, profile: Profile, verdicts: Sequence[Verdict], explain: bool
) -> Iterator[str]:
    """Exposures that fare alike together, each rule that says something with its ground."""
    yield from _head(shown, f"as {profile.name}")
    groups: dict[tuple[tuple[str, ...], ...], list[Exposure]] = {}
    told: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        told.setdefault(verdict.exposure, []).append(verdict)
    for one in shown.exposures:
        telling = _telling(told.get(one.id, []))
        key = tuple(
            (v.rule, v.word, v.since, v.because, v.changes, str(v.checks) if explain else "")
            for v in telling
        )
        groups.setdefault((key or ((one.vendor,),)), []).append(one)
    ranked = sorted(groups.values(), key=lambda g: _rank(_telling(told.get(g[0].id, []))))
    for group in ranked:
        yield from _group(shown, group, _telling(told.get(group[0].id, [])), explain)
    yield from _foot(shown)


def _telling(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts worth a line: all that forbid or might, or what comes nearest to it."""
    grave = [v for v in verdicts if v.word != "permitted" or v.advised]
    grave.sort(key=lambda v: (GRAVITY.index(v.word), v.since, v.rule))
    near = [v for v in verdicts if v.word == "permitted" and v.changes and not v.advised]
    near = [v for v in near if _named(v)]
    near.sort(key=lambda v: (_when(v), v.rule))
    return grave + near[: 1 if grave else 3]


def _named(verdict: Verdict) -> bool:
    """Whether the rule is about this vendor and this profile, and something else stands between."""
    answers = {check.test: check.answer for check in verdict.checks}
    return answers.get("entity") == "yes" and answers.get("obliged") == "yes"


def _when(verdict: Verdict) -> str:
    return verdict.changes[-10:] if verdict.changes[-10:-6].isdigit() else "9999"


def _rank(verdicts: Sequence[Verdict]) -> int:
    return min((GRAVITY.index(v.word) for v in verdicts), default=len(GRAVITY))


def _group(
    shown: Judgement, group: Sequence[Exposure], verdicts: Sequence[Verdict], explain: bool
) -> Iterator[str]:
    ids = " ".join(shown.short[one.id] for one in group)
    yield from _wrapped(ids, " ", " ")
    names = [asset_name(one) for one in group]
    more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
    yield from _wrapped(", ".join(names[:4]) + more, "   ", "   ")
    if not any(v.word != "permitted" or v.advised for v in verdicts):
        yield "   permitted            no rule in oust bars it for this profile on this date"
    for verdict in verdicts:
        yield from _verdict(shown, verdict, explain)
    yield ""


def _verdict(shown: Judgement, verdict: Verdict, explain: bool) -> Iterator[str]:
    if verdict.word == "permitted" and not verdict.advised and not explain:
        name = shown.rules[verdict.rule].name
        line = (
            verdict.changes
            if name in verdict.changes
            else f"{name}: {verdict.because}; {verdict.changes}"
        )
        yield from _wrapped(line, f"   {'would change it:':<20} ", " " * 24)
        return
    word: str = "advised against" if verdict.advised else verdict.word
    if verdict.word == "prohibited-from":
        word = f"from {verdict.since}"
    if verdict.word == "would-be-prohibited":
        word = "would be prohibited"
    rule = shown.rules[verdict.rule]
    title = f"{rule.name} ({verdict.citation or rule.citations[0]})"
    yield from _wrapped(title, f"   {word:<20} ", " " * 24)
    text = _text(rule, verdict)
    lines = [verdict.because]
    if verdict.word == "prohibited":
        lines = [f"since {verdict.since}: {text}"]
    elif verdict.word == "prohibited-from":
        lines = [f"made law, not yet in effect: {text}"]
    elif verdict.word == "would-be-prohibited":
        lines = [f"if enacted; it would bar from {verdict.since}: {text}"]
    elif verdict.word == "not known":
        lines = list(_missing(verdict, shown.by_rule))
    if verdict.changes:
        lines.append(f"would change: {verdict.changes}")
    if explain:
        lines += [f"{check.answer:<8} {check.test}: {check.says}" for check in verdict.checks]
        lines += [f"         {e.source} {e.locator}" for c in verdict.checks for e in c.evidence]
    for line in lines:
        yield from _wrapped(line, " " * 24, " " * 26)


def _missing(verdict: Verdict, by_rule: frozenset[str]) -> Iterator[str]:
    """Every open fact once, with the way to answer it."""
    asked: set[str] = set()
    for check in verdict.checks:
        name = check.fact.removeprefix("not:")
        if check.answer == "unknown" and (not name or name not in asked):
            asked.add(name)
            name = f"{verdict.rule}/{name}" if name in by_rule else name
            yield f"missing: {check.says}" + (f"  (--fact {name}=yes|no)" if name else "")


def _text(rule: Rule, verdict: Verdict) -> str:
    return next((p.text for p in rule.provisions if p.id == verdict.provision), "")


def matrix(shown: Judgement, judged: Sequence[Judged]) -> Iterator[str]:
    """The gravest word for each exposure and profile."""
    yield from _head(shown, "for each profile")
    width = 13
    names = [profile.id.removesuffix("-agency").removesuffix("-holder") for profile, _ in judged]
    header = f" {'':<21}" + "".join(f"{clip(name, width - 1):<{width}}" for name in names)
    yield header.rstrip()
    worst: list[dict[str, Verdict]] = []
    for _, verdicts in judged:
        best: dict[str, Verdict] = {}
        for v in verdicts:
            old = best.get(v.exposure)
            if old is None or GRAVITY.index(v.word) < GRAVITY.index(old.word):
                best[v.exposure] = v
        worst.append(best)
    for one in shown.exposures:
        label = f"{shown.short[one.id]} {asset_name(one)}"
        words = [_SHORT[column[one.id].word] for column in worst]
        line = f" {clip(label, 20):<21}" + "".join(f"{word:<{width}}" for word in words)
        yield line.rstrip()
    yield ""
    yield from _wrapped(GRAVEST, " ", " ")
    yield " Why, and what would change it: add --as PROFILE, and --explain for every condition."
    yield from _foot(shown)


_SHORT: dict[VerdictWord, str] = {
    "prohibited": "prohibited",
    "not known": "not known",
    "prohibited-from": "from ...",
    "would-be-prohibited": "if enacted",
    "exempt": "exempt",
    "permitted": "permitted",
}


def _head(shown: Judgement, who: str) -> Iterator[str]:
    counted = f"{plural(len(shown.exposures), 'exposure')}, {plural(len(shown.rules), 'rule')}"
    left = f"Judged {who}, on {shown.day}"
    yield f" {left}{counted:>{WIDTH - 2 - len(left)}}"
    for text in shown.supposed:
        yield f" Supposing that {safe(text)} is enacted"
    yield " " + "─" * (WIDTH - 2)


def _foot(shown: Judgement) -> Iterator[str]:
    if not shown.exposures:
        yield " No exposure in this case: there is nothing to judge. See: oust trace"
    if any(one.asset.kind == "award" for one in shown.exposures):
        yield from _wrapped(AWARDS, " ", " ")
    yield f" {NOTE}"


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    ) or [first.rstrip()]


def as_json(shown: Judgement, judged: Sequence[Judged]) -> str:
    """Every verdict with its checks; permitted ones too."""
    found = {
        "as_of": shown.day,
        "supposed": list(shown.supposed),
        "note": NOTE,
        "profiles": [
            {"profile": profile.id, "verdicts": [to_builtins(v) for v in verdicts]}
            for profile, verdicts in judged
        ],
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


_HEADER = (
    *("exposure", "vendor", "asset", "profile", "rule", "as_of", "verdict", "since", "citation"),
    *("because", "missing", "changes"),
)


def as_csv(shown: Judgement, judged: Sequence[Judged]) -> str:
    """A row per verdict."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    by_id = {one.id: one for one in shown.exposures}
    for profile, verdicts in judged:
        for v in verdicts:
            one = by_id[v.exposure]
            row = [v.exposure, one.vendor, asset_name(one), profile.id, v.rule, v.as_of, v.word]
            row += [v.since, v.citation, v.because, v.missing, v.changes]
            writer.writerow([cell(text) for text in row])
    return out.getvalue()
