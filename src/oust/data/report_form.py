"""Statutory report forms as data: which fields, in which window, to whom, from which source.

A form says in our own words what a clause or directive asks for. Its field ids are those under
which the facts were collected, so that they can be held against each other. `take` says where a
value can come from; what evidence cannot hold is `user` and stays a visible blank.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from oust.data.quick import read_quick
from oust.data.strict import (
    Entry,
    Findings,
    Problem,
    Schema,
    check_dates,
    check_order,
    check_twice,
    did_you_mean,
    quoted,
    read_strict,
)

FORMS_FILE = Path(__file__).parent / "report_forms.yaml"

Take = Literal[
    "user",  # only the user knows
    "stated-for",  # stands for other fields of the form: `stands_for`
    "contract",  # the award's number, or that of the vehicle it was placed on
    "order",  # the number of an order placed on such a vehicle
    "contract-and-order",
    "seller",  # who sold it under the award
    "seller-uei",
    "seller-cage",
    "seller-codes",  # name with every code known
    "brand",
    "model",  # OEM number, manufacturer's part number, wholesaler's number; version as a hint
    "description",
    "delivered",  # the product or service that was provided or is used
    "covered",  # what the prohibition reaches, inside it or the same
    "product",  # both of these, said as one
    "producer",
    "producer-uei",
    "producer-cage",
    "suggested",  # told by the vendor: `suggestions`
    "products",  # over all exposures: each product
    "endpoints",  # ... with the number of hosts
    "methods",  # how it was looked for
    "components",  # parts of an organisation in which it stands
    "agreements",  # awards and agreements with the vendor or for its product
    "suppliers",
    "locations",
]
"""Where the value of a field can come from."""

Nil = Literal["required", "certification", "not asked"]
"""What the form wants where nothing is found."""


class Suggestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a field will likely hold where the exposure is to a vendor."""

    vendor: str  # dossier id
    text: str


class FormField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is asked for."""

    id: str
    label: str
    take: Take = "user"
    ask: str = ""  # what to write, where the label does not say it
    only_if: str = ""  # asked for only in this case
    stands_for: tuple[str, ...] = ()  # ids of the fields it repeats
    suggestions: tuple[Suggestion, ...] = ()


class DueText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a window closes, in words, for contracts of a time."""

    text: str
    contracts_from: str = ""
    contracts_until: str = ""


class FormWindow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One report of those a form knows: first, follow-up, later."""

    id: str
    name: str
    due: tuple[DueText, ...]
    deadlines: tuple[str, ...] = ()  # ids of the rule's deadlines that compute it
    anchor: str = ""  # event from which it is counted, as in data/facts.yaml
    when: str = ""  # only if
    note: str = ""
    fields: tuple[str, ...] = ()  # ids, in order
    source: tuple[str, ...] = ()


class Recipient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom, in which case."""

    when: str
    to: str


class FormSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the fields and windows were read."""

    url: str
    what: str


class ReportForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report that a clause or directive asks for.

    `vendors` are dossier ids it is about, empty: any. `grouped`: one list of products with
    counts, not a section for each exposure. `fields_seen` false: the sources give no field list.
    """

    id: str
    title: str
    rule: str
    citation: str
    who: str
    trigger: str
    to: tuple[Recipient, ...]
    windows: tuple[FormWindow, ...]
    vendors: tuple[str, ...] = ()
    vendors_note: str = ""
    grouped: bool = False
    embedded: Literal["yes", "no", "unknown", "substantial"] = "yes"
    embedded_note: str = ""
    fields_seen: bool = True
    fields_note: str = ""
    nil: Nil = "not asked"
    nil_note: str = ""
    differences: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()  # names of the blocks of the fact file it was made from
    source: tuple[FormSource, ...]

    def window(self, name: str) -> FormWindow | None:
        """The window of that id; the first for an empty one."""
        if not name:
            return self.windows[0]
        return next((one for one in self.windows if one.id == name), None)


class FormFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data/report_forms.yaml`."""

    fields: tuple[FormField, ...]
    forms: tuple[ReportForm, ...]


@cache
def _file() -> FormFile:
    return read_quick(FORMS_FILE, FormFile)


def load_forms() -> dict[str, ReportForm]:
    """Every form, by id, in the order of the file."""
    return {form.id: form for form in _file().forms}


def load_fields() -> dict[str, FormField]:
    """Every field that forms ask for, by id."""
    return {field.id: field for field in _file().fields}


def window_fields(window: FormWindow) -> tuple[FormField, ...]:
    """The fields of a window, each once; those that stand for others are replaced by them."""
    known = load_fields()
    ids = [inner for name in window.fields for inner in (known[name].stands_for or (name,))]
    return tuple(known[name] for name in dict.fromkeys(ids))


def check_forms(path: Path = FORMS_FILE) -> list[Problem]:
    """Give every problem of a file of forms, in file order."""
    return read_strict(path, FormFile, _SCHEMA)[1]


def _check(entries: list[Entry], found: Findings) -> None:
    fields = {e.values.get("id", "") for e in entries if e.type is FormField}
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        check_twice(entry, found)
        if entry.type is DueText:
            check_dates(entry, ("contracts_from", "contracts_until"), found)
            check_order(entry, "contracts_from", "contracts_until", found)
        for key in ("fields", "stands_for"):
            if entry.type in (FormWindow, FormField):
                _known(entry, key, fields, found)
        if entry.type in (FormField, ReportForm):
            _once(entry, seen, found)


def _known(entry: Entry, key: str, fields: set[str], found: Findings) -> None:
    for name in entry.values.get(key, ()):
        if name not in fields:
            hint = did_you_mean(name, fields)
            found.add_value(entry.at(key), name, f"there is no field {quoted(name)}", hint)


def _once(entry: Entry, seen: set[tuple[str, str]], found: Findings) -> None:
    name = entry.values.get("id", "")
    if (entry.where, name) in seen:
        found.add(entry.at("id"), f"{quoted(name)} stands in {entry.where} twice")
    seen.add((entry.where, name))


_SCHEMA = Schema(
    what="a file of report forms",
    page="docs/reports.md",
    check=_check,
    hints={"source": "say where the list of fields was read"},
)
