"""Rules and dossiers as data, and the strict loaders that read them.

The names below are loaded on first use: who only needs the tables does not import YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oust.data.check import check_dossier as check_dossier
    from oust.data.load import bundled_ids as bundled_ids
    from oust.data.load import bundled_path as bundled_path
    from oust.data.load import load_dossier as load_dossier
    from oust.data.load import load_dossiers as load_dossiers
    from oust.data.profiles import load_anchors as load_anchors
    from oust.data.profiles import load_facts as load_facts
    from oust.data.profiles import load_profile as load_profile
    from oust.data.profiles import load_profiles as load_profiles
    from oust.data.profiles import load_tags as load_tags
    from oust.data.rule_check import check_rule as check_rule
    from oust.data.rules import bundled_rules as bundled_rules
    from oust.data.rules import load_rule as load_rule
    from oust.data.rules import load_rules as load_rules
    from oust.data.rules import rule_path as rule_path
    from oust.data.strict import Problem as Problem

_HOME = {
    "Problem": "oust.data.strict",
    "check_dossier": "oust.data.check",
    "bundled_ids": "oust.data.load",
    "bundled_path": "oust.data.load",
    "load_dossier": "oust.data.load",
    "load_dossiers": "oust.data.load",
    "load_anchors": "oust.data.profiles",
    "load_facts": "oust.data.profiles",
    "load_profile": "oust.data.profiles",
    "load_profiles": "oust.data.profiles",
    "load_tags": "oust.data.profiles",
    "check_rule": "oust.data.rule_check",
    "bundled_rules": "oust.data.rules",
    "load_rule": "oust.data.rules",
    "load_rules": "oust.data.rules",
    "rule_path": "oust.data.rules",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
