"""Check who a rule bars: the tests of one list and what they relate to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oust.data.load import bundled_ids
from oust.data.profiles import check_words, load_facts
from oust.data.strict import Entry, Findings, check_dates, check_order, did_you_mean, quoted

_NAMING = ("named", "developer")
_BY_COUNTRY = ("country-based", "country-controlled")
_ALONE = (*_NAMING, "listed", *_BY_COUNTRY)
"""Relations that need nobody else in the list."""

_SHARE = re.compile(r"(>=?)(\d+(?:\.\d+)?)")


def check_bars(holder: Entry, bars: list[Entry], bundled: bool, found: Findings) -> None:
    """Check one list of tests: of the rule itself or of a provision."""
    naming = [bar for bar in bars if bar.values.get("relation") in _NAMING]
    names = {bar.values["name"] for bar in naming if "name" in bar.values}
    anchored = bool(naming) or any(bar.values.get("relation") == "listed" for bar in bars)
    for bar in bars:
        _dates(bar, found)
        _share(bar, found)
        _named(bar, bundled, found)
        _countries(bar, found)
        _relates(bar, names, anchored, found)
        check_needs(bar, found)


def check_needs(entry: Entry, found: Findings) -> None:
    """Each of `needs` is a fact, or a fact negated."""
    check_words(entry, "needs", negatable(load_facts()), "fact", found, own=True)


def negatable(facts: Iterable[str]) -> set[str]:
    """The ids of facts, plain and with `not:` before them."""
    return {form for fact in facts for form in (fact, f"not:{fact}")}


def _dates(bar: Entry, found: Findings) -> None:
    check_dates(bar, ("since", "until"), found)
    check_order(bar, "since", "until", found)


def _share(bar: Entry, found: Findings) -> None:
    relation, text = bar.values.get("relation", ""), bar.values.get("threshold", "")
    if relation in ("stake", "aggregate") and not text:
        word = {"stake": "a stake", "aggregate": "an aggregate"}[relation]
        hint = "write threshold: '>=20' or the like, in per cent"
        found.add(bar.at("relation"), f"{word} needs a threshold", hint)
    if not text:
        return
    node, match = bar.at("threshold"), _SHARE.fullmatch(text)
    if match is None:
        hint = "write '>50' or '>=20': more than, or at least, so many per cent"
        found.add(node, f"the threshold {quoted(text)} cannot be read", hint)
        return
    sign, share = match[1], float(match[2])
    if share > 100 or (sign == ">" and share == 100):
        hint = "write at most '>=100'"
        found.add(node, f"the threshold {quoted(text)} is a share over 100 %", hint)
    if relation in ("named", "predecessor", "successor", "listed", "developer", "country-based"):
        message = f"the relation {relation} has no threshold"
        found.add(node, message, "drop it, or choose stake, owned or majority-owned")


def _named(bar: Entry, bundled: bool, found: Findings) -> None:
    relation, vendor = bar.values.get("relation", ""), bar.values.get("vendor", "")
    if relation in _NAMING:
        if not bar.values.get("name"):
            found.add(bar.node, "name is missing: whom does the rule name?", "add name")
        if bar.values.get("of"):
            found.add(bar.at("of"), "a named entity relates to nobody", "drop of")
    elif vendor and relation:
        hint = "move it to the entry with relation: named"
        found.add(bar.at("vendor"), "vendor belongs to a named entity", hint)
    known = bundled_ids()
    if vendor and vendor not in known:
        hint = did_you_mean(vendor, known) or (
            f"known: {', '.join(known)}" if bundled else "give your own dossier with --dossier FILE"
        )
        message = f"{quoted(vendor)} is no bundled dossier"
        found.add(bar.at("vendor"), message, hint, warning=not bundled)


def _countries(bar: Entry, found: Findings) -> None:
    relation, countries = bar.values.get("relation", ""), bar.values.get("countries", ())
    if relation in _BY_COUNTRY and not countries:
        hint = "write countries: [CN] or the like"
        found.add(bar.at("relation"), f"countries is missing: {relation} needs them", hint)
    if countries and relation and relation not in (*_BY_COUNTRY, "listed"):
        hint = "choose country-based, country-controlled or listed, or drop it"
        found.add(bar.at("countries"), f"the relation {relation} takes no countries", hint)
    for country in countries:
        if not re.fullmatch(r"[A-Z]{2}", country):
            hint = "write two capitals of ISO 3166-1, such as CN"
            found.add_value(bar.at("countries"), country, f"{quoted(country)} is no country", hint)


def _relates(bar: Entry, names: set[str], anchored: bool, found: Findings) -> None:
    relation = bar.values.get("relation", "")
    for name in bar.values.get("of", ()):
        if name not in names:
            hint = did_you_mean(name, names) or "of repeats the name of an entry of the same list"
            found.add_value(bar.at("of"), name, f"{quoted(name)} is not named here", hint)
    if relation and relation not in _ALONE and not anchored:
        message = f"{relation} relates to nobody: no entry of this list is named"
        found.add(bar.at("relation"), message, "add an entry with relation: named and its name")
