"""`oust rules`: which laws, orders and policies oust knows, and what they say."""

from __future__ import annotations

from pathlib import Path

import click

from oust.errors import Exit

EXAMPLES = """\b
Examples:
  oust rules check my-policy.yaml
"""


@click.group(epilog=EXAMPLES)
def rules() -> None:
    """List, show and check rules."""


@rules.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(files: tuple[Path, ...]) -> int:
    """Check rule files, by default the bundled ones. Exit code 2 if one is wrong."""
    from oust.data import bundled_rules, check_rule, rule_path
    from oust.data.rules import ids_of
    from oust.report.words import plural, safe

    chosen = files or tuple(rule_path(name) for name in bundled_rules())
    others = ids_of(files)
    found = 0
    for place in chosen:
        problems = check_rule(place, others)
        found += sum(not one.warning for one in problems)
        for one in problems:
            word = "warning: " if one.warning else ""
            click.echo(f"{place}:{one.line}:{one.column}: {word}{safe(one.message)}")
            if one.hint:
                click.echo(f"    {safe(one.hint)}")
    word = plural(found, "problem") if found else "no problem"
    click.echo(f" {plural(len(chosen), 'rule')} checked, {word}")
    return int(Exit.USAGE if found else Exit.OK)
