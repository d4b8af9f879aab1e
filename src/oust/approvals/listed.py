"""Approval records of the vendor, and the vehicles that they and orders name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from oust.approvals.rows import Row, number_key
from oust.approved import Approval
from oust.model import Evidence

_RANK = ("identifier", "name", "misspelt", "weak")
_NOTED = (
    *("scheme", "level", "program", "exclusion_type", "sin", "origin", "quantity", "amount_text"),
    *("status", "confidence", "note"),
)


def extra_of(row: Row) -> dict[str, str]:
    """What else a record says; nothing if that cannot be read."""
    try:
        said = msgspec.json.decode(row["extra"] or "{}", type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError):
        return {}
    return {name: value for name, value in said.items() if isinstance(value, str)}


def distinct(rows: Iterable[Row]) -> tuple[list[Row], int]:
    """One row for each record that counts, by its firmest sighting; and how many do not count."""
    by_record: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        by_record.setdefault((row["sid"], row["n"]), []).append(row)
    found, passed = [], 0
    for seen in by_record.values():
        good = [row for row in seen if not row["mention"]]
        if good:
            found.append(min(good, key=lambda row: _RANK.index(row["strength"])))
        else:
            passed += 1
    return found, passed


def once(rows: Sequence[Row]) -> list[Row]:
    """Records that two sources state in the same words, once; the first by path stays."""
    kept: dict[tuple[str, ...], Row] = {}
    for row in rows:
        kept.setdefault((row["key"], row["since"], row["until"], row["extra"] or ""), row)
    return list(kept.values())


def id_of(row: Row, scheme: str) -> str:
    """The first id of a scheme, without it; "" if there is none."""
    ids = row["ids"] or ()
    return next((one.partition(":")[2] for one in ids if one.startswith(f"{scheme}:")), "")


def evidence_of(row: Row, field: str = "", text: str = "") -> Evidence:
    """The place of a row, with what was seen there."""
    return Evidence(
        row["source"],
        row["locator"],
        field or row.get("seen_field", ""),
        text or row.get("seen_text", ""),
        row.get("identifier", ""),
        row["sha256"],
    )


def approval(row: Row) -> Approval:
    """A record as an approval."""
    said = extra_of(row)
    notes = [f"{said[name]}" for name in _NOTED if said.get(name)]
    return Approval(
        type=row["type"],
        name=row["name"],
        version=row["version"],
        manufacturer=row["manufacturer"],
        holder=row["seller"],
        buyer=row["buyer"],
        vehicle=id_of(row, "award"),
        vehicle_name=said.get("vehicle", ""),
        certificate=id_of(row, "id") if row["type"] == "certification" else "",
        authority=said.get("authority", ""),
        amount=row["amount"],
        currency=said.get("currency", ""),
        since=row["since"],
        until=row["until"],
        seen=said.get("seen", ""),
        source=said.get("source", ""),
        tier=said.get("tier", ""),
        note="; ".join(dict.fromkeys(notes)),
        strength=row.get("strength", ""),
        urls=tuple(row["urls"] or ()),
        evidence=evidence_of(row),
    )


class Vehicles:
    """What was read of vehicles, by contract number."""

    def __init__(self, vehicles: Iterable[Row], contracts: Iterable[Row]) -> None:
        self.stated: dict[str, list[Row]] = {}
        self.awarded: dict[str, list[Row]] = {}
        for row in vehicles:
            for one in row["ids"] or ():
                if one.startswith("award:"):
                    self.stated.setdefault(number_key(one[6:]), []).append(row)
        for row in contracts:
            self.awarded.setdefault(row["number"], []).append(row)
