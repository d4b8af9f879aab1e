"""What a GLEIF record says: level 1 (who is who), level 2 (who consolidates whom), exceptions.

Level 2 tells accounting consolidation: one company includes another in its accounts. That shows a
group and is not ownership, so no share is ever made of it. Definitions: LEI-CDF 2.1 and 3.1,
RR-CDF 1.1 and 2.1, Reporting Exceptions Format 1.1 and 2.1, https://www.gleif.org/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from oust.formats import inventory_ids as ids
from oust.formats.dates import day
from oust.formats.gleif_tree import Element, Tree
from oust.formats.listing import extra
from oust.model import Link, Quarantine, Record, Said

_LEI = re.compile(r"[A-Z0-9]{18,20}$")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_TAKING_OVER = frozenset(
    {
        *("ABSORPTION", "ACQUISITION_BRANCH", "BREAKUP", "DEMERGER", "MERGERS_AND_ACQUISITIONS"),
        *("MERGER", "REVERSE_TAKEOVER", "SPINOFF", "TRANSFORMATION_BRANCH_TO_SUBSIDIARY"),
        *("TRANSFORMATION_SUBSIDIARY_TO_BRANCH", "TRANSFORMATION_UMBRELLA_TO_STANDALONE"),
    }
)
"""Legal entity events after which another entity stands in this one's place."""

_CONSOLIDATED = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "direct",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate",
}
_BRANCH = "IS_INTERNATIONAL_BRANCH_OF"
_NEVER_HELD = frozenset({"ANNULLED", "DUPLICATE"})
"""Registration states that say: this record was wrong from the beginning."""

PARENTS = {
    "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT": "direct parent",
    "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT": "ultimate parent",
}


def lei(text: str) -> str:
    """`lei:...` of a text that is an LEI, else ""."""
    bare = text.strip().upper()
    return f"lei:{bare}" if _LEI.match(bare) else ""


def sought(tree: Element) -> tuple[str, ...]:
    """Texts of a level 1 record or exception by which somebody may look for it."""
    entity = ("entity",)
    names = _names(tree)
    numbers = [tree.first("lei"), tree.first(*entity, "registrationauthority", _NUMBER)]
    after = [
        text
        for one in tree.all(*entity, "successorentity")
        for text in (one.first("successorlei"), one.first("successorentityname"))
    ]
    return tuple(filter(None, (*names, *numbers, *after)))


_NUMBER = "registrationauthorityentityid"


def _names(tree: Element) -> list[str]:
    """Legal name first, then other and transliterated ones."""
    found = [tree.first("entity", "legalname")]
    for group, one in (
        ("otherentitynames", "otherentityname"),
        ("transliteratedotherentitynames", "transliteratedotherentityname"),
    ):
        found += [name.text for name in tree.all("entity", group, one)]
    return list(dict.fromkeys(filter(None, found)))


def party(tree: Element, locator: str) -> Iterator[Said]:
    """A level 1 record: the party, and who succeeded it."""
    ref = lei(tree.first("lei"))
    names = _names(tree)
    if not ref:
        text = " ".join((tree.first("lei"), *names[:1])).strip()
        yield Quarantine(locator, "no LEI", text[:200])
        return
    entity = ("entity",)
    yield Record(
        kind="party",
        locator=locator,
        ref=ref,
        name=names[0] if names else "",
        type=tree.first(*entity, "entitycategory").lower(),
        ids=ids.joined(
            (ref,),
            ids.reg(tree.first(*entity, "registrationauthority", _NUMBER)),
            (f"alias:{name}" for name in names[1:]),
        ),
        since=_day(tree.first(*entity, "entitycreationdate")),
        until=_ended(tree),
        extra=extra(_about(tree)),
    )
    yield from _successors(tree, ref, locator)


