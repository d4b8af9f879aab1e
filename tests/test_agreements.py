"""Access agreements: registers read whole, and what vetting says of each."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.access import URGENCY, Vetted, Vetting
from oust.agreements import contractors
from oust.agreements.dates import before
from oust.case import Case
from oust.commands import root
from oust.data import load_profile, load_rules
from oust.errors import OustError
from oust.formats import FORMATS, pick
from oust.formats.agreement_rows import FIELDS, fields, key
from oust.formats.agreements import AgreementsCsv, AgreementsYaml
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Quarantine, Record, Said
from oust.report import agreements as report

ROOT = Path(__file__).parents[1]
EXPORTS = ROOT / "examples/agency-2017/exports"
PAGE = (ROOT / "docs/agreements.md").read_text("utf-8")
OURS = (AgreementsCsv(), AgreementsYaml())


def read(fmt, data: bytes) -> list[Said]:
    return list(fmt.read(Opened("input", data), NoNeedles()))


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


# the register


@pytest.mark.parametrize(
    ("fence", "name"), [("yaml", "agreements-yaml"), ("csv", "agreements-csv")]
)
def test_the_examples_of_the_page_are_read_whole(fence, name):
    (block,) = re.findall(rf"```{fence}\n(.*?)```", PAGE, re.DOTALL)
    opened = Opened("x", block.encode())
    fmt = pick(opened.head, FORMATS)
    assert fmt is not None and fmt.name == name
    said = list(fmt.read(opened, NoNeedles()))
    assert not [one for one in said if isinstance(one, Quarantine)]
    found = [one for one in said if isinstance(one, Record) and one.kind == "agreement"]
    assert [one.name for one in found] == ["SA-14", "SA-23"]
    assert found[0].seller == "Orrin Services" and "uei:ORFICTION123" in found[0].ids


def test_every_field_is_on_the_page():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (table,) = re.findall(r"(?s)\| field \|.*?\n\n", PAGE)
    named = set(fields(re.findall(r"(\w+):", block) + re.findall(r"`(\w+)`", table)).values())
    assert named == set(FIELDS)


def test_no_two_fields_share_a_header():
    spelt = [(key(s), name) for name, given in FIELDS.items() for s in given.split(", ")]
    owners: dict[str, set[str]] = {}
    for one, name in spelt:
        owners.setdefault(one, set()).add(name)
    assert {one: names for one, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "header",
    [
        "Vendor,Description,Amount,Date",
        "contractor,contract number,description,obligated amount,start date,end date",
        "host,name,version,publisher,install date",
        "from,relation,to,since,until",
        "Computer name,Application,Version,Vendor,Owner",
        "system,owner,contact,data classification",
    ],
)
def test_other_tables_are_not_claimed(header):
    data = f"{header}\n{',x' * header.count(',')}\n".encode()
    assert AgreementsCsv().claims(Opened("x.csv", data).head) == 0


WORD = (
    st.text("abAB é'-", min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda t: t.strip("-' ") and t.casefold() not in ("na", "no", "none", "nil"))
)
ROW = st.fixed_dictionaries(
    {
        "id": WORD,
        "party": WORD,
        "systems": WORD,
        "granted_by": WORD,
        "clauses": st.sampled_from(["", "none", "52.204-23", "52.204-23; 52.204-25", "n/a"]),
        "since": st.sampled_from(["", "2018", "2018-07", "2018-07-16"]),
        "vetted_on": st.sampled_from(["", "2017-01-02", "soon"]),
        "prime": st.sampled_from(["", "Prime Works"]),
    }
)


@given(st.lists(ROW, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_csv_and_yaml_say_the_same_and_lose_no_row(rows):
    told = read(AgreementsCsv(), as_csv(rows))
    listed = yaml.safe_dump({"agreements": rows}, allow_unicode=True).encode()
    bare = [
        [msgspec.structs.replace(one, locator="") for one in said]
        for said in (told, read(AgreementsYaml(), listed))
    ]
    assert bare[0] == bare[1]
    found = [one for one in told if isinstance(one, Record) and one.kind == "agreement"]
    assert [one.name for one in found] == [" ".join(row["id"].split()) for row in rows]
    soon = sum(row["vetted_on"] == "soon" for row in rows)
    assert sum(isinstance(one, Quarantine) for one in told) == soon
    for one, row in zip(found, rows, strict=True):
        said = json.loads(one.extra).get("clauses", "")
        assert said == ("" if row["clauses"] == "n/a" else row["clauses"])


GOLDEN = [path.read_bytes() for path in sorted(ROOT.glob("tests/formats/agreements-*/*/input.*"))]


@given(st.sampled_from(GOLDEN), st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_is_told_never_raised(data, draw):
    raw = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 6))):
        at = draw.draw(st.integers(0, len(raw) - 1))
        raw[at : at + draw.draw(st.integers(0, 9))] = draw.draw(st.binary(max_size=4))
        raw = raw or bytearray(b"x")
    for fmt in OURS:
        opened = Opened("x", bytes(raw))
        assert 0 <= fmt.claims(opened.head) <= 100
        try:
            for one in fmt.read(opened, NoNeedles()):
                msgspec.json.encode(one).decode("utf-8", "surrogatepass")
        except Unreadable as error:
            assert str(error)


def test_bombs_are_refused():
    deep = b"agreements:\n - party: " + b"[" * 500
    many = b"a: &a [x]\nagreements: [" + b"*a," * 5000 + b"]"
    for data in (deep, many):
        with pytest.raises(Unreadable):
            read(AgreementsYaml(), data)


# dates


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("2017", "2018-01-01", True),
        ("2018", "2018-01-01", None),
        ("2018-07-15", "2018-07-16", True),
        ("2018-07-16", "2018-07-16", False),
        ("2019", "2018-12", False),
        ("", "2018", None),
    ],
)
def test_dates_compare_as_far_as_they_go(first, second, answer):
    assert before(first, second) is answer


# vetting


HEADER = "id,party,granted_by,systems,hosts,contract,clauses,federal,since,until,access_removed,"
HEADER += (
    "vetted,vetted_by,vetted_on,vetting_expires,ground,attestation,prime,subcontractors,contact"
)
NAMES = HEADER.split(",")


def vetted(folder: Path, day: str, *rows: dict[str, str], **more: str) -> Vetting:
    """Vet a register of these rows beside the files in `more`, by the example's vendor."""
    evidence = folder / "evidence"
    evidence.mkdir()
    whole = [dict.fromkeys(NAMES, "") | row for row in rows]
    (evidence / "register.csv").write_bytes(as_csv(whole))
    for name, text in more.items():
        (evidence / f"{name}.csv").write_text(text)
    with Case.open(folder / "case", create=True) as case:
        case.add([evidence])
        return case.vet(day, ["kaspersky"])


