"""Whether signatures of packages hold: tools sign, tests change a byte, and it must be told."""

import base64
import hashlib
import io
import shutil
import struct
import subprocess
import zipfile

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.fileview import FileView
from oust.formats.binary.verify import verify
from signing import SHA256, Identity, der, oid_, seq

ROOT = Identity([("CN", "Orbal Root"), ("O", "Orbal"), ("C", "XX")], ca=True, use_rsa=True)
MAKER = Identity([("CN", "Orbal Works"), ("O", "Orbal"), ("C", "XX")], ROOT, use_rsa=True)
MEMBERS = {"a/One.class": b"one" * 30_000, "b.txt": b"two", "empty": b""}


def packed(members, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 1, 0, 0, 0)), data, how)
    return out.getvalue()


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cms(content_type, content, over):
    """A SignedData by MAKER over `over`; `content` is DER inside, or nothing."""
    digest = der(4, hashlib.sha256(over).digest())
    attributes = seq(oid_("1.2.840.113549.1.9.3"), der(0x31, oid_(content_type)))
    attributes += seq(oid_("1.2.840.113549.1.9.4"), der(0x31, digest))
    signature = MAKER.key.sign(der(0x31, attributes), padding.PKCS1v15(), hashes.SHA256())
    rsa = seq(oid_("1.2.840.113549.1.1.1"), der(5))
    info = seq(der(2, b"\1"), MAKER.sid(), SHA256, der(0xA0, attributes), rsa, der(4, signature))
    inner = seq(oid_(content_type), *([der(0xA0, content)] if content else []))
    data = seq(
        der(2, b"\1"), der(0x31, SHA256), inner, der(0xA0, MAKER.raw, ROOT.raw), der(0x31, info)
    )
    return seq(oid_("1.2.840.113549.1.7.2"), der(0xA0, data))


