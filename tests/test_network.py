"""Networks from end to end: what logs, leases and tables of a small network show, and what not."""

import random
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.case import Case
from oust.data import load_dossiers
from oust.formats import FORMATS, pick
from oust.formats.log_rows import address, asked, host_name
from oust.formats.log_times import moment
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.identify import compile_dossiers
from oust.identify.textfields import ADDRESS
from oust.link import network as network_stage
from oust.model import Quarantine, Record, Tally
from oust.needles import LiteralNeedles
from oust.report import table

DOSSIER = """
id: orbaltec
vendor: Orbaltec
word: [orbaltec]
names:
  - {value: Orbaltec, kind: short, source: made up, tier: primary}
identifiers:
  - {kind: domain, value: orbaltec.example, strength: weak, why: "public web site: a visit is no product", source: made up, tier: primary}
  - {kind: domain, value: upd.orbaltec.example, source: made up, tier: primary}
  - {kind: domain, value: ksn.orbaltec.example, source: made up, tier: primary}
  - {kind: domain, value: shield-orbaltec.example, note: protection service, source: made up, tier: primary}
  - {kind: p2p_host, value: www.meet-orbaltec.example, source: made up, tier: primary}
  - {kind: asn, value: AS64496, strength: weak, why: carries sites of others, source: made up, tier: primary}
  - {kind: ip_prefix, value: 203.0.113.0/24, source: made up, tier: primary}
  - {kind: mac_oui, values: ["440ACC", "E0A1F0C", "70B3D5AAA", "DAA119"], source: made up, tier: primary}
  - {kind: mac_oui, value: "0019C7", strength: weak, why: of a company bought later, source: made up, tier: primary}
  - {kind: url_path, value: /orbal/idx, source: made up, tier: primary}
  - {kind: user_agent_token, value: Orbalbot, strength: weak, why: a crawler that visits the user's own server, source: made up, tier: primary}
"""


@pytest.fixture(scope="module")
def dossier(tmp_path_factory):
    path = tmp_path_factory.mktemp("dossier") / "orbaltec.yaml"
    path.write_text(DOSSIER)
    return path


@pytest.fixture(scope="module")
def matcher(dossier):
    chosen = [one for one in load_dossiers(extra=[dossier]) if one.id == "orbaltec"]
    return compile_dossiers(chosen)


class Desk:
    """Evidence written to a folder and traced."""

    def __init__(self, folder, dossier):
        self.folder, self.dossier = folder / "evidence", dossier
        self.folder.mkdir()
        self.case = folder / "case"

    def write(self, name, text):
        (self.folder / name).write_text(textwrap.dedent(text).lstrip("\n"))

    def findings(self):
        with Case.open(self.case, create=True, dossier_files=[self.dossier]) as case:
            case.add([self.folder])
            return case.findings(["orbaltec"])


@pytest.fixture
def desk(tmp_path, dossier):
    return Desk(tmp_path, dossier)


def assets(findings):
    return {
        (one.tier, one.strength, one.asset.kind, one.asset.name, one.asset.detail)
        for one in findings.exposures
    }


def reasons(findings):
    return {(one.record, one.reason.split(":")[0]) for one in findings.mentions}


def hourly(host, name, day="2026-11-02"):
    return "".join(
        f"{day}T{hour:02}:04:11Z queries: info: client @0x7f {host}#5353 ({name}): "
        f"query: {name} IN A +E(0) (192.0.2.1)\n"
        for hour in range(24)
    )


