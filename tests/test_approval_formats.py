"""Price lists, exclusion extracts, lists of certificates, and approvals written by hand."""

import csv
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.case import Case
from oust.formats import FORMATS, delimited_table, json_stream, pick
from oust.formats.approval_headers import day, day_first, section
from oust.formats.certificates import certificates
from oust.formats.exclusions import also, exclusions
from oust.formats.price_list import known_vehicle, price_list
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Quarantine, Record, Tally
from oust.needles import LiteralNeedles

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "approvals" / "kaspersky-2017.yaml"
LISTED = "SIN,Mfr Name,Mfr Part No,Product Name,COO,GSA Price\n"


def told(text, needles=None, name="given"):
    data = text if isinstance(text, bytes) else text.encode()
    opened = Opened(name, data)
    fmt = pick(opened.head, FORMATS)
    return (fmt.name if fmt else None), list(
        fmt.read(opened, needles or NoNeedles())
    ) if fmt else []


def chosen(headers, row="x"):
    return told(f"{headers}\n{','.join([row] * len(headers.split(',')))}\n")[0]


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ("SIN,Mfr Name,Mfr Part No,Product Name,COO,GSA Price", "price-list"),
        ("Manufacturer,Part Number,Description,Country of Origin", "price-list"),
        ("Manufacturer,Part Number,Product,Price", "price-list"),
        ("Labor Category,Education,Hourly Rate,SIN,Contract Number", "price-list"),
        ("SIN(s) PROPOSED,SERVICE PROPOSED (e.g. Job Title/Task),MINIMUM YEARS OF EXPERIENCE,"
         "UNIT OF ISSUE (e.g. Hour),PRICE OFFERED TO GSA (including IFF),CONTRACT NUMBER",
         "price-list"),
        # bought: an order, a date, a buyer or a total
        ("PO number,Supplier,Manufacturer,Part number,Product,Unit of Issue,Unit price,Total",
         "purchases-csv"),
        ("Order date,Manufacturer,Part number,Description,Qty,Unit price", "purchases-csv"),
        ("Manufacturer,Part #,Description,Qty,Unit Price,Extended Price", "purchases-csv"),
        ("Supplier,Item,Amount", "purchases-csv"),
        ("Buyer,Contract number,SIN,Vendor,Description,Obligated amount,Date signed",
         "purchases-csv"),
        # installed
        ("Computer name,Application,Version,Publisher", "software-csv"),
        ("Hostname,Product,Manufacturer,Version,Serial number,List price", "software-csv"),
        # certified
        ("Certificate Number,Vendor Name,Module Name,Validation Date", "certifications"),
        ("Product,Vendor,Scheme,Assurance Level,Certification Date", "certifications"),
        # certificates of other things
        ("Hostname,Subject,Issuer,Serial Number,Expires", None),
        ("Employee,Certification,Certificate Number,Expiration Date,Status", None),
    ],
)  # fmt: skip
def test_headers_tell_what_is_bought_installed_listed_or_certified(headers, wanted):
    assert chosen(headers) == wanted


def test_a_parts_list_of_one_product_is_no_price_list():
    assert (
        price_list(["Designator", "Manufacturer", "Part Number", "Description", "Quantity"]) is None
    )


def test_a_mapping_of_the_users_makes_it_a_purchase_table():
    opened = Opened("list.csv", (LISTED + "1,Acme,A-1,Thing,US,5\n").encode())
    opened.mapping = {"manufacturer": "Mfr Name", "description": "Product Name"}
    assert pick(opened.head, FORMATS).name == "purchases-csv"


