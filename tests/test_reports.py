"""Statutory reports: the forms held against the facts, and what is written into them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from oust.case import Case
from oust.cli import run
from oust.commands import root
from oust.commands.report import FORMS
from oust.data import load_rules
from oust.data.report_form import (
    FORMS_FILE,
    FormFile,
    check_forms,
    load_fields,
    load_forms,
    window_fields,
)
from oust.data.strict import Schema, read_strict
from oust.report.statutory import docx, takes, whole
from oust.report.statutory.markdown import escape

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "examples" / "agency-2017" / "exports"
FACTS = ROOT.parent / "shared" / "facts"

# where a block of the fact file keeps the fields of which window
WINDOWS = {
    "far_52_204_23_c2": {"first": "first", "follow_up": "follow-up"},
    "far_52_204_25_d2": {"first": "first", "follow_up": "follow-up"},
    "far_52_204_30_c4": {
        "first": "first",
        "follow_up": "follow-up",
        "waiver_disclosure_b5": "waiver",
    },
    "far_52_240_91": {
        "general_h1": "first",
        "later_h3": "later",
        "new_fascsa_order_i3": "new-order",
    },
    "far_52_240_90_g_offer_disclosure": {"": "first"},
    "bod_17_01_30_day": {"": "first"},
    "bod_17_01_60_day_plan": {"": "first"},
    "fcc_supply_chain_annual": {"": "annual"},
}
NOT_SEEN = {"ofac-501.603", "cra-article-14"}
FROM_RULES = {"dfars-252.204-7018", "bod-status", "cra-article-14"}


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "case"
    with Case.open(folder, create=True) as case:
        case.add([EXPORTS])
    return folder


@pytest.fixture(scope="module")
def ids(case_folder):
    with Case.open(case_folder) as case:
        return {one.asset.name: one.id for one in case.findings().exposures}


def asked(capsys, folder, form, *options):
    code = run(root, ["report", form, str(folder), "--as-of", "2018-10-05", *options])
    told = capsys.readouterr()
    return code, told.out, told.err


def as_json(capsys, folder, form, *options):
    code, out, err = asked(capsys, folder, form, *options, "--format", "json")
    assert code == 0, err
    found = msgspec.json.decode(out)
    schema = msgspec.json.decode((ROOT / "docs/report.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def values(section, field):
    (one,) = [one for one in section["fields"] if one["id"] == field]
    return [(value["of"], value["text"], value["ground"]) for value in one["values"]]


def facts():
    path = FACTS / "report_fields.yaml"
    if not path.exists():
        pytest.skip("the facts are not beside the project")
    return yaml.safe_load(path.read_text("utf-8"))


# the forms as data


def test_the_forms_are_written_without_mistake():
    assert check_forms() == []


def test_the_quick_and_the_strict_reading_are_equal():
    schema = Schema(what="forms", page="", check=lambda entries, found: None)
    strict, problems = read_strict(FORMS_FILE, FormFile, schema)
    assert not problems
    assert strict == FormFile(
        fields=tuple(load_fields().values()), forms=tuple(load_forms().values())
    )


def test_every_form_has_a_command_and_every_command_a_form():
    assert list(FORMS) == list(load_forms())
    assert set(root.commands["report"].commands) >= set(FORMS)


def test_mistakes_are_told_with_their_line(tmp_path):
    text = FORMS_FILE.read_text("utf-8").replace("[contract_number,", "[contract_nummer,", 1)
    place = tmp_path / "forms.yaml"
    place.write_text(text.replace("2023-12-03", "2017-01-01", 1), "utf-8")
    told = [str(one) for one in check_forms(place)]
    assert len(told) == 2
    assert re.search(r"forms.yaml:\d+:\d+: there is no field 'contract_nummer'", told[1])
    assert "contracts_from 2018-07-16 is later than contracts_until 2017-01-01" in told[0]


def test_fields_and_recipients_are_those_of_the_facts():
    known = facts()
    told = {block for form in load_forms().values() for block in form.fact}
    assert told == set(known) - {"differences", "bod_17_01_plan_form"}
    for form in load_forms().values():
        for block in form.fact:
            for key, window in WINDOWS.get(block, {}).items():
                part = known[block][key] if key else known[block]
                listed = part if isinstance(part, list) else part["fields"]
                assert list(form.window(window).fields) == listed, (form.id, window)
    assert {form.id for form in load_forms().values() if not form.fields_seen} == NOT_SEEN
    for form in load_forms().values():
        assert form.fields_seen == any(window.fields for window in form.windows)
        assert form.fact or form.id in FROM_RULES


def test_the_defense_form_has_the_fields_of_its_rule():
    path = FACTS / "rules/us-ndaa-fy2018-s1656-dfars-204-21.yaml"
    if not path.exists():
        pytest.skip("the facts are not beside the project")
    renamed = {
        "order_numbers_if_applicable": "order_numbers",
        "model_number(OEM|manufacturer part|wholesaler)": "model_number",
        "additional_future_prevention_efforts": "additional_future_efforts",
    }
    windows = yaml.safe_load(path.read_text("utf-8"))["reporting"]["windows"]
    form = load_forms()["dfars-252.204-7018"]
    for window in windows:
        fields = [renamed.get(name, name) for name in window["fields"]]
        assert list(form.window(window["name"]).fields) == fields
        due = window["due"]
        assert form.window(window["name"]).due[0].text.startswith(f"{due['n']} {due['day_kind']}")


def test_deadlines_of_the_windows_are_those_of_the_rules():
    rules = {rule.id: rule for rule in load_rules()}
    claimed = set()
    for form in load_forms().values():
        known = {one.id: one for one in rules[form.rule].deadlines}
        for window in form.windows:
            claimed |= {(form.rule, name) for name in window.deadlines}
            for name in window.deadlines:
                assert window.anchor in ("", known[name].anchor), (form.id, window.id)
                assert not known[name].n or any(
                    text.text.startswith((f"{known[name].n} ", "one month"))
                    or f"{known[name].n} calendar days" in text.text
                    for text in window.due
                ), (form.id, window.id)
    stated = {(rule.id, d.id) for rule in rules.values() for d in rule.deadlines if d.report}
    assert claimed == stated


def test_every_take_is_known_where_it_is_used():
    for form in load_forms().values():
        known = whole.TAKES if form.grouped else takes.TAKES
        for window in form.windows:
            for field in window_fields(window):
                assert field.take in known or field.take in ("user", "suggested"), field.id


# what is written into them


def test_delivered_product_and_covered_article_are_kept_apart(case_folder, ids, capsys):
    found = as_json(capsys, case_folder, "far-52.204-30", "--exposure", ids["HX-0533"])
    (section,) = found["sections"]
    assert values(section, "product_or_service_provided_or_used") == [
        (None, "GateWard 4.2", "evidence")
    ]
    assert values(section, "covered_article_or_source_under_order") == [
        (None, "kavsdk 8.9 (Kaspersky)", "evidence")
    ]
    assert values(section, "contract_number") == [(None, "HV-21", "inferred")]
    assert values(section, "order_numbers") == [(None, "HX-0533", "inferred")]
    assert values(section, "vendor_name") == [(None, "NORTHLINE RESALE INC", "inferred")]
    assert values(section, "brand") == [
        ("covered article", "Kaspersky", "inferred"),
        ("delivered product", "Lumen Works", "evidence"),
    ]
    assert values(section, "readily_available_mitigation_info") == []
    assert any("about Acronis" in note for note in found["notes"])


def test_every_value_from_evidence_names_a_place_that_can_be_opened(case_folder, ids, capsys):
    options = [word for one in ids.values() for word in ("--exposure", one)]
    found = as_json(capsys, case_folder, "far-52.240-91", *options)
    assert len(found["sections"]) == len(ids)
    told = [
        value
        for section in found["sections"]
        for field in (*section["fields"], *section["shown"])
        for value in field["values"]
    ]
    assert all(value["evidence"] for value in told if value["ground"] == "evidence")
    sources = {one["path"] for one in found["coverage"]["read"]}
    assert {place["source"] for value in told for place in value["evidence"]} <= sources


def test_what_is_owned_shows_the_holding_with_its_dates(case_folder, ids, capsys):
    found = as_json(capsys, case_folder, "far-52.204-23", "--exposure", ids["HX-1188"])
    (field,) = [one for one in found["sections"][0]["fields"] if one["id"] == "brand"]
    (value,) = field["values"]
    assert value["text"] == "Ostrava Tools s.r.o."
    assert value["inferred"] == "Kaspersky owns it 51 %, 2016-03-01 to 2019-12-31"


def test_codes_of_the_seller_and_part_numbers_are_taken_from_the_award(tmp_path, capsys):
    (tmp_path / "awards.csv").write_text(
        "award_id_piid,parent_award_id_piid,action_date,federal_action_obligation,"
        "awarding_agency_name,recipient_uei,recipient_duns,recipient_name,cage_code,"
        "transaction_description\n"
        "QX-1,GS-35F-X,2021-02-03,900.00,QUAY BOARD,ABCDEFGHJKL1,123456789,MOLE TRADING LLC,1A2B3,"
        "HIKVISION DS-2CD2042WD-I IP CAMERA QTY 4\n",
        "utf-8",
    )
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([tmp_path / "awards.csv"])
    found = as_json(capsys, tmp_path / "case", "far-52.204-25", "--all")
    (section,) = found["sections"]
    assert values(section, "supplier_uei") == [(None, "ABCDEFGHJKL1", "inferred")]
    assert values(section, "supplier_cage") == [(None, "1A2B3", "inferred")]
    assert values(section, "contract_number") == [(None, "GS-35F-X", "inferred")]
    assert values(section, "order_numbers") == [(None, "QX-1", "inferred")]
    found = as_json(capsys, tmp_path / "case", "far-52.240-91", "--all")
    codes = values(found["sections"][0], "oem_or_distributor_with_codes")
    assert [text for _, text, _ in codes] == [
        "MOLE TRADING LLC: UEI ABCDEFGHJKL1",
        "MOLE TRADING LLC: CAGE 1A2B3",
        "MOLE TRADING LLC: DUNS 123456789",
    ]
    assert values(found["sections"][0], "producer_uei") == []


def test_blanks_are_visible_and_listed(case_folder, ids, capsys):
    _, out, _ = asked(capsys, case_folder, "far-52.204-23", "--exposure", ids["gw-07"])
    assert "**[to be filled in: contract number]**" in out
    todo = out[out.index("## Before it goes out") :]
    assert "- [ ] fill in: contract number" in todo
    assert "- [ ] decide: to whom it goes" in todo


def test_what_the_user_gives_fills_the_blank_and_leaves_the_list(case_folder, ids, capsys):
    options = (
        "--exposure",
        ids["gw-07"],
        "--field",
        "contract_number=W-77",
        "--field",
        "brand=Lumen",
    )
    found = as_json(capsys, case_folder, "far-52.204-23", *options)
    (section,) = found["sections"]
    assert values(section, "contract_number") == [(None, "W-77", "given")]
    assert values(section, "brand")[0] == (None, "Lumen", "given")
    assert len(values(section, "brand")) > 1, "what evidence says stays beside it"
    assert not any(one["what"] == "contract number" for one in found["todo"])


def test_the_directive_counts_endpoints_and_keeps_embedded_code_out(case_folder, capsys):
    found = as_json(capsys, case_folder, "bod-30-day", "--all")
    (section,) = found["sections"]
    endpoints = [text for _, text, _ in values(section, "endpoints_per_product")]
    named = "Kaspersky Endpoint Security 10 for Windows 10.3.0.6294"
    assert f"{named}: 2 endpoints (fo-021, lt-118, run by Orrin Services)" in endpoints
    assert not any("GateWard" in text or "CRANE" in text for text in endpoints)
    (beyond,) = section["shown"]
    seen = [value["text"] for value in beyond["values"]]
    assert [text.partition(":")[0] for text in seen] == [
        "HX-0533, embedded code",
        "gw-03, embedded code",
        "gw-07, embedded code",
        "HX-1188, sold by a company that the vendor holds",
    ]
    methods = [text for _, text, _ in values(section, "methodologies")]
    assert "software inventories: 2 files, 19 records" in methods


def test_dates_are_computed_and_the_words_of_the_form_stand_too(case_folder, ids, capsys):
    options = ("--exposure", ids["HX-0533"], "--identified", "2018-10-05")
    found = as_json(capsys, case_folder, "far-52.204-23", *options, "--contract", "2018-09-01")
    # a Friday; Monday 8 October 2018 was Columbus Day
    assert found["deadline"][0].startswith("2018-10-09 (America/New_York)")
    assert found["deadline"][1].startswith("1 business day")
    assert not any(line.startswith("3 business days") for line in found["deadline"])
    found = as_json(capsys, case_folder, "far-52.204-23", *options, "--contract", "2016-09-30")
    assert any("none of these is for a contract of 2016-09-30" in one for one in found["deadline"])


def test_a_form_whose_fields_were_not_seen_says_so(case_folder, ids, capsys):
    for form in sorted(NOT_SEEN):
        found = as_json(capsys, case_folder, form, "--exposure", ids["gw-03"])
        assert found["sections"][0]["fields"] == []
        assert found["sections"][0]["shown"]
        assert found["notes"][0].startswith("The fields of this report are not known here")


# a report that nothing was found


def test_a_nil_report_tells_method_and_coverage(tmp_path, capsys):
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([EXPORTS / "inventory/web-01.dpkg.txt", EXPORTS / "mail.pst"])
    found = as_json(capsys, tmp_path / "case", "bod-30-day", "--nil")
    (section,) = found["sections"]
    (told,) = values(section, "products_found_or_nil")
    assert told[1].startswith("None: no product of Kaspersky")
    assert values(section, "endpoints_per_product") == [(None, "0", "evidence")]
    coverage = found["coverage"]
    assert [one["path"] for one in coverage["read"]] == ["web-01.dpkg.txt"]
    assert [one["path"] for one in coverage["unread"]] == ["mail.pst"]
    assert "purchase records" in coverage["not_looked_at"]
    assert coverage["searched"][0]["identifiers"]["domain"] > 100
    _, out, _ = asked(capsys, tmp_path / "case", "far-52.204-25", "--nil")
    assert "asks for no report where nothing is found" in out
    assert "to be filled in" not in out


def test_a_nil_report_that_would_be_untrue_is_refused(case_folder, capsys):
    code, _, err = asked(capsys, case_folder, "bod-30-day", "--nil")
    assert code == 2
    assert "the case has 5 exposures that bod-30-day is about" in err


def test_embedded_code_alone_does_not_stop_a_nil_report_of_the_directive(tmp_path, capsys):
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([EXPORTS / "sboms"])
    found = as_json(capsys, tmp_path / "case", "bod-30-day", "--nil")
    (section,) = found["sections"]
    assert values(section, "products_found_or_nil")[0][1].startswith("None: ")
    assert section["shown"][0]["values"], "what was seen is told all the same"


# misuse


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "say what to report"),
        (("--all", "--nil"), "say what to report"),
        (("--all", "--window", "third"), "no window “third”"),
        (("--all", "--field", "brnd=x"), "did you mean brand?"),
        (("--all", "--field", "brand"), "no value"),
        (("--all", "--identified", "2018-02-30"), "is no date"),
        (("--all", "--format", "docx"), "name a file with --output"),
        (("--exposure", "KAS-ffff"), "no exposure KAS-ffff"),
    ],
)
def test_misuse_is_told(case_folder, capsys, options, told):
    code, _, err = asked(capsys, case_folder, "far-52.204-23", *options)
    assert code == 2
    assert told in err


def test_nothing_to_report_points_to_nil(case_folder, capsys):
    code, _, err = asked(capsys, case_folder, "far-52.204-25", "--all")
    assert code == 2
    assert "--nil" in err


# hostile text


HOSTILE = (
    "Kaspersky | `code` **bold** <script>alert(1)</script> [x](https://evil.example) "
    "\x0b\x1b[31m\u202eredlof\u202c \ufffe &amp; ]]> " + "W" * 3000
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    component = {
        "type": "library",
        "bom-ref": "k",
        "name": HOSTILE,
        "version": "1|2",
        "supplier": {"name": "AO Kaspersky Lab"},
        "cpe": "cpe:2.3:a:kaspersky:anti-virus_sdk:8.9:*:*:*:*:*:*:*",
    }
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "a", "name": "<b>App</b>\x00|"}
        },
        "components": [component],
        "dependencies": [{"ref": "a", "dependsOn": ["k"]}],
    }
    place = folder / "=cmd|evil`.cdx.json"
    place.write_bytes(msgspec.json.encode(bom))
    with Case.open(folder / "case", create=True) as case:
        case.add([place])
    return folder / "case"


def test_evidence_is_no_markup_in_markdown(hostile, capsys):

    with Case.open(hostile) as case:
        (one,) = case.findings().exposures
    _, out, _ = asked(capsys, hostile, "far-52.204-30", "--exposure", one.id)
    assert "\x1b" not in out and "\u202e" not in out
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(out)
    assert "<script" not in html and "<b>" not in html and 'evil.example"' not in html
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    assert {row.count("<td") + row.count("<th") for row in rows} <= {2, 3}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_evidence_does_not_break_the_word_document(hostile, tmp_path):
    with Case.open(hostile) as case:
        (one,) = case.findings().exposures
    place = tmp_path / "r.docx"
    words = ["report", "far-52.204-30", str(hostile), "--exposure", one.id, "--as-of", "2018-10-05"]
    assert run(root, [*words, "--format", "docx", "--output", str(place)]) == 0
    cells = [c.text for t in Document(str(place)).tables for row in t.rows for c in row.cells]
    assert any("<script>alert(1)</script>" in text for text in cells)
    assert not any(re.search("[\x00-\x08\x0b\x1b\u202e\ufffe]", text) for text in cells)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# one", "\\# one"),
        ("1. one", "1\\. one"),
        ("a|b", "a\\|b"),
        ("<i>&", "&lt;i&gt;&amp;"),
        ("www.evil.example a@b.example", "www&#46;evil.example a&#64;b.example"),
        ("HTTP://x", "HTTP&#58;//x"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_signs_are_escaped(text, written):
    assert escape(text) == written


# the Word document


def test_the_word_document_reads_back_whole(case_folder, ids, tmp_path, capsys):
    place = tmp_path / "report.docx"
    options = ("--exposure", ids["HX-0533"], "--format", "docx", "--output", str(place))
    written = []
    for _ in range(2):
        code, _, err = asked(capsys, case_folder, "far-52.204-23", *options)
        assert code == 0, err
        written.append(place.read_bytes())
    data, again = written
    assert data == again, "the same report gives the same bytes"
    document = Document(io.BytesIO(data))
    text = "\n".join(one.text for one in document.paragraphs)
    assert docx.BANNER in text
    assert "☐ fill in: what is known at once about limiting the risk" in text
    table = document.tables[2]
    assert [cell.text for cell in table.rows[0].cells] == ["Field", "Value", "Evidence"]
    rows = {row.cells[0].text: row for row in table.rows}
    assert "GATEWARD 4.2 MAIL GATEWAY" in rows["Description of the item"].cells[1].text
    mitigation = rows["Mitigation done or recommended"].cells[1]
    assert mitigation.text.startswith("[to be filled in")
    assert docx.BLANK in mitigation._tc.xml
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        footer = b"".join(packed.read(n) for n in packed.namelist() if "footer" in n)
    assert b"NUMPAGES" in footer
    section = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    assert sum(docx.WIDTHS) <= width


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_leaves_its_cell(text):
    row = f"| a | b |\n|---|---|\n| {escape(text)} | end |\n"
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(row)
    assert set(re.findall(r"</?(\w+)", html)) == {"table", "thead", "tbody", "tr", "th", "td"}
    assert html.count("<td") == 2 and "<td>end</td>" in html
