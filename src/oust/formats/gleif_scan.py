"""The records of GLEIF files of any size: CSV rows, and elements of XML and JSON cut out singly.

A whole level 1 file is 4 GB as CSV and more than 10 GB as XML or JSON, so no file is parsed as a
whole: the literals looked for are found in the raw bytes, and only the records around them parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from oust.formats import delimited, json_stream
from oust.formats.gleif_tree import Element, Plan, Row, Tree, from_json, from_xml
from oust.formats.seam import MAX_DEPTH, Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine

if TYPE_CHECKING:
    from oust.formats.delimited_split import Block

PIECE = 8 * 1024 * 1024
SAMPLE = 512 * 1024
"""So many bytes of a table show its header and what its rows look like."""

LONGEST = 64 * 1024 * 1024
"""A single record longer than this, in bytes, is none."""

KEEP_ALL_BELOW = 1024 * 1024
"""A source smaller than this, in bytes, is kept whole."""

_PLAIN = frozenset({"utf-8", "utf-8-sig"})
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)


class Passed(NamedTuple):
    """So many records were counted only."""

    number: int


class Found(NamedTuple):
    """A record cut out and read."""

    tree: Element
    locator: str
    hit: bool  # whether something looked for was met in its bytes


Said = Found | Passed | Quarantine


def kept_whole(opened: Opened) -> bool:
    """Whether the source is so small that every record of it is kept."""
    return opened.size <= KEEP_ALL_BELOW


# --- CSV -----------------------------------------------------------------------------------------


def columns(head: Head) -> list[str]:
    """Column names of a CSV's header line, in lower case; empty if it has none."""
    line = _header(head)
    if "." not in line or line.lstrip()[:1] in ("{", "[", "<"):
        return []
    found = delimited.whole(line.encode("utf-8", "replace"), _dialect(line))
    return [cell.strip().lower() for cell in found or ()]


def _header(head: Head) -> str:
    return next((line for line in head.lines if line.strip()), "")


def _dialect(line: str) -> delimited.Dialect:
    return delimited.Dialect(max(delimited.DELIMITERS, key=line.count))


def rows(opened: Opened, needles: Needles | None) -> Iterator[Said]:
    """Rows that needles hit, or all of them; what is damaged is read as far as it can be."""
    from oust.formats.delimited_split import Splitter, look_of

    data: Any = opened.data if opened.head.encoding in _PLAIN else opened.utf8()
    start = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    names, dialect = columns(opened.head), _dialect(_header(opened.head))
    first = list(delimited.placed_rows(bytes(data[start : start + SAMPLE]), dialect, 100))
    at = next((n for n, (cells, _) in enumerate(first) if any(c.strip() for c in cells)), None)
    if at is None:
        raise Unreadable("no header row in it")
    plan = Plan.of(names)
    look = look_of([cells for cells, _ in first[at + 1 :]], len(names))
    search = None if needles is None else needles.hits
    splitter = Splitter(data, start + first[at][1], dialect, look, search)
    number = passed = 0
    for block in splitter.blocks():
        wanted = _wanted(block, needles is None)
        for index, hit in wanted:
            begin, end = int(block.starts[index]), int(block.ends[index])
            yield _row(splitter, block, (begin, end), number + index + 1, hit, plan)
        passed += len(block.starts) - len(wanted)
        number += len(block.starts)
    if passed:
        yield Passed(passed)


def _wanted(block: Block, every: bool) -> list[tuple[int, bool]]:
    """Index of each row to read, and whether something was hit in it."""
    import numpy as np

    if every:
        return [(index, True) for index in range(len(block.starts))]
    found = np.searchsorted(block.starts, block.hits, "right") - 1
    wanted = dict.fromkeys(np.searchsorted(block.starts, sorted(block.damaged)).tolist(), False)
    wanted |= dict.fromkeys(found[found >= 0].tolist(), True)
    return sorted((at, hit) for at, hit in wanted.items() if at < len(block.starts))


def _row(
    splitter: Any,
    block: Block,
    place: tuple[int, int],
    number: int,
    hit: bool,
    plan: Plan,
) -> Found | Quarantine:
    from oust.formats.delimited_split import Span

    span = Span(*place, place[0] in block.damaged)
    cells, wrong = splitter.row(span)
    locator = f"row {number} byte {place[0]}"
    if len(cells) != len(plan.within):
        return Quarantine(locator, wrong, one_line(splitter.text(span)))
    return Found(Row(plan, cells), locator, hit)


# --- XML and JSON --------------------------------------------------------------------------------


