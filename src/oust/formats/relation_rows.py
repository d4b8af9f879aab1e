"""Rows of dated links as records and links: what both spellings of our relations share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from oust import shares
from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra
from oust.formats.seam import one_line
from oust.model import ID_SCHEMES, Kind, Link, Quarantine, Record, Relation, Said

RELATIONS: tuple[str, ...] = get_args(Relation)

HOLDING = ("owns", "controls", "consolidates", "succeeds")
"""Relations in which nobody stands to himself."""

_COLUMNS = {
    "from": ("from", "origin", "subject"),
    "relation": ("relation", "relationship", "link"),
    "to": ("to", "target", "object"),
    "since": ("since", "start", "start_date", "valid_from", "from_date"),
    "until": ("until", "end", "end_date", "valid_until", "valid_to", "to_date"),
    "share": ("share", "percent", "percentage", "share_%", "share_percent"),
    "from_id": ("from_id", "from_ids", "origin_id"),
    "to_id": ("to_id", "to_ids", "target_id"),
    "from_kind": ("from_kind", "origin_kind", "from_type"),
    "to_kind": ("to_kind", "target_kind", "to_type"),
    "source": ("source", "evidence", "reference"),
    "note": ("note", "notes", "comment"),
}
_COLUMN = {spelling: name for name, spellings in _COLUMNS.items() for spelling in spellings}
KINDS: dict[str, Kind] = {
    "party": "party",
    "company": "party",
    "organisation": "party",
    "organization": "party",
    "person": "party",
    "agency": "party",
    "host": "host",
    "product": "component",
    "component": "component",
    "program": "program",
    "software": "program",
    "award": "award",
    "contract": "award",
    "agreement": "award",
    "system": "service",
    "service": "service",
}
_USUAL: dict[str, tuple[Kind, Kind]] = {
    "operated-by": ("host", "party"),
    "installed-on": ("program", "host"),
    "contains": ("component", "component"),
    "depends-on": ("component", "component"),
    "licensed-from": ("component", "party"),
    "published-by": ("component", "party"),
    "signed-by": ("component", "party"),
    "connects-to": ("host", "host"),
}
"""Kinds of the two ends where the row does not say; elsewhere both are parties."""


@dataclass
class _End:
    """One end of a row."""

    name: str
    ids: list[str]
    purl: str
    word: str  # kind as written
    usual: Kind

    @property
    def known(self) -> str:
        """The identifier that stands for it; empty if it has only a name."""
        return self.purl or (self.ids[0] if self.ids else "")


@dataclass
class _Row:
    """One row that can be a link."""

    link: dict[str, str]
    ends: tuple[_End, _End]
    locator: str


@dataclass
class _Thing:
    """An endpoint as all rows together describe it."""

    locator: str
    names: dict[str, None] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)
    purl: str = ""
    word: str = ""
    usual: Kind = "party"
    operators: dict[str, None] = field(default_factory=dict)


Given = tuple[Mapping[str, str], str] | Quarantine
"""Cells by column and the locator of one row."""


def _word(text: str, joint: str) -> str:
    """A word of ours as people write it: `Operated by` for `operated-by`."""
    return re.sub(r"[\s_-]+", joint, text.strip().lower())


def columns(names: Iterable[str]) -> set[str]:
    """Which of our columns the names mean."""
    return {_COLUMN.get(_word(name, "_"), "") for name in names}


def said(given: Iterator[Given], place: Callable[[str], str]) -> Iterator[Said]:
    """A link per row that can be one, a record per distinct end, and what cannot be used.

    `place` says of a locator where a person finds it: `owners.csv, line 7`.
    """
    rows: list[_Row] = []
    for one in given:
        if isinstance(one, Quarantine):
            yield one
        else:
            yield from _take(*one, rows, place)
    yield from _told(rows, place)


def _take(
    cells: Mapping[str, str], locator: str, rows: list[_Row], place: Callable[[str], str]
) -> Iterator[Quarantine]:
    """Add the row to `rows` if it can be a link; tell what cannot be used."""
    values = {_COLUMN.get(_word(key, "_"), ""): value.strip() for key, value in cells.items()}
    if not any(values.values()):
        return
    relation = _word(values.get("relation", ""), "-")
    whole = one_line(dict(cells))
    if relation not in RELATIONS:
        known = ", ".join(RELATIONS)
        yield Quarantine(locator, f"unknown relation `{relation}`; known are: {known}", whole)
        return
    usual = _USUAL.get(relation, ("party", "party"))
    ends = [_end(values, side, usual[at]) for at, side in enumerate(("from", "to"))]
    for end, problems in ends:
        for reason, text in problems:
            yield Quarantine(locator, reason, text)
        if not end.name and not end.known:
            yield Quarantine(locator, "an end of the link is missing", whole)
            return
    link = {"relation": relation}
    for name in ("since", "until"):
        text = values.get(name, "")
        link[name] = _date(text)
        if text and not link[name]:
            yield Quarantine(locator, f"`{name}` cannot be read", text)
    link["share"], problem = _share(values.get("share", ""))
    if problem:
        reason = f"{place(locator)}: {problem}"
        yield Quarantine(locator, reason, values["share"])
    if link["since"] and link["until"] and link["until"] < link["since"][: len(link["until"])]:
        yield Quarantine(locator, "`until` lies before `since`", link.pop("until"))
    link["extra"] = extra({key: values.get(key, "") for key in ("source", "note")})
    rows.append(_Row(link, (ends[0][0], ends[1][0]), locator))


def _end(values: Mapping[str, str], side: str, usual: Kind) -> tuple[_End, list[tuple[str, str]]]:
    """One end, and what of it cannot be used: reasons with the text."""
    problems: list[tuple[str, str]] = []
    word = values.get(f"{side}_kind", "").lower()
    if word and word not in KINDS:
        problems.append((f"unknown kind `{word}`; known are: {', '.join(KINDS)}", word))
        word = ""
    found: list[str] = []
    purl = ""
    for text in re.split(r"[;\s]+(?=[\w-]+:)|;", values.get(f"{side}_id", "")):
        scheme, _, value = text.strip().partition(":")
        if scheme.lower() == "pkg":
            purl = text.strip()
        elif scheme.lower() in ID_SCHEMES and value.strip():
            found.extend(_id(scheme.lower(), value.strip()))
        elif text.strip():
            problems.append((f"`{side}_id` has no known scheme, as in lei:VALUE", text))
    return _End(values.get(side, ""), found, purl, word, usual), problems


def _id(scheme: str, value: str) -> tuple[str, ...]:
    """The id in the form that records have."""
    forms = {"reg": ids.reg, "mac": ids.mac, "serial": ids.serial}
    return forms[scheme](value) if scheme in forms else ids.one(scheme, value)


def _date(text: str) -> str:
    """The date as far as it goes: year, year and month, or day."""
    if re.fullmatch(r"(1[89]|2[01])\d\d(-(0[1-9]|1[0-2]))?", text):
        return text
    return day(text)


def _share(text: str) -> tuple[str, str]:
    """The share, and what is wrong with it."""
    try:
        share = shares.read(text)
    except shares.Impossible as problem:
        return "", str(problem)
    if text and not share:
        return "", "`share` cannot be read: write `51`, `25-50 %`, `> 50` or `majority`"
    return share, ""


def _told(rows: list[_Row], place: Callable[[str], str]) -> Iterator[Said]:
    """Records of all ends, each before the first link that names it, and the links."""
    refs = _Refs(rows)
    sound: list[_Row] = []
    for row in rows:
        if row.link["relation"] in HOLDING and refs.ref(row.ends[0]) == refs.ref(row.ends[1]):
            yield _itself(row, place)
        else:
            sound.append(row)
    rows = sound
    things: dict[str, _Thing] = {}
    for row in rows:
        for end in row.ends:
            _gather(things, refs.ref(end), end, row.locator)
        if row.link["relation"] == "operated-by":
            things[refs.ref(row.ends[0])].operators[row.ends[1].name] = None
    told: set[str] = set()
    for row in rows:
        origin, target = (refs.ref(end) for end in row.ends)
        for ref in (origin, target):
            if ref not in told:
                told.add(ref)
                yield _record(ref, things[ref])
        yield Link(
            relation=cast(Relation, row.link["relation"]),
            origin=origin,
            targets=(target,),
            locator=row.locator,
            since=row.link["since"],
            until=row.link.get("until", ""),
            share=row.link["share"],
            extra=row.link["extra"],
        )


def _itself(row: _Row, place: Callable[[str], str]) -> Quarantine:
    """The row of a party that would own itself."""
    relation, (first, second) = row.link["relation"], row.ends
    names = [end.name or end.known for end in (first, second)]
    reason = (
        f"{place(row.locator)}: nobody {relation} itself; correct `from` or `to`, or delete the row"
    )
    return Quarantine(row.locator, reason, f"{names[0]} {relation} {names[1]}")


class _Refs:
    """Which rows mean the same thing: the same identifier, or the same name."""

    def __init__(self, rows: list[_Row]) -> None:
        self._known: dict[str, set[str]] = {}
        for row in rows:
            for end in row.ends:
                if end.name and end.known:
                    self._known.setdefault(_same(end.name), set()).add(end.known)

    def ref(self, end: _End) -> str:
        """Its identifier; else the only one its name has elsewhere; else the name."""
        known = self._known.get(_same(end.name), set())
        return end.known or (next(iter(known)) if len(known) == 1 else _same(end.name))


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


def _gather(things: dict[str, _Thing], ref: str, end: _End, locator: str) -> None:
    thing = things.setdefault(ref, _Thing(locator))
    if end.name:
        thing.names[end.name] = None
    thing.ids.update(dict.fromkeys(end.ids))
    thing.purl = thing.purl or end.purl
    thing.word = thing.word or end.word
    if thing.usual == "party":  # which is only the default of most relations
        thing.usual = end.usual


def _record(ref: str, thing: _Thing) -> Record:
    names = list(thing.names)
    other = {_same(name): name for name in reversed(names[1:])}
    other.pop(_same(names[0]) if names else "", None)
    kind = KINDS[thing.word] if thing.word else thing.usual
    return Record(
        kind=kind,
        locator=thing.locator,
        ref=ref,
        name=names[0] if names else "",
        type=thing.word if thing.word != kind else "",
        purl=thing.purl,
        ids=(*thing.ids, *(f"alias:{name}" for name in other.values())),
        operator=next(iter(thing.operators)) if len(thing.operators) == 1 else "",
    )
