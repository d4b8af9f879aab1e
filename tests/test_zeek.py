"""Zeek logs: counts against the corpus, nothing missed by searching, and what identify makes of it."""

import gzip
import json
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.data import load_dossiers
from oust.formats import FORMATS, pick, zeek_lines
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.formats.zeek import ZeekJson, ZeekTsv
from oust.formats.zeek_entry import seconds
from oust.formats.zeek_events import COLUMNS, Wanted, capture, events
from oust.identify import compile_dossiers
from oust.model import Quarantine, Record, Tally
from oust.needles import LiteralNeedles, for_group, prefix_texts

HEAD = b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
DNS = HEAD + b"#fields\tts\tuid\tid.orig_h\tquery\tqtype_name\tanswers\n"


@pytest.fixture(scope="module")
def matcher():
    return compile_dossiers(load_dossiers())


def said(data, needles=None, name="dns.log"):
    opened = Opened(name, data)
    form = pick(opened.head, FORMATS)
    assert form is not None
    return form, rows_of(form.read(opened, needles or NoNeedles()))


def rows_of(every):
    """All but what the log says of itself; see test_log_span.py."""
    return [one for one in every if getattr(one, "kind", "") != "document"]


def counted(every):
    tally = sum(one.count for one in every if isinstance(one, Tally))
    return tally + sum(isinstance(one, (Record, Quarantine)) for one in every)


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def row(
    query: str, answers: str = "-", ts: str = "1709251200.0", client: str = "10.1.0.5"
) -> bytes:
    return "\t".join([ts, "CAAAAAAAAAAAAAAAA1", client, query, "A", answers]).encode() + b"\n"


# counts


def test_every_log_of_the_corpus_reconciles(corpus, matcher):
    needles = for_group(matcher.needles(), "network")
    unread, rows = [], 0
    for path in sorted((corpus / "zeek").rglob("*")):
        if not path.is_file():
            continue
        data = unpacked(path)
        if pick(Opened(path.name, data).head, FORMATS) is None:
            unread.append(path.name)
            continue
        form, every = said(data, needles, path.name)
        lines = [one for one in data.splitlines() if one.strip() and not one.startswith(b"#")]
        heading = form.name == "zeek-tsv" and b"#fields" not in data
        assert counted(every) == len(lines) - heading, path
        assert not any(isinstance(one, Quarantine) for one in every), path
        rows += len(lines) - heading
    assert rows > 200_000
    # three test extracts without `ts` or hosts, and logs about the sensor itself
    assert sorted(unread) == [
        "capture_loss.log",
        "loaded_scripts.log",
        "packet_filter.log",
        *(f"scripts.base.files.zip.{one}__files.log" for one in ("basic", "descriptor", "nested")),
        "stats.log",
    ]


def test_both_ways_of_writing_one_log_say_the_same(corpus):
    folder = corpus / "zeek" / "zed-sample-data"
    tsv = said(unpacked(folder / "zeek-default" / "software.log.gz"), name="software.log")[1]
    lines = said(unpacked(folder / "zeek-json" / "software.json.gz"), name="software.json")[1]
    assert len(tsv) == len(lines) > 100
    for one, other in zip(tsv, lines, strict=True):
        if isinstance(one, Record):
            assert (one.name, one.version, one.host) == (other.name, other.version, other.host)


def test_what_searching_keeps_is_what_looking_at_every_row_keeps(corpus):
    data = unpacked(corpus / "zeek/zed-sample-data/zeek-default/dns.log.gz")[:3_000_000]
    needles = LiteralNeedles(("wrccdc.cpp", "google.com", "8.8.8.8"))
    found = [one for one in said(data, needles)[1] if isinstance(one, Record)]
    every = [one for one in said(data)[1] if isinstance(one, Record)]
    kept = [one for one in every if needles.wants(one.name, *one.ids)]
    assert found
    assert {(one.name, one.host) for one in found} == {(one.name, one.host) for one in kept}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.example", "b.acme.example", "c.example"]),
            st.sampled_from(["good", "short", "long", "blank", "comment"]),
        ),
        max_size=60,
    ),
    st.booleans(),
    st.integers(40, 400),
)
@settings(max_examples=60, deadline=None)
def test_rows_are_counted_whatever_stands_between(rows, returns, block):
    shapes = {
        "good": lambda name: row(name),
        "short": lambda name: b"1709251200.0\t" + name.encode() + b"\n",
        "long": lambda name: row(name)[:-1] + b"\tmore\n",
        "blank": lambda name: b"\n",
        "comment": lambda name: b"#close\t2024\n",
    }
    data = DNS + b"".join(shapes[shape](name) for name, shape in rows)
    data = data.replace(b"\n", b"\r\n") if returns else data
    kept = zeek_lines.BLOCK
    zeek_lines.BLOCK = block
    try:
        _, every = said(data, LiteralNeedles(("acme",)))
    finally:
        zeek_lines.BLOCK = kept
    broken = sum(shape in ("short", "long") for _, shape in rows)
    good = [name for name, shape in rows if shape == "good"]
    assert sum(isinstance(one, Quarantine) for one in every) == broken
    assert counted(every) == broken + len(good)
    records = [one for one in every if isinstance(one, Record)]
    assert sum(int(json.loads(one.extra)["rows"]) for one in records) == sum(
        "acme" in name for name in good
    )


