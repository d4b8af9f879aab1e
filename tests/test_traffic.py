"""`oust traffic`: cadence, bytes, and what logs cannot show; from made-up patterns and real logs."""

import csv
import gzip
import io
import json
import random
import shutil
import tarfile
from collections import Counter

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from oust.case import Case
from oust.channel import Contact, Destination
from oust.commands import root
from oust.data import load_dossiers
from oust.errors import OustError
from oust.report import traffic as report
from oust.traffic import audit
from oust.traffic.cadence import cadence
from oust.traffic.figures import REQUEST, Gathered, channel, sends, spread
from oust.traffic.known import Known
from oust.traffic.purpose import purpose_of

HOUR = 3600.0
START = 1_504_224_000.0  # 2017-09-01T00:00:00Z


def hourly(rng):
    return [n * HOUR + rng.gauss(0, 90) for n in range(72)]


def every_two_hours(rng):
    at, times = 0.0, []
    for _ in range(36):
        at += 2 * HOUR + rng.uniform(-120, 120)
        times.append(at)
    return times


def several_connections_an_hour(rng):
    starts = [n * HOUR + rng.gauss(0, 60) for n in range(72)]
    return [s + rng.uniform(0, 240) for s in starts for _ in range(rng.randint(2, 8))]


def office_hours_only(rng):
    days = [day * 24 * HOUR + 8 * HOUR + rng.uniform(-1800, 1800) for day in range(5)]
    return [start + n * HOUR + rng.gauss(0, 60) for start in days for n in range(9)]


def browsing(rng):
    times = []
    for day in range(5):
        at = day * 24 * HOUR + 9 * HOUR
        while at < day * 24 * HOUR + 17 * HOUR:
            at += rng.expovariate(1 / 1500)
            for _ in range(rng.randint(1, 20)):
                at += rng.expovariate(1 / 20)
                times.append(at)
    return times


def poisson(rate):
    def times(rng):
        at, found = 0.0, []
        while at < 72 * HOUR:
            at += rng.expovariate(rate / HOUR)
            found.append(at)
        return found

    times.__name__ = f"random_{rate}_an_hour"
    return times


def beacon_of_7_minutes(rng):
    return [n * 420 + rng.uniform(-20, 20) for n in range(600)]


def beacon_of_90_minutes(rng):
    return [n * 5400 + rng.uniform(-60, 60) for n in range(60)]


UPDATES = (hourly, every_two_hours, several_connections_an_hour, office_hours_only)
OTHERS = (
    *(browsing, beacon_of_7_minutes, beacon_of_90_minutes),
    *(poisson(rate) for rate in (0.3, 1, 2, 10)),
)


@pytest.mark.parametrize("pattern", UPDATES, ids=lambda one: one.__name__)
def test_updates_come_by_the_hour(pattern):
    words = Counter(cadence(pattern(random.Random(seed))).word for seed in range(100))
    assert words == {"multiples of the hour": 100}


@pytest.mark.parametrize("pattern", OTHERS, ids=lambda one: one.__name__)
def test_other_traffic_does_not(pattern):
    words = Counter(cadence(pattern(random.Random(seed))).word for seed in range(100))
    assert words == {"no multiple of the hour": 100}


def test_the_multiple_met_most_is_told():
    assert cadence(every_two_hours(random.Random(1))).hours == 2
    assert cadence(hourly(random.Random(1))).hours == 1


def test_few_contacts_say_nothing():
    assert cadence([]).word == "not known"
    assert cadence([START]).word == "too few"
    six = [START + n * HOUR for n in range(6)]
    assert cadence(six).word == "too few"
    assert cadence([*six, START + 6 * HOUR]).word == "multiples of the hour"


def test_what_never_pauses_is_continual_and_not_hourly():
    found = cadence([START + n * 120 for n in range(500)])
    assert (found.word, found.bursts) == ("continual", 1)


def test_a_pause_of_five_minutes_ends_a_burst():
    assert cadence([START, START + 299.9]).bursts == 1
    assert cadence([START, START + 300]).bursts == 2


@given(st.lists(st.integers(0, 10**6), max_size=40), st.randoms(), st.integers(0, 10**6))
def test_cadence_is_blind_to_order_and_origin(times, rng, shift):
    shuffled = times[:]
    rng.shuffle(shuffled)
    assert cadence(float(t) for t in times) == cadence(float(t + shift) for t in shuffled)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200))
