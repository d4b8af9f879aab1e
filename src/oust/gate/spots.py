"""On which line of its file the words stand, as code hosts want to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from msgspec import structs

from oust.gated import Found, Spot

LARGEST = 64 * 1024**2
_LINE = re.compile(r"line (\d+)\Z")
_BYTE = re.compile(r"byte (\d+)\Z")


def placed(found: Found, places: Mapping[str, Path]) -> Found:
    """A thing whose places tell their lines, as far as they can be told."""
    spots = tuple(
        structs.replace(one, line=_line(one, places), file=_file(one, places))
        for one in found.spots
    )
    return structs.replace(found, spots=spots)


def _file(spot: Spot, places: Mapping[str, Path]) -> str:
    """The file, or the archive that holds it, as its path from the folder of the call."""
    place = places.get(spot.evidence.source.split("!/")[0])
    if place is None:
        return ""
    with suppress(ValueError):
        return place.absolute().relative_to(Path.cwd()).as_posix()
    return place.absolute().as_posix()


def _line(spot: Spot, places: Mapping[str, Path]) -> int:
    """By the locator; else where the words first stand in the file; 0 if that is not known."""
    place = places.get(spot.evidence.source)
    locator = spot.evidence.locator
    if match := _LINE.match(locator):
        return int(match[1])
    data = _content(place) if place else b""
    if match := _BYTE.search(locator):
        return data.count(b"\n", 0, int(match[1])) + 1 if data else 0
    words = spot.evidence.text.encode("utf-8", "replace")
    at = data.find(words) if words else -1
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 0


@lru_cache(maxsize=2)
def _content(place: Path) -> bytes:
    try:
        return place.read_bytes() if place.stat().st_size <= LARGEST else b""
    except OSError:
        return b""
