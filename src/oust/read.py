"""Stage 1: walk the evidence, tell each file's format by its content, read it, account for it.

One `Reading` per source: what it said, what was quarantined, and a status. Nothing here raises
for a bad file; a file that cannot be read is a source whose status says so.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs

from oust import unpack
from oust.errors import OustError
from oust.fileview import FileView, digest_of, place_text
from oust.formats import all_formats, pick
from oust.formats.envelope import is_envelope, unwrap
from oust.formats.seam import Format, Needles, NoNeedles, Opened, Unreadable, one_line
from oust.mapping import mapping_for
from oust.model import Link, Quarantine, Record, Said, Source, Status, Tally
from oust.needles import for_group

HELD = 16 * 1024**2  # larger files are read piece by piece, not held
PREFETCH = 4  # files opened ahead of the one being read
SMALL = 512 * 1024  # bytes; waking another thread costs more than reading such a file
MAX_TEXT = 1_000_000  # characters of a name or description that are kept
BATCH = 20_000  # records handed on at once, so that memory stays flat

CASE_MARK = "oust-case.duckdb"
"""A folder holding this file is a case; walking evidence passes it by."""


class Found(Struct, frozen=True):
    """A file of evidence met while walking."""

    path: str  # as shown: the given name and the way below it, with forward slashes
    location: Path
    problem: str = ""  # why it cannot be opened
    size: int = 0  # bytes, as walked


class Reading(Struct):
    """What one source said, or the next part of it: `source` is final when `last` is true."""

    source: Source
    location: str
    records: list[Record] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quarantined: list[Quarantine] = field(default_factory=list)
    last: bool = True
    bulk: bool = False
    deferred: bool = False  # a bulk source met while nothing is sought yet: read it later


class Loaded(Struct):
    """A found file with its content, opened ahead of time."""

    found: Found
    data: Any = b""
    sha256: str = ""
    stamp: tuple[int, int] = (0, 0)
    problem: str = ""


def walk(evidence: Iterable[Path]) -> Iterator[Found]:
    """Every file under `evidence`, in a fixed order, each real file once, symlink loops ended."""
    seen: set[tuple[int, int]] = set()
    for top, shown in _named(list(evidence)):
        yield from _below(top, shown, seen)


def _named(tops: list[Path]) -> list[tuple[Path, str]]:
    """Each top with the name to show: its own, or its parent's too where two are alike."""
    absolute = sorted({_tidy(top) for top in tops})
    twice = {name for name, n in Counter(top.name for top in absolute).items() if n > 1}
    return [
        (top, f"{top.parent.name}/{top.name}" if top.name in twice else top.name or str(top))
        for top in absolute
    ]


def _tidy(top: Path) -> Path:
    """Absolute and without `..`, links kept: the name given is the name shown."""
    return Path(os.path.normpath(top.absolute()))


def _below(top: Path, shown: str, seen: set[tuple[int, int]]) -> Iterator[Found]:
    """Depth first without recursion: folders may nest deeper than Python calls may."""
    waiting = [(str(top), unpack.plain_name(shown))]
    while waiting:
        place, shown = waiting.pop()
        try:
            info = Path(place).stat()
            if (info.st_dev, info.st_ino) in seen:
                continue
            seen.add((info.st_dev, info.st_ino))
            if stat.S_ISREG(info.st_mode):
                yield Found(shown, Path(place), size=info.st_size)
            elif stat.S_ISDIR(info.st_mode):
                waiting += [
                    (f"{place.rstrip('/')}/{name}", f"{shown}/{unpack.plain_name(name)}")
                    for name in reversed(_evidence_in(place))
                ]
            else:
                problem = "neither a file nor a folder (device, socket or pipe)"
                yield Found(shown, Path(place), problem)
        except OSError as error:
            yield Found(shown, Path(place), error.strerror or str(error))


def _evidence_in(folder: str) -> list[str]:
    """Names in a folder that may be evidence, in order; none if it is a case."""
    names = sorted(one.name for one in Path(folder).iterdir())
    if CASE_MARK in names:
        return []
    return [name for name in names if not name.endswith(".map.yaml") and name != "oust-map.yaml"]


