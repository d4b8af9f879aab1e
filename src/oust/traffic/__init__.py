"""Traffic: what identified software does on the wire, host by host, as figures.

`known` takes from the case which names and addresses stand for a vendor; `audit` joins rows of
logs that are read again into contacts, and gives a Channel for each host, vendor and purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pyarrow as pa

from oust.channel import Audit, Channel, Purpose, Replayed, Sum
from oust.errors import OustError
from oust.traffic.contacts import CONNECTIONS, Contacts
from oust.traffic.figures import Gathered, channel, moment
from oust.traffic.known import Known, known
from oust.traffic.limits import limits
from oust.traffic.purpose import ORDER

__all__ = ["Known", "Logs", "audit", "known", "seconds"]

_FOREVER = 1e12


class Logs(Protocol):
    """Logs that can be read again. See oust.replay."""

    def events(
        self, wanted: Callable[[str], bool], uids: Collection[str] = ()
    ) -> Iterator[tuple[str, pa.RecordBatch]]:
        """(path, rows as channel.EVENT_SCHEMA says) of every log whose path is `wanted`."""

    def outcomes(self) -> tuple[Replayed, ...]:
        """What became of each log."""


def audit(
    known: Known, logs: Logs, hosts: Sequence[str] = (), since: str = "", until: str = ""
) -> Audit:
    """Channels from hosts (of `hosts`, if given) to destinations, `since` and `until` inclusive.

    Raises OustError for a date that is none.
    """
    start, end = seconds(since, 0.0), seconds(until, _FOREVER, last=True)
    contacts = Contacts(known, start, end)
    if known.destinations:
        _collect(contacts, logs)
    outcomes = logs.outcomes() if known.destinations else ()
    read = {one.path for one in outcomes if one.word == "read again"}
    sums = [one for one in known.sums if one.source not in read and _within(one, start, end)]
    channels = tuple(_channels(known, contacts, sums, {host.casefold() for host in hosts}))
    kinds = tuple(sorted(contacts.logs))
    cannot = tuple(limits(channels, kinds, bool(sums)))
    return Audit(
        channels=channels, logs=outcomes, kinds=kinds, since=since, until=until, cannot=cannot
    )


def seconds(text: str, default: float, last: bool = False) -> float:
    """An ISO date or date-time (UTC unless it says otherwise) as seconds since 1970.

    `last`: the moment after it, so that a whole day is within.
    """
    if not text:
        return default
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write it like 2017-09-12 or 2017-09-12T08:30:00Z"
        raise OustError(f"“{text}” is no date", hint) from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    step = timedelta(days=1) if len(text) == 10 else timedelta(seconds=1)
    return (at + step if last else at).timestamp()


def _collect(contacts: Contacts, logs: Logs) -> None:
    """Names first, then connections; logs that showed only names are not read twice."""
    named: set[str] = set()
    for path, batch in logs.events(lambda path: True):
        kinds = set(batch["log"].unique().to_pylist())
        if kinds and CONNECTIONS not in kinds:
            named.add(path)
        contacts.named(batch, path)
    for path, batch in logs.events(lambda path: path not in named, contacts.uids()):
        contacts.measured(batch, path)


def _within(one: Sum, start: float, end: float) -> bool:
    """Whether any of it may lie in the time asked for."""
    first = one.first or "0001-01-01"
    last = one.last or "9999-12-31"
    return first < moment(min(end, 2e11)) and last >= moment(start)[: len(last)]


def _channels(
    known: Known, contacts: Contacts, sums: Iterable[Sum], hosts: set[str]
) -> Iterator[Channel]:
    held: dict[tuple[str, str, Purpose], Gathered] = {}
    by_name: dict[str, list[tuple[str, Purpose]]] = {}
    for (name, vendor), destination in known.destinations.items():
        by_name.setdefault(name, []).append((vendor, destination.purpose))

    def places(name: str, client: str) -> Iterator[Gathered]:
        for vendor, purpose in by_name.get(name, ()):
            if not hosts or client.casefold() in hosts:
                found = held.setdefault((client, vendor, purpose), Gathered())
                found.destinations[name] = known.destinations[name, vendor]
                yield found

    for contact in contacts.found():
        for one in places(contact.name, contact.client):
            one.contacts.append(contact)
    for look_up in contacts.look_ups:
        for one in places(look_up.name, look_up.client):
            one.look_ups.append(look_up)
    for each in sums:
        for one in places(each.name, each.client):
            one.sums.append(each)
    keys = sorted(held, key=lambda key: (key[0], key[1], ORDER.index(key[2])))
    for client, vendor, purpose in keys:
        yield channel(vendor, client, purpose, held[client, vendor, purpose])
