"""Open a piece of evidence again and cut out the very words: a CSV row, a JSON or XML fragment.

The excerpt is what stands in the file now; a changed or missing file is said to be so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from oust import unpack
from oust.fileview import digest_of
from oust.formats.envelope import unwrap
from oust.formats.seam import Opened, Unreadable
from oust.opening import open_at

LIMIT = 600  # characters of an excerpt
MARK_OPEN, MARK_CLOSE = "▸", "◂"

_ROW = re.compile(r"\bbyte (\d+)")
_LINE = re.compile(r"^line (\d+)")


class Excerpt(Struct, frozen=True):
    """The words around a locator, or why they cannot be shown."""

    text: str = ""
    problem: str = ""


def excerpt(location: Path, path: str, sha256: str, locator: str) -> Excerpt:
    """What stands at `locator` of the source `path`, whose outer file lies at `location`."""
    data = _open(location, path.split("!/")[1:])
    if isinstance(data, str):
        return Excerpt(problem=data)
    if sha256 and digest_of(data) != sha256:
        return Excerpt(problem="the file has changed since it was read; trace it again")
    text = _cut(Opened(path, data), locator)
    if text is None:
        return Excerpt(problem="this place cannot be shown as text")
    return Excerpt(text[:LIMIT] + ("…" if len(text) > LIMIT else ""))


def _open(location: Path, inner: list[str]) -> Any:
    """The content, or why it cannot be had."""
    try:
        data: Any = open_at(location)
    except (OSError, ValueError) as error:
        return f"{location}: {getattr(error, 'strerror', None) or error}"
    name = location.name
    for part in inner:
        try:
            found = _member(name, data, part)
        except Unreadable as error:
            return str(error)
        if found is None:
            return f"{part} is no longer in {name}"
        data, name = found, part
    return data


def _member(name: str, data: Any, wanted: str) -> Any:
    opened = Opened(name, data)
    for inner, content in unwrap(opened) or ():
        if inner == wanted:
            return content
    kind = unpack.kind_of(data)
    for member in unpack.members(kind, opened.name, data) if kind else ():
        if member.name == wanted:
            return member.data
    return None


def _cut(opened: Opened, locator: str) -> str | None:
    if match := _ROW.search(locator):
        return _from_byte(opened, int(match[1]))
    if match := _LINE.match(locator):
        line, pointer = int(match[1]), locator.partition("#")[2]
        lines = opened.text().splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else None
        return _pointer(text, pointer) if text and pointer else text
    if locator.startswith("#"):
        return _pointer(opened.text(), locator[1:])
    if locator.startswith("/"):
        whole = opened.head.is_json
        return _pointer(opened.text(), locator) if whole else _xpath(opened.bytes(), locator)
    return None


def _from_byte(opened: Opened, start: int) -> str:
    """The record that begins at a byte: to the first line end outside quotes."""
    piece = opened.data[start : start + 65_536]
    quoted = False
    for n, byte in enumerate(piece):
        if byte == 34:
            quoted = not quoted
        elif byte in (10, 13) and not quoted:
            piece = piece[:n]
            break
    return bytes(piece).decode(opened.head.encoding, "replace")


def _pointer(text: str, pointer: str) -> str | None:
    try:
        value = json.loads(text)
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    return json.dumps(value, ensure_ascii=False, indent=1)


def _xpath(data: bytes, locator: str) -> str | None:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    for step in locator.split("/")[2:]:
        match = re.fullmatch(r"([^\[]+)(?:\[(\d+)\])?", step)
        if not match:
            return None
        same = [child for child in root if etree.QName(child).localname == match[1]]
        at = int(match[2] or 1) - 1
        if at >= len(same):
            return None
        root = same[at]
    return str(etree.tostring(root, encoding="unicode", with_tail=False))


def marked(text: str, words: str, hints: Sequence[str] = (), width: int = 96) -> list[str]:
    """One line of `text` with `words` marked in it; words apart are marked one by one.

    Of several lines with the words, the first that also holds one of `hints` (such as the name of
    the field) is taken; the first line of all where the words do not occur.
    """
    lines = text.splitlines() or [""]
    wanted = words.casefold().strip()
    having = [line for line in lines if wanted and wanted in line.casefold()]
    if having:
        near = [line for line in having if any(hint in line.casefold() for hint in hints)]
        return [_cut_line((near or having)[0], [wanted], width)]
    pieces = [piece for piece in wanted.split() if len(piece) > 1]
    having = [line for line in lines if any(piece in line.casefold() for piece in pieces)]
    return [_cut_line((having or lines)[0], pieces, width)]


def _cut_line(line: str, wanted: Sequence[str], width: int) -> str:
    """`line` with each of `wanted` marked once, cut to about `width` around the first."""
    folded = line.casefold()
    same = len(folded) == len(line)  # case folding may lengthen a text; then mark nothing
    places = sorted((folded.find(one), len(one)) for one in wanted if one in folded and same)
    for start, length in reversed(places):
        inside = line[start : start + length]
        line = f"{line[:start]}{MARK_OPEN}{inside}{MARK_CLOSE}{line[start + length :]}"
    first = places[0][0] if places else 0
    begin = max(0, min(first - width // 3, len(line) - width))
    piece = line[begin : begin + width].strip()
    return ("…" if begin else "") + piece + ("…" if begin + width < len(line) else "")
