"""An assertion as first read, and what is known of whoever makes it."""

from __future__ import annotations

from msgspec import Struct

from oust.data.ledger import Basis, ClaimKind
from oust.drafted import Role, Span, Who


class Found(Struct, kw_only=True):
    """One assertion, as first read."""

    start: int
    end: int
    sentence: Span
    pieces: list[Span]  # the assertion's own words, without the attribution
    role: Role
    paragraph: int
    by: tuple[Who, ...] = ()
    through: tuple[Who, ...] = ()
    basis: Basis = "none-given"
    note: str = ""
    kind: ClaimKind = "claim"
    date: str = ""
    direct: bool = False
    verb_class: str = ""
    why: list[str]


class Attribution(Struct, kw_only=True):
    """What a cue says of its assertion, resolved."""

    by: Who | None
    through: tuple[Who, ...]
    paper: str = ""
    sources: bool = False
    note: str = ""
    why: list[str]


def again(told: Attribution, rule: str) -> Attribution:
    """The same attribution, found by a further rule."""
    return Attribution(
        by=told.by,
        through=told.through,
        paper=told.paper,
        sources=told.sources,
        note=told.note,
        why=[*told.why, rule],
    )


def inner(text: str, span: Span) -> Span:
    """A quotation without its marks."""
    start, end = span.start, span.end
    while start < end and text[start] in "“\"‘'«„ ":
        start += 1
    while end > start and text[end - 1] in "”\"’'»“ ":
        end -= 1
    return Span(start, end)


def tidy(text: str, span: Span) -> Span:
    """Without white space, commas and stray marks at the ends."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\r\n,;:—–":
        start += 1
    while end > start and text[end - 1] in " \t\r\n,;:—–":
        end -= 1
    return Span(start, end)
