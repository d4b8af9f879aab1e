"""Open a file of evidence where it lies, or a folder that is a container image."""

from __future__ import annotations

import os
from pathlib import Path

from oust.fileview import FileView

HELD = 16 * 1024**2
"""Larger files are read piece by piece, not held: bytes."""

PROGRAM = 256 * 1024
"""So are programs above this: the sandbox gets them as open files, not as copies."""

_PROGRAMS = (b"MZ", b"\x7fELF")


def open_at(place: Path) -> bytes | FileView:
    """Content of what lies at `place`. Raises OSError or ValueError where it cannot be opened."""
    return stamped(place)[0]


def stamped(place: Path) -> tuple[bytes | FileView, tuple[int, int]]:
    """The same with what tells whether it is still the same: bytes, last change in nanoseconds."""
    try:
        with place.open("rb") as file:
            info = os.fstat(file.fileno())
            viewed = info.st_size > HELD
            if not viewed and info.st_size > PROGRAM:
                viewed = file.peek(4).startswith(_PROGRAMS)
            data = FileView(place) if viewed else file.read()
        return data, (info.st_size, info.st_mtime_ns)
    except IsADirectoryError:
        from oust.containers.layout import LayoutView

        view = LayoutView(place)
        return view, view.stamp()


def stamp_of(place: Path) -> tuple[int, int]:
    """The stamp of what lies at `place` now. Raises OSError where nothing does."""
    if place.is_dir():
        return stamped(place)[1]
    info = place.stat()
    return info.st_size, info.st_mtime_ns