def only(found: Vetting, ident: str = "A-1") -> Vetted:
    (one,) = [one for one in found.agreements if one.agreement.id == ident]
    return one


def concerns(one: Vetted) -> list[str]:
    return [point.concern for point in one.points]


def says(one: Vetted, concern: str) -> str:
    return " | ".join(point.says for point in one.points if point.concern == concern)


SOUND = {
    **{"id": "A-1", "party": "Orrin Services", "granted_by": "Harbor Board"},
    **{"systems": "Harbor Mail", "hosts": "gw-1", "contract": "HX-1", "contact": "D. Moor"},
    **{"clauses": "52.204-23; 52.204-25", "since": "2019-09-01", "until": "2021-08-31"},
    **{"vetted_by": "M. Pell", "vetted_on": "2019-08-01", "vetting_expires": "2020-08-01"},
    **{"ground": "site visit", "attestation": "letter of 2019-08-02"},
}
INVENTORY = (
    "Computer name,Application,Version,Publisher,Last seen\n"
    "or-9,Kaspersky Endpoint Security 10 for Windows,10.3,AO Kaspersky Lab,2020-02-03\n"
    "gw-1,Firefox,70,Mozilla,2022-02-03\n"
)
RUNS = "from,relation,to\nor-9,operated-by,{}\n"
SUBAWARDS = (
    "prime_award_piid,prime_awardee_name,prime_awardee_uei,prime_award_awarding_agency_name,"
    "subaward_number,subaward_amount,subaward_action_date,subawardee_name,subaward_description\n"
    "HX-1,ORRIN SERVICES LLC,ORFICTION123,Harbor Board,S-17,900,2019-10-01,{},DESK\n"
    "HX-9,ORRIN SERVICES LLC,ORFICTION123,Harbor Board,S-18,900,2019-10-01,MOOR LTD,DESK\n"
)


