"""What readers of lock files share: records of packages with purls, links, counted lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from oust.formats.listing import clean, extra, string
from oust.formats.seam import Opened, Unreadable, one_line
from oust.model import Link, Quarantine, Record, Role, Said

PROJECT = "project"
"""Key of the project itself, where its lock file names it."""

NO_PACKAGES = "no package in it"
_HEX = re.compile(r"[0-9a-f]{32,128}\Z")
_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


def purl(kind: str, name: str, version: str) -> str:
    """A package URL; `name` with its namespace before the last slash. Empty without a name."""
    parts = [quote(part, safe="") for part in name.split("/") if part]
    if not parts:
        return ""
    return f"pkg:{kind}/{'/'.join(parts)}" + (f"@{quote(version, safe='')}" if version else "")


def digests(values: Iterable[str]) -> tuple[str, ...]:
    """`scheme:hex` of the values that are hexadecimal digests, with or without `sha256:` before."""
    found = (value.rpartition(":")[2].lower() for value in values)
    known = (one for one in found if _HEX.match(one) and len(one) in _BY_LENGTH)
    return tuple(dict.fromkeys(f"{_BY_LENGTH[len(one)]}:{one}" for one in known))


def package(
    locator: str,
    ref: str,
    name: str,
    version: str,
    *,
    type: str,
    purl: str = "",
    role: Role = "",
    about: dict[str, str] | None = None,
    **fields: Any,
) -> Record:
    """The record of one locked package. `about`: what else a reader should see."""
    return Record(
        kind="component",
        locator=locator,
        ref=ref,
        role=role,
        name=name,
        version=version,
        type=type,
        purl=purl,
        extra=extra(about or {}),
        **fields,
    )


def depends(origin: str, targets: Iterable[str], locator: str) -> Iterator[Link]:
    """The link from a package to those it needs; none if there are none."""
    each = tuple(dict.fromkeys(one for one in targets if one and one != origin))
    if each:
        yield Link("depends-on", origin, each, locator)


def some(said: Iterator[Said]) -> Iterator[Said]:
    """What was said. Raises Unreadable at the end if no package was among it."""
    found = False
    for one in said:
        found = found or isinstance(one, Record)
        yield one
    if not found:
        raise Unreadable(NO_PACKAGES)


def lines(opened: Opened) -> Iterator[tuple[int, str]]:
    """Lines that are neither blank nor comments, numbered from 1, without trailing space."""
    for number, line in enumerate(opened.text().split("\n"), 1):
        text = clean(line).rstrip()
        if text.strip() and not text.lstrip().startswith(("#", "//")):
            yield number, text


def strange(number: int, line: str, what: str) -> Quarantine:
    """A line that is not `what` it should be."""
    return Quarantine(f"line {number}", f"not {what}", one_line(line))


def table(value: Any, locator: str, what: str) -> tuple[dict[str, Any], list[Quarantine]]:
    """`value` as an object; what is none is quarantined, what is absent is empty."""
    if isinstance(value, dict):
        return value, []
    wrong = [] if value is None else [Quarantine(locator, f"{what}: not a table", one_line(value))]
    return {}, wrong


def texts(value: Any) -> list[str]:
    """The scalars of a list as text; a single one as a list of it."""
    given = value if isinstance(value, list) else [value]
    return [text for one in given if (text := string(one))]
