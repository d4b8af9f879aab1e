"""SPDX 2.1 to 2.3 as JSON: decoded into typed structs in one go where the file allows it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from oust.formats.seam import Head, Needles, Opened
from oust.formats.spdx2_model import Whole
from oust.formats.spdx2_parts import parts_of, tell_parts
from oust.formats.spdx2_records import file_record, package_record
from oust.formats.spdx2_tell import Teller
from oust.formats.spdx_stream import members
from oust.model import Said

STREAM_ABOVE = 64 << 20
"""Bytes above which a document is read twice, item by item, instead of held in memory."""

_KEYS = frozenset({"spdxVersion", "SPDXVersion", "SPDXID", "spdxElementId"})
_decode = msgspec.json.Decoder(Whole).decode


class Spdx2Json:
    """SPDX 2 JSON."""

    name = "spdx2-json"
    title = "SPDX 2.1 to 2.3, JSON"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """Sure by a key that only SPDX has."""
        if not head.start.startswith("{"):
            return 0
        data = head.data if head.encoding == "utf-8" else head.text.encode("utf-8", "replace")
        if b'"spdxVersion"' in data and b'"bomFormat"' not in data:
            return 100
        met = any(f'"{key}"'.encode() in data for key in _KEYS)
        return 90 if met and not _KEYS.isdisjoint(head.json_keys) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Document, makers, packages, files, snippets, relationships."""
        if opened.size <= STREAM_ABOVE:
            whole = _whole(opened)
            if whole is not None:
                yield from _tell(whole)
                return
        hold = opened.size <= STREAM_ABOVE
        yield from tell_parts(lambda: parts_of(members(opened)), Teller(), hold)


def _whole(opened: Opened) -> Whole | None:
    """The document, unless it needs the tolerant reader: wrong types, odd keys, damage."""
    try:
        whole = _decode(opened.utf8())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    named = all(package.name is not None for package in whole.packages or ())
    return whole if named and whole.name is not None else None


def _tell(whole: Whole) -> Iterator[Said]:
    teller = Teller()
    teller.head(whole)
    sections = (whole.packages or (), whole.files or (), whole.snippets or ())
    ids = [element.spdx_id for section in sections for element in section]
    teller.known.update(one for one in ids if one)
    if len(teller.known) < len(ids):
        teller.known.clear()
        for one in ids:
            teller.meet(one)
    for stated in whole.relationships or ():
        teller.survey(stated)
    teller.settle()
    yield from teller.document(whole)
    yield from teller.makers(whole)
    role, plain = teller.role, not teller.twice
    for i, package in enumerate(whole.packages or ()):
        yield package_record(package, f"#/packages/{i}", role(package.spdx_id))
        if not (plain and package.has_files is None and package.annotations is None):
            yield from teller.beside(package, f"#/packages/{i}")
    for i, file in enumerate(whole.files or ()):
        yield file_record(file, f"#/files/{i}", role(file.spdx_id))
        if not (plain and file.annotations is None):
            yield from teller.beside(file, f"#/files/{i}")
    for i, snippet in enumerate(whole.snippets or ()):
        yield from teller.snippet(snippet, f"#/snippets/{i}")
    for i, stated in enumerate(whole.relationships or ()):
        link = teller.link(stated, f"#/relationships/{i}")
        if link is not None:
            yield link
        if not teller.sound(stated):
            yield from teller.doubts(stated, f"#/relationships/{i}")
