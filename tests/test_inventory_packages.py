"""Installed-software inventories: real listings, counts that reconcile, and hostile input."""

import json
import re
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, pick
from oust.formats.dates import day
from oust.formats.seam import Head, NoNeedles, Opened, Unreadable
from oust.formats.software_csv import SoftwareCsv
from oust.formats.software_headers import map_software_headers
from oust.model import ID_SCHEMES, Link, Quarantine, Record

HERE = Path(__file__).parent
CORPUS = HERE.parent.parent / "shared" / "corpus"
NAMES = (
    *("dpkg-status", "dpkg-list", "dpkg-query", "apt-list", "rpm-qa", "dnf-list"),
    *("windows-uninstall-reg", "windows-uninstall-csv", "winget-export", "winget-list"),
    *("homebrew-json", "npm-list-json", "pip-list-json", "pip-freeze", "software-csv"),
)
OURS = {fmt.name: fmt for fmt in FORMATS if fmt.name in NAMES}
INPUTS = sorted(path for name in NAMES for path in (HERE / "formats" / name).glob("*/input*"))


def read(data, name="input"):
    """Name of the format that took it and what it said; an Unreadable as the last thing."""
    opened = Opened(name, data.encode() if isinstance(data, str) else data)
    fmt = pick(opened.head, FORMATS)
    return (fmt.name, told(fmt, opened)) if fmt else (None, [])


def told(fmt, opened):
    said = []
    try:
        said.extend(fmt.read(opened, NoNeedles()))
    except Unreadable as error:
        said.append(error)
    return said


@pytest.fixture
def inventory():
    folder = CORPUS / "inventory"
    if not folder.is_dir():
        pytest.skip("the corpus of real files is not here")
    return folder


def test_every_format_is_registered():
    assert set(OURS) == set(NAMES)


def test_real_dpkg_list_is_read_whole(inventory):
    data = (inventory / "dpkg-l_debian12.txt").read_bytes()
    name, said = read(data)
    rows = [line.split(None, 4) for line in data.decode().splitlines()[5:]]
    assert name == "dpkg-list"
    assert len(said) == len(rows) == 733
    assert [(r.name, r.version) for r in said] == [(r[1].split(":")[0], r[2]) for r in rows]
    assert [json.loads(r.extra)["architecture"] for r in said] == [r[3] for r in rows]


def test_real_dpkg_query_is_read_whole(inventory):
    data = (inventory / "dpkg-query_maintainer_debian12.tsv").read_bytes()
    name, said = read(data)
    rows = [line.split("\t") for line in data.decode().split("\n") if line]
    assert name == "dpkg-query"
    assert len(said) == len(rows) == 733
    assert [(r.version, r.packager) for r in said] == [(r[1], r[3]) for r in rows]
    assert sum(bool(r.urls) for r in said) == sum(bool(r[4]) for r in rows)


def test_nothing_else_of_the_corpus_is_claimed(inventory):
    claimed = []
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and "inventory" not in path.parts:
            with path.open("rb") as file:
                head = Opened(path.name, file.read(65_536)).head
            claimed += [(name, path.name) for name, fmt in OURS.items() if fmt.claims(head)]
    assert claimed == []


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_ids_links_and_extras_are_well_formed(path):
    said = read(path.read_bytes(), path.name)[1]
    refs = {one.ref for one in said if isinstance(one, Record)}
    for one in said:
        if isinstance(one, Record):
            assert {text.partition(":")[0] for text in one.ids} <= ID_SCHEMES.keys()
            assert all(json.loads(one.extra or "{}").values())
            assert not one.since or re.fullmatch(r"\d{4}(-\d\d){0,2}", one.since)
            assert not one.host or one.host in refs
        elif isinstance(one, Link):
            assert {one.origin, *one.targets} <= refs


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_cut_anywhere_it_says_so_or_reads_on(path):
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 40)):
        for fmt in OURS.values():
            opened = Opened(path.name, data[:at])
            if fmt.claims(opened.head):
                assert told(fmt, opened)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(INPUTS), st.data())
def test_damage_never_raises(path, data):
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    opened = Opened(path.name, bytes(raw))
    fmt = OURS[path.parts[-3]]
    fmt.claims(opened.head)
    for one in told(fmt, opened):
        assert isinstance(one, (Record, Link, Quarantine, Unreadable))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_taken_calmly(text):
    opened = Opened("x.txt", text.encode("utf-8", "replace"))
    for fmt in OURS.values():
        if fmt.claims(opened.head):
            told(fmt, opened)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "version",
                    "dependencies",
                    "packages",
                    "installed",
                    "casks",
                    "formulae",
                    "metadata",
                    "token",
                    "Sources",
                    "Packages",
                    "PackageIdentifier",
                    "resolved",
                    "integrity",
                    "artifacts",
                    "uninstall",
                    "quit",
                    "requires_dist",
                    "project_url",
                    "versions",
                    "urls",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(JSON, st.sampled_from(["winget-export", "homebrew-json", "npm-list-json", "pip-list-json"]))
def test_json_of_the_wrong_types_is_quarantined(value, name):
    for one in told(OURS[name], Opened("x.json", json.dumps(value).encode())):
        assert isinstance(one, (Record, Link, Quarantine, Unreadable))


