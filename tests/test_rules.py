"""Rules, profiles and facts: the strict reader, the checks, the loaders and `oust rules`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.cli import run
from oust.commands import root
from oust.data import (
    bundled_rules,
    check_rule,
    load_anchors,
    load_facts,
    load_profile,
    load_profiles,
    load_rule,
    load_rules,
    load_tags,
    rule_path,
)
from oust.data.profiles import ASSETS, check_profile, check_vocabulary
from oust.data.quick import read_quick
from oust.data.rule import (
    Bar,
    Clause,
    Conflict,
    Deadline,
    Exempted,
    Profile,
    Provision,
    Result,
    Rule,
    RuleSource,
    Stage,
    Trial,
)
from oust.data.rule_check import form_ids, read_rule
from oust.data.rule_trials import trial_places
from oust.data.strict import is_later
from oust.errors import OustError
from oust.judge.standing import standing
from oust.model import VerdictWord

PROJECT = Path(__file__).parents[1]
POLICY = PROJECT / "examples" / "policies" / "northlight-drones.yaml"

RIGHT = """\
id: acme
name: Acme rule
kind: statute
jurisdiction: US-federal
authority: Congress
citations: [Pub. L. 1-1]
about: bars Acme
obliged: agencies
bars:
  - relation: named
    name: Huawei
    vendor: huawei
    source: [law]
  - {relation: stake, threshold: '>=20', source: law}
stages:
  - id: bill
    date: 2017-06
    step: committee
    event: reported
    source: law
  - id: act
    date: 2017-12-12
    step: enacted
    event: signed
    source: [law]
provisions:
  - id: one
    stage: act
    text: use nothing
    citation: sec. 1
    obliges: [us-dod]
    acts: [use, buy]
    embedded_code: yes
    since: 2018-10-01
    until: 2027
    needs: ['not:used-in-performance']
    source: law
    exceptions:
      - text: old things
        acquired_before: 2018-01-01
        source: law
  - id: two
    stage: bill
    text: buy nothing
    citation: bill
    obliges: us-dod
    acts: buy
    embedded_code: no
    source: law
deadlines:
  - id: first
    duty: report
    obliges: us-contractor
    n: 3
    unit: business days
    anchor: identification
    contracts_from: 2018-07-16
    contracts_until: 2023-12-03
    source: law
  - id: yearly
    duty: report again
    obliges: us-contractor
    every_date: 03-31
    source: law
conflicts:
  - about: the day
    values: [one, two]
    source: law
sources:
  - id: law
    url: https://law.example/1
    what: the text
    tier: primary
trials:
  - date: 2019-01-01
    profile: dod
    vendor: huawei
    expect: prohibited
    since: 2018-06-01
    facts: {used-in-performance: no}
  - date: 2017-01-01
    profile: dod
    entity: Huawei
    asset: award
    expect: would-be-prohibited
    suppose: '@bill=2017-01-01'
  - date: 2017-01-01
    profile: dod
    vendor: zte
    expect: permitted
