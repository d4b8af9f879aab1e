"""Envelopes are opened down to the document, and nothing else is taken for one."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oust.formats.envelope import is_envelope, unwrap
from oust.formats.seam import Opened, Unreadable

SPDX = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "harbour", "packages": []}
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "harbour.test/app", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://spdx.dev/Document",
    "predicate": SPDX,
}


def dsse(inner: object, encode=base64.b64encode) -> dict[str, object]:
    payload = inner if isinstance(inner, bytes) else json.dumps(inner).encode()
    return {
        "payloadType": "application/vnd.in-toto+json",
        "payload": encode(payload).decode(),
        "signatures": [{"keyid": "", "sig": "MEUCIQ"}],
    }


def bundle(inner: object) -> dict[str, object]:
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"tlogEntries": []},
        "dsseEnvelope": dsse(inner),
    }


def opened(value: object) -> Opened:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Opened("evidence.json", data)


@pytest.mark.parametrize(
    ("wrapped", "name"),
    [
        (STATEMENT, "predicate"),
        (dsse(SPDX), "payload"),
        (dsse(STATEMENT), "payload/predicate"),
        (dsse(STATEMENT, base64.urlsafe_b64encode), "payload/predicate"),
        (bundle(STATEMENT), "dsseEnvelope/payload/predicate"),
        ({**STATEMENT, "predicate": {"Data": json.dumps(SPDX), "Timestamp": ""}}, "predicate"),
        ({**STATEMENT, "predicate": {"Data": SPDX}}, "predicate"),
        ({"sbom": SPDX}, "sbom"),
        ({"sbom": json.dumps(SPDX)}, "sbom"),
        ({"sbom": base64.b64encode(json.dumps(SPDX).encode()).decode()}, "sbom"),
        ({"data": {"type": "sboms", "attributes": SPDX}}, "data/attributes"),
    ],
)
def test_opens_down_to_the_document(wrapped, name):
    source = opened(wrapped)
    assert is_envelope(source.head)
    ((found, data),) = unwrap(source)
    assert found == name
    assert json.loads(data) == SPDX


def test_attestations_of_an_api_answer():
    source = opened({"attestations": [{"bundle": bundle(STATEMENT)}, {"bundle": bundle(SPDX)}]})
    assert is_envelope(source.head)
    names = [name for name, _ in unwrap(source)]
    assert names == [
        "attestations/0/bundle/dsseEnvelope/payload/predicate",
        "attestations/1/bundle/dsseEnvelope/payload",
    ]


def test_json_lines_keep_their_line_numbers_and_lose_no_line():
    lines = [json.dumps(dsse(STATEMENT)), "", json.dumps(dsse(SPDX)), '{"other": 1}', "not json"]
    source = opened("\n".join(lines).encode())
    assert is_envelope(source.head)
    found = unwrap(source)
    assert [name for name, _ in found] == [
        "line 1/payload/predicate",
        "line 3/payload",
        "line 4",
        "line 5",
    ]
    assert found[2][1] == b'{"other": 1}'


def test_a_predicate_of_any_kind_is_handed_out_byte_for_byte():
    raw = b'{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/x","predicate":{"n": 1.10}}'
    assert unwrap(opened(raw)) == [("predicate", b'{"n": 1.10}')]


@pytest.mark.parametrize(
    "value",
    [
        SPDX,
        {"bomFormat": "CycloneDX", "components": [], "data": SPDX},
        {"data": {"rows": [1, 2]}},
        {"sbom": None},
        {"sbom": "plain words"},
        {"payload": "e30="},
        b"",
        b"{",
        b"[]",
        b'{"payloadType": 3}',
    ],
)
def test_what_is_no_envelope(value):
    assert unwrap(opened(value)) is None


def test_documents_are_not_even_tried():
    assert not is_envelope(opened(SPDX).head)
    assert not is_envelope(opened(b"<rdf/>").head)


def test_damaged_payload_is_told():
    with pytest.raises(Unreadable, match="payload is not base64"):
        unwrap(opened({**dsse(SPDX), "payload": "***"}))


def test_depth_is_bounded():
    value: object = SPDX
    for _ in range(9):
        value = dsse(value)
    with pytest.raises(Unreadable, match="nested more than 6 deep"):
        unwrap(opened(value))


def test_deep_wrappers_end_without_a_traceback():
    nested = b'{"data":' * 5000 + b"1" + b"}" * 5000
    assert unwrap(opened(nested)) is None


KEYS = ["payloadType", "payload", "predicateType", "predicate", "dsseEnvelope", "sbom", "data"]
KEYS += ["Data", "bundle", "attestations", "SPDXID"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_an_envelope_or_none_or_unreadable(value):
    try:
        found = unwrap(opened(value))
    except Unreadable:
        return
    assert found is None or all(isinstance(data, bytes) for _, data in found)


CORPUS = Path(__file__).parent.parent.parent / "shared/corpus/sbom"


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real files is not here")
def test_no_plain_document_of_the_corpus_is_taken_for_an_envelope():
    manifest = json.loads((CORPUS / "manifest.json").read_bytes())
    plain = [
        one["path"] for one in manifest if one["component_count"] and "json" in one["encoding"]
    ]
    assert len(plain) > 500
    taken = []
    for path in plain:
        source = Opened(path, (CORPUS / path).read_bytes())
        if is_envelope(source.head) and unwrap(source) is not None:
            taken.append(path)
    assert taken == []
