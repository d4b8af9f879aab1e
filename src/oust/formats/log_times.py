"""Times as log lines carry them: as ISO 8601 where the year is told, else as written.

A time with a zone becomes UTC (`Z`); one without a zone stays without. Nothing is guessed: a
syslog line that tells no year has no ISO date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ISO = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?\s?(Z\b|[+-]\d\d:?\d\d\b)?"
)
_CLF = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-]\d{4}))?")
_NAMED = re.compile(r"\b(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)")
_EPOCH = re.compile(r"(?<![\w.:-])(\d{9,10})(?:\.\d{1,9})?(?![\w.:-])")
_SYSLOG = re.compile(r"\b([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)\b")


class Moment(Struct, frozen=True):
    """When a line was written. `iso` is empty where the year is not told; `raw` is as written."""

    iso: str = ""
    raw: str = ""


NEVER = Moment()


@lru_cache(maxsize=8192)
def moment(text: str) -> Moment:
    """The time in `text`, which is what stands before a log line's message."""
    if match := _ISO.search(text):
        year, month, day, *clock, zone = match.groups()
        return _at(match[0], (year, month, day, *clock), zone or "")
    if match := _CLF.search(text):
        day, name, year, *clock, zone = match.groups()
        return _at(match[0], (year, _month(name), day, *clock), zone or "")
    if match := _NAMED.search(text):
        day, name, year, *clock = match.groups()
        return _at(match[0], (year, _month(name), day, *clock), "")
    if match := _EPOCH.search(text):
        return epoch(match[1])
    if (match := _SYSLOG.search(text)) and match[1].lower() in _MONTHS:
        return Moment(raw=match[0])
    return NEVER


def epoch(text: str) -> Moment:
    """Seconds since 1970 as text; NEVER for what is no such number or none that can be told."""
    if not re.fullmatch(r"\d{1,11}(?:\.\d*)?", text):
        return NEVER
    seconds = int(text.partition(".")[0])
    if not 0 < seconds < 32_503_680_000:
        return NEVER
    return Moment(datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), text)


def _month(name: str) -> str:
    return str(_MONTHS.get(name.lower(), 0))


def _at(raw: str, parts: tuple[str, ...], zone: str) -> Moment:
    try:
        when = datetime(*(int(part) for part in parts))  # type: ignore[arg-type]
        if not zone:
            return Moment(when.strftime("%Y-%m-%dT%H:%M:%S"), raw)
        offset = "+00:00" if zone == "Z" else zone
        aware = datetime.strptime(f"{when:%Y-%m-%dT%H:%M:%S}{offset}", "%Y-%m-%dT%H:%M:%S%z")
        return Moment(aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), raw)
    except (ValueError, OverflowError):
        return Moment(raw=raw)
