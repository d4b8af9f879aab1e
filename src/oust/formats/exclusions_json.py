"""Answers and extracts of SAM.gov's Exclusions API as JSON, versions 1 to 4.

Source: open.gsa.gov/api/exclusions-api. Sections may be left out by the query; dates are written
MM-DD-YYYY or MM/DD/YYYY.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import structs

from oust.formats import json_stream
from oust.formats.byte_file import byte_file
from oust.formats.contract_values import wanted
from oust.formats.delimited_table import KEEP_ALL_BELOW
from oust.formats.exclusions import exclusion
from oust.formats.listing import pointer, string
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said

ENTITIES = "excludedEntity"
_SECTIONS = frozenset({"exclusionDetails", "exclusionIdentification", "exclusionActions"})
_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "exclusionDetails": (
        *(("exclusion_type", "exclusionType"), ("program", "exclusionProgram")),
        *(("agency", "excludingAgencyName"), ("agency_code", "excludingAgencyCode")),
        ("classification", "classificationType"),
    ),
    "exclusionIdentification": (
        *(("name", "entityName"), ("name", "name"), ("prefix", "prefix"), ("first", "firstName")),
        *(("middle", "middleName"), ("last", "lastName"), ("suffix", "suffix")),
        *(("uei", "ueiSAM"), ("duns", "ueiDUNS"), ("cage", "cageCode"), ("npi", "npi")),
    ),
    "exclusionPrimaryAddress": (
        *(("address_1", "addressLine1"), ("address_2", "addressLine2"), ("city", "city")),
        *(("state", "stateOrProvinceCode"), ("zip", "zipCode"), ("country", "countryCode")),
    ),
    "exclusionOtherInformation": (
        *(("comments", "additionalComments"), ("ct_code", "ctCode")),
        ("fascsa", "isFASCSAOrder"),
    ),
}
_ACTION = (
    *(("since", "activateDate"), ("since", "activationDate"), ("until", "terminationDate")),
    *(("termination_type", "terminationType"), ("status", "recordStatus")),
    *(("created", "createDate"), ("updated", "updateDate")),
)


class SamExclusionsJson:
    """See Format."""

    name = "sam-exclusions-json"
    title = "Exclusions of SAM.gov: answers and extracts of its API, JSON"
    group = "approvals"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the names of the sections of an exclusion."""
        found = len(head.json_keys & _SECTIONS)
        return 95 if found > 1 or (found and ENTITIES in head.json_keys) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One approval record per action of an exclusion; a count of those not looked for."""
        keep_all = opened.size <= KEEP_ALL_BELOW
        for locator, value in _entities(opened):
            if isinstance(value, dict):
                yield from wanted(list(_told(value, locator)), needles, keep_all)
            else:
                yield Quarantine(locator, "not an exclusion", one_line(value))


def _entities(opened: Opened) -> Iterator[json_stream.Value]:
    """Each exclusion with its JSON pointer, whatever the answer is packed in."""
    if opened.size > json_stream.WHOLE_LIMIT and opened.head.start.startswith("{"):
        yield from _streamed(opened)
        return
    for one in json_stream.values(opened):
        if isinstance(one, Quarantine):
            yield one.locator, one.text
            continue
        locator, value = one
        listed = value.get(ENTITIES) if isinstance(value, dict) else None
        if isinstance(listed, list):
            begin = "#" if locator == "#" else f"{locator}#"
            for index, entity in enumerate(listed):
                yield begin + pointer(ENTITIES, index)[1:], entity
        else:
            yield locator, value


def _streamed(opened: Opened) -> Iterator[json_stream.Value]:
    """The same one by one, from an answer too large to be held."""
    import ijson

    data = opened.data if opened.head.encoding.startswith("utf-8") else opened.utf8()
    start = 3 if bytes(data[:3]) == codecs.BOM_UTF8 else 0
    done = 0
    try:
        for entity in ijson.items(byte_file(data, start), f"{ENTITIES}.item", use_float=True):
            yield pointer(ENTITIES, done), entity
            done += 1
    except ijson.JSONError as error:
        reason = one_line(str(error), 80)
        raise Unreadable(f"JSON breaks off after {done:,} exclusions: {reason}") from None


def _told(entity: Mapping[str, Any], locator: str) -> Iterator[Said]:
    """One record for each of its actions: an exclusion may have ended and begun anew."""
    told: dict[str, str] = {}
    for section, fields in _FIELDS.items():
        _take(told, entity.get(section), fields)
    told["cross_reference"] = _also(entity)
    for action in _actions(entity):
        dated = dict(told)
        _take(dated, action, _ACTION)
        record = exclusion(dated, locator)
        if record is None:
            yield Quarantine(locator, "the exclusion names no party", one_line(entity))
        else:
            yield structs.replace(record, ids=_ids(record, told["cross_reference"]))


def _take(told: dict[str, str], section: Any, fields: tuple[tuple[str, str], ...]) -> None:
    for role, name in fields if isinstance(section, dict) else ():
        text = string(section.get(name))
        if text and text.casefold() != "null" and not told.get(role):
            told[role] = text


def _actions(entity: Mapping[str, Any]) -> list[Any]:
    section = entity.get("exclusionActions")
    listed = section.get("listOfActions") if isinstance(section, dict) else None
    found = [one for one in listed or () if isinstance(one, dict)] if listed else []
    return found or [{}]


def _also(entity: Mapping[str, Any]) -> str:
    """Names of the party elsewhere, as the references section lists them."""
    other = entity.get("exclusionOtherInformation")
    references = other.get("references") if isinstance(other, dict) else None
    listed = references.get("referencesList") if isinstance(references, dict) else None
    names = [string(one.get("exclusionName")) for one in listed or () if isinstance(one, dict)]
    return "; ".join(filter(None, names))


def _ids(record: Record, names: str) -> tuple[str, ...]:
    aliases = (f"alias:{name}" for name in names.split("; ") if name and name != record.name)
    return tuple(dict.fromkeys((*record.ids, *aliases)))
