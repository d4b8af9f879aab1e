"""Vet access agreements: hold the register against exposures, awards, subawards and looks.

`register` reads the entries; `vet` says of each what is known, what is missing and whom to ask. It
accuses nobody: that a party uses a product, or that a line is blank, is what the evidence shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from oust.access import URGENCY, Agreement, Ask, Known, Point, Vetted, Vetting
from oust.agreements import clauses, elsewhere, points
from oust.agreements.alike import alike
from oust.agreements.chain import Chains
from oust.agreements.clauses import contractors
from oust.agreements.dates import before, ended
from oust.agreements.read import Award, KeyOf, Parties, Tables, agreements, awards, operated
from oust.agreements.uses import Seen, seen
from oust.data.rule import Clause, Rule
from oust.model import Evidence, Exposure, Look, Vendor

__all__ = ["Asker", "agreements", "contractors", "vet"]


class Asker(Struct, frozen=True):
    """For whom and for which day agreements are vetted."""

    day: str  # ISO
    tags: frozenset[str] = frozenset({"us-contractor"})
    """Of data/profiles.yaml: clauses that oblige contractors with one of these are asked for."""
    vendors: tuple[Vendor, ...] = ()  # those that `exposures` are of


def vet(
    tables: Tables,
    key_of: KeyOf,
    exposures: Sequence[Exposure],
    looks: Iterable[Look],
    rules: Iterable[Rule],
    asker: Asker,
) -> Vetting:
    """Every agreement with what should be looked into, most urgent first.

    `key_of` gives the key of a party by its name.
    """
    rules = list(rules)
    given = agreements(tables, key_of)
    parties = Parties(given, key_of)
    sold = awards(tables, key_of, parties) if given else []
    runs = operated(tables, key_of) if given else {}
    work = _Work(
        given=given,
        awards=sold,
        seen=seen(exposures, runs, looks, key_of, asker.vendors),
        chains=Chains(given, sold, key_of),
        clauses=clauses.binding(rules, {*asker.tags}, asker.day),
        starts=clauses.taking_over(rules),
        day=asker.day,
    )
    found = sorted((work.vetted(one) for one in given), key=_order)
    return Vetting(
        as_of=asker.day,
        vendors=tuple(one.id for one in asker.vendors),
        clauses=tuple(one.number for one in work.clauses),
        agreements=tuple(found),
        awards=len(sold),
        subawards=sum(bool(one.prime_key) for one in sold),
        possibly_same=tuple(alike(given, sold, runs, parties, key_of)),
    )


class _Work(Struct, kw_only=True):
    """Everything an agreement is held against."""

    given: Sequence[Agreement]
    awards: Sequence[Award]
    seen: Seen
    chains: Chains
    clauses: Sequence[Clause]
    starts: Mapping[str, str]  # of clauses, by number
    day: str

    def vetted(self, one: Agreement) -> Vetted:
        """One agreement, whole."""
        known = list(self._known(one))
        if before(self.day, one.since):
            first = Known(f"begins {one.since}, after {self.day}", (one.evidence,))
            return Vetted(agreement=one, points=(), known=(first, *known), missing=(), ask=())
        if one.access_removed and not before(self.day, one.access_removed):
            first = Known(f"access was taken away {one.access_removed}", (one.evidence,))
            return Vetted(agreement=one, points=(), known=(first, *known), missing=(), ask=())
        subs, passed = self.chains.of(one)
        after, covered = points.after_end(one, self._running(), self.seen, self.day)
        asked = clauses.check(one, self.clauses, self._theirs(one), self.starts)
        checked, told, missing = points.vetting(one, self.day)
        found = [
            *points.uses(one, self.seen), *points.chain(subs, self.seen, self.chains), *after,
            *asked.points, *checked, *points.nobody_looked(one, self.seen),
        ]  # fmt: skip
        found.sort(key=lambda point: URGENCY.index(point.concern))
        known += [*asked.known, *told, *covered]
        missing = [*asked.missing, *missing, *_blank(one)]
        if passed:
            known.append(Known(f"{passed:,} subawards under other contracts were not followed"))
        return Vetted(
            agreement=one,
            points=tuple(found),
            known=tuple(known),
            missing=tuple(missing),
            ask=tuple(_ask(one, found, missing)),
        )

    def _running(self) -> list[Agreement]:
        return [
            one for one in self.given if not ended(one.until, self.day) and not one.access_removed
        ]

    def _theirs(self, one: Agreement) -> list[Award]:
        return [award for award in self.awards if award.key == one.key]

    def _known(self, one: Agreement) -> Iterator[Known]:
        for look in self.seen.looked_at(one.key)[:1]:
            hosts = points.listed(said.host for said in self.seen.operated[one.key].values())
            when = look.until[:10] if look.dated in ("stated", "file name") else "undated"
            said = f"runs {hosts}; looked at by {look.method}, {when}"
            yield Known(said, (Evidence(look.source, "", sha256=look.sha256),))
        if sold := self.seen.of(one.key, "sold"):
            numbers = points.listed(use.exposure.asset.name for use in sold)
            said = f"sold goods of {self.seen.called(sold)}: {numbers}"
            yield Known(said, (sold[0].evidence,))
        if one.attestation or one.attested_on:
            when = f" of {one.attested_on}" if one.attested_on else ""
            yield Known(f"attestation{when}: {one.attestation or 'yes'}", (one.evidence,))
        held = [award for award in self._theirs(one) if not award.prime_key]
        if held:
            numbers = points.listed(award.number for award in held)
            yield Known(f"holds {numbers}", (held[0].evidence,))
        yield from elsewhere.holder(one, clauses.of_contract(one, self.awards))
        yield from elsewhere.otherwise(one, self.given)


def _blank(one: Agreement) -> Iterator[str]:
    """What a register should say of any access."""
    if not one.contracts:
        yield "under which contract it stands"
    if not one.systems and not one.hosts:
        yield "which systems it reaches"
    if not one.until:
        yield "until when it runs"
    if not one.contact:
        yield "a contact"


def _ask(one: Agreement, found: Sequence[Point], missing: Sequence[str]) -> Iterator[Ask]:
    contact = one.contact or f"{one.party} (no contact is stated)"
    contract = f" of {one.contracts[0]}" if one.contracts else ""
    officer = one.officer or f"the contracting officer{contract} (not named)"
    grantor = one.granted_by or "whoever granted the access (not named)"
    concerns = {point.concern for point in found}
    if concerns & {"uses the vendor", "the vendor has access"}:
        yield Ask(contact, "on which of its machines the product runs, and whether they reach this")
        yield Ask(grantor, "whether the access is to go on meanwhile")
    if concerns & {"subcontractor uses the vendor", "subcontractor not listed"}:
        prime = one.prime or one.party
        yield Ask(contact if prime == one.party else prime,
                  "which subcontractors take part in the access, and what they run")  # fmt: skip
    if "access after the end" in concerns:
        yield Ask(grantor, "whether accounts and connections were taken away, and on what day")
    if "clause" in concerns:
        yield Ask(officer, "which of the clauses stand in the contract, since when")
    if "vetting" in concerns:
        yield Ask(grantor, "who vetted it, when, on what ground, until when that holds")
    if "nobody looked" in concerns:
        yield Ask(contact, "for an inventory of what reaches this, or a dated attestation")
    if missing and not concerns:
        yield Ask(grantor, "for what is missing above")


def _order(one: Vetted) -> tuple[list[int], str, str, str]:
    """Most urgent first; what has nothing to look into last."""
    ranks = [URGENCY.index(point.concern) for point in one.points]
    place = one.agreement.evidence
    return [*ranks, len(URGENCY)], one.agreement.id.casefold(), place.source, place.locator
