"""Take rights away from this process for good, as far as the system lets it.

Linux: limits of the kernel (`resource`), a network namespace of its own, Landlock (no writing
outside one folder, no starting of programs, no TCP). Elsewhere and in containers that refuse
namespaces, an audit hook of Python refuses sockets, writing and programs to Python code only.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path
from typing import Any

from oust.sandbox.limits import Limits

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
NO_NEW_PRIVILEGES = 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
EXECUTE, WRITE_FILE = 1 << 0, 1 << 1
CHANGE = WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # remove and make entries of any kind
REFER, TRUNCATE = 1 << 13, 1 << 14  # from version 2 and 3 of Landlock on
TCP, SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals
TOOL_FOLDERS = ("/usr", "/bin", "/lib", "/lib64", "/sbin")
OPEN_FILES = 256


def confine(folder: Path, tools: bool) -> list[str]:
    """Confine this process to `folder`; with `tools` installed programs may be started.

    Returns what is enforced, in words.
    """
    done = [*_fixed_limits()]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if not libc.unshare(NEW_USER | NEW_NETWORK) or not libc.unshare(NEW_NETWORK):
            done.append("no network (namespace)")
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if version := _landlock(libc, folder, tools):
            done.append(f"writing only in its own folder, programs refused (Landlock {version})")
    _audit(folder, tools)
    return [*done, "sockets, writing and programs refused to Python code (audit hook)"]


def _fixed_limits() -> list[str]:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    return ["no core dump", f"{files} open files"]


def limit(limits: Limits) -> None:
    """Apply the bounds of the next item: memory, processor time from now on, file size."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    for what, size in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, spent + limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file_size),
    ):
        _, most = resource.getrlimit(what)
        soft = size if most == resource.RLIM_INFINITY else min(size, most)
        try:
            resource.setrlimit(what, (soft, most))
        except (ValueError, OSError):  # macOS refuses a bound on address space
            continue


def _landlock(libc: Any, folder: Path, tools: bool) -> int:
    """Restrict this process by Landlock; its version, 0 where the kernel has none."""
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return 0
    change = CHANGE | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = struct.pack("Q", change | EXECUTE)
    if version >= 4:
        rules += struct.pack("Q", TCP)
    if version >= 6:
        rules += struct.pack("Q", SCOPES)
    ruleset = libc.syscall(CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return 0
    _allow(libc, ruleset, folder, change)
    _allow(libc, ruleset, Path("/dev/null"), WRITE_FILE)
    own = [one for one in os.environ.get("PATH", "").split(os.pathsep) if one.startswith("/")]
    for place in (*TOOL_FOLDERS, *own) if tools else ():
        _allow(libc, ruleset, Path(place), EXECUTE)
    refused = libc.syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return 0 if refused else int(version)


def _allow(libc: Any, ruleset: int, place: Path, rights: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    libc.syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, handle), 0)
    os.close(handle)


def _audit(folder: Path, tools: bool) -> None:
    """Refuse to Python code what a parser has no business with."""
    inside = (f"{folder}{os.sep}", "/dev/null")
    programs = {
        "os.exec",
        "os.posix_spawn",
        "os.system",
        "subprocess.Popen",
        "os.fork",
        "pty.spawn",
    }
    changes = {"os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate"}

    def hook(event: str, arguments: Any) -> None:
        if event.startswith("socket.") and event != "socket.recvmsg":
            raise PermissionError("no network here")
        if event in programs and not tools:
            raise PermissionError("no programs here")
        if event == "open":
            name, _, flags = arguments
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if (
                writes
                and isinstance(name, str | bytes)
                and not os.fsdecode(name).startswith(inside)
            ):
                raise PermissionError("no writing here")
        elif event in changes and not os.fsdecode(arguments[0]).startswith(inside):
            raise PermissionError("no changes here")

    sys.addaudithook(hook)
