"""Deadlines as an iCalendar file (RFC 5545).

The same dates on the same day give the same bytes: DTSTAMP is the day asked about, not the clock.
The UID of a date is made of case, rule, deadline and occurrence, so that a later file replaces an
entry instead of adding one, also where the date itself has changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oust.model import Due
from oust.report.deadlines import NOTE, day_of, form, read_when
from oust.report.words import clip, safe

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event

_NAMESPACE = uuid.UUID("5f0c3a54-7e0b-5d6c-9a43-2f7f1c6f9d11")
_SUMMARY = 120
_LISTED = 20
"""Exposures that a description lists before it counts the rest."""


def render(
    dues: Iterable[Due], case: str, day: str, short: Mapping[str, str], names: Mapping[str, str]
) -> str:
    """The calendar as text with CRLF line ends, of the deadlines that have a date.

    `case`: name of the case; `day`: ISO date asked about; `short` and `names`: the short id and
    the asset of an exposure by its id.
    """
    from icalendar import Calendar

    stamp = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    calendar = Calendar()
    calendar.add("prodid", "-//oust//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"oust deadlines: {clip(case, 60)}")
    for one in dues:
        if one.when:
            about = _description(one, short, names)
            calendar.add_component(_event(one, case, stamp, about))
    _add_zones(calendar)
    written: bytes = calendar.to_ical()
    return written.decode("utf-8")


def uid(one: Due, case: str) -> str:
    """The same for the same case, rule, deadline and occurrence."""
    parts = (case, one.rule, one.deadline, str(one.number))
    return f"{uuid.uuid5(_NAMESPACE, chr(0).join(parts))}@oust"


def _event(one: Due, case: str, stamp: datetime, about: str) -> Event:
    from icalendar import Event

    start = _start(one)
    event = Event()
    event.add("uid", uid(one, case))
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("summary", _summary(one))
    event.add("description", about)
    event.add("categories", [safe(one.rule)])
    event.add("transp", "TRANSPARENT")
    if one.when[:10] >= stamp.date().isoformat():  # an alarm for what is past would ring at once
        event.add_component(_alarm(one))
    return event


def _start(one: Due) -> date | datetime:
    """A day, the earliest where only month or year is known; or a moment in its zone."""
    if "T" in one.when:
        return datetime.fromisoformat(one.when).astimezone(ZoneInfo(one.zone))
    return day_of(one)


def _summary(one: Due) -> str:
    day = "" if one.exact else f"({read_when(one)}) "
    return f"{day}{clip(one.duty, _SUMMARY)} [{clip(one.rule, 60)}]"


def _alarm(one: Due) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Tomorrow: {_summary(one)}")
    alarm.add("trigger", timedelta(days=-1))
    return alarm


def _description(one: Due, short: Mapping[str, str], names: Mapping[str, str]) -> str:
    lines = [one.duty, f"Rule: {one.rule}: {one.citation}", f"Counted: {one.basis}"]
    lines += [f"Only {one.condition}"] if one.condition else []
    lines += [f"Note: {one.note}"] if one.note else []
    for word, ids in (("Concerns", one.exposures), ("May concern", one.doubtful)):
        lines += [f"{word}: {short.get(i, i)} {names.get(i, '')}".rstrip() for i in ids[:_LISTED]]
        lines += [f"{word}: {len(ids) - _LISTED:,} more"] if len(ids) > _LISTED else []
    lines += [f"Form: {form(one, short)}"] if one.report else []
    return "\n".join(safe(line) for line in [*lines, NOTE])


def _add_zones(calendar: Calendar) -> None:
    """Describe every zone used, for the years used."""
    starts = [event.start for event in calendar.events]
    days = [s.date() for s in starts if isinstance(s, datetime)]
    if days:
        first, last = date(min(days).year - 1, 1, 1), date(max(days).year + 1, 1, 1)
        calendar.add_missing_timezones(first_date=first, last_date=last)
