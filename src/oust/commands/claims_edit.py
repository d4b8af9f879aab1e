"""`oust claims confirm|rate|retract|reopen|read`: changing a ledger, and what hangs on it."""

from __future__ import annotations

import datetime
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from oust.commands.claims import claims, known_id
from oust.commands.options import DEFAULT_CASE, format_option
from oust.data.ledger import Consistency, Grade, Reading
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.data.ledger_write import LedgerFile
    from oust.data.ledgers import Ledgers
    from oust.weigh import Weighing

place_option = click.option(
    "--case", "place", type=click.Path(path_type=Path), default=DEFAULT_CASE, show_default=True,
    metavar="CASE|FILE", help="Folder that holds the case, or one ledger file.",
)  # fmt: skip
by_option = click.option("--by", default="", metavar="NAME", help="Who; default: the login name.")
date_option = click.option(
    "--date", "day", default="", metavar="DATE", help="When; default: today."
)


@claims.command("confirm", short_help="Let drafts count.")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="Every draft of the case.")
@place_option
def confirm(names: tuple[str, ...], every: bool, place: Path) -> None:
    """Confirm drafts that `oust claims draft` proposed: from then on they count."""
    from oust.data.ledgers import load_ledgers

    if bool(names) == every:
        raise OustError("name the drafts to confirm, or give --all", "oust claims show --drafts")
    held = load_ledgers(place)
    drafts = {one.id: path for path, ledger in held.files for one in ledger.claims if one.draft}
    for name in names:
        if name not in drafts:
            home_of(held, name)
            raise OustError(f"{name} is no draft", "oust claims show --drafts lists them")
    chosen = list(dict.fromkeys(names)) or list(drafts)
    for path in dict.fromkeys(drafts[name] for name in chosen):
        file = opened(held, path)
        for name in chosen:
            if drafts[name] == path:
                file.confirm(name)
        file.save()
    count = f"{len(chosen):,} {'claim' if len(chosen) == 1 else 'claims'}"
    click.echo(f" {count} confirmed" if chosen else " there is no draft")


@claims.group("rate")
def rate() -> None:
    """Rate sources and claims, each by itself: neither screen shows the other rating."""


@rate.command("reliability", short_help="Rate a speaker or document, A to F.")
@click.argument("name", metavar="ID")
@click.argument("grade", required=False)
@by_option
@click.option("--why", default="", help="On what grounds.")
@date_option
@place_option
def reliability(name: str, grade: str, by: str, why: str, day: str, place: Path) -> None:
    """Rate how reliable a speaker or document is: A completely ... E not, F cannot be judged.

    Without a grade, show the source; at a terminal, ask for one.
    """
    from oust.data.ledger_check import RELIABILITY
    from oust.report.claims_reopen import reliability_screen

    held, weighing = _weighed(place)
    kind = known_id(weighing, name)
    if kind not in ("speaker", "document"):
        hint = f"oust claims rate credibility {name}" if kind == "claim" else "name a source"
        raise OustError(f"{name} is a {kind}: it has no reliability", hint)
    chosen = _grade(grade, RELIABILITY, list(reliability_screen(weighing, name)))
    if chosen:
        new = Grade(grade=chosen, by=who(by), date=date_or_today(day), why=why.strip())
        _change(held, name, reliability=(new,))
        click.echo(f" {name}: reliability {chosen}, {RELIABILITY[chosen]}")


@rate.command("credibility", short_help="Rate a claim, 1 to 6.")
@click.argument("name", metavar="ID")
@click.argument("grade", required=False)
@by_option
@click.option("--why", default="", help="On what grounds.")
@date_option
@place_option
def credibility(name: str, grade: str, by: str, why: str, day: str, place: Path) -> None:
    """Rate how credible a claim is: 1 confirmed by independent sources ... 5 improbable, 6 cannot
    be judged. 1 is refused where fewer than two origins are surely independent.

    Without a grade, show the claim; at a terminal, ask for one.
    """
    from oust.data.ledger_check import CREDIBILITY
    from oust.report.claims_reopen import credibility_screen

    held, weighing = _weighed(place)
    kind = known_id(weighing, name)
    if kind != "claim":
        hint = f"oust claims rate reliability {name}" if kind != "hypothesis" else "name a claim"
        raise OustError(f"{name} is a {kind}: it has no credibility", hint)
    chosen = _grade(grade, CREDIBILITY, list(credibility_screen(weighing, name)))
    if chosen == "1" and (count := weighing.backing(name)).low < 2:
        message = f"{name} cannot be rated 1: confirmed takes two origins that are surely different"
        raise OustError(message, count.why)
    if chosen:
        new = Grade(grade=chosen, by=who(by), date=date_or_today(day), why=why.strip())
        _change(held, name, credibility=(new,))
        click.echo(f" {name}: credibility {chosen}, {CREDIBILITY[chosen]}")


