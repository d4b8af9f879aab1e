"""Wrappers around another document: DSSE, in-toto statements, attestation bundles, API answers.

They yield no records themselves. `unwrap` hands out what is inside, and the reader of sources goes
on with it as if it were a file in an archive.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from oust.formats.seam import Head, Opened, Unreadable

MAX_LAYERS = 6
"""Envelopes within envelopes. GitHub's list of attestations is five deep: list, bundle, DSSE,
statement, predicate."""

MAX_BYTES = 512 << 20
MAX_LINES = 100_000

_MARKS = frozenset({"payloadType", "predicateType", "dsseEnvelope"})
_DOCUMENT_KEYS = frozenset({"bomFormat", "spdxVersion", "SPDXID", "@graph"})
_WRAPPER = re.compile(
    r'\{\s*"(?:sbom|bom|data|document|result|content|attributes|predicate|attestations)"\s*:\s*[{\["]'
)
_INNER_NAMES = ("sbom", "bom", "data", "document", "result", "content", "attributes")

Inner = tuple[str, bytes]


class _Outer(msgspec.Struct, rename="camel"):
    """The members that make an object an envelope, and those that show it is none."""

    payload_type: str | None = None
    payload: str | None = None
    predicate_type: str | None = None
    predicate: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    dsse_envelope: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    bundle: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    attestations: list[msgspec.Raw] | None = None


class _Wrapped(NamedTuple):
    name: str
    data: bytes
    layers: int


_decode_outer = msgspec.json.Decoder(_Outer).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode


_QUOTED = tuple(f'"{mark}"'.encode() for mark in sorted(_MARKS))
"""Looked for first: the exact test for a key costs more than the whole look-up."""


def is_envelope(head: Head) -> bool:
    """Whether `unwrap` is worth a try. Cheap; may be wrong in both directions only for oddities."""
    if not head.start.startswith("{"):
        return False
    data = head.data if head.encoding == "utf-8" else head.text.encode("utf-8", "replace")
    if any(mark in data for mark in _QUOTED) and not _MARKS.isdisjoint(head.json_keys):
        return True
    return _WRAPPER.match(head.start) is not None


def unwrap(opened: Opened) -> list[Inner] | None:
    """What is inside, as (name such as `payload/predicate` or `line 3/payload`, bytes).

    None if it is no envelope. Envelopes inside are opened too. Raises Unreadable if it is one but
    cannot be opened: damaged base64, too many layers, too large.
    """
    if opened.size > MAX_BYTES:
        return None
    data: bytes = opened.utf8()
    pieces = _layer(data)
    if pieces is None and _MARKS.isdisjoint(opened.head.json_keys):
        return None
    if pieces is None:
        pieces = _lines(data)
    if pieces is None:
        return None
    return [(one.name, one.data) for piece in pieces for one in _open(piece)]


def _open(piece: _Wrapped) -> Iterator[_Wrapped]:
    """The piece, or what is inside it if it is an envelope itself."""
    inner = _layer(piece.data)
    if inner is None:
        yield piece
        return
    if piece.layers >= MAX_LAYERS:
        raise Unreadable(f"envelopes nested more than {MAX_LAYERS} deep")
    for one in inner:
        name = f"{piece.name}/{one.name}"
        yield from _open(_Wrapped(name, one.data, piece.layers + 1))


def _lines(data: bytes) -> list[_Wrapped] | None:
    """JSON lines of envelopes; lines that are none are handed out as they are."""
    rows = data.split(b"\n", MAX_LINES)
    if len(rows) > MAX_LINES:
        raise Unreadable(f"more than {MAX_LINES:,} lines of envelopes")
    found: list[_Wrapped] = []
    opened = 0
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        inner = _layer(row)
        opened += inner is not None
        found += (
            one._replace(name=f"line {number}/{one.name}".rstrip("/"))
            for one in inner or [_Wrapped("", row, 1)]
        )
    return found if opened else None


def _layer(data: bytes) -> list[_Wrapped] | None:
    """What one envelope holds; None if `data` is none."""
    try:
        outer = _decode_outer(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if outer.payload_type is not None and outer.payload is not None:
        return [_Wrapped("payload", _base64(outer.payload), 1)]
    if _is_object(outer.dsse_envelope):
        return [_Wrapped("dsseEnvelope", bytes(outer.dsse_envelope), 1)]
    if outer.predicate_type is not None and len(bytes(outer.predicate)) > 0:
        return [_Wrapped("predicate", _predicate(bytes(outer.predicate)), 1)]
    if outer.attestations:
        many = enumerate(outer.attestations)
        return [_Wrapped(f"attestations/{i}", bytes(one), 1) for i, one in many]
    if _is_object(outer.bundle):
        return [_Wrapped("bundle", bytes(outer.bundle), 1)]
    return _wrapper(data)


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _predicate(data: bytes) -> bytes:
    """The predicate; cosign's older form keeps the document as text under `Data`."""
    try:
        members = _decode_members(data)
    except msgspec.DecodeError:
        return data
    inner = members.get("Data")
    if inner is None or len(members) > 3:
        return data
    return _text_or_object(bytes(inner)) or data


def _wrapper(data: bytes, layers: int = 1) -> list[_Wrapped] | None:
    """`{"sbom": {...}}` and the like: few members, one of which is obviously a document."""
    try:
        members = _decode_members(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not _DOCUMENT_KEYS.isdisjoint(members) or len(members) > 12:
        return None
    for name in _INNER_NAMES:
        inner = _text_or_object(bytes(members.get(name, b"")))
        if inner is None:
            continue
        if _is_document(inner) or (layers < MAX_LAYERS and _wrapper(inner, layers + 1)):
            return [_Wrapped(name, inner, 1)]
    return None


def _text_or_object(raw: bytes) -> bytes | None:
    """An object as it is, or one written as a string or in base64."""
    if raw[:1] == b"{":
        return raw
    if raw[:1] != b'"':
        return None
    try:
        text = _decode_text(raw).strip()
    except msgspec.DecodeError:
        return None
    if text.startswith("{"):
        return text.encode()
    if text.startswith("ey"):
        return _base64(text)
    return None


def _is_document(data: bytes) -> bool:
    try:
        return not _DOCUMENT_KEYS.isdisjoint(_decode_members(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _base64(text: str) -> bytes:
    """Standard or URL-safe alphabet, padded or not."""
    compact = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("an envelope whose payload is not base64") from None
