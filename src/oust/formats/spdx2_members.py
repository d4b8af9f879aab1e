"""SPDX 2 in the JSON shape, read member by member and field by field, tolerating anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from oust.formats.seam import Unreadable
from oust.formats.spdx2_model import SECTIONS, Document, File, Package, Relationship, Snippet
from oust.formats.spdx2_tell import Teller
from oust.formats.spdx_stream import Member
from oust.formats.spdx_tolerant import build
from oust.model import Quarantine, Said

Members = Iterable[Member]


def tell_members(source: Callable[[], Members], hold: bool) -> Iterator[Said]:
    """Everything that the members say; `source` is asked twice unless `hold` keeps them all.

    Raises Unreadable at the end if the source breaks off, with what came before yielded.
    """
    teller = Teller()
    kept: list[Member] = []
    top: dict[str, Any] = {}
    broken: Unreadable | None = None
    try:
        for member in source():
            if hold:
                kept.append(member)
            _survey(member, teller, top)
    except Unreadable as error:
        broken = error
    yield from _tell_document(teller, top)
    try:
        for member in kept if hold else source():
            yield from _tell_member(member, teller)
    except Unreadable as error:
        broken = error
    if broken is not None:
        raise broken


def _survey(member: Member, teller: Teller, top: dict[str, Any]) -> None:
    cls = SECTIONS.get(member.key)
    if cls is None or member.index is None:
        if cls is None:
            _keep(member, top)
        return
    element, _ = build(cls, member.value, "")
    if isinstance(element, Relationship):
        teller.survey(element)
    else:
        teller.meet(element.spdx_id)


def _keep(member: Member, top: dict[str, Any]) -> None:
    """Collect the document's own fields; arrays come item by item."""
    if member.index is None:
        top.setdefault(member.key, member.value)
    elif member.index == 0:
        top.setdefault(member.key, [member.value])
    elif isinstance(top.get(member.key), list):
        top[member.key].append(member.value)


def _tell_document(teller: Teller, top: dict[str, Any]) -> Iterator[Said]:
    document, bad = build(Document, top, "")
    teller.head(document)
    yield from teller.document(document)
    yield from teller.makers(document)
    yield from bad


def _tell_member(member: Member, teller: Teller) -> Iterator[Said]:
    cls = SECTIONS.get(member.key)
    if cls is None:
        return
    locator = f"/{member.key}" if member.index is None else f"/{member.key}/{member.index}"
    if member.index is None:
        if member.value is not None:
            yield Quarantine(locator, "array expected", str(member.value)[:200])
        return
    element, bad = build(cls, member.value, locator)
    if isinstance(member.value, dict):
        yield from tell_element(teller, element, locator)
    yield from bad


def tell_element(
    teller: Teller, element: msgspec.Struct, locator: str
) -> Iterator[Said]:
    """One package, file, snippet or relationship."""
    if isinstance(element, Package):
        yield from teller.package(element, locator)
    elif isinstance(element, File):
        yield from teller.file(element, locator)
    elif isinstance(element, Snippet):
        yield from teller.snippet(element, locator)
    elif isinstance(element, Relationship):
        yield from teller.relationship(element, locator)
