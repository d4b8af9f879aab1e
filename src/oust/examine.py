"""Files looked at as bytes, many at once in the sandbox: digests, their reader, content patterns.

`Examiner.offer` hands over a file and gives a ticket; the answer is waited for when it is due, so
that what comes next is worked on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import msgspec
from msgspec import Struct, field

from oust import sandbox
from oust.fileview import FileView, digest_of
from oust.formats import content
from oust.formats.any_file import LOCATOR, AnyFile, any_record, digests
from oust.formats.seam import Format, Needles, NoNeedles, Opened, Unreadable, one_line
from oust.model import Link, Quarantine, Record, Said
from oust.sandbox import Failure, Limits

GROUP = "files"
"""Formats of this group are read in the sandbox."""

LIMITS = Limits(cpu=120, wall=180.0)
BATCH_FILES, BATCH_BYTES = 64, 8 * 1024**2
WHOLE = 32 * 1024**2
"""Bytes of a file that a worker holds whole."""

FUNCTION = "oust.examine:examined"


class Answer(Struct):
    """What was read from one file."""

    records: list[Record] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quarantined: list[Quarantine] = field(default_factory=list)
    problem: str = ""

    def said(self) -> list[Said]:
        """All of it."""
        return [*self.records, *self.links, *self.quarantined]


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


def examined(data: Any, path: str, format_name: str, sha256: str, patterns: str = "") -> Answer:
    """Read one file with the format of that name, and search its bytes. Runs in a worker.

    `patterns`: see `oust.formats.content.Patterns.text`.
    """
    if isinstance(data, FileView) and len(data) <= WHOLE:
        data = bytes(data)  # read once instead of once for each that asks
    opened = Opened(path, data)
    opened.digests = digests(data, sha256)
    answer, fmt = Answer(), _format(format_name)
    said = Told(fmt, opened, NoNeedles())
    for one in said:
        if isinstance(one, Record):
            answer.records.append(one)
        elif isinstance(one, Link):
            answer.links.append(one)
        elif isinstance(one, Quarantine):
            answer.quarantined.append(one)
    answer.problem = said.problem
    if not answer.records:
        answer.records += [any_record(opened)]
    try:
        answer.records = content.marked(answer.records, data, patterns)
    except Unreadable as error:
        answer.quarantined.append(Quarantine(LOCATOR, str(error)))
    return answer


def _format(name: str) -> Format:
    from oust.formats import all_formats

    return next((fmt for fmt in all_formats() if fmt.name == name), AnyFile())


class _Batch(Struct):
    """Files that are sent together; `future` is set once they are."""

    items: list[Any] = field(default_factory=list)
    size: int = 0
    future: Future[list[Any]] | None = None


class Ticket(Struct):
    """The claim to the answer for one file."""

    path: str
    sha256: str
    _examiner: Examiner
    _batch: _Batch
    _number: int

    def answer(self) -> Answer:
        """What was read; a crash of the reader is quarantined beside the file's bare record."""
        self._examiner.send(self._batch)
        if self._batch.future is None:
            raise RuntimeError("a batch that was sent has no future")
        raw = self._batch.future.result()[self._number]
        try:
            return msgspec.convert(raw, Answer)
        except msgspec.ValidationError:
            reason = raw.reason if isinstance(raw, Failure) else "its reader gave no answer"
        bare = Record(
            kind="file",
            locator=LOCATOR,
            ref=LOCATOR,
            name=Opened(self.path, b"").name,
            path=self.path,
            ids=(f"sha256:{self.sha256}",),
        )
        text = f"the file's reader {reason}"
        return Answer([bare], [], [Quarantine(LOCATOR, text)], text)


class Examiner:
    """Gathers files into batches and sends them to the sandbox."""

    def __init__(self, patterns: str = "") -> None:
        self._open = _Batch()
        self._patterns = patterns

    def offer(self, opened: Opened, fmt: Format, sha256: str) -> Ticket:
        """Hand over a file that `fmt` reads; its content must not change until the answer."""
        if not sha256:
            sha256 = digest_of(opened.data)
        batch = self._open
        batch.items.append((opened.data, (opened.path, fmt.name, sha256, self._patterns)))
        batch.size += opened.size
        ticket = Ticket(opened.path, sha256, self, batch, len(batch.items) - 1)
        views = isinstance(opened.data, FileView)
        if views or batch.size >= BATCH_BYTES or len(batch.items) >= BATCH_FILES:
            self.send(batch)
        return ticket

    def send(self, batch: _Batch) -> None:
        """Send a batch, unless it is sent already."""
        if batch.future is None:
            batch.future = sandbox.submit(FUNCTION, batch.items, LIMITS)
            batch.items = []
        if batch is self._open:
            self._open = _Batch()
