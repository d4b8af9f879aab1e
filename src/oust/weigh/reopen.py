"""What hangs on a document, speaker or claim: all that must be looked at again once it goes.

ICD 206 asks for source references so that the judgments hit by a modified, rescinded or
discredited source can be found. The path is the shortest by which each hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from oust.data.ledger import Claim, Ledger, Standing
from oust.weigh import Weighing
from oust.weighed import Hung

Way = tuple[tuple[str, ...], tuple[str, ...]]
"""Ids from the one changed on, and how each hangs on the one before."""

_SAID = {
    "derives": "derives from it",
    "possibly_from": "may share its source",
    "rests_on": "rests on it",
}


def reopen(weighing: Weighing, name: str) -> list[Hung]:
    """Everything to open again if `name`, of a claim, speaker or document, were retracted.

    Judgments first, then claims, confirmations, readings and ratings, each by its distance.
    """
    ways = _ways(weighing.ledger, name)
    after = Weighing(_without(weighing.ledger, name))
    found = [
        _hung(weighing, after, claim, way)
        for claim, way in ((weighing.claim(one), way) for one, way in ways.items())
    ]
    found += _confirmations(weighing, after, ways)
    found += _readings(weighing.ledger, ways)
    found += _ratings(weighing.ledger, ways)
    order = ("judgment", "claim", "confirmation", "reading", "rating")
    return sorted(found, key=lambda one: (order.index(one.kind), len(one.path), one.path, one.id))


def _ways(ledger: Ledger, name: str) -> dict[str, Way]:
    """The claims that hang on `name`, and the shortest way to each."""
    hanging: dict[str, list[tuple[str, str]]] = {}
    for claim in ledger.claims:
        for key, said in _SAID.items():
            for lead in getattr(claim, key):
                hanging.setdefault(lead, []).append((claim.id, said))
        for one in claim.confirms:
            hanging.setdefault(claim.id, []).append((one, "is confirmed by it"))
    ways: dict[str, Way] = {}
    waiting = list(_first(ledger, name))
    for one, way in waiting:
        if one in ways:
            continue
        ways[one] = way
        for further, said in hanging.get(one, ()):
            if further not in ways:
                waiting.append((further, ((*way[0], further), (*way[1], said))))
    return ways


def _first(ledger: Ledger, name: str) -> Iterator[tuple[str, Way]]:
    """The claims that hang on it at once."""
    whole = {name}
    for speaker in ledger.speakers:  # an organisation takes along those who speak for it
        if speaker.of in whole:
            whole.add(speaker.id)
    for claim in ledger.claims:
        if claim.id == name:
            yield claim.id, ((name,), ())
        elif whole.intersection(claim.by):
            yield claim.id, ((name, claim.id), ("said by it",))
        elif name in claim.through:
            yield claim.id, ((name, claim.id), ("passed on by it",))
        elif any(one.document == name for one in claim.seen_in):
            yield claim.id, ((name, claim.id), ("read in it",))


def _without(ledger: Ledger, name: str) -> Ledger:
    """The ledger with the one retracted."""
    gone: Standing = "retracted"
    return structs.replace(
        ledger,
        claims=tuple(
            structs.replace(one, standing=gone) if one.id == name else one for one in ledger.claims
        ),
        speakers=tuple(
            structs.replace(one, standing=gone) if one.id == name else one
            for one in ledger.speakers
        ),
        documents=tuple(
            structs.replace(one, standing=gone) if one.id == name else one
            for one in ledger.documents
        ),
    )


def _hung(weighing: Weighing, after: Weighing, claim: Claim, way: Way) -> Hung:
    basis = claim.rests_on or (claim.id,)
    left = after.support(basis)
    return Hung(
        "judgment" if claim.kind == "judgment" else "claim",
        claim.id,
        claim.text,
        *way,
        before=str(weighing.support(basis)),
        after=str(left),
        falls=left.high == 0,
    )


def _confirmations(weighing: Weighing, after: Weighing, ways: dict[str, Way]) -> Iterator[Hung]:
    """Claims that were taken to be confirmed by what goes."""
    for claim in weighing.claims:
        for one in claim.confirms if claim.id in ways else ():
            path, steps = ways[claim.id]
            text = f"{claim.id} confirms {one}"
            way = ((*path, one), (*steps, "is confirmed by it"))
            counts = str(weighing.support([one])), str(after.support([one]))
            yield Hung("confirmation", f"{claim.id}>{one}", text, *way, *counts)


def _readings(ledger: Ledger, ways: dict[str, Way]) -> Iterator[Hung]:
    for one in ledger.readings:
        if one.claim in ways:
            path, steps = ways[one.claim]
            text = f"{one.by} reads {one.claim} as {one.reads} with {one.hypothesis}"
            yield Hung("reading", f"{one.claim}/{one.hypothesis}/{one.by}", text, path, steps)


def _ratings(ledger: Ledger, ways: dict[str, Way]) -> Iterator[Hung]:
    """Credibility that was given while it still stood."""
    for claim in ledger.claims:
        if claim.id in ways and claim.credibility:
            path, steps = ways[claim.id]
            last = claim.credibility[-1]
            text = f"{last.by} rated the credibility of {claim.id} {last.grade} on {last.date}"
            yield Hung("rating", claim.id, text, path, steps)
