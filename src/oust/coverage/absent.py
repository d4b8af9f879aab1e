"""What no look covers: hosts never inventoried, buyers without inventory, times without a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta

from oust.covered import Missing, TimeGap
from oust.model import Look, Method
from oust.store import Store

LOGS: tuple[Method, ...] = ("DNS log", "connection log")
LEAST = timedelta(hours=1)
"""Shorter times between two logs are not told: sensors close and open files."""


def hosts_met(store: Store) -> dict[str, dict[str, set[str]]]:
    """Every host that evidence names, folded: its spellings, sources and other names."""
    item, occurrence = store.table("item"), store.table("occurrence")
    source = store.table("source")
    current = source.filter(source.current).select("sid", "path")
    seen = occurrence.select("key", "sid", "host").join(item.select("key", "kind", "name"), "key")
    seen = seen.join(current, "sid")
    name = (seen.kind == "host").ifelse(seen.name, seen.host)
    named = seen.mutate(on=name).filter(lambda t: t.on != "").select("on", "path").distinct()
    found: dict[str, dict[str, set[str]]] = {}
    for row in store.rows(named.order_by("on", "path")):
        one = found.setdefault(folded(row["on"]), {"names": set(), "sources": set(), "also": set()})
        one["names"].add(row["on"])
        one["sources"].add(row["path"])
    hosts = item.filter(item.kind == "host").semi_join(seen, "key").select("name", "ids")
    for row in store.rows(hosts):
        known = found.get(folded(row["name"]))
        if known:
            for text in row["ids"] or ():
                scheme, _, value = text.partition(":")
                if scheme in ("ip", "domain"):
                    known["also"].add(folded(value))
    return found


def folded(name: str) -> str:
    """A host's name as compared."""
    return name.strip().rstrip(".").casefold()


def missing(met: dict[str, dict[str, set[str]]], inventories: Set[str]) -> list[Missing]:
    """Hosts met that none of `inventories` (paths of sources) shows by any name known of them."""
    shown = {host for host, one in met.items() if one["sources"] & inventories}
    for host in sorted(shown):
        shown |= met[host]["also"]
    labels: dict[str, str] = {}
    for name in sorted(shown):
        if not _is_address(name):
            labels.setdefault(name.partition(".")[0], name)
    found = []
    for host, one in sorted(met.items()):
        if host not in shown and not one["also"] & shown:
            like = "" if _is_address(host) else labels.get(host.partition(".")[0], "")
            found.append(Missing(min(one["names"]), tuple(sorted(one["sources"])[:3]), like))
    return found


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def operators(store: Store) -> dict[str, str]:
    """Who runs a host, by its folded name, where the evidence says so; the first of several."""
    item, occurrence = store.table("item"), store.table("occurrence")
    source = store.table("source")
    current = source.filter(source.current).select("sid")
    run = occurrence.filter(occurrence.operator != "").semi_join(current, "sid")
    seen = run.select("key", "host", "operator").join(item.select("key", "kind", "name"), "key")
    name = (seen.kind == "host").ifelse(seen.name, seen.host)
    named = seen.mutate(on=name).filter(lambda t: t.on != "").select("on", "operator").distinct()
    found: dict[str, str] = {}
    for row in store.rows(named.order_by("on", "operator")):
        found.setdefault(folded(row["on"]), row["operator"])
    return found


def buyers(store: Store) -> list[str]:
    """Buyers of the awards kept that no inventory names as operator."""
    item, occurrence = store.table("item"), store.table("occurrence")
    bought = item.filter((item.kind == "award") & (item.buyer != "")).select("buyer").distinct()
    names = {row["buyer"] for row in store.rows(bought)}
    run = occurrence.filter(occurrence.operator != "").select("operator").distinct()
    operators = {folded(row["operator"]) for row in store.rows(run)}
    once = {folded(name): name for name in sorted(names, reverse=True)}
    return sorted(name for key, name in once.items() if key not in operators)


def gaps(looks: Sequence[Look]) -> Iterator[TimeGap]:
    """Times between the first and last moment of a method's logs that none of them covers."""
    for method in LOGS:
        spans = sorted(
            (start, end)
            for one in looks
            if one.method == method
            and (start := _moment(one.since))
            and (end := _moment(one.until))
        )
        reached = None
        for start, end in spans:
            if reached and start - reached > LEAST:
                yield TimeGap(method, reached.isoformat(), start.isoformat())
            reached = max(reached, end) if reached else end


def _moment(text: str) -> datetime | None:
    """A moment without zone, as those of one sensor are alike."""
    day, _, clock = text.partition("T")
    try:
        if clock.startswith("24"):
            return datetime.fromisoformat(day) + timedelta(days=1)
        return datetime.fromisoformat(text).replace(tzinfo=None) if clock else None
    except ValueError:
        return None
