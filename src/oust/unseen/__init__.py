"""Stage: how much larger is the true scope than the evidence shows?

Kinds of evidence (methods) are occasions on which the same assets might have been seen: from how
their sightings overlap follows how many none of them saw. Two methods: oust.unseen.two; three and
more: oust.unseen.loglinear, beside the lower bound of oust.unseen.bound. Where no number can be
given, the reason is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import get_args

from msgspec import Struct

from oust.hidden import Estimate, Group, Refused, Universe, Unseen
from oust.model import Evidence, Exposure, Look, Method, Tier
from oust.unseen import checks
from oust.unseen.groups import Reach, grouped, together, without
from oust.unseen.histories import (
    KINDS,
    GraphLike,
    Member,
    folded,
    joined,
    members,
    possible,
    renamed,
)

__all__ = ["KINDS", "Known", "unseen"]

METHODS: tuple[Method, ...] = get_args(Method)

STRANGE = 0.25
"""Part of a log's hosts known by an address alone from which on there is no estimate."""

_KIND: dict[Universe, str] = {
    "hosts": "host",
    "contracts": "award",
    "products": "product",
    "services": "service",
}
"""The kind by which methods are asked whether they can see such an asset."""


class Known(Struct, frozen=True, kw_only=True):
    """What other stages know of a case, as far as it is needed here."""

    looks: Sequence[Look]
    able: Callable[[Method, str, Tier], bool]  # whether a method can see an asset at a tier
    cannot: Mapping[Method, str]  # what it cannot see
    sought: Mapping[tuple[str, Method], int]  # vendor and method: values to look for
    also: Mapping[str, Set[str]]  # host, folded: other names and addresses from inventories
    operators: Mapping[str, str]  # host, folded: who runs it
    same: Sequence[tuple[str, str, str]]  # names possibly the same, and why


def unseen(
    graph: GraphLike,
    starts: Mapping[str, str],
    exposures: Iterable[Exposure],
    known: Known,
    as_of: str = "",
) -> list[Unseen]:
    """An answer for each vendor and each universe of which something was observed.

    `starts`: node of each vendor to answer for, by id; one of which nothing was observed is told.
    `as_of`: only looks that speak to this day or an earlier
    one count; looks without date count always.
    """
    looks = [one for one in known.looks if not as_of or one.until[: len(as_of)] <= as_of]
    method_of = _methods(looks)
    by_vendor: dict[str, list[Exposure]] = {}
    for one in exposures:
        by_vendor.setdefault(one.vendor, []).append(one)
    found = []
    for vendor, start in sorted(starts.items()):
        mine = by_vendor.get(vendor, [])
        exposed = {
            universe: frozenset(
                (one.asset.kind, one.asset.name, one.asset.version)
                for one in mine
                if one.asset.kind in kinds
            )
            for universe, kinds in KINDS.items()
        }
        for universe, every in members(graph, start, method_of, exposed).items():
            held = [one for one in every if one.methods]
            tiers = {one.tier for one in mine if one.asset.kind in KINDS[universe]}
            if held:
                found.append(_Asked(vendor, universe, held, tiers, looks, known).answer())
        if not found or found[-1].vendor != vendor:
            found.append(Unseen(vendor=vendor, universe="hosts", observed=0, by_method={},
                                refused=_NOTHING))  # fmt: skip
    return found


def _methods(looks: Iterable[Look]) -> Callable[[Evidence], Method | None]:
    """By which method a source looked; files by the archive or folder that they lie in."""
    by_source = {one.source: one.method for one in looks}

    def method_of(evidence: Evidence) -> Method | None:
        path = evidence.source
        if path in by_source:
            return by_source[path]
        outer, inside, _ = path.partition("!/")
        place = outer if inside else path.partition("/")[0]
        return "files" if by_source.get(place) == "files" else None

    return method_of


