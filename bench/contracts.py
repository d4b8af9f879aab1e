"""Measure the reader of award CSV against ripgrep and DuckDB on the same file, in one run.

    python bench/generate_awards.py --megabytes 1000 --out bench/data/awards.csv
    python bench/contracts.py bench/data/awards.csv [--literals N]

Each contestant runs in a process of its own, after one untimed pass that brings the file into
memory; the best of three times counts. ripgrep: `rg -i` with seven literals. oust: every record
counted, every needle of all dossiers looked for, hits read into records. DuckDB: bare `read_csv`
of the columns that oust reads, all as text. Then what was found against what was planted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEVEN = ("kaspersky", "huawei", "zte", "hikvision", "dahua", "hytera", "bytedance")
RUNS = 3
MB = 1e6


def ripgrep(file: Path) -> dict[str, Any]:
    """Lines with one of seven literals."""
    words = [part for word in SEVEN for part in ("-e", word)]
    done = subprocess.run(
        ["rg", "-i", "-c", *words, str(file)], capture_output=True, text=True, check=False
    )
    return {"lines": int(done.stdout or 0)}


def needles(extra: int) -> Any:
    """The needles of all dossiers, with `extra` more literals that occur nowhere."""
    from oust.data.load import load_dossiers
    from oust.identify import compile_dossiers
    from oust.needles import LiteralNeedles, UnionNeedles

    more = LiteralNeedles(f"zqx{number}vwj" for number in range(extra))
    return UnionNeedles(compile_dossiers(load_dossiers()).needles(), more)


def oust(file: Path, extra: int) -> dict[str, Any]:
    """Every record counted, and those with a needle read."""
    from oust.fileview import FileView
    from oust.formats import FORMATS, pick
    from oust.formats.seam import Opened
    from oust.model import Record

    sought = needles(extra)
    opened = Opened(file.name, FileView(file))
    reader = pick(opened.head, FORMATS)
    if reader is None:
        raise SystemExit("no reader claims the file")
    counts: Counter[str] = Counter()
    rows: list[int] = []
    started = time.perf_counter()
    for one in reader.read(opened, sought):
        counts[type(one).__name__] += getattr(one, "count", 1)
        if isinstance(one, Record):
            rows.append(int(one.locator.split()[1]))
    took = time.perf_counter() - started
    said = {"format": reader.name, "literals": len(sought.literals), **counts}
    return said | {"seconds": took, "rows": rows}


def duckdb(file: Path) -> dict[str, Any]:
    """DuckDB's own reading of the columns that oust reads."""
    import duckdb as engine

    from oust.formats.purchases import map_headers

    with file.open(encoding="utf-8") as lines:
        headers = lines.readline().rstrip("\n").split(",")
    names = [headers[place] for place in map_headers(headers).places.values()]
    chosen = ", ".join(f'max("{name}")' for name in names)
    link = engine.connect()
    link.execute("set threads = 2")
    query = f"select count(*), {chosen} from read_csv('{file}', all_varchar = true, header = true)"
    try:
        return {"records": link.execute(query).fetchone()[0]}
    except engine.Error as error:
        return {"error": str(error).splitlines()[0]}


def timed(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Best of RUNS times of `work`, with what it says and its peak memory."""
    best: dict[str, Any] = {}
    for _ in range(RUNS):
        started = time.perf_counter()
        said = work()
        said.setdefault("seconds", time.perf_counter() - started)
        if not best or said["seconds"] < best["seconds"]:
            best = said
    best["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return best


def alone(name: str, file: Path, literals: int) -> dict[str, Any]:
    """`timed` in a process of its own."""
    command = [sys.executable, __file__, str(file), "--only", name, "--literals", str(literals)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def found(file: Path, rows: set[int]) -> None:
    """Print what was read of what was planted."""
    truth = [json.loads(line) for line in Path(f"{file}.truth.jsonl").read_text().splitlines()]
    for kind in ("purchase", "clause", "removal", "near"):
        planted = {one["row"]: one for one in truth if one["kind"] == kind}
        print(f"  {kind:9} planted {len(planted):4}  read {len(planted.keys() & rows):4}")
        for row in sorted(planted.keys() - rows):
            if kind == "purchase":
                print(f"    missed row {row}: {planted[row]['text']!r} {planted[row]['seller']!r}")


def compare(file: Path, literals: int) -> None:
    """Print times, ratios, memory and counts."""
    with file.open("rb") as raw:
        while raw.read(1 << 24):
            pass
    said = {name: alone(name, file, literals) for name in ("rg", "oust", "duckdb")}
    base, size = said["rg"]["seconds"], file.stat().st_size / MB
    for name, one in said.items():
        rest = {key: value for key, value in one.items() if key not in ("rows", "seconds")}
        rest["peak_mb"] = round(rest["peak_mb"])
        took = one["seconds"]
        print(f"{name:7} {took:6.2f} s {took / base:5.1f} x rg {size / took:6.0f} MB/s  {rest}")
    meta = json.loads(Path(f"{file}.meta.json").read_text())
    seen = sum(said["oust"].get(name, 0) for name in ("Record", "Tally", "Quarantine"))
    print(f"records in the file {meta['rows']}, accounted for {seen}")
    found(file, set(said["oust"]["rows"]))


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--literals", type=int, default=0, help="literals besides the dossiers'")
    parser.add_argument("--only", choices=("rg", "oust", "duckdb"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    work: dict[str, Callable[[], dict[str, Any]]] = {
        "rg": lambda: ripgrep(said.file),
        "oust": lambda: oust(said.file, said.literals),
        "duckdb": lambda: duckdb(said.file),
    }
    if said.only:
        print(json.dumps(timed(work[said.only])))
    else:
        compare(said.file, said.literals)


if __name__ == "__main__":
    main()
