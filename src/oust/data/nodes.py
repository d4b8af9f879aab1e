"""YAML as nodes that know their line, read without trust and without recursion.

Every scalar is kept as text, so `NO` stays a country and `2017-05` a date. What our files never
need is refused: aliases (and with them alias bombs), tags, deep nesting, several documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from msgspec import Struct

MAX_BYTES = 4 << 20
MAX_DEPTH = 8


class Fault(Struct, frozen=True):
    """Something wrong at a place; line and column start at 1."""

    line: int
    column: int
    message: str
    hint: str = ""


EMPTY = Fault(1, 1, "the file is empty")


class Text(Struct):
    """A scalar. `block` says that it was written as folded or literal text."""

    line: int
    column: int
    value: str
    block: bool = False


class List(Struct):
    """A sequence."""

    line: int
    column: int
    items: list[Node]


class Map(Struct):
    """A mapping, with every key as often as it was written."""

    line: int
    column: int
    pairs: list[tuple[Text, Node]]


Node = Text | List | Map


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def compose(data: bytes, limit: int = MAX_BYTES) -> tuple[Node | None, list[Fault]]:
    """Read one YAML document; the faults are in file order and stop at the first syntax error.

    More than `limit` bytes are refused.
    """
    faults: list[Fault] = []
    try:
        node = _build(_checked_text(data, limit), faults)
        return node, faults if node is not None or faults else [EMPTY]
    except _Refused as refused:
        return None, [*faults, refused.fault]
    except yaml.YAMLError as error:
        return None, [*faults, _syntax_fault(error, data)]


def _checked_text(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise _Refused(Fault(1, 1, f"the file is larger than {limit >> 20} MB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise _Refused(
            Fault(line, column, "the file is not UTF-8 text", "save it as UTF-8")
        ) from error
    if not text.strip():
        raise _Refused(EMPTY)
    if tab := re.search(r"^ *\t", text, re.MULTILINE):
        line = text.count("\n", 0, tab.start()) + 1
        raise _Refused(
            Fault(line, tab.end() - tab.start(), "a tab indents this line", "use spaces")
        )
    return text


def _syntax_fault(error: yaml.YAMLError, data: bytes) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        problem = getattr(error, "problem", None) or "unexpected text"
        context, start = getattr(error, "context", None), getattr(error, "context_mark", None)
        hint = f"{context} that starts in line {start.line + 1}" if context and start else ""
        return Fault(mark.line + 1, mark.column + 1, f"this is not YAML: {problem}", hint)
    position = getattr(error, "position", 0)
    line = data.count(b"\n", 0, position) + 1
    return Fault(line, 1, "the file holds a character that YAML does not allow")


def _build(text: str, faults: list[Fault]) -> Node | None:
    """Turn parser events into nodes with a stack of the open collections."""
    root: Node | None = None
    open_nodes: list[_Open] = []
    documents = 0
    for event in _events(text):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse(event, "a second document starts here", "write one per file")
        elif isinstance(event, yaml.CollectionEndEvent):
            node = open_nodes.pop().close(faults)
            root = _place(node, open_nodes, root)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(open_nodes) >= MAX_DEPTH:
                _refuse(event, "the nesting is deeper than any such file needs")
            _no_tag(event, faults)
            open_nodes.append(_Open(event))
        elif isinstance(event, yaml.NodeEvent):
            root = _place(_scalar(event, faults), open_nodes, root)
    return root


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.parse(text, Loader=loader)


class _Open:
    """A collection whose end has not been read yet."""

    def __init__(self, event: yaml.CollectionStartEvent) -> None:
        self.mapping = isinstance(event, yaml.MappingStartEvent)
        self.line, self.column = _at(event)
        self.children: list[Node] = []

    def close(self, faults: list[Fault]) -> Node:
        if not self.mapping:
            return List(self.line, self.column, self.children)
        pairs = []
        for key, value in zip(self.children[::2], self.children[1::2], strict=True):
            if isinstance(key, Text):
                pairs.append((key, value))
            else:
                faults.append(Fault(key.line, key.column, "a key must be a word"))
        return Map(self.line, self.column, pairs)


def _place(node: Node, open_nodes: list[_Open], root: Node | None) -> Node | None:
    if not open_nodes:
        return node
    open_nodes[-1].children.append(node)
    return root


def _scalar(event: yaml.NodeEvent, faults: list[Fault]) -> Text:
    line, column = _at(event)
    if isinstance(event, yaml.AliasEvent):
        faults.append(Fault(line, column, "aliases are not allowed", "write the value out"))
        return Text(line, column, "*")
    assert isinstance(event, yaml.ScalarEvent)
    _no_tag(event, faults)
    value = "" if not event.style and event.value in ("~", "null") else event.value
    return Text(line, column, value, event.style in (">", "|"))


def _no_tag(event: yaml.NodeEvent, faults: list[Fault]) -> None:
    if tag := getattr(event, "tag", None):
        faults.append(Fault(*_at(event), f"the tag {tag} is not allowed", "write plain text"))


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refuse(event: yaml.Event, message: str, hint: str = "") -> None:
    raise _Refused(Fault(*_at(event), message, hint))