class _Asked:
    """One question: a vendor and a universe."""

    def __init__(
        self,
        vendor: str,
        universe: Universe,
        held: Sequence[Member],
        tiers: Set[Tier],
        looks: Sequence[Look],
        known: Known,
    ) -> None:
        self.vendor, self.universe, self.known = vendor, universe, known
        self.held = renamed(held, known.also) if universe == "hosts" else list(held)
        for one in self.held:
            run = [known.operators[name] for name in sorted(one.names) if name in known.operators]
            one.operator = one.operator or (run[0] if run else "")
        self.looks = looks
        self.methods, self.left_out = self._occasions(tiers)
        self.reach: Reach = {one: self._reach(one) for one in self.methods}

    def _occasions(self, tiers: Set[Tier]) -> tuple[list[Method], list[tuple[str, str]]]:
        """Methods that can be compared, and why the others that looked cannot."""
        saw = Counter(method for one in self.held for method in one.methods)
        used: list[Method] = []
        left: list[tuple[str, str]] = []
        for method in (m for m in METHODS if any(one.method == m for one in self.looks)):
            kind = _KIND[self.universe]
            if not any(self.known.able(method, kind, tier) for tier in tiers):
                left.append((method, f"cannot show {self.universe}"))
            elif not self.known.sought.get((self.vendor, method), 1):
                left.append((method, "has nothing to look for: the dossier gives it no value"))
            elif not saw[method]:
                left.append((method, f"showed none of these {self.universe}"))
            else:
                used.append(method)
        return used, left

    def _reach(self, method: Method) -> Set[str] | None:
        """Names of all assets that a method looked at; None where its sources do not say."""
        mine = [one for one in self.looks if one.method == method]
        if self.universe != "hosts" or any(one.asset.kind != "host" for one in mine):
            return None
        return {folded(one.asset.name) for one in mine}

    def answer(self) -> Unseen:
        groups, strange = self._groups(self.held), self._strangers(self.held)
        if strange:
            groups = [without(one, strange) for one in groups]
        whole = together(groups)
        counted = whole.observed if whole else 0
        answered = [one for one in groups if one.estimate]
        used = [m for m in self.methods if any(m in one.used for one in answered)]
        mine = self._compared(self.held, used) if whole else []
        odds = checks.pairs(mine, used)
        pairs, merged = self._merged()
        return Unseen(
            vendor=self.vendor,
            universe=self.universe,
            observed=len(self.held),
            by_method={m: sum(m in one.methods for one in self.held) for m in METHODS
                       if any(m in one.methods for one in self.held)},
            estimate=whole,
            refused=None if whole else strange or self._refused(groups),
            estimated_of=counted,
            not_estimated=len(self.held) - counted,
            groups=tuple(groups),
            pairs=tuple(odds),
            assumptions=(
                checks.independence(odds, used),
                checks.catchability(groups, mine),
                checks.closed(self.looks, used),
                checks.universe(groups, [m for m in used if self.reach[m] is None],
                                len(self.held) - counted),
                checks.identity(self.held, len(pairs), self.universe),
            ) if whole else (checks.identity(self.held, len(pairs), self.universe),),
            left_out=tuple(self.left_out),
            possibly_same=len(pairs),
            if_same=merged if isinstance(merged, Estimate) else None,
            if_same_refused=merged if isinstance(merged, Refused) else None,
            cannot=tuple((m, self.known.cannot[m]) for m in used or self.methods),
        )  # fmt: skip

    def _compared(self, held: Sequence[Member], used: Sequence[Method]) -> list[Member]:
        return [one for one in held if one.methods & set(used)]

    def _merged(self) -> tuple[list[tuple[str, str]], Estimate | Refused | None]:
        """Pairs of names that may be one asset, and the answer if they all were."""
        if self.universe != "hosts":
            return [], None
        others = {name for names in self.reach.values() for name in names or ()}
        pairs = possible(self.held, self.known.same, others)
        held, used = joined(self.held, pairs)
        if not used:
            return [], None
        groups = self._groups(held)
        return used, self._strangers(held) or together(groups) or self._refused(groups)

    def _groups(self, held: Sequence[Member]) -> list[Group]:
        return grouped(held, self.methods, self.reach)

    def _strangers(self, held: Sequence[Member]) -> Refused | None:
        """Why hosts cannot be told apart, if too many are known by an address that nobody gives.

        Each that is in truth a host of an inventory takes one from what both saw.
        """
        if self.universe != "hosts" or all(one.addressed for one in held):
            return None
        for method in (m for m in self.methods if self.reach[m] is None):
            mine = [one for one in held if method in one.methods]
            strange = sum(one.addressed for one in mine)
            if strange > STRANGE * len(mine):
                return Refused(
                    reason=f"{strange:,} of {len(mine):,} hosts that the {method} shows are known "
                    "by an address alone, and no inventory gives it: whether another method saw "
                    "the same hosts is not known",
                    needs="inventories that give addresses, or leases of the time of the log",
                )
        return None

    def _refused(self, groups: Sequence[Group]) -> Refused:
        """Why nothing can be said: of methods that compare, the first reason, else of the whole."""
        told = [one.refused for one in groups if one.refused]
        if len(self.methods) < 2 or not told:
            only = self.methods[0] if self.methods else "no method"
            return Refused(
                reason=f"only one kind of evidence shows {self.universe}: {only}"
                if self.methods
                else f"no method that looked is able to show {self.universe}",
                needs=_NEEDS[self.universe],
            )
        if all(one.reason.startswith("only one method") for one in told):
            return Refused(
                reason="the kinds of evidence do not cover the same assets: "
                + "; ".join(sorted({one.reason for one in told})),
                needs="looks of two kinds at the same assets, such as an inventory of hosts that "
                "the log shows",
            )
        return next(one for one in told if not one.reason.startswith("only one method"))


_NOTHING = Refused(
    reason="nothing of the vendor was observed, so there is nothing to reckon from",
    needs="looks by methods that can see it; which there were: oust coverage",
)

_NEEDS: dict[Universe, str] = {
    "hosts": "a second kind over the same hosts: inventories, DNS or connection logs, or files",
    "contracts": "a second, independent record of the same contracts, which oust does not know; "
    "what contracts hide shows on hosts",
    "products": "a second kind over the same products: SBOMs and files of the products themselves",
    "services": "a second kind over the same services: DNS and connection logs",
}
