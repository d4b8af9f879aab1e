"""`oust coverage`: every look is told, and what no look covers is a number or a name."""

import csv
import io
import json
import os
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from containers import ar, tarred
from oust.case import Case
from oust.columns import record_table
from oust.commands import root
from oust.coverage import PARTLY, SEES, able
from oust.coverage.absent import gaps
from oust.coverage.looks import place_of
from oust.coverage.unattributed import attribution
from oust.formats import FORMATS
from oust.model import Look, Looked, Method, Node, Record, Tier
from oust.report import coverage as report

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "examples" / "agency-2017" / "exports"
INVENTORY = "Computer name,Application,Version,Publisher\n"


def covered(evidence, place):
    with Case.open(place, create=True) as case:
        case.add([evidence])
        return case.coverage()


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return covered(EXPORTS, tmp_path_factory.mktemp("example") / "case")


def methods(found):
    return {one.method: 0 for one in found.looks} | {
        method: sum(one.method == method for one in found.looks)
        for method in {one.method for one in found.looks}
    }


def test_every_source_of_the_example_is_a_look(example):
    assert methods(example) == {
        "purchase records": 2,
        "SBOM": 2,
        "software inventory": 7,
        "ownership statements": 1,
    }
    hosts = {one.asset.name for one in example.looks if one.method == "software inventory"}
    assert {"gw-03", "gw-07", "lt-118", "fo-021"} <= hosts
    assert example.looked.never == ("files", "DNS log", "connection log", "address list")
    assert [source.path for source in example.unread] == ["exports/mail.pst"]
    assert example.missing == ()
    assert "HARBOR OPERATIONS" in example.buyers


def test_dates_say_whence_they_are(example):
    dated = {one.source.rsplit("/", 1)[-1]: (one.until, one.dated) for one in example.looks}
    assert dated["gateward-4.2.spdx.json"] == ("2016-09-05T12:00:00Z", "stated")
    assert dated["endpoints-2017-09.csv"] == ("2017-09", "file name")
    assert dated["relations.csv"][1] == "file date"


def test_the_date_of_a_file_is_that_of_the_look_and_survives_the_file(tmp_path):
    place = tmp_path / "hosts.csv"
    place.write_text(INVENTORY + "a-1,Notes,1,Somebody\n")
    os.utime(place, (1_500_000_000, 1_500_000_000))
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([place])
        place.unlink()
        (look,) = case.coverage().looks
    assert (look.until, look.dated) == ("2017-07-14", "file date")


def test_what_was_not_read_whole_is_partial_with_the_reason(tmp_path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "a", "version": "1"}]}  # fmt: skip
    (folder / "whole.json").write_text(json.dumps(whole))
    broken = whole | {"components": [*whole["components"], 7]}
    (folder / "broken.json").write_text(json.dumps(broken))
    (folder / "cut.json").write_text(json.dumps(whole)[:-10])
    (folder / "hosts.csv").write_text(INVENTORY + "a-1,Notes,1,Somebody\n")
    found = covered(folder, tmp_path / "case")
    by_name = {one.source.rsplit("/", 1)[-1]: one for one in found.looks}
    assert by_name["whole.json"].complete
    assert by_name["whole.json"].whole
    assert not by_name["broken.json"].complete
    assert "quarantined" in by_name["broken.json"].reasons[0]
    assert not by_name["broken.json"].whole
    assert by_name["cut.json"].reasons[0].startswith(("partly read", "not read"))
    assert by_name["hosts.csv"].whole
    assert by_name["hosts.csv"].reasons == (PARTLY["software-csv"],)
    assert found.looked.partial == 3


