"""The near side of containers that are opened in the sandbox: messages become entries.

A worker sends `["entry", name, what, target]`, then of a regular file `["data", bytes]` as often as
it takes and `["end", problem]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oust import sandbox
from oust.containers.entry import HARD_LINK, LINK, SPECIAL, Entry, Lost
from oust.sandbox import Failure, Limits

LIMITS = Limits(cpu=900, wall=120.0, memory=3 * 1024**3)
TOOL_LIMITS = Limits(cpu=900, wall=900.0, memory=6 * 1024**3, file_size=8 * 1024**3)
DRAINED = 2 * 1024**3
"""Bytes of members that nobody wants which are passed by before a container is given up."""


def entries(function: str, data: Any, *arguments: Any, tools: bool = False) -> Iterator[Entry]:
    """What the generator `function` finds in `data`. Raises Lost where it gives up."""
    limits = TOOL_LIMITS if tools else LIMITS
    messages = _Messages(
        sandbox.stream(function, data, *arguments, limits=limits, tools=tools), len(data)
    )
    try:
        while (message := messages.next()) is not None:
            if isinstance(message, list) and len(message) == 4 and message[0] == "entry":
                yield from messages.entry(*message[1:])
    finally:
        messages.close()


class _Messages:
    """The stream of messages of one container; also the content of the entry it stands at."""

    def __init__(self, stream: Iterator[Any], size: int) -> None:
        self._stream, self._size = stream, size
        self._inside = False
        self._drained = 0

    def next(self) -> Any:
        message = next(self._stream, None)
        if isinstance(message, Failure):
            self._inside = False
            raise Lost(message.reason)
        return message

    def entry(self, name: str, what: str, target: str) -> Iterator[Entry]:
        if what in (LINK, HARD_LINK, SPECIAL):
            yield Entry(name, skipped=what, target=target)
            return
        self._inside = True
        yield Entry(name, open=lambda: self, packed=self._size)
        while self.read1():
            self._drained += 1024 * 1024
            if self._drained > DRAINED:
                raise Lost("holds far more than is read")

    def read1(self, size: int = -1) -> bytes:
        """The next piece; empty at the end of the entry. Raises Lost where the entry is damaged."""
        while self._inside:
            message = self.next()
            match message:
                case ["data", bytes() as piece]:
                    if piece:
                        return piece
                case ["end", str() as problem]:
                    self._inside = False
                    if problem:
                        raise Lost(problem)
                case None:
                    self._inside = False
                    raise Lost("ended within a member")
        return b""

    def __enter__(self) -> _Messages:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing: what is left of the entry is passed by when the next one is asked for."""

    def close(self) -> None:
        self._inside = False
        closing = getattr(self._stream, "close", None)
        if closing:
            closing()
