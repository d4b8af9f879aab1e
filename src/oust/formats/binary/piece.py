"""Pieces of a hostile file: every access checked, every failure one exception."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, TypeVar

from oust.model import Quarantine

Data = Any
"""Bytes, a memoryview or a FileView: something with a length that can be sliced."""

T = TypeVar("T")


class BrokenPart(Exception):
    """A part of a file contradicts itself or is missing; the message says which."""


BROKEN = (
    *(BrokenPart, struct.error, ValueError, IndexError, OverflowError, RecursionError),
    *(KeyError, TypeError, LookupError),
)
"""What a parser may run into in a damaged file."""


def take(data: Data, at: int, size: int) -> bytes:
    """Exactly `size` bytes of `data` from `at`; BrokenPart where it ends before."""
    if at < 0 or size < 0 or at + size > len(data):
        raise BrokenPart(f"{size:,} bytes at {at:,} reach past the end at {len(data):,}")
    piece = bytes(data[at : at + size])
    if len(piece) < size:
        raise BrokenPart("the file became shorter while it was read")
    return piece


def number(data: Data, at: int, form: str) -> int:
    """One number of the struct format `form` at `at`."""
    value: int = struct.unpack(form, take(data, at, struct.calcsize(form)))[0]
    return value


def c_string(data: Data, at: int, limit: int = 1024) -> str:
    """The text at `at` up to its NUL, at most `limit` bytes; BrokenPart where no NUL comes."""
    if not 0 <= at < len(data):
        raise BrokenPart(f"a name at {at:,} lies past the end")
    piece = bytes(data[at : at + limit])
    end = piece.find(b"\0")
    if end < 0:
        raise BrokenPart(f"the name at {at:,} does not end within {limit:,} bytes")
    return tidy(piece[:end].decode("utf-8", "replace"))


def tidy(text: str, limit: int = 2000) -> str:
    """`text` on one line without control characters, at most `limit` characters."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 2 * limit])
    return " ".join(shown.split())[:limit]


def attempt(
    problems: list[Quarantine], locator: str, what: str, work: Callable[[], T], otherwise: T
) -> T:
    """`work()`, or `otherwise` with the reason in `problems` where the file is damaged there."""
    try:
        return work()
    except BROKEN as error:
        said = str(error) if isinstance(error, BrokenPart) else "the bytes make no sense"
        problems.append(Quarantine(locator, f"{what} cannot be read: {said}"))
        return otherwise
