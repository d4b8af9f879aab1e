"""Bring evidence into the store: what is new is read, what changed supersedes, nothing twice.

Bulk sources (awards, logs) are read last, when it is known which products carry the vendor's
code, so that one scan finds both. Each file is stored in one transaction.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct, field, structs

from oust import __version__, read
from oust.columns import link_table, quarantine_table, record_table
from oust.examine import GROUP, Examiner
from oust.fileview import place_of, place_text
from oust.formats import all_formats
from oust.formats.content import Patterns
from oust.formats.seam import Needles
from oust.model import Link, Quarantine, Record, Source
from oust.reader import Reading
from oust.store import Store

NOTHING = Patterns()
FLUSH = 50_000  # records and links held before they are written
FLUSH_SECONDS = 5.0  # what an interruption costs at most, once a file is read
LARGE_ARCHIVE = 32 * 1024**2


class Progress(Protocol):
    """What the command line shows while evidence is read."""

    def begin(self, files: int, size: int) -> None:
        """So many files of so many bytes in all are to be read."""

    def advance(self, files: int, size: int) -> None:
        """So many more are done."""


class Silent:
    """Shows nothing."""

    def begin(self, files: int, size: int) -> None:
        """Nothing."""

    def advance(self, files: int, size: int) -> None:
        """Nothing."""


class Added(Struct):
    """What an `add` did."""

    files: int = 0  # met on the walk
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    again: int = 0  # bulk files read again for something newly looked for


class _Held(Struct):
    """What is read and not yet written."""

    records: list[Record] = field(default_factory=list)
    record_sids: list[int] = field(default_factory=list)
    record_ns: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    link_sids: list[int] = field(default_factory=list)
    link_ns: list[int] = field(default_factory=list)
    quarantined: list[Quarantine] = field(default_factory=list)
    quarantine_sids: list[int] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)

    def size(self) -> int:
        return len(self.records) + len(self.links) + len(self.quarantined)


class Ingest:
    """One run of adding evidence to a store."""

    def __init__(self, store: Store, progress: Progress, patterns: Patterns = NOTHING) -> None:
        self.store, self.progress = store, progress
        self.run = int(store.meta("run") or 0) + 1
        self.sid = store.next_sid()
        self.held = _Held()
        self.added = Added()
        self.later: list[read.Found] = []  # bulk files, and what may hold them
        self._known = _outer(store, patterns.key)
        self._same_readers = store.meta("read by") == __version__
        self._digests: dict[str, str] = {}
        self._flushed = time.monotonic()
        self._examiner = Examiner(patterns.text)
        self._patterns = patterns.key

    def first_pass(self, evidence: Iterable[Path], sought: str) -> None:
        """Read everything that is not bulk; remember the bulk files for `second_pass`."""
        found = [self._named(one) for one in read.walk(evidence)]
        self.added.files = len(found)
        self.progress.begin(len(found), sum(one.size for one in found))
        with _uncollected():
            for loaded in read.prepared_ahead(self._fresh(found, sought), self._examiner):
                if _may_hold_bulk(loaded):
                    self._defer(loaded)
                else:
                    self._take(loaded, None, "")
                self._flush_if_full()
            self.flush()

    def second_pass(self, needles: Needles, sought: str) -> int:
        """Read the bulk files, and those of earlier runs that something new is sought in.

        Returns how many were read.
        """
        self._add_stale(sought)
        count = len(self.later)
        self.run += 1  # things of this pass are identified after those of the first
        with _uncollected():
            for found in self.later:
                loaded = read.load(found, self._digests.get(found.path, ""))
                self._take(loaded, needles, sought)
                self._flush_if_full()
            self.later = []
            self.flush()
        return count

    def _fresh(self, found: Iterable[read.Found], sought: str) -> Iterator[read.Loaded]:
        """Opened files but for those that the store already holds."""
        for loaded in read.ahead(found):
            if self._is_known(loaded, sought):
                self.added.unchanged += 1
                self.progress.advance(1, len(loaded.data))
            else:
                yield loaded

    def _named(self, found: read.Found) -> read.Found:
        """Keep apart two different files that would be shown alike."""
        known = self._known.get(found.path)
        if (
            known
            and known["location"] != place_text(found.location)
            and place_of(known["location"]).exists()
        ):
            longer = f"{found.location.parent.name}/{found.path}"
            return structs.replace(found, path=longer)
        return found

    def _is_known(self, loaded: read.Loaded, sought: str) -> bool:
        """Whether the store already holds this very content, and nothing new is sought in it."""
        known = self._known.get(loaded.found.path)
        if known is None or not loaded.sha256 or known["sha256"] != loaded.sha256:
            return False
        if known["searched"] != "now" or not self._same_readers:
            return False
        if known["status"] == "no reader" and read.is_claimed(loaded):
            return False  # by a mapping file or a plug-in that was not there before
        return not known["bulk"] or known["sought"].split("+")[0] == sought

    def _defer(self, loaded: read.Loaded) -> None:
        self._digests[loaded.found.path] = loaded.sha256
        self.later.append(loaded.found)

    def _take(self, loaded: read.Loaded, needles: Needles | None, sought: str) -> None:
        """Read one file whole into what is held."""
        path, mark = loaded.found.path, self.sid
        rows: list[dict[str, Any]] = []
        ns: dict[str, int] = {}
        for reading in read.read(loaded, needles, self._examiner):
            if reading.deferred:
                self._undo(mark)
                self._defer(loaded)
                return
            self._hold(reading, ns)
            if reading.last:
                rows.append(self._row(reading, loaded, sought))
                self.sid += 1
                ns.clear()
            if self.held.size() >= FLUSH:
                self._write_parts()
        self._replaces(path, loaded.sha256)
        self.held.sources += rows
        self.progress.advance(1, len(loaded.data))

    def _replaces(self, path: str, sha256: str) -> None:
        """What was known of this file: nothing, the same content, or an older one, kept."""
        known = self._known.get(path)
        if known is None:
            self.added.new += 1
        elif known["sha256"] == sha256:
            nothing = known["status"] == "no reader"
            self.added.unchanged += nothing
            self.added.again += not nothing
            self.held.forgotten += self.store.sids_of(path)
        else:
            self.added.changed += 1
            self.held.superseded.append(path)

    def _hold(self, reading: Reading, ns: dict[str, int]) -> None:
        held, sid = self.held, self.sid
        start, count = ns.get("record", 0), len(reading.records)
        held.records += reading.records
        held.record_sids += [sid] * count
        held.record_ns += range(start, start + count)
        ns["record"] = start + count
        start, count = ns.get("link", 0), len(reading.links)
        held.links += reading.links
        held.link_sids += [sid] * count
        held.link_ns += range(start, start + count)
        ns["link"] = start + count
        held.quarantined += reading.quarantined
        held.quarantine_sids += [sid] * len(reading.quarantined)

    def _row(self, reading: Reading, loaded: read.Loaded, sought: str) -> dict[str, Any]:
        source: Source = reading.source
        row = structs.asdict(source)
        row["counts"] = msgspec.json.encode(source.counts).decode()
        return row | {
            **{"sid": self.sid, "location": reading.location, "bulk": reading.bulk},
            **{
                "sought": self._patterns if _in_bytes(row) else sought,
                "outer_path": loaded.found.path,
                "current": True,
            },
            **{"run": self.run, "gone_in": None, "filed": _file_date(loaded.stamp[1])},
        }

    def _undo(self, mark: int) -> None:
        """Drop what is held of the sources from `mark` on; parts already written are forgotten."""
        held = self.held
        for name in ("record", "link", "quarantine"):
            sids: list[int] = getattr(held, f"{name}_sids")
            keep = next((i for i, sid in enumerate(sids) if sid >= mark), len(sids))
            lists = {"record": ("records", "record_ns"), "link": ("links", "link_ns")}
            for column in (*lists.get(name, ("quarantined",)), f"{name}_sids"):
                del getattr(held, column)[keep:]
        if self.sid > mark:
            held.forgotten += range(mark, self.sid + 1)
            self.sid += 1

    def _flush_if_full(self) -> None:
        late = time.monotonic() - self._flushed > FLUSH_SECONDS
        if self.held.size() >= FLUSH or len(self.held.sources) >= 5_000 or late:
            self.flush()

    def flush(self) -> None:
        """Write what is held, in one transaction."""
        self._flushed = time.monotonic()
        if not (self.held.sources or self.held.size() or self.held.forgotten):
            return
        with self.store.change():
            self._insert()
            self.store.supersede(self.held.superseded, self.run)
            self.store.add_sources(self.held.sources)
            self.store.set_meta("run", str(self.run))
            self.store.set_meta("read by", __version__)
        for row in self.held.sources:
            if row["path"] == row["outer_path"]:
                self._known[row["path"]] = row | {"searched": "now"}
        self.held = _Held()
        gc.collect()

    def _write_parts(self) -> None:
        """Write records of a source that is not finished; if killed now they are forgotten."""
        held = self.held
        with self.store.change():
            self._insert()
        self.held = _Held(
            sources=held.sources, superseded=held.superseded, forgotten=held.forgotten
        )
        gc.collect()

    def _insert(self) -> None:
        held = self.held
        if held.forgotten:
            self.store.forget(held.forgotten)
            held.forgotten = []
        if held.records:
            table = record_table(held.record_sids, held.record_ns, held.records)
            self.store.add_records(table, self.run)
        if held.links:
            self.store.add_rows("link", link_table(held.link_sids, held.link_ns, held.links))
        if held.quarantined:
            rows = quarantine_table(held.quarantine_sids, held.quarantined)
            self.store.add_rows("quarantine", rows)

    def _add_stale(self, sought: str) -> None:
        """Bulk files read earlier for other things, if they still lie where they were."""
        waiting = {found.path for found in self.later}
        for path, row in sorted(_stale(self.store, sought, self._patterns).items()):
            place = place_of(row["location"])
            if path in waiting:
                continue
            if place.exists():
                self.later.append(read.Found(path, place))
            else:
                self.store.note(
                    path, f"was at {place}, gone now; not searched again for what is new"
                )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Cycles are collected only when a flush asks for it, and only among what is new since.

    Records hold no cycles, but their making sets the collector off again and again, which then
    looks at every object of the process.
    """
    was = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was:
            gc.enable()


