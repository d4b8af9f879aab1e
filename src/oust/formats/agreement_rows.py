"""Rows of a register of access agreements as records and links: what CSV, XLSX and YAML share.

An agreement says who gets access to which systems and data, from whom, under which contract, with
which clauses, until when, and who looked at it. What the register leaves blank is not stated: that
is never read as "none".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.listing import extra
from oust.formats.seam import one_line
from oust.model import ID_SCHEMES, Link, Quarantine, Record, Said

FIELDS: dict[str, str] = {
    "id": "id, agreement id, agreement, agreement number, agreement no, access agreement, "
    "register id, ref, reference, isa number, mou number, entry, record id, no",
    "title": "title, name, agreement name, agreement title, subject, purpose, description, "
    "purpose of access, reason for access",
    "party": "party, contractor, third party, third party name, contractor name, external party, "
    "accessing party, access given to, granted to, vendor, vendor name, supplier, supplier name, "
    "provider, service provider, partner, company, processor, organisation with access, "
    "organization with access, recipient",
    "party_id": "party id, party ids, contractor id, vendor id",
    "uei": "uei, contractor uei, vendor uei, unique entity id",
    "cage": "cage, cage code, contractor cage",
    "duns": "duns, duns number",
    "lei": "lei, legal entity identifier",
    "granted_by": "granted by, grantor, access granted by, granting party, owner, system owner, "
    "data owner, agency, organisation, organization, office, department, customer, controller, "
    "buyer, business owner",
    "systems": "systems, system, system name, information system, information systems, "
    "application, applications, services, service, systems accessed, access to, resource, "
    "resources, environment",
    "hosts": "hosts, host, host name, hostname, hostnames, host names, server, servers, computer, "
    "computers, device, devices, assets, asset",
    "data": "data, data types, data type, data categories, data category, information, "
    "information types, data accessed, categories of data, data classification, classification",
    "access": "access, access type, type of access, access level, level of access, access method, "
    "privilege, privileges, rights, permission, permissions",
    "contract": "contract, contract number, contract no, contract id, award, award number, "
    "award id, piid, order, order number, po number, purchase order, under contract",
    "parent_contract": "parent contract, vehicle, master agreement, parent award, idv, framework",
    "clauses": "clauses, clause, flow down clauses, flowdown clauses, flowed down clauses, "
    "clauses flowed down, flow downs, flowdowns, far clauses, contract clauses, "
    "security clauses, terms",
    "federal": "federal, federal contract, us federal, is federal, government contract",
    "since": "since, start, start date, from, valid from, effective, effective date, begin, "
    "begin date, date signed, signed, signed on, access since, access start, agreement date",
    "until": "until, end, end date, to, valid until, valid to, expires, expiry, expiry date, "
    "expiration, expiration date, access until, access end, ends",
    "vetted": "vetted, vetting, vetting done, vetting status, reviewed, assessed, due diligence",
    "vetted_by": "vetted by, last vetted by, reviewer, reviewed by, assessor, assessed by, "
    "approved by, vetting officer",
    "vetted_on": "vetted on, last vetted, last vetted on, vetting date, date vetted, reviewed on, "
    "last reviewed, last review, last review date, review date, assessed on, last assessed, "
    "assessment date, last assessment",
    "vetting_expires": "vetting expires, vetting expiry, vetting valid until, next vetting, "
    "next review, review due, next review date, reassessment due, next assessment",
    "ground": "ground, vetting ground, ground of vetting, vetting basis, basis, vetting method, "
    "evidence of vetting, assessment basis, vetting result, vetting notes",
    "access_removed": "access removed, access removed on, access revoked, access revoked on, "
    "deprovisioned, deprovisioned on, revoked, revoked on, access ended, offboarded",
    "prime": "prime, prime contractor, prime name, engaged by, subcontractor of, through, "
    "subcontract of, main contractor",
    "subcontractors": "subcontractors, subcontractor, subs, sub contractors, fourth parties, "
    "subprocessors, sub processors",
    "attestation": "attestation, statement, self attestation, declaration, certification, "
    "supplier statement",
    "attested_on": "attested on, attestation date, statement date, declaration date",
    "contact": "contact, point of contact, poc, contact person, contact name, contact email, "
    "responsible, agreement owner, manager",
    "officer": "contracting officer, co, contract officer, contracting officer name, cor, "
    "contracting officers representative, procurement contact",
    "source": "source, evidence, document, file",
    "note": "note, notes, comment, comments, remark, remarks",
}
"""Field: how registers call its column. Case, spaces, hyphens and underscores do not matter."""

LISTS = (
    *("systems", "hosts", "data", "clauses", "subcontractors", "party_id", "contract"),
    "parent_contract",
)
DATES = ("since", "until", "vetted_on", "vetting_expires", "access_removed", "attested_on")
TELLING = frozenset(
    {"vetted", "vetted_by", "vetted_on", "vetting_expires", "clauses", "access_removed"}
    | {"granted_by", "access", "prime", "ground"}
)
"""Fields of which a register of agreements has one at least, beside who reaches what."""

_PARTY_IDS = ("uei", "cage", "duns", "lei")
_KEPT = (
    *("systems", "hosts", "data", "access", "clauses", "federal", "vetted", "vetted_by"),
    *("vetted_on", "vetting_expires", "ground", "access_removed", "prime", "subcontractors"),
    *("attestation", "attested_on", "contact", "officer", "title", "source", "note"),
)
_UNKNOWN = frozenset(
    {
        "",
        "-",
        "--",
        "?",
        "n/a",
        "na",
        "unknown",
        "not known",
        "not stated",
        "tbd",
        "tbc",
        "null",
        "~",
    }
)
_WORD = re.compile(r"[^\W_]+")
_CUT = re.compile(r"\s*[;|\n]\s*")
_COMMA = re.compile(r"\s*,\s*")

Values = Mapping[str, str | Sequence[str]]
"""Cells by field: a text, or the items of a list."""


def key(header: str) -> str:
    """A header as compared: `Vetted-By`, `vetted_by` and `VETTED BY:` are one."""
    bare = re.sub(r"\(.*?\)", " ", header.replace("’", "").replace("'", ""))
    return " ".join(_WORD.findall(bare.casefold()))


@cache
def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, spellings in FIELDS.items():
        found[key(name)] = name
        for spelling in spellings.split(", "):
            found.setdefault(key(spelling), name)
    return found


def fields(headers: Iterable[str]) -> dict[str, str]:
    """Field of each header that has a meaning here; of two with one meaning, the first."""
    known, found = _known(), dict[str, str]()
    for header in headers:
        name = known.get(key(header), "")
        if name and name not in found.values():
            found[header] = name
    return found


def score(names: Iterable[str]) -> int:
    """How sure it is that rows with these fields are agreements, 0 to 95."""
    held = set(names)
    if "party" not in held or not held & {"systems", "hosts", "data"}:
        return 0
    telling = len(held & TELLING)
    vetting = bool(held & {"vetted_by", "vetted_on", "vetting_expires", "access_removed"})
    if not telling or not (vetting or {"clauses", "since"} <= held or telling > 2):
        return 0
    return min(95, 80 + 5 * telling)


class Register:
    """Turns rows into records; parties, systems and hosts are told once for a source."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._refs: dict[str, int] = {}

    def said(
        self, given: Values, locator: str, others: Mapping[str, str] | None = None
    ) -> Iterator[Said]:
        """The agreement, whoever and whatever it names for the first time, and the links.

        `others`: cells of columns that have no meaning here, by header; they are kept as they are.
        """
        values, problems = _values(given)
        for reason, text in problems:
            yield Quarantine(locator, reason, one_line(text))
        whole = one_line({name: given[name] for name in given if given[name]})
        if not values.get("party"):
            if whole != "{}":
                yield Quarantine(locator, "the agreement names no party that gets access", whole)
            return
        yield self._agreement(values, locator, others or {})
        for kind, name in self._ends(values):
            yield from self._end(kind, name, values, locator)
        yield from _links(values, locator)

    def _agreement(self, values: dict[str, str], locator: str, others: Mapping[str, str]) -> Record:
        name = values.get("id") or values.get("title") or ""
        count = self._refs[name] = self._refs.get(name, 0) + 1
        ref = f"agreement {name or locator}" + (f" #{count}" if count > 1 else "")
        numbers = [f"award:{one}" for one in items(values.get("contract", ""))]
        numbers += [f"parent-award:{one}" for one in items(values.get("parent_contract", ""))]
        return Record(
            kind="agreement",
            locator=locator,
            ref=ref,
            name=name,
            type="access agreement",
            seller=values["party"],
            buyer=values.get("granted_by", ""),
            ids=tuple(dict.fromkeys((*numbers, *_party_ids(values)))),
            since=values.get("since", ""),
            until=values.get("until", ""),
            extra=extra({**others, **{name: values.get(name, "") for name in _KEPT}}),
        )

    def _ends(self, values: dict[str, str]) -> Iterator[tuple[str, str]]:
        yield "party", values["party"]
        for name in ("prime", "granted_by"):
            if values.get(name):
                yield "party", values[name]
        yield from (("party", one) for one in items(values.get("subcontractors", "")))
        yield from (("host", one) for one in items(values.get("hosts", "")))
        yield from (("system", one) for one in items(values.get("systems", "")))

    def _end(self, kind: str, name: str, values: dict[str, str], locator: str) -> Iterator[Record]:
        ref = _ref(kind, name)
        if ref in self._told:
            return
        self._told.add(ref)
        if kind == "host":
            yield Record(kind="host", locator=locator, ref=ref, name=name)
        elif kind == "system":
            yield Record(kind="service", locator=locator, ref=ref, name=name, type="system")
        else:
            known = _party_ids(values) if name == values["party"] else ()
            yield Record(kind="party", locator=locator, ref=ref, name=name, ids=known)


