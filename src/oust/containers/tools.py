"""Containers that only an installed program opens: 7-Zip for DMG, NSIS and the like, innoextract
for Inno Setup. For workers.

The program runs in the worker's limits and writes into the worker's own folder, which is emptied
afterwards. What it unpacks is read from there, never executed, links never followed.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from oust.containers.entry import LINK, SPECIAL
from oust.fileview import FileView
from oust.formats.seam import Unreadable

SECONDS = 600
BLOCK = 256 * 1024


class Tool(Struct, frozen=True):
    """An installed program: how it may be called, with which words, and how to get it."""

    programs: tuple[str, ...]
    words: tuple[str, ...]  # between the program and the container; {folder} is where to unpack to
    missing: str


TOOLS = {
    "7-Zip": Tool(
        ("7zz", "7z", "7za"),
        ("x", "-y", "-bd", "-bso0", "-bsp0", "-p-", "-snl-", "-o{folder}"),
        "needs 7-Zip, which is not installed (Debian and Ubuntu: apt install 7zip, "
        "macOS: brew install sevenzip)",
    ),
    "innoextract": Tool(
        ("innoextract",),
        ("--extract", "--silent", "--no-gog-galaxy", "--output-dir", "{folder}", "--"),
        "needs innoextract, which is not installed (Debian and Ubuntu: apt install innoextract, "
        "macOS: brew install innoextract)",
    ),
}


def entries(data: Any, most: int, name: str = "7-Zip") -> Iterator[list[Any]]:
    """Messages (see `foreign.py`) of what the tool `name` unpacks, at most `most` bytes in all."""
    tool = TOOLS[name]
    program = next((found for one in tool.programs if (found := shutil.which(one))), None)
    if program is None:
        raise Unreadable(tool.missing)
    folder = Path(tempfile.mkdtemp(prefix="unpacked-"))
    try:
        words = [program, *(word.format(folder=folder) for word in tool.words)]
        problem = _unpack(words, name, data, folder, most)
        count = 0
        for message in _walk(folder):
            count += message[0] == "entry"
            yield message
        if problem:
            raise Unreadable(problem)
        if not count:
            raise Unreadable(f"{name} finds nothing in it")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(words: list[str], tool: str, data: Any, folder: Path, most: int) -> str:
    """Run the program over `data`; why it did not end well, or empty."""
    source = folder.with_name("source")
    handle = data.fileno() if isinstance(data, FileView) and not data.start else -1
    if handle < 0:
        with source.open("wb") as file:
            for at in range(0, len(data), BLOCK):
                file.write(data[at : at + BLOCK])
    name = str(source) if handle < 0 else f"/proc/self/fd/{handle}"
    process = subprocess.Popen(  # noqa: S603 (an installed program, in the worker's limits)
        [*words, name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[handle] if handle >= 0 else [],
    )
    try:
        return _watch(process, tool, folder, most)
    finally:
        source.unlink(missing_ok=True)


def _watch(process: subprocess.Popen[bytes], tool: str, folder: Path, most: int) -> str:
    end = time.monotonic() + SECONDS
    while process.poll() is None:
        late, large = time.monotonic() > end, _size(folder) > most
        if late or large:
            process.kill()
            process.wait()
            return f"{tool} took too long" if late else "unpacks to far more than is read"
        time.sleep(0.05)
    if process.returncode > (tool == "7-Zip"):  # whose 1 is a warning
        return f"{tool} ended with exit code {process.returncode}"
    return f"{tool} crashed" if process.returncode < 0 else ""


def _size(folder: Path) -> int:
    return sum(info.st_size for _, info in _files(folder))


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(place, name)
            try:
                yield path, path.lstat()
            except OSError:
                continue


def _walk(folder: Path) -> Iterator[list[Any]]:
    for path, info in sorted(_files(folder)):
        name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
        if stat.S_ISLNK(info.st_mode):
            yield ["entry", name, LINK, os.fsencode(path.readlink()).decode("utf-8", "replace")]
        elif not stat.S_ISREG(info.st_mode):
            yield ["entry", name, SPECIAL, ""]
        else:
            yield ["entry", name, "", ""]
            yield from _content(path)


def _content(path: Path) -> Iterator[list[Any]]:
    problem = ""
    try:
        with path.open("rb") as file:
            while piece := file.read(BLOCK):
                yield ["data", piece]
    except OSError as error:
        problem = error.strerror or str(error)
    path.unlink(missing_ok=True)
    yield ["end", problem]
