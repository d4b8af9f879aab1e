"""FPDS, OCDS and purchase tables: real files, hostile files, and what must always hold."""

import io
import json
import mmap
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, contract_values, ocds, pick, workbook
from oust.formats.fpds_atom import FpdsAtom
from oust.formats.ocds import Ocds
from oust.formats.purchases_tables import PurchasesParquet, PurchasesXlsx
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.formats.ted import Ted
from oust.model import Link, Quarantine, Record, Tally

GOLDEN = Path(__file__).parent / "formats"
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


class Wants:
    """Needles that want rows with one word."""

    def __init__(self, word):
        self.word = word

    def hits(self, data):
        return []

    def wants(self, *texts):
        return any(self.word in text for text in texts)


def told(fmt, data, name="input", needles=None):
    """What the format says, and the message if it had to stop."""
    said = []
    try:
        for one in fmt.read(Opened(name, data), needles or NoNeedles()):
            assert isinstance(one, Record | Link | Quarantine | Tally)
            said.append(one)
    except Unreadable as error:
        return said, str(error)
    return said, ""


def records(said, kind="award", role=None):
    return [
        one
        for one in said
        if isinstance(one, Record) and one.kind == kind and role in (None, one.role)
    ]


def counts(said):
    """kind/role of records, tallies and quarantines, counted."""
    found = Counter()
    for one in said:
        if isinstance(one, Record):
            found[f"{one.kind} {one.role}".strip()] += 1
        else:
            found[type(one).__name__.lower()] += 1
    return dict(found)


# --- real files -----------------------------------------------------------------------------

SAMPLES = "open-contracting__sample-data/fictional-example/1.1"
CARDINAL = "open-contracting__cardinal-rs/tests/fixtures/indicators"
GSA = "GSA__open-gsa-redesign/_apidocs"
CORPUS = {
    # ten entries of one search page, and its first entry alone
    "dherincx92__fpds/tests/data/full_response.xml": ("fpds-atom", {"award": 10}),
    "dherincx92__fpds/tests/data/truncated_response.xml": ("fpds-atom", {"award": 1}),
    # one release each; a tender without award is one record; contract items repeat the award's
    f"{SAMPLES}/ocds-213czf-000-00001-01-planning.json": (
        "ocds",
        {"award": 1, "award line": 1, "party": 1},
    ),
    f"{SAMPLES}/ocds-213czf-000-00001-04-award.json": (
        "ocds",
        {"award": 1, "award line": 1, "party": 3},
    ),
    f"{SAMPLES}/ocds-213czf-000-00001-05-contract.json": (
        "ocds",
        {"award": 1, "award line": 1, "party": 3, "tally": 1},
    ),
    # all six releases of the process: three tenders, three awards
    f"{SAMPLES}/ocds-213czf-000-00001.json": (
        "ocds",
        {"award": 6, "award line": 6, "party": 12, "tally": 2},
    ),
    # a record: the compiled release is read, what it repeats is only counted
    f"{SAMPLES}/record/ocds-213czf-000-00001.json": (
        "ocds",
        {"award": 1, "award line": 1, "party": 3, "tally": 2},
    ),
    f"{SAMPLES}/record/ocds-213czf-000-00001-withversions.json": (
        "ocds",
        {"award": 1, "award line": 1, "party": 3, "tally": 2},
    ),
    # JSON Lines: one tender a line; one date is the word "invalid"
    f"{CARDINAL}/R003.jsonl": ("ocds", {"award": 8, "quarantine": 1}),
    f"{CARDINAL}/R018.jsonl": ("ocds", {"award": 7}),
    f"{CARDINAL}/R024.jsonl": ("ocds", {"award": 27, "party": 48}),
    f"{CARDINAL}/R025.jsonl": ("ocds", {"award": 11, "party": 21}),
    # bids alone: one record a release, and a party for each tenderer
    f"{CARDINAL}/R028.jsonl": ("ocds", {"award": 9, "party": 16}),
    f"{CARDINAL}/R030.jsonl": ("ocds", {"award": 5, "party": 6}),
    f"{CARDINAL}/R035.jsonl": ("ocds", {"award": 18, "party": 32}),
    f"{CARDINAL}/R036.jsonl": ("ocds", {"award": 11}),
    f"{CARDINAL}/R038.jsonl": ("ocds", {"award": 6, "party": 16}),
    f"{CARDINAL}/R048-minimum_contracting_processes-1.jsonl": (
        "ocds",
        {"award": 11, "award line": 11, "party": 12, "tally": 7},
    ),
    f"{CARDINAL}/R058.jsonl": ("ocds", {"award": 23, "party": 40}),
    # schema samples with made-up values: a notice, its lots and organisations, impossible dates
    "open-contracting__european-union-support/output/samples/F02_2014.xml": (
        "ted-xml",
        {"award": 1, "award line": 1, "party": 1},
    ),
    "open-contracting__european-union-support/output/samples/F03_2014.xml": (
        "ted-xml",
        {"award": 1, "award line": 1, "party": 2, "quarantine": 1},
    ),
    "open-contracting__european-union-support/output/samples/F20_2014.xml": (
        "ted-xml",
        {"award": 1, "award line": 1, "party": 2, "quarantine": 1},
    ),
    # workbooks that are no purchases: lists of excluded parties
    f"{GSA}/exclusions-api/v2/v2-CSV.xlsx": ("purchases-xlsx", {"approval": 1}),
    f"{GSA}/exclusions-api/v4/exclusion-sample-csv-1.xlsx": ("purchases-xlsx", {"approval": 63}),
    # a data dictionary
    "fedspendingtransparency__usaspending-api/usaspending_api/data/Data_Dictionary_Crosswalk.xlsx": (
        "purchases-xlsx",
        {"quarantine": 4},
    ),
}


