"""The seam between oust and an evidence format: what a format is given and what it gives back.

A format is one object with a name, a `claims` and a `read`. `read.py` walks, opens, unpacks,
hashes and closes; a format only recognises and tells. See docs/add-a-format.md.
"""

from __future__ import annotations

import builtins
import codecs
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Protocol

from oust.model import Said

HEAD_BYTES = 65_536
WIDE_HEAD = 4 * 1024 * 1024
TEXT_LIMIT = 512 * 1024 * 1024
MAX_DEPTH = 400
"""Deeper nesting than this in JSON or XML is refused: no real document needs it."""

_KEY = re.compile(rb'"((?:[^"\\]|\\.){1,80})"\s*:')
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(\[[^\]]*\])?\s*>")
_XML_ROOT = re.compile(rb"<(?![?!])(?:([\w.-]+):)?([\w.-]+)([^>]*)")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Unreadable(Exception):
    """A source, or the rest of it, cannot be read. The message is shown to the user as it is.

    Raise it from `Format.read`; what was yielded before is kept and the source is marked
    `partly read`, or `not read` if nothing was.
    """


class Needles(Protocol):
    """What a bulk format looks for in rows it will not keep whole."""

    def hits(self, data: bytes) -> list[int]:
        """Ascending byte offsets in `data` at which something looked for may stand.

        Never misses; may be wrong, so the caller parses the record around each offset.
        """

    def wants(self, *texts: str) -> bool:
        """Whether a row with these field texts may hold something looked for."""


class NoNeedles:
    """Keeps every row: for tests and for small files."""

    def hits(self, data: bytes) -> list[int]:
        """Every line start, so that every record is parsed."""
        return [m.start() for m in re.finditer(rb"(?m)^.", data)]

    def wants(self, *texts: str) -> bool:
        """True."""
        return True


def guess_encoding(data: bytes) -> str:
    """Name of the encoding of `data`: by byte order mark, by NULs, else UTF-8 or Windows-1252."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    probe = data[:4096]
    even, odd = probe[::2].count(b"\0"), probe[1::2].count(b"\0")
    if max(even, odd) > len(probe) // 4 and min(even, odd) < len(probe) // 40:
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        probe.decode("utf-8")
    except UnicodeDecodeError as error:
        # a character cut at the end of the probe is no sign of another encoding
        return "utf-8" if error.start >= len(probe) - 3 and len(data) > len(probe) else "cp1252"
    return "utf-8"


def _without(raw: builtins.bytes, start: builtins.bytes, end: builtins.bytes) -> builtins.bytes:
    """`raw` without what stands between `start` and `end`; linear also where no end comes."""
    kept, at = [], 0
    while (begin := raw.find(start, at)) >= 0:
        kept.append(raw[at:begin])
        stop = raw.find(end, begin)
        if stop < 0:
            return b"".join(kept)
        at = stop + len(end)
    return b"".join([*kept, raw[at:]])


_CONTROL = bytes(n for n in range(32) if n not in (9, 10, 12, 13))
_NO_TEXT = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x89PNG",
    b"\xff\xd8\xff",
)
_COMPILED = b"\r\r\n\0\0\0\0"  # Python's own, behind a byte that changes with the version
_FIRST, _CUT = 8192, 4  # bytes; characters that may be other ones where bytes are cut off
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)


class Head:
    """The beginning of a source, with what most formats ask of it worked out once."""

    def __init__(self, name: str, data: bytes, size: int) -> None:
        self.name = name  # last component of the path, as given
        self.data = data  # first HEAD_BYTES bytes
        self.size = size  # of the whole source, bytes
        self.mapping: dict[str, str] = {}  # the user's own: field -> column header

    @cached_property
    def encoding(self) -> str:
        """Guessed encoding of the source."""
        return guess_encoding(self.data)

    @cached_property
    def text(self) -> str:
        """The head as text, undecodable bytes replaced, byte order mark removed."""
        return self.data.decode(self.encoding, "replace").lstrip("\ufeff")

    @cached_property
    def start(self) -> str:
        """First 2,000 characters without leading white space."""
        some = self._first.lstrip()[:2000]
        return some if len(some) == 2000 else self.text.lstrip()[:2000]

    @cached_property
    def is_json(self) -> bool:
        """Whether it looks like JSON or JSON lines."""
        return self.start[:1] in ("{", "[")

    @cached_property
    def json_keys(self) -> frozenset[str]:
        """Object keys met anywhere in the head, if it looks like JSON."""
        raw = self.text.encode() if self.encoding != "utf-8" else self.data
        found = _KEY.findall(raw) if self.is_json else []
        return frozenset(key.decode("utf-8", "replace") for key in found)

    @cached_property
    def xml_root(self) -> tuple[str, str]:
        """Local name of the root element and the text of its attributes; empty if not XML."""
        if not self.start.startswith("<"):
            return "", ""
        raw = _without(self.text.encode("utf-8", "replace"), b"<!--", b"-->")
        at = raw.find(b"<!DOCTYPE")  # a document has one; to try each of many takes long
        doctype = _DOCTYPE.match(raw, at) if at >= 0 else None
        match = _XML_ROOT.search(raw[:at] + raw[doctype.end() :] if doctype else raw)
        if not match:
            return "", ""
        return match[2].decode("utf-8", "replace"), match[3].decode("utf-8", "replace")

    @cached_property
    def opaque(self) -> bool:
        """Whether these are the bytes of something binary, of which no text format is asked."""
        if self.data.startswith(_NO_TEXT) or self.data[1:8] == _COMPILED:
            return True
        if self.data.startswith(_MARKS) or self.encoding.startswith("utf-16"):
            return False
        sample = self.data[:4096]
        return len(sample.translate(None, _CONTROL)) < len(sample) * 0.9

    @cached_property
    def lines(self) -> list[str]:
        """Up to 50 first lines of the head."""
        some = self._first.splitlines()
        return some[:50] if len(some) > 50 else self.text.splitlines()[:50]

    @cached_property
    def _first(self) -> str:
        """What `text` begins with: most is told by that, and the rest is long to decode."""
        if len(self.data) <= _FIRST:
            return self.text
        some = self.data[:_FIRST].decode(self.encoding, "replace").lstrip("\ufeff")
        return some[:-_CUT]


def _beginning(data: Any) -> builtins.bytes:
    """HEAD_BYTES of `data`; more where a table's header line is longer than that."""
    head = bytes(data[:HEAD_BYTES])
    if len(head) < HEAD_BYTES or b"\n" in head or head.lstrip()[:1] in (b"{", b"[", b"<"):
        return head
    end = data.find(b"\n", HEAD_BYTES, WIDE_HEAD)
    return bytes(data[: end + HEAD_BYTES]) if end >= 0 else head