def test_hosts_met_and_never_inventoried_are_named(tmp_path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "hosts.csv").write_text(
        INVENTORY + "a-1.field.example,Notes,1,Somebody\nb-2,Notes,1,Somebody\n"
    )
    (folder / "query.log").write_text(
        "".join(
            f"2017-09-01T0{n}:00:01.000Z client @0x7f0 10.0.0.{n}#5353 (dnl-01.geo.kaspersky.com): "
            "query: dnl-01.geo.kaspersky.com IN A + (10.1.0.1)\n"
            for n in range(1, 4)
        )
    )
    (folder / "relations.csv").write_text(
        "from,relation,to,from_kind\na-1,operated-by,Orrin Services,host\n"
        "B-2,operated-by,Orrin Services,host\nc-3,operated-by,Orrin Services,host\n"
    )
    found = covered(folder, tmp_path / "case")
    missing = {one.host: one for one in found.missing}
    assert set(missing) == {"10.0.0.1", "10.0.0.2", "10.0.0.3", "a-1", "c-3"}
    assert missing["10.0.0.1"].met_in == ("evidence/query.log",)
    assert (found.looked.hosts, found.looked.inventoried) == (7, 2)
    assert missing["a-1"].like == "a-1.field.example"
    assert missing["c-3"].like == ""


def log(method, since, until):
    return Look(asset=Node("network", since), method=method, scope="", since=since, until=until)


def test_times_between_logs_are_gaps():
    looks = [
        log("DNS log", "2017-09-12T13:00:00", "2017-09-12T14:00:00"),
        log("DNS log", "2017-09-12T10:00:00", "2017-09-12T11:00:00"),
        log("DNS log", "2017-09-12T11:00:00", "2017-09-12T11:30:00"),
        log("DNS log", "2017-09-12T23:00:00", "2017-09-12T24:00:00"),
        log("DNS log", "2017-09-13T00:00:00", "2017-09-13T01:00:00"),
        log("connection log", "2017-09-12T13:00:00", "2017-09-12T14:00:00"),
        log("connection log", "", "2017-09-20"),
    ]
    assert [(one.method, one.since, one.until) for one in gaps(looks)] == [
        ("DNS log", "2017-09-12T11:30:00", "2017-09-12T13:00:00"),
        ("DNS log", "2017-09-12T14:00:00", "2017-09-12T23:00:00"),
    ]


def test_rotated_logs_say_when_by_their_names(tmp_path):
    folder = tmp_path / "2017-09-12"
    folder.mkdir()
    head = "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tquery\n"
    for name in ("dns.10:00:00-11:00:00.log", "dns.23:00:00-00:00:00.log"):
        (folder / name).write_text(head + "1505210400.0\tC1\t10.0.0.1\texample.org\n")
    found = covered(folder, tmp_path / "case")
    assert [(one.method, one.since, one.until, one.dated) for one in found.looks] == [
        ("DNS log", "2017-09-12T10:00:00", "2017-09-12T11:00:00", "file name"),
        ("DNS log", "2017-09-12T23:00:00", "2017-09-12T24:00:00", "file name"),
    ]
    assert [gap.since for gap in found.gaps] == ["2017-09-12T11:00:00"]


def source(sid, path, fmt="pe"):
    return {
        **{"sid": sid, "path": path, "location": path, "sha256": "", "format": fmt, "bytes": 1},
        **{"records": 1, "quarantined": 0, "status": "read", "message": "", "counts": "{}"},
        **{"collected": "", "bulk": False, "sought": "", "outer_path": path, "current": True},
        **{"run": 1, "gone_in": None, "filed": "2017-09-12"},
    }


FILES = [
    ("tree/a.exe", Record("file", "file", name="a", type="PE", ids=("signer:Acme Ltd",))),
    ("tree/b.exe", Record("file", "file", name="b", type="PE", ids=("company:Acme",))),
    ("tree/c.so", Record("file", "file", name="c", type="ELF", ids=("sha256:00",))),
    ("tree/d.txt", Record("file", "file", name="d", type="data")),
    ("set.tgz!/e.msi!/F", Record("file", "file", name="e", type="PE",
                                 ids=("signer:Acme Ltd", "company:Acme"))),
    ("set.tgz!/g", Record("file", "file", name="g", type="ELF", ids=("deb:harbor",))),
]  # fmt: skip


def test_executables_that_nobody_signed_are_counted_by_place(tmp_path):
    with Case.open(tmp_path / "case", create=True) as case:
        sids = list(range(1, len(FILES) + 1))
        records = [record for _, record in FILES]
        case.store.add_records(record_table(sids, [0] * len(sids), records), 1)
        rows = [source(sid, path) for sid, (path, _) in zip(sids, FILES, strict=True)]
        case.store.add_sources(rows)
        found = {one.place: one for one in attribution(case.store)}
        looks = case.coverage().looks
    tree, packed = found["tree"], found["set.tgz"]
    assert (tree.executables, tree.signer, tree.company, tree.package, tree.none) == (3, 1, 1, 0, 1)
    assert (packed.executables, packed.signer, packed.company) == (2, 1, 1)
    assert (packed.package, packed.none) == (1, 0)
    assert {(one.asset.kind, one.asset.name) for one in looks} == {
        ("folder", "tree"),
        ("archive", "set.tgz"),
    }