@pytest.mark.parametrize("path", CORPUS)
def test_real_file_counts(corpus, path):
    data = (corpus / "contracts" / path).read_bytes()
    name, expected = CORPUS[path]
    fmt = pick(Opened(path, data).head, FORMATS)
    assert fmt is not None and fmt.name == name
    said, message = told(fmt, data, path)
    assert counts(said) == expected
    assert bool(message) == (set(expected) == {"quarantine"})  # nothing but what cannot be read


def test_every_award_of_the_real_samples_is_a_record(corpus):
    """Awards counted by a plain walk of the JSON, not by the reader."""
    checked = 0
    for path in sorted((corpus / "contracts").glob("open-contracting__*/**/*.jsonl")):
        lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        wanted = sum(len(line.get("awards", [])) or not line.get("contracts") for line in lines)
        said, message = told(Ocds(), path.read_bytes(), path.name)
        assert (len(records(said, role="")), message) == (wanted, ""), path.name
        checked += wanted
    assert checked > 100


# --- FPDS -----------------------------------------------------------------------------------

FEED = (GOLDEN / "fpds-atom/feed/input.xml").read_bytes()


def test_a_feed_cut_anywhere_yields_its_whole_entries_then_says_so(corpus):
    data = (corpus / "contracts/dherincx92__fpds/tests/data/full_response.xml").read_bytes()
    for cut in range(3000, len(data) - 20, 7919):
        part = data[:cut]
        said, message = told(FpdsAtom(), part)
        assert len(records(said)) == part.count(b"</ns0:entry>")
        assert message.startswith("truncated")
        assert not [one for one in said if isinstance(one, Quarantine)]


def test_utf16_feed_reads_like_utf8():
    text = FEED.decode("latin-1").replace("ISO-8859-1", "UTF-16")
    assert told(FpdsAtom(), text.encode("utf-16")) == told(FpdsAtom(), FEED)


def test_entities_are_never_expanded():
    bomb = b'<!DOCTYPE feed [<!ENTITY a "xxxxxxxxxx"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    entry = (
        b'<feed xmlns:n="https://www.fpds.gov/FPDS"><entry><n:award><n:awardContractID>'
        b"<n:PIID>P1</n:PIID></n:awardContractID><n:descriptionOfContractRequirement>"
        b"see &a;&b; end</n:descriptionOfContractRequirement></n:award></entry></feed>"
    )
    said, message = told(FpdsAtom(), bomb + entry)
    (award,) = records(said)
    assert (award.name, message) == ("P1", "")
    assert "xxx" not in award.description and "root" not in award.description
    assert any(isinstance(one, Quarantine) for one in said)


