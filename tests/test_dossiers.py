"""The bundled dossiers, and what the checker says of wrong ones."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.data import (
    bundled_ids,
    bundled_path,
    check_dossier,
    load_dossier,
    load_dossiers,
)
from oust.data.dossier import Dossier
from oust.data.kinds import IDENTIFIER_KINDS, purl_beginnings
from oust.data.values import check_digit_fault, form_fault, regex_fault
from oust.errors import OustError
from oust.model import ID_SCHEMES, Record

PROJECT = Path(__file__).parents[1]
NINE = ["acronis", "bytedance", "dahua", "dji", "hikvision", "huawei", "hytera", "kaspersky", "zte"]

HEAD = """\
id: acme
vendor: Acme
word: [acme]
"""
FACT = """\
identifiers:
  - kind: cpe_vendor
    value: acme
    source: a page
    tier: primary
"""


def _facts(*lines: str) -> str:
    return HEAD + "identifiers:\n" + "\n".join(lines) + "\n"


def _identifier(kind: str, value: str, *more: str) -> str:
    lines = [f"  - kind: {kind}", f"    value: {value}", "    source: a page", "    tier: primary"]
    return _facts(*lines, *(f"    {line}" for line in more))


WRONG = {
    "syntax": (HEAD + "names: [", 5, "not YAML"),
    "syntax, bad quote": (HEAD + 'about: "open\nmore', 5, "that starts in line 4"),
    "control character": (HEAD.replace("Acme", "Ac\x01me"), 2, "character"),
    "unknown key": (HEAD + "nmaes: []\n", 4, "unknown key 'nmaes' (did you mean names?)"),
    "unknown key of a fact": (
        HEAD + FACT.replace("source", "sorce"),
        7,
        "unknown key 'sorce' (did you mean source?)",
    ),
    "missing source": (HEAD + FACT.replace("    source: a page\n", ""), 5, "source is missing"),
    "missing tier": (HEAD + FACT.replace("    tier: primary\n", ""), 5, "tier is missing"),
    "missing id": ("vendor: Acme\n", 1, "id is missing"),
    "missing values": (HEAD + FACT.replace("    value: acme\n", ""), 5, "values is missing"),
    "bad tier": (HEAD + FACT.replace("primary", "primry"), 8, "did you mean primary?"),
    "weak without why": (
        _identifier("cpe_vendor", "acme", "strength: weak"),
        9,
        "why is missing",
    ),
    "serves of what serves nothing": (
        _identifier("cpe_vendor", "acme", "serves: update"),
        9,
        "has no use for serves",
    ),
    "serves something unheard of": (
        _identifier("domain", "acme.example", "serves: updates"),
        9,
        "did you mean update?",
    ),
    "empty value": (HEAD + FACT.replace("value: acme", "value:"), 6, "value"),
    "empty list": (HEAD + FACT.replace("value: acme", "values: []"), 6, "values is empty"),
    "null": (HEAD.replace("vendor: Acme", "vendor: ~"), 2, "vendor is empty"),
    "duplicate value": (
        HEAD + FACT + FACT.removeprefix("identifiers:\n"),
        10,
        "'acme' stands in the entry of line 5 too",
    ),
    "duplicate within values": (
        HEAD + FACT.replace("value: acme", "values: [acme, ACME]"),
        6,
        "'ACME' stands in values twice",
    ),
    "duplicate key": (HEAD + "vendor: Other\n", 4, "the key 'vendor' stands here twice"),
    "bad date": (_identifier("cpe_vendor", "acme", "since: 2017-13"), 9, "since is no date"),
    "bad day": (_identifier("cpe_vendor", "acme", "since: 2017-02-30"), 9, "since is no date"),
    "words as date": (_identifier("cpe_vendor", "acme", "until: by 2017"), 9, "until is no date"),
    "since after until": (
        _identifier("cpe_vendor", "acme", "since: 2018-01", "until: 2017"),
        9,
        "since 2018-01 is later than until 2017",
    ),
    "bad kind": (_identifier("cpe_vendr", "acme"), 5, "did you mean cpe_vendor?"),
    "MAC of five digits": (_identifier("mac_oui", "00259"), 6, "6, 7 or 9 hexadecimal digits"),
    "MAC that is none": (_identifier("mac_oui", "00259G"), 6, "6, 7 or 9 hexadecimal digits"),
    "MAC in folded text": (
        _facts(
            "  - kind: mac_oui",
            "    values: >-",
            "      00259E 001E10",
            "      001882 00zz9E",
            "    source: a page",
            "    tier: primary",
        ),
        8,
        "'00zz9E' is not 6, 7 or 9",
    ),
    "domain": (_identifier("domain", "https://acme.example/"), 6, "is not a host name"),
    "GUID": (_identifier("msi_product_code", "'{123}'"), 6, "a GUID in braces"),
    "sha256": (_identifier("installer_sha256", "abc"), 6, "64 hexadecimal digits"),
    "UEI": (_identifier("uei", "ABC"), 6, "12 digits and capitals"),
    "LEI": (_identifier("lei", "5493001KJTIIGC8Y1R13"), 6, "check digits of LEI"),
    "purl": (_identifier("purl_prefix", "golang/acme"), 6, "pkg:TYPE/"),
    "IP prefix": (_identifier("ip_prefix", "10.0.0.1/8"), 6, "is not an IP prefix"),
    "wrong expression": (
        _identifier("domain", "'(acme'", "match: regex"),
        6,
        "the regular expression is wrong",
    ),
    "slow expression": (
        _identifier("domain", "'(a+)+$'", "match: regex"),
        6,
        "may take for ever",
    ),
    "bad match": (_identifier("domain", "acme.example", "match: sufix"), 9, "did you mean suffix?"),
    "contradiction": (
        HEAD + FACT + "not_evidence:\n  - value: it\n    patterns: [Acme]\n    why: another\n"
        "    source: a page\n    tier: primary\n",
        6,
        "'acme' stands in not_evidence too, line 10",
    ),
    "confusion without why": (
        HEAD + "not_evidence:\n  - value: it\n    source: a page\n    tier: primary\n",
        5,
        "why is missing",
    ),
    "pattern that matches all": (
        HEAD + "not_evidence:\n  - value: it\n    patterns: ['*a*']\n    why: x\n"
        "    source: a page\n    tier: primary\n",
        6,
        "would match nearly anything",
    ),
    "unknown field": (
        HEAD + "not_evidence:\n  - value: it\n    fields: [descripton]\n    why: x\n"
        "    source: a page\n    tier: primary\n",
        6,
        "did you mean description?",
    ),
    "tab": (HEAD + "names:\n\t- value: Acme\n", 5, "a tab indents this line"),
    "alias": (HEAD + "about: &a text\nmisspellings: [*a]\n", 5, "aliases are not allowed"),
    "python tag": (
        HEAD + "about: !!python/object/apply:os.system ['true']\n",
        4,
        "the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed",
    ),
    "second document": (HEAD + "---\n" + HEAD, 4, "a second document"),
    "deep nesting": (HEAD + "names: " + "[" * 100_000, 4, "the nesting is deeper"),
    "deep block nesting": (HEAD + "names:\n  " + "- " * 50_000, 5, "the nesting is deeper"),
    "a list": ("- id: acme\n", 1, "a dossier must be a mapping"),
    "text for a list": (HEAD + "names: Acme\n", 4, "names must be a list"),
    "list for a text": (HEAD.replace("Acme", "[Acme]"), 2, "vendor must be one text"),
    "text for an entry": (HEAD + "names:\n  - Acme\n", 5, "each entry of names"),
    "a list as key": (HEAD + "? [a]\n: b\n", 4, "a key must be a word"),
    "bad boolean": (
        HEAD + "products:\n  - value: A\n    kind: app\n    distinctive: maybe\n"
        "    source: a page\n    tier: primary\n",
        7,
        "one of: true, false",
    ),
    "bad country": (
        HEAD + "names:\n  - value: A B\n    kind: legal\n    country: Norway\n"
        "    source: a page\n    tier: primary\n",
        7,
        "is no country",
    ),
    "bad share": (
        HEAD + "ownership:\n  - party: B\n    relation: owns\n    share: 120\n"
        "    source: a page\n    tier: primary\n",
        7,
        "is no share",
    ),
    "bad id": (HEAD.replace("acme", "../acme", 1), 1, "cannot be used"),
    "a hundred thousand duplicates": (
        _facts("  - kind: file_name", "    values: >-", "      " + "a " * 100_000),
        7,
        "'a' stands in values twice",
    ),
    "a long key": (HEAD + '"' + "k" * 1_000 + '": x\n', 4, "kkk…'"),
    "a long domain": (_identifier("domain", "a." * 50_000), 6, "longer than 2,048"),
    "empty": ("", 1, "the file is empty"),
    "only a comment": ("# nothing\n", 1, "the file is empty"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_mistakes_are_told_with_their_line(case: str, tmp_path: Path) -> None:
    text, line, message = WRONG[case]
    path = tmp_path / "acme.yaml"
    path.write_text(text, "utf-8")
    told = [(p.line, f"{p.message} ({p.hint})") for p in check_dossier(path) if not p.warning]
    assert any(at == line and message in text for at, text in told), told
    with pytest.raises(OustError, match=r"acme\.yaml:\d+:\d+: "):
        load_dossier(path)


def test_the_small_dossier_of_the_mistakes_is_right_without_them(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + FACT, "utf-8")
    assert check_dossier(path) == []
    assert load_dossier(path).identifiers[0].values == ("acme",)


def test_all_mistakes_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(HEAD + "typo: 1\n" + FACT.replace("primary", "none").replace("a page", ""))
    assert [problem.line for problem in check_dossier(path)] == [4, 8, 9]


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"id: acme\nvendor: \xff\xfe\n", 2), ("id: acme".encode("utf-16"), 1), (b"\x00\x01", 1)],
)
def test_other_encodings(data: bytes, line: int, tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_bytes(data)
    assert [problem.line for problem in check_dossier(path)] == [line]


def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    assert "directory" in check_dossier(tmp_path)[0].message
    assert "cannot be read" in check_dossier(tmp_path / "none.yaml")[0].message
    with pytest.raises(OustError, match="directory"):
        load_dossiers(extra=[tmp_path])


def test_a_wrong_check_digit_warns_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    text = _identifier("registration_number", "'1027739867474'", "detail: {scheme: OGRN}")
    path.write_text(text, "utf-8")
    (problem,) = check_dossier(path)
    assert problem.warning and problem.line == 6
    assert load_dossier(path).id == "acme"


def test_scalars_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    more = ("country: NO", "since: 2017-05", "note: 4.00")
    name = "names:\n  - value: on\n    kind: legal\n    source: yes\n    tier: primary\n"
    path.write_text(HEAD + name + "".join(f"    {line}\n" for line in more), "utf-8")
    (read,) = load_dossier(path).names
    assert (read.value, read.country, read.since, read.note) == ("on", "NO", "2017-05", "4.00")


def test_extra_files_add_and_replace(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(HEAD + FACT)
    (tmp_path / "k.yaml").write_text(HEAD.replace("acme", "kaspersky", 1) + FACT)
    loaded = load_dossiers(["zte"], [tmp_path / "a.yaml", tmp_path / "k.yaml"])
    assert [dossier.id for dossier in loaded] == ["acme", "kaspersky", "zte"]
    assert [d.vendor for d in load_dossiers(["kaspersky"], [tmp_path / "k.yaml"])] == ["Acme"]
    with pytest.raises(OustError, match="another file"):
        load_dossiers([], [tmp_path / "a.yaml", tmp_path / "a.yaml"])
    with pytest.raises(OustError) as error:
        load_dossiers(["kasperski"])
    assert error.value.hint == "did you mean kaspersky?"


@pytest.fixture(scope="module")
def nine() -> dict[str, Dossier]:
    return {dossier.id: dossier for dossier in load_dossiers()}


@pytest.mark.parametrize("vendor", NINE)
def test_bundled_dossiers_have_no_problem(vendor: str) -> None:
    assert check_dossier(bundled_path(vendor)) == []
    assert load_dossier(bundled_path(vendor)).id == vendor


def test_the_nine_are_bundled_and_the_example_is_right() -> None:
    assert list(bundled_ids()) == NINE
    assert check_dossier(PROJECT / "examples" / "mailru-easyjson.yaml") == []


def test_every_weak_fact_says_why(nine: dict[str, Dossier]) -> None:
    for dossier in nine.values():
        for facts in (dossier.names, dossier.ownership, dossier.products, dossier.identifiers):
            assert all(fact.why for fact in facts if fact.strength == "weak")


def test_kinds_name_real_fields_and_schemes_and_are_documented() -> None:
    page = (PROJECT / "docs" / "dossier-schema.md").read_text("utf-8")
    for name, kind in IDENTIFIER_KINDS.items():
        assert bool(kind.places) != bool(kind.reason), name
        assert f"| `{name}` |" in page
        for place in kind.places:
            field, _, part = place.partition(":")
            assert part in ID_SCHEMES if field == "ids" else field in Record.__struct_fields__


def test_the_tables_alone_do_not_import_yaml() -> None:
    code = "import sys, oust.data.kinds, oust.cli; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("kind", "value", "beginnings"),
    [
        ("npm_scope", "@volcengine", ("pkg:npm/%40volcengine/",)),
        ("pypi_package", "Lark_Oapi", ("pkg:pypi/lark-oapi",)),
        ("pypi_package_prefix", "huaweicloudsdk", ("pkg:pypi/huaweicloudsdk*",)),
        ("maven_group", "com.dji", ("pkg:maven/com.dji/",)),
        (
            "maven_group_prefix",
            "com.huawei.",
            ("pkg:maven/com.huawei/", "pkg:maven/com.huawei.*"),
        ),
        ("go_module_prefix", "github.com/bytedance/", ("pkg:golang/github.com/bytedance/",)),
        ("purl_prefix", "pkg:golang/a.b/c", ("pkg:golang/a.b/c", "pkg:golang/a.b/c/")),
        ("uei", "ED47N4Z1K8S9", ()),
    ],
)
def test_purl_beginnings(kind: str, value: str, beginnings: tuple[str, ...]) -> None:
    assert purl_beginnings(kind, value) == beginnings


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        (r"^AVP[0-9]+(\.[0-9]+)*$", False),
        (r"^[a-z0-9-]+-cloud\.acronis\.com$", False),
        (r"Kaspersky", False),
        (r"(ab|cd){1,3}", False),
        (r"(a+)+$", True),
        (r"(a|aa)+$", True),
        (r"([a-z]+)*x", True),
        (r"(\w+\s?)+$", True),
        (r"(\.[.0-9]+)*$", True),
        (r"(a)\1", True),
        (r".*.*.*.*.*x", True),
        (r"a{1,100000000000}", True),
        (r"[", True),
        ("(" * 60 + ")" * 59, True),
        ("a" * 201, True),
    ],
)
def test_regular_expressions_that_could_hang_are_refused(pattern: str, wrong: bool) -> None:
    assert bool(regex_fault(pattern)) is wrong


@pytest.mark.parametrize(
    ("scheme", "value", "right"),
    [
        ("OGRN", "1027739867473", True),
        ("OGRN", "1027739574297", False),
        ("OGRN", "1027700041113", False),
        ("INN", "7713140469", True),
        ("INN", "7713140468", False),
        ("USCC", "91330000727215176K", True),
        ("USCC", "91330000727215176L", False),
        ("USCC", "914403001922038216", True),
        ("other", "anything", True),
    ],
)
def test_check_digits(scheme: str, value: str, right: bool) -> None:
    assert bool(check_digit_fault(scheme, value)) is not right


def test_lei_check_digits() -> None:
    assert form_fault("lei", "5493001KJTIIGC8Y1R12") == ""
    assert "check digits" in form_fault("lei", "5493001KJTIIGC8Y1R21")


_WORDS = st.sampled_from(
    [
        *("id", "vendor", "names", "identifiers", "kind", "values", "value", "source", "tier"),
        *("mac_oui", "weak", "strength", "regex", "match", "since", "2017-01", "not_evidence"),
        *("why", "(a+)+", "patterns", "fields", "detail", "distinctive", "products"),
    ]
)
_ANY = st.recursive(
    _WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=25,
)
_QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _never_raises(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    problems = check_dossier(path)
    lines = (
        data.count(b"\n")
        + data.count(b"\r")
        + len(re.findall("[\x85\u2028\u2029]", data.decode("utf-8", "replace")))
        + 2
    )
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in problems)
    try:
        load_dossier(path)
    except OustError:
        assert any(not problem.warning for problem in problems)
    else:
        assert all(problem.warning for problem in problems)


@_QUICK
@given(st.binary(max_size=300))
def test_arbitrary_bytes(tmp_path: Path, data: bytes) -> None:
    _never_raises(data, tmp_path / "any.yaml")


@_QUICK
@given(_ANY)
def test_arbitrary_yaml(tmp_path: Path, value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    _never_raises(text.encode("utf-8", "surrogatepass"), tmp_path / "any.yaml")


@_QUICK
@given(st.data())
def test_damaged_dossiers(tmp_path: Path, data: st.DataObject) -> None:
    whole = bundled_path("hytera").read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 200)))
    patch = data.draw(st.binary(max_size=10) | st.sampled_from([b"\t", b"- ", b"&a ", b"*a", b"["]))
    _never_raises(whole[:start] + patch + whole[end:], tmp_path / "any.yaml")
