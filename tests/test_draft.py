"""Claims proposed from articles: spans, chains, hostile text, and how many are found."""

import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.commands.claims_draft import draft as command
from oust.data.ledgers import load_ledger
from oust.draft import as_yaml, draft, ledger, read
from oust.drafted import Article, Proposal
from oust.errors import OustError
from oust.report import draft as report

ROOT = Path(__file__).parents[1]
EXPECTED = ROOT / "tests/draft/expected"
CORPUS = ROOT.parent / "shared/corpus/articles"

STORY = """\
Vendor hid a flaw, officials say

By Lena Sorrell | Published 4 May 2020

LISVEN (Harbor Wire) - “Delvane hid the flaw for a year,” two officials told Harbor Wire. They
said that the ministry had not been told.

Delvane denied the claims. “We told everybody,” said Ana Vidal, its chief executive.

Court filings show that Delvane sold 400 routers to the port.

Leave a comment

Bob said: I knew it
"""


def bench():
    spec = importlib.util.spec_from_file_location("bench_draft", ROOT / "bench/draft.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def proposals(text: str, outlet: str = "Own Paper") -> tuple[Proposal, ...]:
    return draft(Article(text=text, name="story.txt", outlet=outlet)).proposals


def one(text: str, outlet: str = "Own Paper") -> Proposal:
    (found,) = proposals(text, outlet)
    return found


@pytest.mark.parametrize(
    ("name", "found", "precision", "attribution"),
    [("own", 0.95, 0.95, 0.95), ("blind", 0.9, 0.9, 0.9), ("blind2", 0.9, 0.9, 0.9)],
)
def test_figures_of_our_own_texts(name, found, precision, attribution):
    result = bench().score(EXPECTED / f"{name}.yaml")
    assert result.expected > 20
    assert result.recall >= found, result.notes
    assert result.precision >= precision, result.notes
    assert result.attribution >= attribution, result.notes


def test_figures_of_the_articles_of_2017():
    if not CORPUS.is_dir():
        pytest.skip("../shared/corpus/articles is not here")
    result = bench().score(EXPECTED / "articles.yaml")
    assert result.expected == 21
    assert result.recall >= 0.9, result.notes
    assert result.precision >= 0.9, result.notes
    assert result.strict / result.proposed >= 0.7, result.notes
    assert result.attribution >= 0.9, result.notes


def test_a_wrong_speaker_is_counted_against_attribution():
    module = bench()
    told = one("The firm hid it, Jane Roe said.")
    assert list(module._faults(told, {"by": "jane roe"})) == []
    assert list(module._faults(told, {"by": "john doe", "basis": "record"}))


def test_spans_are_exact_and_page_residue_stays_out():
    made = draft(Article(text=STORY, name="s.txt", outlet="Harbor Wire"))
    quotes = [STORY[p.places[0].start : p.places[0].end] for p in made.proposals]
    assert quotes == [
        "“Delvane hid the flaw for a year,”",
        "the ministry had not been told",
        "Delvane denied the claims",
        "“We told everybody,”",
        "Delvane sold 400 routers to the port",
    ]
    aside = [(STORY[p.span.start : p.span.end], p.why) for p in made.paragraphs if p.why]
    assert ("Bob said: I knew it", "what follows readers' comments") in aside
    assert made.article.author == "Lena Sorrell"
    assert made.article.date == "2020-05-04"


def test_chain_basis_and_denial_of_the_story():
    first, second, denial, _, filings = proposals(STORY, "Harbor Wire")
    assert [(who.name, who.number) for who in first.by] == [("two officials", "2")]
    assert [who.name for who in first.through] == ["Harbor Wire"]
    assert second.by == first.by
    assert denial.kind == "denial"
    assert denial.denies == (first.id, second.id)
    assert (filings.kind, filings.basis) == ("record", "record")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("“It broke,” said Jane Roe, head of Marlin.", "Jane Roe"),
        ("According to Jane Roe, it broke twice.", "Jane Roe"),
        ("The pump, Jane Roe said, broke twice.", "Jane Roe"),
        ("Jane Roe, a professor at Vell, warned that it broke.", "Jane Roe"),
        ("A Marlin spokesman said it broke.", "Marlin spokesman"),
        ("It broke, say three former employees.", "three former employees"),
        ("THE CHAIRMAN: It broke twice last year.", "The Chairman"),
    ],
)
def test_where_the_attribution_stands(text, who):
    assert [speaker.name for speaker in one(text).by] == [who]


def test_assertions_that_are_joined_are_two():
    first, second = proposals("Jane Roe said that the pump broke and that nobody mended it.")
    assert (first.text, second.text) == ("the pump broke", "nobody mended it")


@pytest.mark.parametrize(
    "text",
    [
        "The ministry declined to comment.",
        "The states of the union will decide.",
        "She added two names to the list.",
        "Did Marlin say that it broke?",
        "He was told about it in May.",
        "",
    ],
)
def test_what_asserts_nothing(text):
    assert proposals(text) == ()


