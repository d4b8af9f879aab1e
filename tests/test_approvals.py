"""`oust approvals`: chains, steps, orders by agency and year, figures, chart, on real tables."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from oust.approvals import Asked, orders, timeline
from oust.approvals.products import Products, version_in
from oust.approvals.rows import PUNCTUATION, number_key
from oust.case import Case
from oust.columns import record_table
from oust.commands import root
from oust.data import load_dossiers
from oust.errors import OustError
from oust.identify import compile_dossiers
from oust.model import Record
from oust.report import approvals as report
from oust.report.approvals_svg import render

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/agency-2017"
SCHEMA = json.loads((ROOT / "docs/approvals.schema.json").read_text("utf-8"))
HEADER = (
    "award_id_piid,modification_number,parent_award_id_piid,action_date,federal_action_obligation,"
    "awarding_agency_name,awarding_sub_agency_name,recipient_name,transaction_description\n"
)
SVG = "{http://www.w3.org/2000/svg}"


def row(number, change, date, amount, buyer="FIELD OFFICE", seller="NORTHLINE RESALE INC",
        parent="", text="KASPERSKY ANTI-VIRUS LICENSES"):  # fmt: skip
    return f"{number},{change},{parent},{date},{amount},HARBOR BOARD,{buyer},{seller},{text}\n"


@pytest.fixture
def case_of(tmp_path):
    """A case made of files by name; closed at the end."""
    opened = []

    def make(**files):
        folder = tmp_path / f"evidence-{len(opened)}"
        folder.mkdir()
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, "utf-8")
        case = Case.open(tmp_path / f"case-{len(opened)}", create=True)
        opened.append(case)
        case.add([folder])
        return case

    yield make
    for case in opened:
        case.close()


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The bundled example with what let its products in."""
    folder = tmp_path_factory.mktemp("agency") / "case"
    with Case.open(folder, create=True) as case:
        case.add([EXAMPLE / "exports", EXAMPLE / "approvals"])
        yield case, case.approvals("kaspersky")


def stops(chain):
    return {stop.station: stop for stop in chain.stops}


def chain_of(found, order):
    """The chain on which an order stands."""
    return next(one for one in found.chains if order in {stop.name for stop in one.stops})


# identification and linking


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (Record("approval", "row 1", type="listing", name="Software", manufacturer="Kaspersky Lab"),
         "manufacturer"),
        (Record("approval", "row 1", type="listing", name="1YR RNWL KASPERSKY TOTAL SECURITY"),
         "name"),
        (Record("approval", "row 1", type="certification",
                name="Kaspersky Endpoint Security 10"), "name"),
        (Record("approval", "row 1", type="exclusion", name="Kaspersky Lab, Inc."), "name"),
        (Record("approval", "row 1", type="exclusion", name="ACME HOLDING",
                ids=("alias:AO Kaspersky Lab",)), "ids"),
        (Record("approval", "row 1", type="vehicle", name="Schedule 70",
                seller="Kaspersky Government Security Solutions, Inc."), "seller"),
    ],
)  # fmt: skip
def test_a_vendor_is_sighted_in_the_field_that_says_so(record, field):
    found = compile_dossiers(load_dossiers()).sight(record)
    assert (field, "") in {(one.field, one.mention) for one in found}
    assert {one.vendor for one in found} == {"kaspersky"}


@pytest.mark.parametrize(
    "record",
    [
        Record("approval", "row 1", type="exclusion", name="Eugene Kaspersky"),
        Record("approval", "row 1", type="listing", name="Connector for Kaspersky"),
        Record("approval", "row 1", type="listing", name="Kaspersky Endpoint Security licence tool",
               manufacturer="LogHarbor GmbH"),
    ],
)  # fmt: skip
def test_a_name_of_somebody_else_is_a_mention(record):
    found = compile_dossiers(load_dossiers()).sight(record)
    assert found
    assert all(one.mention for one in found)


def test_an_approval_is_no_exposure_and_is_kept(case_of):
    case = case_of(
        list__csv="Contract number,Contractor,Manufacturer,Part number,Product name,Price\n"
        "GS-35F-0119Y,Northline,Kaspersky Lab,K-1,Kaspersky Endpoint Security,12.00\n"
    )
    found = case.findings(["kaspersky"])
    assert not found.exposures
    assert [one.reason for one in found.mentions] == [
        "listed, certified or excluded: an approval, no use seen"
    ]
    assert found.approvals == {"kaspersky": {"listing": 1}}


