"""Whether two names are names of the same organisation, with the reasons.

Words are compared, not letters of the whole: legal forms and articles count little, rare words
much, abbreviations and initials are read as what they stand for, numbers must agree. The score is
a share of agreeing weight between 0 and 1 and no probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct
from rapidfuzz.distance import OSA

from oust.identify.everyday import EVERYDAY
from oust.party_names import LEGAL_FORMS, PLACES, core, party_words

SAME = 0.75
"""Operating point of `NameScore.same`, chosen on the labelled pairs (bench/names.py)."""

_SHORT_FORMS = {
    "intl": "international", "int": "international", "natl": "national", "assn": "association",
    "assoc": "association", "bros": "brothers", "univ": "university", "dept": "department",
    "govt": "government", "mfg": "manufacturing", "svcs": "services", "svc": "services",
    "tech": "technology", "technologies": "technology", "sys": "systems", "ctr": "center",
    "centre": "center", "dev": "development", "mgmt": "management", "st": "saint", "mt": "mount",
    "grp": "group", "gruppe": "group", "hldgs": "holdings", "inst": "institute",
    "ind": "industries", "inds": "industries", "eng": "engineering",
    "engrg": "engineering", "elec": "electric",
    "pharm": "pharmaceuticals", "labs": "laboratories", "lab": "laboratories", "laboratory":
    "laboratories", "comm": "community", "org": "organization", "organisation": "organization",
    "us": "usa", "uk": "britain", "academy": "academy", "tek": "technology", "bk": "bank",
    "exch": "exchange", "fin": "finance", "fdn": "foundation", "ass": "association",
}  # fmt: skip
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
          "ix": "9", "x": "10", "one": "1", "two": "2", "three": "3", "first": "1", "second": "2",
          "1st": "1", "2nd": "2", "3rd": "3"}  # fmt: skip
_GENERIC = frozenset(
    """
    trading import export general shipping industries industrial industry bank exchange foundation
    organization association society committee institute ministry department government national
    development investment investments holding holdings group enterprise enterprises marine
    petroleum petrochemical oil gas energy construction engineering transport transportation
    corporation limited islamic charitable charity relief movement army front party council union
    commercial comercializadora servicios inversiones sociedad empresa agencia constructora grupo
    korea korean iran iranian syria syrian russia russian china chinese libya sudan cuba cuban
    nursery preschool head start day care daycare child children school learning early program
    chicago neighborhood house settlement community church public schools academy elementary
    """.split()
)
_GENERIC_WEIGHT, _EVERYDAY_WEIGHT, _FORM_WEIGHT, _NUMBER_WEIGHT = 0.45, 0.5, 0.06, 0.9
_SISTER = 0.87
"""Companies of one group differ by a number or a country: what remains of the score then."""
_TRANSLIT = (("ph", "f"), ("kh", "h"), ("sch", "sh"), ("tch", "ch"), ("ck", "k"), ("q", "k"),
             ("ee", "i"), ("oo", "u"), ("ou", "u"), ("y", "i"), ("w", "v"), ("z", "s"),
             ("c", "k"))  # fmt: skip


class NameScore(Struct, frozen=True):
    """How far two names agree."""

    score: float
    features: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the score reaches the operating point."""
        return self.score >= SAME


class _Pair(Struct, frozen=True):
    left: int
    right: int
    likeness: float


def same_name(left: str, right: str, rarity: Mapping[str, float] | None = None) -> NameScore:
    """Compare two names. `rarity`: weight of words known from a corpus, about 0 (common) to 1."""
    a, b = _read(left), _read(right)
    if a == b and a:
        other_form = _other_form(left, right)
        return (
            NameScore(0.93, ("same words", "different legal forms"))
            if other_form
            else NameScore(1.0, ("same words",))
        )
    if "".join(a) == "".join(b) and a:
        return NameScore(0.99, ("same letters, other spaces",))
    if _is_initials(a, b) or _is_initials(b, a):
        return NameScore(0.8, ("initials",))
    if _numbers(a) != _numbers(b) and _numbers(a) and _numbers(b):
        return NameScore(0.3, ("different numbers",))
    pairs = _align(a, b)
    return _score(left, right, a, b, pairs, rarity or {})


@lru_cache(maxsize=65_536)
def _read(name: str) -> tuple[str, ...]:
    """Words without legal forms, short forms written out, a repeated word once."""
    found = [_ROMAN.get(word, _SHORT_FORMS.get(word, word)) for word in core(name)]
    return tuple(dict.fromkeys(found))


