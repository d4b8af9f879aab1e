"""`oust timeline`: which rule applied from when to when."""

from __future__ import annotations

from pathlib import Path

import click

from oust.commands.judge import rule_option
from oust.commands.options import dossier_option, format_option, known_vendors, output_option, put

EXAMPLES = """\b
Examples:
  oust timeline kaspersky                       every stage of every rule that names it
  oust timeline kaspersky --as civilian-agency  and what each said of it when
  oust timeline huawei --format json
"""


@click.command(epilog=EXAMPLES, short_help="Say which rule applied from when to when.")
@click.argument("vendor")
@click.option("--as", "profile", metavar="PROFILE", default="", help="Who asks, as in oust judge.")
@rule_option
@dossier_option
@format_option("table", "json")
@output_option
def timeline(
    vendor: str,
    profile: str,
    rule_files: tuple[Path, ...],
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """List every rule that names VENDOR with its stages, bills included, by date.

    With --as: from when to when it barred the vendor's own product, its code inside another
    maker's product, and buying it.
    """
    from oust.data import load_dossiers, load_facts, load_profile, load_rules, load_tags
    from oust.judge import Judge
    from oust.judge.timeline import stories
    from oust.report import timeline as report

    dossiers = load_dossiers(extra=dossier_files)
    known_vendors((vendor,), [one.id for one in dossiers])
    rules = load_rules(extra=rule_files)
    asked = load_profile(profile or "us-person")
    judge = Judge(rules, asked, dossiers, tags=load_tags(), facts=load_facts())
    told = list(stories(judge, vendor, rules))
    name = next(one.vendor for one in dossiers if one.id == vendor)
    if form == "json":
        put(report.as_json(vendor, told, asked if profile else None), output)
    else:
        put("\n".join(report.lines(name, told, asked if profile else None)) + "\n", output)
