"""macOS, osquery and GLPI inventories: real files, three spellings of one report, hostile input."""

import json
import random
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oust.formats import FORMATS, pick
from oust.formats.glpi import GlpiJson, GlpiXml
from oust.formats.inventory_ids import is_blank, mac, signer, uninstall, usb
from oust.formats.json_stream import values
from oust.formats.osquery import OsqueryCsv, OsqueryJson
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.formats.system_profiler_data import SystemProfilerJson, SystemProfilerXml
from oust.formats.system_profiler_text import SystemProfilerText
from oust.model import ID_SCHEMES, Link, Quarantine, Record, Said, Tally

GOLDEN = Path(__file__).parent / "formats"
OURS = (
    SystemProfilerText(),
    SystemProfilerJson(),
    SystemProfilerXml(),
    OsqueryJson(),
    OsqueryCsv(),
    GlpiJson(),
    GlpiXml(),
)


def read(fmt, data: bytes, name: str = "input") -> list[Said]:
    return list(fmt.read(Opened(name, data), NoNeedles()))


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
        assert one.count > 0 if isinstance(one, Tally) else one.locator
        if isinstance(one, Record):
            assert all(text.partition(":")[0] in ID_SCHEMES for text in one.ids)
            assert all(isinstance(value, str) for value in (one.name, one.version, one.path))
    return said


@pytest.fixture
def glpi_files(corpus: Path) -> list[Path]:
    folder = corpus / "inventory/glpi-inventory_format"
    return sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".xml"))


def rows_of(path: Path) -> Counter[str]:
    """Rows by section, counted without our own parsers."""
    if path.suffix == ".json":
        content = json.loads(path.read_bytes())["content"]
        return Counter(
            key.upper()
            for key, value in content.items()
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, dict)
        )
    root = ET.parse(path).getroot()
    return Counter(child.tag for child in root.find("CONTENT") if len(child))


def test_every_row_of_the_real_inventories_is_told(glpi_files):
    assert len(glpi_files) == 31
    programs = 0
    for path in glpi_files:
        opened = Opened(path.name, path.read_bytes())
        fmt = pick(opened.head, FORMATS)
        assert fmt is not None and fmt.name == f"glpi-inventory-{path.suffix[1:]}", path
        rows = rows_of(path)
        if "DEVICE" in rows:
            continue
        said = read(fmt, opened.bytes())
        assert not [one for one in said if isinstance(one, Quarantine)], path
        told = Counter(type(one).__name__ for one in said)
        counted = sum(one.count for one in said if isinstance(one, Tally))
        assert told["Record"] - 1 + counted == rows.total() - rows["HARDWARE"], path
        mine = [
            one for one in said if isinstance(one, Record) and "SOFTWARES" in one.locator.upper()
        ]
        assert len(mine) == rows["SOFTWARES"], path
        assert {one.host for one in mine} <= {said[0].name}, path
        programs += len(mine)
    assert programs == 6646  # 6,229 in JSON, 417 in XML


def test_the_real_antivirus_is_seen_on_its_host(glpi_files):
    found = [
        (path.name, one.host, one.ids)
        for path in glpi_files
        if path.suffix == ".xml"
        for one in read(GlpiXml(), path.read_bytes())
        if isinstance(one, Record) and one.name.startswith("Kaspersky")
    ]
    guid = ("av:{B41C7598-35F6-4D89-7D0E-7ADE69B4047B}",)
    assert found == [("12.xml", "pc-arg-23", guid), ("2.xml", "pc-arg-23", guid)]


def test_the_real_network_devices_are_hosts_with_makers(glpi_files):
    makers = {}
    for path in glpi_files:
        if path.suffix == ".xml" and "DEVICE" in rows_of(path):
            said = read(GlpiXml(), path.read_bytes())
            hosts = [r for r in said if isinstance(r, Record) and r.kind == "host"]
            makers[path.stem] = [h.manufacturer for h in hosts if h.type != "neighbour"]
            known = {h.ref for h in hosts}
            links = [one for one in said if isinstance(one, Link)]
            assert all(one.origin in known and known.issuperset(one.targets) for one in links)
    assert makers.pop("15") == []  # names no device; its firmware is told all the same
    assert makers == {
        "10": ["Cisco"],
        "11": ["Hewlett-Packard"],
        "16": ["Hewlett-Packard"],
        "17": ["Hewlett-Packard"],
        "19": ["Synology"],
        "5": ["Digi"],
        "5-good": ["Digi"],
        "6": ["Cisco"],
        "7": ["Cisco"],
        "8": ["Brother"],
        "9": [""],
    }


