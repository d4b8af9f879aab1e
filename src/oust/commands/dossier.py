"""`oust dossier`: who the vendors are and how they show."""

from __future__ import annotations

from pathlib import Path

import click

from oust.data.dossier import Dossier
from oust.errors import Exit, OustError

EXAMPLES = """\b
Examples:
  oust dossier list
  oust dossier show kaspersky
  oust dossier check my-vendor.yaml
"""


@click.group(epilog=EXAMPLES)
def dossier() -> None:
    """List, show and check dossiers."""


@dossier.command("list")
def list_() -> None:
    """The bundled dossiers."""
    from oust.data import load_dossiers

    for one in load_dossiers():
        values = sum(len(fact.values) for fact in one.identifiers)
        weak = sum(len(fact.values) for fact in one.identifiers if fact.strength)
        click.echo(
            f" {one.id:<12} {one.vendor:<14} {len(one.names):>3} names  {values:>6,} identifiers "
            f"({weak:,} weak)  {len(one.embeddings):>3} embeddings  "
            f"{len(one.not_evidence):>3} confusions"
        )


@dossier.command("show")
@click.argument("which", metavar="ID|FILE")
def show(which: str) -> None:
    """Show one dossier, with the source of every fact."""
    from oust.report.dossier import render

    for line in render(_load(which)):
        click.echo(line)


@dossier.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(files: tuple[Path, ...]) -> int:
    """Check dossier files, by default the bundled ones. Exit code 2 if one is wrong."""
    from oust.data import bundled_ids, bundled_path, check_dossier
    from oust.report.words import plural, safe

    chosen = files or tuple(bundled_path(name) for name in bundled_ids())
    found = 0
    for place in chosen:
        problems = check_dossier(place)
        found += sum(not one.warning for one in problems)
        for one in problems:
            word = "warning: " if one.warning else ""
            click.echo(f"{place}:{one.line}:{one.column}: {word}{safe(one.message)}")
            if one.hint:
                click.echo(f"    {safe(one.hint)}")
    word = plural(found, "problem") if found else "no problem"
    click.echo(f" {plural(len(chosen), 'dossier')} checked, {word}")
    return int(Exit.USAGE if found else Exit.OK)


def _load(which: str) -> Dossier:
    from oust.data import bundled_ids, load_dossier, load_dossiers

    if which in bundled_ids():
        return load_dossiers([which])[0]
    place = Path(which)
    if not place.exists():
        raise OustError(f"no dossier “{which}”", f"bundled: {', '.join(bundled_ids())}; or a file")
    return load_dossier(place)
