"""`oust traffic`: what identified software does on the wire."""

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
  oust traffic
  oust traffic oust-case --host 10.1.4.20 --vendor kaspersky
  oust traffic --since 2017-09-01 --until 2017-09-13 --format csv --output traffic.csv
"""


@click.command(epilog=EXAMPLES, short_help="Say what identified software does on the wire.")
@case_argument
@click.option("--host", "hosts", multiple=True, metavar="HOST",
              help="Only this client, as the log calls it; may be repeated.")  # fmt: skip
@vendor_option
@click.option("--since", default="", metavar="DATE", help="From this day or moment on (UTC).")
@click.option("--until", default="", metavar="DATE", help="Up to this day or moment, included.")
@dossier_option
@format_option("table", "json", "csv")
@output_option
def traffic(
    folder: Path,
    hosts: tuple[str, ...],
    vendors: tuple[str, ...],
    since: str,
    until: str,
    dossier_files: tuple[Path, ...],
    form: str,
    output: Path | None,
) -> None:
    """Read the logs of the case in FOLDER again, and tell for each host what it exchanged with
    destinations of a vendor: when, how often, by the hour or not, how many bytes up and down.

    The case must know the logs: trace them first.
    """
    from oust.case import Case
    from oust.report import traffic as report

    check_output(output)
    with Case.open(folder, dossier_files=dossier_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        audit = case.traffic(hosts=hosts, vendors=vendors, since=since, until=until)
        names = {dossier.id: dossier.vendor for dossier in case.dossiers}
    if form == "json":
        put(report.as_json(audit), output)
    elif form == "csv":
        put(report.as_csv(audit.channels), output)
    else:
        put("\n".join(report.lines(audit, names, ", ".join(hosts))) + "\n", output)
