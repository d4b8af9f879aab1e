"""CycloneDX beyond the golden folders: the corpus reconciled, mutations, hostile input."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.formats import cyclonedx_json
from oust.formats.cyclonedx_component import scheme_of
from oust.formats.cyclonedx_json import CycloneDXJson
from oust.formats.cyclonedx_proto import CycloneDXTextproto
from oust.formats.cyclonedx_xml import CycloneDXXml
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Link, Quarantine, Record, Tally

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "sbom"
READERS = {"json": CycloneDXJson(), "xml": CycloneDXXml(), "textproto": CycloneDXTextproto()}
GOLDEN = Path(__file__).parent / "formats"


def read(fmt, name, data):
    """Everything said, and the message of Unreadable or an empty string."""
    said, message = [], ""
    try:
        for one in fmt.read(Opened(name, data), NoNeedles()):
            said.append(one)  # noqa: PERF402
    except Unreadable as error:
        message = str(error)
    return said, message


def components(said):
    return [one for one in said if isinstance(one, Record) and one.kind == "component"]


@cache
def manifest():
    if not CORPUS.exists():
        pytest.skip("the corpus is not here")
    listed = json.loads((CORPUS / "manifest.json").read_text())
    return [entry for entry in listed if entry["format"] == "CycloneDX"]


# What the reader behind the manifest counts differs by rule; everything else must agree.

UNREADABLE = {
    "test-cdx-bom-format-invalid.json": "bomFormat says 'foo'",
    "cdx-1-3-syntax-err-1.json": "not JSON at byte 170",
    "cdx-1-3-syntax-err-2.json": "not JSON at byte 4,451",
    "invalid-bomformat-1.2.json": "bomFormat says 'AnotherFormat'",
    "invalid-bomformat-1.3.json": "bomFormat says 'AnotherFormat'",
    "invalid-bomformat-1.4.json": "bomFormat says 'AnotherFormat'",
    "invalid-bomformat-1.5.json": "bomFormat says 'AnotherFormat'",
    "invalid-bomformat-1.6.json": "bomFormat says 'AnotherFormat'",
    "invalid-bomformat-1.7.json": "bomFormat says 'AnotherFormat'",
    "bom-invalid.json": "truncated at byte 29",
    "invalid-cyclonedx.json": "bomFormat says 'CDX'",
}
NOT_CYCLONEDX = {"xmlcatalog.xml"}  # an OASIS catalogue beside the schemas
RULES = {
    "json": "counts neither tools, annotators, pedigree, formulation nor declaration targets",
    "xml": "counts elements named component wherever they stand, so not tools of the old kind",
    "textproto": "counts lines that open `components`, so not those in a bracketed list",
}


def counted(encoding, said):
    """Our components that the manifest's reader counts too, by RULES."""
    ours = components(said)
    if encoding == "xml":
        return [one for one in ours if re.search(r"/component(\[\d+\])?$", one.locator)]
    inside = ('"pedigree":', '"within":')
    return [
        one
        for one in ours
        if one.role in ("", "subject") and not any(word in one.extra for word in inside)
    ]


def readable(encoding):
    for entry in manifest():
        name = Path(entry["path"]).name
        if entry["encoding"] == encoding and name not in UNREADABLE | dict.fromkeys(NOT_CYCLONEDX):
            said, message = read(READERS[encoding], name, (CORPUS / entry["path"]).read_bytes())
            assert message == "", entry["path"]
            yield entry, said


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_corpus_components_reconcile(encoding):
    off = []
    for entry, said in readable(encoding):
        ours = counted(encoding, said)
        suppliers = sum(bool(one.supplier) for one in ours)
        got = (len(ours), sum(bool(one.purl) for one in ours), suppliers)
        if got != (entry["component_count"], entry["purl_count"], entry["supplier_count"]):
            off.append((entry["path"], got))
    assert off == []


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_corpus_cpes_reconcile(encoding):
    """Ours may be more: names in properties and in evidence are read too."""
    more = 0
    for entry, said in readable(encoding):
        ours = sum(any(i.startswith("cpe:") for i in one.ids) for one in counted(encoding, said))
        assert ours >= entry["cpe_count"], entry["path"]
        more += ours > entry["cpe_count"]
    assert more == {"json": 22, "xml": 0}[encoding]


