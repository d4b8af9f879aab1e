"""Who made and signed a program: against real files, osslsigncode, and signatures made here."""

import json
import shutil
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

sys.path.insert(0, str(Path(__file__).parent))
import binary_files as made
from oust.fileview import FileView
from oust.formats import FORMATS, pick
from oust.formats.binary import der, pe
from oust.formats.binary.authenticode import signatures
from oust.formats.binary.certificates import certificate
from oust.formats.binary.digests import authentihash
from oust.formats.binary.verify import trusted_roots, verify, verify_each
from oust.formats.seam import NoNeedles, Opened
from real_files import programs, wheel

SIGNERS = Path(__file__).resolve().parents[2] / "shared" / "facts" / "package_signers.json"


@pytest.fixture(scope="module")
def keys():
    root, leaf = made.family()
    return root, leaf, made.Identity([("CN", "Lumo Time")], root)


@pytest.fixture(scope="module")
def samples():
    return made.samples()


def told(name, content):
    opened = Opened(name, content)
    return list(pick(opened.head, FORMATS).read(opened, NoNeedles()))


def ids(record, scheme):
    return [one.split(":", 1)[1] for one in record.ids if one.startswith(scheme + ":")]


def notes(record):
    return json.loads(record.extra)


# ---- real files ----


@pytest.mark.parametrize(
    "requirement", ["debugpy==1.8.22", "pydivert==4.0.1", "pywinpty==3.1.2", "psutil==7.2.2"]
)
def test_signers_of_real_programs_are_those_known(requirement):
    if not SIGNERS.exists():
        pytest.skip("the list of expected signers is not beside the project")
    name = wheel(requirement).name
    (expected,) = [one for one in json.loads(SIGNERS.read_text()) if one["pkg"] == name]
    counts, seen = Counter(), Counter()
    for path, content in programs(requirement):
        first, *rest = told(path, content)
        assert not rest
        counts["PE"] += 1
        leaf = ids(first, "signer-dn")[:1]
        counts["PE_signed"] += bool(leaf)
        seen.update(leaf)
    assert {key: expected["counts"][key] for key in counts if counts[key]} == dict(+counts)
    assert dict(seen) == {
        one["subject"].replace("\\,", ","): one["count"] for one in expected["signers"]
    }


def test_a_maker_behind_a_compatibility_programme_keeps_its_registration_number():
    content = dict(programs("pydivert==4.0.1"))["pydivert/windivert_dll/WinDivert64.sys"]
    record = told("WinDivert64.sys", content)[0]
    assert ids(record, "reg") == ["91510107MA7E8Y2876"]
    assert any("Hardware Compatibility" in name for name in ids(record, "signer"))
    assert "maker" not in notes(record)  # its maker signed as well


