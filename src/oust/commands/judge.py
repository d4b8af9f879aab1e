"""`oust judge`: is it forbidden, by which rule, for whom, on which date."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import (
    case_argument,
    check_output,
    dossier_option,
    format_option,
    known_vendors,
    output_option,
    put,
    vendor_option,
)
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.data.rule import Rule
    from oust.judge.wording import Supposition

EXAMPLES = """\b
Examples:
  oust judge                                        for every profile, today
  oust judge --as civilian-agency --as-of 2017-09-20
  oust judge --as dod --as-of 2017-07-12 --suppose us-sasc-fy2018-ndaa-kaspersky-dod-only
  oust judge --as contractor --fact used-in-deliverables=yes --explain
  oust judge --as my-company.yaml --rule our-policy.yaml --format json
"""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

as_of_option = click.option(
    "--as-of", "day", metavar="DATE", help="Judge as on this date; default: today."
)
rule_option = click.option(
    "--rule",
    "rule_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A further rule (YAML), such as your own policy; may be repeated.",
)


@click.command(epilog=EXAMPLES, short_help="Say what is forbidden, by which rule, on which date.")
@case_argument
@as_of_option
@click.option(
    "--as",
    "profile",
    metavar="PROFILE",
    default="",
    help="Who asks: civilian-agency, dod, nss, contractor, schedule-holder, us-person, another "
    "of `oust rules profiles`, or a YAML file. Without it: one column for each.",
)
@click.option(
    "--suppose",
    "suppose",
    multiple=True,
    metavar="RULE[@STAGE][=DATE]",
    help="What if this bill, in the wording of this stage, were enacted on this date.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="[EXPOSURE:][RULE/]NAME=yes|no",
    help="Something only you know, for all exposures and rules or for one.",
)
@click.option("--only", "only", multiple=True, metavar="RULE", help="Only this rule.")
@rule_option
@vendor_option
@dossier_option
@click.option("--explain", is_flag=True, help="Show every condition that was tested.")
@format_option("table", "json", "csv")
@output_option
def judge(
    folder: Path,
    day: str | None,
    profile: str,
    suppose: tuple[str, ...],
    facts: tuple[str, ...],
    only: tuple[str, ...],
    rule_files: tuple[Path, ...],
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    explain: bool,
    form: str,
    output: Path | None,
) -> None:
    """Judge the exposures of the case in FOLDER by every rule in force on a date.

    Each verdict names the rule, its text, and what would change it. "Not known" names the fact
    that is missing. This is not legal advice.
    """
    from oust.case import Case
    from oust.data import load_facts, load_profile, load_profiles
    from oust.report import judgement
    from oust.report.words import short_ids

    on = parse_day(day)
    check_output(output)
    with Case.open(folder, False, dossier_files, rule_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        rules = chosen_rules(case.rules, only)
        supposed = [parse_supposition(text, [r.id for r in rules]) for text in suppose]
        names = {vendor.id: vendor.name for vendor in case.findings().vendors}
        short = short_ids(case.findings().exposures) if case.findings().exposures else {}
        told = parse_facts(facts, short, {rule.id: rule for rule in case.rules})
        if profile:
            asked = [load_profile(profile)]
        else:
            asked = [one for one in load_profiles().values() if one.id in judgement.SHOWN_PROFILES]
        judged = []
        for one in asked:
            found, exposures = case.judge(one, on, supposed, rules=rules, vendors=vendors)
            judged.append((one, list(found.verdicts(exposures, on, told))))
    by_rule = frozenset(fact.id for fact in load_facts().values() if fact.by_rule)
    shown = judgement.Judgement(
        on, exposures, short, names, {r.id: r for r in rules}, suppose, by_rule
    )
    if form == "json":
        put(judgement.as_json(shown, judged), output)
    elif form == "csv":
        put(judgement.as_csv(shown, judged), output)
    elif profile:
        put("\n".join(judgement.blocks(shown, *judged[0], explain)) + "\n", output)
    else:
        put("\n".join(judgement.matrix(shown, judged)) + "\n", output)


def parse_day(text: str | None) -> str:
    """An exact day; today where none is given. Raises OustError."""
    if not text:
        return datetime.date.today().isoformat()
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise OustError(f"“{text}” is no date", "write it as 2017-09-20") from None


def chosen_rules(rules: tuple[Rule, ...], only: tuple[str, ...]) -> list[Rule]:
    """The rules named; all if none is. Raises OustError for one that does not exist."""
    known = {rule.id: rule for rule in rules}
    for name in only:
        if name not in known:
            raise OustError(f"no rule “{name}”", near(name, known))
    return [known[name] for name in only] or list(rules)


def near(word: str, known: dict[str, Rule]) -> str:
    """A hint for a misspelt rule."""
    from oust.data.strict import did_you_mean

    return did_you_mean(word, known) or "see the ids with: oust rules list"


def parse_supposition(text: str, rules: list[str]) -> Supposition:
    """`RULE[@STAGE][=DATE]`. Raises OustError."""
    from oust.judge.wording import Supposition

    head, _, date = text.partition("=")
    rule, _, stage = head.partition("@")
    if rule not in rules:
        from oust.data.strict import did_you_mean

        hint = did_you_mean(rule, rules) or "see the ids with: oust rules list"
        raise OustError(f"--suppose {text}: no rule “{rule}”", hint)
    return Supposition(rule, stage, parse_day(date) if date else "")


def own_facts(rules: Iterable[Rule]) -> set[str]:
    """Facts that a user's own rules ask for."""
    from oust.data.profiles import OWN

    asked: set[str] = set()
    for rule in rules:
        excused = [*rule.exceptions, *(e for p in rule.provisions for e in p.exceptions)]
        bars = [*rule.bars, *(bar for p in rule.provisions for bar in p.bars)]
        asked |= {one.fact for one in excused}
        asked |= {need for bar in bars for need in bar.needs}
        for one in rule.provisions:
            asked.update(one.needs, one.obliges, one.spares)
    return {name for fact in asked if (name := fact.removeprefix("not:")).startswith(OWN)}


def parse_facts(
    facts: tuple[str, ...], short: dict[str, str], rules: dict[str, Rule]
) -> dict[str, dict[str, str]]:
    """`[EXPOSURE:][RULE/]NAME=yes|no` by exposure id; for all under the empty id.

    Raises OustError. `rules`: those that may be named.
    """
    from oust.data import load_facts, load_tags
    from oust.data.strict import did_you_mean

    known = {*load_facts(), *load_tags(), *own_facts(rules.values())}
    found: dict[str, dict[str, str]] = {}
    for text in facts:
        name, _, answer = text.partition("=")
        which, _, asked = name.rpartition(":")
        rule, _, fact = asked.rpartition("/")
        if answer not in ("yes", "no"):
            raise OustError(f"--fact {text}: say yes or no", "for example --fact NAME=yes")
        if fact not in known:
            hint = did_you_mean(fact, known) or "see the facts with: oust rules facts"
            raise OustError(f"--fact {text}: no rule asks for “{fact}”", hint)
        if rule and rule not in rules:
            raise OustError(f"--fact {text}: no rule “{rule}”", near(rule, rules))
        ids = [i for i, s in short.items() if not which or which.casefold() in (i, s.casefold())]
        if which and not ids:
            raise OustError(f"--fact {text}: no exposure {which}", "see the ids with: oust trace")
        for ident in ids if which else [""]:
            found.setdefault(ident, {})[asked] = answer
    return found
