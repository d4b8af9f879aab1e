"""A CycloneDX document handed over member by member, as untyped values."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from oust.formats.cyclonedx_common import Walker
from oust.formats.cyclonedx_lenient import build
from oust.formats.cyclonedx_shape import (
    Annotation,
    Base,
    Bom,
    Component,
    Composition,
    Declarations,
    Dependency,
    Formula,
    Metadata,
    Vulnerability,
)
from oust.model import Said

_HEADER = ("bomFormat", "specVersion", "serialNumber", "version", "externalReferences")
_PARTS: dict[str, tuple[type[Base], Callable[[Walker, Any, str], object]]] = {
    "metadata": (Metadata, lambda walker, one, at: walker.metadata(one)),
    "components": (Component, Walker.component),
    "services": (Component, lambda walker, one, at: walker.component(one, at, "service")),
    "dependencies": (Dependency, Walker.dependency),
    "compositions": (Composition, Walker.composition),
    "vulnerabilities": (Vulnerability, Walker.vulnerability),
    "annotations": (Annotation, Walker.annotation),
    "formulation": (Formula, Walker.formula),
    "declarations": (Declarations, Walker.declarations),
}


class Parts:
    """Builds each member and gives it to `walker`; call `close` after the last one.

    `clean`: no text holds half surrogate pairs, so that a member may be converted as it stands.
    """

    def __init__(self, clean: bool = False) -> None:
        self.clean = clean
        self.walker = Walker()
        self.header: dict[str, Any] = {}
        self.begun: set[str] = set()

    def member(self, key: str, index: int | None, value: Any) -> None:
        """One top-level value, or the item `index` of a top-level list."""
        at = f"#/{key}" if index is None else f"#/{key}/{index}"
        if not index and key in self.begun:
            self.walker.bad(f"#/{key}", "key given twice, both were read", key)
        self.begun.add(key)
        if key in _HEADER:
            self.head(key, index, value)
        elif key in _PARTS and (value is not None or index is not None):
            kind, tell = _PARTS[key]
            one = self.built(kind, value, at)
            if one is not None:
                tell(self.walker, one, at)
            if isinstance(one, Metadata):
                self.header["metadata"] = one

    def built(self, kind: type[Base], value: Any, at: str) -> Base | None:
        """The whole at once if every field is as it should be, which is quick; else by field."""
        if self.clean:
            with suppress(msgspec.ValidationError):
                return msgspec.convert(value, kind)
        return build(kind, value, at, self.walker.bad)

    def head(self, key: str, index: int | None, value: Any) -> None:
        """Keep what belongs to the record of the document itself."""
        if index is None:
            self.header[key] = value
        else:
            self.header.setdefault(key, []).append(value)

    def close(self) -> list[Said]:
        """The document's own record, and references to nothing."""
        metadata = self.header.pop("metadata", None)
        bom = build(Bom, self.header, "#", self.walker.bad) or Bom()
        bom.metadata = metadata
        self.walker.document(bom)
        self.walker.finish()
        return self.walker.take()
