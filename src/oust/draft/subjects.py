"""The noun phrase before a verb: who speaks, and what an apposition says of them."""

from __future__ import annotations

import re

from oust.draft import words as w

_ADVERBS = re.compile(
    r"(?:(?<=[\s,”])|\A)(?:has|have|had|also|later|then|further|\w+ly|now|again|once"
    r"|still|already|too"
    r"|even|itself|himself|herself|themselves|both|all|each|always|never before|long"
    r"|since|often|meanwhile|however|did|does|do|"
    r""
    r"(?:(?:on|last|this|late|early|in) )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|yesterday|today"
    r"|(?:last|this) (?:week|month|year|night)|earlier|first|in (?:19|20)\d\d|who|would|will)\s*\Z"
)
_STOP = re.compile(r"[”“;:(]|\s[–—]\s|—|\s--?\s")
_CONJ = re.compile(
    r"\b(?:but|while|whereas|although|though|because|after|when|since|that|as|if|before"
    r"|until|so|yet)\s"
)
_PIECE = re.compile(r"(?:[^,]|(?<=\d),(?=\d)|,(?= ?(?:Inc|Ltd|LLC|Corp|Jr|Sr|S\.A|PLC|plc)\b))+")
_APPOSED = re.compile(r"\s*(?:[a-z]|\d|[RD]-|Jr\b|Sr\b|Inc\b|Ltd\b|Corp\b|LLC\b|\()")


def bare_end(left: str) -> int:
    """Where the subject ends: before auxiliaries, adverbs and days."""
    while (cut := _ADVERBS.search(left)) is not None and cut.start() < len(left):
        if cut[0].strip() in ("who", "which"):
            break
        left = left[: cut.start()]
        if not left.strip():
            break
    return len(left.rstrip())


def subject_before(
    mask: str, end: int, participle: bool, inside: int = 0
) -> tuple[str | None, str, int]:
    """The noun phrase before position `end`, its apposition, and where it starts.

    `inside`: where the clause begins that another attribution reports.
    """
    if participle:
        return "", "", end
    floor = max((one.end() for one in _STOP.finditer(mask, 0, end)), default=0)
    floor = max(floor, inside)
    left = mask[floor:end]
    if not left.strip(" ,") or re.fullmatch(r"(?i)[\s,]*(?:and|but|or|then|also)\s*,?\s*", left):
        return "", "", floor
    pieces = list(_PIECE.finditer(left))
    closed = left.rstrip().endswith(",")
    i = len(pieces) - 1
    if pieces[i][0].strip() in ("which", "who"):
        i = max(i - 1, 0)
        while i > 0 and apposed(pieces[i - 1][0], pieces[i][0]):
            i -= 1
        if by := re.search(r"\b(?:by|from|with|of) (?=[A-Z][^,]*\Z)", pieces[i][0]):
            subject = pieces[i][0][by.end() :]
            return subject.strip(), "", floor + pieces[i].start() + by.end()
    elif re.fullmatch(r"\s*(?:and|but|or)\s*", pieces[i][0]):
        return "", "", floor + pieces[i].start()
    while closed and i > 0 and apposed(pieces[i - 1][0], pieces[i][0]):
        i -= 1
    subject, start = pieces[i][0], floor + pieces[i].start()
    extra = ",".join(piece[0] for piece in pieces[i + 1 :]).strip(" ,")
    if extra in ("which", "who"):
        extra = ""
    if i and not extra and closed and _role_before(pieces[i - 1][0]):
        extra, start = pieces[i - 1][0].strip(), floor + pieces[i - 1].start()
    cut = max((one.end() for one in _CONJ.finditer(subject)), default=0)
    if cut and subject[cut:].strip():
        subject, start = subject[cut:], start + cut
    joined = re.search(
        r"\band\s+(?=(?:he|she|it|they|the|its|their|his|her|an?)\b(?!.*\band\b))", subject
    )
    if joined and subject[joined.end() :].strip() and len(subject[: joined.start()].split()) > 3:
        subject, start = subject[joined.end() :], start + joined.end()
    if re.fullmatch(r"\s*(?:and|but|or|also|then)\s*", subject):
        return "", "", start
    elided = re.search(r"\b(?:and|but)\s*\Z", subject)
    if elided:
        return "", "", start + elided.start()
    subject = re.sub(r"^\s*(?:and|but|or|while|as)\s+", "", subject)
    return subject.strip(), extra, start


def apposed(before: str, piece: str) -> bool:
    """Whether `piece` says more of the noun phrase `before`."""
    if _adverbial(before):
        return False
    if _APPOSED.match(piece):
        return True
    named = re.fullmatch(r"\s*(?:[A-Z][\w.’'-]*\s*){2,5}", before)
    return (
        bool(named)
        and bool(set(piece.lower().split()) & w.OFFICES)
        and bool(re.search(r" (?:for|of|at) |[’']s ", piece))
    )


def _adverbial(piece: str) -> bool:
    first = piece.strip().split(" ")[0].lower()
    return first in w.PREPOSITIONS or first in w.LEADS


def _role_before(piece: str) -> bool:
    tokens = piece.lower().replace("’s", " ").replace("'s", " ").split()
    return (
        1 < len(tokens) <= 8
        and not _adverbial(piece)
        and (
            tokens[-1] in w.OFFICES | w.UNNAMED | w.BODY_NOUN | w.COMPANY_NOUN
            or bool(set(tokens) & w.OFFICES)
        )
    )
