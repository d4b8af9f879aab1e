"""What a container holds, before it is unpacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

LINK, HARD_LINK, SPECIAL = "symbolic link", "hard link", "device or pipe"


class Entry(Struct):
    """One member: how to open it, or what it is if it is no regular file."""

    name: str
    open: Callable[[], Any] | None = None  # a stream with `read1`, to be used as a context
    packed: int = 0  # bytes it takes in the container, for the ratio
    held: Any = None  # the content itself, where nothing needs unpacking
    problem: str = ""  # why it cannot be opened
    skipped: str = ""  # LINK, HARD_LINK or SPECIAL: told, never followed
    target: str = ""  # of a link


class Lost(ValueError):
    """The container breaks off here: damaged, or its parser gave up."""


class Missing(ValueError):
    """Something that is not installed is needed to open this container."""
