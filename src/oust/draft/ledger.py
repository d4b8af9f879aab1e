"""A draft as a ledger file that waits for confirmation: every claim has `draft: true`."""

from __future__ import annotations

import re
import unicodedata

import msgspec
import yaml

from oust.data.ledger import Appearance, Claim, Document, Ledger, Speaker
from oust.drafted import Article, Draft, Proposal, Who

_HEAD = """\
# Claims proposed by `oust claims draft` from {name}.
# Each is a draft and counts for nothing until a person has confirmed it: compare the quote with
# the article, correct what is wrong, say it in your own words, and remove `draft: true`.
"""


def slug(text: str) -> str:
    """Letters, digits and hyphens: `three-us-officials`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].rstrip("-")


def prefix(article: Article) -> str:
    """With what the ids begin, so that ledgers of several articles may lie in one case."""
    stem = article.name.rsplit(".", 1)[0]
    return slug(article.outlet)[:24].rstrip("-") or slug(stem)[:24].rstrip("-") or "article"


def ledger(draft: Draft) -> Ledger:
    """Speakers, the document and the claims, in the shapes of oust.data.ledger."""
    article = draft.article
    start = prefix(article)
    names = _Names(start)
    if article.outlet:
        names.id(Who(name=article.outlet, kind="outlet"))
    document = f"{start}-article"
    claims = tuple(_claim(one, names, document, article) for one in draft.proposals)
    return Ledger(
        id=f"draft-{start}",
        title=f"Draft from: {article.title or article.name or 'an article'}",
        note="Proposed by rules from one article; nothing in it has been confirmed yet.",
        speakers=tuple(names.speakers()),
        documents=(_document(article, document, names),),
        claims=claims,
    )


def as_yaml(draft: Draft) -> str:
    """The ledger as YAML text; it loads with the strict loader of ledgers."""
    data = msgspec.to_builtins(ledger(draft))
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=96)
    name = re.sub(r"[^ -~]", "?", draft.article.name or "an article")
    return _HEAD.format(name=name) + text


def _document(article: Article, name: str, names: _Names) -> Document:
    note = (
        "The spans count characters of the text taken out of the HTML page."
        if article.from_html
        else ""
    )
    return Document(
        id=name,
        title=article.title or article.name or "an article",
        author=article.author,
        outlet=names.id(Who(name=article.outlet, kind="outlet")) if article.outlet else "",
        date=article.date,
        url=article.url,
        sha256=article.sha256,
        note=note,
    )


def _claim(one: Proposal, names: _Names, document: str, article: Article) -> Claim:
    seen = tuple(
        Appearance(
            document=document,
            quote=article.text[place.start : place.end],
            start=place.start,
            end=place.end,
        )
        for place in one.places
    )
    return Claim(
        id=one.id,
        kind=one.kind,
        text=one.text,
        by=tuple(names.id(who) for who in one.by),
        through=tuple(names.id(who) for who in one.through),
        basis=one.basis,
        basis_note=one.basis_note,
        date=one.date,
        seen_in=seen,
        denies=one.denies,
        draft=True,
        note="found by: " + "; ".join(one.why),
    )


class _Names:
    """Ids of speakers, each given once."""

    def __init__(self, start: str) -> None:
        self._start = start
        self._ids: dict[tuple[str, str], str] = {}
        self._whos: dict[str, Who] = {}

    def id(self, who: Who) -> str:
        """The id of a speaker; a fuller description of the same one replaces a poorer."""
        kind = "" if who.kind in ("organisation", "outlet") else who.kind
        key = (kind, who.name.casefold())
        if key not in self._ids:
            base = f"{self._start}-{slug(who.name) or 'speaker'}"
            name, n = base, 2
            while (
                name in self._whos
                or name == f"{self._start}-article"
                or re.fullmatch(r".*-\d+", name)
            ):
                name, n = f"{base}-s{n}", n + 1
            self._ids[key] = name
            self._whos[name] = who
        name = self._ids[key]
        held = self._whos[name]
        if len(repr(who)) > len(repr(held)):
            self._whos[name] = who
        return name

    def speakers(self) -> list[Speaker]:
        """All of them, those to whom others belong included."""
        for who in list(self._whos.values()):
            if who.of:
                self.id(Who(name=who.of, kind="organisation"))
        return [self._speaker(name, who) for name, who in self._whos.items()]

    def _speaker(self, name: str, who: Who) -> Speaker:
        unnamed = who.kind == "unnamed"
        of = self.id(Who(name=who.of, kind="organisation")) if who.of else ""
        return Speaker(
            id=name,
            name=who.name,
            kind=who.kind,
            of=of if of != name else "",
            role=who.role,
            population=who.population if unnamed else "",
            number=who.number if unnamed else "",
            outlet=who.outlet if unnamed else "",
        )
