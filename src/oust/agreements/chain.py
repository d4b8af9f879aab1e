"""Who works under whom: subcontractors that the register or subawards name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from oust.access import Agreement
from oust.agreements.read import Award, KeyOf
from oust.model import Evidence

DEEPEST = 6
"""Tiers of subcontractors that are followed."""


class Sub(Struct, frozen=True):
    """A subcontractor of the party of an agreement, perhaps through others."""

    name: str
    key: str
    under: tuple[str, ...]  # names from the party of the agreement down to whom it works for
    said: str  # how that is known: `subaward S-17 under HX-0977, 2018-02-01`
    evidence: Evidence
    subaward: bool


class Chains:
    """Finds the subcontractors of a party."""

    def __init__(
        self, agreements: Iterable[Agreement], awards: Iterable[Award], key_of: KeyOf
    ) -> None:
        self._stated: dict[str, list[tuple[str, str, Evidence]]] = {}
        self._awarded: dict[str, list[Award]] = {}
        self.listed: set[str] = set()  # whom a register names as party or subcontractor
        for one in agreements:
            self.listed.add(one.key)
            for name in one.subcontractors:
                if name != "none":
                    self.listed.add(key_of(name))
                    said = (name, f"named in {one.id}", one.evidence)
                    self._stated.setdefault(one.key, []).append(said)
            if one.prime:
                named = (one.party, f"{one.id} names {one.prime} as prime", one.evidence)
                self._stated.setdefault(key_of(one.prime), []).append(named)
        for award in awards:
            if award.prime_key:
                self._awarded.setdefault(award.prime_key, []).append(award)
        self._key_of = key_of

    def of(self, agreement: Agreement) -> tuple[list[Sub], int]:
        """Every subcontractor once, nearest first, and subawards under other contracts."""
        found: dict[str, Sub] = {}
        waiting: list[tuple[str, tuple[str, ...]]] = [(agreement.key, (agreement.party,))]
        passed = 0
        while waiting:
            key, under = waiting.pop(0)
            contracts = agreement.contracts if key == agreement.key else ()
            subs, others = self._below(key, under, contracts)
            passed += others
            for sub in subs:
                if sub.key not in found and sub.key != agreement.key:
                    found[sub.key] = sub
                    if len(under) < DEEPEST:
                        waiting.append((sub.key, (*under, sub.name)))
        return list(found.values()), passed

    def _below(
        self, key: str, under: tuple[str, ...], contracts: Sequence[str]
    ) -> tuple[list[Sub], int]:
        found = [
            Sub(name, self._key_of(name), under, said, evidence, False)
            for name, said, evidence in self._stated.get(key, ())
        ]
        numbers, passed = {one.casefold() for one in contracts}, 0
        for award in self._awarded.get(key, ()):
            if numbers and not numbers & {one.casefold() for one in award.contracts}:
                passed += 1
                continue
            above = [one for one in award.contracts if one != award.number]
            said = f"subaward {award.number}" + (f" under {above[0]}" if above else "")
            said += f", {award.since}" if award.since else ""
            found.append(Sub(award.seller, award.key, under, said, award.evidence, True))
        return found, passed