def test_corpus_dependencies_reconcile():
    """Every edge is a link's target, or quarantined because it starts nowhere."""
    for entry, said in readable("json"):
        edges = 0
        for one in said:
            if isinstance(one, Link) and one.relation == "depends-on":
                edges += len(one.targets)
            elif isinstance(one, Quarantine) and one.reason == "dependency without ref":
                edges += len(one.text.split("; ")) if one.text else 0
        assert edges == entry["relationships"], entry["path"]


_OPENS = r"\b(components?|ancestors|variants|descendants)\s*:?\s*\{"
_BRACKETED = r"\bcomponents\s*:\s*\[(?:[^\[\]]|\[[^\[\]]*\])*?\]"


def test_corpus_textproto_components_reconcile():
    """The manifest counts roughly here, so messages are counted in the text once more."""
    for entry, said in readable("textproto"):
        text = (CORPUS / entry["path"]).read_text()
        ours = components(said)
        tools = sum(one.role == "tool" and one.type == "" for one in ours)
        assert len(ours) >= entry["component_count"], entry["path"]
        if "components: [" not in text and "components [" not in text:
            assert len(ours) - tools == len(re.findall(_OPENS, text)), entry["path"]


def test_corpus_unreadable_files_say_why():
    seen = set()
    for entry in manifest():
        name = Path(entry["path"]).name
        if name in UNREADABLE:
            seen.add(name)
            data = (CORPUS / entry["path"]).read_bytes()
            assert READERS["json"].claims(Opened(name, data).head) > 0
            assert read(READERS["json"], name, data)[1].startswith(UNREADABLE[name])
    assert seen == set(UNREADABLE)


def test_corpus_is_claimed_by_the_right_reader():
    manifest()
    for entry in json.loads((CORPUS / "manifest.json").read_text()):
        path = CORPUS / entry["path"]
        head = Opened(path.name, path.read_bytes()).head
        claims = {name: fmt.claims(head) for name, fmt in READERS.items()}
        wanted = entry["format"] == "CycloneDX" and path.name not in NOT_CYCLONEDX
        for name, claim in claims.items():
            assert bool(claim) == (wanted and name == entry["encoding"]), (entry["path"], claims)


def comparable(said):
    """Without the order, which differs between the two ways, and the document's own record."""
    return sorted(repr(one) for one in said)


def test_corpus_reads_alike_typed_and_by_member():
    for entry in manifest():
        path = CORPUS / entry["path"]
        if entry["encoding"] != "json" or path.name in UNREADABLE:
            continue
        opened = Opened(path.name, path.read_bytes())
        fast = cyclonedx_json.typed(opened)
        assert fast is not None, entry["path"]
        slow = list(cyclonedx_json.streamed(opened))
        assert len(fast) == len(slow), entry["path"]
        if not any(isinstance(one, Quarantine) for one in fast):
            assert comparable(fast) == comparable(slow), entry["path"]


# mutations

SEEDS = [path for path in GOLDEN.glob("cyclonedx-*/*/input.*") if path.stat().st_size > 200]


def plain(said):
    return all(isinstance(one, Record | Link | Quarantine | Tally) for one in said)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.data())
def test_broken_bytes_never_break_the_reader(path, data):
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(raw)))
    said, message = read(READERS[path.suffix[1:]], path.name, bytes(raw[:cut]))
    assert plain(said)
    assert "\n" not in message


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def spots(value, path=()):
    yield path
    if isinstance(value, dict):
        items = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from spots(inner, (*path, key))


