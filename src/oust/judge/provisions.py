"""One provision against one subject on one day: every condition tested, none skipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import structs

from oust.data.rule import Exempted, Fact, Profile, Provision, Rule, Tag
from oust.judge.dates import before, passed, reached
from oust.judge.entities import Entities
from oust.judge.subject import Subject
from oust.judge.wording import Wording, starts
from oust.model import Answer, Check, Verdict, VerdictWord

ACTS: dict[str, str] = {
    "use": "using it",
    "buy": "buying it",
    "provide": "providing it to the Government",
    "contract": "contracting with its users",
    "offer": "offering it on a purchase vehicle",
    "resell": "reselling it",
    "integrate": "building it into another product",
    "update": "supplying updates",
    "agree": "new agreements with the vendor",
    "export": "exports to the vendor",
    "subsidise": "paying for it with public subsidy",
    "authorise": "new equipment authorisation",
    "market": "placing it on the market",
    "deal": "dealing in blocked property",
}


class Conditions:
    """The tests that do not depend on the date, kept so that each is made once."""

    def __init__(
        self,
        profile: Profile,
        entities: Entities,
        tags: Mapping[str, Tag],
        questions: Mapping[str, Fact],
    ) -> None:
        self.profile = profile
        self.entities = entities
        self._tags = tags
        self._questions = questions
        self._kept: dict[tuple[str, str, str, Subject], tuple[Check, ...]] = {}

    def standing(self, rule: Rule, provision: Provision, subject: Subject) -> tuple[Check, ...]:
        """Checks on who, what and how; the same on every date."""
        key = (rule.id, provision.stage, provision.id, subject)
        if key not in self._kept:
            facts = dict(subject.facts)
            self._kept[key] = (
                self._obliged(provision),
                self.act(provision, subject),
                _form(provision, subject),
                _product(provision, subject),
                _embedded(provision, subject, facts),
                *(self.fact(need, facts) for need in provision.needs),
            )
            self._kept[key] = tuple(told(check, facts) for check in self._kept[key])
        return self._kept[key]

    def _obliged(self, provision: Provision) -> Check:
        mine, open_ = set(self.profile.tags), set(self.profile.unknown)
        spared = mine.intersection(provision.spares)
        name = self.profile.name
        if spared:
            return Check("obliged", "no", f"it leaves out {self._about(sorted(spared)[0])}")
        if mine.intersection(provision.obliges):
            tag = next(tag for tag in provision.obliges if tag in mine)
            doubt = sorted(open_.intersection(provision.spares))
            if doubt:
                says = f"it binds a {self._about(tag)}, but not a {self._about(doubt[0])}"
                return Check("obliged", "unknown", says, f"not:{doubt[0]}")
            return Check("obliged", "yes", f"it binds: {self._about(tag)}")
        doubt = [tag for tag in provision.obliges if tag in open_]
        if doubt:
            says = f"it binds only: {self._about(doubt[0])}"
            return Check("obliged", "unknown", says, doubt[0])
        whom = "; ".join(self._about(tag) for tag in provision.obliges[:3])
        more = "; ..." if len(provision.obliges) > 3 else ""
        return Check("obliged", "no", f"it does not bind a {name}, but: {whom}{more}")

    def _about(self, tag: str) -> str:
        return self._tags[tag].about if tag in self._tags else tag

    def act(self, provision: Provision, subject: Subject) -> Check:
        """Whether what the asset shows the profile to do is among what is barred."""
        return _act(provision, self.acts(subject))

    def acts(self, subject: Subject) -> list[str]:
        """What the asset shows that the profile does."""
        return [subject.act] if subject.act else self.profile.acts.get(subject.asset, "use").split()

    def run_out(self, provision: Provision, subject: Subject, day: str) -> Check | None:
        """An award that has ended shows no use any more; None where it need not."""
        shown = set(self.acts(subject)).intersection(provision.acts)
        if shown != {"use"} or subject.asset != "award" or passed(day, subject.until) == "no":
            return None
        says = f"the award ended on {subject.until}: is what it bought still in use?"
        return Check("act", "unknown", says, "still-in-use")

    def question(self, name: str) -> str:
        """What the fact asks, in words; its name where nobody put it into words."""
        return self._questions[name].question if name in self._questions else name

    def fact(self, need: str, facts: Mapping[str, str]) -> Check:
        """A fact that the rule asks for; unknown unless the user said it."""
        name = _plain(need)
        wanted = "no" if need.startswith("not:") else "yes"
        question = self.question(name)
        known = facts.get(name, "")
        if not known:
            return Check("fact", "unknown", question, name)
        answer: Answer = "yes" if known == wanted else "no"
        return Check("fact", answer, f"{question} {known}, as you said")


def _plain(need: str) -> str:
    """The fact of a need, be it negated or not."""
    return need.removeprefix("not:")


def _act(provision: Provision, acts: Sequence[str]) -> Check:
    shown = " or ".join(ACTS[act] for act in acts)
    barred = ", ".join(ACTS[act] for act in provision.acts)
    if set(acts).intersection(provision.acts):
        return Check("act", "yes", f"it bars {barred}; seen: {shown}")
    return Check("act", "no", f"it bars {barred}, not {shown}")


def _form(provision: Provision, subject: Subject) -> Check:
    wanted = ", ".join(provision.forms)
    if not provision.forms or subject.form in provision.forms:
        return Check("form", "yes", f"{wanted or 'any form'} is covered")
    if subject.form:
        return Check("form", "no", f"it covers {wanted}; this is {subject.form}")
    return Check("form", "unknown", f"it covers only {wanted}", f"is-{provision.forms[0]}")


def _product(provision: Provision, subject: Subject) -> Check:
    if not provision.products:
        return Check("product", "yes", "any product is covered")
    found = subject.products.intersection(provision.products)
    if found:
        return Check("product", "yes", f"it covers {sorted(found)[0]}")
    shown = ", ".join(provision.products[:3])
    if not (subject.products or subject.product_named):
        says = f"it covers {shown}; which product this is, is not known"
        return Check("product", "unknown", says, "is-listed-product")
    return Check("product", "no", f"it covers {shown}; no other product")


def _embedded(provision: Provision, subject: Subject, facts: Mapping[str, str]) -> Check:
    reach = provision.embedded_code
    if not subject.embedded:
        return Check("embedded code", "yes", "the product is the vendor's own")
    if reach == "yes":
        return Check("embedded code", "yes", "it reaches code inside other makers' products")
    if reach == "no":
        return Check("embedded code", "no", "it leaves code inside other makers' products out")
    if reach == "unknown":
        says = "whether it reaches code inside other makers' products is not known"
        return Check("embedded code", "unknown", says, "rule-reaches-embedded-code")
    said = facts.get("substantial-component", "")
    if said:
        word: Answer = "yes" if said == "yes" else "no"
        return Check("embedded code", word, f"a substantial or essential component: {said}")
    says = "it reaches code inside other products only as a substantial or essential component"
    return Check("embedded code", "unknown", says, "substantial-component")


def entity_check(
    rule: Rule,
    provision: Provision,
    since: str,
    subject: Subject,
    day: str,
    conditions: Conditions,
) -> Check:
    """Whether the provision bars whose product or company it is, once it is in force."""
    said = dict(subject.facts)
    on = max(day, since) if len(since) == 10 else day
    bars = provision.bars or rule.bars
    found = told(conditions.entities.check(subject, bars, rule.not_barred, on, said), said)
    if found.answer == "unknown" and found.fact in {_plain(n) for one in bars for n in one.needs}:
        return structs.replace(found, says=f"{found.says}; {conditions.question(found.fact)}")
    return found


def exception_checks(
    rule: Rule, provision: Provision, subject: Subject, day: str, conditions: Conditions
) -> list[Check]:
    """The exceptions in question."""
    said = dict(subject.facts)
    return [
        told(check, said)
        for one in (*provision.exceptions, *rule.exceptions)
        if (check := _exception(one, subject, day, conditions)) is not None
    ]


def time_check(
    provision: Provision, text: Wording, since: str, subject: Subject, day: str
) -> Check:
    """Whether the provision is in force on the day."""
    return told(_time(provision, text, since, day), dict(subject.facts))


def judge_provision(
    rule: Rule,
    provision: Provision,
    wording: Wording,
    subject: Subject,
    day: str,
    conditions: Conditions,
) -> Verdict:
    """What one provision says of one subject on one day."""
    assert wording.stage is not None
    since = starts(provision, wording.stage, wording.supposed)
    obliged, *standing = conditions.standing(rule, provision, subject)
    checks = (
        time_check(provision, wording, since, subject, day),
        obliged,
        entity_check(rule, provision, since, subject, day, conditions),
        *standing,
    )
    exceptions = exception_checks(rule, provision, subject, day, conditions)
    if over := conditions.run_out(provision, subject, day):
        checks = (*checks, told(over, dict(subject.facts)))
    word, decided = _word(checks, exceptions, wording, since, day)
    if rule.force == "advice" and word != "exempt":
        word = "permitted"
    return Verdict(
        exposure="",
        rule=rule.id,
        as_of=day,
        word=word,
        since=since if word not in ("permitted", "exempt") else "",
        stage=wording.stage.id,
        provision=provision.id,
        citation=provision.citation,
        checks=(*checks, *(c for c in exceptions if c.answer != "no")),
        because=decided.says,
        missing=_asked(decided) if word == "not known" else "",
        changes=_changes(rule, provision, checks, wording, since, day, word),
        supposed=bool(wording.supposed),
        advised=rule.force == "advice" and all(c.answer == "yes" for c in checks),
    )


def told(check: Check, said: Mapping[str, str]) -> Check:
    """An open check answered by what the user said."""
    name = _plain(check.fact)
    if check.answer != "unknown" or name not in said:
        return check
    answer: Answer = "yes" if (said[name] == "no") == check.fact.startswith("not:") else "no"
    return Check(check.test, answer, f"{check.says} (you say: {name} {said[name]})", "", ())


def _asked(check: Check) -> str:
    return _plain(check.fact) or check.test


def _time(provision: Provision, wording: Wording, since: str, day: str) -> Check:
    if wording.binds == "no":
        return Check("in force", "no", wording.says)
    over = passed(day, provision.until)
    if over == "yes":
        return Check("in force", "no", f"it applied until {provision.until}")
    began = reached(day, since)
    if began == "no":
        return Check("in force", "no", f"{wording.says}; it bars from {since}")
    if "unknown" in (began, over, wording.binds):
        said = provision.since_note or wording.says
        return Check("in force", "unknown", f"it bars from {since}: {said}", "day-of-effect")
    return Check("in force", "yes", f"{wording.says}; it bars from {since}")


def _exception(one: Exempted, subject: Subject, day: str, conditions: Conditions) -> Check | None:
    """`yes`: it applies; `unknown`: it hangs on the date of acquisition; None: not in question."""
    if one.until and passed(day, one.until) == "yes":
        return None
    answers: list[Answer] = []
    if one.fact:
        said = dict(subject.facts).get(_plain(one.fact), "")
        if not said:
            return None
        answers.append(conditions.fact(one.fact, dict(subject.facts)).answer)
    if one.acquired_before:
        answers.append(before(subject.since, one.acquired_before))
    if one.products:
        answers.append("yes" if subject.products.intersection(one.products) else "no")
    if not answers or "no" in answers:
        return None
    if "unknown" in answers:
        says = f"exception: {one.text}; when it was acquired is not known"
        return Check("exception", "unknown", says, "date-acquired")
    return Check("exception", "yes", f"exception: {one.text}")


def _word(
    checks: Sequence[Check],
    exceptions: Sequence[Check],
    wording: Wording,
    since: str,
    day: str,
) -> tuple[VerdictWord, Check]:
    """The verdict word and the check that decided."""
    failed = [check for check in checks if check.answer == "no"]
    later = is_later(wording, since, day)
    if later and failed and failed[0].test == "in force" and len(failed) == 1:
        failed = []
    if failed:
        return "permitted", _telling(failed)
    applies = [check for check in exceptions if check.answer == "yes"]
    if applies:
        return "exempt", applies[0]
    open_ = [check for check in (*checks, *exceptions) if check.answer == "unknown"]
    if open_:
        return "not known", open_[0]
    word: VerdictWord = "prohibited-from" if later else "prohibited"
    return ("would-be-prohibited" if wording.supposed else word), checks[0]


def is_later(wording: Wording, since: str, day: str) -> bool:
    """Whether the wording is law already and bars only from a date ahead."""
    return wording.binds == "yes" and reached(day, since) == "no"


def _telling(failed: Sequence[Check]) -> Check:
    """Of several reasons why a rule does not reach, the one that says most about it."""
    order = ("entity", "obliged", "in force", "embedded code", "product", "form", "act", "fact")
    return min(failed, key=lambda check: order.index(check.test))


def _changes(
    rule: Rule,
    provision: Provision,
    checks: Sequence[Check],
    wording: Wording,
    since: str,
    day: str,
    word: VerdictWord,
) -> str:
    """The first thing that would change the verdict."""
    failed = [check for check in checks if check.answer == "no"]
    if word == "not known":
        return ""
    if word == "permitted":
        if len(failed) != 1:
            return ""
        if failed[0].test == "in force" and wording.binds == "no" and not _over(rule, day):
            return f"it binds when enacted: --suppose {rule.id}@{provision.stage}"
        return _without(failed[0])
    if word in ("prohibited", "prohibited-from", "would-be-prohibited"):
        if provision.until:
            return f"it applies until {provision.until}"
        granted = next((e for e in (*provision.exceptions, *rule.exceptions) if e.fact), None)
        return f"exception: {granted.text} (--fact {granted.fact}=yes)" if granted else ""
    return f"it would apply from {since}" if word == "exempt" and not since else ""


def _over(rule: Rule, day: str) -> bool:
    """Whether the rule has ended, so that nothing is left to enact."""
    return any(s.step == "ended" and reached(day, s.date) == "yes" for s in rule.stages)


def _without(check: Check) -> str:
    if check.test == "embedded code":
        return "it reaches the vendor's own products"
    if check.test == "obliged":
        return "another profile: " + check.says.partition("but: ")[2]
    return ""
