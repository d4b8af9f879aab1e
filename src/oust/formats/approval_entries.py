"""Entries of a YAML of approvals as records: fields, sources, and figures that do not agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from oust.formats import contract_values as values
from oust.formats import dates
from oust.formats.listing import urls
from oust.formats.seam import one_line
from oust.formats.yaml_lines import At
from oust.model import ID_SCHEMES, Quarantine, Record, Said

TYPES = (
    *("listing", "vehicle", "certification", "authorization", "exclusion", "contract"),
    "figure",
)
TIERS = ("primary", "official copy", "press", "secondary")
"""How near a source is to the fact."""

NONE = "-"
"""Said of conflicts: there are none."""

NAMES: dict[str, tuple[str, ...]] = {
    "listing": ("product", "name"),
    "vehicle": ("name", "vehicle"),
    "certification": ("product", "name"),
    "authorization": ("product", "name"),
    "exclusion": ("party", "name", "vendor"),
    "contract": ("product", "name", "contract"),
    "figure": ("of", "name"),
}
"""Which field names the record, by type; where none does, the vendor."""

_ALIASES = {
    **{"manufacturer": "vendor", "seller": "holder", "reseller": "holder", "agency": "buyer"},
    **{"value": "amount", "from": "since", "to": "until", "date": "since", "sources": "source"},
    **{"contract_number": "contract", "number": "certificate", "comment": "note"},
    **{"amount_text": "text", "organisation": "party", "link": "url"},
}
_NOTED = (
    *("authority", "vehicle", "sin", "origin", "scheme", "level", "standard", "profile"),
    *("status", "program", "exclusion_type", "currency", "bound", "of", "by", "confidence"),
    *("note", "place", "quantity", "unit", "seen"),
)
_FIELDS = frozenset(
    {"type", "id", "product", "name", "party", "version", "vendor", "holder", "buyer", "contract"}
    | {"certificate", "ids", "since", "until", "amount", "text", "description", "source", "url"}
    | {"tier", "stated", "conflicts_with"}
    | set(_NOTED)
)
_CONTEXT = frozenset({"fact", "source", "since", "id", "vendor"})
_ABOUT = frozenset({"title", "url", "tier", "date", "by", "outlet", "note", "language", "id"})


class Origin(NamedTuple):
    """Where a fact was read."""

    words: str  # title, outlet and date
    url: str
    tier: str
    note: str


class Sources:
    """Sources that a file names once and refers to by their id."""

    def __init__(self) -> None:
        self._known: dict[str, Origin] = {}

    def add(self, item: At) -> Iterator[Quarantine]:
        """Note one entry of the list `sources`; what is wrong with it is yielded."""
        told = _Fields(item, _ABOUT)
        yield from told.wrong
        if not told["id"]:
            yield Quarantine(f"line {item.line}", "a source without `id`", one_line(_bare(item)))
            return
        self._known[told["id"]] = told.origin()
        yield from told.late

    def of(self, item: At | None, wrong: list[Quarantine]) -> list[Origin]:
        """Sources that a field names: ids, addresses, mappings, or a list of those."""
        if item is None or item.value is None:
            return []
        if isinstance(item.value, list):
            return [origin for one in item.value for origin in self.of(one, wrong)]
        if isinstance(item.value, dict):
            told = _Fields(item, _ABOUT)
            origin = told.origin()
            wrong += (*told.wrong, *told.late)
            return [origin]
        if item.value in self._known:
            return [self._known[item.value]]
        link = next(iter(urls(item.value)), "")
        return [Origin("" if link else item.value, link, "", "")]


class _Fields:
    """The fields of one mapping as text; what cannot be used of them."""

    def __init__(self, item: At, known: frozenset[str]) -> None:
        self.line = item.line
        self.wrong: list[Quarantine] = []
        self.late: list[Quarantine] = []  # found when a field is asked for
        self.at: dict[str, At] = {}
        for key, held in item.value.items() if isinstance(item.value, dict) else ():
            name = re.sub(r"[\s-]+", "_", key.strip().casefold())
            name = name if name in known else _ALIASES.get(name, name)
            if name in known:
                self.at.setdefault(name, held)
            else:
                reason = f"`{one_line(key, 40)}` is no field that is known here"
                self.wrong.append(Quarantine(f"line {held.line}", reason, one_line(_bare(held))))

    def __getitem__(self, name: str) -> str:
        held = self.at.get(name)
        if held is None or held.value is None:
            return ""
        if isinstance(held.value, str):
            return " ".join(held.value.split())
        if isinstance(held.value, list) and all(isinstance(one.value, str) for one in held.value):
            return "; ".join(" ".join(one.value.split()) for one in held.value)
        self.doubt(name, f"`{name}`: a text is meant")
        del self.at[name]
        return ""

    def doubt(self, name: str, reason: str) -> None:
        """Note that a field cannot be used."""
        held = self.at[name]
        self.late.append(Quarantine(f"line {held.line}", reason, one_line(_bare(held))))

    def date(self, name: str) -> tuple[str, str]:
        """ISO date as far as it goes, and the text where it is none."""
        text = self[name]
        found = _date(text)
        if text and not found:
            self.doubt(name, f"`{name}` is not a date that can be read in one way only")
        return found, "" if found else text

    def origin(self) -> Origin:
        """As a source."""
        date, tier = self["date"], self["tier"].casefold()
        if tier and tier not in TIERS:
            self.doubt("tier", f"unknown tier; known are: {', '.join(TIERS)}")
            tier = ""
        words = ", ".join(filter(None, (self["title"], self["outlet"], self["by"], date)))
        link = next(iter(urls(self["url"])), "")
        if self["url"] and not link:
            self.doubt("url", "`url` is no web address")
        return Origin(words, link, tier, self["note"])


def approval(item: At, sources: Sources) -> Iterator[Said]:
    """The record of one entry, and what of the entry cannot be used."""
    if not isinstance(item.value, dict):
        yield Quarantine(f"line {item.line}", "not a mapping", one_line(_bare(item)))
        return
    told = _Fields(item, _FIELDS)
    kind = told["type"].casefold()
    if kind not in TYPES:
        what = f"unknown type `{one_line(kind, 40)}`" if kind else "an approval without `type`"
        reason = f"{what}; known are: {', '.join(TYPES)}"
        yield Quarantine(f"line {item.line}", reason, one_line(_bare(item)))
        return
    record = _record(told, kind, sources)
    if record is None:
        reason = f"a {kind} that names neither {NAMES[kind][0]} nor vendor"
        yield Quarantine(f"line {item.line}", reason, one_line(_bare(item)))
    else:
        yield record
    yield from (*told.wrong, *told.late)


def figures(item: At, sources: Sources) -> Iterator[Said]:
    """Each statement of one figure, every one told which others say something else."""
    told = _Fields(item, _FIELDS)
    stated = told.at.pop("stated", None)
    if stated is None or not isinstance(stated.value, list) or not stated.value:
        reason = "a figure is a mapping with `of` and a list `stated`"
        yield Quarantine(f"line {item.line}", reason, one_line(_bare(item)))
        return
    shared = {name: held for name, held in told.at.items() if name != "type"}
    shared["type"] = At("figure", item.line)
    records: list[Record] = []
    for one in stated.value:
        whole = At({**shared, **one.value}, one.line) if isinstance(one.value, dict) else one
        for said in approval(whole, sources):
            if isinstance(said, Record):
                records.append(said)
            else:
                yield said
    yield from told.wrong
    yield from (_beside(record, records) for record in records)


def _beside(record: Record, all_of: Iterable[Record]) -> Record:
    """The record with the statements that conflict: those it names, else all that say otherwise."""
    notes = _extra(record)
    others = [one for one in all_of if one is not record]
    named = [one.strip() for one in notes.pop("conflicts_with", "").split(";") if one.strip()]
    if not named:
        own = _amount(record)
        different = [_said(one) for one in others if _amount(one) != own]
    else:
        known = {one.ref: _said(one) for one in others}
        different = [known.get(ref, ref) for ref in named if ref != NONE]
    notes["conflicts_with"] = "; ".join(dict.fromkeys(different))
    return structs.replace(record, extra=values.extra(notes))  # noqa: S610 (not Django)


def _amount(record: Record) -> str:
    notes = _extra(record)
    return notes.get("amount_text") or f"{notes.get('bound', '')} {record.amount}".strip()


def context(item: At, sources: Sources) -> Iterator[Said]:
    """What belongs to the story and is no approval: shown, and never counted."""
    told = _Fields(item, _CONTEXT)
    fact = told["fact"] or (item.value if isinstance(item.value, str) else "")
    if not fact:
        yield Quarantine(f"line {item.line}", "context without `fact`", one_line(_bare(item)))
        return
    origins = sources.of(told.at.get("source"), told.late)
    since, text = told.date("since")
    notes = {"since_text": text} | _origin_notes(origins)
    yield Record(
        kind="document",
        locator=f"line {item.line}",
        type="context",
        name="context",
        urls=tuple(dict.fromkeys(one.url for one in origins if one.url)),
        description=one_line(fact, 2000),
        since=since,
        extra=values.extra(notes),  # noqa: S610 (not Django)
    )
    yield from (*told.wrong, *told.late)


def _said(record: Record) -> str:
    """A stated figure in short: the amount as stated, and who says so of whom."""
    notes = _extra(record)
    by = ", ".join(filter(None, (record.buyer, notes.get("by") or notes.get("source", ""))))
    return (f"{_amount(record)} ({by})" if by else _amount(record)).replace(";", ",")


def _extra(record: Record) -> dict[str, str]:
    return msgspec.json.decode(record.extra or "{}", type=dict[str, str])


def _record(told: _Fields, kind: str, sources: Sources) -> Record | None:
    name = next(filter(None, (told[field] for field in NAMES[kind])), "") or told["vendor"]
    if not name:
        return None
    origins = sources.of(told.at.get("source"), told.late)
    if told["url"] or told["tier"]:
        origins.append(told.origin())
    (since, since_text), (until, until_text) = told.date("since"), told.date("until")
    if since and until and until < since[: len(until)]:
        told.doubt("until", "`until` lies before `since`")
        until, until_text = "", told["until"]
    money = values.decimal(told["amount"])
    notes = {field: told[field] for field in _NOTED} | {
        "contract": told["contract"],
        "amount_text": told["text"] or ("" if money is not None else told["amount"]),
        "since_text": since_text,
        "until_text": until_text,
        "conflicts_with": _conflicts(told),
    }
    notes |= _origin_notes(origins)
    return Record(
        kind="approval",
        locator=f"line {told.line}",
        ref=told["id"] or f"line {told.line}",
        type=kind,
        name=name,
        version=told["version"],
        manufacturer=told["vendor"] if kind != "exclusion" else "",
        seller=told["holder"],
        buyer=told["buyer"],
        ids=_ids(told),
        urls=tuple(dict.fromkeys(origin.url for origin in origins if origin.url)),
        description=told["description"],
        amount=money or "",
        since=since,
        until=until,
        extra=values.extra(notes),  # noqa: S610 (not Django)
    )


def _origin_notes(origins: Iterable[Origin]) -> dict[str, str]:
    held = list(origins)
    return {
        "source": _joined(origin.words for origin in held),
        "source_note": _joined(origin.note for origin in held),
        "tier": _joined(origin.tier for origin in held),
    }


def _conflicts(told: _Fields) -> str:
    """Ids of what an entry is said to conflict with; `-` for none, empty where it does not say."""
    return (told["conflicts_with"] or NONE) if "conflicts_with" in told.at else ""


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _ids(told: _Fields) -> tuple[str, ...]:
    """Contract and certificate numbers, and `ids` with their schemes."""
    found = [("award", told["contract"]), ("id", told["certificate"])]
    for text in told["ids"].split(";"):
        scheme, _, value = text.strip().partition(":")
        if scheme.casefold() in ID_SCHEMES and value.strip():
            found.append((scheme.casefold(), value.strip()))
        elif text.strip():
            told.doubt("ids", "an id has no known scheme, as in uei:VALUE")
    return values.ids(*found)


def _date(text: str) -> str:
    """The date as far as it goes: year, year and month, or day."""
    if re.fullmatch(r"(1[89]|2[01])\d\d(-(0[1-9]|1[0-2]))?", text):
        return text
    return dates.day(text)


def _bare(item: At) -> Any:
    """A value without its lines, to be shown."""
    if isinstance(item.value, dict):
        return {key: _bare(held) for key, held in item.value.items()}
    if isinstance(item.value, list):
        return [_bare(held) for held in item.value]
    return item.value
