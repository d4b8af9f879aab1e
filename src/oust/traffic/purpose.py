"""What a destination serves: update, cloud look-up, licence, web; unknown where nothing says so.

By the dossier first: the kind of the identifier that was met, and what it says that this serves;
then the labels of the host name, which the vendor chose, then the dossier's own words. Each answer
comes with its ground, so that a reader can disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from oust.channel import Purpose
from oust.data.dossier import Dossier, Identifier

BY_KIND: dict[str, Purpose] = {
    "licensee_update_host": "update",
    "update_index_file": "update",
    "mime_type": "update",
    "url_path": "update",
    "installer_host": "update",
    "sparkle_feed_guid": "update",
    "p2p_host": "device",
}
"""Kinds of identifiers that only destinations of one purpose have."""

WHAT: dict[str, str] = {
    "update": "updates or installers",
    "look-up": "cloud look-ups",
    "licence": "licences",
    "telemetry": "measurement of use",
    "device": "devices, to be reached",
    "protection": "sites of others, to protect them",
    "mail": "mail",
    "web": "web pages",
}
"""How a purpose that a dossier states is read aloud."""

LABELS: dict[str, Purpose] = {
    **dict.fromkeys(("ksn", "geoksn", "reputation", "verdict", "cloudscan"), "look-up"),
    **dict.fromkeys(("activation", "activate", "licence", "license", "licensing"), "licence"),
    **dict.fromkeys(("upd", "update", "updates", "dnl", "liveupdate", "autoupdate"), "update"),
    **dict.fromkeys(("firmware", "fota", "ota", "patch"), "update"),
}
"""Words between dots, hyphens and digits of a host name, left of its last two labels.

Of several the first in this table decides: `ksn` before `update`, as what is asked goes both ways.
"""

WORDS: tuple[tuple[re.Pattern[str], Purpose], ...] = (
    (re.compile(r"(?i)\b(?:cloud look-?ups?|reputation)\b"), "look-up"),
    (re.compile(r"(?i)\b(?:activation|licen[cs]e) (?:host|server|service)s?\b"), "licence"),
    (re.compile(r"(?i)\b(?:serves? (?:the )?(?:installers|updates)|update feed)\b"), "update"),
    (re.compile(r"(?i)\b(?:web|shop|site|sites|browsing|community|documentation|pages)\b"), "web"),
)  # fmt: skip
"""Words of the dossier's note, product, detail and reason of weakness.

Of a weak value the last, a web site, is tried first: it is why most of them are weak.
"""

ORDER: tuple[Purpose, ...] = get_args(Purpose)


def purpose_of(name: str, identifier: str, dossier: Dossier) -> tuple[Purpose, str]:
    """The purpose of the host `name`, which `identifier` (`kind:value`) met, and its ground."""
    kind, _, value = identifier.partition(":")
    if kind in BY_KIND:
        return BY_KIND[kind], f"dossier: {kind.replace('_', ' ')} {value}"
    fact = fact_of(dossier, kind, value)
    stated = _stated(fact, value, name)
    # of a whole domain of web pages, a host below it may be there for something else
    if stated and (stated[0] != "web" or name.removeprefix("www.") == value):
        return stated
    words = frozenset(_words(name))
    for word, purpose in LABELS.items():
        if word in words:
            return purpose, f"“{word}” in the host name"
    if stated:
        return stated
    table = WORDS if not fact or not fact.strength else WORDS[-1:] + WORDS[:-1]
    for pattern, purpose in table:
        for text in _texts(fact):
            if pattern.search(text):
                return purpose, f"dossier on {value}: “{text.partition(':')[0]}”"
    return "unknown", f"nothing says what {value or name} serves"


def _stated(fact: Identifier | None, value: str, name: str) -> tuple[Purpose, str] | None:
    if fact is None or not fact.serves:
        return None
    which = "" if value == name else f"{value} "  # the host itself is named beside it
    return fact.serves, f"dossier: {which}serves {WHAT[fact.serves]}"


def fact_of(dossier: Dossier, kind: str, value: str) -> Identifier | None:
    """The identifier of `dossier` that has this value."""
    same = (one for one in dossier.identifiers if one.kind == kind and value in one.values)
    return next(same, None)


def _words(name: str) -> Iterable[str]:
    for label in name.lower().split(".")[:-2]:
        yield from re.split(r"[-_\d]+", label)


def _texts(fact: Identifier | None) -> Iterable[str]:
    if fact:
        yield from (
            one for one in (fact.note, fact.product, *fact.detail.values(), fact.why) if one
        )
