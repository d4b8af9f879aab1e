"""Zeek's own log format: lines of fields, and `#` lines that say which fields they are.

A file may hold several logs one after another, as rotated ones do that were joined: each
`#fields` line begins new columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from itertools import count
from operator import itemgetter

from oust.formats.zeek_entry import TELLING, log_of, plain, unescape

_LISTS = ("set[", "vector[", "table[", "array[")
_LIST_FIELDS = frozenset(
    (
        *("answers", "ttls", "san_dns", "san_ip", "resp_mime_types", "orig_mime_types"),
        *("tx_hosts", "rx_hosts", "uids", "conn_uids", "analyzers", "msg_types", "tags"),
    )
)
"""Fields that hold lists, for logs that give no types."""

_numbers = count(1)
_UNREAD = frozenset(
    (
        *("ts", "uid", "id_orig_p", "id_resp_p", "trans_id", "rtt", "ttls", "session_id", "fuid"),
        *("uids", "conn_uids", "orig_fuids", "resp_fuids", "cert_chain_fuids", "cert_chain_fps"),
    )
)
"""Fields of numbers and random letters: three letters looked for stand in them by chance."""

_COLUMN = re.compile(r"[a-z_][\w.\[\]]*$")
_KNOWN = frozenset(
    (
        *("ts", "uid", "id_orig_h", "id_resp_h", "id_orig_p", "id_resp_p", "proto", "service"),
        *("conn_state", "history", "query", "answers", "server_name", "host", "uri", "fuid"),
        *("mime_type", "filename", "source", "mac", "duration", "orig_bytes", "resp_bytes"),
        *("analyzers", "sha1", "sha256", "md5", "orig_pkts", "resp_pkts", "tunnel_parents"),
    )
)


class Columns:
    """What the `#` lines above an entry say of it."""

    def __init__(self) -> None:
        self.separator = b"\t"
        self.set_separator = b","
        self.empty, self.unset = b"(empty)", b"-"
        self.path, self.log = "", ""
        self.fields: tuple[str, ...] = ()
        self.lists: tuple[bool, ...] = ()
        self.places: dict[str, int] = {}
        self.pick: Callable[[list[bytes]], Hashable] | None = None  # see Entry.alike
        self.unread: list[bool] = []  # which columns nothing is looked for in
        self.number = 0  # tells these columns from all others

    def take(self, line: bytes) -> bool:
        """Take up one `#` line. Whether it began new columns."""
        if line.startswith(b"#separator"):
            was = self.separator
            self.__init__()  # type: ignore[misc] # whatever was said above holds no longer
            given = unescape(line[len(b"#separator") :].lstrip(b" ")) or was
            # one writer puts the separator itself before its own name
            self.separator = given[1:] if len(given) == 2 and given[:1] == given[1:] else given
            return False
        key, _, value = line[1:].partition(self.separator)
        if key == b"fields":
            self.headed([_said(one) for one in value.split(self.separator)])
            return True
        self._set(key, value)
        return False

    def _set(self, key: bytes, value: bytes) -> None:
        if key == b"set_separator":
            self.set_separator = unescape(value) or b","
        elif key == b"empty_field":
            self.empty = unescape(value)
        elif key == b"unset_field":
            self.unset = unescape(value)
        elif key == b"path":
            self.path = _said(value).lower()
        elif key == b"types":
            types = [_said(one) for one in value.split(self.separator)]
            if len(types) == len(self.fields):
                self.lists = tuple(one.startswith(_LISTS) for one in types)

    def headed(self, names: list[str]) -> None:
        """Columns of these names follow."""
        self.fields = tuple(plain(name) for name in names)
        self.lists = tuple(name in _LIST_FIELDS for name in self.fields)
        self.places = {name: at for at, name in reversed(list(enumerate(self.fields)))}
        self.unread = [name in _UNREAD for name in self.fields]
        self.log = log_of(self.path, frozenset(self.fields))
        told = [self.places[name] for name in TELLING.get(self.log, ()) if name in self.places]
        self.pick = itemgetter(*told) if told else None
        self.number = next(_numbers)


def _said(raw: bytes) -> str:
    return unescape(raw).decode("utf-8", "replace").strip()


class TsvEntry:
    """An entry written as separated fields. See Entry."""

    __slots__ = ("_cells", "_columns", "log")

    def __init__(self, columns: Columns, cells: list[bytes]) -> None:
        self._columns, self._cells = columns, cells
        self.log = columns.log

    def text(self, *names: str) -> str:
        """See Entry."""
        for name in names:
            at = self._columns.places.get(name)
            if at is None:
                continue
            if self._columns.lists[at]:
                value = next(iter(self.many(name)), "")
            else:
                value = self._value(self._cells[at])
            if value:
                return value
        return ""

    def many(self, name: str) -> tuple[str, ...]:
        """See Entry."""
        at = self._columns.places.get(name)
        if at is None:
            return ()
        parts = [self._cells[at]]
        if self._columns.lists[at]:
            parts = parts[0].split(self._columns.set_separator)
        return tuple(value for part in parts if (value := self._value(part)))

    def alike(self) -> Hashable:
        """See Entry."""
        pick = self._columns.pick
        return (self._columns.number, pick(self._cells)) if pick else None

    def _value(self, cell: bytes) -> str:
        if cell in (self._columns.unset, self._columns.empty):
            return ""
        return unescape(cell).decode("utf-8", "replace")


@lru_cache(maxsize=8)
def heading(line: str) -> tuple[str, ...]:
    """Columns that a first line without `#` names, as zeek-cut writes it; () if it does not."""
    names = line.rstrip("\r\n").split("\t")
    known = sum(plain(name) in _KNOWN for name in names)
    told = known >= 3 or (known >= 2 and known == len(names))
    return tuple(names) if told and all(_COLUMN.match(name) for name in names) else ()
