"""SPDX 3.0 as JSON-LD: a graph of elements, in the compact form that SPDX serialises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.formats.spdx2_json import STREAM_ABOVE
from oust.formats.spdx3_model import Graph, Thing
from oust.formats.spdx3_records import document_record
from oust.formats.spdx3_tell import Teller
from oust.formats.spdx_stream import members
from oust.formats.spdx_tolerant import build
from oust.model import Quarantine, Said

Read = tuple[str, Thing, list[Quarantine]]
"""An element with its locator and what of it could not be used."""

_OWN_KEYS = frozenset({"spdxId", "@graph", "specVersion"})
_decode = msgspec.json.Decoder(Graph).decode


class Spdx3Json:
    """SPDX 3 JSON-LD."""

    name = "spdx3-json-ld"
    title = "SPDX 3.0, JSON-LD"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """Sure by the SPDX 3 context or by SPDX keys in a graph."""
        if not head.start.startswith("{"):
            return 0
        if '"@context"' not in head.text and '"@graph"' not in head.text:
            return 0  # the exact test for a key costs more than the whole look-up
        if "spdx.org/rdf/3." in head.text and "@context" in head.json_keys:
            return 95
        graph = "@graph" in head.json_keys
        return 92 if graph and ("spdxId" in head.json_keys or "spdx.org/rdf" in head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Documents, agents, packages, files, snippets, relationships."""
        if opened.size > STREAM_ABOVE:
            yield from _tell(lambda: _streamed(opened))
            return
        kept = _whole(opened)
        broken: Unreadable | None = None
        if kept is None:
            kept = []
            try:
                kept.extend(_streamed(opened))
            except Unreadable as error:
                broken = error
        yield from _tell(lambda: kept, complete=broken is None)
        if broken is not None:
            raise broken


def _whole(opened: Opened) -> list[Read] | None:
    """All elements, unless the document needs the tolerant reader."""
    data: bytes = opened.utf8()
    if b"software_" not in data:
        return None
    try:
        graph = _decode(data).graph
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if graph is None else [(f"#/@graph/{i}", one, []) for i, one in enumerate(graph)]


def _streamed(opened: Opened) -> Iterator[Read]:
    """Elements one by one; a document without a graph is one element itself."""
    alone = {}
    graph = False
    for key, place, value in members(opened):
        if key == "@graph":
            graph = True
            locator = "#/@graph" if place is None else f"#/@graph/{place}"
            thing, bad = build(Thing, value, locator)
            yield locator, thing, bad
        elif place is None:
            alone[key] = value
        elif isinstance(alone.setdefault(key, []), list):
            alone[key].append(value)
    if not graph and ("type" in alone or "@type" in alone):
        thing, bad = build(Thing, alone, "")
        yield "", thing, bad


def _tell(source: Callable[[], Iterable[Read]], complete: bool = True) -> Iterator[Said]:
    teller = Teller()
    teller.complete = complete
    try:
        for _, thing, _ in source():
            teller.survey(thing)
    except Unreadable:
        teller.complete = False  # raised again where the elements are told
    teller.settle()
    if not teller.documents:
        others = teller.others_text()
        yield document_record(Thing(), "SpdxDocument", "", teller.tables, others)
    for locator, thing, bad in source():
        yield from teller.tell(thing, locator)
        yield from bad
    if not teller.counted:
        raise Unreadable("JSON-LD without any SPDX 3 element")