def test_locators_count_lines_across_blocks(monkeypatch):
    monkeypatch.setattr(zeek_lines, "BLOCK", 100)
    data = DNS + b"".join(row(f"host{n}.example") for n in range(50)) + row("x.acme.example")
    (one,) = [one for one in said(data, LiteralNeedles(("acme",)))[1] if isinstance(one, Record)]
    assert one.locator == f"line {len(data.splitlines())}"
    assert data.splitlines()[int(one.locator.removeprefix("line ")) - 1] == data.splitlines()[-1]


@pytest.mark.parametrize("query", ["\\x61cme.example", "\\xd0\\xb0.acme.example"])
def test_escapes_hide_nothing(query):
    _, every = said(DNS + row(query), LiteralNeedles(("acme",)))
    assert [one.name for one in every if isinstance(one, Record)]


def test_escapes_in_json_hide_nothing():
    line = b'{"_path":"dns","ts":1709251200.0,"query":"\\u0061cme.example","qtype_name":"A"}\n'
    _, every = said(line + line, LiteralNeedles(("acme.",)))
    (one,) = [one for one in every if isinstance(one, Record)]
    assert (one.name, json.loads(one.extra)["rows"]) == ("acme.example", "2")


def test_a_full_record_makes_room_for_another():
    data = DNS + b"".join(row("a.example", f"192.0.{n // 250}.{n % 250}") for n in range(450))
    records = [one for one in said(data)[1] if isinstance(one, Record)]
    assert len({value for one in records for value in one.ids}) == 451
    assert sum(int(json.loads(one.extra)["rows"]) for one in records) == 450


def test_a_line_without_end_is_told(monkeypatch):
    monkeypatch.setattr(zeek_lines, "BLOCK", 1000)
    monkeypatch.setattr(zeek_lines, "LONGEST_LINE", 5000)
    with pytest.raises(Unreadable, match="a line is longer than"):
        said(DNS + b"x" * 100_000 + b"\n")


@pytest.mark.parametrize("given_time", ["", "-", "nan", "1e400", "soon", "-5", "99999999999999999"])
def test_times_that_are_none(given_time):
    assert seconds(given_time) is None


@pytest.mark.parametrize(
    "written",
    ["1709251200.0", "1709251200000", "2024-03-01T00:00:00Z", "2024-03-01T01:00:00+01:00"],
)
def test_times_as_logs_write_them(written):
    assert seconds(written) == 1709251200.0


