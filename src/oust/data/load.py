"""Load dossiers: the bundled ones, and those a user puts beside the case."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oust.data.check import read_dossier
from oust.data.dossier import Dossier
from oust.data.strict import did_you_mean, quoted, refusal
from oust.errors import OustError

_VENDORS = Path(__file__).parent / "vendors"


def bundled_ids() -> tuple[str, ...]:
    """Give the ids of the dossiers that come with oust, sorted, without reading them."""
    return tuple(sorted(path.stem for path in _VENDORS.glob("*.yaml")))


def bundled_path(vendor: str) -> Path:
    """Give the file of a bundled dossier."""
    return _VENDORS / f"{vendor}.yaml"


def load_dossier(path: Path) -> Dossier:
    """Load one file, strictly.

    Raises OustError with the first problems when anything but a warning is found.
    """
    dossier, problems = read_dossier(path)
    if dossier is None:
        raise refusal(problems, f"oust dossier check {path} lists every problem")
    return dossier


def load_dossiers(ids: Iterable[str] | None = None, extra: Iterable[Path] = ()) -> list[Dossier]:
    """Load the named bundled dossiers (all when `ids` is None) and every extra file.

    An extra file with the id of a bundled dossier replaces it. The result is sorted by id.
    Raises OustError for an unknown id, two extra files with one id, or a file that is wrong.
    """
    loaded = _load_extra(extra)
    wanted = set(bundled_ids()) if ids is None else set(ids)
    for vendor in sorted(wanted - set(loaded)):
        loaded[vendor] = load_dossier(_known(vendor))
    return [loaded[vendor] for vendor in sorted(loaded)]


def _load_extra(paths: Iterable[Path]) -> dict[str, Dossier]:
    loaded: dict[str, Dossier] = {}
    for path in paths:
        dossier = load_dossier(path)
        if dossier.id in loaded:
            raise OustError(
                f"{path}: another file given has the id {dossier.id!r} too", "give one of them"
            )
        loaded[dossier.id] = dossier
    return loaded


def _known(vendor: str) -> Path:
    known = bundled_ids()
    if vendor in known:
        return bundled_path(vendor)
    hint = did_you_mean(vendor, known) or "oust dossier list shows what there is"
    raise OustError(f"there is no dossier {quoted(vendor)}", hint)