"""


def at(piece: str) -> int:
    """Line of the first line of the right rule that holds a text."""
    return next(n for n, line in enumerate(RIGHT.splitlines(), 1) if piece in line)


def swapped(old: str, new: str) -> str:
    assert old in RIGHT, old
    return RIGHT.replace(old, new, 1)


CASES: dict[str, tuple[str, int, str]] = {
    # what the types say
    "unknown key": (swapped("about:", "abuot:"), at("about:"), "did you mean about?"),
    "missing key": (swapped("authority: Congress\n", ""), 1, "authority is missing"),
    "bad kind": (swapped("statute", "statut"), at("kind:"), "did you mean statute?"),
    "bad force": (swapped("kind:", "force: strong\nkind:"), at("kind:"), "is no force"),
    "bad relation": (
        swapped("relation: stake", "relation: steak"),
        at("relation: stake"),
        "did you mean stake?",
    ),
    "bad act": (swapped("[use, buy]", "[use, by]"), at("[use, buy]"), "did you mean buy?"),
    "bad embedded": (
        swapped("embedded_code: yes", "embedded_code: true"),
        at("embedded_code"),
        "one of: yes, no, unknown, substantial",
    ),
    "bad step": (swapped("step: enacted", "step: enact"), at("enacted"), "did you mean enacted?"),
    "bad unit": (
        swapped("business days", "buisness days"),
        at("business days"),
        "did you mean business days?",
    ),
    "number of words": (swapped("n: 3", "n: three"), at("n: 3"), "must be a whole number"),
    "fraction": (swapped("n: 3", "n: 3.5"), at("n: 3"), "n must be a whole number, not '3.5'"),
    "huge number": (swapped("n: 3", f"n: 1{'0' * 50}"), at("n: 3"), "must be a whole number"),
    "text for a mapping": (
        swapped("facts: {used-in-performance: no}", "facts: no"),
        at("facts: {"),
        "facts must be a mapping",
    ),
    "a comma in braces": (
        swapped("source: law}", "note: it is, they say, so, source: law}"),
        at("relation: stake"),
        "put the text in quotes",
    ),
    "missing source": (
        swapped("    event: signed\n    source: [law]\n", "    event: signed\n"),
        at("id: act"),
        "source is missing (name ids of the rule's sources",
    ),
    "empty source": (swapped("source: [law]", "source:"), at("source: [law]"), "source is empty"),
    "a list": ("- id: acme\n", 1, "a rule must be a mapping"),
    "empty file": ("", 1, "docs/add-a-rule.md shows a whole one"),
    # id
    "bad id": (swapped("id: acme", "id: Acme 1"), 1, "the id 'Acme 1' cannot be used"),
    # stages
    "stage date": (swapped("2017-12-12", "2017-13-12"), at("2017-12-12"), "date is no date"),
    "stage order": (
        swapped("date: 2017-06", "date: 2018-06"),
        at("2017-12-12"),
        "the stage of 2017-12-12 stands after that of 2018-06 (put the stages in order",
    ),
    "stage twice": (
        swapped("id: bill", "id: act"),
        at("id: act"),
        f"the id 'act' stands in stages twice, first in line {at('id: bill')}",
    ),
    "no stages": (
        re.sub(r"(?s)stages:.*provisions:", "stages: []\nprovisions:", RIGHT),
        at("stages:"),
        "stages is empty",
    ),
    # provisions
    "unknown stage": (
        swapped("stage: act", "stage: acd"),
        at("stage: act"),
        "there is no stage 'acd' (did you mean act?)",
    ),
    "until before since": (
        swapped("until: 2027", "until: 2017"),
        at("since: 2018-10-01"),
        "since 2018-10-01 is later than until 2017",
    ),
    "unknown tag": (swapped("[us-dod]", "[us-dood]"), at("[us-dod]"), "did you mean us-dod?"),
    "nobody obliged": (swapped("[us-dod]", "[]"), at("[us-dod]"), "obliges is empty"),
    "obliged and spared": (
        swapped("[us-dod]\n", "[us-dod]\n    spares: us-dod\n"),
        at("[us-dod]") + 1,
        "'us-dod' stands in obliges and in spares",
    ),
    "no acts": (swapped("[use, buy]", "[]"), at("[use, buy]"), "acts is empty"),
    "act twice": (swapped("[use, buy]", "[use, use]"), at("[use, buy]"), "stands in acts twice"),
    "unknown fact": (
        swapped("not:used-in-performance", "not:used-in-performanc"),
        at("not:used"),
        "did you mean not:used-in-performance?",
    ),
    "no provisions": (
        re.sub(r"(?s)provisions:.*deadlines:", "deadlines:", RIGHT),
        1,
        "provisions is missing: nothing is barred",
    ),
    "nobody barred": (
        re.sub(r"(?s)bars:.*stages:", "stages:", RIGHT),
        at("- id: one") - 6,
        "nobody is barred: bars is missing",
    ),
    # bars
    "named without name": (
        swapped("    name: Huawei\n", ""),
        at("relation: named"),
        "name is missing: whom does the rule name?",
    ),
    "unknown vendor": (
        swapped("vendor: huawei", "vendor: huaweii"),
        at("vendor: huawei"),
        "'huaweii' is no bundled dossier (did you mean huawei?)",
    ),
    "vendor of another relation": (
        swapped("relation: stake,", "relation: stake, vendor: zte,"),
        at("relation: stake"),
        "vendor belongs to a named entity",
    ),
    "nothing to relate to": (
        swapped("relation: named", "relation: subsidiary"),
        at("relation: named"),
        "subsidiary relates to nobody",
    ),
    "unknown name in of": (
        swapped("relation: stake,", "relation: stake, of: Huawey,"),
        at("relation: stake"),
        "'Huawey' is not named here (did you mean Huawei?)",
    ),
    "named of another": (
        swapped("    name: Huawei\n", "    name: Huawei\n    of: Huawei\n"),
        at("name: Huawei") + 1,
        "a named entity relates to nobody",
    ),
    "a share over 100": (
        swapped(">=20", ">=120"),
        at(">=20"),
        "the threshold '>=120' is a share over 100 % (write at most '>=100')",
    ),
    "more than all": (swapped(">=20", ">100"), at(">=20"), "is a share over 100 %"),
    "share with sign": (swapped(">=20", "20 %"), at(">=20"), "write '>50' or '>=20'"),
    "negative share": (swapped(">=20", ">-1"), at(">=20"), "the threshold '>-1' cannot be read"),
    "stake without share": (
        swapped(", threshold: '>=20'", ""),
        at("relation: stake"),
        "a stake needs a threshold",
    ),
    "share of a named one": (
        swapped("    name: Huawei\n", "    name: Huawei\n    threshold: '>50'\n"),
        at("name: Huawei") + 1,
        "the relation named has no threshold",
    ),
    "country relation without country": (
        swapped("stake, threshold: '>=20'", "country-based"),
        at("relation: stake"),
        "countries is missing: country-based needs them",
    ),
    "countries elsewhere": (
        swapped("stake,", "stake, countries: CN,"),
        at("relation: stake"),
        "the relation stake takes no countries",
    ),
    "country by name": (
        swapped("stake, threshold: '>=20'", "country-based, countries: China"),
        at("relation: stake"),
        "'China' is no country",
    ),
    "bar dates": (
        swapped("stake,", "stake, since: 2020, until: 2019,"),
        at("relation: stake"),
        "since 2020 is later than until 2019",
    ),
    # exceptions and deadlines
    "exception's fact": (
        swapped("acquired_before: 2018-01-01", "fact: nonesuch"),
        at("acquired_before"),
        "'nonesuch' is no fact (see oust rules facts",
    ),
    "exception's date": (
        swapped("acquired_before: 2018-01-01", "acquired_before: early"),
        at("acquired_before"),
        "acquired_before is no date",
    ),
    "deadline without time": (
        swapped("    every_date: 03-31\n", ""),
        at("id: yearly"),
        "the deadline does not say when",
    ),
    "deadline without unit": (
        swapped("    unit: business days\n", ""),
        at("n: 3"),
        "unit missing: n and anchor alone give no day",
    ),
    "unknown anchor": (
        swapped("anchor: identification", "anchor: identifcation"),
        at("anchor:"),
        "did you mean identification?",
    ),
    "less than nothing": (swapped("n: 3", "n: -3"), at("n: 3"), "n is less than nothing"),
    "contracts": (
        swapped("contracts_until: 2023-12-03", "contracts_until: 2018-01-01"),
        at("contracts_until"),
        "contracts_until 2018-01-01 is before contracts_from 2018-07-16",
    ),
    "every without unit": (
        swapped("every_date: 03-31", "every_n: 30"),
        at("every_date"),
        "every_n and every_unit belong together",
    ),
    "no day of the year": (
        swapped("03-31", "02-30"),
        at("03-31"),
        "every_date is no day: '02-30'",
    ),
    "until no date": (
        swapped("every_date: 03-31", "every_date: 03-31\n    until: 2020-13"),
        at("every_date") + 1,
        "until is no date",
    ),
    "deadline twice": (
        swapped("id: yearly", "id: first"),
        at("id: yearly"),
        "the id 'first' stands in deadlines twice",
    ),
    # references
    "unknown rule": (
        swapped("obliged:", "see: [us-nothing]\nobliged:"),
        at("obliged:"),
        "'us-nothing' is no rule",
    ),
    "itself": (
        swapped("obliged:", "see: acme\nobliged:"),
        at("obliged:"),
        "the rule refers to itself",
    ),
    "unknown source": (
        swapped("source: [law]", "source: [lwa]"),
        at("source: [law]"),
        "'lwa' is no source (did you mean law?)",
    ),
    "source twice": (
        swapped("trials:", "  - {id: law, url: u, what: w, tier: press}\ntrials:"),
        at("trials:"),
        "the id 'law' stands in sources twice",
    ),
    "half a conflict": (
        swapped("[one, two]", "[one]"),
        at("[one, two]"),
        "a conflict has at least two",
    ),
    # force
    "advice that binds": (
        swapped("kind: statute", "kind: warning"),
        at("kind:"),
        "a rule of kind warning binds nobody (write force: advice)",
    ),
    "duty that bars": (
        swapped("kind:", "force: duty\nkind:"),
        at("bars:") + 2,
        "a rule with force duty bars no vendor, but has bars",
    ),
    # trials
    "never caught": (
        RIGHT.replace("expect: prohibited", "expect: exempt").replace(
            "would-be-prohibited", "exempt"
        ),
        at("trials:") + 1,
        "no trial is caught by the rule",
    ),
    "never free": (
        swapped("expect: permitted", "expect: prohibited"),
        at("trials:") + 1,
        "no trial goes free of the rule",
    ),
    "no trials": (
        re.sub(r"(?s)trials:.*", "trials: []\n", RIGHT),
        at("trials:"),
        "trials is empty",
    ),
    "trial's date": (
        swapped("date: 2019-01-01", "date: 2019-01"),
        at("2019-01-01"),
        "date is no day: '2019-01'",
    ),
    "trial's profile": (
        swapped("profile: dod", "profile: dood"),
        at("profile: dod"),
        "'dood' is no profile (did you mean dod?)",
    ),
    "trial's profile file": (
        swapped("profile: dod", "profile: own.yaml"),
        at("profile: dod"),
        "there is no file 'own.yaml'",
    ),
    "trial's verdict": (
        swapped("expect: prohibited", "expect: forbidden"),
        at("expect: prohibited"),
        "'forbidden' is no verdict",
    ),
    "advice of a law": (
        swapped("expect: prohibited", "expect: advised"),
        at("expect: prohibited"),
        "advised does not fit force: binding",
    ),
    "nobody's product": (
        swapped("    entity: Huawei\n", ""),
        at("date: 2017-01-01"),
        "the trial says of nobody's product",
    ),
    "vendor and entity": (
        swapped("    entity: Huawei\n", "    entity: Huawei\n    vendor: zte\n"),
        at("entity: Huawei"),
        "the trial has vendor and entity",
    ),
    "trial's asset": (
        swapped("asset: award", "asset: awrd"),
        at("entity: Huawei") + 1,
        "did you mean award?",
    ),
    "trial's fact": (
        swapped("{used-in-performance: no}", "{used-in-perf: no}"),
        at("facts: {"),
        "'used-in-perf' is no fact",
    ),
    "trial's answer": (
        swapped("{used-in-performance: no}", "{used-in-performance: maybe}"),
        at("facts: {"),
        "the answer to used-in-performance is 'maybe' (write yes or no)",
    ),
    "trial's stage": (
        swapped("@bill=", "@bil="),
        at("suppose:"),
        "there is no stage 'bil' (did you mean bill?)",
    ),
    "stage without a wording": (
        swapped("    stage: bill\n", "    stage: act\n"),
        at("suppose:"),
        "the stage 'bill' has no wording (it has no provisions",
    ),
    "trial's supposition": (
        swapped("'@bill=2017-01-01'", "bill"),
        at("suppose:"),
        "write '@STAGE' or '@STAGE=DATE'",
    ),
    "trial's supposed day": (
        swapped("@bill=2017-01-01", "@bill=soon"),
        at("suppose:"),
        "suppose has no day: 'soon'",
    ),
}
WARNS: dict[str, tuple[str, int, str]] = {
    "another file name": (swapped("id: acme", "id: other"), 1, "rename the file"),
    "a source never cited": (
        swapped("trials:", "  - {id: other, url: u, what: w, tier: press}\ntrials:"),
        at("trials:"),
        "the source 'other' is never cited",
    ),
    "a conference before a committee": (
        swapped(
            "stages:\n", "stages:\n  - {date: 2017-05, step: passed, event: both, source: law}\n"
        ),
        at("step: committee") + 1,
        "a stage with step committee follows one with step passed",
    ),
    "back after the end": (
        swapped(
            "provisions:\n",
            "  - {date: 2019, step: ended, event: over, source: law}\n"
            "  - {date: 2020, step: effective, event: back, source: law}\nprovisions:\n",
        ),
        at("provisions:") + 1,
        "an ended rule does not come back",
    ),
    "a law never made": (
        swapped("step: enacted", "step: floor"),
        at("stages:") + 1,
        "the rule never binds",
    ),
    "a bill that binds": (
        swapped("kind: statute", "kind: bill"),
        at("kind:"),
        "a bill has no stage with step enacted",
    ),
    "wording at an event": (
        swapped("    step: enacted\n", ""),
        at("stage: act") - 1,
        "its stage has step event",
    ),
    "an exception without a test": (
        swapped("        acquired_before: 2018-01-01\n", ""),
        at("text: old things"),
        "it is shown, but never applies",
    ),
    "granted but no waiver": (
        swapped("acquired_before: 2018-01-01", "acquired_before: 2018-01-01\n        by: NASA"),
        at("acquired_before") + 1,
        "add waiver: true",
    ),
    "due and counted": (
        swapped("    n: 3\n", "    due: 2020-01-01\n    n: 3\n"),
        at("n: 3") + 1,
        "the deadline has due and n",
    ),
    "no time given": (
        swapped("    n: 3\n    unit: business days\n", ""),
        at("anchor: identification") - 2,
        "an anchor but no time",
    ),
    "a vendor of one's own": (
        swapped("vendor: huawei\n    source", "vendor: initech\n    source"),
        at("vendor: huawei"),
        "give your own dossier with --dossier FILE",
    ),
}


def _check(text: str, tmp_path: Path) -> list[tuple[int, str, bool]]:
    path = tmp_path / "acme.yaml"
    path.write_text(text, "utf-8")
    return [(p.line, f"{p.message} ({p.hint})", p.warning) for p in check_rule(path)]


def test_the_rule_of_the_mistakes_is_right_without_them(tmp_path: Path) -> None:
    assert _check(RIGHT, tmp_path) == []
    rule = load_rule(tmp_path / "acme.yaml")
    assert rule.provisions[0].embedded_code == "yes"
    assert rule.provisions[0].source == ("law",)
    assert rule.stages[0].date == "2017-06"
    assert rule.deadlines[0].n == 3
    assert rule.deadlines[0].obliges == ("us-contractor",)
    assert rule.trials[0].facts == {"used-in-performance": "no"}


@pytest.mark.parametrize("case", CASES)
def test_mistakes_are_told_with_their_line(case: str, tmp_path: Path) -> None:
    text, line, message = CASES[case]
    told = [
        (at, said)
        for at, said, warning in _check(text, tmp_path)
        if not warning or "vendor" in case
    ]
    assert any(at == line and message in said for at, said in told), told
    if case != "unknown vendor":
        with pytest.raises(OustError, match=r"acme\.yaml:\d+:\d+: "):
            load_rule(tmp_path / "acme.yaml")


@pytest.mark.parametrize("case", WARNS)
def test_doubts_are_told_and_the_rule_loads(case: str, tmp_path: Path) -> None:
    text, line, message = WARNS[case]
    told = _check(text, tmp_path)
    assert any(at == line and message in said for at, said, _ in told), told
    assert all(warning for *_, warning in told), told
    assert load_rule(tmp_path / "acme.yaml").name == "Acme rule"


def test_a_bundled_rule_may_not_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What warns of a user's file is an error in the bundled set."""
    monkeypatch.setattr("oust.data.rule_check._RULES", tmp_path.resolve())
    for case in ("another file name", "a vendor of one's own"):
        text, line, message = WARNS[case]
        assert any(
            (at == line and message.split(" with ")[0] in said) or not warning
            for at, said, warning in _check(text, tmp_path)
        )
        assert any(not warning for *_, warning in _check(text, tmp_path))


