"""Sigma rules, one for each vendor and kind of log, as one YAML file of several documents.

Source: Sigma rules specification, version 2.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import yaml

from oust.report.detection import Item, LeftOut, Written, heading, plain
from oust.report.detection.suricata import NAMES

ENDING = ".yml"
_SPACE = uuid.UUID("6b1d2c3e-58a1-5d0e-9a67-0d1c2b3a4f50")


class Place(NamedTuple):
    """In which log a value stands, in which field, compared how."""

    title: str
    logsource: tuple[tuple[str, str], ...]
    field: str
    ending: bool  # the value is the end of a path


def _windows(category: str) -> tuple[tuple[str, str], ...]:
    return (("category", category), ("product", "windows"))


_PROCESS = Place("process started", _windows("process_creation"), "Image", True)
_IMAGE = Place("file loaded", _windows("image_load"), "ImageLoaded", True)
_DRIVER = Place("driver loaded", _windows("driver_load"), "ImageLoaded", True)
_SIGNED = Place("signed file loaded", _windows("image_load"), "Signature", False)
_COMPANY = Place("program of the company started", _windows("process_creation"), "Company", False)
_SERVICE = Place(
    "service installed", (("product", "windows"), ("service", "system")), "ServiceName", False
)
_LOOKUP = Place("name looked up", (("category", "dns"),), "query", False)
_PROXY = Place("host asked for", (("category", "proxy"),), "cs-host", False)
_PATHS = Place("path asked for", (("category", "proxy"),), "c-uri", False)

_PLACES: dict[str, tuple[Place, ...]] = {
    **dict.fromkeys(NAMES, (_LOOKUP, _PROXY)),
    "process": (_PROCESS,),
    "file_name": (_IMAGE,),
    "windows_minifilter_driver": (_DRIVER,),
    "service": (_SERVICE,),
    "signer_common_name": (_SIGNED,),
    "version_info_company": (_COMPANY,),
    "url_path": (_PATHS,),
}
KINDS = tuple(_PLACES)


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """The rules. Ids follow from vendor and log, so that an export replaces the one before."""
    pairs = [(place, item) for item in items for place in _places(item)]
    pairs.sort(key=lambda pair: (pair[1].vendor, pair[0]))
    rules = [
        _rule(place, [item for _, item in some])
        for (_, place), some in groupby(pairs, lambda pair: (pair[1].vendor, pair[0]))
    ]
    head = "".join(f"# {line}\n" for line in heading("Sigma rules", items, left, version))
    text = yaml.safe_dump_all(rules, sort_keys=False, allow_unicode=True, width=96)
    return Written(head + text, len(items), tuple(left))


def _places(item: Item) -> tuple[Place, ...]:
    if item.kind == "file_name" and item.value.lower().endswith((".exe", ".com")):
        return (_PROCESS,)
    return _PLACES[item.kind]


def _rule(place: Place, items: Sequence[Item]) -> dict[str, Any]:
    first = items[0]
    selections = dict(_selections(place, items))
    addresses = {i.source for i in items if i.source.startswith("http") and " " not in i.source}
    sources = sorted({plain(i.source) for i in items})
    rule: dict[str, Any] = {
        "title": f"{first.name}: {place.title}",
        "id": str(uuid.uuid5(_SPACE, f"{first.vendor} {place.title}")),
        "status": "experimental",
        "description": f"Something of {first.name} was met: {place.title}. Sources of the values: "
        + "; ".join(sources),
        "references": sorted(addresses),
        "author": "oust",
        "logsource": dict(place.logsource),
        "detection": {**selections, "condition": "1 of selection_*"},
        "falsepositives": ["None was seen in the evidence that the values were tried on"],
        "level": "medium",
    }
    if place is _SERVICE:
        only = {"Provider_Name": "Service Control Manager", "EventID": 7045}
        rule["detection"] = {"installed": only, **rule["detection"]}
        rule["detection"]["condition"] = "installed and 1 of selection_*"
    return {key: value for key, value in rule.items() if value}


def _selections(place: Place, items: Sequence[Item]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Values by how they are compared. What Sigma takes for wild cards is escaped."""
    groups: dict[str, list[str]] = {}
    for item in items:
        value = item.value
        if item.match == "regex":
            groups.setdefault(f"{place.field}|re", []).append(value)
            continue
        value = value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")
        if place.ending:
            groups.setdefault(f"{place.field}|endswith", []).append(f"\\{value}")
        elif place.field == "c-uri":
            groups.setdefault(f"{place.field}|contains", []).append(value)
        elif item.match == "prefix":
            groups.setdefault(f"{place.field}|startswith", []).append(value)
        else:
            groups.setdefault(place.field, []).append(value)
            if item.match == "suffix":
                groups.setdefault(f"{place.field}|endswith", []).append(f".{value}")
    for number, (field, values) in enumerate(sorted(groups.items()), 1):
        yield f"selection_{number}", {field: values}
