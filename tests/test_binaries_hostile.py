"""Damaged and hostile programs and packages: told, never raised, within bounds."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import binary_files as made
from oust.formats import FORMATS
from oust.formats.binary import cms
from oust.formats.binary.packages import from_zip
from oust.formats.binary.piece import BrokenPart
from oust.formats.binary.verify import verify
from oust.formats.seam import NoNeedles, Opened, Unreadable
from oust.model import Record


@pytest.fixture(scope="module")
def keys():
    root, leaf = made.family()
    return root, leaf, made.Identity([("CN", "Lumo Time")], root)


@pytest.fixture(scope="module")
def samples():
    return made.samples()


def mutated(content, dice):
    """`content` cut, flipped, spliced or with a large number written into a header."""
    data = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 8))):
        at = dice.randrange(len(data))
        what = dice.randrange(5)
        if what == 0:
            del data[max(at, 8) :]
        elif what == 1:
            data[at] ^= 1 << dice.randrange(8)
        elif what == 2:
            data[at : at + dice.randrange(64)] = data[: dice.randrange(64)]
        elif what == 3:
            at = dice.randrange(min(len(data), 1024))
            data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
        else:
            data[at : at + 2] = dice.choice((b"\x30\x80", b"\x30\x84", b"\xff\xff"))
    return bytes(data)


def open_files():
    place = Path("/proc/self/fd")
    return len(list(place.iterdir())) if place.exists() else 0


@pytest.mark.parametrize("fmt", ["pe", "elf", "mach-o", "msi", "catalogue", "info-plist"])
def test_damaged_files_are_told_and_never_raised(fmt, samples):
    reader = next(one for one in FORMATS if one.name == fmt)
    cases = [value for case, value in samples.items() if case.startswith(fmt + "/")]
    dice, before = random.Random(fmt), open_files()
    for n in range(400):
        name, content = cases[n % len(cases)]
        opened = Opened(name, mutated(content, dice))
        try:
            said = list(reader.read(opened, NoNeedles()))
        except Unreadable:
            continue
        assert isinstance(said[0], Record)
        if n % 4 == 0:
            assert verify(opened.data).result
    assert open_files() <= before


@pytest.mark.parametrize("seed", range(4))
def test_damaged_packages_are_told_and_never_raised(seed, keys):
    leaf = keys[1]
    block = made.pkcs7(leaf, "1.2.840.113549.1.7.1", None)
    kinds = [
        {"AndroidManifest.xml": made.android_manifest("a.b", "1"), "classes.dex": b"d"},
        {
            "AppxManifest.xml": b"<Package><Identity Name='a'/></Package>",
            "AppxSignature.p7x": b"PKCX" + block,
        },
        {
            "a.nuspec": b"<package><metadata><id>a</id></metadata></package>",
            ".signature.p7s": block,
        },
        {"META-INF/MANIFEST.MF": b"Created-By: x\n", "META-INF/A.RSA": block},
    ]
    dice, members = random.Random(seed), kinds[seed]
    for _ in range(100):
        broken = {name: mutated(raw, dice) for name, raw in members.items()}
        content = made.archive(broken)
        if seed == 0:
            content = mutated(made.with_apk_block(content, leaf), dice)
        opener = lambda name, limit: broken[name][:limit]  # noqa: E731, B023
        assert isinstance(from_zip(Opened("p", content), list(broken), opener)[0], Record)


def test_millions_of_tiny_elements_are_refused():
    tiny = made.seq(
        made.oid_("1.2.840.113549.1.7.2"), made.der(0xA0, made.seq(b"\5\0" * 1_000_000))
    )
    for raw in (tiny, b"\x30\x80" + tiny + b"\0\0"):
        with pytest.raises(BrokenPart, match=r"more than 200,000|too large"):
            cms.signed_data(raw)


def test_deep_and_endless_asn1_is_refused():
    for raw in (b"\x30\x80" * 5000, b"\x30\x84\xff\xff\xff\xff", b"\x1f" + b"\xff" * 100, b"\x30"):
        with pytest.raises(BrokenPart):
            cms.signed_data(raw)
