"""Sentences as a reporter builds them: what is quoted inside one does not end it."""

from __future__ import annotations

import re

from oust.drafted import Span

_END = re.compile(
    r"[.?!…]+[’')\]]*(?=\s+[A-Z“‘'(\[\d•—–$€£]|\s*\Z)|[.?!…]*”(?=\s)"
    r"|(?<=[a-z]{2})\.(?=[A-Z][a-z]+[ ,])"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:U\.S|U\.K|U\.N|E\.U|D\.C|Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Col|Lt|Sgt|Capt|Maj"
    r"|Adm|Prof|St|Inc|Corp|Ltd|Co|Cos|Bros|No|Nos|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct"
    r"|Nov|Dec|a\.m|p\.m|e\.g|i\.e|Jr|Sr|Ph\.D|approx|Dept|Div|Art|Sec|para|cf|Hon|Rev|Messrs|Ave)"
    r"|\b[A-Z](?:\.[A-Z])*)\.\Z"
)
_ALWAYS = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Col|Lt|Sgt|Capt|Maj|Adm|Prof|St|No|Nos|Hon|Rev"
    r"|Messrs|vs|e\.g|i\.e)\.\Z"
)
_STARTER = re.compile(
    r"\s+(?:[“‘\"(]|(?:The|A|An|In|It|Its|He|She|They|But|And|This|That|These|Those|According|We|I"
    r"|However|Meanwhile|On|At|For|There|His|Her|Their|After|Last|Some|No|As|If|When|While)\b)"
)
_ATTRIBUTED = re.compile(
    r"\s+[A-Z][\w’'.-]*(?: [\w’'.-]+){0,5}? (?:said|asked|says|told|wrote|added"
    r"|replied)\b[^“]{0,40}\Z"
)
_NEXT = re.compile(r"\s+[A-Z“‘'(\[\d•—–$€£]|\s*\Z")


def sentences(text: str, mask: str, offset: int) -> list[Span]:
    """Spans of the sentences of a paragraph that starts at character `offset` of `text`.

    `mask`: the paragraph as quotes.masked gives it.
    """
    found, start = [], 0
    for stop in _END.finditer(mask):
        if not _ends(text, mask, stop, offset):
            continue
        if mask[start : stop.end()].strip():
            found.append(_trimmed(mask, start, stop.end(), offset))
        start = stop.end()
    if mask[start:].strip():
        found.append(_trimmed(mask, start, len(mask), offset))
    return found


def _ends(text: str, mask: str, stop: re.Match[str], offset: int) -> bool:
    at = stop.end()
    if stop[0].endswith("”"):
        last = stop[0][:-1][-1:] or text[offset + at - 2]
        if last not in ".?!…" or not _NEXT.match(mask, at):
            return False
        return last == "." or not _ATTRIBUTED.match(mask[at : at + 120].split(".")[0])
    before = mask[max(0, stop.start() - 12) : stop.start() + 1]
    if stop[0][:1] in "?!" or not _ABBREVIATED.search(before) or not mask[at : at + 80].strip():
        return True
    return not _ALWAYS.search(before) and bool(_STARTER.match(mask, at))


def _trimmed(mask: str, start: int, end: int, offset: int) -> Span:
    words = mask[start:end]
    return Span(
        offset + start + len(words) - len(words.lstrip()),
        offset + start + len(words.rstrip()),
    )
