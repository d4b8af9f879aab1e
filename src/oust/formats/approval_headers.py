"""Which column of a list of approvals holds what, by the spellings of data/approval_headers.yaml.

Price lists, exclusion extracts and lists of certificates share it; what their rows become is told
by price_list, exclusions and certificates.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from oust.formats import dates, purchases
from oust.formats.purchases import key, words
from oust.formats.seam import one_line
from oust.model import Quarantine, Said, Tally

NOTHING = purchases.NOTHING | {"not provided", "unspecified", "tbd"}
EXACT, BESIDES, LIKE = 3, 2, 1
"""How well a header fits: as written, without its brackets, besides label words."""

DAY_ZERO = date(1899, 12, 30)
"""Spreadsheets count days from here."""

_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_PAIR = re.compile(r"\s*(\d\d?)[/-](\d\d?)[/-]\d{4}")


class Section(NamedTuple):
    """One kind of list: spellings by key, and whatever else the file says of it."""

    exact: dict[str, list[tuple[str, int]]]  # key -> (role, rank in the role)
    order: dict[str, int]  # role -> place in the file
    labels: frozenset[str]
    said: dict[str, Any]

    def keys(self, name: str) -> frozenset[str]:
        """A list of headers, as keys."""
        return _keys(self, name)


def _keys(section: Section, name: str) -> frozenset[str]:
    return frozenset(key(str(one)) for one in section.said.get(name, ()))


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, Any]]:
    import yaml

    raw = resources.files("oust.data").joinpath("approval_headers.yaml").read_text("utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, dict[str, Any]] = yaml.load(raw, loader)  # noqa: S506 (both safe)
    return found


@lru_cache(maxsize=4)
def section(name: str) -> Section:
    """`listings`, `exclusions` or `certificates`."""
    said = _file()[name]
    exact: dict[str, list[tuple[str, int]]] = {}
    order: dict[str, int] = {}
    for role, headers in said["roles"].items():
        order[role] = len(order)
        for rank, header in enumerate(headers):
            exact.setdefault(key(str(header)), []).append((role, rank))
    shared = {"origin" if one == "origin_country" else one: one for one in said["shared"]}
    order |= {role: len(order) + n for n, role in enumerate(shared) if role not in order}
    for text, meanings in purchases.spellings().exact.items():
        for role, common in shared.items():
            ranks = [rank for name, rank in meanings if name == common]
            if ranks and text not in exact:
                exact[text] = [(role, 1000 + ranks[0])]
    return Section(exact, order, frozenset(map(str, said["labels"])), said)


def places_of(headers: Sequence[str], known: Section) -> dict[str, int]:
    """Index of the column of each role: one column a role, one role a column, best fit first."""
    ranked = sorted(
        (-fit, known.order[role], rank, index, role)
        for index, header in enumerate(headers)
        for role, rank, fit in _meanings(header, known)
    )
    taken: dict[str, int] = {}
    for _, _, _, index, role in ranked:
        if role not in taken and index not in taken.values():
            taken[role] = index
    return taken


def _meanings(header: str, known: Section) -> Iterable[tuple[str, int, int]]:
    header = header.strip().rstrip("*").strip()
    bare = _BRACKETS.sub(" ", header)
    rest = "".join(word for word in words(bare) if word not in known.labels)
    for text, fit in ((key(header), EXACT), (key(bare), BESIDES), (rest, LIKE)):
        if text in known.exact:
            for role, rank in known.exact[text]:
                yield role, rank, fit
            return


def counted(headers: Iterable[str], wanted: frozenset[str]) -> int:
    """How many of the headers are among the keys."""
    return len({key(header) for header in headers} & wanted)


class Cells:
    """The cells of one row by role: stripped, entities resolved, what stands for nothing empty."""

    def __init__(self, places: Mapping[str, int], row: Sequence[str]) -> None:
        self._places, self._row = places, row

    def __getitem__(self, role: str) -> str:
        index = self._places.get(role, -1)
        text = self._row[index] if 0 <= index < len(self._row) else ""
        text = html.unescape(text) if "&" in text else text
        text = text.strip().strip("\ufeff\u00a0").strip()
        return "" if text.casefold() in NOTHING else text


def day(text: str, day_first: bool | None) -> str:
    """ISO date of the first date in a cell; also of a spreadsheet's day number."""
    text = text.split(";")[0].strip()
    if _SERIAL.fullmatch(text):
        return (DAY_ZERO + timedelta(days=int(float(text)))).isoformat()
    if re.fullmatch(r"(?:19|20)\d\d", text):
        return text
    return dates.day(text, day_first)


def day_first(texts: Iterable[str], usual: bool | None) -> bool | None:
    """Whether 03/04/2016 is the third of April, by the other dates; `usual` where they are mute."""
    pairs = [match for text in texts if (match := _PAIR.match(text))]
    first = any(int(pair[1]) > 12 for pair in pairs)
    second = any(int(pair[2]) > 12 for pair in pairs)
    return first if first != second else usual


def column(rows: Iterable[Sequence[str]], places: Mapping[str, int], *roles: str) -> list[str]:
    """Texts in the columns of these roles."""
    wanted = [places[role] for role in roles if role in places]
    return [row[at] for row in rows for at in wanted if at < len(row)]


def no_entry(row: Sequence[str], headers: Sequence[str], locator: str, what: str) -> Said:
    """A row that is none: empty, the headers again, as printed lists repeat them, or a note."""
    cells = [cell.strip() for cell in row]
    if not any(cells) or cells == [header.strip() for header in headers]:
        return Tally("document", 1)
    shown = one_line(" | ".join(cell for cell in row if cell.strip()))
    return Quarantine(locator, f"the row names no {what}", shown)
