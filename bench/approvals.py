"""Time the approvals timeline over many award rows against hand-written SQL on the same tables.

    python bench/approvals.py FOLDER [--rows 10000000]

Makes a case in FOLDER with that many identified award rows in three sources, one in a hundred
awards said by two of them, then times in the store's own engine and settings:
- `plain`: one SELECT that counts and adds up rows by agency, year and currency. It counts rows that
  two exports hold twice, and knows no awards.
- `same answer`: hand-written SQL with distinct awards, and repeated rows counted once.
- `timeline`: the stage.
Each in a process of its own, in turn, best of three by processor time, since other work may run
beside; the largest resident memory is that process's.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from oust.approvals.rows import Asked
from oust.approvals.timeline import timeline
from oust.columns import KEYED_ITEM_SCHEMA, OCCURRENCE_SCHEMA, SIGHTING_SCHEMA
from oust.data import load_dossiers
from oust.party_keys import PartyKeys
from oust.store import Store

CHUNK = 500_000
VENDOR = "kaspersky"
AGENCIES, CHANGES, OVERLAP = 60, 4, 100
"""Agencies; rows of one award; of so many awards one is in two sources."""

GENERATED = f"""
SELECT md5(row::VARCHAR) AS key, row, award,
  'HX' || lpad((award % 700)::VARCHAR, 4, '0') || lpad(award::VARCHAR, 9, '0') AS number,
  'GS35F' || lpad((award % 900)::VARCHAR, 4, '0') || 'Y' AS parent,
  (row % {CHANGES})::VARCHAR AS change, (award % 3 + 1)::INTEGER AS sid,
  'BUREAU NUMBER ' || (hash(award) % {AGENCIES})::VARCHAR AS buyer,
  'RESELLER ' || (hash(award + 1) % 400)::VARCHAR || ' INC' AS seller,
  strftime(DATE '2008-01-01' + ((hash(award + 2) % 3300) + (row % {CHANGES}) * 150)::INTEGER,
    '%Y-%m-%d') AS since,
  CASE WHEN hash(row) % 50 = 0 THEN '' ELSE ((hash(row + 3) % 9000000)::BIGINT / 100 - 2000)
    ::DECIMAL(18, 2)::VARCHAR END AS amount
