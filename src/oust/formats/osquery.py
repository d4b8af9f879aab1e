"""osquery results: what `osqueryi --json` or `--csv` prints, and what log shippers wrap it in.

A scheduled query writes one line per changed row (`columns`, `action`), per batch (`diffResults`)
or per snapshot; Fleet, Kolide, Elastic and others put envelopes of their own around these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec

from oust.formats import csv_rows, osquery_tables
from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.json_stream import values
from oust.formats.listing import extra, pointer, string
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Quarantine, Record, Said, Tally

_ENVELOPES = ("osquery", "result", "osquery_result", "json", "_source", "_raw", "event", "message")
_ROW_LISTS = ("rows", "results", "snapshot", "data", "software", "hits")
_DEEPEST = 8
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class Context:
    """What the envelopes around a row say."""

    host: str = ""
    uuid: str = ""
    serial: str = ""
    query: str = ""
    action: str = ""
    seen: str = ""


class OsqueryJson:
    """osquery results as JSON array, JSON lines or in a shipper's envelope."""

    name = "osquery-json"
    title = "osquery results, JSON and log lines"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the envelope of a result log, or by columns that only osquery has together."""
        keys = head.json_keys
        if keys & {"hostIdentifier", "host_identifier"} and keys & {
            *("columns", "snapshot", "diffResults", "calendarTime", "unixTime", "unix_time"),
        }:
            return 95
        if {"generated_cpe", "source"} <= keys:
            return 85
        marked = any(mark <= keys for mark in osquery_tables.MARKS)
        if marked and {"rows"} <= keys and keys & {"host", "hostname", "host_hostname"}:
            return 85
        return 72 if marked else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record per row that names a product, a host per host named."""
        reader = _Reader(Context(query=re.sub(r"\.\w+$", "", opened.name)))
        for one in values(opened):
            if isinstance(one, Quarantine):
                yield one
            else:
                yield from reader.unwrap(one[1], one[0], reader.start, 0)
        yield from reader.rest()


class OsqueryCsv:
    """osquery rows as CSV, with osqueryi's `|` or any other usual delimiter."""

    name = "osquery-csv"
    title = "osquery results, CSV"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a header of columns that only osquery has together."""
        line = next((line for line in head.lines if line.strip()), "")
        if line[:1] in ("{", "[", "<") or len(line) > 4000:
            return 0
        names = frozenset(csv_rows.header(line))
        found = [mark for mark in osquery_tables.MARKS if mark <= names]
        # a column that no other tool has outweighs what listings in general look like
        own = any(len(mark) == 1 or "install_source" in mark for mark in found)
        return 93 if own else 70 if found else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record per row that names a product."""
        reader = _Reader(Context(query=re.sub(r"\.\w+$", "", opened.name)))
        for row in csv_rows.rows(opened):
            if isinstance(row, Quarantine):
                yield row
                continue
            cells = dict(row.cells)
            host = cells.pop("host_hostname", "") or cells.pop("host_display_name", "")
            host = host or cells.pop("hostidentifier", "")
            yield from reader.row(cells, row.locator, replace(reader.start, host=host))
        yield from reader.rest()


class _Reader:
    """Goes through envelopes down to rows; remembers which hosts were told."""

    def __init__(self, start: Context) -> None:
        self.start = start
        self._hosts: set[str] = set()
        self._counted = 0

    def rest(self) -> Iterator[Said]:
        """The count of rows that name no product."""
        if self._counted:
            yield Tally("document", self._counted)

    def unwrap(self, value: Any, locator: str, context: Context, depth: int) -> Iterator[Said]:
        """Everything in `value`, be it an envelope, a list of rows or a row."""
        if isinstance(value, str) and value.startswith("{"):
            value = _parsed(value)
        if not isinstance(value, dict) or depth > _DEEPEST:
            yield Quarantine(locator, "no osquery result", one_line(value))
            return
        context = _context(value, context)
        inner = False
        for part, where, below in _parts(value, locator, context):
            inner = True
            yield from self.unwrap(part, where, below, depth + 1)
        columns = value.get("columns")
        if isinstance(columns, dict):
            yield from _misfits(columns, locator)
            yield from self.row(_texts(columns), locator, context)
        elif columns:
            yield Quarantine(locator, "the columns are no row", one_line(columns))
        elif _is_envelope(value):  # perhaps with nothing in it, which is an answer, too
            yield from self._host(locator, context)
            self._counted += not inner
        elif not inner:
            yield from _misfits(value, locator)
            yield from self.row(_texts(value), locator, context)

    def row(self, columns: Mapping[str, str], locator: str, context: Context) -> Iterator[Said]:
        """One row of a table."""
        record = osquery_tables.record(columns, context.query, locator, context.host)
        if record is not None and record.kind == "host" and not record.type:
            yield from self._described(record, context)
            return
        yield from self._host(locator, context)
        if record is None:
            self._counted += 1
        else:
            yield _with_action(record, context)

    def _described(self, record: Record, context: Context) -> Iterator[Said]:
        """A host as system_info tells of it, under the name that its other rows carry."""
        name = context.host or record.name
        key = f"{name}\0{record.ids}".casefold()
        if key not in self._hosts:
            self._hosts |= {key, name.casefold()}
            yield _with_action(msgspec.structs.replace(record, ref=name, name=name), context)

    def _host(self, locator: str, context: Context) -> Iterator[Said]:
        if context.host and context.host.casefold() not in self._hosts:
            self._hosts.add(context.host.casefold())
            known = ids.joined(ids.serial(context.serial), ids.one("id", context.uuid))
            yield Record("host", locator, ref=context.host, name=context.host, ids=known)


