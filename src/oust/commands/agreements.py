"""`oust agreements`: who has access, by which agreement, and what nobody checked."""

from __future__ import annotations

from pathlib import Path

import click

from oust.commands.judge import parse_day
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

EXAMPLES = """\b
Examples:
  oust agreements list
  oust agreements vet oust-case --as-of 2018-09-01
  oust agreements vet --as dod --vendor kaspersky --format csv --output vet.csv
"""


@click.group(epilog=EXAMPLES, short_help="Vet agreements that give others access.")
def agreements() -> None:
    """Who has access to which systems, by which agreement, and what nobody checked.

    The register of agreements is evidence like any other: trace it first.
    """


@agreements.command("list", short_help="List the registers' entries.")
@case_argument
@dossier_option
@format_option("table", "json", "csv")
@output_option
def list_(folder: Path, dossier_files: tuple[Path, ...], form: str, output: Path | None) -> None:
    """List the access agreements of the case in FOLDER as the registers have them."""
    from oust.case import Case
    from oust.report import agreements as report

    check_output(output)
    with Case.open(folder, dossier_files=dossier_files) as case:
        found = case.agreements()
    if form == "json":
        put(report.register_json(found), output)
    elif form == "csv":
        put(report.register_csv(found), output)
    else:
        put("\n".join(report.register(found)) + "\n", output)


@agreements.command("vet", short_help="Say what is known, what is missing, and whom to ask.")
@case_argument
@click.option("--as-of", "day", metavar="DATE", help="Vet as on this date; default: today.")
@click.option("--as", "profile", metavar="PROFILE", default="",
              help="Who grants the access, for the clauses: civilian-agency, dod, contractor, "
              "another of `oust rules profiles`, or a YAML file.")  # fmt: skip
@vendor_option
@dossier_option
@format_option("table", "json", "csv")
@output_option
def vet(
    folder: Path,
    day: str | None,
    profile: str,
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """Hold every access agreement of the case in FOLDER against exposures, awards and looks.

    Per agreement, most urgent first: who uses a vendor, what is over, which clauses its date
    required, how it was vetted, which subcontractors stand behind it, where nobody looked.
    """
    from oust.agreements import contractors
    from oust.case import Case
    from oust.data import load_profile
    from oust.report import agreements as report
    from oust.report.words import short_ids

    on = parse_day(day)
    check_output(output)
    tags = contractors(load_profile(profile).tags) if profile else frozenset({"us-contractor"})
    with Case.open(folder, dossier_files=dossier_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        found = case.vet(on, vendors, tags)
        exposures = case.findings().exposures
    if form == "json":
        put(report.as_json(found), output)
    elif form == "csv":
        put(report.as_csv(found), output)
    else:
        short = short_ids(exposures) if exposures else {}
        put("\n".join(report.lines(found, short)) + "\n", output)
