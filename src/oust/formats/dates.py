"""Dates as inventories write them, to ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier enero januar gennaio янв",
            "feb february février fevrier febrero februar febbraio фев",
            "mar march mars marzo märz maerz mär мар",
            "apr april avril abril aprile апр",
            "may mai mayo maggio май мая",
            "jun june juin junio juni giugno июн",
            "jul july juillet julio juli luglio июл",
            "aug august août aout agosto авг",
            "sep sept september septembre septiembre settembre сен",
            "oct october octobre octubre okt oktober ottobre окт",
            "nov november novembre noviembre ноя",
            "dec december décembre decembre diciembre dez dezember dicembre дек",
        ),
        1,
    )
    for name in names.split()
}
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_SLASHED = re.compile(r"(\d{4})[/.](\d\d?)[/.](\d\d?)(?!\d)")
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6}(?:\.\d+)?(?:[+-]\d+)?)?$")
_DOTTED = re.compile(r"(\d\d?)\.\s?(\d\d?)\.(\d{4})(?!\d)")
_EITHER = re.compile(r"(\d\d?)[/-](\d\d?)[/-](\d{4})(?!\d)")
_WORDED = re.compile(r"(?:[^\W\d]+\.?,? )?(\d\d?)[. -]+([^\W\d]+)\.?[ ,-]+(\d{4})")
_WORD_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,? )?([^\W\d]+)\.? (\d\d?),?(?: [\d:]+(?: [AP]M)?)?(?: [A-Z]{2,5})? (\d{4})"
)
_MONTH = re.compile(r"(\d{4})-(\d\d)$")


def iso(year: str | int, month: str | int, day: str | int) -> str:
    """ISO date of the three, empty if there is no such day or it lies outside 1980 to 2200."""
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return ""
    return found.isoformat() if 1980 <= found.year < 2200 else ""


@lru_cache(maxsize=4096)  # inventories repeat the same few days
def day(text: str, day_first: bool | None = None) -> str:
    """ISO date of a date as listings write it; empty if there is none or it is ambiguous.

    `03/04/2016` is read only when a number above 12 or `day_first` settles it. Ten or thirteen
    digits are seconds or milliseconds since 1970, UTC.
    """
    text = " ".join(text.split())
    for pattern in (_ISO, _SLASHED, _PACKED):
        if match := pattern.match(text):
            return iso(match[1], match[2], match[3])
    if match := _DOTTED.match(text):
        return iso(match[3], match[2], match[1])
    if match := _EITHER.match(text):
        return _either(match[1], match[2], match[3], day_first)
    if match := _WORDED.match(text):
        return iso(match[3], _MONTHS.get(match[2].lower(), 0), match[1])
    if match := _WORD_FIRST.match(text):
        return iso(match[3], _MONTHS.get(match[1].lower(), 0), match[2])
    if match := _MONTH.match(text):
        return text if 1 <= int(match[2]) <= 12 else ""
    return _epoch(text)


def _either(first: str, second: str, year: str, day_first: bool | None) -> str:
    if int(first) > 12 or first == second or (day_first and int(second) <= 12):
        return iso(year, second, first)
    if int(second) > 12 or day_first is False:
        return iso(year, first, second)
    return ""


def _epoch(text: str) -> str:
    if not re.fullmatch(r"\d{9,10}(\.\d+)?|\d{13}", text):
        return ""
    seconds = float(text) / (1000 if len(text) == 13 else 1)
    found = datetime.fromtimestamp(seconds, UTC).date()
    return iso(found.year, found.month, found.day)
