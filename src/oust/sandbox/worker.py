"""The process that runs foreign parsers: takes jobs from a socket until it is closed."""

from __future__ import annotations

import importlib
import inspect
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from oust.fileview import FileView
from oust.formats.seam import Unreadable
from oust.sandbox import wire
from oust.sandbox.confine import confine, limit
from oust.sandbox.wire import Item, Job

JOB_LIMIT = 512 * 1024**2  # bytes of a job's message


def serve(channel: socket.socket, folder: Path, tools: bool) -> None:
    """Answer jobs until the other side closes the channel."""
    sys.dont_write_bytecode = True
    os.chdir(folder)
    enforced = confine(folder, tools)
    decode = msgspec.msgpack.Decoder(Job).decode
    wire.send(channel, msgspec.msgpack.encode(enforced))
    while True:
        try:
            body, files = wire.receive(channel, JOB_LIMIT)
        except wire.Broken:
            return
        job = decode(body)
        handles = [os.fdopen(number, "rb", buffering=0) for number in files]
        for item in job.items:
            limit(job.limits)
            _answer(channel, job.function, item, handles)
        for handle in handles:
            handle.close()


def _answer(channel: socket.socket, function: str, item: Item, handles: list[Any]) -> None:
    """Call and send `["done", result]`, `["said", why]` or `["failed", why]`; pieces before it."""
    try:
        result = _resolve(function)(_data(item, handles), *item.arguments)
        if inspect.isgenerator(result):
            for piece in result:
                _say(channel, "piece", piece)
            result = None
        _say(channel, "done", result)
    except wire.Broken:
        raise SystemExit(0) from None
    except Unreadable as error:
        _say(channel, "said", str(error))
    except MemoryError:
        _say(channel, "failed", "needs more memory than it may have")
    except RecursionError:
        _say(channel, "said", "nested too deeply to be read")
    except Exception as error:  # a foreign file met a parser: told, and the worker goes on
        _say(channel, "said", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _say(channel: socket.socket, word: str, value: Any) -> None:
    wire.send(channel, msgspec.msgpack.encode((word, value)))


def _resolve(function: str) -> Callable[..., Any]:
    """The function named; only oust's own may be called."""
    module, _, name = function.partition(":")
    if not module.startswith("oust."):
        raise ValueError(f"{function} is no function of oust")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _data(item: Item, handles: list[Any]) -> Any:
    if item.file is None:
        return item.content
    return FileView(handles[item.file], item.start, item.size)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3] == "tools")
