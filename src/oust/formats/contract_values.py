"""Values of contract data as text: dates, money, identifiers, and what could not be used.

Publishers write the same value in many shapes; each function returns "" for a value that is not
there and None for one that is there and cannot be used, so that the caller can quarantine it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from oust.formats.seam import Needles, one_line
from oust.model import ITEM_FIELDS, Kind, Quarantine, Record, Said, Tally

KEEP_ALL_BELOW = 8 * 1024 * 1024
"""A bulk source smaller than this is kept whole, in bytes: its rows are cheap to store."""

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?$", re.S)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:\D.*)?$", re.S)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\D.*)?$", re.S)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_GROUPED_BY_DOT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?$")
_COMMA = re.compile(r"[+-]?\d+,\d{1,2}$")
_AROUND_MONEY = " \t\u00a0\u202f$€£¥₴"
_NOT_ALNUM = re.compile(r"[\W_]+")


def iso_date(text: str) -> str | None:
    """`text` as YYYY, YYYY-MM or YYYY-MM-DD; None if it is no date or could be two dates."""
    text = text.strip()
    if not text:
        return ""
    for pattern in (_ISO, _YEAR_FIRST, _COMPACT):
        if match := pattern.match(text):
            return _checked(*match.groups())
    if match := _YEAR_LAST.match(text):
        first, second, year = match.groups()
        if int(first) > 12 or first == second:
            return _checked(year, second, first)
        if int(second) > 12:
            return _checked(year, first, second)
    return None


def _checked(year: str, month: str | None, day: str | None) -> str | None:
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7] if month else whole[:4]


def decimal(text: str) -> str | None:
    """An amount of money as a plain decimal, without sign of currency or grouping."""
    text = text.strip(_AROUND_MONEY)
    if not text:
        return ""
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1].strip(_AROUND_MONEY)
    text = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if _GROUPED.match(text):
        text = text.replace(",", "")
    elif _GROUPED_BY_DOT.match(text) and ("," in text or text.count(".") > 1):
        text = text.replace(".", "").replace(",", ".")
    elif _COMMA.match(text):
        text = text.replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    plain = value.is_finite() and abs(value.adjusted()) < 30
    return f"{value:f}" if plain else None


def alnum(text: str) -> str:
    """Digits and letters only, upper case; a `.0` that a spreadsheet added is taken off."""
    return _NOT_ALNUM.sub("", re.sub(r"(?<=\d)\.0$", "", text.strip())).upper()


def ids(*pairs: tuple[str, str]) -> tuple[str, ...]:
    """`scheme:value` of each pair with a value, in order, each once."""
    return tuple(dict.fromkeys(f"{scheme}:{value}" for scheme, value in pairs if value))


def extra(values: Mapping[str, str]) -> str:
    """The values that say something, as a JSON object; "" if none does."""
    said = {key: value for key, value in values.items() if value}
    try:
        return msgspec.json.encode(said).decode() if said else ""
    except UnicodeEncodeError:  # half surrogate pairs are legal in JSON, not in UTF-8
        whole = {key: value.encode("utf-8", "replace").decode() for key, value in said.items()}
        return msgspec.json.encode(whole).decode()


class Doubts:
    """Collects the fields of one record that could not be used."""

    def __init__(self) -> None:
        self.found: list[Quarantine] = []

    def add(self, locator: str, reason: str, value: object) -> None:
        """Note that the field at `locator` cannot be used."""
        self.found.append(Quarantine(locator, reason, one_line(value)))

    def date(self, text: str, locator: str) -> str:
        """iso_date, or "" and a note."""
        value = iso_date(text)
        if value is None:
            self.add(locator, "not a date, or one that can be read in two ways", text)
        return value or ""

    def money(self, text: str, locator: str) -> str:
        """decimal, or "" and a note."""
        value = decimal(text)
        if value is None:
            self.add(locator, "not an amount", text)
        return value or ""


def wanted(said: list[Said], needles: Needles, keep_all: bool) -> Iterable[Said]:
    """What belongs together, such as an award with its lines: all of it, or its tallies.

    An award is of no use without its lines and parties, so one wanted record keeps them all.
    Quarantines are always kept.
    """
    records = [one for one in said if isinstance(one, Record)]
    if keep_all or not records or needles.wants(*_texts(records)):
        return said
    counts: dict[Kind, int] = {}
    for record in records:
        counts[record.kind] = counts.get(record.kind, 0) + 1
    rest: list[Said] = [one for one in said if isinstance(one, Quarantine | Tally)]
    return rest + [Tally(kind, count) for kind, count in sorted(counts.items())]


def _texts(records: list[Record]) -> Iterable[str]:
    for record in records:
        for field in (*ITEM_FIELDS, "extra"):
            value = getattr(record, field)
            if isinstance(value, tuple):
                yield from value
            elif value:
                yield value
