"""Parties that may not be bought from, as SAM.gov publishes them, and as EPLS did before 2012.

Layouts: SAM Exclusions Public Extract V2 and V3, the FASCSA orders extract, and the CSV and JSON of
the Exclusions API, open.gsa.gov/api/exclusions-api.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from oust.formats import approval_headers as heads
from oust.formats import contract_values as values
from oust.formats.approval_headers import Cells
from oust.model import Kind, Record, Said

_OURS = frozenset(
    {"exclusiontype", "excludingagency", "excludingagencyname", "exclusionprogram", "ctcode"}
)
_EXTRA = (
    *("exclusion_type", "program", "classification", "ct_code", "status", "termination_type"),
    *("cross_reference", "npi", "created", "updated", "fascsa", "agency_code"),
)
_OPEN = re.compile(r"indef|perm", re.I)
_ALSO = re.compile(r"\(\s*also\s+(.*)\)", re.I | re.S)
_PART_OF_NAME = re.compile(
    r"(?:inc|incorporated|llc|l\.l\.c|ltd|limited|co|corp|company|corporation|lp|llp|plc|gmbh|ag|sa"
    r"|s\.a|srl|bv|b\.v|jr|sr|ii|iii|iv|m\.?d|d\.?o|dds|r\.?n)\.?(?:\s|$)",
    re.I,
)


class Exclusions(Struct, frozen=True):
    """The meaning of the columns of an exclusion extract."""

    score: int
    headers: tuple[str, ...]
    places: dict[str, int]
    day_first: bool | None = False
    problems: tuple[str, ...] = ()

    @property
    def about(self) -> Kind:
        """Kind of its records."""
        return "approval"

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.headers)

    def record(self, row: Sequence[str], locator: str, damage: str = "") -> Said:
        """The exclusion of one row."""
        cell = Cells(self.places, row)
        again = [one.strip() for one in row] == [one.strip() for one in self.headers]
        told = {role: cell[role] for role in self.places}
        said = None if again else exclusion(told, locator, self.day_first, damage)
        return said or heads.no_entry(row, self.headers, locator, "party")


def exclusion(
    told: Mapping[str, str], locator: str, day_first: bool | None = False, damage: str = ""
) -> Record | None:
    """The record of an exclusion by the roles of data/approval_headers.yaml; None without a name.

    "Indefinite" is no date: `until` stays open, and the word stays in `extra`.
    """
    said = {role: told.get(role, "") for role in heads.section("exclusions").order}
    person = (said[role] for role in ("prefix", "first", "middle", "last", "suffix"))
    name = said["name"] or " ".join(filter(None, person))
    telling = ("agency", "exclusion_type", "since", "sam_number", "uei", "ct_code")
    if not name or not any(said[role] for role in telling):
        return None
    start, end = (heads.day(said[role], day_first) for role in ("since", "until"))
    notes = {role: said[role] for role in _EXTRA} | {
        "authority": said["agency"] or said["agency_code"],
        "agency_code": said["agency_code"] if said["agency"] else "",
        "address": ", ".join(filter(None, (said[f"address_{n}"] for n in range(1, 5)))),
        "place": ", ".join(filter(None, (said[one] for one in ("city", "state", "zip")))),
        "country": said["country"],
        "since_text": "" if start else said["since"],
        "until_text": "" if end else said["until"],
        "damage": damage,
    }
    if _OPEN.match(said["until"] or said["termination_type"]):
        notes |= {"termination": said["until"] or said["termination_type"], "until_text": ""}
    ids = [(role, values.alnum(said[role])) for role in ("uei", "cage", "duns")]
    ids += [("id", said["sam_number"])]
    ids += [("alias", one) for one in also(said["cross_reference"]) if one != name]
    return Record(
        kind="approval",
        locator=locator,
        type="exclusion",
        name=name,
        ids=values.ids(*ids),
        description=said["comments"],
        since=start,
        until=end,
        extra=values.extra(notes),  # noqa: S610 (not Django)
    )


def also(text: str) -> list[str]:
    """Further names in a cross reference: `(also ALPHA, BETA CO., LTD.)`, `Alpha~ Beta`."""
    if "~" in text:
        return list(filter(None, map(str.strip, text.split("~"))))
    match = _ALSO.fullmatch(text.strip())
    names: list[str] = []
    for part in (match[1] if match else "").split(","):
        part = part.strip()
        if names and _PART_OF_NAME.match(part):
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    return names


def exclusions(
    headers: Sequence[str],
    above: Sequence[Sequence[str]] = (),
    below: Sequence[Sequence[str]] = (),
    mapping: Mapping[str, str] | None = None,
) -> Exclusions | None:
    """What these headers mean as an exclusion extract; None if they are not those of one."""
    known = heads.section("exclusions")
    if mapping or not heads.counted(headers, _OURS):
        return None
    places = heads.places_of(headers, known)
    telling = places.keys() & {"exclusion_type", "agency", "program", "ct_code", "until", "since"}
    if len(telling) < 2 or not places.keys() & {"name", "last"}:
        return None
    order = heads.day_first(heads.column(below, places, "since", "until"), usual=False)
    return Exclusions(95, tuple(headers), places, order)
