"""What the store holds of agreements, awards, subawards and operators, for vetting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import pyarrow as pa
from msgspec import Struct

from oust.access import Agreement
from oust.model import Evidence

Row = dict[str, Any]
KeyOf = Callable[[str], str]

NUMBERS = ("uei", "cage", "duns", "lei", "reg")
"""Identifier schemes that name a party beyond doubt."""


class Tables(Protocol):
    """The part of the store that this stage uses."""

    def table(self, name: str) -> Any:
        """A table expression."""

    def rows(self, expression: Any) -> list[Row]:
        """The rows of an expression as dictionaries."""

    def literal(self, rows: pa.Table) -> Any:
        """Given rows as a table expression."""


class Award(Struct, frozen=True):
    """An award, or a subaward if it names its prime."""

    number: str
    seller: str
    key: str  # of the seller
    prime: str
    prime_key: str
    contracts: tuple[str, ...]  # its own number and those it was placed under
    since: str
    description: str
    federal: bool
    evidence: Evidence


class Operated(Struct, frozen=True):
    """A statement that a party runs a host."""

    host: str
    since: str
    until: str
    evidence: Evidence


def agreements(tables: Tables, key_of: KeyOf) -> list[Agreement]:
    """Every entry of every register, in the order of the sources."""
    item, occurrence, source = _joined(tables)
    given = item.filter(item.kind == "agreement")
    rows = tables.rows(occurrence.join(given, "key").join(source, "sid"))
    return [_agreement(row, key_of) for row in sorted(rows, key=_place)]


def _joined(tables: Tables) -> tuple[Any, Any, Any]:
    source = tables.table("source")
    current = source.filter(source.current).select(
        "sid", "sha256", "format", source="path"
    )  # what a source said before is not asked
    return tables.table("item").drop("run"), tables.table("occurrence"), current


def _place(row: Row) -> tuple[str, int]:
    return row["source"], row["n"]


def _agreement(row: Row, key_of: KeyOf) -> Agreement:
    said = _extra(row)
    ids = tuple(row["ids"] or ())
    clauses = _items(said, "clauses")
    texts = {
        name: said.get(name, "")
        for name in (
            *("title", "access", "federal", "access_removed", "vetted", "vetted_by", "vetted_on"),
            *("vetting_expires", "ground", "attestation", "attested_on", "prime", "contact"),
            *("officer", "note"),
        )
    }
    return Agreement(
        id=row["name"] or f"{row['source'].rsplit('/', 1)[-1]} {row['locator']}",
        party=row["seller"],
        key=key_of(row["seller"]),
        granted_by=row["buyer"],
        systems=_items(said, "systems"),
        hosts=_items(said, "hosts"),
        data=_items(said, "data"),
        contracts=_numbers(ids, "award", "parent-award"),
        clauses=() if clauses == ("none",) else clauses,
        clauses_stated=bool(clauses),
        since=row["since"],
        until=row["until"],
        subcontractors=_items(said, "subcontractors"),
        ids=tuple(one for one in ids if one.partition(":")[0] in NUMBERS),
        evidence=_evidence(row),
        **texts,
    )


def _items(said: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one for one in said.get(name, "").split("; ") if one)


def _extra(row: Row) -> dict[str, str]:
    try:
        return msgspec.json.decode(row["extra"] or "{}", type=dict[str, str])
    except msgspec.MsgspecError:  # a plug-in's own words
        return {}


def _numbers(ids: Iterable[str], *schemes: str) -> tuple[str, ...]:
    found = (one.partition(":") for one in ids)
    return tuple(dict.fromkeys(value for scheme, _, value in found if scheme in schemes))


def _evidence(row: Row, field: str = "seller", text: str = "") -> Evidence:
    return Evidence(row["source"], row["locator"], field, text or row["seller"], "", row["sha256"])


def awards(tables: Tables, key_of: KeyOf, parties: Parties) -> list[Award]:
    """Awards to the parties and under their contracts, subawards under them, by source."""
    item, occurrence, source = _joined(tables)
    given = item.filter((item.kind == "award") & (item.seller != ""))
    sold = tables.rows(given.select("seller", "ids").distinct())
    sellers = {row["seller"] for row in sold if parties.find(row["seller"], row["ids"] or ())}
    chosen = tables.literal(pa.table({"seller": pa.array(sorted(sellers), pa.string())}))
    theirs = occurrence.join(given.semi_join(chosen, "seller"), "key").join(source, "sid")
    named = given.filter(given.name.upper().isin(sorted(parties.contracts)))
    contracts = occurrence.join(named, "key").join(source, "sid")
    under = occurrence.filter(occurrence.extra.contains('"prime"')).join(given, "key")
    found: dict[tuple[int, int], Award] = {}
    rows = [*tables.rows(theirs), *tables.rows(contracts), *tables.rows(under.join(source, "sid"))]
    for row in rows:
        said = _extra(row)
        seller = parties.find(row["seller"], row["ids"] or ())
        number = said.get("prime_uei", "")
        prime = parties.find(said.get("prime", ""), (f"uei:{number}",) if number else ())
        if seller or prime or row["name"].upper() in parties.contracts:
            found[row["sid"], row["n"]] = _award(row, seller or key_of(row["seller"]), prime)
    return [found[place] for place in sorted(found)]


class Parties:
    """The parties of the registers, found again by number or by name; clashes are not joined."""

    def __init__(self, given: Sequence[Agreement], key_of: KeyOf) -> None:
        self._key_of = key_of
        self._numbers: dict[str, str] = {}  # number -> key
        self._known: dict[str, dict[str, set[str]]] = {}  # key -> scheme -> numbers
        self.contracts = {one.upper() for each in given for one in each.contracts}
        self.clashes: dict[tuple[str, str], None] = {}  # name elsewhere, why it is not joined
        for one in given:
            schemes = self._known.setdefault(one.key, {})
            for number in one.ids:
                self._numbers.setdefault(number, one.key)
                schemes.setdefault(number.partition(":")[0], set()).add(number)
            for name in (one.prime, *one.subcontractors):
                if name and name != "none":
                    self._known.setdefault(key_of(name), {})

    def find(self, name: str, ids: Iterable[str]) -> str:
        """Key of the party of a register that is meant; "" if none is."""
        numbers = [one for one in ids if one.partition(":")[0] in NUMBERS]
        for one in numbers:
            if one in self._numbers:
                return self._numbers[one]
        key = self._key_of(name) if name else ""
        known = self._known.get(key)
        if known is None:
            return ""
        for one in numbers:
            scheme = one.partition(":")[0]
            if scheme in known:
                self.clashes[name, f"same name, different {scheme.upper()}"] = None
                return ""
        return key


def _award(row: Row, key: str, prime_key: str) -> Award:
    said = _extra(row)
    numbers = _numbers(row["ids"] or (), "award", "parent-award")
    return Award(
        number=row["name"],
        seller=row["seller"],
        key=key,
        prime=said.get("prime", ""),
        prime_key=prime_key,
        contracts=tuple(dict.fromkeys((row["name"], *numbers))),
        since=row["since"],
        description=row["description"],
        federal=row["format"] in FEDERAL,
        evidence=_evidence(row),
    )


FEDERAL = frozenset({"usaspending-csv", "fpds-atom"})
"""Formats in which the US federal government publishes its awards."""


def operated(tables: Tables, key_of: KeyOf) -> dict[str, dict[str, Operated]]:
    """Hosts that a party is said to run: key of the party -> host, folded -> statement."""
    _, occurrence, source = _joined(tables)
    item = tables.table("item").select("key", "name", "kind")
    link = tables.table("link")
    stated = link.filter(link.relation == "operated-by").join(source, "sid")
    rows = sorted(tables.rows(stated), key=_place)
    ends = _ends(tables, occurrence.join(item, "key"), {row["sid"] for row in rows})
    found: dict[str, dict[str, Operated]] = {}
    for row in rows:
        host = ends.get((row["sid"], row["origin"])) or str(row["origin"])
        for ref in row["targets"] or ():
            party = ends.get((row["sid"], ref), ref)
            seen = Evidence(row["source"], row["locator"], "relation", party, "", row["sha256"])
            said = Operated(host, row["since"], row["until"], seen)
            found.setdefault(key_of(party), {}).setdefault(host.casefold(), said)
    run = occurrence.filter(occurrence.operator != "").join(item, "key").join(source, "sid")
    for row in sorted(tables.rows(run), key=_place):
        host = row["host"] or (row["name"] if row["kind"] == "host" else "")
        if host:
            seen = _evidence({**row, "seller": row["operator"]}, "operator")
            said = Operated(host, "", "", seen)
            found.setdefault(key_of(row["operator"]), {}).setdefault(host.casefold(), said)
    return found


def _ends(tables: Tables, things: Any, sids: set[int]) -> dict[tuple[int, str], str]:
    """Names of the ends of links, by source and ref."""
    if not sids:
        return {}
    wanted = tables.literal(pa.table({"sid": pa.array(sorted(sids), pa.int32())}))
    rows = tables.rows(things.filter(things.ref != "").semi_join(wanted, "sid"))
    return {(row["sid"], row["ref"]): row["name"] for row in rows if row["name"]}
