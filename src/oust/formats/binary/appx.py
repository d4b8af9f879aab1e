"""AppxManifest.xml of APPX and MSIX packages, and of bundles of them.

Source: Microsoft, "Package manifest schema reference"; the family name's publisher id after
"Package identity".
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from oust.formats.binary.piece import tidy
from oust.formats.binary.small_xml import child, root, texts

MANIFESTS = ("AppxManifest.xml", "AppxMetadata/AppxBundleManifest.xml")
SIGNATURE = "AppxSignature.p7x"
MAGIC = b"PKCX"
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class Manifest(Struct, frozen=True):
    """Identity and shown names of a package."""

    name: str = ""
    publisher: str = ""  # subject of the certificate that must sign it
    version: str = ""
    title: str = ""
    shown: str = ""  # publisher as shown to people
    description: str = ""
    family: str = ""


def manifest(raw: bytes) -> Manifest:
    """Read a manifest. Raises BrokenPart."""
    top = root(raw)
    identity, properties = child(top, "Identity"), child(top, "Properties")
    said = texts(properties) if properties is not None else {}
    given = {key: tidy(value) for key, value in identity.items()} if identity is not None else {}
    name, publisher = given.get("Name", ""), given.get("Publisher", "")
    return Manifest(
        name=name,
        publisher=publisher,
        version=given.get("Version", ""),
        title=_plain(said.get("DisplayName", "")),
        shown=_plain(said.get("PublisherDisplayName", "")),
        description=_plain(said.get("Description", "")),
        family=f"{name}_{publisher_id(publisher)}" if name and publisher else "",
    )


def _plain(text: str) -> str:
    return "" if text.startswith("ms-resource:") else text


def publisher_id(publisher: str) -> str:
    """The 13 characters that stand for a publisher in a package family name."""
    digest = hashlib.sha256(publisher.encode("utf-16-le")).digest()[:8]
    value = int.from_bytes(digest, "big") << 1  # 64 bits, padded to 65
    return "".join(_LETTERS[value >> shift & 31] for shift in range(60, -1, -5))