def test_a_headline_that_repeats_the_body_is_one_claim():
    found = one(
        "Pump at port broke twice, auditor says\n\nThe pump at the port broke twice, an auditor said."
    )
    assert [(p.start, p.end) for p in found.places] == [(40, 72), (0, 24)]


def test_the_ledger_loads_strictly_and_all_of_it_is_draft(tmp_path):
    made = draft(Article(text=STORY, name="s.txt", outlet="Harbor Wire"))
    path = tmp_path / "s.yaml"
    path.write_text(as_yaml(made), "utf-8")
    loaded = load_ledger(path)
    assert loaded == ledger(made)
    assert len(loaded.claims) == 5
    assert all(claim.draft for claim in loaded.claims)


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_ledger(text):
    made = draft(Article(text=text, name="x.txt"))
    for found in made.proposals:
        assert all(0 <= p.start < p.end <= len(text) for p in found.places)
    json.loads(report.as_json(made))


WORDS = st.sampled_from(
    [
        "said",
        "told",
        "that",
        "“",
        "”",
        "‘",
        "’",
        ",",
        ".",
        "?",
        "Jane",
        "Roe",
        "the",
        "report",
        "citing",
        "according",
        "to",
        "officials",
        "denied",
        "it",
        "\n\n",
        "Q:",
        "which",
        "who",
        "and",
    ]
)


@given(st.lists(WORDS, max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_order_of_words_of_reporting_gives_a_ledger_that_loads(tmp_path_factory, words):
    text = " ".join(words)
    made = draft(Article(text=text, name="x.txt", outlet="The Post"))
    path = tmp_path_factory.mktemp("l") / "l.yaml"
    path.write_text(as_yaml(made), "utf-8")
    assert [claim.seen_in[0].quote for claim in load_ledger(path).claims] == [
        text[p.places[0].start : p.places[0].end] for p in made.proposals
    ]


@pytest.mark.parametrize(
    "word", ["said ", "“", "a, ", "He said that ", "citing ", "the report by ", "' "]
)
def test_endless_sentences_are_set_aside_not_read(word):
    made = draft(Article(text="Jane Roe said " + word * 4000, name="x.txt"))
    assert all(p.places[0].end - p.places[0].start < 4000 for p in made.proposals)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_give_the_same_draft(tmp_path, encoding):
    path = tmp_path / "s.txt"
    path.write_bytes(STORY.encode(encoding))
    assert draft(read(path)).proposals == draft(read_plain(tmp_path)).proposals


def read_plain(folder: Path) -> Article:
    path = folder / "plain" / "s.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(STORY, "utf-8")
    return read(path)


def test_a_page_gives_the_words_of_its_article(tmp_path):
    path = tmp_path / "p.html"
    path.write_text(
        "<html><head><title>T &amp; U</title><script>Eve said it.</script></head><body>"
        "<nav>Bob said so.</nav><article><p>Jane Roe said the pump&#8217;s valve <b>broke</b>.</p>"
        "</article></body></html>"
    )
    article = read(path)
    found = draft(article).proposals
    assert article.title == "T & U"
    assert [p.text for p in found] == ["the pump’s valve broke"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\x7fELF" + bytes(range(32)) * 40, "is no text"),
        (b"%PDF-1.7 text", "is no text"),
        (b"12 34 !!", "holds no words"),
        (b"a " * 600_000, "larger than an article"),
        (b"<html><script>x()</script></html>", "holds no words"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, data, message):
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(OustError, match=message):
        read(path)


def test_a_folder_and_nothing_are_told(tmp_path):
    with pytest.raises(OustError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(OustError, match="No such file"):
        read(tmp_path / "no.txt")


def test_the_command_shows_writes_and_repeats_itself(tmp_path):
    path = tmp_path / "s.txt"
    path.write_text(STORY.replace("two officials", "two\x1b[31m officials"), "utf-8")
    shown = CliRunner().invoke(command, [str(path), "--outlet", "Harbor Wire", "--date", "2020-05"])
    assert shown.exit_code == 0
    assert "5 proposals" in shown.output
    assert "\x1b" not in shown.output
    assert max(map(len, shown.output.splitlines())) <= 100
    out = tmp_path / "s.yaml"
    for _ in range(2):
        args = [str(path), "--format", "yaml", "--output", str(out)]
        assert CliRunner().invoke(command, args).exit_code == 0
    assert load_ledger(out).documents[0].date == "2020-05-04"
    first, second = (CliRunner().invoke(command, [str(path), "--format", "json"]) for _ in range(2))
    assert first.output == second.output
    assert json.loads(first.output)["proposals"][0]["draft"] is True


def test_a_date_that_is_none_is_refused(tmp_path):
    path = tmp_path / "s.txt"
    path.write_text(STORY, "utf-8")
    result = CliRunner().invoke(command, [str(path), "--date", "last week"])
    assert isinstance(result.exception, OustError)
