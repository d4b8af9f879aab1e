"""What of a dossier is looked for in words: vendor words, names, products, confusions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from oust.data.dossier import Dossier, NotEvidence
from oust.identify.everyday import everyday
from oust.party_names import core
from oust.text import CJK, fold, words

TermKind = Literal[
    "word",  # the vendor's distinctive word
    "short",  # such a word of three letters: needs context
    "spelling",  # misspelling listed by the dossier
    "name",  # whole name of the vendor or of a company of its group
    "product",  # product name with the vendor's word in it
    "alone",  # distinctive product name without it
    "vague",  # product name that is also something else: counts with context only
    "weak",  # value the dossier calls weak, or product name that is not distinctive
]
SHORT = 3  # letters
LONG_ENOUGH = 6  # letters from which a word is found at the beginning of a longer one

_LATIN = dict(
    zip(
        "абвгґдеєжзиіклмнопрстуфхцчшщъыьэюя",
        "a b v g g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch . y . e yu ya".split(),
        strict=True,
    )
)


class Term(Struct, frozen=True):
    """A sequence of folded words that is looked for."""

    vendor: str
    kind: TermKind
    tokens: tuple[str, ...]
    identifier: str
    why: str = ""


class Stem(Struct, frozen=True):
    """The unchanging part of the vendor's word in another script: касперск-."""

    vendor: str
    text: str
    identifier: str


class Confusion(Struct, frozen=True):
    """One pattern of `not_evidence`, as words; `open_start` and `open_end`: it may continue."""

    vendor: str
    tokens: tuple[str, ...]
    open_start: bool
    open_end: bool
    fields: tuple[str, ...]
    why: str
    near_name: bool  # holds or resembles the vendor's word, so that it deserves a mention itself


def vendor_words(dossier: Dossier) -> tuple[str, ...]:
    """The vendor's distinctive words, folded, in Latin and other alphabets."""
    return tuple(dict.fromkeys(fold(word) for word in dossier.word))


def terms_of(dossier: Dossier) -> list[Term]:
    """Every term of `dossier`, each word sequence once, the strongest reading first."""
    found: dict[tuple[str, ...], Term] = {}
    for term in (*_words(dossier), *_names(dossier), *_products(dossier)):
        if term.tokens and term.tokens not in found:
            found[term.tokens] = term
    return list(found.values())


def _words(dossier: Dossier) -> Iterator[Term]:
    for word in dossier.word:
        kind: TermKind = "short" if len(word) <= SHORT and not CJK.search(word) else "word"
        yield Term(dossier.id, kind, words(word), f"word:{word}")
    own = dossier.word[0] if dossier.word else dossier.vendor
    known = vendor_words(dossier)
    for spelling in dossier.misspellings:
        joined = "".join(words(spelling))
        if any(word == joined or (len(word) >= LONG_ENOUGH and word in joined) for word in known):
            continue  # "kaspersky's" holds the word itself, "d.j.i." and "byte dance" spell it out
        yield Term(dossier.id, "spelling", words(spelling), f"word:{own}", "listed misspelling")


def _names(dossier: Dossier) -> Iterator[Term]:
    known = vendor_words(dossier)
    for name in dossier.names:
        for value in (name.value, *name.aliases):
            short = core(value)
            spoken = short if any(word in known for word in short) or CJK.search(value) else None
            tokens = spoken or words(value)
            kind: TermKind = "weak" if _faint(name.strength, tokens) else "name"
            yield Term(dossier.id, kind, tokens, f"name:{value}", name.why)


def _products(dossier: Dossier) -> Iterator[Term]:
    known = vendor_words(dossier)
    for product in dossier.products:
        for value in (product.value, *product.aliases):
            for tokens in dict.fromkeys((words(value), words(value.replace("-", "")))):
                kind = _product_kind(tokens, known, product.strength, product.distinctive)
                yield Term(dossier.id, kind, tokens, f"product:{value}", product.why)


def _product_kind(
    tokens: tuple[str, ...], known: tuple[str, ...], grade: str, distinctive: bool
) -> TermKind:
    if any(word in known for word in tokens):
        return "product"
    if grade == "weak" or _faint(grade, tokens):
        return "weak"
    return "alone" if distinctive else "vague"


def _faint(grade: str, tokens: tuple[str, ...]) -> bool:
    """Whether words say too little: graded weak, or nothing but everyday or tiny words."""
    return grade == "weak" or all(everyday(token) and token.isascii() for token in tokens)


def misspellable(term: Term) -> bool:
    """Whether misspellings of `term` are looked for: one distinctive word, written as one."""
    joined = term.identifier.partition(":")[2]
    whole = term.kind in ("word", "short") or (term.kind == "alone" and joined.isalnum())
    return whole and len(term.tokens) == 1


def stems_of(dossier: Dossier) -> list[Stem]:
    """Inflected forms of the vendor's word in Cyrillic names, by their common beginning."""
    known = [word for word in vendor_words(dossier) if word.isascii() and len(word) > 5]
    stems: dict[str, Stem] = {}
    for name in dossier.names:
        for token in words(name.value):
            if any(_sounds_like(token, word) for word in known):
                stem = token[: len(token) - 3]
                stems[stem] = Stem(dossier.id, stem, f"name:{name.value}")
    return list(stems.values())


@lru_cache(maxsize=4096)
def _sounds_like(token: str, word: str) -> bool:
    latin = "".join(_LATIN.get(letter, letter) for letter in token)
    return not token.isascii() and latin.isascii() and latin[: len(word) - 1] == word[:-1]


def confusions_of(dossier: Dossier) -> list[Confusion]:
    """The `not_evidence` patterns of `dossier`."""
    return [
        confusion
        for fact in dossier.not_evidence
        for pattern in fact.patterns
        if (confusion := _confusion(dossier, fact, pattern)).tokens
    ]


def _confusion(dossier: Dossier, fact: NotEvidence, pattern: str) -> Confusion:
    inner = pattern.strip("*")
    tokens = words(inner)
    joined = "".join(tokens)
    return Confusion(
        dossier.id,
        tokens,
        pattern.startswith("*") and inner[:1].isalnum(),
        pattern.endswith("*") and inner[-1:].isalnum(),
        fact.fields,
        fact.why or fact.value,
        "*" not in inner and any(word in joined for word in vendor_words(dossier)),
    )