@given(st.dictionaries(st.text(max_size=8), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_json_of_any_types_is_read(value):
    for log in ("dns", "ssl", "x509", "conn", "http", "files", "dhcp", "software", "odd"):
        line = json.dumps({"ts": 1.0, "id.orig_h": "10.0.0.1", **value, "_path": log})
        assert counted(rows_of(ZeekJson().read(Opened("x", line.encode()), NoNeedles()))) == 1


@given(st.lists(st.binary(max_size=12), min_size=6, max_size=6))
@settings(max_examples=80, deadline=None)
def test_fields_of_any_bytes_are_read(cells):
    line = b"\t".join(cell.translate(None, b"\t\n\r#") or b"-" for cell in cells)
    every = rows_of(ZeekTsv().read(Opened("x", DNS + line + b"\n"), NoNeedles()))
    assert counted(every) == 1


# what identify makes of it


def sightings(matcher, **fields):
    record = Record(kind="service", locator="line 1", host="10.1.0.5", **fields)
    return [one for one in matcher.sight(record) if one.vendor == "kaspersky"]


@pytest.mark.parametrize(
    ("ids", "feature", "strength"),
    [
        ("domain:dnl-05.geo.kaspersky-labs.com", "network-name", "identifier"),
        ("cname:customer.kaspersky-labs.com", "dns-alias", "identifier"),
        ("mx:mail.kaspersky-labs.com", "dns-alias", "identifier"),
        ("san:ds.kaspersky-labs.com", "certificate-name", "weak"),
        ("asn:AS200107", "hosting", "weak"),
        ("mime:application/x-kaspavupdate", "update-content", "identifier"),
        ("ip:77.74.181.9", "network-name", "identifier"),
        ("domain:update.juniper-updates.net", "weak-value", "weak"),
    ],
)
def test_ids_of_logs_are_compared(matcher, ids, feature, strength):
    (one,) = sightings(matcher, name="service.example", ids=(ids,))
    assert (one.features[0], one.strength) == (feature, strength)
    assert bool(one.mention) == (strength == "weak")


@pytest.mark.parametrize(
    "name", ["kaspersky-labs.com.evil.example", "notkaspersky-labs.com", "kaspersky.example"]
)
def test_a_domain_is_never_met_by_a_part_of_a_name(matcher, name):
    for one in sightings(matcher, name=name, ids=(f"domain:{name}",)):
        assert (
            one.mention
            == "stands in a name of others; hosts of the vendor are known by their domains"
        )


def test_the_path_of_an_update_counts_on_any_host(matcher):
    url = "http://update.juniper-updates.net/AV/index/u0607g.xml?x"
    every = sightings(matcher, name="update.juniper-updates.net", urls=(url,))
    strong = [one for one in every if one.strength == "identifier"]
    assert [(one.text, one.features[0]) for one in strong] == [("u0607g.xml", "update-content")]
    # beside it the licensee's own host counts as well
    assert [one.mention for one in every] == [""] * len(every)


def test_user_agents_are_weak(matcher):
    agent = "user-agent:Mozilla/5.0 (compatible; Bytespider; spider@example.com)"
    record = Record(kind="service", locator="line 1", name="www.example", ids=(agent,))
    (one,) = matcher.sight(record)
    assert (one.vendor, one.strength, one.text) == ("bytedance", "weak", "Bytespider")
    other = msgspec.structs.replace(record, ids=("user-agent:NotBytespiderling",))
    assert not matcher.sight(other)


def test_what_identify_meets_in_logs_is_searched_for(matcher):
    """Every domain, address and path of every dossier is found in a raw line."""
    needles = for_group(matcher.needles(), "network")
    for dossier in load_dossiers():
        for one in dossier.identifiers:
            if one.kind in ("domain", "p2p_host", "installer_host", "mime_type", "ip_address",
                            "update_index_file"):  # fmt: skip
                for value in one.values:
                    assert needles.hits(f"x\t{value.upper()}\ty".encode()), value
    assert needles.hits(b"1.0\t185.85.15.255\t-")
    assert not matcher.needles().hits(b"x 99uri.cn y")


@pytest.mark.parametrize(
    "prefix", ["77.74.176.0/21", "10.0.0.0/8", "2a03:2480::/29", "192.0.2.0/25"]
)
@given(st.data())
@settings(max_examples=30)
def test_addresses_of_a_prefix_begin_with_one_of_its_texts(prefix, data):
    import ipaddress

    net = ipaddress.ip_network(prefix)
    at = data.draw(st.integers(0, net.num_addresses - 1))
    assert str(net[at]).startswith(tuple(prefix_texts(prefix)))


# single connections


def test_bytes_belong_to_the_name_known_by_uid(tmp_path):
    ssl = HEAD.replace(b"dns", b"ssl") + b"#fields\tts\tuid\tid.orig_h\tid.resp_h\tserver_name\n"
    conn = HEAD.replace(b"dns", b"conn") + (
        b"#fields\tts\tuid\tid.orig_h\tid.resp_h\torig_bytes\tresp_bytes\n"
    )
    (tmp_path / "ssl.log").write_bytes(
        ssl
        + b"2.0\tC1\t10.1.0.5\t192.0.2.1\ta.acme.example\n3.0\tC2\t10.1.0.5\t192.0.2.2\tnotacme.example\n"
    )
    (tmp_path / "conn.log").write_bytes(
        conn + b"1.5\tC1\t10.1.0.5\t192.0.2.1\t500\t-\n2.5\tC2\t10.1.0.5\t192.0.2.2\t1\t1\n"
        b"4.5\tC3\t10.1.0.6\t198.51.100.7\t0\t9\n"
    )
    table = pa.Table.from_batches(
        capture(tmp_path.glob("*.log"), ["acme.example", "198.51.100.0/24"])
    )
    assert table.column_names == list(COLUMNS)
    rows = [
        (one["log"], one["name"], one["uid"], one["bytes_up"], one["bytes_down"])
        for one in table.to_pylist()
    ]
    assert rows == [
        ("conn", "a.acme.example", "C1", 500, None),
        ("conn", "198.51.100.7", "C3", 0, 9),
        ("ssl", "a.acme.example", "C1", None, None),
    ]
    assert table["ts"][0].as_py().isoformat() == "1970-01-01T00:00:01.500000+00:00"


def test_events_of_json_are_the_same():
    line = {
        "_path": "http",
        "ts": 5.5,
        "uid": "C9",
        "id.orig_h": "10.1.0.5",
        "id.resp_h": "192.0.2.1",
    }
    line |= {"host": "up.acme.example", "uri": "/a.xml", "resp_mime_types": ["text/xml"]}
    (batch,) = events(json.dumps(line).encode() + b"\n", Wanted(["acme.example"]))
    (one,) = batch.to_pylist()
    assert (one["uri"], one["mime"]) == ("http://up.acme.example/a.xml", "text/xml")
