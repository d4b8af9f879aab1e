"""X.509 certificates, as much as tells who somebody is: lenient, and each distinct one read once.

Sources: RFC 5280; CA/Browser Forum EV guidelines 7.1.4.2 (serialNumber is the registration number,
jurisdiction fields say whose).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from oust.formats.binary.der import Element, dotted, oid
from oust.formats.binary.piece import BrokenPart, tidy

_WORDS = {
    **{"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C"},
    **{"2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU"},
    **{"2.5.4.12": "title", "2.5.4.15": "BUSINESS_CATEGORY", "2.5.4.17": "postalCode"},
    **{"2.5.4.42": "GN", "2.5.4.97": "organizationIdentifier"},
    "1.3.6.1.4.1.311.60.2.1.1": "JURISDICTION_OF_INCORPORATION_L",
    "1.3.6.1.4.1.311.60.2.1.2": "JURISDICTION_OF_INCORPORATION_SP",
    "1.3.6.1.4.1.311.60.2.1.3": "JURISDICTION_OF_INCORPORATION_C",
    "1.2.840.113549.1.9.1": "emailAddress",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
MAX_BYTES = 128 * 1024
MAX_PARTS = 64

_BASIC_CONSTRAINTS = oid("2.5.29.19")
_KEY_ID = oid("2.5.29.14")


class Certificate(Struct, frozen=True):
    """One certificate. Dates are ISO 8601 in UTC; `subject` is in the order it is written in."""

    name: str = ""  # common name, else organisation
    subject: str = ""
    issuer: str = ""  # common name of who issued it, else its organisation
    serial: str = ""  # hexadecimal
    since: str = ""
    until: str = ""
    organization: str = ""
    registration: str = ""  # number in a company register, digits and letters
    jurisdiction: str = ""  # whose register, as far as stated: `Moscow, RU`
    authority: bool = False  # may issue certificates
    raw: bytes = b""
    subject_raw: bytes = b""
    issuer_raw: bytes = b""
    serial_raw: bytes = b""
    key_id: bytes = b""
    key: bytes = b""  # SubjectPublicKeyInfo


def name_parts(name: Element) -> list[tuple[str, str]]:
    """The attributes of a distinguished name in order: `("CN", "Acme Ltd")`."""
    parts = []
    for relative in islice(name, MAX_PARTS):
        for pair in islice(relative, MAX_PARTS):
            kind, value = pair.children(2)[:2]
            spelled = dotted(kind.content())
            parts.append((_WORDS.get(spelled, spelled), value.text()))
    return parts


def name_text(parts: list[tuple[str, str]]) -> str:
    """A distinguished name for reading and comparing: `C=RU, O=Acme Ltd, CN=Acme Ltd`."""
    return tidy(", ".join(f"{word}={value}" for word, value in parts))


def short_name(parts: list[tuple[str, str]]) -> str:
    """Its common name, else its organisation or unit."""
    found = dict(reversed(parts))
    return found.get("CN") or found.get("O") or found.get("OU") or ""


def named(raw: bytes) -> Certificate:
    """What is known of a signer whose certificate is not there: the name of its issuer."""
    parts = name_parts(Element(raw))
    return Certificate(issuer=short_name(parts), issuer_raw=raw)


@lru_cache(512)
def certificate(raw: bytes) -> Certificate:
    """Read one certificate. Raises BrokenPart."""
    if len(raw) > MAX_BYTES:
        raise BrokenPart("a certificate is larger than any that is in use")
    body = Element(raw).only().children(6)
    if body[0].tag == 0xA0:
        body = body[1:]
    if len(body) < 6:
        raise BrokenPart("a certificate lacks fields")
    serial, _, issuer, valid, subject, key = body[:6]
    parts, whose = name_parts(subject), name_parts(issuer)
    found = dict(reversed(parts))
    since, until = (one.moment() for one in valid.children(2)[:2])
    extensions = _extensions(body[6:])
    return Certificate(
        name=short_name(parts),
        subject=name_text(parts),
        issuer=short_name(whose),
        serial=serial.content().hex(),
        since=since,
        until=until,
        organization=found.get("O", ""),
        registration=_registration(found),
        jurisdiction=_jurisdiction(found),
        authority=b"\x01\x01\xff" in extensions.get(_BASIC_CONSTRAINTS, b""),
        raw=raw,
        subject_raw=subject.raw(),
        issuer_raw=issuer.raw(),
        serial_raw=serial.content(),
        key_id=extensions.get(_KEY_ID, b"")[2:],
        key=key.raw(),
    )


def _extensions(rest: list[Element]) -> dict[bytes, bytes]:
    for one in rest:
        if one.tag == 0xA3:
            fields = [extension.children(2) for extension in one.only()]
            return {field[0].content(): field[-1].content() for field in fields}
    return {}


def _registration(found: dict[str, str]) -> str:
    """Only of an organisation: a person's certificate may carry a number of another kind."""
    text = re.sub(r"[^0-9A-Za-z]", "", found.get("serialNumber", ""))
    return text.upper() if "O" in found and re.search(r"\d", text) else ""


def _jurisdiction(found: dict[str, str]) -> str:
    places = (found.get(f"JURISDICTION_OF_INCORPORATION_{part}", "") for part in ("L", "SP", "C"))
    return ", ".join(place for place in places if place)
