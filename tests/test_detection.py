"""Detection content: what goes out is accepted by the real tools and finds what it should."""

import errno
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from lxml import etree

from oust.cli import run
from oust.commands import root
from oust.data import load_dossiers
from oust.data.dossier import Dossier, Identifier
from oust.report.detection import chosen, yara
from oust.report.detection.applocker import publisher
from oust.report.detection.forms import FORMS, written

DOSSIERS = load_dossiers()


def made(form, dossiers=DOSSIERS, **given):
    return written(form, dossiers, "0", "2026-11-22", **given)


def dossier(kind, *values, **given):
    """A made-up vendor with one identifier."""
    fact = Identifier(
        kind=kind, values=values, source=("https://n.example/1",), tier="primary", **given
    )
    return Dossier(id="northlight", vendor="Northlight", identifiers=(fact,))


def tool(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/bin")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_same_dossiers_give_the_same_bytes_and_nothing_weak(form):
    one = made(form)
    assert one == made(form) and one.items
    weak = {
        value
        for d in DOSSIERS
        for fact in d.identifiers
        if fact.strength == "weak" and fact.kind in FORMS[form].KINDS
        for value in fact.values
        if len(value) > 9
    }
    strong = {
        value.lower()
        for d in DOSSIERS
        for fact in d.identifiers
        if fact.strength != "weak"
        for value in fact.values
    }
    text = one.text.lower()
    for value in weak:
        if not any(value.lower() in other for other in strong):
            assert value.lower() not in text
    assert {left.value for left in one.left_out} >= weak


@pytest.mark.parametrize("form", FORMS)
def test_every_item_carries_its_source(form):
    kinds = FORMS[form].KINDS
    items, _ = chosen(DOSSIERS, kinds)
    text = written(form, DOSSIERS, "0").text
    sources = {re.sub(r"[^ -~]", "?", item.source)[:30] for item in items[:50]}
    if form == "applocker":
        sources = {item.source[:30] for item in items if item.kind == "signer_subject_dn"}
    plain = " ".join(text.replace("\\/", "/").split())
    assert sources
    if form == "zeek-intel":  # it has a column for addresses alone
        sources = {one for one in sources if one.startswith("http")}
    assert all(" ".join(one.split()) in plain for one in sources)


def test_yara_rules_are_accepted_by_both_programs_and_match(tmp_path):
    import yara_x

    rules = tmp_path / "r.yar"
    rules.write_text(made("yara").text)
    (tmp_path / "a.bin").write_bytes(b"KLZF" + bytes(100))
    (tmp_path / "b.bin").write_bytes(b"x" + b"KLZF" + bytes(100))
    compiled = yara_x.compile(rules.read_text())
    met = compiled.scan((tmp_path / "a.bin").read_bytes()).matching_rules
    assert [rule.identifier.startswith("oust_kaspersky_file_magic") for rule in met] == [True]
    assert not compiled.scan((tmp_path / "b.bin").read_bytes()).matching_rules
    program = tool("yara")
    for name, expected in (("a.bin", True), ("b.bin", False)):
        told = subprocess.run([program, rules, tmp_path / name], capture_output=True, text=True)
        assert told.returncode == 0 and not told.stderr
        assert ("oust_kaspersky_file_magic" in told.stdout) is expected


def test_yara_text_with_quotes_and_other_scripts_is_escaped():
    import yara_x

    text = made("yara", [dossier("copyright_string", '© "North\\light" 株式会社')]).text
    rule = yara_x.compile(text)
    assert rule.scan('x © "North\\light" 株式会社 y'.encode()).matching_rules
    assert yara.ENDING == ".yar"


def test_suricata_rules_parse_and_have_their_own_numbers(tmp_path):
    parser = pytest.importorskip("suricataparser")
    text = made("suricata").text
    lines = [line for line in text.splitlines() if line.startswith("alert")]
    rules = [parser.parse_rule(line) for line in lines]
    assert all(rules) and len({rule.sid for rule in rules}) == len(rules)
    assert all(1_000_000 <= rule.sid <= 1_999_999 and rule.msg for rule in rules)
    host = [line for line in lines if "http.host" in line]
    assert host and not any("nocase" in line for line in host)
    if shutil.which("suricata"):
        (tmp_path / "r.rules").write_text(text)
        command = ["suricata", "-T", "-S", tmp_path / "r.rules", "-l", tmp_path]
        assert subprocess.run(command, capture_output=True).returncode == 0


def test_what_has_a_meaning_in_a_suricata_rule_is_written_as_bytes():
    text = made("suricata", [dossier("user_agent_token", 'North;light "7"|x\\')]).text
    assert 'content:"North|3B|light|20 22|7|22 7C|x|5C|"' in text
    (rule,) = (line for line in text.splitlines() if line.startswith("alert"))
    assert rule.count('"') % 2 == 0


def test_the_zone_is_accepted_and_a_resolver_answers_by_it(tmp_path):
    zone = tmp_path / "oust.rpz"
    zone.write_text(made("dns-rpz", policy="nxdomain").text)
    check = [tool("named-checkzone"), "-q", "rpz.example", zone]
    assert subprocess.run(check, capture_output=True).returncode == 0
    names = ["kaspersky-labs.com", "dc1.ksn.kaspersky-labs.com", "notkaspersky-labs.com"]
    assert asked(tmp_path, zone, names) == [3, 3, 0]


def asked(folder, zone, names):
    """Answers of an Unbound on loopback that knows the zone, as DNS response codes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "unbound.conf"
    settings.write_text(
        f"""server:
  interface: 127.0.0.1@{port}
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  module-config: "respip validator iterator"
  do-not-query-localhost: yes
  local-zone: "notkaspersky-labs.com." redirect
  local-data: "notkaspersky-labs.com. A 192.0.2.1"
remote-control:
  control-enable: no
rpz:
  name: rpz.example
  zonefile: "{zone}"
"""
    )
    server = subprocess.Popen(
        [tool("unbound"), "-d", "-c", settings], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        return [_query(port, name, server) for name in names]
    finally:
        server.kill()
        server.wait()


def _query(port, name, server):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    packet = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\0\0\x01\0\x01"
    end = time.monotonic() + 20
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        while time.monotonic() < end and server.poll() is None:
            try:
                sock.sendto(packet, ("127.0.0.1", port))
                return sock.recv(512)[3] & 15
            except OSError:
                time.sleep(0.2)
    pytest.fail(f"the resolver did not answer: {server.stdout.read1(2000)!r}")


def test_a_zone_logs_only_unless_asked_for_more():
    assert "rpz-passthru." in made("dns-rpz").text
    assert re.search(
        r"^kaspersky-labs\.com CNAME \*\.$", made("dns-rpz", policy="nodata").text, re.M
    )


def test_zeek_intelligence_has_the_columns_that_zeek_reads():
    lines = made("zeek-intel").text.splitlines()
    start = next(n for n, line in enumerate(lines) if not line.startswith("# "))
    fields = lines[start].split("\t")
    assert fields[:3] == ["#fields", "indicator", "indicator_type"]
    rows = [line.split("\t") for line in lines[start + 1 :]]
    assert all(len(row) == len(fields) - 1 and all(row) for row in rows)
    kinds = {row[1] for row in rows}
    assert kinds <= {
        f"Intel::{kind}" for kind in ("DOMAIN", "ADDR", "SUBNET", "FILE_HASH", "FILE_NAME", "URL")
    }
    assert not any(row[0].startswith("http") for row in rows)


COLUMNS = {
    "programs": "name version install_source language publisher uninstall_string identifying_number",
    "services": "name service_type display_name status path module_path description",
    "drivers": "name display_name status start_type path",
    "processes": "pid name path cmdline",
    "deb_packages": "name version source size arch status",
    "rpm_packages": "name version release vendor",
    "systemd_units": "id description load_state active_state fragment_path",
    "file": "path directory filename mtime size",
    "apps": "name path bundle_identifier bundle_short_version",
    "launchd": "path name label program",
    "homebrew_packages": "name path version",
    "npm_packages": "name version path",
    "python_packages": "name version path",
    "arp_cache": "address mac interface",
    "usb_devices": "vendor vendor_id model serial",
}


def test_osquery_queries_run_and_find_what_they_name():
    pack = json.loads(made("osquery").text)
    db = sqlite3.connect(":memory:")
    for table, columns in COLUMNS.items():
        db.execute(f'CREATE TABLE "{table}" ({", ".join(columns.split())})')
    db.execute("INSERT INTO services (name) VALUES ('KLNAGENT'), ('spooler')")
    db.execute("INSERT INTO arp_cache (mac) VALUES ('08:ed:ed:00:00:01'), ('00:00:5e:00:53:01')")
    db.execute("INSERT INTO npm_packages (name) VALUES ('@coze/api'), ('@cozex/api'), ('coze')")
    db.execute("INSERT INTO python_packages (name) VALUES ('lark_oapi'), ('larko')")
    db.execute(r"INSERT INTO drivers (path) VALUES ('C:\Windows\klif.sys'), ('C:\W\xklif.sys')")
    found = {}
    for name, query in pack["queries"].items():
        assert set(query) <= {"query", "interval", "platform", "description", "value"}
        assert query["interval"] > 0 and query.get("platform", "linux") in (
            "windows",
            "linux",
            "darwin",
        )
        found[name] = db.execute(query["query"]).fetchall()
    assert [row[0] for row in found["oust_kaspersky_services_name"]] == ["KLNAGENT"]
    assert [row[1] for row in found["oust_dahua_arp_cache_mac"]] == ["08:ed:ed:00:00:01"]
    assert [row[0] for row in found["oust_bytedance_npm_packages_name"]] == ["@coze/api"]
    assert [row[0] for row in found["oust_bytedance_python_packages_name"]] == ["lark_oapi"]
    assert len(found["oust_kaspersky_drivers_path"]) == 1


def test_sql_and_wild_cards_in_a_value_stay_text():
    pack = json.loads(made("osquery", [dossier("npm_scope", "@o'x_%!")]).text)
    (query,) = pack["queries"].values()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE npm_packages (name, version, path)")
    db.execute("INSERT INTO npm_packages (name) VALUES (?), (?)", ("@o'x_%!/a", "@o'xy%!/a"))
    assert [row[0] for row in db.execute(query["query"])] == ["@o'x_%!/a"]


def test_sigma_rules_are_valid_and_convert():
    collection = pytest.importorskip("sigma.collection").SigmaCollection
    backend = pytest.importorskip("sigma.backends.test").TextQueryTestBackend()
    text = made("sigma").text
    rules = collection.from_yaml(text)
    assert not rules.errors
    queries = backend.convert(rules)
    assert len(queries) == len(list(yaml.safe_load_all(text)))
    assert len({str(rule.id) for rule in rules}) == len(list(rules))
    joined = "\n".join(map(str, queries))
    assert "klnagent.exe" in joined and "kaspersky-labs.com" in joined


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (
            "C=CN, ST=Guangdong, L=Shenzhen, O=Huawei Technologies Co., Ltd., OU=X, CN=Y",
            "O=HUAWEI TECHNOLOGIES CO., LTD., L=SHENZHEN, S=GUANGDONG, C=CN",
        ),
        ('CN=A, O="North, Light ""7""", S=Ohio, C=US', 'O=NORTH, LIGHT "7", S=OHIO, C=US'),
        ("CN=A, O=North\\, Light, C=US", "O=NORTH, LIGHT, C=US"),
        ("CN=A", ""),
        ("", ""),
    ],
)
def test_publishers_as_applocker_writes_them(subject, expected):
    assert publisher(subject) == expected