WHOLE = json.loads((GOLDEN / "cyclonedx-json/all-places/input.json").read_text())
SPOTS = [path for path in spots(WHOLE) if path]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SPOTS), values)
def test_any_value_anywhere_is_read_or_quarantined(path, value):
    document = json.loads(json.dumps(WHOLE))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    said, _ = read(READERS["json"], "input.json", json.dumps(document).encode())
    assert plain(said)
    if path[0] != "bomFormat":
        names = {one.name for one in components(said)}
        assert "build image" in names or path[0] == "formulation"
        assert "Gatehouse Router OS" in names or path[0] == "metadata"


@given(st.text())
def test_what_is_not_a_bom_is_not_claimed(text):
    head = Opened("x", text.encode()).head
    assert [fmt.claims(head) for fmt in READERS.values()] == [0, 0, 0]


# hostile


def test_deep_nesting_is_refused():
    deep = b'{"bomFormat":"CycloneDX","components":[' * 1 + b'{"name":"a","components":[' * 300_000
    said, message = read(READERS["json"], "deep.json", deep)
    assert said and "nested too deep" in message


def test_deep_components_are_kept_as_far_as_allowed():
    nested = '{"name":"x","components":[' * 220 + "]}" * 220
    said, message = read(
        READERS["json"], "a.json", b'{"bomFormat":"CycloneDX","components":[%s]}' % nested.encode()
    )
    assert len(components(said)) == 181
    assert [one.reason for one in said if isinstance(one, Quarantine)] == [
        "nested deeper than 180 components, the rest was not read"
    ]
    assert message == ""


def test_million_brackets_in_a_field_nobody_reads():
    data = b'{"bomFormat":"CycloneDX","x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
    said, message = read(READERS["json"], "a.json", data)
    assert "nested too deep" in message
    assert [one.kind for one in said] == ["document"]


def test_xml_entities_are_refused():
    data = b'<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>'
    said, message = read(READERS["xml"], "a.xml", data)
    assert said == []
    assert message == "the XML declares entities, which are never expanded"


def test_deep_xml_and_text_are_refused():
    xml = b'<bom xmlns="x"><components>' + b"<component><components>" * 5000
    assert "XML breaks off" in read(READERS["xml"], "a.xml", xml)[1]
    proto = b'spec_version: "1.4"\n' + b"components {" * 5000
    assert "nested deeper" in read(READERS["textproto"], "a.textproto", proto)[1]


def test_large_documents_are_read_by_member(monkeypatch):
    path = GOLDEN / "cyclonedx-json/all-places/input.json"
    whole, _ = read(READERS["json"], path.name, path.read_bytes())
    monkeypatch.setattr(cyclonedx_json, "WHOLE_LIMIT", 10)
    streamed, _ = read(READERS["json"], path.name, path.read_bytes())
    assert comparable(streamed) == comparable(whole)


@pytest.mark.parametrize(
    ("algorithm", "scheme"),
    [
        ("SHA-256", "sha256:"),
        ("SHA3-512", "sha3-512:"),
        ("BLAKE2b-256", "blake2b-256:"),
        ("HASH_ALG_SHA_1", "sha1:"),
        ("HASH_ALG_SHA_3_256", "sha3-256:"),
        ("HASH_ALG_BLAKE_2_B_256", "blake2b-256:"),
        ("MD5", "md5:"),
        ("", "id:"),
    ],
)
def test_digest_schemes(algorithm, scheme):
    assert scheme_of(algorithm) == scheme


def test_records_are_built_by_position_in_the_order_of_the_model():
    assert Record.__struct_fields__ == (
        *("kind", "locator", "ref", "role", "name", "version", "type", "supplier"),
        *("manufacturer", "publisher", "author", "packager", "seller", "seller_parent", "buyer"),
        *("purl", "ids", "urls", "path", "description", "amount", "host", "operator", "since"),
        *("until", "extra"),
    )
