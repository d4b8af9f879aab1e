"""How long reading the SBOM corpus takes, against one `orjson.loads` pass over the same bytes.

    uv sync --group bench
    python bench/sbom.py [--corpus DIR] [--repeat N]

Every contender runs in a process of its own, one after another, and is timed file by file; the
best of N passes counts (peers: one pass). A peer is compared with us on the files it could read.
Times are CPU seconds, so that other load does not distort the ratios, and exclude reading files
from disk. Peak memory is that of the process, the corpus included.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "sbom"
Reader = Callable[[str, bytes], object]


def files(corpus: Path) -> Iterator[tuple[str, str, bytes]]:
    """Format, path and content of every JSON file in the manifest."""
    for entry in json.loads((corpus / "manifest.json").read_text()):
        if entry["path"].endswith(".json"):
            yield entry["format"], entry["path"], (corpus / entry["path"]).read_bytes()


def orjson_reader() -> Reader:
    import orjson

    return lambda path, data: orjson.loads(data)


def oust_reader() -> Reader:
    """Opening, choosing the format and reading: what a source costs before identification."""
    from oust.formats import FORMATS, pick
    from oust.formats.seam import NoNeedles, Opened

    needles = NoNeedles()

    def read(path: str, data: bytes) -> int:
        opened = Opened(path, data)
        fmt = pick(opened.head, FORMATS)
        if fmt is None:
            raise ValueError("no reader")
        return sum(1 for _ in fmt.read(opened, needles))

    return read


def cyclonedx_reader() -> Reader:
    """Our CycloneDX reader alone, without choosing it."""
    from oust.formats.cyclonedx_json import CycloneDXJson
    from oust.formats.seam import NoNeedles, Opened

    fmt, needles = CycloneDXJson(), NoNeedles()

    def read(path: str, data: bytes) -> int:
        opened = Opened(path, data)
        if not fmt.claims(opened.head):
            raise ValueError("not CycloneDX")
        return sum(1 for _ in fmt.read(opened, needles))

    return read


def lib4sbom_reader() -> Reader:
    from lib4sbom.parser import SBOMParser

    def read(path: str, data: bytes) -> object:
        parser = SBOMParser()
        with contextlib.redirect_stdout(io.StringIO()):
            parser.parse_file(str(CORPUS / path))
        packages = parser.get_packages()
        if not packages:
            raise ValueError("nothing read")
        return packages

    return read


def python_lib_reader() -> Reader:
    from cyclonedx.model.bom import Bom

    def read(path: str, data: bytes) -> object:
        document = json.loads(data)
        if document.get("bomFormat") != "CycloneDX":
            raise ValueError("not CycloneDX")  # it would make an empty Bom of anything
        return Bom.from_json(document)  # type: ignore[attr-defined]

    return read


CONTENDERS: dict[str, tuple[Callable[[], Reader], bool]] = {
    "orjson.loads": (orjson_reader, True),
    "oust, all formats": (oust_reader, True),
    "oust, CycloneDX": (cyclonedx_reader, True),
    "lib4sbom": (lib4sbom_reader, False),
    "cyclonedx-python-lib": (python_lib_reader, False),
}
"""Name: what makes the reader, and whether it is run repeatedly."""


def passes(name: str, corpus: Path, repeat: int) -> dict[str, object]:
    """Seconds per file that could be read, best of the passes, and peak memory in MB."""
    make, often = CONTENDERS[name]
    read, held = make(), list(files(corpus))
    best: dict[str, float] = {}
    for _ in range(repeat if often else 1):
        for _, path, data in held:
            start = time.process_time()
            try:
                read(path, data)
            except Exception:  # peers raise all kinds
                continue
            spent = time.process_time() - start
            best[path] = min(spent, best.get(path, spent))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": best, "peak": peak}


def child(name: str, args: argparse.Namespace) -> dict[str, dict[str, float]]:
    """The passes of one contender, in a process of its own."""
    command = [sys.executable, __file__, "--one", name, "--corpus", str(args.corpus)]
    done = subprocess.run(
        [*command, "--repeat", str(args.repeat)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def report(args: argparse.Namespace) -> None:
    """Run all and print the table."""
    sizes = {path: (fmt, len(data)) for fmt, path, data in files(args.corpus)}
    got = {name: child(name, args) for name in CONTENDERS}
    base, ours = got["orjson.loads"]["seconds"], got["oust, all formats"]["seconds"]
    print(f"{len(sizes):,} JSON files, {sum(size for _, size in sizes.values()):,} bytes")
    heads = ("", "files", "seconds", "x orjson", "x oust", "peak MB")
    print("{:22} {:>6} {:>9} {:>9} {:>9} {:>8}".format(*heads))
    for name, result in got.items():
        seconds = result["seconds"]
        both = [path for path in seconds if path in base]
        mine = [path for path in seconds if path in ours]
        to_base = sum(seconds[p] for p in both) / sum(base[p] for p in both)
        to_ours = sum(seconds[p] for p in mine) / sum(ours[p] for p in mine)
        total = sum(seconds.values())
        print(
            f"{name:22} {len(seconds):6,} {total:9.3f} {to_base:9.2f} {to_ours:9.2f} "
            f"{result['peak']:8.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--one", choices=CONTENDERS)
    args = parser.parse_args()
    if args.one:
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        print(json.dumps(passes(args.one, args.corpus, args.repeat)))
    else:
        report(args)


if __name__ == "__main__":
    main()