def test_a_sound_agreement_has_nothing_to_look_into(tmp_path):
    one = only(vetted(tmp_path, "2020-01-01", SOUND))
    assert concerns(one) == [] and one.missing == ()
    assert [known.says for known in one.known] == [
        "attestation: letter of 2019-08-02",
        "vetted on 2019-08-01 by M. Pell on site visit",
    ]


def test_a_party_that_uses_the_vendor_is_first(tmp_path):
    late = SOUND | {"id": "A-0", "party": "Moor Ltd", "vetting_expires": "2019-09-01"}
    found = vetted(tmp_path, "2020-06-01", late, SOUND, inventory=INVENTORY,
                   relations=RUNS.format("ORRIN SERVICES INC."))  # fmt: skip
    assert [one.agreement.id for one in found.agreements] == ["A-1", "A-0"]
    (point,) = only(found).points
    assert point.concern == "uses the vendor" and len(point.exposures) == 1
    assert "Kaspersky" in point.says and "host or-9" in point.says
    assert {one.source for one in point.evidence} == {"evidence/relations.csv"}
    assert only(found).ask[0].whom == "D. Moor"
    assert concerns(only(found, "A-0")) == ["vetting"]


def test_whoever_merely_sold_it_does_not_use_it(tmp_path):
    bought = "Order no,Order date,Supplier,Item description,Total,Department\n"
    bought += "P-1,2017-02-17,Orrin Services,Kaspersky Internet Security 3 devices,60,Harbor\n"
    one = only(vetted(tmp_path, "2020-01-01", SOUND, purchases=bought))
    assert concerns(one) == []
    assert "sold goods of Kaspersky: P-1" in [known.says for known in one.known]


def test_a_subcontractor_that_uses_the_vendor_stands_behind_its_prime(tmp_path):
    found = vetted(tmp_path, "2020-01-01", SOUND, inventory=INVENTORY,
                   relations=RUNS.format("Tide Staffing"),
                   subawards=SUBAWARDS.format("TIDE STAFFING INC"))  # fmt: skip
    one = only(found)
    assert concerns(one) == ["subcontractor uses the vendor", "subcontractor not listed"]
    told = says(one, "subcontractor uses the vendor")
    assert "Orrin Services → TIDE STAFFING INC (subaward S-17 under HX-1, 2019-10-01)" in told
    assert "MOOR" not in says(one, "subcontractor not listed")
    assert "1 subawards under other contracts were not followed" in [k.says for k in one.known]
    assert found.subawards == 2


def test_listed_subcontractors_are_followed_through_others_and_in_circles(tmp_path):
    rows = (
        SOUND | {"subcontractors": "Tide Staffing, Inc."},
        SOUND | {"id": "A-2", "party": "Tide Staffing", "subcontractors": "Quay Systems"},
        SOUND | {"id": "A-3", "party": "Quay Systems", "subcontractors": "Orrin Services"},
    )
    found = vetted(tmp_path, "2020-01-01", *rows, inventory=INVENTORY,
                   relations=RUNS.format("Quay Systems"),
                   subawards=SUBAWARDS.format("TIDE STAFFING"))  # fmt: skip
    assert concerns(only(found)) == ["subcontractor uses the vendor"]
    told = says(only(found), "subcontractor uses the vendor")
    assert told.startswith("Orrin Services → Tide Staffing, Inc. → Quay Systems (named in A-2)")
    assert concerns(only(found, "A-3")) == ["uses the vendor", "subcontractor not listed"]
    assert "MOOR LTD" in says(only(found, "A-3"), "subcontractor not listed")


def test_an_entry_that_names_its_prime_is_a_link_of_the_chain(tmp_path):
    sub = SOUND | {"id": "A-2", "party": "Tide Staffing", "prime": "Orrin Services"}
    found = vetted(tmp_path, "2020-01-01", SOUND, sub, inventory=INVENTORY,
                   relations=RUNS.format("Tide Staffing"))  # fmt: skip
    assert "A-2 names Orrin Services as prime" in says(only(found), "subcontractor uses the vendor")


