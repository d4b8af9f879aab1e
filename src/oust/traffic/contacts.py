"""Rows of logs joined into contacts: who reached which destination when, with how many bytes.

Two passes: rows that name a host say which connections matter; rows of connections then give
their bytes. What two exports of the same log both hold is counted once, by the sensor's own ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from oust.channel import EVENT_SCHEMA, Contact, Destination, LookUp
from oust.traffic.known import Known, plain

CONNECTIONS = "conn"
LOOK_UPS = "dns"
_LONGEST = 20  # letters of a method that are kept: whoever asks may write anything there

Row = dict[str, Any]


class Contacts:
    """Collects events. `since` and `until`: seconds since 1970, until exclusive."""

    def __init__(self, known: Known, since: float, until: float) -> None:
        self.look_ups: list[LookUp] = []
        self.logs: set[str] = set()  # kinds of logs met
        self._since, self._until = since, until
        self._meant: dict[str, list[Destination]] = {}
        for destination in known.destinations.values():
            self._meant.setdefault(destination.name, []).append(destination)
        self._answered = known.answered
        self._contacts: dict[object, Contact] = {}
        self._asked: set[tuple[float, str, str, str]] = set()
        self._measured: dict[object, set[tuple[float, Any, Any]]] = {}
        self._names = pa.array(sorted(self._meant), pa.string())

    def uids(self) -> list[str]:
        """Of every connection that a name is known of."""
        return [key for key in self._contacts if isinstance(key, str)]

    def found(self) -> list[Contact]:
        """Every contact, by time."""
        return sorted(self._contacts.values(), key=lambda one: (one.when, one.client, one.name))

    def named(self, batch: pa.RecordBatch, source: str) -> None:
        """Take in rows of every log but those of connections. Columns: EVENT_SCHEMA."""
        table = self._within(batch)
        meant = pc.or_(
            pc.is_in(_folded(table["name"]), self._names),
            pc.is_in(table["server"], self._names),
        )
        wanted = pc.and_not(meant, pc.equal(table["log"], CONNECTIONS))
        for row in table.filter(wanted.fill_null(False)).to_pylist():
            self._take(row, source)

    def measured(self, batch: pa.RecordBatch, source: str) -> None:
        """Take in rows of connections: their bytes, and those to addresses that are meant."""
        table = self._within(batch)
        table = table.filter(pc.equal(table["log"], CONNECTIONS).fill_null(False))
        uids = pa.array(self.uids(), pa.string())
        given = sorted({address for _, address in self._answered} | set(self._meant))
        meant = pc.or_(
            pc.is_in(table["uid"], uids), pc.is_in(table["server"], pa.array(given, pa.string()))
        )
        for row in table.filter(meant).to_pylist():
            self._measure(row, source)

    def _within(self, batch: pa.RecordBatch) -> pa.Table:
        """The rows of the time asked for, with every column."""
        columns = {field.name: _column(batch, field) for field in EVENT_SCHEMA}
        table = pa.table(columns)
        self.logs |= set(pc.unique(table["log"].drop_null()).to_pylist())
        later = pc.greater_equal(table["ts"], self._since)
        return table.filter(pc.and_(later, pc.less(table["ts"], self._until)).fill_null(False))

    def _take(self, row: Row, source: str) -> None:
        name = self._name(row)
        if not name:
            return
        when, client, uid = row["ts"], row["client"] or "", row["uid"] or ""
        if row["log"] == LOOK_UPS:
            place = (round(when, 6), client, name, uid)
            if not uid or place not in self._asked:
                self._asked.add(place)
                self.look_ups.append(LookUp(when, client, name, source))
            return
        key: object = uid or (source, len(self._contacts))
        contact = self._contacts.setdefault(key, Contact(when, client, name, source, uid))
        contact.when = min(contact.when, when)
        rows = self._measured.setdefault((key, row["log"]), set())
        seen = (round(when, 6), row["bytes_up"], row["bytes_down"])
        if seen in rows:
            return
        rows.add(seen)
        contact.requests += row["log"] == "http"
        if method := (row["method"] or "").upper()[:_LONGEST]:
            contact.methods[method] = contact.methods.get(method, 0) + 1
        if row["log"] != "files":
            _add(contact, row, row["log"])

    def _name(self, row: Row) -> str:
        """The destination that a row means; empty if only its contents could tell and do not."""
        content = f"{row['uri'] or ''} {row['mime'] or ''}".lower()
        for text in (row["name"], row["server"]):
            name = plain(text or "")
            for destination in self._meant.get(name, ()):
                if not destination.only or any(word in content for word in destination.only):
                    return name
        return ""

    def _measure(self, row: Row, source: str) -> None:
        key: object = row["uid"] or (source, row["ts"], row["client"], row["server"])
        contact = self._contacts.get(key)
        if contact is None:
            contact = self._by_address(row, source)
            if contact is None:
                return
            self._contacts[key] = contact
        rows = self._measured.setdefault((key, CONNECTIONS), set())
        seen = (round(row["ts"], 6), row["bytes_up"], row["bytes_down"])
        if seen not in rows:
            rows.add(seen)
            _add(contact, row, CONNECTIONS)

    def _by_address(self, row: Row, source: str) -> Contact | None:
        """A connection that no other log names, to an address that is meant."""
        client, server = row["client"] or "", row["server"] or ""
        direct = any(not one.only for one in self._meant.get(server, ()))
        name = server if direct else self._answered.get((client, server), "")
        if not name:
            return None
        uid = row["uid"] or ""
        return Contact(row["ts"], client, name, source, uid, by_address=not direct)


def _column(batch: pa.RecordBatch, field: pa.Field) -> Any:
    """A column in the type of EVENT_SCHEMA; nulls where it is missing."""
    if field.name not in batch.schema.names:
        return pa.nulls(batch.num_rows, field.type)
    column = batch[field.name]
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
        return pc.divide(column.cast(pa.float64()), 1e6)
    return column.cast(field.type)


def _folded(column: Any) -> Any:
    return pc.utf8_rtrim(pc.utf8_lower(column), characters=".")


def _add(contact: Contact, row: Mapping[str, Any], basis: str) -> None:
    """Add a row's bytes. Those of a connection count all that went over it, and replace others."""
    if row["bytes_up"] is None and row["bytes_down"] is None:
        return
    if basis != contact.basis:
        if contact.basis == CONNECTIONS:
            return
        contact.up = contact.down = None
        contact.basis = basis
    if row["bytes_up"] is not None:
        contact.up = (contact.up or 0) + row["bytes_up"]
    if row["bytes_down"] is not None:
        contact.down = (contact.down or 0) + row["bytes_down"]
