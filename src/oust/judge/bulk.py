"""Verdict words for many subjects at once, without the sentences.

A word depends on three things: how the subject stands to the provision (who, what, how: the same
on every date), whether its vendor or company is barred on the date, and when it was acquired. Each
is answered once for every distinct value; the words are then a few array operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import structs

from oust.data.rule import Provision, Rule
from oust.judge.provisions import (
    Conditions,
    entity_check,
    exception_checks,
    is_later,
    time_check,
    told,
)
from oust.judge.subject import Subject
from oust.judge.wording import Wording, starts
from oust.model import GRAVITY, Check

Codes = npt.NDArray[np.uint8]
"""Verdict words as places in `GRAVITY`."""

OPEN_LATER = "not known of a later date"
RANKED: tuple[str, ...] = (*GRAVITY[:4], OPEN_LATER, *GRAVITY[4:])
"""How the provisions of one rule rank: a date that is sure comes before one that is open."""

_PERMITTED = np.uint8(RANKED.index("permitted"))
_SHOWN = np.array([GRAVITY.index("not known" if w == OPEN_LATER else w) for w in RANKED], np.uint8)
_NO, _UNKNOWN, _YES = 0, 1, 2
_CODE = {"no": _NO, "unknown": _UNKNOWN, "yes": _YES}


class _Column:
    """The distinct values of one part of all subjects, and where each subject has which."""

    def __init__(self, subjects: Sequence[Subject], part: Callable[[Subject], Subject]) -> None:
        places: dict[Subject, int] = {}
        order = [places.setdefault(part(subject), len(places)) for subject in subjects]
        self.values = list(places)
        self.order = np.array(order, np.int64)

    def codes(self, answer: Callable[[Subject], int]) -> Codes:
        """The answer for every subject."""
        return np.array([answer(value) for value in self.values], np.uint8)[self.order]


class Bulk:
    """Subjects taken apart for judging them together."""

    def __init__(self, subjects: Sequence[Subject], conditions: Conditions) -> None:
        self._conditions = conditions
        self._size = len(subjects)
        self._how = _Column(subjects, _standing_part)
        self._who = _Column(subjects, conditions.entities.plain)
        self._when = _Column(subjects, _time_part)
        self._ends = _Column(subjects, _ending_part)

    def words(self, rule: Rule, text: Wording, day: str) -> Codes:
        """The gravest word of the rule for each subject."""
        found = np.full(self._size, _PERMITTED, np.uint8)
        for provision in text.provisions if text.stage is not None else ():
            codes = self._provision(rule, provision, text, day)
            if rule.force == "advice":  # forbids nothing; what is exempt from it is still told
                codes = np.where(codes == RANKED.index("exempt"), codes, _PERMITTED)
            found = np.minimum(found, codes)
        return _SHOWN[found]

    def _provision(self, rule: Rule, provision: Provision, text: Wording, day: str) -> Codes:
        assert text.stage is not None
        since = starts(provision, text.stage, text.supposed)
        later = is_later(text, since, day)
        timed = self._when.codes(lambda s: _CODE[time_check(provision, text, since, s, day).answer])
        if later:
            timed = np.where(timed == _NO, _YES, timed)
        if not timed.any():
            return np.full(self._size, _PERMITTED, np.uint8)
        how = self._how.codes(lambda s: _least(self._conditions.standing(rule, provision, s)))
        over = self._ends.codes(lambda s: self._run_out(provision, s, day))
        how = np.minimum(how, over)
        who = self._who.codes(
            lambda s: _CODE[entity_check(rule, provision, since, s, day, self._conditions).answer]
        )
        excused = self._when.codes(
            lambda s: _most(exception_checks(rule, provision, s, day, self._conditions))
        )
        word = "would-be-prohibited" if text.supposed else "prohibited-from" if later else ""
        open_ = OPEN_LATER if later or text.supposed else "not known"
        return _combine(timed, how, who, excused, (word or "prohibited", open_))

    def _run_out(self, provision: Provision, subject: Subject, day: str) -> int:
        found = self._conditions.run_out(provision, subject, day)
        if found is None:
            return _YES
        return _CODE[told(found, dict(subject.facts)).answer]


def _combine(timed: Codes, how: Codes, who: Codes, excused: Codes, words: tuple[str, str]) -> Codes:
    """Places in `RANKED`. `words`: for what is caught, and for what is open."""
    caught, open_ = (RANKED.index(word) for word in words)
    least = np.minimum(np.minimum(timed, how), who)
    codes = np.where((least == _UNKNOWN) | (excused == _UNKNOWN), open_, caught)
    codes = np.where(excused == _YES, RANKED.index("exempt"), codes)
    return np.where(least == _NO, _PERMITTED, codes).astype(np.uint8)


def _least(checks: Sequence[Check]) -> int:
    return min((_CODE[check.answer] for check in checks), default=_YES)


def _most(checks: Sequence[Check]) -> int:
    """2 where an exception applies, 1 where one hangs on a date that is not known."""
    return max((_CODE[check.answer] for check in checks), default=_NO)


def _standing_part(subject: Subject) -> Subject:
    return structs.replace(subject, vendor="", entity="", company="", since="", until="")


def _ending_part(subject: Subject) -> Subject:
    if subject.asset != "award" or not subject.until:
        return Subject("")
    return Subject("", asset="award", act=subject.act, until=subject.until, facts=subject.facts)


def _time_part(subject: Subject) -> Subject:
    return Subject("", products=subject.products, since=subject.since, facts=subject.facts)


def word_columns(
    subjects: Sequence[Subject],
    days: Sequence[str],
    rules: Sequence[Rule],
    wording_of: Callable[[Rule, str], Wording],
    conditions: Conditions,
) -> Iterator[tuple[str, str, Codes]]:
    """(rule, day, codes in the order of `subjects`) for every rule and day."""
    by_rule = any("/" in name for subject in subjects for name, _ in subject.facts)
    bulk = Bulk(subjects, conditions)
    for rule in rules:
        if by_rule:
            bulk = Bulk([subject.under(rule.id) for subject in subjects], conditions)
        for day in days:
            yield rule.id, day, bulk.words(rule, wording_of(rule, day), day)
