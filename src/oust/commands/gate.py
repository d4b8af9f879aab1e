"""`oust gate`: before something is bought, merged or installed."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import check_output, dossier_option, output_option, put, vendor_option
from oust.errors import Exit

if TYPE_CHECKING:
    from oust.data.rule import Rule
    from oust.gated import Gated
    from oust.screen import Facts

NEEDS_A_LOOK = 3
"""Exit code; other commands use it for a case that is busy, and a gate has none."""

EXAMPLES = """\b
Examples:
  oust gate "ZoneAlarm Extreme Security, 25 seats" --as civilian-agency
  oust gate package-lock.json --as contractor
  oust gate purchases.csv sbom.cdx.json --as dod --as-of 2027-01-01
  oust gate . --as contractor --baseline waivers.yaml --format sarif --output gate.sarif
  pip freeze | oust gate - --format github

\b
Exit codes:
  0  clear
  1  prohibited now, or from a date
  2  the command line or a file given to it is wrong
  3  needs a look: doubtful words, a fact is missing, or something could not be read
"""


@click.command(epilog=EXAMPLES, short_help="Ask before it is bought, merged or installed.")
@click.argument("things", metavar="FILE|TEXT|-", nargs=-1, required=True)
@click.option(
    "--as",
    "profiles",
    metavar="PROFILE",
    multiple=True,
    help="Who asks (oust rules profiles, or a YAML file); may be repeated. Without it every "
    "profile is asked, the answer says for whom, and the gravest decides.",
)
@click.option("--as-of", "day", metavar="DATE", help="Judge as on this date; default: today.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Waivers (YAML or JSON); one that is expired, or lacks a reason, a name or an end, "
    "waives nothing.",
)
@click.option(
    "--write-baseline",
    "write",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write today's findings as waivers to be filled in; they count once they are.",
)
@click.option(
    "--max-waiver",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    metavar="DAYS",
    help="Longest time that a waiver may still run.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="[FINDING:][RULE/]NAME=yes|no",
    help="Something only you know, for all findings and rules or for one.",
)
@click.option(
    "--rule",
    "rule_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A further rule (YAML), such as your own policy; may be repeated.",
)
@vendor_option
@dossier_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "sarif", "github")),
    default="table",
    show_default=True,
    help="For reading, for programs, for code hosts, for a GitHub workflow.",
)
@output_option
def gate(
    things: tuple[str, ...],
    profiles: tuple[str, ...],
    day: str | None,
    baseline: Path | None,
    write: Path | None,
    max_waiver: int,
    facts: tuple[str, ...],
    rule_files: tuple[Path, ...],
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> int:
    """May this be bought, merged or installed? Asks every rule in force, and needs no case.

    FILE is anything oust reads: a purchase list, an SBOM, a lock file, an archive, a folder. TEXT
    is a line of a purchase or a package URL. `-` reads either from standard input.

    Answers, gravest first: prohibited, prohibited from a date, needs a look, clear. The gravest of
    all that is found and not waived decides. This is not legal advice.
    """
    from oust.commands.judge import parse_day

    on = parse_day(day)
    check_output(output)
    check_output(write)
    with _seldom_collected():
        from oust.screen import Asked, screen  # not needed to parse

        asked = Asked(
            day=on,
            profiles=profiles,
            vendors=vendors,
            dossier_files=dossier_files,
            rule_files=rule_files,
            baseline=baseline,
            max_waiver=max_waiver,
            facts=_said(facts) if facts else None,
        )
        shown = screen(things, asked)
    if write:
        _write(shown, write)
    put(_rendered(shown, form), output)
    return exit_code(shown.word)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Cycles are looked for seldom: records hold none, and what is loaded stays to the end."""
    was = gc.get_threshold()
    gc.set_threshold(200_000, *was[1:])
    try:
        yield
    finally:
        gc.set_threshold(*was)


def exit_code(word: str) -> int:
    """The exit code of an answer."""
    return {"clear": int(Exit.OK), "needs a look": NEEDS_A_LOOK}.get(word, int(Exit.FOUND))


def _rendered(shown: Gated, form: str) -> str:
    if form in ("sarif", "github"):
        from oust.report import gate_sarif

        return gate_sarif.as_sarif(shown) if form == "sarif" else gate_sarif.as_github(shown)
    from oust.report import gate as report

    return report.as_json(shown) if form == "json" else report.as_table(shown)


def _said(facts: tuple[str, ...]) -> Facts:
    from oust.commands.judge import parse_facts

    def said(rules: Sequence[Rule], found: Sequence[str]) -> dict[str, dict[str, str]]:
        return parse_facts(facts, {one: one for one in found}, {rule.id: rule for rule in rules})

    return said


def _write(shown: Gated, write: Path) -> None:
    from oust.gate import read_baseline, written

    old = read_baseline(write) if write.exists() else []
    put(written(shown.findings, old), write)
