"""Dated links in our own spelling, FollowTheMoney and BODS: same facts, damage, order."""

import csv
import io
import json
import random
import re
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, pick
from oust.formats.bods import Bods
from oust.formats.csv_rows import rows
from oust.formats.followthemoney import FollowTheMoney
from oust.formats.relation_rows import RELATIONS
from oust.formats.relations import RelationsCsv, RelationsYaml
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import ID_SCHEMES, Link, Quarantine, Record, Said, Tally

GOLDEN = Path(__file__).parent / "formats"
OURS = (RelationsCsv(), RelationsYaml(), FollowTheMoney(), Bods())


def read(fmt, data: bytes) -> list[Said]:
    return list(fmt.read(Opened("input", data), NoNeedles()))


def survives(fmt, data: bytes) -> list[Said]:
    """What is said before the source is given up; everything said must be storable."""
    said: list[Said] = []
    opened = Opened("input", data)
    assert 0 <= fmt.claims(opened.head) <= 100
    try:
        said.extend(fmt.read(opened, NoNeedles()))
    except Unreadable as error:
        assert str(error)
    for one in said:
        msgspec.json.encode(one).decode()
        assert not isinstance(one, Tally) and one.locator
        if isinstance(one, Record):
            assert all(text.partition(":")[0] in ID_SCHEMES for text in one.ids)
        if isinstance(one, Link):
            assert one.origin and all(one.targets)
    return said


