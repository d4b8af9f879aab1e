"""Our register of access agreements, as YAML or as a table: docs/agreements.md.

agreements:
  - id: AA-14
    party: Orrin Services
    granted_by: Harbor Board
    systems: [Harbor Mail]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats import csv_rows
from oust.formats.agreement_rows import Register, fields, key, score
from oust.formats.listing import pointer, string
from oust.formats.relations import yaml_documents
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Said

_KEY = re.compile(r"(?m)(?:^|[\s{,])[\"']?([A-Za-z][\w -]{1,40}?)[\"']?[ \t]*:(?:\s|$)")


_BEGINNING = 16_384
"""Characters in which keys are looked for, to tell what a source is."""


class AgreementsCsv:
    """A register as CSV, TSV or the like. See Format."""

    name = "agreements-csv"
    title = "Register of access agreements, CSV"
    group = "agreements"
    bulk = False

    def claims(self, head: Head) -> int:
        """By columns that say who reaches what, and how it was vetted."""
        line = next((line for line in head.lines if line.strip()), "")
        if line[:1] in ("{", "[", "<") or len(line) > 8000:
            return 0
        return score(fields(csv_rows.header(line)).values())

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """An agreement per row, and who and what it names."""
        register = Register()
        for row in csv_rows.rows(opened):
            if isinstance(row, Quarantine):
                yield row
                continue
            means = fields(row.cells)
            known = {means[header]: row.cells[header] for header in means}
            others = {header: text for header, text in row.cells.items() if header not in means}
            yield from register.said(known, row.locator, others)


class AgreementsYaml:
    """A register as YAML. See Format."""

    name = "agreements-yaml"
    title = "Register of access agreements, YAML"
    group = "agreements"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the key `agreements`, and fields that only agreements have."""
        if ":" not in head.text or head.is_json or head.start.startswith("<"):
            return 0
        names = {key(found) for found in _KEY.findall(head.text[:_BEGINNING])}
        sure = score(fields(names).values())
        return max(sure, 93) if "agreements" in names and sure else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """An agreement per mapping, and who and what it names."""
        register, found = Register(), False
        for number, value in enumerate(yaml_documents(opened.text())):
            base = "" if number == 0 else f"document {number + 1} "
            listed = value.get("agreements") if isinstance(value, dict) else value
            if not isinstance(listed, list):
                yield Quarantine(f"{base}#", "no list of agreements", one_line(value))
                continue
            place = ("agreements",) if isinstance(value, dict) else ()
            for index, one in enumerate(listed):
                found = True
                yield from _entry(register, one, base + pointer(*place, index))
        if not found:
            raise Unreadable("no agreement in it")


def _entry(register: Register, one: Any, locator: str) -> Iterator[Said]:
    if not isinstance(one, dict):
        yield Quarantine(locator, "not a mapping", one_line(one))
        return
    means = fields(map(str, one))
    for name in one:
        if str(name) not in means:
            text = f"{name}: {one_line(one[name])}"
            yield Quarantine(locator, f"`{one_line(name, 40)}` is no field of an agreement", text)
    values: dict[str, str | list[str]] = {}
    for name, field in means.items():
        values[field] = _plain(one[name])
        held = one[name] if isinstance(one[name], list) else [one[name]]
        for part in held:
            if isinstance(part, dict | list):
                reason = f"`{one_line(name, 40)}`: a text is meant, or a list of texts"
                yield Quarantine(locator, reason, one_line(part))
    yield from register.said(values, locator)


def _plain(value: Any) -> str | list[str]:
    """A scalar as text, a list as its texts."""
    if isinstance(value, list):
        return [text for text in map(string, value) if text]
    return string(value)
