"""Literals that must occur, in lower case, wherever a dossier's value can be met.

They make the cheap first pass: a text without any of them holds nothing that is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from oust.data.dossier import Dossier, Identifier
from oust.data.kinds import IDENTIFIER_KINDS
from oust.identify.everyday import everyday
from oust.identify.partyfields import Parties
from oust.identify.places import Fact
from oust.identify.spelling import literals
from oust.identify.terms import Term, confusions_of, stems_of, terms_of

_PURL_END = re.compile(r"[/*]+$")
_CLASS = re.compile(r"\[[^\]]*\]|\\[a-zA-Z]|\([^)]*\)[?*]?|.[?*]")
_RUN = re.compile(r"[a-z0-9_-]{3,}", re.I)
_NUMBERS = ("uei", "cage", "duns", "lei", "registration_number")


class Seeds(Struct, frozen=True):
    """`items`: for things with typed fields. `rows`: for raw rows of bulk files."""

    items: tuple[str, ...]
    rows: tuple[str, ...]


def seeds_of(
    dossiers: Sequence[Dossier], facts: Iterable[tuple[Fact, Identifier]], parties: Parties
) -> Seeds:
    """The seeds of `dossiers`."""
    spoken: set[str] = set()
    for dossier in dossiers:
        spoken |= set(_spoken(dossier))
    for key in parties.seeds():
        spoken |= any_case(rarest(key))
    items, rows = set(spoken), set(spoken)
    for fact, identifier in facts:
        items |= set(_typed(fact, identifier))
        if fact.kind in _NUMBERS:
            rows.add(fact.value.lower())
    for dossier in dossiers:
        for embedding in dossier.embeddings:
            named = (embedding.licensee, *embedding.names)
            rows |= {rarest(tuple(name.lower().split())) for name in named}
    return Seeds(reduced(items), reduced(rows))


def _spoken(dossier: Dossier) -> Iterator[str]:
    for term in terms_of(dossier):
        yield from term_seeds(term)
    for stem in stems_of(dossier):
        yield from any_case(stem.text)
    for pattern in confusions_of(dossier):
        if pattern.near_name:
            yield from any_case(rarest(pattern.tokens))


def term_seeds(term: Term) -> set[str]:
    """Literals for one term, with those of its misspellings."""
    if len(term.tokens) == 1 and term.kind in ("word", "alone") and term.tokens[0].isascii():
        return literals(term.tokens[0])
    return any_case(rarest(term.tokens))


def rarest(tokens: tuple[str, ...]) -> str:
    """The word that says most: not everyday, then longest."""
    return max(tokens, key=lambda word: (not everyday(word), len(word), word), default="")


def any_case(text: str) -> set[str]:
    """`text` as the first pass may meet it: only ASCII letters are put in lower case there."""
    if text.isascii():
        return {text}
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    return {text, text.upper(), text.capitalize(), wide}


def _typed(fact: Fact, identifier: Identifier) -> Iterator[str]:
    """Literals of one identifier value in the places where its kind is compared."""
    kind = IDENTIFIER_KINDS[fact.kind]
    value = fact.value.lower().rstrip("*")
    compare = identifier.match or kind.compare
    for place in kind.places:
        if place == "purl":
            yield _PURL_END.sub("", value).replace("%40", "@").rpartition("/")[2].lstrip("@")
            if fact.kind == "purl_prefix":
                yield _PURL_END.sub("", value).rpartition("/")[2].rpartition("@")[0] or value
            yield value.replace("_", "-").replace(".", "-") if "pypi" in fact.kind else value
        elif compare == "regex":
            yield from _regex_run(fact.value)
        elif compare == "cpe-vendor":
            yield f":{value}:"
        elif compare == "folder":
            yield value.replace("/", "\\").rpartition("\\")[2]
        elif compare == "cidr":
            yield "ip:"
        elif place.startswith("ids:") and compare != "suffix":
            yield f"{place.removeprefix('ids:')}:{value}"
        else:
            yield value


def _regex_run(pattern: str) -> Iterator[str]:
    """The longest literal run of a regular expression."""
    runs = _RUN.findall(_CLASS.sub(" ", pattern.replace("\\.", " ").replace("\\-", "-")))
    if runs:
        yield max(runs, key=len).lower()


def reduced(found: Iterable[str]) -> tuple[str, ...]:
    """Without empty ones and without those that hold another one, in order."""
    wanted = {text for text in found if text}
    lengths = sorted({len(text) for text in wanted})
    kept = {
        text
        for text in wanted
        if not any(
            text[i : i + n] in wanted
            for n in lengths
            if n < len(text)
            for i in range(len(text) - n + 1)
        )
    }
    return tuple(sorted(kept))
