"""`oust trace`: the main job."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from oust.commands.options import (
    DEFAULT_CASE,
    case_option,
    check_output,
    dossier_option,
    format_option,
    known_vendors,
    output_option,
    put,
    vendor_option,
)
from oust.errors import Exit, OustError
from oust.model import Findings

EXAMPLES = """\b
Examples:
  oust trace exports/                          everything in a folder, all vendors
  oust trace awards.zip sbom.json --vendor kaspersky
  oust trace exports/ --dossier mailru.yaml    with a dossier of your own
  oust trace exports/ --format json --output findings.json
  oust trace --mentions                        what was met in the case and not counted
"""


@click.command(epilog=EXAMPLES, short_help="Find every trace of a vendor.")
@click.argument("evidence", nargs=-1, type=click.Path(path_type=Path))
@vendor_option
@dossier_option
@case_option
@format_option("table", "json", "csv")
@output_option
@click.option(
    "--mentions", is_flag=True, help="List what was met but is no exposure, with reasons."
)
@click.option("--all", "every", is_flag=True, help="Show every exposure, however many.")
def trace(
    evidence: tuple[Path, ...],
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    folder: Path,
    form: str,
    output: Path | None,
    mentions: bool,
    every: bool,
) -> None:
    """Find every trace of a vendor in EVIDENCE: files, folders, archives.

    The format of each file is told by its content. What is found is kept in the case; without
    EVIDENCE the case is shown as it stands. Exit code 0 whether or not something was found.
    """
    from oust.case import Case
    from oust.commands.progress import Bar
    from oust.report import csv_report, json_report, table

    missing = [path for path in evidence if not path.exists()]
    if missing:
        raise OustError(f"no such file or folder: {missing[0]}", "check the path and try again")
    if folder.resolve() in [path.resolve() for path in evidence]:
        text = f"{folder} cannot be both evidence and case: a case's own files are not read"
        raise OustError(text, "name another folder with --case")
    check_output(output)
    with Case.open(folder, bool(evidence), dossier_files) as case:
        known_vendors(vendors, [dossier.id for dossier in case.dossiers])
        if evidence:
            with Bar() as bar:
                case.add(evidence, bar)
        findings = case.findings(vendors)
    if form == "json":
        put(json_report.render(findings), output)
    elif form == "csv":
        put(csv_report.render(findings), output)
    else:
        option = "" if folder == DEFAULT_CASE else f" --case {shlex.quote(str(folder))}"
        lines = table.render(findings, every, mentions, option)
        put("\n".join([*lines, *_next(folder, findings)]) + "\n", output)
    if evidence and not findings.sources:
        raise OustError("no file in what was given", "name a file or folder", Exit.FAILED)


def _next(folder: Path, findings: Findings) -> list[str]:
    """What to do next."""
    step = "show ID" if findings.exposures else "case sources"
    where = "" if folder == DEFAULT_CASE else f" {shlex.quote(str(folder))}"
    return [f" Case saved in {folder}    next: oust {step}{where}"]
