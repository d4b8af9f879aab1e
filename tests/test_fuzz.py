"""Every golden input, damaged: a status and a message, never an exception, counts reconcile.

scripts/fuzz.py does the same for as long as one likes.
"""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from fuzz import GOLDEN, check, damaged

INPUTS = sorted(path for path in GOLDEN.rglob("input*") if path.is_file())


@pytest.mark.parametrize("given", INPUTS, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_damage_is_told_and_never_raised(given, tmp_path):
    data, dice = given.read_bytes(), random.Random(given.as_posix()[-60:])
    for n in range(12):
        place = tmp_path / f"{n}-{given.name}"
        place.write_bytes(damaged(data, dice))
        check(place)
