"""Claims proposed from the text of an article: who says what, through whom, on what basis.

Rules and word lists, no model: the same text gives the same draft. What the rules are and what
they cannot do: docs/claims-draft.md.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from oust.draft import layout, merge, reader
from oust.draft.article import read
from oust.draft.found import Found
from oust.draft.ledger import as_yaml, ledger, prefix
from oust.drafted import Article, Draft, Paragraph, Proposal

__all__ = ["as_yaml", "draft", "ledger", "read"]


def draft(article: Article) -> Draft:
    """Proposals in the order of the text.

    Title, author and date are taken from the article where they are not given.
    """
    paragraphs = layout.paragraphs(article.text)
    article = _told(article, paragraphs)
    read_through = reader.Reader(article, paragraphs)
    found = read_through.read()
    pairs = merge.merged(found, article.text, paragraphs)
    order = [one for one, _ in pairs]
    start = prefix(article)
    ids = [f"{start}-{n}" for n in range(1, len(order) + 1)]
    proposals = []
    for n, (one, rest) in enumerate(pairs):
        denies = tuple(ids[i] for i in merge.denied(order, n, article.text[one.start : one.end]))
        proposals.append(_proposal(ids[n], one, rest, denies, article.text))
    return Draft(article, tuple(proposals), (*paragraphs, *read_through.skipped))


def _told(article: Article, paragraphs: list[Paragraph]) -> Article:
    """Title, author and date as the page gives them, where the user gave none."""
    texts = {
        role: [
            article.text[one.span.start : one.span.end] for one in paragraphs if one.role == role
        ]
        for role in ("headline", "byline")
    }
    lines = texts["byline"]
    return replace(
        article,
        title=article.title or " ".join("".join(texts["headline"][:1]).split()),
        author=article.author or next(filter(None, map(layout.author_of, lines)), ""),
        date=article.date or next(filter(None, map(layout.date_of, lines)), ""),
    )


def _proposal(
    name: str, one: Found, rest: list[Found], denies: tuple[str, ...], text: str
) -> Proposal:
    words = _joined([_asserted(" ".join(text[p.start : p.end].split())) for p in one.pieces])
    why = (*one.why, *(f"said again in the {other.role}" for other in rest))
    return Proposal(
        id=name,
        kind=one.kind,
        text=words,
        places=merge.places(one, rest),
        line=text.count("\n", 0, one.start) + 1,
        by=one.by,
        through=one.through,
        basis=one.basis,
        basis_note=one.note,
        date=one.date,
        denies=denies,
        why=tuple(dict.fromkeys(why)),
    )


def _joined(pieces: list[str]) -> str:
    """The pieces of an assertion as one text; a quotation cut by `he said,` was a sentence."""
    joined = ""
    for piece in pieces:
        ends = joined.endswith((".", "?", "!", "”", '"', ",")) or not piece[:1].isupper()
        joined += ("" if not joined else " " if ends else ". ") + piece
    return joined


def _asserted(words: str) -> str:
    """The words of an assertion, without marks that stand around all of it."""
    bare = words.strip(" ,;")
    if re.fullmatch(r"[“\"][^“”\"]*[”\"]|‘.*’|'.*'", bare):
        bare = bare[1:-1].rstrip(",")
    return bare
