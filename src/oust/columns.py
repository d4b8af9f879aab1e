"""Records as Arrow columns and back: the shape in which the store keeps and the stages share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import pyarrow as pa

from oust.model import ITEM_FIELDS, OCCURRENCE_FIELDS, Link, Quarantine, Record

LISTS = frozenset({"ids", "urls"})
RECORD_FIELDS = ITEM_FIELDS + OCCURRENCE_FIELDS

_TEXT = pa.string()
_LIST = pa.list_(_TEXT)

ITEM_SCHEMA = pa.schema([(name, _LIST if name in LISTS else _TEXT) for name in ITEM_FIELDS])
RECORD_SCHEMA = pa.schema(
    [("sid", pa.int32()), ("n", pa.int32())]
    + [(name, _LIST if name in LISTS else _TEXT) for name in RECORD_FIELDS]
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


def record_table(sids: Sequence[int], ns: Sequence[int], records: Sequence[Record]) -> pa.Table:
    """Records of the sources `sids` (one id per record) with their ordinal `ns` in them."""
    columns: list[Any] = [pa.array(sids, pa.int32()), pa.array(ns, pa.int32())]
    columns += [_column(name, records) for name in RECORD_FIELDS]
    return pa.Table.from_arrays(columns, schema=RECORD_SCHEMA)


def _column(name: str, records: Sequence[Record]) -> Any:
    values = list(map(attrgetter(name), records))
    if not any(values):  # most fields of most sources: not worth a look at each value
        return pa.repeat(pa.scalar([] if name in LISTS else "", _kind(name)), len(values))
    try:
        return _lists(values) if name in LISTS else pa.array(values, _TEXT)
    except UnicodeEncodeError:  # lone surrogates from \ud800 escapes are legal JSON, not UTF-8
        return pa.array([_clean(value) for value in values], _kind(name))


def _kind(name: str) -> Any:
    return _LIST if name in LISTS else _TEXT


def _lists(values: Sequence[Sequence[str]]) -> Any:
    """Lists of texts, built flat, which is several times faster than one by one."""
    ends = pa.array([0, *accumulate(map(len, values))], pa.int32())
    return pa.ListArray.from_arrays(ends, pa.array(list(chain.from_iterable(values)), _TEXT))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_clean(one) for one in value]


def link_table(sids: Sequence[int], ns: Sequence[int], links: Sequence[Link]) -> pa.Table:
    """Links likewise."""
    columns: list[Any] = [pa.array(sids, pa.int32()), pa.array(ns, pa.int32())]
    for field in list(LINK_SCHEMA)[2:]:
        values = [getattr(link, field.name) for link in links]
        try:
            columns.append(pa.array(values, field.type))
        except UnicodeEncodeError:
            columns.append(pa.array([_clean(value) for value in values], field.type))
    return pa.Table.from_arrays(columns, schema=LINK_SCHEMA)


def quarantine_table(sids: Sequence[int], held: Sequence[Quarantine]) -> pa.Table:
    """Quarantined parts likewise."""
    texts = [[_clean(getattr(one, name)) for one in held] for name in ("locator", "reason", "text")]
    columns = [pa.array(sids, pa.int32()), *(pa.array(column, _TEXT) for column in texts)]
    return pa.Table.from_arrays(columns, schema=QUARANTINE_SCHEMA)