@pytest.mark.parametrize("name", ["listings", "exclusions", "certificates"])
def test_no_spelling_means_two_things(name):
    known = section(name)
    own = {
        text: [role for role, rank in found if rank < 1000] for text, found in known.exact.items()
    }
    assert not {text: roles for text, roles in own.items() if len(roles) > 1}
    barred = known.keys("bought") | known.keys("foreign")
    assert not {text for text, roles in own.items() if roles} & barred


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT Schedule 70", ("GSA Schedule 70", "GSA")),
        ("SEWP V Catalog", ("NASA SEWP V", "NASA")),
        ("contract GS-35F-0119X", ("", "GSA")),
        ("NNG15SC99B", ("NASA SEWP", "NASA")),
        ("our own framework", ("", "")),
    ],
)
def test_vehicles_are_known_by_name_and_by_number(text, expected):
    assert known_vehicle(text) == expected


@pytest.mark.parametrize(
    ("above", "role", "value"),
    [
        ("Contract Number: GS-35F-0119X", "contract", "GS-35F-0119X"),
        ("Contract No.,GS-35F-0119X", "contract", "GS-35F-0119X"),
        ("all under GS-35F-0119X today", "contract", "GS-35F-0119X"),
        ("Contractor: Harbor Point", "holder", "Harbor Point"),
        ("Harbor Point Federal LLC price list", "holder", "Harbor Point Federal LLC"),
        ("NASA SEWP V", "vehicle", "NASA SEWP V"),
    ],
)
def test_what_stands_above_the_headers_is_said_of_every_row(above, role, value):
    _, said = told(f"{above},,,,,\n{LISTED}1,Acme,A-1,Thing,US,5\n1,Acme,A-2,Other,US,6\n")
    records = [one for one in said if isinstance(one, Record)]
    assert len(records) == 2
    for one in records:
        found = {"holder": one.seller, **json.loads(one.extra)}
        assert found[role] == value


def test_the_rows_own_words_come_before_those_above():
    text = "Contract Number: GS-1,,,\nContract Number,SIN,Product Name,GSA Price\nGS-2,1,Thing,5\n"
    _, (record,) = told(text)
    assert record.ids == ("award:GS-2",)


@pytest.mark.parametrize(
    ("text", "usual", "expected"),
    [
        ("42795", None, "2017-03-01"),
        ("2019", None, "2019"),
        ("03/04/2016", None, ""),
        ("03/04/2016", False, "2016-03-04"),
        ("03/04/2016", True, "2016-04-03"),
        ("5/31/2023; 10/17/2023", False, "2023-05-31"),
        ("Indefinite", False, ""),
    ],
)
def test_dates(text, usual, expected):
    assert day(text, usual) == expected


def test_the_column_tells_the_order_of_day_and_month():
    assert day_first(["03/04/2016", "13/04/2016"], usual=False) is True
    assert day_first(["03/04/2016", "04/13/2016"], usual=True) is False
    assert day_first(["03/04/2016"], usual=None) is None
    assert day_first(["13/04/2016", "04/13/2016"], usual=False) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(also ALPHA, BETA CO., LTD.)", ["ALPHA", "BETA CO., LTD."]),
        ("(also ONE, INC., TWO LLC)", ["ONE, INC.", "TWO LLC"]),
        ("Alpha~ Beta, Inc.", ["Alpha", "Beta, Inc."]),
        ("see above", []),
        ("", []),
    ],
)
def test_names_in_a_cross_reference(text, expected):
    assert also(text) == expected


def rows(count, odd):
    made = [["132-33", "Lanternfish", f"LF-{n}", f"Gateward {n}", "TW", "5"] for n in range(count)]
    made[odd][3] = "KaSpErSkY suite"
    out = io.StringIO()
    csv.writer(out).writerows(made)
    return LISTED + out.getvalue()