def test_the_vendor_itself_with_access_outweighs_all(tmp_path):
    owns = "from,relation,to\nKaspersky Lab,owns,Ostrava Tools\n"
    rows = (
        SOUND,
        SOUND | {"id": "A-2", "party": "Ostrava Tools", "attestation": ""},
        SOUND | {"id": "A-3", "party": "Kaspersky Lab, Inc."},
    )
    found = vetted(tmp_path, "2020-01-01", *rows, relations=owns)
    for ident in ("A-2", "A-3"):
        assert concerns(only(found, ident))[0] == "the vendor has access"
    assert concerns(only(found)) == []
    with Case.open(tmp_path / "case") as case:
        reached = {(e.tier, e.asset.kind, e.asset.name) for e in case.findings().exposures}
    assert ("direct", "agreement", "A-3") in reached
    assert ("owned", "agreement", "A-2") in reached and ("owned", "host", "gw-1") in reached
    assert not [one for one in reached if one[2] == "A-1"]


def test_words_of_an_agreement_are_no_exposure(tmp_path):
    row = SOUND | {"id": "Kaspersky removal", "party": "Orrin Services"}
    vetted(tmp_path, "2020-01-01", row)
    with Case.open(tmp_path / "case") as case:
        found = case.findings(["kaspersky"])
    assert not found.exposures
    assert any("words of an access agreement" in one.reason for one in found.mentions)


def test_goods_do_not_take_access_along(tmp_path):
    resells = "from,relation,to\nOrrin Services,resells,Kaspersky Lab\n"
    vetted(tmp_path, "2020-01-01", SOUND, relations=resells)
    with Case.open(tmp_path / "case") as case:
        assert not case.findings(["kaspersky"]).exposures


@pytest.mark.parametrize("name", ["inventory_2022-02-03", "inventory"])
def test_an_agreement_that_is_over_while_its_host_serves(tmp_path, name):
    row = SOUND | {"vetting_expires": ""}
    told = says(
        only(vetted(tmp_path, "2022-06-01", row, **{name: INVENTORY})), "access after the end"
    )
    assert told.startswith("ended 2021-08-31; that the access was taken away is not stated")
    dated = "gw-1 was in service on 2022-02-03 (software inventory)" in told
    assert dated == (name != "inventory")  # the day of a file may be that of its copying


def test_an_end_is_settled_by_removal_or_by_another_agreement(tmp_path):
    gone = SOUND | {"id": "A-2", "party": "Moor Ltd", "access_removed": "2021-09-01"}
    newer = SOUND | {"id": "A-3", "since": "2021-09-01", "until": "2023-01-01"}
    found = vetted(tmp_path, "2022-06-01", SOUND, gone, newer)
    assert "access after the end" not in concerns(only(found))
    assert any("A-3 of the same party" in known.says for known in only(found).known)
    assert only(found, "A-2").points == ()
    assert only(found, "A-2").known[0].says == "access was taken away 2021-09-01"


def test_what_begins_later_is_left_alone(tmp_path):
    one = only(vetted(tmp_path, "2018-01-01", SOUND | {"vetted_on": "", "vetted_by": ""}))
    assert one.points == () and one.known[0].says == "begins 2019-09-01, after 2018-01-01"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vetting_expires": "2019-12-31"}, "expired 2019-12-31, 1 day before 2020-01-01"),
        ({"vetting_expires": "2020-01-01"}, ""),
        ({"vetting_expires": "2020"}, ""),
        ({"vetting_expires": "2019"}, "expired 2019"),
        ({"vetted_on": "", "vetting_expires": ""}, "on what day is not stated"),
        ({"vetted_on": "", "vetted_by": "", "ground": "", "vetting_expires": ""},
         "no vetting is stated"),
        ({"vetted": "never", "vetted_on": ""}, "not vetted: the register says “never”"),
        ({"vetted_on": "2020-02-01"}, "vetted on 2020-02-01 only, after 2020-01-01"),
    ],
)  # fmt: skip
def test_vetting_as_of_a_day(tmp_path, change, told):
    one = only(vetted(tmp_path, "2020-01-01", SOUND | change))
    assert told in says(one, "vetting") and bool(told) == ("vetting" in concerns(one))


