"""Damage real inputs of every format and read them: nothing may escape, counts must reconcile.

    python scripts/fuzz.py [--seconds 60] [--seed 1] [FILE_OR_FOLDER]...

Without files it uses the golden inputs of tests/formats. A failing input is saved and named.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from oust import read
from oust.formats.seam import NoNeedles

GOLDEN = Path(__file__).parents[1] / "tests" / "formats"
SLOW = 20.0
"""Seconds that no damaged input of this size may take."""

JUNK = (
    *(b"\x00", b'"', b"'", b"\n", b"\r", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"<", b">"),
    *(b"&", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"null", b"1e999999", b"-", b"=", b"#"),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"]]>", b"9999-99-99", b"\x1b[31m", b"&b;"),
    *(b"{" * 400, b"[" * 400),
)


def damaged(data: bytes, dice: random.Random) -> bytes:
    """`data` with one to five kinds of damage."""
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(data) + 1)
        end = min(len(data), at + dice.choice((1, 2, 8, 64, 1024)))
        data = dice.choice(
            (
                data[:at] + data[end:],
                data[:at],
                data[:at] + dice.choice(JUNK) + data[at:],
                data[:at] + dice.choice(JUNK) + data[end:],
                data[:at] + data[at:end] * 3 + data[end:],
                data[:at] + bytes(dice.randrange(256) for _ in range(end - at)) + data[end:],
            )
        )
    return data


def check(place: Path) -> Counter[str]:
    """Read one file as `oust trace` would; AssertionError where it does not hold."""
    statuses: Counter[str] = Counter()
    (found,) = read.walk([place])
    start = time.monotonic()
    kept: Counter[str] = Counter()
    for reading in read.read(read.load(found), NoNeedles()):
        kept.update(record.kind for record in reading.records)
        if reading.last:
            source = reading.source
            statuses[source.status] += 1
            assert source.status == "read" or source.message, source
            assert "reader failed" not in source.message, source.message
            assert source.records == sum(source.counts.values()), source
            assert all(source.counts.get(kind, 0) >= n for kind, n in kept.items()), source
            kept.clear()
    assert time.monotonic() - start < SLOW, "too slow"
    return statuses


def main() -> int:
    """Fuzz until the time is over; exit code 1 at the first failure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("places", nargs="*", type=Path, default=[GOLDEN])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    below = [path for top in given.places for path in sorted(top.rglob("*")) if path.is_file()]
    inputs = [path for path in below or given.places if path.name != "expected.json"]
    dice, end, done = random.Random(given.seed), time.monotonic() + given.seconds, 0  # noqa: S311
    statuses: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            chosen = dice.choice(inputs)
            place = Path(folder) / chosen.name
            place.write_bytes(damaged(chosen.read_bytes(), dice))
            try:
                statuses += check(place)
            except BaseException as error:
                kept = Path(tempfile.gettempdir()) / f"oust-fuzz-{chosen.name}"
                kept.write_bytes(place.read_bytes())
                print(f"{chosen}: {type(error).__name__}: {error}\nkept as {kept}")
                return 1
            done += 1
    print(f"{done:,} damaged inputs of {len(inputs)} files: {dict(statuses)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
