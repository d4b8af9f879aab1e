"""A vendor's rules in order of time."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from oust.data.rule import Profile, Rule, Stage
from oust.report.words import plural, safe

WIDTH = 100


class SpanLike(Protocol):
    """What a rule said from a day to a day: see judge/timeline.py."""

    @property
    def kind(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def since(self) -> str: ...
    @property
    def until(self) -> str: ...
    @property
    def because(self) -> str: ...
    @property
    def ahead(self) -> str: ...


class StoryLike(Protocol):
    """One rule with its stages and spans."""

    @property
    def rule(self) -> Rule: ...
    @property
    def stages(self) -> tuple[Stage, ...]: ...
    @property
    def spans(self) -> Iterable[SpanLike]: ...


def lines(vendor: str, told: Sequence[StoryLike], profile: Profile | None) -> Iterator[str]:
    """Rules by first stage; stages and, for a profile, spans beneath each."""
    title = f"{vendor}: {plural(len(told), 'rule')}"
    yield f" {title}" + (f", as {profile.name}" if profile else "")
    yield " " + "─" * (WIDTH - 2)
    for story in told:
        yield from _wrapped(f"{story.rule.name}  ({story.rule.id})", " ", "   ")
        if story.rule.force != "binding":
            yield "   bars nobody: " + _FORCE[story.rule.force]
        for stage in story.stages:
            doubt = " (unconfirmed)" if stage.unconfirmed else ""
            yield from _wrapped(
                f"{stage.event}{doubt}", f"   {stage.date:<11} {_STEP[stage.step]:<10} ", " " * 26
            )
        if profile:
            yield from _spans(story)
        yield ""
    yield " Each stage with its source: oust rules show RULE.  Not legal advice."


_FORCE = {"advice": "advice without force", "duty": "duties only"}

_STEP = {
    "event": "",
    "proposed": "proposed",
    "committee": "committee",
    "floor": "floor",
    "passed": "passed",
    "enacted": "made",
    "effective": "in force",
    "ended": "ended",
}


def _spans(story: StoryLike) -> Iterator[str]:
    found = False
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for span in story.spans:
        key = (span.since, span.until, span.word, _open(span))
        alike.setdefault(key, []).append(span.kind)
    for (since, end, word, doubt), kinds in alike.items():
        found = True
        until = end or "still so"
        yield from _wrapped(
            f"{', '.join(kinds)}: {word}{doubt}",
            f"   → {since} to {until:<10}  ",
            " " * 32,
        )
    if not found:
        yield "   → installed, embedded or bought: never barred for this profile"


def _open(span: SpanLike) -> str:
    """What the word alone leaves out: from when a later bar runs, and what is not known."""
    if span.word != "not known":
        return f" {span.ahead}" if span.ahead else ""
    earliest = f"not before {span.ahead}; " if span.ahead else ""
    return f" ({earliest}{span.because})"


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def as_json(vendor: str, told: Iterable[StoryLike], profile: Profile | None) -> str:
    """The same as JSON."""
    rules = [
        {
            "rule": story.rule.id,
            "name": story.rule.name,
            "force": story.rule.force,
            "stages": [
                {"date": s.date, "step": s.step, "event": s.event, "source": list(s.source)}
                for s in story.stages
            ],
            "spans": [
                {
                    "kind": s.kind,
                    "verdict": s.word,
                    "since": s.since,
                    "until": s.until or None,
                    "bars_from": s.ahead or None,
                }
                for s in story.spans
            ]
            if profile
            else None,
        }
        for story in told
    ]
    found = {"vendor": vendor, "profile": profile.id if profile else None, "rules": rules}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
