"""What is shown of a file as evidence: not its bytes, but what was read in them and where."""

from __future__ import annotations

import json
from collections.abc import Sequence

from oust.excerpt import MARK_CLOSE, MARK_OPEN
from oust.model import Evidence, Record

LOCATOR = "file"
_CALLED = {
    "company": "CompanyName in its version resource",
    "signer-dn": "subject of the signer's certificate",
    "reg": "registration number in the signer's certificate",
    "team": "Apple Team ID of the signature",
    "msi": "product or upgrade code of the installer",
    "bundle": "bundle identifier",
    "android": "application id",
    "appx": "package name",
    "sha256": "SHA-256 of the file",
    "sha1": "SHA-1 of the file",
    "md5": "MD5 of the file",
}


def is_whole_file(evidence: Evidence) -> bool:
    """Whether the evidence is a file looked at as bytes."""
    return evidence.locator == LOCATOR


def quoted(evidence: Evidence, found: Sequence[tuple[Evidence, Record]]) -> list[str]:
    """Lines that say where in the file the words stand; the words are marked."""
    marked = f"{MARK_OPEN}{evidence.text}{MARK_CLOSE}"
    record = next((one for _, one in found if one.kind == "file"), None)
    if record is None or evidence.field != "ids":
        what = {"path": "found as", "publisher": "maker, by its own word"}.get(evidence.field, "")
        return [f"{what} {marked}".strip()] if evidence.text else []
    notes = json.loads(record.extra) if record.extra else {}
    every = [one for one in record.ids if one.partition(":")[2] == evidence.text]
    lines: list[str] = []
    for ident in every:
        scheme = ident.partition(":")[0]
        if place := notes.get(f"found {ident}"):
            lines.append(f"{place}: {marked}")
        elif scheme == "signer":
            lines += _signatures(evidence.text, notes) or [f"signer {marked}"]
        elif scheme in _CALLED:
            lines.append(f"{_CALLED[scheme]}: {marked}")
    return lines or [marked]


def _signatures(signer: str, notes: dict[str, str]) -> list[str]:
    said = [text for key, text in notes.items() if key.startswith("signature ")]
    wanted = [text for text in said if f": {signer}" in text]
    return [text.replace(signer, f"{MARK_OPEN}{signer}{MARK_CLOSE}", 1) for text in wanted[:2]]
