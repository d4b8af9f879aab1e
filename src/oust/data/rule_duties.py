"""Check what a rule forbids and demands: provisions, exceptions, deadlines."""

from __future__ import annotations

import re

from oust.data.profiles import check_words, load_anchors, load_facts, load_tags
from oust.data.rule_bars import check_needs, negatable
from oust.data.strict import (
    Entry,
    Findings,
    check_dates,
    check_order,
    did_you_mean,
    is_date,
    is_later,
    quoted,
)


def check_provision(provision: Entry, stages: dict[str, Entry], found: Findings) -> None:
    """Its stage, dates, facts, and whom it obliges."""
    check_stage(provision, "stage", stages, found)
    stage = stages.get(provision.values.get("stage", ""))
    step = stage.values.get("step", "event") if stage else ""
    if step in ("event", "ended"):
        message = f"its stage has step {step}, which brings no wording"
        hint = "give the stage a step such as committee, enacted or effective"
        found.add(provision.at("stage"), message, hint, warning=True)
    check_dates(provision, ("since", "until"), found)
    check_order(provision, "since", "until", found)
    _obliges(provision, found)
    if provision.values.get("acts") == ():
        found.add(provision.at("acts"), "acts is empty", "say what is barred: use, buy, ...")
    check_needs(provision, found)


def check_stage(entry: Entry, key: str, stages: dict[str, Entry], found: Findings) -> None:
    """A stage must be one of the rule's that has an id."""
    name = entry.values.get(key, "")
    if name and name not in stages:
        listed = f"stages with an id: {', '.join(stages) or 'none'}"
        hint = did_you_mean(name, stages) or listed
        found.add(entry.at(key), f"there is no stage {quoted(name)}", hint)


def check_exception(exception: Entry, found: Findings) -> None:
    """It must name something that can be tested, or it never applies."""
    check_dates(exception, ("acquired_before", "until"), found)
    check_words(exception, "fact", negatable(load_facts()), "fact", found, own=True)
    values = exception.values
    if not any(values.get(key) for key in ("fact", "acquired_before", "products")):
        message = "the exception names nothing to test: it is shown, but never applies"
        found.add(exception.node, message, "add fact, acquired_before or products", warning=True)
    if values.get("by") and not values.get("waiver"):
        message = "by says who grants it, but it is no waiver"
        found.add(exception.at("by"), message, "add waiver: true", warning=True)


def check_deadline(deadline: Entry, stages: dict[str, Entry], found: Findings) -> None:
    """It must say when, in one way, and from something that exists."""
    check_dates(deadline, ("due", "contracts_from", "contracts_until"), found)
    _contracts(deadline, found)
    _obliges(deadline, found)
    _when(deadline, found)
    _anchor(deadline, stages, found)
    _repeats(deadline, found)


def check_clause(clause: Entry, found: Findings) -> None:
    """Its dates and whom it obliges."""
    check_dates(clause, ("since", "until"), found)
    check_order(clause, "since", "until", found)
    _obliges(clause, found)


def _contracts(deadline: Entry, found: Findings) -> None:
    first = deadline.values.get("contracts_from", "")
    last = deadline.values.get("contracts_until", "")
    if is_later(first, last):
        message = f"contracts_until {last} is before contracts_from {first}"
        found.add(deadline.at("contracts_until"), message, "swap them, or correct one")


def _obliges(entry: Entry, found: Findings) -> None:
    for key in ("obliges", "spares"):
        check_words(entry, key, load_tags(), "tag", found, own=True)
    if entry.values.get("obliges") == () and not entry.values.get("on_government"):
        found.add(entry.at("obliges"), "obliges is empty", "name at least one tag")
    for tag in entry.values.get("spares", ()):
        if tag in entry.values.get("obliges", ()):
            message = f"{quoted(tag)} stands in obliges and in spares"
            found.add_value(entry.at("spares"), tag, message, "keep one")


def _when(deadline: Entry, found: Findings) -> None:
    values = deadline.values
    counted = [key for key in ("n", "unit", "anchor") if key in deadline.nodes]
    missing = [key for key in ("n", "unit", "anchor") if key not in deadline.nodes]
    if values.get("due") and "n" in counted:
        hint = "keep due where the law gives the day, else n, unit and anchor"
        found.add(deadline.at("n"), "the deadline has due and n", hint, warning=True)
    elif not values.get("due") and counted == ["anchor"]:
        message = "the deadline has an anchor but no time: it gives no day"
        found.add(deadline.at("anchor"), message, "add n and unit if known", warning=True)
    elif not values.get("due") and counted and missing:
        message = f"{' and '.join(missing)} missing: {' and '.join(counted)} alone give no day"
        found.add(deadline.at(counted[0]), message, "write n, unit and anchor together")
    elif not values.get("due") and not counted and not values.get("every_date"):
        hint = "write due: DATE; or n, unit and anchor; or every_date: 03-31"
        found.add(deadline.node, "the deadline does not say when", hint)
    if values.get("n", 0) < 0 or values.get("every_n", 0) < 0:
        key = "n" if values.get("n", 0) < 0 else "every_n"
        found.add(deadline.at(key), f"{key} is less than nothing", "count from the anchor on")


def _anchor(deadline: Entry, stages: dict[str, Entry], found: Findings) -> None:
    anchor = deadline.values.get("anchor", "")
    known = {*stages, *load_anchors()}
    if anchor and anchor not in known and not is_date(anchor):
        listed = f"a date, a stage with an id, or one of: {', '.join(sorted(known))}"
        hint = did_you_mean(anchor, known) or listed
        found.add(deadline.at("anchor"), f"there is no anchor {quoted(anchor)}", hint)


def _repeats(deadline: Entry, found: Findings) -> None:
    values = deadline.values
    if ("every_n" in deadline.nodes) != ("every_unit" in deadline.nodes):
        key = "every_n" if "every_n" in deadline.nodes else "every_unit"
        found.add(deadline.at(key), "every_n and every_unit belong together", "add the other")
    day = values.get("every_date", "")
    if day and not (re.fullmatch(r"\d\d-\d\d", day) and is_date(f"2000-{day}")):
        hint = "write month and day, such as 03-31"
        found.add(deadline.at("every_date"), f"every_date is no day: {quoted(day)}", hint)
    until = values.get("until", "")
    if until[:4].isdigit():  # otherwise it is words, such as: full removal
        check_dates(deadline, ("until",), found)
