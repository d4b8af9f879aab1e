"""Reading values out of OCDS objects whose types cannot be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_LOCAL_ID = 6  # an award id shorter than this is a count within its process, such as `1`


def scalar(value: Any) -> str:
    """A word or number as text; the one scalar of MongoDB's `{"$oid": ...}`; else ""."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dict) and len(value) == 1:
        key, inner = next(iter(value.items()))
        return scalar(inner) if key.startswith("$") and not isinstance(inner, dict) else ""
    return ""


def text(holder: Any, key: str) -> str:
    """A text field, whichever way the publisher gives its languages.

    `key` itself, else its first translation: `title_en`, `{"en": ...}`, `[{"value": ...}]`.
    A holder that is itself a word is its own name.
    """
    if not isinstance(holder, dict):
        return scalar(holder) if key == "name" else ""
    return next(iter(translations(holder, key)), "")


def translations(holder: Any, key: str) -> list[str]:
    """Every wording of a text field, the main one first."""
    if not isinstance(holder, dict):
        return []
    marked = [value for name, value in holder.items() if name.startswith(f"{key}_")]
    found = [said for value in (holder.get(key), *marked) for said in _wordings(value)]
    return list(dict.fromkeys(found))


def _wordings(value: Any) -> Iterator[str]:
    if said := scalar(value):
        yield said
    elif isinstance(value, dict):
        yield from filter(None, map(scalar, value.values()))
    elif isinstance(value, list):
        for one in value:
            if said := scalar(one) or scalar(at(one, "value")) or scalar(at(one, "text")):
                yield said


def texts(holder: Any) -> list[str]:
    """Title and description, in every language given."""
    return [*translations(holder, "title"), *translations(holder, "description")]


def listed(value: Any) -> list[Any]:
    """A list; a single value as a list of one; nothing as an empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def at(holder: Any, *keys: str) -> Any:
    """The value under nested keys, None where the way ends."""
    for key in keys:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder


def objects(holder: Any, key: str, pointer: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Objects of a list field with their JSON pointers; a word becomes an object with an id.

    Also takes a single object where a list is meant, and an object keyed by id.
    """
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, dict):
        keyed = value and all(isinstance(one, dict) for one in value.values())
        if keyed and not {"id", "value", "suppliers", "identifier"} & value.keys():
            for name, one in value.items():
                yield {"id": name, **one}, f"{pointer}/{key}/{escaped(name)}"
        elif value:
            yield value, f"{pointer}/{key}"
        return
    many = isinstance(value, list)
    for index, one in enumerate(listed(value)):
        found = one if isinstance(one, dict) else {"id": scalar(one)} if scalar(one) else None
        if found:
            yield (
                found,
                f"{pointer}/{key}/{index}" if many else f"{pointer}/{key}",
            )


def escaped(key: str) -> str:
    """A key as part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def money(value: Any) -> tuple[str, str]:
    """Amount and currency of a value object, or of a bare number."""
    if isinstance(value, dict):
        return scalar(value.get("amount")), scalar(value.get("currency"))
    return scalar(value), ""


def number(ocid: str, holder: dict[str, Any]) -> str:
    """The number of an award, contract or tender, unique beyond its own process.

    Many publishers count awards within a process (`1`); such an id is put after the ocid.
    """
    own = scalar(holder.get("awardID") if "awardID" in holder and "id" not in holder else None)
    own = own or scalar(holder.get("id"))
    if not own:
        return ocid
    return own if len(own) >= _LOCAL_ID or not ocid else f"{ocid}/{own}"