def test_windows_policies_watch_and_block_nothing():
    lock = etree.fromstring(made("applocker").text.encode())
    sets = lock.findall("RuleCollection")
    assert [one.get("Type") for one in sets] == ["Exe", "Dll", "Msi", "Script", "Appx"]
    assert {one.get("EnforcementMode") for one in sets} == {"AuditOnly"}
    ids = [rule.get("Id") for one in sets for rule in one]
    assert len(set(ids)) == len(ids)
    assert all(one[0].get("Action") == "Allow" for one in sets)
    policy = etree.fromstring(made("wdac").text.encode())
    space = {"s": "urn:schemas-microsoft-com:sipolicy"}
    options = policy.xpath("//s:Option/text()", namespaces=space)
    assert "Enabled:Audit Mode" in options
    held = policy.xpath("//s:FileRules/*/@ID", namespaces=space)
    used = policy.xpath("//s:FileRuleRef/@RuleID", namespaces=space)
    assert sorted(held) == sorted(used) and len(set(held)) == len(held)


@pytest.mark.parametrize("form", FORMS)
def test_hostile_values_break_no_form(form):
    nasty = '\x1b[31m"; drop\n--> </x> \u202e{{x}} ]]>'
    kinds = [kind for kind in FORMS[form].KINDS if kind not in ("file_magic", "mac_oui")]
    facts = tuple(
        Identifier(kind=kind, values=(nasty,), source=(nasty,), tier="primary") for kind in kinds
    )
    one = made(form, [Dossier(id="n", vendor="N", identifiers=facts)])
    assert "\x1b" not in one.text
    if form in ("wdac", "applocker"):
        etree.fromstring(one.text.encode())
    if form == "osquery":
        json.loads(one.text)
    if form in ("suricata", "zeek-intel", "dns-rpz"):
        assert "\n--> " not in one.text


