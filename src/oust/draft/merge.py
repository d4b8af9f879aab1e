"""The same assertion in headline, lead and body becomes one; denials find what they deny."""

from __future__ import annotations

import re
from functools import lru_cache

from oust.draft.found import Found
from oust.drafted import Paragraph, Span
from oust.text import fold

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_COMMON = frozenset(
    """a an the of to in on at by for with from as is are was were be been being has have had
    do does did it its he she they them their his her this that these those and or but not
    no than then so if while who which what when where how will would could can may might
    should about after before over into also said says say new more most other any all some
    there here up out off per one two lab labs trying try first place get""".split()
)
_ANSWERS = re.compile(
    r"(?i)\b(?:allegations?|claims?|accusations?|reports?|suggestions?|article|account"
    r"|story|assessment|charges?"
    r"|concerns?|findings|assertions?|speculation|rumou?rs?)\b"
)
_BACK = 4  # paragraphs with claims of others, before a denial, that it may answer


_ALIKE = re.compile(r"\bU\.S\.|\b[Gg]ov[’']?t\b")


def _alike(found: re.Match[str]) -> str:
    return "us" if found[0] == "U.S." else "government"


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    """Words that carry the content, cut to their stems."""
    words = (
        re.sub(r"[’']s?\Z", "", fold(word)) for word in _WORD.findall(_ALIKE.sub(_alike, text))
    )
    return frozenset(_stem(word) for word in words if word and word not in _COMMON)


def _stem(word: str) -> str:
    for ending in (
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ers",
        "ies",
        "ed",
        "es",
        "al",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)][:7]
    return word[:7]


def merged(
    found: list[Found], text: str, paragraphs: list[Paragraph]
) -> list[tuple[Found, list[Found]]]:
    """Assertions with those that repeat them, in the order of the text."""
    kept: list[tuple[Found, list[Found]]] = []
    body_first = sorted(found, key=lambda one: (one.role in ("headline", "caption"), one.start))
    for one in body_first:
        home = _repeated(one, kept, text)
        if home is None:
            kept.append((one, []))
        else:
            home[1].append(one)
    kept = [_fullest_first(one, rest) for one, rest in kept]
    _headlines(kept, found, text, paragraphs)
    return sorted(kept, key=lambda pair: pair[0].start)


def _fullest_first(one: Found, rest: list[Found]) -> tuple[Found, list[Found]]:
    """The place that tells most of the speaker speaks for all."""
    every = [one, *rest]
    best = max(
        every,
        key=lambda f: (
            f.role == "body",
            bool(f.by),
            sum(len(w.number) > 0 for w in f.by),
            -f.start,
        ),
    )
    return best, [other for other in every if other is not best]


def _repeated(
    one: Found, kept: list[tuple[Found, list[Found]]], text: str
) -> tuple[Found, list[Found]] | None:
    best, most = None, 0.0
    mine = _content(_words(one, text))
    for pair in kept:
        other = pair[0]
        heading = one.role in ("headline", "caption")
        theirs = _content(
            text[other.sentence.start : other.sentence.end] if heading else _words(other, text)
        )
        small = min(len(mine), len(theirs))
        if small < 3 or {one.kind, other.kind} == {"denial", "claim"}:
            continue
        share = len(mine & theirs) / small
        needed = 0.55 if heading else 0.75
        balanced = small * 2.5 >= max(len(mine), len(theirs)) or heading
        if share >= needed and share > most and balanced and (heading or _same_voice(one, other)):
            best, most = pair, share
    return best


def _same_voice(one: Found, other: Found) -> bool:
    left, right = {w.name for w in one.by}, {w.name for w in other.by}
    if left & right or not left or not right:
        return True
    chain = {w.name for w in (*one.by, *one.through)} & {
        w.name for w in (*other.by, *other.through)
    }
    own = {w.name for w in one.through[-1:]} & {w.name for w in other.through[-1:]}
    relayed = all(w.kind in ("outlet", "unnamed") for w in (*one.by, *other.by))
    return bool(chain - own) and relayed


def _words(one: Found, text: str) -> str:
    return (
        " ".join(text[piece.start : piece.end] for piece in one.pieces) or text[one.start : one.end]
    )


def _headlines(
    kept: list[tuple[Found, list[Found]]],
    found: list[Found],
    text: str,
    paragraphs: list[Paragraph],
) -> None:
    """A headline without attribution that says what a claim of the body says."""
    spoken = {one.paragraph for one in found if one.role == "headline"}
    for number, paragraph in enumerate(paragraphs):
        if paragraph.role != "headline" or number in spoken:
            continue
        head = _content(text[paragraph.span.start : paragraph.span.end])
        shares = [
            (
                len(head & _content(text[pair[0].sentence.start : pair[0].sentence.end]))
                / max(len(head), 1),
                -i,
                pair,
            )
            for i, pair in enumerate(kept)
            if pair[0].kind != "denial"
        ]
        share, _, pair = max(shares, default=(0.0, 0, None), key=lambda entry: entry[:2])
        if pair and share >= 0.55 and len(head) >= 3:
            span = paragraph.span
            pair[1].append(
                Found(
                    start=span.start,
                    end=span.end,
                    sentence=span,
                    pieces=[span],
                    role="headline",
                    paragraph=number,
                    why=[],
                )
            )


def places(one: Found, rest: list[Found]) -> tuple[Span, ...]:
    """The spans at which it stands, the fullest first."""
    return (Span(one.start, one.end), *(Span(other.start, other.end) for other in rest))


def denied(found: list[Found], at: int, words: str) -> list[int]:
    """Which of the assertions before number `at` it denies, where that is clear."""
    denial = found[at]
    if denial.kind != "denial":
        return []
    if denial.verb_class not in ("deny", "claim") and not _ANSWERS.search(words):
        return []
    names = {who.name for who in denial.by} | {who.of for who in denial.by if who.of}
    targets: list[int] = []
    last = denial.paragraph
    paragraphs = 0
    for i in range(at - 1, -1, -1):
        other = found[i]
        mine = any(who.name in names or who.of in names for who in other.by)
        if mine or other.kind not in ("claim", "judgment"):
            continue
        if other.paragraph != last:
            paragraphs += 1
            last = other.paragraph
        if paragraphs > _BACK or (targets and not _one_report(found[targets[-1]], other)):
            break
        targets.append(i)
    return sorted(targets)


def _one_report(one: Found, other: Found) -> bool:
    """Whether two assertions come from the same people or through the same outlet."""
    names = {who.name for who in (*one.by, *one.through[:-1])}
    return (
        bool(names & {who.name for who in (*other.by, *other.through[:-1])})
        or one.paragraph == other.paragraph
    )
