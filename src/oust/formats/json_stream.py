"""JSON of any packaging as a stream of values: lines, one array, one object, objects in a row.

Exports of the same tool come in all of these, so a reader should not care which it was given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from oust.formats.seam import MAX_DEPTH, Opened, Unreadable, one_line
from oust.model import Quarantine

WHOLE_LIMIT = 64 * 1024 * 1024
"""Arrays above this many bytes are decoded element by element."""

_BLANK = re.compile(r"[\s,\x00\x1e]*")
_TOO_DEEP = f"JSON is nested deeper than {MAX_DEPTH} levels"
_SURROGATE = re.compile(r"[\ud800-\udfff]")

Value = tuple[str, Any]
"""Locator and JSON value."""


class TooDeep(ValueError):
    """JSON that nests deeper than MAX_DEPTH."""


def decode(raw: bytes) -> Any:
    """The JSON value in `raw`. Tolerates NaN, raw control characters and bad bytes.

    Raises ValueError (TooDeep where that is the reason).
    """
    try:
        value = _decode(raw)
    except RecursionError:
        raise TooDeep(_TOO_DEEP) from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth_above(value, MAX_DEPTH):
        raise TooDeep(_TOO_DEEP)
    return value


def _decode(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _mended(json.loads(raw.decode("utf-8", "replace"), strict=False))


def _mended(value: Any) -> Any:
    """`value` without half surrogate pairs, which no encoder would take later."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    return value


def _depth_above(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for one in level
            if isinstance(one, (dict, list))
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def values(opened: Opened) -> Iterator[Value | Quarantine]:
    """Every value: elements of an array as `#/N`, others as `line N`, a single object as `#`.

    A line that is no JSON is quarantined. Raises Unreadable where an array or object breaks off.
    """
    first = opened.head.start[:1].lstrip("\x1e")
    if first == "[" and not _lines_of_arrays(opened):
        yield from _array(opened)
    elif _starts_with_line(opened):
        yield from _lines(opened)
    else:
        yield from _objects(opened)


def _object_lines(opened: Opened) -> tuple[int, int]:
    """How many of the first lines there are, and how many are an object each."""
    lines = [line.strip("\x1e \t\r,") for line in opened.head.lines if line.strip()]
    return len(lines), sum(map(_is_object, lines))


def _starts_with_line(opened: Opened) -> bool:
    lines = [line.strip("\x1e \t\r,") for line in opened.head.lines if line.strip()]
    return len(lines) > 1 and _is_object(lines[0])


def _is_object(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        return isinstance(decode(line.encode("utf-8", "replace")), dict)
    except ValueError:
        return False


def _lines_of_arrays(opened: Opened) -> bool:
    """Whether each line is an array of its own, as some shippers batch them."""
    lines = [line.strip() for line in opened.head.lines if line.strip()]
    return len(lines) > 1 and all(one[:1] == "[" and one[-1:] == "]" for one in lines[:2])


def _lines(opened: Opened) -> Iterator[Value | Quarantine]:
    data = opened.data if opened.head.encoding == "utf-8" else opened.utf8()
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        raw, start, number = bytes(data[start:end]).strip(b"\x1e \t\r,\x00"), end + 1, number + 1
        if raw:
            yield _line(raw, f"line {number}")


def _line(raw: bytes, locator: str) -> Value | Quarantine:
    try:
        return locator, decode(raw)
    except TooDeep as error:
        return Quarantine(locator, str(error), one_line(raw[:300].decode("utf-8", "replace")))
    except ValueError:
        text = one_line(raw[:800].decode("utf-8", "replace"))
        return Quarantine(locator, "the line is not JSON", text)


def _array(opened: Opened) -> Iterator[Value]:
    if opened.size <= WHOLE_LIMIT:
        try:
            whole = decode(opened.utf8())
        except TooDeep as error:
            raise Unreadable(str(error)) from None
        except ValueError:
            whole = None
        if isinstance(whole, list):
            yield from ((f"#/{index}", value) for index, value in enumerate(whole))
            return
    yield from _elements(opened.text())


def _elements(text: str) -> Iterator[Value]:
    """Elements of the array that begins `text`, as far as they can be read."""
    at, index = text.index("[") + 1, 0
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return
        value, at = _one(text, at, f"the JSON array breaks off after {index:,} elements")
        yield f"#/{index}", value
        index += 1


def _objects(opened: Opened) -> Iterator[Value | Quarantine]:
    """One object, or several in a row, each over several lines; or lines that begin badly."""
    if opened.size <= WHOLE_LIMIT:
        try:
            yield "#", decode(opened.utf8())
            return
        except TooDeep as error:
            raise Unreadable(str(error)) from None
        except ValueError:
            pass
    lines, objects = _object_lines(opened)
    if objects > lines / 2:
        yield from _lines(opened)
        return
    text = opened.text()
    at, line, counted = _skip(text, 0), 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _one(text, at, f"JSON is broken at line {line}")
        yield f"line {line}", value
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _one(text: str, at: int, problem: str) -> tuple[Any, int]:
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, at)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except ValueError:
        raise Unreadable(problem) from None
    if _depth_above(value, MAX_DEPTH):
        raise Unreadable(_TOO_DEEP)
    return _mended(value), end
