"""JSON read member by member: documents too large, cut short or not quite JSON.

The standard library's scanner is used because it reads one value from the middle of a text and
says where it ended, so that memory holds one package at a time and whatever stood whole before
damage is kept. Numbers come as their text.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from oust.formats.seam import Opened, Unreadable

CHUNK = 1 << 20
VALUE_LIMIT = 64 << 20
"""Longest single value, in characters: a package is far below, damage is not hunted beyond."""

_SPACE = " \t\r\n"


class Member(NamedTuple):
    """A top-level value, or one item of a top-level array (`place` is its position)."""

    key: str
    place: int | None
    value: Any


class _Window:
    """A text seen through a window that moves forward over the bytes of a source."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.text = ""
        self.at = 0  # position in the window
        self.read = 0  # bytes decoded so far
        self.decode = codecs.getincrementaldecoder(opened.head.encoding)("replace").decode
        keep = {"parse_float": str, "parse_int": str, "parse_constant": str}
        self.scan = json.JSONDecoder(strict=False, **keep).raw_decode

    def fill(self) -> bool:
        """Move on; False at the end. What is still wanted doubles, so retries stay linear."""
        if self.read >= self.opened.size:
            return False
        size = max(CHUNK, len(self.text) - self.at)
        data = bytes(self.opened.data[self.read : self.read + size])
        self.read += len(data)
        more = self.decode(data, self.read >= self.opened.size)
        self.text = self.text[self.at :] + more
        self.at = 0
        return True

    def peek(self) -> str:
        """Next character that is not white space; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.fill():
                return ""

    def take(self, wanted: str) -> str:
        """The next character, which must be one of `wanted`."""
        char = self.peek()
        if not char or char not in wanted:
            raise self.damaged(char)
        self.at += 1
        return char

    def value(self) -> Any:
        """The next JSON value."""
        if not self.peek():
            raise self.damaged("")
        while True:
            stopped = None
            try:
                value, end = self.scan(self.text, self.at)
            except RecursionError:
                raise Unreadable(f"nested too deep at byte {self.byte():,}") from None
            except json.JSONDecodeError as error:
                stopped = error
            if stopped is None and (end < len(self.text) or not self.more()):
                start, self.at = self.at, end
                escaped = self.text.find("\\ud", start, end) >= 0
                odd = escaped or self.text.find("\\uD", start, end) >= 0
                return _without_surrogates(value) if odd else value
            if stopped is not None:
                self._seek_more(stopped)

    def more(self) -> bool:
        """Whether the window could move on and so may hold a longer value than it did."""
        return len(self.text) - self.at <= VALUE_LIMIT and self.fill()

    def _seek_more(self, stopped: json.JSONDecodeError) -> None:
        """Widen the window if the value merely ran out of it; else raise."""
        ran_out = stopped.msg.startswith("Unterminated") or stopped.pos > len(self.text) - 8
        if not ran_out:
            self.at = stopped.pos
            raise self.damaged("?")
        if not self.more():
            raise self.damaged("" if self.read >= self.opened.size else "?")

    def byte(self) -> int:
        """Offset of the window's position in the source."""
        rest = self.text[self.at :].encode(self.opened.head.encoding, "replace")
        return max(0, self.read - len(rest))

    def damaged(self, char: str) -> Unreadable:
        """The error for what stands here; an empty `char` means that the text ended."""
        if char:
            return Unreadable(f"not JSON at byte {self.byte():,}")
        return Unreadable(f"truncated at byte {self.opened.size:,}")


def _without_surrogates(value: Any) -> Any:
    """The value with halves of surrogate pairs replaced: they cannot be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_without_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


def members(opened: Opened) -> Iterator[Member]:
    """Members of the top-level object, arrays item by item. Raises Unreadable where it breaks."""
    window = _Window(opened)
    if window.peek() == "\ufeff":
        window.at += 1
    window.take("{")
    while window.peek() != "}":
        key = window.value()
        if not isinstance(key, str):
            raise window.damaged("?")
        window.take(":")
        if window.peek() == "[":
            yield from _items(window, key)
        else:
            yield Member(key, None, window.value())
        if window.take(",}") == "}":
            break
    else:
        window.at += 1
    if window.peek() not in ("", "\0"):
        raise Unreadable(f"more text after the end of the document at byte {window.byte():,}")


def _items(window: _Window, key: str) -> Iterator[Member]:
    window.take("[")
    index = 0
    while window.peek() != "]":
        yield Member(key, index, window.value())
        index += 1
        if window.take(",]") == "]":
            return
    window.at += 1