def test_a_spread_holds_sizes_that_occurred(sizes):
    found = spread(sizes)
    assert {found.median, found.p95, found.largest} <= set(sizes)
    assert found.median <= found.p95 <= found.largest == max(sizes)
    assert found.total == sum(sizes)
    assert 2 * sum(size <= found.median for size in sizes) >= len(sizes)
    assert 20 * sum(size <= found.p95 for size in sizes) >= 19 * len(sizes)


def contact(up, when=START, requests=0):
    return Contact(when, "gw-03", "dnl-01.example", "ssl.log", up=up, basis="conn",
                   requests=requests)  # fmt: skip


def test_how_sizes_read():
    assert sends([contact(600), contact(REQUEST)]).word == "requests"
    assert sends([contact(600)] * 99 + [contact(90_000)]).word == "mostly requests"
    assert sends([contact(600)] * 9 + [contact(90_000)]).word == "more than requests"
    assert sends([contact(3 * REQUEST, requests=3)]).word == "requests"
    assert sends([contact(3 * REQUEST, requests=2)]).word == "more than requests"


def test_too_few_counts_say_nothing():
    assert sends([]).word == "not known"
    assert sends([contact(None)] * 3).word == "not known"
    assert sends([contact(600), contact(None), contact(None)]).word == "not known"


def test_the_answer_carries_its_denominator():
    sizes = [612] * 391 + [1900] * 20 + [2100]
    held = Gathered(
        {"d": Destination("dnl-01.example", "v", "update", "dossier", ("domain:d",))},
        [contact(size, START + n * HOUR) for n, size in enumerate(sizes)]
        + [contact(None, START + n * HOUR) for n in range(412, 430)],
    )
    found = channel("v", "gw-03", "update", held)
    assert report.bytes_up(found) == (
        "per contact: median 612 B, 95 % up to 1.9 kB, largest 2.1 kB, over 412 of 430 contacts "
        "with a byte count: consistent with requests; 18 contacts without a count"
    )
    assert report.cadence(found.cadence) == (
        "429 of 429 gaps between bursts of contacts (100 %) lie within 5 minutes of a multiple of "
        "the hour, mostly 1 hour"
    )


@pytest.mark.parametrize(
    ("name", "identifier", "purpose"),
    [
        ("dnl-07.geo.kaspersky.com", "domain:dnl-07.geo.kaspersky.com", "update"),
        ("p00.upd.kaspersky.com", "domain:p00.upd.kaspersky.com", "update"),
        ("dc1.ksn.kaspersky-labs.com", "domain:dc1.ksn.kaspersky-labs.com", "look-up"),
        ("x.ksn-file-geo.kaspersky-labs.com", "domain:kaspersky-labs.com", "look-up"),
        ("activation-v2.kaspersky.com", "domain:activation-v2.kaspersky.com", "licence"),
        ("www.kaspersky.com", "domain:kaspersky.com", "web"),
        ("crl.kaspersky.com", "domain:crl.kaspersky.com", "unknown"),
        ("cdn.example", "update_index_file:u0607g.xml", "update"),
        ("upd.juniper.example", "licensee_update_host:juniper.example", "update"),
    ],
)
def test_what_a_destination_of_one_vendor_serves(name, identifier, purpose):
    dossier = next(one for one in load_dossiers() if one.id == "kaspersky")
    found, ground = purpose_of(name, identifier, dossier)
    assert found == purpose
    assert ground


@pytest.mark.parametrize(
    ("vendor", "name", "identifier", "purpose", "ground"),
    [
        ("hikvision", "api.hik-connect.com", "domain:hik-connect.com", "device", "serves devices"),
        ("dahua", "das.easy4ipcloud.com", "p2p_host:das.easy4ipcloud.com", "device", "p2p host"),
        ("acronis", "dl.acronis.com", "domain:dl.acronis.com", "update", "serves updates"),
        ("bytedance", "mcs.snssdk.com", "domain:mcs.snssdk.com", "telemetry", "measurement"),
        ("kaspersky", "x.upd.kaspersky.com", "domain:upd.kaspersky.com", "update", "dossier"),
        ("kaspersky", "update.kaspersky.de", "domain:kaspersky.de", "update", "in the host name"),
        ("kaspersky", "shop.kaspersky.de", "domain:kaspersky.de", "web", "serves web pages"),
        ("kaspersky", "203.0.113.7", "asn:AS209030", "protection", "sites of others"),
        ("kaspersky", "203.0.113.8", "asn:AS200107", "unknown", "nothing says"),
    ],
)
def test_what_a_dossier_says_goes_before_what_a_name_suggests(
    vendor, name, identifier, purpose, ground
):
    dossier = next(one for one in load_dossiers() if one.id == vendor)
    found, why = purpose_of(name, identifier, dossier)
    assert (found, ground in why) == (purpose, True)


