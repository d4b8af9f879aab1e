"""What was looked at and what was not, as types: shared by oust.coverage and the reports."""

from __future__ import annotations

from msgspec import Struct

from oust.model import Look, Looked, Method, Source


class Missing(Struct, frozen=True, omit_defaults=True):
    """A host that some evidence names and no inventory shows."""

    host: str
    met_in: tuple[str, ...]  # sources, up to three
    like: str = ""  # an inventoried host with the same first label


class TimeGap(Struct, frozen=True):
    """A time between two logs of one method that no log covers."""

    method: Method
    since: str
    until: str


class Attribution(Struct, frozen=True):
    """Executables of one place, and how many say whose they are. One may say so in several ways."""

    place: str
    executables: int
    signer: int
    company: int
    package: int
    none: int


class SoughtBy(Struct, frozen=True):
    """How many values of a vendor's dossier a method can meet."""

    vendor: str
    method: Method
    values: int
    weak: int  # of these, values that alone make no exposure


class Covered(Struct, frozen=True, kw_only=True):
    """Every look, and what no look covers."""

    looks: tuple[Look, ...]
    looked: Looked
    missing: tuple[Missing, ...]
    buyers: tuple[str, ...]  # that awards name and no inventory does
    gaps: tuple[TimeGap, ...]
    attribution: tuple[Attribution, ...]
    unread: tuple[Source, ...]
    stale: tuple[str, ...]  # bulk files not searched for what is sought now
    sought: tuple[SoughtBy, ...]
