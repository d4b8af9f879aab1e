"""Entries of a YAML of approvals as records: fields, sources, and figures that do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import structs

from oust.formats import contract_values as values
from oust.formats.approval_fields import Fields, Sources, bare, origin_notes
from oust.formats.seam import one_line
from oust.formats.yaml_lines import At
from oust.model import ID_SCHEMES, Quarantine, Record, Said

TYPES = (
    *("listing", "vehicle", "certification", "authorization", "exclusion", "contract"),
    "figure",
)
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


def approval(item: At, sources: Sources) -> Iterator[Said]:
    """The record of one entry, and what of the entry cannot be used."""
    if not isinstance(item.value, dict):
        yield Quarantine(f"line {item.line}", "not a mapping", one_line(bare(item)))
        return
    told = Fields(item, _FIELDS)
    kind = told["type"].casefold()
    if kind not in TYPES:
        what = f"unknown type `{one_line(kind, 40)}`" if kind else "an approval without `type`"
        reason = f"{what}; known are: {', '.join(TYPES)}"
        yield Quarantine(f"line {item.line}", reason, one_line(bare(item)))
        return
    record = _record(told, kind, sources)
    if record is None:
        reason = f"a {kind} that names neither {NAMES[kind][0]} nor vendor"
        yield Quarantine(f"line {item.line}", reason, one_line(bare(item)))
    else:
        yield record
    yield from (*told.wrong, *told.late)


def figures(item: At, sources: Sources) -> Iterator[Said]:
    """Each statement of one figure, every one told which others say something else."""
    told = Fields(item, _FIELDS)
    stated = told.at.pop("stated", None)
    if stated is None or not isinstance(stated.value, list) or not stated.value:
        reason = "a figure is a mapping with `of` and a list `stated`"
        yield Quarantine(f"line {item.line}", reason, one_line(bare(item)))
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
    told = Fields(item, _CONTEXT)
    fact = told["fact"] or (item.value if isinstance(item.value, str) else "")
    if not fact:
        yield Quarantine(f"line {item.line}", "context without `fact`", one_line(bare(item)))
        return
    origins = sources.of(told.at.get("source"), told.late)
    since, text = told.date("since")
    notes = {"since_text": text} | origin_notes(origins)
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


def _record(told: Fields, kind: str, sources: Sources) -> Record | None:
    name = next(filter(None, (told[field] for field in NAMES[kind])), "") or told["vendor"]
    if not name:
        return None
    origins = sources.of(told.at.get("source"), told.late)
    if told["url"] or told["tier"]:
        origins.append(told.origin()._replace(note=""))
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
    notes |= origin_notes(origins)
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


def _conflicts(told: Fields) -> str:
    """Ids of what an entry is said to conflict with; `-` for none, empty where it does not say."""
    return (told["conflicts_with"] or NONE) if "conflicts_with" in told.at else ""


def _ids(told: Fields) -> tuple[str, ...]:
    """Contract and certificate numbers, and `ids` with their schemes."""
    found = [("award", told["contract"]), ("id", told["certificate"])]
    for text in told["ids"].split(";"):
        scheme, _, value = text.strip().partition(":")
        if scheme.casefold() in ID_SCHEMES and value.strip():
            found.append((scheme.casefold(), value.strip()))
        elif text.strip():
            told.doubt("ids", "an id has no known scheme, as in uei:VALUE")
    return values.ids(*found)