def items(text: str) -> list[str]:
    """The items of a list as `Register` keeps it; none for a list that is said to be empty."""
    return [one for one in text.split("; ") if one and one != "none"]


def _ref(kind: str, name: str) -> str:
    return f"{kind} {' '.join(name.casefold().split())}"


def _links(values: dict[str, str], locator: str) -> Iterator[Link]:
    party = _ref("party", values["party"])
    reached = [_ref("host", one) for one in items(values.get("hosts", ""))]
    reached += [_ref("system", one) for one in items(values.get("systems", ""))]
    dates = {"since": values.get("since", ""), "until": values.get("until", "")}
    told = extra({"agreement": values.get("id", ""), "data": values.get("data", "")})
    if reached:
        targets = tuple(dict.fromkeys(reached))
        yield Link("has-access-to", party, targets, locator, **dates, extra=told)
    subs = [(_ref("party", one), party) for one in items(values.get("subcontractors", ""))]
    if values.get("prime"):
        subs.append((party, _ref("party", values["prime"])))
    for sub, prime in dict.fromkeys(subs):
        if sub != prime:
            yield Link("supplies", sub, (prime,), locator, extra=extra({"as": "subcontractor"}))


def _values(given: Values) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Texts by field, lists joined by `; `, and what cannot be used: reasons with the text."""
    values: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for name, value in given.items():
        if name in LISTS:
            values[name] = "; ".join(_items(name, value))
            continue
        text = " ".join(value.split()) if isinstance(value, str) else ", ".join(value)
        text = "" if text.casefold() in _UNKNOWN else text
        values[name] = text if name not in DATES else _date(text)
        if text and not values[name]:
            problems.append((f"`{name}` is no date that can be read", text))
    since, until = values.get("since", ""), values.get("until", "")
    if since and until and until < since[: len(until)]:
        problems.append(("`until` lies before `since`", values.pop("until")))
    return values, problems


def _items(name: str, value: str | Sequence[str]) -> list[str]:
    given = [value] if isinstance(value, str) else value
    cut = (part for text in given for part in _cut(text, name not in ("subcontractors", "data")))
    if not isinstance(value, str):
        cut = (" ".join(text.split()).replace("; ", ", ") for text in given)
    found = [one for one in cut if one.casefold() not in _UNKNOWN]
    none = [one for one in found if one.casefold() in ("none", "nil", "no", "keine", "nothing")]
    return ["none"] if none and len(none) == len(found) else list(dict.fromkeys(found))


def _cut(text: str, commas: bool = False) -> list[str]:
    """The items of a cell: between semicolons, bars or line ends, else between commas."""
    parts = _CUT.split(text.strip())
    if commas and len(parts) == 1:
        parts = _COMMA.split(text.strip())
    return [" ".join(part.split()) for part in parts if part.strip()]


def _date(text: str) -> str:
    """The date as far as it goes: year, year and month, or day."""
    if re.fullmatch(r"(19[89]|2[01]\d)\d(-(0[1-9]|1[0-2]))?", text):
        return text
    return day(text)


def _party_ids(values: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for text in items(values.get("party_id", "")):
        scheme, _, number = text.partition(":")
        if scheme.strip().lower() in ID_SCHEMES and number.strip():
            found.extend(_id(scheme.strip().lower(), number))
    for scheme in _PARTY_IDS:
        found.extend(_id(scheme, values.get(scheme, "")))
    return tuple(dict.fromkeys(found))


def _id(scheme: str, number: str) -> tuple[str, ...]:
    if scheme == "reg":
        return ids.reg(number)
    bare = re.sub(r"[\W_]+", "", number).upper()
    return (f"{scheme}:{bare}",) if bare else ()
