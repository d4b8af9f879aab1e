"""What is known of access agreements, as types: shared by oust.agreements, case and the reports."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

from oust.model import Evidence, Strength

Concern = Literal[
    "the vendor has access",
    "uses the vendor",
    "subcontractor uses the vendor",
    "access after the end",
    "clause",
    "vetting",
    "subcontractor not listed",
    "nobody looked",
]
"""What an agreement should be looked into for, most urgent first."""

URGENCY: tuple[Concern, ...] = get_args(Concern)

Federal = Literal["yes", "no", "not known"]


class Agreement(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One entry of a register, as written. An empty field: not stated."""

    id: str  # as the register calls it; its place, where it has no name
    party: str  # who gets access
    key: str  # of the party
    granted_by: str = ""
    title: str = ""
    systems: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    access: str = ""
    contracts: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    clauses_stated: bool = False  # also where the register says that there are none
    federal: str = ""
    since: str = ""
    until: str = ""
    access_removed: str = ""
    vetted: str = ""  # as the register words it: yes, no, pending
    vetted_by: str = ""
    vetted_on: str = ""
    vetting_expires: str = ""
    ground: str = ""
    attestation: str = ""
    attested_on: str = ""
    prime: str = ""
    subcontractors: tuple[str, ...] = ()
    contact: str = ""
    officer: str = ""
    note: str = ""
    ids: tuple[str, ...] = ()  # of the party
    evidence: Evidence


class Point(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing to look into, with what it rests on."""

    concern: Concern
    says: str
    evidence: tuple[Evidence, ...] = ()
    exposures: tuple[str, ...] = ()  # ids
    strength: Strength | Literal[""] = ""  # of the weakest exposure it rests on
    citation: str = ""


class Known(Struct, frozen=True, omit_defaults=True):
    """Something that evidence says of the party."""

    says: str
    evidence: tuple[Evidence, ...] = ()


class Ask(Struct, frozen=True):
    """Whom to ask for what is missing."""

    whom: str
    what: str


class Vetted(Struct, frozen=True, kw_only=True):
    """An agreement held against everything read."""

    agreement: Agreement
    points: tuple[Point, ...]
    known: tuple[Known, ...]
    missing: tuple[str, ...]
    ask: tuple[Ask, ...]


class Alike(Struct, frozen=True, omit_defaults=True):
    """Two names that may be one party. Nothing was joined by it."""

    first: str
    second: str
    ground: str


class Vetting(Struct, frozen=True, kw_only=True):
    """Every agreement, most urgent first, and what the answer rests on."""

    as_of: str
    vendors: tuple[str, ...]  # ids of those looked for
    clauses: tuple[str, ...]  # numbers asked for; empty: none binds who asks
    agreements: tuple[Vetted, ...]
    awards: int  # awards and subawards looked through
    subawards: int
    possibly_same: tuple[Alike, ...] = ()
