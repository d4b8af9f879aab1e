"""macOS and iOS programs and libraries: Team ID, signer, identifier, linked libraries.

Source: Apple, loader.h and cs_blobs.h of xnu.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from oust.formats.binary import macho
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.piece import BROKEN, attempt
from oust.formats.binary.record import file_record, listed
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Quarantine, Record, Said


class MachoFile:
    """A Mach-O program or library, for one kind of processor or several."""

    name = "mach-o"
    title = "macOS or iOS program or library (Mach-O)"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the magic word; a fat file also by a believable number of programs."""
        return 100 if macho.is_macho(head.data) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record for the file, whatever it holds; a part that cannot be read is quarantined."""
        try:
            found = macho.programs(opened.data)
        except BROKEN as error:
            raise Unreadable("the Mach-O headers are damaged") from error
        problems: list[Quarantine] = []
        yield _record(opened, found, problems)
        yield from problems


def _record(opened: Opened, found: Sequence[macho.Program], problems: list[Quarantine]) -> Record:
    signed: dict[str, Signature] = {}
    directories: list[macho.CodeDirectory] = []
    for one in found:
        at = f"byte {one.offset + one.signature[0]}"
        code = attempt(problems, at, "the code signature",
                       partial(macho.code_signature, opened.data, one),
                       macho.CodeSignature([]))  # fmt: skip
        directories += code.directories
        if code.cms:
            made: list[Signature] = attempt(problems, at, "the signer",
                                            partial(signatures, code.cms), [])  # fmt: skip
            for signature in made:  # one for each processor; alike but for their time
                signed.setdefault(f"{signature.role} {signature.signer.serial}", signature)
    teams = _distinct(one.team for one in directories)
    names = _distinct(one.identifier for one in directories)
    notes = {
        "machine": " | ".join(_distinct(one.machine for one in found)),
        "kind": " | ".join(_distinct(one.kind for one in found)),
        "identifier": " | ".join(names),
        "team": " | ".join(teams),
        "install name": " | ".join(_distinct(one.name for one in found)),
        "libraries": listed(_distinct(name for one in found for name in one.libraries)),
        "uuid": " | ".join(_distinct(one.uuid for one in found)),
        "signature": "" if signed or not directories else "ad hoc: nobody's name is on it",
    }
    # without a signer anybody may have written the Team ID
    ids = [f"team:{team}" for team in teams if signed]
    ids += [f"bundle:{name}" for name in names if "." in name and signed]
    return file_record(opened, "Mach-O", ids=ids, signatures=list(signed.values()), notes=notes)


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
