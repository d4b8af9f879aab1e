"""Beneficial Ownership Data Standard 0.4, and 0.2 and 0.3 as far as they differ.

A statement is about an entity, a person, or the interests of one in another. Later statements
about the same record replace earlier ones; an interest ends with the statement that closes it.
Source: https://standard.openownership.org/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from oust import shares
from oust.formats import inventory_ids as ids
from oust.formats.json_stream import values
from oust.formats.listing import extra, string, urls
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Link, Quarantine, Record, Relation, Said

_TYPES = {
    "entity": "entity",
    "entitystatement": "entity",
    "person": "person",
    "personstatement": "person",
    "relationship": "relationship",
    "ownershiporcontrolstatement": "relationship",
}
_UNSAID = ("", "unknownInterest", "unpublishedInterest", "unknown-interest", "unpublished-interest")
_SCHEMES = {"XI-LEI": "lei", "US-DUNS": "duns", "XI-DUNS": "duns", "US-SAM": "uei", "US-UEI": "uei"}
_REGISTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9_]+)+$")

Json = Mapping[str, Any]


class Bods:
    """BODS statements as JSON array or JSON lines."""

    name = "bods"
    title = "Beneficial Ownership Data Standard 0.2 to 0.4"
    group = "relations"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the keys of a statement of either generation."""
        keys = head.json_keys
        if {"statementId", "recordDetails"} <= keys or {"statementId", "recordType"} <= keys:
            return 95
        return 95 if {"statementID", "statementType"} <= keys else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record per entity and person, a link per interest."""
        later = _Later(opened)
        for one in values(opened):
            if isinstance(one, Quarantine):
                yield one
            else:
                yield from _statement(one[1], one[0], later)


class _Later:
    """When statements are replaced: by record, and in older versions by statement."""

    def __init__(self, opened: Opened) -> None:
        self._dates: dict[str, list[str]] = {}
        with suppress(Unreadable):  # told when the statements are read
            for one in values(opened):
                if not isinstance(one, Quarantine) and isinstance(one[1], dict):
                    self._note(one[1])

    def _note(self, statement: Json) -> None:
        when = string(statement.get("statementDate"))
        replaced = statement.get("replacesStatements")
        for old in replaced if isinstance(replaced, list) else ():
            self._dates.setdefault(string(old), []).append(when)
        if string(statement.get("recordStatus")) in ("updated", "closed"):
            self._dates.setdefault(string(statement.get("recordId")), []).append(when)

    def than(self, statement: Json) -> str:
        """Date of the first statement that replaces this one; empty if none does."""
        when = string(statement.get("statementDate"))
        own = self._dates.get(_text(statement, "statementId", "statementID"), [])
        same = self._dates.get(string(statement.get("recordId")), [])
        return min([*filter(None, own), *(date for date in same if date > when)], default="")


def _text(value: Any, *keys: str) -> str:
    if not isinstance(value, dict):
        return ""
    return next((text for key in keys if (text := string(value.get(key)))), "")


def _dicts(value: Any) -> list[Json]:
    """The objects in a list; an object where a list is meant."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def _statement(value: Any, locator: str, later: _Later) -> Iterator[Said]:
    kind = _TYPES.get(_text(value, "recordType", "statementType").lower(), "")
    ref = _ref(value)
    details = value.get("recordDetails", value) if isinstance(value, dict) else None
    if not kind or not ref or not isinstance(details, dict):
        yield Quarantine(locator, "not a statement", one_line(value))
    elif kind == "relationship":
        yield from _relationship(value, details, locator, later)
    else:
        yield _party(value, details, kind, locator, later)


def _ref(value: Any) -> str:
    """By what other statements mean this one: the record, before 0.4 the statement."""
    return _text(value, "recordId") or _text(value, "statementId", "statementID")


