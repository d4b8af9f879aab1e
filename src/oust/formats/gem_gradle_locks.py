"""Gemfile.lock of Ruby, and gradle.lockfile of Java.

Sources: https://bundler.io/guides/rationale.html,
https://docs.gradle.org/current/userguide/dependency_locking.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.listing import urls
from oust.formats.lock_common import PROJECT, depends, lines, package, purl, some, strange
from oust.formats.seam import Head, Needles, Opened
from oust.model import Said

_SECTION = re.compile(r"(GEM|GIT|PATH|PLATFORMS|DEPENDENCIES|BUNDLED WITH|RUBY VERSION|CHECKSUMS|"
                      r"PLUGIN SOURCE)\Z")  # fmt: skip
_SPECS = re.compile(r"(?m)^  specs:\s*$")
_GEM = re.compile(r" {4}([^\s(]+) \(([^)]*)\)\Z")
_NEEDED = re.compile(r" {6}([^\s(!]+)(?: \([^)]*\))?!?\Z")
_DIRECT = re.compile(r" {2}([^\s(!]+)!?(?: \([^)]*\))?!?\Z")
_GRADLE = re.compile(r"([^\s:=#]+):([^\s:=]+):([^\s:=]+)=([\w.,-]*)\Z")
_GRADLE_HEAD = re.compile(r"(?m)^(?:[^\s:=#]+:[^\s:=]+:[^\s:=]+=[\w.,-]*|empty=[\w.,-]*)\s*$")


class GemfileLock:
    """Gems by section; those of GIT and PATH come from no registry."""

    name = "gemfile-lock"
    title = "Ruby gems (Gemfile.lock)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        some_section = re.search(r"(?m)^(?:GEM|GIT|PATH)\s*$", head.text)
        return 95 if some_section and _SPECS.search(head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return some(_gems(opened))


def _gems(opened: Opened) -> Iterator[Said]:
    section = origin = gem = ""
    at = 0
    needs: dict[str, tuple[int, list[str]]] = {}
    direct: list[str] = []
    for number, line in lines(opened):
        if _SECTION.match(line):
            section, origin, gem, at = line, "", "", number
        elif section not in ("GEM", "GIT", "PATH"):
            if section == "DEPENDENCIES" and (match := _DIRECT.match(line)):
                direct.append(match[1])
            elif not section or not line[0].isspace():
                yield strange(number, line, "a section")
        elif line.startswith("  remote:"):
            origin = line.partition(":")[2].strip()
        elif match := _GEM.match(line):
            gem = match[1]
            needs[gem] = (number, [])
            yield _gem(number, gem, match[2], section, origin)
        elif gem and (match := _NEEDED.match(line)):
            needs[gem][1].append(match[1])
        elif not re.match(r"  [\w-]+:", line):
            yield strange(number, line, "a gem")
    for name, (number, targets) in needs.items():
        yield from depends(name, (one for one in targets if one in needs), f"line {number}")
    if direct:
        yield package(f"line {at}", PROJECT, "", "", type="gem", role="subject")
        yield from depends(PROJECT, (one for one in direct if one in needs), f"line {at}")


def _gem(number: int, name: str, stated: str, section: str, origin: str) -> Said:
    version = re.split(r"-(?=[a-z])", stated, maxsplit=1)[0]  # 1.15.4-x86_64-linux
    return package(
        *(f"line {number}", name, name, version),
        type="gem",
        purl=purl("gem", name, version) if section == "GEM" else "",
        urls=urls(origin) if section == "GIT" else (),
        about={"source": origin, "section": section, "platform": stated[len(version) + 1 :]},
    )


class GradleLockfile:
    """Modules that Gradle resolved, with the configurations that use each."""

    name = "gradle-lockfile"
    title = "Java modules (gradle.lockfile)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        text = head.text[:8192]
        told = "Gradle generated file for dependency locking" in text
        return 95 if told or _whole(text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return some(_modules(opened))


def _whole(text: str) -> bool:
    """Whether all lines but the last, which may be cut, are modules."""
    given = [one for one in text.splitlines()[:-1] if one.strip() and not one.startswith("#")]
    return len(given) > 1 and all(_GRADLE_HEAD.match(one) for one in given)


def _modules(opened: Opened) -> Iterator[Said]:
    for number, line in lines(opened):
        match = _GRADLE.match(line.strip())
        if match:
            group, name, version = match[1], match[2], match[3]
            yield package(
                *(f"line {number}", f"{group}:{name}:{version}", name, version),
                type="maven",
                purl=purl("maven", f"{group}/{name}", version),
                ids=(f"group:{group}",),
                about={"configurations": match[4]},
            )
        elif not line.startswith("empty="):
            yield strange(number, line, "a module")
