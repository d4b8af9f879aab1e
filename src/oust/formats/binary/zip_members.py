"""Members of a ZIP archive, for `packages.from_zip`, within a bound."""

from __future__ import annotations

import zipfile
import zlib

from oust.formats.binary.packages import OpenMember
from oust.formats.binary.piece import BrokenPart


def member_of(archive: zipfile.ZipFile) -> OpenMember:
    """Opens members of `archive` by name."""

    def opened(name: str, limit: int) -> bytes:
        try:
            with archive.open(name) as file:
                return file.read(limit)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
            raise BrokenPart("it cannot be unpacked") from error

    return opened