def _about(tree: Element) -> dict[str, str]:
    entity, registration = ("entity",), ("registration",)
    form = tree.first(*entity, "legalform", "entitylegalformcode")
    former = [
        one.text
        for one in tree.all(*entity, "otherentitynames", "otherentityname")
        if one.first("type").startswith("PREVIOUS")
    ]
    return {
        "country": tree.first(*entity, "legaladdress", "country"),
        "headquarters": tree.first(*entity, "headquartersaddress", "country"),
        "jurisdiction": tree.first(*entity, "legaljurisdiction"),
        "legal form": tree.first(*entity, "legalform", "otherlegalform") or form,
        "registry": tree.first(*entity, "registrationauthority", "registrationauthorityid"),
        "status": tree.first(*entity, "entitystatus"),
        "former names": "; ".join(former),
        "expiry": tree.first(*entity, "entityexpirationreason"),
        "registration": tree.first(*registration, "registrationstatus"),
        "registered": _day(tree.first(*registration, "initialregistrationdate")),
        "updated": _day(tree.first(*registration, "lastupdatedate")),
        "corroborated": tree.first(*registration, "validationsources"),
        "deleted": _day(tree.first("extension", "deletion", "deletedat")),
    }


def _ended(tree: Element) -> str:
    return _day(tree.first("entity", "entityexpirationdate"))


def _successors(tree: Element, ref: str, locator: str) -> Iterator[Said]:
    when = _taken_over(tree) or _ended(tree)
    found: Sequence[Element] = tree.all("entity", "successorentity")
    for number, one in enumerate(found):
        name, other = one.first("successorentityname"), lei(one.first("successorlei"))
        if not other and name:
            other = f"{ref} successor {number + 1}"
            yield Record("party", locator, ref=other, name=name)
        if other == ref:
            yield Quarantine(locator, "an entity that succeeds itself", other)
        elif other:
            shown = {"successor": name, "status": tree.first("entity", "entitystatus")}
            yield Link("succeeds", other, (ref,), locator, since=when, extra=extra(shown))


def _taken_over(tree: Element) -> str:
    """Date of the last completed event by which another entity took this one's place."""
    days = [
        _day(one.first("legalentityeventeffectivedate"))
        for one in tree.all("entity", "legalentityevents", "legalentityevent")
        if one.first("legalentityeventtype") in _TAKING_OVER
        and one.first("event_status") in ("", "COMPLETED")
    ]
    return max(filter(None, days), default="")


def relationship(tree: Element, locator: str) -> Iterator[Said]:
    """A level 2 record: a link for consolidation and branches, else a document that keeps it.

    A branch is the same legal entity as its head office: `controls`, and extra says so. Whoever
    manages a fund, or the fund it is part of or feeds, does not own it: such records lead nowhere.
    """
    inner = _inner(tree, "relationshiprecord")
    core = _inner(inner, "relationship")
    kind = core.first("relationshiptype")
    start, end = _node(core, "startnode"), _node(core, "endnode")
    shown = _shown(inner, core)
    if not (kind and start and end):
        text = f"{kind or 'no type'}: {start or 'no start'}, {end or 'no end'}"
        yield Quarantine(locator, "a relationship without type, start or end", text)
    elif start == end:
        yield Quarantine(locator, "a relationship of an entity to itself", f"{kind} {start}")
    elif shown["registration"] in _NEVER_HELD or shown["deleted"]:
        yield _kept(locator, f"withdrawn relationship: {kind}", start, end, shown)
    elif kind in _CONSOLIDATED:
        told = {"consolidation": _CONSOLIDATED[kind], **shown}
        yield _link("consolidates", end, start, core, told, locator)
    elif kind == _BRANCH:
        told = {"branch": "same legal entity", **shown}
        yield _link("controls", end, start, core, told, locator)
    else:
        yield _kept(locator, kind.lower().replace("_", " "), start, end, shown)


def _inner(tree: Element, name: str) -> Element:
    """The first element so called within; the one given where there is none."""
    found: Sequence[Element] = tree.all(name)
    return found[0] if found else tree


def _node(core: Element, name: str) -> str:
    number, scheme = core.first(name, "nodeid"), core.first(name, "nodeidtype")
    if scheme in ("", "LEI"):
        return lei(number)
    return f"id:{number}" if number else ""


