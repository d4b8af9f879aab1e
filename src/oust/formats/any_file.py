"""Any other file: what it is called, its digests, what its first bytes say it is, what it contains.

The last resort. No reader understands such a file; it is searched as bytes, and says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from oust.fileview import FileView
from oust.formats.seam import Head, Needles, Opened
from oust.model import Record, Said

LOCATOR = "file"
PIECE = 1024**2

_MAGIC = (
    (b"SQLite format 3\0", "SQLite database"),
    (b"!BDN", "Outlook mail folder"),
    (b"ElfFile\0", "Windows event log"),
    (b"regf", "Windows registry hive"),
    (b"%PDF", "PDF document"),
    (b"\x89PNG\r\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE compound file"),
    (b"\xca\xfe\xba\xbe", "Java class"),
    (b"\0asm", "WebAssembly"),
    (b"dex\n", "Android bytecode"),
    (b"hsqs", "SquashFS file system"),
    (b"\x27\x05\x19\x56", "U-Boot image"),
    (b"\xd0\x0d\xfe\xed", "device tree"),
    (b"LUKS\xba\xbe", "encrypted volume"),
    (b"conectix", "virtual disk"),
    (b"KDMV", "virtual disk"),
    (b"QFI\xfb", "virtual disk"),
    (b"\xd4\xc3\xb2\xa1", "packet capture"),
    (b"\xa1\xb2\xc3\xd4", "packet capture"),
    (b"\x0a\x0d\x0d\x0a", "packet capture"),
    (b"-----BEGIN ", "keys or certificates (PEM)"),
    (b"SIMPLE", "data"),
    (b"\x1bLua", "Lua bytecode"),
)
_SHEBANG = re.compile(rb"#!\s*(\S+)(?:[ \t]+(\S+))?")
_SCRIPTS = frozenset(
    "bat bash cmd js jse lua php pl ps1 psd1 psm1 py pyw rb sh tcl vbe vbs wsf zsh".split()  # noqa: SIM905
)


class AnyFile:
    """A file that no other format claims."""

    name = "file"
    title = "any other file: digests, and a search of its bytes"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """Never: it is taken where nothing else claims the source."""
        return 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record."""
        yield any_record(opened)


def any_record(opened: Opened) -> Record:
    """What can be said of any file."""
    kind, form = kind_of(opened.head)
    return Record(
        kind="file",
        locator=LOCATOR,
        ref=LOCATOR,
        name=opened.name,
        path=opened.path,
        type=kind,
        ids=opened.digests or digests(opened.data),
        extra=json.dumps({"looks like": form}, ensure_ascii=False) if form else "",
    )


def kind_of(head: Head) -> tuple[str, str]:
    """`script`, `text` or `data`, and more exactly by the first bytes where they tell."""
    if match := _SHEBANG.match(head.data):
        program = match[1].rsplit(b"/", 1)[-1]
        program = match[2] if program == b"env" and match[2] else program
        return "script", program.decode("utf-8", "replace")[:40]
    for magic, form in _MAGIC:
        if head.data.startswith(magic):
            return "data", form
    if b"\0" in head.data and not head.encoding.startswith(("utf-16", "utf-32")):
        return "data", ""
    ending = head.name.lower().rsplit(".", 1)[-1]
    return ("script", ending) if ending in _SCRIPTS else ("text", "")


def digests(data: Any, sha256: str = "") -> tuple[str, ...]:
    """Ids of the content: sha256 (unless it is known), sha1, md5, in one pass."""
    made = {"sha256": None if sha256 else hashlib.sha256()}
    made |= {name: hashlib.new(name, usedforsecurity=False) for name in ("sha1", "md5")}
    for piece in _pieces(data):
        for one in made.values():
            if one:
                one.update(piece)
    return tuple(f"{name}:{one.hexdigest() if one else sha256}" for name, one in made.items())


def _pieces(data: Any) -> Iterator[bytes]:
    if isinstance(data, FileView):
        for at in range(0, len(data), PIECE):
            yield data[at : at + PIECE]
    else:
        yield data
