"""pnpm-lock.yaml of versions 5 to 9.

Source: https://github.com/pnpm/spec/tree/master/lockfile
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats.listing import pointer, string, urls
from oust.formats.lock_common import depends, package, purl, some, table
from oust.formats.npm_list import integrity
from oust.formats.relations import yaml_documents
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Quarantine, Role, Said

_VERSION = re.compile(r"(?m)^lockfileVersion:")
_AT = re.compile(r"/?(@[^/@]+/[^@/(]+|[^@/(]+)@([^(]+)")  # name@1.0.0(peer@2)
_SLASH = re.compile(r"/?(@[^/]+/[^/]+|[^/]+)/([^/_(]+)")  # /name/1.0.0_peer, to version 5
_NEEDS = ("dependencies", "optionalDependencies", "devDependencies")


class PnpmLock:
    """Packages by their key; workspaces of the project are its subjects."""

    name = "pnpm-lock"
    title = "Node.js packages (pnpm-lock.yaml)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if head.is_json or not _VERSION.search(head.text[:4000]):
            return 0
        return 96

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        for value in yaml_documents(opened.text()):
            whole, wrong = table(value, "#", "lock file")
            yield from wrong
            yield from some(_Lock(whole).said())


class _Lock:
    """One document."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.whole = whole
        self.keys: set[str] = set()

    def said(self) -> Iterator[Said]:
        packages, wrong = table(self.whole.get("packages"), "#/packages", "packages")
        snapshots, worse = table(self.whole.get("snapshots"), "#/snapshots", "snapshots")
        yield from (*wrong, *worse)
        self.keys = {_plain(key) for key in (*packages, *snapshots)}
        for key, node in packages.items():
            yield from self._package(str(key), node)
        for key, node in snapshots.items():
            yield from self._needs(_plain(key), node, pointer("snapshots", key))
        yield from self._projects()

    def _package(self, key: str, node: Any) -> Iterator[Said]:
        locator, stated = pointer("packages", key), node if isinstance(node, dict) else {}
        match = _AT.match(key) or _SLASH.match(key)
        name = string(stated.get("name")) or (match[1] if match else "")
        version = string(stated.get("version")) or (match[2] if match else "")
        if not name:
            yield Quarantine(locator, "package without name", one_line(key))
            return
        resolution = stated.get("resolution")
        given = resolution if isinstance(resolution, dict) else {}
        origin = string(given.get("tarball")) or string(given.get("repo"))
        foreign = bool(origin) or ":" in version
        yield package(
            *(locator, _plain(key), name, version),
            type="npm",
            purl="" if foreign else purl("npm", name, version),
            ids=integrity(string(given.get("integrity"))),
            urls=urls(origin),
            about={"key": key, "deprecated": string(stated.get("deprecated"))},
        )
        yield from self._needs(_plain(key), stated, locator)

    def _needs(self, origin: str, node: Any, locator: str) -> Iterator[Said]:
        stated = node if isinstance(node, dict) else {}
        for word in _NEEDS:
            needed, wrong = table(stated.get(word), f"{locator}/{word}", word)
            yield from wrong
            targets = (self._target(name, given) for name, given in needed.items())
            yield from depends(origin, targets, f"{locator}/{word}")

    def _target(self, name: str, given: Any) -> str:
        """Key of the package that a dependency is locked to; empty for links to folders."""
        version = string(given.get("version")) if isinstance(given, dict) else string(given)
        for key in (f"{name}@{version}", f"/{name}/{version}", version):
            if (plain := _plain(key)) in self.keys:
                return plain
        return ""

    def _projects(self) -> Iterator[Said]:
        importers = self.whole.get("importers")
        projects, wrong = table(importers, "#/importers", "importers")
        yield from wrong
        if importers is None:
            projects = {".": self.whole}
        for folder, node in projects.items():
            if not isinstance(node, dict) or not any(word in node for word in _NEEDS):
                continue
            locator = pointer("importers", folder) if importers is not None else "#"
            role: Role = "subject"
            ref = f"project {folder}"
            yield package(locator, ref, "" if folder == "." else str(folder), "", type="npm",
                          role=role)  # fmt: skip
            yield from self._needs(ref, node, locator)


def _plain(key: object) -> str:
    """A key without the leading slash and without the peers it was resolved for."""
    return string(key).lstrip("/").partition("(")[0]