@pytest.mark.parametrize("name", ["winget-export", "homebrew-json", "npm-list-json"])
def test_json_nested_a_million_deep_is_refused(name):
    (problem,) = told(OURS[name], Opened("x.json", b'{"dependencies":' * 10**6))
    assert isinstance(problem, Unreadable)
    assert "nested deeper" in str(problem)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("dpkg-query: no packages found matching x\n", "message of the tool"),
        ("bash: rpm: command not found\n", "message of the tool"),
    ],
)
def test_an_error_instead_of_output_is_told(text, reason):
    _, said = read(text)
    assert reason in said[0].reason
    assert str(said[-1]) == "no package in it"


CELL = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30), st.sampled_from(",;\t"))
def test_each_row_is_a_program_or_quarantined(rows, delimiter):
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["Computer name", "Software name", "Version"])
    writer.writerows(rows)
    name, said = read(out.getvalue())
    programs = [r for r in said if isinstance(r, Record) and r.kind == "program"]
    assert name == "software-csv"
    assert len(programs) + sum(isinstance(r, Quarantine) for r in said) == len(rows)


def test_places_lead_back_to_the_row():
    path = HERE / "formats/software-csv/english/input.csv"
    data = path.read_bytes()
    for one in read(data)[1]:
        if isinstance(one, Record) and one.kind == "program":
            at = int(one.locator.rpartition(" ")[2])
            assert data[at:].startswith(one.host.encode()) or one.host == "gw-03"


def test_places_in_utf16_are_of_the_file_itself():
    path = HERE / "formats/software-csv/russian-utf16-tabs/input.txt"
    data = path.read_bytes()
    for one in read(data)[1]:
        at = int(one.locator.rpartition(" ")[2])
        assert data[at:].startswith((one.host or one.name).encode("utf-16-le"))


def test_a_large_export_is_read_in_little_memory():
    row = 'ws-{},"Lumen Works, Inc.",GateWard {},4.2.{},2016-09-30\n'
    text = "Host,Vendor,Software,Version,Install date\n" + "".join(
        row.format(n % 300, n, n) for n in range(120_000)
    )
    opened = Opened("big.csv", text.encode())
    tracemalloc.start()
    kinds = Counter(one.kind for one in SoftwareCsv().read(opened, NoNeedles()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kinds == {"program": 120_000, "host": 300}
    # a block of the splitter and its offsets, whatever the size of the file
    assert peak < 60 * 1024**2


@pytest.mark.parametrize(
    "headers",
    [
        ["Name0", "DisplayName0", "Version0", "Publisher0"],
        ["DeviceName", "SoftwareVendor", "SoftwareName", "SoftwareVersion"],
        ["Asset Name", "Software Title", "Software Version", "Vendor", "Last Scanned"],
        ["Nom de l'ordinateur", "Nom du logiciel", "Version", "Éditeur"],
        ["Equipo", "Nombre del programa", "Versión", "Editor", "Fecha de instalación"],
        ["コンピューター名", "ソフトウェア名", "バージョン", "発行元"],
        ["Устройство", "Название", "Версия", "Производитель"],
    ],
)
def test_headers_of_consoles_are_understood(headers):
    meaning = map_software_headers(headers)
    assert meaning.score >= 45
    assert {"host", "version"} <= meaning.places.keys() or headers[0] == "Name0"
    assert meaning.name([*"abcd", "e"][: len(headers)])


@pytest.mark.parametrize(
    "headers",
    [
        ["PO Number", "Product Name", "Manufacturer", "Quantity", "Unit Price", "Seller"],
        ["Award ID", "Recipient", "Description", "Amount", "Award date"],
        ["name", "email", "phone"],
        ["Title", "Author", "Year"],
        ["id", "name", "price"],
    ],
)
def test_other_tables_are_left_alone(headers):
    line = ",".join(headers) + "\n" + ",".join("x" for _ in headers) + "\n"
    assert read(line)[0] not in ("software-csv", "windows-uninstall-csv")


@pytest.mark.parametrize(
    ("text", "day_first", "expected"),
    [
        ("20160930", None, "2016-09-30"),
        ("30/09/2016", None, "2016-09-30"),
        ("9/30/2016 12:00:00 AM", None, "2016-09-30"),
        ("03/04/2016", None, ""),
        ("03/04/2016", True, "2016-04-03"),
        ("03/04/2016", False, "2016-03-04"),
        ("30.09.2016 08:15", None, "2016-09-30"),
        ("31.02.2016", None, ""),
        ("Tue 03 May 2022 10:11:12 AM UTC", None, "2022-05-03"),
        ("Mon Sep  5 08:00:00 2016", None, "2016-09-05"),
        ("1500000000", None, "2017-07-14"),
        ("1500000000000", None, "2017-07-14"),
        ("2016-09-30T23:59:59Z", None, "2016-09-30"),
        ("00000000", None, ""),
        ("soon", None, ""),
    ],
)
def test_dates_as_listings_write_them(text, day_first, expected):
    assert day(text, day_first) == expected


def test_comparisons_in_a_program_text_are_no_pinned_packages():
    pip = next(one for one in FORMATS if one.name == "pip-freeze")
    text = b'CMAKE_LINKER == "${CMAKE_LINKER}"\nCMAKE_ROOT == "x"\nwidth == height\n'
    assert pip.claims(Head("x.in", text * 9, 3 * len(text))) == 0
    for line in (b"acme==1.2\n", b"acme[x] == v2\n", b"acme===2017!1.0\n"):
        assert pip.claims(Head("x.txt", line * 9, 9 * len(line)))
