"""Archives and compressed files: their members, one after another, within bounds.

Knows zip, tar, gzip, bzip2, xz and Zstandard. A hostile archive costs at most the bounds below.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from msgspec import Struct

from oust.fileview import FileView

MAX_DEPTH = 5  # archives within archives
MAX_MEMBERS = 200_000
MAX_BYTES = 64 * 1024**3  # of one member
MAX_RATIO = 400  # unpacked to packed, above RATIO_FREE bytes
RATIO_FREE = 64 * 1024**2
TOTAL_FREE = 1024**3  # unpacked from one file of evidence, all layers together
TOTAL_RATIO = 200  # and to its size above that
SPOOL = 16 * 1024**2  # larger members go through a temporary file, read piece by piece
_CHUNK = 1024**2

_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError, struct.error),
)


class Member(Struct, frozen=True):
    """A member of an archive: its content, or why it could not be unpacked."""

    name: str
    data: Any = b""  # bytes or FileView
    problem: str = ""


class Budget(Struct):
    """What may still be unpacked from one file of evidence, its inner archives included."""

    left: int

    @classmethod
    def for_file(cls, size: int) -> Budget:
        """The budget for a file of `size` bytes."""
        return cls(max(TOTAL_FREE, TOTAL_RATIO * size))

    def spend(self, size: int) -> None:
        """Take `size` bytes off; raise where there are not so many left."""
        self.left -= size
        if self.left < 0:
            raise _Spent("unpacks to far more than its size; the rest is not read")


class _TooLarge(Exception):
    pass


class _Spent(Exception):
    """The budget of the whole file is used up."""


def plain_name(name: str) -> str:
    """`name` without undecodable bytes, which no store or report can hold: shown as `\\xff`."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape" if _from_bytes(name) else "replace").decode(
            "utf-8", "backslashreplace"
        )
    return name


def _from_bytes(name: str) -> bool:
    """Whether all surrogates in `name` stand for bytes that are no UTF-8."""
    return all(not "\ud800" <= c <= "\udfff" or "\udc80" <= c <= "\udcff" for c in name)


def kind_of(data: bytes) -> str:
    """`zip`, `tar`, `gzip`, `bzip2`, `xz`, `zstd` or "" by the magic bytes of `data`."""
    for magic, kind in (
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\x1f\x8b", "gzip"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
    ):
        if data.startswith(magic):
            return kind
    return "tar" if data[257:262] == b"ustar" else ""


def members(kind: str, name: str, data: Any, budget: Budget | None = None) -> Iterator[Member]:
    """Every regular member of the archive `data` of `kind`, in the archive's order.

    Without `budget` the archive gets its own. A member that cannot be unpacked is yielded with its
    problem; if the archive itself breaks off, the last Member has an empty name and the problem.
    """
    try:
        yield from _MEMBERS[kind](name, data, budget or Budget.for_file(len(data)))
    except _Spent as error:
        yield Member("", problem=str(error))
    except _BROKEN as error:
        yield Member("", problem=f"{kind} archive is damaged: {_say(error)}")


def _say(error: Exception) -> str:
    return str(error) or type(error).__name__


class _Mapped(io.RawIOBase):
    """A mapped file as a seekable stream (mmap itself lacks `seekable` before Python 3.13)."""

    def __init__(self, data: Any) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._at, len(self._data))[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._data[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _stream(data: Any) -> IO[bytes]:
    return io.BytesIO(data) if isinstance(data, bytes) else io.BufferedReader(_Mapped(data))


def _zip(_name: str, data: Any, budget: Budget) -> Iterator[Member]:
    with zipfile.ZipFile(_stream(data)) as archive:
        for n, info in enumerate(archive.infolist()):
            if n >= MAX_MEMBERS:
                yield Member("", problem=f"more than {MAX_MEMBERS:,} members; the rest is not read")
                return
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                yield Member(plain_name(info.filename), problem="encrypted")
                continue
            name = plain_name(info.filename)
            yield _member(name, partial(archive.open, info), info.compress_size, budget)


def _tar(_name: str, data: Any, budget: Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=_stream(data), mode="r:") as archive:
        for n, info in enumerate(archive):
            if n >= MAX_MEMBERS:
                yield Member("", problem=f"more than {MAX_MEMBERS:,} members; the rest is not read")
                return
            if info.isfile():
                packed = info.size
                if info.issparse():  # the standard library's type of `sparse` is that of another
                    packed = sum(size for _, size in info.sparse)  # type: ignore[union-attr,misc]
                name = plain_name(info.name)
                yield _member(name, partial(archive.extractfile, info), packed, budget)


def _single(opener: Callable[[IO[bytes]], Any], *endings: str) -> Callable[..., Any]:
    def unpack(name: str, data: Any, budget: Budget) -> Iterator[Member]:
        inner = name
        for ending in endings:
            if name.lower().endswith(ending):
                inner = name[: -len(ending)] + (
                    ".tar" if ending in (".tgz", ".tbz2", ".txz") else ""
                )
        yield _member(inner or name, lambda: opener(_stream(data)), len(data), budget)

    return unpack


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    import pyarrow as pa

    return pa.CompressedInputStream(stream, "zstd")  # type: ignore[no-any-return]


_MEMBERS: dict[str, Callable[[str, Any, Budget], Iterator[Member]]] = {
    "zip": _zip,
    "tar": _tar,
    "gzip": _single(lambda stream: gzip.GzipFile(fileobj=stream), ".tgz", ".gz"),
    "bzip2": _single(bz2.BZ2File, ".tbz2", ".bz2"),
    "xz": _single(lzma.LZMAFile, ".txz", ".xz"),
    "zstd": _single(_zstd, ".zst", ".zstd"),
}


def _member(name: str, opener: Callable[[], Any], packed: int, budget: Budget) -> Member:
    """Unpack one member, keeping what came before a break."""
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 (kept by the mapping)
    problem = ""
    try:
        with opener() as stream:
            _copy(stream, spool, packed, budget)
    except _TooLarge as error:
        spool.close()
        return Member(name, problem=str(error))
    except _BROKEN as error:
        problem = f"damaged, read up to byte {spool.tell():,}: {_say(error)}"
    return Member(name, _content(spool), problem)


def _copy(stream: Any, spool: Any, packed: int, budget: Budget) -> None:
    total = 0
    while chunk := stream.read1(_CHUNK):  # `read` would lose what came just before a break
        total += len(chunk)
        budget.spend(len(chunk))
        if total > MAX_BYTES:
            raise _TooLarge(f"unpacks to more than {MAX_BYTES // 1024**3} GiB; not read")
        if total > RATIO_FREE and total > MAX_RATIO * max(packed, 1):
            raise _TooLarge(f"unpacks to more than {MAX_RATIO} times its size; not read")
        spool.write(chunk)


def _content(spool: Any) -> Any:
    size = spool.tell()
    if size > SPOOL:
        spool.flush()
        return FileView(spool)
    spool.seek(0)
    data = spool.read()
    spool.close()
    return data
