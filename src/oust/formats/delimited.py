"""Delimited text (CSV, TSV and kin): its dialect, and one record as fields.

Where records begin and end, also in damaged text, is the business of delimited_split.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Any, NamedTuple

DELIMITERS = (",", "\t", ";", "|")
FIELD_LIMIT = 64 * 1024 * 1024
"""Longest field, in characters, that is still split off."""

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_BAD = re.compile("[\udc80-\udcff]+")
MAX_REPAIRS, MAX_PAIRED = 64, 16
"""Quotes of a damaged record that are tried one by one, and that are tried in pairs."""


class Dialect(NamedTuple):
    """How fields stand in the text."""

    delimiter: str = ","
    quoting: bool = True  # whether `"` opens a quoted field
    escape: str = ""  # `\\` where quotes are escaped with it instead of doubled
    spaced: bool = False  # whether white space may follow a delimiter


def decode(raw: bytes) -> str:
    """UTF-8 text; single bytes that are none are read as Windows-1252."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "surrogateescape")
        return _BAD.sub(lambda m: _western(m[0].encode("utf-8", "surrogateescape")), text)


def _western(raw: bytes) -> str:
    return raw.decode("cp1252", "replace")


def lines(data: bytes, start: int = 0) -> Iterator[bytes]:
    """Physical lines of `data` with their ends, from `start`: \\n, \\r\\n or \\r alone."""
    for match in _LINE.finditer(data, start):
        if match.end() == match.start():
            return
        yield match[0]


def strict(raw: bytes, dialect: Dialect) -> tuple[list[str], int] | None:
    """Fields of the record that `raw` begins with and the number of lines it takes.

    None if its quoting is broken, or if it does not end within `raw`.
    """
    csv.field_size_limit(FIELD_LIMIT)
    texts = (decode(line) for line in lines(raw))
    if not dialect.quoting:
        first = next(texts, "")
        return first.rstrip("\r\n").split(dialect.delimiter), 1
    reader = _reader(texts, dialect)
    try:
        return next(reader), reader.line_num
    except (csv.Error, StopIteration):
        return None


def _reader(texts: Iterator[str], dialect: Dialect) -> Any:
    return csv.reader(
        texts,
        delimiter=dialect.delimiter,
        strict=True,
        skipinitialspace=dialect.spaced,
        escapechar=dialect.escape or None,
        doublequote=not dialect.escape,
    )


def whole(raw: bytes, dialect: Dialect) -> list[str] | None:
    """Fields of `raw`, which is one record and nothing else; None if it is not."""
    text = decode(raw).rstrip("\r\n")
    if not dialect.quoting or ('"' not in text and not dialect.spaced and not dialect.escape):
        return None if "\n" in text or "\r" in text else text.split(dialect.delimiter)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        return next(_reader(iter((text,)), dialect), None)
    except csv.Error:  # also for a line end outside quotes, which would be a second record
        return None


def fields(
    raw: bytes, dialect: Dialect, width: int, damaged: bool = False
) -> tuple[list[str], str]:
    """Fields of one record, and what was wrong with it ("" if nothing was).

    A record whose quotes do not pair, by themselves or with its neighbours' (`damaged`), is
    repaired by reading some of its quotes as plain text, where that gives `width` fields. If
    nothing does, all quotes are plain text and the fields may be misplaced: their number tells.
    """
    found = whole(raw, dialect)
    if found is not None and len(found) == width:
        return found, ""
    repaired = _repaired(raw, dialect, width) if damaged or found is None else None
    if repaired is not None:
        return repaired, "a quote opens or closes in the wrong place"
    if found is not None:
        return found, f"{len(found)} fields where the table has {width}"
    return _unquoted(raw, dialect), "quotes do not pair"


