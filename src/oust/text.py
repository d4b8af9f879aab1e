"""Text as comparable tokens, each knowing where it stands in the original."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

_TOKEN = re.compile(r"[^\W_]+")
_HARD_STOP = re.compile(r"[;!?•|]|\.(?=\s)|\n\s*\n|\s--?\s|\s[–—]\s")
_ABBREVIATIONS = frozenset(
    "sec no nos inc corp co ltd dr mr mrs ms prof st ave jr sr dept gov fig art op adv".split()
)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Token(Struct, frozen=True):
    """One word: folded text and its span in the original, in characters."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """`word` in one case, one width and without diacritics."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFKC", "".join(c for c in parts if not unicodedata.combining(c)))


def tokens(text: str) -> list[Token]:
    """The words and numbers of `text` in order; punctuation and underscores separate them."""
    return [Token(fold(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def words(text: str) -> tuple[str, ...]:
    """The folded words of `text` alone."""
    return tuple(fold(word) for word in _TOKEN.findall(text))


def stops(text: str, found: list[Token]) -> list[int]:
    """For each token, the number of the sentence it stands in.

    A full stop ends a sentence only before white space and not after an initial or a usual
    abbreviation; a single line break does not, since descriptions are wrapped anywhere.
    """
    numbers: list[int] = []
    sentence = 0
    for i, token in enumerate(found):
        if i and _ends(text[found[i - 1].end : token.start], found[i - 1].text):
            sentence += 1
        numbers.append(sentence)
    return numbers


def _ends(gap: str, before: str) -> bool:
    match = _HARD_STOP.search(gap)
    if not match:
        return False
    initial = len(before) == 1 and before.isalpha()
    return not (match[0] == "." and (before in _ABBREVIATIONS or initial))
