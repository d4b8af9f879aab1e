"""Attributions without a reporting verb: according to, it is said, concerned that, reports that."""

from __future__ import annotations

import re

from oust.draft import words as w
from oust.draft.cue import Cue, Way
from oust.draft.subjects import bare_end, subject_before

_ACCORDING = re.compile(
    r"(?i)\b(?:according to|in the words of|as (?:reported|first reported|revealed"
    r"|disclosed) by)\s+"
)
_NP_END = re.compile(r",|”|“|;|:|\.(?=\s*\Z)|\Z")


def according(mask: str) -> list[Cue]:
    """`According to X, ...` and `..., according to X`."""
    found = []
    for match in _ACCORDING.finditer(mask):
        subject, extra, end = _noun_phrase(mask, match.end())
        if re.match(
            r"(?i)(?:the |a |its |their )?(?:plan|schedule|rules?|law|type|need|size"
            r"|standards?)s?\b",
            subject,
        ):
            continue
        leads = (
            not mask[: match.start()].strip(" “”")
            or mask[: match.start()].strip().lower() in w.LEADS
        )
        following = mask[end:].strip(" .")
        way: Way = (
            "after"
            if leads
            else "around"
            if len(following.split()) > 3
            and mask[: match.start()].rstrip().endswith(",")
            and not re.match(r",?\s*(?:citing|which|who)\b", mask[end:])
            else "before"
        )
        found.append(
            Cue(
                rule="according to",
                verb="according to",
                verb_class="say",
                start=match.start(),
                end=end + (1 if leads else 0),
                way=way,
                subject=subject,
                extra=extra,
            )
        )
    return found


def _noun_phrase(mask: str, start: int) -> tuple[str, str, int]:
    """A noun phrase that starts here, with the appositions after it, and where it ends."""
    parts, at = [], start
    while True:
        stop = _NP_END.search(mask, at)
        end = stop.start() if stop else len(mask)
        parts.append(mask[at:end])
        follows = mask[end + 1 :]
        if not stop or stop[0] != "," or not _goes_on(follows):
            break
        at = end + 1
    return parts[0].strip(" ,"), ",".join(parts[1:]).strip(" ,"), end


def _goes_on(follows: str) -> bool:
    """Whether an apposition follows the comma, and another comma or the end after it."""
    segment = re.match(r"\s*(?P<words>[^,“”;]+)(?P<stop>,|\Z|\.)?", follows)
    if not segment or not segment["stop"]:
        return False
    first = segment["words"].split(" ")[0].lower()
    if first in ("citing", "quoting"):
        return segment["stop"] == ","
    tokens = set(segment["words"].lower().split())
    if tokens & {
        "is",
        "was",
        "were",
        "are",
        "had",
        "has",
        "would",
        "will",
        "could",
        "did",
    } and first not in ("who", "which"):
        return False
    return first in (
        "who",
        "which",
        "a",
        "an",
        "head",
        "chief",
        "director",
        "professor",
        "founder",
        "in",
    ) or bool(tokens & w.OFFICES)


_PASSIVE = re.compile(
    r"(?i)\b(?:is|are|was|were|(?:has|have|had) (?:\w+ )?been) (?:\w+ly )?(?:also"
    r" )?(?P<verb>alleged|said|reported"
    r"|believed|understood|thought|rumou?red|accused|suspected|claimed|known|expected|charged) "
    r"(?P<to>to(?: have| be| hold| own)?|of|with|by (?P<by>[^,.“”]{3,60}?) of)\b"
)
_IT_IS = re.compile(
    r"(?i)\bit (?:is|was|has been|had been) (?:\w+ly )?(?P<verb>alleged|said|reported"
    r"|believed|understood|thought"
    r"|rumou?red|claimed|suspected|suggested|feared)(?: that)?\s"
)
_ADVERB = re.compile(r"(?i)\b(?P<verb>allegedly|reportedly|purportedly|supposedly)\b")


def passive(mask: str) -> list[Cue]:
    """`is alleged to have`, `it is understood that`, `allegedly`: nobody is named."""
    told = [_unsaid("passive", match, match.end(), "after") for match in _IT_IS.finditer(mask)]
    for match in _PASSIVE.finditer(mask):
        other = match["verb"].lower() in ("expected", "known")
        if not other and (match["to"] != "with" or match["verb"] == "charged"):
            by = (match["by"] or "").strip()
            told.append(_unsaid("passive", match, match.start(), "around", by))
    hearsay = (_unsaid("adverb of hearsay", m, m.start(), "around") for m in _ADVERB.finditer(mask))
    return [*told, *hearsay]


def _unsaid(rule: str, match: re.Match[str], end: int, way: Way, by: str = "") -> Cue:
    verb = match["verb"].lower()
    return Cue(
        rule=rule, verb=verb, verb_class="claim", start=match.start(), end=end, way=way, subject=by
    )


_STANCE = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ly )?(?:concerned|worried|convinced|confident|alarmed"
    r"|sceptical|skeptical|certain)"
    r" that\b"
)


def stance(mask: str) -> list[Cue]:
    """`officials are concerned that ...`."""
    found = []
    for match in _STANCE.finditer(mask):
        subject, extra, start = subject_before(mask, bare_end(mask[: match.start()]), False)
        if subject:
            found.append(
                Cue(
                    rule="stance",
                    verb="be concerned",
                    verb_class="judge",
                    start=start,
                    end=match.end(),
                    way="after",
                    subject=subject,
                    extra=extra,
                    that=True,
                )
            )
    return found


_NOMINAL = re.compile(
    rf"(?i)\b(?:after|amid|following|over|despite|on|about|to|denied|made|new|by|the|with|of|up)\s+"
    rf"(?P<noun>(?:unconfirmed |media |press |news |recent |new )?(?:{w.ALLEGATION}))"
    r"(?: (?:by|from) (?P<by>[^,.“”]{3,60}?))?(?: (?:have |had )?(?:emerged|surfaced"
    r"|appeared|circulated))? that\b"
)
_OWNED = re.compile(
    rf"(?P<by>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*)[’']s? (?P<noun>{w.ALLEGATION}) that\b"
)


def nominal(mask: str) -> list[Cue]:
    """`after reports emerged that ...`, `the agency's claim that ...`."""
    found = []
    for match in [*_OWNED.finditer(mask), *_NOMINAL.finditer(mask)]:
        if not match["by"] and re.search(
            r"(?i)concern|fear|suspicion|warning|charge", match["noun"]
        ):
            continue  # nobody's, and hardly an assertion
        found.append(
            Cue(
                rule="noun of assertion",
                verb=match["noun"].lower(),
                verb_class="claim",
                start=match.start(),
                end=match.end(),
                way="after",
                subject=(match["by"] or match["noun"]).strip(),
                that=True,
            )
        )
    return found
