"""Stage 5: is it forbidden, by which rule, for whom, on which date, and what if this bill passes?

Exposures that are alike in everything the law asks about are one `Subject`, which is judged once;
so a hundred thousand exposures cost as much as the few hundred subjects they come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from oust.data.dossier import Dossier
from oust.data.rule import BINDING, Fact, Profile, Rule, Tag
from oust.judge.bulk import OPEN_LATER, RANKED, Codes, word_columns
from oust.judge.dates import reached
from oust.judge.entities import Entities, every_bar
from oust.judge.ownership import Ownership
from oust.judge.provisions import Conditions, judge_provision
from oust.judge.subject import Reader, Subject
from oust.judge.who import tested
from oust.judge.wording import Supposition, Wording, starts, supposed_stage, wording
from oust.model import Check, Exposure, Verdict


class Judge:
    """Rules applied for one profile, under suppositions and facts that the user gives."""

    def __init__(
        self,
        rules: Sequence[Rule],
        profile: Profile,
        dossiers: Sequence[Dossier],
        *,
        tags: Mapping[str, Tag] | None = None,
        facts: Mapping[str, Fact] | None = None,
        ownership: Ownership | None = None,
        suppositions: Iterable[Supposition] = (),
        key_of: Callable[[str], str] | None = None,
    ) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self.profile = profile
        self.reader = Reader(self.rules, dossiers)
        self.entities = Entities(
            dossiers, ownership or Ownership.of(()), key_of, every_bar(self.rules)
        )
        self._conditions = Conditions(profile, self.entities, tags or {}, facts or {})
        self._suppositions = {one.rule: one for one in suppositions}
        self._wordings: dict[tuple[str, str], Wording] = {}
        self._verdicts: dict[tuple[Subject, str, str], Verdict] = {}

    def check_suppositions(self, day: str) -> None:
        """Raise OustError when a supposition names a rule or stage that does not exist."""
        by_id = {rule.id: rule for rule in self.rules}
        for one in self._suppositions.values():
            supposed_stage(by_id[one.rule], one, day)

    def verdict(self, subject: Subject, rule: Rule, day: str) -> Verdict:
        """What `rule` says of `subject` on `day`: the gravest of its provisions."""
        key = (subject, rule.id, day)
        found = self._verdicts.get(key)
        if found is None:
            found = self._verdicts[key] = self._judge(subject.under(rule.id), rule, day)
        return found

    def verdicts(
        self,
        exposures: Iterable[Exposure],
        day: str,
        facts: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Iterator[Verdict]:
        """Every rule on every exposure. `facts`: by exposure id, and by `""` for all."""
        for exposure, subject in self.subjects(exposures, facts):
            for rule in self.rules:
                yield structs.replace(self.verdict(subject, rule, day), exposure=exposure.id)

    def subjects(
        self,
        exposures: Iterable[Exposure],
        facts: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Iterator[tuple[Exposure, Subject]]:
        """What the law asks about each exposure."""
        said = facts or {}
        for one in exposures:
            mine = {**said.get("", {}), **said.get(one.id, {})}
            yield one, self.reader.subject(one, mine)

    def words(
        self, subjects: Sequence[Subject], days: Sequence[str]
    ) -> Iterator[tuple[str, str, Codes]]:
        """Verdict words alone: rule, day, and for each subject a place in `GRAVITY`."""
        return word_columns(subjects, days, self.rules, self._wording, self._conditions)

    def _judge(self, subject: Subject, rule: Rule, day: str) -> Verdict:
        text = self._wording(rule, day)
        if text.stage is not None and text.provisions:
            return self._gravest(rule, text, subject, day)
        if text.stage is None and rule.provisions:
            return self._ahead(subject, rule, day)
        return _nothing(rule, day, text.says if text.stage is None else "it bars nothing")

    def _ahead(self, subject: Subject, rule: Rule, day: str) -> Verdict:
        """Permitted, as the rule did not exist yet or did not bind; what changes when it does."""
        texts = {provision.stage for provision in rule.provisions}
        having = [stage for stage in rule.stages if stage.id in texts]
        stage = next((s for s in having if s.step in BINDING), having[0])
        says = f"not yet: {stage.event} ({stage.date})"
        provisions = tuple(p for p in rule.provisions if p.stage == stage.id)
        later = Wording(stage, provisions, "no", "", says)
        best = self._gravest(rule, later, subject, day)
        since = min(starts(p, stage, "") for p in provisions)
        alone = _failures(best) == 1 and stage.step in BINDING
        changes = f"{rule.name}, from {since}" if alone else ""
        return structs.replace(best, changes=changes, stage="", provision="")

    def _gravest(self, rule: Rule, text: Wording, subject: Subject, day: str) -> Verdict:
        found = [
            judge_provision(rule, one, text, subject, day, self._conditions)
            for one in text.provisions
        ]
        return min(found, key=lambda verdict: (_grave(verdict, day), _failures(verdict)))

    def _wording(self, rule: Rule, day: str) -> Wording:
        key = (rule.id, day)
        if key not in self._wordings:
            self._wordings[key] = wording(rule, day, self._suppositions.get(rule.id))
        return self._wordings[key]


def who_is_barred(
    judge: Judge, rule: Rule, dossiers: Sequence[Dossier], held: Iterable[str], day: str
) -> Iterator[tuple[str, Check]]:
    """Companies that `rule` names, that dossiers name and that evidence holds, each tested."""
    return tested(judge.entities, rule, dossiers, held, day)


def _nothing(rule: Rule, day: str, says: str) -> Verdict:
    check = Check("in force", "no", says)
    return Verdict(
        exposure="", rule=rule.id, as_of=day, word="permitted", checks=(check,), because=says
    )


def _grave(verdict: Verdict, day: str) -> tuple[int, bool]:
    """Rank among the provisions of one rule: what is open about a later date comes after it."""
    rank = RANKED.index(verdict.word)
    later = verdict.supposed or reached(day, verdict.since) == "no"
    if verdict.word == "not known" and later:
        rank = RANKED.index(OPEN_LATER)
    return rank, not verdict.advised


def _failures(verdict: Verdict) -> int:
    return sum(check.answer == "no" for check in verdict.checks)


__all__ = [
    "Judge",
    "Ownership",
    "Reader",
    "Subject",
    "Supposition",
    "Wording",
    "supposed_stage",
    "who_is_barred",
    "wording",
]
