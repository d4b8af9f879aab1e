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

_NULL = "null"
_NO_KIDS: dict[str, list[Tree]] = {}


def _said(text: str) -> str:
    """The text, unless it is a word for nothing."""
    return "" if len(text) == len(_NULL) and text.lower() == _NULL else text


class Tree:
    """An element: its text, and its attributes and children by name in lower case."""

    __slots__ = ("kids", "text")

    def __init__(self, text: str = "") -> None:
        self.text = _said(text)
        self.kids = _NO_KIDS  # replaced, never changed

    def add(self, name: str, kids: Iterable[Tree]) -> None:
        """Add children called `name`."""
        if self.kids is _NO_KIDS:
            self.kids = {}
        self.kids.setdefault(name, []).extend(kids)

    def all(self, *path: str) -> list[Tree]:
        """Every element at a path below this one."""
        found = [self]
        for name in path:
            found = [kid for one in found for kid in one.kids.get(name, ())]
        return found

    def first(self, *path: str) -> str:
        """Text of the first element at a path that has one."""
        at = self
        for name in path:
            kids = at.kids.get(name)
            if kids is None:
                return ""
            if len(kids) > 1:
                return next((one.text for one in self.all(*path) if one.text), "")
            at = kids[0]
        return at.text

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
        tree.add(name, [from_json(kid, depth + 1) for kid in listed])
    return tree


def from_xml(element: Any) -> Tree:
    """A tree of an lxml element; its nesting is bounded by the parser."""
    tree = Tree(clean((element.text or "").strip()))
    for key, text in element.attrib.items():
        tree.add(str(key).rpartition("}")[2].lower(), [Tree(str(text))])
    for child in element:
        if isinstance(child.tag, str):
            name = child.tag.rpartition("}")[2].lower()
            tree.add(name, [from_xml(child)])
    return tree


class Plan:
    """Where in a CSV's columns each element stands. Columns are numbered from 0."""

    def __init__(self) -> None:
        self.own: list[int] = []  # columns with this element's text
        self.within: list[int] = []  # columns of this element and all below it
        self.kids: dict[str, list[Plan]] = {}
        self._columns: dict[tuple[str, ...], list[int]] = {}
        self._parts: dict[tuple[str, ...], list[Plan]] = {}

    @classmethod
    def of(cls, columns: Sequence[str]) -> Plan:
        """The plan of a header line."""
        root = cls()
        for number, column in enumerate(columns):
            root._put(_steps(column), number)
        return root

    def _put(self, steps: list[tuple[str, int]], column: int) -> None:
        at = self
        at.within.append(column)
        for name, number in steps:
            kids = at.kids.setdefault(name, [])
            kids += [Plan() for _ in range(number + 1 - len(kids))]
            at = kids[number]
            at.within.append(column)
        at.own.append(column)

    def parts(self, path: tuple[str, ...]) -> list[Plan]:
        """Plans of the elements at a path."""
        found = self._parts.get(path)
        if found is None:
            found = [self]
            for name in path:
                found = [kid for one in found for kid in one.kids.get(name, ())]
            self._parts[path] = found
        return found

    def columns(self, path: tuple[str, ...]) -> list[int]:
        """Columns with the texts at a path."""
        found = self._columns.get(path)
        if found is None:
            found = self._columns[path] = [c for part in self.parts(path) for c in part.own]
        return found


def _steps(column: str) -> list[tuple[str, int]]:
    """Names on the path that a column stands for, each with its number from 0."""
    steps: list[tuple[str, int]] = []
    for part in column.strip().lower().split("."):
        if part.isdecimal() and len(part) < 4 and steps:
            steps[-1] = (steps[-1][0], max(int(part) - 1, 0))
        elif part:
            steps.append((part, 0))
    return steps


class Row:
    """One CSV row, read like the tree that its columns stand for; empty cells are not there."""

    __slots__ = ("cells", "plan")

    def __init__(self, plan: Plan, cells: Sequence[str]) -> None:
        self.plan, self.cells = plan, cells

    @property
    def text(self) -> str:
        """Text of the element itself."""
        return self.first()

    def all(self, *path: str) -> list[Row]:
        """Every element at a path of which some cell is filled."""
        cells = self.cells
        parts = self.plan.parts(path)
        return [Row(part, cells) for part in parts if any(cells[c].strip() for c in part.within)]

    def first(self, *path: str) -> str:
        """Text of the first element at a path that has one."""
        cells = self.cells
        for column in self.plan.columns(path):
            if cells[column] and (text := _said(clean(cells[column].strip()))):
                return text
        return ""

    def has(self, *path: str) -> bool:
        """Whether anything stands at a path."""
        return bool(self.all(*path))


Element = Tree | Row
