"""`oust rules show`: one rule as a page that can be read aloud, every statement with its source."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct

from oust.data.rule import (
    Bar,
    Cite,
    Conflict,
    Deadline,
    Exempted,
    Fact,
    Provision,
    Relation,
    Rule,
    Stage,
    Tag,
)
from oust.report.words import safe

WIDTH = 100
NOTE = "Not legal advice. What stands here was read in the sources named; what they say counts."

_STANDS: dict[Relation, str] = {
    "predecessor": "any predecessor of",
    "successor": "any successor of",
    "parent": "any parent of",
    "subsidiary": "any subsidiary of",
    "affiliate": "any affiliate of",
    "controls": "whoever controls",
    "controlled-by": "whoever is controlled by",
    "common-control": "whoever is under common control with",
    "majority-owned": "whoever is majority-owned by",
    "owned": "whoever is owned by",
    "stake": "whoever is partly owned by",
    "aggregate": "whoever is held, counted together, by",
    "decisive-influence": "whoever is under the decisive influence of",
}
_CODE = {
    "yes": "reaches the vendor's code inside other products",
    "no": "does not reach the vendor's code inside other products",
    "unknown": "whether it reaches the vendor's code inside other products is not known",
    "substantial": "reaches the vendor's code inside other products only as a substantial or "
    "essential component",
}


class Words(Struct, frozen=True):
    """What tags, facts and anchors mean, by id."""

    tags: Mapping[str, Tag]
    facts: Mapping[str, Fact]
    anchors: Mapping[str, Fact]

    def whom(self, obliges: Iterable[str], spares: Iterable[str]) -> str:
        """Those who must obey, and those left out."""
        spared = "; ".join(self._tag(tag) for tag in spares)
        told = "; ".join(self._tag(tag) for tag in obliges)
        return told + (f". Not: {spared}" if spared else "")

    def _tag(self, tag: str) -> str:
        return self.tags[tag].about if tag in self.tags else tag

    def asked(self, needs: Iterable[str]) -> str:
        """Facts as questions with the answer that is needed."""
        return "; ".join(self._ask(need) for need in needs)

    def _ask(self, need: str) -> str:
        name = need.removeprefix("not:")
        answer = "no" if need.startswith("not:") else "yes"
        question = self.facts[name].question if name in self.facts else name
        return f"{question} {answer} ({name})"


def render(rule: Rule, words: Words, shown: Sequence[Provision], at: str = "") -> Iterator[str]:
    """Lines of at most WIDTH characters, addresses excepted.

    `shown` are the provisions to show; `at` says that they are those of one stage.
    """
    yield from _wrap(f"{rule.name}   ({rule.id})", " ", "   ")
    force = {"advice": "binds nobody", "duty": "bars no vendor"}.get(rule.force, "")
    facts = (rule.kind, rule.jurisdiction, rule.authority, force)
    yield from _wrap(" · ".join(fact for fact in facts if fact), " ", "   ")
    yield from _wrap("; ".join(rule.citations), " ", "   ")
    yield ""
    yield from _wrap(rule.about, " ", " ")
    yield from _section("Who must obey", _wrap(rule.obliged, "   ", "   "))
    yield from _section("What is covered", _wrap(rule.articles, "   ", "   "))
    yield from _section("Who is barred", _bars(rule.bars, words, rule.not_barred))
    yield from _section("Stages", _stages(rule.stages))
    title = f"Wording at {at}" if at else "Wording, by stage"
    yield from _section(title, _provisions(rule, shown, words))
    yield from _section("Deadlines", _deadlines(rule, words))
    plain = [one for one in rule.exceptions if not one.waiver]
    waivers = [one for one in rule.exceptions if one.waiver]
    yield from _section("Exceptions", _exceptions(plain, words, "   "))
    yield from _section("Waivers, on request", _exceptions(waivers, words, "   "))
    yield from _tail(rule, words)


def _tail(rule: Rule, words: Words) -> Iterator[str]:
    yield from _section("Handed down", _wrap(rule.flowdown, "   ", "   "))
    yield from _section("Contract clauses", _clauses(rule, words))
    reports = ", ".join(rule.reports)
    yield from _section("Reports", _wrap(reports, "   ", "   "))
    yield from _section("Where sources disagree", _conflicts(rule.conflicts))
    results = (line for one in rule.results for line in _item(f"{one.text}{_cited(one)}"))
    yield from _section("What came of it, and what was said", results)
    yield from _section("Not seen", (line for text in rule.not_seen for line in _item(text)))
    yield from _section("See also", _wrap(", ".join(rule.see), "   ", "   "))
    yield from _section("Sources", _sources(rule))
    yield ""
    yield f" {NOTE}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [line for line in lines if line.strip()]
    if found:
        yield ""
        yield f" {title}"
        yield from found


def _wrap(text: str, first: str, rest: str) -> Iterator[str]:
    if text:
        yield from textwrap.wrap(
            *(safe(" ".join(text.split())), WIDTH),
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        )


def _item(text: str, indent: str = "   ") -> Iterator[str]:
    yield from _wrap(text, f"{indent}- ", f"{indent}  ")


def _cited(one: Cite) -> str:
    doubt = " (unconfirmed)" if one.unconfirmed else ""
    note = f" ({one.note})" if one.note else ""
    return f"{doubt}{note} [{', '.join(one.source)}]"


def _bars(
    bars: Sequence[Bar], words: Words, free: Sequence[str], indent: str = "   "
) -> Iterator[str]:
    for bar in bars:
        yield from _item(_bar(bar, words), indent)
    if free:
        yield from _item(f"not barred: {', '.join(free)}", indent)


def _bar(bar: Bar, words: Words) -> str:
    parts = [_who(bar)]
    if bar.threshold:
        parts.append(f"share {bar.threshold} %")
    if bar.since or bar.until:
        parts.append(_dates(bar.since, bar.until))
    if bar.needs:
        parts.append(f"if: {words.asked(bar.needs)}")
    if bar.note:
        parts.append(bar.note)
    cited = f" [{', '.join(bar.source)}]" if bar.source else ""
    return "; ".join(parts) + cited


def _who(bar: Bar) -> str:
    others = f" (also {', '.join(bar.names)})" if bar.names else ""
    if bar.relation in ("named", "developer"):
        made = "whatever is made by " if bar.relation == "developer" else ""
        vendor = f", with all products of {bar.vendor}" if bar.vendor else ""
        return f"{made}{bar.name}{others}{vendor}"
    if bar.relation == "listed":
        seats = f", which is about {', '.join(bar.countries)}" if bar.countries else ""
        return f"whoever stands on {bar.name or 'the list that the rule refers to'}{seats}"
    if bar.relation in ("country-based", "country-controlled"):
        based = "based in" if bar.relation == "country-based" else "owned or directed from"
        return f"whoever is {based} {', '.join(bar.countries)}"
    here = "those named here" if bar.relation == "aggregate" else "one named here"
    whom = ", ".join(bar.of) or here
    name = f"{bar.name}{others}: " if bar.name else ""
    return f"{name}{_STANDS[bar.relation]} {whom}"


def _dates(since: str, until: str) -> str:
    return f"{since or '?'} to {until}" if until else f"from {since}"


def _stages(stages: Sequence[Stage]) -> Iterator[str]:
    names = max((len(stage.id) for stage in stages), default=0)
    for stage in stages:
        step = "" if stage.step == "event" else stage.step
        head = f"   {stage.date:<11} {step:<10} {stage.id:<{names}} "
        yield from _wrap(f"{stage.event}{_cited(stage)}", head, " " * min(len(head), 50))


def _provisions(rule: Rule, shown: Sequence[Provision], words: Words) -> Iterator[str]:
    for stage in rule.stages:
        for one in shown:
            if one.stage == stage.id:
                yield from _wrap(f"{one.id}, as of {stage.id} ({stage.date}): {one.text}", *_TWO)
                for line in _terms(one, stage, words):
                    yield from _wrap(line, "     ", "       ")
                yield from _bars(one.bars, words, (), "     ")
                yield from _exceptions(one.exceptions, words, "     ")


_TWO = ("   ", "     ")


def _terms(one: Provision, stage: Stage, words: Words) -> Iterator[str]:
    yield f"{one.citation}{_cited(one)}"
    note = f" ({one.since_note})" if one.since_note else ""
    yield f"in force: {_dates(one.since or stage.date, one.until)}{note}"
    yield f"obliges: {words.whom(one.obliges, one.spares)}"
    yield f"bars: {', '.join(one.acts)}"
    yield f"embedded code: {one.embedded_code}, {_CODE[one.embedded_code]}"
    if one.forms:
        yield f"only: {', '.join(one.forms)}"
    if one.products:
        yield f"only these products: {', '.join(one.products)}"
    if one.needs:
        yield f"only if: {words.asked(one.needs)}"
    if one.bars:
        yield "bars:"


def _deadlines(rule: Rule, words: Words) -> Iterator[str]:
    for one in rule.deadlines:
        yield from _item(f"{one.id}: {one.duty}: {_when(one, rule, words)}{_cited(one)}")
        whom = words.whom(one.obliges, one.spares)
        told = [f"obliges: {whom}" if whom else "", one.citation]
        told.append(f"report: {one.report}" if one.report else "")
        told.append("a duty of the authority itself" if one.on_government else "")
        yield from _wrap(" · ".join(part for part in told if part), "     ", "     ")


def _clauses(rule: Rule, words: Words) -> Iterator[str]:
    for one in rule.clauses:
        until = f" to {one.until}" if one.until else " on"
        yield from _item(
            f"{one.number} {one.title}: {one.counts} from {one.since}{until}{_cited(one)}"
        )
        told = [f"obliges: {words.whom(one.obliges, ())}", one.citation]
        apart = f", but for {one.except_part}" if one.except_part else ""
        told.append(f"into subcontracts: {one.flowdown}{apart}")
        told.append(f"for some in its place: {', '.join(one.instead)}" if one.instead else "")
        yield from _wrap(" · ".join(part for part in told if part), "     ", "     ")


def _when(one: Deadline, rule: Rule, words: Words) -> str:
    parts = [f"by {one.due}"] if one.due else []
    if one.anchor:
        count = f"{_count(one.n, one.unit)} after " if one.unit else "no time given after "
        parts.append(count + _anchor(one.anchor, rule, words))
    if one.every_n:
        parts.append(f"then every {_count(one.every_n, one.every_unit)}")
    if one.every_date:
        parts.append(f"every year by {one.every_date}")
    if one.until:
        parts.append(f"until {one.until}")
    if one.contracts_from or one.contracts_until:
        first, last = one.contracts_from, one.contracts_until
        parts.append(
            f"for contracts {_dates(first, last)}" if first else f"for contracts to {last}"
        )
    return ", ".join(parts)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def _anchor(anchor: str, rule: Rule, words: Words) -> str:
    for stage in rule.stages:
        if stage.id == anchor:
            return f"{stage.date} ({stage.event})"
    return (
        f"the day asked for ({words.anchors[anchor].question})"
        if anchor in words.anchors
        else anchor
    )


def _exceptions(found: Sequence[Exempted], words: Words, indent: str) -> Iterator[str]:
    for one in found:
        told = [one.text]
        if one.acquired_before:
            told.append(f"for what was acquired before {one.acquired_before}")
        if one.products:
            told.append(f"for {', '.join(one.products)}")
        if one.fact:
            told.append(f"if: {words.asked([one.fact])}")
        if one.by:
            told.append(f"granted by {one.by}")
        if one.until:
            told.append(f"until {one.until}")
        label = "waiver: " if one.waiver and indent != "   " else ""
        label = label or ("" if indent == "   " else "except: ")
        yield from _item(f"{label}{'; '.join(told)}{_cited(one)}", indent)


def _conflicts(conflicts: Sequence[Conflict]) -> Iterator[str]:
    """What each side says, side by side."""
    for one in conflicts:
        cited = f" [{', '.join(one.source)}]" if one.source else ""
        yield from _item(f"{one.about}{cited}")
        width = (WIDTH - 5) // len(one.values) - 3 if one.values else WIDTH
        if width < 24:
            for value in one.values:
                yield from _item(value, "     ")
            continue
        columns = [textwrap.wrap(safe(value), width) for value in one.values]
        for cells in zip_longest(*columns, fillvalue=""):
            yield "     " + " │ ".join(f"{cell:<{width}}" for cell in cells).rstrip()


def _sources(rule: Rule) -> Iterator[str]:
    width = max((len(source.id) for source in rule.sources), default=0)
    for source in rule.sources:
        head = f"   {'[' + source.id + ']':<{width + 2}} "
        rest = " " * len(head)
        yield from _wrap(f"{source.what} ({source.tier})", head, rest)
        yield from _wrap(source.url, rest, rest)