def test_trace_points_at_the_approvals(example):
    case, _ = example
    told = CliRunner().invoke(root, ["trace", "--help"])
    assert told.exit_code == 0
    from oust.report import table

    lines = "\n".join(table.render(case.findings(["kaspersky"])))
    assert "Approvals: 1 certificate, 1 listing.  See: oust approvals kaspersky" in lines


# chains


def test_a_whole_chain_is_told_down_to_the_host(example):
    _, found = example
    chain = chain_of(found, "HX-0533")
    told = stops(chain)
    assert not any(stop.missing for stop in chain.stops)
    assert [stop.station for stop in chain.stops] == [
        *("vendor", "product", "certification", "vehicle", "holder", "award", "order"),
        *("agency", "host"),
    ]
    assert told["product"].name == "GateWard 4.2"
    assert told["certification"].name.startswith("GateWard 4.2 (")
    assert (told["award"].name, told["award"].since) == ("HV-21", "2015-10-01")
    assert told["holder"].ground == "sells it; not the vendor"
    assert told["host"].name == "gw-03"
    assert all(stop.evidence for stop in chain.stops if stop.station != "vendor")
    assert chain.whole


def test_each_piece_of_evidence_can_be_opened(example):
    case, found = example
    for chain in found.chains:
        for stop in chain.stops:
            for one in stop.evidence:
                assert case.quote(one), (stop.station, one)


def test_what_is_missing_is_said_and_never_filled(example):
    _, found = example
    told = stops(chain_of(found, "HX-0412"))
    assert told["certification"].missing.startswith("no certificate of this product was read")
    assert told["vehicle"].missing == "no order or listing of it names one"
    assert told["host"].missing == (
        "no host that evidence says is run by this agency shows the vendor"
    )
    assert not told["host"].name


def test_a_vendor_with_a_contract_of_its_own_is_told_apart(example):
    _, found = example
    assert found.own_contract == "KASPERSKY LAB, INC. holds HX-0412"
    assert found.holders == ("NORTHLINE RESALE INC", "Pier Office Supply")


def test_no_contract_of_its_own_is_said_plainly(case_of):
    case = case_of(a__csv=HEADER + row("A1", 0, "2016-01-02", "10.00"))
    text = "\n".join(report.lines(case.approvals("kaspersky")))
    assert "No contract of its own in what was read: sold by 1 holder (NORTHLINE RESALE INC)." in (
        text
    )


def test_a_vehicle_joins_by_its_number_however_it_is_punctuated(case_of):
    case = case_of(
        awards__csv=HEADER + row("HX-1", 0, "2016-05-01", "5.00", parent="GS35F0119Y"),
        list__csv="Contract number,Contractor,Vehicle,Manufacturer,Part number,Product name,Price\n"
        "GS-35F-0119Y,Northline Resale,Schedule 70,Kaspersky Lab,K-1,Kaspersky Anti-Virus,12.00\n"
        "GS-35F-0999Z,Northline Resale,Schedule 67,Kaspersky Lab,K-2,Kaspersky Safe Kids,12.00\n",
    )
    found = case.approvals("kaspersky")
    told = stops(chain_of(found, "HX-1"))
    assert told["product"].name == "Kaspersky Anti-Virus"
    assert told["vehicle"].name == "GSA Schedule 70 (GS35F0119Y)"
    offered = next(one for one in found.chains if one is not chain_of(found, "HX-1"))
    assert stops(offered)["order"].missing == "no order of it was read"
    assert stops(offered)["agency"].missing == "no buyer of it was read"
    assert not offered.whole


@pytest.mark.parametrize(
    ("one", "other", "strength"),
    [
        ("KAPERSKY ANTI-VIRUS RENEWAL, 40 SEATS 1 YEAR", "Kaspersky Anti-Virus", "name"),
        ("Kaspersky Endpoint Security 10", "Kaspersky Endpoint Security 10.3.0.6294", "name"),
        ("Kaspersky Endpoint Security 11.6", "Kaspersky Endpoint Security 10", "weak"),
        ("Kaspersky Endpoint Security for Windows", "Kaspersky Endpoint Security", "weak"),
        ("Kaspersky Anti-Virus", "Kaspersky Endpoint Security", None),
        ("Kaspersky Lab products", "Kaspersky Endpoint Security", None),
        ("Kaspersky", "Kaspersky", None),
    ],
)
def test_products_are_joined_by_words_and_version_never_by_the_vendor_alone(one, other, strength):
    dossier = next(one for one in load_dossiers() if one.id == "kaspersky")
    grade = Products(dossier).grade(one, other)
    assert (grade.strength if grade else None) == strength


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("Endpoint Security 10 for Windows", "10"),
        ("KES 11.6.0.394", "11.6.0.394"),
        ("Anti-Virus, 40 SEATS, 1 YEAR, 25-49 nodes", ""),
        ("GateWard", ""),
    ],
)
def test_a_number_of_seats_is_no_version(name, version):
    assert version_in(name) == version


