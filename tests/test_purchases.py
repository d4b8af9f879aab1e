"""Header mapping, claims, needles and the two-stage reading of award and purchase tables."""

import csv
import gzip
import io
import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, award_csv, delimited_table, pick
from oust.formats.purchases import map_headers
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Quarantine, Record, Tally
from oust.needles import LiteralNeedles, UnionNeedles

BENCH = Path(__file__).resolve().parents[1] / "bench"


def roles(headers, **rest):
    return {one.role: one.header for one in map_headers(headers.split(","), **rest).columns}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Supplier,PO #,Total", {"seller": "Supplier", "award": "PO #", "amount": "Total"}),
        ("VENDOR_NAME,OrderNumber", {"seller": "VENDOR_NAME", "award": "OrderNumber"}),
        (
            "Nom du fournisseur,Intitulé",
            {"seller": "Nom du fournisseur", "description": "Intitulé"},
        ),
        ("Постачальник,Сума", {"seller": "Постачальник", "amount": "Сума"}),
        ("供应商,金额,品牌", {"seller": "供应商", "amount": "金额", "manufacturer": "品牌"}),
        ("Vendor,Reseller", {"supplier": "Vendor", "seller": "Reseller"}),
        ("Vendor,Supplier ID", {"seller": "Vendor"}),
        ("Line Item Description (EN)", {"description": "Line Item Description (EN)"}),
        (
            "Order number,Contract number",
            {"award": "Order number", "parent_award": "Contract number"},
        ),
        ("manufacturer_of_goods,manufacturing_organization_type", {}),
    ],
)
def test_headers_are_understood_whatever_their_habit(headers, expected):
    assert roles(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        "Name,Publisher,Version,Install Date,Computer Name",
        "DisplayName,DisplayVersion,Publisher,InstallDate",
        "Name,Vendor,Version,Hostname",
        "Software Name,Manufacturer,Version,Number of installs,Category",
        "owner,owned,relation,since,until,share",
        "supplier,customer,product,since",
        "PSC CODE,PRODUCT AND SERVICE CODE NAME,START DATE,END DATE",
        "left,right,match,group",
        "id,name,country,type",
        "Date,Message,Level",
    ],
)
def test_other_tables_are_not_claimed(headers):
    data = (headers + "\n" + ",".join(["a1"] * (headers.count(",") + 1)) + "\n").encode()
    head = Opened("x.csv", data).head
    assert award_csv.PurchasesCsv().claims(head) == 0
    assert award_csv.UsaspendingCsv().claims(head) == 0


@pytest.mark.parametrize("value", ["true", "N", "ON", "t"])
def test_a_flag_in_a_maker_column_names_nobody(value):
    meaning = map_headers(["Supplier", "Manufacturer", "Total"])
    assert meaning.record(["A", value, "1"], "row 1 byte 0").manufacturer == ""


def test_an_explicit_mapping_comes_first_and_says_what_it_could_not_use():
    given_map = {"description": "Col C", "name": "Col A", "nonsense": "Col B", "seller": "Col Z"}
    meaning = map_headers(["Col A", "Col B", "Col C", "Total"], given_map)
    assert {one.role: one.why for one in meaning.columns} == {
        "award": "given in the mapping file",
        "description": "given in the mapping file",
        "amount": "header",
    }
    assert len(meaning.problems) == 2
    assert meaning.kind == "purchases"


def test_a_table_that_only_its_mapping_explains_is_claimed_by_it():
    opened = Opened("x.csv", b"c1,c2\nGateWard,7\n")
    assert award_csv.PurchasesCsv().claims(opened.head) == 0
    opened.mapping = {"description": "c1", "amount": "c2"}
    assert award_csv.PurchasesCsv().claims(opened.head) == 80
    (record,) = award_csv.PurchasesCsv().read(opened, NoNeedles())
    assert (record.description, record.amount) == ("GateWard", "7")


@pytest.mark.parametrize(
    ("rows", "iso"),
    [
        ([["03/04/2016"], ["13/04/2016"]], "2016-04-03"),
        ([["03/04/2016"], ["04/13/2016"]], "2016-03-04"),
        ([["03/04/2016"]], ""),
    ],
)
def test_the_order_of_day_and_month_is_learnt_or_left_open(rows, iso):
    record = map_headers(["Order date"], sample=rows).record(rows[0], "row 1 byte 0")
    assert record.since == iso
    assert json.loads(record.extra or "{}") == ({} if iso else {"since_text": "03/04/2016"})


def read(data, needles, fmt=None):
    opened = Opened("x.csv", data)
    return list((fmt or pick(opened.head, FORMATS)).read(opened, needles))


def count(said):
    return sum(1 if isinstance(one, Record | Quarantine) else one.count for one in said)


def test_byte_offsets_point_at_the_record_in_any_encoding():
    text = "Supplier\tPO number\tTotal\r\nÉcole 🙂\tA-1\t5\r\nÜber\tA-2\t6\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        data = text.encode(encoding)
        for record, begins in zip(read(data, NoNeedles()), ("École", "Über"), strict=True):
            at = int(record.locator.rsplit(" ", 1)[1])
            plain = encoding if encoding != "utf-8-sig" else "utf-8"
            plain = plain if plain != "utf-16" else "utf-16-le"
            assert data[at : at + 8].decode(plain, "ignore").startswith(begins[:2])


