"""Quotations: curly, straight, angled, British single ones, and those that run over paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_OPENS_AFTER = re.compile(r"[\s(\[—–/-]")
_SINGLE_OPEN = re.compile(r"(?:(?<=[\s(\[—–])|\A)[‘'](?=[^\s’'\d.,;:!?)])")
_SINGLE_CLOSE = re.compile(r"(?<=\S)[’'](?![^\W_])")
_CLIPPED = re.compile(r"[‘'](?:tis|twas|em|cause|til|n)\b", re.I)


class Quotation(Struct, frozen=True):
    """Marks included; `closed` is false where a quotation runs on into the next paragraph."""

    start: int
    end: int
    closed: bool = True


def quotations(text: str, start: int, end: int, running: bool) -> list[Quotation]:
    """Quotations of the paragraph from `start` to `end`, in order, nested ones left out.

    `running`: the paragraph before left one open.
    """
    double = list(_double(text, start, end))
    if double and (running or double[0].closed or text[double[0].start] != '"'):
        return double
    single = list(_single(text, start, end))
    return double or single


def _double(text: str, start: int, end: int) -> Iterator[Quotation]:
    at = start
    while at < end:
        char = text[at]
        if char in "“„«" or (char == '"' and _may_open(text, at, start)):
            close = _close(text, at, end)
            yield Quotation(at, close if close > 0 else end, close > 0)
            at = close if close > 0 else end
        else:
            at += 1


def _may_open(text: str, at: int, start: int) -> bool:
    after = text[at + 1 : at + 2]
    before = text[at - 1] if at > start else " "
    return bool(after.strip()) and bool(_OPENS_AFTER.match(before))


def _close(text: str, at: int, end: int) -> int:
    """Where the quotation that opens at `at` ends, its mark included; -1 if it stays open."""
    marks = {"“": '”"', "„": "“”", "«": "»", '"': '"”'}[text[at]]
    for i in range(at + 1, end):
        if text[i] in marks and not (text[i] == '"' and _may_open(text, i, at) and i + 1 < end):
            return i + 1
    return -1


def _single(text: str, start: int, end: int) -> Iterator[Quotation]:
    """A plural's apostrophe looks like a closing mark: one after punctuation is taken first."""
    at = start
    while (opens := _SINGLE_OPEN.search(text, at, end)) is not None:
        at = opens.end()
        if _CLIPPED.match(text, opens.start()):
            continue
        following = _SINGLE_OPEN.search(text, opens.end(), end)
        limit = following.start() if following else end
        closers = list(_SINGLE_CLOSE.finditer(text, opens.end(), limit))
        after_mark = [one for one in closers if text[one.start() - 1] in ",.?!…"]
        plain = [one for one in closers if text[one.start() - 1] != "s"]
        if chosen := (after_mark or plain or closers):
            yield Quotation(opens.start(), chosen[0].end())
            at = chosen[0].end()


def masked(text: str, start: int, end: int, found: list[Quotation]) -> str:
    """The paragraph, of the same length, with what is quoted made `¤` and the marks `“` and `”`."""
    parts, at = [], start
    for one in found:
        parts.append(text[at : one.start])
        inner = one.end - one.start - (2 if one.closed else 1)
        parts.append("“" + "¤" * inner + ("”" if one.closed else ""))
        at = one.end
    return "".join([*parts, text[at:end]])
