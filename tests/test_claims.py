"""Ledgers of claims: the strict reader, the commands, their output, and changes in place."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.case import Case
from oust.cli import run
from oust.commands import claims_add, claims_edit, root
from oust.data import ledger_write
from oust.data.ledger import Appearance, Claim, Grade, Ledger, Speaker
from oust.data.ledger_write import LedgerFile, new_ledger, write_whole
from oust.data.ledgers import load_ledger, load_ledgers, read_ledger
from oust.errors import Exit, OustError
from oust.weigh import weigh
from oust.weigh.reopen import reopen

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent / "claims"
EXAMPLE = ROOT / "examples/claims/kaspersky-2017.yaml"
RIGHT = (HERE / "orrin.yaml").read_text("utf-8")


def oust(capsys, *words: str | Path) -> tuple[int, str, str]:
    code = run(root, [str(word) for word in words])
    out = capsys.readouterr()
    return code, out.out, out.err


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    return [str(one).removeprefix(str(path) + ":") for one in read_ledger(path)[1]]


# --- reading ---


def test_the_ledger_of_the_page_is_the_one_tested():
    page = (ROOT / "docs/claims.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert shown == RIGHT


def test_the_example_loads_without_a_warning():
    ledger, found = read_ledger(EXAMPLE)
    assert ledger is not None and not found
    assert {f"c{n}" for n in range(1, 16)} - {"c7", "c12", "c13"} <= {c.id for c in ledger.claims}


def test_what_is_read_is_what_is_written():
    ledger = load_ledger(HERE / "orrin.yaml")
    c1, c2 = ledger.claims[:2]
    assert (c1.by, c1.date, c1.seen_in[0].quote) == (
        ("ann",),
        "2017-05",
        "we sold it to four schools",
    )
    assert (c2.through, c2.basis, c2.confirms) == (("post",), "people", ("c1",))
    assert ledger.claims[3].rests_on == ("c1", "c2")
    assert ledger.apart[0].both == ("ann", "two-aides")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("confirms: c1", "confirms: c9", 57, "confirms: there is no claim 'c9' (add it as a claim"),
        ("    confirms: c1", "    derives: c77x", 57, "derives: there is no claim 'c77x'"),
        ("    confirms: c1", "    derives: c2", 57, "derives: the claim 'c2' names itself"),
        ("by: two-aides", "by: two-aids", 52, "by: there is no speaker 'two-aids' (did you mean two-aides?)"),
        ("by: two-aides", "by: memo", 52, "by: 'memo' is a document, no speaker"),
        ("document: post-may", "document: post-mai", 56, "document: there is no document 'post-mai'"),
        ("id: c2", "id: c1", 49, "the id 'c1' is given twice, first in line 39"),
        ("id: c2", "id: post", 49, "the id 'post' is given twice"),
        ("id: c2", "id: 'a b'", 49, "the id 'a b' cannot be used"),
        ("kind: denial", "kind: denail", 59, "'denail' is no kind (did you mean denial?)"),
        ("basis: people", "basis: hearsay", 54, "'hearsay' is no basis (one of: own-knowledge"),
        ("date: 2017-05\n    about", "date: 2017-13\n    about", 44, "date is no date: '2017-13'"),
        ("    denies: c1\n", "", 59, "warning: this denial denies nothing that the ledger has"),
        ("kind: judgment", "kind: claim", 66, "likelihood is a judgment's, and this is a claim"),
        ("    rests_on: [c1, c2]\n", "", 64, "warning: this judgment is said to rest on nothing"),
        ("likelihood: likely", "likelihood: probable", 66, "'probable' is no likelihood"),
        ('number: "2"', "number: two", 22, "number is no count: 'two'"),
        ("reads: inconsistent", "reads: against", 75, "'against' is no reads (one of: consistent"),
        ("hypothesis: not-sold", "hypothesis: c1", 75, "hypothesis: 'c1' is a claim, no hypothesis"),
        ("both: [ann, two-aides]", "both: [ann, c1]", 78, "both mixes speakers and claims"),
        ("both: [ann, two-aides]", "both: ann", 78, "both names fewer than two"),
        ("of: orrin", "of: kit", 13, "a speaker cannot belong to itself"),
        ("interest: Was", "credibility: Was", 9, "unknown key 'credibility'"),
        (
            "quote: we sold it to four schools",
            "quote: so\n        start: 9\n        end: 4",
            50,
            "the span 9 to 4 cannot be",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(tmp_path, old, new, line, message):
    assert old in RIGHT
    told = problems(tmp_path, RIGHT.replace(old, new, 1))
    assert any(one.startswith(f"{line}:") and message in one for one in told), told


@pytest.mark.parametrize(
    ("where", "grade", "told"),
    [
        ("    basis: people", "G", "'G' is no credibility (one of: 1 confirmed by independent sources"),
        ("    basis: people", "0", "'0' is no credibility"),
        ("    outlet: Daily Post", "1", "'1' is no reliability (one of: A completely reliable"),
    ],
)  # fmt: skip
def test_a_rating_outside_the_scale_is_told_with_the_scale(tmp_path, where, grade, told):
    key = "reliability" if "outlet" in where else "credibility"
    entry = f'\n    {key}: [{{grade: "{grade}", by: me, date: "2020"}}]'
    assert any(told in one for one in problems(tmp_path, RIGHT.replace(where, where + entry, 1)))


@pytest.mark.parametrize(
    "text", ["", "[]", "a: &x [1]\nb: *x", "id: !!python/object:os.system x", "\xff"]
)
def test_what_is_no_ledger_is_told(tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_text(text, "latin-1")
    ledger, found = read_ledger(path)
    assert ledger is None and found


# --- a case ---


def case_of(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "case"
    (folder / "claims").mkdir(parents=True)
    for name, text in files.items():
        (folder / "claims" / f"{name}.yaml").write_text(text, "utf-8")
    return folder


MORE = """\
id: more
title: More
claims:
  - id: m1
    kind: claim
    text: The same, elsewhere.
    by: post
    derives: c2