# whole cases


def tsv(path, fields, rows):
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-"]
    lines = [*head, f"#path\t{path}", "#fields\t" + "\t".join(fields)]
    return "\n".join([*lines, *("\t".join(map(str, row)) for row in rows)]) + "\n"


ID = ("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
GATEWAY, LAPTOP = "10.1.4.20", "10.1.4.31"


def row(when, uid, client, server, *rest):
    return (f"{when:.6f}", uid, client, "40000", server, "443", *rest)


def logs(folder, connections=True):
    """24 hourly updates of a gateway, two connections each, one of ten without a conn row."""
    ssl, conn, dns = [], [], []
    for n in range(48):
        when, uid = START + (n // 2) * HOUR + 7 * (n % 2), f"C{n}"
        ssl.append(row(when, uid, GATEWAY, "203.0.113.9", "dnl-01.geo.kaspersky.com"))
        if n % 10:
            conn.append(row(when - 0.1, uid, GATEWAY, "203.0.113.9", 600 + n, 9000))
        if n % 2 == 0:
            dns.append(row(when - 1, f"D{n}", GATEWAY, "10.1.0.1", "dnl-01.geo.kaspersky.com",
                           "A", "203.0.113.9"))  # fmt: skip
    ssl.append(row(START + 50, "W1", LAPTOP, "203.0.113.80", "www.kaspersky.com"))
    conn.append(row(START + 50, "W1", LAPTOP, "203.0.113.80", 2500, 90_000))
    conn.append(row(START + 90, "X1", LAPTOP, "198.51.100.7", 10**9, 5))
    folder.mkdir()
    (folder / "ssl.log").write_text(tsv("ssl", (*ID, "server_name"), ssl))
    (folder / "dns.log").write_text(tsv("dns", (*ID, "query", "qtype_name", "answers"), dns))
    if connections:
        (folder / "conn.log").write_text(tsv("conn", (*ID, "orig_bytes", "resp_bytes"), conn))
    return folder


def traced(evidence, place):
    case = Case.open(place, create=True)
    case.add([evidence])
    return case


def only(found, host, purpose):
    (one,) = (one for one in found.channels if (one.host, one.purpose) == (host, purpose))
    return one


def test_a_gateway_that_updates_by_the_hour(tmp_path):
    with traced(logs(tmp_path / "zeek"), tmp_path / "case") as case:
        found = case.traffic(vendors=["kaspersky"])
    one = only(found, GATEWAY, "update")
    assert (one.contacts, one.counted, one.look_ups) == (48, 43, 24)
    assert one.bases == {"conn": 43}
    assert one.up.total == sum(600 + n for n in range(48) if n % 10)
    assert one.down == 43 * 9000
    assert (one.cadence.word, one.cadence.gaps, one.cadence.fitting) == (
        *("multiples of the hour", 23, 23),
    )
    assert one.sends.word == "requests"
    assert (one.first, one.last) == ("2017-08-31T23:59:59Z", "2017-09-01T23:00:07Z")
    assert (one.largest.size, one.largest.uid) == (647, "C47")
    web = only(found, LAPTOP, "web")
    assert web.contacts == 1
    assert web.weak
    assert {log.word for log in found.logs} == {"read again"}
    assert not any(one.up and one.up.largest == 10**9 for one in found.channels)


def test_look_ups_alone_are_no_contacts(tmp_path):
    folder = logs(tmp_path / "zeek", connections=False)
    (folder / "ssl.log").unlink()
    with traced(folder, tmp_path / "case") as case:
        found = case.traffic()
    (one,) = found.channels
    assert (one.contacts, one.look_ups, one.up) == (0, 24, None)
    assert one.cadence.of == "look-ups"
    assert one.sends.word == "not known"
    assert any(text.startswith("DNS only") for text in found.cannot)


def test_without_conn_log_there_are_no_byte_counts(tmp_path):
    with traced(logs(tmp_path / "zeek", connections=False), tmp_path / "case") as case:
        found = case.traffic()
    one = only(found, GATEWAY, "update")
    assert (one.contacts, one.counted) == (48, 0)
    assert report.bytes_up(one) == "no byte count for 48 contacts"
    assert any(text.startswith("No row of a connection log") for text in found.cannot)


def test_an_address_that_dns_gave_joins_connections_without_a_name(tmp_path):
    folder = logs(tmp_path / "zeek")
    (folder / "ssl.log").unlink()
    with traced(folder, tmp_path / "case") as case:
        found = case.traffic()
    one = only(found, GATEWAY, "update")
    assert (one.contacts, one.by_address, one.counted) == (43, 43, 43)
    assert any("only by an address" in text for text in found.cannot)


def figures(found):
    return [
        (c.host, c.purpose, c.contacts, c.look_ups, c.counted, c.up, c.down, c.cadence)
        for c in found.channels
    ]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    place = tmp_path_factory.mktemp("plain")
    with traced(logs(place / "zeek"), place / "case") as case:
        return figures(case.traffic())


def test_packed_logs_are_read_again_from_their_archive(tmp_path, plain):
    folder = logs(tmp_path / "zeek")
    packed = tmp_path / "packed"
    packed.mkdir()
    with gzip.open(packed / "ssl.log.gz", "wb") as out:
        out.write((folder / "ssl.log").read_bytes())
    with tarfile.open(packed / "rest.tar.gz", "w:gz") as out:
        for name in ("dns.log", "conn.log"):
            out.add(folder / name, name)
    with traced(packed, tmp_path / "case") as case:
        assert figures(case.traffic()) == plain


def test_what_two_copies_hold_is_counted_once(tmp_path, plain):
    folder = logs(tmp_path / "zeek")
    for name in ("ssl", "dns", "conn"):
        shutil.copy(folder / f"{name}.log", folder / f"{name}-copy.log")
    with traced(folder, tmp_path / "case") as case:
        assert figures(case.traffic()) == plain


def test_a_log_that_is_gone_or_changed_leaves_sums(tmp_path):
    folder = logs(tmp_path / "zeek")
    with traced(folder, tmp_path / "case") as case:
        (folder / "ssl.log").unlink()
        (folder / "conn.log").write_text("#fields\tts\n")
        found = case.traffic()
    assert {log.path: log.word for log in found.logs} == {
        "zeek/ssl.log": "gone",
        "zeek/conn.log": "changed",
        "zeek/dns.log": "read again",
    }
    one = only(found, GATEWAY, "update")
    assert (one.contacts, one.summed.contacts, one.look_ups) == (0, 48, 24)
    shown = "\n".join(report.lines(found, {"kaspersky": "Kaspersky"}))
    assert "48 contacts as sums" in shown
    assert " gone: zeek/ssl.log" in shown


def test_of_a_time_and_of_a_host(tmp_path):
    with traced(logs(tmp_path / "zeek"), tmp_path / "case") as case:
        found = case.traffic(hosts=[GATEWAY], since="2017-09-01T06:00:00Z", until="2017-09-01T11")
        assert [one.host for one in found.channels] == [GATEWAY]
        assert found.channels[0].contacts == 11
        assert case.traffic(since="2018-01-01").channels == ()
        assert case.traffic(until="2017-08-31").channels[0].look_ups == 1
        with pytest.raises(OustError, match="is no date"):
            case.traffic(since="yesterday")


def test_a_query_log_of_lines_is_read_again(tmp_path):
    lines = [
        f"2017-09-01T{n:02d}:00:01.000Z client @0x7f0 {GATEWAY}#5353 (dnl-01.geo.kaspersky.com): "
        f"query: dnl-01.geo.kaspersky.com IN A + (10.1.0.1)"
        for n in range(12)
    ]
    lines.insert(3, lines[0].replace("dnl-01.geo.kaspersky.com", "intranet.example"))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "query.log").write_text("\n".join(lines) + "\n")
    with traced(tmp_path / "logs", tmp_path / "case") as case:
        found = case.traffic()
    (one,) = found.channels
    assert (one.look_ups, one.cadence.word) == (12, "multiples of the hour")


def batch(**columns):
    return pa.RecordBatch.from_pydict(columns)


class Given:
    """Logs as a test gives them."""

    def __init__(self, *batches):
        self.batches = batches

    def events(self, wanted, uids=()):
        return ((f"log{n}", one) for n, one in enumerate(self.batches) if wanted(f"log{n}"))

    def outcomes(self):
        return ()


def test_an_update_path_on_somebody_elses_host_counts_only_with_the_path():
    known = Known({("cdn.example", "v"): Destination("cdn.example", "v", "update", "g", ("u",),
                                                     only=("u0607g.xml",))})  # fmt: skip
    http = batch(
        ts=[1.0, 2.0, 3.0],
        client=["a", "a", "a"],
        name=["cdn.example", "CDN.example.", "other.example"],
        uid=["C1", "C2", "C3"],
        log=["http", "http", "http"],
        uri=["/x/index/u0607g.xml", "/logo.png", "/index/u0607g.xml"],
        bytes_up=[0, 0, 0],
    )
    (one,) = audit(known, Given(http)).channels
    assert one.contacts == 1
    assert one.bases == {"http": 1}


def test_bytes_of_the_connection_outweigh_those_of_bodies_in_any_order():
    known = Known({("d.example", "v"): Destination("d.example", "v", "unknown", "g", ("u",))})
    http = batch(ts=[1.0, 2.0], client=["a", "a"], name=["d.example"] * 2, uid=["C1"] * 2,
                 log=["http"] * 2, bytes_up=[5, 7], bytes_down=[1, 1])  # fmt: skip
    conn = batch(ts=[1.0], client=["a"], uid=["C1"], log=["conn"], bytes_up=[900],
                 bytes_down=[50])  # fmt: skip
    for order in ((http, conn), (conn, http)):
        (one,) = audit(known, Given(*order)).channels
        assert (one.contacts, one.up.total, one.down, one.bases) == (1, 900, 50, {"conn": 1})
    (one,) = audit(known, Given(http)).channels
    assert (one.up.total, one.bases) == (12, {"http": 1})


def test_nothing_known_opens_nothing():
    class Never:
        def events(self, wanted, uids=()):
            raise AssertionError("opened")

        outcomes = events

    assert audit(Known(), Never()).channels == ()


def test_the_command_prints_each_form(tmp_path):
    evidence, place = logs(tmp_path / "zeek"), str(tmp_path / "case")
    with traced(evidence, tmp_path / "case"):
        pass
    shown = CliRunner().invoke(root, ["traffic", place, "--vendor", "kaspersky"])
    assert shown.exit_code == 0
    assert all(len(line) <= 100 for line in shown.output.splitlines())
    assert "consistent with requests; 5 contacts without a count" in " ".join(shown.output.split())
    rows = list(csv.DictReader(io.StringIO(run("traffic", place, "--format", "csv"))))
    assert [(row["host"], row["purpose"], row["counted"]) for row in rows] == [
        (GATEWAY, "update", "43"),
        (LAPTOP, "web", "1"),
    ]
    found = json.loads(run("traffic", place, "--format", "json", "--host", GATEWAY))
    (one,) = found["channels"]
    assert one["up"]["largest"] == 647
    assert one["cadence"]["fitting"] == 23
    nobody = run("traffic", place, "--host", "10.9.9.9")
    assert "No contact by 10.9.9.9 with a destination of a vendor" in nobody


def run(*arguments):
    done = CliRunner().invoke(root, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_real_logs_agree_with_a_plain_count(tmp_path, corpus):
    name = "ise.wrccdc.org"
    real = corpus / "zeek/zed-sample-data/zeek-default/ssl.log.gz"
    dossier = tmp_path / "ise.yaml"
    dossier.write_text(
        "id: ise\nvendor: Ise\nnames: [{value: Ise Ltd, kind: legal, source: [x], tier: primary}]\n"
        f"identifiers: [{{kind: domain, value: {name}, source: [x], tier: primary}}]\n"
    )
    expected, fields = Counter(), []
    with gzip.open(real, "rt") as file:
        for line in file:
            cells = line.rstrip("\n").split("\t")
            if cells[0] == "#fields":
                fields = cells[1:]
            elif cells[0][0] != "#" and cells[fields.index("server_name")].lower() == name:
                expected[cells[fields.index("id.orig_h")]] += 1
    with Case.open(tmp_path / "case", create=True, dossier_files=[dossier]) as case:
        case.add([real])
        found = case.traffic(vendors=["ise"])
    assert {one.host: one.contacts for one in found.channels} == dict(expected)
    assert sum(expected.values()) == 6443


def test_a_log_behind_the_program_of_a_self_extracting_archive_is_read_again():
    import io
    import zipfile

    from oust.replay import _inside
    from oust.unpack import Budget

    out = io.BytesIO(b"MZ" + bytes(3000))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("logs/dns.log", "#fields\tts\n")
    path = "a.exe!/logs/dns.log"
    found = dict(_inside("a.exe", out.getvalue(), frozenset({path}), Budget.for_file(10)))
    assert bytes(found[path]) == b"#fields\tts\n"


def zeek_http(folder, methods):
    """A request an hour, of each method in turn, to an update host; a connection each."""
    http, conn = [], []
    for n, method in enumerate(methods):
        when, uid = START + n * HOUR, f"C{n}"
        body = 300 if method in ("POST", "PUT") else 0
        http.append(row(when, uid, GATEWAY, "203.0.113.9", method, "dnl-01.geo.kaspersky.com",
                        "/index/u0607g.xml", body, 900))  # fmt: skip
        conn.append(row(when, uid, GATEWAY, "203.0.113.9", 700 + body, 1500))
    folder.mkdir()
    fields = ("method", "host", "uri", "request_body_len", "response_body_len")
    (folder / "http.log").write_text(tsv("http", (*ID, *fields), http))
    (folder / "conn.log").write_text(tsv("conn", (*ID, "orig_bytes", "resp_bytes"), conn))
    return folder


@pytest.mark.parametrize(
    ("methods", "carrying", "said"),
    [
        (["GET"] * 8, 0, "GET 8, seen in 8 of 8 contacts: none with a method that brings data"),
        (["GET"] * 6 + ["POST", "PUT"], 2, "GET 6, POST 1, PUT 1, seen in 8 of 8 contacts: 2 with"),
        (["-"] * 3 + ["get"], 0, "GET 1, seen in 1 of 4 contacts: none with"),
        (["HEAD", "ODD"], 1, "HEAD 1, ODD 1, seen in 2 of 2 contacts: 1 with a method"),
    ],
)
def test_methods_of_requests_are_told(tmp_path, methods, carrying, said):
    with traced(zeek_http(tmp_path / "zeek", methods), tmp_path / "case") as case:
        one = only(case.traffic(vendors=["kaspersky"]), GATEWAY, "update")
    assert one.methods.carrying == carrying
    assert report.methods(one.methods, one.contacts).startswith(said)
    assert one.sends.word == "requests"  # by size; a small POST is one, too


def test_methods_of_a_proxy_and_its_tunnels(tmp_path):
    host = "dnl-01.geo.kaspersky.com"
    lines = [
        f"{START + n * HOUR:.3f} 90 {GATEWAY} TCP_TUNNEL/200 4000 CONNECT {host}:443 - "
        f"HIER_DIRECT/203.0.113.9 -"
        for n in range(3)
    ]
    (tmp_path / "logs").mkdir()
    place = tmp_path / "logs" / "access.log"
    place.write_text("\n".join(lines) + "\n")
    with traced(tmp_path / "logs", tmp_path / "case") as case:
        (one,) = case.traffic().channels
    assert report.methods(one.methods, one.contacts) == (
        "CONNECT 3, seen in 3 of 3 contacts: tunnels, whose requests are not shown"
    )
    lines[0] = lines[0].replace("CONNECT", "POST").replace(f"{host}:443", f"http://{host}/up")
    place.write_text("\n".join(lines) + "\n")
    with traced(tmp_path / "logs", tmp_path / "second") as case:
        found = case.traffic()
    (one,) = found.channels
    assert (one.methods.requests, one.methods.tunnelled) == ({"CONNECT": 2, "POST": 1}, 2)
    (told,) = report.as_object(found)["channels"]
    assert told["methods"] == {
        "requests": {"CONNECT": 2, "POST": 1}, "contacts": 3, "carrying": 1, "tunnelled": 2,
    }  # fmt: skip
    header, values = report.as_csv(found.channels).splitlines()
    assert header.endswith("methods,method_contacts,data_contacts,tunnel_contacts")
    assert values.endswith("CONNECT:2 POST:1,3,1,2")


def test_without_methods_nothing_is_said_of_them(tmp_path):
    with traced(logs(tmp_path / "zeek"), tmp_path / "case") as case:
        found = case.traffic(vendors=["kaspersky"])
    assert not any(one.methods.contacts for one in found.channels)
    assert all(one["methods"] is None for one in report.as_object(found)["channels"])
    assert "methods" not in "\n".join(report.lines(found, {"kaspersky": "Kaspersky"}))
