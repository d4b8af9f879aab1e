"""`oust rules`: which laws, orders and policies oust knows, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.judge import as_of_option, parse_day, rule_option
from oust.commands.options import format_option
from oust.errors import Exit, OustError

if TYPE_CHECKING:
    from oust.data.dossier import Dossier
    from oust.data.rule import Provision, Rule
    from oust.data.strict import Problem

EXAMPLES = """\b
Examples:
  oust rules list --vendor kaspersky --as-of 2017-09-20
  oust rules show us-ndaa-fy2018-s1634
  oust rules check my-policy.yaml
"""


@click.group(epilog=EXAMPLES)
def rules() -> None:
    """List, show and check rules."""


@rules.command("list")
@click.option("--vendor", default="", metavar="ID", help="Only rules that name this vendor.")
@as_of_option
@rule_option
@format_option("table", "json")
def list_(vendor: str, day: str | None, rule_files: tuple[Path, ...], form: str) -> None:
    """The rules, and how each stands on a date."""
    from oust.data import load_dossiers, load_rules
    from oust.judge.standing import standing
    from oust.report import rule_list

    on = parse_day(day)
    known = load_rules(extra=rule_files)
    if vendor:
        (dossier,) = load_dossiers([vendor])
        known = [rule for rule in known if names(rule, dossier)]
    listed = [rule_list.Listed(rule, standing(rule, on)) for rule in known]
    if form == "json":
        click.echo(rule_list.as_json(listed, on))
    else:
        click.echo("\n".join(rule_list.table(listed, on, vendor)))


@rules.command("show")
@click.argument("which", metavar="ID|FILE")
@click.option("--stage", default="", help="Only the wording as it stood at this stage.")
@format_option("text", "json")
def show(which: str, stage: str, form: str) -> None:
    """Show one rule whole, with the source of every statement."""
    from msgspec import json, structs

    from oust.data import load_anchors, load_facts, load_tags
    from oust.report.rule import Words, render

    rule = _load(which)
    shown = wording_at(rule, stage) if stage else rule.provisions
    if form == "json":
        text = json.encode(structs.replace(rule, provisions=shown))
        click.echo(json.format(text, indent=2).decode())
        return
    words = Words(load_tags(), load_facts(), load_anchors())
    click.echo("\n".join(render(rule, words, shown, stage)))


@rules.command("profiles")
def profiles() -> None:
    """Who can ask (--as), and the tags by which rules say who must obey."""
    from oust.data import load_profiles, load_tags
    from oust.report import rule_list

    for line in rule_list.profiles(load_profiles().values(), load_tags().values()):
        click.echo(line)


@rules.command("facts")
def facts() -> None:
    """What rules ask and evidence seldom shows (--fact), and events that start deadlines."""
    from oust.data import load_anchors, load_facts
    from oust.report import rule_list

    for line in rule_list.facts(load_facts().values(), load_anchors().values()):
        click.echo(line)


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
        if not wrong:
            tried, failures = _try(place, others, dossiers)
            trials += tried
            problems += failures
        found += wrong or sum(not one.warning for one in problems)
        _tell(problems)
    word = plural(found, "problem") if found else "no problem"
    click.echo(f" {plural(len(chosen), 'rule')} checked, {plural(trials, 'trial')} run, {word}")
    return int(Exit.USAGE if found else Exit.OK)


def _try(place: Path, others: set[str], dossiers: list[Dossier]) -> tuple[int, list[Problem]]:
    """Run the trials of a rule whose file is right: how many, and those that failed."""
    from oust.data import load_facts, load_profile, load_rule, load_tags
    from oust.data.rule_trials import trial_places
    from oust.data.strict import Problem
    from oust.judge.trials import failures

    rule, places = load_rule(place, others), trial_places(place)
    failed = []
    for number, got, because in failures(rule, load_profile, dossiers, load_tags(), load_facts()):
        trial, (line, column) = rule.trials[number], places[number]
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


def names(rule: Rule, dossier: Dossier) -> bool:
    """Whether a rule names the vendor of a dossier, as barred or as not barred."""
    from oust.party_names import core, party_words

    bars = (*rule.bars, *(bar for one in rule.provisions for bar in one.bars))
    if any(bar.vendor == dossier.id for bar in bars):
        return True
    theirs = {core(name) for one in dossier.names for name in (one.value, *one.aliases)}
    told = [name for bar in bars for name in (bar.name, *bar.names) if name] + [*rule.not_barred]
    words = {word.casefold() for word in dossier.word}
    return any(core(name) in theirs or words.intersection(party_words(name)) for name in told)


def wording_at(rule: Rule, stage: str) -> tuple[Provision, ...]:
    """The provisions as they stood at a stage. Raises OustError for one that does not exist."""
    known = [one.id for one in rule.stages if one.id]
    if stage not in known:
        raise OustError(f"{rule.id} has no stage “{stage}”", f"its stages: {', '.join(known)}")
    past = known[: known.index(stage) + 1]
    for name in reversed(past):
        if found := tuple(one for one in rule.provisions if one.stage == name):
            return found
    return ()


def _load(which: str) -> Rule:
    from oust.data import bundled_rules, load_rule, load_rules

    place = Path(which)
    if which not in bundled_rules() and (place.exists() or place.suffix in (".yaml", ".yml")):
        return load_rule(place)
    return load_rules([which])[0]