def load(found: Found, sha256: str = "") -> Loaded:
    """Open a found file, and hash it unless its digest is given; a problem is kept, not raised."""
    if found.problem:
        return Loaded(found, problem=found.problem)
    try:
        with found.location.open("rb") as file:
            info = os.fstat(file.fileno())
            data: Any = FileView(found.location) if info.st_size > HELD else file.read()
        digest = sha256 or digest_of(data)
        return Loaded(found, data, digest, (info.st_size, info.st_mtime_ns))
    except (OSError, ValueError) as error:
        return Loaded(found, problem=getattr(error, "strerror", None) or str(error))


def ahead(founds: Iterable[Found]) -> Iterator[Loaded]:
    """`load` each, large ones ahead of the reader: hashing and disk use the other core."""
    rest = iter(founds)
    with ThreadPoolExecutor(1) as pool:

        def begin(count: int) -> list[Found | Future[Loaded]]:
            some = islice(rest, count)
            return [one if one.size <= SMALL else pool.submit(load, one) for one in some]

        waiting = begin(PREFETCH)
        while waiting:
            done = waiting.pop(0)
            waiting += begin(1)
            yield load(done) if isinstance(done, Found) else done.result()


def read(loaded: Loaded, needles: Needles | None) -> Iterator[Reading]:
    """Read one file, and the members of it if it is an archive or an envelope.

    With `needles` None a bulk source is not read: its Reading says `deferred`.
    """
    found = loaded.found
    if loaded.problem:
        yield Reading(_refused(found.path, loaded.problem), place_text(found.location))
        return
    opened = Opened(found.path, loaded.data)
    try:
        opened.mapping = mapping_for(found.location)
    except OustError as error:
        yield Reading(
            _refused(found.path, f"{error.message}; {error.hint}"), place_text(found.location)
        )
        return
    budget = unpack.Budget.for_file(len(loaded.data))
    reader = _Reader(place_text(found.location), needles, all_formats(), budget)
    changed = _changed(loaded)
    for reading in reader.source(opened, loaded.sha256, 0):
        if reading.last and changed():
            message = "the file changed while it was read; trace it again"
            reading.source = structs.replace(reading.source, status="partly read", message=message)
        yield reading


def _refused(path: str, problem: str, status: Status = "not read", size: int = 0) -> Source:
    return Source(path=path, status=status, message=problem, bytes=size)


def _changed(loaded: Loaded) -> Callable[[], bool]:
    def now() -> bool:
        try:
            info = loaded.found.location.stat()
        except OSError:
            return True
        return (info.st_size, info.st_mtime_ns) != loaded.stamp

    return now


