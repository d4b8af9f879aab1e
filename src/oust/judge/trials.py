"""A rule's own cases, run: what it must catch and what it must not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oust.data.dossier import Dossier
from oust.data.rule import Fact, Profile, Rule, Tag, Trial
from oust.errors import OustError
from oust.judge import Judge, Subject
from oust.judge.wording import Supposition


def run_trials(
    rule: Rule,
    profiles: Mapping[str, Profile],
    dossiers: Sequence[Dossier],
    tags: Mapping[str, Tag],
    facts: Mapping[str, Fact],
) -> list[str]:
    """A line for each trial that the rule decides otherwise than it says."""
    wrong = []
    for number, trial in enumerate(rule.trials, 1):
        got, because = outcome(rule, trial, profiles[trial.profile], dossiers, tags, facts)
        if got != trial.expect:
            wrong.append(
                f"{rule.id}: trial {number} ({trial.profile}, {trial.date}) expects "
                f"“{trial.expect}”, the rule gives “{got}”: {because}"
            )
    return wrong


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
    if verdict.word == "permitted" and rule.force == "duty" and bound(rule, profile):
        return "duty", verdict.because
    return verdict.word, verdict.because


def bound(rule: Rule, profile: Profile) -> bool:
    """Whether a deadline of the rule runs for the profile."""
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
