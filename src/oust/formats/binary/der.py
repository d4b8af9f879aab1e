"""ASN.1 elements in DER and BER, walked in place.

Signatures are read in bulk, so elements are offsets into one bytes object and nothing is decoded
that is not asked for. Indefinite lengths and constructed strings, which Apple and Java write, are
understood. Source: ITU-T X.690.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from oust.formats.binary.piece import BrokenPart, tidy

MAX_NESTING = 40
MAX_CHILDREN = 200_000
MAX_INDEFINITE = 1024**2
"""Bytes in which indefinite lengths are looked for: their ends must be searched at every level."""

INTEGER, OCTETS, OID, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
_TEXTS = {
    **dict.fromkeys((0x0C, 0x1A), "utf-8"),
    **dict.fromkeys((0x12, 0x13, 0x14, 0x16), "latin-1"),
    0x1E: "utf-16-be",
    0x1C: "utf-32-be",
}
_TIME = re.compile(r"(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})?")


class Element:
    """One element: `tag` is its identifier byte; it spans `start` to `stop` of `data`."""

    __slots__ = ("body", "data", "end", "start", "stop", "tag")

    def __init__(self, data: bytes, start: int = 0, limit: int = -1, depth: int = 0) -> None:
        limit = len(data) if limit < 0 else limit
        if start + 2 > limit or depth > MAX_NESTING:
            raise BrokenPart("an ASN.1 element is cut short or nested too deeply")
        self.data, self.start, self.tag = data, start, data[start]
        at = start + 1
        if self.tag & 31 == 31:
            at = _after_long_tag(data, at, limit)
        length, at = data[at], at + 1
        self.body = at
        if length == 0x80 and self.tag & 0x20:
            if len(data) > MAX_INDEFINITE:
                raise BrokenPart("an ASN.1 structure of indefinite length is too large")
            self.end = _end_of_contents(data, at, limit, depth)
            self.stop = self.end + 2
            return
        if length >= 0x80:
            count = length & 0x7F
            if not 0 < count <= 8:
                raise BrokenPart("an ASN.1 length makes no sense")
            length = int.from_bytes(data[at : at + count], "big")
            self.body = at + count
        self.end = self.stop = self.body + length
        if self.end > limit:
            raise BrokenPart("an ASN.1 element reaches past its end")

    def __iter__(self) -> Iterator[Element]:
        """The elements inside."""
        at, count = self.body, 0
        while at < self.end:
            count += 1
            if count > MAX_CHILDREN:
                raise BrokenPart(f"an ASN.1 structure has more than {MAX_CHILDREN:,} elements")
            child = Element(self.data, at, self.end)
            yield child
            at = child.stop

    def children(self, at_least: int = 0) -> list[Element]:
        """The elements inside; BrokenPart where they are fewer than `at_least`."""
        found = list(self)
        if len(found) < at_least:
            raise BrokenPart("an ASN.1 structure lacks elements")
        return found

    def only(self) -> Element:
        """The first element inside."""
        return Element(self.data, self.body, self.end)

    def raw(self) -> bytes:
        """The element with its header."""
        return self.data[self.start : self.stop]

    def content(self) -> bytes:
        """The content; of a string in parts, the parts joined."""
        if self.tag & 0x20 and self.tag & 0x1F == OCTETS:
            return b"".join(part.content() for part in self)
        return self.data[self.body : self.end]

    def text(self) -> str:
        """The content of a string of any type, tidied."""
        return tidy(self.content().decode(_TEXTS.get(self.tag, "utf-8"), "replace"))

    def moment(self) -> str:
        """A UTCTime or GeneralizedTime as `2024-05-31T07:00:00Z`; empty where it is none."""
        match = _TIME.fullmatch(self.content().decode("latin-1").strip())
        if not match:
            return ""
        year = int(match[1])
        if len(match[1]) == 2:
            year += 1900 if year >= 50 else 2000
        try:
            month, day, hour, minute, second = (int(match[n] or 0) for n in range(2, 7))
            when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            if match[7] and match[7] != "Z":
                minutes = int(match[7][1:3]) * 60 + int(match[7][3:])
                sign = 1 if match[7][0] == "+" else -1
                when = when.replace(tzinfo=timezone(sign * timedelta(minutes=minutes)))
            return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError):
            return ""


def _after_long_tag(data: bytes, at: int, limit: int) -> int:
    while at < limit - 1 and data[at] & 0x80:
        at += 1
    if at + 1 >= limit:
        raise BrokenPart("an ASN.1 tag is cut short")
    return at + 1


def _end_of_contents(data: bytes, at: int, limit: int, depth: int) -> int:
    """Where the two zero bytes stand that end an element of indefinite length."""
    while data[at : min(at + 2, limit)] != b"\0\0":
        at = Element(data, at, limit, depth + 1).stop
    return at


@cache
def oid(dotted: str) -> bytes:
    """The content bytes of an object identifier."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray()
    for value in (first * 40 + second, *rest):
        piece = [value & 0x7F]
        while value := value >> 7:
            piece.append(value & 0x7F | 0x80)
        out += bytes(reversed(piece))
    return bytes(out)


def dotted(content: bytes) -> str:
    """The usual spelling of an object identifier's content bytes."""
    values, value = [], 0
    for byte in content[:64]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            values.append(value)
            value = 0
    if not values:
        return ""
    first = min(values[0] // 40, 2)
    return ".".join(str(part) for part in (first, values[0] - 40 * first, *values[1:]))
