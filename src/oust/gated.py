"""What a gate answers, as types that its stage and its reports share."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from oust.model import Evidence, Exposure, Source, Verdict

AnswerWord = Literal["prohibited", "prohibited-from", "needs a look", "clear"]

GRAVEST: tuple[AnswerWord, ...] = get_args(AnswerWord)
"""Answers, gravest first."""


class Spot(Struct, frozen=True, omit_defaults=True):
    """Where the words stand."""

    evidence: Evidence
    context: str = ""  # the words seen with what stands around them
    line: int = 0  # of the file, from 1; 0 where it is not known
    file: str = ""  # its path from where the gate was called; empty for text given


class Known(Struct, frozen=True, omit_defaults=True):
    """The fact of a dossier by which the words were met."""

    kind: str
    value: str
    source: tuple[str, ...] = ()
    tier: str = ""
    since: str = ""
    note: str = ""


class Found(Struct, frozen=True, kw_only=True):
    """Something that comes from a vendor, or may."""

    id: str  # stable between runs: vendor, tier and thing, without version and place
    exposure: Exposure
    thing: str  # as read aloud
    vendor: str  # its name
    fact: Known
    spots: tuple[Spot, ...]
    doubts: tuple[str, ...] = ()  # why it may not be what it seems


class Ruling(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What rules say of one thing for one profile, the gravest of them."""

    profile: str
    word: AnswerWord
    since: str = ""
    verdict: Verdict | None = None  # the one that decides; none where no rule was asked
    rule: str = ""  # its name
    changes: tuple[str, ...] = ()  # what would change it


class Waiver(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An entry of a baseline."""

    finding: str
    by: str = ""
    why: str = ""
    until: str = ""
    answer: str = ""  # what the gate answered when it was written
    what: str = ""


class Told(Struct, frozen=True, omit_defaults=True):
    """A waiver, and why it counts for nothing; empty where it counts."""

    waiver: Waiver
    problem: str = ""


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A thing with its rulings; the gravest of the profiles decides."""

    found: Found
    word: AnswerWord
    since: str = ""
    rulings: tuple[Ruling, ...] = ()
    waived: Waiver | None = None


class Aside(Struct, frozen=True):
    """Words of a vendor that are no finding, with the reason."""

    vendor: str
    reason: str
    name: str
    spot: Spot


class Gated(Struct, frozen=True, kw_only=True):
    """The answer of a gate, and all that it rests on."""

    word: AnswerWord
    since: str
    day: str
    profiles: tuple[str, ...]
    findings: tuple[Finding, ...]
    asides: tuple[Aside, ...]
    told: tuple[Told, ...]  # waivers of the baseline
    sources: tuple[Source, ...]
    records: int
    vendors: tuple[str, ...]
    open: tuple[str, ...]  # why it needs a look although nothing was found there
    skipped: tuple[str, ...]  # what was passed by on purpose
