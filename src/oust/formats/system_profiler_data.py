"""The XML (property list) and JSON reports of macOS system_profiler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from oust.formats.dates import day
from oust.formats.json_stream import values
from oust.formats.listing import pointer
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.formats.system_profiler import DEEPEST, Item, tell
from oust.formats.xml_tree import children, local, text_of, tree
from oust.model import Quarantine, Said

_SECTION_KEY = re.compile(r"SP\w+DataType")


class Located(dict[str, Any]):
    """A dictionary of a property list that knows its XPath."""

    path: str = ""


class SystemProfilerJson:
    """`system_profiler -json`: an object of sections, each a list of items."""

    name = "system-profiler-json"
    title = "macOS system_profiler, JSON"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a section's name as a key."""
        return 95 if any(_SECTION_KEY.fullmatch(key) for key in head.json_keys) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A host per report where it says which, and its programs and parts."""
        for one in values(opened):
            if isinstance(one, Quarantine):
                yield one
            elif isinstance(one[1], dict):
                yield from tell(list(_sections(one[0], one[1])))
            else:
                yield Quarantine(one[0], "not a report", one_line(one[1]))


def _sections(locator: str, report: dict[str, Any]) -> Iterator[Item | Quarantine]:
    for section, found in report.items():
        if not _SECTION_KEY.fullmatch(section):
            yield Quarantine(_within(locator, section), "not a section", one_line(found))
            continue
        listed = found if isinstance(found, list) else [found]
        for index, value in enumerate(listed):
            parts = (section, index) if isinstance(found, list) else (section,)
            yield from _items(section, value, _within(locator, *parts), 0)


def _within(locator: str, *parts: object) -> str:
    inside = pointer(*parts)
    return locator + inside[1:] if locator.startswith("#") else locator + inside


def _items(section: str, value: Any, locator: str, depth: int) -> Iterator[Item | Quarantine]:
    """The item and those within it."""
    if not isinstance(value, dict):
        yield Quarantine(locator, "not an item of the report", one_line(value))
        return
    if depth > DEEPEST:
        yield Quarantine(locator, "items nest too deeply", one_line(value))
        return
    inner = value.get("_items")
    yield Item(section, value, locator)
    for index, one in enumerate(inner if isinstance(inner, list) else ()):
        where = one.path if isinstance(one, Located) else _within(locator, "_items", index)
        yield from _items(section, one, where, depth + 1)


class SystemProfilerXml:
    """`system_profiler -xml`, also saved as .spx: a property list."""

    name = "system-profiler-xml"
    title = "macOS system_profiler, XML (property list)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a property list with the keys of a report."""
        if head.xml_root[0] != "plist":
            return 0
        if "_dataType" in head.text or _SECTION_KEY.search(head.text):
            return 95
        return 60 if "<key>_items</key>" in head.text else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A host per property list where it says which, and its programs and parts."""
        parts = _parts(opened)
        for number, part in enumerate(parts, 1):
            root, complaints = tree(part)
            for one in complaints:  # its line is of the part, not of the file
                yield one if len(parts) == 1 else replace(one, locator=f"/plist[{number}]")
            plist = _value(root, f"/plist[{number}]")
            if not isinstance(plist, list):
                raise Unreadable("the property list is not a system_profiler report")
            yield from _report(plist, f"/plist[{number}]")


def _parts(opened: Opened) -> list[Opened]:
    """The property lists that stand in the file one after the other."""
    raw = opened.utf8()
    if raw.count(b"<plist") < 2:
        return [opened]
    found = re.split(rb"(?<=</plist>)", raw)
    return [Opened(opened.path, part) for part in found if b"<plist" in part]


def _report(plist: list[Any], path: str) -> Iterator[Said]:
    items: list[Item | Quarantine] = []
    collected = ""
    for part in plist:
        if not isinstance(part, Located):
            items.append(Quarantine(path, "not a section of the report", one_line(part)))
            continue
        section = part.get("_dataType")
        section = section if isinstance(section, str) else "SPApplicationsDataType"
        collected = collected or day(str(part.get("_timeStamp", "")))
        inner = part.get("_items")
        for one in inner if isinstance(inner, list) else ():
            where = one.path if isinstance(one, Located) else part.path
            items.extend(_items(section, one, where, 0))
    yield from tell(items, collected)


def _value(element: Any, path: str) -> Any:
    """A property list element as Python data. The parser bounds its nesting at 256 levels."""
    kind = local(element)
    if kind in ("plist", "array"):
        found = [_value(child, where) for _, child, where in children(element, path)]
        return found[0] if kind == "plist" and found else found
    if kind != "dict":
        return {"true": True, "false": False}.get(kind, text_of(element))
    pairs = Located()
    pairs.path = path
    key = ""
    for name, child, where in children(element, path):
        if name == "KEY":
            key = text_of(child)
        elif key:
            pairs[key] = _value(child, where)
            key = ""
    return pairs
