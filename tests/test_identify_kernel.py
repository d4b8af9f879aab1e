"""The first pass over raw columns and rows may be too generous; it must never miss."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from oust.columns import ITEM_SCHEMA, SIGHTING_SCHEMA
from oust.data.load import load_dossiers
from oust.identify import compile_dossiers, cues
from oust.identify.spelling import literals, misspells, near_forms, splits
from oust.model import ITEM_FIELDS, Record

MATCHER = compile_dossiers(load_dossiers())
NEEDLES = MATCHER.needles()
LINES = yaml.safe_load(
    (Path(__file__).parent / "identify" / "descriptions.yaml").read_text("utf-8")
)
TEXTS = [row[2] for part in LINES.values() for row in part]
SCHEMA = pa.schema([("key", pa.string()), *ITEM_SCHEMA])


def batch_of(records: list[Record]) -> pa.RecordBatch:
    rows = [
        {"key": str(n), **{name: getattr(record, name) for name in ITEM_FIELDS}}
        for n, record in enumerate(records)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=SCHEMA)


def same(records: list[Record]) -> None:
    """The kernel says of a batch what `identify` says of its records."""
    out = MATCHER.kernel(batch_of(records))
    assert out.schema == SIGHTING_SCHEMA
    got = [
        (int(r["key"]), r["field"], r["start"], r["identifier"], r["mention"])
        for r in out.to_pylist()
    ]
    want = [(n, s.field, s.start, s.identifier, s.mention) for n, s in MATCHER.identify(records)]
    assert got == want


def test_kernel_agrees_with_identify_on_every_value_of_every_dossier() -> None:
    records = []
    for dossier in load_dossiers():
        for name in dossier.names:
            records.append(Record(kind="party", locator="", name=name.value))
            records.append(Record(kind="component", locator="", supplier=name.value.upper()))
        names = [f"{product.value} 5" for product in dossier.products]
        records += [Record(kind="program", locator="", name=name) for name in names]
        for identifier in dossier.identifiers:
            for value in identifier.values[:40]:
                ids = tuple(f"{scheme}:{value}" for scheme in _SCHEMES)
                records.append(Record(kind="program", locator="", ids=ids, path=value, name=value))
                records.append(Record(kind="component", locator="", urls=(f"https://x.{value}/a",)))
                records.append(Record(kind="component", locator="", purl=f"pkg:npm/{value}/x@1"))
    same(records)


_SCHEMES = (
    *("cpe", "sha256", "uei", "reg", "msi", "uninstall", "appx", "winget", "cask", "bundle"),
    *(
        "team",
        "android",
        "deb",
        "rpm",
        "signer",
        "service",
        "process",
        "mac",
        "usb",
        "domain",
        "ip",
    ),
)


def test_kernel_agrees_on_labelled_lines_and_slices() -> None:
    records = [Record(kind="award", locator="", description=text) for text in TEXTS]
    same(records)
    whole = MATCHER.kernel(batch_of(records)).to_pylist()
    parts = [
        row
        for at in range(0, len(records), 50)
        for row in MATCHER.kernel(batch_of(records).slice(at, 50)).to_pylist()
    ]
    assert parts == whole


def test_kernel_of_nothing_and_of_nulls() -> None:
    empty = MATCHER.kernel(batch_of([]))
    assert empty.num_rows == 0
    nulls = pa.RecordBatch.from_pylist([{"key": "a", "name": None, "ids": None}], schema=SCHEMA)
    assert MATCHER.kernel(nulls).num_rows == 0


_WORDS = st.sampled_from(
    [
        "kaspersky",
        "Huawei",
        "DJI",
        "hik vision",
        "Касперского",
        "华为技术有限公司",
        "mac:4447CC",
        "]",
        "://[",
    ]
)
_TEXT = st.lists(st.one_of(_WORDS, st.text(max_size=8)), max_size=5).map(" ".join)


@given(
    st.sampled_from(["component", "program", "award", "party", "host", "service", "document"]),
    st.lists(_TEXT, min_size=8, max_size=8),
)
def test_any_record_is_read_and_every_span_is_the_text_seen(kind: str, texts: list[str]) -> None:
    name, supplier, purl, url, path, description, version, given_id = texts
    ids = (given_id, f"domain:{url}", f"ip:{url}", f"cpe:2.3:a:{name}:x", "")
    record = Record(
        kind=kind,  # type: ignore[arg-type]
        locator="",
        name=name,
        supplier=supplier,
        purl=f"pkg:{purl}",
        urls=(url, f"https://{url}"),
        path=path,
        description=description,
        version=version,
        ids=ids,
    )
    for _, one in MATCHER.identify([record]):
        value = getattr(record, one.field)
        assert any(
            v[one.start : one.end] == one.text
            for v in ([value] if isinstance(value, str) else value)
        )


def test_needles_never_miss_a_labelled_row() -> None:
    for text in TEXTS:
        record = Record(kind="award", locator="", description=text)
        if MATCHER.identify([record]):
            assert NEEDLES.wants(text), text
            assert NEEDLES.hits(text.encode()), text


@given(st.sampled_from(["kaspersky", "hikvision", "bytedance", "acronis", "volcengine"]), st.data())
def test_every_accepted_misspelling_holds_a_literal(word: str, data: st.DataObject) -> None:
    token = word
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(token) - 1))
        letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"))
        edit = data.draw(st.sampled_from(["drop", "swap", "change", "add"]))
        rest = {
            "drop": token[at + 1 :],
            "change": letter + token[at + 1 :],
            "add": letter + token[at:],
        }
        swapped = token[at + 1 : at + 2] + token[at] + token[at + 2 :]
        token = token[:at] + rest.get(edit, swapped)
    if misspells(token, word):
        assert any(literal in token for literal in literals(word))


@pytest.mark.parametrize("word", ["huawei", "dahua", "hytera", "tiktok", "kaspersky", "hikvision"])
def test_near_forms_and_splits_hold_a_literal(word: str) -> None:
    forms = [*near_forms(word), *(f"{a} {b}" for a, b in splits(word)), word]
    assert all(any(literal in form for literal in literals(word)) for form in forms)


def test_award_set_holds_clauses_and_no_exposure(corpus: Path) -> None:
    path = corpus / "contracts" / "fpds_vehicles_half.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    records = [
        Record(
            kind="award",
            locator="",
            name=row["award_id_piid"],
            seller=row["recipient_name"],
            seller_parent=row["recipient_parent_name"],
            ids=(f"uei:{row['recipient_uei']}", f"cage:{row['cage_code']}"),
            description=row["transaction_description"],
        )
        for row in rows
    ]
    found = MATCHER.kernel(batch_of(records)).to_pylist()
    assert [one["text"] for one in found if not one["mention"]] == []
    kaspersky = [one["mention"] for one in found if one["vendor"] == "kaspersky"]
    assert kaspersky == [cues.CLAUSE, cues.CLAUSE]
