"""Packages that are ZIP archives, read as what they are."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import binary_files as made
from oust.formats.binary import appx
from oust.formats.binary.packages import from_zip
from oust.formats.binary.zip_members import member_of
from oust.formats.seam import Opened
from oust.model import Link, Quarantine, Record
from real_files import wheel


@pytest.fixture(scope="module")
def keys():
    root, leaf = made.family()
    return root, leaf, made.Identity([("CN", "Lumo Time")], root)


def ids(record, scheme):
    return [one.split(":", 1)[1] for one in record.ids if one.startswith(scheme + ":")]


def notes(record):
    return json.loads(record.extra)


def package(content, name="p.zip"):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return from_zip(Opened(name, content), archive.namelist(), member_of(archive))


@pytest.mark.parametrize("wide", [True, False])
def test_apk(keys, wide):
    root, leaf, _ = keys
    plain = made.archive({
        "AndroidManifest.xml": made.android_manifest("example.revontuli.app", "7.1", wide),
        "classes.dex": b"dex", "META-INF/CERT.RSA": made.pkcs7(root, "1.2.840.113549.1.7.1", None),
    })  # fmt: skip
    (record,) = package(made.with_apk_block(plain, leaf))
    assert ids(record, "android") == ["example.revontuli.app"]
    assert ids(record, "signer") == ["Revontuli Engines, Oy", "Lumo Code CA"]
    assert (record.version, notes(record)["signature schemes"]) == ("7.1", "v2, v1")


def test_appx(keys):
    publisher = "CN=Revontuli Engines Oy, C=FI"
    manifest = f"""<Package xmlns="urn:x"><Identity Name="Revontuli.Scan" Publisher="{publisher}" Version="7.1.0.0"/>
      <Properties><DisplayName>Scan</DisplayName><PublisherDisplayName>Revontuli</PublisherDisplayName></Properties></Package>"""
    block = made.pkcs7(keys[1], made.INDIRECT, made.indirect(bytes(32)))
    (record,) = package(
        made.archive({"AppxManifest.xml": manifest.encode(), "AppxSignature.p7x": b"PKCX" + block})
    )
    assert ids(record, "appx")[0] == "Revontuli.Scan" and ids(record, "signer") == [
        "Revontuli Engines, Oy"
    ]
    assert (record.publisher, notes(record)["Publisher"]) == ("Revontuli", publisher)


def test_a_package_family_name_is_as_windows_makes_it():
    microsoft = "CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US"
    assert appx.publisher_id(microsoft) == "8wekyb3d8bbwe"


def test_nupkg_says_author_and_repository_apart(keys):
    _, leaf, _ = keys
    nuspec = b"<package><metadata><id>Revontuli.Core</id><version>7.1</version><authors>Revontuli</authors></metadata></package>"
    receipt = made.attribute(
        "1.2.840.113549.1.9.16.2.16", made.seq(made.oid_("1.2.840.113549.1.9.16.6.2"))
    )
    for more, expected in (((), ["Revontuli Engines, Oy"]), ((receipt,), [])):
        block = made.pkcs7(leaf, "1.2.840.113549.1.7.1", made.der(4, b"hash"), attributes=more)
        (record,) = package(
            made.archive({"Revontuli.Core.nuspec": nuspec, ".signature.p7s": block})
        )
        assert ids(record, "signer") == expected
        assert (record.purl, record.author) == ("pkg:nuget/Revontuli.Core@7.1", "Revontuli")


def test_jar_with_what_was_shaded_into_it(keys):
    manifest = b"Manifest-Version: 1.0\r\nImplementation-Vendor: Revontuli Eng\r\n ines Oy\r\nImplementation-Version: 7\r\n\r\nName: a/B.class\r\nImplementation-Vendor: Other\r\n"
    record, component, link = package(made.archive({
        "META-INF/MANIFEST.MF": manifest,
        "META-INF/RV.EC": made.pkcs7(keys[1], "1.2.840.113549.1.7.1", None),
        "META-INF/maven/org.x/y/pom.properties": b"#c\ngroupId=org.x\nartifactId=y\nversion=1.2\n",
    }))  # fmt: skip
    assert (record.publisher, record.version) == ("Revontuli Engines Oy", "7")
    assert ids(record, "signer") == ["Revontuli Engines, Oy"]
    assert isinstance(component, Record) and component.purl == "pkg:maven/org.x/y@1.2"
    assert isinstance(link, Link) and link.targets == (component.ref,)


def test_a_real_wheel_is_a_package():
    content = wheel("psutil==7.2.2").read_bytes()
    (record,) = package(content)
    assert record.purl == "pkg:pypi/psutil@7.2.2" and "Giampaolo" in record.author


def test_a_package_that_lies_is_quarantined_and_kept():
    record, *rest = package(
        made.archive(
            {
                "AppxManifest.xml": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Package>&e;"
            }
        )
    )
    assert record.type == "APPX" and isinstance(rest[0], Quarantine)
    assert package(made.archive({"readme.txt": b"nothing"})) == []
