"""The Record of a file looked at as bytes: what every kind of file has in common."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from oust.fileview import digest_of
from oust.formats.binary.authenticode import Signature
from oust.formats.seam import Opened
from oust.model import Record

LOCATOR = "file"
MAX_LISTED = 100

COMPATIBILITY = re.compile(
    r"(windows (hardware|software) compatibility publisher|3rd party application component)", re.I
)
"""Signers who sign what others made: a compatibility programme of the platform's owner."""

_TEAM = re.compile(r"\(([0-9A-Z]{10})\)\s*$")


def digests(opened: Opened) -> tuple[str, ...]:
    """The ids of the content itself, taken over from who opened it where it was hashed there."""
    return opened.digests or (f"sha256:{digest_of(opened.data)}",)


def signer_ids(signatures: Iterable[Signature]) -> list[str]:
    """Ids of those who signed the content, not of those who only say when or passed it on."""
    found: dict[str, None] = {}
    for one in signatures:
        if one.role in ("counter-signer", "repository"):
            continue
        who = one.signer
        team = _TEAM.search(who.name)
        for scheme, value in (
            ("signer", who.name),
            ("signer-dn", who.subject),
            ("reg", who.registration),
            ("team", team[1] if team and "apple" in who.issuer.lower() else ""),
            ("team", team[1] if team and who.issuer.startswith("Developer ID") else ""),
        ):
            if value:
                found[f"{scheme}:{value}"] = None
    return list(found)


def signing_time(signatures: Sequence[Signature]) -> str:
    """When the first signature was made, as far as it says."""
    return next((one.signed for one in signatures if one.signed), "")


def signature_notes(signatures: Sequence[Signature], company: str = "") -> dict[str, str]:
    """The signatures in words, one key each, for `Record.extra`."""
    notes = {}
    for n, one in enumerate(signatures, 1):
        notes[f"signature {n}"] = describe(one)
    if maker := compatibility_note(signatures, company):
        notes["maker"] = maker
    return notes


def describe(one: Signature) -> str:
    """One signature as a line: role, signer, issuer, validity, time, program."""
    who = one.signer
    parts = [f"{one.role}: {who.name or 'certificate not included'}"]
    if who.issuer:
        parts.append(f"issued by {who.issuer}")
    if one.chain[1:]:
        parts.append(f"chain {' < '.join(one.chain)}")
    if who.since or who.until:
        parts.append(f"certificate valid {who.since[:10]} to {who.until[:10]}")
    if who.jurisdiction:
        parts.append(f"registered in {who.jurisdiction}")
    if one.signed:
        said = "time stamp" if one.stamped or one.role == "counter-signer" else "by its own word"
        parts.append(f"signed {one.signed} ({said})")
    if one.digest:
        parts.append(one.digest)
    if one.program:
        parts.append(f"program “{one.program}”")
    if one.url:
        parts.append(f"more at {one.url}")
    return "; ".join(parts)


def compatibility_note(signatures: Sequence[Signature], company: str) -> str:
    """Who the maker is where only a compatibility programme signed; else empty."""
    makers = [one for one in signatures if one.role in ("leaf", "nested", "catalogue")]
    if not makers or not all(COMPATIBILITY.search(one.signer.name) for one in makers):
        return ""
    programs = list(dict.fromkeys(one.program for one in makers if one.program))
    said = [f"program name “{one}”" for one in programs]
    said += [f"CompanyName “{company}”"] if company else []
    told = " and ".join(said) or "nothing in the file"
    return f"signed by a compatibility programme, not by its maker; the maker is told by {told}"


def listed(names: Sequence[str]) -> str:
    """Names as one text; of very many the first, and how many there are."""
    shown = ", ".join(names[:MAX_LISTED])
    return shown if len(names) <= MAX_LISTED else f"{shown} and {len(names) - MAX_LISTED} more"


def extra(notes: dict[str, str]) -> str:
    """`Record.extra` of those notes that say something."""
    kept = {key: value for key, value in notes.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def file_record(
    opened: Opened,
    kind: str,
    *,
    ids: Iterable[str] = (),
    signatures: Sequence[Signature] = (),
    notes: dict[str, str] | None = None,
    version: str = "",
    publisher: str = "",
    description: str = "",
) -> Record:
    """The Record of the file `opened`, which is of `kind`."""
    every = dict.fromkeys((*digests(opened), *signer_ids(signatures), *ids))
    return Record(
        kind="file",
        locator=LOCATOR,
        ref=LOCATOR,
        name=opened.name,
        version=version,
        type=kind,
        publisher=publisher,
        description=description,
        ids=tuple(every),
        urls=tuple(dict.fromkeys(one.url for one in signatures if one.url)),
        path=opened.path,
        since=signing_time(signatures),
        extra=extra({**(notes or {}), **signature_notes(signatures, publisher)}),
    )
