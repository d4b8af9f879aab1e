"""What hangs on a source, and the two screens on which sources and claims are rated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oust.data.ledger_check import CREDIBILITY, RELIABILITY
from oust.report.claims import called, history, interest_of, origins_word, wrapped
from oust.report.words import plural
from oust.weigh import Weighing
from oust.weighed import Hung

_HEADS = {
    "judgment": "Judgments to open again",
    "claim": "Claims",
    "confirmation": "Confirmations",
    "reading": "Readings",
    "rating": "Ratings",
}
_SCREEN = 20
"""Claims of a source shown on its screen."""


def hanging(name: str, kind: str, found: Sequence[Hung]) -> Iterator[str]:
    """Everything that hangs on one thing, with the way by which it does."""
    if not found:
        yield from wrapped(f"Nothing in the ledger hangs on {kind} {name}.", " ")
        return
    yield from wrapped(f"What hangs on {kind} {name}: {plural(len(found), 'entry')}.", " ")
    for key, head in _HEADS.items():
        some = [one for one in found if one.kind == key]
        if some:
            yield f" {head}: {len(some):,}"
        for one in some:
            yield from _one(one)
    if not any(one.kind == "judgment" for one in found):
        yield " No judgment of the ledger hangs on it."


def _one(one: Hung) -> Iterator[str]:
    text = (
        one.text if one.kind in ("confirmation", "reading", "rating") else f"{one.id}: {one.text}"
    )
    yield from wrapped(text, "   ")
    if one.steps:
        way = one.path[0]
        for name, step in zip(one.path[1:], one.steps, strict=True):
            way += f" → {name} ({step})"
        yield from wrapped(way, "     ")
    if one.before and one.before != one.after:
        fall = ": nothing is left of it" if one.falls else ""
        yield from wrapped(
            f"{origins_word(one.before)} now, {origins_word(one.after)} without{fall}", "     "
        )


def reliability_screen(weighing: Weighing, name: str) -> Iterator[str]:
    """A source, for a rating of its reliability. How credible its claims are is not told."""
    speaker = weighing.identity.speakers.get(name)
    document = weighing.identity.documents.get(name)
    if speaker is not None:
        yield from wrapped(f"Source {name}: {called(speaker)}", " ")
        if interest := interest_of(weighing, speaker):
            yield from wrapped(f"interest: {interest}", "   ")
        said = [one for one in weighing.claims if name in one.by]
        grades = speaker.reliability
    else:
        assert document is not None
        yield from wrapped(f"Source {name}: {document.title}, {document.date}", " ")
        said = [one for one in weighing.claims if any(name == at.document for at in one.seen_in)]
        grades = document.reliability
    for claim in said[:_SCREEN]:
        yield from wrapped(f"{claim.id} {claim.kind}: {claim.text}", "   ")
    if len(said) > _SCREEN:
        yield f"   … {len(said) - _SCREEN:,} more"
    for line in history(grades, RELIABILITY):
        yield from wrapped(f"rated before: {line}", "   ")
    yield from (f"   {grade}  {words}" for grade, words in RELIABILITY.items())


def credibility_screen(weighing: Weighing, name: str) -> Iterator[str]:
    """A claim, for a rating of its credibility. How reliable its source is is not told."""
    claim = weighing.claim(name)
    yield from wrapped(f"{claim.kind} {name}: {claim.text}", " ")
    yield from wrapped(weighing.backing(name).why, "   ")
    for other in weighing.denied_by.get(name, ()):
        yield from wrapped(f"against it, {other}: {weighing.claim(other).text}", "   ")
    for line in history(claim.credibility, CREDIBILITY):
        yield from wrapped(f"rated before: {line}", "   ")
    yield from (f"   {grade}  {words}" for grade, words in CREDIBILITY.items())