def _misfits(row: Mapping[str, Any], locator: str) -> Iterator[Quarantine]:
    for key, value in row.items():
        if value and isinstance(value, (dict, list)) and key in osquery_tables.TEXTS:
            yield Quarantine(locator, f"`{key}` is not text", one_line(value))


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    """The row's values as text; rows of rows are left to their own readers."""
    return {str(key).lower(): string(value) for key, value in row.items()}


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _context(value: Mapping[str, Any], outer: Context) -> Context:
    """`outer` with what this envelope adds."""
    decorations = value.get("decorations")
    host = value.get("host")
    named = [part for part in (decorations, host, value) if isinstance(part, dict)]
    if not (_is_envelope(value) or isinstance(host, dict)):
        return outer
    identifier = _text(value, "hostIdentifier", "host_identifier")
    given = next((t for part in named if (t := _text(part, *_HOST_NAMES))), "")
    if isinstance(host, str):
        given = given or host
    uuid = next((t for part in named if (t := _text(part, "host_uuid", "uuid"))), "")
    if _UUID.fullmatch(identifier):  # names are what other evidence knows the host by
        uuid, identifier = uuid or identifier, given or identifier
    stamp = _text(value, "unixTime", "unix_time", "calendarTime", "last_fetched", "timestamp")
    return Context(
        host=identifier or given or outer.host,
        uuid=uuid or outer.uuid,
        serial=next((t for p in named if (t := _text(p, "hardware_serial"))), outer.serial),
        query=_text(value, "name", "query_name") or outer.query,
        action=_text(value, "action") or outer.action,
        seen=_day(stamp) or outer.seen,
    )


_day = lru_cache(maxsize=1024)(day)
_HOST_NAMES = ("hostname", "host_hostname", "host_name", "host_display_name", "computer_name")


def _is_envelope(value: Mapping[str, Any]) -> bool:
    marks = ("columns", "diffResults", "hostIdentifier", "host_identifier", *_ROW_LISTS)
    return any(isinstance(value.get(mark), (dict, list)) for mark in marks) or "hostIdentifier" in (
        value
    )


def _text(value: Mapping[str, Any], *keys: str) -> str:
    return next((text for key in keys if (text := string(value.get(key)))), "")


def _parts(
    value: Mapping[str, Any], locator: str, context: Context
) -> Iterator[tuple[Any, str, Context]]:
    """What stands inside an envelope, with its locator and context."""
    diff = value.get("diffResults", value.get("diff_results"))
    for action in ("added", "removed"):
        rows = diff.get(action) if isinstance(diff, dict) else None
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            where = _within(locator, "diffResults", action, index)
            yield row, where, replace(context, action=action)
    for key in _ROW_LISTS:
        rows = value.get(key)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            yield row, _within(locator, key, index), context
    for key in (*_ENVELOPES, "host", "hits", "data"):
        inside = value.get(key)
        nested = isinstance(inside, dict) and (key != "host" or "software" in inside)
        if nested or (key in ("message", "_raw") and str(inside).startswith("{")):
            yield inside, _within(locator, key), context


def _within(locator: str, *parts: object) -> str:
    inside = pointer(*parts)
    return locator + inside[1:] if "#" in locator else locator + inside


def _with_action(record: Record, context: Context) -> Record:
    """The record with what its envelope says: a removed row is no longer installed."""
    if not context.action and not context.seen:
        return record
    until = context.seen if context.action == "removed" else ""
    shown = _shown(record.extra, context.action, context.seen)
    return msgspec.structs.replace(record, until=until, extra=shown)


@lru_cache(maxsize=4096)
def _shown(given: str, action: str, seen: str) -> str:
    shown = msgspec.json.decode(given) if given else {}
    return extra(shown | {"action": action, "seen": seen})
