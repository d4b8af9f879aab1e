"""What a ledger of claims holds, as types. The YAML read into them: docs/claims.md.

A *claim* is one assertion. It appears in *documents* (an article, a hearing, a court filing), is
made by *speakers*, and may derive from other claims: an outlet that repeats another outlet's
unnamed official asserts nothing of its own. The claims that derive from nothing are the roots;
`oust.weigh` counts them as *origins*. Ratings and readings are people's judgments, each with who
made it, when and why; oust never makes one up.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ClaimKind = Literal["claim", "denial", "record", "judgment"]
"""`claim`: an assertion. `denial`: asserts that others are untrue. `record`: what an official or
business record says, checkable by anybody. `judgment`: an opinion or assessment."""

Basis = Literal["own-knowledge", "people", "document", "record", "expertise", "none-given"]
"""On what the speaker rests it: own involvement, what people said (named or not), a document not
public, a public record, professional judgment, or nothing that was told."""

SpeakerKind = Literal["person", "organisation", "outlet", "unnamed"]

Reliability = Literal["A", "B", "C", "D", "E", "F"]
"""Of a source, by the Admiralty (NATO) scale: A completely reliable ... E unreliable, F cannot be
judged. F is no rank: it is null wherever a number is meant."""

Credibility = Literal["1", "2", "3", "4", "5", "6"]
"""Of a piece of information: 1 confirmed by independent sources, 2 probably true, 3 possibly true,
4 doubtful, 5 improbable, 6 cannot be judged (null, no rank)."""

Likelihood = Literal[
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
]
"""ICD 203 words of likelihood: 1-5, 5-20, 20-45, 45-55, 55-80, 80-95, 95-99 per cent."""

Confidence = Literal["low", "moderate", "high"]
"""In the basis of a judgment (ICD 203). Never stated in one sentence with a likelihood."""

Standing = Literal["standing", "corrected", "retracted"]

Consistency = Literal["consistent", "inconsistent", "irrelevant"]


class Grade(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A rating that somebody gave: reliability of a speaker or document, credibility of a claim."""

    grade: str  # a letter of Reliability, or a figure of Credibility
    by: str  # who rated
    date: str  # when
    why: str = ""


class Speaker(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who asserts."""

    id: str
    name: str  # of unnamed ones: the words that describe them, `three US intelligence officials`
    kind: SpeakerKind
    of: str = ""  # id of the speaker for whom this one speaks, or to whom he belongs
    role: str = ""  # position at the time
    population: str = ""  # of unnamed ones: among whom they are, `US intelligence officials`
    number: str = ""  # of unnamed ones: how many, `3` or `3-6`; empty: not told
    outlet: str = ""  # of unnamed ones: to whom they spoke
    interest: str = ""  # what the speaker stands to gain or lose by being believed
    aliases: tuple[str, ...] = ()
    reliability: tuple[Grade, ...] = ()  # oldest first; the last one counts
    standing: Standing = "standing"  # retracted: nothing this speaker said counts any more
    standing_date: str = ""
    standing_why: str = ""
    note: str = ""


class Document(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Where claims are read: an article, statement, hearing, record, e-mail."""

    id: str
    title: str
    outlet: str = ""  # publisher
    author: str = ""
    date: str = ""  # ISO as far as known
    url: str = ""
    sha256: str = ""  # of the file read, where there is one
    seen: bool = True  # false: known from another document alone
    reliability: tuple[Grade, ...] = ()
    standing: Standing = "standing"
    standing_date: str = ""
    standing_why: str = ""  # what was corrected or retracted, and where that was said
    note: str = ""


class Appearance(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One place at which a claim is printed or spoken."""

    document: str
    quote: str = ""  # the words, as printed
    start: int = -1  # span in the document's text, in characters; -1 where not known
    end: int = -1


class Claim(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One assertion, by whom, on what basis, and whence."""

    id: str
    kind: ClaimKind
    text: str  # what is asserted, in the words of whoever keeps the ledger
    by: tuple[str, ...] = ()  # ids of speakers who assert it
    through: tuple[str, ...] = ()  # outlets or speakers that pass it on, nearest the origin first
    basis: Basis = "none-given"
    basis_note: str = ""  # as the document describes it
    date: str = ""  # when it was asserted, as far as known
    about: tuple[str, ...] = ()  # ids of vendors, or of anything else the reader sorts by
    seen_in: tuple[Appearance, ...] = ()
    derives: tuple[str, ...] = ()  # claims from which this one was taken
    possibly_from: tuple[str, ...] = ()  # claims that may share its source: makes a range
    denies: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()  # claims that this one, checked on its own, bears out
    contradicts: tuple[str, ...] = ()
    credibility: tuple[Grade, ...] = ()  # oldest first; the last one counts
    likelihood: Literal[Likelihood, ""] = ""  # of a judgment
    confidence: Literal[Confidence, ""] = ""  # of a judgment
    rests_on: tuple[str, ...] = ()  # of a judgment: the claims from which it was made
    standing: Standing = "standing"
    standing_date: str = ""
    standing_why: str = ""
    draft: bool = False  # proposed by `oust claims draft`, not yet confirmed: counts for nothing
    note: str = ""


class Hypothesis(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One of several explanations that compete."""

    id: str
    text: str
    note: str = ""


class Reading(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody reads one claim against one hypothesis."""

    claim: str
    hypothesis: str
    reads: Consistency
    by: str
    date: str
    why: str = ""


class Apart(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Two unnamed speakers, or two claims, that are known not to share a source."""

    both: tuple[str, ...]
    why: str


class Ledger(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One file of claims. Ids are unique within a case, whatever the file."""

    id: str
    title: str
    note: str = ""
    speakers: tuple[Speaker, ...] = ()
    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    apart: tuple[Apart, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    readings: tuple[Reading, ...] = ()
