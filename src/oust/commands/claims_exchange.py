"""`oust claims import` and `oust claims export`: ledgers in the forms that others use."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import (
    DEFAULT_CASE,
    case_option,
    check_output,
    format_option,
    output_option,
    put,
)
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.exchange import Taken

IMPORTS = """\b
Examples:
  oust claims import ledger.yaml
  oust claims import report.stix.json --case oust-case
  oust claims import provenance.xml --as press-2017 --replace
"""
EXPORTS = """\b
Examples:
  oust claims export --format stix --output claims.stix.json
  oust claims export oust-case --format prov-json
  oust claims export examples/claims/kaspersky-2017.yaml --format provn
"""


@click.command("import", epilog=IMPORTS, short_help="Take a ledger from YAML, STIX or PROV.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@case_option
@click.option("--as", "name", default="", metavar="ID",
              help="Id of the ledger in the case, where it has none of its own.")  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace a ledger of this id that the case has.")
def import_(file: Path, folder: Path, name: str, replace: bool) -> None:
    """Take the claims of FILE into the case: a ledger in YAML, a STIX 2.1 bundle, PROV-JSON or
    PROV-XML. Nothing is taken of a file with a mistake.

    Of a file that oust did not write, what has a counterpart in a ledger is taken; the rest is
    counted.
    """
    from collections import Counter

    from oust.data.ledgers import FOLDER, Ledgers, load_ledgers
    from oust.exchange import slug
    from oust.exchange.forms import as_yaml, imported
    from oust.report.words import plural, safe

    held = load_ledgers(folder) if folder.is_dir() else Ledgers()
    meant = f"{name or slug(file.stem, Counter())}.yaml"
    others = Ledgers(tuple(one for one in held.files if one[0].name != meant))
    taken = imported(file, others.whole)
    ledger = taken.ledger
    if not (ledger.claims or ledger.documents or ledger.hypotheses or ledger.speakers):
        raise OustError(
            "; ".join((f"no claim in {file}", *_left_out(taken))), "nothing was changed"
        )
    place = folder / FOLDER / f"{_checked(name or ledger.id)}.yaml"
    if not replace and any(path == place for path, _ in held.files):
        hint = "give --replace to put this one in its place"
        raise OustError(f"the case has a ledger {place.stem} already", hint)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OustError(f"cannot write {place.parent}: {error.strerror}", "name a case") from error
    before = place.read_text(encoding="utf-8") if place.exists() else None
    whole = file.suffix in (".yaml", ".yml") and not name
    try:
        put(file.read_text(encoding="utf-8-sig") if whole else as_yaml(ledger), place)
        load_ledgers(folder)
    except BaseException:  # also where it is interrupted
        if before is None:
            place.unlink(missing_ok=True)
        else:
            put(before, place)
        raise
    also = f" and {plural(len(ledger.documents), 'document')}" if not ledger.claims else ""
    click.echo(f"{plural(len(ledger.claims), 'claim')}{also} taken into {place}")
    for line in _left_out(taken):
        click.echo(textwrap.fill(safe(line), 100, initial_indent="  ", subsequent_indent="    "))


@click.command("export", epilog=EXPORTS, short_help="Give the ledger as STIX, PROV or YAML.")
@click.argument("place", type=click.Path(path_type=Path), default=DEFAULT_CASE)
@format_option("stix", "prov-json", "prov-xml", "provn", "yaml",
               about="A STIX 2.1 bundle, W3C PROV, or our YAML.")  # fmt: skip
@output_option
def export(place: Path, form: str, output: Path | None) -> None:
    """Give the ledgers of the case, or the one FILE, in a form that other tools read.

    The same ledger gives the same bytes.
    """
    from oust.data.ledgers import load_ledgers
    from oust.exchange.forms import exported

    check_output(output)
    ledgers = load_ledgers(place)
    if not ledgers.files:
        raise OustError(f"no claims in {place}", "start with: oust claims add, or claims import")
    put(exported(ledgers.whole, form), output)


def _left_out(taken: Taken) -> list[str]:
    lines = [f"not read: {problem}" for problem in taken.problems[:10]]
    if len(taken.problems) > 10:
        lines.append(f"and {len(taken.problems) - 10} more that could not be read")
    if taken.left_out:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in taken.left_out.items())
        lines.append(f"left out, having no place in a ledger: {kinds}")
    return lines


def _checked(name: str) -> str:
    """An id that can name a file."""
    if not name or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise OustError(f"{name!r} cannot be the id of a ledger", "use a-z, 0-9 and -")
    return name
