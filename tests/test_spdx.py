"""SPDX against the corpus of real files, against damage, and against itself when streamed."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oust.formats import pick, spdx2_json, spdx2_rdf, spdx2_tag_value, spdx2_yaml, spdx3_json
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.formats.spdx_stream import members
from oust.formats.spdx_words import agent, hash_id, outside_id
from oust.model import Link, Quarantine, Record

FORMATS = (
    spdx2_json.Spdx2Json(),
    spdx2_yaml.Spdx2Yaml(),
    spdx2_tag_value.Spdx2TagValue(),
    spdx2_rdf.Spdx2Rdf(),
    spdx3_json.Spdx3Json(),
)
NAMES = {
    "json": "spdx2-json",
    "yaml": "spdx2-yaml",
    "tag-value": "spdx2-tag-value",
    "rdf": "spdx2-rdf",
    "json-ld": "spdx3-json-ld",
}
CORPUS = Path(__file__).parent.parent.parent / "shared/corpus/sbom"
GOLDEN = sorted((Path(__file__).parent / "formats").glob("spdx*/*/input.*"))
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="no corpus of real files here")


def read(data: bytes, fmt=None, name="input.json"):
    opened = Opened(name, data)
    fmt = fmt or pick(opened.head, FORMATS)
    said, error = [], None
    try:
        said.extend(fmt.read(opened, NoNeedles()))
    except Unreadable as unreadable:
        error = str(unreadable)
    return said, error


def records(said, kind="component"):
    return [one for one in said if isinstance(one, Record) and one.kind == kind]


def doc(**more) -> bytes:
    base = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "d"}
    return json.dumps({**base, **more}).encode()


# --- the corpus -----------------------------------------------------------------------------


def manifest() -> list[dict]:
    if not CORPUS.exists():
        return []
    return [
        one
        for one in json.loads((CORPUS / "manifest.json").read_bytes())
        if one["format"] == "SPDX"
    ]


def is_package(one: Record, entry: dict, document) -> bool:
    """Whether the record stands for what the manifest counts: an SPDX package."""
    if entry["encoding"] == "json-ld":
        element = document["@graph"][int(one.locator.split("/")[2])]
        return str(element["type"]).endswith("Package")
    if entry["encoding"] == "rdf":
        return ":Package[" in one.locator.rpartition("/")[2]
    if entry["encoding"] == "tag-value":
        return one.type not in ("file", "snippet")
    return one.locator.startswith("#/packages/")


# The manifest's reader looked at one spelling of a field, or only at the first layer; ours sees
# more. A rule says in which files that may be so; a package that is missing is never explained.
MORE_PURLS = (
    lambda entry, text: entry["encoding"] == "rdf" and "references/purl" in text,
    lambda entry, text: entry["encoding"] == "json-ld" and '"externalIdentifiers"' in text,
    lambda entry, text: entry["encoding"] == "json-ld" and "pkg:" in text,
    lambda entry, text: "SECURITY purl" in text,
)


@needs_corpus
@pytest.mark.parametrize("encoding", NAMES)
def test_every_package_of_the_corpus_is_read(encoding):
    entries = [entry for entry in manifest() if entry["encoding"] == encoding]
    assert entries
    for entry in entries:
        data = (CORPUS / entry["path"]).read_bytes()
        opened = Opened(entry["path"], data)
        fmt = pick(opened.head, FORMATS)
        assert fmt is not None and fmt.name == NAMES[encoding], entry["path"]
        said, error = read(data, fmt, entry["path"])
        if entry["path"].endswith("SPDX_OWL.json"):  # the vocabulary itself, not an SBOM
            assert error == "JSON-LD without any SPDX 3 element"
            continue
        assert error is None, entry["path"]
        document = json.loads(data) if "json" in encoding else None
        packages = [one for one in records(said) if is_package(one, entry, document)]
        if entry["path"].endswith("file_without_spdx_ids.xml"):  # seen by us, not by the manifest
            assert (len(packages), entry["component_count"]) == (1, 0)
        else:
            assert len(packages) == entry["component_count"], entry["path"]
        check_purls(entry, packages, data.decode("utf-8", "replace"))
        assert len(records(said, "document")) >= 1


def check_purls(entry: dict, packages: list[Record], text: str) -> None:
    found = sum(bool(one.purl) for one in packages)
    more = any(rule(entry, text) for rule in MORE_PURLS)
    assert found >= entry["purl_count"], entry["path"]
    assert found == entry["purl_count"] or more, entry["path"]


@needs_corpus
def test_every_field_of_identity_survives_in_json():
    """Independent look: each purl, CPE and hash written in a package stands in its record."""
    for entry in manifest():
        if entry["encoding"] != "json":
            continue
        data = (CORPUS / entry["path"]).read_bytes()
        said, _ = read(data, name=entry["path"])
        told = {one.locator: one for one in records(said)}
        for i, package in enumerate(json.loads(data).get("packages") or ()):
            one = told[f"#/packages/{i}"]
            values = [r.get("referenceLocator") for r in package.get("externalRefs") or ()]
            values += [c["checksumValue"].lower() for c in package.get("checksums") or ()]
            everything = " ".join((one.purl, *one.ids, *one.urls))
            assert all(value in everything for value in values if value), (entry["path"], i)
            assert one.name == package.get("name", one.name)
            assert one.version == package.get("versionInfo", one.version)


@needs_corpus
def test_relationships_reconcile_in_json():
    """Links, other words and quarantined ones together are all that the file states."""
    for entry in manifest():
        if entry["encoding"] != "json":
            continue
        data = (CORPUS / entry["path"]).read_bytes()
        said, _ = read(data, name=entry["path"])
        links = sum(
            isinstance(one, Link) and one.locator.startswith("#/relationships/") for one in said
        )
        (document,) = records(said, "document")
        extra = json.loads(document.extra or "{}").get("other relationships", "")
        counted = [part.rpartition(" ") for part in extra.split(", ") if part]
        others = sum(int(count) for word, _, count in counted if word != "DESCRIBES")
        lacking = sum(isinstance(one, Quarantine) and "lacks" in one.reason for one in said)
        stated = json.loads(data).get("relationships") or ()
        described = sum(
            one.get("relationshipType") in ("DESCRIBES", "DESCRIBE", "DESCRIBED_BY")
            for one in stated
        )
        assert links + others + lacking + described == len(stated), entry["path"]


# --- the same, streamed ---------------------------------------------------------------------


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_streaming_says_the_same(path, monkeypatch):
    data = path.read_bytes()
    whole, error = read(data, name=path.name)
    for module in (spdx2_json, spdx2_yaml, spdx2_tag_value, spdx2_rdf, spdx3_json):
        monkeypatch.setattr(module, "STREAM_ABOVE", 0)
    streamed, again = read(data, name=path.name)
    assert again == error
    assert Counter(map(repr, streamed)) == Counter(map(repr, whole))


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_window_moves_over_any_boundary(chunk, monkeypatch):
    monkeypatch.setattr("oust.formats.spdx_stream.CHUNK", chunk)
    value = {"a": [1, {"ü\n€": '\\"]}'}, []], "b": None, "c": "x" * 50, "n": -1.5e3, "e": []}
    found = list(members(Opened("x", json.dumps(value, ensure_ascii=False).encode())))
    assert [(one.key, one.place) for one in found] == [
        *[("a", 0), ("a", 1), ("a", 2)],
        *[("b", None), ("c", None), ("n", None)],
    ]
    assert found[1].value == {"ü\n€": '\\"]}'}
    assert found[5].value == "-1500.0"


# --- damage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a"}, {"na', "truncated at byte 60"),
        (
            b'{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a"}, oops, {}]}',
            "not JSON at byte 56",
        ),
        (doc() + b" {}", "more text after the end of the document at byte"),
        (b'{"SPDXID":' + b"[" * 1_000_000, "nested too deep"),
        (b"spdxVersion: SPDX-2.3\npackages:\n - name: a\n - name: [b\n", "not YAML at line"),
        (b"spdxVersion: SPDX-2.3\npackages: " + b"[" * 100_000, "nested deeper|not YAML"),
        (
            b"spdxVersion: SPDX-2.3\n---\nspdxVersion: SPDX-2.3\n",
            "second YAML document begins at line",
        ),
        (
            b'<!DOCTYPE r [<!ENTITY x "y">]><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#"/>',
            "declares entities",
        ),
        (
            b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#"><Package><name>a</name></Package><Pack',
            "XML breaks off at line 1",
        ),
        (
            b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://spdx.org/rdf/terms#">'
            + b"<a>" * 5000,
            "nested deeper than 400|XML breaks off",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_damage_is_told_and_what_came_before_is_kept(data, message):
    import re

    said, error = read(data)
    assert error is not None and re.search(message, error)
    if b'"name": "a"' in data or b"<name>a" in data:
        assert [one.name for one in records(said)] == ["a"]


def test_alias_bomb_is_refused():
    lines = ["spdxVersion: SPDX-2.3", "name: &a0 [x, x]"]
    lines += [f"k{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    _, error = read("\n".join(lines).encode(), name="x.yaml")
    assert error is not None and "aliases repeat more than 100,000 values" in error


def test_merge_keys_multiply_nothing():
    lines = ["spdxVersion: SPDX-2.3", "name: d", "k0: &a0 {x: 1}"]
    lines += [f"k{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    _, error = read("\n".join(lines).encode(), name="x.yaml")
    assert error is not None and "aliases" in error


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding):
    data = doc(packages=[{"SPDXID": "SPDXRef-a", "name": "café"}])
    text = json.dumps(json.loads(data), ensure_ascii=False)
    said, error = read(text.encode(encoding))
    assert error is None
    assert [one.name for one in records(said)] == ["café"]


def test_a_bad_byte_and_a_lone_surrogate_cost_nothing_else():
    data = doc(comment="-" * 5000, packages=[{"name": "AA"}, {"name": "b"}])
    data = data.replace(b"AA", b"A\xff\\ud800")
    said, error = read(data)
    assert error is None
    assert [one.name for one in records(said)] == ["A\ufffd?", "b"]
    "".join(map(repr, said)).encode()


@pytest.mark.parametrize("version", ['"SPDX-2.9"', "2", "null", "[]", '""'])
def test_any_version_is_read(version):
    data = doc(packages=[{"name": "a"}]).replace(b'"SPDX-2.3"', version.encode())
    said, error = read(data)
    assert error is None and len(records(said)) == 1


def mutate(data: bytes, dice: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(raw) + 1)
        match dice.randrange(5):
            case 0:
                del raw[at : at + dice.randint(1, 40)]
            case 1:
                raw[at:at] = dice.choice(
                    [b"{", b"]", b'"', b"null", b"\x00", b"\xff", b"<", b"*", b"\r"]
                )
            case 2:
                raw[at : at + 1] = bytes([dice.randrange(256)])
            case 3:
                raw[at:at] = raw[at : at + dice.randint(1, 60)]
            case 4:
                del raw[at:]
    return bytes(raw)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_mutations_of_goldens_never_raise(path):
    data = path.read_bytes()
    fmt = pick(Opened(path.name, data).head, FORMATS)
    dice = random.Random(path.parts[-2])
    for _ in range(150):
        said, _ = read(mutate(data, dice), fmt, path.name)
        check_sane(said)


@needs_corpus
def test_mutations_of_real_files_never_raise():
    dice = random.Random(2017)
    entries = [entry for entry in manifest() if 500 < entry["bytes"] < 12_000]
    for entry in dice.sample(entries, 60):
        data = (CORPUS / entry["path"]).read_bytes()
        fmt = next(one for one in FORMATS if one.name == NAMES[entry["encoding"]])
        for _ in range(6):
            check_sane(read(mutate(data, dice), fmt, entry["path"])[0])


def check_sane(said) -> None:
    """Every value is of its declared type and can be written down as UTF-8."""
    for one in said:
        assert isinstance(one, Record | Link | Quarantine)
        for field in one.__struct_fields__:
            value = getattr(one, field)
            texts = value if isinstance(value, tuple) else (value,)
            assert all(isinstance(text, str) for text in texts), (one, field)
            "".join(texts).encode()
        if isinstance(one, Record | Link) and one.extra:
            assert all(isinstance(text, str) for text in json.loads(one.extra).values())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["name", "SPDXID", "supplier", "versionInfo", "externalRefs", "checksums", "hasFiles"]
FIELDS += ["annotations", "spdxElementId", "relatedSpdxElement", "relationshipType", "fileName"]
FIELDS += ["suppliedBy", "type", "spdxId", "from", "to", "verifiedUsing", "externalIdentifier"]
elements = st.lists(
    st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6) | json_values, max_size=3
)


@given(elements, elements, elements, json_values)
def test_any_json_in_any_field(packages, files, relationships, info):
    said, error = read(
        doc(packages=packages, files=files, relationships=relationships, creationInfo=info)
    )
    assert error is None
    check_sane(said)
    assert len(records(said)) == sum(isinstance(one, dict) for one in [*packages, *files])


@given(elements)
def test_any_json_in_an_spdx3_graph(graph):
    known = {
        "type": "software_Package",
        "spdxId": "urn:p",
        "name": "p",
        "software_packageVersion": "1",
    }
    data = json.dumps({"@context": "https://spdx.org/rdf/3.0.1/x", "@graph": [known, *graph]})
    said, error = read(data.encode(), FORMATS[4])
    assert error is None
    check_sane(said)
    assert records(said)[0].name == "p"


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Organization: Acme (info@acme.test)", ("Organization", "Acme", "info@acme.test")),
        ("Organization: Acme (UK) Ltd", ("Organization", "Acme (UK) Ltd", "")),
        ("Organization: Acme (UK)", ("Organization", "Acme (UK)", "")),
        ("Organization: Acme ()", ("Organization", "Acme", "")),
        ("Organization: Acme (https://acme.test)", ("Organization", "Acme", "https://acme.test")),
        ("organisation:Acme", ("Organization", "Acme", "")),
        ("Person: Ida", ("Person", "Ida", "")),
        ("Acme: The Company", ("", "Acme: The Company", "")),
        ("NOASSERTION", ("", "", "")),
        ("Organization: NOASSERTION", ("Organization", "", "")),
        ("none", ("", "", "")),
    ],
)
def test_agents(text, expected):
    assert tuple(agent(text)) == expected


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("SHA256", "sha256:ab"),
        ("SHA-256", "sha256:ab"),
        ("checksumAlgorithm_sha1", "sha1:ab"),
        ("sha3_256", "id:sha3-256:ab"),
        ("BLAKE2b-256", "id:blake2b-256:ab"),
        ("", ""),
    ],
)
def test_hashes(algorithm, expected):
    assert hash_id(algorithm, " AB ") == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("purl", "pkg:npm/a", ("purl", "pkg:npm/a")),
        ("packageUrl", "pkg:npm/a", ("purl", "pkg:npm/a")),
        ("http://spdx.org/rdf/references/purl", "pkg:npm/a", ("purl", "pkg:npm/a")),
        ("cpe23Uri", "cpe:2.3:a:b", ("id", "cpe:cpe:2.3:a:b")),
        ("other", "cpe:/a:b", ("id", "cpe:cpe:/a:b")),
        ("url", "https://a.test", ("url", "https://a.test")),
        ("npm", "left@1", ("id", "id:npm:left@1")),
        ("swh", "swh:1:cnt:9", ("id", "id:swh:1:cnt:9")),
    ],
)
def test_outside_ids(kind, value, expected):
    assert outside_id(kind, value) == expected