def test_one_broken_entry_costs_only_itself():
    entry = b"<entry><a:award><a:awardContractID><a:PIID>%s</a:PIID></a:awardContractID>%s</a:award></entry>"
    parts = [entry % (b"P%d" % n, b"<x></y>" if n == 3 else b"") for n in range(6)]
    data = b'<feed xmlns:a="https://www.fpds.gov/FPDS">' + b"".join(parts) + b"</feed>"
    said, message = told(FpdsAtom(), data)
    assert [one.name for one in records(said)] == ["P0", "P1", "P2", "P3", "P4", "P5"]
    assert [one.locator for one in said if isinstance(one, Quarantine)] == ["/feed/entry[4]"]
    assert message == ""


def test_nesting_beyond_reason_is_no_crash():
    deep = b"<a>" * 100_000
    data = b'<feed xmlns="https://www.fpds.gov/FPDS"><entry><award><PIID>1</PIID>'
    said, _ = told(FpdsAtom(), data + deep + b"</award></entry></feed>")
    assert any(isinstance(one, Quarantine) and "well-formed" in one.reason for one in said)


def test_large_feed_keeps_what_is_wanted_and_counts_the_rest(monkeypatch, tmp_path):
    monkeypatch.setattr("oust.formats.fpds_atom.KEEP_ALL_BELOW", 0)
    file = tmp_path / "feed.xml"
    file.write_bytes(FEED)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        said, _ = told(FpdsAtom(), data, needles=Wants("BLUE RIDGE"))
    assert [one.name for one in records(said)] == ["GS35F0000Z"]
    assert sum(one.count for one in said if isinstance(one, Tally)) == 3
    quarantined = [one for one in told(FpdsAtom(), FEED)[0] if isinstance(one, Quarantine)]
    assert [one for one in said if isinstance(one, Quarantine)] == quarantined


# --- OCDS -----------------------------------------------------------------------------------

PACKAGE = (GOLDEN / "ocds/uk-package/input.json").read_bytes()


def words(text):
    return st.sampled_from(text.split())


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = words(
    "id name title description identifier scheme suppliers items value amount date period "
    "startDate endDate contractPeriod classification unit attributes tenderers parties roles "
    "lots documents beneficialOwners awardID buyer status implementation transactions payee"
)
ANY = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
STAGES = st.dictionaries(
    words("parties buyer buyers tender awards contracts planning bids tag date id"),
    ANY,
)


@settings(FEW, max_examples=300)
@given(STAGES)
def test_any_types_in_a_release_are_survived(stages):
    data = json.dumps({"ocid": "ocds-x-1", **stages}).encode()
    said, message = told(Ocds(), data)
    assert message == ""
    assert records(said), "a release is always at least one record"


@FEW
@given(
    st.lists(st.lists(st.integers(0, 3), max_size=3), max_size=5),
    st.integers(0, 3),
)
def test_each_award_is_one_record_and_each_contract_stands_on_one(awards, orphans):
    """`awards[i]` lists the contracts of award i; orphans name an award that is not there."""
    made = [{"id": f"award-{i:05}"} for i in range(len(awards))]
    contracts = [
        {"id": f"contract-{i:03}-{j:03}", "awardID": f"award-{i:05}"}
        for i, own in enumerate(awards)
        for j, _ in enumerate(own)
    ]
    contracts += [{"id": f"orphan-{n:05}", "awardID": "elsewhere"} for n in range(orphans)]
    release = {"ocid": "ocds-x-1", "awards": made, "contracts": contracts}
    said, _ = told(Ocds(), json.dumps(release).encode())
    rows = records(said, role="")
    assert len(rows) == max(len(made) + orphans, 1)
    numbers = Counter(one for row in rows for one in row.ids)
    assert all(numbers[f"award:{contract['id']}"] == 1 for contract in contracts)


@pytest.mark.parametrize("case", ["uk-package", "record", "habits"])
def test_streaming_says_the_same_as_reading_whole(case, monkeypatch):
    data = (GOLDEN / f"ocds/{case}/input.json").read_bytes()
    whole = told(Ocds(), data)
    monkeypatch.setattr(ocds, "STREAM_ABOVE", 0)
    assert told(Ocds(), data) == whole
    assert whole[0]


