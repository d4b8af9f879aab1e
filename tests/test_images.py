"""Container images: one asset, layers in order, what a later layer deletes."""

import gzip
import json

import pytest

from containers import oci_image, saved_image, tarred
from oust import read
from oust.fileview import FileView
from oust.formats.seam import NoNeedles

BASE = tarred(
    {"usr/lib/engine.so": b"engine 1", "usr/lib/old.so": b"old", "etc/opt/a": b"a", "etc/b": b"b"},
    **{"usr/lib/link.so": "engine.so"},
)
MIDDLE = tarred({"usr/lib/engine.so": b"engine 2", "usr/lib/.wh.old.so": b""})
TOP = tarred({"etc/opt/.wh..wh..opq": b"", "etc/opt/new": b"new", ".wh.srv": b""})


def records(path):
    found = []
    for one in read.walk([path]):
        for reading in read.read(read.load(one), NoNeedles()):
            found += [(reading.source, record) for record in reading.records]
    return found


@pytest.mark.parametrize("layout", ["saved", "oci"])
def test_an_image_is_one_asset_and_files_deleted_later_are_told(tmp_path, layout):
    if layout == "saved":
        data, name = saved_image([BASE, MIDDLE, TOP]), "acme/gate:2.1"
    else:
        layers = [gzip.compress(BASE), MIDDLE, gzip.compress(TOP)]
        data, name = oci_image(layers), "registry.example/acme/gate:2.1"
    (tmp_path / "image.tar").write_bytes(data)
    found = records(tmp_path / "image.tar")
    (image,) = [record for _, record in found if record.kind == "host"]
    assert (image.name, image.type) == (name, "container image")
    assert image.ids[0].startswith("sha256:")
    files = {}
    for source, record in found:
        if record.kind == "file":
            assert record.host == name
            state = json.loads(record.extra)["state"] if record.extra else ""
            files.setdefault(source.path.split("!/")[-1], set()).add(state)
    assert files == {
        "usr/lib/engine.so": {"", "removed: replaced by layer 2 of the image"},
        "usr/lib/old.so": {"removed: deleted by layer 2 of the image"},
        "etc/opt/a": {"removed: deleted by layer 3 of the image"},
        "etc/b": {""},
        "etc/opt/new": {""},
    }


def test_what_an_image_says_of_itself(tmp_path):
    data = oci_image([gzip.compress(BASE)])
    (tmp_path / "image.tar").write_bytes(data)
    (image,) = [record for _, record in records(tmp_path / "image.tar") if record.kind == "host"]
    said = json.loads(image.extra)
    assert said["architecture"] == "arm64"
    assert said["label maker"] == "Acme"
    assert said["layers"] == "1"


def test_an_image_without_a_tag_is_named_by_its_digest(tmp_path):
    (tmp_path / "image.tar").write_bytes(saved_image([BASE], tag=""))
    (image,) = [record for _, record in records(tmp_path / "image.tar") if record.kind == "host"]
    assert image.name.startswith("image sha256:")


def test_an_image_in_a_compressed_file_and_large_layers_are_the_same(tmp_path, monkeypatch):
    from oust import unpack

    (tmp_path / "image.tar.gz").write_bytes(gzip.compress(saved_image([BASE, MIDDLE])))
    monkeypatch.setattr(unpack, "SPOOL", 1024)
    monkeypatch.setattr(read, "HELD", 1024)
    hosts = {record.host for _, record in records(tmp_path / "image.tar.gz") if record.host}
    assert hosts == {"acme/gate:2.1"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b'"Layers"', b'"Lagers"'),
        lambda data: data.replace(b'"Config"', b'"Confit"'),
        lambda data: data.replace(b"[{", b"{["),
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"/layer.tar", b"/layer.tax", 1),
    ],
)
def test_a_spoilt_image_is_still_searched(tmp_path, spoil):
    (tmp_path / "image.tar").write_bytes(spoil(saved_image([BASE])))
    names = {record.name for _, record in records(tmp_path / "image.tar")}
    sources = list(read.read(read.load(next(iter(read.walk([tmp_path])))), NoNeedles()))
    assert "engine.so" in names or sources[-1].source.status in ("partly read", "not read")


def test_a_missing_layer_is_told(tmp_path):
    data = saved_image([BASE, MIDDLE])
    at = data.index(b'"Layers": ["') + 12
    (tmp_path / "image.tar").write_bytes(data[:at] + b"x" * 64 + data[at + 64 :])
    (found,) = read.walk([tmp_path])
    last = list(read.read(read.load(found), NoNeedles()))[-1]
    assert last.source.status == "partly read"
    assert "is missing" in last.source.message


def test_a_view_of_a_part_reads_only_that(tmp_path):
    (tmp_path / "f").write_bytes(b"0123456789")
    part = FileView(tmp_path / "f").part(3, 4)
    assert (len(part), bytes(part), part[1:3], part.find(b"6"), part.find(b"7")) == (
        4, b"3456", b"45", 3, -1,
    )  # fmt: skip
    assert bytes(part.part(1, 99)) == b"456"