def test_of_a_long_list_only_what_is_looked_for_becomes_a_record(monkeypatch):
    monkeypatch.setattr(delimited_table, "KEEP_ALL_BELOW", 0)
    name, said = told(rows(400, 77), LiteralNeedles(["kaspersky"]))
    assert name == "price-list"
    assert [one.name for one in said if isinstance(one, Record)] == ["KaSpErSkY suite"]
    assert [one for one in said if isinstance(one, Tally)] == [Tally("approval", 399)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_offsets_point_at_the_row_in_any_encoding(encoding):
    text = f"Büro – Liste,,,,,\n{LISTED}1,Acmé,A-1,Thing,US,5\n2,Übermaß,A-2,Other,US,6\n"
    data = text.encode(encoding)
    _, said = told(data)
    for record, begins in zip(said, ("1,Acm", "2,Üb"), strict=True):
        at = int(record.locator.rpartition(" ")[2])
        plain = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
        assert data[at:].decode(plain).startswith(begins)


def test_lines_that_a_lost_quote_joined_are_told_one_by_one(monkeypatch):
    heads = '"Name","Exclusion Type","Excluding Agency","Active Date"\n'
    bad = '"{}","Ban",""He said ""no"" on {}","01/13/2020"\n'
    fine = '"{}","Ban","DOD","01/14/2020"\n'
    text = heads + fine.format("A") + bad.format("B", 1) + bad.format("C", 2) + fine.format("D")
    for limit in (delimited_table.KEEP_ALL_BELOW, 0):
        monkeypatch.setattr(delimited_table, "KEEP_ALL_BELOW", limit)
        name, said = told(text, LiteralNeedles(["c"]) if not limit else NoNeedles())
        assert name == "sam-exclusions"
        records = [one for one in said if isinstance(one, Record)]
        counted = sum(one.count for one in said if isinstance(one, Tally))
        assert len(records) + counted == 4
        assert [one.name for one in records] == (list("ABCD") if limit else ["C"])
        assert records[-1 if not limit else 2].locator.startswith("row 3 byte ")


def test_a_list_with_headers_alone_says_nothing_and_does_not_fail():
    assert told(LISTED) == ("price-list", [])


def test_an_exclusion_without_end_stays_open():
    heads = "Classification,Name,Exclusion Type,Excluding Agency,Active Date,Termination Date"
    _, (one, two) = told(f"{heads}\nFirm,Acme,Ban,DOD,01/02/2020,Indefinite\n"
                         "Firm,Brook,Ban,DOD,13/02/2020,01/03/2021\n")  # fmt: skip
    assert (one.since, one.until) == ("2020-02-01", "")  # the second row tells the order
    assert json.loads(one.extra)["termination"] == "Indefinite"
    assert two.until == "2021-03-01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_large_answer_is_read_one_by_one_and_says_the_same(encoding, monkeypatch):
    place = ROOT / "tests" / "formats" / "sam-exclusions-json" / "answer" / "input.json"
    data = place.read_bytes().decode().encode(encoding)
    name, whole = told(data)
    monkeypatch.setattr(json_stream, "WHOLE_LIMIT", 0)
    assert (name, whole) == ("sam-exclusions-json", told(data)[1])


def test_an_answer_that_breaks_off_keeps_what_came_before(monkeypatch):
    place = ROOT / "tests" / "formats" / "sam-exclusions-json" / "answer" / "input.json"
    data = place.read_bytes()
    opened = Opened("cut.json", data[: data.index(b'"firstName"')])
    monkeypatch.setattr(json_stream, "WHOLE_LIMIT", 0)
    fmt, said = pick(opened.head, FORMATS), []
    with pytest.raises(Unreadable, match="breaks off after 1 exclusions"):
        said.extend(fmt.read(opened, NoNeedles()))
    assert [one.name for one in said] == ["Acme Backup AG"]


def test_nothing_but_an_exclusion_list_is_one():
    assert exclusions(["Name", "Agency", "Active Date", "Termination Date", "Status"]) is None
    assert certificates(["Product", "Vendor", "Status", "Expiration Date"]) is None


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_below_headers_is_told_or_quarantined(text):
    heads = [LISTED, "Name,Exclusion Type,Excluding Agency,Active Date\n",
             "Certificate Number,Vendor Name,Module Name,Validation Date\n"]  # fmt: skip
    for head in heads:
        opened = Opened("any", (head + text).encode("utf-8", "replace"))
        fmt = next(one for one in FORMATS if one.group == "approvals" and one.claims(opened.head))
        for one in fmt.read(opened, NoNeedles()):
            assert isinstance(one, Record | Quarantine | Tally)


_SCALAR = st.one_of(st.text(max_size=8), st.integers(), st.none(), st.booleans())
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["type", "product", "vendor", "since", "until", "source", "ids", "amount", "stated", "of"]
)