@given(st.text(alphabet="GS35F0119y" + PUNCTUATION, max_size=30))
def test_the_key_of_a_number_has_no_punctuation_and_is_its_own_key(text):
    key = number_key(text)
    assert not set(key) & set(PUNCTUATION)
    assert number_key(key) == key


# first to last


def test_steps_stand_in_order_of_time(example):
    _, found = example
    dates = [step.when for step in found.steps if step.when]
    assert dates == sorted(dates)
    assert [step.kind for step in found.steps[:3]] == ["certification", "listing", "first order"]


# orders by agency and year


def test_clauses_and_removals_are_beside_the_values(example):
    _, found = example
    assert [(one.reason, one.awards) for one in found.asides] == [
        ("prohibition clause", 1),
        ("removal or replacement", 1),
    ]
    assert sum(one.rows for one in found.agencies) == 3
    assert sum(s.value for one in found.agencies for s in one.sums) == Decimal("21189.99")


def test_years_of_an_agency_add_up(case_of):
    case = case_of(
        a__csv=HEADER
        + row("A1", 0, "2015-03-01", "1000.10")
        + row("A1", "P1", "2016-03-01", "-400.05")
        + row("A2", 0, "2016-07-01", "")
        + row("A3", 0, "2017-07-01", "99.999", buyer="Field  Office")
    )
    (agency,) = case.approvals("kaspersky").agencies
    assert (agency.first, agency.peak, agency.last) == ("2015-03-01", "2015", "2017-07-01")
    assert agency.peak_by == "value"
    assert [(y.year, y.awards, y.rows, y.sums[0].value, y.sums[0].unknown) for y in agency.years] \
        == [("2015", 1, 1, Decimal("1000.1"), 0), ("2016", 2, 2, Decimal("-400.05"), 1),
            ("2017", 1, 1, Decimal("99.999"), 0)]  # fmt: skip
    assert agency.awards == 3


def test_currencies_are_kept_apart(case_of):
    case = case_of(
        p__csv="Order no,Order date,Supplier,Item description,Total,Currency,Department\n"
        "P1,2016-01-02,Pier,Kaspersky Internet Security licences,10.00,EUR,Ops\n"
        "P2,2016-01-03,Pier,Kaspersky Internet Security licences,25.00,USD,Ops\n"
    )
    (agency,) = case.approvals("kaspersky").agencies
    assert [(one.currency, one.value) for one in agency.sums] == [
        ("EUR", Decimal(10)),
        ("USD", Decimal(25)),
    ]
    assert render(case.approvals("kaspersky")).count("Orders by agency, ") == 2


ONE = row("A-1", 0, "2015-03-01", "1000.00") + row("A-1", "P1", "2016-03-01", "50.00")


@pytest.mark.parametrize(
    ("second", "rows", "value", "left"),
    [
        (ONE, 2, "1050", (2, 0, 0)),
        (row("A1", 0, "2015-03-01", "1000.00"), 2, "1050", (1, 0, 0)),
        (row("A-1", "P2", "2017-03-01", "7.00"), 3, "1057", (0, 0, 0)),
        (row("A-1", "P1", "2016-03-01", "60.00"), 2, None, (1, 0, 1)),
        (row("A-1", "", "2015-03-01", "1050.00"), 2, "1050", (1, 1, 0)),
        (row("B-2", 0, "2015-03-01", "1000.00"), 3, "2050", (0, 0, 0)),
        (row("A-1", 0, "2015-03-01", "1000.00", parent="HV-9"), 3, "2050", (0, 0, 0)),
    ],
    ids=["whole export", "other punctuation", "further change", "corrected amount",
         "total of the award", "other award", "same number on another vehicle"],
)  # fmt: skip
def test_a_row_in_two_exports_counts_once(case_of, second, rows, value, left):
    case = case_of(a__csv=HEADER + ONE, b__csv=HEADER + second)
    found = case.approvals("kaspersky")
    (agency,) = found.agencies
    assert agency.rows == rows
    if value is not None:
        assert agency.sums[0].value == Decimal(value)
    again = found.repeated
    assert (again.rows, again.totals, again.differing) == left
    text = "\n".join(report.lines(found))
    assert ("Not counted twice" in text) == bool(left[0])


