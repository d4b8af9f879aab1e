"""A ledger of claims as text: each claim with its origins, its denials beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from oust.data.ledger import Claim, Grade, Ledger, Speaker
from oust.data.ledger_check import CREDIBILITY, RELIABILITY
from oust.report.words import clip, plural, safe
from oust.weigh import Weighing
from oust.weigh.identity import named

WIDTH = 100
SHOWN = 300
"""Claims shown before the rest is counted."""

_ID = 16
_INDENT = " " * (_ID + 12)

LIKELIHOOD = {
    "almost no chance": "1 to 5 per cent",
    "very unlikely": "5 to 20 per cent",
    "unlikely": "20 to 45 per cent",
    "roughly even chance": "45 to 55 per cent",
    "likely": "55 to 80 per cent",
    "very likely": "80 to 95 per cent",
    "almost certain": "95 to 99 per cent",
}
"""ICD 203."""

_BASIS = {
    "own-knowledge": "own knowledge",
    "people": "what people said",
    "document": "a document not public",
    "record": "a record",
    "expertise": "professional judgment",
    "none-given": "no basis told",
}


def lines(weighing: Weighing, drafts: bool = False) -> Iterator[str]:
    """The ledger by what it is about, at most WIDTH characters a line."""
    ledger = weighing.ledger
    yield from head(ledger)
    yield from _hypotheses(weighing)
    groups = _groups(weighing, drafts)
    left, told = SHOWN, set[str]()
    for about, claims in groups.items():
        yield from _about(weighing, about)
        yield f"   {'id':<{_ID}} origins claim"
        for claim in claims[:left]:
            yield from _claim(weighing, claim, told)
        left -= len(claims[:left])
        yield ""
    total = sum(map(len, groups.values()))
    if total > SHOWN:
        yield f" … {total - SHOWN:,} more claims: oust claims show --format json"
    yield from _footer(weighing, drafts)


def head(ledger: Ledger) -> Iterator[str]:
    """Title and counts."""
    kinds = [claim.kind for claim in ledger.claims if not claim.draft]
    drafts = len(ledger.claims) - len(kinds)
    told = [plural(len(kinds), "entry"), plural(kinds.count("denial"), "denial")]
    told += [plural(kinds.count("record"), "record")]
    told += [plural(drafts, "draft") + " not confirmed"] if drafts else []
    right = ", ".join(told)
    title = clip(ledger.title, WIDTH - 4 - len(right))
    yield f" {title}{right:>{WIDTH - 2 - len(title)}}"
    yield " " + "─" * (WIDTH - 2)


def whole(weighing: Weighing, name: str) -> Iterator[str]:
    """One claim with everything that the ledger holds of it."""
    claim = weighing.claim(name)
    yield from wrapped(f"{claim.kind} {claim.id}: {claim.text}", " ")
    yield from _state(claim, "   ")
    yield from _row("origins", weighing.origins([name]).why, "   ")
    backing = [one for one in weighing.confirmed_by.get(name, ()) if one != name]
    if backing and claim.kind != "denial":
        yield from _row("with those", f"that confirm it: {weighing.support([name]).why}", "   ")
    yield from _said(weighing, claim, "   ")
    if claim.date:
        yield from _row("date", claim.date, "   ")
    yield from _judged(weighing, claim, "   ")
    yield from _seen(weighing, claim)
    for key, told in _RELATIONS.items():
        for other in getattr(claim, key):
            yield from _row(told, _brief(weighing, other), "   ")
    yield from _beside(weighing, claim, "   ")
    for one in weighing.taken_up.get(name, ()):
        yield from _row("taken up", _brief(weighing, one), "   ")
    yield from _ratings(weighing, claim, "   ")
    for reading in weighing.ledger.readings:
        if reading.claim == name:
            why = f": {reading.why}" if reading.why else ""
            text = f"{reading.reads} with {reading.hypothesis}, says {reading.by}, {reading.date}"
            yield from _row("reading", text + why, "   ")
    if claim.note:
        yield from _row("note", claim.note, "   ")


_RELATIONS = {
    "derives": "taken from",
    "possibly_from": "may share",
    "denies": "denies",
    "confirms": "confirms",
    "contradicts": "contradicts",
    "rests_on": "rests on",
}


def wrapped(text: str, first: str, rest: str = "") -> list[str]:
    """Lines of at most WIDTH characters, safe to print."""
    return textwrap.wrap(
        safe(" ".join(text.split())),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest or first + "  ",
        break_on_hyphens=False,
    )


def _row(label: str, text: str, indent: str = _INDENT) -> list[str]:
    head = f"{indent}{label:<10} "
    return wrapped(text, head, " " * len(head)) or [head.rstrip()]


def _groups(weighing: Weighing, drafts: bool) -> dict[str, list[Claim]]:
    """Claims that are shown by themselves, by what they are about.

    What derives from another is told with its root, and a denial beside what it denies.
    """
    groups: dict[str, list[Claim]] = {}
    inside = {one for circle in weighing.graph.circles for one in circle}
    for claim in weighing.claims:
        own = not claim.derives or weighing.number[claim.id] in inside
        beside = claim.kind == "denial" and claim.denies and weighing.counts(claim.id)
        if (own and not beside and not claim.draft) or (claim.draft and drafts):
            for about in claim.about or ("",):
                groups.setdefault(about, []).append(claim)
    return {key: groups[key] for key in sorted(groups)}


def _about(weighing: Weighing, about: str) -> Iterator[str]:
    """The heading of a group: how much is said of it, and by how many origins."""
    some = [one for one in weighing.claims if (about in one.about if about else not one.about)]
    said = [one.id for one in some if one.kind != "denial" and not one.draft]
    denied = [one.id for one in some if one.kind == "denial" and not one.draft]
    text = f"{about or 'about nothing named'}: {plural(len(said), 'entry')} of "
    text += origins_word(str(weighing.origins(said)))
    if denied:
        count = origins_word(str(weighing.origins(denied)))
        text += f", {plural(len(denied), 'denial')} of {count}"
    yield from wrapped(text, " ")


def _claim(weighing: Weighing, claim: Claim, told_already: set[str]) -> Iterator[str]:
    count = str(weighing.origins([claim.id]))
    text = safe(" ".join(claim.text.split()))
    told = textwrap.wrap(text, WIDTH - len(_INDENT), break_on_hyphens=False) or [""]
    name = safe(claim.id)
    if len(name) > _ID:
        yield f"   {name}"
        name = ""
    yield f"   {name:<{_ID}} {count:<7} {told[0]}"
    yield from (_INDENT + line for line in told[1:])
    yield from _state(claim)
    if not weighing.counts(claim.id):
        yield from _row("counts not", weighing.origins([claim.id]).why)
    yield from _said(weighing, claim)
    yield from _judged(weighing, claim)
    yield from _beside(weighing, claim, told=told_already)
    yield from _repeated(weighing, claim)
    yield from _ratings(weighing, claim)


def _state(claim: Claim, indent: str = _INDENT) -> Iterator[str]:
    if claim.draft:
        yield from _row("draft", "proposed, not confirmed: counts for nothing", indent)
    if claim.standing != "standing":
        date = f" on {claim.standing_date}" if claim.standing_date else ""
        why = f": {claim.standing_why}" if claim.standing_why else ""
        yield from _row(claim.standing, f"{claim.standing}{date}{why}", indent)


def _said(weighing: Weighing, claim: Claim, indent: str = _INDENT) -> Iterator[str]:
    speakers = [weighing.identity.speakers[one] for one in claim.by]
    who = named(called(one) for one in speakers) or "nobody named"
    through = " → ".join(_outlet(weighing, one) for one in claim.through)
    note = f" ({claim.basis_note})" if claim.basis_note else ""
    way = f"; through {through}" if through else ""
    yield from _row(claim.kind, f"by {who}{way}", indent)
    yield from _row("basis", f"{_BASIS[claim.basis]}{note}", indent)
    for one in speakers:
        if interest := interest_of(weighing, one):
            yield from _row("interest", f"{one.name}: {interest}", indent)


def _judged(weighing: Weighing, claim: Claim, indent: str = _INDENT) -> Iterator[str]:
    """Likelihood and confidence each in a sentence of its own (ICD 203)."""
    if claim.likelihood:
        told = f"Judged {claim.likelihood} ({LIKELIHOOD[claim.likelihood]})."
        yield from _row("likelihood", told, indent)
    if claim.confidence:
        yield from _row("confidence", f"Its basis gives {claim.confidence} confidence.", indent)
    if claim.rests_on:
        count = origins_word(str(weighing.support(claim.rests_on)))
        told = f"{named(claim.rests_on)}; with what confirms them {count}"
        yield from _row("rests on", told, indent)


def _beside(
    weighing: Weighing, claim: Claim, indent: str = _INDENT, told: set[str] | None = None
) -> Iterator[str]:
    """What is said against it, each denial whole only once, and what confirms it."""
    for name in weighing.denied_by.get(claim.id, ()):
        other = weighing.claim(name)
        if not other.draft:
            verb = "denied by" if claim.id in other.denies else "against"
            gone = " [retracted]" if other.standing == "retracted" else ""
            text = _brief(weighing, name, interest=True)
            if told is not None and name in told:
                text = f"{name}, told above"
            elif told is not None:
                told.add(name)
            yield from _row(verb, text + gone, indent)
    if backing := weighing.confirmed_by.get(claim.id):
        count = weighing.support([claim.id])
        text = f"{named(backing)}; with them {origins_word(str(count))}"
        yield from _row("confirmed", text, indent)


def _repeated(weighing: Weighing, claim: Claim) -> Iterator[str]:
    taken = _all_taken_up(weighing, claim.id)
    if counted := [one for one in taken if weighing.counts(one)]:
        yield from _row("repeated", f"by {named(counted)}: no origin of their own")
    if fallen := [one for one in taken if not weighing.counts(one)]:
        yield from _row("repeated", f"by {named(fallen)}, counted no more")


def _all_taken_up(weighing: Weighing, name: str) -> list[str]:
    """Whatever derives from a claim, nearest first, as far as anybody would read on."""
    found = {name: None}
    waiting = [name]
    for one in waiting:
        for further in weighing.taken_up.get(one, ()):
            if further not in found and len(found) < SHOWN:
                found[further] = None
                waiting.append(further)
    return waiting[1:]


def _ratings(weighing: Weighing, claim: Claim, indent: str = _INDENT) -> Iterator[str]:
    for one in claim.by:
        speaker = weighing.identity.speakers[one]
        if speaker.reliability:
            told = grade_words(speaker.reliability[-1], RELIABILITY)
            yield from _row("source", f"{speaker.name}: {told}", indent)
    if claim.credibility:
        yield from _row("rated", grade_words(claim.credibility[-1], CREDIBILITY), indent)


def _seen(weighing: Weighing, claim: Claim) -> Iterator[str]:
    for one in claim.seen_in:
        document = weighing.identity.documents[one.document]
        parts = [document.title, _outlet(weighing, document.outlet), document.date]
        text = ", ".join(part for part in parts if part)
        text += "" if document.seen else " (not seen itself)"
        text += f" [{document.standing}]" if document.standing != "standing" else ""
        text += f": “{one.quote}”" if one.quote else ""
        yield from _row("seen in", text, "   ")


def _hypotheses(weighing: Weighing) -> Iterator[str]:
    if not weighing.ledger.hypotheses:
        return
    from oust.weigh.matrix import matrix

    yield " Hypotheses, and how many origins speak against each (oust claims show --matrix)"
    texts = {one.id: one.text for one in weighing.ledger.hypotheses}
    for one in matrix(weighing).columns:
        against = origins_word(str(one.against))
        if one.denied.high:
            against += f", and denials of {origins_word(str(one.denied))}"
        yield from wrapped(f"{one.hypothesis}: {texts[one.hypothesis]} Against: {against}.", "   ")
    yield ""


def _footer(weighing: Weighing, drafts: bool) -> Iterator[str]:
    for circle in weighing.circles():
        yield from wrapped(f"Circular reporting: {circle.why}.", " ")
    waiting = sum(claim.draft for claim in weighing.claims)
    if waiting and not drafts:
        yield f" {plural(waiting, 'draft')} not shown: --drafts"
    yield from wrapped(
        "Counted by origin, not by outlet; a range where origins may be the same. What is counted "
        "is who says it, not whether it is true.",
        " ",
        " ",
    )


def _brief(weighing: Weighing, name: str, interest: bool = False) -> str:
    claim = weighing.claim(name)
    speakers = [weighing.identity.speakers[one] for one in claim.by]
    who = named(one.name for one in speakers)
    text = f"{claim.id}, {who}: {claim.text}" if who else f"{claim.id}: {claim.text}"
    told = [found for one in speakers if (found := interest_of(weighing, one))]
    return f"{text} [interest: {' '.join(told)}]" if told and interest else text


def interest_of(weighing: Weighing, speaker: Speaker) -> str:
    """What a speaker stands to gain or lose, or those for whom he speaks."""
    return speaker.interest or weighing.identity.head(speaker).interest


def called(speaker: Speaker) -> str:
    """A speaker as read aloud."""
    role = f", {speaker.role}" if speaker.role else ""
    unnamed = " (unnamed)" if speaker.kind == "unnamed" else ""
    return f"{speaker.name}{role}{unnamed}"


def _outlet(weighing: Weighing, text: str) -> str:
    known = weighing.identity.speakers.get(text)
    return known.name if known else text


def origins_word(count: str) -> str:
    """`1 origin`, `2-3 origins`, `no origin`."""
    if count == "0":
        return "no origin"
    return f"{count} origin" if count == "1" else f"{count} origins"


def grade_words(grade: Grade, scale: dict[str, str]) -> str:
    """`B, usually reliable (Ann, 2017-09-13: why)`."""
    why = f": {grade.why}" if grade.why else ""
    return f"{grade.grade}, {scale[grade.grade]} ({grade.by}, {grade.date}{why})"


def history(grades: Sequence[Grade], scale: dict[str, str]) -> Iterable[str]:
    """All ratings, latest first."""
    return [grade_words(one, scale) for one in reversed(grades)]
