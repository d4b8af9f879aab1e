"""What is on record: acts of legislatures, courts and agencies, seats of companies."""

from __future__ import annotations

import re

from oust.draft import words as w
from oust.draft.cue import Cue
from oust.draft.cues import ASIDE
from oust.draft.subjects import bare_end, subject_before

_PAPER = (
    r"(?:bill|act|amendment|measure|legislation|law|resolution|provision|budget|order"
    r"|directive|rule|ban"
    r"|sanctions?|regulations?|statute|ordinance|moratorium|subpoenas?|treaty|motion"
    r"|waiver|Act|Bill|Order"
    r"|Directive)s?"
)
_LEGISLATE = re.compile(
    r"\b(?P<verb>passed|approved|introduced|adopted|enacted|signed|issued|vetoed|advanced"
    r"|proposed|tabled|repealed"
    rf"|voted|cleared|unveiled|sponsored|published|drafted|finali[sz]ed)\b(?P<object>[^.;“”]{{0,90}}?\b{_PAPER}\b)"
)
_ACT = re.compile(
    r"\b(?P<verb>banned|fined|sanctioned|indicted|blacklisted|prohibited|barred|ordered"
    r"|ruled|convicted|sentenced"
    r"|subpoenaed|designated|suspended|revoked|debarred|awarded|acquitted|dismissed the"
    r" (?:case|lawsuit|suit)"
    r"|filed (?:a|an) (?:\w+ )?(?:lawsuit|complaint|suit|petition|brief))\b"
)
_SEAT = re.compile(
    r"\b(?:is|are|was|were|has|have) (?:[\w-]+ )?(?:(?:its |their )?(?:[\w-]+"
    r" )?headquarter(?:s|ed)|based|incorporated|registered"
    r"|listed|founded|established|owned by|controlled by|a (?:wholly[- ]owned"
    r" )?subsidiary of|majority-owned)\b"
)
_HEADED = re.compile(r"\A(?:[Tt]he )?[A-Z]")


def act(mask: str, outlets: frozenset[str]) -> Cue | None:
    """An official act that the sentence tells in the outlet's own voice."""
    mask = ASIDE.sub(lambda aside: " " * len(aside[0]), mask)
    for pattern, rule in ((_LEGISLATE, "legislative act"), (_ACT, "official act")):
        for match in pattern.finditer(mask):
            before = mask[: match.start()]
            if re.search(r"\b(?:be|been|being|was|were|is|are|not|to|by|a|an|the|of)\s*\Z", before):
                continue
            subject, extra, start = subject_before(mask, bare_end(before), False)
            if subject and w.OFFICIAL.search(f"{subject}, {extra}") and len(subject.split()) <= 14:
                return Cue(
                    rule=rule,
                    verb=match["verb"],
                    verb_class="act",
                    start=start,
                    end=start,
                    way="around",
                    subject=subject,
                    extra=extra,
                )
    return None


def seat(mask: str) -> Cue | None:
    """Where a company has its seat, when it was founded, to whom it belongs."""
    match = _SEAT.search(mask)
    if not match:
        return None
    subject = mask[: match.start()].split(",")[0].strip()
    if not 0 < len(subject.split()) <= 6 or not (_HEADED.match(subject)):
        return None
    if re.search(r"(?i)\b(?:is|are|was|were) (?:\w+ )?based on\b", mask):
        return None
    return Cue(
        rule="company fact",
        verb="be",
        verb_class="fact",
        start=0,
        end=0,
        way="around",
        subject=subject,
    )