def test_a_package_cut_anywhere_keeps_the_releases_before_the_cut():
    release = {"ocid": "o", "awards": [{"id": "award-000001"}]}
    body = ",".join(json.dumps({**release, "id": str(n)}) for n in range(20))
    data = f'{{"publisher":{{}},"publishedDate":"2020","releases":[{body}]}}'.encode()
    for cut in range(80, len(data), 97):
        said, message = told(Ocds(), data[:cut])
        assert len(records(said)) == len(re.findall(rb'"id": "\d+"}', data[:cut]))
        assert message.startswith("truncated or broken JSON")


def test_compiled_release_is_not_counted_with_what_it_repeats():
    release = {"ocid": "o-1", "tag": ["award"], "awards": [{"id": "award-000001"}]}
    record = {"ocid": "o-1", "compiledRelease": release, "releases": [release, release]}
    said, _ = told(Ocds(), json.dumps({"records": [record], "ocid": "o"}).encode())
    assert len(records(said)) == 1
    assert [one for one in said if isinstance(one, Tally)] == [Tally("document", 2)]


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_million_levels_are_refused(opening):
    said, message = told(Ocds(), b'{"ocid":' + opening.encode() * 1_000_000)
    assert said == [] and ("deep" in message or "broken" in message)


def test_bad_bytes_and_nan_cost_nothing_else():
    data = b'{"ocid":"o-1","awards":[{"id":"award-000001","title":"caf\xe9","value":NaN}]}'
    said, message = told(Ocds(), data)
    (award,) = records(said)
    assert (award.description, award.amount, message) == ("café", "", "")
    assert [one.locator for one in said if isinstance(one, Quarantine)] == [
        "#/awards/0/value/amount"
    ]


def test_utf16_package_reads_like_utf8():
    assert told(Ocds(), PACKAGE.decode().encode("utf-16")) == told(Ocds(), PACKAGE)


def held(one):
    """How many records of the source `one` stands for."""
    return one.count if isinstance(one, Tally) else isinstance(one, Record)


def test_large_package_keeps_whole_releases_that_are_wanted(monkeypatch):
    everything, _ = told(Ocds(), PACKAGE)
    monkeypatch.setattr(ocds, "KEEP_ALL_BELOW", 0)
    said, _ = told(Ocds(), PACKAGE, needles=Wants("Freedonia Optics Holding"))
    kept = [one for one in said if isinstance(one, Record)]
    assert {one.locator.split("/")[2] for one in kept} == {"0"}
    assert sum(map(held, said)) == sum(map(held, everything))


def test_claims_a_record_package_whose_records_lie_beyond_the_head():
    package = {"publisher": {}, "publishedDate": "2020", "packages": ["https://x.example"] * 5000}
    data = json.dumps({**package, "records": [{"ocid": "o"}]}).encode()
    assert Ocds().claims(Opened("a", data).head) > 0
    assert Ocds().claims(Opened("a", b'{"publisher": "x", "records": 3}').head) == 0


def test_prefix_of_a_registration_number_is_mapped_to_its_scheme():
    party = {
        "identifier": {"scheme": "UA-EDR", "id": "00-12 34"},
        "id": "UA-EDR-001234",
        "name": "N",
    }
    said, _ = told(Ocds(), json.dumps({"ocid": "o", "parties": [party]}).encode())
    (found,) = records(said, "party")
    assert found.ids == ("reg:001234",)


# --- workbooks and Parquet ------------------------------------------------------------------

HEAD = ["PO Number", "Vendor Name", "Item Description", "Total Amount"]
CELLS = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", categories=("L", "N", "P", "Zs")),
    max_size=6,
)


def xlsx(rows, extra=None):
    """A minimal workbook with one sheet of inline strings."""
    from xml.sax.saxutils import escape

    letters = "ABCDEFGHIJ"
    body = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{letters[i]}{n}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
            for i, cell in enumerate(row)
        )
        + "</row>"
        for n, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


@FEW
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12), st.integers(0, 5))
def test_every_row_below_the_headers_is_a_record(rows, above):
    data = xlsx([["note"]] * above + [HEAD, *rows])
    said, _ = told(PurchasesXlsx(), data, "a.xlsx")
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert len(records(said)) == len(filled)
    assert len(records(said, "document")) == bool(above)
    assert not [one for one in said if isinstance(one, Quarantine)]


def test_claims_a_workbook_before_it_is_taken_for_a_zip():
    data = xlsx([HEAD])
    assert PurchasesXlsx().claims(Opened("download", data).head) == 70
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("awards.csv", "a,b")
    assert PurchasesXlsx().claims(Opened("download.zip", plain.getvalue()).head) == 0
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    assert PurchasesXlsx().claims(Opened("letter.docx", word.getvalue()).head) == 0


