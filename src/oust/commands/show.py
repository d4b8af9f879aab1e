"""`oust show`: one exposure with every hop opened to its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import case_argument, dossier_option, format_option, output_option, put
from oust.errors import OustError
from oust.model import Evidence, Exposure

if TYPE_CHECKING:
    from oust.case import Case

EXAMPLES = """\b
Examples:
  oust show KAS-3f9a                 an id as `oust trace` prints it, or its beginning
  oust show KAS-3f9a other-case/
"""


@click.command(epilog=EXAMPLES, short_help="Open one exposure to its evidence.")
@click.argument("exposure")
@case_argument
@dossier_option
@format_option("text", "json", about="For reading, or as in `oust trace --format json`.")
@output_option
def show(
    exposure: str, folder: Path, dossier_files: tuple[Path, ...], form: str, output: Path | None
) -> None:
    """Show one EXPOSURE of the case in FOLDER: its paths, each hop opened to the very words."""
    import msgspec

    from oust.case import Case
    from oust.report import json_report
    from oust.report.notes import as_objects, section
    from oust.report.show import render
    from oust.report.words import short_ids

    with Case.open(folder, dossier_files=dossier_files) as case:
        findings = case.findings()
        short = short_ids(findings.exposures) if findings.exposures else {}
        gone = once_noted(case, exposure)
        if gone and gone not in {one.id for one in findings.exposures}:
            put(_gone(case, gone, form), output)
            return
        one = chosen(exposure, findings.exposures, short)
        names = {vendor.id: vendor.name for vendor in findings.vendors}
        notes = case.notes(one.id)
        if form == "json":
            found = json_report.exposure_object(one) | {"notes": as_objects(notes)}
            text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
        else:

            def opener(evidence: Evidence) -> list[str]:
                return case.quote(evidence)

            lines = [*render(one, short[one.id], names[one.vendor], opener)]
            if notes:
                lines += ["", " Notes", *section(notes)]
            text = "\n".join(lines)
    put(text + "\n", output)


def _gone(case: Case, subject: str, form: str) -> str:
    """What is left of an exposure that is no longer found: its notes."""
    from oust.report import notes as report

    notes = case.notes(subject)
    if form == "json":
        return report.as_json(subject, False, notes)
    head = f" {subject}: an exposure no longer found"
    return "\n".join([head, "", " Notes", *report.section(notes)]) + "\n"


def chosen(wanted: str, exposures: tuple[Exposure, ...], short: dict[str, str]) -> Exposure:
    """The exposure whose id, short id or beginning of a digest is `wanted`."""
    word = wanted.casefold()
    vendor, _, digest = word.rpartition("-")
    found = [
        one
        for one in exposures
        if one.id == word
        or (
            len(digest) >= 3
            and one.id.rsplit("-", 1)[1].startswith(digest)
            and one.vendor.startswith(vendor)
        )
    ]
    if not found:
        raise OustError(f"no exposure {wanted} in this case", "see the ids with: oust trace")
    if len(found) > 1:
        ids = ", ".join(sorted(short[one.id] for one in found)[:5])
        raise OustError(f"{wanted} may be any of {ids}", "give more of the id")
    return found[0]


def once_noted(case: Case, wanted: str) -> str:
    """The only exposure with notes that `wanted` names; "" if it names none or several."""
    vendor, _, digest = wanted.casefold().rpartition("-")
    found = [
        one
        for one in case.noted()
        if one.startswith(vendor) and len(digest) >= 3 and one.rpartition("-")[2].startswith(digest)
    ]
    return found[0] if len(found) == 1 else ""
