"""Packages that are ZIP archives, read as what they are: APK, APPX/MSIX, NuGet, wheel, JAR.

Their members are unpacked elsewhere; here only the few members are opened that say who made and
signed the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from msgspec import structs

from oust.formats.binary import android_xml, apk_block, appx, jar, nupkg, wheel
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.certificates import Certificate
from oust.formats.binary.piece import BrokenPart, attempt
from oust.formats.binary.record import file_record
from oust.formats.seam import Opened
from oust.model import Link, Quarantine, Record, Said

MEMBER_LIMIT = 16 * 1024**2
"""Bytes of a member that are asked for; those that matter are far smaller."""

_SIGNATURE = re.compile(r"META-INF/[^/]+\.(RSA|DSA|EC)", re.I)


class OpenMember(Protocol):
    """Gives the content of a member, by the very name that was listed."""

    def __call__(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes. Raises BrokenPart where the member cannot be unpacked."""


def from_zip(opened: Opened, names: Sequence[str], open_member: OpenMember) -> list[Said]:
    """What the ZIP archive `opened` with members `names` says as a package; empty if it is none."""
    package = _Package(opened, names, open_member)
    for recognise, read in _KINDS:
        if recognise(package):
            record = read(package)
            return [record, *package.parts, *package.problems]
    return []


class _Package:
    """A package while it is read."""

    def __init__(self, opened: Opened, names: Sequence[str], open_member: OpenMember) -> None:
        self.opened, self.names, self._open = opened, names, open_member
        self.problems: list[Quarantine] = []
        self.parts: list[Said] = []
        self._lower = {name.lower(): name for name in reversed(names)}

    def holds(self, name: str) -> bool:
        return name.lower() in self._lower

    def member(self, name: str) -> bytes:
        """Its content; empty, with a problem noted, where it cannot be had."""

        def content() -> bytes:
            raw = self._open(self._lower[name.lower()], MEMBER_LIMIT + 1)
            if len(raw) > MEMBER_LIMIT:
                raise BrokenPart(f"it is larger than {MEMBER_LIMIT:,} bytes")
            return raw

        return attempt(self.problems, name, "the member", content, b"")

    def signed(self, name: str, skip: bytes = b"") -> list[Signature]:
        """The signatures in a member that is a PKCS #7 block behind `skip`."""
        raw = self.member(name)
        if not raw:
            return []
        return attempt(self.problems, name, "the signature",
                       partial(signatures, raw.removeprefix(skip)), [])  # fmt: skip

    def jar_signers(self) -> list[Signature]:
        found = [name for name in self.names if _SIGNATURE.fullmatch(name)][:8]
        return [signature for name in found for signature in self.signed(name)]


def _is_apk(package: _Package) -> bool:
    return package.holds("AndroidManifest.xml") and any(
        package.holds(name) for name in ("classes.dex", "resources.arsc", "META-INF/MANIFEST.MF")
    )


def _apk(package: _Package) -> Record:
    raw = package.member("AndroidManifest.xml")
    said: dict[str, str] = attempt(package.problems, "AndroidManifest.xml", "the manifest",
                                   partial(android_xml.root_attributes, raw), {})  # fmt: skip
    newer: list[tuple[str, Certificate]] = attempt(
        package.problems, "signing block", "the signing block",
        partial(apk_block.certificates, package.opened.data), [])  # fmt: skip
    signed = [Signature("leaf", who) for who in dict.fromkeys(who for _, who in newer)]
    schemes = list(dict.fromkeys(scheme for scheme, _ in newer))
    if older := package.jar_signers():
        schemes.append("v1")
        known = {one.signer.raw for one in signed}
        signed += [one for one in older if one.signer.raw not in known]
    name = said.get("package", "")
    return file_record(
        package.opened,
        "APK",
        ids=[f"android:{name}"] if name else (),
        signatures=signed,
        notes={"package": name, "signature schemes": ", ".join(schemes)},
        version=said.get("versionName", ""),
    )


def _is_appx(package: _Package) -> bool:
    return any(package.holds(name) for name in appx.MANIFESTS)


def _appx(package: _Package) -> Record:
    name = next(name for name in appx.MANIFESTS if package.holds(name))
    raw = package.member(name)
    said = attempt(package.problems, name, "the manifest",
                   partial(appx.manifest, raw), appx.Manifest())  # fmt: skip
    signed = package.signed(appx.SIGNATURE, appx.MAGIC) if package.holds(appx.SIGNATURE) else []
    return file_record(
        package.opened,
        "APPX",
        ids=[f"appx:{one}" for one in (said.name, said.family) if one],
        signatures=signed,
        notes={"package": said.name, "Publisher": said.publisher, "DisplayName": said.title},
        version=said.version,
        publisher=said.shown,
        description=said.description,
    )


def _is_nupkg(package: _Package) -> bool:
    return bool(_nuspec(package))


def _nuspec(package: _Package) -> str:
    return next((name for name in package.names if re.fullmatch(r"[^/]+\.nuspec", name, re.I)), "")


def _nupkg(package: _Package) -> Record:
    name = _nuspec(package)
    raw = package.member(name)
    said: dict[str, str] = attempt(
        package.problems, name, "the manifest", partial(nupkg.manifest, raw), {}
    )
    signed = package.signed(nupkg.SIGNATURE) if package.holds(nupkg.SIGNATURE) else []
    record = file_record(
        package.opened,
        "nupkg",
        signatures=signed,
        notes={"package": said.get("id", ""), **nupkg.notes(said)},
        version=said.get("version", ""),
        description=said.get("description", ""),
    )
    return structs.replace(record, author=said.get("authors", ""), purl=nupkg.purl(said))


def _is_wheel(package: _Package) -> bool:
    return bool(_metadata(package)) and package.holds(_metadata(package)[:-8] + "WHEEL")


def _metadata(package: _Package) -> str:
    return next((n for n in package.names if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)), "")


def _wheel(package: _Package) -> Record:
    name = _metadata(package)
    said = wheel.fields(package.member(name))
    record = file_record(
        package.opened,
        "wheel",
        notes={"package": said.get("name", ""), "maintainer": wheel.people(said, "maintainer")},
        version=said.get("version", ""),
        description=said.get("summary", ""),
    )
    return structs.replace(
        record,
        author=wheel.people(said, "author"),
        purl=wheel.purl(said),
        urls=wheel.urls(said),
    )


def _is_jar(package: _Package) -> bool:
    return package.holds("META-INF/MANIFEST.MF")


def _jar(package: _Package) -> Record:
    said = jar.main_section(package.member("META-INF/MANIFEST.MF"))
    for name in jar.coordinates_in(package.names):
        component = jar.component(name, package.member(name))
        if component:
            package.parts.append(component)
            package.parts.append(Link("contains", "file", (component.ref,), name))
    return file_record(
        package.opened,
        "JAR",
        signatures=package.jar_signers(),
        notes={key: said.get(key, "") for key in jar.NOTED},
        version=said.get("Implementation-Version", "") or said.get("Bundle-Version", ""),
        publisher=said.get("Implementation-Vendor", "") or said.get("Bundle-Vendor", ""),
        description=said.get("Implementation-Title", "") or said.get("Bundle-Name", ""),
    )


_KINDS: tuple[tuple[Callable[[_Package], bool], Callable[[_Package], Record]], ...] = (
    (_is_apk, _apk),
    (_is_appx, _appx),
    (_is_nupkg, _nupkg),
    (_is_wheel, _wheel),
    (_is_jar, _jar),
)
"""In this order: an Android package may hold a JAR's manifest, but not the other way round."""
