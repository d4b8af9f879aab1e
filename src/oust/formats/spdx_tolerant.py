"""Foreign mappings made into typed structs, field by field: a bad field is quarantined alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from oust.formats.seam import one_line
from oust.model import Quarantine

T = TypeVar("T", bound=msgspec.Struct)

_PREFIXES = ("document", "package", "file", "snippet", "spdx", "software")
_ALIASES = {
    "version": "versionInfo",
    "checksum": "checksums",
    "creator": "creators",
    "externalref": "externalRefs",
    "validuntil": "validUntilDate",
    "snippetspdxid": "SPDXID",
    "spdxidentifier": "SPDXID",
}


class _Slot(NamedTuple):
    """One field: the attribute it fills, whether it is a list, the struct of its items if any."""

    attribute: str
    hint: Any
    many: bool
    item: type[msgspec.Struct] | None
    other: bool  # neither text, struct nor list of those: converted by its hint


@cache
def _slots(cls: type[msgspec.Struct]) -> dict[str, _Slot]:
    hints = get_type_hints(cls)
    slots = {}
    for info in msgspec.structs.fields(cls):
        hint = hints[info.name]
        choices = [arg for arg in get_args(hint) if arg is not type(None)]
        one = choices[0] if len(choices) == 1 else hint
        many = get_origin(one) is list
        item = get_args(one)[0] if many else one
        other = not isinstance(item, type)
        struct = None if other or item is str else item
        slots[info.encode_name] = _Slot(info.name, hint, many, struct, other)
    return slots


@lru_cache(maxsize=8192)
def _key(cls: type[msgspec.Struct], key: str) -> str:
    """The field that an oddly written key means (`PackageName`: name), or an empty string."""
    lower = {name.lower(): name for name in _slots(cls)}
    word = key.lower().replace(":", "_")
    bare = (word.removeprefix(prefix).lstrip("_") for prefix in _PREFIXES)
    for candidate in (word, f"software_{word}", *bare):
        name = lower.get(candidate) or _ALIASES.get(candidate, "")
        if name in _slots(cls):
            return name
    return ""


def text(value: Any) -> str | None:
    """A scalar as text that can be encoded; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    return str(value) if isinstance(value, int | float) else None


def build(cls: type[T], value: Any, locator: str) -> tuple[T, list[Quarantine]]:
    """A `cls` with whatever could be used of `value`, and what could not, with JSON pointers."""
    bad: list[Quarantine] = []
    if not isinstance(value, dict):
        return cls(), [Quarantine(locator, "not an object", one_line(value))]
    ready = _ready(cls, value)
    if ready is not None:
        return ready, []
    made: dict[str, Any] = {}
    for key, content in value.items():
        name = key if key in _slots(cls) else _key(cls, str(key)) if len(str(key)) < 80 else ""
        slot = _slots(cls).get(name)
        if slot is None or content is None or slot.attribute in made:
            continue
        here = f"{locator}/{str(key).replace('~', '~0').replace('/', '~1')}"
        made[slot.attribute] = _fill(slot, content, here, bad)
    return cls(**made), bad


def _ready(cls: type[T], value: dict[str, Any]) -> T | None:
    """The struct made at once, if no key is oddly written and every type is right."""
    slots = _slots(cls)
    for key in value:
        if key not in slots and (len(key) >= 80 or _key(cls, key)):
            return None
    try:
        return msgspec.convert(value, cls)
    except (msgspec.ValidationError, RecursionError):
        return None


def _fill(slot: _Slot, content: Any, locator: str, bad: list[Quarantine]) -> Any:
    if slot.other:
        return _other(slot.hint, content, locator, bad)
    if slot.many:
        single = not isinstance(content, list)
        items = [content] if single else content
        places = ((locator if single else f"{locator}/{i}", x) for i, x in enumerate(items))
        return list(_many(slot.item, places, bad))
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    made = next(_many(slot.item, iter([(locator, content)]), bad))
    return made or None


def _other(hint: Any, content: Any, locator: str, bad: list[Quarantine]) -> Any:
    try:
        return msgspec.convert(content, hint)
    except (msgspec.ValidationError, RecursionError) as error:
        bad.append(Quarantine(locator, one_line(str(error)), one_line(content)))
        return None


def _many(
    item: type[msgspec.Struct] | None,
    places: Iterator[tuple[str, Any]],
    bad: list[Quarantine],
) -> Iterator[Any]:
    """Items made; what cannot be used leaves an empty one, so that positions stay true."""
    for locator, content in places:
        if item is None:
            made = text(content)
            if made is None and content is not None:
                bad.append(Quarantine(locator, "text expected", one_line(content)))
            yield made or ""
        elif isinstance(content, dict):
            struct, worse = build(item, content, locator)
            bad += worse
            yield struct
        else:
            if content is not None:
                bad.append(Quarantine(locator, "object expected", one_line(content)))
            yield item()
