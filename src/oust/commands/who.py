"""`oust rules who`: which companies a rule reaches, and by which ownership."""

from __future__ import annotations

import textwrap
from pathlib import Path

import click

from oust.commands.judge import as_of_option, near, parse_day, rule_option
from oust.commands.options import case_argument, dossier_option
from oust.errors import OustError

EXAMPLES = """\b
Examples:
  oust rules who us-ofac-kaspersky-execs-2024
  oust rules who us-ndaa-fy2018-s1634 my-case --as-of 2018-10-01
"""


@click.command("who", epilog=EXAMPLES, short_help="Which companies a rule reaches, and why.")
@click.argument("which", metavar="RULE")
@case_argument
@as_of_option
@rule_option
@dossier_option
def who(
    which: str,
    folder: Path,
    day: str | None,
    rule_files: tuple[Path, ...],
    dossier_files: tuple[Path, ...],
) -> None:
    """Test every company that RULE names, that dossiers name, and that the case in FOLDER knows.

    Yes, no, or not known with the bounding numbers. Ownership is that of dossiers and evidence;
    without a case, of dossiers alone.
    """
    from oust.case import Case
    from oust.data import load_dossiers, load_profile, load_rules
    from oust.judge import Judge, who_is_barred
    from oust.judge.ownership import Ownership
    from oust.report.words import safe

    on = parse_day(day)
    profile = load_profile("us-person")
    if folder.is_dir():
        with Case.open(folder, False, dossier_files, rule_files) as case:
            judge, _ = case.judge(profile, on)
            dossiers, held = case.dossiers, case.parties()
    else:
        dossiers, held = tuple(load_dossiers(extra=dossier_files)), []
        judge = Judge(load_rules(extra=rule_files), profile, dossiers, ownership=Ownership.of(()))
    rules = {rule.id: rule for rule in judge.rules}
    if which not in rules:
        raise OustError(f"no rule “{which}”", near(which, rules))
    click.echo(f" {rules[which].name}, on {on}")
    click.echo(" " + "─" * 98)
    words = {"yes": "barred", "unknown": "not known", "no": "not barred"}
    for name, check in who_is_barred(judge, rules[which], dossiers, held, on):
        shown = name.removeprefix("party:") if name.startswith("party:") else name
        click.echo(f" {words[check.answer]:<11} {safe(shown)}")
        for line in textwrap.wrap(safe(check.says.replace(name, shown)), 86):
            click.echo(f"             {line}")
        for evidence in check.evidence:
            click.echo(f"             {safe(evidence.source)} {safe(evidence.locator)}")
    click.echo(" Not legal advice. What is not listed here was not tested.")