def test_real_signatures_hold_and_break_with_one_bit():
    for name, content in programs("debugpy==1.8.22"):
        assert verify(content).result == "valid", name
        changed = bytearray(content)
        changed[len(content) // 3] ^= 1
        assert verify(bytes(changed)).result == "tampered", name


# ---- osslsigncode as the other side ----


@pytest.fixture(scope="module")
def signer(tmp_path_factory, keys):
    """Signs a file as a user would; skipped where osslsigncode is not installed."""
    tool = shutil.which("osslsigncode")
    if not tool:
        pytest.skip("osslsigncode is not installed")
    root, leaf, _ = keys
    folder = tmp_path_factory.mktemp("keys")
    pem = serialization.Encoding.PEM
    (folder / "chain.pem").write_bytes(b"".join(one.cert.public_bytes(pem) for one in (leaf, root)))
    (folder / "key.pem").write_bytes(
        leaf.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

    def sign(content, name, *more):
        place, out = folder / name, folder / f"signed-{name}"
        place.write_bytes(content)
        out.unlink(missing_ok=True)
        subprocess.run([tool, "sign", "-certs", folder / "chain.pem", "-key", folder / "key.pem", "-h",
                        "sha256", *more, "-in", place, "-out", out], check=True, capture_output=True)  # fmt: skip
        return out.read_bytes()

    return sign


@pytest.mark.parametrize("kind", ["exe", "msi"])
def test_what_osslsigncode_signs_is_read_and_holds(signer, kind):
    plain = made.pe(made.STRINGS, ["KERNEL32.dll"]) if kind == "exe" else made.ole(
        made.msi_streams(made.PROPERTIES, made.SUMMARY)
    )  # fmt: skip
    content = signer(plain, f"a.{kind}", "-n", "Revontuli Core", "-i", "https://revontuli.example")
    record, *rest = told(f"a.{kind}", content)
    assert not rest
    assert ids(record, "signer") == ["Revontuli Engines, Oy"]
    assert ids(record, "reg") == ["FI2745118"]
    assert record.urls == ("https://revontuli.example",)
    assert "program “Revontuli Core”" in notes(record)["signature 1"]
    assert verify(content).result == "valid"
    at = content.find(b"Revontuli" if kind == "msi" else "Revontuli".encode("utf-16-le"))
    assert verify(content[:at] + b"X" + content[at + 1 :]).result == "tampered"


def test_an_installer_with_the_extended_signature_holds(signer):
    plain = made.ole(made.msi_streams(made.PROPERTIES, made.SUMMARY))
    assert verify(signer(plain, "b.msi", "-add-msi-dse")).result == "valid"


def test_a_second_signature_inside_the_first_is_read(signer):
    content = signer(signer(made.pe(), "c.exe"), "d.exe", "-nest")
    record = told("d.exe", content)[0]
    assert [notes(record)[f"signature {n}"].split(":")[0] for n in (1, 2)] == ["leaf", "nested"]
    assert [one.result for one in verify_each(content)] == ["valid", "valid"]


# ---- signatures made here ----


def test_the_signer_is_named_by_issuer_and_serial_whatever_the_order(keys):
    root, leaf, stamper = keys
    for order in ([root, stamper, leaf], [leaf, stamper, root]):
        (one,) = signatures(made.pe_signature(made.pe(), leaf, order))
        assert one.signer.name == "Revontuli Engines, Oy"
        assert one.chain == ("Lumo Code CA",)
        assert one.signer.jurisdiction == "Oulu, FI"


def test_without_its_certificate_a_signer_is_not_guessed(keys):
    root, leaf, _ = keys
    content = made.signed_pe(made.pe(), leaf, [root])
    record = told("a.exe", content)[0]
    assert not ids(record, "signer")
    assert verify(content).result == "not checked"


def test_counter_signers_are_no_signers(keys):
    root, leaf, stamper = keys
    content = made.signed_pe(made.pe(), leaf, [leaf, root], unsigned=made.stamp(stamper))
    record = told("a.exe", content)[0]
    assert ids(record, "signer") == ["Revontuli Engines, Oy"]
    assert record.since == made.SIGNED
    assert "Lumo Time" in notes(record)["signature 2"]


def test_an_older_counter_signature_says_when(keys):
    root, leaf, stamper = keys
    when = made.attribute("1.2.840.113549.1.9.5", made.utc(made.SIGNED))

    def counter(signature):
        info = made.signer_info(stamper, signature, "1.2.840.113549.1.7.1", [when])
        return [made.attribute("1.2.840.113549.1.9.6", info)]

    content = made.signed_pe(made.pe(), leaf, [leaf, root, stamper], unsigned=counter)
    assert told("a.exe", content)[0].since == made.SIGNED
    assert "2024-03-01 (time stamp" in verify(content).says


def test_every_entry_of_the_certificate_table_is_read(keys):
    root, leaf, stamper = keys
    program = made.pe()
    blocks = [made.pe_signature(program, one, [one]) for one in (leaf, root, stamper)]
    record = told("a.exe", made.with_signatures(program, blocks))[0]
    assert ids(record, "signer") == ["Revontuli Engines, Oy", "Lumo Code CA", "Lumo Time"]


def test_a_signature_of_indefinite_length_is_read(keys):
    root, leaf, _ = keys
    block = made.pe_signature(made.pe(), leaf, [root, leaf])
    top = der.Element(block)
    parts = b"".join(one.raw() for one in top)
    (one,) = signatures(b"\x30\x80" + parts + b"\0\0")
    assert one.signer.name == "Revontuli Engines, Oy"


def test_only_an_organisation_has_a_registration_number():
    person = made.Identity([("serialNumber", "190168-993C"), ("CN", "Aino Person")])
    assert certificate(person.raw).registration == ""


def test_rsa_signatures_hold_too():
    root, leaf = made.family(use_rsa=True)
    content = made.signed_pe(made.pe(), leaf, [leaf, root])
    assert verify(content).result == "valid"
    assert verify(content[:700] + b"\1" + content[701:]).result == "tampered"


def test_validity_is_judged_on_the_time_stamp_else_on_the_day_given(keys):
    root, leaf, stamper = keys
    bare = made.signed_pe(made.pe(), leaf, [leaf, root])
    assert verify(bare, on="2024-06-01").result == "valid"
    assert verify(bare, on="2026-06-01").result == "expired"
    assert "is not checked" in verify(bare).says
    late = made.stamp(stamper, "2026-06-01T00:00:00Z")
    assert verify(made.signed_pe(made.pe(), leaf, [leaf, root], unsigned=late)).result == "expired"
    early = made.signed_pe(made.pe(), leaf, [leaf, root], unsigned=made.stamp(stamper))
    assert verify(early, on="2026-06-01").result == "valid"


def test_a_time_stamp_of_another_signature_is_worth_nothing(keys):
    root, leaf, stamper = keys
    stolen = made.stamp(stamper)(b"another signature")
    content = made.signed_pe(made.pe(), leaf, [leaf, root], unsigned=stolen)
    assert verify(content, on="2026-06-01").result == "expired"


def test_trust_is_said_only_of_roots_that_are_given(keys):
    root, leaf, _ = keys
    content = made.signed_pe(made.pe(), leaf, [leaf, root])
    roots = trusted_roots(root.cert.public_bytes(serialization.Encoding.PEM))
    assert "which is trusted" in verify(content, roots).says
    stranger = made.Identity([("CN", "Lumo Code CA")], ca=True)
    assert verify(content, [certificate(stranger.raw)]).result == "not trusted"
    assert "trust is not checked" in verify(content).says


def test_a_certificate_that_its_issuer_did_not_issue_is_not_trusted(keys):
    _, leaf, _ = keys
    impostor = made.Identity([("C", "FI"), ("O", "Lumo Trust"), ("CN", "Lumo Code CA")], ca=True)
    assert verify(made.signed_pe(made.pe(), leaf, [leaf, impostor])).result == "not trusted"
    middle = made.Identity([("CN", "No CA")], keys[0])
    below = made.Identity([("CN", "Below")], middle)
    assert verify(made.signed_pe(made.pe(), below, [below, middle])).result == "not trusted"


def test_a_changed_signature_is_tampered(keys):
    root, leaf, _ = keys
    block = made.pe_signature(made.pe(), leaf, [leaf, root])
    end = block[:-1] + bytes((block[-1] ^ 1,))
    assert verify(made.with_signatures(made.pe(), [end])).result == "tampered"


def test_other_kinds_hold_and_break(keys, samples):
    for case, at in (("mach-o/universal", 5000), ("catalogue/driver", 150), ("msi/signed", 600)):
        content = samples[case][1]
        assert verify(content).result == "valid", (case, verify(content).says)
        changed = content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :]
        assert verify(changed).result in ("tampered", "not checked"), case
    module = samples["elf/kernel-module"][1]
    assert verify(module).result == "not checked"
    assert verify(module[:70] + b"X" + module[71:]).result == "tampered"
    assert verify(samples["pe/unsigned"][1]).result == "not checked"


def test_a_catalogue_signs_the_very_program(samples):
    driver = made.pe({"040904b0": {"CompanyName": "Revontuli Engines Oy"}}, driver=True)
    catalogue, member, link, *_ = told(*samples["catalogue/driver"])
    assert ids(member, "authentihash") == [authentihash(driver).hex()]
    assert (link.relation, link.origin, link.targets) == ("signed-by", member.ref, (catalogue.ref,))


# ---- other parts of programs ----


def test_all_languages_and_libraries_are_read():
    libraries = [f"lib{n}.dll" for n in range(150)]
    record = told("a.dll", made.pe(made.STRINGS, libraries, ["late.dll"]))[0]
    assert ids(record, "company") == ["Revontuli Engines Oy", "Revontuli Moottorit Oy"]
    assert notes(record)["imports"].endswith("and 51 more")
    assert pe.imports(made.pe(None, libraries, ["late.dll"]), pe.image(made.pe(None, libraries)))[:2] == [
        "lib0.dll", "lib1.dll",
    ]  # fmt: skip


def test_a_team_that_nobody_signed_for_is_no_identifier():
    record = told("a", made.macho(identifier="scan", team="RV12ENG345"))[0]
    assert not ids(record, "team") and notes(record)["team"] == "RV12ENG345"


def test_an_unknown_code_page_is_read_as_windows_1252():
    streams = made.msi_streams({"Manufacturer": "Acme"}, {})
    pool = made.coded("_StringPool")
    streams[pool] = struct.pack("<HH", 4242, 0) + streams[pool][4:]
    record, *rest = told("a.msi", made.ole(streams))
    assert record.publisher == "Acme" and not rest


def test_a_java_class_is_no_program():
    assert pick(Opened("A.class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(100)).head, FORMATS) is None


def test_a_damaged_table_does_not_take_the_others_with_it(keys):
    root, leaf, _ = keys
    content = bytearray(made.signed_pe(made.pe(made.STRINGS, ["KERNEL32.dll"]), leaf, [leaf, root]))
    struct.pack_into("<I", content, 64 + 24 + 112 + 8 * 1, 0x7FFFFFFF)
    record, *rest = told("a.exe", bytes(content))
    assert ids(record, "signer") and record.publisher == "Revontuli Engines Oy"
    assert [one.locator for one in rest] == ["imports"]


def test_only_the_needed_pieces_of_a_large_file_are_read(tmp_path, keys, monkeypatch):
    root, leaf, _ = keys
    place = tmp_path / "a.exe"
    program = made.pe(made.STRINGS) + bytes(4 * 1024**2)
    place.write_bytes(made.signed_pe(program, leaf, [leaf, root]))
    view, seen = FileView(place), []
    plain = FileView.__getitem__
    monkeypatch.setattr(
        FileView, "__getitem__", lambda self, part: (seen.append(part), plain(self, part))[1]
    )
    image = pe.image(view)
    (block,) = pe.signature_blocks(view, image)
    assert signatures(block[1])
    assert sum(part.stop - part.start for part in seen) < 10_000


@pytest.mark.skipif(not Path("/bin/ls").exists(), reason="no /bin/ls here")
def test_a_real_program_of_this_machine_is_read():
    record, *rest = told("sh", Path(sys.executable).resolve().read_bytes())
    assert record.type in ("ELF", "Mach-O", "PE") and not rest
    assert notes(record)["machine"]
