"""Digests of RPM packages: what rpmbuild makes fits, what is changed does not."""

import hashlib
import shutil
import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oust.formats.binary.verify import verify

SPEC = """Name: engine
Version: 1.0
Release: 1
Summary: An engine
License: MIT
BuildArch: noarch
%description
An engine.
%install
mkdir -p %{buildroot}/opt
head -c 20000 /dev/zero > %{buildroot}/opt/engine
%files
/opt/engine
"""


def header(tags):
    """A header of texts (type 6) and raw bytes (type 7)."""
    index, store = b"", b""
    for tag, value in tags.items():
        kind, raw, count = (7, value, len(value)) if isinstance(value, bytes) else (6, value, 1)
        raw = raw if kind == 7 else raw.encode() + b"\0"
        index += struct.pack(">IIII", tag, kind, len(store), count)
        store += raw
    size = struct.pack(">II", len(tags), len(store))
    return b"\x8e\xad\xe8\x01\0\0\0\0" + size + index + store


def package(signed=False):
    payload = b"payload" * 1000
    main = header({1000: "engine", 1001: "1.0", 5092: hashlib.sha256(payload).hexdigest()})
    tags = {273: hashlib.sha256(main).hexdigest(), 269: hashlib.sha1(main).hexdigest()}
    tags[1004] = hashlib.md5(main + payload).digest()
    first = header(tags | ({268: b"\x89\x01" + bytes(20)} if signed else {}))
    lead = struct.pack(">4sBBHH66sHH16x", b"\xed\xab\xee\xdb", 3, 0, 0, 1, b"engine", 1, 5)
    return lead + first + bytes(-len(first) % 8) + main + payload, len(main) + len(payload)


def test_digests_that_fit_are_no_proof_of_who_made_it():
    whole, _ = package()
    found = verify(whole)
    assert (found.result, "fit their digests; there is no signature" in found.says) == (
        "not checked", True,
    )  # fmt: skip
    assert "key not held" in verify(package(signed=True)[0]).says


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_changed_byte_of_header_or_payload_is_told(data):
    whole, size = package(signed=True)
    at = data.draw(st.integers(len(whole) - size, len(whole) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    spoilt = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
    assert verify(spoilt).result == "tampered"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9000))
def test_a_package_that_breaks_off_is_told(length):
    whole, _ = package()
    if length < len(whole):
        assert verify(whole[:length]).result in ("tampered", "not checked")
        assert "fit their digests" not in verify(whole[:length]).says


@pytest.mark.skipif(not shutil.which("rpmbuild"), reason="needs rpmbuild")
def test_what_rpmbuild_makes_fits(tmp_path):
    (tmp_path / "engine.spec").write_text(SPEC)
    words = ["rpmbuild", "-bb", "--define", f"_topdir {tmp_path}", str(tmp_path / "engine.spec")]
    subprocess.run(words, check=True, capture_output=True)
    (place,) = tmp_path.rglob("*.rpm")
    whole = place.read_bytes()
    assert "fit their digests" in verify(whole).says
    assert verify(whole[:-1] + bytes([whole[-1] ^ 1])).result == "tampered"