def test_open_document_sheet_with_repeated_empty_rows():
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in (HEAD, ["P-1", "Tidewater", "Router", "10"])
    )
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" xmlns:text="{office}text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="S">{lines}{empty}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
        archive.writestr("META-INF/manifest.xml", "<x/>")
    data = out.getvalue()
    assert PurchasesXlsx().claims(Opened("a", data).head) == 70
    said, message = told(PurchasesXlsx(), data, "a.ods")
    assert [(one.name, one.seller, one.locator) for one in records(said)] == [
        ("P-1", "Tidewater", "sheet 'S' row 2")
    ]
    assert message == ""


def test_cells_far_apart_are_refused_before_they_are_laid_out():
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    said, message = told(PurchasesXlsx(), xlsx([], {"xl/worksheets/sheet1.xml": far}), "a.xlsx")
    assert said == [] and message.startswith("a sheet spans 17,179,869,184 cells")


def test_a_workbook_that_unpacks_to_far_more_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "RATIO_FREE", 1000)
    data = xlsx([HEAD], {"xl/media/a.bin": "0" * 3_000_000})
    said, message = told(PurchasesXlsx(), data, "a.xlsx")
    assert said == [] and "would unpack to 3,00" in message


@FEW
@given(st.sampled_from(["orders", "no-purchases"]), st.data())
def test_damaged_workbooks_never_crash(case, data):
    raw = bytearray((GOLDEN / f"purchases-xlsx/{case}/input.xlsx").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    del raw[data.draw(st.integers(100, len(raw))) :]
    said, message = told(PurchasesXlsx(), bytes(raw), "a.xlsx")
    assert said or message


@FEW
@given(st.data())
def test_damaged_parquet_never_crashes(data):
    raw = bytearray((GOLDEN / "purchases-parquet/orders/input.parquet").read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(4, len(raw))) :]
    said, message = told(PurchasesParquet(), bytes(raw), "a.parquet")
    assert said or message


def parquet(rows, groups=1000):
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(HEAD)})
    pq.write_table(table, out, row_group_size=groups, compression="none", use_dictionary=False)
    return out.getvalue()


def test_damaged_row_group_is_quarantined_and_the_next_one_read():
    import pyarrow.parquet as pq

    data = bytearray(parquet([(f"P-{n}", "Tidewater", f"Thing {n}", "1") for n in range(9)], 3))
    column = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(0)
    at = column.data_page_offset
    data[at : at + 20] = bytes(20)
    said, message = told(PurchasesParquet(), bytes(data), "a.parquet")
    names = [one.name for one in records(said)]
    assert names == ["P-0", "P-1", "P-2", "P-6", "P-7", "P-8"]
    (broken,) = [one for one in said if isinstance(one, Quarantine)]
    assert broken.locator == "row group 1 row 1" and broken.reason.startswith("3 rows")
    assert message == ""


def test_large_tables_keep_wanted_rows_and_count_the_rest(monkeypatch):
    monkeypatch.setattr("oust.formats.purchases_tables.KEEP_PACKED_BELOW", 0)
    rows = [(f"P-{n}", "Tidewater", "Router" if n == 4 else "Paper", "1") for n in range(10)]
    for fmt, data in (
        (PurchasesParquet(), parquet(rows, 4)),
        (PurchasesXlsx(), xlsx([HEAD, *map(list, rows)])),
    ):
        said, _ = told(fmt, data, "a.xlsx", Wants("Router"))
        assert [one.name for one in records(said)] == ["P-4"]
        assert [one for one in said if isinstance(one, Tally)] == [Tally("award", 9)]


def test_a_software_inventory_in_parquet_is_read_as_one():
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    columns = {
        "computer": ["GW-1", "GW-1"],
        "application": ["Suite", "Tool"],
        "version": ["1", None],
        "vendor": ["Glasfern", ""],
    }
    pq.write_table(pa.table(columns), out)
    said, message = told(PurchasesParquet(), out.getvalue(), "a.parquet", Wants("nothing"))
    assert [(one.name, one.host, one.publisher) for one in records(said, "program")] == [
        ("Suite", "GW-1", "Glasfern"),
        ("Tool", "GW-1", ""),
    ]
    assert (len(records(said, "host")), message) == (1, "")


