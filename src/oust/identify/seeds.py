"""Literals that must occur, in lower case, wherever a dossier's value can be met.

They make the cheap first pass: a text without any of them holds nothing that is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from oust.data.dossier import Dossier, Identifier
from oust.data.kinds import IDENTIFIER_KINDS, purl_beginnings
from oust.identify.everyday import everyday
from oust.identify.partyfields import Parties
from oust.identify.places import Fact
from oust.identify.spelling import SPLIT_MARKS, literals, shortest, splits
from oust.identify.terms import (
    Term,
    confusions_of,
    misspellable,
    stems_of,
    terms_of,
    vendor_words,
)
from oust.needles import prefix_texts
from oust.party_names import NEUTRAL
from oust.text import words

_PURL_END = re.compile(r"[/*]+$")
_CLASS = re.compile(r"\[[^\]]*\]|\\[a-zA-Z]|\([^)]*\)[?*]?|.[?*]")
_RUN = re.compile(r"[a-z0-9_-]{3,}", re.I)
_GAPS = ("", " ", "-", ".", ". ", "_", "/", ", ", "\n", "  ", " & ", " (", ") ", " - ")
_NUMBERS = ("uei", "cage", "duns", "lei", "registration_number")


class Seeds(Struct, frozen=True):
    """`items`: for things with typed fields. `rows`: for raw rows of bulk files.

    `network`: for rows of network logs, beside those of `rows`.
    """

    items: tuple[str, ...]
    rows: tuple[str, ...]
    network: tuple[str, ...]


def seeds_of(
    dossiers: Sequence[Dossier], facts: Iterable[tuple[Fact, Identifier]], parties: Parties
) -> Seeds:
    """The seeds of `dossiers`."""
    spoken = _all_spoken(dossiers, parties)
    items, rows, network = set(spoken), set(spoken), set()
    for fact, identifier in facts:
        items |= set(_typed(fact, identifier))
        network |= set(_logged(fact, identifier))
        if fact.kind in _NUMBERS:
            rows.add(fact.value.lower())
    for dossier in dossiers:
        for embedding in dossier.embeddings:
            named = (embedding.licensee, *embedding.names)
            rows |= {seed for name in named for seed in sequence_seeds(words(name))}
    return Seeds(reduced(items), reduced(rows), reduced(rows | network))


def item_seeds(
    dossiers: Sequence[Dossier], facts: Iterable[tuple[Fact, Identifier]], parties: Parties
) -> tuple[str, ...]:
    """Those of things alone, where no bulk file is read."""
    found = _all_spoken(dossiers, parties)
    for fact, identifier in facts:
        found |= set(_typed(fact, identifier))
    return reduced(found)


def _all_spoken(dossiers: Sequence[Dossier], parties: Parties) -> set[str]:
    known = tuple(word for dossier in dossiers for word in vendor_words(dossier))
    spoken = {seed for dossier in dossiers for seed in _spoken(dossier)}
    for key in parties.seeds():
        spoken |= sequence_seeds(key, known)
    return spoken


def _spoken(dossier: Dossier) -> Iterator[str]:
    known = vendor_words(dossier)
    for term in terms_of(dossier):
        yield from term_seeds(term, known)
    for stem in stems_of(dossier):
        yield from any_case(stem.text[:-1])  # what all inflections and Ukrainian share
    for pattern in confusions_of(dossier):
        if pattern.near_name:
            yield from sequence_seeds(pattern.tokens, known)


def term_seeds(term: Term, known: tuple[str, ...] = ()) -> set[str]:
    """Literals for one term, with those of its misspellings."""
    if misspellable(term) and term.tokens[0].isascii():
        return literals(term.tokens[0])
    if term.kind == "spelling" and len(term.tokens) == 1 and term.tokens[0].isascii():
        pairs = splits(term.tokens[0])
        return {term.tokens[0], *(a + mark + b for a, b in pairs for mark in SPLIT_MARKS)}
    return sequence_seeds(term.tokens, known)


def sequence_seeds(tokens: tuple[str, ...], known: tuple[str, ...] = ()) -> set[str]:
    """Literals for words that follow each other: the rarest; the first two if none is rare."""
    held = [word for word in known if any(word in token for token in tokens)]
    if held:
        return any_case(max(held, key=len))
    rare = [word for word in tokens if not everyday(word) and word not in NEUTRAL]
    if rare:
        return any_case(max(rare, key=lambda word: (len(word), word)))
    return {form for gap in _GAPS for form in any_case(gap.join(tokens[:2]))}


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
            for beginning in purl_beginnings(fact.kind, fact.value):
                short = _PURL_END.sub("", beginning.lower()).removeprefix("pkg:")
                yield from (short, short.replace("%40", "@"), _encoded(short))
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


_LOGGED = frozenset(
    (
        *("ids:domain", "ids:ip", "ids:mime", "ids:user-agent", "ids:sha256", "ids:process"),
        *("urls", "urls:host", "urls:path", "urls:last", "path:last"),
    )
)
"""Places that rows of network logs fill, whose values stand there as the dossier writes them."""


def _logged(fact: Fact, identifier: Identifier) -> Iterator[str]:
    """Literals of one identifier value as logs of networks write it."""
    kind = IDENTIFIER_KINDS[fact.kind]
    value = fact.value.lower().rstrip("*")
    compare = identifier.match or kind.compare
    if compare == "cidr":
        yield from prefix_texts(value)
    elif compare == "mac":
        pairs = [value[at : at + 2] for at in range(0, len(value), 2)]
        yield from (mark.join(pairs) for mark in (":", "-"))
        yield ".".join(value[at : at + 4] for at in range(0, len(value), 4))
    elif kind.places == ("ids:asn",):
        yield value.removeprefix("as")
    elif not _LOGGED.isdisjoint(kind.places):
        if compare == "regex":
            yield from _regex_run(fact.value)
        else:
            yield value.strip("{}/")


def _encoded(purl: str) -> str:
    """The same beginning as tools write it that encode the slashes of a namespace."""
    kind, _, rest = purl.partition("/")
    return f"{kind}/{rest.replace('/', '%2f')}"


def _regex_run(pattern: str) -> Iterator[str]:
    """The longest literal run of a regular expression."""
    runs = _RUN.findall(_CLASS.sub(" ", pattern.replace("\\.", " ").replace("\\-", "-")))
    if runs:
        yield max(runs, key=len).lower()


def reduced(found: Iterable[str]) -> tuple[str, ...]:
    """Without empty ones and without those that hold another one, in order."""
    return tuple(sorted(shortest({text for text in found if text})))
