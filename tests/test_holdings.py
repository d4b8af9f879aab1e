"""From stated links and dossier facts to holdings: keys, shares, dates, evidence, gaps."""

import csv
import json
import math

import pytest

from oust.case import Case
from oust.data import load_dossiers
from oust.judge import Ownership
from oust.party_keys import PartyKeys

DOSSIER = """\
id: quay
vendor: Quaylight
word: [quaylight]
names:
  - {value: Quaylight AO, kind: legal, source: [x], tier: primary}
  - {value: "Quaylight, Inc.", kind: legal, source: [x], tier: primary}
  - {value: Quaylight Optics GmbH, kind: group, source: [x], tier: primary}
ownership:
  - {party: "Quaylight, Inc.", relation: owns, share: "100", source: [x], tier: primary}
  - {party: Harbour Trust, relation: owned-by, share: "38.88", since: 2014, source: [x], tier: primary}
  - {party: Rumour Fund, relation: controlled-by, source: [x], tier: press, strength: weak, why: unnamed}
  - {party: New Quay Ltd, relation: succeeded-by, source: [x], tier: primary}
"""


@pytest.fixture
def given(tmp_path):
    """Evidence folder and dossier file."""
    (tmp_path / "evidence").mkdir()
    (tmp_path / "quay.yaml").write_text(DOSSIER)
    return tmp_path


def linked(given):
    with Case.open(given / "case", create=True, dossier_files=[given / "quay.yaml"]) as case:
        case.add([given / "evidence"])
        case.findings(["quay"])
        assert case._linked is not None
        return case._linked


def relations(given, *rows, name="owners.csv"):
    head = "from,relation,to,since,until,share,from_id,to_id"
    (given / "evidence" / name).write_text("\n".join((head, *rows)) + "\n")


def told(linked, *parties):
    """Holdings between these keys, short."""
    return [
        (one.owner, one.basis, one.owned, one.low, one.high, one.since, one.until)
        for one in linked.holdings
        if one.owner in parties or one.owned in parties
    ]


def test_each_statement_keeps_its_own_share_and_dates(given):
    relations(
        given,
        "Acme Ltd,owns,Beta Tools,2010,2014-12-31,25-50 %,,",
        "Acme,owns,Beta Tools,2015-01-01,,> 50,,",
        "Acme Limited,controls,Beta Tools,,,,,",
    )
    found = told(linked(given), "party:acme")
    assert found == [
        ("party:acme", "controls", "party:beta tools", 0.0, 1.0, "", ""),
        ("party:acme", "owns", "party:beta tools", 0.25, 0.5, "2010", "2014-12-31"),
        ("party:acme", "owns", "party:beta tools", math.nextafter(0.5, 1), 1.0, "2015-01-01", ""),
    ]


def test_facts_of_the_dossier_are_holdings_with_their_place_and_weak_ones_are_not(given):
    found = linked(given)
    mine = {
        (one.owner, one.basis, one.owned, one.low): one
        for one in found.holdings
        if "vendor:quay" in (one.owner, one.owned)
    }
    assert set(mine) == {
        ("vendor:quay", "owns", "party:quaylight (inc)", 1.0),
        ("party:harbour trust", "owns", "vendor:quay", 0.3888),
        ("party:new quay (ltd)", "succeeds", "vendor:quay", 0.0),
        ("vendor:quay", "affiliate", "party:quaylight optics (gmbh)", 0.0),
    }
    (fact,) = mine["party:harbour trust", "owns", "vendor:quay", 0.3888].evidence
    assert (fact.source, fact.locator) == ("dossier quay", "/ownership/1")
    assert not any("rumour" in one.owner for one in found.holdings)


def test_one_company_of_the_group_is_told_from_another(given):
    relations(
        given,
        '"Quaylight, Inc.",owns,Delta Yard,,,60,,',
        "Quaylight AO,owns,Gamma Works,,,60,,",
        "Quaylight Optics GmbH,consolidates,Zeta Dock,,,,,",
    )
    found = linked(given)
    assert {(one.owner, one.owned) for one in found.holdings if one.low == 0.6} == {
        ("party:quaylight (inc)", "party:delta yard"),
        ("vendor:quay", "party:gamma works"),
    }
    assert ("party:quaylight optics (gmbh)", "consolidates", "party:zeta dock") in {
        (one.owner, one.basis, one.owned) for one in found.holdings
    }
    day = Ownership.of(found.holdings).on("2024-01-01")
    held = day.majority_owned(found.keys("Quaylight"), found.keys("Delta Yard"))
    assert held.answer == "yes" and (held.low, held.high) == (0.6, 0.6)
    assert day.majority_owned(found.keys("Quaylight Inc"), "party:gamma works").answer == "no"


