"""Weigh a ledger of claims: whence each comes, from how many origins, and what hangs on what.

The rules by which origins are counted stand in docs/claims.md. Method: counting by origin follows
the practice against circular reporting; ratings the Admiralty (NATO) scale; judgments ICD 203 and
206; the matrix Heuer's analysis of competing hypotheses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from oust.data.ledger import Claim, Ledger
from oust.data.ledgers import uncollected
from oust.weigh.classes import Classes
from oust.weigh.graph import Graph
from oust.weigh.identity import Identity, named
from oust.weigh.words import reason, ties
from oust.weighed import Circle, Count, Origin

__all__ = ["Weighing", "weigh"]


def weigh(ledger: Ledger) -> Weighing:
    """The ledger, ready to be asked."""
    return Weighing(ledger)


def leads(claim: Claim) -> tuple[str, ...]:
    """The claims whose origins it has: from which it was taken, or on which it was judged."""
    if not claim.rests_on:
        return claim.derives
    return tuple(dict.fromkeys((*claim.derives, *claim.rests_on)))


class Weighing:
    """A ledger and its graph of derivations."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.claims = ledger.claims
        self.number = {claim.id: n for n, claim in enumerate(self.claims)}
        self.identity = Identity(ledger)
        with uncollected():
            self.graph = Graph(len(self.claims), self._edges(), self._dead())
            self.classes = Classes(self.graph, self.claims, self.identity)
            self.classes.tie(self.claims, ledger.apart)

    def origins(self, claims: Iterable[str]) -> Count:
        """From how many origins these claims come, taken together, whatever their kind."""
        chosen = list(claims)
        numbers = [self.number[one] for one in chosen]
        reached = sorted(self.classes.reached(numbers))
        low, exact = self.classes.low(reached)
        roots = self._roots(numbers)
        units = self.classes.units
        origins = tuple(
            Origin(units[n].key, units[n].kind, units[n].text, roots[n], units[n].interest)
            for n in reached
        )
        same = ties(self.classes, reached)
        why = reason(low, origins, same) if origins else self.fallen(chosen)
        return Count(low, len(reached), origins, same, why, exact)

    def support(self, claims: Iterable[str]) -> Count:
        """As `origins`, of those that assert, and of whatever confirms them on its own.

        Denials are no support: they are counted by themselves.
        """
        chosen = [one for one in claims if self.claim(one).kind != "denial"]
        backing = [by for one in chosen for by in self.confirmed_by.get(one, ())]
        return self.origins(dict.fromkeys([*chosen, *backing]))

    def backing(self, name: str) -> Count:
        """Origins of one claim and of whatever confirms it, a denial's as well."""
        return self.origins([name, *self.confirmed_by.get(name, ())])

    def claim(self, name: str) -> Claim:
        """The claim of this id."""
        return self.claims[self.number[name]]

    @cached_property
    def confirmed_by(self) -> dict[str, list[str]]:
        """Claims that count and confirm each claim."""
        found: dict[str, list[str]] = {}
        for claim in self.claims:
            if claim.confirms and claim.kind != "denial" and self.counts(claim.id):
                for one in claim.confirms:
                    found.setdefault(one, []).append(claim.id)
        return found

    @cached_property
    def denied_by(self) -> dict[str, list[str]]:
        """Claims that deny or contradict each claim, whether or not they count."""
        found: dict[str, list[str]] = {}
        for claim in self.claims:
            for one in dict.fromkeys((*claim.denies, *claim.contradicts)):
                found.setdefault(one, []).append(claim.id)
        return found

    @cached_property
    def taken_up(self) -> dict[str, list[str]]:
        """Claims that derive from each claim."""
        found: dict[str, list[str]] = {}
        for claim in self.claims:
            for one in claim.derives:
                found.setdefault(one, []).append(claim.id)
        return found

    @cached_property
    def beneath(self) -> dict[str, list[str]]:
        """As `taken_up`, with the judgments that rest on each claim."""
        found: dict[str, list[str]] = {}
        for claim in self.claims:
            for one in leads(claim):
                found.setdefault(one, []).append(claim.id)
        return found

    def counts(self, name: str) -> bool:
        """Whether a claim counts: confirmed, not retracted, and not resting on such alone."""
        return self.graph.is_alive(self.number[name])

    @cached_property
    def ranges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The fewest and the most origins of every claim, in the order of the ledger."""
        from oust.weigh.ranges import ranges  # all at once is seldom needed

        with uncollected():
            return ranges(self.graph, self.classes)

    def circles(self) -> list[Circle]:
        """Claims that derive from each other, and whether a source outside is named."""
        found = []
        for members in self.graph.circles:
            ids = sorted(self.claims[one].id for one in members)
            inside = set(members)
            rooted = any(
                self.number[lead] not in inside
                for one in members
                for lead in leads(self.claims[one])
            )
            text = f"{named(ids)} cite each other"
            end = "; a source outside is named too" if rooted else "; no first source is named"
            found.append(Circle(tuple(ids), rooted, text + end))
        return sorted(found, key=lambda one: one.claims)

    def fallen(self, claims: Sequence[str]) -> str:
        """Why claims have no origin that counts, as a sentence."""
        told = [self._fate(self.claim(one)) for one in claims if not self.counts(one)]
        return "No origin: " + "; ".join(dict.fromkeys(told)) + "." if told else "No origin."

    def _fate(self, claim: Claim) -> str:
        if own := self._ended(claim):
            return own
        below = [self.claim(one) for one in leads(claim)]
        return next((self._at_end(one) for one in below), f"{claim.id} has no source")

    def _at_end(self, claim: Claim) -> str:
        """What is wrong at the nearest claim that ended, as far as one leads to it."""
        waiting, seen = [claim], {claim.id}
        for one in waiting:
            if own := self._ended(one):
                return f"it rests on {own}"
            for lead in leads(one):
                if lead not in seen:
                    seen.add(lead)
                    waiting.append(self.claim(lead))
        return f"it rests on {claim.id}, which has no source"

    def _ended(self, claim: Claim) -> str:
        """Why a claim counts for nothing by itself; empty where it does not end there."""
        if claim.draft:
            return f"{claim.id}, a draft that is not confirmed"
        if claim.standing == "retracted":
            return f"{claim.id}, which is retracted"
        gone = self._gone
        if not gone:
            return ""
        if claim.by and gone.issuperset(claim.by):
            return f"{claim.id}, whose speaker is retracted"
        if claim.seen_in and all(one.document in gone for one in claim.seen_in):
            return f"{claim.id}, which stands in retracted documents alone"
        return ""

    @cached_property
    def _gone(self) -> set[str]:
        """Speakers and documents that are retracted."""
        speakers = {one.id for one in self.ledger.speakers if one.standing == "retracted"}
        return speakers | {one.id for one in self.ledger.documents if one.standing == "retracted"}

    def _dead(self) -> NDArray[np.bool_]:
        return np.array([bool(self._ended(claim)) for claim in self.claims], np.bool_)

    def _edges(self) -> NDArray[np.int64]:
        number = self.number
        below = [leads(claim) for claim in self.claims]
        source = [n for n, some in enumerate(below) for _ in some]
        target = [number[lead] for some in below for lead in some]
        return np.array([source, target], np.int64)

    def _roots(self, claims: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Ids of the root claims at which each origin was met."""
        found: dict[int, list[str]] = {}
        for root in self.graph.reached(claims):
            ids = [self.claims[one].id for one in self.graph.roots[root]]
            for number in self.classes.of_root[root]:
                found.setdefault(number, []).extend(ids)
        return {number: tuple(ids) for number, ids in found.items()}
