"""Windows Installer packages: maker, product, codes and signer.

Source: Microsoft, "Windows Installer: Database Tables, Property Reference".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from oust.formats.binary import msi
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.piece import BROKEN, BrokenPart, attempt
from oust.formats.binary.record import file_record
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Quarantine, Record, Said

_TITLES = {"MSI": "MSI", "MSP": "MSI patch", "MST": "MSI transform"}
_CODES = ("ProductCode", "UpgradeCode")
_NOTED = ("ProductName", "ARPCONTACT", "ARPCOMMENTS", "ProductLanguage", "UpgradeCode")
_LINKS = ("ARPURLINFOABOUT", "ARPHELPLINK", "ARPURLUPDATEINFO")


class MsiFile:
    """An installer database, patch or transform."""

    name = "msi"
    title = "Windows Installer package (MSI, MSP, MST)"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the class of the root storage; by the file's name where that stands far behind."""
        kind = msi.kind_of(head.data)
        if kind == "other":
            return 90 if head.name.lower().endswith((".msi", ".msp", ".mst", ".msm")) else 20
        return 100 if kind else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record; a table or stream that cannot be read is quarantined."""
        problems: list[Quarantine] = []
        try:
            found = msi.installer(opened.data, problems)
        except BROKEN as error:
            said = str(error) if isinstance(error, BrokenPart) else "the package is damaged"
            raise Unreadable(said) from error
        yield _record(opened, found, problems)
        yield from problems


def _record(opened: Opened, found: msi.Installer, problems: list[Quarantine]) -> Record:
    signed: list[Signature] = []
    if found.signature:
        signed = attempt(problems, "DigitalSignature", "the signature",
                         partial(signatures, found.signature), [])  # fmt: skip
    said = found.properties
    notes = {
        **{key: said.get(key, "") for key in _NOTED},
        **found.summary,
        "links": " | ".join(said[key] for key in _LINKS if said.get(key)),
    }
    maker = said.get("Manufacturer", "") or found.summary.get("author", "")
    return file_record(
        opened,
        _TITLES[found.kind],
        ids=[f"msi:{said[key].upper()}" for key in _CODES if said.get(key)],
        signatures=signed,
        notes=notes,
        version=said.get("ProductVersion", ""),
        publisher=maker,
        description=said.get("ProductName", "") or found.summary.get("subject", ""),
    )
