"""On what an assertion rests, of what kind it is, and when it was made."""

from __future__ import annotations

import re

from oust.data.ledger import Basis, ClaimKind
from oust.draft import words as w
from oust.draft.layout import month_number
from oust.drafted import Who

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
)
_DATED = re.compile(
    rf"\b(?:(?P<m1>{_MONTH}) (?P<d1>\d{{1,2}}),? (?P<y1>\d{{4}})"
    rf"|(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH}) (?P<y2>\d{{4}})"
    rf"|(?P<m3>{_MONTH}),? (?P<y3>\d{{4}})"
    rf"|(?:[Ii]n|[Ss]ince|early|late|of) (?P<y4>(?:19|20)\d\d))\b"
)
_UNTRUE = re.compile(
    r"(?i)\b(?:no evidence|baseless|unfounded|groundless|untrue|not true|false(?:ly)?"
    r"|fairy tales?|invention"
    r"|fabricat\w+|nonsense|nothing to hide|paranoia|conspiracy|speculation|unaware of|no"
    r" knowledge of|smear"
    r"|no truth|misinterpret\w*|misread|manipulated|unjust\w*|unfair\w*|inappropriate"
    r" ties|witch.hunt|absurd"
    r"|never (?:been|had|helped|worked|will)|wrong in|does not have|political(?:ly)?(?:"
    r" motivated)?)\b"
)
_OWN = re.compile(r"(?i)\b(?:we|we[’']ve|we[’']re|our|ours|us|i|my|me)\b")
_OWN_BODY = re.compile(
    r"(?i)\b(?:its|his|her|their) (?:company|firm|office|department|agency|ministry"
    r"|county|city|board|council"
    r"|borough|bank|university|committee|group|team|party)\b"
)
_INSIDE_ROLE = re.compile(
    r"(?i)\b(?:chief|officer|executive|founder|co-founder|founded|owner|manager|president"
    r"|vice|spokes\w+|ceo|cto"
    r"|counsel|lawyer|secretary|commissioner|auditor|supervisor|administrator|engineer"
    r"|dealer|director|chair\w*)\b"
)
_JUDGED = re.compile(
    r"(?i)\b(?:in my (?:view|opinion)|i (?:think|believe|would not|wouldn[’']t)|(?:very "
    r"|highly |un)?likely|probably"
    r"|no doubt|shouldn[’']t|should not)\b"
)
_VOICE = re.compile(
    r"(?i)\b(?:officials|executives|representatives|lawyers|attorneys|managers|managements?)\b"
)
NOT_NAMED = " that are not named"
"""With what the name of a speaker ends who is known only as reports, allegations and the like."""
_CALLED = re.compile(
    r"(?i)\b(?:report|article|story|allegation|accusation|claim|assessment|account)s?\b"
)


def basis(speaker: Who | None, text: str, paper: str, sources: bool) -> Basis:
    """`paper`: words for the records or documents behind it; `sources`: people are cited."""
    if paper:
        return "record" if w.PUBLIC_RECORDS.search(paper) else "document"
    if speaker is None:
        return "people" if sources else "none-given"
    described = f"{speaker.name} {speaker.role} {speaker.population}"
    if speaker.kind == "outlet":
        return "people" if sources else "none-given"
    if w.EXPERT.search(described if speaker.kind != "organisation" else ""):
        return "expertise"
    if speaker.role == "interviewee" or (
        speaker.of and speaker.number == "1" and _INSIDE_ROLE.search(described)
    ):
        return "own-knowledge"
    if speaker.name.endswith(NOT_NAMED):
        return "none-given"
    if speaker.kind == "unnamed" and speaker.of and not speaker.number and _VOICE.search(described):
        return "own-knowledge"
    if speaker.kind == "unnamed" and not _INSIDE_ROLE.match(speaker.role):
        return "people"
    if speaker.kind == "organisation":
        return "own-knowledge"
    inside = _INSIDE_ROLE.search(described) or _OWN.search(text) or _OWN_BODY.search(text)
    if inside or speaker.kind == "unnamed":
        return "own-knowledge"
    return "none-given"


def kind(verb_class: str, verb: str, speaker: Who | None, text: str, found: Basis) -> ClaimKind:
    """A denial, a record, a judgment, or else a claim."""
    if verb_class == "deny":
        return "denial"
    if (verb in ("call", "describe", "brand") or verb in w.CRITICISING) and _CALLED.search(text):
        return "denial"
    if found == "record":
        return "record"
    interested = speaker is not None and speaker.kind in ("organisation", "person", "unnamed")
    if interested and found == "own-knowledge" and _UNTRUE.search(text):
        return "denial"
    if verb_class == "judge" or found == "expertise" or _JUDGED.search(text):
        return "judgment"
    return "claim"


def defends(text: str) -> bool:
    """Whether somebody speaks up for himself or for his company."""
    return bool(_UNTRUE.search(text))


def date(words: str) -> str:
    """The day, month or year that the attribution itself names, as ISO."""
    found = _DATED.search(words)
    if not found:
        return ""
    for n in ("1", "2"):
        if found[f"m{n}"]:
            return f"{found[f'y{n}']}-{month_number(found[f'm{n}']):02}-{int(found[f'd{n}']):02}"
    if found["m3"]:
        return f"{found['y3']}-{month_number(found['m3']):02}"
    return str(found["y4"])
