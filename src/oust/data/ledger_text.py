"""Entries of a ledger as YAML text, as a person would write them."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

_PLAIN = re.compile(r"[A-Za-z][\w .'()/%-]*[\w.')%]|[A-Za-z]")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_HIDDEN = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
WIDTH = 96


def scalar(value: str | bool | int) -> str:
    """One value, quoted where YAML might take it for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Struct):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in told(value)) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def told(entry: Struct) -> list[tuple[str, Any]]:
    """The fields of an entry that say something, in their order."""
    values = [(one.name, getattr(entry, one.name), one.default) for one in fields(entry)]
    return [(name, value) for name, value, default in values if value != default]


def keys(pairs: list[tuple[str, Any]], indent: int) -> list[str]:
    """Lines `key: value`, indented."""
    lines = []
    for key, value in pairs:
        lines += _key(key, value, " " * indent)
    return lines


def item(entry: Struct, indent: int) -> list[str]:
    """Lines of an entry of a list, the dash at `indent`."""
    lines = keys(told(entry), indent + 2)
    return [" " * indent + "- " + lines[0].lstrip(), *lines[1:]]


def _key(key: str, value: Any, pad: str) -> list[str]:
    if isinstance(value, tuple) and value and isinstance(value[0], Struct):
        return [f"{pad}{key}:", *(line for one in value for line in item(one, len(pad) + 2))]
    if isinstance(value, str) and _folds(value) and len(pad) + len(key) + len(value) + 2 > WIDTH:
        width = max(WIDTH - len(pad) - 2, 40)
        folded = textwrap.wrap(value, width, break_long_words=False, break_on_hyphens=False)
        return [f"{pad}{key}: >-", *(f"{pad}  {line}" for line in folded)]
    return [f"{pad}{key}: {flow(value)}"]


def _folds(text: str) -> bool:
    """Whether a text can be written in several lines and is read as it was."""
    return text == " ".join(text.split(" ")) and text.isprintable() and "  " not in text
