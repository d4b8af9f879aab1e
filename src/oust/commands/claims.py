"""`oust claims`: who asserts what, on what basis, and from how many origins."""

from __future__ import annotations

from pathlib import Path

import click

from oust.commands.claims_exchange import export, import_
from oust.commands.options import DEFAULT_CASE
from oust.errors import Exit

EXAMPLES = """\b
Examples:
  oust claims show examples/claims/kaspersky-2017.yaml
  oust claims check oust-case
"""

place_argument = click.argument(
    "place", metavar="[CASE|FILE]", type=click.Path(path_type=Path), default=DEFAULT_CASE
)


@click.group(epilog=EXAMPLES, short_help="Weigh claims and denials by origin.")
def claims() -> None:
    """Keep, weigh and change the ledger of claims of a case: CASE/claims/*.yaml."""


claims.add_command(import_)
claims.add_command(export)


@claims.command("check")
@place_argument
def check(place: Path) -> int:
    """Check ledgers of claims: a file, or all those of a case. Exit code 2 if one is wrong."""
    from oust.data.ledgers import read_ledgers
    from oust.report.words import plural, safe

    read = read_ledgers(place)
    wrong = 0
    for _, _, problems in read:
        wrong += sum(not one.warning for one in problems)
        for one in problems:
            word = "warning: " if one.warning else ""
            click.echo(safe(f"{one.path}:{one.line}:{one.column}: {word}{one.message}"))
            if one.hint:
                click.echo(f"    {safe(one.hint)}")
    told = plural(wrong, "problem") if wrong else "no problem"
    count = sum(len(ledger.claims) for _, ledger, _ in read if ledger)
    click.echo(f" {plural(len(read), 'ledger')}, {plural(count, 'claim')} checked, {told}")
    return int(Exit.USAGE if wrong else Exit.OK)