@pytest.fixture(scope="module")
def network(tmp_path_factory, dossier):
    desk = Desk(tmp_path_factory.mktemp("network"), dossier)
    desk.write(
        "bind.log",
        hourly("192.0.2.20", "p00.upd.orbaltec.example")
        + hourly("192.0.2.21", "p00.upd.orbaltec.example")
        + hourly("192.0.2.22", "www.orbaltec.example")
        + hourly("192.0.2.22", "www.shield-orbaltec.example")
        + hourly("192.0.2.23", "notorbaltec.example")
        + hourly("192.0.2.23", "upd.orbaltec.example.harbour.example")
        + hourly("192.0.2.24", "harbour.example"),
    )
    desk.write(
        "pihole.log",
        """
        Nov  2 10:30:05 dnsmasq[12]: query[A] www.harbour.example from 192.0.2.24
        Nov  2 10:30:05 dnsmasq[12]: forwarded www.harbour.example to 198.51.100.1
        Nov  2 10:30:05 dnsmasq[12]: reply www.harbour.example is <CNAME>
        Nov  2 10:30:05 dnsmasq[12]: reply harbour.edge.example is <CNAME>
        Nov  2 10:30:05 dnsmasq[12]: reply c1.shield-orbaltec.example is 203.0.113.34
        Nov  2 10:31:00 dnsmasq[12]: query[A] blog.neighbour.example from 192.0.2.24
        Nov  2 10:31:00 dnsmasq[12]: reply blog.neighbour.example is 203.0.113.77
        """,
    )
    desk.write(
        "dhcpd.leases",
        """
        authoring-byte-order little-endian;
        lease 192.0.2.40 { starts 1 2026/11/02 00:00:00; ends 2 2026/11/03 00:00:00;
          hardware ethernet 44:0a:cc:01:02:03; client-hostname "gate-cam"; }
        lease 192.0.2.41 { starts 1 2026/11/02 00:00:00; ends 2 2026/11/03 00:00:00;
          hardware ethernet da:a1:19:01:02:04; client-hostname "phone"; }
        lease 192.0.2.42 { starts 1 2026/11/02 00:00:00; ends 2 2026/11/03 00:00:00;
          hardware ethernet a8:bb:cc:01:02:05; client-hostname "orbaltec-server"; }
        lease 192.0.2.43 { starts 1 2026/11/02 00:00:00; ends 2 2026/11/03 00:00:00;
          hardware ethernet 00:19:c7:01:02:05; client-hostname "old-box"; }
        lease 192.0.2.20 { starts 1 2026/11/02 00:00:00; ends 2 2026/11/03 00:00:00;
          hardware ethernet a8:bb:cc:01:02:06; client-hostname "desk-20"; }
        lease 192.0.2.21 { starts 4 2026/01/01 00:00:00; ends 4 2026/01/01 12:00:00;
          hardware ethernet a8:bb:cc:01:02:07; client-hostname "someone-before"; }
        """,
    )
    desk.write("arp.txt", "? (192.0.2.40) at 44:0a:cc:01:02:03 [ether] on eth0\n")
    desk.write(
        "access.log",
        """
        203.0.113.9 - - [02/Nov/2026:09:00:01 +0000] "GET http://www.harbour.example/ HTTP/1.1" 200 12 "-" "Mozilla/5.0 (compatible; Orbalbot)" TCP_MISS:FIRSTUP_PARENT
        192.0.2.30 - - [02/Nov/2026:09:00:01 +0000] "CONNECT dc1.ksn.orbaltec.example:443 HTTP/1.1" 200 4100 TCP_TUNNEL:HIER_DIRECT
        192.0.2.31 - - [02/Nov/2026:09:00:01 +0000] "GET http://files.licensee.example/orbal/idx HTTP/1.1" 200 41 "-" "-" TCP_MISS:HIER_DIRECT
        192.0.2.32 - - [02/Nov/2026:09:00:01 +0000] "GET http://www.orbaltec.example/prices HTTP/1.1" 200 41 "-" "-" TCP_MISS:HIER_DIRECT
        """,
    )
    return desk.findings()


