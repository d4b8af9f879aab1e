"""One tree for both spellings of an inventory: elements of the XML, objects of the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oust.formats.listing import pointer, string
from oust.formats.seam import one_line
from oust.formats.xml_tree import children, local, text_of
from oust.model import Quarantine

DEEPEST = 40


@dataclass
class Node:
    """An element or object: its plain values by upper-case name, and the nodes below it."""

    name: str
    locator: str
    texts: dict[str, str] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    misfits: list[Quarantine] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """The first node of that name directly below."""
        return next((node for node in self.nodes if node.name == name), None)

    def texts_of(self, name: str) -> Mapping[str, str]:
        """Plain values of the first node of that name; empty if there is none."""
        node = self.child(name)
        return node.texts if node else {}

    def add(self, name: str, text: str) -> None:
        """Keep a plain value; repeated ones (addresses) are joined by a slash, as agents do."""
        if text and name in self.texts:
            self.texts[name] = f"{self.texts[name]}/{text}"
        elif text:
            self.texts[name] = text


def from_xml(root: Any) -> Node:
    """The tree of an XML document. The parser bounds its nesting at 256 levels."""
    name = local(root)
    return _element(name.upper(), root, f"/{name}")


def _element(name: str, element: Any, path: str) -> Node:
    node = Node(name, path)
    for below, child, where in children(element, path):
        if len(child):
            node.nodes.append(_element(below, child, where))
        else:
            node.add(below, text_of(child))
    return node


def from_json(value: Mapping[str, Any], locator: str) -> Node:
    """The tree of a JSON object."""
    return _object("", value, locator, 0)


def _object(name: str, value: Mapping[str, Any], locator: str, depth: int) -> Node:
    node = Node(name, locator)
    for key, found in value.items():
        _member(node, str(key), found, depth)
    return node


def _member(node: Node, key: str, value: Any, depth: int) -> None:
    """Add one member of an object to `node`."""
    where = _within(node.locator, key)
    if depth > DEEPEST:
        node.misfits.append(Quarantine(where, "nested too deeply", one_line(value)))
    elif isinstance(value, dict):
        node.nodes.append(_object(key.upper(), value, where, depth + 1))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, dict):
                below = _within(where, index)
                node.nodes.append(_object(key.upper(), one, below, depth + 1))
            elif isinstance(one, list):
                node.misfits.append(Quarantine(where, "a list in a list", one_line(one)))
            else:
                node.add(key.upper(), string(one))
    else:
        node.add(key.upper(), string(value))


def _within(locator: str, part: object) -> str:
    inside = pointer(part)
    return locator + inside[1:] if "#" in locator else locator + inside
