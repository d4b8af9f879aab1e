"""`oust judge` and `oust timeline` as they are called: what is asked, refused and shown."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import msgspec
import pytest

from oust.case import Case
from oust.cli import run
from oust.commands import root
from oust.data import load_dossiers, load_profiles, load_rules
from oust.judge import Judge
from oust.judge.timeline import stories
from oust.model import Verdict

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / "examples" / "agency-2017" / "exports"
CLAUSE = "us-far-52-204-23"

AWARDS = """\
Award ID,Recipient Name,Awarding Agency,Start Date,End Date,Award Amount,Description
A-1,HUAWEI TECHNOLOGIES USA INC,Interior,2019-02-01,2020-12-31,12000,SURVEILLANCE CAMERAS
A-2,BYTEDANCE INC.,Interior,2023-04-01,2026-01-01,8000,SUPPORT
A-3,SKY \u202e\x1b[31mPARTS LLC,Interior,2021-02,,8000,DJI MAVIC 3 DRONES
"""
HOSTS = """\
hostname,name,version,publisher,install_date
lap-1,TikTok,1.0,ByteDance Pte. Ltd.,2021-03-04
lap-2,CapCut,1.0,ByteDance Pte. Ltd.,2021-03-04
lap-3,Huawei audio driver,1.0,"Huawei Technologies Co., Ltd.",2021-03-04
"""
OWN_RULE = """
id: own-rule
name: House rule
kind: policy
jurisdiction: House
authority: Board
citations: [minute 1]
about: For tests.
obliged: everybody
bars: [{relation: named, name: Kaspersky Lab, vendor: kaspersky}]
stages: [{id: made, date: 2016-01-01, step: enacted, event: adopted, source: s}]
provisions:
  - {id: no, stage: made, text: use nothing, citation: minute 1, obliges: us-person,
     acts: [use], embedded_code: no, needs: [own-lab], source: s}
sources: [{id: s, url: file://minute, what: minute, tier: primary}]
trials:
  - {date: 2016-02-01, profile: us-person, vendor: kaspersky, expect: not known}
  - {date: 2016-02-01, profile: us-person, vendor: kaspersky, facts: {own-lab: yes},
     expect: prohibited}
"""


def made(folder: Path, evidence: Path) -> Path:
    with Case.open(folder, create=True) as case:
        case.add([evidence])
    return folder


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("agency") / "case", EXPORTS)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mixed")
    evidence = folder / "exports"
    evidence.mkdir()
    (evidence / "awards.csv").write_text(AWARDS, "utf-8")
    (evidence / "hosts.csv").write_text(HOSTS, "utf-8")
    return made(folder / "case", evidence)


def asked(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = run(root, [str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


def verdicts(
    capsys: pytest.CaptureFixture[str], case: Path, profile: str, day: str, *more: str
) -> dict[str, Verdict]:
    """Verdicts of the one rule asked about, by name of the asset."""
    words = ("judge", case, "--as", profile, "--as-of", day, "--format", "json", *more)
    code, out, err = asked(capsys, *words)
    assert code == 0, err
    (column,) = msgspec.json.decode(out)["profiles"]
    with Case.open(case) as opened:
        names = {one.id: one.asset.name for one in opened.findings().exposures}
    return {names[one["exposure"]]: msgspec.convert(one, Verdict) for one in column["verdicts"]}


@pytest.mark.parametrize("profile", ["civilian-agency", "contractor", ""])
def test_json_holds_to_its_published_schema(
    agency: Path, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ("--as", profile) if profile else ()
    code, out, _ = asked(
        capsys, "judge", agency, *who, "--as-of", "2017-07-12", "--format", "json",
        "--suppose", "us-sasc-fy2018-ndaa-kaspersky-dod-only",
    )  # fmt: skip
    schema = msgspec.json.decode((ROOT / "docs" / "judge.schema.json").read_bytes())
    jsonschema.validate(msgspec.json.decode(out), schema)
    assert code == 0


@pytest.mark.parametrize("more", [(), ("--as", "contractor"), ("--as", "dod", "--explain")])
@pytest.mark.parametrize("day", ["2017-09-20", "2023-12-01", "2026-11-22"])
def test_every_line_is_plain_and_fits(
    mixed: Path, day: str, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = asked(capsys, "judge", mixed, "--as-of", day, *more)
    assert code == 0
    for line in out.splitlines():
        assert len(line) <= 100, line
        assert line == line.rstrip()
        assert line.isprintable() or not line, line


def test_a_rule_on_named_products_asks_where_only_the_company_is_told(
    mixed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = ("--only", "us-no-tiktok-gov-devices")
    found = verdicts(capsys, mixed, "civilian-agency", "2023-07-03", *rule)
    words = {name: one.word for name, one in found.items() if name in ("lap-1", "lap-2", "A-2")}
    assert words == {"lap-1": "prohibited", "lap-2": "permitted", "A-2": "not known"}
    assert found["A-2"].missing == "is-listed-product"
    told = verdicts(
        capsys, mixed, "civilian-agency", "2023-07-03", *rule, "--fact", "is-listed-product=no"
    )
    assert told["A-2"].word == "permitted"


def test_a_laptop_driver_is_not_taken_for_telecommunications_equipment(
    mixed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = ("--only", "us-ndaa-fy2019-s889")
    found = verdicts(capsys, mixed, "contractor", "2023-12-01", *rule)
    assert (found["lap-3"].word, found["lap-3"].missing) == ("not known", "telecom-or-surveillance")


def test_a_bill_that_ended_is_no_longer_offered_for_supposing(
    agency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, before, _ = asked(capsys, "judge", agency, "--as", "dod", "--as-of", "2017-07-12")
    _, after, _ = asked(capsys, "judge", agency, "--as", "dod", "--as-of", "2018-10-02")
    assert "--suppose us-sasc-fy2018" in before
    assert "--suppose us-sasc-fy2018" not in after


def test_a_fact_for_one_rule_goes_before_one_for_all(
    agency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--only", CLAUSE, "--fact", "clause-in-contract=no")
    for more, word in (
        ((), "permitted"),
        (("--fact", f"{CLAUSE}/clause-in-contract=yes"), "prohibited"),
        (("--fact", "us-no-tiktok-gov-devices/clause-in-contract=yes"), "permitted"),
    ):
        found = verdicts(capsys, agency, "contractor", "2018-10-02", *words, *more)
        assert found["HX-0412"].word == word


def test_the_missing_clause_is_asked_for_by_rule(
    agency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = asked(capsys, "judge", agency, "--as", "contractor", "--as-of", "2018-10-02")
    assert f"--fact {CLAUSE}/clause-in-contract=yes|no" in " ".join(out.split())


def test_facts_of_an_own_rule_can_be_answered(
    agency: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own-rule.yaml").write_text(OWN_RULE, "utf-8")
    mine = ("--rule", str(tmp_path / "own-rule.yaml"), "--only", "own-rule")
    for more, word in (((), "not known"), (("--fact", "own-lab=yes"), "prohibited")):
        assert (
            verdicts(capsys, agency, "us-person", "2017-02-01", *mine, *more)["fo-021"].word == word
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "us-far-52-204-24"], "did you mean us-far-52-204-23?"),
        (["--suppose", "nothing-at-all"], "no rule “nothing-at-all”"),
        (["--suppose", "us-sasc-fy2018-ndaa-kaspersky-dod-only@plenary"], "no wording at a stage"),
        (["--suppose", "us-sasc-fy2018-ndaa-kaspersky-dod-only=soon"], "“soon” is no date"),
        (["--as-of", "2017-02-30"], "“2017-02-30” is no date"),
        (["--as", "civil-agency"], "did you mean"),
        (["--fact", "clause-in-contract=maybe"], "say yes or no"),
        (["--fact", "own-lab=yes"], "no rule asks for “own-lab”"),
        (["--fact", "us-far-52-204-24/clause-in-contract=yes"], "no rule “us-far-52-204-24”"),
        (["--fact", "KAS-9999:clause-in-contract=yes"], "no exposure KAS-9999"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(
    agency: Path, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = asked(capsys, "judge", agency, *words)
    assert (code, out) == (2, "")
    assert message in err


def test_a_case_without_exposures_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ex").mkdir()
    (tmp_path / "ex" / "hosts.csv").write_text("hostname,name\nlap-9,Editor\n", "utf-8")
    case = made(tmp_path / "case", tmp_path / "ex")
    for more in ((), ("--as", "dod")):
        code, out, _ = asked(capsys, "judge", case, *more)
        assert code == 0
        assert "there is nothing to judge" in out


def test_spans_tell_from_when_a_later_bar_runs() -> None:
    judge = Judge(load_rules(), load_profiles()["contractor"], load_dossiers())
    told = next(s for s in stories(judge, "kaspersky", judge.rules) if s.rule.id == CLAUSE)
    spans = [(s.since, s.until, s.word, s.ahead) for s in told.spans if s.kind == "bought"]
    assert spans == [
        ("2018-06-15", "2018-07-15", "not known", "2018-07-16"),
        ("2018-07-16", "", "not known", ""),
    ]


def test_the_timeline_says_of_what_it_speaks(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(capsys, "timeline", "kaspersky", "--as", "schedule-holder")
    assert code == 0
    assert "installed, embedded or bought: never barred for this profile" in out
    assert max(map(len, out.splitlines())) <= 100
