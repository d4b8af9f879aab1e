"""Fills the types of `cyclonedx_shape` from untyped values, a bad field being quarantined alone.

Numbers become their text, a single thing stands for a list of one, an organisation, person or
licence may be given by its name alone.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from oust.formats.cyclonedx_shape import Base, Contact, License, LicenseChoice, Org
from oust.formats.seam import one_line

T = TypeVar("T", bound=Base)

Bad = Callable[[str, str, str], None]
"""Takes locator, reason and text of what could not be used."""

_BY_NAME: dict[type[Base], str] = {
    Org: "name",
    Contact: "name",
    License: "name",
    LicenseChoice: "expression",
}
"""What a plain text means where one of these belongs."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _Slot(NamedTuple):
    """One field: the attribute it fills, and what its value or its items must be."""

    attribute: str
    many: type | None  # list or tuple
    item: type[Base] | None  # None: text
    single: type[Base] | None  # struct that may stand in place of the list
    flag: bool


@cache
def _slots(cls: type[Base]) -> dict[str, _Slot]:
    hints = get_type_hints(cls)
    infos = msgspec.structs.fields(cls)
    return {info.encode_name: _slot(info.name, hints[info.name]) for info in infos}


def _slot(attribute: str, hint: Any) -> _Slot:
    kinds = get_args(hint) if get_origin(hint) is types.UnionType else (hint,)
    many = next((get_origin(one) for one in kinds if get_origin(one) in (list, tuple)), None)
    structs = [one for one in kinds if isinstance(one, type) and issubclass(one, Base)]
    single = structs[0] if structs else None
    item = single
    if many:
        inner = next(get_args(one)[0] for one in kinds if get_origin(one) is many)
        item = inner if inner is not str else None
    return _Slot(attribute, many, item, single, bool in kinds)


def text_of(value: Any) -> str | None:
    """A scalar as text that can be encoded; None for anything else."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def shown(value: Any) -> str:
    """Beginning of a value, for a quarantine."""
    try:
        return one_line(value)
    except RecursionError:
        return "(too deep to show)"


def build(cls: type[T], value: Any, at: str, bad: Bad) -> T | None:
    """A `cls` from whatever can be used of `value`, or None if nothing can.

    What cannot goes to `bad` with its JSON pointer below `at`.
    """
    if cls in _BY_NAME and isinstance(value, str):
        return cls(**{_BY_NAME[cls]: text_of(value)})
    if not isinstance(value, dict):
        bad(at, "object expected", shown(value))
        return None
    made = cls()
    slots = _slots(cls)
    for key, content in value.items():
        slot = slots.get(key)
        if slot is not None and content is not None:
            _fill(made, slot, content, f"{at}/{key}", bad)
    return made


def _fill(made: Base, slot: _Slot, content: Any, at: str, bad: Bad) -> None:
    if slot.flag:
        setattr(made, slot.attribute, content in (True, "true", 1))
    elif slot.many is None or (slot.single and isinstance(content, dict)):
        _fill_one(made, slot, content, at, bad)
    else:
        _fill_many(made, slot, content, at, bad)


def _fill_one(made: Base, slot: _Slot, content: Any, at: str, bad: Bad) -> None:
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    one = build(slot.single, content, at, bad) if slot.single else _text(content, at, bad)
    if one is not None:
        setattr(made, slot.attribute, one)


def _text(content: Any, at: str, bad: Bad) -> str | None:
    """Text; of several texts the first, the others being quarantined."""
    one = text_of(content)
    if one is None:
        bad(at, "text expected", shown(content))
        if isinstance(content, list) and content:
            one = text_of(content[0])
    return one


def _fill_many(made: Base, slot: _Slot, content: Any, at: str, bad: Bad) -> None:
    single = not isinstance(content, list)
    items = []
    for index, value in enumerate([content] if single else content):
        place = at if single else f"{at}/{index}"
        one = build(slot.item, value, place, bad) if slot.item else text_of(value)
        if one is not None:
            items.append(one)
        elif slot.item is None and value is not None:
            bad(place, "text expected", shown(value))
    setattr(made, slot.attribute, tuple(items) if slot.many is tuple else items)
