"""`oust claims`: who asserts what, on what basis, and from how many origins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oust.commands.options import DEFAULT_CASE, format_option, output_option, put
from oust.errors import Exit, OustError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oust.data.ledger import Claim
    from oust.data.strict import Problem
    from oust.weigh import Weighing

EXAMPLES = """\b
Examples:
  oust claims show examples/claims/kaspersky-2017.yaml
  oust claims show oust-case --origins
  oust claims add --kind claim --text "It is sold there." --by ann --basis own-knowledge
  oust claims rate credibility c12 3 --by "J. Doe" --why "fits the invoices"
  oust claims reopen bloomberg-2015
"""

place_argument = click.argument(
    "place", metavar="[CASE|FILE]", type=click.Path(path_type=Path), default=DEFAULT_CASE
)


@click.group(epilog=EXAMPLES, short_help="Weigh claims and denials by origin.")
def claims() -> None:
    """Keep, weigh and change the ledger of claims of a case: CASE/claims/*.yaml."""


@claims.command("show", short_help="Show claims with their origins, denials beside them.")
@place_argument
@click.option("--origins", is_flag=True, help="Draw what derives from what as a tree.")
@click.option("--matrix", is_flag=True, help="Claims against competing hypotheses.")
@click.option("--claim", "name", default="", metavar="ID", help="One claim whole.")
@click.option("--drafts", is_flag=True, help="Show drafts that are not confirmed as well.")
@format_option("table", "json")
@output_option
def show(
    place: Path,
    origins: bool,
    matrix: bool,
    name: str,
    drafts: bool,
    form: str,
    output: Path | None,
) -> None:
    """Show the ledgers of a case, or one ledger file: each claim with the range of its origins,
    its basis, the interest of who says it, its ratings, and the denials beside it.
    """
    from oust.data.ledgers import load_ledgers
    from oust.report import claims as report
    from oust.report import claims_json, claims_tree
    from oust.weigh import weigh

    weighing = weigh(load_ledgers(place).whole)
    if name:
        known_id(weighing, name)
    if form == "json":
        put(claims_json.text(claims_json.shown(weighing, [name] if name else [])), output)
        return
    if name:
        lines: Iterator[str] = report.whole(weighing, name)
    elif origins:
        lines = claims_tree.tree(weighing)
    elif matrix:
        lines = claims_tree.grid(weighing)
    else:
        lines = report.lines(weighing, drafts)
    notes = _notes(place, name) if name else []
    put("\n".join([*lines, *notes]) + "\n", output)


@claims.command("check")
@place_argument
def check(place: Path) -> int:
    """Check ledgers of claims: a file, or all those of a case. Exit code 2 if one is wrong."""
    from oust.data.ledgers import Ledgers, read_ledgers
    from oust.report.words import plural, safe

    read = read_ledgers(place)
    wrong = sum(not one.warning for _, _, problems in read for one in problems)
    right = [(path, ledger) for path, ledger, _ in read if ledger]
    told = [one for _, _, problems in read for one in problems]
    if not wrong:
        told += _weighed(Ledgers(tuple(right)))
        wrong = sum(not one.warning for one in told)
    for one in told:
        word = "warning: " if one.warning else ""
        click.echo(safe(f"{one.path}:{one.line}:{one.column}: {word}{one.message}"))
        if one.hint:
            click.echo(f"    {safe(one.hint)}")
    result = plural(wrong, "problem") if wrong else "no problem"
    count = sum(len(ledger.claims) for _, ledger in right)
    click.echo(f" {plural(len(read), 'ledger')}, {plural(count, 'claim')} checked, {result}")
    return int(Exit.USAGE if wrong else Exit.OK)


def _weighed(ledgers: object) -> list[Problem]:
    """What only weighing finds: circular reports, and confirmation that is none."""
    from oust.data.ledgers import Ledgers, places_of
    from oust.data.strict import Problem
    from oust.weigh import weigh

    assert isinstance(ledgers, Ledgers)
    found: list[tuple[str, str, str]] = []
    weighing = weigh(ledgers.whole)
    for circle in weighing.circles():
        hint = "circular reporting: add the claim from which the first of them was taken"
        found.append((circle.claims[0], circle.why, hint))
    for claim in weighing.claims:
        if claim.credibility and claim.credibility[-1].grade == "1":
            count = weighing.backing(claim.id)
            if count.low < 2:
                message = f"credibility 1 needs two independent origins, and {claim.id} has {count}"
                found.append((claim.id, message, count.why))
    for claim in weighing.claims:
        found += [(claim.id, *told) for told in _own_denials(weighing, claim)]
    places = {path: places_of(path) for path, _ in ledgers.files} if found else {}
    problems = []
    for name, message, hint in found:
        path = next(one for one, ids in places.items() if name in ids)
        problems.append(Problem(str(path), *places[path][name], message, hint, warning=True))
    return problems


def _own_denials(weighing: Weighing, claim: Claim) -> Iterator[tuple[str, str]]:
    """Denials that would come from the very party that said what they deny."""
    reached = weighing.classes.reached
    for name in claim.denies:
        own, other = reached([weighing.number[claim.id]]), reached([weighing.number[name]])
        for one in sorted(own & other):
            unit = weighing.classes.units[one]
            if unit.kind in ("party", "named"):
                message = f"{claim.id} denies {name}, and both are counted as {unit.text}"
                yield message, "whoever does not speak for an organisation is not `of` it"


def known_id(weighing: Weighing, name: str) -> str:
    """What an id names. Raises OustError, with near ones, where it names nothing."""
    from oust.data.ledgers import names_in
    from oust.data.strict import did_you_mean, quoted

    names = names_in(weighing.ledger)
    if name not in names:
        hint = did_you_mean(name, names) or "oust claims show lists the ids"
        raise OustError(f"no claim, speaker or document has the id {quoted(name)}", hint)
    return names[name]


def _notes(place: Path, name: str) -> list[str]:
    """The notes on a claim, where the case has a store."""
    from oust.read import CASE_MARK

    if not (place / CASE_MARK).is_file():
        return []
    from oust.case import Case
    from oust.report.words import safe

    with Case.open(place) as case:
        kept = {one.number: one for one in case.notes(f"claim:{name}")}
    return [
        f"   note {one.number}     {safe(one.author)}, {one.at}: {safe(' '.join(one.text.split()))}"
        for one in kept.values()
        if one.word != "withdrawn"
    ]
