"""Info.plist of macOS and iOS bundles: identifier, name and version of an app or framework.

Source: Apple, "Information Property List".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oust.formats.binary.piece import tidy
from oust.formats.binary.record import file_record
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Said

MAX_BYTES = 16 * 1024**2
_NOTED = (
    *("CFBundleName", "CFBundleDisplayName", "CFBundleExecutable", "CFBundlePackageType"),
    *("NSHumanReadableCopyright", "LSMinimumSystemVersion", "CFBundleGetInfoString"),
)
_READ = ("CFBundleIdentifier", "CFBundleShortVersionString", "CFBundleVersion", *_NOTED)


class InfoPlist:
    """A property list that names a bundle, XML or binary."""

    name = "info-plist"
    title = "Information property list of a macOS or iOS bundle"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the file's own name and a property list in it."""
        if not head.name.lower().endswith("info.plist"):
            return 0
        return 95 if head.data.startswith(b"bplist0") or "<plist" in head.start else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record; a value that is no text is quarantined."""
        said = _plist(opened)
        texts, problems = {}, []
        for key in _READ:
            value = said.get(key, "")
            if isinstance(value, str | int | float):
                texts[key] = tidy(str(value))
            else:
                problems.append(Quarantine(key, "no text", one_line(repr(value))))
        bundle = texts.get("CFBundleIdentifier", "")
        yield file_record(
            opened,
            "Info.plist",
            ids=[f"bundle:{bundle}"] if bundle else (),
            notes={key: texts.get(key, "") for key in _NOTED},
            version=texts.get("CFBundleShortVersionString") or texts.get("CFBundleVersion", ""),
            description=texts.get("CFBundleDisplayName") or texts.get("CFBundleName", ""),
        )
        yield from problems


def _plist(opened: Opened) -> dict[str, Any]:
    import plistlib

    if opened.size > MAX_BYTES:
        raise Unreadable(f"a property list of {opened.size:,} bytes is more than a bundle needs")
    try:
        said = plistlib.loads(opened.bytes())
    except Exception as error:  # a foreign file meets a parser
        raise Unreadable("the property list is damaged") from error
    if not isinstance(said, dict):
        raise Unreadable("the property list holds no keys")
    return said
