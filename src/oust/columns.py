"""Records as Arrow columns and back: the shape in which the store keeps and the stages share."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from oust.model import ITEM_FIELDS, OCCURRENCE_FIELDS, Link, Quarantine, Record

LISTS = frozenset({"ids", "urls"})

_TEXT = pa.string()
_LIST = pa.list_(_TEXT)

ITEM_SCHEMA = pa.schema([(name, _LIST if name in LISTS else _TEXT) for name in ITEM_FIELDS])
KEYED_ITEM_SCHEMA = pa.schema([("key", _TEXT), *ITEM_SCHEMA])
OCCURRENCE_SCHEMA = pa.schema(
    [("key", _TEXT), ("sid", pa.int32()), ("n", pa.int32())]
    + [(name, _TEXT) for name in OCCURRENCE_FIELDS]
)
LINK_SCHEMA = pa.schema(
    [("sid", pa.int32()), ("n", pa.int32()), ("relation", _TEXT), ("origin", _TEXT)]
    + [("targets", _LIST)]
    + [(name, _TEXT) for name in ("locator", "since", "until", "share", "extra")]
)
QUARANTINE_SCHEMA = pa.schema(
    [("sid", pa.int32()), ("locator", _TEXT), ("reason", _TEXT), ("text", _TEXT)]
)
SIGHTING_SCHEMA = pa.schema(
    [("key", _TEXT)]
    + [(name, _TEXT) for name in ("vendor", "field")]
    + [("start", pa.int32()), ("end", pa.int32())]
    + [(name, _TEXT) for name in ("text", "identifier", "strength")]
    + [("features", _LIST), ("relation", _TEXT), ("mention", _TEXT)]
)


_item = attrgetter(*ITEM_FIELDS)
_encode = msgspec.msgpack.Encoder().encode


class RecordTables(msgspec.Struct, frozen=True):
    """Records as two tables, joined by `key`: each distinct thing once, and every occurrence."""

    items: pa.Table  # KEYED_ITEM_SCHEMA
    occurrences: pa.Table  # OCCURRENCE_SCHEMA


def record_table(sids: Sequence[int], ns: Sequence[int], records: Sequence[Record]) -> RecordTables:
    """Records of the sources `sids` (one id per record) with their ordinal `ns` in them."""
    things = [_item(record) for record in records]
    try:
        keys = [_key(thing) for thing in things]
    except UnicodeEncodeError:  # lone surrogates from \ud800 escapes are legal JSON, not UTF-8
        things = [tuple(map(_clean, thing)) for thing in things]
        keys = [_key(thing) for thing in things]
    distinct = dict(zip(keys, things, strict=True))
    columns = zip(ITEM_SCHEMA, zip(*distinct.values(), strict=True), strict=False)
    items = [_column(list(distinct), _TEXT), *(_column(c, field.type) for field, c in columns)]
    seen = [pa.array(keys, _TEXT), pa.array(sids, pa.int32()), pa.array(ns, pa.int32())]
    seen += [_column(list(map(attrgetter(name), records)), _TEXT) for name in OCCURRENCE_FIELDS]
    return RecordTables(
        pa.Table.from_arrays(items, schema=KEYED_ITEM_SCHEMA),
        pa.Table.from_arrays(seen, schema=OCCURRENCE_SCHEMA),
    )


def _key(thing: tuple[Any, ...]) -> str:
    """A digest of everything that makes up the thing itself, the same on every machine."""
    return blake2b(_encode(thing), digest_size=16).hexdigest()


def _column(values: Sequence[Any], kind: pa.DataType) -> Any:
    if not any(values):  # most fields of most sources: not worth a look at each value
        return pa.repeat(pa.scalar([] if kind == _LIST else "", kind), len(values))
    try:
        return _lists(values) if kind == _LIST else pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_clean(value) for value in values], kind)


def _lists(values: Sequence[Sequence[str]]) -> Any:
    """Lists of texts, built flat, which is several times faster than one by one."""
    ends = pa.array([0, *accumulate(map(len, values))], pa.int32())
    return pa.ListArray.from_arrays(ends, pa.array(list(chain.from_iterable(values)), _TEXT))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return tuple(_clean(one) for one in value)


def link_table(sids: Sequence[int], ns: Sequence[int], links: Sequence[Link]) -> pa.Table:
    """Links likewise."""
    columns: list[Any] = [pa.array(sids, pa.int32()), pa.array(ns, pa.int32())]
    columns += [
        _column(list(map(attrgetter(field.name), links)), field.type)
        for field in list(LINK_SCHEMA)[2:]
    ]
    return pa.Table.from_arrays(columns, schema=LINK_SCHEMA)


def quarantine_table(sids: Sequence[int], held: Sequence[Quarantine]) -> pa.Table:
    """Quarantined parts likewise."""
    texts = [[_clean(getattr(one, name)) for one in held] for name in ("locator", "reason", "text")]
    columns = [pa.array(sids, pa.int32()), *(pa.array(column, _TEXT) for column in texts)]
    return pa.Table.from_arrays(columns, schema=QUARANTINE_SCHEMA)