def test_access_before_vetting_and_blank_lines_are_told(tmp_path):
    bare = {"vetted_on": "2019-12-01", "vetting_expires": "", "ground": "", "contact": "",
            "until": "", "contract": "", "systems": "", "hosts": "", "federal": "yes"}  # fmt: skip
    one = only(vetted(tmp_path, "2020-01-01", SOUND | bare | {"hosts": "gw-1"}))
    assert any("before it was vetted" in known.says for known in one.known)
    assert set(one.missing) == {
        "until when its vetting holds", "on what ground it was vetted",
        "under which contract it stands", "until when it runs", "a contact",
    }  # fmt: skip


CLAUSES = [(rule, one) for rule in load_rules() for one in rule.clauses]


@pytest.mark.parametrize(("rule", "clause"), CLAUSES, ids=lambda one: getattr(one, "number", ""))
def test_a_clause_is_asked_for_from_its_day_on(tmp_path, rule, clause):
    day = clause.since
    eve = f"{day[:8]}{int(day[8:]) - 1:02}" if day[8:] != "01" else "2026-01-31"
    row = SOUND | {"clauses": "52.204-21", "until": "", "vetting_expires": ""}
    rows = (row | {"since": day}, row | {"id": "A-2", "since": eve}, row | {"id": "A-3", "since": ""},
            row | {"id": "A-4", "since": day[:7]})  # fmt: skip
    evidence = tmp_path / "register.csv"
    evidence.write_bytes(as_csv([dict.fromkeys(NAMES, "") | one for one in rows]))
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([evidence])
        found = case.vet("2026-11-22", tags=clause.obliges)
    assert f"{clause.number} ({clause.counts} from {clause.since})" in says(only(found), "clause")
    (point,) = [one for one in only(found).points if one.concern == "clause"]
    assert clause.citation in point.citation
    assert f"{clause.number} (" not in says(only(found, "A-2"), "clause")
    assert f"{clause.number} ({clause.since})" in " ".join(only(found, "A-2").missing)
    assert any("day of the agreement" in one for one in only(found, "A-3").missing)
    exact = " ".join(only(found, "A-4").missing)
    assert clause.number in exact if day[8:] != "01" else "exact day" in exact


def test_clauses_not_stated_are_not_none(tmp_path):
    rows = (
        SOUND | {"clauses": "", "federal": "yes"},
        SOUND | {"id": "A-2", "clauses": "none", "federal": "yes"},
        SOUND | {"id": "A-3", "clauses": ""},
        SOUND | {"id": "A-4", "clauses": "", "federal": "no"},
        SOUND | {"id": "A-5", "clauses": "52.240-91"},
    )
    found = vetted(tmp_path, "2020-01-01", *rows)
    assert says(only(found), "clause").startswith("which clauses it carries is not stated")
    assert says(only(found, "A-2"), "clause").endswith("it has none")
    assert says(only(found, "A-3"), "clause").startswith("if it stands under a US federal contract")
    assert "clause" not in concerns(only(found, "A-4")) + concerns(only(found, "A-5"))
    assert found.clauses == ("52.204-23", "52.204-25")


def test_award_data_tell_what_is_federal_and_which_clause_the_contract_names(tmp_path):
    awards = (EXPORTS / "purchases/awards-2016-2018.csv").read_text()
    row = SOUND | {"party": "Northline Resale", "contract": "HX-0377", "clauses": "none"}
    rows = (row, SOUND | {"id": "A-2", "contract": "HX-0601", "clauses": "none"})
    found = vetted(tmp_path, "2020-01-01", *rows, awards=awards)
    assert says(only(found), "clause").startswith("does not state what its date")
    known = [one.says for one in only(found).known]
    assert "a record of contract HX-0377 of 2018-08-06 names 52.204-23" in known
    held = [one.says for one in only(found, "A-2").known]
    assert "HX-0601, the contract named, is held by AZTECH INSTRUMENTS LLC" in held


def test_nobody_looked(tmp_path):
    found = vetted(tmp_path, "2020-01-01", SOUND | {"attestation": ""})
    assert concerns(only(found)) == ["nobody looked"]
    assert "no attestation" in says(only(found), "nobody looked")


