"""`oust approvals`: how a vendor was let in."""

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
)

EXAMPLES = """\b
Examples:
  oust approvals kaspersky
  oust approvals kaspersky oust-case --svg orders.svg     with the chart beside it
  oust approvals kaspersky --format csv --output orders.csv
  oust approvals hikvision --all
"""


@click.command(epilog=EXAMPLES, short_help="Say how a vendor was let in.")
@click.argument("vendor")
@case_argument
@dossier_option
@format_option("table", "json", "csv", "svg",
               about="For reading, for programs, for a spreadsheet, as a chart.")  # fmt: skip
@output_option
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Also draw orders by agency and year into this file.")  # fmt: skip
@click.option("--all", "every", is_flag=True, help="Show every step, chain and agency.")
def approvals(
    vendor: str,
    folder: Path,
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
    svg: Path | None,
    every: bool,
) -> None:
    """Tell the chain by which VENDOR was let in, as far as the case in FOLDER shows it: product,
    certificate, vehicle, holder, award, order, agency, host; first to last, and by year.

    The case must know the evidence: trace it first.
    """
    from oust.case import Case
    from oust.report import approvals as report
    from oust.report.approvals_svg import render

    check_output(output)
    check_output(svg)
    with Case.open(folder, dossier_files=dossier_files) as case:
        known_vendors((vendor,), [dossier.id for dossier in case.dossiers])
        found = case.approvals(vendor)
    if svg is not None:
        put(render(found), svg)
    if form == "json":
        put(report.as_json(found), output)
    elif form == "csv":
        put(report.as_csv(found), output)
    elif form == "svg":
        put(render(found), output)
    else:
        put("\n".join(report.lines(found, every)) + "\n", output)