def test_what_has_ended_stays_in():
    old = dossier("domain", "n.example", until="2020-01-01")
    one = made("zeek-intel", [old])
    assert not one.items and "no longer holds" in one.left_out[0].why


def test_the_command_writes_and_tells(tmp_path, capsys):
    assert run(root, ["export", "yara", "--vendor", "kaspersky", "--output", str(tmp_path)]) == 0
    assert "left out" in capsys.readouterr().err
    assert (tmp_path / "oust-yara.yar").read_text().startswith("// YARA rules")
    assert run(root, ["export", "sigma", "--vendor", "nobody"]) == 2
    assert run(root, ["export", "yara", "--policy", "nodata"]) == 2
    assert run(root, ["export", "applocker", "--vendor", "zte"]) == 2
    assert "hold nothing for applocker" in capsys.readouterr().err
    target = tmp_path / "no" / "such.yar"
    assert run(root, ["export", "yara", "--output", str(target)]) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["oust-yara.yar"]


def test_a_folder_named_as_one_is_made(tmp_path, capsys):
    """`--output rules/`, as the help has it, where there is no such folder yet."""
    folder = tmp_path / "new" / "rules"
    assert run(root, ["export", "yara", "--vendor", "kaspersky", "--output", f"{folder}/"]) == 0
    assert [one.name for one in folder.iterdir()] == ["oust-yara.yar"]
    assert str(folder / "oust-yara.yar") in capsys.readouterr().err
    (tmp_path / "file").write_text("x")
    assert run(root, ["export", "yara", "--output", f"{tmp_path / 'file'}/"]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_written_file(tmp_path, monkeypatch, capsys):
    def full(self, data):
        self.open("wb").close()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    target = tmp_path / "o.yar"
    assert run(root, ["export", "yara", "--output", str(target)]) == 2
    assert "free some space" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
