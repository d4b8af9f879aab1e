"""Homebrew formulae and casks: `brew info --json=v2 --installed`, and the older v1 array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra, load_json, pointer, string, urls
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Kind, Link, Quarantine, Record, Said

NOT_INSTALLED = "known to Homebrew, not installed"


class HomebrewJson:
    """Formulae with their dependencies, casks with the bundle ids that they quit on removal."""

    name = "homebrew-json"
    title = "Homebrew formulae and casks (brew info --json)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        keys = head.json_keys
        if {"formulae", "casks"} <= keys and head.start.startswith("{"):
            return 90
        if keys >= {"tap", "full_name"} and keys & {"installed", "linked_keg", "versions"}:
            return 85
        return 85 if keys >= {"token", "full_token", "tap"} else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        value, before = load_json(opened)
        if before:
            yield Quarantine("line 1", "text before the JSON", one_line(before))
        if isinstance(value, dict) and not value.keys() & {"formulae", "casks"}:
            value = [value]
        groups = {"": value} if isinstance(value, list) else value
        if not isinstance(groups, dict):
            raise Unreadable("no list of formulae or casks in it")
        entries = list(_entries(groups))
        names = {string(one.get("name")) for _, one in entries if isinstance(one, dict)}
        for locator, one in entries:
            yield from _entry(locator, one, names - {""})


def _entries(groups: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for group, found in groups.items():
        parts = (group,) if group else ()
        if isinstance(found, list):
            yield from ((pointer(*parts, at), one) for at, one in enumerate(found))
        else:
            yield pointer(*parts), found


def _entry(locator: str, one: Any, names: set[str]) -> Iterator[Said]:
    if isinstance(one, dict) and string(one.get("token")):
        yield _cask(locator, one)
    elif isinstance(one, dict) and string(one.get("name")):
        yield from _formula(locator, one, names)
    else:
        yield Quarantine(locator, "neither a formula nor a cask", one_line(one))


def _formula(locator: str, one: dict[str, Any], names: set[str]) -> Iterator[Said]:
    """A record of each version in the Cellar, or one that says that none is."""
    name = string(one["name"])
    kegs = one.get("installed")
    kegs = kegs if isinstance(kegs, list) else []
    for at, keg in enumerate(kegs):
        if isinstance(keg, dict) and string(keg.get("version")):
            where = f"{locator}/installed/{at}"
            yield _keg(where, one, string(keg["version"]), "program", day(string(keg.get("time"))))
        else:
            yield Quarantine(f"{locator}/installed/{at}", "no installed version", one_line(keg))
    if not kegs:
        versions = one.get("versions")
        stable = string(versions.get("stable")) if isinstance(versions, dict) else ""
        yield _keg(locator, one, stable, "component", "")
    needed = one.get("dependencies")
    targets = [text for text in map(string, needed if isinstance(needed, list) else []) if text]
    met = tuple(dict.fromkeys(text for text in targets if text in names))
    if met:
        yield Link("depends-on", name, met, f"{locator}/dependencies")


def _keg(locator: str, one: dict[str, Any], version: str, kind: Kind, since: str) -> Record:
    about = {
        "state": NOT_INSTALLED if kind == "component" else "",
        "formula": string(one.get("full_name")),
        "tap": string(one.get("tap")),
        "license": string(one.get("license")),
    }
    return Record(
        kind=kind,
        locator=locator,
        ref=string(one["name"]),
        name=string(one["name"]),
        version=version,
        type="formula",
        urls=urls(string(one.get("homepage")), _source_url(one)),
        description=string(one.get("desc")),
        since=since,
        extra=extra(about),
    )


def _source_url(one: dict[str, Any]) -> str:
    found = one.get("urls")
    stable = found.get("stable") if isinstance(found, dict) else None
    return string(stable.get("url")) if isinstance(stable, dict) else ""


def _cask(locator: str, one: dict[str, Any]) -> Record:
    names = one.get("name")
    titles = [string(text) for text in names] if isinstance(names, list) else [string(names)]
    token = string(one["token"])
    installed = string(one.get("installed"))
    about = {
        "state": "" if installed else NOT_INSTALLED,
        "tap": string(one.get("tap")),
        "other names": "; ".join(titles[1:]),
        "newer version": string(one.get("version")) if one.get("outdated") is True else "",
    }
    return Record(
        kind="program" if installed else "component",
        locator=locator,
        ref=f"cask:{token}",
        name=titles[0] if titles and titles[0] else token,
        version=installed or string(one.get("version")),
        type="cask",
        ids=ids.joined(ids.one("cask", token), _bundles(one.get("artifacts"))),
        urls=urls(string(one.get("homepage")), string(one.get("url"))),
        path=_app(one.get("artifacts")),
        description=string(one.get("desc")),
        since=day(string(one.get("installed_time"))),
        extra=extra(about),
    )


def _stanzas(artifacts: Any, word: str) -> Iterator[Any]:
    """What the artifacts say under `word`, flattened."""
    for artifact in artifacts if isinstance(artifacts, list) else []:
        found = artifact.get(word) if isinstance(artifact, dict) else None
        yield from found if isinstance(found, list) else [found] if found else []


def _bundles(artifacts: Any) -> tuple[str, ...]:
    """Bundle ids that removal quits: the cask's own applications."""
    quits = (one.get("quit") for one in _stanzas(artifacts, "uninstall") if isinstance(one, dict))
    lists = (one if isinstance(one, list) else [one] for one in quits)
    return tuple(f"bundle:{text}" for one in lists for text in map(string, one) if text)


def _app(artifacts: Any) -> str:
    app = next((string(one) for one in _stanzas(artifacts, "app") if string(one)), "")
    return app if not app or app.startswith("/") else f"/Applications/{app}"
