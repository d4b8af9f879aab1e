"""Peak memory and time for a large container image.

    python bench/files_memory.py [GIGABYTES]

Makes an image as `docker save` writes it, mostly holes on the disk, and looks at it whole: as it is
and compressed. 1,000 MB for 5 GB is not to be passed by any process.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import resource
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import IO

from oust import read, sandbox
from oust.examine import Examiner

MEMBER = 512 * 1024**2
NOISE = MEMBER // 64


def header(name: str, size: int) -> bytes:
    """The header of one member."""
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT)


def layer(file: IO[bytes], size: int) -> None:
    """A layer of `size` bytes at the end of `file`: members of holes."""
    start, n = file.tell(), 0
    while file.tell() - start + MEMBER + 4096 < size:
        file.write(header(f"opt/data/{n}.bin", MEMBER))
        file.write(os.urandom(NOISE))  # or it would be refused as a bomb when it is compressed
        file.seek(MEMBER - NOISE, io.SEEK_CUR)
        n += 1
    file.truncate(start + size)
    file.seek(start + size)


def image(place: Path, size: int) -> None:
    """An image with one layer of `size` bytes, rounded to blocks."""
    size -= size % 512
    config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = [{"Config": name, "RepoTags": ["bench/large:1"], "Layers": ["0/layer.tar"]}]
    with place.open("wb") as file:
        for member, data in (("manifest.json", json.dumps(manifest).encode()), (name, config)):
            file.write(header(member, len(data)) + data + bytes(-len(data) % 512))
        file.write(header("0/layer.tar", size))
        layer(file, size)
        file.truncate(file.tell() + 1024)


def looked_at(place: Path) -> tuple[int, float]:
    """Files found, and seconds."""
    began, count = time.monotonic(), 0
    examiner = Examiner()
    for loaded in read.prepared_ahead(read.ahead(read.walk([place])), examiner):
        for reading in read.read(loaded, None, examiner):
            count += sum(record.kind == "file" for record in reading.records)
    return count, time.monotonic() - began


def main() -> None:
    """Look at both, then tell the largest process."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else "5") * 1024**3)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "image.tar")
        image(place, size)
        packed = Path(folder, "image.tar.gz")
        with place.open("rb") as source, gzip.open(packed, "wb", 1) as target:
            while piece := source.read(1024**2):
                target.write(piece)
        for one in (place, packed):
            count, seconds = looked_at(one)
            print(f"{one.name}: {count} files, {seconds:.1f} s")
    sandbox.close()
    for who, name in ((resource.RUSAGE_SELF, "oust"), (resource.RUSAGE_CHILDREN, "a worker")):
        print(f"{name}: at most {resource.getrusage(who).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
