"""Notes: kept for good, shown safely, refused with a reason."""

import html
import re
from collections import Counter
from pathlib import Path

import duckdb
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.case import Case
from oust.cli import main
from oust.commands import root
from oust.errors import OustError
from oust.notes import LONGEST
from oust.report.notes import as_json, notes_html, plain, section
from oust.report.words import short_ids
from oust.store import Store

EXPORTS = Path(__file__).parents[1] / "examples/agency-2017/exports"
ALLOWED = re.compile(
    r"</?(?:p|em|strong|blockquote)>|<br>|</a>"
    r'|<a href="(?:https?://|mailto:)[^"<>]*"(?: title="[^"<>]*")? rel="nofollow noopener noreferrer">'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("notes") / "case"
    with Case.open(place, create=True) as case:
        case.add([EXPORTS / "purchases" / "card-2017.csv"])
    return place


@pytest.fixture(scope="module")
def exposure(folder: Path) -> tuple[str, str]:
    """The id of the only exposure, whole and short."""
    with Case.open(folder) as case:
        (one,) = case.findings(["kaspersky"]).exposures
        return one.id, short_ids((one,))[one.id]


def run(*words: str, given: bytes = b"") -> str:
    found = CliRunner().invoke(root, ["note", *words], input=given, catch_exceptions=False)
    return found.output


def problem(*words: str, given: bytes = b"") -> str:
    with pytest.raises(OustError) as caught:
        run(*words, given=given)
    return f"{caught.value.message}; {caught.value.hint}"


def visible(shown: str) -> str:
    """The text of HTML, as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]*>", "", shown))


def test_a_note_is_written_edited_withdrawn_and_nothing_is_lost(folder, exposure):
    whole, short = exposure
    at = ["--case", str(folder)]
    assert "Note 1" in run(short, "first *words*", "--author", "Ana", *at)
    assert "Note 2" in run(whole, "-", "--author", "Bo", *at, given="von außen\nzweite".encode())
    run(short, "better words", "--edit", "1", "--author", "Cy", *at)
    run(short, "other host", "--withdraw", "2", "--author", "Ana", *at)
    with Case.open(folder) as case:
        kept = case.notes(whole)
    assert [(n.number, n.version, n.word, n.text, n.author) for n in kept] == [
        (1, 1, "written", "first *words*", "Ana"),
        (1, 2, "edited", "better words", "Cy"),
        (2, 1, "written", "von außen\nzweite", "Bo"),
        (2, 2, "withdrawn", "other host", "Ana"),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", note.at) for note in kept)
    listed = run(short, *at)
    assert "better words" in listed and "first" not in listed and "withdrawn by Ana" in listed
    every = run(short, "--history", *at)
    assert all(note.text.split("\n")[0] in every for note in kept)
    assert "was withdrawn" in problem(short, "again", "--edit", "2", *at)


def test_notes_stand_in_show_and_in_the_export(folder, exposure, tmp_path):
    whole, short = exposure
    run(short, "\x1b[31mred\x1b[0m **plain**", "--author", "Ana", "--case", str(folder))
    shown = CliRunner().invoke(root, ["show", short, str(folder)]).output
    assert "\n Notes\n" in shown and "red **plain**" in shown and "\x1b" not in shown
    told = CliRunner().invoke(root, ["show", short, str(folder), "--format", "json"]).output
    notes = msgspec.json.decode(told)["notes"]
    assert notes[-1]["text"] == "\x1b[31mred\x1b[0m **plain**" and notes[-1]["author"] == "Ana"
    store = Store.open(folder)
    places = store.export(tmp_path)
    store.close()
    (place,) = [one for one in places if one.name == "note.parquet"]
    (count,) = duckdb.sql(f"SELECT count(*) FROM '{place}' WHERE subject = '{whole}'").fetchone()
    assert count == len(notes)


def test_notes_stay_when_the_exposure_is_no_longer_found(tmp_path):
    export, case_folder = tmp_path / "card.csv", tmp_path / "case"
    export.write_bytes((EXPORTS / "purchases" / "card-2017.csv").read_bytes())
    with Case.open(case_folder, create=True) as case:
        case.add([export])
        (one,) = case.findings(["kaspersky"]).exposures
        case.note(one.id, "seen in January", "Ana")
    export.write_text("Order no,Order date,Supplier,Item description,Total\nP-1,2017-01-01,A,B,1\n")
    with Case.open(case_folder) as case:
        case.add([export])
        assert not case.findings(["kaspersky"]).exposures
    at = ["--case", str(case_folder)]
    listed = run(one.id, *at)
    assert "of an exposure no longer found" in listed and "seen in January" in listed
    assert run(one.id[:-4], *at) == listed
    assert '"found": false' in run(one.id, "--format", "json", *at)
    assert "Note 2" in run(one.id, "still gone", "--author", "Bo", *at)
    shown = CliRunner().invoke(root, ["show", one.id, str(case_folder)])
    assert "no longer found" in shown.output and "still gone" in shown.output


LEDGER = """\
id: small
title: Small
claims:
  - {id: c-1, kind: claim, text: It was so.}
"""


def test_claims_have_notes_of_their_own(tmp_path):
    case_folder = tmp_path / "case"
    with Case.open(case_folder, create=True) as case:
        case.add([EXPORTS / "purchases" / "card-2017.csv"])
    ledger = case_folder / "claims" / "small.yaml"
    ledger.parent.mkdir()
    ledger.write_text(LEDGER)
    at = ["--case", str(case_folder)]
    run("claim:c-1", "asked for the *source*", "--author", "Ana", *at)
    with Case.open(case_folder) as case:
        (note,) = case.notes("claim:c-1")
        assert not case.notes("claim:c-2") and note.text == "asked for the *source*"
        assert case.noted() == ["claim:c-1"]
    assert "no longer found" not in run("claim:c-1", *at)
    assert "is no claim" in problem("claim:", "x", *at)
    assert "no claim:c-2 in this case" in problem("claim:c-2", "x", *at)
    ledger.unlink()
    assert "of a claim no longer found" in run("claim:c-1", *at)


def test_bad_input_is_told(folder, exposure, tmp_path, monkeypatch):
    short, at = exposure[1], ["--case", str(folder)]
    assert "no exposure KAS-0000 in this case" in problem("KAS-0000", "x", *at)
    assert "no text" in problem(short, "  \n ", *at)
    assert "no text" in problem(short, "-", *at)
    assert "10,001 characters; 10,000" in problem(short, "é" * (LONGEST + 1), *at)
    assert "UTF-8" in problem(short, "-", *at, given=b"\xff\xfe\x00")
    assert "bytes" in problem(short, "-", *at, given=b"x" * (1 << 21))
    assert "UTF-8" in problem(short, "half \udc80", *at)
    assert "no note 9" in problem(short, "x", "--edit", "9", *at)
    assert "cannot be given together" in problem(short, "--edit", "1", "--withdraw", "1", *at)
    assert "needs the new text" in problem(short, "--edit", "1", *at)
    assert "no case in" in problem(short, "x", "--case", str(tmp_path / "none"))
    assert "author" in problem(short, "x", "--author", "a" * 201, *at)

    def nobody() -> str:
        raise OSError("no login")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert "--author" in problem(short, "x", *at)


def test_the_author_is_the_login_unless_named(folder, exposure, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "dana")
    assert "written by dana" in run(exposure[1], "hello", "--case", str(folder))


def test_the_longest_note_fits(folder, exposure):
    run(exposure[1], "-", "--case", str(folder), "--author", "A", given=b"y" * LONGEST)


def test_a_busy_case_is_told(folder, exposure, capfd, monkeypatch):
    import subprocess
    import sys

    hold = f"import duckdb, sys; c = duckdb.connect({str(folder / 'oust-case.duckdb')!r}); "
    hold += "print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline()
        monkeypatch.setattr("sys.argv", ["oust", "note", exposure[1], "x", "--case", str(folder)])
        with pytest.raises(SystemExit) as left:
            main()
        other.communicate()
    assert left.value.code == 3 and "in use by another oust" in capfd.readouterr().err


def test_a_failed_note_leaves_nothing(folder, exposure):
    with Case.open(folder) as case:
        before = case.notes(exposure[0])
        with pytest.raises(OustError):
            case.note(exposure[0], "x", "A", number=99)
        assert case.notes(exposure[0]) == before
        with pytest.raises(duckdb.ConstraintException):
            case.store.add_note(before[0])
        assert case.notes(exposure[0]) == before


# how notes are shown


def test_the_subset_of_markdown():
    text = (
        '**a** *b* _c_ __d__\nnext [x](https://e.org/?a=1&b=2 "t") [m](mailto:a@b.c)\n\n> q\n> > r'
    )
    assert notes_html(text) == (
        "<p><strong>a</strong> <em>b</em> <em>c</em> <strong>d</strong><br>\nnext "
        '<a href="https://e.org/?a=1&amp;b=2" title="t" rel="nofollow noopener noreferrer">x</a> '
        '<a href="mailto:a@b.c" rel="nofollow noopener noreferrer">m</a></p>\n'
        "<blockquote>\n<p>q</p>\n<blockquote>\n<p>r</p>\n</blockquote>\n</blockquote>\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "# head", "- item", "1. item", "`code`", "    indented", "```\nfence\n```", "---",
        "![alt](http://e.org/x.png)"[1:-1], "<b>bold</b>", "&lt;b&gt;", "<http://e.org>",
        "http://e.org", "| a | b |\n|---|---|\n| 1 | 2 |", "[x]: http://e.org", "a\\*b", "~~s~~",
        "<!-- c -->", "<?php ?>", "]]>", "[^1]", "<a href='x'>", "\"quotes\" 'single'",
    ],
)  # fmt: skip
def test_everything_else_is_text(text):
    shown = notes_html(text)
    assert visible(shown).strip() == text.strip()
    assert not ALLOWED.sub("", shown).count("<")


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](java\u00adscript:alert(1))",
    "[x](\u200bjavascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/a)",
    "[x](https:evil)",
    "[x](/relative)",
    "[x](#anchor)",
    '[x](https://e.org"onmouseover="alert(1))',
    '[x](https://e.org/ "t\\" onmouseover=\\"alert(1)")',
    "[x](https://e.org/ 'onclick=alert(1)')",
    "[x](https://[::1)",
    "[x](https:\\\\evil.example)",
    "[x]\n\n[x]: javascript:alert(1)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[![x](javascript:a)](javascript:b)",
    "[<img src=x onerror=a>](https://e.org)",
    "**<b onclick=x>**",
    "> <iframe src=//evil>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_becomes_text(text):
    shown = notes_html(text)
    left = ALLOWED.sub("", shown)
    assert "<" not in left and ">" not in left
    for address in re.findall(r'href="([^"]*)"', shown):
        assert re.match(r"https?://[^/]|mailto:.", html.unescape(address))


def test_nesting_without_end_loses_no_word():
    for text in ("> " * 3000 + "deep", ">" * 5000 + "deep", "[" * 4000 + "deep" + "]" * 4000):
        shown = notes_html(text)
        assert "deep" in visible(shown) and len(visible(shown)) >= len(text) - 2
    eight = "> " * 8 + "deep"
    assert notes_html(eight).count("<blockquote>") == 8


def test_nothing_steers_the_terminal_or_turns_the_text():
    text = "a\x1b[31mb\x1b]0;title\x07c\u202ed\u2066e\x9b1mf\r\x08g\u200bh\u061ci\x1bPq\x1b\\j"
    for shown in (plain(text), visible(notes_html(text))):
        assert not re.search(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", shown
        )
        assert "".join(re.findall("[a-z]", shown)) == "abcdefghij"


def test_an_author_steers_no_terminal_either(folder, exposure):
    told = run(
        exposure[1], "x", "--author", "ana\x1b]0;t\x07\u202e" + "b" * 90, "--case", str(folder)
    )
    assert "by ana" in told
    assert not set(told) & set("\x1b\x07\u202e")


def test_lines_fit_the_screen(folder, exposure):
    with Case.open(folder) as case:
        case.note(exposure[0], "wide " * 90 + "x" * 400, "B" * 150)
        notes = case.notes(exposure[0])
    for history in (False, True):
        assert max(map(len, section(notes, history))) <= 100
    whole = msgspec.json.decode(as_json(exposure[0], True, notes))
    assert [one["version"] for one in whole["notes"]][-1] == 1


@given(st.text("ab*_[]()<>\"'\\&:/ \n!`#x;javscript\x1b\u202e", max_size=120))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_safe_and_kept(text):
    shown = notes_html(text)
    assert "<" not in ALLOWED.sub("", shown)
    kept, seen = (Counter(re.findall("[a-z]", t)) for t in (plain(text), html.unescape(shown)))
    assert kept <= seen