FROM (SELECT range AS row, range // {CHANGES} AS award FROM range({{0}}, {{1}}))
"""

ITEM = """SELECT key, 'award' AS kind, number AS name, seller, buyer, amount,
  'KASPERSKY LICENSES' AS description,
  ['award:' || number, 'parent-award:' || parent, 'uei:' || left(upper(md5(seller)), 12)] AS ids
FROM g"""
OCCURRENCE = f"""SELECT key, sid, row AS n, 'row ' || row AS locator, since,
  '{{"modification":"' || change || '","office":"HB CONTRACTING"}}' AS extra FROM g
UNION ALL SELECT key, sid % 3 + 1, row, 'row ' || row, since,
  '{{"modification":"' || change || '"}}' FROM g WHERE award % {OVERLAP} = 0"""
SIGHTING = f"""SELECT key, '{VENDOR}' AS vendor, 'description' AS field, 0 AS "start", 9 AS "end",
  'KASPERSKY' AS text, 'word:kaspersky' AS identifier, 'name' AS strength,
  'supplies' AS relation, '' AS mention FROM g"""

_ROWS = f"""
SELECT i.buyer, left(o.since, 4) AS year, o.sid, o.since, s.collected, s.path,
  upper(i.ids[1] || '|' || i.ids[2]) AS award,
  try_cast(i.amount AS DECIMAL(18, 4)) AS money,
  CASE WHEN contains(o.extra, '"currency":') THEN json_extract_string(o.extra, '$.currency')
    ELSE '' END AS currency, o.extra
FROM occurrence o JOIN item i USING (key) JOIN source s ON s.sid = o.sid
WHERE s.current AND i.kind = 'award' AND i.key IN
  (SELECT key FROM sighting WHERE vendor = '{VENDOR}' AND mention = '')
"""
PLAIN = f"""SELECT buyer, year, currency, count(*) AS rows, sum(money) AS value,
  count(*) FILTER (WHERE money IS NULL) AS unknown, min(since), max(since)
FROM ({_ROWS}) GROUP BY ALL"""
SAME = f"""
WITH g AS MATERIALIZED (SELECT buyer, year, currency, award, count(*) AS rows, sum(money) AS value,
    count(*) FILTER (WHERE money IS NULL) AS unknown, min(since) AS first, max(since) AS last,
    min(sid) AS low, max(sid) AS high FROM ({_ROWS}) GROUP BY ALL),
  twice AS MATERIALIZED (SELECT award FROM g GROUP BY award HAVING min(low) < max(high)),
  exact AS (SELECT *, dense_rank() OVER (PARTITION BY award,
      json_extract_string(extra, '$.modification') ORDER BY collected DESC, path) AS rank
    FROM ({_ROWS}) WHERE award IN (FROM twice)),
  every AS (SELECT * FROM g WHERE award NOT IN (FROM twice) UNION ALL
    SELECT buyer, year, currency, award, count(*), sum(money),
      count(*) FILTER (WHERE money IS NULL), min(since), max(since), 0, 0
    FROM exact WHERE rank = 1 GROUP BY ALL)
SELECT buyer, year, currency, count(*) AS awards, sum(rows) AS rows, sum(value) AS value,
  sum(unknown) AS unknown, min(first), max(last) FROM every GROUP BY ALL"""


def build(folder: Path, rows: int) -> None:
    """A case with `rows` award rows, and those repeated."""
    store, made = Store.open(folder, create=True), duckdb.connect()
    store.add_sources([_source(sid) for sid in (1, 2, 3)])
    for start in range(0, rows, CHUNK):
        made.execute(
            f"CREATE OR REPLACE TEMP TABLE g AS {GENERATED.format(start, min(start + CHUNK, rows))}"
        )
        items = _table(made.execute(ITEM).arrow(), KEYED_ITEM_SCHEMA)
        run = pa.repeat(pa.scalar(1, pa.int32()), items.num_rows)
        with store.change():
            store.add_rows("item", items.add_column(1, "run", run))
            store.add_rows(
                "occurrence", _table(made.execute(OCCURRENCE).arrow(), OCCURRENCE_SCHEMA)
            )
            store.add_rows("sighting", _table(made.execute(SIGHTING).arrow(), SIGHTING_SCHEMA))
    store.close()


def _source(sid: int) -> dict[str, Any]:
    return {"sid": sid, "path": f"exports/awards-{sid}.csv", "location": "", "sha256": "",
            "format": "usaspending-csv", "bytes": 0, "records": 0, "quarantined": 0,
            "status": "read", "message": "", "counts": "{}", "collected": f"2018-0{sid}-01",
            "bulk": True, "sought": "", "outer_path": "", "current": True, "run": 1,
            "gone_in": None, "filed": ""}  # fmt: skip


def _table(given: Any, schema: pa.Schema) -> pa.Table:
    """The columns of `schema`; what `given` lacks is empty."""
    table = given.read_all() if hasattr(given, "read_all") else given
    columns = []
    for field in schema:
        if field.name in table.column_names:
            columns.append(table[field.name].cast(field.type).combine_chunks())
        else:
            empty: Any = [] if pa.types.is_list(field.type) else ""
            columns.append(pa.repeat(pa.scalar(empty, field.type), table.num_rows))
    return pa.Table.from_arrays(columns, schema=schema)


def once(folder: Path, what: str) -> None:
    """Do one of the three, and print seconds, memory, and what to compare."""
    store = Store.open(folder)
    keys = PartyKeys(load_dossiers()) if what == "timeline" else None
    begin, cpu = time.perf_counter(), time.process_time()
    if keys is not None:
        found = timeline(store, Asked(VENDOR), keys)
        years = [year for one in found.agencies for year in one.years]
        rows = sum(year.rows for year in years)
        value = sum(one.value for year in years for one in year.sums)
        awards = sum(year.awards for year in years)
    else:
        told = store._db.execute(PLAIN if what == "plain" else SAME).fetchall()
        at = 3 if what == "plain" else 4
        rows, value = sum(row[at] for row in told), sum(row[at + 1] or 0 for row in told)
        awards = 0 if what == "plain" else sum(row[3] for row in told)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"s": seconds, "cpu": cpu, "mb": peak, "rows": int(rows), "awards": int(awards),
                      "value": f"{value:.2f}"}))  # fmt: skip
    store.close()


def main() -> None:
    """Build if need be, then time."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--once", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        once(given.folder, given.once)
        return
    if not (given.folder / "oust-case.duckdb").exists():
        begin = time.perf_counter()
        build(given.folder, given.rows)
        size = (given.folder / "oust-case.duckdb").stat().st_size / 1e9
        print(f"built in {time.perf_counter() - begin:.0f} s, {size:.1f} GB")
    ways = ("plain", "same answer", "timeline")
    best: dict[str, dict[str, Any]] = {}
    for _ in range(given.times):
        for way in ways:
            command = [sys.executable, __file__, str(given.folder), "--once", way]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            if way not in best or told["cpu"] < best[way]["cpu"]:
                best[way] = told
    for way in ways:
        one = best[way]
        print(f"{way:<12} {one['s']:7.1f} s {one['cpu']:7.1f} s CPU {one['mb']:6} MB  {one['rows']:,} rows, "
              f"{one['awards']:,} awards, {one['value']}")  # fmt: skip
    for way in ("plain", "same answer"):
        ratio = best["timeline"]["cpu"] / best[way]["cpu"]
        print(f"timeline : {way} = {ratio:.2f} (CPU)")


if __name__ == "__main__":
    main()
