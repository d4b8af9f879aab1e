"""What evidence shows of a party: what it runs, sold, owns or is, and whether anybody looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from oust.agreements.read import KeyOf, Operated
from oust.model import Evidence, Exposure, Look, Strength, Vendor

How = Literal["uses", "sold", "group"]

_OWNING = frozenset({"owns", "controls", "consolidates", "succeeds"})
_STRENGTHS: tuple[Strength, ...] = ("identifier", "name", "misspelt", "weak")


class Use(Struct, frozen=True):
    """An exposure in which a party stands, and as what."""

    how: How
    exposure: Exposure
    evidence: Evidence


class Seen(Struct):
    """Everything that vetting asks of parties."""

    uses: dict[str, list[Use]]  # key of the party
    operated: Mapping[str, Mapping[str, Operated]]
    looks: dict[str, list[Look]]  # host, folded
    entries: dict[tuple[str, str], list[Use]]  # by place of the entry
    names: dict[str, str]  # of vendors, by id

    def of(self, key: str, how: How) -> list[Use]:
        """Exposures of a party, each once."""
        every = [one for one in self.uses.get(key, ()) if one.how == how]
        return list({one.exposure.id: one for one in reversed(every)}.values())[::-1]

    def called(self, found: Iterable[Use]) -> str:
        """The vendors of these exposures, by name."""
        ids = sorted({use.exposure.vendor for use in found})
        return " and ".join(self.names.get(one, one) for one in ids)

    def uses_of_entry(self, entry: Evidence) -> list[Use]:
        """Exposures that an entry itself makes: a register's that gives the vendor access, or an
        award to the vendor."""
        return self.entries.get((entry.source, entry.locator), [])

    def looked_at(self, key: str) -> list[Look]:
        """Looks at hosts that the party runs."""
        return [look for host in self.operated.get(key, ()) for look in self.looks.get(host, ())]


def seen(
    exposures: Iterable[Exposure],
    operated: Mapping[str, Mapping[str, Operated]],
    looks: Iterable[Look],
    key_of: KeyOf,
    vendors: Iterable[Vendor],
) -> Seen:
    """Index exposures and looks by party and host."""
    found = Seen({}, operated, {}, {}, {one.id: one.name for one in vendors})
    runs: dict[str, list[tuple[str, Evidence]]] = {}
    for key, hosts in operated.items():
        for host, said in hosts.items():
            runs.setdefault(host, []).append((key, said.evidence))
    for one in exposures:
        for key, use in _uses(one, key_of):
            found.uses.setdefault(key, []).append(use)
        if one.asset.kind == "agreement" or _of_the_vendor(one):
            for seen_at in one.paths[0].hops[-1].evidence:
                place = (seen_at.source, seen_at.locator)
                found.entries.setdefault(place, []).append(Use("group", one, seen_at))
        if one.asset.kind == "host":
            for key, evidence in runs.get(one.asset.name.casefold(), ()):
                found.uses.setdefault(key, []).append(Use("uses", one, evidence))
    for look in looks:
        if look.asset.kind == "host":
            found.looks.setdefault(look.asset.name.casefold(), []).append(look)
    return found


def _of_the_vendor(one: Exposure) -> bool:
    """Whether it is an award to the vendor itself, or to a company that it holds."""
    return one.asset.kind == "award" and one.tier in ("direct", "owned")


def _uses(one: Exposure, key_of: KeyOf) -> Iterable[tuple[str, Use]]:
    for path in one.paths:
        for hop in path.hops:
            how: How | None = None
            if hop.relation == "operated-by":
                how = "uses"
            elif hop.relation in ("resells", "awarded"):
                how = "sold"
            elif hop.relation in _OWNING:
                how = "group"
            for node in (hop.origin, hop.target) if how else ():
                if node.kind == "party":
                    yield key_of(node.name), Use(how or "uses", one, hop.evidence[0])


def weakest(uses: Sequence[Use]) -> Strength:
    """Of the exposures that something rests on."""
    return max((one.exposure.strength for one in uses), key=_STRENGTHS.index)
