"""Private folders of workers, and those that a killed oust has left behind."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "oust-sandbox-"
OLD = 600
"""Seconds after which a folder that nobody holds is left behind; a new one is not held yet."""


def private() -> tuple[Path, int]:
    """A new folder, and an open file that holds it for as long as this process lives."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    return folder, _hold(folder)


def remove(folder: Path, held: int) -> None:
    """Remove a folder of our own."""
    shutil.rmtree(folder, ignore_errors=True)
    if held >= 0:
        os.close(held)


def sweep() -> None:
    """Remove what killed processes of this user have left; of others nothing is touched."""
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError):
                if _left(folder) and (held := _hold(folder)) >= 0:
                    remove(folder, held)


def _left(folder: Path) -> bool:
    info = folder.lstat()
    ours = stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid()
    return ours and info.st_mtime < time.time() - OLD


def _hold(folder: Path) -> int:
    """An open file with a lock on the folder, -1 if another process has it."""
    import fcntl

    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return -1
    return held