WORD = st.text("abcdefgh äß-&<.'", min_size=1, max_size=12).map(str.strip).filter(bool)
APP = st.fixed_dictionaries(
    {
        "_name": WORD,
        "version": st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}", fullmatch=True),
        "path": WORD.map(lambda word: f"/Applications/{word}.app"),
        "team": st.from_regex(r"[A-Z0-9]{10}", fullmatch=True),
        "maker": WORD.map(lambda word: f"{word}, Inc."),
    }
)


def chain(app: dict[str, str]) -> list[str]:
    leaf = f"Developer ID Application: {app['maker']} ({app['team']})"
    return [leaf, "Developer ID Certification Authority", "Apple Root CA"]


def as_text(apps: list[dict[str, str]]) -> bytes:
    parts = ["Applications:\n"]
    for app in apps:
        parts.append(f"    {app['_name']}:\n")
        signed = ", ".join(chain(app))
        parts.append(
            f"      Version: {app['version']}\n      Obtained from: Identified Developer\n"
            f"      Signed by: {signed}\n      Location: {app['path']}\n"
        )
    return "\n".join(parts).encode()


def as_json(apps: list[dict[str, str]]) -> bytes:
    keep = ("_name", "version", "path")
    items = [{key: app[key] for key in keep} | {"signed_by": chain(app)} for app in apps]
    return json.dumps({"SPApplicationsDataType": items}).encode()


def as_plist(apps: list[dict[str, str]]) -> bytes:
    import plistlib

    items = json.loads(as_json(apps))["SPApplicationsDataType"]
    return plistlib.dumps([{"_dataType": "SPApplicationsDataType", "_items": items}])


def essence(said: list[Said]) -> list[tuple[object, ...]]:
    assert all(isinstance(one, Record) for one in said)
    return [(r.kind, r.name, r.version, r.path, r.ids, r.type) for r in said]


