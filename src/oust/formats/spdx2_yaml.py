"""SPDX 2 as YAML, built from parser events: no tag constructs anything, aliases are bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats.seam import MAX_DEPTH, Head, Needles, Opened, Unreadable
from oust.formats.spdx2_json import STREAM_ABOVE
from oust.formats.spdx2_parts import parts_of, tell_parts
from oust.formats.spdx2_tell import Teller
from oust.formats.spdx_stream import Member
from oust.model import Said

ALIAS_LIMIT = 100_000
"""Values that aliases may repeat in all; real documents repeat a creator or a licence."""

_MARK = re.compile(r"(?m)^[\"']?(?:spdxVersion|spdxversion)[\"']?[ \t]*:")
_PARTS = re.compile(r"(?m)^[\"']?(?:packages|documentDescribes|relationships|files)[\"']?[ \t]*:")
_ID = re.compile(r"(?m)^[ \t-]*[\"']?SPDXID[\"']?[ \t]*:")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Spdx2Yaml:
    """SPDX 2 YAML."""

    name = "spdx2-yaml"
    title = "SPDX 2.1 to 2.3, YAML"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By `spdxVersion:` or an SPDXID beside a list of packages, at the start of a line."""
        if head.start.startswith(("{", "[", "<")):
            return 0
        if _MARK.search(head.text):
            return 90
        return 80 if _ID.search(head.text) and _PARTS.search(head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """As from JSON."""
        hold = opened.size <= STREAM_ABOVE
        yield from tell_parts(lambda: parts_of(_members(opened)), Teller(), hold)


class _Builder:
    """Plain values from YAML events. Scalars stay text, so that version 1.10 stays 1.10."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.built = 0  # values so far, repeated ones included
        self.repeated = 0

    def next(self) -> Any:
        """The next event."""
        event = next(self.events, None)
        if event is None:
            raise Unreadable("YAML without a document")
        return event

    def value(self, event: Any, depth: int = 0) -> Any:
        """The value that starts with `event`."""
        if depth > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH} at {_where(event)}")
        before = self.built
        self.built += 1
        name = type(event).__name__
        if name == "AliasEvent":
            return self._alias(event)
        if name == "ScalarEvent":
            bare = not event.style and event.tag is None
            value: Any = None if bare and event.value in _NULLS else event.value
        elif name == "SequenceStartEvent":
            value = list(self.items(depth))
        else:
            value = self._mapping(depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.built - before)
        return value

    def _alias(self, event: Any) -> Any:
        value, size = self.anchors.get(event.anchor, (None, 0))
        self.built += size
        self.repeated += size
        if self.repeated > ALIAS_LIMIT:
            raise Unreadable(f"aliases repeat more than {ALIAS_LIMIT:,} values at {_where(event)}")
        return value

    def items(self, depth: int = 0) -> Iterator[Any]:
        """Values up to the end of the sequence."""
        while type(event := self.next()).__name__ != "SequenceEndEvent":
            yield self.value(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while type(event := self.next()).__name__ != "MappingEndEvent":
            key = self.value(event, depth + 1)
            value = self.value(self.next(), depth + 1)
            if key == "<<":
                for other in value if isinstance(value, list) else [value]:
                    made = {**other, **made} if isinstance(other, dict) else made
            elif isinstance(key, str):
                made[key] = value
        return made


def _where(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _members(opened: Opened) -> Iterator[Member]:
    """Members of the top-level mapping, sequences item by item."""
    import yaml

    text = _CONTROL.sub("\ufffd", opened.text())
    builder = _Builder(yaml.parse(text, Loader=yaml.CSafeLoader))
    try:
        yield from _top(builder)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise Unreadable(f"not YAML{place}") from None


def _top(builder: _Builder) -> Iterator[Member]:
    builder.next()
    builder.next()
    event = builder.next()
    if type(event).__name__ != "MappingStartEvent":
        raise Unreadable("YAML whose top level is not a mapping")
    while type(event := builder.next()).__name__ != "MappingEndEvent":
        key = builder.value(event)
        event = builder.next()
        if type(event).__name__ == "SequenceStartEvent" and not event.anchor:
            for i, value in enumerate(builder.items()):
                yield Member(str(key), i, value)
        else:
            value = builder.value(event)
            if isinstance(value, list):
                yield from (Member(str(key), i, one) for i, one in enumerate(value))
            else:
                yield Member(str(key), None, value)
    builder.next()
    if type(event := builder.next()).__name__ == "DocumentStartEvent":
        raise Unreadable(f"a second YAML document begins at {_where(event)}")
