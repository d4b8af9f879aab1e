"""Stated holdings for the tests of who is barred: from linked evidence and from dossiers.

Each statement stays one holding with its own share, dates and evidence; the graph, in which they
are joined, is for tracing. Parties have the keys of oust.party_keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from oust import shares
from oust.data import dossier as data
from oust.data.dossier import Dossier
from oust.link.graph import Graph, Stated
from oust.model import Basis, Evidence, Holding
from oust.party_keys import PartyKeys

NO_CONTROL = frozenset(
    {
        *("directorship", "boardmember", "boardchair", "seniormanagingofficial", "nominee"),
        *("nominator", "rightstosurplusassetsondissolution", "rightstoprofitorincome"),
        *("rightsgrantedbycontract", "conditionalrightsgrantedbycontract"),
        *("enjoymentanduseofassets", "righttoprofitorincomefromassets"),
    }
)
"""Interests that a source states and that do not, by themselves, control a company: one seat on a
board, acting for another, or a claim to money. They stay links of a trace."""

_SUBJECT: dict[str, tuple[Basis, bool]] = {
    "owns": ("owns", True),
    "owned-by": ("owns", False),
    "controls": ("controls", True),
    "controlled-by": ("controls", False),
    "succeeded-by": ("succeeds", False),
    "affiliate": ("affiliate", True),
}
"""What a dossier's relation says, and whether the vendor is its owner. Whoever succeeds comes
first: a successor `succeeds` its predecessor."""

_UPWARD = ("owned-by", "controlled-by", "succeeded-by", "affiliate")


def holdings(graph: Graph, dossiers: Sequence[Dossier], keys: PartyKeys) -> list[Holding]:
    """Every statement that can decide something, each once, in a fixed order."""
    found = dict.fromkeys(one for said in graph.stated if (one := _holding(said, keys)))
    for dossier in dossiers:
        found |= dict.fromkeys(_of_dossier(dossier, keys))
    return sorted(found, key=_order)


def upward_names(dossiers: Iterable[Dossier]) -> list[str]:
    """Names of parties that dossiers set above or beside their vendors, to be looked for."""
    return [
        name
        for dossier in dossiers
        for fact in dossier.ownership
        if fact.relation in _UPWARD and not fact.strength
        for name in (fact.party, *fact.names)
    ]


def _holding(said: Stated, keys: PartyKeys) -> Holding | None:
    owner, owned = (
        keys.company(name) or node
        for node, name in zip((said.owner, said.owned), said.names, strict=True)
    )
    extra = json.loads(said.extra) if said.extra else {}
    if owner == owned or str(extra.get("interest", "")).lower() in NO_CONTROL:
        return None
    low, high = shares.fractions(said.share)
    basis: Basis = said.relation  # type: ignore[assignment]  # only such relations are stated
    if basis in ("consolidates", "succeeds"):
        low, high = 0.0, 1.0
    if "branch" in extra:  # the same legal entity: nobody else can hold any of it
        basis, low, high = "owns", 1.0, 1.0
    return Holding(
        owner=owner,
        owned=owned,
        basis=basis,
        low=low,
        high=high,
        direct=str(extra.get("direct", "")).lower() != "indirect"
        and extra.get("consolidation") != "ultimate",
        since=said.since,
        until=said.until,
        evidence=(said.evidence,),
    )


def _of_dossier(dossier: Dossier, keys: PartyKeys) -> Iterator[Holding]:
    """Its ownership facts; companies of the group of which no fact says how they belong to it.

    A weak fact decides nothing, so it is left out.
    """
    vendor = f"vendor:{dossier.id}"
    told: set[str] = set()
    for n, fact in enumerate(dossier.ownership):
        party = keys(fact.party)
        told.add(party)
        if not fact.strength and party != vendor:
            yield _fact(vendor, party, fact, _evidence(dossier, f"/ownership/{n}", fact.party))
    for n, name in enumerate(dossier.names):
        party = keys(name.value)
        if name.kind == "group" and not name.strength and party not in {vendor, *told}:
            told.add(party)
            evidence = _evidence(dossier, f"/names/{n}", name.value)
            yield Holding(
                owner=vendor,
                owned=party,
                basis="affiliate",
                since=name.since,
                until=name.until,
                evidence=(evidence,),
            )


def _fact(vendor: str, party: str, fact: data.Holding, evidence: Evidence) -> Holding:
    basis, first = _SUBJECT[fact.relation]
    low, high = shares.fractions(fact.share) if basis != "succeeds" else (0.0, 1.0)
    return Holding(
        owner=vendor if first else party,
        owned=party if first else vendor,
        basis=basis,
        low=low,
        high=high,
        since=fact.since,
        until=fact.until,
        evidence=(evidence,),
    )


def _evidence(dossier: Dossier, locator: str, text: str) -> Evidence:
    return Evidence(f"dossier {dossier.id}", locator, "party", text)


def _order(one: Holding) -> tuple[str, ...]:
    where = one.evidence[0]
    return (one.owner, one.owned, one.basis, one.since, one.until, where.source, where.locator)
