"""What was not seen, as types: shared by oust.unseen and the reports."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.model import Method

Universe = Literal["hosts", "contracts", "products", "services"]
"""Things of one kind that several methods may show, so that they can be counted."""

Estimator = Literal["Chapman", "log-linear models", "Chao's lower bound", "sum of strata"]


class Fit(Struct, frozen=True, kw_only=True):
    """One log-linear model: which methods it lets depend on each other, and what it says."""

    name: str  # `independent`, or interactions such as `DNS log × files`
    total: float
    error: float  # standard error of the total
    deviance: float
    parameters: int
    weight: float  # by BIC, of all models that give an answer; not a probability


class Estimate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An estimated total with its 95 % interval. `high` is infinite where nothing bounds it."""

    by: Estimator
    observed: int
    total: float
    low: float
    high: float
    error: float = 0.0  # standard error, where the estimator has one
    models: tuple[Fit, ...] = ()  # heaviest first
    tried: int = 0  # models fitted
    failed: int = 0  # of these, without a finite answer
    failed_weight: float = 0.0  # what they would weigh

    @property
    def hidden(self) -> float:
        """Estimated number not seen."""
        return self.total - self.observed


class Refused(Struct, frozen=True, kw_only=True):
    """Why no number is given, and what evidence would let one be given."""

    reason: str
    needs: str


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Assets that the same methods looked at, of one operator where operators are told apart."""

    name: str
    methods: tuple[Method, ...]  # that looked at them
    used: tuple[Method, ...] = ()  # occasions of the estimate
    observed: int = 0
    histories: dict[str, int] = {}  # methods joined by ` + `: assets seen by exactly these
    looked_at: int | None = None  # how many assets were looked at; null: the evidence does not say
    estimate: Estimate | None = None
    lower_bound: Estimate | None = None  # Chao's, for three methods and more
    refused: Refused | None = None


Speaks = Literal["against", "nothing against", "cannot be tested"]


class Assumption(Struct, frozen=True, kw_only=True):
    """What the number rests on, and what the evidence says of it."""

    name: str
    speaks: Speaks
    says: str
    error: Literal["too low", "too high", "either way", ""] = ""  # of the estimate, if violated


class Pair(Struct, frozen=True, kw_only=True):
    """How two methods go together among assets that a third one saw."""

    first: Method
    second: Method
    seen: int  # assets of the comparison
    ratio: float  # odds ratio, 1/2 added to each cell
    low: float
    high: float


class Unseen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer for one vendor and one universe."""

    vendor: str
    universe: Universe
    observed: int
    by_method: dict[str, int]  # method: assets that it saw
    estimate: Estimate | None = None  # of the groups that could be estimated, together
    refused: Refused | None = None  # where none could
    estimated_of: int = 0  # observed assets in those groups
    not_estimated: int = 0  # observed assets in the others: counted, not extrapolated
    groups: tuple[Group, ...] = ()
    pairs: tuple[Pair, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()  # method, and why it is no occasion
    possibly_same: int = 0  # pairs of names that may be one asset
    if_same: Estimate | None = None  # what the estimate would be if they all were
    if_same_refused: Refused | None = None
    cannot: tuple[tuple[str, str], ...] = ()  # method used, and what it cannot see
