"""The gate: answers, exit codes, reasons, baselines, formats, and the hooks that call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_sarif.model import (
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif,
)

from oust.cli import run
from oust.commands import root
from oust.gated import GRAVEST
from oust.report.gate_sarif import _data, _property

ROOT = Path(__file__).parents[1]
DAY = "2026-11-22"
BOUGHT = "Kaspersky Endpoint Security, 25 seats"


def gate(capsys, *arguments, day=DAY):
    code = run(root, ["gate", "--as-of", day, *map(str, arguments)])
    return code, capsys.readouterr()


def answer(capsys, *arguments, day=DAY):
    code, shown = gate(capsys, "--format", "json", *arguments, day=day)
    return code, json.loads(shown.out)


@pytest.mark.parametrize(
    ("text", "word", "code"),
    [
        (BOUGHT, "prohibited", 1),
        ("KAPERSKY ANTI-VIRUS RENEWAL, 40 SEATS", "needs a look", 3),
        ("ZoneAlarm Extreme Security, 25 seats", "needs a look", 3),
        ("Check Point Harmony Endpoint, 100 seats", "needs a look", 3),
        ("Hikvision DS-2CD2042 or equal", "needs a look", 3),
        ("Migration: Kaspersky renewal", "needs a look", 3),
        ("Removal of Kaspersky from 60 workstations", "clear", 0),
        ("FAR 52.204-23 prohibition on Kaspersky products", "clear", 0),
        ("KANDJI DEVICE MANAGEMENT LICENSES", "clear", 0),
        ("Aztech router, 4 pieces", "clear", 0),
        ("Dell laptop, 20 units", "clear", 0),
    ],
)
def test_a_line_of_a_purchase(capsys, text, word, code):
    got, shown = answer(capsys, text, "--as", "civilian-agency")
    assert (got, shown["answer"]) == (code, word)


def test_before_the_statute_it_is_prohibited_from_a_date(capsys):
    code, shown = answer(capsys, BOUGHT, "--as", "dod", day="2018-03-01")
    assert (code, shown["answer"], shown["since"]) == (1, "prohibited-from", "2018-10-01")


def test_reasons_name_words_fact_rule_and_what_would_change_it(capsys):
    code, shown = gate(capsys, BOUGHT, "--as", "civilian-agency")
    assert code == 1
    for words in ("PROHIBITED", "text given line 1", "cyber.dhs.gov", "BOD 17-01", BOUGHT):
        assert words in shown.out
    assert "Not legal advice" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 100
    code, shown = gate(capsys, BOUGHT, "--as", "contractor")
    assert code == 3 and "--fact clause-in-contract=yes|no" in shown.out


def test_a_fact_that_was_missing_decides(capsys):
    asked = (BOUGHT, "--as", "contractor", "--fact")
    assert answer(capsys, *asked, "clause-in-contract=yes")[0] == 1


def test_without_a_profile_the_gravest_decides_and_it_says_for_whom(capsys):
    code, shown = answer(capsys, BOUGHT)
    words = {ruling["profile"]: ruling["word"] for ruling in shown["findings"][0]["rulings"]}
    assert code == 1 and words["dod"] == "prohibited" and words["us-person"] == "clear"
    assert "--as PROFILE" in gate(capsys, BOUGHT)[1].out


def test_mentions_are_told_with_their_reason(capsys):
    code, shown = answer(capsys, "Kandji licenses\nremoval of Kaspersky", "--as", "dod")
    assert code == 0 and not shown["findings"]
    reasons = [one["reason"] for one in shown["mentions"]]
    assert reasons == ["not evidence: holds the letters dji", "removal or replacement"]


def test_a_misspelt_path_is_no_text_of_a_purchase(capsys):
    for path in ("package-lokc.json", "exports/none", "no-such.csv"):
        code, shown = gate(capsys, path)
        assert code == 2 and "there is no file" in shown.err


def sbom(folder, *components):
    path = folder / "desk.cdx.json"
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.5",
             "metadata": {"component": {"type": "application", "name": "desk"}},
             "components": list(components)}  # fmt: skip
    path.write_text(json.dumps(whole, indent=1))
    return path


SDK = {
    "type": "library",
    "name": "scan sdk",
    "version": "8",
    "supplier": {"name": "AO Kaspersky Lab"},
}
PLAIN = {"type": "library", "name": "ropes", "version": "1", "purl": "pkg:npm/ropes@1"}


def test_an_sbom(capsys, tmp_path):
    code, shown = answer(capsys, sbom(tmp_path, PLAIN, SDK), "--as", "dod")
    (one,) = shown["findings"]
    assert code == 1 and one["tier"] == "embedded"
    assert one["places"][0]["evidence"]["locator"] == "#/components/1"
    text = (tmp_path / "desk.cdx.json").read_text().splitlines()
    assert "AO Kaspersky Lab" in text[one["places"][0]["line"] - 1]
    assert answer(capsys, sbom(tmp_path, PLAIN), "--as", "dod")[0] == 0


def test_the_first_and_the_last_of_many_components_are_seen(capsys, tmp_path):
    many = [{**PLAIN, "name": f"ropes-{n}", "purl": f"pkg:npm/ropes-{n}@1"} for n in range(900)]
    for place in (0, 450, 900):
        few = [*many[:place], SDK, *many[place:]]
        code, shown = answer(capsys, sbom(tmp_path, *few), "--as", "dod")
        found = [one["places"][0]["evidence"]["locator"] for one in shown["findings"]]
        assert (code, found) == (1, [f"#/components/{place}"])
        assert shown["looked_at"]["records"] >= 901


def test_a_purchase_list_a_lock_file_and_a_folder(capsys, tmp_path):
    (tmp_path / "buy.csv").write_text(
        "Order,Vendor,Description,Amount\n1,Pier Office Supply,Paper,3\n"
        "2,Pier Office Supply,Kaspersky Internet Security 3 devices,90\n"
    )
    code, shown = answer(capsys, tmp_path / "buy.csv", "--as", "dod")
    assert code == 1 and shown["findings"][0]["tier"] == "resold"
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "buy.csv").write_text((tmp_path / "buy.csv").read_text())
    (tmp_path / "buy.csv").unlink()
    (tmp_path / "go.sum").write_text(f"example.org/ropes v1.0.0 h1:{'A' * 43}=\n")
    code, shown = answer(capsys, tmp_path, "--as", "dod")
    assert code == 0 and shown["looked_at"]["passed_by"] == [
        "1 files of version control (.git and the like)"
    ]


def test_what_cannot_be_read_is_not_clear(capsys, tmp_path):
    path = sbom(tmp_path, PLAIN, PLAIN)
    path.write_text(path.read_text()[:-40])
    code, shown = answer(capsys, path, "--as", "dod")
    assert (code, shown["answer"]) == (3, "needs a look")
    assert shown["needs_a_look"] and "desk.cdx.json" in shown["needs_a_look"][0]


def test_standard_input_of_lines_and_of_a_file(monkeypatch, capsys, tmp_path):
    import io

    for data, code in (
        (b"Paper\nKaspersky Anti-Virus, 3 seats\n", 1),
        (sbom(tmp_path, SDK).read_bytes(), 1),
        (b"ropes==1.0\nhooks==2.0\n", 0),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert answer(capsys, "-", "--as", "dod")[0] == code


# baselines


def waivers(path, *entries):
    path.write_text(yaml.safe_dump({"waivers": list(entries)}))
    return path


def entry(shown, **more):
    return {
        "finding": shown["findings"][0]["id"],
        "by": "M. Pell",
        "why": "replaced in May, ticket 12",
        "until": "2027-05-31",
        "answer": "prohibited",
        **more,
    }


def test_a_waiver_counts_only_when_it_is_whole_and_not_expired(capsys, tmp_path):
    asked = (BOUGHT, "--as", "dod")
    _, shown = answer(capsys, *asked)
    for more, problem in (
        ({}, ""),
        ({"why": ""}, "it gives no reason"),
        ({"by": " "}, "it does not say by whom"),
        ({"until": ""}, "it has no end"),
        ({"until": "soon"}, "“soon” is no date until when"),
        ({"until": "2026-11-21"}, "it expired on 2026-11-21"),
        ({"until": "2028-01-01"}, "it runs for more than 365 days; --max-waiver allows more"),
        ({"finding": "kaspersky-0"}, "nothing was found that it names"),
        ({"answer": "needs a look"},
         "it waives “needs a look”, and the answer is graver now: “prohibited”"),
    ):  # fmt: skip
        path = waivers(tmp_path / "waivers.yaml", entry(shown, **more))
        code, got = answer(capsys, *asked, "--baseline", path)
        assert got["waivers"][0]["problem"] == problem
        assert code == (1 if problem else 0)
        assert bool(got["findings"][0]["waived"]) == (not problem)
        told = gate(capsys, *asked, "--baseline", path)[1].out
        assert ("does not count" in told) == bool(problem)


def test_a_longer_waiver_where_it_is_allowed(capsys, tmp_path):
    asked = (BOUGHT, "--as", "dod")
    path = waivers(tmp_path / "w.yaml", entry(answer(capsys, *asked)[1], until="2028-01-01"))
    assert answer(capsys, *asked, "--baseline", path, "--max-waiver", "500")[0] == 0


def test_a_written_baseline_waives_nothing_until_it_is_filled(capsys, tmp_path):
    path, asked = tmp_path / "waivers.yaml", (BOUGHT, "--as", "dod")
    assert gate(capsys, *asked, "--write-baseline", path)[0] == 1
    assert answer(capsys, *asked, "--baseline", path)[0] == 1
    (written,) = yaml.safe_load(path.read_text())["waivers"]
    waivers(path, {**written, "by": "M. Pell", "why": "ticket 12", "until": "2027-01-31"})
    assert answer(capsys, *asked, "--baseline", path)[0] == 0
    assert gate(capsys, *asked, "--write-baseline", path)[0] == 1
    assert yaml.safe_load(path.read_text())["waivers"][0]["why"] == "ticket 12"


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "waivers: 3",
        "waivers: [{by: x}]",
        "a: &a [*a]",
        "{",
        "waivers: [{finding: x, oh: 1}]",
    ],
)
def test_a_wrong_baseline_is_refused(capsys, tmp_path, text):
    path = tmp_path / "w.yaml"
    path.write_text(text)
    code, shown = gate(capsys, BOUGHT, "--baseline", path)
    assert code == 2 and "w.yaml" in shown.err


def test_a_finding_keeps_its_id_when_version_and_place_change(capsys, tmp_path):
    ids = set()
    for version, before in (("8", 0), ("9", 3)):
        path = sbom(tmp_path, *[PLAIN] * before, {**SDK, "version": version})
        ids.add(answer(capsys, path, "--as", "dod")[1]["findings"][0]["id"])
    assert len(ids) == 1


# formats


def test_sarif_holds_to_its_schema(capsys, tmp_path):
    path = sbom(tmp_path, PLAIN, SDK)
    base = waivers(tmp_path / "w.yaml", entry(answer(capsys, path, "--as", "dod")[1]))
    for more in ((), ("--baseline", base)):
        _, shown = gate(capsys, path, "--as", "dod", "--format", "sarif", *more)
        log = Sarif.model_validate_json(shown.out)
        (result,) = log.runs[0].results
        assert result.level.value == "error" and result.ruleId == "oust/prohibited"
        assert bool(result.suppressions) == bool(more)
        region = result.locations[0].physicalLocation.region
        assert region.startLine > 1


def test_the_schema_of_sarif_refuses_what_is_none():
    with pytest.raises(ValueError, match="validation"):
        Sarif.model_validate_json('{"version": "2.1.0", "runs": [{"tool": {}}]}')


def test_workflow_commands_are_escaped(capsys, tmp_path):
    folder = tmp_path / "a,b:c%d"
    folder.mkdir()
    path = sbom(folder, {**SDK, "name": "scan%0A::error::sdk\nnext"})
    _, shown = gate(capsys, path, "--as", "dod", "--format", "github")
    lines = shown.out.splitlines()
    assert len(lines) == 2 and lines[0].startswith("::error file=")
    assert "a%2Cb%3Ac%25d/desk.cdx.json,line=" in lines[0]
    assert "scan%250A::error::sdk" in lines[0]


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_no_text_begins_a_command_of_its_own(text):
    assert "\n" not in _data(text) and "\r" not in _data(text)
    assert not set(_property(text)) & set("\n\r:,")


def test_the_same_question_gives_the_same_answer(capsys, tmp_path):
    path = sbom(tmp_path, SDK, PLAIN)
    first = gate(capsys, path, "--format", "json")[1].out
    assert gate(capsys, path, "--format", "json")[1].out == first


def test_no_store_and_no_arrow_are_loaded(tmp_path):
    code = (
        "import sys; from oust.screen import Asked, screen; "
        f"screen([{str(sbom(tmp_path, SDK))!r}], Asked(day='{DAY}', profiles=['dod'])); "
        "print([m for m in ('duckdb', 'ibis', 'pandas', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_any_text_is_answered(text):
    from oust.screen import Asked, screen

    shown = screen([f"{text} seats"], Asked(day=DAY, profiles=["dod"], vendors=["kaspersky"]))
    assert shown.word in GRAVEST


# the hooks


def environment(folder, **more):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(folder), **more}


def step(name):
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    return next(one for one in steps if one["name"] == name)


@pytest.mark.parametrize(
    ("things", "look", "code", "word"),
    [
        ("bad.cdx.json", "fail", 1, "prohibited"),
        ("good.cdx.json", "fail", 0, "clear"),
        ("Kaspersky; $(touch stolen) `touch stolen`", "fail", 1, "prohibited"),
        ("KAPERSKY ANTI-VIRUS RENEWAL, 40 SEATS", "fail", 3, "needs a look"),
        ("good.cdx.json\nKAPERSKY ANTI-VIRUS RENEWAL", "warn", 0, "needs a look"),
    ],
)
def test_the_action_as_its_runner_calls_it(tmp_path, things, look, code, word):
    sbom(tmp_path, SDK).rename(tmp_path / "bad.cdx.json")
    sbom(tmp_path, PLAIN).rename(tmp_path / "good.cdx.json")
    one = step("Gate")
    script = tmp_path / "step.sh"
    script.write_text(one["run"])
    given_ = {"OUST_THINGS": things, "OUST_AS": "dod", "OUST_AS_OF": DAY, "OUST_BASELINE": "",
              "OUST_SARIF": "out.sarif", "OUST_NEEDS_A_LOOK": look}  # fmt: skip
    assert set(given_) == set(one["env"])
    output = tmp_path / "output"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=tmp_path,
        env=environment(tmp_path, GITHUB_OUTPUT=str(output), **given_),
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    assert output.read_text() == f"answer={word}\n"
    Sarif.model_validate_json((tmp_path / "out.sarif").read_text())
    assert not (tmp_path / "stolen").exists()


@pytest.mark.parametrize(("name", "code"), [("bad.cdx.json", 1), ("good.cdx.json", 0)])
def test_the_gitlab_job_as_its_runner_calls_it(tmp_path, name, code):
    sbom(tmp_path, SDK if code else PLAIN).rename(tmp_path / name)
    job = yaml.safe_load((ROOT / "ci/oust-gate.gitlab-ci.yml").read_text())["oust-gate"]
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    given_ = {**job["variables"], "OUST_THINGS": name, "OUST_AS": "dod"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment(tmp_path, CI="true", **given_),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert (tmp_path / "oust-gate.sarif").exists()


def test_the_hook_in_pre_commit(tmp_path):
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    local = {**hook, "language": "system", "args": ["--as", "dod", "--as-of", DAY]}
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]})
    )
    around = environment(tmp_path, PRE_COMMIT_HOME=str(tmp_path / "home"))
    sbom(repo, PLAIN)
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=repo, env=around, check=True)

    def checked():
        return subprocess.run([sys.executable, "-m", "pre_commit", "run", "--all-files"],
                              cwd=repo, env=around, capture_output=True, text=True)  # fmt: skip

    done = checked()
    assert done.returncode == 0 and "Passed" in done.stdout, done.stdout + done.stderr
    sbom(repo, PLAIN, SDK)
    subprocess.run(["git", "add", "."], cwd=repo, env=around, check=True)
    done = checked()
    assert done.returncode == 1 and "prohibited: component scan sdk 8" in done.stdout
