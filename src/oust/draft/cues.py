"""Where a sentence attributes something: the reporting verb, its subject, and what it reports."""

from __future__ import annotations

import re

from msgspec.structs import replace

from oust.draft import speakers
from oust.draft import words as w
from oust.draft.complements import OPEN_CLAUSE, complement, cut_manner
from oust.draft.cue import Cue, Way
from oust.draft.phrases import according, nominal, passive, stance
from oust.draft.subjects import apposed, bare_end, subject_before

_FORMS = sorted(w.FORMS, key=lambda form: (-len(form), form))
_VERB = re.compile(r"(?<![\w’'-])(?P<verb>" + "|".join(_FORMS) + r")(?![\w’'-])", re.I)
_NEGATED = re.compile(
    r"(?i)\b(?:not|n[’']t|to|never|without|before|by|of|for|declin\w+ to|refus\w+ to"
    r"|cannot|could|might"
    r"|may|must|should|can|let us|be|been|being|was|were|is|are|get|got|gets|having)\s*\Z"
)
_BE = re.compile(r"(?i)\b(?:was|were|is|are|been|being|be|get|got)(?: \w+ly)?\s*\Z")
_NOUN_BEFORE = re.compile(
    r"(?i)(?:\b(?:the|a|an|these|those|all|of|his|her|its|their|our|any|some|such|no|other|new"
    r"|slamming|in|on|by|for|with|from|about|over|against|amid|after|following|united"
    r"|false|second|third|another"
    r"|latest|each|every|early|earlier|scathing|detailed|investigative|lengthy|special"
    r"|annual|recent|own|next"
    r"|similar|press|news|several|many|first|on the|and|or|more|latter|two|three)|[’']s|s[’'])\s*\Z"
)
_TITLE = re.compile(
    r"\b(?:report|article|story|book|series|post|bill|project|programme?|operation"
    r"|product|tool)\s*\Z"
)
ASIDE = re.compile(r"\([^()]{1,40}\)")


MOST = 20
"""Reporting verbs of one sentence; no writer needs as many."""


def crowded(mask: str) -> bool:
    """Whether a sentence holds more reporting verbs than one can."""
    return sum(1 for _ in _VERB.finditer(mask)) > MOST


def cues(mask: str, headline: bool = False) -> list[Cue]:
    """Attributions of a sentence, in order."""
    found: list[Cue] = []
    mask = ASIDE.sub(lambda aside: " " * len(aside[0]), mask)
    for match in _VERB.finditer(mask):
        if found and match.start() < found[-1].end and not headline:
            continue
        if cue := _verb_cue(mask, match, found):
            found.append(cue)
    for rule in (according, passive, stance, nominal):
        for cue in rule(mask):
            if not any(cue.start < one.end and one.start < cue.end for one in found):
                found.append(cue)
    return sorted(found, key=lambda cue: cue.start)


def _verb_cue(mask: str, match: re.Match[str], before: list[Cue]) -> Cue | None:
    form = match["verb"].lower()
    verb, verb_class = w.FORMS[form]
    left, right = mask[: match.start()], mask[match.end() :]
    quoted = re.search(r"\b(?:is|are|was|were) quoted(?: [\w ]{1,20})? as\s*\Z", left)
    if quoted:
        left = left[: quoted.start()]
    elif _BE.search(left) or _NEGATED.search(left):
        return None
    if (
        form in w.NOUN_LIKE
        and _NOUN_BEFORE.search(left)
        and not re.search(r"“[^”]*”\s*\Z|\bwhich\s*\Z", left)
    ):
        return None
    if form == "called" and _TITLE.search(left):
        return None
    if form in w.NOUN_LIKE and _NOUN_AFTER_VERB.search(left):
        return None
    if (
        form in w.NOUN_LIKE
        and form == verb
        and verb_class != "show"
        and not _PLURAL_BEFORE.search(left)
    ):
        return None
    if form.endswith("ing") and not quoted and not _PARTICIPLE_AFTER.search(left):
        return None
    bare = bare_end(left)
    if verb in w.INVERTING and (cue := _inverted(mask, match, bare, verb, verb_class)):
        return cue
    inside = before[-1].end if before and before[-1].way == "after" and not before[-1].whole else 0
    inside = inside if inside < bare and "," not in mask[inside:bare] else 0
    subject, extra, start = subject_before(mask, bare, form.endswith("ing") and not quoted, inside)
    if subject is None:
        return None
    cue = complement(mask, match, right, verb, verb_class, subject, extra, start, before)
    cue = replace(cue, at=match.start()) if cue else None
    if cue and inside and not cue.that and verb not in ("say", "tell", "show"):
        clause = cue.way == "after" and OPEN_CLAUSE.match(mask, cue.end)
        return cue if clause else None  # `it said it had disclosed the maker` is one assertion
    return cue


