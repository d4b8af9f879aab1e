"""Every dossier over the whole corpus of real files, pinned: a new identifier that fires is seen."""

from collections import Counter

import pytest

from oust.case import Case


@pytest.fixture(scope="module")
def found(corpus, tmp_path_factory):
    with Case.open(tmp_path_factory.mktemp("corpus") / "case", create=True) as case:
        case.add([corpus])
        return case.findings()


def test_exposures(found):
    """One real installation (a GLPI inventory of 2017) and one Go module within podman, in two SBOMs."""
    assert {(one.vendor, one.tier, one.asset.kind, one.asset.name) for one in found.exposures} == {
        ("kaspersky", "direct", "host", "pc-arg-23"),
        (
            "bytedance",
            "embedded",
            "product",
            "Red Hat Enterprise Linux 9.4 Extended Update Support",
        ),
    }


def test_mentions(found):
    """Award rows that name a vendor only add the clause that forbids it; others tell exclusions."""
    counted = Counter((one.vendor, one.reason.split(":")[0]) for one in found.mentions)
    assert counted == {
        ("bytedance", "prohibition clause"): 58,
        ("kaspersky", "prohibition clause"): 2,
        ("dji", "weak value alone"): 4,  # "phantom", the word
        # exclusions by law, in the sample of SAM.gov's API
        ("dahua", "listed, certified or excluded"): 2,
        ("hikvision", "listed, certified or excluded"): 1,
        ("huawei", "listed, certified or excluded"): 2,
        ("hytera", "listed, certified or excluded"): 1,
        ("zte", "listed, certified or excluded"): 2,
    }


def test_kaspersky_in_the_awards_is_two_clauses(found):
    told = [
        m
        for m in found.mentions
        if m.vendor == "kaspersky" and "fpds_vehicles" in m.evidence.source
    ]
    assert [m.reason for m in told] == ["prohibition clause"] * 2


def test_what_is_not_read_is_what_has_no_reader_or_is_broken(found):
    """Everything in sbom/ and inventory/ is read, or says what is wrong with it."""
    by_folder = {}
    for source in found.sources:
        if source.status != "read":
            folder = source.path.split("/")[1]
            by_folder.setdefault(folder, Counter())[source.status] += 1
    assert by_folder == {
        "README.md": {"no reader": 1},
        "articles": {"no reader": 2},  # prose
        "contracts": {"no reader": 14, "not read": 1},  # PDF, source code, reference tables
        "names": {"no reader": 3},  # pairs of names
        # bomFormat of another name (8), broken JSON (3 partly), two files that are no SBOM
        "sbom": {"no reader": 2, "not read": 8, "partly read": 4},
        # logs of the sensor itself (4), extracts without hosts (3), a log without entries
        "zeek": {"no reader": 7, "empty": 1},
    }


def test_counts_reconcile(found):
    for source in found.sources:
        assert source.records == sum(source.counts.values()), source.path
        assert source.message or source.status == "read", source.path