def _kept(locator: str, kind: str, start: str, end: str, shown: dict[str, str]) -> Record:
    return Record(
        kind="document",
        locator=locator,
        type=kind,
        name=f"{start} {end}",
        extra=extra({"start": start, "end": end, **shown}),
    )


def _link(
    relation: str, origin: str, target: str, core: Element, shown: dict[str, str], locator: str
) -> Link:
    since, until = _period(core, "RELATIONSHIP_PERIOD")
    if not until and shown["status"] == "INACTIVE":
        until = shown["updated"]
        shown = {**shown, "ended": "inactive; by the last update at the latest"}
    return Link(
        relation="consolidates" if relation == "consolidates" else "controls",
        origin=origin,
        targets=(target,),
        locator=locator,
        since=since,
        until=until,
        extra=extra(shown),
    )


def _period(core: Element, kind: str) -> tuple[str, str]:
    periods = core.all("relationshipperiods", "relationshipperiod") or core.all("period")
    for one in periods:
        if one.first("periodtype") == kind:
            return _day(one.first("startdate")), _day(one.first("enddate"))
    return "", ""


def _shown(inner: Element, core: Element) -> dict[str, str]:
    qualifiers = core.all("relationshipqualifiers", "relationshipqualifier")
    quantifiers = core.all("relationshipquantifiers", "relationshipquantifier")
    said = {one.first("qualifierdimension"): one for one in qualifiers or core.all("qualifiers")}
    standard = said.pop("ACCOUNTING_STANDARD", Tree()).first("qualifiercategory")
    accounts = _period(core, "ACCOUNTING_PERIOD")
    return {
        "status": core.first("relationshipstatus"),
        "accounting standard": standard,
        "accounts": " to ".join(filter(None, accounts)),
        "qualifiers": "; ".join(
            f"{dimension} {one.first('qualifiercategory')}" for dimension, one in said.items()
        ),
        "quantified": "; ".join(map(_quantified, quantifiers or core.all("quantifiers"))),
        "registration": inner.first("registration", "registrationstatus"),
        "updated": _day(inner.first("registration", "lastupdatedate")),
        "corroborated": inner.first("registration", "validationsources"),
        "documents": inner.first("registration", "validationdocuments"),
        "reference": inner.first("registration", "validationreference"),
        "deleted": _day(inner.first("extension", "deletion", "deletedat"))
        or ("yes" if inner.has("extension", "deletion") else ""),
    }


def _quantified(one: Element) -> str:
    words = ("measurementmethod", "quantifieramount", "quantifierunits")
    return " ".join(filter(None, (one.first(word) for word in words)))


def exception(tree: Element, locator: str) -> Iterator[Said]:
    """Why an entity names no parent: what is not told, kept with the party."""
    ref = lei(tree.first("lei"))
    category = tree.first("exceptioncategory") or tree.first("exception", "category")
    reasons = tree.all("exceptionreason") or tree.all("exception", "reason")
    references = tree.all("exceptionreference") or tree.all("exception", "reference")
    said = "; ".join(one.text for one in reasons if one.text)
    if not ref or not category:
        yield Quarantine(locator, "an exception without LEI or category", f"{ref} {category}")
        return
    whom = PARENTS.get(category, category.lower().replace("_", " "))
    yield Record(
        kind="party",
        locator=locator,
        ref=ref,
        type="reporting exception",
        ids=(ref,),
        description=f"{whom} not told: {said or 'no reason given'}",
        extra=extra(
            {
                "category": category,
                "reasons": said,
                "reference": "; ".join(one.text for one in references if one.text),
                "deleted": "yes" if tree.has("extension", "deletion") else "",
            }
        ),
    )


def _day(text: str) -> str:
    """ISO date of a GLEIF timestamp. Companies are older than any inventory."""
    if not text:
        return ""
    match = _ISO_DAY.match(text.strip())
    return match[0] if match else day(text)
