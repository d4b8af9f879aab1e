"""`oust note`: what people write beside an exposure or a claim."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import case_option, dossier_option, format_option, put
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.case import Case

EXAMPLES = """\b
Examples:
  oust note KAS-3f9a "Asked *Orrin Services* on the phone; answer due Friday."
  oust note KAS-3f9a                        list the notes on it
  oust note KAS-3f9a --edit 1 "Answer came: removed."
  oust note KAS-3f9a --withdraw 2 "meant another host"
  oust note claim:c-12 - < remark.md        the text from input
"""

MOST_BYTES = 1 << 20
"""Of a text from input that are read at all."""

_CLAIM = re.compile(r"claim:\w[\w.:/-]{0,199}")


@click.command(epilog=EXAMPLES, short_help="Write beside an exposure or a claim, or list notes.")
@click.argument("subject", metavar="EXPOSURE-OR-CLAIM")
@click.argument("text", required=False)
@case_option
@click.option("--author", default="", metavar="NAME", help="Who writes; default: the login name.")
@click.option("--edit", type=click.IntRange(1), metavar="N",
              help="Put a new version in the place of note N; the old one is kept.")  # fmt: skip
@click.option("--withdraw", type=click.IntRange(1), metavar="N",
              help="Take note N back, saying why in TEXT; it is kept in the history.")  # fmt: skip
@click.option("--history", is_flag=True, help="List every version.")
@dossier_option
@format_option("text", "json", about="How the list is printed.")
def note(
    subject: str,
    text: str | None,
    folder: Path,
    author: str,
    edit: int | None,
    withdraw: int | None,
    history: bool,
    dossier_files: tuple[Path, ...],
    form: str,
) -> None:
    """Note TEXT on an exposure (its id as `oust trace` prints it) or on claim:ID; `-` reads the
    text from input. Without TEXT, list the notes.

    Nothing is overwritten: an edited or withdrawn note stays in the history.
    """
    from oust.case import Case
    from oust.report.notes import plain
    from oust.report.words import clip

    if edit and withdraw:
        raise OustError("--edit and --withdraw cannot be given together", "give one of them")
    if edit and text is None:
        raise OustError("--edit needs the new text", "give it in quotes, or - to read it")
    with Case.open(folder, dossier_files=dossier_files) as case:
        whole, found = noted(case, subject)
        if text is None and not withdraw:
            _list(case, whole, found, history, form)
            return
        number = edit or withdraw or 0
        kept = case.note(
            whole, _given(text), author, number=number, withdraw=withdraw is not None
        )  # fmt: skip
    by = clip(plain(kept.author), 60)
    click.echo(f" Note {kept.number} on {whole}: {kept.word} by {by}, {kept.at}")


def _given(text: str | None) -> str:
    """The text, from input where it is `-`."""
    if text != "-":
        return text or ""
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OustError(f"the note has more than {MOST_BYTES:,} bytes", "shorten it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OustError("the note is not text in UTF-8", "save it as UTF-8") from error


def noted(case: Case, wanted: str) -> tuple[str, bool]:
    """The whole id of what `wanted` names, and whether it is in the case now.

    What has notes is known by its whole id, or the beginning of it, for good. Raises OustError.
    """
    from oust.commands.show import chosen, once_noted
    from oust.report.words import short_ids

    if wanted.startswith("claim:"):
        if not _CLAIM.fullmatch(wanted):
            raise OustError(f"{wanted!r} is no claim", "write it like claim:c-12")
        found = wanted[6:] in {one.id for one in case.claims().whole.claims}
        if not found and not case.notes(wanted):
            raise OustError(f"no {wanted} in this case", "see the ids with: oust claims show")
        return wanted, found
    exposures = case.findings().exposures
    try:
        return chosen(wanted, exposures, short_ids(exposures) if exposures else {}).id, True
    except OustError as problem:
        gone = once_noted(case, wanted)
        if not gone:
            raise problem
        return gone, False


def _list(case: Case, subject: str, found: bool, history: bool, form: str) -> None:
    from oust.report import notes as report

    notes = case.notes(subject)
    if form == "json":
        put(report.as_json(subject, found, notes), None)
        return
    what = "a claim" if subject.startswith("claim:") else "an exposure"
    click.echo(f" {subject}" + ("" if found else f", of {what} no longer found"))
    for line in report.section(notes, history):
        click.echo(line)
    if not notes:
        click.echo("   no notes")
