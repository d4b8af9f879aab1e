"""How long the SBOM corpus takes, against one `orjson.loads` pass over the same JSON files.

    uv sync --group bench
    python bench/sbom.py [--corpus DIR] [--repeat N] [--tenfold]

Every contender runs in processes of its own, one after another; the best of N counts (peers: one
pass). Times are CPU seconds of all threads, so that other load distorts ratios less. For orjson,
the reading alone and the peers the files are in memory before; the whole path walks, opens and
hashes them too. The cycle collector is on, as a plain user of each library has it. Dossiers are
compiled and modules imported before the whole path is timed; `oust trace` pays for them.
A peer is compared with our whole path on exactly the files that it could read. `--tenfold` adds
ten altered copies of the JSON files, to see whether memory stays flat.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "sbom"
COPIES = 10
Reader = Callable[[Path, bytes], object]
Result = dict[str, Any]


def orjson_reader() -> Reader:
    import orjson

    return lambda path, data: orjson.loads(data)


def oust_reader() -> Reader:
    """Opening, choosing the format and reading, without storing or identifying."""
    from oust.formats import FORMATS, pick
    from oust.formats.seam import NoNeedles, Opened

    needles = NoNeedles()

    def read(path: Path, data: bytes) -> int:
        opened = Opened(str(path), data)
        fmt = pick(opened.head, FORMATS)
        if fmt is None:
            raise ValueError("no reader")
        return sum(1 for _ in fmt.read(opened, needles))

    return read


def lib4sbom_reader() -> Reader:
    from lib4sbom.parser import SBOMParser

    def read(path: Path, data: bytes) -> object:
        parser = SBOMParser()
        with contextlib.redirect_stdout(io.StringIO()):
            parser.parse_file(str(path))
        packages = parser.get_packages()
        if not packages:
            raise ValueError("nothing read")
        return packages

    return read


def python_lib_reader() -> Reader:
    from cyclonedx.model.bom import Bom

    def read(path: Path, data: bytes) -> object:
        document = json.loads(data)
        if document.get("bomFormat") != "CycloneDX":
            raise ValueError("not CycloneDX")  # it would make an empty Bom of anything
        return Bom.from_json(document)  # type: ignore[attr-defined]

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "orjson.loads": orjson_reader,
    "oust, reading alone": oust_reader,
    "lib4sbom": lib4sbom_reader,
    "cyclonedx-python-lib": python_lib_reader,
}
WHOLE = "oust, read + identify + store"
LINKED = "oust, Case.add (links too)"


def one_pass(name: str, paths: list[Path]) -> Result:
    """One pass of a reader: CPU seconds in all and the files it could read."""
    read, held = READERS[name](), [(path, path.read_bytes()) for path in paths]
    done, total = [], 0.0
    for path, data in held:
        start = time.process_time()
        try:
            read(path, data)
        except Exception:  # peers raise all kinds
            total += 0 if name in ("lib4sbom", "cyclonedx-python-lib") else _since(start)
            continue
        total += _since(start)
        done.append(str(path))
    return {"seconds": total, "files": done}


def _since(start: float) -> float:
    return time.process_time() - start


def whole_path(name: str, paths: list[Path]) -> Result:
    """The stages of a case on `paths`, in a new case, everything imported and compiled before."""
    from oust.case import Case
    from oust.cli import _NoPandas
    from oust.ingest import Ingest, Silent

    sys.meta_path.insert(0, _NoPandas())  # as the command line does
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder, "warm.cdx.json")
        warm.write_text('{"bomFormat": "CycloneDX", "components": [{"name": "a"}]}')
        with Case.open(Path(folder, "warm"), create=True) as case:
            case.add([warm])
        with Case.open(Path(folder, "case"), create=True) as case:
            matcher = case.matcher
            matcher.kernel(_no_items())
            case.store.table("item")
            start = time.process_time()
            if name == LINKED:
                case.add(paths)
            else:
                Ingest(case.store, Silent()).first_pass(paths, matcher.key)
                case._identify()
            seconds = _since(start)
            files = [row["path"] for row in case.store.sources()]
    return {"seconds": seconds, "files": files}


def _no_items() -> Any:
    import pyarrow as pa

    from oust.columns import KEYED_ITEM_SCHEMA

    return pa.RecordBatch.from_pylist([], schema=KEYED_ITEM_SCHEMA)


def child(name: str, paths: list[Path], repeat: int = 1) -> Result:
    """The best of several processes, with the highest peak memory in MB."""
    results = []
    for _ in range(repeat):
        command = [sys.executable, __file__, "--one", name]
        given = "\n".join(map(str, paths))
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
    best = min(results, key=lambda result: result["seconds"])
    return best | {"peak": max(result["peak"] for result in results)}


def command_line(corpus: Path) -> Result:
    """`oust trace` from start to end, as a user calls it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "oust", "trace", str(corpus), "--case", f"{folder}/case"]
        process = subprocess.Popen(
            [*command, "--format", "json", "--output", f"{folder}/found.json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return {"seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024, "files": []}


def copies(paths: list[Path], corpus: Path, folder: Path) -> list[Path]:
    """Ten folders of the files, every version altered so that things differ too."""
    for number in range(COPIES):
        for path in paths:
            place = folder / str(number) / path.relative_to(corpus)
            place.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            for mark in (b'"version": "', b'"version":"', b'"versionInfo": "', b'"versionInfo":"'):
                data = data.replace(mark, mark + str(number).encode() + b".")
            place.write_bytes(data)
    return [folder]


def line(name: str, result: Result, base: float, files: int) -> None:
    seconds = result["seconds"]
    print(f"{name:42} {files:6,} {seconds:9.3f} {seconds / base:9.2f} {result['peak']:8.0f}")


def report(args: argparse.Namespace) -> None:
    """Run all and print the tables."""
    manifest = json.loads((args.corpus / "manifest.json").read_text())
    paths = [args.corpus / e["path"] for e in manifest if e["path"].endswith(".json")]
    size = sum(path.stat().st_size for path in paths)
    libraries = ("orjson", "msgspec", "duckdb", "pyarrow", "lib4sbom", "cyclonedx-python-lib")
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()}")
    print(", ".join(f"{name} {version(name)}" for name in libraries))
    print(f"{len(paths):,} JSON files, {size:,} bytes; best of {args.repeat}\n")
    print(f"{'':42} {'files':>6} {'CPU s':>9} {'x orjson':>9} {'peak MB':>8}")
    plain = child("orjson.loads", paths, args.repeat)
    base = plain["seconds"]
    line("orjson.loads, collector on", plain, base, len(paths))
    for name in ("oust, reading alone", WHOLE, LINKED):
        line(f"{name}", child(name, paths, args.repeat), base, len(paths))
    whole = child(WHOLE, [args.corpus], args.repeat)
    line(f"{WHOLE}, all files", whole, base, len(whole["files"]))
    line(
        "oust trace, all files, start to end", command_line(args.corpus), base, len(whole["files"])
    )
    if args.tenfold:
        with tempfile.TemporaryDirectory() as folder:
            tenfold = copies(paths, args.corpus, Path(folder))
            line(f"{WHOLE}, tenfold", child(WHOLE, tenfold), base, COPIES * len(paths))
    print(f"\n{'':42} {'files':>6} {'CPU s':>9} {'oust s':>9} {'ratio':>8} {'peak MB':>8}")
    for name in ("lib4sbom", "cyclonedx-python-lib"):
        theirs = child(name, paths)
        ours = child(WHOLE, [Path(path) for path in theirs["files"]], args.repeat)
        ratio = theirs["seconds"] / ours["seconds"]
        print(
            f"{name:42} {len(theirs['files']):6,} {theirs['seconds']:9.2f} "
            f"{ours['seconds']:9.3f} {ratio:8.1f} {theirs['peak']:8.0f}"
        )
    print(f"\nload {os.getloadavg()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--tenfold", action="store_true")
    parser.add_argument("--one", choices=[*READERS, WHOLE, LINKED])
    args = parser.parse_args()
    if not args.one:
        report(args)
        return
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    paths = [Path(text) for text in sys.stdin.read().splitlines()]
    result = one_pass(args.one, paths) if args.one in READERS else whole_path(args.one, paths)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"peak": peak}))


if __name__ == "__main__":
    main()
