"""Python packages: `pip list --format=json`, `pip inspect`, `pip freeze` and pip's own table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats import listing
from oust.formats.listing import Hosts, complaint, extra, load_json, numbered, pointer, string, urls
from oust.formats.listing import told as lines_of
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Link, Quarantine, Record, Said

_LIST_KEYS = {
    *("name", "version", "location", "installer", "editable_project_location"),
    *("latest_version", "latest_filetype"),
}
_NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_PINNED = re.compile(rf"({_NAME})(\[[^\]]*\])?\s*===?\s*([^\s;#\\]+)")
_VERSIONED = re.compile(rf"{_NAME}(?:\[[^\]]*\])?\s*===?\s*v?\d")  # `X == "..."` is a program text
_NEEDED = re.compile(rf"({_NAME})(\[[^\]]*\])?\s*((?:[<>~!]=?|===?)[^;#\\]*)?\s*(?:[;#\\].*)?$")
_DIRECT = re.compile(rf"({_NAME})(\[[^\]]*\])?\s*@\s*(\S+)")
_EDITABLE = re.compile(r"-e\s+(\S.*)$|--editable[ =](\S.*)$")
_EGG = re.compile(rf"[#&]egg=({_NAME})")
_TABLE = re.compile(rf"({_NAME})\s{{1,}}(\d\S*)(?:\s+(\S.*))?$")
_TABLE_HEAD = re.compile(r"Package\s+Version\b")


def normal(name: str) -> str:
    """The name as PyPI compares it. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(locator: str, name: str, version: str, *, index: bool, **fields: Any) -> Record:
    """Record of a Python distribution; its purl only if it came from a package index."""
    known = index and version and re.fullmatch(r"[\w.!+-]+", version)
    quoted = version.replace("+", "%2B").replace("!", "%21")
    return Record(
        kind="program",
        locator=locator,
        ref=normal(name),
        name=name,
        version=version,
        type="python",
        purl=f"pkg:pypi/{normal(name)}@{quoted}" if known else "",
        **fields,
    )


class PipListJson:
    """The array of `pip list --format=json` or the report of `pip inspect`."""

    name = "pip-list-json"
    title = "Python packages (pip list --format=json, pip inspect)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        keys = head.json_keys
        if {"pip_version", "installed"} <= keys:
            return 92
        plain = {"name", "version"} <= keys <= _LIST_KEYS
        return 70 if plain and head.start.startswith("[") else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        value, before = load_json(opened)
        if before:
            yield Quarantine("line 1", "text before the JSON", one_line(before))
        if isinstance(value, dict):
            yield from _inspected(value)
        elif isinstance(value, list):
            yield from (_listed(pointer(at), one) for at, one in enumerate(value))
        else:
            raise Unreadable("no list of packages in it")


def _listed(locator: str, one: Any) -> Said:
    given = one if isinstance(one, dict) else {}
    name = string(given.get("name"))
    if not name:
        return Quarantine(locator, "package without name", one_line(one))
    project = string(given.get("editable_project_location"))
    about = {
        "installer": string(given.get("installer")),
        "newer version": string(given.get("latest_version")),
        "project": project,
    }
    return _package(
        locator,
        name,
        string(given.get("version")),
        index=not project,
        path=string(given.get("location")),
        extra=extra(about),
    )


def _inspected(value: dict[str, Any]) -> Iterator[Said]:
    installed = value.get("installed")
    if not isinstance(installed, list):
        raise Unreadable("pip inspect without a list of installed packages")
    names: set[str] = set()
    told: list[tuple[str, str, Any]] = []
    for at, one in enumerate(installed):
        locator = pointer("installed", at)
        metadata = one.get("metadata") if isinstance(one, dict) else None
        name = string(metadata.get("name")) if isinstance(metadata, dict) else ""
        if not isinstance(metadata, dict) or not name:
            yield Quarantine(locator, "package without name", one_line(one))
            continue
        names.add(normal(name))
        told.append((locator, normal(name), metadata.get("requires_dist")))
        yield _distribution(locator, name, one, metadata)
    for locator, name, needs in told:
        targets = _required(needs, names - {name})
        if targets:
            yield Link("depends-on", name, targets, f"{locator}/metadata/requires_dist")


