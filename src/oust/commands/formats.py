"""`oust formats`: what can be read."""

from __future__ import annotations

import click

from oust.commands.options import format_option


@click.command(epilog="To add one: docs/add-a-format.md")
@format_option("table", "json")
def formats(form: str) -> None:
    """List the evidence formats that are recognised by content."""
    from oust.formats import all_formats
    from oust.report.words import GROUPS

    known = all_formats()
    if form == "json":
        import msgspec

        names = ("name", "title", "group", "bulk")
        rows = [{name: getattr(fmt, name) for name in names} for fmt in known]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode())
        return
    for group in dict.fromkeys(fmt.group for fmt in known):
        click.echo(f" {GROUPS.get(group, group)}")
        for fmt in known:
            if fmt.group == group:
                click.echo(f"   {fmt.name:<26} {fmt.title}")
    click.echo(
        " zip, tar, gzip, bzip2, xz, zstd, DSSE and in-toto envelopes are opened on the way."
    )
