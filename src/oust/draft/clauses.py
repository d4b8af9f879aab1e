"""How the attributions of one sentence stand to each other, and where assertions end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.draft.cue import Cue

_DATELINE = re.compile(
    r"\s*[A-Z][A-Z.’'-]+(?: [A-Z][\w.’'-]+){0,3},?(?: [A-Z][a-z.]+,?)?(?: [A-Z][a-z]+\.?"
    r" \d{1,2}(?:,? \d{4})?,?)?"
    r"\s*(?:\([^()]{2,40}\)|/[A-Z][\w ]{2,30}/)?\s*(?:--|[–—-])\s"
)


def before_cue(mask: str, cue: Cue) -> tuple[int, int]:
    """What stands before an attribution, without a connecting word at its start."""
    lead = re.match(r"\s*(?:But|And|However,|Still,|Yet|Meanwhile,|Instead,)\s+", mask[: cue.start])
    start = lead.end() if lead else 0
    if dateline := _DATELINE.match(mask, start):
        start = dateline.end()
    return start, len(mask[: cue.start].rstrip(" ,"))


def coordinate(mask: str, cue: Cue) -> bool:
    """Whether a further attribution stands beside the one before, not inside what it reports."""
    before = mask[: cue.start]
    opens = mask[cue.start : cue.end]
    return bool(
        re.search(
            r"(?:,|;|”|—)\s*(?:and|but|while|though|although|whereas|yet|as|with)?\s*\Z", before
        )
        or re.match(r"\s*(?:and|but)\b", opens)
        or (not cue.subject and re.search(r"\b(?:and|but)\s*\Z|,\s*\Z", before))
    )


def verb_start(mask: str, cue: Cue) -> int:
    words = re.match(r"[\s,]*(?:and|but|also|then)?\s*", mask[cue.start :])
    return cue.start + (words.end() if words else 0)


def split(mask: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Assertions joined as `that ..., (and) that ...` stand for themselves."""
    at = start
    for joint in re.finditer(r",? and that\s|, that\s|; that\s|,? but that\s", mask[start:end]):
        stop = start + joint.start()
        if len(mask[at:stop].split()) >= 3 and len(mask[start + joint.end() : end].split()) >= 3:
            yield at, stop
            at = start + joint.end()
    yield at, end


def nested(mask: str, outer: Cue, inner: Cue) -> bool:
    """`The report claims that officials told ...`: the inner subject opens the outer's clause."""
    if outer.way != "after" or outer.whole or not inner.subject or inner.start < outer.end - 1:
        return False
    between = mask[outer.end : inner.start]
    return not between.strip(" ,") and inner.way == "after"


def speaks(cue: Cue) -> bool:
    """Whether the nested attribution names somebody who speaks, not only believes."""
    return (cue.verb_class != "judge" and bool(cue.subject)) or cue.rule == "stance"


def all_quoted(mask: str) -> bool:
    outside = re.sub(r"“¤*”?", "", mask)
    return len(re.findall(r"\w+", outside)) < 2