def test_lines_of_one_export_with_one_number_all_count(case_of):
    twice = row("A1", "", "2015-03-01", "10.00") + row("A1", "", "2015-03-01", "10.00")
    (agency,) = case_of(a__csv=HEADER + twice).approvals("kaspersky").agencies
    assert (agency.awards, agency.rows, agency.sums[0].value) == (1, 2, Decimal(20))


rows_of_awards = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2", "A3"]),
        st.sampled_from(["0", "1"]),
        st.sampled_from(["2015-01-01", "2016-02-02", ""]),
        st.sampled_from(["10.00", "-3.50", ""]),
        st.sampled_from(["North", "South"]),
        st.sampled_from([1, 2]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(rows_of_awards)
def test_the_timeline_is_that_of_a_plain_loop(tmp_path_factory, given_rows):
    folder = tmp_path_factory.mktemp("loop")
    with Case.open(folder, create=True) as case:
        _store(case, given_rows)
        found = timeline(case.store, Asked("kaspersky"), str.casefold)
    expected, left = _plain_loop(given_rows)
    told = {
        (one.name, year.year): (year.awards, year.rows, year.sums[0].value, year.sums[0].unknown)
        for one in found.agencies
        for year in one.years
    }
    assert told == expected
    assert found.repeated.rows == left


def _store(case, given_rows):
    records = [
        Record("award", f"row {n}", name=number, buyer=buyer, amount=amount, since=date,
               ids=(f"award:{number}",), description="KASPERSKY LICENSES",
               extra=json.dumps({"modification": change}))
        for n, (number, change, date, amount, buyer, _) in enumerate(given_rows)
    ]  # fmt: skip
    sids = [sid for *_, sid in given_rows]
    if records:
        case.store.add_records(record_table(sids, list(range(len(records))), records), 1)
    blank = {"location": "", "sha256": "", "format": "", "bytes": 0, "records": 0,
             "quarantined": 0, "status": "read", "message": "", "counts": "{}", "collected": "",
             "bulk": False, "sought": "", "outer_path": "", "current": True, "run": 1,
             "gone_in": None, "filed": ""}  # fmt: skip
    case.store.add_sources([blank | {"sid": sid, "path": f"{sid}.csv"} for sid in (1, 2)])
    keys = case.store.rows(case.store.table("item").select("key"))
    sightings = [
        {"key": one["key"], "vendor": "kaspersky", "field": "description", "start": 0, "end": 9,
         "text": "KASPERSKY", "identifier": "word:kaspersky", "strength": "name", "features": [],
         "relation": "supplies", "mention": ""} for one in keys
    ]  # fmt: skip
    from oust.columns import SIGHTING_SCHEMA

    case.store.add_rows("sighting", pa.Table.from_pylist(sightings, SIGHTING_SCHEMA))


def _plain_loop(given_rows):
    """First source by path wins among rows of one award and change; all of its rows count."""
    first = {}
    for number, change, *_, sid in given_rows:
        first[number, change] = min(sid, first.get((number, change), sid))
    kept = [one for one in given_rows if first[one[0], one[1]] == one[-1]]
    expected = {}
    for number, _, date, amount, buyer, _ in kept:
        awards, rows, value, unknown = expected.get((buyer, date[:4]), (set(), 0, Decimal(0), 0))
        expected[buyer, date[:4]] = (
            awards | {number}, rows + 1, value + Decimal(amount or 0), unknown + (not amount)
        )  # fmt: skip
    counted = {key: (len(one[0]), *one[1:]) for key, one in expected.items()}
    return counted, len(given_rows) - len(kept)


# figures


def test_figures_in_conflict_stand_side_by_side(tmp_path):
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([ROOT / "examples/approvals"])
        found = case.approvals("kaspersky")
    stated = [one for one in found.figures if one.of.startswith("United States Government")]
    assert {one.amount for one in stated} >= {
        "under 54000", "under 9000", "hundreds of thousands of dollars"
    }  # fmt: skip
    assert all(one.conflicts for one in stated if one.amount != "far under 1000000")
    text = " ".join("\n".join(report.lines(found)).split())
    assert "stated under 54,000 USD" in text
    assert "seen in what was read: nothing (all orders)" in text
    assert "No contract of its own in what was read: sold by 4 holders" in text


def test_a_stated_figure_stands_beside_the_sum_of_orders(case_of):
    case = case_of(
        a__csv=HEADER + row("A1", 0, "2016-01-02", "1234.50", buyer="DEPARTMENT OF STATE"),
        f__yaml="title: Figures\napprovals: []\nfigures:\n  - of: spending\n    vendor: Kaspersky\n"
        "    currency: USD\n    stated:\n      - {amount: 9000, bound: under, by: State, "
        "buyer: Department of State}\n",
    )
    (figure,) = case.approvals("kaspersky").figures
    assert (figure.amount, figure.seen[0].value) == ("under 9000", Decimal("1234.5"))
    text = " ".join("\n".join(report.lines(case.approvals("kaspersky"))).split())
    assert "stated under 9,000 USD (State), seen in what was read: 1,234.50 " in text


# output


def test_json_is_as_its_schema_says_and_the_same_twice(example):
    case, found = example
    text = report.as_json(found)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(text), SCHEMA)
    assert report.as_json(case.approvals("kaspersky")) == text


