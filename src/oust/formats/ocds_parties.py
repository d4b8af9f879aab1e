"""Organisations of an OCDS release: listed as parties, or written where they act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from oust.formats.contract_values import alnum, ids
from oust.formats.ocds_values import at, listed, objects, scalar, text, translations

_OWN_SCHEMES = {
    "LEI": "lei",
    "XI-LEI": "lei",
    "DUNS": "duns",
    "US-DUNS": "duns",
    "XI-DUNS": "duns",
    "DUN": "duns",
    "UEI": "uei",
    "US-UEI": "uei",
    "US-SAM": "uei",
    "CAGE": "cage",
    "US-CAGE": "cage",
    "US-NCAGE": "cage",
}
_REGISTERS = frozenset(
    re.findall(
        r"\w+",
        """
        COH NIC SC EDR EDRPOU IPN UID RUE NIT RFC RUC RUT CUIT CNPJ RTN RNC NCNDA RCCM SIREN
        SIRET RCS HRB HRA UST CVR BRC ORGNR BLV PRO YTJ RIK KMKR RE RC KRS REGON NIP ICO ORSR
        HAFA AFA CUI IDNO INN OGRN BIN IIN TIN TPIN PIN VAT SAIC USCC CR MCA CIN PAN CIPC CAC
        RSB RCO BRELA ABN ACN NZBN EIN CC CRA CRO KVK KBO BCE CBE NIF CIF NIPC MATRICULE GEMI
        AFM MOF FO MERSIS
        """,
    )
)
"""Company and tax registers of org-id.guide, without their country."""


@dataclass
class Party:
    """An organisation of one release, with all that is said of it."""

    pointer: str
    raw: Any
    name: str
    pairs: list[tuple[str, str]] = field(default_factory=list)  # (scheme, value), mapped
    aliases: list[str] = field(default_factory=list)  # legal name, names in other languages
    codes: list[str] = field(default_factory=list)  # as written, for the buyer's code
    roles: list[str] = field(default_factory=list)
    urls: tuple[str, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)


def party_ids(party: Party) -> tuple[str, ...]:
    """Identifiers of the party and its other names."""
    return ids(*party.pairs, *(("alias", name) for name in party.aliases))


def _mapped(identifier: Any) -> Iterator[tuple[str, str]]:
    scheme, value = scalar(at(identifier, "scheme")), scalar(at(identifier, "id"))
    if not isinstance(identifier, dict):
        value = scalar(identifier)
    if not value:
        return
    known = _OWN_SCHEMES.get(scheme.upper())
    register = scheme.upper().rsplit("-", 1)[-1].rsplit("_", 1)[-1]
    if known:
        yield known, alnum(value)
    elif register in _REGISTERS:
        yield "reg", alnum(value)
    else:
        prefixed = value if not scheme or value.startswith(scheme) else f"{scheme}-{value}"
        yield "id", prefixed


def _key_ids(key: str) -> Iterator[tuple[str, str]]:
    """A party's key, where it is an org-id such as GB-COH-09506232."""
    parts = key.split("-", 2)
    if len(parts) == 3 and len(parts[0]) == 2 and parts[0].isupper():
        yield from _mapped({"scheme": "-".join(parts[:2]), "id": parts[2]})
    elif key:
        yield "id", key


def _party(raw: Any, pointer: str, role: str) -> Party:
    identifiers = [at(raw, "identifier"), *listed(at(raw, "additionalIdentifiers"))]
    pairs = [pair for one in identifiers for pair in _mapped(one)]
    key = scalar(at(raw, "id"))
    pairs += [
        pair for pair in _key_ids(key) if pair not in pairs and (not pairs or pair[0] != "id")
    ]
    legal = text(at(raw, "identifier"), "legalName")
    names = list(dict.fromkeys([*translations(raw, "name"), *filter(None, [scalar(raw), legal])]))
    roles = [one for one in map(scalar, listed(at(raw, "roles"))) if one]
    return Party(
        pointer=pointer,
        raw=raw,
        name=names[0] if names else "",
        pairs=pairs,
        aliases=names[1:],
        codes=list(filter(None, [scalar(at(raw, "identifier", "id")) or key])),
        roles=roles or ([role] if role else []),
        urls=tuple(filter(None, [scalar(at(raw, "contactPoint", "url"))])),
        extra={
            "country": scalar(at(raw, "address", "countryName"))
            or scalar(at(raw, "address", "country")),
            "locality": scalar(at(raw, "address", "locality")),
            "key": key,
        },
    )


