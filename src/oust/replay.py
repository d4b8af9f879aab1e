"""Logs of a case read again, row by row, where the case itself keeps only first, last and count.

A log is opened where it lay and its digest compared. One that has gone or changed is said to be,
and what the case kept of it is used instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pyarrow as pa

from oust import unpack
from oust.channel import EVENT_SCHEMA, Replayed, ReplayWord
from oust.fileview import digest_of, place_of
from oust.formats import all_formats
from oust.formats.seam import Format, NoNeedles, Opened, Unreadable
from oust.formats.zeek_lines import Look, blocks
from oust.model import Record
from oust.needles import LiteralNeedles
from oust.opening import open_at

ROWS = 20_000  # of one batch

ZEEK = frozenset({"zeek-tsv", "zeek-json"})

LINES = frozenset({"bind-log", "unbound-log", "dnsmasq-log", "squid-access"})
"""Formats of which every line stands for itself, below a heading of `#` lines if any."""

_NO_ESCAPES = re.compile(rb"(?!)")

Row = Mapping[str, Any]


class Replay:
    """The logs among `sources`, rows of the store's source table. `names`: hosts and addresses."""

    def __init__(self, sources: Iterable[Row], names: Iterable[str]) -> None:
        formats = {fmt.name: fmt for fmt in all_formats() if fmt.group == "network"}
        self._rows = [row for row in sources if row["format"] in formats]
        self._formats = formats
        self._names = sorted(names)
        self._needles = LiteralNeedles(self._names)
        self._uids: Collection[str] = ()
        self._outcomes: dict[str, Replayed] = {}

    def outcomes(self) -> tuple[Replayed, ...]:
        """What became of each log, by path."""
        return tuple(self._outcomes[path] for path in sorted(self._outcomes))

    def events(
        self, wanted: Callable[[str], bool], uids: Collection[str] = ()
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        """(path, rows) of every log whose path is `wanted`, of the names and of connections `uids`.

        The first call checks digests.
        """
        self._uids = uids
        by_place: dict[str, dict[str, Row]] = {}
        for row in self._rows:
            known = self._outcomes.get(row["path"])
            if wanted(row["path"]) and (known is None or known.word == "read again"):
                by_place.setdefault(row["location"], {})[row["path"]] = row
        for location, rows in by_place.items():
            yield from self._file(place_of(location), rows)

    def _file(self, place: Path, rows: dict[str, Row]) -> Iterator[tuple[str, pa.RecordBatch]]:
        """The logs in one file."""
        readable = {path: row for path, row in rows.items() if self._can(row)}
        for path, row in rows.items():
            if path not in readable:
                self._note(row, "sums only", "rows of this format are not read again")
        if not readable:
            return
        try:
            data: Any = open_at(place)
        except OSError as error:
            for row in readable.values():
                self._note(row, "gone", f"{place}: {error.strerror or error}")
            return
        outer = next(iter(readable)).partition("!/")[0]
        budget = unpack.Budget.for_file(len(data))
        for path, content in _inside(outer, data, frozenset(readable), budget):
            place_now = place if path == outer else None
            yield from self._log(readable.pop(path), content, place_now)
        for row in readable.values():
            self._note(row, "changed", "is no longer in the file that held it")

    def _can(self, row: Row) -> bool:
        return row["format"] in ZEEK or row["format"] in LINES

    def _log(self, row: Row, data: Any, place: Path | None) -> Iterator[tuple[str, pa.RecordBatch]]:
        """One log, unless it is another than the case knows. `place`: if it is a file itself."""
        path = row["path"]
        if path not in self._outcomes and row["sha256"] and digest_of(data) != row["sha256"]:
            self._note(row, "changed", "has changed since it was read; trace it again")
            return
        opened = Opened(path, data)
        try:
            for batch in self._batches(row["format"], opened, place):
                yield path, batch
        except Unreadable as error:
            self._note(row, "not read", str(error))
            return
        self._outcomes.setdefault(path, Replayed(path, row["format"], "read again"))

    def _batches(self, name: str, opened: Opened, place: Path | None) -> Iterator[pa.RecordBatch]:
        if name in LINES:
            yield from _lines(self._formats[name], opened, self._needles)
            return
        from oust.formats.zeek_events import Wanted, events

        wanted = Wanted(self._names, self._uids)
        with TemporaryDirectory() as folder:  # a member of an archive is read as a file, too
            if place is None:
                place = Path(folder) / (opened.name or "log")
                place.write_bytes(opened.bytes())
            yield from events(place, wanted)

    def _note(self, row: Row, word: ReplayWord, message: str) -> None:
        self._outcomes[row["path"]] = Replayed(row["path"], row["format"], word, message)


def _inside(
    path: str, data: Any, wanted: frozenset[str], budget: unpack.Budget
) -> Iterator[tuple[str, Any]]:
    """Those of `wanted` that `path` is or holds, each with its content."""
    if path in wanted:
        yield path, data
        return
    if not any(one.startswith(f"{path}!/") for one in wanted):
        return
    kind = unpack.kind_of(data)
    name = path.rsplit("!/", 1)[-1].rsplit("/", 1)[-1]
    for member in unpack.members(kind, name, data, budget) if kind else ():
        if member.name and not member.problem:
            yield from _inside(f"{path}!/{member.name}", member.data, wanted, budget)


def _lines(fmt: Format, opened: Opened, needles: LiteralNeedles) -> Iterator[pa.RecordBatch]:
    """Rows of a log of lines: those that name a host looked for, each read by itself."""
    look = Look(needles.hits, -1, _NO_ESCAPES)
    rows: list[dict[str, Any]] = []
    for block in blocks(opened.data, look):
        for index in block.hits.tolist():
            line = block.line(index)
            told = fmt.read(Opened(opened.path, line), NoNeedles())
            records = (one for one in told if isinstance(one, Record))
            rows += [_event(one) for one in records if one.kind == "service"]
        if len(rows) >= ROWS:
            yield pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)
            rows = []
    yield pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)


def _event(record: Record) -> dict[str, Any]:
    """The row that a record of one line stands for. Raises Unreadable where it has no time."""
    if not record.since:
        raise Unreadable("the log does not say in full when a line was written")
    when = datetime.fromisoformat(record.since)
    said = msgspec.json.decode(record.extra or "{}", type=dict[str, str])
    up, down = said.get("bytes_up", ""), said.get("bytes_down", "")
    return {
        "ts": (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp(),
        "client": record.host,
        "name": record.name,
        "bytes_up": int(up) if up.isdecimal() else None,
        "bytes_down": int(down) if down.isdecimal() else None,
        "log": "dns" if record.type == "dns query" else "proxy",
        "uri": record.urls[0] if record.urls else None,
        "mime": next((one[5:] for one in record.ids if one.startswith("mime:")), None),
        "method": said.get("method"),
    }
