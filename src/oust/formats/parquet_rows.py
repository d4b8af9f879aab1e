"""Rows of a Parquet file as text, batch by batch, so that memory stays flat."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from oust.formats.byte_file import byte_file
from oust.formats.seam import Opened, Unreadable, one_line
from oust.model import Quarantine

BATCH_ROWS = 4096
MAX_COLUMNS = 20_000
LONG_TEXT = 4000
"""Characters kept of a nested value that has no flat form."""


class ParquetRows:
    """A Parquet file: `headers` (nested fields as `outer.inner`) and its rows.

    Raises Unreadable if it cannot be opened.
    """

    def __init__(self, opened: Opened) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.arrow = pa
        try:
            self.file = pq.ParquetFile(byte_file(opened.data))
            self.headers = list(_flat_names(self.file.schema_arrow, pa))
        except (pa.ArrowException, OSError, ValueError, TypeError) as error:
            hidden = opened.data[:4] == b"PARE" or "encrypt" in str(error).lower()
            reason = "the file is encrypted" if hidden else _reason(error)
            raise Unreadable(f"the Parquet file cannot be opened: {reason}") from None
        if len(self.headers) > MAX_COLUMNS:
            raise Unreadable(f"a table of {len(self.headers):,} columns is no table of purchases")
        self.count: int = self.file.metadata.num_rows

    def rows(self, wanted: Collection[int]) -> Iterator[tuple[str, list[str]] | Quarantine]:
        """(locator, cells) of each row; cells of columns that are not `wanted` stay empty.

        A row group that is damaged is quarantined; the next one goes on.
        """
        for group in range(self.file.num_row_groups):
            done = 0
            try:
                for batch in self._batches(group, wanted):
                    for cells in self._texts(batch):
                        done += 1
                        yield f"row group {group} row {done}", cells
            except (self.arrow.ArrowException, OSError, ValueError) as error:
                left = self.file.metadata.row_group(group).num_rows - done
                reason = f"{left:,} rows cannot be read: {_reason(error)}"
                yield Quarantine(f"row group {group} row {done + 1}", reason)

    def _batches(self, group: int, wanted: Collection[int]) -> Iterator[Any]:
        tops = {self.headers[index].split(".")[0] for index in wanted}
        names = [name for name in self.file.schema_arrow.names if name.split(".")[0] in tops]
        yield from self.file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names)

    def _texts(self, batch: Any) -> Iterator[list[str]]:
        """Rows of a batch as text, laid out as `headers`."""
        place = {header: index for index, header in reversed(list(enumerate(self.headers)))}
        table = _flattened(self.arrow.Table.from_batches([batch]), self.arrow)
        columns = [
            (place[name], [_text(value) for value in column.to_pylist()])
            for name, column in zip(table.column_names, table.columns, strict=True)
            if name in place
        ]
        for number in range(table.num_rows):
            cells = [""] * len(self.headers)
            for index, column in columns:
                cells[index] = column[number]
            yield cells


def _reason(error: Exception) -> str:
    return one_line(str(error), 120)


def _flattened(table: Any, arrow: Any) -> Any:
    while any(arrow.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return table


def _flat_names(fields: Any, arrow: Any, before: str = "", depth: int = 0) -> Iterator[str]:
    for field in fields:
        if arrow.types.is_struct(field.type) and depth < 50:
            yield from _flat_names(field.type, arrow, f"{before}{field.name}.", depth + 1)
        else:
            yield before + field.name


def _text(value: Any) -> str:
    """A cell as text: lists of plain values joined, other nested values as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and not any(isinstance(one, list | dict | tuple) for one in value):
        return "; ".join(filter(None, map(_text, value)))
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, default=str, ensure_ascii=False)[:LONG_TEXT]
    return str(value)
