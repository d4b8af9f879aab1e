"""A case from end to end: the bundled example, adding again, changing, new dossiers, interruption."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import get_args

import jsonschema
import msgspec
import pytest

from oust.case import Case
from oust.errors import Exit, OustError
from oust.model import Method
from oust.report import csv_report, json_report, table

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "examples" / "agency-2017" / "exports"


def traced(evidence, folder, **options):
    with Case.open(folder, create=True, **options) as case:
        case.add(
            [Path(one) for one in evidence] if isinstance(evidence, list) else [Path(evidence)]
        )
        return case.findings()


def stable(findings):
    found = json_report.as_object(findings)
    del found["generated"]
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return traced(EXPORTS, tmp_path_factory.mktemp("demo") / "case")


def assets(findings):
    return {(one.tier, one.asset.kind, one.asset.name) for one in findings.exposures}


def test_the_example_shows_every_tier_it_promises(demo):
    assert assets(demo) == {
        ("direct", "award", "HX-0412"),
        ("direct", "host", "fo-021"),
        ("resold", "award", "HX-0977"),
        ("resold", "award", "PC-3315"),
        ("embedded", "award", "HX-0533"),
        ("embedded", "host", "gw-03"),
        ("contractor", "host", "gw-07"),
        ("contractor", "host", "lt-118"),
        ("owned", "award", "HX-1188"),
    }
    assert {one.vendor for one in demo.exposures} == {"kaspersky"}


def test_the_example_has_a_path_of_five_hops_over_three_kinds_of_evidence(demo):
    (path,) = (one.paths[0] for one in demo.exposures if one.asset.name == "gw-07")
    assert len(path.hops) == 5
    endings = {e.source.rsplit(".", 1)[-1] for hop in path.hops for e in hop.evidence}
    folders = {e.source.split("/")[1] for hop in path.hops for e in hop.evidence}
    assert folders == {"sboms", "inventory", "ownership"}
    assert endings == {"json", "csv"}
    assert path.quality == "complete"


def test_the_example_counts_no_distractor(demo):
    reasons = {mention.record: mention.reason for mention in demo.mentions}
    assert reasons["HX-0377"] == "prohibition clause"
    assert reasons["HX-1244"].startswith("removal")
    assert "Kaspersky connector for LogHarbor" in reasons
    assert not any("Aztech" in name or "gw-11" in name for _, _, name in assets(demo))


def test_the_example_says_what_it_could_not_read(demo):
    (unread,) = (source for source in demo.sources if source.status != "read")
    assert (unread.path, unread.status) == ("exports/mail.pst", "no reader")


def test_json_holds_to_its_published_schema(demo):
    schema = msgspec.json.decode((ROOT / "docs" / "trace.schema.json").read_bytes())
    shown = msgspec.json.decode(json_report.render(demo))
    jsonschema.validate(shown, schema)
    assert schema["$defs"]["method"]["enum"] == list(get_args(Method))
    looked = shown["looked"]
    assert looked["never"] == [one for one in get_args(Method) if one not in looked["methods"]]
    assert {"purchase records", "SBOM", "software inventory"} <= set(looked["methods"])
    assert 0 < looked["inventoried"] <= looked["hosts"]


def test_ids_are_pinned(demo):
    ids = {one.asset.name: one.id for one in demo.exposures}
    assert ids["gw-07"] == "kaspersky-714013b4b6df"
    assert ids["HX-0977"] == "kaspersky-7a768c21660d"


def test_the_table_fits_and_every_line_is_plain(demo):
    for line in table.render(demo, mentions=True):
        assert len(line) <= 100
        assert line.isprintable() or not line


def test_adding_the_same_evidence_again_changes_nothing(tmp_path, demo):
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([EXPORTS])
        first = stable(case.findings())
        again = case.add([EXPORTS])
        assert (again.new, again.changed, again.again) == (0, 0, 0)
        assert again.unchanged == again.files
        assert stable(case.findings()) == first == stable(demo)


def test_the_order_of_files_and_the_place_do_not_matter(tmp_path, demo):
    place = tmp_path / "elsewhere" / "exports"
    shutil.copytree(EXPORTS, place)
    files = sorted((path for path in place.rglob("*") if path.is_file()), reverse=True)
    with Case.open(tmp_path / "case", create=True) as case:
        for path in files:
            case.add([path])
        one_by_one = stable(case.findings())
    with Case.open(tmp_path / "other", create=True) as case:
        case.add([place])
        assert stable(case.findings()) == stable(demo)
    assert {(e["asset"]["name"], e["tier"]) for e in one_by_one["exposures"]} == {
        (e["asset"]["name"], e["tier"]) for e in stable(demo)["exposures"]
    }


def test_a_changed_file_supersedes_and_its_history_is_kept(tmp_path):
    place = tmp_path / "hosts.csv"
    head = "Computer name,Application,Version,Publisher\n"
    place.write_text(head + "a-1,Kaspersky Endpoint Security,10,AO Kaspersky Lab\n")
    folder = tmp_path / "case"
    assert assets(traced(place, folder)) == {("direct", "host", "a-1")}
    place.write_text(head + "b-2,Kaspersky Endpoint Security,10,AO Kaspersky Lab\n")
    with Case.open(folder) as case:
        assert case.add([place]).changed == 1
        assert assets(case.findings()) == {("direct", "host", "b-2")}
        assert len(case.store.sources(current=False)) == 2


def test_another_file_of_the_same_name_elsewhere_is_kept_apart(tmp_path):
    head = "Computer name,Application,Version,Publisher\n"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "hosts.csv").write_text(
            head + f"{name},Kaspersky Endpoint Security,10,AO Kaspersky Lab\n"
        )
        found = traced(tmp_path / name / "hosts.csv", tmp_path / "case")
    assert assets(found) == {("direct", "host", "one"), ("direct", "host", "two")}


def test_a_dossier_given_later_identifies_what_is_stored_and_scans_bulk_files_again(tmp_path):
    dossier = tmp_path / "zeppo.yaml"
    dossier.write_text(
        textwrap.dedent("""\
        id: zeppo
        vendor: Zeppotronic
        word: [zeppotronic]
        names:
          - value: Zeppotronic Ltd
            kind: legal
            source: [https://zeppotronic.example/imprint]
            tier: primary
        """)
    )
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "hosts.csv").write_text(
        "Computer name,Application,Version,Publisher\nh-9,Zeppotronic Agent,1,Zeppotronic Ltd\n"
    )
    (folder / "awards.csv").write_text(
        "award_id_piid,action_date,recipient_name,awarding_agency_name,transaction_description\n"
        + "".join(f"A-{n},2017-01-01,SOMEBODY,OFFICE,PENCILS\n" for n in range(50))
        + "A-Z,2017-01-01,SOMEBODY,OFFICE,ZEPPOTRONIC AGENT LICENSES RENEWAL\n"
    )
    case = tmp_path / "case"
    assert assets(traced(folder, case)) == set()
    with Case.open(case, dossier_files=[dossier]) as opened:
        again = opened.add([folder])
        assert (again.new, again.again) == (0, 1)
        assert assets(opened.findings()) == {("direct", "host", "h-9"), ("resold", "award", "A-Z")}


def test_csv_cells_are_no_formulas():
    for text in ("=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0"):
        assert csv_report.cell(text)[0] == "'"
    assert csv_report.cell("\t=1+1") == "\ufffd=1+1"
    assert csv_report.cell("a\x1b[31mb\u202e") == "a\ufffd[31mb\ufffd"


def test_a_case_in_use_is_told_and_nothing_is_harmed(tmp_path):
    folder = tmp_path / "case"
    with Case.open(folder, create=True):
        done = subprocess.run(
            [sys.executable, "-m", "oust", "trace", str(EXPORTS), "--case", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == Exit.BUSY
    assert "in use by another oust" in done.stderr


def test_no_case_is_told(tmp_path):
    with pytest.raises(OustError, match="no case in"):
        Case.open(tmp_path / "nothing")


def test_killed_at_any_moment_the_next_run_ends_the_same(tmp_path, demo):
    place = tmp_path / "exports"
    shutil.copytree(EXPORTS, place)
    for n in range(60):
        shutil.copy(EXPORTS / "sboms" / "gateward-4.2.spdx.json", place / f"zcopy-{n}.json")
    command = [sys.executable, "-m", "oust", "trace", str(place), "--case", str(tmp_path / "case")]
    for delay in (0.8, 1.4, 1.9, 2.4):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    killed = traced(place, tmp_path / "case")
    whole = traced(place, tmp_path / "whole")
    assert stable(killed) == stable(whole)
