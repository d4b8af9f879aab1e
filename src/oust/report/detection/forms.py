"""The forms of detection content, by name, and one file of one of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from types import ModuleType

from oust.data.dossier import Dossier
from oust.report.detection import (
    Written,
    applocker,
    chosen,
    osquery,
    rpz,
    sigma,
    suricata,
    wdac,
    yara,
    zeek_intel,
)

FORMS: dict[str, ModuleType] = {
    "yara": yara,
    "suricata": suricata,
    "zeek-intel": zeek_intel,
    "dns-rpz": rpz,
    "osquery": osquery,
    "sigma": sigma,
    "wdac": wdac,
    "applocker": applocker,
}


def written(
    form: str,
    dossiers: Iterable[Dossier],
    version: str,
    day: str = "",
    policy: rpz.Policy | None = None,
) -> Written:
    """What `dossiers` give in one of FORMS. `policy`: what a `dns-rpz` answers."""
    module = FORMS[form]
    items, left = chosen(dossiers, module.KINDS, day)
    render = partial(rpz.render, policy=policy) if policy and module is rpz else module.render
    made: Written = render(items, left, version)
    return made
