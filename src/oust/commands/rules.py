"""`oust rules`: which laws, orders and policies oust knows, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.errors import Exit

if TYPE_CHECKING:
    from oust.data.dossier import Dossier
    from oust.data.strict import Problem

EXAMPLES = """\b
Examples:
  oust rules check my-policy.yaml
"""


@click.group(epilog=EXAMPLES)
def rules() -> None:
    """List, show and check rules."""


@rules.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(files: tuple[Path, ...]) -> int:
    """Check rule files, by default the bundled ones. Exit code 2 if one is wrong."""
    from oust.data import bundled_rules, check_rule, load_dossiers, rule_path
    from oust.data.rules import ids_of
    from oust.report.words import plural

    chosen = files or tuple(rule_path(name) for name in bundled_rules())
    others = ids_of(files)
    dossiers = load_dossiers()
    found = trials = 0
    for place in chosen:
        problems = check_rule(place, others)
        wrong = sum(not one.warning for one in problems)
        if not wrong and _can_judge():
            tried, failures = _try(place, others, dossiers)
            trials += tried
            problems += failures
        found += wrong or sum(not one.warning for one in problems)
        _tell(problems)
    word = plural(found, "problem") if found else "no problem"
    click.echo(f" {plural(len(chosen), 'rule')} checked, {plural(trials, 'trial')} run, {word}")
    return int(Exit.USAGE if found else Exit.OK)


def _can_judge() -> bool:
    try:
        import oust.judge.trials  # noqa: F401
    except ImportError:
        return False
    return True


def _try(place: Path, others: set[str], dossiers: list[Dossier]) -> tuple[int, list[Problem]]:
    """Run the trials of a rule whose file is right: how many, and those that failed."""
    from oust.data import load_facts, load_profile, load_rule, load_tags
    from oust.data.rule_trials import trial_places
    from oust.data.strict import Problem
    from oust.judge.trials import outcome

    rule = load_rule(place, others)
    tags, facts = load_tags(), load_facts()
    failed = []
    for trial, (line, column) in zip(rule.trials, trial_places(place), strict=True):
        profile = load_profile(trial.profile)
        got, because = outcome(rule, trial, profile, dossiers, tags, facts)
        if got != trial.expect:
            message = f"the trial expects {trial.expect}, but the rule gives {got}: {because}"
            hint = f"{trial.profile} on {trial.date}: correct the trial, or the rule"
            failed.append(Problem(str(place), line, column, message, hint))
    return len(rule.trials), failed


def _tell(problems: list[Problem]) -> None:
    from oust.report.words import safe

    for one in problems:
        word = "warning: " if one.warning else ""
        click.echo(safe(f"{one.path}:{one.line}:{one.column}: {word}{one.message}"))
        if one.hint:
            click.echo(f"    {safe(one.hint)}")
