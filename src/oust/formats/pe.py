"""Windows programs, libraries and drivers: signers, version resource, imports.

Source: Microsoft, "PE Format" and "Windows Authenticode Portable Executable Signature Format".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from oust.formats.binary import pe
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.piece import BROKEN, BrokenPart, Data, attempt
from oust.formats.binary.record import file_record, listed
from oust.formats.binary.version_info import Strings, every, first, version_strings
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Quarantine, Record, Said

_NOTED = ("ProductName", "OriginalFilename", "InternalName", "LegalCopyright", "LegalTrademarks")


class PeFile:
    """A Portable Executable: EXE, DLL, SYS, EFI and their kin."""

    name = "pe"
    title = "Windows program, library or driver (PE)"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By MZ and PE; a file that hides its PE header far behind is not one in use."""
        return 100 if pe.is_pe(head.data) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record; a table that cannot be read is quarantined."""
        try:
            image = pe.image(opened.data)
        except BROKEN as error:
            raise Unreadable(f"the PE headers are damaged: {_said(error)}") from error
        problems: list[Quarantine] = []
        yield _record(opened, image, problems)
        yield from problems


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, BrokenPart) else "they make no sense"


def signers(data: Data, image: pe.Image, problems: list[Quarantine]) -> list[Signature]:
    """Every signature of the certificate table; a block that cannot be read is a problem."""
    blocks: list[tuple[int, bytes]] = attempt(
        problems,
        "certificate table",
        "the certificate table",
        partial(pe.signature_blocks, data, image),
        [],
    )
    found: list[Signature] = []
    for at, raw in blocks:
        found += attempt(problems, f"byte {at}", "a signature", partial(signatures, raw), [])
    return found


def _record(opened: Opened, image: pe.Image, problems: list[Quarantine]) -> Record:
    data = opened.data
    signed = signers(data, image, problems)
    nothing: Strings = {}
    said = attempt(
        problems,
        "version resource",
        "the version resource",
        partial(version_strings, data, image),
        nothing,
    )
    libraries: list[str] = attempt(
        problems, "imports", "the import table", partial(pe.imports, data, image), []
    )
    symbols = attempt(problems, "debug", "debug path", partial(pe.debug_path, data, image), "")
    companies = every(said, "CompanyName")
    notes = {
        "machine": image.machine,
        "kind": image.kind,
        **{key: " | ".join(every(said, key)) for key in _NOTED},
        "FileVersion": first(said, "FileVersion"),
        "languages": ", ".join(said) if len(said) > 1 else "",
        "CompanyName in other languages": " | ".join(companies[1:]),
        "imports": listed(libraries),
        "debug symbols": symbols,
    }
    return file_record(
        opened,
        "PE",
        ids=[f"company:{company}" for company in companies],
        signatures=signed,
        notes=notes,
        version=first(said, "ProductVersion") or first(said, "FileVersion"),
        publisher=companies[0] if companies else "",
        description=first(said, "FileDescription"),
    )
