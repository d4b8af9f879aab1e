"""Ledgers of claims in STIX 2.1 and W3C PROV: out and back whole, and what others write."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.cli import run
from oust.commands import root
from oust.data.ledger import (
    Apart,
    Appearance,
    Claim,
    Document,
    Grade,
    Hypothesis,
    Ledger,
    Reading,
    Speaker,
)
from oust.data.ledgers import load_ledger, load_ledgers
from oust.errors import OustError
from oust.exchange.forms import as_yaml, exported, imported
from oust.exchange.prov_in import from_prov
from oust.exchange.stix_in import from_stix

pytest.importorskip("stix2")
pytest.importorskip("prov")

EXAMPLE = Path(__file__).parents[1] / "examples/claims/kaspersky-2017.yaml"
FORMS = ("stix", "prov-json", "prov-xml")


def back(text: str, form: str) -> Ledger:
    taken = from_stix(text, "x") if form == "stix" else from_prov(text.encode(), "x")
    assert not taken.left_out and not taken.problems
    return taken.ledger


@pytest.mark.parametrize("form", FORMS)
def test_the_example_comes_back_whole_and_is_written_alike_twice(form):
    ledger = load_ledger(EXAMPLE)
    text = exported(ledger, form)
    assert text == exported(ledger, form)
    assert back(text, form) == ledger


def test_yaml_is_read_back(tmp_path):
    ledger = load_ledger(EXAMPLE)
    (tmp_path / "a.yaml").write_text(as_yaml(ledger), encoding="utf-8")
    assert imported(tmp_path / "a.yaml").ledger == ledger


IDS = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=40,
).filter(lambda text: text == " ".join(text.split()))
DATES = st.sampled_from(["", "2017", "2017-03", "2017-03-30"])


@st.composite
def ledgers(draw):
    """Small ledgers with everything in them."""
    names = draw(st.lists(IDS, min_size=6, max_size=9, unique=True))
    person, paper, document, theory, *ids = names
    grade = Grade(grade="3", by=draw(TEXTS), date="2017-04-01", why=draw(TEXTS))
    claims = [
        Claim(
            id=one,
            kind=draw(st.sampled_from(["claim", "denial", "record", "judgment"])),
            text=draw(TEXTS),
            by=(person,),
            through=(paper,),
            basis=draw(st.sampled_from(["people", "record", "none-given"])),
            date=draw(DATES),
            about=("vendor",),
            seen_in=(Appearance(document=document, quote=draw(TEXTS), start=3, end=9),),
            derives=tuple(ids[:n]),
            denies=tuple(ids[:n]),
            credibility=(grade,),
        )
        for n, one in enumerate(ids)
    ]
    return Ledger(
        id="ledger",
        title=draw(TEXTS),
        speakers=(
            Speaker(id=person, name=draw(TEXTS), kind="person", of=paper, role=draw(TEXTS)),
            Speaker(id=paper, name=draw(TEXTS), kind="outlet"),
        ),
        documents=(
            Document(id=document, title=draw(TEXTS), outlet=paper, url="http://a.example/"),
        ),
        claims=tuple(claims),
        apart=(Apart(both=(ids[0], ids[1]), why=draw(TEXTS)),),
        hypotheses=(Hypothesis(id=theory, text=draw(TEXTS)),),
        readings=(
            Reading(
                claim=ids[0], hypothesis=theory, reads="consistent", by="me", date="2017-05-01"
            ),
        ),
    )


@settings(max_examples=30, deadline=None)
@given(ledgers(), st.sampled_from(FORMS))
def test_any_ledger_comes_back_whole(ledger, form):
    assert back(exported(ledger, form), form) == ledger


def test_what_stix_says_is_what_its_readers_expect():
    bundle = json.loads(exported(load_ledger(EXAMPLE), "stix"))
    kinds = {one["type"] for one in bundle["objects"]}
    assert kinds == {
        *("extension-definition", "identity", "note", "report"),
        *("opinion", "relationship", "grouping"),
    }
    notes = {one["abstract"]: one for one in bundle["objects"] if one["type"] == "note"}
    denied = notes["claim c12a"]["id"]
    said = [one for one in bundle["objects"] if one["type"] == "opinion"]
    assert any(
        one["opinion"] == "strongly-disagree"
        and one["object_refs"] == [denied]
        and "improper ties" in one["explanation"]
        for one in said
    )
    ties = [one for one in bundle["objects"] if one["type"] == "relationship"]
    assert len(ties) == 6
    assert all(one["relationship_type"] == "derived-from" for one in ties)
    assert "confidence" not in notes["judgment c9"]


@pytest.mark.parametrize(
    ("credibility", "expected"), [("1", 90), ("3", 50), ("5", 10), ("6", None)]
)
def test_not_judged_is_no_number(credibility, expected):
    grade = Grade(grade=credibility, by="me", date="2026-01-01")
    claim = Claim(id="c", kind="claim", text="t", credibility=(grade,))
    bundle = json.loads(exported(Ledger(id="l", title="t", claims=(claim,)), "stix"))
    note = next(one for one in bundle["objects"] if one["type"] == "note")
    assert note.get("confidence") == expected


def stix(kind: str, number: int, **given: object) -> dict[str, object]:
    moment = "2017-07-12T08:00:00.000Z"
    ident = f"{kind}--00000000-0000-4000-8000-{number:012}"
    return {
        **{"type": kind, "spec_version": "2.1", "id": ident, "created": moment},
        **{"modified": moment, **given},
    }


def test_a_bundle_of_somebody_else_is_taken_as_far_as_terms_agree():
    paper = stix("identity", 1, name="Harbor Post", identity_class="organization")
    first = stix("note", 2, content="Officials are worried.", created_by_ref=paper["id"],
                 object_refs=[paper["id"]], confidence=40)  # fmt: skip
    again = stix("note", 3, content="Officials worry, the Post says.", authors=["Ann Lee"],
                 object_refs=[paper["id"]])  # fmt: skip
    tie = stix("relationship", 4, relationship_type="derived-from", source_ref=again["id"],
               target_ref=first["id"])  # fmt: skip
    denial = stix("opinion", 5, opinion="strongly-disagree", explanation="Untrue.",
                  authors=["Northlight"], object_refs=[first["id"]])  # fmt: skip
    report = stix("report", 6, name="A week in July", published="2017-07-12T00:00:00Z",
                  object_refs=[first["id"]],
                  external_references=[{"source_name": "p", "url": "https://p.example/1"}])  # fmt: skip
    other = stix("malware", 7, name="x", is_family=False)
    broken = stix("note", 8, content="No reference at all.")
    objects = [tie, denial, report, other, broken, again, first, paper]
    taken = from_stix(json.dumps({"type": "bundle", "id": "b", "objects": objects}), "July 2017")
    ledger = taken.ledger
    assert taken.left_out == {"malware": 1}
    assert len(taken.problems) == 1 and "000000000008" in taken.problems[0]
    claims = {one.text: one for one in ledger.claims}
    one = claims["Officials are worried."]
    assert [speaker.name for speaker in ledger.speakers if speaker.id in one.by] == ["Harbor Post"]
    assert one.date == "2017-07-12" and "40" in one.note and not one.credibility
    assert [seen.document for seen in one.seen_in] == [ledger.documents[0].id]
    assert claims["Officials worry, the Post says."].derives == (one.id,)
    assert claims["Untrue."].kind == "denial" and claims["Untrue."].denies == (one.id,)
    assert ledger.documents[0].url == "https://p.example/1"


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})


DESK = "identity--00000000-0000-4000-8000-000000000001"


def test_long_texts_that_begin_alike_get_ids_of_their_own():
    notes = [
        stix("note", n, content=f"{'The same long beginning ' * 4}{n}", object_refs=[DESK])
        for n in range(2, 60)
    ]
    taken = from_stix(bundle(*notes), "x")
    assert len({one.id for one in taken.ledger.claims}) == 58
    assert not taken.problems


def test_what_is_no_object_has_no_text_or_is_an_older_version_is_told():
    first = stix("note", 2, content="Old words.", object_refs=[DESK])
    later = first | {"modified": "2017-08-01T00:00:00.000Z", "content": "New words."}
    empty = stix("note", 3, content=" ", object_refs=[DESK])
    taken = from_stix(bundle("no object", None, later, first, empty), "x")
    assert [one.text for one in taken.ledger.claims] == ["New words."]
    assert taken.left_out == {"older version": 1}
    assert len(taken.problems) == 3


def test_authors_speak_and_whoever_made_the_object_passes_it_on():
    desk = stix("identity", 1, name="Desk", identity_class="organization")
    note = stix("note", 2, content="It runs on 12 hosts.", abstract="Annotation",
                created_by_ref=DESK, authors=["Ann Lee"], object_refs=[DESK],
                external_references=[{"source_name": "Post", "url": "https://p.example/1"}])  # fmt: skip
    ledger = from_stix(bundle(desk, note), "x").ledger
    (claim,) = ledger.claims
    names = {one.id: one.name for one in ledger.speakers}
    assert [names[one] for one in claim.by] == ["Ann Lee"]
    assert [names[one] for one in claim.through] == ["Desk"]
    assert claim.note == "Annotation; Post https://p.example/1"


def test_two_files_of_one_author_stand_in_one_case(tmp_path, capsys):
    """The same name is the same speaker, so that two reports of his are not two origins."""
    desk = stix("identity", 1, name="Desk", identity_class="organization")
    for name in ("one", "two"):
        note = stix("note", 2, content=f"Words of {name}.", abstract="Annotation",
                    created_by_ref=DESK, object_refs=[DESK])  # fmt: skip
        (tmp_path / f"{name}.json").write_text(bundle(desk, note), "utf-8")
    case = tmp_path / "case"
    for name, more in (("one", []), ("two", []), ("two", ["--replace"])):
        asked = ["claims", "import", str(tmp_path / f"{name}.json"), "--case", str(case), *more]
        assert run(root, asked) == 0, capsys.readouterr().err
    assert len(load_ledgers(case).whole.speakers) == 1
    assert {one.by for one in load_ledgers(case).whole.claims} == {("desk",)}


def test_a_file_without_any_claim_changes_nothing(tmp_path, capsys):
    place = tmp_path / "one.json"
    place.write_text(bundle(stix("malware", 7, name="x", is_family=False)), "utf-8")
    case = tmp_path / "case"
    assert run(root, ["claims", "import", str(place), "--case", str(case)]) == 2
    assert "1 malware" in capsys.readouterr().err
    assert not case.exists()


def test_an_interrupted_import_leaves_the_case_as_it_was(tmp_path, monkeypatch):
    case = tmp_path / "case"
    assert run(root, ["claims", "import", str(EXAMPLE), "--case", str(case)]) == 0
    before = (case / "claims/kaspersky-2017.yaml").read_bytes()
    given = tmp_path / "k.yaml"
    given.write_bytes(before.replace(b"title: ", b"title: Other ", 1))
    real, calls = load_ledgers, []

    def stopped(place):
        calls.append(place)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(place)

    monkeypatch.setattr("oust.data.ledgers.load_ledgers", stopped)
    asked = ["claims", "import", str(given), "--case", str(case), "--replace"]
    assert run(root, asked) == 130
    assert (case / "claims/kaspersky-2017.yaml").read_bytes() == before


def test_a_prov_document_of_somebody_else_is_taken_as_far_as_terms_agree():
    document = {
        "prefix": {"ex": "http://example.org/"},
        "entity": {
            "ex:story": {"prov:label": "A story"},
            "ex:said": {"prov:value": "It is inside routers."},
            "ex:retold": {"prov:label": "Said to be inside routers"},
        },
        "agent": {"ex:ann": {"prov:type": {"$": "prov:Person", "type": "prov:QUALIFIED_NAME"}}},
        "activity": {"ex:writing": {}},
        "wasAttributedTo": {"_:1": {"prov:entity": "ex:said", "prov:agent": "ex:ann"}},
        "wasDerivedFrom": {
            "_:2": {"prov:generatedEntity": "ex:retold", "prov:usedEntity": "ex:said"},
            "_:3": {
                "prov:generatedEntity": "ex:retold",
                "prov:usedEntity": "ex:story",
                "prov:type": {"$": "prov:PrimarySource", "type": "prov:QUALIFIED_NAME"},
            },
        },
    }
    taken = from_prov(json.dumps(document).encode(), "story")
    claims = {one.text: one for one in taken.ledger.claims}
    said = claims["It is inside routers."]
    assert [speaker.kind for speaker in taken.ledger.speakers] == ["person"]
    assert said.by == (taken.ledger.speakers[0].id,)
    retold = claims["Said to be inside routers"]
    assert retold.derives == (said.id,)
    assert [seen.document for seen in retold.seen_in] == [taken.ledger.documents[0].id]
    assert taken.left_out == {"activity": 1}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;">]><prov:document xmlns:prov="http://www.w3.org/ns/prov#">&b;</prov:document>"""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", "no PROV|STIX|no claims"),
        (b'{"spec_version": ', "no JSON"),
        (b'{"spec_version":' + b"[" * 100_000, "no JSON"),
        (b"<a>", "no XML"),
        (BOMB, "document type"),
        (b"{" * 90_000, "no PROV"),
        (b'{"entity": 5}', "no PROV"),
        ('{"spec_version": "é"}'.encode("latin-1"), "no UTF-8"),
        (b"", "empty"),
        (b"\x00\x01\x02", ""),
    ],
)
def test_what_is_no_ledger_is_told(tmp_path, data, words):
    place = tmp_path / "f.json"
    place.write_bytes(data)
    if data == b"{}":
        assert imported(place).ledger.claims == ()
        return
    with pytest.raises(OustError) as told:
        imported(place)
    assert words in str(told.value)


def test_commands_import_and_export(tmp_path, capsys):
    case = tmp_path / "case"
    out = tmp_path / "c.json"
    assert run(root, ["claims", "import", str(EXAMPLE), "--case", str(case)]) == 0
    assert run(root, ["claims", "export", str(case), "--format", "stix", "--output", str(out)]) == 0
    assert run(root, ["claims", "import", str(out), "--case", str(case)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert run(root, ["claims", "import", str(out), "--case", str(case), "--replace"]) == 0
    assert "claims taken into" in capsys.readouterr().out
    assert load_ledger(case / "claims" / "kaspersky-2017.yaml") == load_ledger(EXAMPLE)
    # the same ids under another name cannot stand beside them: nothing is taken
    assert run(root, ["claims", "import", str(out), "--case", str(case), "--as", "second"]) == 2
    assert sorted(one.name for one in (case / "claims").iterdir()) == ["kaspersky-2017.yaml"]
    assert run(root, ["claims", "import", str(out), "--case", str(case), "--as", "../x"]) == 2
    assert run(root, ["claims", "export", str(tmp_path / "none")]) == 2