def test_the_table_keeps_to_its_width(example):
    _, found = example
    for every in (False, True):
        assert max(map(len, report.lines(found, every))) <= report.WIDTH


def test_csv_has_a_row_for_each_agency_year_and_currency(example):
    _, found = example
    rows = list(csv.DictReader(io.StringIO(report.as_csv(found))))
    assert [(one["agency"], one["year"], one["value"]) for one in rows] == [
        ("FIELD OFFICE", "2016", "18750"),
        ("Harbor Operations", "2017", "59.99"),
        ("TRAINING CENTER", "2017", "2380"),
    ]


def test_the_chart_says_what_it_shows(example):
    _, found = example
    tree = ElementTree.fromstring(render(found))
    assert tree.get("role") == "img"
    named = tree.get("aria-labelledby").split()
    texts = {one.get("id"): one.text for one in tree if one.get("id")}
    assert texts[named[0]] == "Kaspersky: orders by agency and year"
    assert "FIELD OFFICE: 1 award, first 2016-05-24" in texts[named[1]]
    shown = [one.text for one in tree.iter(f"{SVG}text")]
    for wanted in ("FIELD OFFICE", "2016", "2017", "▲18.8k", "Listings", "Certificates"):
        assert wanted in shown
    assert not list(tree.iter(f"{SVG}script"))


HOSTILE = '<script>alert(1)</script>&"=cmd\x1b[31m\u202e'


def test_hostile_text_steers_neither_terminal_nor_spreadsheet_nor_picture(case_of):
    buyer = "=HYPERLINK(1)" + HOSTILE
    text = f"Kaspersky licences {HOSTILE.replace(chr(34), chr(34) * 2)}"
    line = f'P1,2016-01-02,Pier {HOSTILE.replace(chr(34), "")},"{text}",10.00,'
    case = case_of(
        p__csv="Order no,Order date,Supplier,Item description,Total,Department\n"
        + line + '"' + buyer.replace('"', '""') + '"\n'
    )  # fmt: skip
    found = case.approvals("kaspersky")
    assert len(found.agencies) == 1
    table = "\n".join(report.lines(found))
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", table)
    cells = list(csv.reader(io.StringIO(report.as_csv(found))))[1]
    assert cells[1].startswith("'=")
    picture = render(found)
    assert "<script" not in picture
    ElementTree.fromstring(picture)
    json.loads(report.as_json(found))


def test_an_empty_case_says_that_nothing_was_read(tmp_path):
    Case.open(tmp_path / "case", create=True).close()
    told = CliRunner().invoke(root, ["approvals", "kaspersky", str(tmp_path / "case")])
    assert told.exit_code == 0
    assert "Kaspersky: no approval in what was read." in told.output
    assert "Not looked at: purchase records" in told.output


def test_a_vendor_with_nothing_has_coverage_beside_it(example):
    case, _ = example
    found = case.approvals("hikvision")
    assert found.empty
    text = "\n".join(report.lines(found))
    assert "no approval in what was read." in text
    assert "“Nothing found” covers only what was read" in " ".join(text.split())
    assert "No order of it in what was read." in render(found)
    jsonschema.validate(json.loads(report.as_json(found)), SCHEMA)


def test_an_unknown_vendor_is_refused(tmp_path):
    with (
        Case.open(tmp_path / "case", create=True) as case,
        pytest.raises(OustError, match="nobody"),
    ):
        case.approvals("nobody")
    told = CliRunner().invoke(root, ["approvals", "nobody", str(tmp_path / "case")])
    assert isinstance(told.exception, OustError)


