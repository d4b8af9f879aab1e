"""Who is barred: the relation tests of a rule against the vendor or a company of its ownership."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

from msgspec import structs

from oust.data.dossier import Dossier
from oust.data.rule import Bar, Relation, Rule
from oust.judge.dates import passed, reached
from oust.judge.ownership import Ownership
from oust.judge.ownership.decision import Decision
from oust.judge.ownership.snapshot import Snapshot
from oust.judge.subject import Subject
from oust.model import Answer, Check
from oust.party_keys import PartyKeys, formed
from oust.party_names import core

_THRESHOLD = re.compile(r"(>=|>)\s*(\d+(?:\.\d+)?)")
_OPPOSITE: dict[Answer, Answer] = {"yes": "no", "no": "yes", "unknown": "unknown"}
_ORDER: dict[Answer, int] = {"yes": 0, "unknown": 1, "no": 2}

_NOBODY = "(a party that no ownership and no rule names)"

_SAID: dict[Relation, str] = {
    "predecessor": "a predecessor of",
    "successor": "a successor of",
    "parent": "a parent of",
    "subsidiary": "a subsidiary of",
    "affiliate": "an affiliate of",
    "controls": "in control of",
    "controlled-by": "controlled by",
    "common-control": "under common control with",
    "majority-owned": "majority-owned by",
    "owned": "owned by",
    "stake": "partly owned by",
    "aggregate": "held, counted together, by",
    "decisive-influence": "under the decisive influence of",
}


class Entities:
    """Answers relation tests from dossiers and stated ownership."""

    def __init__(
        self,
        dossiers: Sequence[Dossier],
        ownership: Ownership,
        party_key: Callable[[str], str] | None,
        bars: Iterable[Bar] = (),
    ) -> None:
        self._dossiers = {dossier.id: dossier for dossier in dossiers}
        self._ownership = ownership
        self._key = party_key or PartyKeys(dossiers)
        self._cores = {core(name) for bar in bars for name in (bar.name, *bar.names) if name}
        self._companies = {
            d.id: {formed(n) for name in d.names for n in (name.value, *name.aliases)}
            for d in dossiers
        }

    def same(self, one: str, other: str) -> bool:
        """Whether two names have one key."""
        return self._key(one) == self._key(other)

    def plain(self, subject: Subject) -> Subject:
        """The subject as far as it matters who it is: names that mean nothing here are one."""
        found = Subject(subject.vendor, subject.entity, subject.company, facts=subject.facts)
        if subject.entity and self._means_nothing(subject.entity):
            found = structs.replace(found, entity=_NOBODY)
        if subject.company and self._means_nothing(subject.company):
            found = structs.replace(found, company=_NOBODY)
        return found

    def _means_nothing(self, name: str) -> bool:
        if core(name) in self._cores or self._ownership.knows(self._key(name)):
            return False
        return not any(formed(name) in names for names in self._companies.values())

    def check(
        self,
        subject: Subject,
        bars: Sequence[Bar],
        not_barred: Sequence[str],
        day: str,
        facts: Mapping[str, str],
    ) -> Check:
        """Whether any of `bars` reaches the subject on `day`; the firmest answer decides."""
        spared = next((n for n in not_barred if _same(n, self._called(subject))), "")
        if spared:
            return Check("entity", "no", f"the authority says that it does not bar {spared}")
        best: Check | None = None
        for bar in bars:
            one = self._one(subject, bar, bars, day, facts)
            if best is None or _ORDER[one.answer] < _ORDER[best.answer]:
                best = one
            if best.answer == "yes":
                break
        return best or Check("entity", "no", "it names nobody")

    def _called(self, subject: Subject) -> str:
        return subject.entity or subject.company or self._vendor(subject.vendor)

    def _vendor(self, vendor: str) -> str:
        dossier = self._dossiers.get(vendor)
        return dossier.vendor if dossier else vendor

    def _one(
        self,
        subject: Subject,
        bar: Bar,
        bars: Sequence[Bar],
        day: str,
        facts: Mapping[str, str],
    ) -> Check:
        check = self._relation(subject, bar, bars, day, facts)
        if check.answer == "no":
            return check
        for answer, says in (_listed_since(bar, day), _listed_until(bar, day)):
            if answer != "yes":
                return Check("entity", answer, says, "", check.evidence)
        for fact in bar.needs:
            name, wanted = fact.removeprefix("not:"), "no" if fact.startswith("not:") else "yes"
            known = facts.get(name, "")
            if known and known != wanted:
                return Check("entity", "no", f"{check.says}, but {name} is {known}")
            if not known:
                return Check("entity", "unknown", check.says, name, check.evidence)
        return check

    def _relation(
        self,
        subject: Subject,
        bar: Bar,
        bars: Sequence[Bar],
        day: str,
        facts: Mapping[str, str],
    ) -> Check:
        if bar.relation in ("named", "developer"):
            return self._named(subject, bar)
        if bar.relation == "listed":
            return self._listed(subject, bar, facts)
        if bar.relation in ("country-based", "country-controlled"):
            return self._country(subject, bar)
        named = [one for one in bars if one.relation in ("named", "developer")]
        if bar.of:
            named = [one for one in named if one.name in bar.of]
        return self._held(subject, bar, named, day)

    def _listed(self, subject: Subject, bar: Bar, facts: Mapping[str, str]) -> Check:
        """A list or determination that the rule refers to: not known only where one is likely.

        A list that may name anybody names, as far as oust knows, nobody but those in the rule;
        one that is about a country leaves open every vendor established there.
        """
        called = self._called(subject)
        seats = self._seats(subject)
        fact = bar.needs[0] if bar.needs else "listed"
        if facts.get(fact):
            answer: Answer = "yes" if facts[fact] == "yes" else "no"
            return Check("entity", answer, f"{called} is on the list, as you said: {facts[fact]}")
        if bar.countries and (not seats or seats.intersection(bar.countries)):
            says = f"whether {called} is on the list that the rule refers to is not known"
            return Check("entity", "unknown", says, fact)
        return Check("entity", "no", f"oust knows of no listing of {called} under this rule")

    def _seats(self, subject: Subject) -> frozenset[str]:
        dossier = self._dossiers.get(subject.vendor)
        if dossier is None or subject.entity:
            return frozenset()
        return frozenset(name.country for name in dossier.names if name.country)

    def _named(self, subject: Subject, bar: Bar) -> Check:
        called = self._called(subject)
        if not subject.entity and bar.vendor and bar.vendor == subject.vendor:
            return Check("entity", "yes", f"it names {bar.name or self._vendor(bar.vendor)}")
        for name in (bar.name, *bar.names):
            if name and _same(name, called):
                return Check("entity", "yes", f"it names {name}")
        if subject.entity or subject.company or not bar.name:
            return Check("entity", "no", f"it names {bar.name}, not {called}")
        if formed(bar.name) in self._companies.get(subject.vendor, set()):
            says = f"it names {bar.name}; which company of {called} this is, is not known"
            return Check("entity", "unknown", says, "which-company")
        return Check("entity", "no", f"it names {bar.name}, not {called}")

    def _country(self, subject: Subject, bar: Bar) -> Check:
        wanted = ", ".join(bar.countries)
        seats = self._seats(subject)
        called = self._called(subject)
        if not seats:
            return Check("entity", "no", f"oust knows of no tie of {called} to {wanted}")
        if seats <= set(bar.countries):
            return Check("entity", "yes", f"{called} is established in {', '.join(sorted(seats))}")
        if seats.isdisjoint(bar.countries):
            return Check("entity", "no", f"oust knows of no tie of {called} to {wanted}")
        says = f"{called} has companies in {', '.join(sorted(seats))}; the rule asks for {wanted}"
        return Check("entity", "unknown", says, "established-in-country")

    def _held(self, subject: Subject, bar: Bar, named: Sequence[Bar], day: str) -> Check:
        """A relation to the named entities, from stated ownership on the day."""
        mine = [self._key(subject.entity)] if subject.entity else [f"vendor:{subject.vendor}"]
        if subject.company and not subject.entity:
            mine.append(self._key(subject.company))
        mine = [key for key in mine if self._ownership.knows(key)]
        snapshot = self._ownership.on(day)
        tested = self._together if bar.relation == "aggregate" else self._singly
        best = tested(snapshot, bar, mine, named)
        called = self._called(subject)
        if best is None or best[0].answer == "no":
            group = self._group(called, named)
            if group:
                says = f"{called} is a company of {group}; who holds it is not stated"
                return Check("entity", "unknown", says, "ownership-share")
        relation = _SAID.get(bar.relation, bar.relation)
        whom = " or ".join(dict.fromkeys(one.name for one in named if one.name)) or "those it names"
        if best is None or (best[0].answer == "no" and not best[0].via):
            return Check("entity", "no", f"no ownership stated makes {called} {relation} {whom}")
        decision, name = best
        evidence = tuple(e for holding in decision.via for e in holding.evidence)
        fact = "ownership-share" if decision.answer == "unknown" else ""
        says = f"{called}, {relation} {name}? {self._readable(decision, mine)}"
        return Check("entity", decision.answer, says, fact, evidence)

    def _singly(
        self, snapshot: Snapshot, bar: Bar, mine: Sequence[str], named: Sequence[Bar]
    ) -> tuple[Decision, str] | None:
        """The firmest relation to one of those named, and to whom."""
        best: tuple[Decision, str] | None = None
        for one in named if mine else ():
            for theirs, key in product(self._keys(one), mine):
                if key == theirs:
                    continue
                decision = _decide(snapshot, bar, theirs, key)
                if best is None or _ORDER[decision.answer] < _ORDER[best[0].answer]:
                    best = decision, one.name or self._vendor(one.vendor)
        return best

    def _together(
        self, snapshot: Snapshot, bar: Bar, mine: Sequence[str], named: Sequence[Bar]
    ) -> tuple[Decision, str] | None:
        """What those named hold together, the firmest of the names by which the party is known."""
        owners = [k for one in named for k in self._keys(one) if self._ownership.knows(k)]
        owners = list(dict.fromkeys(owners))
        match = _THRESHOLD.fullmatch(bar.threshold.strip())
        if not owners or not mine or match is None:
            return None
        share, strict = float(match[2]) / 100, match[1] == ">"
        found = [snapshot.aggregate(owners, key, share, strict) for key in mine]
        return min(found, key=lambda decision: _ORDER[decision.answer]), "those it names"

    def _group(self, called: str, named: Sequence[Bar]) -> str:
        """The vendor among `named` whose dossier lists this very company; "" if none does."""
        for bar in named:
            if bar.vendor and formed(called) in self._companies.get(bar.vendor, ()):
                return self._vendor(bar.vendor)
        return ""

    def _readable(self, decision: Decision, mine: Sequence[str]) -> str:
        """What the ownership says with names for keys."""
        ends = {end for one in decision.via for end in (one.owner, one.owned)}
        says = decision.says
        for key in sorted({*ends, *mine}, key=len, reverse=True):
            kind, _, name = key.partition(":")
            says = says.replace(key, self._vendor(name) if kind == "vendor" else name.title())
        return says

    def _keys(self, bar: Bar) -> list[str]:
        keys = [f"vendor:{bar.vendor}"] if bar.vendor else []
        return keys + [self._key(name) for name in (bar.name, *bar.names) if name]


_ASKED: dict[Relation, Callable[[Snapshot, str, str], Decision]] = {
    "controls": lambda on, named, entity: on.controlled_by(entity, named),
    "controlled-by": lambda on, named, entity: on.controlled_by(named, entity),
    "decisive-influence": lambda on, named, entity: on.controlled_by(named, entity),
    "common-control": lambda on, named, entity: on.common_control(named, entity),
    "parent": lambda on, named, entity: on.subsidiary(entity, named),
    "subsidiary": lambda on, named, entity: on.subsidiary(named, entity),
    "affiliate": lambda on, named, entity: on.affiliate(named, entity),
    "successor": lambda on, named, entity: on.successor(named, entity),
    "predecessor": lambda on, named, entity: on.predecessor(named, entity),
}
"""What is asked of the ownership on a day for each relation of an entity to a named one."""


def _decide(snapshot: Snapshot, bar: Bar, named: str, entity: str) -> Decision:
    """One relation of `entity` to `named`; those that are about shares heed the threshold."""
    if bar.relation in _ASKED:
        return _ASKED[bar.relation](snapshot, named, entity)
    match = _THRESHOLD.fullmatch(bar.threshold.strip())
    if match:
        return snapshot.stake(named, entity, float(match[2]) / 100, match[1] == ">")
    if bar.relation == "majority-owned":
        return snapshot.majority_owned(named, entity)
    return snapshot.stake(named, entity, 0.0, True)


def _listed_since(bar: Bar, day: str) -> tuple[Answer, str]:
    answer = reached(day, bar.since) if bar.since else "yes"
    return answer, f"{bar.name or 'this entry'} is listed from {bar.since}"


def _listed_until(bar: Bar, day: str) -> tuple[Answer, str]:
    answer = passed(day, bar.until)
    return _OPPOSITE[answer], f"{bar.name or 'this entry'} was listed until {bar.until}"


def _same(ruled: str, name: str) -> bool:
    """Whether a name in a rule is this party's: one without a legal form fits any."""
    if formed(ruled) == " ".join(core(ruled)):
        return core(ruled) == core(name)
    return formed(ruled) == formed(name)


def vendors_named(bars: Iterable[Bar]) -> frozenset[str]:
    """Dossier ids that a rule's bars name."""
    return frozenset(bar.vendor for bar in bars if bar.vendor)


def every_bar(rules: Iterable[Rule]) -> Iterator[Bar]:
    """The bars of all rules."""
    for rule in rules:
        yield from rule.bars
        for provision in rule.provisions:
            yield from provision.bars
