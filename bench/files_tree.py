"""A whole tree (digests, readers, all patterns of the dossiers) against sha256sum of the same files.

    python bench/files_tree.py FOLDER

Prints MB/s of both on all processors, and their ratio by the clock and in processor time, which other
work on the machine does not distort; 0.6 is to be reached. Where clamscan is installed it searches
the same files for 400 made-up texts; 5 times its speed is to be reached.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oust import read, sandbox
from oust.data import load_dossiers
from oust.examine import Examiner
from oust.formats.content import patterns_of


def looked_at(folder: Path) -> tuple[int, int, Counter[str]]:
    """Files, bytes on disk, and sources by format and status."""
    examiner = Examiner(patterns_of(load_dossiers()).text)
    loaded = read.prepared_ahead(read.ahead(read.walk([folder])), examiner)
    files = size = 0
    told: Counter[str] = Counter()
    for one in loaded:
        files, size = files + 1, size + len(one.data)
        for reading in read.read(one, None, examiner):
            told[f"{reading.source.format or '-'}: {reading.source.status}"] += reading.last
    return files, size, told


def _processor() -> float:
    """Seconds of processor that this process and those it waited for have used."""
    every = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in every)


@contextmanager
def timed() -> Iterator[list[float]]:
    """Afterwards a list of seconds by the clock and seconds of processor, children included."""
    took: list[float] = []
    began, used = time.monotonic(), _processor()
    yield took
    took += [time.monotonic() - began, _processor() - used]


def hashed(folder: Path) -> None:
    """Run sha256sum over every file, on all processors."""
    names = b"\0".join(os.fsencode(path) for path in folder.rglob("*") if path.is_file())
    command = ["xargs", "-0", "-n", "32", f"-P{os.cpu_count()}", "sha256sum"]
    subprocess.run(command, input=names, stdout=subprocess.DEVNULL, check=False)


def scanned(folder: Path) -> None:
    """Run clamscan with made-up signatures."""
    pick = random.Random(1)
    with tempfile.NamedTemporaryFile("w", suffix=".ndb") as base:
        for n in range(400):
            text = "".join(pick.choices(string.ascii_lowercase, k=pick.randint(8, 24)))
            base.write(f"Made.Up.{n}:0:*:{text.encode().hex()}\n")
        base.flush()
        command = ["clamscan", "-d", base.name, "-r", "--no-summary", "--infected", str(folder)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    """Measure both, sha256sum first so that neither waits for the disk alone."""
    folder = Path(sys.argv[1])
    hashed(folder)
    with timed() as theirs:
        hashed(folder)
    with timed() as ours:
        files, size, told = looked_at(folder)
        sandbox.close()
    print(f"{files:,} files, {size / 1e6:,.0f} MB")
    for name, (clock, used) in (("sha256sum", theirs), ("oust", ours)):
        print(f"{name}: {size / 1e6 / clock:,.0f} MB/s, {clock:.2f} s, {used:.2f} s of processor")
    print(f"ratio {theirs[0] / ours[0]:.2f} by the clock, {theirs[1] / ours[1]:.2f} of processor")
    if shutil.which("clamscan"):
        with timed() as clam:
            scanned(folder)
        print(f"clamscan: {clam[0]:.2f} s, {clam[0] / ours[0]:.1f} x oust's time; {clam[1]:.2f} s")
    for name, who in (("here", resource.RUSAGE_SELF), ("others", resource.RUSAGE_CHILDREN)):
        print(f"peak memory {name}: {resource.getrusage(who).ru_maxrss / 1024:,.0f} MB")
    print(", ".join(f"{name} {count:,}" for name, count in told.most_common(12)))


if __name__ == "__main__":
    main()
