"""Security catalogues (.cat): files signed by listing their digests.

Source: Microsoft, [MS-CAESO]-family documents on certificate trust lists; a catalogue is one whose
subjects are files.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from oust.formats.binary import cms
from oust.formats.binary.authenticode import PE_IMAGE, TRUST_LIST, indirect_data
from oust.formats.binary.der import OID, SEQUENCE, SET, Element, oid
from oust.formats.binary.piece import BROKEN, BrokenPart, tidy

MAX_MEMBERS = 100_000
_NAME_VALUE = oid("1.3.6.1.4.1.311.12.2.1")
_INDIRECT = oid("1.3.6.1.4.1.311.2.1.4")
_MARK = bytes((OID, len(TRUST_LIST))) + TRUST_LIST


class Member(Struct):
    """One file that a catalogue signs."""

    tag: str
    digest: str = ""  # hexadecimal
    function: str = ""  # hash function
    program: bool = False  # the digest is that of a PE image without its signature
    attributes: dict[str, str] = {}


class Catalogue(Struct):
    """What a catalogue lists: its own attributes and its members, as they come."""

    listed: str  # when it was made
    attributes: dict[str, str]
    members: Iterator[Member | str]  # a text says why a member cannot be read


def is_catalogue(head: bytes) -> bool:
    """Whether a file that begins so is a catalogue: SignedData whose content is a trust list."""
    return head[:1] == b"\x30" and _MARK in head[:200]


def catalogue(raw: bytes) -> Catalogue:
    """Read the list. Raises BrokenPart where it is not one."""
    block = cms.signed_data(raw)
    if block.content_type != TRUST_LIST or block.content is None:
        raise BrokenPart("the signed content is no list of files")
    made, attributes = "", {}
    members: Element | None = None
    for field in block.content:
        if field.tag in (0x17, 0x18) and not made:
            made = field.moment()
        elif field.tag == 0xA0:
            attributes = _attributes(field.only())
        elif field.tag == SEQUENCE and made and members is None:
            members = _if_members(field)
    return Catalogue(made, attributes, _members(members))


def _if_members(field: Element) -> Element | None:
    """The field with members; the one with the algorithm begins with an object identifier."""
    first = next(iter(field), None)
    return field if first is not None and first.tag == SEQUENCE else None


def _members(field: Element | None) -> Iterator[Member | str]:
    for n, one in enumerate(field or ()):
        if n >= MAX_MEMBERS:
            yield f"more than {MAX_MEMBERS:,} members; the rest is not read"
            return
        try:
            yield _member(one)
        except BROKEN as error:
            yield str(error) if isinstance(error, BrokenPart) else "its bytes make no sense"


def _member(one: Element) -> Member:
    tag, *rest = one.children(1)
    found = Member(_tag(tag.content()))
    for attribute in (each for field in rest if field.tag == SET for each in field):
        kind, values = attribute.children(2)[:2]
        value = values.only()
        if kind.content() == _INDIRECT:
            what, found.function, digest = indirect_data(value)
            found.digest, found.program = digest.hex(), what == PE_IMAGE
        elif kind.content() == _NAME_VALUE:
            found.attributes.update([_name_value(value)])
    return found


def _tag(content: bytes) -> str:
    """The member's name in the list: its digest in hexadecimal, mostly in UTF-16."""
    if len(content) > 1 and content[1] == 0:
        return tidy(content.decode("utf-16-le", "replace").rstrip("\0"))
    return content.hex()


def _attributes(extensions: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in extensions:
        fields = one.children(2)
        if fields[0].content() == _NAME_VALUE:
            found.update([_name_value(Element(fields[-1].content()))])
    return found


def _name_value(value: Element) -> tuple[str, str]:
    name, _, text = value.children(3)[:3]
    said = text.content().decode("utf-16-le", "replace").rstrip("\0")
    return name.text(), tidy(said)
