"""What a draft of claims from an article says, as types.

Shared by the stage that reads the article (oust.draft) and by the report that shows the draft.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.data.ledger import Basis, ClaimKind, SpeakerKind

Role = Literal["headline", "byline", "caption", "body", "turn", "residue"]
"""What a paragraph is: `turn` is one of a transcript, `residue` belongs to the page."""


class Span(Struct, frozen=True):
    """From character `start` up to, not including, `end` of the article's text."""

    start: int
    end: int


class Paragraph(Struct, frozen=True, omit_defaults=True):
    """One paragraph and what it is taken for."""

    span: Span
    role: Role
    why: str = ""  # of those set aside: the reason


class Article(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A text, and what is known of it. What the user tells goes before what the page says."""

    text: str
    name: str = ""  # of the file
    title: str = ""
    outlet: str = ""
    author: str = ""
    date: str = ""  # ISO
    url: str = ""
    sha256: str = ""  # of the file
    from_html: bool = False  # `text` was taken out of a page: spans count in it, not in the file


class Who(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A speaker as the article describes him, her, it or them."""

    name: str
    kind: SpeakerKind
    role: str = ""
    of: str = ""  # name of whom the speaker belongs to or speaks for
    population: str = ""
    number: str = ""
    outlet: str = ""  # to whom unnamed ones spoke


class Proposal(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One claim that the rules found, waiting for a person to confirm it."""

    id: str
    kind: ClaimKind
    text: str  # what is asserted: the words of the span without the attribution
    places: tuple[Span, ...]  # most complete first; the others repeat it
    line: int  # of the first place, from 1
    by: tuple[Who, ...] = ()  # empty: the article does not say who
    through: tuple[Who, ...] = ()  # nearest the origin first
    basis: Basis = "none-given"
    basis_note: str = ""
    date: str = ""
    denies: tuple[str, ...] = ()  # ids of proposals
    why: tuple[str, ...] = ()  # the rules that fired


class Draft(Struct, frozen=True):
    """What was made of an article."""

    article: Article
    proposals: tuple[Proposal, ...]
    paragraphs: tuple[Paragraph, ...]
