"""What a dossier says, as types. The YAML that is read into them: docs/dossier-schema.md."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SourceTier = Literal["primary", "official copy", "press", "secondary"]
"""How close a source stands to the fact: the party's own artefact or text; an official copy of
it; press; somebody else's code, list or report."""

Grade = Literal["", "weak"]
"""`weak`: never makes an exposure alone; `why` says what else produces it."""

Match = Literal["", "exact", "prefix", "suffix", "regex"]
"""How a value is compared within its own field; empty means: as its kind is compared."""

Serves = Literal[
    "", "update", "look-up", "licence", "telemetry", "device", "protection", "mail", "web"
]
"""What a destination is there for, where a source says so; empty: not known. `device`: what
cameras, recorders and the like call to be reached. `protection`: carries sites of others."""


class Cited(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What every fact carries."""

    source: tuple[str, ...]
    tier: SourceTier
    note: str = ""
    since: str = ""  # ISO date as far as known
    until: str = ""
    strength: Grade = ""
    why: str = ""  # required when weak


class Name(Cited, frozen=True, kw_only=True):
    """A name of the vendor itself or of a company of its group."""

    value: str
    kind: Literal["legal", "short", "brand", "former", "trading", "group"]
    aliases: tuple[str, ...] = ()
    script: str = ""  # ISO 639-1 of a non-Latin name
    country: str = ""  # ISO 3166-1 alpha-2


class Holding(Cited, frozen=True, kw_only=True):
    """A dated ownership or succession statement. Reads: `owner` owns/controls `owned`."""

    party: str  # the other party
    relation: Literal["owns", "owned-by", "controls", "controlled-by", "succeeded-by", "affiliate"]
    names: tuple[str, ...] = ()  # further names of that party to look for
    share: str = ""  # per cent, decimal
    country: str = ""


class Product(Cited, frozen=True, kw_only=True):
    """A product or product line. `distinctive`: the name alone says whose it is."""

    value: str
    kind: str
    aliases: tuple[str, ...] = ()
    distinctive: bool = True


class Identifier(Cited, frozen=True, kw_only=True):
    """Values of one kind that share a source: compared in their own field, never in free text."""

    kind: str  # see IDENTIFIER_KINDS in data/kinds.py
    values: tuple[str, ...]
    match: Match = ""
    product: str = ""
    serves: Serves = ""  # of hosts and addresses
    detail: dict[str, str] = {}  # registrant, scheme, mime, ...; altitude by driver name


class Embedding(Cited, frozen=True, kw_only=True):
    """The vendor's code licensed inside another vendor's product."""

    licensee: str
    product: str  # as the source describes it
    names: tuple[str, ...] = ()  # product names by which other evidence may know it
    ids: tuple[str, ...] = ()  # `scheme:value` as in Record.ids, and `purl:...` prefixes
    version_from: str = ""  # first version with it
    version_until: str = ""  # first version without it
    observed: str = ""  # date on which it was seen, where no range is known
    update_host: str = ""
    optional: bool = False  # only by licence or choice of engine


class NotEvidence(Cited, frozen=True, kw_only=True):
    """A confusion seen in real data: what looks like the vendor and is not.

    `patterns` are literals (case-insensitive, whole words unless they begin or end with `*`);
    `fields` limits them to record fields. `scope` says what a match explains by `why`: `span` the
    sighted words that it overlaps, `field` every sighting in the same field (clause text).
    """

    value: str  # as the fact file describes it
    patterns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    scope: Literal["span", "field"] = "span"


class Removal(Cited, frozen=True, kw_only=True):
    """How to remove a product."""

    value: str
    kind: str
    applies_to: str = ""


class Dossier(Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Who the vendor is and how it shows."""

    id: str  # file name without ending: `kaspersky`
    vendor: str  # display name: `Kaspersky`
    word: tuple[str, ...] = ()  # distinctive words that alone name the vendor: `kaspersky`
    misspellings: tuple[str, ...] = ()  # seen or expected spellings beyond one edit
    about: str = ""
    names: tuple[Name, ...] = ()
    ownership: tuple[Holding, ...] = ()
    products: tuple[Product, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    removal: tuple[Removal, ...] = ()
    not_evidence: tuple[NotEvidence, ...] = ()