def test_a_look_at_its_hosts_is_a_look(tmp_path):
    rows = (SOUND | {"attestation": ""},)
    found = vetted(tmp_path, "2020-01-01", *rows, inventory=INVENTORY,
                   relations="from,relation,to\ngw-1,operated-by,Orrin Services\n")  # fmt: skip
    assert concerns(only(found)) == []
    assert "runs gw-1; looked at by software inventory" in only(found).known[0].says


def test_parties_join_by_number_and_clashes_do_not(tmp_path):
    row = {"id": "A-1", "party": "Orrin Desk", "uei": "ORFICTION123", "systems": "Harbor Mail"}
    row |= {"contract": "HX-1", "vetted_on": "2019-08-01"}
    other = row | {"id": "A-2", "party": "Orrin Services", "uei": "ORFICTION999"}
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "register.csv").write_bytes(as_csv([row, other]))
    (evidence / "subawards.csv").write_text(SUBAWARDS.format("TIDE STAFFING"))
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([evidence])
        found = case.vet("2020-01-01")
    assert "subcontractor not listed" in concerns(only(found))
    assert "subcontractor not listed" not in concerns(only(found, "A-2"))
    pairs = {(one.first, one.second, one.ground) for one in found.possibly_same}
    assert ("Orrin Desk", "Orrin Services", "the same but for everyday words") not in pairs


def test_names_alike_are_offered_and_not_joined(tmp_path):
    found = vetted(tmp_path, "2020-01-01", SOUND, SOUND | {"id": "A-2", "party": "Brakwater Desk"},
                   inventory=INVENTORY, relations=RUNS.format("Orrin Group"))  # fmt: skip
    assert concerns(only(found)) == []
    pairs = {(one.first, one.second, one.ground) for one in found.possibly_same}
    assert pairs == {("Orrin Services", "Orrin Group", "the same but for everyday words")}


def test_subawards_are_found_in_bulk_files(tmp_path):
    head, first, second = SUBAWARDS.format("TIDE STAFFING").splitlines()
    filler = [f"ZZ-{n},FILLER {n} CORP,FILL{n:08},Board,F-{n},1,2019-01-01,OTHER {n},{'X' * 80}"
              for n in range(12_000)]  # fmt: skip
    text = "\n".join([head, *filler[:6000], first, second, *filler[6000:]]) + "\n"
    assert len(text) > 1024 * 1024
    found = vetted(tmp_path, "2020-01-01", SOUND, subawards=text)
    assert "TIDE STAFFING" in says(only(found), "subcontractor not listed")
    assert found.subawards == 2


def test_a_subaward_to_the_vendor_itself_is_told(tmp_path):
    text = SUBAWARDS.format("KASPERSKY LAB INC")
    found = vetted(tmp_path, "2020-01-01", SOUND, subawards=text)
    told = says(only(found), "subcontractor uses the vendor")
    assert told.startswith("Orrin Services → KASPERSKY LAB INC (subaward S-17 under HX-1")
    assert "the vendor itself" in told
    point = only(found).points[0]
    assert len(point.exposures) == 1
    assert point.strength == "name"


def test_a_subaward_does_not_make_its_recipient_the_holder_of_the_contract(tmp_path):
    rows = (
        SOUND | {"party": "Tide Staffing", "contract": "HX-1"},
        SOUND | {"id": "A-2", "party": "Somebody Else", "contract": "HX-1"},
        SOUND | {"id": "A-3"},
    )
    found = vetted(tmp_path, "2020-01-01", *rows, subawards=SUBAWARDS.format("TIDE STAFFING"))
    told = [one.says for one in only(found).known]
    assert "has subaward S-17 under HX-1, which ORRIN SERVICES LLC holds" in told
    told = [one.says for one in only(found, "A-2").known]
    assert "HX-1, the contract named, is held by ORRIN SERVICES LLC" in told
    assert not any("is held by" in one.says for one in only(found, "A-3").known)


