"""How much each method has to look for, by vendor: with nothing to meet it finds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from oust.covered import SoughtBy
from oust.data.dossier import Dossier
from oust.data.kinds import IDENTIFIER_KINDS
from oust.model import Method

_METHODS: tuple[Method, ...] = get_args(Method)
_PARTY: tuple[Method, ...] = ("purchase records", "ownership statements")
_LOGS: tuple[Method, ...] = ("DNS log", "connection log")
_NAMES: tuple[Method, ...] = ("purchase records", "SBOM", "software inventory", "files")

BY_PLACE: dict[str, tuple[Method, ...]] = {
    **dict.fromkeys(("purl", "ids:cpe"), ("SBOM",)),
    **dict.fromkeys(
        ("ids:uei", "ids:parent-uei", "ids:cage", "ids:duns", "ids:parent-duns", "ids:lei"), _PARTY
    ),
    "ids:reg": (*_PARTY, "files"),
    **dict.fromkeys(
        ("ids:msi", "ids:uninstall", "ids:appx", "ids:winget", "ids:cask", "ids:bundle"),
        ("software inventory",),
    ),
    **dict.fromkeys(
        ("ids:android", "ids:service", "ids:process", "ids:av", "ids:deb", "ids:rpm"),
        ("software inventory",),
    ),
    **dict.fromkeys(("ids:team", "ids:signer", "ids:signer-dn", "ids:company"), ("files",)),
    **dict.fromkeys(("ids:sha256", "path", "path:last", "path:segment"), ("files",)),
    **dict.fromkeys(("ids:domain", "ids:ip"), _LOGS),
    **dict.fromkeys(("ids:mime", "ids:user-agent", "urls:path", "urls:last"), ("connection log",)),
    "ids:mac": ("address list",),
}
"""Methods whose records carry what is compared in a place; see IDENTIFIER_KINDS."""


def sought(dossiers: Iterable[Dossier]) -> Iterator[SoughtBy]:
    """Values of each dossier by the methods that can meet them."""
    for dossier in dossiers:
        counts: dict[Method, list[int]] = {method: [0, 0] for method in _METHODS}
        for identifier in dossier.identifiers:
            kind = IDENTIFIER_KINDS.get(identifier.kind)
            places = kind.places if kind else ()
            for method in {one for place in places for one in BY_PLACE.get(place, ())}:
                _count(counts[method], len(identifier.values), identifier.strength)
        for fact in (*dossier.names, *dossier.products):
            for method in _NAMES:
                _count(counts[method], 1, fact.strength)
        for fact in (*dossier.names, *dossier.ownership):
            _count(counts["ownership statements"], 1, fact.strength)
        for method in _METHODS:
            yield SoughtBy(dossier.id, method, *counts[method])


def _count(numbers: list[int], values: int, strength: str) -> None:
    numbers[0] += values
    numbers[1] += values if strength == "weak" else 0
