"""Container images: one asset, layers in order, what a later layer deletes."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import oci_files, oci_image, saved_image, saved_images, tarred
from oust import opening, read
from oust.case import Case
from oust.containers.image import Image, layer_order
from oust.fileview import FileView
from oust.formats.seam import NoNeedles
from oust.image_record import image_records
from oust.verified import contents

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
    monkeypatch.setattr(opening, "HELD", 1024)
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


OTHER = tarred({"etc/.wh.b": b"", "etc/own": b"own"})


def spread(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def whereabouts(found):
    """(host, file) -> what became of it there."""
    return {
        (
            record.host,
            source.path.split("!/")[-1],
            json.loads(record.extra or "{}").get("state", ""),
        )
        for source, record in found
        if record.kind == "file"
    }


@pytest.mark.parametrize("layout", ["saved", "oci", "folder"])
def test_a_layer_that_images_share_is_read_once_and_found_in_each(tmp_path, layout):
    both = {"acme/one": [BASE, MIDDLE], "acme/two": [BASE, OTHER]}
    if layout == "saved":
        (tmp_path / "images.tar").write_bytes(saved_images(both))
    else:
        files = oci_files({(tag, "amd64"): layers for tag, layers in both.items()})
        spread(tmp_path / "images", files) if layout == "folder" else None
        (tmp_path / "images.tar").write_bytes(tarred(files)) if layout == "oci" else None
    found = records(tmp_path)
    assert {record.name for _, record in found if record.kind == "host"} == {*both}
    paths = [source.path for source, record in found if record.host == "acme/two"]
    assert len(paths) == len(set(paths))
    deleted = "removed: deleted by layer 2 of the image"
    assert whereabouts(found) == {
        ("acme/one", "usr/lib/engine.so", ""),
        ("acme/one", "usr/lib/engine.so", "removed: replaced by layer 2 of the image"),
        ("acme/two", "usr/lib/engine.so", ""),
        ("acme/one", "usr/lib/old.so", deleted),
        ("acme/two", "usr/lib/old.so", ""),
        ("acme/one", "etc/opt/a", ""),
        ("acme/two", "etc/opt/a", ""),
        ("acme/one", "etc/b", ""),
        ("acme/two", "etc/b", deleted),
        ("acme/two", "etc/own", ""),
    }


def test_an_engine_in_a_shared_layer_exposes_every_image_that_keeps_it(tmp_path):
    base = tarred({"opt/gw/base.kdc": b"KLZF" + bytes(range(256))})
    gone = tarred({"opt/gw/.wh.base.kdc": b""})
    images = {"one": [base], "two": [base, gone], "three": [base, OTHER]}
    files = oci_files({(tag, "amd64"): layers for tag, layers in images.items()})
    spread(tmp_path / "evidence", files)
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([tmp_path / "evidence"])
        found = case.findings(["kaspersky"])
        assert {one.asset.name for one in found.exposures} == {"one", "three"}
        assert [one.reason for one in found.mentions] == [
            "the evidence itself says: removed: deleted by layer 2 of the image"
        ]
        (look,) = case.coverage().looks
        assert (look.asset.kind, look.method, look.complete) == ("container image", "files", True)
        assert case.add([tmp_path / "evidence"]).unchanged == 1


def test_images_of_one_tag_are_told_apart_by_platform_or_digest(tmp_path):
    files = oci_files({("acme/gate", "amd64"): [BASE, MIDDLE], ("acme/gate", "arm64"): [BASE, TOP]})
    (tmp_path / "image.tar").write_bytes(tarred(files))
    names = [record.name for _, record in records(tmp_path) if record.kind == "host"]
    assert names == ["acme/gate (linux/amd64)", "acme/gate (linux/arm64)"]
    same = [Image(("t",), f"sha256:{n:064x}", (), {}) for n in (1, 2)]
    assert [one.name for one in image_records(same)] == ["t (sha256:000000000000)"] * 2


def test_an_image_in_a_folder_is_one_image_and_opened_again(tmp_path):
    spread(tmp_path / "image", oci_files({("acme/gate", "arm64"): [BASE, gzip.compress(MIDDLE)]}))
    found = records(tmp_path)
    assert {record.host for _, record in found if record.kind == "file"} == {"acme/gate"}
    source = next(one for one, record in found if record.name == "engine.so")
    assert source.path.startswith(f"{tmp_path.name}/image!/blobs/sha256/")
    (outer,) = [one for one in read.walk([tmp_path]) if one.path.endswith("/image")]
    ((_, data),) = contents(outer.location, [source.path])
    assert bytes(data) in (b"engine 1", b"engine 2")


def test_a_folder_that_only_looks_like_an_image_is_a_folder(tmp_path):
    files = oci_files({("acme/gate", "arm64"): [BASE]})
    spread(tmp_path / "a", files | {"index.json": b"{}"})
    spread(tmp_path / "b", {name: data for name, data in files.items() if len(data) < 5000})
    spread(tmp_path / "c", {"manifest.json": b'[{"Config": "../../x", "Layers": ["../a"]}]'})
    paths = [one.path.removeprefix(f"{tmp_path.name}/") for one in read.walk([tmp_path])]
    assert {"a/oci-layout", "b/oci-layout", "c/manifest.json"} <= set(paths)


def test_links_in_an_image_folder_stay_inside_it(tmp_path):
    layers = {"one": BASE, "two": MIDDLE}
    config = json.dumps({"os": "linux"}).encode()
    manifest = [{"Config": "c.json", "RepoTags": ["t"], "Layers": ["one", "two", "three"]}]
    spread(tmp_path / "image", {"c.json": config, "manifest.json": json.dumps(manifest).encode()})
    spread(tmp_path / "image" / "kept", layers)
    (tmp_path / "secret").write_bytes(BASE)
    (tmp_path / "image" / "one").symlink_to("kept/one")
    (tmp_path / "image" / "two").symlink_to("two")
    (tmp_path / "image" / "three").symlink_to(tmp_path / "secret")
    (found,) = [one for one in read.walk([tmp_path]) if one.path.endswith("image")]
    last = list(read.read(read.load(found), NoNeedles()))[-1]
    assert "layer 3 of t is missing: three; layer 2 of t is missing: two" in last.source.message


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), max_size=5))
def test_every_layer_comes_once_and_after_those_above_it(stacks):
    found = [Image((), str(n), tuple(stack)) for n, stack in enumerate(stacks)]
    order = [name for name, _ in layer_order(found)]
    assert sorted(order) == sorted({name for stack in stacks for name in stack})
    uses = {(image, name): n for name, held in layer_order(found) for image, n in held}
    assert uses == {(i, name): n for i, s in enumerate(stacks) for n, name in enumerate(s, 1)}
    if all(stack == sorted(set(stack)) for stack in stacks):
        for stack in stacks:
            assert [name for name in order if name in stack] == stack[::-1]


def test_a_view_of_a_part_reads_only_that(tmp_path):
    (tmp_path / "f").write_bytes(b"0123456789")
    part = FileView(tmp_path / "f").part(3, 4)
    assert (len(part), bytes(part), part[1:3], part.find(b"6"), part.find(b"7")) == (
        4, b"3456", b"45", 3, -1,
    )  # fmt: skip
    assert bytes(part.part(1, 99)) == b"456"
