"""`oust unseen`: how much larger the true scope is than the evidence shows."""

from __future__ import annotations

import re
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
from oust.errors import OustError

EXAMPLES = """\b
Examples:
  oust unseen
  oust unseen oust-case --vendor kaspersky
  oust unseen --as-of 2017-09-30 --format json --output unseen.json
"""

_DAY = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$")


@click.command(epilog=EXAMPLES, short_help="Estimate what was not seen, or say why not.")
@case_argument
@vendor_option
@click.option("--as-of", default="", metavar="DATE", help="Leave out looks of later days.")
@dossier_option
@format_option("table", "json", "csv")
@output_option
def unseen(
    folder: Path,
    vendors: tuple[str, ...],
    as_of: str,
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """Estimate from the overlap of the kinds of evidence in FOLDER how many hosts, products,
    contracts or services have something of a vendor and were seen by none of them; or say why no
    number can be given, and what evidence would let one be given.
    """
    from oust.case import Case
    from oust.report import unseen as report

    check_output(output)
    if as_of and not _DAY.match(as_of):
        raise OustError(f"“{as_of}” is no date", "write it as 2017-09-30, 2017-09 or 2017")
    with Case.open(folder, dossier_files=dossier_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        found = case.unseen(vendors, as_of)
        names = {dossier.id: dossier.vendor for dossier in case.dossiers}
    if form == "json":
        put(report.as_json(found, as_of), output)
    elif form == "csv":
        put(report.as_csv(found), output)
    else:
        put("\n".join(report.lines(found, names)) + "\n", output)
