"""Which companies a rule reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from oust.data.dossier import Dossier
from oust.data.rule import Bar, Rule
from oust.judge.entities import Entities, every_bar, vendors_named
from oust.judge.subject import Subject
from oust.model import Check


def tested(
    entities: Entities, rule: Rule, dossiers: Sequence[Dossier], held: Iterable[str], day: str
) -> Iterator[tuple[str, Check]]:
    """Every company worth asking about with the firmest answer, barred ones first."""
    bars = list(every_bar([rule]))
    found = {name: _check(entities, rule, bars, name, day) for name in _names(bars, dossiers)}
    for name in held:
        check = _check(entities, rule, bars, name, day)
        if check.answer != "no" and not any(entities.same(name, known) for known in found):
            found[name] = check
    order = {"yes": 0, "unknown": 1, "no": 2}
    yield from sorted(found.items(), key=lambda pair: (order[pair[1].answer], pair[0].casefold()))


def _names(bars: Sequence[Bar], dossiers: Sequence[Dossier]) -> list[str]:
    """Those the rule names, and the companies of dossiers that it names."""
    names = [bar.name for bar in bars if bar.name]
    vendors = vendors_named(bars)
    for dossier in dossiers:
        legal = [name.value for name in dossier.names if name.kind in ("legal", "trading")]
        if dossier.id in vendors or any(name in names for name in legal):
            names += legal
            names += [holding.party for holding in dossier.ownership if not holding.strength]
    return list(dict.fromkeys(names))


def _check(entities: Entities, rule: Rule, bars: Sequence[Bar], name: str, day: str) -> Check:
    subject = Subject("", entity=name, asset="party")
    return entities.check(subject, bars, rule.not_barred, day, {})