def _party(value: Json, details: Json, kind: str, locator: str, later: _Later) -> Record:
    names = _names(details)
    reason = _unspecified(details)
    closed = _text(value, "recordStatus") == "closed"
    ended = _text(details, "dissolutionDate") or (_text(value, "statementDate") if closed else "")
    return Record(
        kind="party",
        locator=locator,
        ref=_ref(value),
        name=names[0] if names else "",
        type=_type(details, kind),
        ids=ids.joined(_identifiers(details), (f"alias:{name}" for name in names[1:])),
        urls=urls(_text(details, "uri")),
        description=reason,
        since=_text(details, "foundingDate"),
        until=ended or later.than(value),
        extra=extra(_about(value, details)),
    )


def _names(details: Json) -> list[str]:
    """All names, the one to show first; of people the legal name comes first."""
    listed = sorted(
        _dicts(details.get("names")),
        key=lambda one: _text(one, "type") not in ("legal", "individual"),
    )
    found = [string(details.get("name")), *(_full_name(one) for one in listed)]
    others = details.get("alternateNames")
    found += [string(one) for one in others] if isinstance(others, list) else [string(others)]
    return list(dict.fromkeys(filter(None, found)))


def _full_name(name: Json) -> str:
    parts = (_text(name, "givenName"), _text(name, "familyName"))
    return _text(name, "fullName") or " ".join(filter(None, parts))


def _type(details: Json, kind: str) -> str:
    written = details.get("entityType", details.get("personType"))
    return _text(written, "subtype", "type") or string(written) or kind


def _unspecified(details: Json) -> str:
    for key in ("unspecifiedEntityDetails", "unspecifiedPersonDetails", "unspecified"):
        given = details.get(key)
        if isinstance(given, dict):
            return "; ".join(filter(None, (_text(given, "reason"), _text(given, "description"))))
    return _text(details, "missingInfoReason")


def _identifiers(details: Json) -> Iterator[str]:
    for one in _dicts(details.get("identifiers")):
        scheme, number = _text(one, "scheme"), _text(one, "id")
        named = _text(one, "schemeName").lower()
        if not number:
            continue
        if scheme in _SCHEMES or "legal entity identifier" in named or named == "lei":
            yield f"{_SCHEMES.get(scheme, 'lei')}:{number}"
        elif _REGISTRY.match(scheme) or "regist" in named or "compan" in named:
            yield from ids.reg(number)
        else:
            yield f"id:{number}"


def _about(value: Json, details: Json) -> dict[str, str]:
    place = details.get("jurisdiction") or details.get("incorporatedInJurisdiction")
    source = value.get("source")
    return {
        "jurisdiction": _text(place, "code", "name"),
        "status": _text(value, "recordStatus"),
        "source": _text(source, "url", "description"),
        "statement": _text(value, "statementId", "statementID"),
    }


def _relationship(value: Json, details: Json, locator: str, later: _Later) -> Iterator[Said]:
    """Links from the interested party to the subject, one per interest."""
    subject, missing = _end(details.get("subject"), f"{_ref(value)} subject", locator)
    party, unnamed = _end(details.get("interestedParty"), f"{_ref(value)} party", locator)
    if subject and not party and not details.get("interestedParty"):
        party = f"{_ref(value)} party"  # a gap is an owner whom nobody named, not no owner
        unnamed = [
            Record("party", locator, ref=party, type="unspecified", description="not said who")
        ]
    yield from (*missing, *unnamed)
    if not subject or not party:
        yield Quarantine(locator, "the relationship lacks a party or a subject", one_line(value))
        return
    closed = _text(value, "recordStatus") == "closed"
    ended = (_text(value, "statementDate") if closed else "") or later.than(value)
    for interest in _dicts(details.get("interests")) or [{}]:
        relation = _relation(interest)
        if relation is None:
            yield _unsaid(value, interest, party, subject, locator)
            continue
        share, wrong = _share(interest)
        if wrong:
            yield Quarantine(locator, wrong, one_line(interest))
        yield _link(relation, interest, share, (party, subject), ended, value, locator)