def test_entries_that_disagree_stand_beside_each_other(tmp_path):
    other = SOUND | {"until": "2022-01-31", "vetted_on": "", "vetted": "no", "contract": ""}
    found = vetted(tmp_path, "2020-01-01", SOUND, other, SOUND | {"party": "Tide Staffing"})
    told = [
        next((known.says for known in one.known if "otherwise" in known.says), "")
        for one in sorted(found.agreements, key=lambda one: one.agreement.evidence.locator)
    ]
    assert told[0].startswith("another entry says otherwise: until 2022-01-31, vetted no (")
    assert told[1].startswith("another entry says otherwise: until 2021-08-31, vetted yes (")
    assert told[2] == ""


@pytest.mark.parametrize(
    ("profile", "tags"),
    [
        ("civilian-agency", {"us-contractor"}),
        ("dod", {"us-contractor", "us-dod-contractor"}),
        ("dod-contractor", {"us-contractor", "us-dod-contractor"}),
        ("au-agency", set()),
    ],
)
def test_clauses_follow_who_asks(profile, tags):
    assert contractors(load_profile(profile).tags) == tags


# what is shown


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "case"
    with Case.open(folder, create=True) as case:
        case.add([EXPORTS])
    return folder


def run(*words: str) -> str:
    return CliRunner().invoke(root, ["agreements", *words], catch_exceptions=False).output


def test_the_example_shows_what_the_page_shows(demo):
    shown = run("vet", str(demo), "--as-of", "2018-09-01")
    (block,) = re.findall(r"```\n\$ oust agreements vet --as-of 2018-09-01\n(.*?)```", PAGE, re.S)
    assert block in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert run("vet", str(demo), "--as-of", "2018-09-01") == shown
    assert all(name in run("list", str(demo)) for name in ("SA-14", "SA-19", "SA-23"))


def test_json_is_as_its_schema_says_and_stable(demo):
    schema = msgspec.json.decode((ROOT / "docs/agreements.schema.json").read_bytes())
    check = jsonschema.Draft202012Validator(schema)
    whole = run("vet", str(demo), "--as-of", "2018-09-01", "--format", "json")
    for text in (whole, run("list", str(demo), "--format", "json")):
        check.validate(json.loads(text))
    assert run("vet", str(demo), "--as-of", "2018-09-01", "--format", "json") == whole
    assert [one["id"] for one in json.loads(whole)["agreements"]] == ["SA-14", "SA-19", "SA-23"]
    assert json.loads(whole)["agreements"][2]["clauses"] is None
    enum = schema["$defs"]["point"]["properties"]["concern"]["enum"]
    assert tuple(enum) == URGENCY == tuple(report.CALLED)


def test_csv_has_a_row_a_point(demo, tmp_path):
    place = tmp_path / "vet.csv"
    run("vet", str(demo), "--as-of", "2018-09-01", "--format", "csv", "--output", str(place))
    with place.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["concern"] for row in rows][:2] == ["uses the vendor", "vetting"]
    listed = list(csv.DictReader(io.StringIO(run("list", str(demo), "--format", "csv"))))
    assert [row["agreement"] for row in listed] == ["SA-14", "SA-19", "SA-23"]


def test_hostile_text_steers_nothing(tmp_path):
    row = SOUND | {"id": "=cmd|'/c'!A1", "party": "\x1b[31mRed\u202e Ltd", "contact": "@SUM(1)"}
    found = vetted(tmp_path, "2022-01-01", row | {"vetted_on": "", "note": "x" * 5000})
    table = "\n".join(report.lines(found, {}))
    listed = "\n".join(report.register([one.agreement for one in found.agreements]))
    for shown in (table, listed):
        assert "\x1b" not in shown and "\u202e" not in shown
        assert max(map(len, shown.splitlines())) <= 100
    for line in csv.reader(io.StringIO(report.as_csv(found))):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_bad_input_is_told(demo, tmp_path):
    with pytest.raises(OustError, match="no case in"):
        run("vet", str(tmp_path / "none"))
    with pytest.raises(OustError, match="no date"):
        run("vet", str(demo), "--as-of", "soon")
    with pytest.raises(OustError, match="no dossier for vendor"):
        run("vet", str(demo), "--vendor", "nobody")
    with pytest.raises(OustError):
        run("vet", str(demo), "--as", "nobody")


def test_a_case_without_register_says_so(tmp_path):
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([EXPORTS / "purchases/card-2017.csv"])
    for word in ("vet", "list"):
        assert "No register of access agreements was read" in run(word, str(tmp_path / "case"))