def _required(needs: Any, names: set[str]) -> tuple[str, ...]:
    """Installed packages that are required; those of an extra may be there for another reason."""
    wanted = (string(one) for one in needs) if isinstance(needs, list) else ()
    found = (re.match(_NAME, one) for one in wanted if "extra ==" not in one)
    return tuple(dict.fromkeys(key for m in found if m and (key := normal(m[0])) in names))


def _distribution(locator: str, name: str, one: dict[str, Any], meta: dict[str, Any]) -> Record:
    direct = one.get("direct_url")
    origin = string(direct.get("url")) if isinstance(direct, dict) else ""
    projects = meta.get("project_url")
    texts = [string(text) for text in projects] if isinstance(projects, list) else []
    pages = [text.rpartition(", ")[2] for text in texts]
    maintainer = string(meta.get("maintainer")) or string(meta.get("maintainer_email"))
    about = {
        "maintainer": maintainer,
        "license": string(meta.get("license_expression")) or one_line(string(meta.get("license"))),
        "installer": string(one.get("installer")),
        "installed from": origin,
    }
    return _package(
        locator,
        name,
        string(meta.get("version")),
        index=not isinstance(direct, dict),
        author=string(meta.get("author")) or string(meta.get("author_email")),
        urls=urls(string(meta.get("home_page")), *pages, origin),
        path=string(one.get("metadata_location")),
        description=string(meta.get("summary")),
        extra=extra(about),
    )


class PipFreeze:
    """Lines of `pip freeze` or of a requirements file, and the table of `pip list`."""

    name = "pip-freeze"
    title = "Python packages (pip freeze, pip list table)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if listing.is_markup(head):
            return 0
        lines = listing.entries(head.lines[:-1] if len(head.lines) > 1 else head.lines)
        if any(_TABLE_HEAD.match(listing.unprefixed(line)) for line in lines[:3]):
            return 80
        told = [line for line in lines if not line.lstrip().startswith("#")]
        pinned = listing.share(_VERSIONED, told)
        direct = listing.share(re.compile(rf"{_DIRECT.pattern}|{_EDITABLE.pattern}"), told)
        return 75 if pinned and pinned + direct > 0.6 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return listing.at_least_one(self._said(opened))

    def _said(self, opened: Opened) -> Iterator[Said]:
        table = any(_TABLE_HEAD.match(listing.unprefixed(line)) for line in opened.head.lines)
        for one in lines_of(numbered(opened), Hosts()):
            if isinstance(one, Record):
                yield one
                continue
            number, line, host = one
            text = line.strip()
            if _is_frame(text):
                continue
            record = (_row if table else _frozen)(f"line {number}", text, host)
            yield record or complaint(number, line, "a package")


def _is_frame(text: str) -> bool:
    """Comments, options, rules and headings: no package stands there."""
    option = text.startswith("-") and not _EDITABLE.match(text)
    return text.startswith("#") or option or bool(_TABLE_HEAD.match(text))


def _row(locator: str, text: str, host: str) -> Record | None:
    match = listing.matching(_TABLE, text)
    if not match:
        return None
    path = match[3] or ""
    return _package(locator, match[1], match[2], index=not path, path=path, host=host)


def _frozen(locator: str, text: str, host: str) -> Record | None:
    if match := _EDITABLE.match(text):
        target = (match[1] or match[2]).strip()
        egg = _EGG.search(target)
        name = egg[1] if egg else target.rstrip("/").replace("\\", "/").rpartition("/")[2]
        about = extra({"installed from": target})
        return _package(locator, name, "", index=False, urls=urls(target), host=host, extra=about)
    text = text if _NEEDED.match(text) or _DIRECT.match(text) else listing.unprefixed(text)
    if match := _DIRECT.match(text):
        about = extra({"installed from": match[3]})
        return _package(
            locator, match[1], "", index=False, urls=urls(match[3]), host=host, extra=about
        )
    if match := _PINNED.match(text):
        return _package(locator, match[1], match[3], index="*" not in match[3], host=host)
    match = _NEEDED.match(text)
    if not match or listing.is_error(text):
        return None
    required = (match[3] or "").strip() or "any version"
    return _package(
        locator, match[1], "", index=False, host=host, extra=extra({"required": required})
    )
