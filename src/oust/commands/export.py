"""`oust export`: detection content for the tools that people already run."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from oust import __version__
from oust.commands.options import dossier_option, known_vendors, put, vendor_option
from oust.errors import OustError

EXAMPLES = """\b
Examples:
  oust export yara --vendor kaspersky > kaspersky.yar
  oust export suricata --output rules/
  oust export dns-rpz --policy nxdomain --vendor dahua --vendor hikvision
  oust export osquery --dossier northlight.yaml --output northlight.conf
"""

FORMS = ("yara", "suricata", "zeek-intel", "dns-rpz", "osquery", "sigma", "wdac", "applocker")


@click.command(epilog=EXAMPLES, short_help="Write detection content from dossiers.")
@click.argument("form", type=click.Choice(FORMS))
@vendor_option
@dossier_option
@click.option("--policy", type=click.Choice(("passthru", "nxdomain", "nodata")), default=None,
              help="What a dns-rpz does with a name: only log it (passthru, the default), or deny "
                   "that it exists.")  # fmt: skip
@click.option("--output", metavar="PATH",
              help="Write to this file, or into this folder; FOLDER/ is made.")  # fmt: skip
def export(
    form: str,
    vendors: tuple[str, ...],
    dossier_files: tuple[Path, ...],
    policy: Any,
    output: str | None,
) -> None:
    """Write what dossiers know as rules for YARA, Suricata, Zeek, a DNS resolver, osquery, Sigma
    or Windows. Values that others produce too stay out and are counted. Nothing is blocked by
    what is written unless you ask for it.
    """
    from oust.data import load_dossiers
    from oust.report.detection.forms import FORMS as MODULES
    from oust.report.detection.forms import written
    from oust.report.words import plural

    if policy and form != "dns-rpz":
        raise OustError(f"--policy is of no use for {form}", "leave it out, or export dns-rpz")
    dossiers = load_dossiers(extra=dossier_files)
    known_vendors(vendors, [one.id for one in dossiers])
    chosen = [one for one in dossiers if not vendors or one.id in vendors]
    made = written(form, chosen, __version__, date.today().isoformat(), policy)
    if not made.items:
        names = ", ".join(one.vendor for one in chosen)
        raise OustError(f"the dossiers of {names} hold nothing for {form}", "try another form")
    place = _place(output, f"oust-{form}{MODULES[form].ENDING}") if output else None
    put(made.text, place)
    told = f"{plural(made.items, 'value')} written, {len(made.left_out):,} left out"
    click.echo(told + (f": {place}" if place else ""), err=True)


def _place(output: str, name: str) -> Path:
    """The file meant: `name` in a folder, which is made where `output` ends with a slash."""
    place = Path(output)
    if output.endswith(("/", os.sep)):
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = f"cannot write {output}: {error.strerror}"
            raise OustError(said, "name another folder with --output") from error
    return place / name if place.is_dir() else place
