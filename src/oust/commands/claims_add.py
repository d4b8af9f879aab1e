"""`oust claims add`: one claim more, by options or by answers at a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from oust.commands.claims import claims
from oust.commands.claims_edit import at_terminal, opened, others_of, place_option
from oust.data.ledger import (
    Appearance,
    Basis,
    Claim,
    ClaimKind,
    Confidence,
    Document,
    Ledger,
    Likelihood,
    Speaker,
    SpeakerKind,
)
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.data.ledgers import Ledgers

ADDS = """\b
Examples:
  oust claims add                                asks, at a terminal
  oust claims add --kind claim --text "It was sold to schools." --by ann --basis own-knowledge \\
      --speaker ann person "Ann Ames" --document memo-1 "Her memo of May" --seen-in memo-1
  oust claims add --kind claim --text "The same." --by herald --derives c1 --case oust-case
"""


@claims.command("add", epilog=ADDS, short_help="Add a claim to a ledger of the case.")
@place_option
@click.option("--ledger", "stem", default="", metavar="NAME",
              help="File in CASE/claims, without .yaml; default: the only one.")  # fmt: skip
@click.option("--id", "name", default="", metavar="ID", help="Default: the next free c1, c2, …")
@click.option("--kind", type=click.Choice(get_args(ClaimKind)), help="What it is.")
@click.option("--text", default="", help="What is asserted, in your words.")
@click.option("--by", multiple=True, metavar="ID", help="Speaker who asserts it; may be repeated.")
@click.option("--through", multiple=True, metavar="ID",
              help="Who passes it on, nearest the origin first; may be repeated.")  # fmt: skip
@click.option("--basis", type=click.Choice(get_args(Basis)), help="On what the speaker rests it.")
@click.option("--basis-note", default="", help="The basis as the document describes it.")
@click.option("--date", default="", metavar="DATE", help="When it was asserted.")
@click.option("--about", multiple=True, metavar="ID", help="Vendor or subject; may be repeated.")
@click.option("--seen-in", multiple=True, metavar="ID",
              help="Document in which it stands; may be repeated.")  # fmt: skip
@click.option("--quote", default="", help="The words as printed in the first --seen-in.")
@click.option("--derives", multiple=True, metavar="ID", help="Claim from which it was taken.")
@click.option("--possibly-from", multiple=True, metavar="ID",
              help="Claim that may share its source.")  # fmt: skip
@click.option("--denies", multiple=True, metavar="ID", help="Claim that it denies.")
@click.option("--confirms", multiple=True, metavar="ID", help="Claim that it bears out by itself.")
@click.option("--contradicts", multiple=True, metavar="ID", help="Claim that it does not fit.")
@click.option("--rests-on", multiple=True, metavar="ID", help="Of a judgment: a claim under it.")
@click.option("--likelihood", type=click.Choice(get_args(Likelihood)), help="Of a judgment.")
@click.option("--confidence", type=click.Choice(get_args(Confidence)), help="Of a judgment.")
@click.option("--note", default="", help="Anything else.")
@click.option("--draft", is_flag=True, help="Not confirmed yet: counts for nothing.")
@click.option("--speaker", "speakers", multiple=True, nargs=3, metavar="ID KIND NAME",
              help="Add a speaker as well: person, organisation, outlet, unnamed.")  # fmt: skip
@click.option("--document", "documents", multiple=True, nargs=2, metavar="ID TITLE",
              help="Add a document as well.")  # fmt: skip
def add(place: Path, stem: str, name: str, **given: Any) -> None:
    """Add one claim, and speakers and documents it needs. What the file holds by now stays as it
    is written; nothing is written if the ledger would be wrong.

    At a terminal, what is missing is asked for.
    """
    from oust.data.ledgers import Ledgers, load_ledgers

    held = load_ledgers(place) if place.exists() else Ledgers()
    path = _home(place, stem, held)
    if not (given["kind"] and given["text"]):
        _ask(given)
    speakers = [_speaker(*one) for one in given.pop("speakers")]
    documents = [Document(id=one, title=title.strip()) for one, title in given.pop("documents")]
    claim = _claim(name or _next_id(held), given)
    if any(one == path for one, _ in held.files):
        file = opened(held, path)
        for key, entries in (("speakers", speakers), ("documents", documents)):
            if entries:
                file.append(key, *entries)
        file.append("claims", claim)
        file.save()
    else:
        from oust.data.ledger_write import new_ledger

        others = others_of(held, path)
        ledger = Ledger(id=path.stem, title=path.stem, speakers=tuple(speakers),
                        documents=tuple(documents), claims=(claim,))  # fmt: skip
        new_ledger(path, ledger, others)
    click.echo(f" {claim.id} added to {path}")


def _home(place: Path, stem: str, held: Ledgers) -> Path:
    """The file to which a claim is added."""
    from oust.data.ledgers import ENDINGS, FOLDER

    if place.suffix in ENDINGS:
        return place
    if stem and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", stem):
        raise OustError(f"{stem!r} cannot be the name of a ledger", "letters, digits and hyphens")
    if stem:
        return place / FOLDER / f"{stem}.yaml"
    if len(held.files) > 1:
        names = ", ".join(path.stem for path, _ in held.files)
        raise OustError("the case has several ledgers", f"name one with --ledger: {names}")
    return held.files[0][0] if held.files else place / FOLDER / "ledger.yaml"


def _ask(given: dict[str, Any]) -> None:
    """Ask for what a claim needs, at a terminal."""
    if not at_terminal():
        missing = [f"--{key}" for key in ("kind", "text") if not given[key]]
        raise OustError(f"{' and '.join(missing)} missing", "oust claims add --help")
    given["kind"] = given["kind"] or click.prompt("kind", type=click.Choice(get_args(ClaimKind)))
    given["text"] = given["text"] or click.prompt("what is asserted")
    for key, question in _QUESTIONS.items():
        if not given[key]:
            answer = click.prompt(question, default="", show_default=False)
            given[key] = tuple(answer.replace(",", " ").split())
    if not given["basis"]:
        choice = click.Choice(get_args(Basis))
        given["basis"] = click.prompt("on what basis", type=choice, default="none-given")


_QUESTIONS = {
    "by": "ids of speakers who assert it",
    "seen_in": "ids of documents in which it stands",
    "derives": "ids of claims from which it was taken",
    "about": "about whom or what (ids)",
}


def _claim(name: str, given: dict[str, Any]) -> Claim:
    quote, seen = given.pop("quote").strip(), given.pop("seen_in")
    if quote and not seen:
        raise OustError("--quote needs the document in which it stands", "add --seen-in ID")
    places = tuple(
        Appearance(document=one, quote=quote if at == 0 else "") for at, one in enumerate(seen)
    )
    values: dict[str, Any] = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in given.items()
        if value
    }
    return Claim(id=name, seen_in=places, **values)


def _speaker(name: str, kind: str, called: str) -> Speaker:
    if kind not in get_args(SpeakerKind):
        hint = f"--speaker ID KIND NAME; kinds: {', '.join(get_args(SpeakerKind))}"
        raise OustError(f"{kind!r} is no kind of speaker", hint)
    return Speaker(id=name, kind=kind, name=called.strip())  # type: ignore[arg-type]


def _next_id(held: Ledgers) -> str:
    from oust.data.ledgers import names_in

    taken = {name for _, ledger in held.files for name in names_in(ledger)}
    return next(f"c{n}" for n in range(1, len(taken) + 2) if f"c{n}" not in taken)
