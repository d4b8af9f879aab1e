"""Check a dossier: its types are the schema, `consistency.py` knows what types cannot say."""

from __future__ import annotations

from pathlib import Path

from oust.data.consistency import check_entries
from oust.data.dossier import Dossier, Identifier
from oust.data.strict import Problem, Schema, read_strict

_SCHEMA = Schema(
    what="a dossier",
    page="docs/add-a-dossier.md",
    check=check_entries,
    hints={
        "source": "say where the fact was read: an address, a repository path, a document",
        "tier": "one of: primary, official copy, press, secondary",
        "kind": "docs/dossier-schema.md lists the kinds",
        "values": "write value: for one, values: for several",
    },
    one_of={Identifier: ("value", "values")},
    split=("values",),
)


def check_dossier(path: Path) -> list[Problem]:
    """Give every problem of the file, in file order; an empty list means it can be loaded."""
    return read_dossier(path)[1]


def read_dossier(path: Path) -> tuple[Dossier | None, list[Problem]]:
    """Read and check one file. No dossier is given where a problem is more than a warning."""
    return read_strict(path, Dossier, _SCHEMA)
