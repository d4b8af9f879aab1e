"""Lock files in JSON: Pipfile.lock, composer.lock, and packages.lock.json of NuGet.

Sources: https://pipenv.pypa.io/en/latest/pipfile.html, https://getcomposer.org/doc/01-basic-usage.md,
https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from oust.formats.listing import load_json, pointer, string, urls
from oust.formats.lock_common import depends, digests, package, purl, some, table, texts
from oust.formats.pip_list import normal
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Said


def _whole(opened: Opened) -> tuple[dict[str, Any], list[Said]]:
    """The object in the source. Raises Unreadable if there is none."""
    value, before = load_json(opened)
    if not isinstance(value, dict):
        raise Unreadable("no package in it")
    told: list[Said] = []
    if before:
        told.append(Quarantine("line 1", "text before the JSON", one_line(before)))
    return value, told


class PipfileLock:
    """Packages of every section; the section is kept beside each."""

    name = "pipfile-lock"
    title = "Python packages (Pipfile.lock)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        return 93 if {"_meta", "default"} <= head.json_keys else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        whole, told = _whole(opened)
        yield from told
        yield from some(_pipfile(whole))


def _pipfile(whole: dict[str, Any]) -> Iterator[Said]:
    for section, held in whole.items():
        if section == "_meta":
            continue
        packages, wrong = table(held, pointer(section), section)
        yield from wrong
        for name, node in packages.items():
            locator, stated = pointer(section, name), node if isinstance(node, dict) else {}
            if not isinstance(node, (dict, str)):
                yield Quarantine(locator, "package is not an object", one_line(node))
            pinned = string(stated.get("version")) or (node if isinstance(node, str) else "")
            version = pinned.lstrip("= ") if pinned.startswith("==") else ""
            origin = string(stated.get("git")) or string(stated.get("file"))
            foreign = bool(origin or stated.get("path"))
            yield package(
                *(locator, locator, name, version),
                type="python",
                purl="" if foreign else purl("pypi", normal(name), version),
                ids=digests(texts(stated.get("hashes"))),
                urls=urls(origin),
                about={"section": section, "index": string(stated.get("index"))},
            )


class ComposerLock:
    """Packages of PHP with who wrote them and what they need."""

    name = "composer-lock"
    title = "PHP packages (composer.lock)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        keys = head.json_keys
        return 93 if "content-hash" in keys and keys & {"packages", "packages-dev"} else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        whole, told = _whole(opened)
        yield from told
        yield from some(_composer(whole))


def _composer(whole: dict[str, Any]) -> Iterator[Said]:
    held: list[tuple[str, dict[str, Any], str]] = []
    for section in ("packages", "packages-dev"):
        given = whole.get(section)
        if given is not None and not isinstance(given, list):
            yield Quarantine(pointer(section), "not a list", one_line(given))
            continue
        for n, node in enumerate(given or ()):
            locator = pointer(section, n)
            if isinstance(node, dict) and string(node.get("name")):
                held.append((locator, node, section))
            else:
                yield Quarantine(locator, "package without name", one_line(node))
    known = {string(node["name"]).lower(): locator for locator, node, _ in held}
    for locator, node, section in held:
        name, version = string(node["name"]), string(node.get("version"))
        source, dist = node.get("source"), node.get("dist")
        origin = string(source.get("url")) if isinstance(source, dict) else ""
        sha = string(dist.get("shasum")) if isinstance(dist, dict) else ""
        yield package(
            *(locator, locator, name, version),
            type="composer",
            purl=purl("composer", name.lower(), version),
            ids=digests([sha]),
            urls=urls(origin, string(node.get("homepage"))),
            author=_people(node.get("authors")),
            description=string(node.get("description")),
            about={"section": section},
        )
        needed, wrong = table(node.get("require"), f"{locator}/require", "require")
        yield from wrong
        targets = (known.get(one.lower(), "") for one in needed)
        yield from depends(locator, targets, f"{locator}/require")


def _people(authors: Any) -> str:
    given = authors if isinstance(authors, list) else []
    names = (string(one.get("name")) for one in given if isinstance(one, dict))
    return ", ".join(filter(None, names))


class NuGetLock:
    """Packages of .NET for each target framework."""

    name = "nuget-lock"
    title = ".NET packages (packages.lock.json)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        keys = head.json_keys
        if not {"version", "dependencies"} <= keys or "lockfileVersion" in keys:
            return 0
        return 88 if keys & {"contentHash"} and "resolved" in keys else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        whole, told = _whole(opened)
        yield from told
        yield from some(_nuget(whole))


def _nuget(whole: dict[str, Any]) -> Iterator[Said]:
    frameworks, wrong = table(whole.get("dependencies"), "#/dependencies", "dependencies")
    yield from wrong
    for framework, held in frameworks.items():
        packages, wrong = table(held, pointer("dependencies", framework), framework)
        yield from wrong
        known = {name.lower(): pointer("dependencies", framework, name) for name in packages}
        for name, node in packages.items():
            locator = pointer("dependencies", framework, name)
            if not isinstance(node, dict):
                yield Quarantine(locator, "package is not an object", one_line(node))
                continue
            version, own = string(node.get("resolved")), node.get("type") == "Project"
            yield package(
                *(locator, locator, name, version),
                type="nuget",
                role="subject" if own else "",
                purl="" if own else purl("nuget", name, version),
                ids=_content(string(node.get("contentHash"))),
                about={
                    "framework": framework,
                    "kind": string(node.get("type")),
                    "required": string(node.get("requested")),
                },
            )
            needed, wrong = table(
                node.get("dependencies"), f"{locator}/dependencies", "dependencies"
            )
            yield from wrong
            targets = (known.get(one.lower(), "") for one in needed)
            yield from depends(locator, targets, f"{locator}/dependencies")


def _content(text: str) -> tuple[str, ...]:
    """The SHA-512 of a package, which NuGet writes in base 64."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ()
    return (f"sha512:{raw.hex()}",) if len(raw) == 64 else ()
