"""CycloneDX as JSON, 1.2 to 1.7 and what looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from oust.formats.cyclonedx_common import Walker
from oust.formats.cyclonedx_parts import Parts
from oust.formats.cyclonedx_shape import Bom
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.formats.spdx_stream import members
from oust.model import Said

WHOLE_LIMIT = 64 * 1024 * 1024
"""Documents above this many bytes are read member by member."""

_FORMAT = re.compile(rb'"bomFormat"\s*:\s*("(?:[^"\\]|\\.){0,80}"|[^",}\]\s]{1,80})')
_ENVELOPE = (b'"payloadType"', b'"predicateType"')
_OTHER = (b'"spdxVersion"', b'"SPDXID"', b'"spdxId"', b"spdx-context")
_SHAPE = (b'"bom-ref"', b'"specVersion"', b'"serialNumber"', b'"components"', b'"purl"')
_decode = msgspec.json.Decoder(Bom).decode


def stated_format(head: Head) -> str | None:
    """What bomFormat says; None if it is not in the head."""
    match = _FORMAT.search(raw(head))
    return match[1].decode("utf-8", "replace").strip('"') if match else None


def raw(head: Head) -> bytes:
    """The head as UTF-8."""
    return head.data if head.encoding == "utf-8" else head.text.encode("utf-8", "replace")


class CycloneDXJson:
    """One JSON object per document."""

    name = "cyclonedx-json"
    title = "CycloneDX 1.2 to 1.7, JSON"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By bomFormat, which may be missing or wrong; then by the keys that no other SBOM has."""
        if not head.start.startswith("{"):
            return 0
        data = raw(head)
        if any(word in data for word in _ENVELOPE):
            return 0
        if b'"bomFormat"' in data:
            return 100 if (stated_format(head) or "").lower() == "cyclonedx" else 60
        if b"cyclonedx.org/schema/" in data:
            return 90
        if any(word in data for word in _OTHER):
            return 0
        found = sum(word in data for word in _SHAPE)
        return 60 if found >= 3 or (found == 2 and _SHAPE[0] in data) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Records of components, services, tools, parties; nesting and dependency links."""
        stated = stated_format(opened.head)
        if stated is not None and stated.lower() != "cyclonedx":
            raise Unreadable(f"bomFormat says {stated!r}, not CycloneDX")
        said = typed(opened) if opened.size <= WHOLE_LIMIT else None
        if said is None:
            yield from streamed(opened)
        else:
            yield from said


def typed(opened: Opened) -> list[Said] | None:
    """All that a well-formed document says; None if it is not well-formed in every field."""
    data: bytes = opened.utf8()
    try:
        bom = _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    walker = Walker()
    walker.bom(bom)
    # a key given twice overwrites the first in the typed decoder; reading by member keeps both
    return walker.out if data.count(b'"components"') == walker.lists else None


def streamed(opened: Opened) -> Iterator[Said]:
    """The same by top-level member, tolerant of bad fields and of a broken end."""
    parts = Parts()
    try:
        for key, index, value in members(opened):
            parts.member(key, index, value)
            yield from parts.walker.take()
    except Unreadable:
        yield from parts.close()
        raise
    yield from parts.close()