@given(st.lists(st.dictionaries(_FIELDS, _VALUE, max_size=5) | _VALUE, max_size=4))
@settings(max_examples=80, deadline=None)
def test_any_entry_becomes_a_record_or_is_quarantined(listed):
    for key in ("approvals", "figures", "sources", "context"):
        good = {"type": "listing", "product": "Gateward"}
        lists = {key: listed, "approvals": [*(listed if key == "approvals" else []), good]}
        text = "\n".join(f"{name}:\n{_block(held)}" for name, held in lists.items())
        opened = Opened("any.yaml", text.encode("utf-8", "replace"))
        said = list(_yaml().read(opened, NoNeedles()))
        assert any(isinstance(one, Record) and one.name == "Gateward" for one in said)
        if key != "sources":  # a sound source is told by what refers to it
            assert len(said) >= len(listed)


def _block(held):
    return "\n".join(f"  - {json.dumps(one)}" for one in held)


def _yaml():
    return next(one for one in FORMATS if one.name == "approvals-yaml")


def yaml_told(text):
    return list(_yaml().read(Opened("given.yaml", text.encode()), NoNeedles()))


def test_the_example_is_read_without_a_doubt():
    said = yaml_told(EXAMPLE.read_text("utf-8"))
    assert not [one for one in said if isinstance(one, Quarantine)]
    types = Counter(one.type for one in said if one.kind == "approval")
    assert types == {"listing": 8, "certification": 3, "contract": 7, "figure": 11}
    for one in said:
        if one.kind == "approval":
            assert one.manufacturer == "Kaspersky Lab"
            assert one.urls, one.locator
            assert json.loads(one.extra)["tier"], one.locator


def test_figures_in_conflict_stand_side_by_side():
    said = [one for one in yaml_told(EXAMPLE.read_text("utf-8")) if one.type == "figure"]
    conflicts = {one.ref: json.loads(one.extra).get("conflicts_with", "") for one in said}
    assert conflicts["own"] == conflicts["state-sum"]
    assert conflicts["own"].startswith("hundreds of thousands of dollars (Department of Justice")
    assert "under 54000 (Kaspersky Lab)" in conflicts["justice-sum"]
    assert conflicts["data-sum"] == ""
    shares = [json.loads(one.extra) for one in said if one.name.startswith("agencies that found")]
    assert [one["amount_text"] for one in shares] == ["about 15 %", "13 %"]
    assert shares[0]["conflicts_with"].startswith("13 %")


def test_aliases_cannot_multiply_without_measure():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcde", "bcdef", strict=True):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    bomb += "approvals:\n  - {type: listing, product: *f}\n"
    with pytest.raises(Unreadable, match="aliases repeat more than"):
        yaml_told(bomb)


def test_nesting_is_bounded():
    with pytest.raises(Unreadable, match="nested deeper"):
        yaml_told("approvals:\n  - " + "[" * 5000 + "]" * 5000)


def test_no_tag_makes_an_object():
    text = "approvals:\n  - {type: listing, product: !!python/object/apply:os.getcwd []}\n"
    said = yaml_told(text + "  - {type: listing, product: Gateward}\n")
    assert [one.name for one in said if isinstance(one, Record)] == ["Gateward"]


def test_a_line_that_is_no_yaml_costs_its_entry():
    text = "approvals:\n- type: listing\n  product: One\n- type: [listing\n- type: listing\n  product: Two\n"
    said = yaml_told(text)
    assert [one.name for one in said if isinstance(one, Record)] == ["One", "Two"]
    (held,) = [one for one in said if isinstance(one, Quarantine)]
    assert held.locator == "line 4"