@given(st.lists(APP, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_the_three_reports_of_one_mac_say_the_same(apps):
    text, data, plist = as_text(apps), as_json(apps), as_plist(apps)
    for raw, name in ((text, "text"), (data, "json"), (plist, "xml")):
        assert pick(Opened("x", raw).head, OURS).name == f"system-profiler-{name}"
    told = essence(read(SystemProfilerJson(), data))
    assert [one[1] for one in told] == [app["_name"] for app in apps]
    assert told[0][4] == (f"signer:{apps[0]['maker']}", f"team:{apps[0]['team']}")
    assert essence(read(SystemProfilerXml(), plist)) == told
    assert essence(read(SystemProfilerText(), text)) == told


ROW = st.fixed_dictionaries(
    {"name": st.text(max_size=8), "version": st.text(max_size=5), "identifying_number": WORD}
)


@given(st.lists(ROW, max_size=8), st.lists(ROW, max_size=8))
@settings(max_examples=60, deadline=None)
def test_an_osquery_batch_says_as_many_rows_as_it_holds(added, removed):
    line = {
        "name": "pack_programs",
        "hostIdentifier": "ws-1",
        "unixTime": 1618819200,
        "diffResults": {"added": added, "removed": removed},
    }
    said = read(OsqueryJson(), json.dumps(line).encode())
    programs = [r for r in said if isinstance(r, Record) and r.kind == "program"]
    assert len(programs) == len(added) + len(removed)
    assert {r.host for r in programs} <= {"ws-1"}
    gone = [r for r in programs if r.until]
    assert len(gone) == len(removed)
    assert all('"action": "removed"' in r.extra and r.until == "2021-04-19" for r in gone)
    assert sum(isinstance(r, Record) and r.kind == "host" for r in said) == 1


KEYS = [
    *("name", "version", "columns", "snapshot", "diffResults", "added", "hostIdentifier", "rows"),
    *("host", "content", "softwares", "hardware", "bios", "network_device", "network_ports"),
    *("connections", "mac", "guid", "_items", "signed_by", "SPApplicationsDataType", "path"),
    *("SPHardwareDataType", "Ethernet", "result", "ips", "antivirus", "message", "data"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(JSON)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_json_of_odd_types_breaks_a_reader(value):
    data = json.dumps(value).encode()
    for fmt in (SystemProfilerJson(), OsqueryJson(), GlpiJson()):
        survives(fmt, data)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_a_reader(data):
    for fmt in OURS:
        survives(fmt, data)


@pytest.mark.parametrize("fmt", OURS, ids=lambda fmt: fmt.name)
def test_damaged_files_are_told_or_refused(fmt):
    chance = random.Random(7)
    for path in sorted((GOLDEN / fmt.name).glob("*/input*")):
        whole = path.read_bytes()
        for _ in range(25):
            data = bytearray(whole)
            for _ in range(chance.randrange(4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            survives(fmt, bytes(data[: chance.randrange(len(data) + 1)]))


@pytest.mark.parametrize("fmt", OURS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_told_alike(fmt, encoding):
    for path in sorted((GOLDEN / fmt.name).glob("*/input*")):
        data = path.read_bytes()
        if b"encoding=" in data[:80] or not data.isascii():
            continue  # says itself what it is written in
        given_, wanted = survives(fmt, data.decode().encode(encoding)), survives(fmt, data)
        assert [type(one) for one in given_] == [type(one) for one in wanted], path
        names = [one.name for one in wanted if isinstance(one, Record)]
        assert [one.name for one in given_ if isinstance(one, Record)] == names, path


def refusal(fmt, data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(fmt, data)
    return str(caught.value)


@pytest.mark.parametrize("fmt", [SystemProfilerJson(), OsqueryJson(), GlpiJson()])
def test_json_nested_a_million_deep_is_refused(fmt):
    assert "nested deeper than 400" in refusal(fmt, b"[" * 1_000_000)
    assert "nested deeper than 400" in refusal(fmt, b'{"content":' * 500 + b"1" + b"}" * 500)


@pytest.mark.parametrize("fmt", [SystemProfilerXml(), GlpiXml()])
def test_entities_and_deep_xml_are_refused_or_cut(fmt):
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><REQUEST>&b;</REQUEST>'
    assert "entities" in refusal(fmt, bomb)
    deep = b"<plist>" + b"<array>" * 2000 + b"</array>" * 2000 + b"</plist>"
    assert any(isinstance(one, Quarantine) and "depth" in one.reason for one in survives(fmt, deep))


def test_json_streams_of_every_packaging():
    def of(text: str) -> list[object]:
        return list(values(Opened("x", text.encode())))

    pretty = '{\n "a": 1\n}\n{\n "a": 2\n}\n'
    assert of(pretty) == [("line 1", {"a": 1}), ("line 4", {"a": 2})]
    assert of('[1, {"b": NaN}]')[0] == ("#/0", 1)
    assert of('{"a":1},\n{"a":2},\n') == [("line 1", {"a": 1}), ("line 2", {"a": 2})]
    assert of('[{"a":1}]\n[{"a":2}]') == [("line 1", [{"a": 1}]), ("line 2", [{"a": 2}])]
    assert of('{"s": "\\ud800"}') == [("#", {"s": "\ufffd"})]
    cut = values(Opened("x", b'[{"a":1},{"a":2},{"a'))
    assert [next(cut), next(cut)] == [("#/0", {"a": 1}), ("#/1", {"a": 2})]
    with pytest.raises(Unreadable, match="breaks off after 2 elements"):
        next(cut)


def test_identifiers_have_one_form():
    subject = 'CN="Harrow, Inc.", OU=x, O=Harrow'
    assert signer(subject) == ("signer:Harrow, Inc.", f"signer-dn:{subject}")
    assert signer("Harrow & Finch = best") == ("signer:Harrow & Finch = best",)
    assert usb("0x5AC", "8600") == ("usb:05ac:8600",)
    assert usb("apple", "1") == ()
    assert mac("d5:c9:gh:81:cf:80") == mac("00:00:00:00:00:00") == mac("") == ()
    assert mac("0200.5e10.0001") == mac("02-00-5e-10-00-01") == ("mac:02005E100001",)
    assert uninstall("7-Zip") == ("uninstall:7-Zip",)
    blank = ("", "0000", "To be filled by O.E.M.", "System Serial Number", "N/A", "123456789")
    assert all(map(is_blank, blank))
    assert not any(map(is_blank, ("C02NG5A5FY11", "0D47", "NL1")))
