"""Oust's side of the sandbox: workers are started, fed, watched and replaced."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from oust.fileview import FileView
from oust.sandbox import folders, wire
from oust.sandbox.limits import Failure, Limits
from oust.sandbox.wire import Item, Job

START_SECONDS = 60.0  # until a new worker says that it is ready, on a very busy machine
WORKERS = max(1, min(8, os.cpu_count() or 1))

Input = tuple[Any, Sequence[Any]]
"""Content (bytes, a FileView or None) and further arguments of one call."""


class Gone(Exception):
    """The worker had to be given up; the message says why."""


class Worker:
    """One process, and the socket to it. Not for two threads at once."""

    def __init__(self, tools: bool) -> None:
        self.tools = tools
        self.folder, self._held = folders.private()
        self._channel, theirs = socket.socketpair()
        words = [str(theirs.fileno()), str(self.folder), "tools" if tools else "none"]
        self._process = subprocess.Popen(  # noqa: S603 (this very Python, with words of our own)
            [sys.executable, "-m", "oust.sandbox.worker", *words],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(self.folder),
        )
        theirs.close()
        try:
            self.enforced: list[str] = self._receive(START_SECONDS, 1 << 16)
        except Gone:
            self.close()
            raise

    def run(self, function: str, items: Sequence[Input], limits: Limits) -> Iterator[Any]:
        """Call `function` for each input; yields `(word, value)` as the worker sends them.

        Raises Gone where the worker crashed, hung or answered nonsense.
        """
        handed, held = _handed(items)
        files = [one.fileno() for one in held]
        try:
            job = msgspec.msgpack.encode(Job(function, handed, limits))
            self._channel.settimeout(limits.wall)
            wire.send(self._channel, job, files)
        except wire.Broken as error:
            raise Gone(self._why(error)) from error
        finally:
            for one in held:
                if not isinstance(one, FileView):
                    one.close()
        for _ in items:
            word = "piece"
            while word == "piece":
                word, value = self._pair(limits)
                yield word, value

    def _pair(self, limits: Limits) -> tuple[str, Any]:
        answer = self._receive(limits.wall, limits.answer)
        match answer:
            case [str() as word, value] if word in ("piece", "done", "said", "failed"):
                return word, value
        raise Gone("gave an answer that is none")

    def _receive(self, seconds: float, most: int) -> Any:
        self._channel.settimeout(seconds)
        try:
            body, _ = wire.receive(self._channel, most)
            return msgspec.msgpack.decode(body)
        except TimeoutError as error:
            raise Gone(f"did not answer within {seconds:g} seconds") from error
        except wire.Broken as error:
            raise Gone(self._why(error)) from error
        except msgspec.DecodeError as error:
            raise Gone("gave an answer that is none") from error

    def _why(self, error: Exception) -> str:
        if str(error).startswith("an answer of"):
            return f"gave {error}, more than is taken"
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return f"stopped talking ({error})"
        if code == -24:  # SIGXCPU
            return "used up its processor time"
        return f"crashed (signal {-code})" if code < 0 else f"ended with exit code {code}"

    def close(self) -> None:
        """End the process and remove its folder."""
        self._channel.close()
        self._process.kill()
        self._process.wait()
        folders.remove(self.folder, self._held)
        self._held = -1


def _environment(folder: Path) -> dict[str, str]:
    kept = (
        "PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "LD_LIBRARY_PATH",
        "SYSTEMROOT",
        "LANG",
        "LC_ALL",
        "LIBARCHIVE",
    )
    given = {name: os.environ[name] for name in kept if name in os.environ}
    return given | {"TMPDIR": str(folder), "HOME": str(folder), "OMP_NUM_THREADS": "1"}


def _handed(items: Sequence[Input]) -> tuple[list[Item], list[Any]]:
    """The items as sent, and the files that go with them."""
    sent: list[Item] = []
    held: list[Any] = []
    for content, arguments in items:
        item = Item(list(arguments))
        if isinstance(content, FileView):
            item.file, item.start, item.size = len(held), content.start, len(content)
            held.append(content)
        elif content is not None and (file := wire.as_file(content)):
            item.file, item.size = len(held), len(content)
            held.append(file)
        elif content is not None:
            item.content = bytes(content)
        sent.append(item)
    return sent, held


class Pool:
    """Idle workers, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._threads: ThreadPoolExecutor | None = None
        self._swept = False

    def take(self, tools: bool) -> Worker:
        """An idle worker or a new one. Raises Gone where none can be started."""
        if not hasattr(socket, "send_fds"):
            raise Gone("needs Linux or macOS: foreign parsers are run in confined processes only")
        with self._lock:
            for one in self._idle:
                if one.tools == tools:
                    self._idle.remove(one)
                    return one
            if not self._swept:
                self._swept = True
                folders.sweep()
        return Worker(tools)

    def give(self, worker: Worker) -> None:
        """Take a worker back for the next job."""
        with self._lock:
            if len(self._idle) < WORKERS + 1:
                self._idle.append(worker)
                return
        worker.close()

    def threads(self) -> ThreadPoolExecutor:
        """Threads that each talk with one worker."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(WORKERS, "sandbox")
            return self._threads

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            threads, self._threads = self._threads, None
        if threads:
            threads.shutdown(cancel_futures=True)
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            one.close()


_pool = Pool()


def close() -> None:
    """End all workers; the next call starts new ones."""
    _pool.close()


atexit.register(close)


def call(function: str, data: Any, *arguments: Any, limits: Limits | None = None) -> Any:
    """`function(data, *arguments)` in a worker; its result in plain types, or a Failure."""
    return call_each(function, [(data, arguments)], limits)[0]


def submit(
    function: str, items: Sequence[Input], limits: Limits | None = None
) -> Future[list[Any]]:
    """`call_each` beside what goes on here: as many at once as there are processors."""
    return _pool.threads().submit(call_each, function, items, limits)


def call_each(function: str, items: Sequence[Input], limits: Limits | None = None) -> list[Any]:
    """The function's result for each input, or a Failure; a crash costs one input its answer."""
    answers: list[Any] = []
    while len(answers) < len(items):
        rest = items[len(answers) :]
        try:
            answers += _answers(function, rest[: wire.MOST_FILES], limits or Limits(), answers)
        except Gone as error:
            answers.append(Failure(str(error)))
    return answers


