"""`oust coverage`: what was looked at, and what was not."""

from __future__ import annotations

from pathlib import Path

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

EXAMPLES = """\b
Examples:
  oust coverage
  oust coverage oust-case --vendor kaspersky
  oust coverage --format csv --output looks.csv
"""


@click.command(epilog=EXAMPLES, short_help="Say what was looked at, and what was not.")
@case_argument
@vendor_option
@dossier_option
@click.option("--all", "every", is_flag=True, help="List everything, not the first of each kind.")
@format_option("table", "json", "csv")
@output_option
def coverage(
    folder: Path,
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    every: bool,
    form: str,
    output: Path | None,
) -> None:
    """Say of the case in FOLDER which assets were looked at, by which method, when and how
    completely, and which were not: hosts never inventoried, methods never used, times without logs.

    With --vendor: also how much each method has to look for.
    """
    from oust.case import Case
    from oust.report import coverage as report

    check_output(output)
    with Case.open(folder, dossier_files=dossier_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        found = case.coverage(vendors)
        names = {dossier.id: dossier.vendor for dossier in case.dossiers}
    if form == "json":
        put(report.as_json(found), output)
    elif form == "csv":
        put(report.as_csv(found.looks), output)
    else:
        asked = {vendor: names[vendor] for vendor in vendors}
        put("\n".join(report.lines(found, asked, every)) + "\n", output)
