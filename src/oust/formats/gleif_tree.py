"""One GLEIF record as a small tree, whichever of the three published packagings it comes in.

The Common Data File formats (LEI-CDF, RR-CDF, Reporting Exceptions) are defined in XML. GLEIF
also publishes them as JSON, where `$` holds an element's text and `@` marks its attributes, and as
CSV, whose column names are the paths: `Entity.OtherEntityNames.OtherEntityName.1.type`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from oust.formats.listing import clean, string
from oust.formats.seam import MAX_DEPTH, Unreadable

_NULLS = frozenset({"null", "none"})


class Tree:
    """An element: its text, and its attributes and children by name in lower case."""

    __slots__ = ("kids", "text")

    def __init__(self, text: str = "") -> None:
        self.text = "" if text.lower() in _NULLS else text
        self.kids: dict[str, list[Tree]] = {}

    def all(self, *path: str) -> list[Tree]:
        """Every element at a path below this one."""
        found = [self]
        for name in path:
            found = [kid for one in found for kid in one.kids.get(name.lower(), ())]
        return found

    def first(self, *path: str) -> str:
        """Text of the first element at a path that has one."""
        return next((one.text for one in self.all(*path) if one.text), "")

    def has(self, *path: str) -> bool:
        """Whether anything stands at a path."""
        return bool(self.all(*path))


def from_json(value: Any, depth: int = 0) -> Tree:
    """A tree of a JSON value; scalars are accepted where an object with `$` is usual."""
    if depth > MAX_DEPTH:
        raise Unreadable(f"JSON is nested deeper than {MAX_DEPTH} levels")
    if not isinstance(value, dict):
        return Tree(string(value))
    tree = Tree(string(value.get("$")))
    for key, one in value.items():
        if key == "$":
            continue
        name = str(key).lstrip("@").rpartition(":")[2].lower()
        listed = one if isinstance(one, list) else [one]
        tree.kids.setdefault(name, []).extend(from_json(kid, depth + 1) for kid in listed)
    return tree


def from_xml(element: Any) -> Tree:
    """A tree of an lxml element; its nesting is bounded by the parser."""
    tree = Tree(clean((element.text or "").strip()))
    for key, text in element.attrib.items():
        tree.kids.setdefault(str(key).rpartition("}")[2].lower(), []).append(Tree(str(text)))
    for child in element:
        if isinstance(child.tag, str):
            name = child.tag.rpartition("}")[2].lower()
            tree.kids.setdefault(name, []).append(from_xml(child))
    return tree


Step = tuple[str, int]
"""Name and number (from 0) of one element on a path."""


def plan(columns: Sequence[str]) -> list[tuple[Step, ...]]:
    """The path that each CSV column stands for."""
    return [_steps(column) for column in columns]


def _steps(column: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    for part in column.strip().lower().split("."):
        if part.isdigit() and len(part) < 4 and steps:
            steps[-1] = (steps[-1][0], max(int(part) - 1, 0))
        elif part:
            steps.append((part, 0))
    return tuple(steps)


def from_cells(paths: Iterable[tuple[Step, ...]], cells: Iterable[str]) -> Tree:
    """A tree of one CSV row; empty cells leave nothing behind."""
    root = Tree()
    for path, cell in zip(paths, cells, strict=False):
        text = cell.strip()
        if text:
            _put(root, path, text)
    return root


def _put(root: Tree, path: tuple[Step, ...], text: str) -> None:
    at = root
    for name, number in path:
        kids = at.kids.setdefault(name, [])
        while len(kids) <= number:
            kids.append(Tree())
        at = kids[number]
    at.text = Tree(clean(text)).text
