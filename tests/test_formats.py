"""Every format against folders of real inputs: tests/formats/FORMAT/CASE/{input.*,expected.json}.

A format without a folder fails. `OUST_UPDATE=1 pytest tests/test_formats.py` writes expectations;
read what it wrote before committing it.
"""

import os
from pathlib import Path

import msgspec
import pytest

from oust.formats import FORMATS, pick
from oust.formats.seam import NoNeedles, Opened, Unreadable

HERE = Path(__file__).parent / "formats"
CASES = sorted(path for path in HERE.glob("*/*") if path.is_dir())


def told(path: Path) -> list[dict[str, object]]:
    opened = Opened(path.name, path.read_bytes())
    fmt = pick(opened.head, FORMATS)
    said: list[dict[str, object]] = [{"format": fmt.name if fmt else None}]
    if fmt is None:
        return said
    try:
        for one in fmt.read(opened, NoNeedles()):
            plain = msgspec.json.decode(msgspec.json.encode(one))
            said.append({"said": type(one).__name__, **plain})
    except Unreadable as error:
        said.append({"said": "Unreadable", "message": str(error)})
    return said


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_every_format_has_a_golden_folder(fmt):
    assert any(case.parent.name == fmt.name for case in CASES), f"add tests/formats/{fmt.name}/"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_reads_as_expected(case):
    (given,) = case.glob("input*")
    expected = case / "expected.json"
    got = told(given)
    if os.environ.get("OUST_UPDATE"):
        lines = ",\n".join(msgspec.json.encode(one).decode() for one in got)
        expected.write_text(f"[\n{lines}\n]\n")
    assert got[0]["format"] == case.parent.name
    assert got == msgspec.json.decode(expected.read_bytes())
