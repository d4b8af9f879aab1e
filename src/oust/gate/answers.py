"""From verdicts to answers: for each thing and profile the gravest, and the gravest of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from oust.data.rule import Rule
from oust.gated import GRAVEST, AnswerWord, Finding, Found, Ruling
from oust.model import Exposure, Verdict

_WORDS: dict[str, AnswerWord] = {
    "prohibited": "prohibited",
    "prohibited-from": "prohibited-from",
    "not known": "needs a look",
    "would-be-prohibited": "clear",
    "exempt": "clear",
    "permitted": "clear",
}
_CHANGES = 4
"""Changes told of one ruling."""

Verdicts = Callable[[str, Exposure], Iterable[Verdict]]
"""What every rule says for a profile of an exposure."""


def ruled(
    found: Sequence[Found], profiles: Sequence[str], verdicts: Verdicts, rules: Mapping[str, Rule]
) -> list[Finding]:
    """Findings with a ruling for each profile.

    A doubtful thing that no rule would bar, were it the vendor's, is clear; one that a rule would
    bar needs a look.
    """
    made = []
    for one in found:
        rulings = tuple(
            _ruling(profile, list(verdicts(profile, one.exposure)), bool(one.doubts), rules)
            for profile in profiles
        )
        best = min(rulings, key=_grave)
        made.append(Finding(found=one, word=best.word, since=best.since, rulings=rulings))
    return made


def _ruling(
    profile: str, verdicts: Sequence[Verdict], doubtful: bool, rules: Mapping[str, Rule]
) -> Ruling:
    if not verdicts:
        return Ruling(profile=profile, word="clear")
    best = min(verdicts, key=_decides)
    word = _WORDS[best.word]
    since = best.since if word in ("prohibited", "prohibited-from") else ""
    if doubtful and word != "clear":
        word, since = "needs a look", ""
    told = [best, *(v for v in verdicts if v is not best and _WORDS[v.word] == "clear")]
    changes = dict.fromkeys(
        _change(v, rules[v.rule].name)
        for v in told
        if v.changes and not v.changes.startswith("another profile")
    )
    return Ruling(
        profile=profile,
        word=word,
        since=since,
        verdict=best,
        rule=rules[best.rule].name,
        changes=tuple(changes)[:_CHANGES],
    )


def _change(verdict: Verdict, rule: str) -> str:
    """What would change a verdict, with the rule it is about; bills are supposed elsewhere."""
    text = verdict.changes.replace(": --suppose ", "; try oust judge --suppose ")
    return text if rule in text else f"{rule}: {text}"


def _decides(verdict: Verdict) -> tuple[int, bool, str, str]:
    """Gravest first; of two alike the one with a date, the earlier, the first by name."""
    rank = GRAVEST.index(_WORDS[verdict.word])
    return rank, verdict.word == "permitted", verdict.since or "9999", verdict.rule


def _grave(one: Ruling) -> tuple[int, str]:
    return GRAVEST.index(one.word), one.since or "9999"


def gravest(findings: Iterable[Finding], open_questions: Sequence[str]) -> tuple[AnswerWord, str]:
    """The gravest answer of what is not waived, and its date."""
    words: list[tuple[AnswerWord, str]] = [
        (one.word, one.since) for one in findings if one.waived is None
    ]
    if open_questions:
        words.append(("needs a look", ""))
    words.append(("clear", ""))
    return min(words, key=lambda pair: (GRAVEST.index(pair[0]), pair[1] or "9999"))
