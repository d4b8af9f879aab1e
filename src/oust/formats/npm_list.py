"""Node.js packages: the tree of `npm ls --json`, and package-lock.json of versions 1 to 3.

The package that is described is the `subject`; the others are its components, tied by
`depends-on`. Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from oust.formats.listing import extra, load_json, pointer, string, urls
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Link, Quarantine, Record, Role, Said

_CHILD_OBJECTS = re.compile(r'"dependencies"\s*:\s*\{\s*"(?:[^"\\]|\\.)+"\s*:\s*\{')
_NOT_REGISTRY = re.compile(
    r"(?i)(file|link|git|git\+\w+|github|https?|workspace|bitbucket|gitlab):"
)
_TARBALL = re.compile(r"https?://[^/]*npmjs\.(?:org|com)/|https?://registry\.yarnpkg\.com/")
_KEY = re.compile(r'"(\w+)"\s*:')
_FLAGS = ("dev", "optional", "peer", "extraneous", "invalid", "inBundle", "deprecated")


class NpmListJson:
    """Every node of the tree is a record, also where npm repeats a package."""

    name = "npm-list-json"
    title = "Node.js packages (npm ls --json, package-lock.json)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        warned = head.start.lower().startswith("npm ")
        if not head.start.startswith("{") and not warned:
            return 0
        keys = set(_KEY.findall(head.text)) if warned else head.json_keys
        if "lockfileVersion" in keys:
            return 95
        tree = keys & {"resolved", "overridden", "problems", "extraneous", "missing"}
        return 80 if tree and _CHILD_OBJECTS.search(head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        value, before = load_json(opened)
        if before:
            yield Quarantine("line 1", "text before the JSON", one_line(before))
        if not isinstance(value, dict):
            raise Unreadable("no package in it")
        packages = value.get("packages")
        if isinstance(packages, dict):
            yield from _Lock(packages, value).said()
        else:
            yield from _tree(value)


def _tree(value: dict[str, Any]) -> Iterator[Said]:
    """The nested form: `npm ls`, and lock files of version 1."""
    if not value.keys() & {"dependencies", "name", "version"}:
        raise Unreadable("no package in it: npm listed nothing")
    open_nodes: list[tuple[str, str, Any]] = [("#", string(value.get("name")), value)]
    while open_nodes:
        locator, name, node = open_nodes.pop()
        if not isinstance(node, dict):
            yield Quarantine(locator, "package is not an object", one_line(node))
            continue
        role: Role = "subject" if locator == "#" else ""
        yield _record(locator, locator, name, node, role)
        found = node.get("dependencies")
        if found is not None and not isinstance(found, dict):
            yield Quarantine(f"{locator}/dependencies", "not an object", one_line(found))
        children = found if isinstance(found, dict) else {}
        below = [
            (locator + pointer("dependencies", key)[1:], key, child)
            for key, child in children.items()
        ]
        targets = tuple(where for where, _, child in below if isinstance(child, dict))
        if targets:
            yield Link("depends-on", locator, targets, f"{locator}/dependencies")
        open_nodes.extend(reversed(below))


class _Lock:
    """The flat form: packages by their folder, the root under the empty key."""

    def __init__(self, packages: dict[str, Any], whole: dict[str, Any]) -> None:
        self.packages = packages
        self.root = string(whole.get("name"))

    def said(self) -> Iterator[Said]:
        for folder, node in self.packages.items():
            locator = pointer("packages", folder)
            if isinstance(node, dict):
                yield from self._package(locator, folder, node)
            else:
                yield Quarantine(locator, "package is not an object", one_line(node))

    def _package(self, locator: str, folder: str, node: dict[str, Any]) -> Iterator[Said]:
        name = string(node.get("name"))
        if not name:
            name = _folder_name(folder) or self.root
        role: Role = "" if folder else "subject"
        yield _record(locator, folder or "#", name, node, role)
        resolved = string(node.get("resolved"))
        if node.get("link") is True and resolved and resolved in self.packages:
            yield Link("depends-on", folder, (resolved,), f"{locator}/resolved")
        for word in ("dependencies", "optionalDependencies", "devDependencies", "peerDependencies"):
            needed = node.get(word)
            if needed is not None and not isinstance(needed, dict):
                yield Quarantine(f"{locator}/{word}", "not an object", one_line(needed))
            names = needed if isinstance(needed, dict) else {}
            targets = tuple(found for one in names if (found := self._resolve(folder, one)))
            if targets:
                yield Link("depends-on", folder or "#", targets, f"{locator}/{word}")

    def _resolve(self, folder: str, name: str) -> str:
        """Folder that Node would load `name` from; empty if it is not installed."""
        while True:
            candidate = f"{folder}/node_modules/{name}".lstrip("/")
            if candidate in self.packages:
                return candidate
            if not folder:
                return ""
            folder = folder.rpartition("/")[0]


def _folder_name(folder: str) -> str:
    """Name of the package in a folder: what follows node_modules, else the last part."""
    _, inside, name = folder.rpartition("node_modules/")
    return name if inside else folder.rpartition("/")[2]


def _record(locator: str, ref: str, name: str, node: dict[str, Any], role: Role) -> Record:
    version = string(node.get("version"))
    resolved = string(node.get("resolved"))
    local = node.get("link") is True or _NOT_REGISTRY.match(version)
    foreign = bool(resolved) and not re.match(r"https?://.*\.t(?:ar\.)?gz", resolved)
    flags = [flag for flag in _FLAGS if node.get(flag)]
    missing = node.get("missing") is True
    about = {
        "state": "required, not installed" if missing else "",
        "required": string(node.get("required")),
        "resolved": resolved,
        "flags": ", ".join(flags),
        "license": string(node.get("license")),
    }
    from_registry = not (local or foreign or missing or role)
    return Record(
        kind="component",
        locator=locator,
        ref=ref,
        role=role,
        name=name,
        version=version,
        type="npm",
        purl=_purl(name, version) if from_registry else "",
        ids=integrity(string(node.get("integrity"))),
        urls=urls(*(text for text in (resolved, version) if not _TARBALL.match(text))),
        path=string(node.get("path")),
        extra=extra(about),
    )


def _purl(name: str, version: str) -> str:
    if not re.fullmatch(r"(?:@[\w.~-]+/)?[\w.~!'()*-]+", name) or not version:
        return ""
    return f"pkg:npm/{name.replace('@', '%40')}@{version.replace('+', '%2B')}"


def integrity(text: str) -> tuple[str, ...]:
    """Digests of the package's archive. Source: W3C Subresource Integrity."""
    found = []
    for one in text.split():
        scheme, _, digest = one.partition("-")
        try:
            raw = base64.b64decode(digest.partition("?")[0], validate=True)
        except (binascii.Error, ValueError):
            continue
        if {"sha512": 64, "sha256": 32, "sha1": 20}.get(scheme) == len(raw):
            found.append(f"{scheme}:{raw.hex()}")
    return tuple(found)
