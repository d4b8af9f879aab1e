"""Measure the reading of Zeek logs against a plain line parser and DuckDB, in one run.

    python bench/zeek.py [--rows 2000000] [--kind dns-tsv dns-json] [--file dns.log]

A seeded log is written, unless one is given. Each contestant runs in a process of its own, after
an untimed pass that brings the file into memory; the best of three times counts. `oust`: every row
counted and its fields counted, all dossiers' names and addresses looked for, hits read into records.
`python`: a line parser as one writes it, that splits each line, names its fields and compares query
and answers by label with the dossiers' domains. `duckdb`: bare `read_csv` or `read_json` that counts
a column, with no comparison at all.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIELDS = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "trans_id",
    "rtt",
    "query",
    "qclass",
    "qclass_name",
    "qtype",
    "qtype_name",
    "rcode",
    "rcode_name",
    "AA",
    "TC",
    "RD",
    "RA",
    "Z",
    "answers",
    "TTLs",
    "rejected",
]
TYPES = [
    "time",
    "string",
    "addr",
    "port",
    "addr",
    "port",
    "enum",
    "count",
    "interval",
    "string",
    "count",
    "string",
    "count",
    "string",
    "count",
    "string",
    "bool",
    "bool",
    "bool",
    "bool",
    "count",
    "vector[string]",
    "vector[interval]",
    "bool",
]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
PLANTED = ("dnl-05.geo.kaspersky.com", "ds.kaspersky-labs.com", "update.juniper-updates.net")
RUNS = 3


def rows(count: int, seed: int = 4) -> list[list[str]]:
    """Rows of a made-up network: 2,000 clients, 20,000 names by Zipf's law, one hit in 5,000."""
    dice = random.Random(seed)
    names = [_name(dice) for _ in range(20_000)]
    ranks = [1 / (rank + 1) for rank in range(len(names))]
    asked = dice.choices(names, ranks, k=count)
    made, ts = [], 1_700_000_000.0
    for number, name in enumerate(asked):
        ts += dice.random() * 0.01
        name = dice.choice(PLANTED) if number % 5000 == 0 else name
        ip = f"{dice.randrange(1, 223)}.{dice.randrange(256)}.{dice.randrange(256)}.9"
        alias = dice.random() < 0.3
        answers = f"e{number % 9000}.cdn.example.net,{ip}" if alias else ip
        made.append(
            [
                *(f"{ts:.6f}", "C" + "".join(dice.choices(LETTERS, k=17))),
                *(f"10.{number % 8}.{dice.randrange(250)}.7", str(dice.randrange(1024, 65535))),
                *("10.0.0.53", "53", "udp", str(dice.randrange(65535)), f"{dice.random():.6f}"),
                *(name, "1", "C_INTERNET", "1", "A", "0", "NOERROR", "F", "F", "T", "T", "0"),
                *(answers, "300.000000,60.000000" if alias else "60.000000", "F"),
            ]
        )
    return made


def _name(dice: random.Random) -> str:
    parts = ("www", "api", "cdn", "mail", "img", "edge", "static", "login", "sync", "telemetry")
    word = "".join(dice.choices("aeioubcdfglmnprst", k=dice.randrange(5, 12)))
    return f"{dice.choice(parts)}.{word}.{dice.choice(('com', 'net', 'org', 'io', 'de'))}"


def write(kind: str, count: int, path: Path) -> None:
    """Write the log of `kind` to `path`, in parts, so that memory stays flat."""
    with path.open("w") as file:
        if kind == "dns-tsv":
            file.write("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n")
            file.write("#unset_field\t-\n#path\tdns\n#open\t2024-01-01-00-00-00\n")
            file.write("#fields\t" + "\t".join(FIELDS) + "\n#types\t" + "\t".join(TYPES) + "\n")
        for part, start in enumerate(range(0, count, 100_000)):
            for row in rows(min(100_000, count - start), part):
                file.write(_json(row) if kind == "dns-json" else "\t".join(row) + "\n")


def _json(row: list[str]) -> str:
    value: dict[str, object] = {"_path": "dns", **dict(zip(FIELDS, row, strict=True))}
    value |= {name: value[name] == "T" for name in ("AA", "TC", "RD", "RA", "rejected")}
    value |= {"ts": float(row[0]), "answers": row[21].split(",")}
    value["TTLs"] = [float(one) for one in row[22].split(",")]
    return json.dumps(value, separators=(",", ":")) + "\n"


