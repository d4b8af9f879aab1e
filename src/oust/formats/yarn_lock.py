"""yarn.lock of Yarn 1, and of Yarn 2 and later, whose lines are YAML of the same shape.

Sources: https://classic.yarnpkg.com/lang/en/docs/yarn-lock/,
https://yarnpkg.com/configuration/yarnrc
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from oust.formats.listing import urls
from oust.formats.lock_common import depends, digests, lines, package, purl, some, strange
from oust.formats.npm_list import integrity
from oust.formats.seam import Head, Needles, Opened
from oust.model import Quarantine, Role, Said

_HEAD = re.compile(r"\S.*:\Z")
_PAIR = re.compile(r'\s+("(?:[^"\\]|\\.)*"|[^\s:"]+):?\s*(.*)\Z')
_SPEC = re.compile(r"(@?[^@\s]+)@(.*)\Z", re.S)
_BLOCKS = ("dependencies", "optionalDependencies", "peerDependencies")
_META = "__metadata"


class _Entry(Struct):
    """One entry as its lines tell it."""

    line: int
    specs: list[str]
    fields: dict[str, str] = field(default_factory=dict)
    needs: list[tuple[str, str]] = field(default_factory=list)


class YarnLock:
    """Each entry is a package; ranges are followed to the entry that satisfies them."""

    name = "yarn-lock"
    title = "Node.js packages (yarn.lock)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        text = head.text
        if "yarn lockfile v1" in text[:400] or re.search(r"(?m)^__metadata:", text[:2000]):
            return 96
        return 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return some(_said(opened))


def _said(opened: Opened) -> Iterator[Said]:
    entries: list[_Entry] = []
    for one in _entries(opened):
        if isinstance(one, Quarantine):
            yield one
        else:
            entries.append(one)
    by_spec = {spec: str(one.line) for one in entries for spec in one.specs}
    for one in entries:
        yield from _package(one)
        targets = (_found(by_spec, name, wanted) for name, wanted in one.needs)
        yield from depends(str(one.line), targets, f"line {one.line}")


def _entries(opened: Opened) -> Iterator[_Entry | Quarantine]:
    now: _Entry | None = None
    block = ""
    for number, line in lines(opened):
        if not line[0].isspace():
            if now is not None and _META not in now.specs:
                yield now
            now = _Entry(number, _specs(line)) if _HEAD.match(line) else None
            if now is None:
                yield strange(number, line, "an entry")
            continue
        match = _PAIR.match(line)
        if not match or now is None:
            yield strange(number, line, "a field of an entry")
            continue
        depth, key, value = len(line) - len(line.lstrip()), _bare(match[1]), _bare(match[2])
        if depth <= 2:
            block = key
            now.fields[key] = value
        elif block in _BLOCKS[:2]:
            now.needs.append((key, value))
    if now is not None and _META not in now.specs:
        yield now


def _specs(line: str) -> list[str]:
    text = line[:-1]
    if text.startswith('"') and '", "' not in text:
        text = _bare(text)
    return [_bare(one.strip()) for one in text.split(",") if one.strip()]


def _bare(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].replace('\\"', '"') if quoted else text


def _found(by_spec: dict[str, str], name: str, wanted: str) -> str:
    """The entry that a range of a package is locked to, by the words of either version."""
    for spec in (f"{name}@{wanted}", f"{name}@npm:{wanted}", f"{name}@{wanted.partition(':')[2]}"):
        if spec in by_spec:
            return by_spec[spec]
    return ""


def _package(one: _Entry) -> Iterator[Said]:
    match = _SPEC.match(one.specs[0]) if one.specs else None
    if not match:
        yield strange(one.line, ", ".join(one.specs), "the name of a package")
        return
    name, wanted = match[1], match[2]
    resolution = _SPEC.match(one.fields.get("resolution", ""))
    if resolution:  # an alias: what is installed has the name that was resolved
        name, wanted = resolution[1], resolution[2]
    elif alias := re.match(r"npm:(@?[^@]+)@", wanted):
        name = alias[1]
    version = one.fields.get("version", "")
    local = wanted.startswith(("workspace:", "link:", "portal:", "file:"))
    resolved = one.fields.get("resolved", "")
    foreign = "git" in wanted.partition(":")[0] or "git" in resolved.partition(":")[0]
    checksum = one.fields.get("checksum", "").rpartition("/")[2]
    own = wanted.startswith("workspace:") and wanted.partition("@")[0] == "workspace:."
    role: Role = "subject" if own else ""
    yield package(
        *(f"line {one.line}", str(one.line), name, "" if own else version),
        type="npm",
        role=role,
        purl="" if local or foreign else purl("npm", name, version),
        ids=integrity(one.fields.get("integrity", "")) or digests([checksum]),
        urls=urls(resolved) if foreign else (),
        about={"required": ", ".join(one.specs), "resolved": resolved},
    )
