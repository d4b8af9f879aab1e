"""Our own plain list of dated links between parties and things, as CSV or YAML: docs/relations.md.

from,relation,to,since,until,share
Acme Holding,owns,Beta Tools,2016-03-01,2019-12-31,51
lt-118,operated-by,Orrin Services,,,
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats import csv_rows
from oust.formats.listing import pointer, string
from oust.formats.relation_rows import Given, columns, said
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Said

MOST_ALIASES = 100
DEEPEST = 20
NEWLINE = b"\n"


class RelationsCsv:
    """Dated links as CSV, TSV or the like."""

    name = "relations-csv"
    title = "oust relations, CSV"
    group = "relations"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a header with from, relation and to."""
        line = next((line for line in head.lines if line.strip()), "")
        if line[:1] in ("{", "[", "<") or len(line) > 4000:
            return 0
        names = columns(csv_rows.header(line))
        return 92 if {"from", "relation", "to"} <= names else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A link per row, a record per distinct end."""
        yield from said(_csv(opened), lambda locator: _line(opened, locator))


class RelationsYaml:
    """Dated links as a YAML list of mappings."""

    name = "relations-yaml"
    title = "oust relations, YAML"
    group = "relations"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the keys from, relation and to of list items."""
        if head.is_json or head.start.startswith("<"):
            return 0
        keys = set(re.findall(r"[\s{,\"'](\w+)[\"']?\s*:(?:\s|$)", head.text))
        listed = re.search(r"(?m)^[ \t]*-\s", head.text)
        return 90 if listed and {"from", "relation", "to"} <= keys else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A link per mapping, a record per distinct end."""
        yield from said(_yaml(opened), lambda locator: f"{opened.name}, entry {locator}")


def _csv(opened: Opened) -> Iterator[Given]:
    for row in csv_rows.rows(opened):
        yield row if isinstance(row, Quarantine) else (row.cells, row.locator)


def _line(opened: Opened, locator: str) -> str:
    """File and line of a row."""
    offset = int(locator.rpartition(" ")[2])
    return f"{opened.name}, line {bytes(opened.data[:offset]).count(NEWLINE) + 1}"


def _yaml(opened: Opened) -> Iterator[Given]:
    for number, listed in enumerate(yaml_documents(opened.text())):
        if isinstance(listed, dict):
            listed = listed.get("links") or listed.get("relations")
        base = "" if number == 0 else f"document {number + 1} "
        if not isinstance(listed, list):
            yield Quarantine(f"{base}#", "not a list of links", one_line(listed))
            continue
        for index, one in enumerate(listed):
            locator = base + pointer(index)
            if isinstance(one, dict):
                yield {str(key): _plain(value) for key, value in one.items()}, locator
            else:
                yield Quarantine(locator, "not a mapping", one_line(one))


def _plain(value: Any) -> str:
    """A scalar, or a list of scalars joined as the CSV writes it."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(string, value)))
    return string(value)


def yaml_documents(text: str) -> list[Any]:
    """All values in the YAML as text, lists and mappings: no types, no objects.

    Raises Unreadable for what is no YAML, or has more than MOST_ALIASES or DEEPEST levels.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    aliases = depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent))
            depth -= isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent))
            if aliases > MOST_ALIASES or depth > DEEPEST:
                raise Unreadable("YAML with too many aliases or too deep nesting")
        return list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(f"YAML cannot be read: {one_line(str(error))}") from None
