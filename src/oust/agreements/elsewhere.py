"""What stands elsewhere of an agreement: who holds its contract, and other entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oust.access import Agreement, Known
from oust.agreements.read import Award

COMPARED = {
    "granted_by": "granted by",
    "contracts": "contract",
    "clauses": "clauses",
    "since": "since",
    "until": "until",
    "access_removed": "access removed",
    "vetted": "vetted",
    "vetted_by": "vetted by",
    "vetted_on": "vetted on",
    "vetting_expires": "vetting expires",
}
"""Fields in which two entries of one agreement may differ, as they are told."""


def holder(one: Agreement, awards: Iterable[Award]) -> Iterator[Known]:
    """Who holds the contract named, where it is not the party; `awards` are those of or under it.

    A subaward shows that its prime holds the contract, and not that whoever got the subaward does.
    """
    named = {number.casefold(): number for number in one.contracts}
    said: dict[bool, Known] = {}  # by whether it is of the party's own subaward
    for award in awards:
        under = next((named[n.casefold()] for n in award.contracts if n.casefold() in named), "")
        itself = award.number.casefold() in named
        if award.prime and not itself:
            if award.key == one.key:
                text = f"has subaward {award.number} under {under}, which {award.prime} holds"
            elif award.prime_key == one.key:
                continue
            else:
                text = f"{under}, the contract named, is held by {award.prime}"
        elif award.key == one.key or award.prime_key == one.key:
            continue
        elif itself:
            text = f"{award.number}, the contract named, is held by {award.seller}"
        else:
            text = f"{award.number} under {under}, the contract named, is held by {award.seller}"
        said.setdefault(award.key == one.key, Known(text, (award.evidence,)))
    yield from [said[mine] for mine in (True, False) if mine in said][:1]


def otherwise(one: Agreement, given: Iterable[Agreement]) -> Iterator[Known]:
    """Entries of the same id and party that say something else. None is chosen."""
    for other in given:
        if other is one or (other.id, other.key) != (one.id, one.key):
            continue
        told = [
            f"{words} {_text(other, field)}"
            for field, words in COMPARED.items()
            if _text(one, field) and _text(other, field) not in ("", _text(one, field))
        ]
        if told:
            where = f"{other.evidence.source} {other.evidence.locator}"
            yield Known(f"another entry says otherwise: {', '.join(told)} ({where})",
                        (other.evidence,))  # fmt: skip


def _text(one: Agreement, field: str) -> str:
    if field == "vetted" and one.vetted_on:
        return "yes"
    value = getattr(one, field)
    if field == "clauses" and one.clauses_stated and not value:
        return "none"
    return value if isinstance(value, str) else "; ".join(value)
