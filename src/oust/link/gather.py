"""What the link stage asks of the tables: a few joins and filters, as Ibis expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from oust.lazy import pa

STRUCTURE = ("contains", "depends-on")
"""Relations that SBOMs state between components of one document."""

Row = dict[str, Any]


class Tables(Protocol):
    """The part of the store that this stage uses."""

    def table(self, name: str) -> Any:
        """A table expression."""

    def rows(self, expression: Any) -> list[Row]:
        """The rows of an expression as dictionaries."""

    def literal(self, rows: pa.Table) -> Any:
        """Given rows as a table expression."""


class Member(Struct, frozen=True):
    """A record of one document, as far as walking its structure needs it."""

    key: str
    ref: str
    role: str
    kind: str
    name: str
    version: str
    type: str
    locator: str
    purl: str
    ids: tuple[str, ...]
    publisher: str
    supplier: str


class Stated(Struct, frozen=True):
    """A structure link upward: `parent` contains or depends on what is looked up."""

    parent: str  # ref
    relation: str
    locator: str


class Document(Struct):
    """The structure of one source: members by ref, and what holds each."""

    source: str
    sha256: str
    members: dict[str, Member] = field(default_factory=dict)
    holders: dict[str, list[Stated]] = field(default_factory=dict)
    subjects: list[Member] = field(default_factory=list)


def _current(tables: Tables) -> Any:
    source = tables.table("source")
    return source.filter(source.current).select(
        "sid", "sha256", source="path", source_format="format"
    )


def _full(tables: Tables, occurrence: Any) -> Any:
    """Occurrences with the thing itself and the source, whole."""
    item = tables.table("item").drop("run")
    return occurrence.join(item, "key").join(_current(tables), "sid")


def sightings(tables: Tables, vendors: Sequence[str]) -> list[Row]:
    """Every sighting of `vendors` with every occurrence of the thing it was made on."""
    sighting = tables.table("sighting")
    renamed = sighting.filter(sighting.vendor.isin(list(vendors))).rename(
        seen_field="field", seen_text="text", seen_relation="relation"
    )
    whole = _full(tables, tables.table("occurrence"))
    return _sorted(tables.rows(renamed.join(whole, "key")))


def occurrences(tables: Tables, keys: Iterable[str]) -> list[Row]:
    """Every occurrence of the things with these keys."""
    wanted = tables.literal(pa.table({"key": pa.array(sorted(set(keys)), pa.string())}))
    occurrence = tables.table("occurrence").semi_join(wanted, "key")
    return _sorted(tables.rows(_full(tables, occurrence)))


def _sorted(rows: list[Row]) -> list[Row]:
    """In an order that does not depend on when a source was added."""
    return sorted(rows, key=lambda row: (row["source"], row["n"], row.get("identifier", "")))


def documents(tables: Tables, sids: Iterable[int]) -> dict[int, Document]:
    """The structure of these sources."""
    wanted = tables.literal(pa.table({"sid": pa.array(sorted(set(sids)), pa.int32())}))
    item = tables.table("item").select(
        *("key", "kind", "name", "version", "type", "purl", "ids", "publisher", "supplier")
    )
    occurrence = tables.table("occurrence").semi_join(wanted, "sid")
    occurrence = occurrence.select("key", "sid", "n", "ref", "role", "locator")
    found: dict[int, Document] = {}
    members = tables.rows(occurrence.join(item, "key").join(_current(tables), "sid"))
    for row in sorted(members, key=lambda row: (row["sid"], row["n"])):
        document = found.setdefault(row["sid"], Document(row["source"], row["sha256"]))
        _add_member(document, row)
    link = tables.table("link").semi_join(wanted, "sid")
    for row in sorted(
        tables.rows(link.filter(link.relation.isin(STRUCTURE))), key=lambda r: (r["sid"], r["n"])
    ):
        if row["sid"] in found:
            _add_holders(found[row["sid"]], row)
    return found


def _add_member(document: Document, row: Row) -> None:
    fields = {name: row[name] for name in Member.__struct_fields__ if name != "ids"}
    member = Member(ids=tuple(row["ids"] or ()), **fields)
    document.members.setdefault(member.ref or member.locator, member)
    if member.role == "subject":
        document.subjects.append(member)


def _add_holders(document: Document, row: Row) -> None:
    for target in row["targets"] or ():
        stated = Stated(row["origin"], row["relation"], row["locator"])
        document.holders.setdefault(target, []).append(stated)


def relations(tables: Tables) -> list[Row]:
    """Every link that is not a document's own structure, with its source.

    What catalogues list is looked up where one of them is the vendor's, so as not to load it all.
    """
    link, source = tables.table("link"), _current(tables)
    source = source.filter(source.source_format != "catalogue")
    found = link.filter(~link.relation.isin(STRUCTURE)).join(source, "sid")
    return sorted(tables.rows(found), key=lambda row: (row["source"], row["n"]))


def endpoints(tables: Tables, sids: Iterable[int]) -> dict[tuple[int, str], Row]:
    """Records of these sources by (sid, ref), for resolving the ends of relations."""
    wanted = tables.literal(pa.table({"sid": pa.array(sorted(set(sids)), pa.int32())}))
    occurrence = tables.table("occurrence").semi_join(wanted, "sid")
    rows = tables.rows(_full(tables, occurrence.filter(occurrence.ref != "")))
    return {(row["sid"], row["ref"]): row for row in sorted(rows, key=lambda r: -r["n"])}


def parties(tables: Tables) -> list[Row]:
    """Things that are parties: their key, name and ids."""
    item = tables.table("item")
    return tables.rows(item.filter(item.kind == "party").select("key", "name", "ids"))


def with_access(tables: Tables) -> list[str]:
    """Parties that agreements give access, whose awards and subawards are to be looked for."""
    item = tables.table("item")
    given = item.filter(item.kind == "agreement").select("seller").distinct()
    return sorted(row["seller"] for row in tables.rows(given))


def named(tables: Tables, fields: Sequence[str]) -> list[Row]:
    """Things with a text in one of `fields`: their key, those fields and their ids."""
    item = tables.table("item")
    some = item[fields[0]] != ""
    for name in fields[1:]:
        some = some | (item[name] != "")
    return tables.rows(item.filter(some).select("key", "ids", *fields))


def typed(tables: Tables, types: Iterable[str]) -> list[Row]:
    """Every occurrence of services of these types, with its source."""
    item = tables.table("item").drop("run")
    wanted = item.filter((item.kind == "service") & item.type.isin(sorted(types)))
    found = tables.table("occurrence").join(wanted, "key").join(_current(tables), "sid")
    return _sorted(tables.rows(found))


def containers(tables: Tables, paths: Iterable[str]) -> list[Row]:
    """Sources at these paths: those that say something of themselves with their records."""
    wanted = tables.literal(pa.table({"source": pa.array(sorted(set(paths)), pa.string())}))
    source = _current(tables).semi_join(wanted, "source")
    rows = [row | {"kind": "", "locator": ""} for row in tables.rows(source)]
    occurrence = tables.table("occurrence")
    told = occurrence.filter(occurrence.locator == "file")
    item = tables.table("item").drop("run")
    return rows + _sorted(tables.rows(told.join(source, "sid").join(item, "key")))


def of_sources(tables: Tables, sids: Iterable[int]) -> list[Row]:
    """Every record of these sources, whole."""
    wanted = tables.literal(pa.table({"sid": pa.array(sorted(set(sids)), pa.int32())}))
    return _sorted(tables.rows(_full(tables, tables.table("occurrence").semi_join(wanted, "sid"))))


def with_ids(tables: Tables, ids: Iterable[str]) -> list[tuple[Row, str]]:
    """Every occurrence of things with one of these ids, with that id."""
    wanted = tables.literal(pa.table({"one": pa.array(sorted(set(ids)), pa.string())}))
    item = tables.table("item")
    each = item.select("key", one=item.ids.unnest()).semi_join(wanted, "one").distinct()
    keys: dict[str, list[str]] = {}
    for row in tables.rows(each):
        keys.setdefault(row["key"], []).append(row["one"])
    rows = occurrences(tables, keys) if keys else []
    return [(row, one) for row in rows for one in sorted(keys[row["key"]])]


def verified(tables: Tables) -> dict[str, str]:
    """What checks of signatures said, by the digest of the file."""
    return {row["sha256"]: row["says"] for row in tables.rows(tables.table("verification"))}


def program_digests(tables: Tables) -> list[tuple[str, str]]:
    """Digests of files, each with an `authentihash:` by which catalogues list the program."""
    rows = tables.rows(tables.table("authentihash"))
    return sorted((row["sha256"], row["digest"]) for row in rows)


def controls(tables: Tables) -> list[Row]:
    """What Debian packages that were met as files say of themselves."""
    source = _current(tables)
    inside = source.filter(source.source.contains("!/control.tar"))
    occurrence = tables.table("occurrence").semi_join(inside, "sid")
    rows = tables.rows(_full(tables, occurrence))
    return _sorted([row for row in rows if row["kind"] == "program" and row["type"] == "deb"])