_NOUN_AFTER_VERB = re.compile(
    r"\bto [a-z]\w*\s*\Z|\b(?:follow|make|face|repeat|echo|raise|investigat|answer|meet)\w*\s*\Z"
)
_PLURAL_BEFORE = re.compile(
    r"(?:\b(?:they|we|I|i|you|who|which|people|police|also|now|both|did|does|do|will"
    r"|would|MPs|still|\w+ly)|\b[a-z]\w*s|[\w’']*[A-Z]+s|”)\s*\Z"
)
_PARTICIPLE_AFTER = re.compile(
    r"(?:,|”|\b(?:statement|letter|post|memo|e-?mail|report|tweet|message|note|video"
    r"|filing|lawsuit|complaint|brief))"
    r"\s*(?:\w+ly )?\Z"
)


def _inverted(mask: str, match: re.Match[str], bare: int, verb: str, verb_class: str) -> Cue | None:
    """`“...,” said Jane Roe, head of X.` and `..., said a former auditor.`"""
    left = mask[:bare].rstrip()
    if not left.endswith(("”", ",")) or (bare < match.start() - 1 and not left.endswith("”")):
        return None
    if left.endswith(","):
        opening, _, second = re.split(r"[”“]", left)[0].partition(",")
        says_more = second.strip(" ,") and apposed(opening, second)
        short = len(opening.split()) < (9 if says_more else 5)
        if "”" not in left and short and _names(opening):
            return None  # `Jane Roe, a professor, said ...`
    rest = mask[match.end() :]
    phrase = re.match(
        r"\s+(?P<np>(?:[^“”;:.]|(?<=\b[A-Z])\.|(?<=\b(?:Mr|Ms|Dr|Lt|St|Co))\.|(?<=\b(?:Mrs"
        r"|Sen|Rep|Gov|Gen|Col|Inc|Ltd))\.|(?<=Prof|Corp)\.|\.(?=[A-Za-z]))+)",
        rest,
    )
    if not phrase or re.match(r"(?:that|it|he|she|they|we|in|on|at|there)\b", phrase["np"]):
        return None
    if re.match(r"\s+(?:he|she|they)\b", rest):
        return None
    np, _, extra = phrase["np"].partition(",")
    if re.search(
        r"\b(?:had|has|was|were|is|are|would|will|could|can|did)\b",
        re.split(r" (?:who|which|whose) ", np)[0],
    ):
        return None
    who = re.match(r"(?P<np>.*?) (?P<rel>who|whose|which) ", np)
    if who:
        np, extra = who["np"], np[who.end("np") + 1 :] + extra
    np, manner = cut_manner(np)
    if left.endswith(",") and not _names(np):
        return None
    tail = rest[phrase.end() :].strip()
    way: Way = (
        "around"
        if tail
        and not re.fullmatch(r"[.\s]*", tail)
        and left.endswith(("”", ","))
        and tail[:1] in "“:"
        and not tail.startswith(".")
        else "before"
    )
    return Cue(
        rule="inverted verb",
        verb=verb,
        verb_class=verb_class,
        start=match.start(),
        end=match.end() + phrase.end(),
        way=way,
        subject=np.strip(),
        extra=extra.strip(" ,"),
        manner=manner,
    )


def _names(np: str) -> bool:
    """Whether a noun phrase may be a speaker."""
    return speakers.describe(np, "", frozenset(), frozenset()) is not None
