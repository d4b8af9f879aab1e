"""`oust rules list`, `profiles` and `facts`: what oust knows, a line each."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from msgspec import Struct

from oust.data.rule import Bar, Fact, Profile, Provision, Rule, Tag
from oust.report.words import clip, plural, safe

WIDTH = 100
COUNTRIES = {
    "AU": "Australia",
    "CA": "Canada",
    "DE": "Germany",
    "EU": "European Union",
    "IT": "Italy",
    "LT": "Lithuania",
    "NL": "Netherlands",
    "UK": "United Kingdom",
    "US": "United States",
}
_COLUMNS = (39, 18, 12, 30)


class StandingLike(Protocol):
    """How a rule stands on a date: see judge/standing.py."""

    @property
    def word(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def provisions(self) -> tuple[Provision, ...]: ...


class Listed(Struct, frozen=True):
    """A rule and how it stands."""

    rule: Rule
    standing: StandingLike

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """Those that stand on the date; before the first wording and after the last, all."""
        return self.standing.provisions or self.rule.provisions

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The tests of who is barred, of the rule and of its provisions."""
        own = tuple(bar for one in self.provisions for bar in one.bars)
        return self.rule.bars + own

    @property
    def code(self) -> str:
        """Whether code embedded in others' products is reached; `differs` by provision."""
        told = {one.embedded_code for one in self.provisions}
        return "differs" if len(told) > 1 else next(iter(told), "")

    @property
    def named(self) -> tuple[str, ...]:
        """Whom it bars, in few words."""
        names = [_short(bar) for bar in self.bars]
        return tuple(dict.fromkeys(name for name in names if name))


def _short(bar: Bar) -> str:
    if bar.relation in ("named", "developer"):
        return bar.name
    if bar.relation == "listed":
        return bar.name or "those on a list"
    if bar.relation in ("country-based", "country-controlled"):
        return f"companies of {', '.join(bar.countries)}"
    return ""


def table(listed: Sequence[Listed], day: str, vendor: str) -> Iterator[str]:
    """Rules by country, a line each of at most WIDTH characters."""
    about = f" that name {vendor}" if vendor else ""
    yield f" {plural(len(listed), 'rule')}{about}, as they stand on {day}"
    yield " " + "─" * (WIDTH - 2)
    yield _row("rule", "binds", "embedded", "bars")
    for code, group in groupby(sorted(listed, key=_place), _country):
        yield ""
        yield f" {clip(COUNTRIES.get(code, code), WIDTH - 2)}"
        for one in group:
            yield _row(one.rule.id, status(one), one.code or "-", _bars(one))
    yield ""
    yield " embedded: whether the rule reaches the vendor's code inside other makers' products."
    yield " One rule whole: oust rules show ID.  Not legal advice."


def _row(*cells: str) -> str:
    fitted = (f"{clip(cell, w - 1):<{w}}" for cell, w in zip(cells, _COLUMNS, strict=True))
    return (" " + "".join(fitted)).rstrip()


def _country(one: Listed) -> str:
    return one.rule.jurisdiction.partition("-")[0]


def _place(one: Listed) -> tuple[str, str]:
    return _country(one), one.rule.id


def status(one: Listed) -> str:
    """`since 2018-10-01`, `from ...`, `ended ...`, `pending`, `advice ...`, `not yet`."""
    stands, force = one.standing, one.rule.force
    if stands.word == "since" and force != "binding":
        return f"{force} {stands.date}"
    if stands.word in ("pending", "not yet"):
        return f"{stands.word}: {stands.step}" if stands.word == "pending" else stands.word
    return f"{stands.word} {stands.date}" if stands.word != "not known" else "not known"


def _bars(one: Listed) -> str:
    names, width = one.named, _COLUMNS[-1] - 1
    if not names:
        return "no vendor"
    shown = names[0]
    for count, name in enumerate(names[1:], 1):
        rest = len(names) - count - 1
        more = f" +{rest}" if rest else ""
        if len(f"{shown}, {name}{more}") > width:
            return f"{clip(shown, width - 4)} +{rest + 1}"
        shown += f", {name}"
    return shown


def as_json(listed: Iterable[Listed], day: str) -> str:
    """The same for programs, with every name."""
    rules = [
        {
            "id": one.rule.id,
            "name": one.rule.name,
            "kind": one.rule.kind,
            "force": one.rule.force,
            "jurisdiction": one.rule.jurisdiction,
            "stands": one.standing.word,
            "date": one.standing.date,
            "step": one.standing.step,
            "embedded_code": sorted({p.embedded_code for p in one.provisions}),
            "bars": list(one.named),
            "vendors": list(dict.fromkeys(bar.vendor for bar in one.bars if bar.vendor)),
        }
        for one in sorted(listed, key=lambda one: one.rule.id)
    ]
    return json.dumps({"as_of": day, "rules": rules}, indent=2, ensure_ascii=False)


def profiles(known: Iterable[Profile], tags: Iterable[Tag]) -> Iterator[str]:
    """Who can ask, and the tags by which rules say who must obey."""
    yield " Profiles, for --as"
    for profile in known:
        yield from _entry(profile.id, f"{profile.name}: {profile.about}")
        open_ = f"; left open: {', '.join(profile.unknown)}" if profile.unknown else ""
        yield from _wrap(f"tags: {', '.join(profile.tags)}{open_}", " " * 30)
    yield ""
    yield " Tags, for obliges and spares of a rule and for a profile of your own"
    for tag in tags:
        yield from _entry(tag.id, tag.about)


def facts(known: Iterable[Fact], anchors: Iterable[Fact]) -> Iterator[str]:
    """What rules ask and evidence seldom shows."""
    yield " Facts, for --fact and for needs of a rule"
    for fact in known:
        yield from _entry(fact.id, fact.question)
    yield ""
    yield " Events from which deadlines count"
    for anchor in anchors:
        yield from _entry(anchor.id, anchor.question)


def _entry(name: str, text: str) -> Iterator[str]:
    head = f"   {safe(name):<26} "
    yield from _wrap(text, head)


def _wrap(text: str, head: str) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=head, subsequent_indent=" " * 30, break_on_hyphens=False
    )
