"""CycloneDX as XML, 1.0 to 1.7, streamed: one component of the top level in memory at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from oust.formats.cyclonedx_parts import Parts
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Said, Tally

_ITEMS = {
    "ancestors": "component",
    "annotations": "annotation",
    "assemblies": "assembly",
    "assessors": "assessor",
    "authors": "author",
    "components": "component",
    "compositions": "composition",
    "dependencies": "dependency",
    "dependsOn": "dependency",
    "descendants": "component",
    "endpoints": "endpoint",
    "externalReferences": "reference",
    "formulation": "formula",
    "hashes": "hash",
    "licenses": "license",
    "lifecycles": "lifecycle",
    "occurrences": "occurrence",
    "organizations": "organization",
    "properties": "property",
    "provides": "provides",
    "services": "service",
    "signatories": "signatory",
    "tools": "tool",
    "variants": "component",
    "vulnerabilities": "vulnerability",
}
"""What JSON has as a list and XML as an element with children of this name."""

_SECTIONS = (
    *("components", "services", "dependencies", "compositions", "vulnerabilities"),
    *("annotations", "formulation", "externalReferences"),
)
_WHOLE = ("metadata", "declarations")
_OBJECTS = ("component", "service", "tool")
_TEXT_IN = {"hash": "content", "property": "value"}
_REPEATED = ("contact", "url", "identity", "omniborId", "swhid")
_STEP = re.compile(r"/(\w+)/(\d+)")
_TOP = {f"#/{name}": f"/bom/{name}/{_ITEMS[name]}" for name in ("components", "services")}
_ENTITY = re.compile(rb"<!ENTITY", re.I)


class _Names(dict[Any, tuple[str, str]]):
    """Namespace and local name by tag; both empty for what is no element, such as an entity."""

    def __missing__(self, tag: Any) -> tuple[str, str]:
        space, _, name = tag.rpartition("}") if isinstance(tag, str) else ("", "", "")
        if len(self) < _NAMES_KEPT:
            self[tag] = space, name
        return space, name


_NAMES_KEPT = 4096
_names = _Names()


def local(element: Any) -> str:
    """Name without namespace; empty for comments and the like."""
    return _names[element.tag][1]


def space(element: Any) -> str:
    """Namespace of an element."""
    return _names[element.tag][0]


def shape(element: Any) -> Any:
    """The element as the JSON form of CycloneDX has it: text, dict or list.

    Children of foreign extensions are left out: they mean something else under the same names.
    """
    own, name = _names[element.tag]
    if name in _ITEMS and not (name == "tools" and _is_group(element)):
        return [_item(child) for child in element if local(child) and space(child) == own]
    made: dict[str, Any] = dict(element.items())
    for child in element:
        its, part = _names[child.tag]
        if part and its == own:
            if part in made or (part in _REPEATED and name != "reference"):
                _add(made, part, shape(child))
            else:
                made[part] = shape(child)
    text = (element.text or "").strip()
    if not made and name not in _OBJECTS:
        return text
    if text and name in _TEXT_IN:
        made[_TEXT_IN[name]] = text
    return made


def _is_group(element: Any) -> bool:
    return any(local(child) in ("components", "services") for child in element)


def _item(element: Any) -> Any:
    """One item of a list, where XML and JSON differ in shape."""
    name = local(element)
    if name == "dependency":
        parts: dict[str, Any] = {"ref": element.get("ref", "")}
        for child in element:
            part = "provides" if local(child) == "provides" else "dependsOn"
            if local(child):
                parts.setdefault(part, []).append(child.get("ref", ""))
        return parts
    if name == "assembly":
        return element.get("ref", "")
    if name == "license":
        return {"license": shape(element)}
    if name == "expression":
        return {"expression": (element.text or "").strip()}
    return shape(element)


def _add(made: dict[str, Any], name: str, value: Any) -> None:
    """Put a child's value in, as a list where the name occurs again."""
    if name not in made:
        made[name] = [value] if name in _REPEATED else value
    elif isinstance(made[name], list) and not (isinstance(value, list) and name in _ITEMS):
        made[name].append(value)
    elif isinstance(made[name], list):
        made[name] += value
    else:
        made[name] = [made[name], value]


