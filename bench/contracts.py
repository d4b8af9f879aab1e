"""Measure the reading of award CSV against ripgrep and DuckDB on the same file, in one run.

    python bench/generate_awards.py --megabytes 1000 --out bench/data/awards.csv
    python bench/contracts.py bench/data/awards.csv [--literals N] [--dirty]

Each contestant runs in a process of its own, after one untimed pass that brings the file into
memory; the best of three times counts. `rg`: `rg -i -F` with seven literals. `scan`: every record
counted, every needle of all dossiers looked for, hits read into records. `trace`: the whole of
`oust trace` with all dossiers, from start-up to the written findings. `duckdb`: bare `read_csv`
of the columns that oust reads, all as text. Then the findings against what was planted; with
`--dirty` also those of copies of the same size, damaged in seven ways.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import generate_awards

SEVEN = ("kaspersky", "huawei", "zte", "hikvision", "dahua", "hytera", "bytedance")
RUNS = 3
MB = 1e6


class Ran(NamedTuple):
    """What a process took."""

    seconds: float
    cpu: float
    peak_mb: float
    output: str


def run(*command: str) -> Ran:
    """Run a process to its end."""
    # as an installed program runs: what Python compiles at the first start is kept
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=plain)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        out.seek(0)
        output = out.read()
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{command[0]} failed: {output[-2000:]}")
    return Ran(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


def ripgrep(file: Path) -> dict[str, Any]:
    """Lines with one of seven literals."""
    words = [part for word in SEVEN for part in ("-e", word)]
    done = best(run("rg", "-i", "-F", "-c", *words, str(file)) for _ in range(RUNS))
    return shown(done) | {"lines": int(done.output or 0)}


def trace(file: Path, runs: int = RUNS) -> dict[str, Any]:
    """The whole of `oust trace`, and what it found."""
    made = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "findings.json"
            case = ("--case", f"{folder}/case", "--format", "json", "--output", str(out))
            ran = run(sys.executable, "-m", "oust", "trace", str(file), *case, "--all")
            made.append(ran._replace(output=out.read_text("utf-8")))
    done = best(made)
    return shown(done) | {"findings": json.loads(done.output)}


def best(ran: Iterable[Ran]) -> Ran:
    """The quickest, with the highest peak of all."""
    every = list(ran)
    return min(every)._replace(peak_mb=max(one.peak_mb for one in every))


def shown(ran: Ran) -> dict[str, Any]:
    """The figures of a run."""
    return {"seconds": ran.seconds, "cpu": ran.cpu, "peak_mb": ran.peak_mb}


def needles(extra: int) -> Any:
    """The needles of all dossiers, with `extra` more literals that occur nowhere."""
    from oust.data.load import load_dossiers
    from oust.identify import compile_dossiers
    from oust.needles import LiteralNeedles, UnionNeedles

    more = LiteralNeedles(f"zqx{number}vwj" for number in range(extra))
    return UnionNeedles(compile_dossiers(load_dossiers()).needles(), more)


def scan(file: Path, extra: int) -> dict[str, Any]:
    """Every record counted, and those with a needle read."""
    from oust.fileview import FileView
    from oust.formats import FORMATS, pick
    from oust.formats.seam import Opened

    sought = needles(extra)
    opened = Opened(file.name, FileView(file))
    reader = pick(opened.head, FORMATS)
    if reader is None:
        raise SystemExit("no reader claims the file")
    counts: Counter[str] = Counter()
    started, used = time.perf_counter(), time.process_time()
    for one in reader.read(opened, sought):
        counts[type(one).__name__] += getattr(one, "count", 1)
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}
    return {"format": reader.name, "literals": len(sought.literals), **counts, **took}


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
    chosen: dict[str, Any] = {}
    for _ in range(RUNS):
        started, used = time.perf_counter(), time.process_time()
        said = work()
        said.setdefault("seconds", time.perf_counter() - started)
        said.setdefault("cpu", time.process_time() - used)
        if not chosen or said["seconds"] < chosen["seconds"]:
            chosen = said
    chosen["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return chosen


def alone(name: str, file: Path, literals: int) -> dict[str, Any]:
    """`timed` in a process of its own."""
    command = (sys.executable, __file__, str(file), "--only", name, "--literals", str(literals))
    return dict(json.loads(run(*command).output))


def rows_of(findings: dict[str, Any]) -> tuple[set[tuple[int, str]], dict[tuple[int, str], str]]:
    """Row and vendor of every exposure, and of every mention with its reason."""
    exposed = {
        (row, one["vendor"])
        for one in findings["exposures"]
        for path in one["paths"]
        for link in path["links"]
        for evidence in link["evidence"]
        for row in located(evidence)
    }
    mentioned = {
        (row, one["vendor"]): one["reason"]
        for one in findings["mentions"]
        for row in located(one.get("evidence", one))
    }
    return exposed, mentioned


def located(evidence: dict[str, Any] | list[dict[str, Any]]) -> Iterator[int]:
    """Row numbers of a piece of evidence, or of several."""
    for one in evidence if isinstance(evidence, list) else [evidence]:
        if found := re.match(r"row (\d+) byte", one["locator"]):
            yield int(found[1])


def judge(file: Path, findings: dict[str, Any]) -> None:
    """Print how the findings agree with what was planted, and every disagreement."""
    lines = Path(f"{file}.truth.jsonl").read_text().splitlines()
    truth = {one["row"]: one for one in map(json.loads, lines)}
    exposed, mentioned = rows_of(findings)
    met = exposed | mentioned.keys()
    for kind in ("purchase", "clause", "removal", "near"):
        rows = {row for row, one in truth.items() if one["kind"] == kind}
        bought = {row for row, vendor in exposed if row in rows and right(truth[row], vendor)}
        told = {row for row, _ in mentioned} & rows - bought
        print(
            f"  {kind:9} {len(rows):4} planted, {len(bought):4} exposures, {len(told):4} mentions"
        )
        for row in sorted(rows - bought if kind == "purchase" else bought):
            reasons = [mentioned[at] for at in sorted(met) if at[0] == row and at in mentioned]
            print(f"    WRONG row {row}: {truth[row]['text']!r} {truth[row]['seller']!r} {reasons}")
    strange = sorted(one for one in exposed if one[0] not in truth)
    print(f"  exposures that nobody planted: {len(strange)} {strange[:20]}")
    meta = json.loads(Path(f"{file}.meta.json").read_text())
    source = findings["sources"][0]
    said = source["records"] + source["quarantined"]
    print(f"  records: {meta['rows']} written, {said} accounted for, {source['status']}")


def right(planted: dict[str, Any], vendor: str) -> bool:
    """Whether an exposure to `vendor` is one to what was planted; any counts for a decoy."""
    return planted["kind"] != "purchase" or vendor == planted["vendor"]


def compare(file: Path, literals: int) -> None:
    """Print times, ratios, memory and findings."""
    with file.open("rb") as raw:
        while raw.read(1 << 24):
            pass
    print("load:", *os.getloadavg())
    said = {"rg": ripgrep(file), "scan": alone("scan", file, literals)}
    said |= {"trace": trace(file), "duckdb": alone("duckdb", file, literals)}
    base, size = said["rg"]["seconds"], file.stat().st_size / MB
    for name, one in said.items():
        rest = {key: one[key] for key in sorted(one.keys() - {"findings", "seconds", "cpu"})}
        rest["peak_mb"] = round(rest["peak_mb"])
        took, used = one["seconds"], one["cpu"]
        print(
            f"{name:7} {took:6.2f} s (processor {used:6.2f} s) {took / base:5.1f} x rg "
            f"{size / took:6.0f} MB/s  {rest}"
        )
    print("load:", *os.getloadavg())
    judge(file, said["trace"]["findings"])


def dirtied(file: Path) -> None:
    """The findings in copies damaged in each way."""
    size = json.loads(Path(f"{file}.meta.json").read_text())["rows"]
    for dirt in generate_awards.DIRT:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            copy = Path(folder) / "awards.csv"
            generate_awards.write(copy, size, dirt, 7)
            ran = trace(copy, 1)
            print(f"{dirt}: {ran['seconds']:.2f} s, {ran['peak_mb']:.0f} MB")
            judge(copy, ran["findings"])


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--literals", type=int, default=0, help="literals besides the dossiers'")
    parser.add_argument("--dirty", action="store_true", help="also seven damaged copies")
    parser.add_argument("--only", choices=("scan", "duckdb"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.only:
        work = {"scan": lambda: scan(said.file, said.literals), "duckdb": lambda: duckdb(said.file)}
        print(json.dumps(timed(work[said.only])))
        return
    compare(said.file, said.literals)
    if said.dirty:
        dirtied(said.file)


if __name__ == "__main__":
    main()