def as_csv(facts: list[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(key for fact in facts for key in fact))
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(facts)
    return out.getvalue().encode()


def as_yaml(facts: list[dict[str, str]]) -> bytes:
    return yaml.safe_dump(facts, allow_unicode=True).encode()


def unplaced(said: list[Said]) -> list[Said]:
    """Without places, which differ by spelling."""
    bare = [msgspec.structs.replace(one, locator="") for one in said]
    return [
        msgspec.structs.replace(one, reason=one.reason.partition(": ")[2])
        if isinstance(one, Quarantine)
        else one
        for one in bare
    ]


NAME = st.text("abAB é,;\"'-|", min_size=1, max_size=8).filter(lambda text: text.strip() == text)
FACT = st.fixed_dictionaries(
    {
        "from": NAME,
        "relation": st.sampled_from(RELATIONS),
        "to": NAME,
        "since": st.sampled_from(["", "2016", "2016-03", "2016-03-01"]),
        "share": st.sampled_from(["", "51", "51.5", "100"]),
        "from_id": st.sampled_from(["", "lei:A1", "lei:B2", "reg:77"]),
        "note": NAME,
    }
)


@given(st.lists(FACT, min_size=1, max_size=8), st.sampled_from(",;\t|"))
@settings(max_examples=150, deadline=None)
def test_csv_and_yaml_say_the_same_and_lose_no_row(facts, delimiter):
    told = read(RelationsCsv(), as_csv(facts, delimiter))
    assert unplaced(told) == unplaced(read(RelationsYaml(), as_yaml(facts)))
    links = [one for one in told if isinstance(one, Link)]
    selves = [one for one in told if isinstance(one, Quarantine)]
    assert len(links) + len(selves) == len(facts)
    assert all("nobody" in one.reason and "itself" in one.reason for one in selves)
    if not selves:
        assert [one.relation for one in links] == [fact["relation"] for fact in facts]
    refs = [one.ref for one in told if isinstance(one, Record)]
    assert len(refs) == len(set(refs))
    assert {ref for one in links for ref in (one.origin, *one.targets)} == set(refs)


@given(st.lists(FACT, min_size=1, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_row_stands_at_its_byte(facts, crlf):
    data = as_csv(facts) if crlf else as_csv(facts).replace(b"\r\n", b"\n")
    records = list(csv.reader(io.StringIO(data.decode())))[1:]
    found = list(rows(Opened("x", data)))
    assert len(found) == len(records)
    for number, (row, cells) in enumerate(zip(found, records, strict=True), 1):
        said, byte = map(int, re.fullmatch(r"row (\d+) byte (\d+)", row.locator).groups())
        assert said == number
        first = next(csv.reader(io.StringIO(data[byte:].decode())))
        assert first == cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_byte_is_right_in_every_encoding(encoding):
    text = "from,relation,to\nÉcole,owns,Beta\nÖrn,owns,Gamma\n"
    data = text.encode(encoding)
    said = read(RelationsCsv(), data)
    links = [one for one in said if isinstance(one, Link)]
    assert [one.origin for one in links] == ["école", "örn"]
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    for link, start in zip(links, ("École", "Örn"), strict=True):
        byte = int(link.locator.rsplit(" ", 1)[1])
        assert data[byte:].startswith(start.encode(plain))


@pytest.mark.parametrize("word", RELATIONS)
def test_every_relation_is_read_in_any_spelling(word):
    for spelling in (word, word.upper(), word.replace("-", " ").title(), word.replace("-", "_")):
        said = read(RelationsCsv(), as_csv([{"from": "A", "relation": spelling, "to": "B"}]))
        assert [one.relation for one in said if isinstance(one, Link)] == [word]


def test_an_unknown_relation_names_the_known_ones():
    (only,) = read(RelationsCsv(), as_csv([{"from": "A", "relation": "loves", "to": "B"}]))
    assert isinstance(only, Quarantine)
    assert "`loves`" in only.reason and all(word in only.reason for word in RELATIONS)


def test_the_table_in_the_docs_lists_every_relation():
    page = (Path(__file__).parents[1] / "docs/relations.md").read_text()
    assert all(f"`{word}`" in page for word in RELATIONS)
    (block,) = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    said = read(RelationsCsv(), block.encode())
    assert not [one for one in said if isinstance(one, Quarantine)]
    assert sum(isinstance(one, Link) for one in said) == 4
    (listed,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert sum(isinstance(one, Link) for one in read(RelationsYaml(), listed.encode())) == 2
    for data, name in ((block, "relations-csv"), (listed, "relations-yaml")):
        assert pick(Opened("x", data.encode()).head, FORMATS).name == name


def test_a_name_means_the_one_identifier_it_has_elsewhere():
    facts = [
        {"from": "Acme", "relation": "owns", "to": "Beta", "from_id": "lei:A1"},
        {"from": "ACME", "relation": "owns", "to": "Gamma", "from_id": ""},
        {"from": "Acme Ltd", "relation": "owns", "to": "Delta", "from_id": "lei:A1"},
        {"from": "Beta", "relation": "owns", "to": "X", "from_id": "lei:B1"},
        {"from": "Beta", "relation": "owns", "to": "Y", "from_id": "lei:B2"},
    ]
    said = read(RelationsCsv(), as_csv(facts))
    origins = [one.origin for one in said if isinstance(one, Link)]
    assert origins == ["lei:A1", "lei:A1", "lei:A1", "lei:B1", "lei:B2"]
    by_ref = {one.ref: one for one in said if isinstance(one, Record)}
    assert by_ref["lei:A1"].ids == ("lei:A1", "alias:Acme Ltd")
    assert by_ref["beta"].ids == ()  # two companies bear the name: which is not known


def test_an_alias_bomb_is_refused():
    lines = ["l0: &l0 [x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 20)}]" for n in range(1, 9)]
    with pytest.raises(Unreadable, match="aliases"):
        read(RelationsYaml(), "\n".join(lines).encode())
    with pytest.raises(Unreadable, match="nesting"):
        read(RelationsYaml(), b"[" * 5000)


def test_yaml_builds_no_objects():
    data = b"- {from: A, relation: owns, to: !!python/object/apply:os.getcwd []}\n"
    said = survives(RelationsYaml(), data)
    assert not [one for one in said if isinstance(one, Link)]


ENTITIES = [
    {"id": "b", "schema": "PublicBody", "properties": {"name": ["Agency"]}},
    {"id": "s", "schema": "Company", "properties": {"name": ["Seller"], "leiCode": ["L1"]}},
    {"id": "c", "schema": "Contract", "properties": {"title": ["Tools"], "authority": ["b"]}},
    {"id": "a", "schema": "ContractAward", "properties": {"contract": ["c"], "supplier": ["s"]}},
    {"id": "o", "schema": "Ownership", "properties": {"owner": ["b"], "asset": ["s"]}},
]


@given(st.permutations(ENTITIES))
@settings(max_examples=40, deadline=None)
def test_an_award_finds_its_parties_in_any_order(entities):
    data = "\n".join(map(json.dumps, entities)).encode()
    said = read(FollowTheMoney(), data)
    award = next(one for one in said if isinstance(one, Record) and one.type == "ContractAward")
    assert (award.seller, award.buyer, award.description) == ("Seller", "Agency", "Tools")
    assert award.ids == ("lei:L1",)
    assert len(said) == len(ENTITIES)


STATEMENTS = [
    {"recordId": "r", "recordStatus": "new", "statementDate": "2020-01-01"},
    {"recordId": "r", "recordStatus": "updated", "statementDate": "2021-01-01"},
    {"recordId": "r", "recordStatus": "closed", "statementDate": "2022-01-01"},
]


@given(st.permutations(range(3)))
@settings(max_examples=10, deadline=None)
def test_a_bods_interest_ends_with_the_statement_that_replaces_it(order):
    details = {"subject": "e", "interestedParty": "p", "interests": [{"type": "shareholding"}]}
    lines = [
        {"statementId": f"s{i}", "recordType": "relationship", "recordDetails": details}
        | STATEMENTS[i]
        for i in order
    ]
    links = read(Bods(), json.dumps(lines).encode())
    until = {json.loads(one.extra)["statement"]: one.until for one in links}
    assert until == {"s0": "2021-01-01", "s1": "2022-01-01", "s2": "2022-01-01"}


KEYS = [
    *("id", "schema", "properties", "owner", "asset", "name", "prop", "value", "canonical_id"),
    *("statementId", "recordId", "recordType", "recordDetails", "subject", "interestedParty"),
    *("interests", "share", "identifiers", "names", "replacesStatements", "unspecified"),
]
WORDS = ["Ownership", "Company", "ContractAward", "entity", "relationship", "closed", "x", ""]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(JSON)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_json_of_odd_types_breaks_a_reader(value):
    for fmt in (FollowTheMoney(), Bods()):
        survives(fmt, json.dumps(value).encode())
        survives(fmt, json.dumps([value, value]).encode())
    survives(RelationsYaml(), json.dumps([value]).encode())


@given(st.binary(max_size=200), st.text(max_size=100))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_a_reader(data, text):
    for fmt in OURS:
        survives(fmt, data)
        survives(fmt, b"from,relation,to\n" + text.encode())


@pytest.mark.parametrize("fmt", OURS, ids=lambda fmt: fmt.name)
def test_damaged_files_are_told_or_refused(fmt):
    chance = random.Random(11)
    for path in sorted((GOLDEN / fmt.name).glob("*/input*")):
        whole = path.read_bytes()
        for _ in range(25):
            data = bytearray(whole)
            for _ in range(chance.randrange(4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            survives(fmt, bytes(data[: chance.randrange(len(data) + 1)]))


@pytest.mark.parametrize("fmt", [FollowTheMoney(), Bods()], ids=lambda fmt: fmt.name)
def test_deep_json_is_refused(fmt):
    with pytest.raises(Unreadable, match="nested deeper than 400"):
        read(fmt, b"[" * 1_000_000)
    deep = b'{"id":"a","schema":"Company","properties":' + b'{"x":' * 600 + b"1" + b"}" * 601
    lines = deep + b'\n{"id":"b","schema":"Company"}\n{"id":"c","schema":"Company"}\n'
    assert survives(fmt, lines)[0] == Quarantine(
        "line 1", "JSON is nested deeper than 400 levels", deep[:200].decode()
    )
