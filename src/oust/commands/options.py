"""Options that several commands share."""

from __future__ import annotations

import errno
import os
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


def format_option(*forms: str, about: str = "") -> Callable[[Command], Command]:
    """`--format`: the first of `forms` unless another is asked for."""
    told = ("For reading", "for programs", "for a spreadsheet")[: len(forms)]
    return click.option(
        *("--format", "form"),
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=about or f"{', '.join(told)}.",
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
    else:
        put_bytes(text.encode(), output)


def put_bytes(data: bytes, output: Path) -> None:
    """Write a file whole, or not at all."""
    try:
        if output.exists() and not output.is_file():  # a device or pipe, never to be replaced
            output.write_bytes(data)
            return
        place = output.resolve()  # through a symbolic link, which stays
        part = place.with_name(place.name + ".part")
        try:
            part.write_bytes(data)
            part.replace(place)
        except BaseException:  # a full disk, an interrupt: nothing half written stays
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _cannot_write(output, error) from error


def check_output(output: Path | None) -> None:
    """Refuse a file that cannot be written before the work is done, not after."""
    if output is not None and not os.access(output.resolve().parent, os.W_OK):
        gone = None if output.resolve().parent.is_dir() else errno.ENOENT
        raise _cannot_write(output, OSError(0, os.strerror(gone or errno.EACCES)))


def _cannot_write(output: Path, error: OSError) -> OustError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = "free some space, or write to another disk" if full else "name another place to write to"
    return OustError(f"cannot write {output}: {error.strerror}", hint)
