"""Which clauses an agreement needed by its date. Clauses and dates are those of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from oust.access import Agreement, Federal, Known, Point
from oust.agreements.dates import before
from oust.agreements.read import Award
from oust.data.rule import Clause, Rule

_NUMBER = re.compile(r"(?<![\d.])(\d{2,3}\.\d{3}-\d{1,4})(?!\d)")
_YES = frozenset({"yes", "y", "true", "x", "1"})
_NO = frozenset({"no", "n", "false", "0"})


class Asked(Struct, frozen=True):
    """What an agreement says of the clauses that bind whoever asks."""

    points: tuple[Point, ...] = ()
    known: tuple[Known, ...] = ()
    missing: tuple[str, ...] = ()


_CONTRACTORS = {
    "us-civilian-agency": ("us-contractor",),
    "us-ic": ("us-contractor",),
    "us-nss": ("us-contractor",),
    "us-dod": ("us-contractor", "us-dod-contractor"),
}


def contractors(tags: Iterable[str]) -> frozenset[str]:
    """Tags of those with whom someone with these tags (of data/profiles.yaml) contracts."""
    given = set(tags)
    own = {tag for tag in given if tag.endswith("contractor")}
    return frozenset(own.union(*(_CONTRACTORS.get(tag, ()) for tag in given)))


def binding(rules: Iterable[Rule], tags: set[str], day: str) -> list[Clause]:
    """Clauses that by `day` oblige contractors with one of these tags, by date and number."""
    every = (one for rule in rules for one in rule.clauses if tags & {*one.obliges})
    found = [one for one in every if before(day, one.since) is not True]
    return sorted(found, key=lambda one: (one.since, one.number))


def federal(agreement: Agreement, awards: Sequence[Award]) -> Federal:
    """Whether it stands under a US federal contract: as the register or an award says."""
    word = agreement.federal.casefold()
    if word in _NO:
        return "no"
    named = any(_NUMBER.search(text) for text in agreement.clauses)
    if word in _YES or named or any(one.federal for one in of_contract(agreement, awards)):
        return "yes"
    return "not known"


def of_contract(agreement: Agreement, awards: Iterable[Award]) -> list[Award]:
    """Awards with the number of a contract under which the agreement stands."""
    numbers = {one.casefold() for one in agreement.contracts}
    return [one for one in awards if numbers & {number.casefold() for number in one.contracts}]


def taking_over(rules: Iterable[Rule]) -> dict[str, str]:
    """Number of every clause, and the day from which the first contracts carry it."""
    return {one.number: one.since for rule in rules for one in rule.clauses}


def check(
    agreement: Agreement,
    clauses: Sequence[Clause],
    awards: Sequence[Award],
    starts: Mapping[str, str],
) -> Asked:
    """What its date required and it does not say that it has. `starts`: see `taking_over`."""
    is_federal = federal(agreement, awards)
    if not clauses or is_federal == "no":
        return Asked()
    if not agreement.since:
        return Asked(missing=("the day of the agreement, which decides what clauses it needed",))
    said = {number for text in agreement.clauses for number in _NUMBER.findall(text)}
    open_ = [one for one in clauses if not said & {one.number, *one.instead}]
    due = [one for one in open_ if _due(agreement.since, one) is True]
    doubtful = [one for one in open_ if _due(agreement.since, one) is None]
    missing = []
    if doubtful:
        numbers = ", ".join(one.number for one in doubtful)
        missing.append(f"the exact day of the agreement ({agreement.since}), for {numbers}")
    late = [one for one in open_ if _due(agreement.since, one) is False]
    if late := [one for one in late if _goes_on(agreement, one)]:
        numbers = ", ".join(f"{one.number} ({one.since})" for one in late)
        missing.append(f"whether it was extended or modified after these clauses came: {numbers}")
    point = (_point(agreement, due, is_federal, starts),) if due else ()
    return Asked(point, tuple(_in_records(agreement, due, awards)), tuple(missing))


def _due(since: str, clause: Clause) -> bool | None:
    early = before(since, clause.since)
    if early is None or (clause.until and before(clause.until, since) is None):
        return None if since != clause.since else True
    return not early and not (clause.until and before(clause.until, since))


def _goes_on(agreement: Agreement, clause: Clause) -> bool:
    return not agreement.until or before(clause.since, agreement.until) is True


def _point(
    agreement: Agreement, due: Sequence[Clause], is_federal: Federal, starts: Mapping[str, str]
) -> Point:
    listed = ", ".join(f"{one.number} ({one.counts} from {one.since})" for one in due)
    if agreement.clauses_stated:
        has = ", ".join(agreement.clauses) or "none"
        says = f"does not state what its date, {agreement.since}, required: {listed}; it has {has}"
    else:
        says = "which clauses it carries is not stated; "
        says += f"its date, {agreement.since}, required {listed}"
    if is_federal != "yes":
        says = f"if it stands under a US federal contract: {says}"
    if any(one.counts == "solicited" for one in due):
        says += "; what was solicited before may do without it"
    instead = {other for one in due for other in one.instead}
    if newer := [
        n for n in sorted(instead) if before(agreement.since, starts.get(n, "9")) is False
    ]:
        says += f"; {', '.join(newer)} takes its place where the agency has adopted it"
    return Point(
        concern="clause",
        says=says,
        evidence=(agreement.evidence,),
        citation="; ".join(one.citation for one in due),
    )


def _in_records(
    agreement: Agreement, due: Iterable[Clause], awards: Iterable[Award]
) -> Iterable[Known]:
    """Clauses that a record of the contract names."""
    numbers = {one.number for one in due}
    for award in of_contract(agreement, awards):
        named = numbers & {*_NUMBER.findall(award.description)}
        if named:
            when = f" of {award.since}" if award.since else ""
            says = f"a record of contract {award.number}{when} names {', '.join(sorted(named))}"
            yield Known(says, (award.evidence,))