def _end(given: Any, made_up: str, locator: str) -> tuple[str, list[Record]]:
    """Ref of one end; of an unspecified one, a record that keeps the reason."""
    if isinstance(given, (str, int)):
        return string(given), []
    ref = _text(given, "describedByEntityStatement", "describedByPersonStatement")
    if ref or not isinstance(given, dict):
        return ref, []
    said = given.get("unspecified") if isinstance(given.get("unspecified"), dict) else given
    reason = "; ".join(filter(None, (_text(said, "reason"), _text(said, "description"))))
    if not reason:
        return "", []
    nobody = Record("party", locator, ref=made_up, type="unspecified", description=reason)
    return made_up, [nobody]


def _relation(interest: Json) -> Relation | None:
    """`owns` for shares, `controls` for other stated interests; None if nothing is stated."""
    kind = _text(interest, "type")
    if kind == "shareholding":
        return "owns"
    return None if kind in _UNSAID and not _is_control(interest) else "controls"


def _is_control(interest: Json) -> bool:
    return interest.get("beneficialOwnershipOrControl") is True


def _link(
    relation: Relation,
    interest: Json,
    share: str,
    ends: tuple[str, str],
    ended: str,
    value: Json,
    locator: str,
) -> Link:
    shown = {
        "interest": _text(interest, "type"),
        "direct": _text(interest, "directOrIndirect", "interestLevel"),
        "beneficial": "true" if _is_control(interest) else "",
        "details": _text(interest, "details"),
        "statement": _text(value, "statementId", "statementID"),
    }
    return Link(
        relation=relation,
        origin=ends[0],
        targets=(ends[1],),
        locator=locator,
        since=_text(interest, "startDate"),
        until=_text(interest, "endDate") or ended,
        share=share,
        extra=extra(shown),
    )


def _share(interest: Json) -> tuple[str, str]:
    """The share as our text, and what is wrong with it.

    Before 0.4 `exclusiveMinimum` and `exclusiveMaximum` say of the bound whether it is reached,
    since 0.4 they are bounds themselves. Where no share is given, the nature of control may tell.
    """
    given = interest.get("share")
    try:
        if not isinstance(given, dict):
            plain = shares.read(string(given))
            return plain or shares.nature(_text(interest, "details")), ""
        exact = _number(given, "exact")
        if exact is not None:
            return shares.write(shares.Bounds(exact, exact)), ""
        low, low_open = _bound(given, "minimum", "exclusiveMinimum", max)
        high, high_open = _bound(given, "maximum", "exclusiveMaximum", min)
        if low is None and high is None:
            return shares.nature(_text(interest, "details")), ""
        found = shares.Bounds(
            Decimal(0) if low is None else low,
            shares.WHOLE if high is None else high,
            low_open and low is not None,
            high_open and high is not None,
        )
        return shares.write(found), ""
    except shares.Impossible as problem:
        return "", str(problem)
    except ValueError:
        return "", "the share is no number"


def _bound(
    given: Json, closed: str, exclusive: str, tighter: Callable[[Decimal, Decimal], Decimal]
) -> tuple[Decimal | None, bool]:
    """One bound of a share, and whether it is not reached itself."""
    bound = _number(given, closed)
    if isinstance(given.get(exclusive), bool):
        return bound, bool(given[exclusive])
    outside = _number(given, exclusive)
    if outside is None or bound is None:
        return (bound, False) if outside is None else (outside, True)
    return tighter(outside, bound), outside == tighter(outside, bound)


def _number(given: Json, key: str) -> Decimal | None:
    """The number under `key`, None if there is none. Raises ValueError."""
    text = _text(given, key)
    return shares.number(text) if text else None


def _unsaid(value: Json, interest: Json, party: str, subject: str, locator: str) -> Record:
    """An interest of no stated kind: kept, but neither ownership nor control."""
    shown = {"party": party, "subject": subject, "interest": _text(interest, "type")}
    return Record(
        kind="document",
        locator=locator,
        ref=_ref(value),
        type="interest not stated",
        description=_text(interest, "details"),
        extra=extra(shown),
    )
