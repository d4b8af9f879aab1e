"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from oust.errors import OustError

DEFAULT_CASE = Path("oust-case")

Command = Callable[..., Any]

case_option = click.option(
    "--case",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_CASE,
    show_default=True,
    help="Folder that holds the case.",
)
case_argument = click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_CASE
)
dossier_option = click.option(
    "--dossier",
    "dossier_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A further dossier (YAML); one with the id of a bundled dossier replaces it.",
)
vendor_option = click.option(
    "--vendor", "vendors", multiple=True, metavar="ID", help="Only this vendor; may be repeated."
)
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of the screen.",
)


def known_vendors(vendors: tuple[str, ...], known: list[str]) -> None:
    """Refuse a vendor without a dossier, naming those that have one."""
    for vendor in vendors:
        if vendor not in known:
            hint = f"dossiers: {', '.join(known)}; add one with --dossier FILE"
            raise OustError(f"no dossier for vendor “{vendor}”", hint)


def put(text: str, output: Path | None) -> None:
    """Print a report, or write it whole: a file is never left half written."""
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    part = output.with_name(output.name + ".part")
    try:
        part.write_text(text, "utf-8", newline="")
        part.replace(output)
    except OSError as error:
        raise OustError(f"cannot write {output}: {error.strerror}") from error