def oust(path: Path) -> tuple[float, str]:
    """Rows counted, and records of the rows wanted."""
    from oust.data import load_dossiers
    from oust.fileview import FileView
    from oust.formats import FORMATS, pick
    from oust.formats.seam import Opened
    from oust.identify import compile_dossiers
    from oust.model import Record, Tally
    from oust.needles import for_group

    needles = for_group(compile_dossiers(load_dossiers()).needles(), "network")
    started = time.perf_counter()
    opened = Opened(path.name, FileView(path))
    form = pick(opened.head, FORMATS)
    assert form is not None
    said = list(form.read(opened, needles))
    took = time.perf_counter() - started
    records = [one for one in said if isinstance(one, Record)]
    read = len(records) + sum(one.count for one in said if isinstance(one, Tally))
    hits = sum(int(json.loads(one.extra)["rows"]) for one in records if one.name in PLANTED)
    return took, f"{read} rows, {len(records)} records, {hits} planted rows found"


def python(path: Path) -> tuple[float, str]:
    """The line parser that one writes first."""
    from oust.data import load_dossiers

    domains = {
        value.lower()
        for dossier in load_dossiers()
        for one in dossier.identifiers
        if one.kind == "domain"
        for value in one.values
    } | {"update.juniper-updates.net"}

    def known(host: str) -> bool:
        labels = host.split(".")
        return any(".".join(labels[at:]) in domains for at in range(len(labels)))

    started = time.perf_counter()
    read = hits = 0
    with path.open() as file:
        for line in file:
            if line.startswith("#"):
                continue
            if line.startswith("{"):
                row = json.loads(line)
                answers = row["answers"]
            else:
                row = dict(zip(FIELDS, line.rstrip("\n").split("\t"), strict=True))
                answers = row["answers"].split(",")
            row["ts"] = float(row["ts"])
            read += 1
            hits += known(row["query"]) or any(known(answer) for answer in answers)
    return time.perf_counter() - started, f"{read} rows, {hits} planted rows found"


def duckdb(path: Path) -> tuple[float, str]:
    """A bare scan that counts one column."""
    import duckdb as engine

    link = engine.connect()
    link.execute("set threads = 2")
    json_lines = _begins(path)
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in FIELDS)
    table = (
        f"read_json('{path}', format='newline_delimited', columns={{{names}}})"
        if json_lines
        else f"read_csv('{path}', delim='\t', header=false, comment='#', quote='', "
        f"columns={{{names}}}, auto_detect=false)"
    )
    started = time.perf_counter()
    (counted,) = link.execute(f"select count(query) from {table}").fetchone() or (0,)
    return time.perf_counter() - started, f"{counted} rows"


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1) == b"{"


CONTESTANTS = {"oust": oust, "python": python, "duckdb": duckdb}


def best(name: str, path: Path, runs: int) -> tuple[float, str]:
    """The quickest run of a contestant, each in its own process."""
    made = []
    for _ in range(runs):
        command = (sys.executable, __file__, "--contestant", name, "--file", str(path))
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        took, said = json.loads(done.stdout)
        made.append((float(took), str(said)))
    return min(made)


def measure(kind: str, path: Path, count: int) -> None:
    """Print the table of one file."""
    path.read_bytes()  # into memory, untimed
    size = path.stat().st_size / 1e6
    print(f"{kind}: {count:,} rows, {size:,.0f} MB")
    found = {name: best(name, path, RUNS) for name in CONTESTANTS}
    own = found["oust"][0]
    for name, (took, said) in found.items():
        print(
            f"  {name:7} {took:7.2f} s  {count / took / 1e6:6.2f} M rows/s  "
            f"{size / took:6.0f} MB/s  {took / own:5.1f} x oust's time   {said}"
        )


def main() -> None:
    """See the head of this file."""
    parser = argparse.ArgumentParser(description="Measure the reading of Zeek logs.")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--kind", nargs="*", default=["dns-tsv", "dns-json"])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--contestant", choices=sorted(CONTESTANTS))
    given = parser.parse_args()
    if given.contestant:
        print(json.dumps(CONTESTANTS[given.contestant](given.file)))
        return
    if given.file:
        with given.file.open("rb") as file:
            measure(given.file.name, given.file, sum(line[:1] != b"#" for line in file))
        return
    for kind in given.kind:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{kind}.log"
            write(kind, given.rows, path)
            measure(kind, path, given.rows)


if __name__ == "__main__":
    main()
