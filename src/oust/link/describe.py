"""Say in a few words why a sighting points at the vendor."""

from __future__ import annotations

WORDS = {
    "word": "the vendor's name",
    "spelling": "the vendor's name",
    "name": "company name",
    "product": "product name",
    "carrier": "product that carries it",
    "mac_oui": "MAC block of the vendor",
}
"""How identifier kinds are called; the others by their own name with spaces."""


def describe(identifier: str, strength: str, text: str) -> str:
    """Such as `product name, misspelt "KAPERSKY"` or `cpe vendor "kaspersky"`."""
    kind, _, value = identifier.partition(":")
    called = WORDS.get(kind, kind.replace("_", " "))
    if strength == "misspelt":
        return f'{called}, misspelt "{text.strip()}"'
    if strength == "identifier":
        return f'{called} "{value}"'
    return f'{called} "{text.strip()}"' if text else called