def xpath(pointer: str) -> str:
    """XPath below `/bom` of a JSON pointer below `#`."""

    section, _, last = pointer.rpartition("/")
    if section in _TOP and last.isdigit():  # nearly all; the rest costs ten times as much
        return f"{_TOP[section]}[{int(last) + 1}]"

    def step(match: re.Match[str]) -> str:
        name, number = match[1], int(match[2]) + 1
        return f"/{name}/{_ITEMS[name]}[{number}]" if name in _ITEMS else f"/{name}[{number}]"

    path = "/bom" + _STEP.sub(step, pointer.removeprefix("#"))
    path = path.replace("/dependsOn/", "/").replace("/provides/provides", "/provides")
    path = re.sub(r"(/license\[\d+\])/license\b", r"\1", path)
    return re.sub(r"/(bom-ref|ref)$", r"/@\1", path)


def located(said: Said) -> Said:
    """The same with an XPath as locator."""
    if isinstance(said, Tally):
        return said
    return msgspec.structs.replace(said, locator=xpath(said.locator))


class CycloneDXXml:
    """One `bom` element per document."""

    name = "cyclonedx-xml"
    title = "CycloneDX 1.0 to 1.7, XML"
    group = "sbom"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the namespace, which some tools get wrong or leave out; then by the root's name."""
        root, attributes = head.xml_root
        if root != "bom":
            return 0
        if "cyclonedx" in attributes.lower():
            return 100
        return 50 if re.search(r"<(\w+:)?(components|metadata|dependencies)\b", head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """The same as of the JSON form, with XPath locators."""
        if _ENTITY.search(opened.head.data):
            raise Unreadable("the XML declares entities, which are never expanded")
        parts = Parts(clean=True)
        try:
            for key, index, value in members(opened):
                parts.member(key, index, value)
                yield from map(located, parts.walker.take())
        except Unreadable:
            yield from map(located, parts.close())
            raise
        yield from map(located, parts.close())


def members(opened: Opened) -> Iterator[tuple[str, int | None, Any]]:
    """Top-level key, index within its list, value. Raises Unreadable where the XML breaks."""
    from lxml import etree

    tags = [f"{{*}}{_ITEMS[name]}" for name in _SECTIONS] + [f"{{*}}{name}" for name in _WHOLE]
    source = io.BytesIO(opened.utf8()) if opened.head.encoding != "utf-8" else _Chunks(opened)
    events = etree.iterparse(
        source,
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    counts: dict[str, int] = {}
    try:
        for _, element in events:
            key = _section(element)
            if not key:
                continue
            if key in _WHOLE:
                yield key, None, shape(element)
            else:
                counts[key] = counts.get(key, -1) + 1
                yield key, counts[key], _item(element)
            _forget(element)
        yield from _header(events.root)
    except etree.XMLSyntaxError as error:
        yield from _header(events.root)
        raise Unreadable(f"XML breaks off: {one_line(error.msg)}") from None


def _section(element: Any) -> str:
    """Top-level key that the element belongs to; empty if it is nested deeper."""
    parent = element.getparent()
    if parent is None:
        return ""
    if parent.getparent() is None:
        return local(element) if local(element) in _WHOLE else ""
    name = local(parent)
    top = parent.getparent().getparent() is None
    return name if top and _ITEMS.get(name) == local(element) and name in _SECTIONS else ""


def _forget(element: Any) -> None:
    """Free the element and its elder siblings; younger ones may be parsed already."""
    element.clear()
    parent = element.getparent()
    if parent.getparent() is not None:
        while element.getprevious() is not None:
            del parent[0]


def _header(root: Any) -> Iterator[tuple[str, int | None, Any]]:
    """What the attributes of the root say."""
    if root is None:
        return
    for name in ("serialNumber", "version"):
        if root.get(name) is not None:
            yield name, None, root.get(name)
    match = re.search(r"/bom/([\w.]+)$", space(root))
    if match:
        yield "specVersion", None, match[1]


class _Chunks:
    """A source as a file that lxml reads piece by piece."""

    def __init__(self, opened: Opened) -> None:
        self.data = opened.data
        self.at = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes."""
        piece = bytes(self.data[self.at : self.at + size])
        self.at += len(piece)
        return piece