"""


def test_files_of_a_case_refer_to_each_other(tmp_path):
    folder = case_of(tmp_path, orrin=RIGHT, more=MORE)
    held = load_ledgers(folder)
    assert [path.stem for path, _ in held.files] == ["more", "orrin"]
    assert weigh(held.whole).origins(["m1"]).origins[0].text == "two aides, unnamed, to Daily Post"
    with pytest.raises(OustError, match="there is no speaker 'post'"):
        load_ledger(folder / "claims/more.yaml")


def test_an_id_is_given_once_in_a_case(tmp_path):
    folder = case_of(tmp_path, orrin=RIGHT, more=MORE.replace("m1", "c1"))
    with pytest.raises(OustError, match="the id 'c1' names a claim in another file"):
        load_ledgers(folder)


def test_a_case_gives_its_claims(tmp_path):
    folder = case_of(tmp_path, orrin=RIGHT)
    with Case.open(folder, create=True) as case:
        assert [claim.id for claim in case.claims().whole.claims] == ["c1", "c2", "c3", "c4"]


# --- output ---

SHOWN = [
    (name, words)
    for name in ("orrin", "tangle")
    for words in ("", "--origins", "--matrix", "--drafts", "--format json")
] + [("tangle", "--claim c"), ("tangle", "--claim j"), ("orrin", "--claim c1")]


@pytest.mark.parametrize(
    ("name", "words"), SHOWN, ids=lambda word: word.replace(" ", "-") or "table"
)
def test_shows_as_expected(capsys, name, words):
    code, out, err = oust(capsys, "claims", "show", HERE / f"{name}.yaml", *words.split())
    assert (code, err) == (0, "")
    kind = words.replace("--", "").replace(" ", "-") or "table"
    expected = HERE / f"{name}.{kind}.txt"
    if os.environ.get("OUST_UPDATE"):
        expected.write_text(out, "utf-8")
    assert out == expected.read_text("utf-8")


@pytest.mark.parametrize("words", ["", "--origins", "--matrix", "--drafts"])
@pytest.mark.parametrize("path", [EXAMPLE, HERE / "tangle.yaml"], ids=lambda path: path.stem)
def test_lines_are_narrow_and_safe(capsys, path, words):
    _, out, _ = oust(capsys, "claims", "show", path, *words.split())
    assert max(map(len, out.splitlines())) <= 100
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


def test_html_is_kept_as_it_was_written(capsys):
    _, out, _ = oust(capsys, "claims", "show", HERE / "tangle.yaml", "--format", "json")
    shown = json.loads(out)
    assert "<script>alert(1)</script>" in shown["ledger"]["title"]
    assert {c["id"]: c["text"] for c in shown["claims"]}["a"] == "Round and \x1b]0;title\x07 round"


def schema() -> dict[str, object]:
    return json.loads((ROOT / "docs/claims.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "path", [EXAMPLE, HERE / "tangle.yaml", HERE / "orrin.yaml"], ids=lambda p: p.stem
)
def test_json_is_as_described(capsys, path):
    _, out, _ = oust(capsys, "claims", "show", path, "--format", "json")
    jsonschema.validate(json.loads(out), schema())
    ledger = load_ledger(path)
    for name in (ledger.claims[0].id, ledger.speakers[0].id, ledger.documents[0].id):
        words = ("claims", "reopen", name, "--case", path, "--format", "json")
        _, out, _ = oust(capsys, *words)
        jsonschema.validate(json.loads(out), schema())


def test_likelihood_and_confidence_are_two_sentences(capsys):
    _, out, _ = oust(capsys, "claims", "show", HERE / "orrin.yaml", "--claim", "c4")
    flat = " ".join(out.split())
    assert "Judged likely (55 to 80 per cent)." in flat
    assert "Its basis gives low confidence." in flat
    assert not any("likely" in part and "confidence" in part for part in re.split(r"[.:] ", flat))


def test_twenty_outlets_hang_from_one_root(capsys, tmp_path):
    repeats = "".join(
        f"  - {{id: r{n}, kind: claim, text: The same., through: Paper {n}, derives: {'r' + str(n - 1) if n % 3 else 'c2'}}}\n"
        for n in range(20)
    )
    text = RIGHT.replace("\nhypotheses:", f"{repeats}\nhypotheses:", 1)
    path = tmp_path / "many.yaml"
    path.write_text(text, "utf-8")
    _, out, _ = oust(capsys, "claims", "show", path, "--origins")
    tree = out[out.index("two aides, unnamed") :].split("\n \n")[0].split("\n\n")[0]
    assert sum(f"r{n} → Paper {n}:" in tree for n in range(20)) == 20
    count = weigh(load_ledger(path)).origins([f"r{n}" for n in range(20)])
    assert (count.low, count.high) == (1, 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "nowhere"), "there is no nowhere"),
        (("show", HERE / "orrin.yaml", "--claim", "c11"), "no claim, speaker or document has the id 'c11'"),
        (("rate", "reliability", "c1", "B"), "c1 is a claim: it has no reliability"),
        (("rate", "credibility", "ann", "3"), "ann is a speaker: it has no credibility"),
        (("rate", "credibility", "c1", "7"), "'7' is no grade"),
        (("rate", "reliability", "ann", "2"), "'2' is no grade"),
        (("rate", "credibility", "c1", "3", "--date", "May"), "'May' is no date"),
        (("retract", "sold", "--why", "x", "--source", "y"), "sold is a hypothesis"),
        (("confirm", "c1"), "c1 is no draft"),
        (("confirm",), "name the drafts to confirm, or give --all"),
        (("read", "ann", "sold", "consistent"), "ann is a speaker, no claim"),
        (("add", "--kind", "claim"), "--text missing"),
        (("add", "--kind", "claim", "--text", "x", "--by", "nobody"), "would be wrong: by: there is no speaker"),
        (("add", "--kind", "claim", "--text", "x", "--quote", "q"), "--quote needs the document"),
        (("add", "--id", "c1", "--kind", "claim", "--text", "x"), "the id 'c1' is given twice"),
        (("add", "--kind", "claim", "--text", "x", "--likelihood", "likely"), "likelihood is a judgment's"),
        (("add", "--kind", "claim", "--text", "x", "--speaker", "z", "robot", "Z"), "'robot' is no kind of speaker"),
    ],
)  # fmt: skip
def test_wrong_commands_change_nothing(capsys, tmp_path, words, message):
    path = tmp_path / "orrin.yaml"
    path.write_text(RIGHT, "utf-8")
    place = () if "show" in words else ("--case", path)
    code, _, err = oust(capsys, "claims", *words, *place)
    assert code == Exit.USAGE
    assert message in err
    assert path.read_text("utf-8") == RIGHT
    assert [one.name for one in tmp_path.iterdir()] == ["orrin.yaml"]


def test_check_warns_of_circles_and_hollow_confirmation(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    text = RIGHT.replace("    rests_on: [c1, c2]\n", "", 1)
    grade = '    credibility: [{grade: "1", by: me, date: "2020"}]\n    derives: c4\n'
    text = text.replace("    kind: denial\n", "    kind: denial\n" + grade, 1)
    text = text.replace("    kind: judgment\n", "    kind: judgment\n    derives: c3\n", 1)
    path.write_text(text, "utf-8")
    code, out, _ = oust(capsys, "claims", "check", path)
    assert code == 0
    assert f"{path}:58:9: warning: c3 and c4 cite each other; no first source is named" in out
    assert f"{path}:58:9: warning: credibility 1 needs two independent origins, and c3 has 1" in out


def test_check_warns_of_a_party_that_denies_itself(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT.replace("role: former seller of Orrin Services", "of: orrin", 1), "utf-8")
    _, out, _ = oust(capsys, "claims", "check", path)
    assert f"{path}:58:9: warning: c3 denies c1, and both are counted as Orrin Services" in out


# --- what hangs on what ---


def test_everything_that_hangs_on_a_document_is_listed_with_its_way():
    found = reopen(weigh(load_ledger(HERE / "orrin.yaml")), "memo")
    ways = {(one.kind, one.id): (one.path, one.before, one.after) for one in found}
    assert ways["claim", "c1"] == (("memo", "c1"), "2", "1")
    assert ways["judgment", "c4"] == (("memo", "c1", "c4"), "2", "1")
    assert ways["reading", "c1/not-sold/J. Doe"][0] == ("memo", "c1")
    assert {one.falls for one in found} == {False}


def test_the_judgments_come_first_and_fall_with_all_they_rest_on():
    found = reopen(weigh(load_ledger(HERE / "tangle.yaml")), "e")
    assert (found[0].kind, found[0].id, found[0].path) == ("judgment", "j", ("e", "c", "j"))
    assert not found[0].falls  # the circle is left


def test_a_retracted_document_takes_down_what_stands_in_it_alone(capsys, tmp_path):
    path = shutil.copy(EXAMPLE, tmp_path / "k.yaml")
    words = ("retract", "daily-beast-2018", "--why", "withdrawn", "--source", "the paper")
    code, out, _ = oust(capsys, "claims", *words, "--case", path)
    assert code == 0 and "db-2018-slashdot" in out and "c4" in out
    weighing = weigh(load_ledger(Path(path)))
    assert not weighing.counts("db-2018-slashdot")
    assert str(weighing.support(["c4"])) == "4"
    document = weighing.identity.documents["daily-beast-2018"]
    assert (document.standing, document.standing_why) == ("retracted", "withdrawn (the paper)")


# --- ratings ---


def test_one_screen_does_not_show_the_other_rating(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")
    place = ("--by", "me", "--case", path)
    assert (
        oust(capsys, "claims", "rate", "reliability", "ann", "b", "--why", "never wrong", *place)[0]
        == 0
    )
    assert (
        oust(capsys, "claims", "rate", "credibility", "c1", "4", "--why", "no invoice", *place)[0]
        == 0
    )
    _, out, _ = oust(capsys, "claims", "rate", "credibility", "c1", *place)
    assert "no invoice" in out and "never wrong" not in out and "reliab" not in out
    _, out, _ = oust(capsys, "claims", "rate", "reliability", "ann", *place)
    assert "never wrong" in out and "no invoice" not in out and "doubtful" not in out


def test_credibility_1_takes_two_origins_that_are_surely_different(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")
    place = ("--by", "me", "--date", "2020", "--case", path)
    code, _, err = oust(capsys, "claims", "rate", "credibility", "c2", "1", *place)
    assert code == Exit.USAGE and "1 origin: two aides" in err
    assert oust(capsys, "claims", "rate", "credibility", "c1", "1", *place)[0] == 0
    assert load_ledger(path).claims[0].credibility == (Grade(grade="1", by="me", date="2020"),)


def test_f_and_6_are_null_and_the_history_stays(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")
    for words in (
        ("credibility", "c1", "2"),
        ("credibility", "c1", "6"),
        ("reliability", "ann", "f"),
    ):
        assert oust(capsys, "claims", "rate", *words, "--by", "me", "--case", path)[0] == 0
    shown = json.loads(oust(capsys, "claims", "show", path, "--format", "json")[1])
    rated = shown["claims"][0]["credibility"]
    assert (rated["grade"], rated["rank"], rated["ratings"]) == ("6", None, 2)
    ann = next(one for one in shown["sources"] if one["id"] == "ann")
    assert (ann["reliability"]["grade"], ann["reliability"]["rank"]) == ("F", None)
    assert [one.grade for one in load_ledger(path).claims[0].credibility] == ["2", "6"]


# --- changes in place ---


def test_a_file_written_by_hand_keeps_its_text(capsys, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(
        RIGHT.replace("rests_on: [c1, c2]", "rests_on: [c1, c2]  # both") + "# the end\n", "utf-8"
    )
    before = path.read_text("utf-8").splitlines()
    words = ("add", "--kind", "claim", "--text", "Three: no, #4 schools", "--by", "post", "--draft")
    assert oust(capsys, "claims", *words, "--case", path)[1] == f" c5 added to {path}\n"
    after = path.read_text("utf-8").splitlines()
    kept = iter(after)
    assert all(line in kept for line in before)
    new = [line for line in after if line not in before]
    assert new == [
        "  - id: c5",
        '    text: "Three: no, #4 schools"',
        "    by: [post]",
        "    draft: true",
    ]
    assert oust(capsys, "claims", "confirm", "--all", "--case", path)[1] == " 1 claim confirmed\n"
    assert path.read_text("utf-8").splitlines() == [one for one in after if "draft" not in one]


def test_a_ledger_is_begun(capsys, tmp_path):
    folder = tmp_path / "new-case"
    words = ("--kind", "claim", "--text", "So it is.", "--by", "ann", "--speaker", "ann", "person",
             "Ann", "--document", "d", "A memo", "--seen-in", "d", "--quote", "so: it is")  # fmt: skip
    code, out, _ = oust(capsys, "claims", "add", "--case", folder, *words)
    assert (code, out) == (0, f" c1 added to {folder / 'claims/ledger.yaml'}\n")
    ledger = load_ledgers(folder).whole
    assert ledger.claims[0].seen_in == (Appearance(document="d", quote="so: it is"),)


def test_what_is_missing_is_asked_for_at_a_terminal(monkeypatch, tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")
    monkeypatch.setattr(claims_add, "at_terminal", lambda: True)
    monkeypatch.setattr(claims_edit, "at_terminal", lambda: True)
    answers = "claim\nA third school.\nann\nmemo\nc1\n\npeople\n"
    done = CliRunner().invoke(root, ["claims", "add", "--case", str(path)], input=answers)
    assert done.exit_code == 0, done.output
    new = load_ledger(path).claims[-1]
    assert (new.text, new.by, new.seen_in, new.derives, new.basis) == (
        "A third school.", ("ann",), (Appearance(document="memo"),), ("c1",), "people")  # fmt: skip
    done = CliRunner().invoke(
        root,
        ["claims", "rate", "credibility", "c1", "--by", "me", "--case", str(path)],
        input="9\n3\n",
    )
    assert done.exit_code == 0 and load_ledger(path).claims[0].credibility[-1].grade == "3"


@pytest.mark.parametrize("flavour", ["crlf", "bom", "flow", "indent", "no end"])
def test_every_way_of_writing_can_be_changed(tmp_path, flavour):
    text = {
        "crlf": RIGHT.replace("\n", "\r\n"),
        "bom": "\ufeff" + RIGHT,
        "flow": "id: l\ntitle: l\nclaims: [{id: c1, kind: claim, text: so,}]\nspeakers: []\n",
        "indent": "id: l\ntitle: l\nclaims:\n- id: c1\n  kind: claim\n  text: >\n    so it\n    is\n\n# end\n",
        "no end": RIGHT.rstrip("\n"),
    }[flavour]
    path = tmp_path / "l.yaml"
    path.write_bytes(text.encode())
    grade = Grade(grade="6", by="me: myself", date="2020", why="“quoted” # no")
    file = LedgerFile(path)
    file.change("c1", credibility=(grade,), standing="corrected", standing_why="put right")
    file.append("speakers", Speaker(id="new", name="New & <one>", kind="person"))
    file.save()
    file = LedgerFile(path)
    file.change("c1", credibility=(grade,))
    file.append("claims", Claim(id="z", kind="claim", text="last"))
    file.save()
    ledger = load_ledger(path)
    assert ledger.claims[0].credibility == (grade, grade)
    assert (ledger.claims[0].standing, ledger.claims[-1].id) == ("corrected", "z")
    assert ledger.speakers[-1].name == "New & <one>"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == (flavour == "bom")
    assert (b"\r\n" in path.read_bytes()) == (flavour == "crlf")
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"") or flavour != "crlf"


def test_a_change_by_somebody_else_is_not_overwritten(tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")
    file = LedgerFile(path)
    file.append("claims", Claim(id="z", kind="claim", text="last"))
    path.write_text(RIGHT + "# theirs\n", "utf-8")
    with pytest.raises(OustError, match="changed by somebody else") as error:
        file.save()
    assert error.value.code == Exit.BUSY
    assert path.read_text("utf-8") == RIGHT + "# theirs\n"
    assert [one.name for one in tmp_path.iterdir()] == ["l.yaml"]


def test_only_one_writes_at_a_time_and_an_abandoned_write_is_no_lock(tmp_path, monkeypatch):
    path, part = tmp_path / "l.yaml", tmp_path / ".l.yaml.part"
    path.write_text(RIGHT, "utf-8")
    part.touch()
    file = LedgerFile(path)
    file.append("claims", Claim(id="z", kind="claim", text="last"))
    with pytest.raises(OustError, match="somebody else is writing"):
        file.save()
    assert part.exists() and path.read_text("utf-8") == RIGHT
    monkeypatch.setattr(ledger_write, "STALE", -1)
    file.save()
    assert load_ledger(path).claims[-1].id == "z"


def test_a_write_that_fails_leaves_the_file(tmp_path):
    path = tmp_path / "l.yaml"
    path.write_text(RIGHT, "utf-8")

    def full(part: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OustError, match="No space left"):
        write_whole(path, b"half", path.read_bytes(), full)
    assert path.read_text("utf-8") == RIGHT
    assert [one.name for one in tmp_path.iterdir()] == ["l.yaml"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(min_size=1, max_size=300).filter(lambda text: text.strip()),
    st.text(st.sampled_from("ab: #'\"\\-{}[]>|&*!%@`\n\t\x85\u2028,?é😀"), min_size=1).filter(
        str.strip
    ),
)
def test_any_text_is_kept_or_refused_whole(tmp_path, text, note):
    """As the reader keeps it, without white space around it; nothing else is lost."""
    path = tmp_path / "l.yaml"
    path.unlink(missing_ok=True)
    claim = Claim(id="c1", kind="claim", text=text.strip(), note=note.strip())
    try:
        new_ledger(path, Ledger(id="l", title="l"))
        file = LedgerFile(path)
        file.append("claims", claim)
        file.save()
    except OustError:
        assert load_ledger(path).claims == ()
        surrogates = any("\ud800" <= one <= "\udfff" for one in text)
        assert surrogates, "every other text can be kept"
    else:
        assert load_ledger(path).claims == (claim,)
