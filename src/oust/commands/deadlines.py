"""`oust deadlines`: what is due, by when, and for which exposures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from oust.commands.judge import as_of_option, chosen_rules, parse_day, parse_facts, rule_option
from oust.commands.options import (
    case_argument,
    check_output,
    dossier_option,
    format_option,
    output_option,
    put,
)
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.case import Case
    from oust.data.rule import Profile, Rule
    from oust.model import Due

EXAMPLES = """\b
Examples:
  oust deadlines --as contractor --identified 2024-01-12
  oust deadlines --as contractor --identified 2026-03-06T10:00 --contract 2026-02-15
  oust deadlines --as civilian-agency --as-of 2017-09-20 --ics kaspersky.ics
  oust deadlines --anchor first-report=2024-01-18 --only us-far-52-204-23
"""


@click.command(epilog=EXAMPLES, short_help="Say what is due, by when, and how it was counted.")
@case_argument
@as_of_option
@click.option(
    "--as",
    "profile",
    metavar="PROFILE",
    default="",
    help="Whose duties: a profile as in `oust judge`, or a YAML file. Without it: every profile.",
)
@click.option("--only", "only", multiple=True, metavar="RULE", help="Only this rule.")
@rule_option
@click.option(
    "--identified",
    metavar="DATE",
    help="When it was identified, or you were told of it; with the hour as 2026-03-06T10:00.",
)
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="NAME=DATE",
    help="When another event took place from which a deadline counts.",
)
@click.option("--contract", metavar="DATE", help="When the contract was awarded.")
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="[EXPOSURE:][RULE/]NAME=yes|no",
    help="Something only you know, as in `oust judge`.",
)
@click.option(
    "--tz",
    "zone",
    metavar="ZONE",
    help="Time zone; default: that of the rule's capital, America/New_York for the United States.",
)
@click.option("--all", "government", is_flag=True, help="Also the duties of authorities.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a calendar file (RFC 5545) as well.",
)
@dossier_option
@format_option("table", "json", "csv")
@output_option
def deadlines(
    folder: Path,
    day: str | None,
    profile: str,
    only: tuple[str, ...],
    rule_files: tuple[Path, ...],
    identified: str | None,
    anchors: tuple[str, ...],
    contract: str | None,
    facts: tuple[str, ...],
    zone: str | None,
    government: bool,
    ics: Path | None,
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """List the deadlines of every rule that catches something in the case in FOLDER.

    What is overdue comes first. What counts from an event is listed last, with the option that
    gives its date. How each date was counted is shown. This is not legal advice.
    """
    from oust.case import Case
    from oust.data.profiles import load_anchors
    from oust.report import calendar
    from oust.report import deadlines as report
    from oust.report.words import asset_name, short_ids

    on, tz = parse_day(day), parse_zone(zone)
    events = parse_anchors(identified, anchors)
    awarded = parse_moment("--contract", contract, False) if contract else ""
    if awarded:
        events.setdefault("award", awarded)
    check_output(output)
    check_output(ics)
    asked = _profiles(profile)
    with Case.open(folder, False, dossier_files, rule_files) as case:
        rules = chosen_rules(case.rules, only)
        exposures = case.findings().exposures
        short = short_ids(exposures) if exposures else {}
        told = parse_facts(facts, short, {rule.id: rule for rule in case.rules})
        dues = _fall_due(case, asked, rules, on, told, events, awarded, tz, government)
    found = {one.rule for one in dues}
    shown = report.Shown(
        on,
        short,
        {name: anchor.question for name, anchor in load_anchors().items()},
        [one.name for one in asked],
        [name for name in only if name not in found],
    )
    if ics is not None:
        names = {one.id: asset_name(one) for one in exposures}
        put(calendar.render(dues, folder.resolve().name, on, short, names), ics)
    if form == "json":
        put(report.as_json(dues, shown), output)
    elif form == "csv":
        put(report.as_csv(dues, shown), output)
    else:
        put("\n".join(report.table(dues, shown)) + "\n", output)


def _profiles(word: str) -> list[Profile]:
    from oust.data.profiles import load_profile, load_profiles
    from oust.report.judgement import SHOWN_PROFILES

    if word:
        return [load_profile(word)]
    return [one for one in load_profiles().values() if one.id in SHOWN_PROFILES]


def _fall_due(
    case: Case,
    asked: list[Profile],
    rules: list[Rule],
    day: str,
    facts: dict[str, dict[str, str]],
    events: dict[str, str],
    awarded: str,
    tz: ZoneInfo | None,
    government: bool,
) -> list[Due]:
    from oust.data.profiles import load_tags
    from oust.judge.deadlines import caught, fall_due, merged

    told: list[Due] = []
    for profile in asked:
        judge, exposures = case.judge(profile, day, rules=rules)
        told += fall_due(
            rules,
            caught(judge.verdicts(exposures, day, facts)),
            profile,
            anchors=events,
            contract_date=awarded,
            as_of=day,
            tz=tz,
            tags=load_tags(),
            government=government,
        )
    return merged(told)


def parse_zone(name: str | None) -> ZoneInfo | None:
    """A time zone of the IANA database; None where none is given. Raises OustError."""
    if not name:
        return None
    from zoneinfo import available_timezones

    known = available_timezones()
    if name not in known:
        from oust.data.strict import did_you_mean

        hint = did_you_mean(name, known) or "name one such as America/New_York or Europe/Berlin"
        raise OustError(f"--tz: no time zone “{name}”", hint)
    return ZoneInfo(name)


def parse_anchors(identified: str | None, anchors: tuple[str, ...]) -> dict[str, str]:
    """Dates of events by the name of the anchor. Raises OustError."""
    from oust.data.profiles import load_anchors
    from oust.data.strict import did_you_mean

    known = load_anchors()
    found = {}
    if identified:
        found["identification"] = parse_moment("--identified", identified)
    for text in anchors:
        name, _, when = text.partition("=")
        if name not in known:
            hint = did_you_mean(name, known) or f"events: {', '.join(known)}"
            raise OustError(f"--anchor {text}: no rule counts from “{name}”", hint)
        found[name] = parse_moment(f"--anchor {name}", when)
    return found


def parse_moment(option: str, text: str, hours: bool = True) -> str:
    """An ISO date, or a moment where `hours` are allowed. Raises OustError."""
    hint = "write it as 2026-03-06" + (", or with the hour as 2026-03-06T10:00" if hours else "")
    try:
        if len(text) == len("2026-03-06"):
            return parse_day(text)
        if not hours or text[10:11] not in ("T", " "):
            raise ValueError
        return datetime.fromisoformat(text).isoformat()
    except (ValueError, OustError):
        raise OustError(f"{option}: “{text}” is no date", hint) from None
