"""What the types of a dossier cannot say: reasons, dates, forms of values, duplicates."""

from __future__ import annotations

import re

from oust.data.dossier import Cited, Dossier, Embedding, Identifier, Name, NotEvidence, Product
from oust.data.kinds import DESTINATIONS, IDENTIFIER_KINDS
from oust.data.nodes import Node
from oust.data.strict import (
    Entry,
    Findings,
    check_dates,
    check_order,
    check_twice,
    did_you_mean,
    quoted,
)
from oust.data.values import check_digit_fault, form_fault, regex_fault
from oust.model import Record


def check_entries(entries: list[Entry], found: Findings) -> None:
    """Check every mapping of a dossier on its own, then those that speak of the same things."""
    for entry in entries:
        if issubclass(entry.type, Cited):
            _cited(entry, found)
        if entry.type is Identifier:
            _identifier(entry, found)
        elif entry.type is NotEvidence:
            _not_evidence(entry, found)
        elif entry.type is Dossier:
            _dossier(entry, found)
    _duplicates(entries, found)
    _contradictions(entries, found)


def _cited(entry: Entry, found: Findings) -> None:
    values = entry.values
    for key in ("source", "values"):
        if key in entry.nodes and values.get(key) == ():
            found.add(entry.nodes[key], f"{key} is empty")
    if values.get("strength") == "weak" and not values.get("why"):
        hint = "say what else produces the value"
        found.add(entry.nodes["strength"], "why is missing: the fact is weak", hint)
    if values.get("strength") == "weak" and values.get("distinctive") is True:
        found.add(entry.nodes["distinctive"], "a weak name is not distinctive")
    check_dates(entry, ("since", "until", "observed"), found)
    check_order(entry, "since", "until", found)
    _codes(entry, found)


def _codes(entry: Entry, found: Findings) -> None:
    forms = {
        "country": (r"[A-Z]{2}", "two capitals of ISO 3166-1, such as CH"),
        "script": (r"[a-z]{2}", "two letters of ISO 639-1, such as zh"),
        "share": (r"(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)", "per cent from 0 to 100, such as 49.9"),
    }
    for key, (pattern, wanted) in forms.items():
        if key in entry.values and not re.fullmatch(pattern, entry.values[key]):
            found.add(
                entry.nodes[key], f"{quoted(entry.values[key])} is no {key}", f"write {wanted}"
            )


def _identifier(entry: Entry, found: Findings) -> None:
    name = entry.values.get("kind", "")
    kind = IDENTIFIER_KINDS.get(name)
    if kind is None:
        if name:
            hint = did_you_mean(name, IDENTIFIER_KINDS) or "docs/dossier-schema.md lists the kinds"
            found.add(entry.nodes["kind"], f"{quoted(name)} is no kind of identifier", hint)
        return
    match = entry.values.get("match", "") or kind.compare
    scheme = entry.values.get("detail", {}).get("scheme", "")
    if entry.values.get("serves") and name not in DESTINATIONS:
        hint = "only hosts and addresses serve something"
        found.add(entry.at("serves"), f"a {name} has no use for serves", hint)
    node = entry.nodes.get("values", entry.node)
    for value in entry.values.get("values", ()):
        free = match in ("prefix", "regex")
        fault = regex_fault(value) if match == "regex" else ""
        if fault := fault or ("" if free else form_fault(kind.form, value)):
            found.add_value(node, value, fault)
        elif name == "registration_number" and (fault := check_digit_fault(scheme, value)):
            found.add_value(node, value, fault, "compare it with the register", warning=True)


def _not_evidence(entry: Entry, found: Findings) -> None:
    if not entry.values.get("why"):
        found.add(entry.node, "why is missing: say what it is instead")
    for pattern in entry.values.get("patterns", ()):
        node = entry.nodes["patterns"]
        if len(pattern.strip("* ")) < 2:
            found.add_value(
                node, pattern, f"the pattern {quoted(pattern)} would match nearly anything"
            )
        elif "*" in pattern.strip("*"):
            hint = "only its first and last character may be *"
            found.add_value(node, pattern, f"the pattern {quoted(pattern)} has a * inside", hint)
    for field in entry.values.get("fields", ()):
        if field not in Record.__struct_fields__:
            hint = did_you_mean(field, Record.__struct_fields__)
            found.add_value(
                entry.nodes["fields"], field, f"{quoted(field)} is no record field", hint
            )


def _dossier(entry: Entry, found: Findings) -> None:
    name = entry.values.get("id", "")
    if name and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
        hint = "lower-case letters, digits and single hyphens"
        found.add(entry.nodes["id"], f"the id {quoted(name)} cannot be used", hint)
    for key in ("word", "misspellings"):
        for word in entry.values.get(key, ()):
            if len(word) < 2:
                found.add_value(
                    entry.nodes[key], word, f"{quoted(word)} is too short to name a vendor"
                )


def _duplicates(entries: list[Entry], found: Findings) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for entry in entries:
        for key, value, node in _claims(entry):
            first = seen.setdefault((*key, value.casefold()), entry.node.line)
            if first != entry.node.line:
                hint = "keep one, with both sources"
                found.add_value(
                    node, value, f"{quoted(value)} stands in the entry of line {first} too", hint
                )
        check_twice(entry, found)


def _claims(entry: Entry) -> list[tuple[tuple[str, ...], str, Node]]:
    values, nodes = entry.values, entry.nodes
    if entry.type is Identifier:
        key = (values.get("kind", ""), values.get("match", ""))
        return [(key, v, nodes.get("values", entry.node)) for v in values.get("values", ())]
    if entry.type in (Name, Product, NotEvidence) and "value" in values:
        return [((entry.where,), values["value"], nodes["value"])]
    if entry.type is Embedding and "product" in values:
        licensee = values.get("licensee", "")
        return [((entry.where, licensee), values["product"], nodes["product"])]
    return []


def _contradictions(entries: list[Entry], found: Findings) -> None:
    """A value that identifies the vendor cannot be a known confusion at the same time."""
    confusions: dict[str, int] = {}
    for entry in entries:
        if entry.type is NotEvidence and entry.values.get("scope", "span") == "span":
            for pattern in entry.values.get("patterns", ()):
                confusions.setdefault(pattern.casefold(), entry.node.line)
    for entry in entries:
        if entry.type is not Identifier or entry.values.get("strength") == "weak":
            continue
        for value in entry.values.get("values", ()):
            if line := confusions.get(value.casefold()):
                message = f"{quoted(value)} stands in not_evidence too, line {line}"
                found.add_value(entry.nodes["values"], value, message, "mark it weak or drop one")