class Register:
    """Looks organisations up by the reference that awards and tenders make to them."""

    def __init__(self, release: dict[str, Any], pointer: str, tender_pointer: str) -> None:
        self.release = release
        self.parties: list[Party] = []
        self.by_key: dict[str, Party] = {}
        self.by_name: dict[str, Party] = {}
        for raw, where in objects(release, "parties", pointer):
            self._add(_party(raw, where, ""))
        for raw, where, role in _inline(release, pointer, tender_pointer):
            self._meet(raw, where, role)

    def _add(self, party: Party) -> None:
        self.parties.append(party)
        for key in _keys(party.raw):
            self.by_key.setdefault(key, party)
        self.by_name.setdefault(party.name.casefold(), party)

    def _meet(self, raw: Any, pointer: str, role: str) -> None:
        """An organisation written where it acts: a new party, or one that is listed."""
        known = self.find(raw)
        if known is None:
            self._add(_party(raw, pointer, role))
        elif role not in known.roles:
            known.roles.append(role)

    def find(self, raw: Any) -> Party | None:
        """The party that `raw` refers to: by key or identifier; by name if it gives neither."""
        keys = _keys(raw)
        if found := next((self.by_key[key] for key in keys if key in self.by_key), None):
            return found
        name = "" if keys and isinstance(raw, dict) else text(raw, "name").casefold()
        return self.by_name.get(name) if name else None

    def named(self, value: Any) -> list[Party]:
        """Parties that a reference, or a list of them, names; each once."""
        found = [party for one in listed(value) if (party := self.find(one))]
        return list({id(party): party for party in found}.values())

    def buyers(self, holders: list[dict[str, Any]]) -> list[Party]:
        """Who buys: stated on the award or contract, else for the release, else who procures."""
        for holder in (*holders, self.release):
            for key in ("buyers", "buyer"):
                if found := self.named(holder.get(key)):
                    return found
        entity = self.named(at(self.release, "tender", "procuringEntity"))
        for role in ("buyer", "procuringEntity"):
            entity = entity or [one for one in self.parties if role in one.roles]
        return entity

    def all(self) -> list[Party]:
        """Every organisation, listed ones first."""
        return self.parties


def _keys(raw: Any) -> list[str]:
    """What tells that two mentions are the same organisation: its key and its identifier.

    Names are left out: namesakes with different identifiers are different organisations.
    """
    if not isinstance(raw, dict):
        return [f"key {scalar(raw)}"]
    key, value = scalar(raw.get("id")), scalar(at(raw, "identifier", "id"))
    own = [f"key {key}"] if key else []
    return [*own, f"{scalar(at(raw, 'identifier', 'scheme'))} {value}"] if value else own


def _inline(
    release: dict[str, Any], pointer: str, tender_pointer: str
) -> Iterator[tuple[Any, str, str]]:
    """(organisation, pointer, role) wherever a release may write one."""
    tender = release.get("tender")
    yield from _at(release, pointer, "buyer", "buyer")
    yield from _at(release, pointer, "buyers", "buyer")
    yield from _at(tender, tender_pointer, "procuringEntity", "procuringEntity")
    yield from _at(tender, tender_pointer, "buyers", "buyer")
    yield from _at(tender, tender_pointer, "tenderers", "tenderer")
    for award, where in objects(release, "awards", pointer):
        yield from _at(award, where, "suppliers", "supplier")
        yield from _at(award, where, "buyers", "buyer")
        yield from _at(award, where, "buyer", "buyer")
    for contract, where in objects(release, "contracts", pointer):
        yield from _at(contract, where, "suppliers", "supplier")
        yield from _at(contract, where, "buyer", "buyer")
        implementation = contract.get("implementation")
        for paid, place in objects(implementation, "transactions", f"{where}/implementation"):
            for role in ("payer", "payee", "providerOrganization", "receiverOrganization"):
                yield from _at(paid, place, role, role)
    bids = release.get("bids")
    details = bids if isinstance(bids, list) else at(bids, "details")
    where = f"{pointer}/bids" if isinstance(bids, list) else f"{pointer}/bids/details"
    for index, bid in enumerate(listed(details)):
        yield from _at(bid, f"{where}/{index}", "tenderers", "tenderer")


def _at(holder: Any, pointer: str, key: str, role: str) -> Iterator[tuple[Any, str, str]]:
    value = holder.get(key) if isinstance(holder, dict) else None
    for index, one in enumerate(listed(value)):
        if isinstance(one, dict) or scalar(one):
            yield (
                one,
                f"{pointer}/{key}/{index}" if isinstance(value, list) else f"{pointer}/{key}",
                role,
            )
