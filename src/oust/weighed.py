"""What weighing a ledger gives: counts of origins, circles, what to open again, the matrix."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

OriginKind = Literal["party", "named", "unnamed", "outlet", "document", "record", "circle"]


class Origin(Struct, frozen=True):
    """One root from which claims come."""

    id: str
    kind: OriginKind
    text: str  # as read aloud: `three US intelligence officials, unnamed, to BuzzFeed`
    roots: tuple[str, ...]  # ids of the claims that derive from nothing
    interest: str = ""  # what it stands to gain or lose by being believed


class Same(Struct, frozen=True):
    """Origins that may be the same one, and why."""

    origins: tuple[str, ...]
    why: str


class Count(Struct, frozen=True):
    """How many origins: at least `low`, at most `high`.

    `exact` says that `low` was searched to the end; where it is false, `low` is still never more
    than the truth.
    """

    low: int
    high: int
    origins: tuple[Origin, ...]
    same: tuple[Same, ...]
    why: str
    exact: bool = True

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


class Circle(Struct, frozen=True):
    """Claims that derive from each other. `rooted`: some of them name a source outside as well."""

    claims: tuple[str, ...]
    rooted: bool
    why: str


class Hung(Struct, frozen=True):
    """Something that hangs on what was corrected or retracted, and how.

    `path`: ids from the one changed to this one; `steps`: how each hangs on the one before.
    """

    kind: Literal["judgment", "claim", "reading", "confirmation", "rating"]
    id: str
    text: str
    path: tuple[str, ...]
    steps: tuple[str, ...]
    before: str = ""  # origins as the ledger stood
    after: str = ""  # without what is retracted
    falls: bool = False  # no origin is left to it


class Cell(Struct, frozen=True):
    """How a claim is read against a hypothesis: `disputed` where its readers disagree."""

    reads: Literal["consistent", "inconsistent", "irrelevant", "disputed", "not read"]
    by: tuple[tuple[str, str], ...] = ()  # reader, reading


class Row(Struct, frozen=True):
    """One claim against every hypothesis. `parts`: how many pairs of hypotheses it tells apart."""

    claim: str
    cells: tuple[Cell, ...]
    parts: int


class Column(Struct, frozen=True):
    """One hypothesis: what speaks against it, counted by origin."""

    hypothesis: str
    inconsistent: tuple[str, ...]
    disputed: tuple[str, ...]
    not_read: int
    against: Count  # claims and records read as inconsistent
    denied: Count  # denials read as inconsistent: a party's own word


class Matrix(Struct, frozen=True):
    """Competing hypotheses: rows sorted by what tells them apart."""

    hypotheses: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
