"""Hostile evidence and misuse, from end to end: a status, a plain message, the rest goes on."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile

import duckdb
import pytest

from oust import read, unpack
from oust.case import Case
from oust.errors import Exit
from oust.fileview import FileView
from oust.formats.seam import NoNeedles
from oust.model import Exposure, Hop, Node, Path
from oust.report.show import render
from oust.store import FILE, Store, as_problem

SOFTWARE = b"Computer,Name,Version,Publisher\npc1,Kaspersky Endpoint Security,11,AO Kaspersky Lab\n"


def sources(path):
    found = {}
    for one in read.walk([path]):
        for reading in read.read(read.load(one), NoNeedles()):
            if reading.last:
                found[reading.source.path.rsplit("/", 1)[-1]] = reading.source
    return found


def oust(*arguments):
    """Run the command as a user does; a traceback is always wrong."""
    code = "import sys; from oust.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    return done


def test_an_envelope_that_cannot_be_opened_is_a_status(tmp_path):
    (tmp_path / "a.json").write_text('{"payloadType":"x","payload":"!!!","signatures":[]}')
    (tmp_path / "b.csv").write_bytes(SOFTWARE)
    found = sources(tmp_path)
    assert (found["a.json"].status, found["a.json"].format) == ("not read", "envelope")
    assert "base64" in found["a.json"].message
    assert found["b.csv"].status == "read"


def test_a_tar_is_opened_though_it_begins_like_its_first_member(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in ("one.csv", "two\udcff.csv"):
            info = tarfile.TarInfo(name)
            info.size = len(SOFTWARE)
            archive.addfile(info, io.BytesIO(SOFTWARE))
    found = sources(tmp_path)
    assert found["a.tar"].format == "tar"
    assert found["one.csv"].format == found["two\\xff.csv"].format == "software-csv"


def test_names_that_are_not_text_reach_the_case_and_are_found_again(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        (folder / os.fsdecode(b"inv\xff\xfe.csv")).write_bytes(SOFTWARE)
    except OSError:
        pytest.skip("this file system takes only names that are UTF-8")
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([folder])
        findings = case.findings()
        (source,) = findings.sources
        assert source.path == "in/inv\\xff\\xfe.csv"
        evidence = [hop.evidence for hop in findings.exposures[0].paths[0].hops]
        ours = next(one for each in evidence for one in each if one.source == source.path)
        assert "▸" in case.quote(ours)[0]
        assert "(" not in case.quote(ours)[0]


def test_folders_nest_deeper_than_calls_may(tmp_path):
    deepest = tmp_path
    for _ in range(1_100):
        deepest /= "d"
        deepest.mkdir()
    (deepest / "f.csv").write_bytes(SOFTWARE)
    try:
        (found,) = read.walk([tmp_path])
        assert found.path.endswith("/d/f.csv")
    finally:  # pytest itself cannot clean up so deep
        (deepest / "f.csv").unlink()
        for _ in range(1_100):
            deepest.rmdir()
            deepest = deepest.parent


def test_what_came_before_a_break_is_read(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(SOFTWARE)[:-8])
    found = sources(tmp_path)
    assert found["a.csv"].records == 2
    assert "damaged, read up to byte" in found["a.csv.gz"].message


def test_one_file_may_not_unpack_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "TOTAL_FREE", 3_500_000)
    monkeypatch.setattr(unpack, "TOTAL_RATIO", 2)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(9):
            archive.writestr(f"{n}.bin", b"\0" * 1_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.zip", inner.getvalue())
    found = sources(tmp_path)
    assert "far more than its size" in found["b.zip"].message
    assert "2.bin" in found
    assert "3.bin" not in found


def test_a_large_member_is_a_view_not_memory(monkeypatch):
    monkeypatch.setattr(unpack, "SPOOL", 1_000)
    (member,) = unpack.members("gzip", "a.gz", gzip.compress(b"x" * 5_000))
    assert isinstance(member.data, FileView)
    assert bytes(member.data) == b"x" * 5_000


def test_a_source_of_which_all_is_quarantined_is_not_called_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"from,relation,to\nA,owns,\nB,,C\n")
    (source,) = sources(tmp_path).values()
    assert (source.status, source.records) == ("not read", 0)
    assert source.quarantined


@pytest.mark.parametrize("damage", ["noise", "cut", "other", "inside"])
def test_a_damaged_case_is_told_and_never_called_busy(tmp_path, damage):
    place = tmp_path / "block" / FILE
    if damage == "other":
        place.parent.mkdir()
        with duckdb.connect(str(place)) as other:
            other.execute("CREATE TABLE x (a INTEGER)")
    else:
        Store.open(place.parent, create=True).close()
    data = place.read_bytes()
    if damage == "noise":
        place.write_bytes(b"hello")
    elif damage == "cut":
        place.write_bytes(data[: len(data) // 2])
    elif damage == "inside":
        place.write_bytes(data[:12_288] + b"\xff" * (len(data) - 12_288))
    done = oust("trace", "--case", place.parent)
    assert done.returncode == Exit.FAILED
    assert "--case" in done.stderr


def test_a_full_disk_is_told():
    problem = as_problem(duckdb.IOException("IO Error: Could not write: No space left on device"))
    assert problem is not None
    assert problem.code == Exit.FAILED
    assert "no space" in problem.message
    assert as_problem(KeyError("x")) is None


def test_two_at_once_get_a_plain_answer(tmp_path):
    store = Store.open(tmp_path / "case", create=True)
    try:
        done = oust("trace", "--case", tmp_path / "case")
    finally:
        store.close()
    assert done.returncode == Exit.BUSY
    assert "in use by another oust" in done.stderr


def test_output_is_refused_before_the_work_and_a_pipe_is_not_replaced(tmp_path):
    (tmp_path / "in.csv").write_bytes(SOFTWARE)
    done = oust(
        "trace", tmp_path / "in.csv", "--case", tmp_path / "c", "--output", tmp_path / "no" / "f"
    )
    assert done.returncode == Exit.USAGE
    assert not (tmp_path / "c").exists()
    done = oust("trace", tmp_path / "in.csv", "--case", tmp_path / "c", "--output", "/dev/stdout")
    assert "Kaspersky" in done.stdout
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    oust("trace", "--case", tmp_path / "c", "--format", "json", "--output", tmp_path / "link")
    assert json.loads((tmp_path / "real").read_text())["exposures"]
    assert (tmp_path / "link").is_symlink()


def test_evidence_as_case_is_refused(tmp_path):
    (tmp_path / "in.csv").write_bytes(SOFTWARE)
    done = oust("trace", tmp_path, "--case", tmp_path)
    assert done.returncode == Exit.USAGE
    assert "--case" in done.stderr
    assert not (tmp_path / FILE).exists()


def test_show_lets_no_evidence_steer_the_terminal():
    evil = "a\x1b[31m\x07\u202eb\x9bc"
    vendor, host = Node("vendor", evil, "v"), Node("host", evil, "h", evil, evil)
    hop = Hop("owns", vendor, host, (), since=evil, until=evil, share=evil)
    one = Exposure(
        id="v-0123456789ab",
        vendor="v",
        tier="direct",
        strength="name",
        asset=host,
        why=evil,
        paths=(Path("complete", (hop,)),),
        path_count=1,
    )
    text = "\n".join(render(one, "V-0123", "V", lambda evidence: [evil]))
    assert not set(text) & set("\x1b\x07\u202e\x9b")