def _file_date(stamp: int) -> str:
    """When a file was last changed, in nanoseconds since 1970, as an ISO date; "" if not known."""
    return datetime.fromtimestamp(stamp / 1e9, UTC).strftime("%Y-%m-%d") if stamp else ""


def _in_bytes(row: Mapping[str, Any]) -> bool:
    """Whether a source was searched as bytes, by what dossiers say of bytes."""
    return row["format"] in _bytes_formats() or row["status"] == "no reader"


@cache
def _bytes_formats() -> frozenset[str]:
    return frozenset(fmt.name for fmt in all_formats() if fmt.group == GROUP)


def _outer(store: Store, patterns: str) -> dict[str, dict[str, Any]]:
    """The current top-level sources by path; `bulk` if any source within is.

    `searched` is `now` unless a source within was searched as bytes for other things.
    """
    rows = store.sources()
    known = {row["path"]: row | {"searched": "now"} for row in rows
             if row["path"] == row["outer_path"]}  # fmt: skip
    for row in rows:
        if _in_bytes(row) and row["sought"] != patterns and row["outer_path"] in known:
            known[row["outer_path"]]["searched"] = row["sought"]
        if row["bulk"] and row["outer_path"] in known:
            known[row["outer_path"]] |= {"bulk": True, "sought": row["sought"]}
    return known


def _stale(store: Store, sought: str, patterns: str) -> dict[str, dict[str, Any]]:
    return {
        path: row
        for path, row in _outer(store, patterns).items()
        if (row["bulk"] and row["sought"] != sought) or row["searched"] != "now"
    }


def _may_hold_bulk(loaded: read.Loaded) -> bool:
    """Large archives are left for the second pass, so that they are unpacked once only."""
    return len(loaded.data) > LARGE_ARCHIVE and bytes(loaded.data[:2]) in (b"PK", b"\x1f\x8b")