@claims.command("retract", short_help="Mark what was retracted, and list what hangs on it.")
@click.argument("name", metavar="ID")
@click.option("--why", required=True, help="What was retracted or corrected.")
@click.option("--source", required=True, help="Where that was said.")
@click.option("--corrected", is_flag=True, help="Corrected: it goes on counting.")
@date_option
@place_option
@format_option("table", "json")
def retract(
    name: str, why: str, source: str, corrected: bool, day: str, place: Path, form: str
) -> None:
    """Mark a document, speaker or claim as retracted, or corrected, and list every judgment,
    claim, confirmation, reading and rating to open again, with the way by which it hangs on it.
    """
    held, weighing = _weighed(place)
    if known_id(weighing, name) == "hypothesis":
        raise OustError(f"{name} is a hypothesis: nothing hangs on it", "name what was retracted")
    word = "corrected" if corrected else "retracted"
    told = f"{why.strip()} ({source.strip()})"
    _change(held, name, standing=word, standing_date=date_or_today(day), standing_why=told)
    if form == "table":
        click.echo(f" {name} is marked as {word}")
    _hanging(weighing, name, form)


@claims.command("reopen", short_help="List what hangs on a document, speaker or claim.")
@click.argument("name", metavar="ID")
@place_option
@format_option("table", "json")
def reopen(name: str, place: Path, form: str) -> None:
    """List what would have to be opened again if a document, speaker or claim were retracted.
    Nothing is changed.
    """
    _, weighing = _weighed(place)
    known_id(weighing, name)
    _hanging(weighing, name, form)


@claims.command("read", short_help="Say how a claim fits a hypothesis.")
@click.argument("name", metavar="CLAIM")
@click.argument("hypothesis")
@click.argument("reads", type=click.Choice(get_args(Consistency)))
@by_option
@click.option("--why", default="", help="On what grounds.")
@date_option
@place_option
def read(
    name: str, hypothesis: str, reads: Consistency, by: str, why: str, day: str, place: Path
) -> None:
    """Set a reading: CLAIM is consistent or inconsistent with HYPOTHESIS, or irrelevant to it."""
    held, weighing = _weighed(place)
    for one, wanted in ((name, "claim"), (hypothesis, "hypothesis")):
        if (kind := known_id(weighing, one)) != wanted:
            raise OustError(f"{one} is a {kind}, no {wanted}", "oust claims read CLAIM HYPOTHESIS")
    reading = Reading(
        claim=name,
        hypothesis=hypothesis,
        reads=reads,
        by=who(by),
        date=date_or_today(day),
        why=why.strip(),
    )
    file = opened(held, home_of(held, hypothesis))
    file.append("readings", reading)
    file.save()
    click.echo(f" {name} is {reads} with {hypothesis}, as {reading.by} reads it")


def _weighed(place: Path) -> tuple[Ledgers, Weighing]:
    from oust.data.ledgers import load_ledgers
    from oust.weigh import weigh

    held = load_ledgers(place)
    return held, weigh(held.whole)


def _hanging(weighing: Weighing, name: str, form: str) -> None:
    from oust.report import claims_json
    from oust.report.claims_reopen import hanging
    from oust.weigh.reopen import reopen as reopened

    kind, found = known_id(weighing, name), reopened(weighing, name)
    if form == "json":
        click.echo(claims_json.text(claims_json.hanging(name, kind, found)), nl=False)
    else:
        click.echo("\n".join(hanging(name, kind, found)))


def home_of(held: Ledgers, name: str) -> Path:
    home = held.home(name)
    if home is None:
        raise OustError(f"no ledger has {name}", "oust claims show lists the ids")
    return home[0]


def others_of(held: Ledgers, path: Path) -> dict[str, str]:
    from oust.data.ledgers import names_in

    return {
        name: kind
        for one, ledger in held.files
        if one != path
        for name, kind in names_in(ledger).items()
    }


def opened(held: Ledgers, path: Path) -> LedgerFile:
    from oust.data.ledger_write import LedgerFile

    return LedgerFile(path, others_of(held, path))


def _change(held: Ledgers, name: str, **values: Any) -> None:
    file = opened(held, home_of(held, name))
    file.change(name, **values)
    file.save()


def _grade(grade: str, scale: dict[str, str], screen: list[str]) -> str:
    """The grade given; asked for at a terminal, else the screen alone."""
    if not grade:
        click.echo("\n".join(screen))
        if not at_terminal():
            return ""
        grade = click.prompt("grade", type=click.Choice(list(scale), case_sensitive=False))
    chosen = grade.strip().upper()
    if chosen not in scale:
        told = ", ".join(f"{one} {words}" for one, words in scale.items())
        raise OustError(f"{grade!r} is no grade", f"one of: {told}")
    return chosen


def at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


def who(by: str) -> str:
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise OustError("it is not known who you are", "give --by NAME") from error


def date_or_today(given: str) -> str:
    from oust.data.strict import is_date

    if not given:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        zone = datetime.UTC
        now = datetime.datetime.fromtimestamp(int(epoch), zone) if epoch else None
        return (now or datetime.datetime.now(zone)).date().isoformat()
    if not is_date(given):
        raise OustError(f"{given!r} is no date", "write 2017, 2017-09 or 2017-09-13")
    return given
