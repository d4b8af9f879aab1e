"""Finds the terms of all dossiers in one text, with misspellings, and says where they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from oust.identify.spelling import LONG, SPACERS, SPLIT_MARKS, misspells, near_forms, splits
from oust.identify.terms import Confusion, Stem, Term, TermKind, misspellable
from oust.text import CJK, Token, stops, tokens

_RANK: dict[TermKind, int] = {
    "product": 0,
    "name": 1,
    "word": 2,
    "spelling": 3,
    "short": 4,
    "alone": 5,
    "vague": 6,
    "weak": 7,
}


MAX_MET = 300
"""Terms followed up in one text; one that repeats a name more often says nothing new."""


class Found(Struct, frozen=True):
    """A term met in a text: tokens `first` up to, not including, `last`."""

    term: Term
    first: int
    last: int
    how: str  # feature: exact, misspelt, doubtful misspelling, split, glued, inflected, ...
    also: tuple[str, ...] = ()  # features of shorter terms at the same place


class Text(Struct, frozen=True):
    """A text with its tokens and the sentence number of each."""

    text: str
    tokens: list[Token]
    sentence: list[int]

    def gap(self, i: int) -> str:
        """What stands between token `i` and the one before it."""
        return self.text[self.tokens[i - 1].end : self.tokens[i].start] if i else ""

    def span(self, found: Found) -> tuple[int, int]:
        """Characters that `found` covers."""
        return self.tokens[found.first].start, self.tokens[found.last - 1].end


def read_text(text: str) -> Text:
    """Split `text` into tokens and sentences."""
    found = tokens(text)
    return Text(text, found, stops(text, found))


class Finder:
    """All terms, stems and confusions of a set of dossiers, ready for look-up."""

    def __init__(
        self,
        terms: Iterable[Term],
        stems: Iterable[Stem] = (),
        confusions: Iterable[Confusion] = (),
    ) -> None:
        self._starts: dict[str, list[Term]] = defaultdict(list)
        self._long: list[Term] = []
        self._near: dict[str, Term] = {}
        self._split: dict[tuple[str, str], Term] = {}
        # the last question, since every term found in a text asks it again
        self._asked: tuple[Text, str, list[tuple[Confusion, int, int]]] | None = None
        self._cjk: list[Term] = []
        self._spaced: dict[str, list[Term]] = defaultdict(list)  # by first letter
        self._stems = tuple(stems)
        self._spellings: dict[str, tuple[tuple[Term, str], ...]] = {}
        self._patterns: dict[str, list[Confusion]] = defaultdict(list)
        self._loose: list[Confusion] = []
        for pattern in confusions:
            if pattern.open_start or (pattern.open_end and len(pattern.tokens) == 1):
                self._loose.append(pattern)
            else:
                self._patterns[pattern.tokens[0]].append(pattern)
        for term in terms:
            self._add(term)

    def _add(self, term: Term) -> None:
        self._starts[term.tokens[0]].append(term)
        if any(CJK.search(token) for token in term.tokens):
            self._cjk.append(term)
        if term.kind == "spelling" and len(term.tokens) == 1:
            for pair in splits(term.tokens[0]):
                self._split.setdefault(pair, term)
        if not misspellable(term):
            return
        word = term.tokens[0]
        if word.isascii() and word.isalpha():
            self._spaced[word[0]].append(term)
        if len(word) >= LONG - 1 and word.isascii():
            self._long.append(term)
        for form in near_forms(word):
            self._near.setdefault(form, term)
        for pair in splits(word):
            self._split.setdefault(pair, term)

    def find(self, text: Text) -> list[Found]:
        """Every term met, per vendor and place the best, in the order of the text."""
        met = (found for i in range(len(text.tokens)) for found in self._at(text, i))
        return _best(list(islice(met, MAX_MET)))

    def _at(self, text: Text, i: int) -> Iterator[Found]:
        token = text.tokens[i].text
        for term in self._starts.get(token, ()):
            if self._follows(text.tokens, i, term):
                yield Found(term, i, i + len(term.tokens), "exact")
        if len(token) == 1:
            yield from self._letters(text, i)
        if len(token) < 3 or token.isdigit():
            return
        yield from self._spelt(text, i, token)
        if not token.isascii():
            yield from self._foreign(i, token)

    @staticmethod
    def _follows(found: Sequence[Token], i: int, term: Term) -> bool:
        return all(
            i + n < len(found) and found[i + n].text == word for n, word in enumerate(term.tokens)
        )

    def _letters(self, text: Text, i: int) -> Iterator[Found]:
        """Words written letter by letter."""
        for term in self._spaced.get(text.tokens[i].text, ()):
            end = i + len(term.tokens[0])
            letters = "".join(token.text for token in text.tokens[i:end])
            gaps = {text.gap(n) for n in range(i + 1, min(end, len(text.tokens)))}
            single = all(len(token.text) == 1 for token in text.tokens[i:end])
            if letters == term.tokens[0] and single and len(gaps) == 1 and gaps <= set(SPACERS):
                yield Found(term, i, end, "split")

    def _spelt(self, text: Text, i: int, token: str) -> Iterator[Found]:
        known = self._spellings.get(token)
        if known is None:
            known = tuple((t, how) for t in self._long if (how := _how_spelt(token, t.tokens[0])))
            if len(self._spellings) < _REMEMBERED:
                self._spellings[token] = known
        for term, how in known:
            yield Found(term, i, i + 1, how)
        if token in self._near:
            yield Found(self._near[token], i, i + 1, "doubtful")
        if i + 1 < len(text.tokens) and text.gap(i + 1) in SPLIT_MARKS:
            pair = (token, text.tokens[i + 1].text)
            if pair in self._split:
                term = self._split[pair]
                firm = len(term.tokens[0]) >= LONG and term.kind != "spelling"
                how = "split" if firm else "doubtful"
                yield Found(term, i, i + 2, how)

    def _foreign(self, i: int, token: str) -> Iterator[Found]:
        plain = token.replace("ь", "")  # Ukrainian writes the same name with it
        for stem in self._stems:
            if plain.startswith(stem.text) and len(plain) <= len(stem.text) + 4:
                how = "surname" if plain[len(stem.text) :] in _FEMALE else "inflected"
                yield Found(Term(stem.vendor, "word", (token,), stem.identifier), i, i + 1, how)
        for term in self._cjk:
            if term.tokens[0] in token and term.tokens[0] != token:
                yield Found(term, i, i + 1, "exact")

    def confusions(self, text: Text, field: str) -> list[tuple[Confusion, int, int]]:
        """Patterns of `not_evidence` met in `text` of `field`, with their tokens."""
        if self._asked is None or self._asked[0] is not text or self._asked[1] != field:
            self._asked = (text, field, self._confusions_in(text, field))
        return self._asked[2]

    def _confusions_in(self, text: Text, field: str) -> list[tuple[Confusion, int, int]]:
        met = [
            (pattern, i, i + len(pattern.tokens))
            for i, token in enumerate(text.tokens)
            for pattern in self._patterns.get(token.text, ())
            if _meets(text.tokens, i, pattern)
        ]
        joined = " ".join(token.text for token in text.tokens) if self._loose else ""
        met += [
            (pattern, i, i + len(pattern.tokens))
            for pattern in self._loose
            if pattern.tokens[0] in joined
            for i in range(len(text.tokens))
            if _meets(text.tokens, i, pattern)
        ]
        return [one for one in met if not one[0].fields or field in one[0].fields]


_REMEMBERED = 200_000


def _how_spelt(token: str, word: str) -> str:
    """How `token` writes the long `word`, if it does."""
    if misspells(token, word):
        return "misspelt"
    if len(token) > len(word) and token.startswith(word):
        return "glued"
    if token == f"non{word}":
        return "negated"
    return "surname" if _female_surname(token, word) else ""


_FEMALE = frozenset("ая ои ую ою".split())


def _female_surname(token: str, word: str) -> bool:
    return word.endswith("sky") and token in (word[:-1] + "aya", word[:-1] + "aia", word[:-1] + "a")


def _meets(found: Sequence[Token], i: int, pattern: Confusion) -> bool:
    last = len(pattern.tokens) - 1
    if i + last >= len(found):
        return False
    for n, want in enumerate(pattern.tokens):
        have = found[i + n].text
        if have == want:
            continue
        fits_start = n == 0 and pattern.open_start and (last > 0 or not pattern.open_end)
        if fits_start and have.endswith(want):
            continue
        if n == last and pattern.open_end and have.startswith(want):
            continue
        if last == 0 and pattern.open_start and pattern.open_end and want in have:
            continue
        return False
    return True


def _best(met: list[Found]) -> list[Found]:
    """Per vendor, drop what lies within a better term and note it as a feature of that one."""
    met = sorted(met, key=lambda f: (f.term.vendor, f.first - f.last, _RANK[f.term.kind], f.first))
    kept: list[Found] = []
    for found in met:
        for n, other in enumerate(kept):
            same_vendor = other.term.vendor == found.term.vendor
            if same_vendor and found.first < other.last and other.first < found.last:
                extra = f"{found.term.kind}:{found.how}"
                if extra not in other.also and found.term.kind != other.term.kind:
                    kept[n] = Found(
                        other.term, other.first, other.last, other.how, (*other.also, extra)
                    )
                break
        else:
            kept.append(found)
    return sorted(kept, key=lambda f: (f.first, f.last, f.term.vendor))
