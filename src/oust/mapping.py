"""A user's own column mapping, found beside the evidence.

`prices.csv.map.yaml` serves `prices.csv`; `oust-map.yaml` serves every table of its folder. Each
is a flat mapping of record field to column header, such as `description: Item text`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from oust.errors import OustError

MAX_BYTES = 100_000
SUFFIX = ".map.yaml"
FOLDER_WIDE = "oust-map.yaml"


def mapping_for(file: Path) -> dict[str, str]:
    """The mapping that applies to `file`: its own, else its folder's, else none."""
    beside = _mappings_in(file.parent)
    for name in (file.name + SUFFIX, FOLDER_WIDE):
        found = _load(file.with_name(name)) if beside is None or name in beside else {}
        if found:
            return found
    return {}


@lru_cache(maxsize=256)
def _mappings_in(folder: Path) -> frozenset[str] | None:
    """Names of all mappings in `folder`; None if it cannot be listed. Asked once per folder."""
    try:
        names = [one.name for one in folder.iterdir()]
    except OSError:
        return None
    return frozenset(name for name in names if name.endswith(SUFFIX) or name == FOLDER_WIDE)


@lru_cache(maxsize=256)
def _load(place: Path) -> dict[str, str]:
    if not place.is_file():
        return {}
    import yaml

    hint = "write one `field: column header` on each line"
    if place.stat().st_size > MAX_BYTES:
        raise OustError(f"{place} is too large for a column mapping", hint)
    try:
        said = yaml.safe_load(place.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OustError(f"{place} is not readable YAML: {error}", hint) from error
    if not isinstance(said, dict):
        raise OustError(f"{place} holds no mapping", hint)
    return {str(key): str(value) for key, value in said.items()}
