"""The hand-written table of the 2017 case is whole, sourced, consistent, and the one its page shows."""

import re
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from oust.data import load_dossiers, load_facts, load_profiles, load_rules, load_tags
from oust.data.rule import Act, Form
from oust.judge import Judge, Subject, Supposition
from oust.model import Verdict, VerdictWord

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src" / "oust" / "data"
WORDS: tuple[str, ...] = get_args(VerdictWord)  # gravest first
DATED = {"prohibited", "prohibited-from", "would-be-prohibited"}
TIERS = {"direct", "resold", "embedded", "service", "contractor", "owned"}
KEYS = {"row", "profile", "tier", "asset", "form", "act", "date", "suppose"}
KEYS |= {"overall", "rules", "disagree"}


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


TABLE = load(ROOT / "tests" / "acceptance" / "case-2017.yaml")
PAGE = (ROOT / "docs" / "case-2017.md").read_text("utf-8")
CELLS: list[dict[str, Any]] = TABLE["cells"]
COLUMNS = [(column["date"], column.get("suppose", "")) for column in TABLE["columns"]]


def place(cell: dict[str, Any]) -> tuple[str, str, str]:
    return cell["row"], cell["date"], cell.get("suppose", "")


def name(cell: dict[str, Any]) -> str:
    return "-".join(filter(None, place(cell)))


def check_said(said: dict[str, Any]) -> None:
    """A word carries the date or the open facts that it needs, and no others."""
    assert said["word"] in WORDS
    assert ("date" in said) == (said["word"] in DATED)
    assert bool(said.get("missing")) == (said["word"] == "not known")
    assert re.fullmatch(r"\d{4}(-\d\d){0,2}", said.get("date", "2017"))


def test_every_row_has_every_column_once() -> None:
    wanted = [(row, *column) for row, column in product(TABLE["rows"], COLUMNS)]
    assert sorted(place(cell) for cell in CELLS) == sorted(wanted)


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_cell_is_of_known_kinds(cell: dict[str, Any]) -> None:
    profiles = {one["id"]: one for one in load(DATA / "profiles.yaml")["profiles"]}
    assert set(cell) <= KEYS
    assert cell["tier"] in TIERS
    assert cell["form"] in get_args(Form)
    assert cell["asset"] in profiles[cell["profile"]]["acts"]
    assert cell.get("act", "use") in get_args(Act)


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_cell_says_the_gravest_of_its_rules(cell: dict[str, Any]) -> None:
    overall, rules = cell["overall"], cell["rules"]
    check_said(overall)
    assert len({said["rule"] for said in rules}) == len(rules)
    assert overall["word"] == min((said["word"] for said in rules), key=WORDS.index)
    deciding = [said for said in rules if said["word"] == overall["word"]]
    assert overall.get("date") == min(
        filter(None, (said.get("date") for said in deciding)), default=None
    )
    open_facts = {fact for said in deciding for fact in said.get("missing", ())}
    assert set(overall.get("missing", ())) == open_facts


@pytest.mark.parametrize("said", TABLE["judgements"], ids=lambda said: f"{said['rule']}")
def test_judgement_is_sourced(said: dict[str, Any]) -> None:
    check_said(said)
    assert said["cite"]
    assert set(said["cite"]) <= set(TABLE["sources"][said["rule"]])
    assert said["why"].endswith(".")


def test_dates_and_words_agree_with_the_column() -> None:
    """A bar in force began by then; one to come has not; only a supposition says "would be"."""
    for cell in CELLS:
        for said in cell["rules"]:
            if said["word"] == "prohibited":
                assert said["date"] <= cell["date"], name(cell)
            if said["word"] == "prohibited-from":
                assert said["date"] > cell["date"], name(cell)
            if said["word"] == "would-be-prohibited":
                assert cell["suppose"].startswith(said["rule"]), name(cell)


def test_open_facts_are_explained() -> None:
    asked = {one["id"] for one in load(DATA / "facts.yaml")["facts"]}
    tags = {one["id"] for one in load(DATA / "profiles.yaml")["tags"]}
    named = {fact for said in TABLE["judgements"] for fact in said.get("missing", ())}
    assert named <= asked | tags | set(TABLE["facts"])


@pytest.mark.parametrize("rule", TABLE["sources"])
def test_cited_rule_exists_with_its_sources(rule: str) -> None:
    bundled = load(DATA / "rules" / f"{rule}.yaml")
    known = {source["url"] for source in bundled["sources"]}
    assert set(TABLE["sources"][rule].values()) <= known


def shown(overall: dict[str, Any]) -> str:
    """How the page writes a word: with its date where that is still to come."""
    later = overall["word"] in ("prohibited-from", "would-be-prohibited")
    return f"{overall['word']} {overall['date']}" if later else str(overall["word"])


def test_the_page_shows_the_same_table() -> None:
    lines = PAGE.split("## The table")[1].split("## ")[0].splitlines()
    body = [line for line in lines if line.startswith("| ")][1:]
    words = [[cell.strip() for cell in line.strip("|").split("|")[1:]] for line in body]
    by_place = {place(cell): shown(cell["overall"]) for cell in CELLS}
    assert words == [[by_place[row, *column] for column in COLUMNS] for row in TABLE["rows"]]


def test_the_page_names_only_sources_of_the_table() -> None:
    known = {url for sources in TABLE["sources"].values() for url in sources.values()}
    links = re.findall(r"(?m)^\[([a-z0-9-]+)\]: (\S+)$", PAGE)
    assert {url for _, url in links} <= known
    assert {label for label, _ in links} == set(re.findall(r"\]\[([a-z0-9-]+)\]", PAGE))
    assert "not legal advice" in PAGE


def judged(cell: dict[str, Any]) -> dict[str, Verdict]:
    """What the program says of a cell, by rule."""
    profile = load_profiles()[cell["profile"]]
    rule, _, stage = cell.get("suppose", "").partition("@")
    judge = Judge(
        load_rules(),
        profile,
        load_dossiers(),
        tags=load_tags(),
        facts=load_facts(),
        suppositions=[Supposition(rule, stage)] if rule else [],
    )
    subject = Subject(
        vendor=TABLE["vendor"],
        asset=cell["asset"],
        form=cell["form"],
        embedded=cell["tier"] == "embedded",
        act=cell.get("act", ""),
    )
    return {rule.id: judge.verdict(subject, rule, cell["date"]) for rule in judge.rules}


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_program_says_what_the_sources_say(cell: dict[str, Any]) -> None:
    verdicts = judged(cell)
    expected = {said["rule"]: said for said in cell["rules"]}
    for rule, verdict in verdicts.items():
        said = expected.get(rule, {"word": "permitted"})
        told = f"{rule}: {verdict.because} ({verdict.missing})"
        assert verdict.word == said["word"], told
        if "date" in said:
            assert verdict.since == said["date"], told
        if "missing" in said:
            assert verdict.missing in said["missing"], told
    gravest = min(verdicts.values(), key=lambda verdict: WORDS.index(verdict.word))
    assert gravest.word == cell["overall"]["word"]