class Opened:
    """A source opened for reading. `data` is the whole content, read on demand when it is large."""

    def __init__(self, path: str, data: Any) -> None:
        self.path = path  # as in Source.path, archives chained with !/
        self.name = path.rsplit("!/", 1)[-1].replace("\\", "/").rsplit("/", 1)[-1]
        self.data = data  # bytes, mmap or FileView: slice it, `find` in it
        self.size = len(data)
        self.digests: tuple[str, ...] = ()  # `sha256:...`, where the content was hashed before
        self.head = Head(self.name, _beginning(data), self.size)

    @property
    def mapping(self) -> dict[str, str]:
        """The user's own mapping of fields to column headers, if there is one for this source."""
        return self.head.mapping

    @mapping.setter
    def mapping(self, mapping: dict[str, str]) -> None:
        self.head.mapping = mapping

    def bytes(self) -> bytes:
        """The whole content as bytes (no copy if it is bytes already)."""
        return self.data if isinstance(self.data, bytes) else bytes(self.data)

    def text(self) -> str:
        """The whole content decoded; undecodable bytes become U+FFFD.

        Raises Unreadable above TEXT_LIMIT bytes.
        """
        if self.size > TEXT_LIMIT:
            raise Unreadable(f"text of {self.size:,} bytes is more than this format can hold")
        return self.bytes().decode(self.head.encoding, "replace").lstrip("\ufeff")

    def utf8(self) -> builtins.bytes:
        """The whole content as UTF-8 bytes without byte order mark."""
        if self.head.encoding == "utf-8":
            return self.bytes()
        return self.text().encode("utf-8", "replace")


class Format(Protocol):
    """One evidence format."""

    name: str  # short and stable, shown to users: `cyclonedx-json`
    title: str  # `CycloneDX 1.2 to 1.7, JSON`
    group: str  # sbom, inventory, contracts, relations, network, files
    bulk: bool  # rows stay in the file; only rows that `needles` wants become records

    def claims(self, head: Head) -> int:
        """How sure it is that the source is of this format, 0 (not) to 100 (by a magic word)."""

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Yield everything the source says. Raise Unreadable if it cannot go on."""


def one_line(value: object, limit: int = 200) -> str:
    """`value` as at most `limit` characters on one line, for a quarantine's text."""
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return " ".join(text.split())[:limit]