def test_a_small_network_shows_exactly_what_it_holds(network):
    assert assets(network) == {
        ("direct", "identifier", "host", "gate-cam", "192.0.2.40, 44:0A:CC:01:02:03"),
        ("service", "identifier", "host", "192.0.2.20", "possibly desk-20 by dhcp lease, of that time"),
        ("service", "identifier", "host", "192.0.2.21", ""),
        ("service", "identifier", "host", "192.0.2.30", ""),
        ("service", "identifier", "host", "192.0.2.31", ""),
        ("service", "identifier", "service", "www.harbour.example", "alias of c1.shield-orbaltec.example"),
    }  # fmt: skip


def test_what_is_no_exposure_is_told_with_its_reason(network):
    assert reasons(network) == {
        ("www.orbaltec.example", "weak value alone"),
        ("www.shield-orbaltec.example", network_stage.WEB_SITE),
        ("blog.neighbour.example", network_stage.HOSTED),
        ("upd.orbaltec.example.harbour.example", ADDRESS),
        ("orbaltec-server", ADDRESS),
        ("old-box", "weak value alone"),
        ("www.harbour.example", "weak value alone"),
    }


def test_paths_run_through_the_destination_and_say_what_it_serves(network):
    by_name = {one.asset.name: one for one in network.exposures}
    shown = "\n".join(table.render(network))
    assert "Orbaltec → p00.upd.orbaltec.example →" in shown
    assert by_name["192.0.2.20"].why.endswith("update host")
    assert by_name["192.0.2.30"].why.endswith("cloud look-up")
    assert "Orbaltec → c1.shield-orbaltec.example →" in shown
    assert by_name["gate-cam"].why == 'MAC block of the vendor "440ACC"'
    hop = by_name["192.0.2.20"].paths[0].hops[-1]
    assert (hop.relation, hop.origin.name, hop.since) == ("connects-to", "192.0.2.20", "2026-11-02")


def test_a_lease_of_the_same_time_is_shown_and_not_joined(network):
    assert network.possibly_same == (("192.0.2.20", "desk-20", "dhcp lease, of that time"),)
    assert "desk-20" not in {one.asset.name for one in network.exposures}


def test_one_mac_address_is_one_device_whatever_it_is_called(desk):
    desk.write("arp-a.txt", "? (192.0.2.40) at 44:0a:cc:1:2:3 on en0 ifscope [ethernet]\n")
    desk.write("b.leases", "1750000000 44:0a:cc:01:02:03 192.0.2.77 yard-cam *\n")
    (one,) = desk.findings().exposures
    assert (one.asset.name, one.asset.id) == ("yard-cam", "mac:440ACC010203")
    assert {e.source.rpartition("/")[2] for e in one.paths[0].hops[0].evidence} == {
        "arp-a.txt",
        "b.leases",
    }


@pytest.mark.parametrize(
    ("mac", "block"),
    [
        ("440ACC010203", "440ACC"),
        ("440acc010203", "440ACC"),
        ("E0A1F0C12345", "E0A1F0C"),
        ("E0A1F0D12345", ""),
        ("70B3D5AAA123", "70B3D5AAA"),
        ("70B3D5AAB123", ""),
        ("DAA119010204", ""),  # locally administered, though a dossier names the block
        ("450ACC010203", ""),  # a group address
    ],
)
def test_mac_blocks_of_24_28_and_36_bits(matcher, mac, block):
    record = Record("service", "line 1", name="192.0.2.9", type="arp entry", ids=(f"mac:{mac}",))
    found = [one for _, one in matcher.identify([record])]
    assert [one.identifier for one in found] == ([f"mac_oui:{block}"] if block else [])
    assert all("mac-block" in one.features for one in found)


def test_names_served_by_the_vendor_are_assets_by_ns_and_mx_too(desk):
    desk.write(
        "harbour.zone",
        """
        $ORIGIN harbour.example.
        @ 3600 IN NS ns1.shield-orbaltec.example.
        @ 3600 IN MX 10 mx.shield-orbaltec.example.
        old 3600 IN A 203.0.113.9
        """,
    )
    found = desk.findings()
    assert {(e.tier, e.asset.name) for e in found.exposures} == {("service", "harbour.example")}
    assert len(found.exposures[0].paths) == 2
    assert {record for record, _ in reasons(found)} == {"old.harbour.example"}


