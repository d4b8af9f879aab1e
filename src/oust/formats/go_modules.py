"""Modules of Go: go.mod, which says what is needed, and go.sum, which says what was looked at.

Source: https://go.dev/ref/mod
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.listing import clean
from oust.formats.lock_common import PROJECT, depends, lines, package, purl, some, strange
from oust.formats.seam import Head, Needles, Opened
from oust.model import Said

_SUM = re.compile(r"(\S+) (v\d\S*) (h1:[A-Za-z0-9+/]{43}=)\Z")
_SUM_HEAD = re.compile(r"(?m)^\S+ v\d\S* h1:[A-Za-z0-9+/]{43}=\s*$")
_MODULE = re.compile(r"(?m)^module[ \t]+\S+")
_DIRECTIVE = re.compile(
    r"(?m)^(?:go \d|require\b|replace\b|exclude\b|toolchain\b|retract\b|tool\b|godebug\b)"
)
_NEED = re.compile(r'("?[^\s"]+"?)\s+(v\d\S*)\s*(//.*)?\Z')
_REPLACE = re.compile(r"(\S+)(?:\s+(v\S+))?\s*=>\s*(\S+)(?:\s+(v\S+))?\s*(?://.*)?\Z")


class GoSum:
    """Modules whose content was checked. A module of which only go.mod was read is not built in."""

    name = "go-sum"
    title = "Go modules (go.sum)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        return 95 if _SUM_HEAD.search(head.text[:8192]) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return some(_checked(opened))


def _checked(opened: Opened) -> Iterator[Said]:
    held: dict[tuple[str, str], tuple[int, str, list[str]]] = {}
    for number, line in lines(opened):
        match = _SUM.match(line.strip())
        if not match:
            yield strange(number, line, "a module with its hash")
            continue
        version, _, what = match[2].partition("/")
        first = held.setdefault((match[1], version), (number, match[3], []))
        first[2].append(what or "content")
    for (name, version), (number, digest, what) in held.items():
        only = "" if "content" in what else "not installed: only its go.mod was read"
        yield package(
            *(f"line {number}", f"{name}@{version}", name, version),
            type="golang",
            purl=purl("golang", name, version),
            about={"hash": digest, "state": only},
        )


class GoMod:
    """What a module requires; what is replaced is told as what takes its place."""

    name = "go-mod"
    title = "Go modules (go.mod)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        text = head.text[:8192]
        return 94 if _MODULE.search(text) and _DIRECTIVE.search(text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        return some(_required(opened))


def _required(opened: Opened) -> Iterator[Said]:
    needs: dict[str, tuple[int, str, str]] = {}
    swaps: dict[str, tuple[int, str, str]] = {}
    module = ""
    block = ""
    for number, line in lines(opened):
        text = clean(line).strip()
        if text == ")":
            block = ""
            continue
        word, _, rest = text.partition(" ")
        if rest.strip() == "(" or text.endswith("("):
            block = word.rstrip("(")
            continue
        verb, body = (block, text) if block else (word, rest.strip())
        if verb == "module":
            module = body.partition("//")[0].strip().strip('"')
            yield package(f"line {number}", PROJECT, module, "", type="golang", role="subject")
        elif verb == "require" and (need := _NEED.match(body)):
            note = "indirect" if "indirect" in (need[3] or "") else ""
            needs[need[1].strip('"')] = (number, need[2], note)
        elif verb == "replace" and (swap := _REPLACE.match(body)):
            swaps[swap[1]] = (number, swap[3], swap[4] or "")
        elif verb in ("require", "replace"):
            yield strange(number, line, "a requirement")
    for name, (number, version, note) in needs.items():
        if name in swaps:
            at, other, new = swaps[name]
            yield _module(at, name, other, new, f"in place of {name} {version}")
        else:
            yield _module(number, name, name, version, note)
    direct = (name for name, (_, _, note) in needs.items() if not note)
    if module:
        yield from depends(PROJECT, direct, "line 1")


def _module(number: int, ref: str, name: str, version: str, note: str) -> Said:
    local = name.startswith((".", "/"))
    return package(
        *(f"line {number}", ref, name, version),
        type="golang",
        purl="" if local else purl("golang", name, version),
        about={"note": note},
    )
