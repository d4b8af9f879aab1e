"""One OCDS release as records: its awards with their contracts, its items and its parties.

Publishers differ in habits: parties by reference or inline, one or several buyers, words where
the standard has objects, titles in several languages. What is of an unexpected type is read as
far as it says something; a date or amount that cannot be used is quarantined alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oust.formats.contract_values import Doubts, extra, ids
from oust.formats.ocds_parties import Party, Register, party_ids
from oust.formats.ocds_values import at, listed, money, number, objects, scalar, text, texts
from oust.model import Link, Record, Said, Tally

Obj = dict[str, Any]


def release_records(release: Obj, pointer: str, tender_pointer: str = "") -> list[Said]:
    """Everything one release says; `pointer` is its JSON pointer, with `#`.

    `tender_pointer` differs from `pointer/tender` in Prozorro's own layout.
    """
    return list(_Release(release, pointer, tender_pointer or f"{pointer}/tender").said())


class _Release:
    """A release being read."""

    def __init__(self, release: Obj, pointer: str, tender_pointer: str) -> None:
        self.release = release
        self.pointer = pointer
        self.tender_pointer = tender_pointer
        self.doubts = Doubts()
        self.ocid = scalar(release.get("ocid")) or scalar(release.get("id"))
        found = release.get("tender")
        self.tender: Obj = found if isinstance(found, dict) else {}
        self.register = Register(release, pointer, tender_pointer)
        self.seen_items: set[tuple[str, str]] = set()
        self.repeated = 0

    def said(self) -> Iterator[Said]:
        """Awards, then contracts without an award, lines and parties."""
        awards = list(objects(self.release, "awards", self.pointer))
        contracts = list(objects(self.release, "contracts", self.pointer))
        by_award: dict[str, list[tuple[Obj, str]]] = {}
        for contract, pointer in contracts:
            only = scalar(awards[0][0].get("id")) if len(awards) == 1 else "?"
            by_award.setdefault(scalar(contract.get("awardID")) or only, []).append(
                (contract, pointer)
            )
        for award, pointer in awards:
            yield from self._award(award, pointer, by_award.pop(scalar(award.get("id")), []))
        for left in by_award.values():
            for contract, pointer in left:
                yield from self._award({}, pointer, [(contract, pointer)])
        if not awards and not contracts:
            yield self._stage()
        yield from self._tender_lines(awards, contracts)
        yield from self._parties()
        if self.repeated:
            yield Tally("award", self.repeated)
        yield from self.doubts.found

    def _award(self, award: Obj, pointer: str, contracts: list[tuple[Obj, str]]) -> Iterator[Said]:
        first = contracts[0][0] if contracts else {}
        name = number(self.ocid, award) if award else number(self.ocid, first)
        sellers = self.register.named(award.get("suppliers")) or self.register.named(
            [one for contract, _ in contracts for one in listed(contract.get("suppliers"))]
        )
        buyers = self.register.buyers([award, *(contract for contract, _ in contracts)])
        yield Record(
            kind="award",
            locator=pointer,
            ref=pointer,
            name=name,
            type=_type(award, "award") if award else _type(first, "contract"),
            seller="; ".join(one.name for one in sellers if one.name),
            buyer="; ".join(one.name for one in buyers if one.name),
            ids=self._award_ids(award, contracts, name, sellers, buyers),
            urls=_urls(award, *(contract for contract, _ in contracts)),
            description=_joined(
                *texts(award), *(t for c, _ in contracts for t in texts(c)), *texts(self.tender)
            ),
            amount=self._amount(award, pointer, contracts),
            since=self._since(award, pointer, contracts),
            until=self._until(award, pointer, contracts),
            extra=extra(self._award_extra(award, contracts)),
        )
        for holder, where in ((award, pointer), *contracts):
            yield from self._lines(holder, where, name)

    def _award_ids(
        self,
        award: Obj,
        contracts: list[tuple[Obj, str]],
        name: str,
        sellers: list[Party],
        buyers: list[Party],
    ) -> tuple[str, ...]:
        numbers = [("award", number(self.ocid, contract)) for contract, _ in contracts]
        numbers += [("award", scalar(contract.get("contractID"))) for contract, _ in contracts]
        sold = [pair for seller in sellers for pair in seller.pairs]
        sold += [("alias", name) for seller in sellers for name in seller.aliases]
        bought = [("buyer-code", code) for buyer in buyers for code in buyer.codes]
        return ids(("award", name), *numbers, ("award", self.ocid), *sold, *bought)

    def _amount(self, award: Obj, pointer: str, contracts: list[tuple[Obj, str]]) -> str:
        holders = [*contracts, (award, pointer)] if len(contracts) == 1 else [(award, pointer)]
        for holder, where in holders:
            if value := self.doubts.money(money(holder.get("value"))[0], f"{where}/value/amount"):
                return value
        return ""

    def _since(self, award: Obj, pointer: str, contracts: list[tuple[Obj, str]]) -> str:
        dates = [(c.get("dateSigned"), f"{where}/dateSigned") for c, where in contracts]
        dates.append((award.get("date"), f"{pointer}/date"))
        periods = [(at(c, "period", "startDate"), f"{w}/period/startDate") for c, w in contracts]
        return self._first_date([*dates, *periods])

    def _until(self, award: Obj, pointer: str, contracts: list[tuple[Obj, str]]) -> str:
        ends = [(at(c, "period", "endDate"), f"{w}/period/endDate") for c, w in contracts]
        ends.append((at(award, "contractPeriod", "endDate"), f"{pointer}/contractPeriod/endDate"))
        return self._first_date(ends)

    def _first_date(self, dates: list[tuple[Any, str]]) -> str:
        return next((d for raw, w in dates if (d := self.doubts.date(scalar(raw), w))), "")

    def _award_extra(self, award: Obj, contracts: list[tuple[Obj, str]]) -> dict[str, str]:
        values = [money(contract.get("value")) for contract, _ in contracts]
        one = contracts[0][0] if contracts else {}
        currency = money(award.get("value"))[1] or next((c for _, c in values if c), "")
        several = "; ".join(amount for amount, _ in values if amount) if len(values) > 1 else ""
        return {
            **self._process(),
            "award id": scalar(award.get("id")),
            "contract ids": "; ".join(filter(None, (scalar(c.get("id")) for c, _ in contracts))),
            "status": scalar(award.get("status")),
            "contract status": scalar(one.get("status")),
            "currency": currency,
            "contract values": several,
            "period start": scalar(at(one, "period", "startDate"))
            or scalar(at(award, "contractPeriod", "startDate")),
            "documents": _documents(award, *(contract for contract, _ in contracts)),
        }

    def _process(self) -> dict[str, str]:
        """What holds of the whole contracting process."""
        return {
            "ocid": self.ocid,
            "release": scalar(self.release.get("id")),
            "release date": scalar(self.release.get("date")),
            "tag": "; ".join(map(scalar, listed(self.release.get("tag")))),
            "method": scalar(self.tender.get("procurementMethodDetails"))
            or scalar(self.tender.get("procurementMethod")),
            "category": scalar(self.tender.get("mainProcurementCategory")),
        }

    def _stage(self) -> Record:
        """The record of a release without award or contract: what stage it has come to."""
        found = self.release.get("planning")
        planning: Obj = found if isinstance(found, dict) else {}
        kind = "tender" if self.tender else "planning" if planning else "release"
        holder, pointer = {
            "tender": (self.tender, self.tender_pointer),
            "planning": (planning, f"{self.pointer}/planning"),
            "release": (self.release, self.pointer),
        }[kind]
        worth = holder.get("value") if kind == "tender" else at(planning, "budget", "amount")
        where = "value/amount" if kind == "tender" else "budget/amount/amount"
        buyers = self.register.buyers([holder])
        period = ("tenderPeriod", "contractPeriod")
        return Record(
            kind="award",
            locator=pointer,
            ref=pointer,
            name=number(self.ocid, holder) if kind == "tender" else self.ocid,
            type=kind,
            buyer="; ".join(one.name for one in buyers if one.name),
            ids=ids(
                ("award", number(self.ocid, holder) if kind == "tender" else ""),
                ("award", self.ocid),
                *(("buyer-code", code) for buyer in buyers for code in buyer.codes),
            ),
            urls=_urls(holder),
            description=_joined(*texts(holder), *_planning_texts(planning)),
            amount=self.doubts.money(money(worth)[0], f"{pointer}/{where}"),
            since=self._first_date(
                [(at(holder, p, "startDate"), f"{pointer}/{p}/startDate") for p in period]
                + [(self.release.get("date"), f"{self.pointer}/date")]
            ),
            extra=extra(
                {
                    **self._process(),
                    "status": scalar(holder.get("status")),
                    "currency": money(worth)[1],
                    "documents": _documents(holder),
                }
            ),
        )

    def _tender_lines(
        self, awards: list[tuple[Obj, str]], contracts: list[tuple[Obj, str]]
    ) -> Iterator[Said]:
        made = awards or contracts
        name = number(self.ocid, made[0][0]) if len(made) == 1 else self.ocid
        if not made:
            name = number(self.ocid, self.tender)
        yield from self._lines(self.tender, self.tender_pointer, name)
        for lot, pointer in objects(self.tender, "lots", self.tender_pointer):
            if described := _joined(*texts(lot)):
                yield Record(
                    "award", pointer, role="line", name=name, type="lot", description=described
                )
            yield from self._lines(lot, pointer, name)

    def _lines(self, holder: Obj, pointer: str, name: str) -> Iterator[Record]:
        for item, where in objects(holder, "items", pointer):
            key = (scalar(item.get("id")), _joined(*texts(item)))
            if key in self.seen_items:
                self.repeated += 1
                continue
            self.seen_items.add(key)
            yield self._line(item, where, name)

    def _line(self, item: Obj, pointer: str, name: str) -> Record:
        traits = dict(_traits(item))
        classes = [item.get("classification"), *listed(item.get("additionalClassifications"))]
        coded = [one for one in map(_classification, classes) if one]
        price = money(at(item, "unit", "value"))
        return Record(
            kind="award",
            locator=pointer,
            role="line",
            name=name,
            type="item",
            manufacturer=traits.pop("manufacturer", ""),
            supplier=traits.pop("supplier", ""),
            ids=ids(("part", traits.pop("part", "")), ("gtin", traits.pop("gtin", ""))),
            description=_joined(*texts(item)) or _joined(*coded),
            amount=self.doubts.money(price[0], f"{pointer}/unit/value/amount"),
            extra=extra(
                {
                    "item": scalar(item.get("id")),
                    "quantity": scalar(item.get("quantity")),
                    "unit": scalar(at(item, "unit", "name")) or scalar(item.get("unit")),
                    "currency": price[1],
                    "classification": "; ".join(coded),
                    **{f"attribute {key}": value for key, value in traits.items()},
                }
            ),
        )

    def _parties(self) -> Iterator[Said]:
        for party in self.register.all():
            yield Record(
                kind="party",
                locator=party.pointer,
                ref=party.pointer,
                name=party.name,
                type="; ".join(party.roles),
                ids=party_ids(party),
                urls=party.urls,
                extra=extra(party.extra),
            )
            yield from self._owners(party)

    def _owners(self, party: Party) -> Iterator[Said]:
        """Beneficial owners, as the extension of that name states them."""
        for owner, pointer in objects(party.raw, "beneficialOwners", party.pointer):
            if name := text(owner, "name"):
                yield Record("party", pointer, ref=pointer, name=name, type="beneficial owner")
                yield Link("owns", pointer, (party.pointer,), pointer)


_OPEN_STATUS = ("", "active", "pending", "complete", "terminated")


def _type(holder: Obj, word: str) -> str:
    """`award`, or with the status in front where it says that nothing was bought."""
    status = scalar(holder.get("status"))
    return word if status.lower() in _OPEN_STATUS else f"{status} {word}"


def _joined(*parts: str) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _planning_texts(planning: Obj) -> list[str]:
    budget = planning.get("budget")
    project = [text(budget, "project"), text(budget, "description")] if budget else []
    return [text(planning, "rationale"), *project]


def _documents(*holders: Obj) -> str:
    found = [text(one, "title") for h in holders for one, _ in objects(h, "documents", "")]
    return "; ".join(dict.fromkeys(filter(None, found)))[:2000]


def _urls(*holders: Obj) -> tuple[str, ...]:
    found = [scalar(one.get(key)) for one in holders for key in ("url", "uri")]
    return tuple(dict.fromkeys(url for url in found if url))


def _classification(value: Any) -> str:
    if not isinstance(value, dict):
        return scalar(value)
    parts = (scalar(value.get("scheme")), scalar(value.get("id")), text(value, "description"))
    return " ".join(part for part in parts if part)


_TRAITS = {
    **dict.fromkeys(("manufacturer", "brand", "make", "maker", "producer"), "manufacturer"),
    **dict.fromkeys(("marca", "fabricante", "fabricant", "marque"), "manufacturer"),
    **dict.fromkeys(("виробник", "торгова марка", "производитель"), "manufacturer"),
    **dict.fromkeys(("sku", "part number", "partnumber", "mpn", "model", "modelo"), "part"),
    **dict.fromkeys(("gtin", "ean", "upc"), "gtin"),
    **dict.fromkeys(("supplier", "vendor"), "supplier"),
}
"""Words by which publishers name what an item is, and what they mean here."""


def _traits(item: Obj) -> Iterator[tuple[str, str]]:
    for key, value in item.items():
        if key.lower() in _TRAITS and (said := scalar(value) or text(value, "name")):
            yield _TRAITS[key.lower()], said
    for attribute in listed(item.get("attributes")):
        name = text(attribute, "name") or text(attribute, "id")
        if name and (value := scalar(at(attribute, "value"))):
            yield _TRAITS.get(name.lower(), name), value
    classification = item.get("classification")
    if scalar(at(classification, "scheme")).upper() in ("GTIN", "EAN", "UPC"):
        yield "gtin", scalar(at(classification, "id"))
