"""The store of a case: the only module that knows which engine keeps and queries the tables.

Stages see table expressions (`Store.table`, Ibis) and `Store.map_batches` (Arrow record batch in,
Arrow record batch out). Every change is one transaction, so a process killed at any moment leaves
a usable case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from oust.columns import LISTS, SIGHTING_SCHEMA, RecordTables
from oust.errors import Exit, OustError
from oust.model import ITEM_FIELDS, OCCURRENCE_FIELDS, Note, Source

FILE = "oust-case.duckdb"
LAYOUT = "3"
"""Raised when the tables change; an older case is told to be made anew."""

MEMORY_LIMIT = "256MB"

_TEXT = "VARCHAR USING COMPRESSION uncompressed"
"""Trying how texts pack best would take four times as long as writing them, to halve the case."""


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}" {"VARCHAR[]" if name in LISTS else _TEXT}' for name in names)


_TABLES = f"""
CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE source (sid INTEGER PRIMARY KEY, path VARCHAR, location VARCHAR, sha256 VARCHAR,
  format VARCHAR, bytes BIGINT, records BIGINT, quarantined BIGINT, status VARCHAR,
  message VARCHAR, counts VARCHAR, collected VARCHAR, bulk BOOLEAN, sought VARCHAR,
  outer_path VARCHAR, current BOOLEAN, run INTEGER, gone_in INTEGER, filed VARCHAR);
CREATE TABLE item (key {_TEXT}, run INTEGER, {_columns(ITEM_FIELDS)});
CREATE TABLE occurrence (key {_TEXT}, sid INTEGER, n INTEGER, {_columns(OCCURRENCE_FIELDS)});
CREATE TABLE link (sid INTEGER, n INTEGER, relation VARCHAR, origin VARCHAR, targets VARCHAR[],
  locator VARCHAR, since VARCHAR, until VARCHAR, share VARCHAR, extra VARCHAR);
CREATE TABLE quarantine (sid INTEGER, locator VARCHAR, reason VARCHAR, text VARCHAR);
CREATE TABLE sighting (key VARCHAR, vendor VARCHAR, field VARCHAR, "start" INTEGER,
  "end" INTEGER, text VARCHAR, identifier VARCHAR, strength VARCHAR, features VARCHAR[],
  relation VARCHAR, mention VARCHAR);
"""

_VERIFICATION = """
CREATE TABLE IF NOT EXISTS verification (sha256 VARCHAR PRIMARY KEY, says VARCHAR, lasts BOOLEAN);
CREATE TABLE IF NOT EXISTS authentihash (sha256 VARCHAR, digest VARCHAR);
"""

_NOTE = """
CREATE TABLE IF NOT EXISTS note (subject VARCHAR, number INTEGER, version INTEGER, word VARCHAR,
  text VARCHAR, author VARCHAR, "at" VARCHAR, PRIMARY KEY (subject, number, version));
