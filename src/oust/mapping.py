"""A user's own column mapping, found beside the evidence.

`prices.csv.map.yaml` serves `prices.csv`; `oust-map.yaml` serves every table of its folder. Each
is a flat mapping of record field to column header, such as `description: Item text`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from oust.errors import OustError

MAX_BYTES = 100_000


def mapping_for(file: Path) -> dict[str, str]:
    """The mapping that applies to `file`: its own, else its folder's, else none."""
    for place in (file.with_name(file.name + ".map.yaml"), file.with_name("oust-map.yaml")):
        found = _load(place)
        if found:
            return found
    return {}


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
