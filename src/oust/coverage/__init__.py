"""Coverage: which assets were looked at, by which method, when, how completely; and which not.

Derived on demand from what the store holds of sources and records, so that it is never older than
the evidence. SEES says what each method can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from oust.coverage.absent import buyers, gaps, hosts_met, missing
from oust.coverage.looks import looks
from oust.coverage.sees import PARTLY, SEES, Sees, able
from oust.coverage.sought import sought
from oust.coverage.unattributed import attribution
from oust.covered import Covered
from oust.data.dossier import Dossier
from oust.model import Look, Looked, Method
from oust.store import Store, source_of

__all__ = ["PARTLY", "SEES", "Sees", "able", "coverage", "looked", "looks"]

METHODS: tuple[Method, ...] = get_args(Method)


def coverage(
    store: Store, groups: Mapping[str, str], dossiers: Iterable[Dossier] = (), key: str = ""
) -> Covered:
    """Everything. `groups`: group by format. `key`: what bulk files should have been searched for.

    `dossiers`: vendors for which to count what each method can meet.
    """
    found = looks(store, groups)
    met = hosts_met(store)
    absent = missing(met, found)
    rows = store.sources()
    unread = [row for row in rows if row["status"] in ("not read", "partly read", "no reader")]
    bulk = [row for row in rows if row["bulk"] and key and row["sought"].split("+")[0] != key]
    return Covered(
        looks=tuple(found),
        looked=_looked(found, len(met), len(met) - len(absent)),
        missing=tuple(absent),
        buyers=tuple(buyers(store)),
        gaps=tuple(gaps(found)),
        attribution=tuple(attribution(store)),
        unread=tuple(source_of(row) for row in unread),
        stale=tuple(row["path"] for row in bulk),
        sought=tuple(sought(dossiers)),
    )


def looked(store: Store, groups: Mapping[str, str]) -> Looked:
    """The short form, to stand beside findings."""
    found = looks(store, groups)
    met = hosts_met(store)
    return _looked(found, len(met), len(met) - len(missing(met, found)))


def _looked(found: Iterable[Look], hosts: int, inventoried: int) -> Looked:
    done = list(found)
    used = {one.method for one in done if one.records}
    return Looked(
        methods=tuple(method for method in METHODS if method in used),
        never=tuple(method for method in METHODS if method not in used),
        hosts=hosts,
        inventoried=inventoried,
        partial=sum(not one.complete for one in done),
        looks=len(done),
    )
