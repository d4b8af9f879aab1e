"""Messages between oust and a worker: a length, a body, and open files beside it."""

from __future__ import annotations

import os
import socket
import struct
import tempfile
from typing import IO, Any

from msgspec import Struct

from oust.fileview import FileView
from oust.sandbox.limits import Limits

INLINE = 256 * 1024
"""Larger content is handed over as an open file, without a copy through the socket."""

MOST_FILES = 200

_HEADER = struct.Struct("<IQ")  # files beside the message, bytes of its body


class Item(Struct, array_like=True):
    """What one call gets: content sent with the job, or the number of a file beside it."""

    arguments: list[Any]
    content: bytes | None = None
    file: int | None = None
    start: int = 0
    size: int | None = None


class Job(Struct, array_like=True):
    """A function, `module:name`, to be called for each item."""

    function: str
    items: list[Item]
    limits: Limits


class Broken(Exception):
    """The other side is gone, or sent what is no message."""


def send(channel: socket.socket, body: bytes, files: list[int] | None = None) -> None:
    """One message; `files` are descriptors that the other side gets copies of."""
    header = _HEADER.pack(len(files or ()), len(body))
    try:
        if files:
            sent = socket.send_fds(channel, [header], files)
            channel.sendall(header[sent:])
        else:
            channel.sendall(header)
        channel.sendall(body)
    except OSError as error:
        raise Broken(str(error)) from error


def receive(channel: socket.socket, most: int) -> tuple[bytes, list[int]]:
    """The next message. Raises Broken at the end or above `most` bytes, TimeoutError when late."""
    try:
        head, files, _, _ = socket.recv_fds(channel, _HEADER.size, MOST_FILES)
        head += _exactly(channel, _HEADER.size - len(head)) if head else b""
        if len(head) < _HEADER.size:
            raise Broken("ended")
        _, size = _HEADER.unpack(head)
        if size > most:
            raise Broken(f"an answer of {size:,} bytes")
        return _exactly(channel, size), files
    except TimeoutError:
        raise
    except OSError as error:
        raise Broken(str(error)) from error


def _exactly(channel: socket.socket, size: int) -> bytes:
    held = bytearray(size)
    view, at = memoryview(held), 0
    while at < size:
        count = channel.recv_into(view[at:])
        if not count:
            raise Broken("ended within a message")
        at += count
    return bytes(held)


def as_file(data: Any) -> IO[bytes] | None:
    """`data` as a file to hand over; None where it is small enough to be sent."""
    if isinstance(data, FileView):
        return None
    if len(data) <= INLINE:
        return None
    if hasattr(os, "memfd_create"):
        held: IO[bytes] = os.fdopen(os.memfd_create("oust"), "w+b", buffering=0)
    else:
        held = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (closed once it is handed over)
    rest = memoryview(data)
    while rest:
        rest = rest[held.write(rest) :]
    return held
