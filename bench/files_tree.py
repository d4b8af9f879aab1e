"""A whole tree (digests, readers, all patterns of the dossiers) against sha256sum of the same files.

    python bench/files_tree.py FOLDER

Prints MB/s of both on all processors, and their ratio; 0.6 is to be reached. Where clamscan is
installed it searches the same files for 400 made-up texts; 5 times its speed is to be reached.
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


def hashed(folder: Path) -> float:
    """Seconds of sha256sum over every file, on all processors."""
    names = b"\0".join(os.fsencode(path) for path in folder.rglob("*") if path.is_file())
    began = time.monotonic()
    command = ["xargs", "-0", "-n", "32", f"-P{os.cpu_count()}", "sha256sum"]
    subprocess.run(command, input=names, stdout=subprocess.DEVNULL, check=False)
    return time.monotonic() - began


def scanned(folder: Path) -> float:
    """Seconds of clamscan with made-up signatures; 0 where it is not installed."""
    if not shutil.which("clamscan"):
        return 0.0
    pick = random.Random(1)
    with tempfile.NamedTemporaryFile("w", suffix=".ndb") as base:
        for n in range(400):
            text = "".join(pick.choices(string.ascii_lowercase, k=pick.randint(8, 24)))
            base.write(f"Made.Up.{n}:0:*:{text.encode().hex()}\n")
        base.flush()
        began = time.monotonic()
        command = ["clamscan", "-d", base.name, "-r", "--no-summary", "--infected", str(folder)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        return time.monotonic() - began


def main() -> None:
    """Measure both, sha256sum first so that neither waits for the disk alone."""
    folder = Path(sys.argv[1])
    hashed(folder)
    seconds = hashed(folder)
    began = time.monotonic()
    files, size, told = looked_at(folder)
    ours = time.monotonic() - began
    sandbox.close()
    print(f"{files:,} files, {size / 1e6:,.0f} MB")
    print(f"sha256sum {size / 1e6 / seconds:,.0f} MB/s, oust {size / 1e6 / ours:,.0f} MB/s")
    print(f"ratio {seconds / ours:.2f}")
    if clam := scanned(folder):
        print(f"clamscan {clam:.1f} s, {clam / ours:.1f} x oust's time")
    for name in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(name)
        print(
            f"{used.ru_utime + used.ru_stime:.1f} s of processor, {used.ru_maxrss / 1024:,.0f} MB"
        )
    print(", ".join(f"{name} {count:,}" for name, count in told.most_common(12)))


if __name__ == "__main__":
    main()
