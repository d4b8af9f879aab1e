"""Manifest and Maven coordinates of Java archives.

Source: Oracle, "JAR File Specification"; OSGi Core for Bundle headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from oust.formats.binary.piece import tidy
from oust.model import Record

MAX_COMPONENTS = 2000
NOTED = (
    *("Implementation-Title", "Implementation-Vendor-Id", "Specification-Vendor", "Created-By"),
    *("Bundle-SymbolicName", "Bundle-Vendor", "Bundle-Name", "Automatic-Module-Name"),
    *("Main-Class", "Application-Name"),
)


def main_section(raw: bytes) -> dict[str, str]:
    """The attributes of the whole archive; a line that begins with a space goes on the last."""
    text = raw[:1_000_000].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    section = text.lstrip(b"\n").split(b"\n\n")[0].replace(b"\n ", b"")
    found = {}
    for line in section.decode("utf-8", "replace").split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            found[key.strip()] = tidy(value)
    return found


def coordinates_in(names: Sequence[str]) -> list[str]:
    """Members that hold Maven coordinates: the archive's own, or of what was shaded into it."""
    found = (n for n in names if n.startswith("META-INF/maven/") and n.endswith("/pom.properties"))
    return list(found)[:MAX_COMPONENTS]


def component(member: str, raw: bytes) -> Record | None:
    """The component that a pom.properties names; None where it names none."""
    said = {}
    for line in raw[:65_536].decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition("=")
        if equals and not key.startswith("#"):
            said[key.strip()] = tidy(value)
    group, name, version = (said.get(key, "") for key in ("groupId", "artifactId", "version"))
    if not group or not name:
        return None
    at = f"@{quote(version)}" if version else ""
    return Record(
        kind="component",
        locator=member,
        ref=member,
        name=name,
        version=version,
        type="maven",
        purl=f"pkg:maven/{quote(group)}/{quote(name)}{at}",
        ids=(f"group:{group}",),
    )
