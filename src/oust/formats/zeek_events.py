"""Single connections out of Zeek logs, for an audit of what identified software does on the wire.

`events` reads one log, `capture` several of one capture, so that the bytes of a connection in the
conn log belong to the name that the dns, ssl or http log knows it by (they share its `uid`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oust.fileview import FileView
from oust.formats.seam import Opened
from oust.formats.zeek import ZeekJson, ZeekTsv
from oust.formats.zeek_entry import Entry
from oust.formats.zeek_seen import Seen, seen
from oust.model import Kind
from oust.needles import LiteralNeedles, prefix_texts

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 50_000
COLUMNS = (
    *("ts", "client", "server", "name", "uid", "bytes_up", "bytes_down", "log", "uri", "mime"),
    "method",
)
"""`ts`: UTC to the microsecond. `bytes_*`: null where the log does not count bytes."""


class Wanted:
    """Names with all names below them, addresses, prefixes; and connections by their uid."""

    def __init__(self, names: Iterable[str], uids: Collection[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._nets: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self.uids = frozenset(uids)
        for name in names:
            try:
                self._nets.append(ipaddress.ip_network(name, strict=False))
            except ValueError:
                self._hosts.add(name.lower().strip("."))

    def host(self, name: str) -> bool:
        """Whether a name is one of those wanted or stands below one, by label."""
        labels = name.lower().rstrip(".").split(".")
        return any(".".join(labels[at:]) in self._hosts for at in range(len(labels)))

    def address(self, text: str) -> bool:
        """Whether an address is wanted."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return any(address.version == net.version and address in net for net in self._nets)

    def literals(self) -> list[str]:
        """One of these stands in every line that is wanted."""
        nets = [text for net in self._nets for text in prefix_texts(str(net))]
        return [*self._hosts, *nets, *self.uids]


def events(log: Path | bytes, wanted: Wanted) -> Iterator[pa.RecordBatch]:
    """Entries of one log, unpacked, that reach what is wanted: COLUMNS, in the order of the log.

    Lines that cannot be read are left out: the reader of the log quarantines them. Raises
    Unreadable if the log cannot be read to its end.
    """
    yield from _batches(_rows(log, wanted, {}))


def capture(logs: Iterable[Path], names: Iterable[str]) -> Iterator[pa.RecordBatch]:
    """Entries of all logs of a capture that reach one of `names`, those of conn logs by uid too."""
    paths, sought = sorted(logs), list(names)
    wanted = Wanted(sought)
    known: dict[str, str] = {}
    for path in paths:
        for row in _rows(path, wanted, {}):
            # the uid of a look-up is that of the connection to the resolver
            if row["uid"] and row["log"] not in ("dns", "conn"):
                known.setdefault(row["uid"], row["name"])
    both = Wanted(sought, known)
    for path in paths:
        yield from _batches(_rows(path, both, known))


class _Rows:
    """Takes the entries that reach what is wanted. See zeek.Sink."""

    every_column = True  # connections are looked for by their uid

    def __init__(self, wanted: Wanted, known: dict[str, str]) -> None:
        self._wanted, self._known = wanted, known
        self.found: list[dict[str, Any]] = []

    def count(self, kind: Kind, rows: int) -> None:
        """Nothing: all rows are counted where the log is read as evidence."""

    def reached(self, *moments: float | None) -> None:
        """Nothing, likewise."""

    def look(self, entry: Entry, line: int, counted: Kind, locator: str = "") -> None:
        """Keep the entry as a row, if it reaches what is wanted."""
        one = seen(entry)
        if one is None or not self._reached(one, entry):
            return
        uid = entry.text("uid")
        self.found.append(
            {
                "ts": None if one.when is None else datetime.fromtimestamp(one.when, UTC),
                "client": one.client,
                "server": entry.text("id_resp_h", "tx_hosts"),
                "name": self._known.get(uid, one.name) if entry.log == "conn" else one.name,
                "uid": uid,
                "bytes_up": one.up,
                "bytes_down": one.down,
                "log": entry.log,
                "uri": next(iter(one.urls), ""),
                "mime": entry.text("resp_mime_types", "mime_type"),
                "method": entry.text("method") if entry.log == "http" else "",
            }
        )

    def _reached(self, one: Seen, entry: Entry) -> bool:
        wanted = self._wanted
        hosts = [value.partition(":") for value in one.ids]
        return entry.text("uid") in wanted.uids or any(
            wanted.address(value) if scheme == "ip" else wanted.host(value)
            for scheme, _, value in hosts
            if scheme in ("ip", "domain", "cname")
        )


def _rows(log: Path | bytes, wanted: Wanted, known: dict[str, str]) -> list[dict[str, Any]]:
    """Raises Unreadable if the log cannot be read to its end."""
    opened = Opened("log", log) if isinstance(log, bytes) else Opened(log.name, FileView(log))
    form = ZeekTsv() if ZeekTsv().claims(opened.head) else ZeekJson()
    rows = _Rows(wanted, known)
    for _ in form.tell(opened, LiteralNeedles(wanted.literals()), rows):
        pass  # what cannot be read is told where the log is read as evidence
    return rows.found


def _batches(rows: list[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    text, size = pa.string(), pa.int64()
    types = (pa.timestamp("us", "UTC"), text, text, text, text, size, size, text, text, text, text)
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    for at in range(0, len(rows), BATCH):
        yield pa.RecordBatch.from_pylist(rows[at : at + BATCH], schema=schema)
