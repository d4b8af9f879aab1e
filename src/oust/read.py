"""Stage 1: walk the evidence, tell each file's format by its content, read it, account for it.

One `Reading` per source: what it said, what was quarantined, and a status. Nothing here raises
for a bad file; a file that cannot be read is a source whose status says so.
"""

from __future__ import annotations

import os
import stat
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from oust import unpack
from oust.containers.layout import LayoutView, is_layout
from oust.errors import OustError
from oust.examine import Examiner
from oust.fileview import digest_of, place_text
from oust.formats import all_formats
from oust.formats.seam import Needles, Opened
from oust.mapping import mapping_for
from oust.opening import stamp_of, stamped
from oust.reader import (
    AHEAD,
    AHEAD_BYTES,
    Prepared,
    Reader,
    Reading,
    picked,
    prepared_of,
    refused,
    weight,
)

PREFETCH = 4  # files opened ahead of the one being read
SMALL = 512 * 1024  # bytes; waking another thread costs more than reading such a file

CASE_MARK = "oust-case.duckdb"
"""A folder holding this file is a case; walking evidence passes it by."""


class Found(Struct, frozen=True):
    """A file of evidence met while walking."""

    path: str  # as shown: the given name and the way below it, with forward slashes
    location: Path
    problem: str = ""  # why it cannot be opened
    size: int = 0  # bytes, as walked


class Loaded(Struct):
    """A found file with its content, opened ahead of time."""

    found: Found
    data: Any = b""
    sha256: str = ""
    stamp: tuple[int, int] = (0, 0)
    problem: str = ""
    prepared: Prepared | None = None


Readings = Iterator[Reading]


def walk(evidence: Iterable[Path]) -> Iterator[Found]:
    """Every file under `evidence`, in a fixed order, each real file once, symlink loops ended.

    A link that leads out of the evidence is told and not followed: in the tree of another host it
    means a file of that host, and what it leads to here is the analyst's.
    """
    seen: set[tuple[int, int]] = set()
    named = _named(list(evidence))
    roots = tuple(os.path.realpath(top) for top, _ in named)
    for top, shown in named:
        yield from _below(top, shown, seen, roots)


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


def _below(
    top: Path, shown: str, seen: set[tuple[int, int]], roots: tuple[str, ...]
) -> Iterator[Found]:
    """Depth first without recursion: folders may nest deeper than Python calls may."""
    waiting = [(str(top), unpack.plain_name(shown))]
    while waiting:
        place, shown = waiting.pop()
        try:
            info = os.lstat(place)
            if stat.S_ISLNK(info.st_mode):
                if place != str(top) and (out := _leads_out(place, roots)):
                    if not _meant_within(place, top):
                        yield Found(shown, Path(place), out)
                    continue
                info = Path(place).stat()
            if (info.st_dev, info.st_ino) in seen:
                continue
            seen.add((info.st_dev, info.st_ino))
            if stat.S_ISREG(info.st_mode):
                yield Found(shown, Path(place), size=info.st_size)
            elif stat.S_ISDIR(info.st_mode):
                names = _evidence_in(place)
                if is_layout(Path(place), names):
                    yield Found(shown, Path(place), size=len(LayoutView(Path(place))))
                    continue
                waiting += [
                    (f"{place.rstrip('/')}/{name}", f"{shown}/{unpack.plain_name(name)}")
                    for name in reversed(names)
                ]
            else:
                problem = "neither a file nor a folder (device, socket or pipe)"
                yield Found(shown, Path(place), problem)
        except OSError as error:
            yield Found(shown, Path(place), error.strerror or str(error))


def _leads_out(link: str, roots: tuple[str, ...]) -> str:
    """What to say of a link out of everything that was given; empty for one that stays within."""
    real = os.path.realpath(link)
    if any(real == root or real.startswith(f"{root.rstrip('/')}/") for root in roots):
        return ""
    return f"symbolic link that leads out of the evidence, not followed: {unpack.plain_name(real)}"


def _meant_within(link: str, top: Path) -> bool:
    """Whether a whole path, counted from the top, is in the tree, where it is read by its name."""
    target = str(Path(link).readlink())
    return target.startswith("/") and os.path.lexists(f"{top}{target}")


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
        data, stamp = stamped(found.location)
        return Loaded(found, data, sha256 or digest_of(data), stamp)
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


def read(loaded: Loaded, needles: Needles | None, examiner: Examiner | None = None) -> Readings:
    """Read one file, and the members of it if it is an archive or an envelope.

    With `needles` None a bulk source is not read: its Reading says `deferred`.
    """
    found, place = loaded.found, place_text(loaded.found.location)
    if loaded.problem:
        yield Reading(refused(found.path, loaded.problem), place)
        return
    try:
        prepared = loaded.prepared or prepare(loaded, examiner or Examiner())
    except OustError as error:
        yield Reading(refused(found.path, f"{error.message}; {error.hint}"), place)
        return
    budget = unpack.Budget.for_file(len(loaded.data))
    reader = Reader(place, needles, all_formats(), budget, examiner or Examiner())
    changed = _changed(loaded)
    for reading in reader.source(prepared):
        if reading.last and changed():
            message = "the file changed while it was read; trace it again"
            reading.source = structs.replace(reading.source, status="partly read", message=message)
        yield reading


def prepare(loaded: Loaded, examiner: Examiner) -> Prepared:
    """A loaded file, its kind told and, if it is to be looked at as bytes, handed over for that.

    Raises OustError for a mapping beside it that is wrong.
    """
    opened = Opened(loaded.found.path, loaded.data)
    opened.mapping = mapping_for(loaded.found.location)
    return prepared_of(opened, loaded.sha256, all_formats(), examiner)


def is_claimed(loaded: Loaded) -> bool:
    """Whether some format reads this file now; true as well where its mapping is wrong."""
    opened = Opened(loaded.found.path, loaded.data)
    try:
        opened.mapping = mapping_for(loaded.found.location)
    except OustError:
        return True
    return picked(opened, all_formats()) is not None


def prepared_ahead(loaded: Iterable[Loaded], examiner: Examiner) -> Iterator[Loaded]:
    """Each as it comes, with those behind it prepared meanwhile, as far as AHEAD allows."""
    waiting: deque[Loaded] = deque()
    held = 0
    for one in loaded:
        if not one.problem:
            with suppress(OustError):  # told when it is read
                one.prepared = prepare(one, examiner)
        waiting.append(one)
        held += weight(one.data)
        while len(waiting) > AHEAD or held > AHEAD_BYTES:
            done = waiting.popleft()
            held -= weight(done.data)
            yield done
    yield from waiting


def _changed(loaded: Loaded) -> Callable[[], bool]:
    def now() -> bool:
        try:
            return stamp_of(loaded.found.location) != loaded.stamp
        except OSError:
            return True

    return now
