"""Evidence formats. FORMATS is the whole list; `pick` finds the one that claims a source most."""

from __future__ import annotations

from importlib.metadata import entry_points

from oust.formats.seam import Format, Head

PLUGIN_GROUP = "oust.formats.v1"
"""Entry point group for formats of other packages; see docs/add-a-format.md."""

FORMATS: tuple[Format, ...] = ()


def all_formats() -> tuple[Format, ...]:
    """FORMATS and those of installed plug-ins, in that order."""
    return FORMATS + tuple(point.load() for point in entry_points(group=PLUGIN_GROUP))


def pick(head: Head, formats: tuple[Format, ...]) -> Format | None:
    """The format that claims the source most; the earlier one on a tie; None if none does."""
    best = max(formats, key=lambda fmt: fmt.claims(head), default=None)
    return best if best is not None and best.claims(head) > 0 else None
