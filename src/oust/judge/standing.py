"""How a rule stands on a date, in a word: for lists, before anybody's case is judged."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.data.rule import BINDING, PENDING, Provision, Rule, Stage
from oust.judge.dates import first_day, reached
from oust.judge.wording import wording

Word = Literal["since", "from", "pending", "ended", "not yet", "not known"]
"""`since`: in force. `from`: made, but bars only from a later day. `not yet`: nothing has happened
on that date. `not known`: the day on which it came into force or ended is not known."""


class Standing(Struct, frozen=True):
    """`since 2018-10-01`, `pending 2017-07-10`, with the wording that stands on the date."""

    word: Word
    date: str
    step: str  # of the stage that the word is about
    provisions: tuple[Provision, ...]


def standing(rule: Rule, day: str) -> Standing:
    """How `rule` stands on `day`, an exact date."""
    now = wording(rule, day)
    if now.binds == "no":
        word, stage = _idle(rule, day)
        return Standing(
            word, stage.date if stage else "", stage.step if stage else "", now.provisions
        )
    stage, start = _start(rule)
    if now.binds == "unknown":
        return Standing("not known", start, stage.step, now.provisions)
    word = "from" if reached(day, start) == "no" else "since"
    return Standing(word, start, stage.step, now.provisions)


def _start(rule: Rule) -> tuple[Stage, str]:
    """The stage that first bound, and the first day on which it barred something."""
    stage = next(stage for stage in rule.stages if stage.step in BINDING)
    days = [one.since or stage.date for one in rule.provisions if one.stage == stage.id]
    return stage, min(days, key=first_day, default=stage.date)


def _idle(rule: Rule, day: str) -> tuple[Word, Stage | None]:
    """Why a rule does not bind: it ended, it is pending, or nothing has happened yet."""
    past = [stage for stage in rule.stages if reached(day, stage.date) == "yes"]
    for stage in reversed(past):
        if stage.step == "ended":
            return "ended", stage
        if stage.step in PENDING:
            return "pending", stage
    return "not yet", next((s for s in rule.stages if s not in past), None)
