"""From when to when a log reaches: told by every row, also those that nobody looks for."""

import gzip
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.case import Case
from oust.formats import FORMATS, zeek_lines
from oust.formats.seam import NoNeedles, Opened
from oust.formats.zeek_entry import iso, seconds
from oust.model import Record
from oust.needles import LiteralNeedles

BY_NAME = {fmt.name: fmt for fmt in FORMATS}
HEAD = "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tquery\n"
LATE_TS = "#separator \\x09\n#path\tdns\n#fields\tuid\tid.orig_h\tquery\tts\n"

# how each log writes the same moments: seconds after 2026-11-02T10:00:00Z
LINES = {
    ("zeek-tsv", "plain"): (HEAD, lambda t, w: f"{w['epoch']}.123456\tC1\t10.0.0.1\tx.example"),
    ("zeek-tsv", "last"): (LATE_TS, lambda t, w: f"C1\t10.0.0.1\tx.example\t{w['epoch']}.5"),
    ("zeek-tsv", "iso"): (HEAD, lambda t, w: f"{w['iso']}.123456Z\tC1\t10.0.0.1\tx.example"),
    ("zeek-json", "epoch"): (
        "",
        lambda t, w: json.dumps(
            {"_path": "dns", "ts": int(w["epoch"]) + 0.5, "query": "x.example"}
        ),
    ),
    ("zeek-json", "iso"): (
        "",
        lambda t, w: json.dumps(
            {"_path": "dns", "ts": f"{w['iso']}.000000Z", "query": "x.example"}
        ),
    ),
    ("bind-log", "iso"): (
        "",
        lambda t, w: (
            f"{w['iso']}.250Z client @0x7f 192.0.2.1#53 (a.b): query: a.b IN A + (1.1.1.1)"
        ),
    ),
    ("bind-log", "named"): (
        "",
        lambda t, w: (
            f"{w['named']}.250 client @0x7f 192.0.2.1#53 (a.b): query: a.b IN A + (1.1.1.1)"
        ),
    ),
    ("unbound-log", "epoch"): (
        "",
        lambda t, w: f"[{w['epoch']}] unbound[1:0] info: 192.0.2.1 a.b. A IN",
    ),
    ("dnsmasq-log", "iso"): (
        "",
        lambda t, w: f"{w['iso']}+00:00 gw dnsmasq[1]: query[A] a.b from 192.0.2.1",
    ),
    ("squid-access", "epoch"): (
        "",
        lambda t, w: (
            f"{w['epoch']}.{t % 1000:03} 1 192.0.2.1 TCP_MISS/200 7 GET http://a.b/x - D/- -"
        ),
    ),
    ("squid-access", "common"): (
        "",
        lambda t, w: (
            f'192.0.2.{t % 200} - - [{w["common"]} +0000] "GET http://a.b/x HTTP/1.1" 200 7 '
            "TCP_MISS:DIRECT"
        ),
    ),
}


def written(after):
    """A moment as texts: `after` seconds from 2026-11-02T10:00:00Z."""
    from datetime import UTC, datetime, timedelta

    when = datetime(2026, 11, 2, 10, tzinfo=UTC) + timedelta(seconds=after)
    return {
        "epoch": str(int(when.timestamp())),
        "iso": f"{when:%Y-%m-%dT%H:%M:%S}",
        "named": f"{when:%d-%b-%Y %H:%M:%S}",
        "common": f"{when:%d/%b/%Y:%H:%M:%S}",
    }


def span(name, data, needles=None):
    said = BY_NAME[name].read(Opened("x.log", data), needles or NoNeedles())
    found = [one for one in said if isinstance(one, Record) and one.kind == "document"]
    return [(one.since.rstrip("Z"), one.until.rstrip("Z")) for one in found]


@pytest.mark.parametrize("form", LINES, ids="-".join)
@settings(max_examples=30, deadline=None)
@given(
    after=st.lists(st.integers(0, 40 * 86_400), min_size=1, max_size=40),
    block=st.sampled_from((150, 1000, 4_000_000)),
    wanted=st.booleans(),
)
def test_the_range_is_that_of_all_rows_in_any_order(form, after, block, wanted):
    head, line = LINES[form]
    data = head + "\n".join(line(at, written(at)) for at in after) + "\n"
    kept, zeek_lines.BLOCK = zeek_lines.BLOCK, block
    try:
        needles = NoNeedles() if wanted else LiteralNeedles(["nowhere.example"])
        found = span(form[0], data.encode(), needles)
    finally:
        zeek_lines.BLOCK = kept
    assert found == [(written(min(after))["iso"], written(max(after))["iso"])]


