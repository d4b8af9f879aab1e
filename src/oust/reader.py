"""One file of evidence read to its last member: told apart, unpacked, accounted for."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct, field, structs

from oust import unpack
from oust.containers.image import Above, layer_order
from oust.examine import GROUP, Answer, Examiner, Ticket, Told
from oust.fileview import FileView, digest_of
from oust.formats import pick
from oust.formats.any_file import AnyFile
from oust.formats.envelope import is_envelope, unwrap
from oust.formats.seam import Format, Needles, NoNeedles, Opened, Unreadable, one_line
from oust.image_record import image_records
from oust.model import Link, Quarantine, Record, Said, Source, Status, Tally
from oust.needles import for_group

MAX_TEXT = 1_000_000  # characters of a name or description that are kept
BATCH = 20_000  # records handed on at once, so that memory stays flat
AHEAD, AHEAD_BYTES = 192, 48 * 1024**2
"""Files and bytes that are worked on ahead of the one whose turn it is."""

VIEW_WEIGHT = 2 * 1024**2
"""What a file that is not held counts: its open descriptor, and its space on the disk."""

BYTES_ONLY = "searched as bytes only: no reader for this format"
HOSTED = frozenset({"file", "program", "component"})
_ANY = AnyFile()


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


class Place(Struct, frozen=True):
    """Where a source lies, beyond its path."""

    hosts: tuple[str, ...] = ()  # the container images around it, which may share a layer
    states: tuple[str, ...] = ()  # what became of it in each of them; empty: it is there
    above: tuple[Above, ...] = ()  # of a layer: what the layers above it say, in each of them
    depth: int = 0
    layers: int = 0


TOP = Place()


class Prepared(Struct):
    """A source whose kind is told; `ticket` where it is being looked at as bytes."""

    opened: Opened
    sha256: str
    kind: str = ""
    format: Format | None = None
    inner: list[tuple[str, bytes]] | None = None
    ticket: Ticket | None = None
    problem: str = ""


def refused(path: str, problem: str, status: Status = "not read", size: int = 0) -> Source:
    """A source that is not read."""
    return Source(path=path, status=status, message=problem, bytes=size)


def weight(data: Any) -> int:
    """What `data` counts against AHEAD_BYTES."""
    return VIEW_WEIGHT if isinstance(data, FileView) else len(data)


def prepared_of(
    opened: Opened, sha256: str, formats: Sequence[Format], examiner: Examiner
) -> Prepared:
    """Tell what `opened` is, and hand it over if it is to be looked at as bytes."""
    made = Prepared(opened, sha256)
    if not opened.size:
        return made
    try:
        made.inner = (unwrap(opened) if is_envelope(opened.head) else None) or None
    except Unreadable as error:
        made.problem = str(error)
    if made.inner or made.problem:
        return made
    made.kind = unpack.kind_of(opened.data)
    if made.kind != "tar":  # a tar begins like its first member
        made.format = picked(opened, formats)
    if made.format is None and not made.kind:
        made.format = _ANY
    if made.format and made.format.group == GROUP:
        made.ticket = examiner.offer(opened, made.format, sha256)
    return made


PROGRAM_TEXT = frozenset(
    [
        *("asm", "bash", "bat", "c", "cc", "cmake", "cjs", "cpp", "cs", "css", "cxx", "fish", "go"),
        *("h", "hh", "hpp", "hxx", "inc", "inl", "java", "js", "jsx", "kt", "less", "lua", "m4"),
        *("md", "mjs", "mo", "pl", "pm", "po", "pot", "ps1", "psm1", "pxd", "pxi", "py", "pyi"),
        *("pyx", "rb", "rs", "rst", "s", "scss", "svg", "swift", "tcl", "tex", "ts", "tsx", "zsh"),
    ]
)
"""Endings of texts that are no evidence: to ask every format about each takes long."""

ABOUT = frozenset({"authors", "changelog", "copying", "copyright", "licence", "license", "news"})


def _is_program_text(opened: Opened) -> bool:
    """Whether it is called like a text that is no evidence, and is neither JSON nor XML."""
    name = opened.name.lower()
    named = name.rpartition(".")[2] in PROGRAM_TEXT or name in ABOUT
    return named and opened.head.start[:1] not in ("{", "[", "<")


def picked(opened: Opened, formats: Sequence[Format]) -> Format | None:
    """The format that reads a source; None for program text, of which none is asked."""
    if _is_program_text(opened):
        return None
    try:
        return pick(opened.head, tuple(formats))
    except RecursionError:
        return None


class Reader(Struct):
    """Reads one top-level file; `location` is where it lies on this machine."""

    location: str
    needles: Needles | None
    formats: Sequence[Format]
    budget: unpack.Budget
    examiner: Examiner

    def source(self, one: Prepared, place: Place = TOP) -> Iterator[Reading]:
        """Everything that a source says, and the sources in it before it."""
        opened, fmt = one.opened, one.format
        base = Source(path=opened.path, sha256=one.sha256, bytes=opened.size)
        if opened.size == 0:
            yield self._none(base, "empty", "the file is empty")
        elif one.problem:
            yield self._none(structs.replace(base, format="envelope"), "not read", one.problem)
        elif one.inner:
            wrapped = (unpack.Member(name, data) for name, data in one.inner)
            yield from self._members(base, one, place, wrapped, "envelope")
        elif fmt and not one.ticket:
            yield from self._told(base, opened, fmt, place)
        elif one.kind == "tar" and (held := unpack.images_of(opened.data)).images:
            yield from self._image(base, one, place, held)
        elif one.kind:
            packed = unpack.members(one.kind, opened.name, opened.data, self.budget)
            yield from self._members(base, one, place, packed, one.kind)
        elif one.ticket:
            yield self._bytes(base, one, place)

    def _none(self, base: Source, status: Status, message: str) -> Reading:
        return Reading(structs.replace(base, status=status, message=message), self.location)

    def _members(
        self, base: Source, one: Prepared, place: Place, found: Iterator[unpack.Member], kind: str
    ) -> Iterator[Reading]:
        """The members of an archive as sources of their own, then the archive itself."""
        if place.depth >= unpack.MAX_DEPTH or place.layers >= unpack.MAX_LAYERS:
            text = f"archives are nested more than {unpack.MAX_DEPTH} deep; not opened"
            yield self._none(base, "not read", text)
            return
        seen = _Seen()
        inside = structs.replace(
            place, depth=place.depth + (kind not in unpack.SINGLE), layers=place.layers + 1
        )
        for inner, where in self._ahead(one.opened, inside, found, kind, seen):
            yield from self.source(inner, where)
        yield self._container(base, one, place, kind, seen)

    def _ahead(
        self,
        opened: Opened,
        place: Place,
        found: Iterator[unpack.Member],
        kind: str,
        seen: _Seen,
    ) -> Iterator[tuple[Prepared, Place]]:
        """Members in order, with those behind prepared meanwhile."""
        waiting: deque[tuple[Prepared, Place]] = deque()
        held = 0
        for member in found:
            where = place
            if kind == "tar" and place.above:
                where = seen.in_layer(member, place)
            if not seen.member(member):
                continue
            inner = Opened(f"{opened.path}!/{member.name}", member.data)
            inner.mapping = opened.mapping
            digest = digest_of(member.data)
            waiting.append((prepared_of(inner, digest, self.formats, self.examiner), where))
            held += weight(member.data)
            while waiting and (len(waiting) > AHEAD or held > AHEAD_BYTES):
                held -= weight(waiting[0][0].opened.data)
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _container(
        self, base: Source, one: Prepared, place: Place, kind: str, seen: _Seen
    ) -> Reading:
        """The archive itself; with its record if it is a package, or could not be opened at all."""
        status: Status = "read"
        if seen.problems:
            status = "partly read" if seen.count else "not read"
        ticket, fmt = one.ticket, one.format.name if one.format else kind
        if not ticket and status == "not read":
            ticket, fmt = self.examiner.offer(one.opened, _ANY, one.sha256), kind
        if not ticket:
            return self._none(structs.replace(base, format=kind), status, seen.message())
        reading, problem = self._answered(base, ticket.answer(), fmt, place)
        message = "; ".join(filter(None, [problem, seen.message()]))
        if problem and status == "read":
            status = "partly read"
        reading.source = structs.replace(reading.source, status=status, message=message)
        return reading

    def _bytes(self, base: Source, one: Prepared, place: Place) -> Reading:
        """A file looked at as bytes; one without a reader says that it is no more than searched."""
        if not one.ticket or not one.format:
            raise ValueError("no reader looks at this source")
        unread = one.format is _ANY
        fmt = "" if unread else one.format.name
        reading, problem = self._answered(base, one.ticket.answer(), fmt, place)
        if unread and not problem:
            text = f"{BYTES_ONLY} (binary)" if _binary(one.opened) else BYTES_ONLY
            reading.source = structs.replace(reading.source, status="no reader", message=text)
        elif problem:
            reading.source = structs.replace(reading.source, status="partly read", message=problem)
        return reading

    def _answered(
        self, base: Source, answer: Answer, fmt: str, place: Place
    ) -> tuple[Reading, str]:
        tally: Counter[str] = Counter()
        part = _part(Reading(base, self.location), answer.said(), tally, place)
        part.source = _counted(structs.replace(base, format=fmt), tally)
        return part, answer.problem

    def _image(
        self, base: Source, one: Prepared, place: Place, held: unpack.Images
    ) -> Iterator[Reading]:
        """Container images: layers from the top down, each once, then what else is beside them."""
        seen, records = _Seen(), image_records(held.images)
        names, above = [record.name for record in records], [Above() for _ in records]
        for layer, uses in layer_order(held.images):
            for image, number in uses:
                above[image].begin(number)
            content = held.content(layer, one.opened.data)
            if content is None:
                said = (f"layer {number} of {names[image]}" for image, number in uses)
                seen.problems.append(f"{', '.join(said)} is missing: {layer}")
                continue
            seen.count += 1
            used = [image for image, _ in uses]
            inside = Place(
                hosts=tuple(names[n] for n in used),
                states=place.states[:1] * len(used) or ("",) * len(used),
                above=tuple(above[n] for n in used),
                depth=place.depth + 1,
                layers=place.layers + 1,
            )
            inner, digest = Opened(f"{base.path}!/{layer}", content), digest_of(content)
            made = prepared_of(inner, digest, self.formats, self.examiner)
            yield from self.source(made, inside)
        rest = (
            member
            for member in unpack.members("tar", one.opened.name, one.opened.data, self.budget)
            if not held.known(member.name) and not member.skipped
        )
        whose = (names[0],) if len(names) == 1 else ()
        beside = Place(whose, ("",) * len(whose), (), place.depth + 1, place.layers + 1)
        for inner_one, where in self._ahead(one.opened, beside, rest, "", seen):
            yield from self.source(inner_one, where)
        reading, _ = self._answered(base, Answer(list(records)), "image", Place())
        status: Status = "partly read" if seen.problems else "read"
        reading.source = structs.replace(reading.source, status=status, message=seen.message())
        yield reading

    def _told(self, base: Source, opened: Opened, fmt: Format, place: Place) -> Iterator[Reading]:
        """What `fmt` reads from `opened`, in parts of at most BATCH records."""
        if fmt.bulk and self.needles is None:
            yield Reading(base, self.location, deferred=True)
            return
        tally: Counter[str] = Counter()
        said = Told(fmt, opened, for_group(self.needles or NoNeedles(), fmt.group))
        stream = iter(said)
        while True:
            batch = list(islice(stream, BATCH))
            part = Reading(base, self.location, last=False, bulk=fmt.bulk)
            part = _part(part, batch, tally, place)
            if len(batch) < BATCH:
                break
            yield part
        problem = said.problem
        source = _counted(structs.replace(base, format=fmt.name), tally)
        status: Status = "read"
        if problem:
            status = "partly read" if source.records else "not read"
        elif not source.records and source.quarantined:
            status, problem = "not read", "all that it says was quarantined"
        elif not source.records:
            status, problem = "empty", "nothing is said in it"
        part.source = structs.replace(source, status=status, message=problem)
        part.last = True
        yield part


class _Seen(Struct):
    """What an archive held, for its own line in the list of sources."""

    count: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def member(self, member: unpack.Member) -> bool:
        """Count a member; true if it has content to be read."""
        if member.problem and len(self.problems) < 4:
            self.problems.append(f"{member.name}: {member.problem}".removeprefix(": "))
        if member.skipped:
            self.skipped[member.skipped] += 1
        if member.skipped or not member.name or (member.problem and not member.data):
            return False
        if _outside(member.name):
            self.skipped["name leading outside"] += 1
        self.count += 1
        return True

    def in_layer(self, member: unpack.Member, place: Place) -> Place:
        """The place of a member of an image's layer; a whiteout is counted and no file."""
        if not member.name:
            return place
        states = [above.fate(member.name) for above in place.above]
        deletes = [above.met(member.name) for above in place.above]
        if any(deletes):
            member.skipped = member.skipped or "deletion"
        told = zip(states, place.states, strict=True)
        return structs.replace(place, above=(), states=tuple(now or was for now, was in told))

    def message(self) -> str:
        """`12 members; not followed: 3 symbolic links`, or what is wrong."""
        told = f"{self.count:,} members" if self.count != 1 else "1 member"
        said = [
            f"{n:,} {_SEVERAL.get(what, f'{what}s') if n != 1 else what}"
            for what, n in self.skipped.items()
        ]
        told += f"; not followed: {', '.join(said)}" if said else ""
        return "; ".join(self.problems[:3]) or told


