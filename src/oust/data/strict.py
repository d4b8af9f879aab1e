"""Read a YAML file of ours strictly into its types, and say every mistake with its line.

The types are the schema: `_Reader` walks nodes along them. What types cannot say is the matter of
`Schema.check`. A file with a mistake gives no value at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from oust.data.nodes import EMPTY, MAX_BYTES, List, Map, Node, Text, compose
from oust.errors import OustError

_MAX_PROBLEMS = 100
_SHOWN = 3
_WHOLE = re.compile(r"-?\d{1,6}")
T = TypeVar("T", bound=Struct)


class Problem(Struct, frozen=True):
    """A mistake in a file; line and column start at 1. A warning does not stop loading."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        kind = "warning: " if self.warning else ""
        return f"{self.path}:{self.line}:{self.column}: {kind}{self.message}{hint}"


class Entry(Struct):
    """One mapping that was read: its values, and the node of each for its line."""

    type: type[Struct]
    values: dict[str, Any]
    nodes: dict[str, Node]
    node: Map
    where: str  # `identifiers` for an entry of that list, empty for the file itself
    entries: list[Entry] = []  # mappings within this one, in order

    def under(self, key: str) -> list[Entry]:
        """The mappings under one of its keys."""
        return [entry for entry in self.entries if entry.where == key]

    def at(self, key: str) -> Node:
        """Where a key's value stands, or else the mapping itself."""
        return self.nodes.get(key, self.node)