"""


class Store:
    """Tables of one case. Open it with `Store.open`, close it with `close`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._db = connection
        self.folder = folder
        self._ibis: Any = None
        self._literals = 0

    @staticmethod
    def expect(folder: Path) -> None:
        """Raise OustError when there is no case in `folder`."""
        if not (folder / FILE).exists():
            raise OustError(f"no case in {folder}", "make one with: oust trace EVIDENCE")

    @classmethod
    def open(cls, folder: Path, create: bool = False) -> Store:
        """Open the case in `folder`; make it if `create`.

        Raises OustError when there is no case, another process holds it, or its layout is old.
        """
        place = folder / FILE
        if not create:
            cls.expect(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            db = duckdb.connect(str(place), config={"memory_limit": MEMORY_LIMIT, "threads": 1})
            store = cls(db, folder)
            store._prepare()
        except (duckdb.Error, OSError) as error:
            raise _cannot_open(folder, error) from error
        return store

    def _prepare(self) -> None:
        self._db.execute("SET preserve_insertion_order = true")
        self._db.execute(
            f"SET temp_directory = '{str(self.folder / 'tmp').replace(chr(39), chr(39) * 2)}'"
        )
        tables = self._db.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
        if tables is None or not tables[0]:
            with self.change():
                self._db.execute(_TABLES)
                self.set_meta("layout", LAYOUT)
        elif self.meta("layout") != LAYOUT:
            text = f"the case in {self.folder} was made by another version of oust"
            raise OustError(text, "trace the evidence again into a new folder with --case")
        self._db.execute(_VERIFICATION)
        self._db.execute(_NOTE)

    def close(self) -> None:
        """Release the case for other processes."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: all of it happens or nothing."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a store that failed has rolled back by itself
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def meta(self, name: str) -> str:
        """A remembered setting, or the empty string."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, name: str, value: str) -> None:
        """Remember a setting."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    # what stages see

    def table(self, name: str) -> Any:
        """The table `name` as an Ibis expression."""
        if self._ibis is None:
            import ibis

            self._ibis = ibis.duckdb.from_connection(self._db)
        return self._ibis.table(name)

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of a table expression as dictionaries; only for results that are small."""
        return _arrow(self._db.execute(self._sql(expression))).to_pylist()  # type: ignore[no-any-return]

    def literal(self, rows: pa.Table) -> Any:
        """Given rows as a table expression, to join with."""
        self._literals += 1
        name = f"literal_{self._literals}"
        self._db.register("given", rows)
        self._db.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM given')
        self._db.unregister("given")
        return self.table(name)

    def keep(self, expression: Any) -> Any:
        """A table expression worked out once, until the case is closed: to use it repeatedly."""
        self._literals += 1
        name = f"literal_{self._literals}"
        self._db.execute(f'CREATE TEMP TABLE "{name}" AS {self._sql(expression)}')
        return self.table(name)

    def map_batches(
        self,
        expression: Any,
        kernel: Callable[[pa.RecordBatch], pa.RecordBatch],
        schema: pa.Schema,
        rows: int = 100_000,
    ) -> Iterator[pa.RecordBatch]:
        """`kernel` over the rows of `expression`, batch by batch; its batches have `schema`."""
        for batch in _batches(self._db.cursor().execute(self._sql(expression)), rows):
            if batch.num_rows:
                yield kernel(batch).cast(schema)

    def _sql(self, expression: Any) -> str:
        """Ibis would fetch by way of pandas; the engine gives Arrow itself."""
        return str(self._ibis.compile(expression))

    # writing evidence

    def next_sid(self) -> int:
        """The first source id not in use."""
        row = self._db.execute(
            "SELECT greatest((SELECT coalesce(max(sid), 0) FROM source), "
            "(SELECT coalesce(max(sid), 0) FROM occurrence)) + 1"
        ).fetchone()
        return int(row[0]) if row else 1

    def add_records(self, records: RecordTables, run: int) -> None:
        """Store records: each distinct thing once, and every occurrence of it."""
        names = ", ".join(f'"{name}"' for name in ITEM_FIELDS)
        self._db.register("things", records.items)
        self._db.execute(
            f"INSERT INTO item SELECT key, {run}, {names} FROM things "
            "WHERE key NOT IN (SELECT key FROM item)"
        )
        self._db.unregister("things")
        self.add_rows("occurrence", records.occurrences)

    def add_rows(self, name: str, rows: pa.Table) -> None:
        """Append `rows` to the table `name`, whose columns they carry in order."""
        self._db.register("incoming", rows)
        self._db.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
        self._db.unregister("incoming")

    def add_sources(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store sources: the fields of `model.Source` and the columns only the store needs."""
        if rows:
            table = pa.Table.from_pylist(list(rows), schema=_SOURCE_SCHEMA)
            self.add_rows("source", table)

    def supersede(self, outer_paths: Sequence[str], run: int) -> None:
        """Mark the current sources of these top-level files as replaced in `run`."""
        self._db.execute(
            "UPDATE source SET current = false, gone_in = ? WHERE current AND outer_path IN "
            "(SELECT unnest(?::VARCHAR[]))",
            [run, list(outer_paths)],
        )

    def forget(self, sids: Sequence[int]) -> None:
        """Remove sources with all they said: what a killed run had left half done."""
        for name in ("occurrence", "link", "quarantine", "source"):
            self._db.execute(
                f'DELETE FROM "{name}" WHERE sid IN (SELECT unnest(?::INTEGER[]))', [list(sids)]
            )

    def sids_of(self, outer_path: str) -> list[int]:
        """Ids of the current sources of a top-level file."""
        found = self._db.execute(
            "SELECT sid FROM source WHERE current AND outer_path = ? ORDER BY sid", [outer_path]
        )
        return [int(row[0]) for row in found.fetchall()]

    def forget_unfinished(self) -> None:
        """Forget what a killed run had written of sources that it did not finish."""
        for name in ("occurrence", "link", "quarantine"):
            self._db.execute(f'DELETE FROM "{name}" WHERE sid NOT IN (SELECT sid FROM source)')

    def note(self, path: str, message: str) -> None:
        """Say something of a current source beside what was said when it was read."""
        self._db.execute(
            "UPDATE source SET message = ? WHERE current AND path = ?", [message, path]
        )

    def clear(self, name: str) -> None:
        """Remove all rows of a table that stages derive (such as sightings)."""
        self._db.execute(f'DELETE FROM "{name}"')

    # signatures that were checked

    def signer_sightings(self) -> list[dict[str, Any]]:
        """Files in which a signer was sighted, and RPM packages that were sighted at all.

        `path`, `location` and `sha256` of their sources.
        """
        found = self._db.execute(
            "SELECT DISTINCT s.path, s.location, s.sha256 FROM sighting g "
            "JOIN occurrence o USING (key) JOIN source s ON s.sid = o.sid JOIN item i USING (key) "
            "WHERE s.current AND i.kind = 'file' AND o.locator = 'file' AND g.mention = '' "
            "AND (g.relation = 'signed-by' OR i.type = 'RPM') ORDER BY s.path"
        )
        return [
            dict(zip(("path", "location", "sha256"), row, strict=True)) for row in found.fetchall()
        ]

    def unsigned_programs(self) -> list[dict[str, Any]]:
        """Windows programs without signer whose `authentihash` is not known, if one may be listed.

        That is where a catalogue has a sighted signer: `path`, `location`, `sha256` as above.
        """
        found = self._db.execute(
            "SELECT s.path, s.location, s.sha256 FROM item i JOIN occurrence o USING (key) "
            "JOIN source s ON s.sid = o.sid WHERE s.current AND i.kind = 'file' AND i.type = 'PE' "
            "AND NOT contains(array_to_string(i.ids, '|'), 'signer:') "
            "AND s.sha256 NOT IN (SELECT sha256 FROM authentihash) AND EXISTS (SELECT 1 "
            "FROM sighting g JOIN item c USING (key) WHERE c.type = 'catalogue' "
            "AND g.relation = 'signed-by' AND g.mention = '') ORDER BY s.path"
        )
        names = ("path", "location", "sha256")
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def add_program_digests(self, digests: dict[str, list[str]]) -> None:
        """Keep `authentihash:` ids of programs by the digest of their file; `[""]` for none."""
        rows = [(sha256, one) for sha256, every in sorted(digests.items()) for one in every]
        with self.change():
            self._db.executemany("INSERT INTO authentihash VALUES (?, ?)", rows)

    def verifications(self) -> list[dict[str, Any]]:
        """What was found, by digest: `sha256` and `says`, as far as it holds for good."""
        found = self._db.execute("SELECT sha256, says FROM verification WHERE lasts").fetchall()
        return [{"sha256": sha256, "says": says} for sha256, says in found]

    def add_verifications(self, results: dict[str, str], lasting: set[str]) -> None:
        """Keep what checks of signatures said; what is not `lasting` is tried again next time."""
        rows = [(sha256, says, sha256 in lasting) for sha256, says in sorted(results.items())]
        with self.change():
            self._db.executemany("INSERT OR REPLACE INTO verification VALUES (?, ?, ?)", rows)

    # notes: rows are added, never changed

    def add_note(self, note: Note) -> None:
        """Keep one version of a note. The key refuses a version that is there already."""
        row = [getattr(note, name) for name in _NOTE_FIELDS]
        self._db.execute("INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def notes(self, subject: str) -> tuple[Note, ...]:
        """Every version of every note on a subject, by number and version."""
        found = self._db.execute(
            "SELECT * FROM note WHERE subject = ? ORDER BY number, version", [subject]
        )
        rows = found.fetchall()
        return tuple(Note(**dict(zip(_NOTE_FIELDS, row, strict=True))) for row in rows)

    def noted(self) -> list[str]:
        """Subjects that have notes."""
        found = self._db.execute("SELECT DISTINCT subject FROM note ORDER BY subject")
        return [str(row[0]) for row in found.fetchall()]

    # reading back

    def sources(self, current: bool = True) -> list[dict[str, Any]]:
        """Rows of `source`, by path; only those not superseded unless `current` is false."""
        where = "WHERE current" if current else ""
        found = self._db.execute(f"SELECT * FROM source {where} ORDER BY path, sid")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def export(self, folder: Path) -> list[Path]:
        """Write every table as Parquet; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name in TABLES:
            place = folder / f"{name}.parquet"
            quoted = str(place).replace("'", "''")
            self._db.execute(f"COPY \"{name}\" TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
            written.append(place)
        return written


def _arrow(result: Any) -> pa.Table:
    fetch = getattr(result, "to_arrow_table", None) or result.fetch_arrow_table
    return fetch()


def _batches(result: Any, rows: int) -> Iterator[pa.RecordBatch]:
    fetch = getattr(result, "to_arrow_reader", None) or result.fetch_record_batch
    yield from fetch(rows)


TABLES = ("source", "item", "occurrence", "link", "quarantine", "sighting", "note")

_NOTE_FIELDS = ("subject", "number", "version", "word", "text", "author", "at")

_SOURCE_SCHEMA = pa.schema(
    [("sid", pa.int32())]
    + [(name, pa.string()) for name in ("path", "location", "sha256", "format")]
    + [(name, pa.int64()) for name in ("bytes", "records", "quarantined")]
    + [(name, pa.string()) for name in ("status", "message", "counts", "collected")]
    + [("bulk", pa.bool_()), ("sought", pa.string()), ("outer_path", pa.string())]
    + [("current", pa.bool_()), ("run", pa.int32()), ("gone_in", pa.int32())]
    + [("filed", pa.string())]
)


def source_of(row: dict[str, Any]) -> Source:
    """A row of the source table as the model has it."""
    fields = {name: row[name] for name in Source.__struct_fields__ if name != "counts"}
    return Source(counts=msgspec.json.decode(row["counts"] or "{}", type=dict[str, int]), **fields)


def _cannot_open(folder: Path, error: Exception) -> OustError:
    text = str(error)
    if "could not set lock" in text.lower() or "used by another process" in text.lower():
        return OustError(
            f"the case in {folder} is in use by another oust",
            "wait until it has finished, or name another folder with --case",
            Exit.BUSY,
        )
    hint = "trace the evidence again into a new folder with --case"
    return OustError(
        f"the case in {folder} cannot be opened: {text.splitlines()[0]}", hint, Exit.FAILED
    )


def as_problem(error: BaseException) -> OustError | None:
    """What to tell the user of a failure of the engine underneath; None if it is none of its."""
    if not isinstance(error, duckdb.Error):
        return None
    text = str(error)
    if "No space left" in text:
        hint = "free some, or put the case on another disk with --case; then run the command again"
        return OustError("no space is left on the disk that holds the case", hint, Exit.FAILED)
    hint = "run it again; if it fails again, trace the evidence into a new folder with --case"
    return OustError(f"the case's store failed: {text.splitlines()[0]}", hint, Exit.FAILED)


__all__ = ["FILE", "SIGHTING_SCHEMA", "TABLES", "Store", "as_problem", "source_of"]
