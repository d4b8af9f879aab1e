"""What falls due, for reading, for programs, for a spreadsheet. Overdue comes first."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec
from msgspec import Struct

from oust.model import Due
from oust.report.csv_report import cell
from oust.report.words import plural, safe

WIDTH = 100
NOTE = (
    "Not legal advice: how each date was counted stands below it; the contract and the law decide. "
    "“Overdue” says that a date is past; oust does not know what has been done."
)
_COLUMNS = (17, 22, 57)
_SHOWN = 6
"""Exposures of one date named before the rest is counted."""

HEADER = (
    *("date", "latest", "days_left", "state", "duty", "rule", "deadline", "number", "for"),
    *("condition", "waits_for", "basis", "time_zone", "report", "citation", "note"),
    *("exposures", "not_known_for"),
)


class Shown(Struct):
    """What is reported, beside the dates themselves."""

    day: str
    short: Mapping[str, str]  # exposure id: short id
    questions: Mapping[str, str]  # anchor: what to ask of the user
    profiles: Sequence[str]  # names of those asked for
    quiet: Sequence[str] = ()  # rules asked for that catch nothing


def days_left(one: Due, day: str) -> int | None:
    """Days from `day` to the date, the earliest where not known to the day; None without date."""
    if not one.when:
        return None
    return (day_of(one) - date.fromisoformat(day)).days


def day_of(one: Due) -> date:
    """The day of a deadline that has one, the earliest where only month or year is known."""
    text = one.when[:10]
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)


def state(one: Due, day: str) -> str:
    """`overdue by 3 days`, `due today`, `12 days left`."""
    left = days_left(one, day)
    if left is None:
        return "no date"
    if one.latest and one.when[:10] <= day and left <= 0:
        past = (date.fromisoformat(day) - date.fromisoformat(one.latest[:10])).days
        return f"overdue by {plural(past, 'day')}" if past > 0 else "due about now"
    if left < 0:
        return f"overdue by {plural(-left, 'day')}"
    return f"{plural(left, 'day')} left" if left else "due today"


def table(dues: Sequence[Due], shown: Shown) -> Iterator[str]:
    """Lines of at most WIDTH characters."""
    dated = [one for one in dues if one.when]
    zones = ", ".join(dict.fromkeys(one.zone for one in dated)) or "none"
    yield f" Deadlines as of {shown.day}{plural(len(dated), 'date'):>{WIDTH - 26 - 1}}"
    yield " " + "─" * (WIDTH - 2)
    yield from _wrapped(f"For: {', '.join(shown.profiles)}.  Time zone: {zones}.", " ")
    yield ""
    later = _later(dated, shown.day)
    for one in dated:
        if one.number not in later.get((one.rule, one.deadline), ()):
            yield from _dated(one, shown, later)
    if not dated:
        yield " No date falls due."
        yield ""
    yield from _waiting([one for one in dues if one.waits_for], shown)
    yield from _undated([one for one in dues if not one.when and not one.waits_for], shown)
    for rule in shown.quiet:
        yield f" {rule}: no deadline of it for whom and what was asked."
    yield from _wrapped(NOTE, " ")


def _wrapped(text: str, indent: str, more: str = "") -> list[str]:
    return textwrap.wrap(
        safe(text),
        WIDTH - 1,
        initial_indent=indent,
        subsequent_indent=indent + more,
        break_on_hyphens=False,
    )


_Later = dict[tuple[str, str], dict[int, str]]
"""Of a deadline that repeats: the dates after the next one, by number."""


def _later(dated: Sequence[Due], day: str) -> _Later:
    """Dates that stand in the row of the one before instead of in their own."""
    found: _Later = {}
    for one in dated:
        if one.when[:10] >= day:
            found.setdefault((one.rule, one.deadline), {})[one.number] = read_when(one)
    return {key: dict(list(dates.items())[1:]) for key, dates in found.items()}


def _dated(one: Due, shown: Shown, later: _Later) -> Iterator[str]:
    texts = _texts(one, shown)
    then = list(later.get((one.rule, one.deadline), {}).values()) if one.when >= shown.day else []
    if then:
        texts.append(f"then: {', '.join(then)}")
    right = [line for text in texts for line in _fitted(text)]
    left = [(read_when(one), state(one, shown.day))]
    for n, line in enumerate(right):
        when, word = left[n] if n < len(left) else ("", "")
        yield f" {when:<{_COLUMNS[0]}} {word:<{_COLUMNS[1]}} {line}".rstrip()
    yield ""


def _fitted(text: str) -> list[str]:
    return textwrap.wrap(safe(text), _COLUMNS[2], subsequent_indent="  ", break_on_hyphens=False)


def read_when(one: Due) -> str:
    """`2024-01-18`, `2026-03-09 10:00`, `2025-04 (no day)`."""
    if "T" in one.when:
        return one.when[:16].replace("T", " ")
    if len(one.when) < 10:
        return f"{one.when} (no day)"
    return one.when if one.exact else f"{one.when} or later"


def _texts(one: Due, shown: Shown) -> list[str]:
    """What to do, why, for which exposures, on what condition, with which form."""
    texts = [one.duty, f"{one.rule}: {one.citation}"]
    if one.condition:
        texts.append(one.condition)
    texts.append(one.basis)
    if len(shown.profiles) > 1:
        texts.append(f"for: {', '.join(one.profiles)}")
    if one.exposures:
        texts.append(f"exposures: {named(one.exposures, shown.short)}")
    if one.doubtful:
        texts.append(f"not known whether it reaches: {named(one.doubtful, shown.short)}")
    if one.report:
        texts.append(f"form: {form(one, shown.short)}")
    return texts


def named(ids: Sequence[str], short: Mapping[str, str]) -> str:
    """`KAS-3566, KAS-0f2b and 7 more`."""
    first = ", ".join(short.get(ident, ident) for ident in ids[:_SHOWN])
    return first + (f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else "")


def form(one: Due, short: Mapping[str, str]) -> str:
    """The command that fills in the report."""
    concerned = one.exposures or one.doubtful
    which = f" --exposure {short.get(concerned[0], concerned[0])}" if concerned else ""
    return f"oust report {one.report}{which}"


def _waiting(waiting: Sequence[Due], shown: Shown) -> Iterator[str]:
    if waiting:
        yield " Waiting for a date that only you know"
        yield " " + "─" * (WIDTH - 2)
    for anchor in dict.fromkeys(one.waits_for for one in waiting):
        option = "--identified" if anchor == "identification" else f"--anchor {anchor}="
        space = " " if anchor == "identification" else ""
        yield from _wrapped(f"{option}{space}DATE    {shown.questions.get(anchor, '')}", " ", "   ")
        for one in waiting:
            if one.waits_for == anchor:
                yield from _wrapped(f"{one.rule}: {one.duty}", "    ", "  ")
                yield from _wrapped(_second(one), "      ", "  ")
        yield ""


def _second(one: Due) -> str:
    return "; ".join(filter(None, (one.basis, one.condition)))


def _undated(dues: Sequence[Due], shown: Shown) -> Iterator[str]:
    if dues:
        yield " Without a date"
        yield " " + "─" * (WIDTH - 2)
    for one in dues:
        yield from _wrapped(f"{one.rule}: {one.duty}", " ", "   ")
        yield from _wrapped(_second(one), "   ", "  ")
    if dues:
        yield ""


def as_json(dues: Sequence[Due], shown: Shown) -> str:
    """One object: `as_of`, `for`, `note` and `deadlines`, a text ending with a newline."""
    found = {
        "as_of": shown.day,
        "for": list(shown.profiles),
        "note": NOTE,
        "deadlines": [_object(one, shown) for one in dues],
        "nothing_from": list(shown.quiet),
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"


def _object(one: Due, shown: Shown) -> dict[str, object]:
    return {
        "date": one.when,
        "exact": one.exact,
        "latest": one.latest,
        "days_left": days_left(one, shown.day),
        "state": state(one, shown.day),
        "duty": one.duty,
        "rule": one.rule,
        "deadline": one.deadline,
        "turn": one.turn,
        "number": one.number,
        "for": list(one.profiles),
        "condition": one.condition,
        "waits_for": one.waits_for,
        "basis": one.basis,
        "time_zone": one.zone,
        "report": one.report,
        "citation": one.citation,
        "note": one.note,
        "on_government": one.on_government,
        "exposures": list(one.exposures),
        "not_known_for": list(one.doubtful),
    }


def as_csv(dues: Sequence[Due], shown: Shown) -> str:
    """One row a date, safe to open in a spreadsheet, with CRLF line ends (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in dues:
        left = days_left(one, shown.day)
        row = (
            *(one.when, one.latest, "" if left is None else str(left), state(one, shown.day)),
            *(one.duty, one.rule, one.deadline, str(one.number), " ".join(one.profiles)),
            *(one.condition, one.waits_for, one.basis, one.zone, one.report, one.citation),
            *(one.note, " ".join(one.exposures), " ".join(one.doubtful)),
        )
        writer.writerow([value if _number(value) else cell(value) for value in row])
    return out.getvalue()


def _number(value: str) -> bool:
    return value.removeprefix("-").isdigit()
