"""Misspellings: which are accepted, and literals without which none of them can occur.

Edits are insertion, omission, another letter, or two neighbours swapped (optimal string
alignment distance). One edit in words of seven letters and more; two in words of ten and more,
if the first five letters are right; in words of five and six letters only a swap, a doubled
letter or, in words of six, an omission or another vowel, and only with context. A word may be
split in two, or spaced out letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import ahocorasick_rs
from rapidfuzz.distance import OSA

from oust.identify.everyday import EVERYDAY

LONG, VERY_LONG, SHORTEST = 7, 10, 5
_INTACT = 5  # first letters that are right in a word with two edits
_FILLERS = "abcdefghijklmnopqrstuvwxyz0123456789-. "
_VOWELS = "aeiouy"
SPLIT_MARKS = (" ", "-", "_", ".", "/", "\n", "  ", "\r\n")


SPACERS = (" ", ".", ". ", "-", "_", "  ", "/")
"""What stands between letters that are written one by one: H U A W E I, Z.T.E."""


@lru_cache(maxsize=65_536)
def misspells(token: str, word: str) -> bool:
    """Whether `token` is an accepted misspelling of the long `word`; not if it is the word."""
    if len(word) < LONG or token == word or token in EVERYDAY:
        return False
    allowed = 2 if len(word) >= VERY_LONG else 1
    if abs(len(token) - len(word)) > allowed or not token.isalnum():
        return False
    edits = OSA.distance(token, word, score_cutoff=allowed)
    if edits == 1:
        return True
    return edits <= allowed and token[:_INTACT] == word[:_INTACT]


@lru_cache(maxsize=1024)
def near_forms(word: str) -> frozenset[str]:
    """Misspellings of a word of five or six letters that count, if context supports them."""
    if not SHORTEST <= len(word) < LONG:
        return frozenset()
    forms = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    forms |= {word[:i] + word[i] + word[i:] for i in range(len(word))}
    if len(word) == LONG - 1:
        forms |= {word[:i] + word[i + 1 :] for i in range(len(word))}
        vowels = [i for i, letter in enumerate(word) if letter in _VOWELS]
        forms |= {word[:i] + other + word[i + 1 :] for i in vowels for other in _VOWELS}
    return frozenset(forms - {word} - EVERYDAY)


def splits(word: str) -> list[tuple[str, str]]:
    """The ways in which a long word may be written as two."""
    if len(word) < LONG - 1:
        return []
    return [(word[:i], word[i:]) for i in range(3, len(word) - 2)]


def literals(word: str) -> set[str]:
    """Lower-case strings one of which occurs in every text that holds `word` or a misspelling."""
    found = {word, *near_forms(word)}
    found |= {a + mark + b for a, b in splits(word) for mark in SPLIT_MARKS}
    found |= {mark.join(word) for mark in SPACERS}
    if len(word) >= LONG:
        for i in range(len(word) + 1):
            found |= set(_edited_at(word, i))
    if len(word) >= VERY_LONG:
        found.add(word[:_INTACT])
    return shortest(found)


def shortest(found: set[str]) -> set[str]:
    """Without those that hold another one. None may be empty."""
    wanted = sorted(found)
    automaton = ahocorasick_rs.AhoCorasick(wanted)
    return {
        text
        for number, text in enumerate(wanted)
        if all(
            hit == number for hit, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)
        )
    }


def _edited_at(word: str, i: int) -> Iterator[str]:
    """Literals that cover every single edit at position `i`."""
    yield from _cover(word[:i], word[i:], _FILLERS)
    if i < len(word):
        yield from _cover(word[:i], word[i + 1 :], ("", *_FILLERS))
    if i + 1 < len(word):
        yield from _cover(word[:i], word[i + 2 :], (word[i + 1] + word[i],))


def _cover(left: str, right: str, between: str | tuple[str, ...]) -> Iterator[str]:
    """One end that stays intact, if it is rare; else each whole spelling."""
    intact = max(left, right, key=len)
    if len(intact) >= 4 and not _common(intact):
        yield intact
    else:
        yield from (left + letter + right for letter in between)


@lru_cache(maxsize=4096)
def _common(piece: str) -> bool:
    return any(piece in word for word in EVERYDAY)
