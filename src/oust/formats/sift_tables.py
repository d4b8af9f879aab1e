"""Whether a text may begin with a table: a row of which some reader of tables knows two headers.

To work out the dialect of a text and to ask five readers what each of its first rows means takes
longer than to read most texts. This looks at the same rows, for any dialect, and asks less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from oust.formats import approval_headers, delimited, purchases, software_headers
from oust.formats.delimited_table import HEADER_WITHIN
from oust.formats.listing import clean
from oust.formats.purchases import key, words
from oust.formats.seam import Head

LEAST = 2
"""Headers that every reader of tables must know in one row before it claims anything."""

_SECTIONS = ("listings", "exclusions", "certificates")
_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_SOME_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_LINE_END = re.compile(r"\r\n|\n|\r")


class _Known(NamedTuple):
    keys: frozenset[str]
    labels: tuple[frozenset[str], ...]  # words that each reader leaves out


@cache
def _known() -> _Known:
    bought = purchases.spellings()
    sections = [approval_headers.section(name) for name in _SECTIONS]
    every = [bought.exact, bought.usaspending, *(one.exact for one in sections)]
    keys = frozenset(software_headers.spelled()).union(*every)
    return _Known(keys, (bought.labels, *(one.labels for one in sections)))


def may_be_table(head: Head) -> bool:
    """False only where no reader of tables would claim what begins so."""
    if head.start[:1] in ("<", "{"):
        return False
    rows = None if head.mapping else _rows(head.text)
    if rows is None:
        return True
    return any(sum(map(_means, cells)) >= LEAST for cells in rows)


def _rows(text: str) -> Iterator[list[str]] | None:
    """The first rows cut by each delimiter; None where quotes or escapes say what a row is."""
    first = _LINE_END.split(text, HEADER_WITHIN)[:HEADER_WITHIN]
    joined = "\n".join(first)
    if '"' in joined or "\\" in joined or len(joined.splitlines()) > len(first):
        return None
    return (line.split(cut) for line in first for cut in delimited.DELIMITERS if cut in line)


@lru_cache(maxsize=4096)
def _means(header: str) -> bool:
    """Whether some reader of tables knows a header, in one of the ways in which they look."""
    known, shown = _known(), clean(header)
    some = _SOME_BRACKETS.sub(" ", shown)
    parts = {header, shown, _BRACKETS.sub(" ", header), some, some.rpartition(".")[2]}
    for part in parts:
        text = key(part)
        if text in known.keys or text.removesuffix("0") in known.keys:
            return True
        for labels in known.labels:
            if "".join(word for word in words(part) if word not in labels) in known.keys:
                return True
    return False
