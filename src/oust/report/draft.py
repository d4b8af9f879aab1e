"""Claims proposed from an article, for somebody who confirms or corrects them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any

import msgspec

from oust.drafted import Article, Draft, Paragraph, Proposal, Who
from oust.report.words import clip, plural, safe

WIDTH = 100
_LABEL = 9

BASES = {
    "own-knowledge": "own knowledge",
    "people": "what people said",
    "document": "a document that is not public",
    "record": "a public record",
    "expertise": "professional judgment",
    "none-given": "none is given",
}


def lines(draft: Draft) -> Iterator[str]:
    """At most WIDTH characters each."""
    yield from _head(draft)
    for one in draft.proposals:
        yield from _proposal(one, draft.article)
        yield ""
    if not draft.proposals:
        told = (
            "No claim was found: nothing in this text is attributed, and no official act is told."
        )
        yield from _wrapped(told, " ")
    yield from _aside(draft)
    yield from _wrapped(
        "Proposed by rules, and confirmed by nobody: compare each with the article. Unattributed "
        "assertions, irony and pictures are not seen.",
        " ",
    )


def _head(draft: Draft) -> Iterator[str]:
    article = draft.article
    title = f"Claims proposed from {clip(article.title or article.name or 'the text', 60)}"
    right = plural(len(draft.proposals), "proposal")
    yield f" {title}{right:>{max(WIDTH - 2 - len(title), len(right) + 2)}}"
    told = [article.outlet, article.author, article.date]
    if any(told):
        yield f" {clip(' · '.join(part for part in told if part), WIDTH - 2)}"
    yield " " + "─" * (WIDTH - 2)


def _proposal(one: Proposal, article: Article) -> Iterator[str]:
    first = one.places[0]
    right = f"line {one.line}, characters {first.start}–{first.end}"
    left = f" {clip(one.id, 40)}  {one.kind}"
    yield f"{left}{right:>{WIDTH - len(left)}}"
    quote = " ".join(article.text[first.start : first.end].split())
    yield from _wrapped(clip(quote, 600), "   | ")
    yield from _row("by", "; ".join(map(speaker, one.by)) or "nobody is named")
    if one.through:
        yield from _row("through", ", then ".join(who.name for who in one.through))
    note = f": {one.basis_note}" if one.basis_note else ""
    yield from _row("basis", BASES[one.basis] + note)
    if one.date:
        yield from _row("said", one.date)
    if one.denies:
        yield from _row("denies", ", ".join(one.denies))
    if len(one.places) > 1:
        also = (f"{place.start}–{place.end}" for place in one.places[1:])
        yield from _row("also at", "characters " + ", ".join(also))
    yield from _row("why", "; ".join(one.why))


def speaker(who: Who) -> str:
    """`three officials (unnamed, 3, to BuzzFeed)`, `Jane Roe (chief executive, of Marlin)`."""
    told = [
        "unnamed" if who.kind == "unnamed" else "outlet" if who.kind == "outlet" else "",
        who.number if who.kind == "unnamed" else "",
        who.role,
        f"of {who.of}" if who.of and who.of not in who.role else "",
        f"to {who.outlet}" if who.outlet else "",
    ]
    words = ", ".join(part for part in told if part)
    return f"{who.name} ({words})" if words else who.name


def _aside(draft: Draft) -> Iterator[str]:
    """What was not read as part of the article, with the reason."""
    aside = [one for one in draft.paragraphs if one.role == "residue"]
    if not aside:
        return
    yield f" Set aside: {plural(len(aside), 'paragraph')}"
    for one in aside[:12]:
        line, words = _line(draft.article.text, one), clip(_text(draft, one), 50)
        yield f"   line {line:<5} {words:<50} {one.why}"
    if len(aside) > 12:
        yield f"   and {len(aside) - 12} more"


def _text(draft: Draft, one: Paragraph) -> str:
    return draft.article.text[one.span.start : one.span.end]


def _line(text: str, one: Paragraph) -> int:
    return text.count("\n", 0, one.span.start) + 1


def _row(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"   {label:<{_LABEL}} ", " " * (_LABEL + 4))


def _wrapped(text: str, first: str, rest: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest or first,
        break_on_hyphens=False,
    )


def as_object(draft: Draft) -> dict[str, Any]:
    """The draft as JSON has it: the article, proposals with quotes, and what was set aside."""
    article = draft.article
    told = {
        name: getattr(article, name) or None
        for name in ("name", "title", "outlet", "author", "date", "url", "sha256")
    }
    return {
        "article": told | {"from_html": article.from_html, "characters": len(article.text)},
        "proposals": [_as_proposal(one, article) for one in draft.proposals],
        "set_aside": [
            {
                "line": _line(article.text, one),
                "start": one.span.start,
                "end": one.span.end,
                "text": _text(draft, one),
                "why": one.why,
            }
            for one in draft.paragraphs
            if one.role == "residue"
        ],
    }


def _as_proposal(one: Proposal, article: Article) -> dict[str, Any]:
    return {
        "id": one.id,
        "draft": True,
        "kind": one.kind,
        "text": one.text,
        "line": one.line,
        "places": [
            {"start": place.start, "end": place.end, "quote": article.text[place.start : place.end]}
            for place in one.places
        ],
        "by": [msgspec.to_builtins(who) for who in one.by],
        "through": [msgspec.to_builtins(who) for who in one.through],
        "basis": one.basis,
        "basis_note": one.basis_note or None,
        "date": one.date or None,
        "denies": list(one.denies),
        "why": list(one.why),
    }


def as_json(draft: Draft) -> str:
    """The same as text."""
    return json.dumps(as_object(draft), indent=1, ensure_ascii=False) + "\n"
