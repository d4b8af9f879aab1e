"""Read files that come with oust fast: without lines, without checks.

The tests read every bundled file strictly and hold both readings equal. Scalars are text here
too, because `CBaseLoader` resolves none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import yaml

T = TypeVar("T", bound=msgspec.Struct)
_Shape = Callable[[Any], Any]
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_quick(path: Path, kind: type[T]) -> T:
    """The value of one bundled file. Raises ValueError where it is not of the type."""
    try:
        value = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 (it builds text only)
        return msgspec.convert(_shape(kind)(value), kind, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error}") from error


@cache
def _shape(kind: Any) -> _Shape:
    """What puts a value into the form that `msgspec` wants for a type: one text becomes a list."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        shapes = {name: _shape(hint) for name, hint in get_type_hints(kind).items()}
        return lambda value: {key: shapes[key](inner) for key, inner in value.items()}
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0])
    if get_origin(kind) is dict:
        return lambda value: {key: inner.strip() for key, inner in value.items()}
    return str.strip


def _list(kind: Any) -> _Shape:
    item = _shape(kind)
    if kind is str or get_origin(kind) is Literal:
        return lambda value: [value.strip()] if isinstance(value, str) else [*map(item, value)]
    return lambda value: [item(inner) for inner in value]
