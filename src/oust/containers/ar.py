"""Unix `ar` archives: Debian packages and static libraries. Source: ar(5), deb(5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oust.containers.entry import Entry, Lost

MAGIC = b"!<arch>\n"
_HEADER = 60


def entries(data: Any) -> Iterator[Entry]:
    """Every member in order. Raises Lost where a header makes no sense."""
    at, long_names = len(MAGIC), b""
    while at + _HEADER <= len(data):
        header = bytes(data[at : at + _HEADER])
        digits = header[48:58].strip()
        if header[58:] != b"`\n" or not digits.isdigit():
            raise Lost(f"the header at byte {at:,} makes no sense")
        size, start = int(digits), at + _HEADER
        if start + size > len(data):
            raise Lost(f"the member at byte {at:,} reaches past the end")
        raw = header[:16].rstrip()
        if raw == b"//":
            long_names = bytes(data[start : start + size])
        elif raw not in (b"/", b"/SYM64/", b"__.SYMDEF"):
            name, skip = _name(raw, long_names, data, start)
            yield Entry(name, held=_slice(data, start + skip, size - skip), packed=size)
        at = start + size + (size & 1)


def _name(raw: bytes, long_names: bytes, data: Any, start: int) -> tuple[str, int]:
    """The name, and how many bytes of the content it takes (BSD)."""
    skip = 0
    if raw.startswith(b"/") and raw[1:].isdigit():
        raw = long_names[int(raw[1:]) :].split(b"\n")[0]
    elif raw.startswith(b"#1/") and raw[3:].isdigit():
        skip = int(raw[3:])
        raw = bytes(data[start : start + min(skip, 4096)]).rstrip(b"\0")
    return raw.decode("utf-8", "surrogateescape").removesuffix("/"), skip


def _slice(data: Any, start: int, size: int) -> Any:
    size = max(size, 0)
    part = getattr(data, "part", None)
    return part(start, size) if part and size > 1024**2 else bytes(data[start : start + size])
