"""Functions that misbehave, for workers to run; see test_sandbox.py."""

import ctypes
import os
import socket
import subprocess
import time
from pathlib import Path

from oust.formats.seam import Unreadable


def length(data):
    return len(data)


def same(data):
    return bytes(data)


def connect(data, victim):
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def look_up(data, victim):
    socket.getaddrinfo("example.org", 80)


def write(data, victim):
    Path(victim).write_text("gone")


def remove(data, victim):
    Path(victim).unlink()


def program(data, victim):
    subprocess.run(["/bin/sh", "-c", f"echo gone > {victim}"])


def fork_it(data, victim):
    os.fork()


def natively(data, victim):
    """Past Python: the C library writes, starts a program, and asks for interfaces."""
    libc = ctypes.CDLL(None)
    handle = libc.open(victim.encode(), 0o101, 0o600)
    started = libc.system(b"exit 0") == 0
    lines = Path("/proc/net/dev").read_text().splitlines()
    interfaces = [line.split(":")[0].strip() for line in lines if ":" in line]
    return [handle >= 0, started, interfaces]


def crash(data):
    ctypes.string_at(1)


def leave(data):
    os._exit(3)


def spin(data):
    while True:
        pass


def sleep(data):
    time.sleep(60)


def greedy(data):
    return len(bytearray(4 << 30))


def babble(data):
    return "x" * 100_000


def raise_it(data):
    raise ValueError("bad\nthing")


def recurse(data):
    return recurse(data)


def unreadable(data):
    raise Unreadable("cannot be read here")


def length_unless_crash(data):
    return crash(data) if data == b"crash" else len(data)


def count_then_crash(data, count):
    yield from range(count)
    crash(data)


def count_forever(data):
    n = 0
    while True:
        yield n
        n += 1


def process_after_sleep(data, seconds):
    time.sleep(seconds)
    return os.getpid()
