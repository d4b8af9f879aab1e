"""How long it takes to say who signed a tree of programs, against one `sha256sum` of the same bytes.

    python bench/files.py PLACE... [--repeat N]

A PLACE is a folder of programs, a program, or a wheel or other ZIP archive, which is unpacked first.
Only PE files count. Every contender runs in processes of its own, one after another; the best of N
counts. Times are CPU seconds of all threads, so that other load distorts ratios less; modules are
imported before the clock starts, and every file has been read once before, so that it is in memory.
Peers (`pip install lief signify`) are shown where they are installed and can read the files.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

Reader = Callable[[Path], list[str]]


def oust_signers() -> Reader:
    """Header, certificate table, every signature: names of the signers."""
    from oust.fileview import FileView
    from oust.formats.binary import pe
    from oust.formats.binary.record import signer_ids
    from oust.formats.pe import signers

    def read(path: Path) -> list[str]:
        view = FileView(path)
        return signer_ids(signers(view, pe.image(view), []))

    return read


def oust_record() -> Reader:
    """The whole record of a file but its digest: version resource and imports as well."""
    from oust.fileview import FileView
    from oust.formats.pe import PeFile
    from oust.formats.seam import NoNeedles, Opened

    def read(path: Path) -> list[str]:
        opened = Opened(str(path), FileView(path))
        opened.digests = ("sha256:0",)
        return list(next(iter(PeFile().read(opened, NoNeedles()))).ids)

    return read


def oust_verified() -> Reader:
    """Full verification of every signature, as it is done for hits."""
    from oust.fileview import FileView
    from oust.formats.binary.verify import verify_each

    return lambda path: [one.result for one in verify_each(FileView(path))]


def lief_signers() -> Reader:
    import lief

    lief.disable_exceptions = True

    def read(path: Path) -> list[str]:
        binary = lief.PE.parse(str(path))
        return [str(s.cert.subject) for one in binary.signatures for s in one.signers if s.cert]

    return read


def signify_signers() -> Reader:
    from signify.authenticode import AuthenticodeFile

    def read(path: Path) -> list[str]:
        with path.open("rb") as file:
            found = AuthenticodeFile.from_stream(file).signatures
            return [str(one.signer_info.issuer) for one in found]

    return read


def hashed() -> Reader:
    """`sha256sum`, given all files at once; see `alone`."""
    return lambda path: []


CONTENDERS: dict[str, Callable[[], Reader]] = {
    "sha256sum": hashed,
    "oust, signers": oust_signers,
    "oust, whole record": oust_record,
    "oust, verified": oust_verified,
    "LIEF": lief_signers,
    "signify": signify_signers,
}


def alone(name: str, paths: list[Path]) -> dict[str, object]:
    """One pass of a contender in this process: seconds, files that failed, signed files."""
    if name == "sha256sum":
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["sha256sum", *paths], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {"seconds": _cpu(after) - _cpu(before), "failed": 0, "signed": 0}
    read, failed, signed = CONTENDERS[name](), 0, 0
    read(paths[0])
    before = resource.getrusage(resource.RUSAGE_SELF)
    for path in paths:
        try:
            signed += bool([one for one in read(path) if not one.startswith("sha256:")])
        except Exception:  # a peer that cannot read a file is told, not repaired
            failed += 1
    seconds = _cpu(resource.getrusage(resource.RUSAGE_SELF)) - _cpu(before)
    return {"seconds": seconds, "failed": failed, "signed": signed}


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def programs(places: list[Path], folder: Path) -> list[Path]:
    """Every PE file below `places`; archives are unpacked into `folder`."""
    found = []
    for place in places:
        if place.is_file() and zipfile.is_zipfile(place):
            with zipfile.ZipFile(place) as archive:
                archive.extractall(folder / place.name)
            place = folder / place.name
        files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
        found += [path for path in files if path.read_bytes()[:2] == b"MZ"]
    return found


def main() -> None:
    """Run every contender and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(alone(given.alone, given.places)))
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = programs(given.places, Path(folder))
        size = sum(path.stat().st_size for path in paths)
        print(f"{len(paths)} PE files, {size / 1e6:,.0f} MB; {platform.platform()}, "
              f"Python {platform.python_version()}")  # fmt: skip
        best: dict[str, float] = {}
        for name in CONTENDERS:
            runs = [_run(name, paths) for _ in range(given.repeat)]
            good = [run for run in runs if run]
            if not good:
                print(f"{name:20} not installed, or it crashed")
                continue
            one = min(good, key=lambda run: run["seconds"])
            best[name] = one["seconds"]
            ratio = best["sha256sum"] / one["seconds"]
            print(
                f"{name:20} {one['seconds']:8.2f} s {len(paths) / one['seconds']:8.0f} files/s "
                f"{ratio:6.2f} x sha256sum; {one['signed']} with ids, {one['failed']} failed"
            )


def _run(name: str, paths: list[Path]) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--alone", name, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None


if __name__ == "__main__":
    main()