def digest_of(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def jar(members, extra=""):
    manifest = "Manifest-Version: 1.0\r\n\r\n"
    for name, data in members.items():
        manifest += f"Name: {name}\r\nSHA-256-Digest: {digest_of(data)}\r\n\r\n"
    signed = f"Signature-Version: 1.0\r\n{extra}"
    signed += f"SHA-256-Digest-Manifest: {digest_of(manifest.encode())}\r\n\r\n"
    block = cms("1.2.840.113549.1.7.1", b"", signed.encode())
    head = {"META-INF/MANIFEST.MF": manifest.encode(), "META-INF/ORBAL.SF": signed.encode()}
    return head | {"META-INF/ORBAL.RSA": block} | members


def nuget(members):
    before = packed(members)
    text = f"Version:1\n\n2.16.840.1.101.3.4.2.1-Hash:{digest_of(before)}\n\n".encode()
    block = cms("1.2.840.113549.1.7.1", der(4, text), text)
    out = io.BytesIO(before)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(zipfile.ZipInfo(".signature.p7s", (2024, 3, 1, 0, 0, 0)), block)
    return out.getvalue()


def appx(members):
    rows = ""
    for name, data in members.items():
        pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
        inner = "".join(f'<Block Hash="{digest_of(one)}"/>' for one in pieces)
        rows += f'<File Name="{name.replace("/", chr(92))}" Size="{len(data)}">{inner}</File>'
    space = 'xmlns="http://schemas.microsoft.com/appx/2010/blockmap"'
    method = 'HashMethod="http://www.w3.org/2001/04/xmlenc#sha256"'
    held = members | {
        "AppxBlockMap.xml": f"<BlockMap {space} {method}>{rows}</BlockMap>".encode(),
        "[Content_Types].xml": b"<Types/>",
    }
    parts = b"APPX"
    for mark, name in ((b"AXBM", "AppxBlockMap.xml"), (b"AXCT", "[Content_Types].xml")):
        parts += mark + hashlib.sha256(held[name]).digest()
    about = seq(oid_("1.3.6.1.4.1.311.2.1.30"), der(5))
    body = seq(about, seq(SHA256, der(4, parts)))
    inner = body[2:] if body[1] < 128 else body[2 + (body[1] & 0x7F) :]
    return held | {"AppxSignature.p7x": b"PKCX" + cms("1.3.6.1.4.1.311.2.1.4", body, inner)}


def prefixed(*parts):
    return b"".join(struct.pack("<I", len(one)) + one for one in parts)


def apk(members, scheme=0x7109871A, kind=0x0103):
    """A package with a signing block, made as the scheme says."""
    raw = packed(members)
    end = raw.rindex(b"PK\5\6")
    (directory,) = struct.unpack_from("<I", raw, end + 16)
    chunks = []
    for part in (raw[:directory], raw[directory:end], raw[end:]):
        for at in range(0, len(part), 1 << 20):
            piece = part[at : at + (1 << 20)]
            chunks.append(hashlib.sha256(b"\xa5" + prefixed(piece)).digest())
    top = hashlib.sha256(b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(chunks)).digest()
    versions = struct.pack("<II", 24, 99) if scheme != 0x7109871A else b""
    listed = prefixed(struct.pack("<I", kind) + prefixed(top))
    signed = prefixed(listed, prefixed(MAKER.raw)) + versions + prefixed(b"")
    pad = padding.PKCS1v15() if kind == 0x0103 else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = MAKER.key.sign(signed, pad, hashes.SHA256())
    key = MAKER.cert.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signatures = prefixed(struct.pack("<I", kind) + prefixed(signature))
    signer = prefixed(signed) + versions + prefixed(signatures, key)
    value = prefixed(prefixed(signer))
    pair = struct.pack("<QI", len(value) + 4, scheme) + value
    size = struct.pack("<Q", len(pair) + 24)
    block = size + pair + size + b"APK Sig Block 42"
    moved = bytearray(raw[end:])
    struct.pack_into("<I", moved, 16, directory + len(block))
    return raw[:directory] + block + raw[directory:end] + bytes(moved)


WHOLE = {
    "jar": packed(jar(MEMBERS)),
    "nuget": nuget(MEMBERS | {"orbal.nuspec": b"<package/>"}),
    "appx": packed(appx(MEMBERS | {"AppxManifest.xml": b"<Package/>"})),
    "apk v2": apk(MEMBERS),
    "apk v3, PSS": apk(MEMBERS, 0xF05368C0, 0x0101),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_package_that_nobody_changed_is_valid(kind, tmp_path):
    found = verify(WHOLE[kind])
    assert (found.result, found.signer) == ("valid", "Orbal Works"), found.says
    assert "revo" in found.says
    (tmp_path / "package").write_bytes(WHOLE[kind])
    assert verify(FileView(tmp_path / "package")) == found


@pytest.mark.parametrize("kind", WHOLE)
def test_a_changed_member_is_told(kind):
    """The archive is whole again afterwards: only the signature can tell."""
    held = members_of(WHOLE[kind])
    if kind.startswith("apk"):  # the block stands outside the members
        data = bytearray(WHOLE[kind])
        at = data.index(b"a/One.class") + len(b"a/One.class") + 20
        data[at] ^= 1
        changed = bytes(data)
    else:
        changed = packed(held | {"b.txt": b"TWO"})
    assert verify(changed).result == "tampered"


@pytest.mark.parametrize("kind", ["jar", "nuget", "appx"])
@pytest.mark.parametrize("change", ["more", "less"])
def test_members_added_or_taken_out_are_told(kind, change):
    held = members_of(WHOLE[kind])
    held = held | {"c.class": b"new"} if change == "more" else {
        name: data for name, data in held.items() if name != "b.txt"
    }  # fmt: skip
    found = verify(packed(held))
    assert found.result == "tampered"


def test_a_list_of_members_that_was_made_anew_is_told():
    held = jar(MEMBERS)
    other = jar(MEMBERS | {"b.txt": b"TWO"})
    held |= {"META-INF/MANIFEST.MF": other["META-INF/MANIFEST.MF"], "b.txt": b"TWO"}
    assert verify(packed(held)).says.startswith("the list of members is not the one")
    held |= {"META-INF/ORBAL.SF": other["META-INF/ORBAL.SF"]}
    assert verify(packed(held)).result == "tampered"


def test_a_newer_signature_that_was_taken_out_is_told():
    held = jar(MEMBERS, extra="X-Android-APK-Signed: 2\r\n")
    assert "taken out" in verify(packed(held)).says


def test_a_package_without_a_signature_is_not_checked():
    assert verify(packed(MEMBERS)).result == "not checked"
    assert verify(packed({"META-INF/X.RSA": b"no", "META-INF/X.SF": b""})).result == "tampered"


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_packages_never_pass_and_never_raise(kind, data):
    whole = WHOLE[kind]
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    spoilt = whole[:at] if cut else whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    found = verify(spoilt)
    if kind.startswith(("apk", "nuget")) and found.result == "valid":
        # what is not signed: the block's own frame, and other parts of it
        assert not cut


@pytest.mark.skipif(not shutil.which("jarsigner"), reason="needs a JDK's jarsigner and keytool")
@pytest.mark.parametrize("algorithm", ["RSA", "EC"])
def test_what_jarsigner_signs_is_valid_until_it_is_changed(tmp_path, algorithm):
    store, place = tmp_path / "keys", tmp_path / "signed.jar"
    place.write_bytes(packed({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n\n"} | MEMBERS))
    secret = ["-keystore", str(store), "-storepass", "orbal-works"]
    subprocess.run(
        ["keytool", "-genkeypair", *secret, "-alias", "me", "-keyalg", algorithm,
         "-dname", "CN=Orbal Works, O=Orbal, C=XX"],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(["jarsigner", *secret, str(place), "me"], check=True, capture_output=True)
    found = verify(place.read_bytes())
    assert (found.result, found.signer) == ("valid", "Orbal Works"), found.says
    held = members_of(place.read_bytes())
    place.write_bytes(packed(held | {"b.txt": b"TWO"}))
    said = subprocess.run(["jarsigner", "-verify", str(place)], capture_output=True, text=True)
    assert "jar verified" not in said.stdout
    assert verify(place.read_bytes()).result == "tampered"