class _Reader(Struct):
    """Reads one top-level file; `location` is where it lies on this machine."""

    location: str
    needles: Needles | None
    formats: Sequence[Format]
    budget: unpack.Budget

    def source(self, opened: Opened, sha256: str, depth: int) -> Iterator[Reading]:
        base = Source(path=opened.path, sha256=sha256, bytes=opened.size)
        if opened.size == 0:
            yield self._none(base, "empty", "the file is empty")
            return
        try:
            inner = unwrap(opened) if is_envelope(opened.head) else None
        except Unreadable as error:
            yield self._none(structs.replace(base, format="envelope"), "not read", str(error))
            return
        kind = unpack.kind_of(bytes(opened.data[:512]))
        if inner:
            wrapped = (unpack.Member(name, data) for name, data in inner)
            yield from self._members(base, "envelope", opened, depth, wrapped)
        elif kind != "tar" and (fmt := self._pick(opened)):  # a tar begins like its first member
            yield from self._told(base, opened, fmt)
        elif kind:
            packed = unpack.members(kind, opened.name, opened.data, self.budget)
            yield from self._members(base, kind, opened, depth, packed)
        else:
            yield self._none(base, "no reader", _no_reader(opened))

    def _pick(self, opened: Opened) -> Format | None:
        try:
            return pick(opened.head, tuple(self.formats))
        except RecursionError:
            return None

    def _none(self, base: Source, status: Status, message: str) -> Reading:
        return Reading(structs.replace(base, status=status, message=message), self.location)

    def _members(
        self, base: Source, kind: str, opened: Opened, depth: int, found: Iterator[unpack.Member]
    ) -> Iterator[Reading]:
        """The members of an archive as sources of their own, then the archive itself."""
        if depth >= unpack.MAX_DEPTH:
            text = f"archives are nested more than {unpack.MAX_DEPTH} deep; not opened"
            yield self._none(base, "not read", text)
            return
        count, problems = 0, []
        for member in found:
            if member.problem:
                problems.append(f"{member.name}: {member.problem}".removeprefix(": "))
            if not member.name or (member.problem and not member.data):
                continue
            count += 1
            digest = digest_of(member.data)
            inner = Opened(f"{opened.path}!/{member.name}", member.data)
            inner.mapping = opened.mapping
            yield from self.source(inner, digest, depth + 1)
        status: Status = "read" if not problems else "partly read" if count else "not read"
        message = "; ".join(problems[:3]) or (f"{count:,} members" if count != 1 else "1 member")
        yield self._none(structs.replace(base, format=kind), status, message)

    def _told(self, base: Source, opened: Opened, fmt: Format) -> Iterator[Reading]:
        """What `fmt` reads from `opened`, in parts of at most BATCH records."""
        if fmt.bulk and self.needles is None:
            yield Reading(base, self.location, deferred=True)
            return
        tally: Counter[str] = Counter()
        said = Told(fmt, opened, for_group(self.needles or NoNeedles(), fmt.group))
        stream = iter(said)
        while True:
            batch = list(islice(stream, BATCH))
            part = _part(Reading(base, self.location, last=False, bulk=fmt.bulk), batch, tally)
            if len(batch) < BATCH:
                break
            yield part
        problem = said.problem
        held = tally.pop("quarantined", 0)
        records = sum(tally.values())
        status: Status = "read"
        if problem:
            status = "partly read" if records else "not read"
        elif not records and held:
            status, problem = "not read", "all that it says was quarantined"
        elif not records:
            status, problem = "empty", "nothing is said in it"
        part.source = structs.replace(
            base,
            format=fmt.name,
            records=records,
            quarantined=held,
            status=status,
            message=problem,
            counts=dict(sorted(tally.items())),
        )
        part.last = True
        yield part


def _part(part: Reading, batch: list[Said], tally: Counter[str]) -> Reading:
    """`part` with what stands in `batch`, everything counted by kind in `tally`."""
    part.records = [one for one in batch if one.__class__ is Record]
    if any(len(one.description) > MAX_TEXT or len(one.name) > MAX_TEXT for one in part.records):
        part.records = [_shortened(one, part) for one in part.records]
    tally.update([record.kind for record in part.records])
    if len(part.records) < len(batch):
        for one in batch:
            if isinstance(one, Link):
                part.links.append(one)
                tally["link"] += len(one.targets)
            elif isinstance(one, Quarantine):
                part.quarantined.append(one)
            elif isinstance(one, Tally):
                tally[one.kind] += one.count
    tally["quarantined"] += len(part.quarantined)
    return part


def _shortened(record: Record, part: Reading) -> Record:
    """A record whose texts are cut to MAX_TEXT; what was cut is told in quarantine."""
    for name in ("name", "description"):
        text = getattr(record, name)
        if len(text) > MAX_TEXT:
            reason = f"{name} of {len(text):,} characters: only the first {MAX_TEXT:,} are kept"
            part.quarantined.append(Quarantine(record.locator, reason, one_line(text[-200:])))
            record = structs.replace(record, **{name: text[:MAX_TEXT]})
    return record


class Told:
    """What a format yields, until it cannot go on; then `problem` says why."""

    def __init__(self, fmt: Format, opened: Opened, needles: Needles) -> None:
        self.problem = ""
        self._fmt, self._opened, self._needles = fmt, opened, needles

    def __iter__(self) -> Iterator[Said]:
        try:
            yield from self._fmt.read(self._opened, self._needles)
        except Unreadable as error:
            self.problem = str(error)
        except RecursionError:
            self.problem = "nested too deeply to be read"
        except MemoryError:
            self.problem = "needs more memory than there is"
        except Exception as error:  # a foreign file met a parser: tell it, go on with the others
            what = f"{type(error).__name__}: {one_line(str(error), 120)}"
            self.problem = f"{self._fmt.name} reader failed: {what}"


def _no_reader(opened: Opened) -> str:
    head = opened.head
    if b"\0" in head.data and not head.encoding.startswith("utf-16"):
        return "no reader for this format (binary)"
    return "no reader for this format"