def test_unknown_owners_are_never_one_another(given):
    statements = [
        {
            **{"statementId": f"s{n}", "recordId": f"e{n}", "recordType": "entity"},
            "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": f"Company {n}"},
        }
        for n in (1, 2)
    ]
    statements += [
        {
            **{"statementId": f"r{n}", "recordId": f"r{n}", "recordType": "relationship"},
            "recordDetails": {
                "subject": f"e{n}",
                "interestedParty": {"reason": "informationUnknownToPublisher"},
                "interests": [{"type": "shareholding", "share": {"exact": 80}}],
            },
        }
        for n in (1, 2)
    ]
    (given / "evidence" / "b.json").write_text(json.dumps(statements))
    found = linked(given)
    owners = [one.owner for one in found.holdings if one.low == 0.8]
    assert len(set(owners)) == 2 and all(one.startswith("party:unknown ") for one in owners)
    assert {found.graph.nodes[one].name for one in owners} == {
        "unknown party (informationUnknownToPublisher)"
    }
    day = Ownership.of(found.holdings).on("2024-01-01")
    assert day.common_control("party:company 1", "party:company 2").answer == "no"


def test_a_seat_on_a_board_is_no_control_and_voting_rights_are(given):
    interests = [{"type": "boardMember"}, {"type": "votingRights", "share": {"exact": 55}}]
    statements = [
        {"statementId": "s", "recordId": n, "recordType": "entity", "recordDetails": {"name": n}}
        for n in ("Acme", "Beta")
    ]
    for number, interest in enumerate(interests):
        details = {"subject": "Beta", "interestedParty": "Acme", "interests": [interest]}
        one = {"statementId": f"r{number}", "recordId": f"r{number}"}
        statements.append({**one, "recordType": "relationship", "recordDetails": details})
    (given / "evidence" / "b.json").write_text(json.dumps(statements))
    assert told(linked(given), "party:acme") == [
        ("party:acme", "controls", "party:beta", 0.55, 0.55, "", "")
    ]


CHILD, PARENT, TOP = "5299000CHILD00000012", "5299000PARENT0000034", "5299000TOP0000000056"