class Findings:
    """The problems of one file, with the text they point into."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = str(path)
        self.lines = text.splitlines()
        self.problems: list[Problem] = []

    def add(self, node: Node, message: str, hint: str = "", warning: bool = False) -> None:
        """Report at a node."""
        self.at(node.line, node.column, message, hint, warning)

    def at(self, line: int, column: int, message: str, hint: str, warning: bool = False) -> None:
        """Report at a line and column, up to a bound."""
        if not self.full:
            self.problems.append(Problem(self.path, line, column, message, hint, warning))

    @property
    def full(self) -> bool:
        """Whether so much is wrong that looking further helps nobody."""
        return len(self.problems) >= _MAX_PROBLEMS

    def add_value(self, node: Node, value: str, message: str, hint: str = "", **kw: bool) -> None:
        """Report at one value of a list or of folded text."""
        if self.full:  # finding the place reads the list again
            return
        line, column = self._find(node, value)
        self.at(line, column, message, hint, kw.get("warning", False))

    def _find(self, node: Node, value: str) -> tuple[int, int]:
        if isinstance(node, List):
            for item in node.items:
                if isinstance(item, Text) and item.value.strip() == value:
                    return item.line, item.column
        if isinstance(node, Text) and node.block:
            for number in range(node.line, len(self.lines)):
                words = self.lines[number].split()
                if value in words:
                    before = words[: words.index(value)]
                    start = 0
                    for word in before:
                        start = self.lines[number].index(word, start) + len(word)
                    return number + 1, self.lines[number].index(value, start) + 1
        return node.line, node.column


class Schema(Struct, frozen=True):
    """How a kind of file is read beyond what its types say."""

    what: str  # `a dossier`
    page: str  # page that shows a whole one
    check: Callable[[list[Entry], Findings], None]  # gets every mapping, inner ones first
    hints: dict[str, str] = {}  # what to write, by the key that is missing
    one_of: dict[type[Struct], tuple[str, str]] = {}  # `value` may be written for `values`
    split: tuple[str, ...] = ()  # lists that may be written as words in one text
    limit: int = MAX_BYTES  # a larger file is refused


def read_strict(path: Path, kind: type[T], schema: Schema) -> tuple[T | None, list[Problem]]:
    """Read and check one file. No value is given where a problem is more than a warning.

    The problems are in file order; an unreadable file is a problem like any other.
    """
    try:
        with path.open("rb") as file:
            data = file.read(schema.limit + 1)
    except IsADirectoryError:
        return None, [Problem(str(path), 1, 1, "this is a directory", "name a YAML file")]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [Problem(str(path), 1, 1, f"the file cannot be read: {reason}")]
    node, faults = compose(data, schema.limit)
    found = Findings(path, data.decode("utf-8-sig", errors="replace"))
    for fault in faults:
        hint = f"{schema.page} shows a whole one" if fault is EMPTY else fault.hint
        found.at(fault.line, fault.column, fault.message, hint)
    read = _read(node, kind, schema, found) if node is not None else None
    problems = sorted(found.problems, key=lambda p: (p.line, p.column, p.message))
    failed = any(not problem.warning for problem in problems)
    return None if failed else read, problems


def refusal(problems: list[Problem], hint: str) -> OustError:
    """The error for a file that cannot be loaded, with its first problems."""
    wrong = [problem for problem in problems if not problem.warning]
    told = "; ".join(str(problem) for problem in wrong[:_SHOWN])
    more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return OustError(told + more, hint)


def _read(node: Node, kind: type[T], schema: Schema, found: Findings) -> T | None:
    reader = _Reader(found, schema)
    value = reader.read(node, kind, "")
    schema.check(reader.entries, found)
    return value if isinstance(value, kind) else None


class _Reader:
    """Turns nodes into the types, noting what does not fit."""

    def __init__(self, found: Findings, schema: Schema) -> None:
        self.found = found
        self.schema = schema
        self.entries: list[Entry] = []
        self._open: list[Entry] = []

    def read(self, node: Node, kind: Any, where: str) -> Any:
        """Read a node as a type; None where it does not fit."""
        origin = get_origin(kind)
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self._struct(node, kind, where)
        if origin is tuple:
            return self._list(node, get_args(kind)[0], where)
        if origin is dict:
            return self._dict(node, where)
        return self._scalar(node, kind, where)

    def _struct(self, node: Node, kind: type[Struct], where: str) -> Struct | None:
        if not isinstance(node, Map):
            what = f"each entry of {where}" if where else self.schema.what
            self.found.add(node, f"{what} must be a mapping of keys to values")
            return None
        entry = Entry(kind, {}, {}, node, where)
        types = _types(kind)
        self._open.append(entry)
        for key, value in node.pairs:
            self._key(key, value, entry, types)
        self._open.pop()
        self._required(entry)
        self.entries.append(entry)
        if self._open:
            self._open[-1].entries.append(entry)
        try:
            return kind(**entry.values)
        except TypeError:  # a required key is missing: reported above
            return None

    def _key(self, key: Text, value: Node, entry: Entry, types: dict[str, Any]) -> None:
        name = key.value
        one, several = self.schema.one_of.get(entry.type, ("", ""))
        if one and name == one:
            name = several
            value = List(value.line, value.column, [value])
        if name not in types:
            known = [*types, one]
            hint = "in { } a comma starts a new key: put the text in quotes" if " " in name else ""
            hint = did_you_mean(name, known) or hint
            self.found.add(key, f"unknown key {quoted(name)}", hint)
        elif name in entry.nodes:
            self.found.add(key, f"the key {quoted(key.value)} stands here twice")
        else:
            entry.nodes[name] = value
            read = self.read(value, types[name], name)
            if read is not None:
                entry.values[name] = read

    def _required(self, entry: Entry) -> None:
        for name in _required_names(entry.type):
            if name not in entry.nodes:
                self.found.add(entry.node, f"{name} is missing", self.schema.hints.get(name, ""))

    def _list(self, node: Node, kind: Any, where: str) -> tuple[Any, ...] | None:
        if isinstance(node, Text) and (kind is str or _choices(kind)):
            return self._words(node, kind, where)
        if not isinstance(node, List):
            self.found.add(node, f"{where} must be a list")
            return None
        read = [self.read(item, kind, where) for item in node.items]
        return tuple(item for item in read if item is not None)

    def _words(self, node: Text, kind: Any, where: str) -> tuple[str, ...] | None:
        text = self._scalar(node, kind, where)
        if text is None:
            return None
        return tuple(text.split()) if where in self.schema.split else (text,)

    def _dict(self, node: Node, where: str) -> dict[str, str] | None:
        if not isinstance(node, Map):
            self.found.add(node, f"{where} must be a mapping of keys to texts")
            return None
        read: dict[str, str] = {}
        for key, value in node.pairs:
            if key.value in read:
                self.found.add(key, f"the key {quoted(key.value)} stands here twice")
            read[key.value] = self._scalar(value, str, key.value) or ""
        return read

    def _scalar(self, node: Node, kind: Any, where: str) -> Any:
        if not isinstance(node, Text):
            self.found.add(node, f"{where} must be one text, not a list or mapping")
            return None
        text = node.value.strip()
        choices = _choices(kind)
        if kind is bool:
            choices = ("true", "false")
        if not text:
            self.found.add(node, f"{where} is empty", "leave the key out")
        elif choices and text not in choices:
            wanted = ", ".join(choice for choice in choices if choice)
            hint = did_you_mean(text, choices) or f"one of: {wanted}"
            self.found.add(node, f"{quoted(text)} is no {where}", hint)
        elif kind is int and not _WHOLE.fullmatch(text):
            self.found.add(node, f"{where} must be a whole number, not {quoted(text)}")
        else:
            return text == "true" if kind is bool else int(text) if kind is int else text
        return None


@cache
def _types(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _required_names(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.default is f.default_factory is NODEFAULT)


@cache
def _choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return tuple(get_args(kind))
    return ()


def quoted(text: str) -> str:
    """A value in quotes, cut where it is longer than a line can show."""
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, empty where none is near."""
    near = get_close_matches(word.lower()[:40], [k for k in known if k], n=1)
    return f"did you mean {near[0]}?" if near else ""


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar: `2017`, `2017-09` or `2017-09-13`."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = match.groups(default="1")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def is_later(one: str, other: str) -> bool:
    """Whether one date is later than another, as far as both go. Empty is open."""
    length = min(len(one), len(other))
    return bool(length) and one[:length] > other[:length]


def check_dates(entry: Entry, keys: Iterable[str], found: Findings) -> None:
    """Report each of the keys whose value is no date."""
    for key in keys:
        text = entry.values.get(key, "")
        if text and not is_date(text):
            hint = "write 2017, 2017-09 or 2017-09-13"
            found.add(entry.nodes[key], f"{key} is no date: {quoted(text)}", hint)


def check_order(entry: Entry, since: str, until: str, found: Findings) -> None:
    """Report that one date of an entry is later than the one that should follow it."""
    first, last = entry.values.get(since, ""), entry.values.get(until, "")
    if is_later(first, last):
        found.add(entry.nodes[since], f"{since} {first} is later than {until} {last}")


def check_twice(entry: Entry, found: Findings) -> None:
    """Report every text that a list of the entry holds twice."""
    for key, value in entry.values.items():
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            continue
        seen: set[str] = set()
        for item in value:
            if item.casefold() in seen:
                found.add_value(entry.nodes[key], item, f"{quoted(item)} stands in {key} twice")
            seen.add(item.casefold())
