"""Containers that libarchive opens: cpio, rpm, cab, 7z, ISO 9660, xar, lha, rar. For workers only.

Formats and filters are named one by one: some of libarchive's filters start programs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oust.containers.entry import HARD_LINK, LINK, SPECIAL
from oust.formats.byte_file import byte_file
from oust.formats.seam import Unreadable

FORMATS = {
    **{"cpio": "cpio", "rpm": "cpio", "cab": "cab", "7z": "7zip", "iso": "iso9660"},
    **{"xar": "xar", "lha": "lha", "rar": "rar", "rar5": "rar5"},
}
"""Our kinds and libarchive's names."""

RPM_FILTERS = ("rpm", "gzip", "bzip2", "xz", "lzma", "zstd")
BLOCK = 256 * 1024
MISSING = (
    "needs libarchive, which is not installed (Debian and Ubuntu: apt install libarchive13, "
    "macOS: brew install libarchive)"
)


def entries(data: Any, kind: str) -> Iterator[list[Any]]:
    """Messages (see `foreign.py`) of every entry. Raises Unreadable where it breaks off."""
    yield from told(byte_file(data), kind)


def told(file: Any, kind: str, names: dict[str, str] | None = None) -> Iterator[list[Any]]:
    """The same of an open file; with `names` only those entries, called so."""
    library = _library()
    try:
        with _opened(library, file, kind) as archive:
            for entry in archive:
                yield from _entry(library, entry, kind, names)
    except library.ArchiveError as error:
        raise Unreadable(_why(error)) from error


def _library() -> Any:
    if sys.platform == "linux":  # looking for it would start programs, which a worker may not
        os.environ.setdefault("LIBARCHIVE", "libarchive.so.13")
    try:
        import libarchive
        import libarchive.exception
    except Exception as error:  # ctypes finds no library, or one without a function
        raise Unreadable(MISSING) from error
    return libarchive


@contextmanager
def _opened(library: Any, file: Any, kind: str) -> Iterator[Any]:
    """libarchive's own `stream_reader`, with several filters."""
    import ctypes

    from libarchive import ffi, read

    buffer = ctypes.create_string_buffer(BLOCK)
    address = ctypes.cast(buffer, ctypes.c_void_p)

    def more(_archive: Any, _context: Any, place: Any) -> int:
        ctypes.cast(place, ctypes.POINTER(ctypes.c_void_p))[0] = address
        return int(file.readinto(buffer))

    def seek(_archive: Any, _context: Any, offset: int, whence: int) -> int:
        return int(file.seek(offset, whence))

    read_callback, seek_callback = ffi.READ_CALLBACK(more), ffi.SEEK_CALLBACK(seek)
    try:
        ffi.get_read_format_function(FORMATS[kind])
    except Exception as error:
        raise Unreadable(f"the libarchive installed knows no {kind}") from error
    with read.new_archive_read(FORMATS[kind], "none") as archive:
        for name in RPM_FILTERS if kind == "rpm" else ():
            ffi.get_read_filter_function(name)(archive)
        ffi.read_set_seek_callback(archive, seek_callback)
        ffi.read_open(archive, None, ffi.NO_OPEN_CB, read_callback, ffi.NO_CLOSE_CB)
        yield read.ArchiveRead(archive)


def _entry(
    library: Any, entry: Any, kind: str, names: dict[str, str] | None
) -> Iterator[list[Any]]:
    name = _text(entry.pathname)
    if names is not None:
        if name not in names:
            return
        name = names[name]
    if entry.isdir:
        return
    if entry.issym:
        yield ["entry", name, LINK, _text(entry.linkpath)]
    elif entry.islnk and not entry.size:  # cpio keeps the content with the last of the names
        yield ["entry", name, HARD_LINK, _text(entry.linkpath)]
    elif entry.isreg or not entry.filetype:
        yield ["entry", name, "", ""]
        yield from _content(library, entry, kind)
    else:
        yield ["entry", name, SPECIAL, ""]


def _content(library: Any, entry: Any, kind: str) -> Iterator[list[Any]]:
    problem, left = "", entry.size if kind == "xar" else None  # libarchive pads those with NULs
    try:
        for piece in entry.get_blocks(BLOCK):
            yield ["data", piece if left is None else piece[: max(left, 0)]]
            left = None if left is None else left - len(piece)
    except library.ArchiveError as error:
        problem = _why(error)
    yield ["end", problem]


def _text(name: Any) -> str:
    if isinstance(name, bytes):
        return name.decode("utf-8", "backslashreplace")
    return str(name or "").encode("utf-8", "backslashreplace").decode()


def _why(error: Exception) -> str:
    said = getattr(error, "msg", None) or "libarchive does not say how"
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    return " ".join(str(said).split())[:200]
