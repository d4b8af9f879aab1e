"""The .nuspec of NuGet packages.

Source: Microsoft, ".nuspec File Reference"; "Signed Packages" for `.signature.p7s`, in which an
author's signature says so and the repository's own only says where it was published.
"""

from __future__ import annotations

from urllib.parse import quote

from oust.formats.binary.piece import BrokenPart
from oust.formats.binary.small_xml import child, root, texts

SIGNATURE = ".signature.p7s"
_NOTED = ("owners", "title", "copyright", "projectUrl")


def manifest(raw: bytes) -> dict[str, str]:
    """The metadata of a package by element name. Raises BrokenPart."""
    found = child(root(raw), "metadata")
    if found is None:
        raise BrokenPart("it has no metadata")
    return texts(found)


def notes(said: dict[str, str]) -> dict[str, str]:
    """What a reader should see of it beside the record's own fields."""
    return {key: said.get(key, "") for key in _NOTED}


def purl(said: dict[str, str]) -> str:
    """Package URL; empty where the package has no name."""
    name, version = quote(said.get("id", ""), safe=""), quote(said.get("version", ""), safe="")
    return f"pkg:nuget/{name}@{version}" if name else ""