def _numbers(found: tuple[str, ...]) -> set[str]:
    return {word for word in found if word.isdigit()}


def _is_initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether one name is made of the first letters of the other: KGSS."""
    letters = "".join(word[0] for word in long)
    return len(short) == 1 and len(letters) >= 3 and short[0] == letters


def _align(a: tuple[str, ...], b: tuple[str, ...]) -> list[_Pair]:
    """Match words one to one, the most alike first."""
    options = sorted(
        (
            _Pair(i, j, likeness)
            for i, x in enumerate(a)
            for j, y in enumerate(b)
            if (likeness := _alike(x, y)) > 0
        ),
        key=lambda pair: (-pair.likeness, abs(pair.left - pair.right), pair.left, pair.right),
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    kept = []
    for pair in options:
        if pair.left not in used_left and pair.right not in used_right:
            used_left.add(pair.left)
            used_right.add(pair.right)
            kept.append(pair)
    return kept


@lru_cache(maxsize=262_144)
def _alike(x: str, y: str) -> float:
    """Likeness of two words: 1 equal, 0 different."""
    if x == y:
        return 1.0
    if x.isdigit() or y.isdigit():
        return 0.0
    short, long = sorted((x, y), key=len)
    if len(short) == 1:
        return 0.6 if long[0] == short else 0.0
    if len(short) < 4:
        close = len(long) == len(short) == 3 and x[0] == y[0] and OSA.distance(x, y) == 1
        return 0.6 if close else 0.0
    edits = OSA.distance(x, y)
    allowed = 1 if len(short) < 8 else 2
    if edits <= allowed:
        return 0.92 if edits == 1 else 0.84
    if _sound(x) == _sound(y):
        return 0.8
    likeness = 1 - edits / len(long)
    return likeness * 0.9 if likeness >= 0.72 else 0.0


@lru_cache(maxsize=65_536)
def _sound(word: str) -> str:
    """A word as different transliterations would agree to write it."""
    for there, here in _TRANSLIT:
        word = word.replace(there, here)
    kept = word[:1] + "".join(c for c in word[1:] if c not in "aeiouh'")
    return "".join(c for n, c in enumerate(kept) if n == 0 or c != kept[n - 1])


def _weight(word: str, rarity: Mapping[str, float]) -> float:
    if word in rarity:
        return rarity[word]
    if word.isdigit():
        return _NUMBER_WEIGHT
    if word in _GENERIC:
        return _GENERIC_WEIGHT
    if word in EVERYDAY or len(word) < 3:
        return _EVERYDAY_WEIGHT
    return 1.0 + 0.05 * min(len(word) - 3, 6)


def _score(
    left: str,
    right: str,
    a: tuple[str, ...],
    b: tuple[str, ...],
    pairs: list[_Pair],
    rarity: Mapping[str, float],
) -> NameScore:
    weights_a = [_weight(word, rarity) for word in a]
    weights_b = [_weight(word, rarity) for word in b]
    agreed = sum(p.likeness * (weights_a[p.left] + weights_b[p.right]) for p in pairs)
    total = sum(weights_a) + sum(weights_b)
    both = agreed / total if total else 0.0
    shorter = min((sum(weights_a), a), (sum(weights_b), b))[0]
    contained = agreed / 2 / shorter if shorter else 0.0
    # all of the shorter name in the longer one counts for something, never for everything
    score = 0.75 * both + 0.25 * min(contained, 1.0) * math.sqrt(both)
    features = [f"{a[p.left]} ~ {b[p.right]}" if p.likeness < 1 else a[p.left] for p in pairs]
    extra = {a[n] for n in range(len(a)) if n not in {p.left for p in pairs}}
    extra |= {b[n] for n in range(len(b)) if n not in {p.right for p in pairs}}
    if any(word.isdigit() or word in PLACES for word in extra):
        score *= _SISTER
        features.append("number or country in one name only")
    if _other_form(left, right):
        score -= _FORM_WEIGHT
        features.append("different legal forms")
    return NameScore(round(max(score, 0.0), 4), tuple(features))


def _other_form(left: str, right: str) -> bool:
    """Whether both names state a legal form and not the same one."""
    forms = _forms(left), _forms(right)
    return bool(forms[0] and forms[1] and not forms[0] & forms[1])


@lru_cache(maxsize=65_536)
def _forms(name: str) -> frozenset[str]:
    return frozenset(LEGAL_FORMS[word] for word in party_words(name) if word in LEGAL_FORMS)