def level1(place, rows, filler=9_000):
    """A level 1 file that is searched instead of kept whole."""
    head = ["LEI", "Entity.LegalName", "Entity.LegalAddress.Country"]
    head += ["Entity.SuccessorEntity.1.SuccessorLEI", "Entity.LegalAddress.FirstAddressLine"]
    with place.open("w", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow(head)
        for n in range(filler):
            out.writerow([f"7777{n:016}", f"Nobody's {n} Company", "XX", "", "Street " * 14])
        out.writerows(rows)


def level2(place, *pairs):
    names = [f"Relationship.{one}" for one in ("StartNode.NodeID", "EndNode.NodeID")]
    names += ["Relationship.RelationshipType", "Relationship.RelationshipStatus"]
    lines = [",".join(names)]
    lines += [f"{child},{parent},{kind},ACTIVE" for child, parent, kind in pairs]
    place.write_text("\n".join(lines) + "\n")


def test_a_vendor_met_in_level_1_leads_by_level_2_to_names_of_its_group(given):
    folder = given / "evidence"
    level1(
        folder / "lei2.csv",
        [
            [PARENT, "Quaylight AO", "RU", "", ""],
            [CHILD, "Lantern Works Ltd", "GB", "", ""],
            [TOP, "Old Harbour Group plc", "GB", "", ""],
        ],
    )
    level2(
        folder / "rr.csv",
        (CHILD, PARENT, "IS_DIRECTLY_CONSOLIDATED_BY"),
        (PARENT, TOP, "IS_ULTIMATELY_CONSOLIDATED_BY"),
        ("8888000000000000LONE", "8888000000000000PAIR", "IS_DIRECTLY_CONSOLIDATED_BY"),
    )
    head = "award_id,vendor,agency,description,date\n"
    rows = "".join(f"A-{n},Plain Goods {n},Field Office,paper,2020-01-01\n" for n in range(40_000))
    wanted = "A-X,Lantern Works Limited,Field Office,lamps,2020-02-02\n"
    (folder / "awards.csv").write_text(head + rows + wanted)
    with Case.open(given / "case", create=True, dossier_files=[given / "quay.yaml"]) as case:
        added = case.add([folder])
        findings = case.findings(["quay"])
        linked = case._linked
    assert {(one.tier, one.asset.name) for one in findings.exposures} == {("owned", "A-X")}
    assert "consolidates in its accounts" in findings.exposures[0].why
    assert added.again  # the bulk files were searched once more, for what the first search told
    source = next(one for one in findings.sources if one.path.endswith("lei2.csv"))
    assert source.records == 9_003 and source.quarantined == 0
    assert told(linked, "party:lantern works") == [
        ("vendor:quay", "consolidates", "party:lantern works", 0.0, 1.0, "", "")
    ]
    names = {linked.graph.nodes[one.owner].name for one in linked.holdings if one.owned == "vendor:quay"
             and one.basis == "consolidates"}  # fmt: skip
    assert names == {"Old Harbour Group plc"}
    lone = [one for one in linked.holdings if one.owned == "party:lei:8888000000000000LONE"]
    assert [one.owner for one in lone] == ["party:lei:8888000000000000PAIR"]


def test_a_percentage_beside_a_consolidation_is_no_share(given):
    names = ["StartNode.NodeID", "EndNode.NodeID", "RelationshipType"]
    names += ["Quantifiers.1.MeasurementMethod", "Quantifiers.1.QuantifierAmount"]
    row = [CHILD, PARENT, "IS_DIRECTLY_CONSOLIDATED_BY", "ACCOUNTING_CONSOLIDATION", "75.00"]
    text = ",".join(f"Relationship.{name}" for name in names) + "\n" + ",".join(row) + "\n"
    (given / "evidence" / "rr.csv").write_text(text)
    ((owner, basis, owned, low, high, *_),) = told(linked(given), f"party:lei:{CHILD}")
    assert (owner, basis) == (f"party:lei:{PARENT}", "consolidates")
    assert (low, high) == (0.0, 1.0) and owned == f"party:lei:{CHILD}"


def test_a_branch_is_wholly_its_company(given):
    level2(given / "evidence" / "rr.csv", (CHILD, PARENT, "IS_INTERNATIONAL_BRANCH_OF"))
    ((_, basis, _, low, high, *_),) = told(linked(given), f"party:lei:{CHILD}")
    assert (basis, low, high) == ("owns", 1.0, 1.0)


def test_companies_of_one_number_but_two_leis_are_two(given):
    relations(
        given,
        f"Acme SA,owns,First Mill,,,60,lei:{CHILD}; reg:12345678,",
        f"Bold SA,owns,Second Mill,,,60,lei:{TOP}; reg:12345678,",
    )
    owners = {one.owner for one in linked(given).holdings if one.low == 0.6}
    assert len(owners) == 2


@pytest.mark.parametrize("name", ["a.csv", "more.csv", "z.csv"])
def test_an_alias_means_the_same_party_whichever_name_a_rule_gives(given, name):
    relations(given, f"Кайлайн,owns,First Mill,,,60,lei:{TOP},", "Kailine,owns,Second Mill,,,70,,")
    (given / "evidence" / name).write_text(
        f"from,relation,to,share,from_id\nKailine,owns,Third Mill,80,lei:{TOP}\n"
    )
    found = linked(given)
    owners = {one.owner for one in found.holdings if one.low in (0.6, 0.7, 0.8)}
    assert owners == {found.keys("Kailine")} == {found.keys("Кайлайн")}


def test_keys_of_the_bundled_dossiers_tell_the_us_company_from_the_moscow_one():
    keys = PartyKeys(load_dossiers())
    assert keys("AO Kaspersky Lab") == keys("Kaspersky") == "vendor:kaspersky"
    assert keys("Kaspersky Lab, Inc.") == keys("Kaspersky Lab Inc") != "vendor:kaspersky"
    assert keys("Kaspersky Labs Limited") not in ("vendor:kaspersky", keys("Kaspersky Lab, Inc."))
    assert keys("KGSS") == keys("Threatpost Inc")
    assert keys("CETHIK Group") == keys("China Electronics Technology HIK Group Co Ltd")
    assert keys("Some Other Ltd") == keys("Some Other GmbH") == "party:some other"
    assert keys(keys("Kaspersky Lab, Inc.")) == keys("Kaspersky Lab, Inc.")
