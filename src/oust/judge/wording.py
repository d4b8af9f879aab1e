"""Which wording of a rule applies on a date, and whether it binds."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from oust.data.rule import BINDING, PENDING, Provision, Rule, Stage
from oust.errors import OustError
from oust.judge.dates import first_day, reached
from oust.model import Answer


class Supposition(Struct, frozen=True):
    """`--suppose RULE@STAGE=DATE`: what if this wording were enacted on that date."""

    rule: str
    stage: str = ""  # empty: the wording that stood on the date asked about
    date: str = ""  # empty: the date asked about


class Wording(Struct, frozen=True):
    """The provisions that apply on a date and how they stand in time."""

    stage: Stage | None  # whose wording it is; None before the first
    provisions: tuple[Provision, ...]
    binds: Answer
    supposed: str = ""  # date of the supposed enactment
    says: str = ""  # why it binds or does not


def worded(rule: Rule) -> dict[str, tuple[Provision, ...]]:
    """Provisions by the id of their stage."""
    found: dict[str, tuple[Provision, ...]] = {}
    for provision in rule.provisions:
        found[provision.stage] = (*found.get(provision.stage, ()), provision)
    return found


def wording(rule: Rule, day: str, supposition: Supposition | None = None) -> Wording:
    """What stands on `day`, or would stand if the supposition came true.

    Raises OustError when the supposition names no stage with a wording.
    """
    texts = worded(rule)
    past = [stage for stage in rule.stages if reached(day, stage.date) == "yes"]
    now = _last(past, texts)
    binding = _binds(rule, day)
    if supposition is not None:
        stage = supposed_stage(rule, supposition, day)
        if binding != "yes" or (now is not None and now.id != stage.id):
            when = supposition.date or day
            says = f"supposed: the wording of {stage.date} enacted on {when}"
            return Wording(stage, texts[stage.id], "yes", when, says)
    if now is None and binding != "no":  # the wording stands at a stage whose day is not known
        maybe = [stage for stage in rule.stages if reached(day, stage.date) != "no"]
        now = _last(maybe, texts)
    return Wording(now, texts[now.id] if now else (), binding, "", _says(rule, past, binding))


def supposed_stage(rule: Rule, supposition: Supposition, day: str) -> Stage:
    """The stage whose wording is supposed."""
    texts = worded(rule)
    having = [stage for stage in rule.stages if stage.id in texts]
    if supposition.stage:
        for stage in having:
            if stage.id == supposition.stage:
                return stage
        raise OustError(
            f"{rule.id} has no wording at a stage “{supposition.stage}”",
            f"its stages with a wording: {', '.join(stage.id for stage in having) or 'none'}",
        )
    if not having:
        raise OustError(
            f"{rule.id} bars nothing that could be supposed", "see it: oust rules show " + rule.id
        )
    return _last([s for s in having if reached(day, s.date) == "yes"], texts) or having[0]


def _last(stages: Sequence[Stage], texts: dict[str, tuple[Provision, ...]]) -> Stage | None:
    return next((stage for stage in reversed(stages) if stage.id in texts), None)


def _binds(rule: Rule, day: str) -> Answer:
    """Whether the rule is law on `day`: made, and not ended."""
    made = [reached(day, stage.date) for stage in rule.stages if stage.step in BINDING]
    ended = [reached(day, stage.date) for stage in rule.stages if stage.step == "ended"]
    if "yes" in ended or not made or all(answer == "no" for answer in made):
        return "no"
    return "yes" if "yes" in made and "unknown" not in ended else "unknown"


def _says(rule: Rule, past: Sequence[Stage], binds: Answer) -> str:
    if not past:
        return f"it began on {rule.stages[0].date}"
    last = next((s for s in reversed(past) if s.step != "event"), past[-1])
    if binds == "unknown":
        return "the day on which it came into force or ended is not known"
    if last.step in PENDING:
        return f"not law on this date: {last.event} ({last.date})"
    if last.step == "ended":
        return f"ended {last.date}: {last.event}"
    return f"{last.event} ({last.date})"


def starts(provision: Provision, stage: Stage, supposed: str) -> str:
    """Date from which the provision bars: its own, or its stage's, or the supposed enactment's."""
    own = provision.since or (supposed or stage.date)
    return max(own, supposed, key=first_day) if supposed else own
