"""Walking, opening, unpacking and accounting, over good and hostile files."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from oust import read, unpack
from oust.fileview import FileView
from oust.formats.seam import NoNeedles

BOM = json.dumps(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "components": [{"type": "library", "name": "a"}],
    }
).encode()


def readings(path, needles=None):
    found = []
    for one in read.walk([path]):
        found += read.read(read.load(one), needles or NoNeedles())
    return {reading.source.path: reading.source for reading in found if reading.last}


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def tarred(**members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_files_come_in_one_order_each_once_and_loops_end(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.json").write_bytes(BOM)
    (tmp_path / "a.json").write_bytes(BOM)
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "again.json").symlink_to(tmp_path / "a.json")
    top = tmp_path.name
    assert [one.path for one in read.walk([tmp_path, tmp_path])] == [
        f"{top}/a.json",
        f"{top}/b/x.json",
    ]


def test_two_folders_of_one_name_are_kept_apart(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "exports").mkdir(parents=True)
        (tmp_path / name / "exports" / "a.json").write_bytes(BOM)
    found = [
        one.path for one in read.walk([tmp_path / "one" / "exports", tmp_path / "two" / "exports"])
    ]
    assert found == ["one/exports/a.json", "two/exports/a.json"]


def test_a_case_folder_is_no_evidence(tmp_path):
    (tmp_path / "oust-case").mkdir()
    (tmp_path / "oust-case" / read.CASE_MARK).write_bytes(b"x")
    assert list(read.walk([tmp_path])) == []


@pytest.mark.parametrize(
    ("name", "data", "inner"),
    [
        ("a.zip", zipped(x__json=BOM), "x.json"),
        ("a.tar", tarred(x__json=BOM), "x.json"),
        ("a.json.gz", gzip.compress(BOM), "a.json"),
        ("a.json.bz2", bz2.compress(BOM), "a.json"),
        ("a.json.xz", lzma.compress(BOM), "a.json"),
    ],
)
def test_archives_are_opened_and_the_way_in_is_kept(tmp_path, name, data, inner):
    (tmp_path / name).write_bytes(data)
    found = readings(tmp_path / name)
    assert found[f"{name}!/{inner}"].status == "read"
    assert found[f"{name}!/{inner}"].counts["component"] == 1
    assert found[name].status == "read"


def test_an_archive_in_an_archive_in_an_archive(tmp_path):
    (tmp_path / "a.tgz").write_bytes(gzip.compress(tarred(b__zip=zipped(c__json=BOM))))
    assert readings(tmp_path / "a.tgz")["a.tgz!/a.tar!/b.zip!/c.json"].counts["component"] == 1


def test_nesting_without_end_ends(tmp_path):
    data = BOM
    for _ in range(12):
        data = zipped(n__zip=data)
    (tmp_path / "a.zip").write_bytes(data)
    assert any("deep" in source.message for source in readings(tmp_path / "a.zip").values())


def test_a_zip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FREE", 1024**2)
    (tmp_path / "a.zip").write_bytes(zipped(bomb=b"0" * 40_000_000, good__json=BOM))
    found = readings(tmp_path / "a.zip")
    assert "400 times its size" in found["a.zip"].message
    assert found["a.zip"].status == "partly read"
    assert found["a.zip!/good.json"].status == "read"


def test_a_truncated_archive_says_so(tmp_path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(BOM * 50)[:-20])
    (tmp_path / "b.zip").write_bytes(zipped(x__json=BOM)[:60])
    found = readings(tmp_path)
    top = tmp_path.name
    assert "damaged" in found[f"{top}/a.json.gz"].message
    assert "damaged" in found[f"{top}/b.zip"].message


@pytest.mark.parametrize(
    ("data", "status", "word"),
    [
        (b"", "empty", "empty"),
        (b"\x00\x01\x02" * 500, "no reader", "binary"),
        (b"a letter to nobody\n", "no reader", "no reader"),
        (b"[" * 1_000_000, "no reader", ""),
        (b'{"bomFormat":"CycloneDX","components":' + b"[" * 1_000_000, "not read", ""),
        (
            b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaa">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component><name>&a;</name></component></components></bom>',
            None,
            "",
        ),
    ],
)
def test_bad_files_have_a_status_and_a_message(tmp_path, data, status, word):
    (tmp_path / "f").write_bytes(data)
    (source,) = readings(tmp_path / "f").values()
    assert source.message or source.status == "read"
    assert word in source.message
    if status:
        assert source.status in (status, "partly read", "no reader")


def test_a_pipe_and_a_dangling_link_are_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    found = {Path(path).name: source for path, source in readings(tmp_path).items()}
    assert "device, socket or pipe" in found["pipe"].message
    assert found["gone"].status == "not read"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_told(tmp_path):
    (tmp_path / "f.json").write_bytes(BOM)
    (tmp_path / "f.json").chmod(0)
    (source,) = readings(tmp_path).values()
    assert (source.status, source.message) == ("not read", "Permission denied")


def test_a_file_that_changes_while_read_is_marked(tmp_path):
    place = tmp_path / "a.json"
    place.write_bytes(BOM)
    (found,) = read.walk([place])
    loaded = read.load(found)
    place.write_bytes(BOM + b" ")
    (reading,) = read.read(loaded, NoNeedles())
    assert reading.source.status == "partly read"
    assert "changed while" in reading.source.message


def test_a_file_truncated_while_read_comes_up_short_and_kills_nothing(tmp_path):
    place = tmp_path / "big"
    place.write_bytes(b"x" * 9_000_000)
    view = FileView(place)
    os.truncate(place, 5_000_000)
    assert len(view) == 9_000_000
    assert sum(len(piece) for piece in view.pieces()) == 5_000_000
    assert view.find(b"y") == -1


def test_a_view_finds_across_its_pieces(tmp_path):
    place = tmp_path / "big"
    place.write_bytes(b"x" * (4 * 1024**2 - 2) + b"needle" + b"x" * 100)
    view = FileView(place)
    assert view.find(b"needle") == 4 * 1024**2 - 2
    assert view[4 * 1024**2 - 2 : 4 * 1024**2 + 4] == b"needle"
    assert bytes(view) == place.read_bytes()


def test_a_failing_reader_is_a_status_and_the_rest_is_read(tmp_path, monkeypatch):
    class Broken:
        name, title, group, bulk = "broken", "Broken", "sbom", False

        def claims(self, head):
            return 100

        def read(self, opened, needles):
            raise KeyError("surprise")
            yield

    monkeypatch.setattr(read, "all_formats", lambda: (Broken(),))
    (tmp_path / "a.json").write_bytes(BOM)
    (source,) = readings(tmp_path / "a.json").values()
    assert source.status == "not read"
    assert "broken reader failed: KeyError" in source.message


def test_a_bad_mapping_beside_a_file_is_told(tmp_path):
    (tmp_path / "a.json").write_bytes(BOM)
    (tmp_path / "a.json.map.yaml").write_text("- not a mapping")
    (source,) = readings(tmp_path).values()
    assert source.status == "not read"
    assert "holds no mapping" in source.message


def test_a_link_out_of_the_evidence_is_told_and_not_followed(tmp_path):
    """In the root of another host `/etc/issue` is that host's file, not ours."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "secret.json").write_text("{}")
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "issue").write_text("theirs")
    (root / "issue").symlink_to("/etc/issue")  # of the host: read under its own name
    (root / "near").symlink_to("etc/issue")
    (root / "far").symlink_to("../ours")
    (root / "file").symlink_to(tmp_path / "ours" / "secret.json")
    (root / "all").symlink_to("/")  # of the host: the folder given
    found = {one.path: one.problem for one in read.walk([root])}
    assert {path for path, problem in found.items() if not problem} == {"root/etc/issue"}
    assert {path for path, problem in found.items() if problem} == {
        *("root/far", "root/file"),
    }
    assert found["root/far"] == (
        f"symbolic link that leads out of the evidence, not followed: {tmp_path / 'ours'}"
    )
    both = {one.path for one in read.walk([root, tmp_path / "ours"]) if not one.problem}
    assert both == {"root/etc/issue", "ours/secret.json"}


def test_a_link_that_is_given_itself_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.json").write_text("{}")
    (tmp_path / "given").symlink_to(tmp_path / "real")
    assert [one.path for one in read.walk([tmp_path / "given"])] == ["given/a.json"]
