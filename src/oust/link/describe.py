"""Say in a few words why a sighting points at the vendor."""

from __future__ import annotations

from collections.abc import Sequence


def describe(identifier: str, strength: str, text: str, features: Sequence[str]) -> str:
    """Such as `product name, misspelt "KAPERSKY"` or `purl namespace`."""
    kind = identifier.partition(":")[0].replace("_", " ")
    if strength == "misspelt":
        return f'{kind}, misspelt "{text.strip()}"'
    if strength == "weak":
        return f"{kind}, weak"
    if strength == "name":
        return f"{kind}, exact"
    return kind if not features else f"{kind}"
