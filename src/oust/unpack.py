"""Archives and compressed files: their members, one after another, within bounds.

zip, tar and single compressed files are read here, further kinds in `oust.containers`. A hostile
archive costs at most the bounds below. Nothing is ever written under a name from an archive, and
links in one are told, not followed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import IO, Any

from msgspec import Struct

from oust.containers import ar, foreign, installers
from oust.containers.entry import HARD_LINK, LINK, SPECIAL, Entry
from oust.containers.image import Image, images, looks_like
from oust.containers.kinds import KINDS, SINGLE, kind_of
from oust.fileview import FileView

__all__ = [
    "KINDS",
    "SINGLE",
    "Budget",
    "Images",
    "Member",
    "images_of",
    "kind_of",
    "members",
    "plain_name",
]

MAX_DEPTH = 8  # archives within archives; a compressed file around one is no level of its own
MAX_LAYERS = 16  # the same, with every compressed file counted
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


class Member(Struct):
    """A member of an archive: its content, or why it could not be unpacked."""

    name: str
    data: Any = b""  # bytes or FileView
    problem: str = ""
    skipped: str = ""  # what it is, where it is no regular file: LINK, HARD_LINK or SPECIAL


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


def members(kind: str, name: str, data: Any, budget: Budget | None = None) -> Iterator[Member]:
    """Every member of the archive `data` of `kind` but folders, in the archive's order.

    Without `budget` the archive gets its own. Of several members of one name the later ones are
    called `name#2` and so on. What is no regular file says so in `skipped`. A member that cannot be
    unpacked is yielded with its problem; if the archive itself breaks off, the last Member has an
    empty name and the problem.
    """
    budget = budget or Budget.for_file(len(data))
    times: dict[str, int] = {}
    try:
        with closing(_ENTRIES[kind](name, data)) as entries:
            for n, entry in enumerate(entries):
                if n >= MAX_MEMBERS:
                    text = f"more than {MAX_MEMBERS:,} members; the rest is not read"
                    yield Member("", problem=text)
                    return
                yield _of_entry(entry, times, budget)
    except _Spent as error:
        yield Member("", problem=str(error))
    except _BROKEN as error:
        said = str(error)
        broken = said if said.startswith("needs ") else f"{kind} archive is damaged: {_say(error)}"
        yield Member("", problem=broken)


def _of_entry(entry: Entry, times: dict[str, int], budget: Budget) -> Member:
    name = plain_name(entry.name).replace("\0", "") or "(no name)"
    times[name] = count = times.get(name, 0) + 1
    if count > 1:
        name = f"{name}#{count}"
    if entry.skipped or entry.problem:
        return Member(name, problem=entry.problem, skipped=entry.skipped)
    if entry.open is None:
        return Member(name, entry.held)
    return _member(name, entry.open, entry.packed, budget)


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


def _zip(_name: str, data: Any) -> Iterator[Entry]:
    with zipfile.ZipFile(_stream(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            link = info.create_system == 3 and info.external_attr >> 28 == 0o12
            if link:
                yield Entry(info.filename, skipped=LINK)
            elif info.flag_bits & 1:
                yield Entry(info.filename, problem="encrypted")
            else:
                yield Entry(info.filename, partial(archive.open, info), info.compress_size)


def _tar(_name: str, data: Any) -> Iterator[Entry]:
    with tarfile.open(fileobj=_stream(data), mode="r:") as archive:
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # the library would hold every header
            if info.isfile():
                yield _tar_file(archive, info, data)
            elif not info.isdir():
                what = LINK if info.issym() else HARD_LINK if info.islnk() else SPECIAL
                yield Entry(info.name, skipped=what, target=info.linkname)


def _tar_file(archive: tarfile.TarFile, info: tarfile.TarInfo, data: Any) -> Entry:
    """A large member of a file on disk is viewed where it lies, not copied."""
    if info.issparse():  # the standard library's type of `sparse` is that of another
        packed = sum(size for _, size in info.sparse)  # type: ignore[union-attr,misc]
        return Entry(info.name, partial(archive.extractfile, info), packed)
    whole = info.offset_data + info.size <= len(data)
    if isinstance(data, FileView) and info.size > SPOOL and whole:
        return Entry(info.name, held=data.part(info.offset_data, info.size))
    return Entry(info.name, partial(archive.extractfile, info), info.size)


class Images(Struct):
    """The container images in a tar, and where its members lie."""

    images: list[Image] = []
    places: dict[str, tuple[int, int]] = {}  # name -> first byte, size
    told: set[str] = set()  # members that were read as descriptions of images

    def content(self, name: str, data: Any) -> Any:
        """Content of a member, viewed where it lies; None if there is no such member."""
        start, size = self.places.get(name, (0, -1))
        if size < 0 or start + size > len(data):
            return None
        large = isinstance(data, FileView) and size > SPOOL
        return data.part(start, size) if large else bytes(data[start : start + size])

    def known(self, name: str) -> bool:
        """Whether a member is a layer or describes an image, so that it is no further evidence."""
        bare = name.removeprefix("./")
        layers = any(bare in image.layers for image in self.images)
        return layers or bare in self.told or bare.rsplit("/", 1)[-1] in _DESCRIBING


_DESCRIBING = frozenset({"manifest.json", "repositories", "oci-layout", "VERSION", "json"})


def images_of(data: Any) -> Images:
    """The container images that the tar `data` holds; none if it is another tar."""
    found, links = Images(), {}
    try:
        with tarfile.open(fileobj=_stream(data), mode="r:") as archive:
            while (info := archive.next()) is not None and len(found.places) < MAX_MEMBERS:
                archive.members = []  # type: ignore[attr-defined]
                name = info.name.removeprefix("./")
                if info.issym() or info.islnk():
                    links[name] = _target(name, info)
                found.places[name] = (info.offset_data, info.size)
                if len(found.places) == 4 and not looks_like(list(found.places)):
                    return Images()
    except _BROKEN:
        return Images()
    for name, target in links.items():
        found.places[name] = found.places.get(target, (0, -1))

    def read(name: str) -> bytes:
        start, size = found.places[name]
        found.told.add(name)
        return bytes(data[start : start + min(max(size, 0), SPOOL)])

    if looks_like(list(found.places)[:4]):
        found.images = images(read)
    return found


def _target(name: str, info: tarfile.TarInfo) -> str:
    """The member of the same archive that a link names: `docker save` stores layers once."""
    if info.islnk():
        return info.linkname.removeprefix("./")
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), info.linkname))


def _single(opener: Callable[[IO[bytes]], Any], *endings: str) -> Callable[..., Any]:
    def unpack(name: str, data: Any) -> Iterator[Entry]:
        inner = name
        for ending in endings:
            if name.lower().endswith(ending):
                inner = name[: -len(ending)] + (
                    ".tar" if ending in (".tgz", ".tbz2", ".txz") else ""
                )
        yield Entry(inner or name, lambda: opener(_stream(data)), len(data))

    return unpack


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    import pyarrow as pa

    return pa.CompressedInputStream(stream, "zstd")  # type: ignore[no-any-return]


def _native(kind: str) -> Callable[[str, Any], Iterator[Entry]]:
    return lambda _name, data: foreign.entries("oust.containers.native:entries", data, kind)


def _pbzx(name: str, data: Any) -> Iterator[Entry]:
    yield Entry(f"{name}.cpio", lambda: installers.Pbzx(data), len(data))


_ENTRIES: dict[str, Callable[[str, Any], Any]] = {
    "zip": _zip,
    "tar": _tar,
    "gzip": _single(lambda stream: gzip.GzipFile(fileobj=stream), ".tgz", ".gz"),
    "bzip2": _single(bz2.BZ2File, ".tbz2", ".bz2"),
    "xz": _single(lzma.LZMAFile, ".txz", ".xz"),
    "zstd": _single(_zstd, ".zst", ".zstd"),
    "pbzx": _pbzx,
    "ar": lambda _name, data: ar.entries(data),
    "msi": lambda _name, data: foreign.entries("oust.containers.msi:entries", data),
    "installer": lambda _name, data: installers.installer(data),
    "dmg": lambda _name, data: installers.by_tool(data),
    **{kind: _native(kind) for kind in ("rpm", "cpio", "cab", "7z", "iso", "xar")},
    **{kind: _native(kind) for kind in ("lha", "rar", "rar5")},
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
