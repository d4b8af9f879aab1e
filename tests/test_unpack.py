"""Containers of every kind: the way in is kept, what is odd is told, what is hostile is bounded."""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from containers import ar, cab, cpio, msi, rpm, saved_image, tarred
from oust import read, sandbox, unpack
from oust.containers import kinds, tools
from oust.containers.entry import HARD_LINK, LINK, SPECIAL
from oust.formats.seam import NoNeedles, Unreadable

ENGINE = b"MZ no real program, only the beginning of one" * 9
FILES = {"usr/lib/engine.dll": ENGINE, "readme.txt": b"licensed engine\n"}


def libarchive():
    return pytest.importorskip("libarchive", reason="needs Debian's libarchive13")


def written(form, members=None):
    """A container that libarchive writes."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/out"
        with libarchive().file_writer(place, form) as archive:
            for name, data in (members or FILES).items():
                archive.add_file_from_memory(name, len(data), data)
        return Path(place).read_bytes()


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def pbzx(data):
    import lzma

    packed = lzma.compress(data)
    return b"pbzx" + struct.pack(">QQQ", 1 << 24, len(data), len(packed)) + packed


NATIVE = {
    "deb": lambda: ar({"debian-binary": b"2.0\n", "data.tar.gz": gzip.compress(tarred(FILES))}),
    "cab": lambda: cab(FILES),
    "cpio": lambda: cpio(FILES),
    "rpm": lambda: rpm(FILES),
    "7z": lambda: written("7zip"),
    "iso": lambda: written("iso9660"),
    "pkg": lambda: written("xar"),
    "pbzx": lambda: pbzx(cpio(FILES)),
    "msi": lambda: msi({"engine.dll": ENGINE, "readme.txt": b"licensed engine\n"}, "usr/lib"),
    "tar": lambda: tarred(FILES),
    "image": lambda: saved_image([tarred(FILES)]),
    "zip": lambda: zipped(FILES.items()),
}


def everything(path):
    """Path below the outermost source -> (source, records)."""
    found = {}
    for one in read.walk([path]):
        for reading in read.read(read.load(one), NoNeedles()):
            if reading.last:
                inner = reading.source.path.partition("!/")[2]
                assert inner not in found
                found[inner] = (reading.source, reading.records)
    return found


@pytest.fixture(scope="module", autouse=True)
def workers():
    yield
    sandbox.close()


@pytest.mark.parametrize("name", NATIVE)
def test_each_kind_is_opened_and_its_members_are_what_they_were(tmp_path, name):
    if name in ("cab", "cpio", "rpm", "7z", "iso", "pkg", "pbzx", "msi"):
        libarchive()
    (tmp_path / f"x.{name}").write_bytes(NATIVE[name]())
    found = everything(tmp_path / f"x.{name}")
    inner = {
        path.rsplit("!/", 1)[-1].lower(): records for path, (_, records) in found.items() if records
    }
    for member, data in FILES.items():
        ids = next(held[0].ids for path, held in inner.items() if path.endswith(Path(member).name))
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" in ids
        assert any(one.startswith("md5:") for one in ids)
    assert found[""][0].status == "read"


def test_three_containers_deep_in_packages(tmp_path):
    libarchive()
    deb = ar(
        {"debian-binary": b"2.0\n", "data.tar.gz": gzip.compress(tarred({"x.cab": cab(FILES)}))}
    )
    (tmp_path / "a.zip").write_bytes(zipped([("pool/x.deb", deb)]))
    way = "pool/x.deb!/data.tar.gz!/data.tar!/x.cab!/usr/lib/engine.dll"
    assert way in everything(tmp_path / "a.zip")


@pytest.mark.parametrize("size", [10, 40_000])
def test_an_installer_shows_its_files_under_their_own_names(tmp_path, size):
    libarchive()
    engine = b"MZ" + bytes(range(256)) * (size // 256) + b"end"
    (tmp_path / "x.msi").write_bytes(msi({"engine.dll": engine, "filter.cfg": b"a=1\n"}))
    found = everything(tmp_path / "x.msi")
    assert set(found) == {
        *("Gateway Filter/engine.dll", "Gateway Filter/filter.cfg", "Binary.setup", ""),
    }
    ids = found["Gateway Filter/engine.dll"][1][0].ids
    assert f"sha256:{hashlib.sha256(engine).hexdigest()}" in ids
    source, (record, *_) = found[""]
    assert (source.format, source.status, record.type) == ("msi", "read", "MSI")


def test_two_members_of_one_name_are_kept_apart(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        (tmp_path / "a.zip").write_bytes(zipped([("x", b"one"), ("x", b"two"), ("x", b"three")]))
    assert {"x", "x#2", "x#3"} <= set(everything(tmp_path / "a.zip"))


def odd_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, target in (
            ("passwd", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard", tarfile.LNKTYPE, "../../etc/shadow"),
            ("null", tarfile.CHRTYPE, ""),
            ("fifo", tarfile.FIFOTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        for name in ("../../escape", "/absolute", "C:\\Windows\\x", "fine"):
            info = tarfile.TarInfo(name)
            info.size = 4
            archive.addfile(info, io.BytesIO(b"data"))
    return out.getvalue()


def test_links_and_devices_are_told_and_never_followed(tmp_path):
    members = {one.name: one for one in unpack.members("tar", "a.tar", odd_tar())}
    assert members["passwd"].skipped == LINK
    assert members["hard"].skipped == HARD_LINK
    assert members["null"].skipped == members["fifo"].skipped == SPECIAL
    (tmp_path / "a.tar").write_bytes(odd_tar())
    source, _ = everything(tmp_path / "a.tar")[""]
    assert source.message == (
        "4 members; not followed: 1 symbolic link, 1 hard link, 2 devices or pipes, 3 names leading outside"
    )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.tar"]


def test_a_symbolic_link_in_a_zip_is_told():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    (member,) = unpack.members("zip", "a.zip", out.getvalue())
    assert (member.skipped, member.data) == (LINK, b"")


def test_a_self_extracting_program_is_a_program_and_an_archive(tmp_path):
    libarchive()
    stub = b"MZ" + b"\0" * 2000
    (tmp_path / "seven.exe").write_bytes(stub + written("7zip"))
    (tmp_path / "zip.exe").write_bytes(stub + zipped(FILES.items()))
    for name in ("seven.exe", "zip.exe"):
        found = everything(tmp_path / name)
        assert found["usr/lib/engine.dll"][1][0].name == "engine.dll"


@pytest.mark.skipif(
    any(map(shutil.which, tools.TOOLS["7-Zip"].programs)), reason="7-Zip is installed"
)
def test_what_is_missing_is_said_with_how_to_install_it(tmp_path):
    (tmp_path / "x.dmg").write_bytes(b"\0" * 4096 + b"koly" + b"\0" * 508)
    source, records = everything(tmp_path / "x.dmg")[""]
    assert (source.format, source.status) == ("dmg", "not read")
    assert source.message.startswith("needs 7-Zip, which is not installed (Debian")
    assert records[0].ids[0].startswith("sha256:")


def test_without_libarchive_the_rest_goes_on(tmp_path, monkeypatch):
    sandbox.close()
    monkeypatch.setenv("LIBARCHIVE", "libarchive-that-is-not-there.so")
    (tmp_path / "x.cab").write_bytes(cab(FILES))
    try:
        source, records = everything(tmp_path / "x.cab")[""]
    finally:
        sandbox.close()
    assert "apt install libarchive13" in source.message
    assert source.status == "not read"
    assert records[0].kind == "file"


def test_too_many_members_is_a_clear_status(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_MEMBERS", 3)
    (tmp_path / "a.tar").write_bytes(tarred({f"f{n}": b"x" for n in range(9)}))
    source, _ = everything(tmp_path / "a.tar")[""]
    assert source.status == "partly read"
    assert "more than 3 members" in source.message


def test_the_total_of_one_file_is_bounded_in_foreign_containers_too(tmp_path, monkeypatch):
    libarchive()
    monkeypatch.setattr(unpack, "TOTAL_FREE", 1_000_000)
    monkeypatch.setattr(unpack, "TOTAL_RATIO", 1)
    bomb = written("7zip", {f"f{n}": b"\0" * 900_000 for n in range(4)})
    (tmp_path / "a.7z").write_bytes(bomb)
    found = everything(tmp_path / "a.7z")
    assert found[""][0].status == "partly read"
    assert "far more than its size" in found[""][0].message
    assert len(found) == 2


def test_an_unread_file_is_searched_and_says_no_more(tmp_path):
    (tmp_path / "mail.pst").write_bytes(b"!BDN" + bytes(600))
    (source, (record,)) = everything(tmp_path / "mail.pst")[""]
    assert (source.status, source.format, source.records) == ("no reader", "", 1)
    assert source.message == "searched as bytes only: no reader for this format (binary)"
    assert (record.kind, record.type) == ("file", "data")
    assert json.loads(record.extra) == {"looks like": "Outlook mail folder"}


@pytest.mark.parametrize(
    ("name", "data", "kind", "form"),
    [
        ("a", b"#!/usr/bin/env python3\nprint()\n", "script", "python3"),
        ("a", b"#!/bin/sh\n", "script", "sh"),
        ("a.ps1", b"Get-Item x\n", "script", "ps1"),
        ("a.txt", b"hello\n", "text", ""),
        ("a", b"\0\1\2", "data", ""),
        ("a", b"SQLite format 3\0....", "data", "SQLite database"),
    ],
)
def test_the_type_of_any_file(tmp_path, name, data, kind, form):
    (tmp_path / name).write_bytes(data)
    ((_, (record,)),) = everything(tmp_path / name).values()
    assert (record.type, json.loads(record.extra or "{}").get("looks like", "")) == (kind, form)


def test_a_tree_of_many_files_is_read_in_order_each_once(tmp_path):
    for n in range(500):
        (tmp_path / f"{n:03}").write_bytes(bytes([n % 256]) * (n + 1))
    from oust.examine import Examiner

    examiner = Examiner()
    stream = read.prepared_ahead(read.ahead(read.walk([tmp_path])), examiner)
    seen = [one.source.path for loaded in stream for one in read.read(loaded, None, examiner)]
    assert [path.rsplit("/", 1)[1] for path in seen] == [f"{n:03}" for n in range(500)]


def test_a_reader_that_crashes_costs_its_file_the_reader(tmp_path, monkeypatch):
    from oust import examine

    monkeypatch.setattr(examine, "FUNCTION", "oust.sandbox.worker:serve")
    (tmp_path / "f").write_bytes(b"\0\1")
    (source, (record,)) = everything(tmp_path / "f")[""]
    assert source.status == "partly read"
    assert source.quarantined == 1
    assert record.ids[0].startswith("sha256:")


def mutations(data, seed):
    """`data` cut, with bits flipped, pieces moved, and numbers in it made large."""
    chance = random.Random(seed)
    while True:
        raw = bytearray(data)
        match chance.randrange(5):
            case 0:
                del raw[chance.randrange(len(raw)) :]
            case 1:
                for _ in range(chance.randrange(1, 20)):
                    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            case 2:
                at, to = chance.randrange(len(raw)), chance.randrange(len(raw))
                raw[to:to] = raw[at : at + chance.randrange(1, 200)]
            case 3:
                at = chance.randrange(max(1, min(len(raw) - 8, 512)))
                raw[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)))
            case 4:
                at = chance.randrange(len(raw))
                del raw[at : at + chance.randrange(1, 400)]
        yield bytes(raw)


FUZZED = int(os.environ.get("OUST_FUZZ", "25"))
"""Mutations of each kind; 400 before a release."""


@pytest.mark.parametrize("name", NATIVE)
def test_mutated_containers_crash_nothing_and_leave_nothing_open(tmp_path, name):
    if name in ("cab", "cpio", "rpm", "7z", "iso", "pkg", "pbzx", "msi"):
        libarchive()
    data = NATIVE[name]()
    place = tmp_path / f"x.{name}"
    before = None
    for n, mutated in zip(range(FUZZED), mutations(data, name), strict=False):
        if not mutated:
            continue
        place.write_bytes(mutated)
        for source, _ in everything(place).values():
            assert source.status
        if n == 2 and Path("/proc/self/fd").exists():
            before = len(list(Path("/proc/self/fd").iterdir()))
    if before is not None:
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


def test_checksum_tells_an_old_tar_from_text():
    head = bytearray(512)
    head[:4] = b"name"
    head[124:136] = b"00000000000\0"
    head[148:156] = b"%06o\0 " % (sum(head[:148]) + sum(head[156:]) + 256)
    assert kinds.kind_of(bytes(head) + bytes(1024)) == "tar"
    head[0] ^= 1
    assert kinds.kind_of(bytes(head) + bytes(1024)) == ""


def test_zlib_is_no_container():
    assert kinds.kind_of(zlib.compress(b"x")) == ""


def inno(folder):
    """A program with the mark of Inno Setup's loader, and nothing behind it."""
    place = folder / "setup.exe"
    place.write_bytes(b"MZ" + bytes(1200) + b"rDlPtS\xcd\xe6\xd7\x7b\x0b\x2a" + bytes(500))
    return place


