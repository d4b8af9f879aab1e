"""Security catalogues of Windows: who signed them, and the files that they sign by digest.

Source: Microsoft, "Catalog Files and Digital Signatures".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from oust.formats.binary import catalogue
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.piece import BROKEN, attempt
from oust.formats.binary.record import LOCATOR, extra, file_record
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Link, Quarantine, Record, Said

MAX_BYTES = 128 * 1024**2


class CatalogueFile:
    """A .cat file; each member is a record that the catalogue signs."""

    name = "catalogue"
    title = "Windows security catalogue (.cat)"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the object identifiers of a signed certificate trust list."""
        return 100 if catalogue.is_catalogue(head.data) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """The catalogue, its members, and a link from each member to the catalogue."""
        if opened.size > MAX_BYTES:
            raise Unreadable(f"a catalogue of {opened.size:,} bytes is more than Windows writes")
        raw = opened.bytes()
        try:
            found = catalogue.catalogue(raw)
        except BROKEN as error:
            raise Unreadable("the catalogue is damaged") from error
        problems: list[Quarantine] = []
        signed: list[Signature] = attempt(
            problems, LOCATOR, "the signature", partial(signatures, raw, "catalogue"), []
        )
        notes = {"listed": found.listed, **found.attributes}
        yield file_record(opened, "catalogue", signatures=signed, notes=notes)
        yield from problems
        for n, member in enumerate(found.members, 1):
            yield from _member(f"member {n}", member)


def _member(locator: str, member: catalogue.Member | str) -> Iterator[Said]:
    if isinstance(member, str):
        yield Quarantine(locator, f"a member cannot be read: {member}")
        return
    scheme = "authentihash" if member.program else member.function
    yield Record(
        kind="file",
        locator=locator,
        ref=locator,
        name=member.attributes.get("File", "") or member.tag,
        type="catalogue member",
        ids=(f"{scheme}:{member.digest}",) if scheme and member.digest else (),
        extra=extra({**member.attributes, "digest": f"{member.function} {member.digest}".strip()}),
    )
    yield Link("signed-by", locator, (LOCATOR,), locator)
