"""Arrow batches: find the rows worth a closer look in one pass over each column's bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ahocorasick_rs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oust.columns import SIGHTING_SCHEMA
from oust.model import ITEM_FIELDS, Record, Sighting

_SEARCHED = (
    *("name", "supplier", "manufacturer", "publisher", "author", "packager", "seller"),
    *("seller_parent", "purl", "ids", "urls", "path", "description"),
)
_LISTS = ("ids", "urls")


class Prefilter:
    """Literals, compiled for whole columns."""

    def __init__(self, literals: Sequence[str]) -> None:
        # a full automaton costs memory and runs at one speed however many literals there are
        self._automaton: Any = ahocorasick_rs.BytesAhoCorasick(
            [literal.encode() for literal in literals],
            implementation=ahocorasick_rs.Implementation.DFA,
        ) if literals else None  # fmt: skip

    def candidates(self, batch: pa.RecordBatch) -> list[int]:
        """Ascending numbers of the rows that hold a literal."""
        wanted = np.zeros(batch.num_rows, dtype=bool)
        if self._automaton is not None:
            for name in _SEARCHED:
                if name in batch.schema.names:
                    self._mark(batch.column(name), wanted)
        return [int(row) for row in np.flatnonzero(wanted)]

    def _mark(self, column: pa.Array, wanted: Any) -> None:
        """Set `wanted` for the rows of one column that hold a literal."""
        rows = None
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            rows = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
            column = pc.list_flatten(column)
        hits = self._hits(column)
        if hits is not None:
            wanted[hits if rows is None else rows[hits]] = True

    def _hits(self, column: pa.Array) -> Any:
        """Numbers of the strings that hold a literal; None if there are none."""
        if len(column) == 0:
            return None
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        if column.offset:  # ascii_lower of a slice keeps offsets that its data no longer has
            column = pa.concat_arrays([column.slice(0, 0), column])
        lower = pc.ascii_lower(column.cast(pa.large_string()))
        data = lower.buffers()[2]
        if data is None or data.size == 0:
            return None
        starts = np.frombuffer(lower.buffers()[1], dtype=np.int64)[
            lower.offset : lower.offset + len(lower) + 1
        ]
        window = np.frombuffer(data, dtype=np.uint8)[int(starts[0]) : int(starts[-1])]
        found = self._automaton.find_matches_as_indexes(window) if len(window) else []
        if not found:
            return None
        spans = np.asarray(found, dtype=np.int64)[:, 1:] + starts[0]
        row = np.searchsorted(starts, spans[:, 0], side="right") - 1
        whole = spans[:, 1] <= starts[row + 1]  # not across two strings
        # a match across two strings may hide one behind it, so both are looked at
        across = row[~whole]
        return np.unique(np.concatenate([row, np.minimum(across + 1, len(lower) - 1)]))


def records_of(batch: pa.RecordBatch, rows: Sequence[int]) -> Iterator[tuple[str, Record]]:
    """Key and record of each of `rows`; missing columns and nulls are empty."""
    if not rows:
        return
    names = [name for name in (*ITEM_FIELDS, "role") if name in batch.schema.names]
    few = batch.select(["key", *names]).take(pa.array(rows))
    for row in few.to_pylist():
        key = row.pop("key")
        given = {name: value for name, value in row.items() if value}
        for name in _LISTS:
            if name in given:
                given[name] = tuple(value for value in given[name] if value)
        yield key, Record(**{"kind": "component", "locator": "", **given})


def sighting_batch(found: Sequence[tuple[Any, Sighting]]) -> pa.RecordBatch:
    """Sightings with the key of their thing as one batch of SIGHTING_SCHEMA."""
    rows = [
        {
            "key": key,
            **{name: getattr(one, name) for name in SIGHTING_SCHEMA.names if name != "key"},
        }
        for key, one in found
    ]
    return pa.RecordBatch.from_pylist(rows, schema=SIGHTING_SCHEMA)
