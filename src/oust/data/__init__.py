"""Rules and dossiers as data, and the strict loaders that read them.

The names below are loaded on first use: who only needs the tables does not import YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oust.data.check import Problem as Problem
    from oust.data.check import check_dossier as check_dossier
    from oust.data.load import bundled_ids as bundled_ids
    from oust.data.load import bundled_path as bundled_path
    from oust.data.load import load_dossier as load_dossier
    from oust.data.load import load_dossiers as load_dossiers

_HOME = {
    "Problem": "oust.data.check",
    "check_dossier": "oust.data.check",
    "bundled_ids": "oust.data.load",
    "bundled_path": "oust.data.load",
    "load_dossier": "oust.data.load",
    "load_dossiers": "oust.data.load",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