def _repaired(raw: bytes, dialect: Dialect, width: int) -> list[str] | None:
    """The record with one or two of its quotes read as plain text, if that gives `width` fields."""
    apart = _between(raw, dialect)
    if len(apart) == width > 1:
        return apart
    quotes = [match.start() for match in re.finditer(b'"', raw)]
    single: list[tuple[int, ...]] = [(at,) for at in quotes[:MAX_REPAIRS]]
    pairs = list(combinations(quotes, 2)) if len(quotes) <= MAX_PAIRED else []
    for places in (*single, *pairs):
        for instead in (b'""', b""):
            found = whole(_with(raw, places, instead), dialect)
            if found is not None and len(found) == width:
                return found
    plain = _unquoted(raw, dialect)
    return plain if quotes and len(plain) == width else None


def _between(raw: bytes, dialect: Dialect) -> list[str]:
    """Fields of a record that quotes every one of them, cut where one ends and the next begins."""
    text = decode(raw).strip("\r\n")
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return []
    cut = text[1:-1].split(f'"{dialect.delimiter}"')
    return [field.replace('""', '"') for field in cut]


def _with(raw: bytes, places: Sequence[int], instead: bytes) -> bytes:
    """`raw` with the byte at each of `places` replaced."""
    for at in reversed(places):
        raw = raw[:at] + instead + raw[at + 1 :]
    return raw


def _unquoted(raw: bytes, dialect: Dialect) -> list[str]:
    return decode(raw).rstrip("\r\n").split(dialect.delimiter)


def first_rows(text: str, dialect: Dialect, limit: int = 40) -> list[list[str]]:
    """Rows at the beginning of `text`, as far as they can be told apart."""
    return [row for row, _ in placed_rows(text.encode("utf-8", "replace"), dialect, limit)]


def placed_rows(raw: bytes, dialect: Dialect, limit: int = 40) -> Iterator[tuple[list[str], int]]:
    """Rows at the beginning of `raw`, each with the offset behind it, up to the first damage."""
    csv.field_size_limit(FIELD_LIMIT)
    cut = [0]  # as far as lines were asked for: most callers want a few rows of many lines

    def told() -> Iterator[str]:
        for line in lines(raw):
            cut.append(cut[-1] + len(line))
            yield decode(line)

    texts = told()
    if not dialect.quoting:
        for number, text in enumerate(islice(texts, limit), 1):
            yield text.rstrip("\r\n").split(dialect.delimiter), cut[number]
        return
    reader = _reader(texts, dialect)
    with contextlib.suppress(csv.Error):
        for row in islice(reader, limit):
            yield row, cut[reader.line_num]


def dialects(text: str) -> list[Dialect]:
    """Dialects worth trying for text that begins like this, best first."""
    found = []
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        dialect = _quoting(text, delimiter)
        widths = [len(row) for row in first_rows(text, dialect)[:40]]
        usual = max(
            sorted(set(widths)), key=lambda width: (width > 1, widths.count(width)), default=0
        )
        if usual > 1:
            found.append((widths.count(usual) / len(widths), usual, dialect))
    found.sort(key=lambda one: (-round(one[0], 1), -one[1]))
    return [dialect for _, _, dialect in found]


def _quoting(text: str, delimiter: str) -> Dialect:
    """Whether and how quotes are used beside this delimiter."""
    if '"' not in text:
        return Dialect(delimiter, quoting=True)
    first, *others = text.split("\n")
    text = "\n".join([first, *(line for line in others if '"' in line)])  # all that is asked of it
    edge = re.escape(delimiter) + r"\r\n"
    opening = len(re.findall(rf'(?:^|[{edge}])"', text))
    spaced = len(re.findall(rf'[{edge}][ \t]+"(?=[^{edge}"])', text)) if delimiter != "\t" else 0
    closing = len(re.findall(rf'"(?=[{edge}]|$)', text))
    inside = len(re.findall(rf'[^{edge}"\\ ]"[^{edge}"]', text))
    escaped = len(re.findall(r'[^\\]\\"', text))
    doubled = len(re.findall(r'[^"]""[^"' + edge + "]", text))
    return Dialect(
        delimiter,
        quoting=(opening + spaced >= inside or opening > 10) and opening <= 2 * closing + 2,
        escape="\\" if escaped > 2 and not doubled else "",
        spaced=spaced > opening,
    )
