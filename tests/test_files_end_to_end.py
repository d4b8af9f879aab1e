"""A licensed engine three containers deep: found in its bytes, placed, and its signature checked."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import binary_files as made
import containers
from oust.case import Case
from oust.commands import root
from oust.formats.binary.digests import authentihash

MAGIC = b"RVDB\0\1\2\3" + bytes(range(200))
ENGINE_TEXT = b"rvcore: cannot open signature base"
HASHED = b"\x7fonly its digest is known\0" * 40
ROOT, SIGNER = made.family()
OTHER = made.Identity([("O", "Lumen Works Ltd"), ("CN", "Lumen Works Ltd")])
STAMPER = made.Identity([("O", "Lumo Trust"), ("CN", "Revontuli Engines, Oy")], ROOT)
GATEWARD = {
    "Manufacturer": "Lumen Works Ltd",
    "ProductName": "GateWard Mail Filter",
    "ProductVersion": "4.2.10",
    "ProductCode": "{0B5E6A6E-1111-4222-8333-944455566677}",
}
OWN = GATEWARD | {
    "Manufacturer": "Revontuli Engines Oy",
    "ProductName": "Revontuli Scanner",
    "ProductCode": "{1B5E6A6E-1111-4222-8333-944455566677}",
}


def _fact(kind: str, *values: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "values": list(values), "source": "made up", "tier": "primary", **more}


DOSSIER = {
    "id": "revontuli",
    "vendor": "Revontuli",
    "word": ["revontuli"],
    "names": [
        {"value": "Revontuli Engines Oy", "kind": "legal", "source": "made up", "tier": "primary"}
    ],
    "identifiers": [
        _fact("signer_common_name", "Revontuli Engines, Oy"),
        _fact("version_info_company", "Revontuli Engines Oy"),
        _fact("file_magic", "RVDB"),
        _fact("file_string", ENGINE_TEXT.decode()),
        _fact("installer_sha256", hashlib.sha256(HASHED).hexdigest()),
    ],
}


def engine(signer: made.Identity = SIGNER, **more: object) -> bytes:
    """A signed library."""
    program = made.pe({"040904b0": {"ProductVersion": "7.1", "FileDescription": "Loader"}})
    return made.signed_pe(program, signer, [signer, ROOT], **more)


def msi(properties: dict[str, str], members: dict[str, bytes]) -> bytes:
    """An installer with one cabinet."""
    streams = made.msi_streams(properties, made.SUMMARY)
    return made.ole({**streams, made.coded("media.cab")[1:]: containers.cab(members)})


def tgz(members: dict[str, bytes]) -> bytes:
    return gzip.compress(containers.tarred(members), mtime=0)


def traced(folder: Path, evidence: dict[str, bytes], dossier: dict[str, object] = DOSSIER) -> Case:
    """A case with these files as evidence, in a folder called `found`."""
    for name, data in evidence.items():
        place = folder / "found" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    yard = folder / "revontuli.yaml"
    yard.write_text(yaml.safe_dump(dossier, allow_unicode=True))
    case = Case.open(folder / "case", create=True, dossier_files=[yard])
    case.add([folder / "found"])
    return case


def shown(case: Case) -> list[tuple[str, str, str, str]]:
    """Tier, asset, its detail and the shortest path of every exposure."""
    from oust.report.words import walked

    found = case.findings(["revontuli"]).exposures
    return [(one.tier, one.asset.name, one.asset.detail, walked(one.paths[0])) for one in found]


@pytest.fixture
def deep() -> bytes:
    """What Lumen Works delivers, with a freshly signed engine."""
    return delivered(engine())


def delivered(library: bytes) -> bytes:
    """The engine in a cabinet in an installer of another maker in an archive."""
    package = msi(GATEWARD, {"rvscan.dll": library, "gateward.ini": b"[scan]\nlevel=3\n"})
    return tgz({"gateward.msi": package, "readme.txt": b"install me\n"})


def test_an_engine_three_containers_deep(tmp_path: Path) -> None:
    library = engine()
    deep = delivered(library)
    with traced(tmp_path, {"delivery.tgz": deep}) as case:
        assert shown(case) == [
            (
                "embedded",
                "found/delivery.tgz",
                "container",
                "Revontuli → rvscan.dll 7.1 → gateward.msi (Lumen Works Ltd GateWard Mail Filter "
                "4.2.10) → found/delivery.tgz",
            )
        ]
        exposure = case.findings(["revontuli"]).exposures[0]
        first, second, last = exposure.paths[0].hops
        assert (first.relation, second.relation, last.relation) == (
            *("signed-by", "contains", "stored-in"),
        )
        seen = first.evidence[0]
        assert seen.source == "found/delivery.tgz!/delivery.tar!/gateward.msi!/rvscan.dll"
        assert (seen.locator, seen.field) == ("file", "ids")
        assert seen.identifier == "signer_common_name:Revontuli Engines, Oy"
        assert seen.sha256 == hashlib.sha256(library).hexdigest()
        assert exposure.strength == "identifier"
        assert "installer file, which shows no installation" in exposure.why


def test_the_engine_in_a_container_image(tmp_path: Path, deep: bytes) -> None:
    below = containers.tarred({"opt/gw.tgz": deep, "opt/old/rvscan.dll": engine()})
    above = containers.tarred({"opt/old/.wh.rvscan.dll": b""})
    image = containers.saved_image([below, above], tag="lumen/gateward:4")
    with traced(tmp_path, {"gw.tar": image}) as case:
        assert shown(case) == [
            (
                "embedded",
                "lumen/gateward:4",
                "container image",
                "Revontuli → rvscan.dll 7.1 → gateward.msi (Lumen Works Ltd GateWard Mail Filter "
                "4.2.10) → lumen/gateward:4",
            )
        ]
        reasons = [one.reason for one in case.findings(["revontuli"]).mentions]
        assert "the evidence itself says: removed: deleted by layer 2 of the image" in reasons


@pytest.mark.parametrize("make", [containers.saved_image, containers.oci_image])
def test_nothing_in_a_control_image(tmp_path: Path, make: object) -> None:
    other = engine(OTHER)
    package = msi(GATEWARD, {"scan.dll": other})
    layer = containers.tarred(
        {
            "opt/gw.msi": package,
            "opt/note.txt": b"RVDB is the mark of their base",
            "opt/data.bin": b"\0" * 8 + MAGIC,  # the mark, but not at the beginning
            "usr/share/revontuli.py": b"#!/usr/bin/python3\n# reads alerts\n",
            "opt/rules.yar": b'rule x { strings: $a = "' + ENGINE_TEXT + b'" condition: $a }',
        }
    )
    with traced(tmp_path, {"control.tar": make([layer])}) as case:  # type: ignore[operator]
        assert shown(case) == []
        mentions = {one.record: one.reason for one in case.findings(["revontuli"]).mentions}
        assert "written in a script or text" in mentions["rules.yar"]
        assert "anybody may give to a file" in mentions["revontuli.py"]


def test_content_counts_where_it_should(tmp_path: Path) -> None:
    program = made.pe({"040904b0": {"CompanyName": "Lumen Works Ltd"}}) + ENGINE_TEXT
    evidence = {"base/daily.rvd": MAGIC, "gw/filter.exe": program, "gw/setup.bin": HASHED}
    with traced(tmp_path, evidence) as case:
        ways = {way for _, _, _, way in shown(case)}
        tiers = {tier for tier, *_ in shown(case)}
        assert tiers == {"direct", "embedded"}
        assert "Revontuli → filter.exe → found" in ways
        exposures = case.findings(["revontuli"]).exposures
        seen = {
            e.identifier for x in exposures for p in x.paths for h in p.hops for e in h.evidence
        }
        assert {"file_magic:RVDB", f"file_string:{ENGINE_TEXT.decode()}"} <= seen
        assert any(one.startswith("installer_sha256:") for one in seen)
        evidence_ = next(
            e for x in exposures for p in x.paths for h in p.hops for e in h.evidence
            if e.identifier == "file_magic:RVDB"
        )  # fmt: skip
        assert any("byte 0" in line for line in case.quote(evidence_))


def test_a_counter_signer_is_no_signer(tmp_path: Path) -> None:
    stamped = made.signed_pe(made.pe(), OTHER, [OTHER, STAMPER], unsigned=made.stamp(STAMPER))
    with traced(tmp_path, {"app.exe": stamped}) as case:
        assert shown(case) == []


def test_the_vendor_s_own_installer_in_a_folder(tmp_path: Path) -> None:
    with traced(tmp_path, {"downloads/rv.msi": msi(OWN, {"rvscan.dll": engine()})}) as case:
        exposure = case.findings(["revontuli"]).exposures[0]
        assert (exposure.tier, exposure.asset.name, exposure.asset.detail) == (
            *("direct", "found", "folder"),
        )
        assert "installer file, which shows no installation" in exposure.why
        assert len(case.findings(["revontuli"]).exposures) == 1


def test_signatures_of_hits_are_checked(tmp_path: Path) -> None:
    whole = engine()
    changed = bytearray(whole)
    changed[0x420] ^= 1  # in the code, which the signature covers
    with traced(tmp_path, {"a/whole.dll": whole, "b/changed.dll": bytes(changed)}) as case:
        exposures = case.findings(["revontuli"]).exposures
        told = {
            e.source: e.signature
            for x in exposures for p in x.paths for h in p.hops for e in h.evidence
            if h.relation == "signed-by"
        }  # fmt: skip
        assert told["found/a/whole.dll"].startswith("valid: ")
        assert told["found/b/changed.dll"].startswith("tampered: ")


def test_a_changed_file_is_said_to_be_changed(tmp_path: Path) -> None:
    changed = bytearray(engine())
    changed[0x420] ^= 1
    with traced(tmp_path, {"b/changed.dll": bytes(changed)}) as case:
        (exposure,) = case.findings(["revontuli"]).exposures
        assert "the signature does not fit the file" in exposure.why
        (first, _) = exposure.paths[0].hops
        assert first.evidence[0].signature.startswith("tampered: ")


def test_a_file_that_is_gone_is_said_to_be_unchecked(tmp_path: Path) -> None:
    quiet = DOSSIER | {"identifiers": []}
    with traced(tmp_path, {"a.dll": engine(), "b.txt": b"later"}, quiet):
        pass
    (tmp_path / "found" / "a.dll").unlink()
    (tmp_path / "revontuli.yaml").write_text(yaml.safe_dump(DOSSIER))
    with Case.open(tmp_path / "case", dossier_files=[tmp_path / "revontuli.yaml"]) as case:
        case.add([tmp_path / "found" / "b.txt"])
        (exposure,) = case.findings(["revontuli"]).exposures
        said = exposure.paths[0].hops[0].evidence[0].signature
        assert said == "not checked: the file is no longer where it was read, or has changed"


def test_a_file_that_a_vendor_s_catalogue_lists(tmp_path: Path) -> None:
    driver = b"inf text of a driver\r\n" * 30
    catalogue = made.catalogue(SIGNER, [(hashlib.sha256(driver).digest(), "rv.inf", False)])
    with traced(tmp_path, {"drv/rv.cat": catalogue, "drv/rv.inf": driver}) as case:
        exposures = case.findings(["revontuli"]).exposures
        hops = [hop for one in exposures for path in one.paths for hop in path.hops]
        listed = [
            hop for hop in hops if hop.origin.name == "rv.inf" and hop.relation == "signed-by"
        ]
        assert listed and "member" in listed[0].evidence[0].locator


def debian(package: str, maintainer: str, members: dict[str, bytes]) -> bytes:
    """A Debian package."""
    control = f"Package: {package}\nVersion: 4.2-1\nMaintainer: {maintainer} <m@x.example>\n"
    inner = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": tgz({"./control": control.encode()}),
        "data.tar.gz": tgz(members),
    }
    return containers.ar(inner)


def test_a_debian_package_of_others_and_one_of_the_vendor(tmp_path: Path) -> None:
    held = {"./opt/rvscan.dll": engine()}
    others = debian("gateward", "Lumen Works Ltd", held)
    own = debian("rvscan", "Revontuli Engines Oy", held)
    with traced(tmp_path, {"a/gateward.deb": others, "b/rvscan.deb": own}) as case:
        ways = {(tier, asset): way for tier, asset, _, way in shown(case)}
        assert ways["embedded", "found"] == (
            "Revontuli → rvscan.dll 7.1 → gateward.deb (Lumen Works Ltd gateward 4.2-1) → found"
        )
        assert ("direct", "found") in ways
        assert len(ways) == 2


def test_an_unsigned_program_that_a_vendor_s_catalogue_lists(tmp_path: Path) -> None:
    program = made.pe(driver=True)
    digest = authentihash(program, "sha256")
    catalogue = made.catalogue(SIGNER, [(digest, "filter.sys", True)])
    package = made.archive({"filter.sys": program, "filter.cat": catalogue})
    with traced(tmp_path, {"drv.zip": package, "other.sys": made.pe({"040904b0": {}})}) as case:
        (exposure,) = case.findings(["revontuli"]).exposures
        hops = [hop for path in exposure.paths for hop in path.hops]
        assert ("filter.sys", "signed-by") in {(hop.origin.name, hop.relation) for hop in hops}
        assert "other.sys" not in {hop.origin.name for hop in hops}


def test_a_signer_known_by_its_number_in_ownership_data(tmp_path: Path) -> None:
    quiet = DOSSIER | {"identifiers": []}
    relations = (
        "from,relation,to,share,to_id\n"
        "Revontuli Engines Oy,owns,Pohjola Code Oy,100,reg:FI2745118\n"
    )
    dll = engine()
    with traced(tmp_path, {"x.dll": dll, "owners.csv": relations.encode()}, quiet) as case:
        assert [(tier, way) for tier, _, _, way in shown(case)] == [
            ("owned", "Revontuli 100 % → Pohjola Code Oy → x.dll 7.1 → found"),
        ]


def test_a_new_pattern_is_looked_for_in_files_read_before(tmp_path: Path, deep: bytes) -> None:
    blind = DOSSIER | {"identifiers": []}
    evidence = {"base.rvd": MAGIC, "z.zip": made.archive({"b.rvd": MAGIC})}
    with traced(tmp_path, evidence, blind) as case:
        assert shown(case) == []
    (tmp_path / "revontuli.yaml").write_text(yaml.safe_dump(DOSSIER))
    with Case.open(tmp_path / "case", dossier_files=[tmp_path / "revontuli.yaml"]) as case:
        other = tmp_path / "other.txt"
        other.write_text("nothing\n")
        added = case.add([other])
        assert (added.new, added.again + added.unchanged) == (1, 2)
        assert {asset for _, asset, *_ in shown(case)} == {"found", "found/z.zip"}


def test_what_the_commands_print(tmp_path: Path, deep: bytes) -> None:
    with traced(tmp_path, {"delivery.tgz": deep}) as case:
        short = case.findings(["revontuli"]).exposures[0].id
    words = ["show", short, str(tmp_path / "case"), "--dossier", str(tmp_path / "revontuli.yaml")]
    printed = CliRunner().invoke(root, words).output
    assert "signature: valid: " in printed
    assert "leaf: ▸Revontuli Engines, Oy◂; issued by Lumo Code CA" in printed