def test_a_host_at_which_devices_meet_is_no_web_site_whatever_its_name(desk):
    desk.write("bind.log", hourly("192.0.2.9", "www.meet-orbaltec.example"))
    (one,) = desk.findings().exposures
    assert (one.tier, one.why.rpartition(", ")[2]) == (
        "service",
        "cloud or rendezvous host of devices",
    )


def test_the_vendors_own_site_behind_its_own_service_is_a_visit(desk):
    desk.write(
        "dnsmasq.log",
        """
        Nov  2 10:30:05 dnsmasq[12]: query[A] www.orbaltec.example from 192.0.2.24
        Nov  2 10:30:05 dnsmasq[12]: reply www.orbaltec.example is <CNAME>
        Nov  2 10:30:05 dnsmasq[12]: reply c1.shield-orbaltec.example is 203.0.113.34
        """,
    )
    assert desk.findings().exposures == ()


def test_a_scan_shows_maker_and_service_of_a_device(desk):
    desk.write(
        "scan.xml",
        """
        <?xml version="1.0"?>
        <nmaprun scanner="nmap"><host><status state="up"/>
        <address addr="192.0.2.2" addrtype="ipv4"/>
        <address addr="44:0A:CC:01:02:03" addrtype="mac" vendor="Orbaltec"/>
        <hostnames><hostname name="orbaltec.harbour.example" type="PTR"/></hostnames>
        </host></nmaprun>
        """,
    )
    (one,) = desk.findings().exposures
    assert (one.tier, one.strength) == ("direct", "identifier")
    assert one.asset.name == "orbaltec.harbour.example"


# formats


NAMES = (
    "bind-log", "unbound-log", "dnsmasq-log", "squid-access", "dhcpd-leases", "dnsmasq-leases",
    "kea-leases-csv", "arp-table", "nmap-xml", "dns-records",
)  # fmt: skip
BY_NAME = {fmt.name: fmt for fmt in FORMATS}


def told(fmt, data, needles):
    said = []
    try:
        said += BY_NAME[fmt].read(Opened("x", data), needles)
    except Unreadable as error:
        assert str(error)
    # what a log says of itself is no row of it; see test_log_span.py
    return [one for one in said if getattr(one, "kind", "") != "document"]


@pytest.mark.parametrize("fmt", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)))
def test_anything_at_all_is_read_or_told(fmt, data):
    for one in told(fmt, data, NoNeedles()):
        assert isinstance(one, (Record, Quarantine, Tally))


LINES = {
    "bind-log": "2026-11-02T10:{m:02}:00Z client @0x7f 192.0.2.{c}#53 ({n}): query: {n} IN A + (1.1.1.1)",
    "unbound-log": "[17619912{m:02}] unbound[1:0] info: 192.0.2.{c} {n}. A IN",
    "dnsmasq-log": "Nov  2 10:{m:02}:00 dnsmasq[1]: query[A] {n} from 192.0.2.{c}",
    "squid-access": "17619912{m:02}.000 1 192.0.2.{c} TCP_MISS/200 7 GET http://{n}/x - DIRECT/1.1.1.1 -",
}