def test_the_command_writes_table_and_chart(tmp_path, example):
    case, _ = example
    case.close()
    chart, table = tmp_path / "a.svg", tmp_path / "a.txt"
    told = CliRunner().invoke(
        root,
        ["approvals", "kaspersky", str(case.store.folder), "--svg", str(chart), "--output",
         str(table), "--all"],
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert chart.read_text("utf-8").startswith("<svg ")
    assert "Orders by agency and year" in table.read_text("utf-8")


def test_price_lists_of_nobody_named_stay_apart(case_of):
    """Two lists that name neither vehicle nor holder are not one list."""
    head = "Manufacturer,Part Number,Product Name,Unit Price,Country of Origin\n"
    case = case_of(
        one__csv=head + "Kaspersky Lab,KL1,Kaspersky Endpoint Security Select,31.50,Russia\n",
        two__csv=head + "Kaspersky Lab,KL2,Kaspersky Internet Security,9.99,RU\n",
    )
    found = case.approvals("kaspersky")
    assert len(found.chains) == 2
    assert len([step for step in found.steps if step.kind == "listing"]) == 2


@pytest.mark.parametrize(
    ("title", "since", "number"),
    [
        ("Contract 47QTCA19D00AB; effective 10/01/2018", "2018-10-01", "47QTCA19D00AB"),
        ("Rahmenvertrag Nr. RV-2016-77\nGültig ab 01.03.2016", "2016-03-01", "RV-2016-77"),
        ("Contract No. 4711\nValid from March 1; 2019", "", "4711"),
    ],
)
def test_a_title_row_says_since_when_and_under_what(case_of, title, since, number):
    text = f"{title}\nManufacturer,Part Number,Product Name,Unit Price,Country of Origin\n"
    case = case_of(one__csv=text + "Kaspersky Lab,KL1,Kaspersky Anti-Virus,31.50,Russia\n")
    step = next(one for one in case.approvals("kaspersky").steps if one.kind == "listing")
    assert step.when == since
    assert number in step.says


def test_no_figure_is_cut_in_the_table(case_of):
    """A long sum, a sum beside awards without amount, and long counts of approvals."""
    case = case_of(
        awards__csv=HEADER
        + row("A-1", "0", "2017-01-02", "123456789012345.67")
        + row("A-2", "0", "2017-01-02", "", buyer="OTHER OFFICE")
        + row("A-3", "0", "2017-01-02", "98765.00", buyer="OTHER OFFICE"),
    )
    told = list(report.lines(case.approvals("kaspersky")))
    text = "\n".join(told)
    assert "123,456,789,012,345.67" in text
    assert "98,765.00\n" in text
    assert "1 no amount\n" in text
    assert max(map(len, told)) <= 100
    many = structs.replace(case.approvals("kaspersky"), counts=dict.fromkeys(report.TYPES, 12345))
    told = list(report.lines(many))
    assert "12,345 stated figures" in " ".join(" ".join(told[:4]).split())
    assert max(map(len, told)) <= 100


def test_who_sold_it_is_told_beyond_the_ways_that_are_told_one_by_one(case_of, monkeypatch):
    """With more ways in than are told, the vendor's own contract and every holder still count."""
    monkeypatch.setattr(orders, "WAYS", 3)
    rows = [row(f"A-{n}", "0", f"2016-01-0{n}", "10", buyer=f"OFFICE {n}", seller=f"HOLDER {n}")
            for n in range(1, 7)]  # fmt: skip
    own = row("A-9", "0", "2017-01-01", "10", buyer="OFFICE 9", seller="KASPERSKY LAB")
    found = case_of(awards__csv=HEADER + "".join(rows) + own).approvals("kaspersky")
    assert len(found.holders) == 6
    assert found.own_contract == "KASPERSKY LAB holds awards"
    assert found.more_chains == 4
    firsts = [step for step in found.steps if step.kind == "first order"]
    assert [step.agency for step in firsts] == [*(f"OFFICE {n}" for n in range(1, 7)), "OFFICE 9"]


def test_a_folder_without_a_case_is_told_before_its_files_are_taken_for_dossiers(tmp_path):
    (tmp_path / "register.yaml").write_text("agreements: []\n", "utf-8")
    with pytest.raises(OustError, match="no case in"):
        Case.open(tmp_path)
