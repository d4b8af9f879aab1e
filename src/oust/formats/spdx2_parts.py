"""The tolerant way through an SPDX 2 document: a stream of parts, gone through twice.

The JSON, YAML, tag-value and RDF readers each make such a stream. It is gone through twice because
what a document describes, and which references dangle, is known only at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from oust.formats.seam import Unreadable, one_line
from oust.formats.spdx2_model import SECTIONS, Document, File, Package, Relationship, Snippet
from oust.formats.spdx2_tell import Teller
from oust.formats.spdx_stream import Member
from oust.formats.spdx_tolerant import build
from oust.model import Quarantine, Said


class Part(NamedTuple):
    """An element with its locator, and what its reader says beside it.

    The document itself is a part too; it may come last.
    """

    locator: str
    element: Document | Package | File | Snippet | Relationship | None
    beside: tuple[Said, ...] = ()


def tell_parts(source: Callable[[], Iterable[Part]], teller: Teller, hold: bool) -> Iterator[Said]:
    """Everything that the parts say; `source` is asked twice unless `hold` keeps them all.

    Raises Unreadable at the end if the source breaks off, with what came before yielded.
    """
    document = Part("", Document())
    kept: list[Part] = []
    broken: Unreadable | None = None
    try:
        for part in source():
            if hold:
                kept.append(part)
            if isinstance(part.element, Document):
                document = part
                teller.head(part.element)
            else:
                _survey(part, teller)
    except Unreadable as error:
        broken = error
    teller.settle(complete=broken is None)
    yield from _told(document, teller)
    try:
        for part in kept if hold else source():
            if not isinstance(part.element, Document):
                yield from _told(part, teller)
    except Unreadable as error:
        broken = error
    if broken is not None:
        raise broken


def _survey(part: Part, teller: Teller) -> None:
    if isinstance(part.element, Relationship):
        teller.survey(part.element)
    elif isinstance(part.element, Package | File | Snippet):
        teller.meet(part.element.spdx_id)


def _told(part: Part, teller: Teller) -> Iterator[Said]:
    element = part.element
    if isinstance(element, Document):
        yield from teller.document(element, part.locator)
        yield from teller.makers(element, part.locator)
    elif isinstance(element, Package):
        yield from teller.package(element, part.locator)
    elif isinstance(element, File):
        yield from teller.file(element, part.locator)
    elif isinstance(element, Snippet):
        yield from teller.snippet(element, part.locator)
    elif isinstance(element, Relationship):
        yield from teller.relationship(element, part.locator)
    yield from part.beside


def parts_of(members: Iterable[Member]) -> Iterator[Part]:
    """Parts of a document in the JSON shape. The document comes last, even from a broken source."""
    top: dict[str, Any] = {}
    broken: Unreadable | None = None
    try:
        for member in members:
            if member.key not in SECTIONS:
                _keep(member, top)
            elif member.place is not None:
                yield _element(member)
            elif member.value is not None:
                bad = Quarantine(f"#/{member.key}", "array expected", one_line(member.value))
                yield Part("", None, (bad,))
    except Unreadable as error:
        broken = error
    document, bads = build(Document, top, "")
    yield Part("", document, tuple(bads))
    if broken is not None:
        raise broken


def _keep(member: Member, top: dict[str, Any]) -> None:
    """Collect the document's own fields; arrays come item by item."""
    if member.place is None:
        top.setdefault(member.key, member.value)
    elif member.place == 0:
        top.setdefault(member.key, [member.value])
    elif isinstance(top.get(member.key), list):
        top[member.key].append(member.value)


def _element(member: Member) -> Part:
    locator = f"#/{member.key}/{member.place}"
    element, bad = build(SECTIONS[member.key], member.value, locator)
    return Part(locator, element if isinstance(member.value, dict) else None, tuple(bad))
