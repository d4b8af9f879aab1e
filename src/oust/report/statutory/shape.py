"""What a filled form is made of, whatever it is written as."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from oust.data.report_form import FormWindow, Recipient, ReportForm
from oust.model import Evidence, Record, Source

Part = Literal["", "delivered product", "covered article"]
"""Which of the two a value is about; empty where they are the same or it is about neither."""

Placed = tuple[Evidence, Record]
"""A record with its place in the evidence."""


class Value(Struct, frozen=True, kw_only=True):
    """Something to write into a field, with its ground."""

    text: str
    of: Part = ""
    evidence: tuple[Evidence, ...] = ()
    inferred: str = ""  # how, where no evidence says it in so many words
    given: bool = False  # by the user


class Filled(Struct, frozen=True, kw_only=True):
    """One field of the form. Without values it is a blank that `ask` says how to fill."""

    id: str
    label: str
    values: tuple[Value, ...] = ()
    ask: str = ""


class Section(Struct, frozen=True, kw_only=True):
    """What the form asks of one exposure, or of all of them."""

    title: str
    exposures: tuple[str, ...]
    notes: tuple[str, ...] = ()
    context: tuple[Filled, ...] = ()  # what the evidence shows, asked for or not
    fields: tuple[Filled, ...] = ()


class Searched(Struct, frozen=True, kw_only=True):
    """A vendor that was looked for: by which names and how many identifiers of each kind."""

    vendor: str
    names: tuple[str, ...]
    identifiers: dict[str, int]
    exposures: int
    mentions: dict[str, int]  # met and not counted, by reason


class Coverage(Struct, frozen=True, kw_only=True):
    """How it was looked for, in what, and what was not looked at."""

    searched: tuple[Searched, ...]
    read: tuple[Source, ...]
    unread: tuple[Source, ...]
    groups: dict[str, str]  # format of a source read: group as a reader calls it
    not_looked_at: tuple[str, ...]  # methods by which nothing was looked at
    records: int
    quarantined: int


class Todo(Struct, frozen=True, kw_only=True):
    """Something the user must still do. `kind`: fill in, confirm or decide."""

    kind: Literal["fill in", "confirm", "decide"]
    what: str
    section: str = ""


class StatutoryReport(Struct, frozen=True, kw_only=True):
    """A form filled as far as evidence and the user go."""

    form: ReportForm
    window: FormWindow
    as_of: str
    identified: str
    contract: str
    nil: bool
    deadline: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    coverage: Coverage
    todo: tuple[Todo, ...]


BANNER = (
    "Draft prepared by oust from evidence. Not submitted: oust sends nothing to anybody. "
    "Not legal advice."
)
"""Stands on top of every report."""