def test_report_forms_are_held_against_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = tmp_path / "forms.yaml"
    forms.write_text("forms:\n  - {id: far-1, title: x}\n  - {id: far-2, title: y}\n")
    monkeypatch.setattr("oust.data.rule_check._FORMS", forms)
    assert form_ids(forms) == {"far-1", "far-2"}
    text = swapped("obliged:", "reports: [far-1, far-3]\nobliged:")
    told = _check(text.replace("    unit: bus", "    report: far-22\n    unit: bus"), tmp_path)
    assert [said.split(" (")[0] for _, said, _ in told] == [
        "'far-3' is no report form",
        "'far-22' is no report form",
    ]


def test_a_list_may_be_about_countries(tmp_path: Path) -> None:
    listed = swapped("stake, threshold: '>=20'", "listed, countries: CN")
    assert _check(listed, tmp_path) == []
    rule = load_rule(tmp_path / "acme.yaml")
    assert [bar.countries for bar in rule.bars if bar.relation == "listed"] == [("CN",)]


def test_rules_may_refer_to_each_other_when_given_together(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(swapped("obliged:", "see: second\nobliged:"))
    (tmp_path / "second.yaml").write_text(RIGHT.replace("id: acme", "id: second", 1))
    assert check_rule(tmp_path / "acme.yaml")[0].message == "'second' is no rule"
    both = [tmp_path / "acme.yaml", tmp_path / "second.yaml"]
    assert [rule.id for rule in load_rules([], both)] == ["acme", "second"]


@pytest.mark.parametrize("rule", bundled_rules())
def test_bundled_rules_have_no_problem_and_read_the_same_both_ways(rule: str) -> None:
    path = rule_path(rule)
    strict, problems = read_rule(path)
    assert problems == []
    assert read_quick(path, Rule) == strict


def test_the_quick_reading_of_the_right_rule_is_the_strict_one(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(RIGHT)
    assert read_quick(path, Rule) == load_rule(path)
    assert read_quick(POLICY, Rule) == read_rule(POLICY)[0]


def test_a_bundled_rule_that_somebody_broke_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oust.data.rules._RULES", tmp_path)
    (tmp_path / "broken.yaml").write_text(RIGHT.replace("name:", "nmae:", 1))
    with pytest.raises(OustError, match=r"broken\.yaml:2:1: unknown key 'nmae'"):
        load_rules(["broken"])


def test_extra_files_add_and_replace(tmp_path: Path) -> None:
    taken = bundled_rules()[0]
    (tmp_path / "acme.yaml").write_text(RIGHT)
    (tmp_path / "mine.yaml").write_text(RIGHT.replace("id: acme", f"id: {taken}", 1))
    loaded = load_rules([bundled_rules()[1]], [tmp_path / "acme.yaml", tmp_path / "mine.yaml"])
    assert {rule.id for rule in loaded} == {"acme", taken, bundled_rules()[1]}
    assert {rule.id: rule.name for rule in loaded}[taken] == "Acme rule"
    with pytest.raises(OustError, match="another file given has the id 'acme' too"):
        load_rules([], [tmp_path / "acme.yaml", tmp_path / "acme.yaml"])
    with pytest.raises(OustError) as error:
        load_rules(["us-ndaa-fy2018-s1643"])
    assert error.value.hint == "did you mean us-ndaa-fy2018-s1634?"


# profiles, tags, facts


def test_the_vocabulary_has_no_problem_and_reads_the_same_both_ways() -> None:
    assert check_vocabulary() == []
    assert {"civilian-agency", "dod", "contractor"} <= load_profiles().keys()
    assert {"us-dod", "us-contractor"} <= load_tags().keys()
    assert load_facts()["substantial-component"].question.endswith("?")
    assert load_anchors().keys().isdisjoint(load_facts())


PROFILE = "id: mine\nname: Mine\nabout: we\ntags: [us-person, own-lab]\nacts: {program: use}\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("us-person", "us-persn", 4, "'us-persn' is no tag (did you mean us-person?)"),
        ("program: use", "prgram: use", 5, "'prgram' is no kind of asset"),
        ("program: use", "program: use eat", 5, "'eat' is no act"),
        ("tags:", "tgas:", 4, "unknown key 'tgas' (did you mean tags?)"),
        ("own-lab", "us-person", 4, "'us-person' stands in tags twice"),
    ],
)
def test_mistakes_of_a_profile(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(PROFILE.replace(old, new))
    told = [(p.line, f"{p.message} ({p.hint})") for p in check_profile(path)]
    assert any(at == line and message in said for at, said in told), told
    with pytest.raises(OustError, match=r"mine\.yaml:\d"):
        load_profile(str(path))


def test_a_profile_is_found_by_id_or_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(PROFILE)
    assert load_profile("dod").tags == ("us-dod",)
    assert load_profile(str(path)).tags == ("us-person", "own-lab")
    assert load_profiles([path])["mine"].name == "Mine"
    with pytest.raises(OustError, match="there is no profile 'dodd'") as error:
        load_profile("dodd")
    assert error.value.hint.startswith("did you mean dod? profiles: civilian-agency, dod, ")
    with pytest.raises(OustError, match="cannot be read"):
        load_profile("nowhere.yaml")


# hostile files


_WORDS = st.sampled_from(
    [
        *("id", "kind", "stages", "provisions", "bars", "sources", "source", "trials", "date"),
        *("relation", "named", "threshold", ">50", "stage", "n", "anchor", "2017-01", "expect"),
        *("suppose", "@a=b", "facts", "deadlines", "force", "duty", "exceptions", "every_date"),
    ]
)
_ANY = st.recursive(
    _WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=25,
)
_QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _never_raises(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    problems = check_rule(path)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    try:
        rule = load_rule(path)
    except OustError:
        assert any(not problem.warning for problem in problems)
    else:
        assert all(problem.warning for problem in problems)
        assert len(trial_places(path)) == len(rule.trials)


@_QUICK
@given(_ANY)
def test_arbitrary_yaml(tmp_path: Path, value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    _never_raises(text.encode("utf-8", "surrogatepass"), tmp_path / "any.yaml")


@_QUICK
@given(st.data())
def test_damaged_rules(tmp_path: Path, data: st.DataObject) -> None:
    whole = RIGHT.encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    patch = data.draw(
        st.binary(max_size=10) | st.sampled_from([b"\t", b"- ", b"&a ", b"*a", b"[", b"{}", b"-1"])
    )
    _never_raises(whole[:start] + patch + whole[end:], tmp_path / "any.yaml")


@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_dates_known_in_part_are_only_later_where_that_is_sure(one, other, cut, cut_other):  # type: ignore[no-untyped-def]
    first, last = one.isoformat()[:cut], other.isoformat()[:cut_other]
    if is_later(first, last):
        assert one > other
    assert not (is_later(first, last) and is_later(last, first))


# the commands


def oust(*words: str) -> int:
    return run(root, ["rules", *words])


def test_check_tells_problems_and_failed_trials(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, tried = (tmp_path / f"{name}.yaml" for name in ("acme", "bad", "tried"))
    good.write_text(RIGHT)
    bad.write_text(swapped("stage: act", "stage: acd"))
    tried.write_text(
        swapped("id: acme", "id: tried").replace("expect: permitted", "expect: not known")
    )
    assert oust("check", str(good)) == 0
    assert capsys.readouterr().out == " 1 rule checked, 3 trials run, no problem\n"
    assert oust("check", str(bad), str(tried)) == 2
    out = capsys.readouterr().out
    line = at("stage: act")
    assert f"{bad}:{line}:12: there is no stage 'acd'\n    did you mean act?\n" in out
    line = at("vendor: zte") - 2
    assert f"{tried}:{line}:5: the trial expects not known, but the rule gives " in out
    assert " 2 rules checked, 3 trials run, 2 problems\n" in out


def test_bundled_rules_decide_their_own_trials_as_they_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = oust("check")
    out = capsys.readouterr().out
    assert code == 0, out
    assert f" {len(bundled_rules())} rules checked, " in out


def test_check_shows_no_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(swapped("stage: act", 'stage: "a\\e[31mct"'))
    assert oust("check", str(path)) == 2
    assert "\x1b" not in capsys.readouterr().out


def test_the_example_policy_is_right_and_its_trials_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert oust("check", str(POLICY)) == 0
    assert "5 trials run, no problem" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)  # the profile is found beside the rule, wherever one stands
    assert oust("check", str(POLICY)) == 0


def test_list_has_a_line_for_each_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert oust("list", "--as-of", "2018-01-01", "--rule", str(POLICY)) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 100 for line in out.splitlines())
    for rule in (*bundled_rules(), "northlight-drones"):
        assert len(re.findall(rf"(?m)^ {rule} ", out)) == 1
    row = next(line for line in out.splitlines() if " us-ndaa-fy2018-s1634 " in line)
    assert row.split()[1:4] == ["from", "2018-10-01", "yes"]
    assert "Kaspersky Lab" in row
    bod = next(line for line in out.splitlines() if " us-dhs-bod-17-01 " in line)
    assert bod.split()[1:4] == ["since", "2017-09-13", "no"]
    row = next(line for line in out.splitlines() if " northlight-drones " in line)
    assert row.split()[1:3] == ["not", "yet"]


def test_list_by_vendor_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert oust("list", "--vendor", "hytera", "--as-of", "2026-01-01", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["as_of"] == "2026-01-01"
    found = {rule["id"]: rule for rule in told["rules"]}
    assert "us-ndaa-fy2018-s1634" not in found
    law = found["us-ndaa-fy2019-s889"]
    assert law["stands"] == "since" and law["embedded_code"] == ["substantial"]
    assert "hytera" in law["vendors"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["list", "--vendor", "hyterra"], "there is no dossier 'hyterra'"),
        (["list", "--as-of", "2017-02-30"], "“2017-02-30” is no date"),
        (["show", "us-dhs-bod-17"], "there is no rule 'us-dhs-bod-17'"),
        (["show", "us-dhs-bod-17-01", "--stage", "floor"], "has no stage “floor”"),
        (["show", "nowhere.yaml"], "the file cannot be read"),
    ],
)
def test_wrong_words(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert oust(*words) == 2
    assert message in capsys.readouterr().err


def test_an_unknown_stage_is_told_with_the_stages(capsys: pytest.CaptureFixture[str]) -> None:
    oust("show", str(POLICY), "--stage", "enacted")
    assert "its stages: draft, adopted" in capsys.readouterr().err


@pytest.mark.parametrize("rule", [*bundled_rules(), str(POLICY)])
def test_show_tells_the_whole_rule(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every text of the rule is somewhere on the page, and only addresses are wide."""
    assert oust("show", rule) == 0
    out = capsys.readouterr().out
    wide = [line for line in out.splitlines() if len(line) > 100]
    assert all(len(line.split()) <= 2 for line in wide), wide
    flat = " ".join(out.split())
    read, _ = read_rule(Path(rule) if rule.endswith("yaml") else rule_path(rule))
    assert read is not None
    told = msgspec.to_builtins(read)
    for key in ("trials", "id"):
        told.pop(key)
    missing = [text for text in _texts(told) if " ".join(text.split()) not in flat]
    assert missing == []


def _texts(value: object, key: str = "") -> list[str]:
    """Texts of a rule that a reader must find as they stand."""
    if isinstance(value, dict):
        hidden = {"force", "relation", "tier", "step", "obliges", "spares", "anchor", "stage"}
        hidden |= {"values", "vendor", "unit", "every_unit", "needs", "kind", "embedded_code"}
        return [t for k, v in value.items() if k not in hidden for t in _texts(v, k)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item, key)]
    return [value] if isinstance(value, str) and value else []


def test_show_at_a_stage_shows_the_wording_of_that_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    oust("show", str(POLICY), "--stage", "draft")
    out = capsys.readouterr().out
    assert "Wording at draft" in out
    assert "buy no further aircraft" in out and "have and fly nothing" not in out
    oust("show", str(POLICY), "--stage", "adopted", "--format", "json")
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["provisions"]] == ["buying", "flying"]


def test_conflicts_stand_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "acme.yaml").write_text(RIGHT)
    oust("show", str(tmp_path / "acme.yaml"))
    assert re.search(r"- the day \[law\]\n     one +│ two\n", capsys.readouterr().out)


def test_profiles_and_facts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert oust("profiles") == 0 and oust("facts") == 0
    out = capsys.readouterr().out
    for name in (*load_profiles(), *load_tags(), *load_facts(), *load_anchors()):
        assert re.search(rf"(?m)^   {name} ", out), name
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("day", "word", "date"),
    [
        ("2026-05-10", "not yet", "2026-05-11"),
        ("2026-05-11", "pending", "2026-05-11"),
        ("2026-06-22", "since", "2026-06-22"),
        ("2030-01-01", "since", "2026-06-22"),
    ],
)
def test_how_a_rule_stands(day: str, word: str, date: str) -> None:
    found = standing(load_rule(POLICY), day)
    assert (found.word, found.date) == (word, date)


# the page


def test_every_key_is_documented() -> None:
    page = (PROJECT / "docs" / "rule-schema.md").read_text("utf-8")
    parts = {
        "The file": Rule,
        "bars": Bar,
        "stages": Stage,
        "provisions": Provision,
        "exceptions": Exempted,
        "deadlines": Deadline,
        "clauses": Clause,
        "conflicts": Conflict,
        "results": Result,
        "sources": RuleSource,
        "trials": Trial,
        "A profile": Profile,
    }
    sections = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", page))
    for title, kind in parts.items():
        named = re.findall(r"(?m)^\| `(\w+)` \|[^|\n]*\|[^|\n]*\|$", sections[title])
        shared = {"source", "note", "unconfirmed"} if title != "The file" else set()
        fields = set(kind.__struct_fields__)
        assert set(named) - shared == fields - shared, title
        assert set(named) <= fields, title


def test_every_word_of_a_list_is_documented() -> None:
    page = (PROJECT / "docs" / "rule-schema.md").read_text("utf-8")
    listed = {
        *_words_of(Rule, "kind", "force"),
        *_words_of(Bar, "relation"),
        *_words_of(Stage, "step"),
        *_words_of(Provision, "embedded_code", "acts", "forms"),
        *_words_of(Deadline, "unit"),
        *_words_of(RuleSource, "tier"),
        *get_args(VerdictWord),
        *ASSETS,
    }
    assert [word for word in sorted(listed) if f"`{word}`" not in page] == []


def _words_of(kind: type, *names: str) -> list[str]:
    """The words that keys of a type accept."""
    hints = get_type_hints(kind)
    found = []
    for name in names:
        hint = hints[name]
        args = get_args(hint)
        found += args if all(isinstance(arg, str) for arg in args) else get_args(args[0])
    return [word for word in found if word]