def test_a_mapping_file_names_columns_nothing_else_would_recognise():
    data = xlsx([["zz1", "zz2", "zz3"], ["A-1", "Tidewater", "Router"]])
    opened = Opened("a.xlsx", data)
    with pytest.raises(Unreadable):
        list(PurchasesXlsx().read(opened, NoNeedles()))
    opened.mapping = {"award": "zz1", "seller": "zz2", "description": "zz3", "amount": "absent"}
    said = list(PurchasesXlsx().read(opened, NoNeedles()))
    assert [(one.name, one.seller, one.description) for one in records(said)] == [
        ("A-1", "Tidewater", "Router")
    ]
    assert [one.reason for one in said if isinstance(one, Quarantine)] == [
        "the mapping file names a column that the table lacks: absent"
    ]


class View:
    """What read.py hands over for large files: bytes on disk that can only be sliced."""

    def __init__(self, data):
        self._data = data

    def __len__(self):
        return len(self._data)

    def __getitem__(self, part):
        assert isinstance(part, slice)
        return self._data[part]

    def __bytes__(self):
        return self._data

    def find(self, wanted, start=0, stop=None):
        return self._data.find(wanted, start, len(self) if stop is None else stop)


@pytest.mark.parametrize("window", [300, 65_536])
@pytest.mark.parametrize(
    "path",
    [
        path
        for name in ("fpds-atom", "ocds", "purchases-xlsx", "purchases-parquet", "ted-xml")
        for path in sorted((GOLDEN / name).glob("*/input.*"))
    ],
    ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}",
)
def test_content_on_disk_reads_like_content_in_memory(path, window, monkeypatch):
    data = path.read_bytes()
    fmt = pick(Opened(path.name, data).head, FORMATS)
    whole = told(fmt, data, path.name)
    monkeypatch.setattr("oust.formats.fpds_atom._WINDOW", window)
    assert told(fmt, View(data), path.name) == whole


# --- every format of this file --------------------------------------------------------------

INPUTS = [
    (FpdsAtom(), GOLDEN / "fpds-atom/feed/input.xml"),
    (FpdsAtom(), GOLDEN / "fpds-atom/archive/input.xml"),
    (Ocds(), GOLDEN / "ocds/uk-package/input.json"),
    (Ocds(), GOLDEN / "ocds/record/input.json"),
    (Ocds(), GOLDEN / "ocds/lines/input.jsonl"),
    (Ted(), GOLDEN / "ted-xml/award/input.xml"),
]


@FEW
@given(st.sampled_from(INPUTS), st.data())
def test_damaged_text_never_crashes(given_one, data):
    fmt, path = given_one
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 10))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    told(fmt, bytes(raw), path.name)


@pytest.mark.parametrize("fmt", [FpdsAtom(), Ocds(), PurchasesXlsx(), PurchasesParquet(), Ted()])
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"{", b"<", b"PK\x03\x04", b"PAR1", b"[]"])
def test_scraps_are_refused_plainly(fmt, data):
    said, message = told(fmt, data)
    assert not records(said)
    assert "Traceback" not in message and len(message) < 300


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2016-09-30 00:00:00", "2016-09-30"),
        ("2019-03-29T00:00:00+02:00", "2019-03-29"),
        ("2016-09", "2016-09"),
        ("2016", "2016"),
        ("20160930", "2016-09-30"),
        ("30/09/2016", "2016-09-30"),
        ("09/30/2016", "2016-09-30"),
        ("04/05/2016", None),
        ("05/05/2016", "2016-05-05"),
        ("2016-02-30", None),
        ("soon", None),
        ("", ""),
    ],
)
def test_dates(text, date):
    assert contract_values.iso_date(text) == date


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$8,392.9", "8392.9"),
        ("1.234.567,50", "1234567.50"),
        ("1.234,50", "1234.50"),
        ("1.234", "1.234"),
        ("12,5", "12.5"),
        ("(100.00)", "-100.00"),
        ("1 200 000,00 €", "1200000.00"),
        ("1e3", "1000"),
        ("NaN", None),
        ("1e400", None),
        ("ten", None),
        ("", ""),
    ],
)
def test_amounts(text, amount):
    assert contract_values.decimal(text) == amount
