"""`oust case`: look at a case, its sources, or export it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from oust.commands.options import case_argument

EXAMPLES = """\b
Examples:
  oust case show
  oust case sources oust-case --problems
  oust case export oust-case --output parquet/
"""


@click.group(epilog=EXAMPLES)
def case() -> None:
    """Look at a case, list its sources, export its tables."""


@case.command("show")
@case_argument
def show(folder: Path) -> None:
    """What the case in FOLDER holds: files by format, records, problems."""
    from oust.report.words import files, plural
    from oust.store import Store, source_of

    store = Store.open(folder)
    try:
        held = files(source_of(row) for row in store.sources())
        older = len(store.sources(current=False)) - len(store.sources())
    finally:
        store.close()
    click.echo(f" {folder}: {plural(len(held), 'file')}, {sum(s.records for s in held):,} records")
    formats = Counter(source.format or source.status for source in held)
    for name, count in sorted(formats.items(), key=lambda pair: (-pair[1], pair[0])):
        records = sum(s.records for s in held if (s.format or s.status) == name)
        quarantined = sum(s.quarantined for s in held if (s.format or s.status) == name)
        click.echo(
            f"   {count:>7,}  {name:<26} {records:>12,} records {quarantined:>8,} quarantined"
        )
    if older:
        click.echo(f" {plural(older, 'older version')} of sources kept, replaced by newer evidence")


@case.command("sources")
@case_argument
@click.option("--problems", is_flag=True, help="Only what was not read, or not to its end.")
@click.option("--history", is_flag=True, help="Also sources that newer ones replaced.")
def sources(folder: Path, problems: bool, history: bool) -> None:
    """Every source of the case in FOLDER with format, counts and status."""
    from oust.report.words import safe
    from oust.store import Store

    store = Store.open(folder)
    try:
        rows = store.sources(current=not history)
    finally:
        store.close()
    for row in rows:
        if problems and row["status"] == "read" and not row["quarantined"]:
            continue
        state = row["status"] if row["current"] else "replaced"
        click.echo(f" {safe(row['path'])}")
        click.echo(
            f"    {state} · {row['format'] or 'no format'} · {row['bytes']:,} bytes · "
            f"{row['records']:,} records · {row['quarantined']:,} quarantined"
            + (f" · {safe(row['message'])}" if row["message"] else "")
        )


@case.command("export")
@case_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the Parquet files; default: parquet/ within the case.",
)
def export(folder: Path, output: Path | None) -> None:
    """Write every table of the case in FOLDER as Parquet files."""
    from oust.store import Store

    store = Store.open(folder)
    try:
        for place in store.export(output or folder / "parquet"):
            click.echo(f" {place}")
    finally:
        store.close()
