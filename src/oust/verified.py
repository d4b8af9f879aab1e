"""Check signatures, of files with a sighted signer only, and keep what came of it by digest.

A file is opened where it lies, through its containers, and must still have the digest with which it
was read. Nobody is asked about revocation and no root is trusted by itself: see `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oust import sandbox, unpack
from oust.fileview import digest_of, place_of
from oust.formats.envelope import unwrap
from oust.formats.seam import Opened, Unreadable
from oust.opening import open_at
from oust.sandbox import Failure, Limits

if TYPE_CHECKING:
    from oust.store import Store

MOST = 500
"""Files checked in one go; the others are told to be unchecked."""

LIMITS = Limits(cpu=60, wall=90.0)
FUNCTION, DIGESTS = "oust.verified:checked", "oust.verified:authentihashes"
SKIPPED = f"not checked: more than {MOST} files with a sighted signer"
GONE = "not checked: the file is no longer where it was read, or has changed"


def check(store: Store) -> bool:
    """Check what was sighted and not yet checked; true if anything was."""
    known = {row["sha256"] for row in store.verifications()}
    waiting: dict[str, dict[str, Any]] = {}
    for row in store.signer_sightings():
        if row["sha256"] not in known:
            waiting.setdefault(row["sha256"], row)
    results = dict.fromkeys(waiting, GONE)
    results |= dict.fromkeys(list(waiting)[MOST:], SKIPPED)
    for sha256, data in _opened(list(waiting.values())[:MOST]):
        results[sha256] = _checked(data)
    lasting = {sha256: said for sha256, said in results.items() if said not in (GONE, SKIPPED)}
    if waiting:
        store.add_verifications(results, set(lasting))
    return bool(waiting)


def digest_programs(store: Store) -> bool:
    """Work out by what digest a catalogue would list unsigned programs, if one is the vendor's."""
    waiting = {row["sha256"]: row for row in store.unsigned_programs()}
    found: dict[str, list[str]] = {}
    for sha256, data in _opened(list(waiting.values())):
        answer = sandbox.call(DIGESTS, data, limits=LIMITS)
        found[sha256] = [""] if isinstance(answer, Failure) else [str(one) for one in answer]
    if found:
        store.add_program_digests(found)
    return bool(found)


def _opened(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Digest and content of each file that still lies where it was read, unchanged."""
    by_place: dict[str, dict[str, str]] = {}
    for row in rows:
        by_place.setdefault(row["location"], {})[row["path"]] = row["sha256"]
    for location, wanted in by_place.items():
        for path, data in contents(place_of(location), list(wanted)):
            if digest_of(data) == wanted[path]:
                yield wanted[path], data


def authentihashes(data: Any) -> list[str]:
    """The digests by which catalogues list a Windows program. Runs in a worker."""
    from oust.formats.binary.digests import authentihash

    return [f"authentihash:{authentihash(data, name).hex()}" for name in ("sha1", "sha256")]


def _checked(data: Any) -> str:
    answer = sandbox.call(FUNCTION, data, limits=LIMITS)
    if isinstance(answer, Failure):
        return f"not checked: the check {answer.reason}"
    return str(answer)


def checked(data: Any) -> str:
    """The result of `verify` as text: `valid: unchanged since ...`. Runs in a worker."""
    from oust.formats.binary.verify import verify

    found = verify(data)
    return f"{found.result}: {found.says}"


def contents(location: Path, paths: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Content of each of the sources `paths`, all in the file at `location`, opened once."""
    try:
        data: Any = open_at(location)
    except (OSError, ValueError):
        return
    ways = {path: tuple(path.split("!/")[1:]) for path in paths}
    yield from _inside(location.name, data, ways)


def _inside(name: str, data: Any, ways: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    deeper: dict[str, dict[str, tuple[str, ...]]] = {}
    for path, way in ways.items():
        if not way:
            yield path, data
        else:
            deeper.setdefault(way[0], {})[path] = way[1:]
    if not deeper:
        return
    for member, content in _members(name, data):
        if member in deeper:
            yield from _inside(member, content, deeper.pop(member))
        if not deeper:
            return


def _members(name: str, data: Any) -> Iterator[tuple[str, Any]]:
    opened = Opened(name, data)
    try:
        yield from unwrap(opened) or ()
    except Unreadable:
        return
    kind = unpack.kind_of(data)
    for member in unpack.members(kind, opened.name, data) if kind else ():
        if not member.skipped:
            yield member.name, member.data
