"""YAML written by hand, as plain values with the line on which each begins.

No types and no objects: scalars stay the text that stands there. A mistake costs the list entry it
stands in, not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from oust.formats.seam import Unreadable, one_line
from oust.model import Quarantine

MOST_VALUES = 200_000
"""Values in all, those repeated by aliases included."""

DEEPEST = 20
_TOP = re.compile(r"(?m)^(\w[\w -]*):[ \t]*(?:#.*)?$")
_DASH = re.compile(r"([ \t]*)-(?:[ \t]|$)")


class At(NamedTuple):
    """A value and the line, from 1, on which it begins."""

    value: Any  # str, list[At], dict[str, At]; None for null
    line: int


class Entry(NamedTuple):
    """One item of a list at the top level, and the key of that list ("" where it has none)."""

    key: str
    item: At


def entries(text: str) -> Iterator[Entry | Quarantine]:
    """Items of the lists at the top level, in order; other values there under their key.

    Raises Unreadable for aliases without measure, and where nothing can be read.
    """
    import yaml

    try:
        top = [_plain(node) for node in _nodes(text, 0)]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        yield from _piecewise(text, error)
        return
    for one in top:
        yield from _items(one)


def _items(top: At) -> Iterator[Entry]:
    if isinstance(top.value, list):
        yield from (Entry("", item) for item in top.value)
    elif isinstance(top.value, dict):
        for key, held in top.value.items():
            if isinstance(held.value, list):
                yield from (Entry(key, item) for item in held.value)
            else:
                yield Entry(key, held)
    else:
        yield Entry("", top)


def _piecewise(text: str, error: Exception) -> Iterator[Entry | Quarantine]:
    """Each list entry for itself, where the whole is no YAML."""
    import yaml

    found = False
    for key, line, piece in _pieces(text):
        try:
            for node in _nodes(piece, line - 1):
                for item in _plain(node).value or ():
                    found = True
                    yield Entry(key, item)
        except (yaml.YAMLError, RecursionError, ValueError, TypeError) as problem:
            reason = f"not YAML: {_what(problem, line - 1)}"
            yield Quarantine(f"line {line}", reason, one_line(piece))
    if not found:
        raise Unreadable(f"YAML cannot be read: {_what(error, 0)}")


def _pieces(text: str) -> Iterator[tuple[str, int, str]]:
    """Key of the list, first line and text of each thing that looks like an entry."""
    key, start, depth = "", 0, -1
    held: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        top, dash = _TOP.match(line), _DASH.match(line)
        begins = dash and (depth < 0 or len(dash[1]) <= depth)
        if (top or begins) and held:
            yield key, start, "\n".join(held)
            held = []
        if top:
            key, depth = top[1], -1
        elif begins and dash:
            depth, start, held = len(dash[1]), number, [line]
        elif held:
            held.append(line)
    if held:
        yield key, start, "\n".join(held)


def _nodes(text: str, above: int) -> Iterator[Any]:
    """The nodes of every document, lines counted from `above`; nesting is bounded first."""
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent))
        depth -= isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent))
        if depth > DEEPEST:
            raise Unreadable(f"nested deeper than {DEEPEST} levels")
    for node in yaml.compose_all(text, Loader=loader):
        if node is not None:
            yield _Placed(node, above)


class _Placed(NamedTuple):
    """A node, and how many lines stand above the text it was read from."""

    node: Any
    above: int


def _plain(placed: _Placed) -> At:
    """The node as values. Aliases are followed, up to MOST_VALUES in all."""
    left = [MOST_VALUES]

    def made(node: Any) -> At:
        left[0] -= 1
        if left[0] < 0:
            raise Unreadable(f"aliases repeat more than {MOST_VALUES:,} values")
        line = node.start_mark.line + 1 + placed.above
        if node.id == "sequence":
            return At([made(one) for one in node.value], line)
        if node.id == "mapping":
            return At({str(made(key).value): made(one) for key, one in node.value}, line)
        null = node.style in (None, "") and node.value in ("", "~", "null", "Null", "NULL")
        return At(None if null else node.value, line)

    return made(placed.node)


def _what(error: Exception, above: int) -> str:
    """What is wrong, and on which line."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    where = f" on line {mark.line + 1 + above}" if mark else ""
    return one_line(problem, 120) + where
