"""Load rules: the bundled ones, and a user's own policies."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from oust.data.quick import read_quick
from oust.data.rule import Rule, Trial
from oust.data.rule_check import read_rule
from oust.data.strict import did_you_mean, quoted, refusal
from oust.errors import OustError

_RULES = Path(__file__).parent / "rules"


def bundled_rules() -> tuple[str, ...]:
    """Give the ids of the rules that come with oust, sorted, without reading them."""
    return tuple(sorted(path.stem for path in _RULES.glob("*.yaml")))


def rule_path(rule: str) -> Path:
    """Give the file of a bundled rule."""
    return _RULES / f"{rule}.yaml"


def load_rule(path: Path, others: Iterable[str] = ()) -> Rule:
    """Load one file, strictly. `others` are ids of further rules that it may refer to.

    A trial's profile that is a file is looked for beside the rule. Raises OustError with the
    first problems when anything but a warning is found.
    """
    rule, problems = read_rule(path, others)
    if rule is None:
        raise refusal(problems, f"oust rules check {path} lists every problem")
    return replace(rule, trials=tuple(_placed(trial, path.parent) for trial in rule.trials))


def load_rules(ids: Iterable[str] | None = None, extra: Iterable[Path] = ()) -> list[Rule]:
    """Load the named bundled rules (all when `ids` is None) and every extra file.

    An extra file with the id of a bundled rule replaces it. The result is sorted by id. Raises
    OustError for an unknown id, two extra files with one id, or a file that is wrong.
    """
    loaded = _load_extra(tuple(extra))
    wanted = set(bundled_rules()) if ids is None else set(ids)
    for rule in sorted(wanted - set(loaded)):
        loaded[rule] = _bundled(_known(rule, loaded))
    return [loaded[rule] for rule in sorted(loaded)]


def ids_of(paths: Iterable[Path]) -> set[str]:
    """Ids of the rules in files, as far as they can be told: files may refer to each other."""
    ids: set[str] = set()
    for path in paths:
        rule, _ = read_rule(path)
        ids.add(rule.id if rule else path.stem)
    return ids


def _load_extra(paths: tuple[Path, ...]) -> dict[str, Rule]:
    loaded: dict[str, Rule] = {}
    others = ids_of(paths) if len(paths) > 1 else set()
    for path in paths:
        rule = load_rule(path, others)
        if rule.id in loaded:
            raise OustError(
                f"{path}: another file given has the id {rule.id!r} too", "give one of them"
            )
        loaded[rule.id] = rule
    return loaded


def _placed(trial: Trial, folder: Path) -> Trial:
    if trial.profile.endswith((".yaml", ".yml")):
        return replace(trial, profile=str(folder / trial.profile))
    return trial


@cache
def _bundled(rule: str) -> Rule:
    try:
        return read_quick(rule_path(rule), Rule)
    except ValueError:  # somebody has changed the file: say where it is wrong
        return load_rule(rule_path(rule))


def _known(rule: str, loaded: Iterable[str]) -> str:
    known = (*bundled_rules(), *loaded)
    if rule in known:
        return rule
    hint = did_you_mean(rule, known) or "oust rules list shows what there is"
    raise OustError(f"there is no rule {quoted(rule)}", hint)