def test_a_time_among_minutes_of_many_lines_is_found_to_the_second():
    dice = random.Random(3)
    after = [dice.randrange(0, 300) for _ in range(5000)]
    lines = [LINES["bind-log", "named"][1](at, written(at)) for at in after]
    assert span("bind-log", "\n".join(lines).encode()) == [
        (written(min(after))["iso"], written(max(after))["iso"])
    ]


def test_rows_without_a_time_broken_rows_and_other_columns_are_left_out():
    data = HEAD + "-\tC1\t10.0.0.1\tx.example\n"
    data += "1762077600.0\tC1\t10.0.0.1\tx.example\n0000000001.0\tbroken\n"
    data += "#fields\tuid\tts\tid.orig_h\tquery\nC1\t1762077900.0\t10.0.0.1\tx.example\n"
    data += "#fields\tuid\tid.orig_h\tquery\nC1\t10.0.0.1\tx.example\n"
    assert span("zeek-tsv", data.encode()) == [("2025-11-02T10:00:00", "2025-11-02T10:05:00")]


@pytest.mark.parametrize("times", [["1", "x"], [None, True], [[], {}], [1e300, -5]])
def test_times_of_any_type_break_nothing(times):
    lines = [json.dumps({"_path": "dns", "ts": one, "query": "x.example"}) for one in times]
    assert all(len(one) == 2 for one in span("zeek-json", "\n".join(lines).encode()))


def test_a_log_without_a_year_tells_its_moments_as_written():
    lines = [f"Nov  2 10:0{n}:00 dnsmasq[1]: query[A] a.b from 192.0.2.1" for n in range(3)]
    said = list(BY_NAME["dnsmasq-log"].read(Opened("x", "\n".join(lines).encode()), NoNeedles()))
    (one,) = [each for each in said if getattr(each, "kind", "") == "document"]
    assert (one.since, one.until) == ("", "")
    assert json.loads(one.extra) == {
        "first": "Nov  2 10:00:00",
        "last": "Nov  2 10:02:00",
        "time": "the log gives no date with a year",
    }


def test_leases_reach_from_the_first_to_the_last_that_was_granted():
    lease = "lease 10.0.0.{n} {{\n starts 1 2026/11/0{n} 10:00:00;\n ends 2 2027/01/01 00:00:00;\n"
    lease += " hardware ethernet 02:00:00:00:00:0{n};\n}}\n"
    data = "".join(lease.format(n=n) for n in (3, 1, 2))
    assert span("dhcpd-leases", data.encode()) == [("2026-11-01T10:00:00", "2026-11-03T10:00:00")]


def test_every_log_of_the_corpus_tells_its_range(corpus):
    checked = 0
    for path in sorted((corpus / "zeek").rglob("*.log.gz"))[:40]:
        data = gzip.decompress(path.read_bytes())
        lines = data.decode("utf-8", "replace").splitlines()
        names = next((one.split("\t")[1:] for one in lines if one.startswith("#fields")), [])
        if "ts" not in names:
            continue
        column = names.index("ts")
        rows = [one.split("\t") for one in lines if one and not one.startswith("#")]
        times = [seconds(row[column]) for row in rows if len(row) == len(names)]
        times = [one for one in times if one is not None]
        ((since, until),) = span("zeek-tsv", data, LiteralNeedles(["nowhere.example"]))
        assert (since, until) == (iso(min(times)).rstrip("Z"), iso(max(times)).rstrip("Z"))
        checked += 1
    assert checked > 5


def test_coverage_knows_the_range_of_logs_and_the_time_between_them(tmp_path):
    for name, hours in (("a", (0, 2)), ("b", (9, 12))):
        rows = [f"{written(h * 3600)['epoch']}.0\tC1\t10.0.0.1\tx.example\n" for h in hours]
        (tmp_path / f"dns.{name}.log").write_text(HEAD + "".join(rows))
    with Case.open(tmp_path / "case", create=True) as case:
        case.add([tmp_path])
        found = case.coverage()
    assert [(one.since, one.until, one.dated) for one in found.looks] == [
        ("2026-11-02T10:00:00Z", "2026-11-02T12:00:00Z", "stated"),
        ("2026-11-02T19:00:00Z", "2026-11-02T22:00:00Z", "stated"),
    ]
    assert [one.scope for one in found.looks] == ["2 rows", "2 rows"]
    assert [(one.since, one.until) for one in found.gaps] == [
        ("2026-11-02T12:00:00", "2026-11-02T19:00:00")
    ]