def _answers(function: str, items: Sequence[Input], limits: Limits, before: list[Any]) -> list[Any]:
    """Answers to `items`; where the worker is lost, those it gave are added to `before`."""
    worker, found = _pool.take(False), []
    try:
        for word, value in worker.run(function, items, limits):
            found.append(_result(word, value))
            if word == "failed":
                break  # memory was short: a new worker starts with all of it
    except BaseException:
        worker.close()
        before += found
        raise
    if found and isinstance(found[-1], Failure) and found[-1].crashed:
        worker.close()
    else:
        _pool.give(worker)
    return found


def _result(word: str, value: Any) -> Any:
    return value if word == "done" else Failure(str(value), crashed=word == "failed")


def stream(
    function: str,
    data: Any,
    *arguments: Any,
    limits: Limits | None = None,
    tools: bool = False,
) -> Iterator[Any]:
    """What the generator `function(data, *arguments)` yields in a worker; a Failure ends it.

    With `tools` the worker may start installed programs, and write in its own folder.
    """
    try:
        worker = _pool.take(tools)
    except Gone as error:
        yield Failure(str(error))
        return
    whole = False
    try:
        for word, value in worker.run(function, [(data, arguments)], limits or Limits()):
            whole = word in ("done", "said")
            if word == "piece":
                yield value
            elif word != "done":
                yield _result(word, value)
    except Gone as error:
        yield Failure(str(error))
    finally:
        if whole:
            _pool.give(worker)
        else:
            worker.close()