def test_only_rows_that_may_hold_something_become_records(monkeypatch):
    monkeypatch.setattr(delimited_table, "KEEP_ALL_BELOW", 0)
    rows = [[f"Shop {n}", f"PO-{n}", "1", "plain\npaper"] for n in range(500)]
    rows[77][3] = "GaTeWaRd licence"
    rows[78][0] = "Касперский"
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["Supplier", "PO number", "Total", "Description"], *rows])
    said = read(out.getvalue().encode(), LiteralNeedles(["gateward", "касперский"]))
    assert [one.name for one in said if isinstance(one, Record)] == ["PO-77", "PO-78"]
    assert said[-1] == Tally("award", 498)


def test_what_cannot_be_told_apart_is_quarantined_unless_it_may_hold_a_name(monkeypatch):
    monkeypatch.setattr(delimited_table, "KEEP_ALL_BELOW", 0)
    good = "".join(f"PO-{n},Shop,Item {n},{n}\n" for n in range(10, 60))
    bad = 'PO-7,"Sh"op","It"em, "GateWard", x,",7\nPO-8,"Sh"op","It"em, "Other", x,",8\n'
    data = f"PO number,Supplier,Description,Total\n{good}{bad}{good}".encode()
    said = read(data, LiteralNeedles(["gateward"]))
    (record,) = (one for one in said if isinstance(one, Record))
    (held,) = (one for one in said if isinstance(one, Quarantine))
    assert (record.name, held.locator.split(" byte")[0]) == ("row 51", "row 52")
    assert "GateWard" in record.description
    assert "cannot be told apart" in held.reason
    assert count(said) == 102


def test_a_file_without_a_purchase_header_is_refused():
    with pytest.raises(Unreadable, match="no header row"):
        read(b"a,b\n1,2\n", NoNeedles(), award_csv.PurchasesCsv())


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_rubbish_below_a_header_is_accounted_for(rubbish):
    data = b"Supplier,PO number,Total,Description\nA,1,2,x\n" + rubbish
    for one in read(data, NoNeedles(), award_csv.PurchasesCsv()):
        assert isinstance(one, Record | Quarantine)


@given(
    st.lists(st.text(st.sampled_from("abcKЖж.ü 中"), min_size=1, max_size=4), max_size=200),
    st.text(st.sampled_from("abcABCKkжЖ.üÜ 中\n"), max_size=80),
)
@settings(max_examples=300, deadline=None)
def test_needles_never_miss(literals, text):
    data = text.encode()
    for needles in (
        LiteralNeedles(literals),
        UnionNeedles(*map(LiteralNeedles, [literals[:3], literals[3:]])),
    ):
        assert needles.hits(data) == sorted(set(needles.hits(data)))
        for literal in literals:
            for form in {literal.lower(), literal.upper()}:
                if literal.strip() and form in text:
                    assert needles.wants(text)


def test_every_real_award_is_read(corpus):
    contracts = corpus / "contracts"
    raw = gzip.decompress((contracts / "fpds_vehicles_half.csv.gz").read_bytes())
    said = read(raw, LiteralNeedles(["kaspersky"]))
    records = [one for one in said if isinstance(one, Record)]
    assert count(said) == 49_505
    assert len(records) == 2
    assert all("KASPERSKY" in one.description.upper() for one in records)
    for name, rows, nameless in (("contracts.csv", 9497, 12), ("contracts_fdps.csv", 486, 0)):
        data = (contracts / "judeha__dpi642_final" / "data" / name).read_bytes()
        said = read(data, NoNeedles())
        assert count(said) == rows
        assert all(isinstance(one, Record) and one.name for one in said)
        assert sum(1 for one in said if not one.seller) == nameless


@pytest.mark.parametrize(
    "kind",
    [
        *("", "stray-quote", "unclosed-quote", "short-row", "latin-1", "nul"),
        *("field-count", "line-ends"),
    ],
)
def test_every_planted_line_is_found_in_sound_and_damaged_text(corpus, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_table, "KEEP_ALL_BELOW", 0)
    monkeypatch.syspath_prepend(str(BENCH))
    sys.modules.pop("planted", None)
    import generate_awards

    monkeypatch.setattr(generate_awards, "real_rows", lambda: few_rows())
    out = tmp_path / "awards.csv"
    generate_awards.write(out, 2000, kind, seed=3)
    truth = [json.loads(line) for line in Path(f"{out}.truth.jsonl").read_text().splitlines()]
    words = sorted({max(one["text"].split(), key=len) for one in truth})
    said = read(out.read_bytes(), LiteralNeedles(words))
    found = {int(one.locator.split()[1]): one for one in said if isinstance(one, Record)}
    assert count(said) == 2000
    for one in truth:
        assert one["text"].split() == found[one["row"]].description.split()
    kinds = Counter(type(one).__name__ for one in said)
    assert kinds["Quarantine"] == 0 and kinds["Tally"] == 1


def few_rows():
    chance = random.Random(5)
    words = ("CHAIRS", "PAPER, A4", "LAMPS\nOAK", 'DESK "L"', "SERVICES")
    return [
        {"transaction_description": chance.choice(words), "recipient_name": f"SHOP {n}, INC."}
        for n in range(50)
    ]
