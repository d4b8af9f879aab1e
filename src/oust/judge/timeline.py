"""Which rule applied to a vendor from when to when, its stages included."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from oust.data.rule import Rule, Stage
from oust.judge import Judge, Subject
from oust.judge.dates import first_day, last_day, reached
from oust.judge.entities import vendors_named
from oust.model import Verdict, VerdictWord

KINDS = (
    ("installed", Subject(vendor="", asset="program", form="software")),
    ("embedded", Subject(vendor="", asset="program", form="software", embedded=True)),
    ("bought", Subject(vendor="", asset="award")),
)
"""What the spans are told for: the vendor's own product installed, its code inside another
maker's product, and a purchase."""


class Span(Struct, frozen=True):
    """One verdict that held from a day to a day; an empty `until` is still so."""

    kind: str
    word: VerdictWord
    since: str
    until: str
    because: str
    ahead: str = ""  # where it bars only later: from when


class Story(Struct, frozen=True):
    """One rule: what happened to it, and what it said of the vendor when."""

    rule: Rule
    stages: tuple[Stage, ...]
    spans: tuple[Span, ...]


def concerns(rule: Rule, vendor: str) -> bool:
    """Whether the rule names the vendor."""
    bars = (*rule.bars, *(bar for p in rule.provisions for bar in p.bars))
    return vendor in vendors_named(bars)


def stories(judge: Judge, vendor: str, rules: Iterable[Rule]) -> Iterator[Story]:
    """Every rule that names the vendor, by its first stage."""
    named = [rule for rule in rules if concerns(rule, vendor)]
    for rule in sorted(named, key=lambda r: (first_day(r.stages[0].date), r.id)):
        yield Story(rule, rule.stages, tuple(_spans(judge, vendor, rule)))


def _spans(judge: Judge, vendor: str, rule: Rule) -> Iterator[Span]:
    days = _days(rule)
    for kind, subject in KINDS:
        mine = replace(subject, vendor=vendor)
        span: Span | None = None
        for day in days:
            now = _span(kind, judge.verdict(mine, rule, day), day)
            if span is not None and (now.word, now.ahead) == (span.word, span.ahead):
                continue
            if span is not None and span.word != "permitted":
                yield replace(span, until=_eve(day))
            span = now
        if span is not None and span.word != "permitted":
            yield span


def _span(kind: str, verdict: Verdict, day: str) -> Span:
    """What begins to hold on `day`, without an end."""
    later = bool(verdict.since) and reached(day, verdict.since) == "no"
    return Span(kind, verdict.word, day, "", verdict.because, verdict.since if later else "")


def _days(rule: Rule) -> list[str]:
    """Every day on which what the rule says may change."""
    dates = {stage.date for stage in rule.stages}
    for provision in rule.provisions:
        dates |= {provision.since, provision.until}
        dates |= {date for bar in provision.bars for date in (bar.since, bar.until)}
        dates |= {one.until for one in provision.exceptions}
    dates |= {date for bar in rule.bars for date in (bar.since, bar.until)}
    dates |= {one.until for one in rule.exceptions}
    dates.discard("")
    days = {first_day(date) for date in dates} | {last_day(date) for date in dates}
    return sorted(days | {_next(day) for day in days})


def _next(day: str) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(1)).isoformat()


def _eve(day: str) -> str:
    return (datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat()