@pytest.mark.parametrize("fmt", LINES)
@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 59),
            st.integers(1, 5),
            st.sampled_from(("a.example", "upd.needle.example", "b.needle.example", "junk")),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_rows_are_joined_and_counted_whatever_their_order(fmt, rows):
    lines = [
        "garbage" if name == "junk" else LINES[fmt].format(m=minute, c=client, n=name)
        for minute, client, name in rows
    ]
    data = "\n".join(lines).encode()
    for needles in (NoNeedles(), LiteralNeedles(["needle"])):
        said = told(fmt, data, needles)
        records = [one for one in said if isinstance(one, Record)]
        counts = len(records) + sum(one.count for one in said if isinstance(one, Tally))
        assert counts + sum(isinstance(one, Quarantine) for one in said) == len(lines)
        looked_for = {(f"192.0.2.{c}", n) for _, c, n in rows if "needle" in n}
        found = {(one.host, one.name) for one in records if "needle" in one.name}
        assert found == looked_for
        mixed = random.Random(1).sample(lines, len(lines))
        again = told(fmt, "\n".join(mixed).encode(), needles)
        spans = {(one.host, one.name, one.since, one.until) for one in records}
        assert spans == {
            (one.host, one.name, one.since, one.until) for one in again if isinstance(one, Record)
        }


def test_an_alias_is_followed_across_blocks(monkeypatch):
    monkeypatch.setattr("oust.formats.zeek_lines.BLOCK", 700)
    padding = "".join(
        f"Nov  2 09:00:00 dnsmasq[1]: query[A] h{n}.example from 192.0.2.9\n" for n in range(100)
    )
    chain = (
        "Nov  2 10:00:00 dnsmasq[1]: query[A] own.example from 192.0.2.5\n"
        "Nov  2 10:00:00 dnsmasq[1]: reply own.example is <CNAME>\n"
        "Nov  2 10:00:00 dnsmasq[1]: reply mid.example is <CNAME>\n"
        "Nov  2 10:00:00 dnsmasq[1]: reply x.needle.example is 192.0.2.77\n"
    )
    for cut in range(0, 640, 16):
        data = (padding[: 6000 + cut].rpartition("\n")[0] + "\n" + chain + padding).encode()
        said = told("dnsmasq-log", data, LiteralNeedles(["needle"]))
        (one,) = (each for each in said if isinstance(each, Record))
        assert (one.name, one.host) == ("own.example", "192.0.2.5")
        assert "cname:x.needle.example" in one.ids


def test_a_web_servers_log_is_nobodys_proxy():
    line = '192.0.2.9 - - [21/Oct/2026:09:00:01 +0200] "GET /a HTTP/1.1" 200 12 "-" "Orbalbot"\n'
    opened = Opened("access.log", line.encode() * 20)
    fmt = pick(opened.head, FORMATS)
    assert fmt is None or fmt.group != "network"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("07-Jun-2026 05:59:41.389", "2026-06-07T05:59:41"),
        ("2026-06-07T05:59:41+02:00 ns1", "2026-06-07T03:59:41Z"),
        ("[1523892041]", "2018-04-16T15:20:41Z"),
        ("21/Oct/2026:09:00:01 +0200", "2026-10-21T07:00:01Z"),
        ("4 2024/10/10 07:39:17", "2024-10-10T07:39:17"),
        ("2026-02-30T00:00:00Z", ""),
        ("Nov  2 10:00:00 host", ""),
        ("99999999999", ""),
    ],
)
def test_times_are_told_as_far_as_they_go(text, iso):
    assert moment(text).iso == iso


def test_names_and_addresses_are_told_apart():
    assert host_name("A.Example.") == "a.example"
    assert host_name("192.0.2.1") == host_name("single") == host_name("a..b") == ""
    assert address("::ffff:192.0.2.1") == "192.0.2.1"
    assert address("fe80::1%eth0") == "fe80::1"
    assert address("999.1.1.1") == ""
    assert asked("4.3.2.1.in-addr.arpa", "PTR")[-1] == "ip:1.2.3.4"
    assert asked("a.example", "MX", ("mx.b.example",))[-1] == "mx:mx.b.example"


def test_quotes_that_nothing_closes_take_no_more_than_their_line():
    text = 'lease 192.0.2.1 {\n  uid "' + '\\"' * 20_000 + "\n  binding state active;\n}\n"
    said = told("dhcpd-leases", text.encode(), NoNeedles())
    assert [type(one) for one in said] == [Quarantine, Record]