@pytest.mark.parametrize("installed", [True, False])
def test_an_inno_setup_installer_asks_for_innoextract(tmp_path, monkeypatch, installed):

    data = inno(tmp_path).read_bytes()
    assert kinds.kind_of(data) == "installer"
    kept = shutil.which
    monkeypatch.setattr(
        tools.shutil, "which",
        lambda name: None if name == "innoextract" and not installed else kept(name),
    )  # fmt: skip
    if installed and not kept("innoextract"):
        pytest.skip("innoextract is not installed")
    with pytest.raises(Unreadable) as told:
        list(tools.entries(data, 1 << 20, "innoextract"))
    assert "innoextract" in str(told.value)
    assert ("apt install innoextract" in str(told.value)) == (not installed)


@pytest.mark.parametrize("mark", [b"7z\xbc\xaf\x27\x1c", b"PK\x05\x06"])
def test_a_program_that_knows_the_marks_of_archives_is_no_installer(tmp_path, mark):
    """Programs that read archives hold the words by which they tell them."""
    data = b"MZ" + bytes(2000) + mark + bytes(range(200))
    assert kinds.kind_of(data) == ""
    assert kinds.stub_of(data + written("7zip"))[1] == len(data)
    zipped = io.BytesIO(data)
    with zipfile.ZipFile(zipped, "a") as out:
        out.writestr("a", b"b")
    assert kinds.kind_of(zipped.getvalue()) == "zip"


def test_an_error_without_words_is_told_without_an_address():
    from oust.containers import native

    class Silent(Exception):
        msg = None

    assert native._why(Silent("archive_p=94843362935504")) == "libarchive does not say how"