def test_place_of_a_source():
    assert place_of("exports/bin/a.exe") == "exports"
    assert place_of("exports/x.tgz!/b.msi!/F") == "exports/x.tgz"


def test_every_method_says_what_it_sees():
    assert set(SEES) == set(get_args(Method)) == set(report.METHODS)
    tiers = {tier for sees in SEES.values() for tier in sees.tiers}
    assert tiers == set(get_args(Tier))
    assert able("software inventory", "host", "embedded")
    assert not able("purchase records", "host", "direct")
    assert not able("SBOM", "product", "service")
    page = (ROOT / "docs/coverage.md").read_text("utf-8")
    for method, sees in SEES.items():
        assert f"| {method} |" in page
        assert " ".join(sees.cannot.split()) in " ".join(page.split())


def test_formats_that_show_a_part_only_exist():
    assert set(PARTLY) <= {fmt.name for fmt in FORMATS}


def test_the_short_form_is_two_lines_at_most():
    text = report.short(Looked(never=get_args(Method)[1:], hosts=12_345, inventoried=678))
    assert len(text) < 2 * 98 + 60
    assert "Inventoried: 678 of 12,345 hosts that evidence names." in text
    assert "“Nothing found” covers only what was read" in report.short(Looked())


def test_a_vendor_that_a_method_cannot_meet_is_told(tmp_path):
    (tmp_path / "hosts.csv").write_text(INVENTORY + "a-1,Notes,1,Somebody\n")
    place = str(tmp_path / "case")
    covered(tmp_path / "hosts.csv", tmp_path / "case")
    out = run("coverage", place, "--vendor", "kaspersky", "--vendor", "hytera")
    assert all(len(line) <= 100 for line in out.splitlines())
    assert "What each method has to look for: Kaspersky" in out
    hytera = out.partition("look for: Hytera")[2]
    assert "it can find nothing of this vendor" in hytera or " of them weak" in hytera


def run(*arguments):
    done = CliRunner().invoke(root, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_prints_each_form(tmp_path):
    place = str(tmp_path / "case")
    covered(EXPORTS, tmp_path / "case")
    out = run("coverage", place)
    assert all(len(line) <= 100 for line in out.splitlines())
    assert "Methods never used: files on disk, DNS logs, connection logs, address lists." in out
    rows = list(csv.DictReader(io.StringIO(run("coverage", place, "--format", "csv"))))
    assert len(rows) == 12
    found = json.loads(run("coverage", place, "--format", "json"))
    assert len(found["looks"]) == 12
    assert found["looked"]["hosts"] == found["looked"]["inventoried"]
    assert {one["path"] for one in found["unread"]} == {"exports/mail.pst"}


def test_trace_ends_with_what_was_covered(tmp_path):
    out = run("trace", str(EXPORTS), "--case", str(tmp_path / "case"))
    assert "Inventoried: 6 of 6 hosts that evidence names. Not looked at: files on disk," in out


def test_a_package_is_no_inventory_of_a_host(tmp_path):
    """A Debian package's control file has the form of dpkg's list of what is installed."""
    control = (
        b"Package: acme-gate\nVersion: 1.2-1\nArchitecture: all\nMaintainer: A <a@b.example>\n"
    )
    (tmp_path / "evidence").mkdir()
    inside = {"debian-binary": b"2.0\n", "control.tar": tarred({"./control": control})}
    (tmp_path / "evidence" / "a.deb").write_bytes(ar(inside))
    found = covered(tmp_path / "evidence", tmp_path / "one")
    assert "software inventory" not in methods(found)
    (tmp_path / "evidence" / "status").write_bytes(
        control.replace(b"Version", b"Status: install ok installed\nVersion")
    )
    found = covered(tmp_path / "evidence", tmp_path / "two")
    assert "software inventory" in methods(found)