_SEVERAL = {"device or pipe": "devices or pipes", "name leading outside": "names leading outside"}


def _outside(name: str) -> bool:
    """Whether a name would lead out of the folder it is unpacked to."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name[:1] in ("/", "\\") or name[1:3] in (":\\", ":/")


def _binary(opened: Opened) -> bool:
    head = opened.head
    return b"\0" in head.data and not head.encoding.startswith("utf-16")


def _counted(source: Source, tally: Counter[str]) -> Source:
    held = tally.pop("quarantined", 0)
    return structs.replace(
        source, records=sum(tally.values()), quarantined=held, counts=dict(sorted(tally.items()))
    )


def _part(part: Reading, batch: Sequence[Said], tally: Counter[str], place: Place) -> Reading:
    """`part` with what stands in `batch`, everything counted by kind in `tally`."""
    part.records = [one for one in batch if one.__class__ is Record]
    if place.hosts:
        part.records = [placed for one in part.records for placed in _placed(one, place)]
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


def _placed(record: Record, place: Place) -> list[Record]:
    """A record of something in container images, once for each: the image is its host."""
    if record.kind not in HOSTED:
        return [record]
    hosts = zip(place.hosts, place.states, strict=True)
    every = ((record.host, place.states[0]),) if record.host else tuple(hosts)
    return [
        structs.replace(record, host=host, extra=_with_state(record.extra, state))
        for host, state in every
    ]


def _with_state(extra: str, state: str) -> str:
    said = {**(json.loads(extra) if extra else {}), "state": state} if state else {}
    return json.dumps(said, ensure_ascii=False) if said else extra


def _shortened(record: Record, part: Reading) -> Record:
    """A record whose texts are cut to MAX_TEXT; what was cut is told in quarantine."""
    for name in ("name", "description"):
        text = getattr(record, name)
        if len(text) > MAX_TEXT:
            reason = f"{name} of {len(text):,} characters: only the first {MAX_TEXT:,} are kept"
            part.quarantined.append(Quarantine(record.locator, reason, one_line(text[-200:])))
            record = structs.replace(record, **{name: text[:MAX_TEXT]})
    return record