class Packaging(NamedTuple):
    """How records stand in a file: where each begins, how one is read, how its place is written."""

    begins: re.Pattern[bytes]
    read: Callable[[bytes], Tree]
    place: Callable[[int], str]  # of the record so numbered, from 0


def xml(record: str, path: str) -> Packaging:
    """Elements called `record`; `path` is the XPath of what holds them."""
    begins = re.compile(rb"<(?:[\w.-]+:)?" + record.encode() + rb"(?=[\s>])")
    return Packaging(begins, _xml_reader(record), lambda n: f"{path}/{record}[{n + 1}]")


def _xml_reader(record: str) -> Callable[[bytes], Tree]:
    closes = re.compile(rb"</(?:[\w.-]+:)?" + record.encode() + rb"\s*>")
    prefixes = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):(?=[\w.-])")

    def read(raw: bytes) -> Tree:
        from lxml import etree

        close = closes.search(raw)
        if close is None:
            raise ValueError("the element is not closed")
        inner = raw[: close.end()]
        # their prefixes are declared on the root, which is not at hand; any declaration will do
        used = sorted({name for name in prefixes.findall(inner) if name[:3].lower() != b"xml"})
        declared = b"".join(b' xmlns:%s="urn:%s"' % (name, name) for name in used)
        bare = b"<record" + declared + b">" + inner + b"</record>"
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            return from_xml(etree.fromstring(bare, parser)[0])
        except etree.XMLSyntaxError as error:
            raise ValueError(one_line(str(error))) from None

    return read


def json(marker: bytes, name: str) -> Packaging:
    """Objects whose first key is `marker`, listed under `name`."""
    begins = re.compile(rb'\{\s*"' + marker + rb'"\s*:\s*\{')
    return Packaging(begins, _json, lambda n: f"#/{name}/{n}")


def _json(raw: bytes) -> Tree:
    import json as library

    if raw.count(b"[") + raw.count(b"{") > 100 * MAX_DEPTH:
        raise ValueError("nested too deep")
    text = raw.decode("utf-8", "replace")
    try:
        end = library.JSONDecoder(strict=False).raw_decode(text)[1]
    except RecursionError:
        raise ValueError("nested too deep") from None
    return from_json(json_stream.decode(text[:end].encode("utf-8", "replace")))


def elements(opened: Opened, packaging: Packaging, needles: Needles | None) -> Iterator[Said]:
    """Records that needles hit, or all of them. Raises Unreadable if there is none at all."""
    data: Any = opened.data if opened.head.encoding in _PLAIN else opened.utf8()
    if opened.head.start.startswith("<") and _ENTITY.search(bytes(data[:65_536])):
        raise Unreadable("the XML declares entities or a document type, which are never expanded")
    number = passed = 0
    for text, starts in _blocks(data, packaging.begins):
        hit = None if needles is None else _hit(starts, needles.hits(text))
        for index, start in enumerate(starts):
            end = starts[index + 1] if index + 1 < len(starts) else len(text)
            if hit is not None and index not in hit:
                passed += 1
                continue
            yield _element(packaging, text[start:end], number + index)
        number += len(starts)
    if passed:
        yield Passed(passed)
    if not number and opened.size:
        raise Unreadable("no record in it")


def _hit(starts: list[int], hits: list[int]) -> frozenset[int]:
    return frozenset(bisect_right(starts, at) - 1 for at in hits)


def _element(packaging: Packaging, raw: bytes, number: int) -> Found | Quarantine:
    locator = packaging.place(number)
    try:
        return Found(packaging.read(raw), locator, True)
    except (ValueError, Unreadable) as error:
        reason = f"the record cannot be read: {one_line(str(error))}"
        return Quarantine(locator, reason, one_line(raw[:800].decode("utf-8", "replace")))


def _blocks(data: Any, begins: re.Pattern[bytes]) -> Iterator[tuple[bytes, list[int]]]:
    """Pieces of whole records, and where in them each begins."""
    held, at, size = b"", 0, len(data)
    while at < size:
        piece = bytes(data[at : at + PIECE])
        if not piece:
            raise Unreadable("the file became shorter while it was read")
        held, at = held + piece, at + len(piece)
        starts = [match.start() for match in begins.finditer(held)]
        if at >= size:
            yield held, starts
        elif len(starts) > 1:
            yield held[: starts[-1]], starts[:-1]
            held = held[starts[-1] :]
        elif len(held) > LONGEST:
            raise Unreadable(f"a record of more than {LONGEST:,} bytes")
