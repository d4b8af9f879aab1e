"""The progress bar shown while evidence is read; nothing where no one looks."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Bar:
    """A progress bar on standard error, drawn only on a terminal."""

    def __init__(self) -> None:
        console = Console(file=sys.stderr)
        self._bar = Progress(
            TextColumn(" reading"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[files]}"),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._done, self._all = 0, 0

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trail: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def begin(self, files: int, size: int) -> None:
        """So many files of so many bytes in all are to be read."""
        self._all = files
        self._task = self._bar.add_task("", total=size, files=self._files())

    def advance(self, files: int, size: int) -> None:
        """So many more are done."""
        self._done += files
        if self._task is not None:
            self._bar.update(self._task, advance=size, files=self._files())

    def _files(self) -> str:
        return f"{self._done:,}/{self._all:,} files"