@pytest.mark.parametrize(
    "text",
    [
        "id: one\ntitle: Ledger\nclaims:\n  - id: c1\n    kind: claim\n    text: a, b; c | d\n",
        "id: one\ntitle: Ledger\nspeakers:\n- {id: s, name: N, kind: outlet}\nclaims:\n- {id: c1,"
        " kind: record, text: certificate number, basis: record, about: [v], seen_in: []}\n",
        "claims:\n  - id: c1\n    kind: claim\n    text: It was on the GSA Schedule\n    by: [x]\n",
    ],
)
def test_a_ledger_of_claims_is_no_evidence_of_another_kind(text):
    fmt = pick(Opened("ledger.yaml", text.encode()).head, FORMATS)
    assert fmt is None or fmt.name == "claim-ledger"


def test_the_claims_of_2017_are_taken_by_no_other_format():
    path = ROOT / "examples" / "claims" / "kaspersky-2017.yaml"
    opened = Opened(path.name, path.read_bytes())
    fmt = pick(opened.head, FORMATS)
    assert fmt is None or fmt.name == "claim-ledger"


def test_a_real_extract_is_read_row_by_row(corpus):
    folder = corpus / "contracts" / "GSA__open-gsa-redesign" / "_apidocs"
    place = (
        folder / "sam-entity-extracts-api/v1/sample-files/SAM_Exclusions_Public_Extract_20049.ZIP"
    )
    with zipfile.ZipFile(place) as archive:
        data = archive.read(archive.namelist()[0])
    name, said = told(data)
    assert name == "sam-exclusions"
    assert Counter(type(one).__name__ for one in said) == {"Record": 10_000}
    assert {one.type for one in said} == {"exclusion"}
    damaged = [one for one in said if "damage" in one.extra]
    assert len(damaged) == 10
    assert all(one.since or "Indefinite" in one.extra for one in damaged)


def test_real_answers_of_the_api_in_workbooks(corpus):
    folder = corpus / "contracts" / "GSA__open-gsa-redesign" / "_apidocs" / "exclusions-api"
    counts = {}
    for path in sorted(folder.glob("*/*.xlsx")):
        _, said = told(path.read_bytes(), name=path.name)
        counts[path.parent.name] = Counter(one.type for one in said)
    assert counts == {"v2": {"exclusion": 1}, "v4": {"exclusion": 63}}


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """A case of price lists, a workbook of one, and the example."""
    place = tmp_path_factory.mktemp("listed")
    folder = place / "given"
    folder.mkdir()
    golden = ROOT / "tests" / "formats"
    (folder / "list.csv").write_bytes(
        (golden / "price-list" / "gsa-preamble" / "input.csv").read_bytes()
    )
    (folder / "list.xlsx").write_bytes(_workbook())
    (folder / "steps.yaml").write_bytes(EXAMPLE.read_bytes())
    with Case.open(place / "case", create=True) as case:
        case.add([folder])
        return case.findings(), case.coverage()


def _workbook():
    import openpyxl

    book = openpyxl.Workbook()
    for row in (LISTED.strip().split(","), ["1", "Kaspersky Lab", "KL-1", "Anti-Virus", "RU", 5]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_listed_or_certified_is_no_exposure(listed):
    findings, _ = listed
    assert findings.exposures == ()
    assert {one.vendor for one in findings.mentions} == {"kaspersky"}


def test_a_list_of_approvals_looks_at_no_asset(listed):
    """Else "purchase records" would count as looked at where none was given."""
    findings, coverage = listed
    formats = {one.format for one in findings.sources if one.records}
    assert formats == {"price-list", "purchases-xlsx", "approvals-yaml"}
    assert coverage.looks == ()
    assert "purchase records" in coverage.looked.never
