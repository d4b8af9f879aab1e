"""Change a ledger file in place: what somebody wrote by hand, comments included, stays.

Changes are pieces of text put in or replaced at places that the YAML parser tells. What came of
them is read back and must be the ledger that was meant; otherwise nothing is written. A file that
somebody else changed meanwhile is left alone.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, structs

from oust.data.ledger import Ledger
from oust.data.ledger_check import Known
from oust.data.ledger_text import flow, item, keys, scalar, told
from oust.data.ledgers import load_ledger, read_ledger, uncollected
from oust.errors import Exit, OustError

STALE = 120
"""Seconds after which an unfinished write of somebody else is taken for abandoned."""

_BREAK = re.compile("[\n\x85\u2028\u2029]")  # where the YAML parser starts a new line
_LISTS = ("speakers", "documents", "claims", "apart", "hypotheses", "readings")


class LedgerFile:
    """One file, opened to be changed. Call `save` in the end; before that nothing is written."""

    def __init__(self, path: Path, others: Known | None = None) -> None:
        self.path = path.resolve()  # through a symbolic link, which stays
        self.others = others
        self.before = self.path.read_bytes()
        self._was = load_ledger(path, others)
        self._lists: dict[str, list[Any]] = {key: [*getattr(self._was, key)] for key in _LISTS}
        self._where = {
            one.id: (key, at)
            for key in ("speakers", "documents", "claims", "hypotheses")
            for at, one in enumerate(self._lists[key])
        }
        self.text = re.sub("\r\n?", "\n", self.before.decode("utf-8-sig"))
        self._edits: list[tuple[int, int, str]] = []
        with uncollected():
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            self._root: Any = yaml.compose(self.text, Loader=loader)
        self._starts = [0, *(one.end() for one in _BREAK.finditer(self.text))]

    def append(self, key: str, *entries: Struct) -> None:
        """Put entries at the end of one of the lists."""
        self._lists[key] += entries
        node = _value(self._root, key)
        if node is None:
            self._needs_block()
            lines = [f"{key}:", *(line for one in entries for line in item(one, 2))]
            self._insert(len(self.text.rstrip()), ["", *lines])
        elif not node.flow_style:
            column = node.start_mark.column
            lines = [line for one in entries for line in item(one, column)]
            self._insert(self._end(node), lines)
        elif not node.value and not self._root.flow_style:
            lines = [line for one in entries for line in item(one, 2)]
            self._edits.append((self._start(node), self._end(node), "\n" + "\n".join(lines)))
        else:
            self._flow_in(node, [flow(one) for one in entries])

    def change(self, name: str, **values: Any) -> None:
        """Give keys of the entry with this id new values. Lists of entries are added to."""
        key, at = self._at(name)
        entry, node = self._lists[key][at], _value(self._root, key).value[at]
        new = [(one, value) for one, value in values.items() if _value(node, one) is None]
        for one, value in values.items():
            if (old := _value(node, one)) is not None:
                self._replace(old, value)
        if node.flow_style:
            self._flow_in(node, [f"{one}: {flow(value)}" for one, value in new])
        elif new:
            self._insert(self._end(node), keys(new, node.start_mark.column))
        joined = {
            one: (*getattr(entry, one), *value) if isinstance(value, tuple) else value
            for one, value in values.items()
        }
        self._lists[key][at] = structs.replace(entry, **joined)

    def confirm(self, name: str) -> None:
        """Take `draft` away from a claim."""
        key, at = self._at(name)
        node = _value(self._root, key).value[at]
        draft, value = next(pair for pair in node.value if pair[0].value == "draft")
        first, last = draft.start_mark.line, value.end_mark.line
        line = self.text[self._starts[first] : self._next(first)]
        if first == last and line.lstrip().startswith("draft") and not node.flow_style:
            self._edits.append((self._starts[first], self._next(first), ""))
        else:
            self._replace(value, False)
        self._lists[key][at] = structs.replace(self._lists[key][at], draft=False)

    def save(self) -> None:
        """Write all changes at once. Raises OustError, and writes nothing, if that cannot be."""
        text = self.text
        for start, end, put in sorted(self._edits, reverse=True):
            text = text[:start] + put + text[end:]
        newline = "\r\n" if b"\r\n" in self.before else "\n"
        data = text.replace("\n", newline).encode()
        mark = b"\xef\xbb\xbf" if self.before.startswith(b"\xef\xbb\xbf") else b""
        write_whole(self.path, mark + data, self.before, self._reads_back)

    def _reads_back(self, part: Path) -> None:
        lists = {key: tuple(entries) for key, entries in self._lists.items()}
        if _read(part, self.path, self.others) != structs.replace(self._was, **lists):
            hint = "make the change in an editor, then run: oust claims check"
            raise OustError(f"{self.path} is written in a way that oust cannot change", hint)

    def _at(self, name: str) -> tuple[str, int]:
        if name not in self._where:
            raise OustError(f"{self.path} has no {name}", "oust claims show lists the ids")
        return self._where[name]

    def _replace(self, old: Any, value: Any) -> None:
        if not isinstance(value, tuple):
            self._edits.append((self._start(old), self._end(old), scalar(value)))
        elif old.flow_style:
            self._flow_in(old, [flow(one) for one in value])
        else:
            column = old.start_mark.column
            self._insert(self._end(old), [line for one in value for line in item(one, column)])

    def _insert(self, after: int, lines: Sequence[str]) -> None:
        """Put lines below the one in which something ends, a comment behind it included."""
        end = self.text.find("\n", after)
        end = len(self.text) if end < 0 else end
        self._edits.append((end, end, "".join(f"\n{line}" for line in lines)))

    def _flow_in(self, node: Any, parts: Sequence[str]) -> None:
        """Put parts before the bracket that closes a list or mapping on one line."""
        if not parts:
            return
        close = self._end(node) - 1
        inside = self.text[self._start(node) + 1 : close].rstrip()
        at = self._start(node) + 1 + len(inside)
        comma = ", " if inside.strip() and not inside.endswith(",") else " " if inside else ""
        self._edits.append((at, close, comma + ", ".join(parts)))

    def _needs_block(self) -> None:
        if self._root.flow_style:
            hint = "write it as YAML in lines, or make the change in an editor"
            raise OustError(f"{self.path} is one {{ }} on one line: it has no place to add", hint)

    def _start(self, node: Any) -> int:
        at: int = self._starts[node.start_mark.line] + node.start_mark.column
        return at

    def _end(self, node: Any) -> int:
        """Where the text of a node ends, without what follows it."""
        while isinstance(node, yaml.CollectionNode) and not node.flow_style:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        mark = node.end_mark
        end = self._starts[mark.line] + int(mark.column) if mark.line < len(self._starts) else None
        end = len(self.text) if end is None else end
        is_block = getattr(node, "style", None) in ("|", ">")
        return len(self.text[:end].rstrip()) if is_block else end

    def _next(self, line: int) -> int:
        return self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)


def new_ledger(path: Path, ledger: Ledger, others: Known | None = None) -> None:
    """Write a ledger as a new file. Raises OustError where one is there by now."""
    text = "\n".join(keys(told(ledger), 0)) + "\n"

    def same(part: Path) -> None:
        if _read(part, path, others) != ledger:
            raise OustError(f"{path}: this text cannot be kept as YAML", "leave odd characters out")

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OustError(f"cannot make {path.parent}: {error.strerror}") from error
    write_whole(path, text.encode("utf-8", "replace"), None, same)


def _read(part: Path, path: Path, others: Known | None) -> Ledger:
    """The ledger as it would be. Raises OustError where it would be wrong."""
    ledger, problems = read_ledger(part, others)
    if ledger is None:
        first = next(one for one in problems if not one.warning)
        raise OustError(f"{path.name} would be wrong: {first.message}", first.hint)
    return ledger


def write_whole(path: Path, data: bytes, before: bytes | None, check: Any) -> None:
    """Replace a file by new content, whole or not at all, if it still is as it was `before`.

    The new content lies beside it while it is written, and keeps others from writing; `check`
    gets its path. Raises OustError if the file was changed meanwhile or cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        _claim(part)
        try:
            part.write_bytes(data)
            check(part)
            if (path.read_bytes() if path.exists() else None) != before:
                hint = "run the same command again"
                raise OustError(f"{path} was changed by somebody else meanwhile", hint, Exit.BUSY)
            if before is not None:
                shutil.copymode(path, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OustError(f"cannot write {path}: {error.strerror}", "nothing was changed") from error


def _claim(part: Path) -> None:
    """Make the file that only one writer may make."""
    try:
        if part.exists() and time.time() - part.stat().st_mtime > STALE:
            part.unlink()
        part.touch(exist_ok=False)
    except FileExistsError as error:
        hint = f"wait, or remove {part} if nobody does"
        raise OustError("somebody else is writing this ledger", hint, Exit.BUSY) from error


def _value(node: Any, key: str) -> Any:
    """The value of a key of a mapping node, or None."""
    return next((value for name, value in node.value if name.value == key), None)
