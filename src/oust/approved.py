"""How a vendor was let in, as types: shared by oust.approvals and the reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from oust.model import Evidence, Looked, Strength

Station = Literal[
    "vendor",
    "product",
    "certification",
    "vehicle",
    "holder",
    "award",
    "order",
    "agency",
    "host",
]
"""Stations of a chain in order. `award`: the contract that the vehicle is. `order`: a purchase,
on a vehicle or without one."""


class Stop(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One station on a chain, and on what ground it follows from the others."""

    station: Station
    name: str = ""  # empty: nothing is known, and `missing` says what was not read
    since: str = ""  # ISO as far as known
    until: str = ""
    count: int = 1  # how many alike, `name` being the first of them
    last: str = ""  # of several: date of the last one
    ground: str = ""
    strength: Strength | Literal[""] = ""
    evidence: tuple[Evidence, ...] = ()
    missing: str = ""


class Chain(Struct, frozen=True, kw_only=True):
    """One way in: by one vehicle and holder to one agency, as far as it was read."""

    stops: tuple[Stop, ...]
    first: str  # earliest date on it
    last: str
    whole: bool  # nothing between product and agency is missing


DatedBy = Literal["since", "seen", "until"]


class Step(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something that let the vendor in or shut it out, once."""

    when: str  # ISO as far as known; empty: not dated
    by: DatedBy = "since"  # what `when` is
    kind: str  # a type of approval, or `first order`, `last order`, `first installed`
    says: str
    until: str = ""
    agency: str = ""
    source: str = ""  # where the record itself says it was read, and how near that is
    evidence: tuple[Evidence, ...] = ()


class Sum(Struct, frozen=True, kw_only=True):
    """Amounts of one currency, added up. Amounts taken back are negative."""

    currency: str  # as the source names it; empty: it does not
    value: Decimal
    unknown: int = 0  # orders or changes without an amount that can be added


class Year(Struct, frozen=True, kw_only=True):
    """The orders and changes of one agency in one calendar year."""

    year: str  # empty: without a date
    awards: int  # distinct numbers
    rows: int  # orders, and changes to them
    sums: tuple[Sum, ...]


class Agency(Struct, frozen=True, kw_only=True):
    """What one agency ordered, year by year."""

    name: str  # the spelling most used
    names: tuple[str, ...]  # every spelling
    first: str
    last: str
    peak: str  # the year with most of `peak_by`
    peak_by: str  # `value` and the currency, or `awards` where no amount is known
    awards: int  # distinct numbers; an award of several years counts once
    rows: int
    sums: tuple[Sum, ...]
    years: tuple[Year, ...]


class Aside(Struct, frozen=True, kw_only=True):
    """Awards that name the vendor and buy nothing of it, by the reason."""

    reason: str
    awards: int
    rows: int
    first: str
    last: str


class Repeated(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Rows left out of the figures because another export says the same."""

    rows: int = 0
    totals: int = 0  # of these, totals of awards whose changes are read elsewhere
    differing: int = 0  # of these, with another amount than the row that counts
    without_number: int = 0  # rows that count, and cannot be compared for want of a number


class Figure(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A total that somebody states, beside what was read."""

    name: str
    amount: str  # as stated, with what bounds it
    of: str = ""
    by: str = ""
    buyer: str = ""
    since: str = ""  # when it was stated, or from when on it counts
    until: str = ""
    currency: str = ""
    tier: str = ""
    origin: str = ""
    conflicts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    seen: tuple[Sum, ...] = ()  # of orders read, for the same agency and time
    seen_of: str = ""  # what `seen` counts
    evidence: tuple[Evidence, ...] = ()


class Approval(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One approval record of the vendor."""

    type: str
    name: str
    version: str = ""
    manufacturer: str = ""
    holder: str = ""
    buyer: str = ""
    vehicle: str = ""  # contract number of the vehicle
    vehicle_name: str = ""
    certificate: str = ""
    authority: str = ""
    amount: str = ""
    currency: str = ""
    since: str = ""
    until: str = ""
    seen: str = ""  # day on which it was seen to hold
    source: str = ""  # where the source itself says it read this
    tier: str = ""  # how near that is: primary, official copy, press, secondary
    note: str = ""  # level, scheme, status: whatever else it says in short
    strength: Strength | Literal[""] = ""
    urls: tuple[str, ...] = ()
    evidence: Evidence


class Approvals(Struct, frozen=True, kw_only=True):
    """How a vendor was let in, as far as it was read."""

    vendor: str
    name: str
    counts: dict[str, int]  # approvals by type
    holders: tuple[str, ...]  # who sells it, the vendor left out
    own_contract: str = ""  # why the vendor has a contract of its own; empty: none was read
    approvals: tuple[Approval, ...]
    chains: tuple[Chain, ...]
    more_chains: int = 0  # found beyond those given
    steps: tuple[Step, ...]
    agencies: tuple[Agency, ...]
    asides: tuple[Aside, ...]
    repeated: Repeated
    figures: tuple[Figure, ...]
    named_only: int = 0  # approvals that name the vendor and are not about it
    notes: tuple[str, ...] = ()  # what could not be said
    looked: Looked = Looked()

    @property
    def empty(self) -> bool:
        """Whether nothing shows how the vendor was let in."""
        return not (self.counts or self.chains or self.agencies or self.figures)
