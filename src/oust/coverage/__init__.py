"""Coverage: which assets were looked at, by which method, when, how completely; and which not.

Derived on demand from what the store holds of sources and records, so that it is never older than
the evidence. SEES says what each method can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set, Sized
from typing import Any, get_args

from msgspec import structs

from oust.coverage.absent import buyers, gaps, hosts_met, missing
from oust.coverage.looks import looks, methods_used
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
    rows = store.sources()
    absent = missing(met, _inventories(rows, groups))
    unread = [row for row in rows if row["status"] in ("not read", "partly read", "no reader")]
    bulk = [row for row in rows if row["bulk"] and key and row["sought"].split("+")[0] != key]
    return Covered(
        looks=tuple(found),
        looked=_looked(found, met, absent),
        missing=tuple(absent),
        buyers=tuple(buyers(store)),
        gaps=tuple(gaps(found)),
        attribution=tuple(attribution(store)),
        unread=tuple(source_of(row) for row in unread),
        stale=tuple(row["path"] for row in bulk),
        sought=tuple(sought(dossiers)),
    )


def looked(store: Store, groups: Mapping[str, str]) -> Looked:
    """The short form, to stand beside findings: methods and hosts."""
    rows, met = store.sources(), hosts_met(store)
    absent = missing(met, _inventories(rows, groups))
    return _short(methods_used(store, rows, groups), met, absent)


def _looked(found: Sequence[Look], met: Sized, absent: Sized) -> Looked:
    short = _short({one.method for one in found if one.records}, met, absent)
    partial = sum(not one.complete for one in found)
    return structs.replace(short, partial=partial, looks=len(found))


def _short(used: Set[Method], met: Sized, absent: Sized) -> Looked:
    return Looked(
        methods=tuple(method for method in METHODS if method in used),
        never=tuple(method for method in METHODS if method not in used),
        hosts=len(met),
        inventoried=len(met) - len(absent),
    )


def _inventories(rows: Iterable[Mapping[str, Any]], groups: Mapping[str, str]) -> set[str]:
    """Paths of sources that show what is on a host."""
    return {row["path"] for row in rows if groups.get(row["format"]) == "inventory"}
