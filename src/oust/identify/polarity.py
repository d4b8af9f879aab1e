"""What a purchase line does with a vendor it names: buys, forbids, removes, fits, discusses.

Several labels may hold at once (a renewal that also cites the clause). All of them are kept as
features; the order of the tests below decides which one counts. Only words of the same sentence
count, and each class of cue reaches a limited number of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from oust.identify import cues
from oust.identify.find import Found, Text
from oust.text import fold, words

_FORBIDS = ("prohib", "interd", "запр", "забор", "shall not", "may not", "does not", "not use")
_YIELDING = (cues.PURCHASE, cues.EXCLUDED, cues.ABOUT)
_BY_WHAT = [[word] for word in cues.WITH]
_TOPIC = frozenset("on about regarding sobre sur uber о об про".split())
_AFTERWARDS = ("post", "ex", "anti")
_WINDOW = 24  # words read on either side
_SHORT_LINE = 5  # words of a line that names nothing but the thing bought
_BARRIER = re.compile(r"[:;()/]|\s-|-\s|,|\n")
_STEPS_OVER = frozenset(
    "and or the all any is are was be to its of lab labs y e et und и та i".split()
)
_AROUND = frozenset(
    "for at in on with by from per para pour fur von de des del due durch v".split()
)


class Reading(Struct, frozen=True):
    """The label of one name in a line and the cues that were read, in order."""

    label: str  # cues.PURCHASE, another class of cues, or "unclear: ..."
    features: tuple[str, ...]


class _Cue(Struct, frozen=True):
    label: str
    words: str
    gap: int  # words between cue and name


def _pattern(phrases: Iterable[str]) -> str:
    parts = []
    for phrase in phrases:
        text = " ".join(fold(word) if not word.isascii() else word for word in phrase.split())
        parts.append(
            re.escape(text).replace(r"\*", r"\w*").replace(r"\#", r"\d+").replace("#", r"\d+")
        )
    return "|".join(sorted(parts, key=len, reverse=True))


def _before(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{_pattern(phrases)})(?!\S)")


_LEFT = {label: (reach, _before(phrases)) for label, (reach, phrases) in cues.LEFT.items()}
_RIGHT = {
    label: re.compile(rf"(?:{_pattern(phrases)})(?!\S)") for label, phrases in cues.RIGHT.items()
}
_GOODS = re.compile(rf"(?:{_pattern(cues.GOODS)})(?!\S)")
_CHANGES = re.compile(rf"(?<!\S)(?:{_pattern(cues.CHANGES)})(?!\S)")
_EQUAL_RIGHT = re.compile(rf"(?:\S+ ){{0,3}}(?:{_pattern(cues.EQUAL_RIGHT)})(?!\S)")
_EQUAL_LEFT = re.compile(rf"(?:{_pattern(cues.EQUAL_LEFT)})(?: \S+)?$")
_CLAUSE_ANYWHERE = _before(
    (
        *(
            "52 204 2#",
            "52 204 30",
            "52 240 #",
            "section 889",
            "sec 889",
            "889",
            "fascsa",
            "bod 17 01",
        ),
    )
)


def read_line(text: Text, found: Found) -> Reading:
    """Say what the line `text` does with `found`."""
    left, right = _left(text, found), _right(text, found)
    fixed = _name_or_place(left, right, text, found) or _equal(left, right)
    if fixed:
        return Reading(fixed, (f"reads as {fixed}",))
    before, after = _cue_before(left), _cue_after(text, found)
    goods = _goods_after(right) or found.term.kind == "product"
    features = tuple(
        f"{side} '{cue.words}': {cue.label}"
        for side, cue in (("before", before), ("after", after))
        if cue
    )
    return Reading(_decide(text, found, before, after, goods), features)


def _left(text: Text, found: Found) -> list[str]:
    here = text.sentence[found.first]
    start = max(0, found.first - _WINDOW)
    return [t.text for n, t in enumerate(text.tokens[start : found.first], start)
            if text.sentence[n] == here]  # fmt: skip


def _right(text: Text, found: Found) -> list[str]:
    here = text.sentence[found.last - 1]
    end = found.last + _WINDOW
    return [t.text for n, t in enumerate(text.tokens[found.last : end], found.last)
            if text.sentence[n] == here]  # fmt: skip


@lru_cache(maxsize=64)
def _holds_clause(text: str) -> bool:
    return bool(_CLAUSE_ANYWHERE.search(" ".join(words(text))))


def _decide(text: Text, found: Found, before: _Cue | None, after: _Cue | None, goods: bool) -> str:
    """The order of the tests: what governs from the left, what follows, what the line holds."""
    if before and before.label != cues.PURCHASE:
        return before.label
    if after and after.label != cues.PURCHASE:
        return after.label
    if before or after or goods:
        return cues.PURCHASE
    if _holds_clause(text.text):
        return cues.CLAUSE
    if len(text.tokens) - (found.last - found.first) <= _SHORT_LINE and _stands_free(text, found):
        return cues.PURCHASE
    if any(_is_goods(word) for word in _left(text, found)):
        return cues.PURCHASE
    if _stands_free(text, found) and context(text, found):
        return cues.PURCHASE
    return "unclear: nothing says that it was bought"


def _stands_free(text: Text, found: Found) -> bool:
    """Whether a name begins the line or an entry of a list, so that no word governs it."""
    before = text.tokens[found.first - 1].text if found.first else ""
    listed = bool(_BARRIER.search(text.gap(found.first))) or before in (
        "and",
        "y",
        "et",
        "und",
        "и",
    )
    return not before or listed or before[-1].isdigit() or _is_goods(before)


def _cue_before(left: list[str]) -> _Cue | None:
    """The nearest governing cue; a prohibition governs from further away than a purchase does."""
    nearest: _Cue | None = None
    joined = " ".join(left)
    for label, (reach, pattern) in _LEFT.items():
        for match in pattern.finditer(joined):
            gap = len(joined[match.end() :].split())
            if gap <= reach and (nearest is None or gap < nearest.gap):
                nearest = _Cue(label, match[0], gap)
    prohibited = _prohibition(joined)
    if prohibited and (nearest is None or nearest.label in _YIELDING):
        return prohibited
    if nearest is None and left and left[-1] in _TOPIC:
        return _Cue(cues.ABOUT, left[-1], 0)
    return _turned(left, nearest)


def _prohibition(joined: str) -> _Cue | None:
    """A prohibition before the name: its own words ("software provided by") hide no purchase."""
    reach, pattern = _LEFT[cues.CLAUSE]
    for match in pattern.finditer(joined):
        gap = len(joined[match.end() :].split())
        if gap <= reach and (gap <= 3 or match[0].startswith(_FORBIDS)):
            return _Cue(cues.CLAUSE, match[0], gap)
    return None


def _turned(left: list[str], cue: _Cue | None) -> _Cue | None:
    """Replace Y *with* X, migrate from Y *to* X: X comes in."""
    if cue is None or cue.label not in (cues.REMOVAL, cues.PURCHASE):
        return cue
    near = next((n for n in (1, 2, 3) if len(left) >= n and left[-n] in cues.WITH), 0)
    if (
        near
        and _CHANGES.search(" ".join(left[:-near]))
        and left[-near - 1 : -near] != ["according"]
    ):
        return _Cue(cues.PURCHASE, f"... {left[-near]}", near)
    return cue


def _cue_after(text: Text, found: Found) -> _Cue | None:
    """The first decisive cue after the name, looking past goods, numbers and small words."""
    here = text.sentence[found.last - 1]
    rest = [t.text for t in text.tokens[found.last : found.last + _WINDOW]]
    for n, word in enumerate(rest):
        at = found.last + n
        if text.sentence[at] != here and n > 0:
            return None
        joined = " ".join(rest[n : n + 4])
        blocked = bool(_BARRIER.search(text.gap(at))) and (n > 0 or "," in text.gap(at))
        for label, pattern in _RIGHT.items():
            match = pattern.match(joined)
            if (
                match
                and not (blocked and label != cues.PURCHASE)
                and not _governs_on(label, match[0], rest, n)
            ):
                return _Cue(_either(label, match[0], rest, n), match[0], n)
        if word in _AROUND or n >= 8 or not _transparent(word, joined):
            return None
    return None


def _either(label: str, words: str, rest: list[str], n: int) -> str:
    """ "DVR replacement", and no more: whether the old one or the new one is meant stays open."""
    open_end = words.startswith("replacement") and n > 0 and rest[n + 1 : n + 2] not in _BY_WHAT
    return cues.REPLACED if label == cues.REMOVAL and open_end else label


def _transparent(word: str, joined: str) -> bool:
    return (
        word in _STEPS_OVER
        or any(c.isdigit() for c in word)
        or bool(_GOODS.match(joined))
        or (len(word) <= 12 and word.isalpha())
    )


def _governs_on(label: str, words: str, rest: list[str], n: int) -> bool:
    """Whether a cue after the name governs what follows it instead: "removal *of* McAfee"."""
    follows = rest[n + 1 : n + 2]
    if label == cues.REMOVAL and not words.endswith("ed"):
        return follows[:1] in (["of"], ["von"], ["de"]) or bool(
            follows and _GOODS.match(follows[0])
        )
    return label == cues.ACCESSORY and follows[:1] in (["services"], ["with"], ["con"], ["mit"])


def _goods_after(right: list[str]) -> bool:
    joined = " ".join(right[:6])
    return any(_GOODS.match(joined[m.start() :]) for m in re.finditer(r"(?<!\S)\S", joined))


def _name_or_place(left: list[str], right: list[str], text: Text, found: Found) -> str:
    if found.how == "surname":
        return cues.PERSON
    if found.how == "negated":
        return cues.EXCLUDED
    if left and left[-1] in _AFTERWARDS and text.gap(found.first) == "-":
        return cues.REMOVAL
    if found.term.kind not in ("word", "spelling") or found.last - found.first > 1:
        return ""
    if right[:1] and right[0] in cues.PLACE_RIGHT and found.term.kind == "word":
        return cues.PLACE
    if left[-1:] and left[-1] in cues.PLACE_LEFT:
        return cues.PLACE
    before, after = left[-1] if left else "", right[0] if right else ""
    initial = len(before) == 1 and before.isalpha() and "." in text.gap(found.first)
    titled = len(left) > 1 and left[-2] in cues.PERSON_LEFT and before.isalpha()
    named = (
        titled
        or before in cues.PERSON_LEFT
        or before in cues.GIVEN_NAMES
        or after in cues.PERSON_RIGHT
    )
    return cues.PERSON if named or initial else ""


def _equal(left: list[str], right: list[str]) -> str:
    if _EQUAL_RIGHT.match(" ".join(right[:6])) or _EQUAL_LEFT.search(" ".join(left[-4:])):
        return cues.EQUAL
    return ""


@lru_cache(maxsize=4096)
def _is_goods(word: str) -> bool:
    return bool(_GOODS.fullmatch(word))


def context(text: Text, found: Found, goods_only: bool = False) -> str:
    """A word near `found` that shows a thing is meant: goods, a purchase word, a model number."""
    after = text.tokens[found.last : found.last + 1]
    if after and any(c.isdigit() for c in after[0].text) and not goods_only:
        return after[0].text
    before = [token.text for token in text.tokens[max(0, found.first - 8) : found.first]]
    for word in (*_right(text, found)[:8], *reversed(before)):
        if _is_goods(word) and not (goods_only and word in cues.LOOSE_GOODS):
            return word
        if not goods_only and _LEFT[cues.PURCHASE][1].fullmatch(word):
            return word
    return ""


def near_cue(text: Text, found: Found) -> str:
    """The class of the cue that stands nearest to `found` in the name of a thing; "" if none."""
    before, after = _cue_before(_left(text, found)), _cue_after(text, found)
    return next((cue.label for cue in (before, after) if cue), "")
