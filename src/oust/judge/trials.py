"""A rule's own cases, run: what it must catch and what it must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from oust.data.dossier import Dossier
from oust.data.rule import Fact, Profile, Rule, Tag, Trial
from oust.errors import OustError
from oust.judge import Judge, Subject
from oust.judge.wording import Supposition, wording


def failures(
    rule: Rule,
    profile_of: Callable[[str], Profile],
    dossiers: Sequence[Dossier],
    tags: Mapping[str, Tag],
    facts: Mapping[str, Fact],
) -> Iterator[tuple[int, str, str]]:
    """(place among the trials from 0, what the rule gives, why) of each that expects another."""
    for place, trial in enumerate(rule.trials):
        profile = profile_of(trial.profile)
        got, because = outcome(rule, trial, profile, dossiers, tags, facts)
        if got != trial.expect:
            yield place, got, because


def outcome(
    rule: Rule,
    trial: Trial,
    profile: Profile,
    dossiers: Sequence[Dossier],
    tags: Mapping[str, Tag],
    facts: Mapping[str, Fact],
) -> tuple[str, str]:
    """What the rule says of a trial, in the words of `Trial.expect`, and why."""
    judge = Judge(
        [rule], profile, dossiers, tags=tags, facts=facts, suppositions=_supposed(rule, trial)
    )
    named = judge.reader.named([trial.product]) if trial.product else frozenset()
    subject = Subject(
        vendor=trial.vendor,
        entity=trial.entity,
        asset=trial.asset,
        form=trial.form,
        embedded=trial.tier == "embedded",
        products=named,
        product_named=bool(trial.product),
        act=trial.act,
        since=trial.since,
        facts=tuple(sorted(trial.facts.items())),
    )
    try:
        verdict = judge.verdict(subject, rule, trial.date)
    except OustError as error:
        return "error", error.message
    if verdict.advised:
        return "advised", verdict.because
    if verdict.word == "permitted" and rule.force == "duty" and bound(rule, profile, trial.date):
        return "duty", verdict.because
    return verdict.word, verdict.because


def bound(rule: Rule, profile: Profile, day: str) -> bool:
    """Whether the rule is law on `day` and a deadline of it runs for the profile."""
    if wording(rule, day).binds != "yes":
        return False
    mine = set(profile.tags)
    return any(
        mine.intersection(one.obliges) and not mine.intersection(one.spares)
        for one in rule.deadlines
        if not one.on_government
    )


def _supposed(rule: Rule, trial: Trial) -> list[Supposition]:
    if not trial.suppose:
        return []
    stage, _, date = trial.suppose.lstrip("@").partition("=")
    return [Supposition(rule.id, stage, date)]
