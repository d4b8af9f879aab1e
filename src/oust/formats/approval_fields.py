"""Fields of an entry written by hand, and the sources that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from oust.formats import dates
from oust.formats.listing import urls
from oust.formats.seam import one_line
from oust.formats.yaml_lines import At
from oust.model import Quarantine

TIERS = ("primary", "official copy", "press", "secondary")
"""How near a source is to the fact."""

_ALIASES = {
    **{"manufacturer": "vendor", "seller": "holder", "reseller": "holder", "agency": "buyer"},
    **{"value": "amount", "from": "since", "to": "until", "date": "since", "sources": "source"},
    **{"contract_number": "contract", "number": "certificate", "comment": "note"},
    **{"amount_text": "text", "organisation": "party", "link": "url"},
}
_ABOUT = frozenset({"title", "url", "tier", "date", "by", "outlet", "note", "language", "id"})


class Origin(NamedTuple):
    """Where a fact was read."""

    words: str  # title, outlet and date
    url: str
    tier: str
    note: str


class Sources:
    """Sources that a file names once and refers to by their id."""

    def __init__(self) -> None:
        self._known: dict[str, Origin] = {}

    def add(self, item: At) -> Iterator[Quarantine]:
        """Note one entry of the list `sources`; what is wrong with it is yielded."""
        told = Fields(item, _ABOUT)
        yield from told.wrong
        if not told["id"]:
            yield Quarantine(f"line {item.line}", "a source without `id`", one_line(bare(item)))
            return
        self._known[told["id"]] = told.origin()
        yield from told.late

    def of(self, item: At | None, wrong: list[Quarantine]) -> list[Origin]:
        """Sources that a field names: ids, addresses, mappings, or a list of those."""
        if item is None or item.value is None:
            return []
        if isinstance(item.value, list):
            return [origin for one in item.value for origin in self.of(one, wrong)]
        if isinstance(item.value, dict):
            told = Fields(item, _ABOUT)
            origin = told.origin()
            wrong += (*told.wrong, *told.late)
            return [origin]
        if item.value in self._known:
            return [self._known[item.value]]
        link = next(iter(urls(item.value)), "")
        return [Origin("" if link else item.value, link, "", "")]


class Fields:
    """The fields of one mapping as text; what cannot be used of them."""

    def __init__(self, item: At, known: frozenset[str]) -> None:
        self.line = item.line
        self.wrong: list[Quarantine] = []
        self.late: list[Quarantine] = []  # found when a field is asked for
        self.at: dict[str, At] = {}
        for key, held in item.value.items() if isinstance(item.value, dict) else ():
            name = re.sub(r"[\s-]+", "_", key.strip().casefold())
            name = name if name in known else _ALIASES.get(name, name)
            if name in known:
                self.at.setdefault(name, held)
            else:
                reason = f"`{one_line(key, 40)}` is no field that is known here"
                self.wrong.append(Quarantine(f"line {held.line}", reason, one_line(bare(held))))

    def __getitem__(self, name: str) -> str:
        held = self.at.get(name)
        if held is None or held.value is None:
            return ""
        if isinstance(held.value, str):
            return " ".join(held.value.split())
        if isinstance(held.value, list) and all(isinstance(one.value, str) for one in held.value):
            return "; ".join(" ".join(one.value.split()) for one in held.value)
        self.doubt(name, f"`{name}`: a text is meant")
        del self.at[name]
        return ""

    def doubt(self, name: str, reason: str) -> None:
        """Note that a field cannot be used."""
        held = self.at[name]
        self.late.append(Quarantine(f"line {held.line}", reason, one_line(bare(held))))

    def date(self, name: str) -> tuple[str, str]:
        """ISO date as far as it goes, and the text where it is none."""
        text = self[name]
        found = iso(text)
        if text and not found:
            self.doubt(name, f"`{name}` is not a date that can be read in one way only")
        return found, "" if found else text

    def origin(self) -> Origin:
        """As a source."""
        date, tier = self["date"], self["tier"].casefold()
        if tier and tier not in TIERS:
            self.doubt("tier", f"unknown tier; known are: {', '.join(TIERS)}")
            tier = ""
        words = ", ".join(filter(None, (self["title"], self["outlet"], self["by"], date)))
        link = next(iter(urls(self["url"])), "")
        if self["url"] and not link:
            self.doubt("url", "`url` is no web address")
        return Origin(words, link, tier, self["note"])


def origin_notes(origins: Iterable[Origin]) -> dict[str, str]:
    """What `extra` tells of the sources: their names, notes and tiers."""
    held = list(origins)
    return {
        "source": _joined(origin.words for origin in held),
        "source_note": _joined(origin.note for origin in held),
        "tier": _joined(origin.tier for origin in held),
    }


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def iso(text: str) -> str:
    """The date as far as it goes: year, year and month, or day."""
    if re.fullmatch(r"(1[89]|2[01])\d\d(-(0[1-9]|1[0-2]))?", text):
        return text
    return dates.day(text)


def bare(item: At) -> Any:
    """A value without its lines, to be shown."""
    if isinstance(item.value, dict):
        return {key: bare(held) for key, held in item.value.items()}
    if isinstance(item.value, list):
        return [bare(held) for held in item.value]
    return item.value
