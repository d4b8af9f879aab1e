"""Notices of the EU's Tenders Electronic Daily in the TED XML forms of 2014 to 2023.

A notice stands in one or more languages; the original is read, translations of it are counted.
Element names follow the TED XML schema R2.0.9 (forms F01 to F25).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oust.formats.contract_values import Doubts, alnum, extra, ids
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.formats.xml_tree import tree
from oust.model import Record, Said, Tally

_FORM = re.compile(r"F\d\d_20\d\d$")


class Ted:
    """See Format."""

    name = "ted-xml"
    title = "TED notices (EU), XML forms F01 to F25"
    group = "contracts"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the root element."""
        root = head.xml_root[0]
        if root == "TED_EXPORT":
            return 90
        return 85 if _FORM.match(root) and "LG=" in head.xml_root[1] else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One award record per lot awarded; a notice without award is one record of its kind."""
        root, complaints = tree(opened)
        yield from complaints
        number = root.get("DOC_ID", "") if _local(root) == "TED_EXPORT" else ""
        forms = [one for one in root.iter() if _FORM.match(_local(one))]
        originals = [one for one in forms if one.get("CATEGORY") != "TRANSLATION"] or forms[:1]
        if not forms:
            raise Unreadable("no notice in a form of 2014 or later")
        for form in originals:
            yield from _notice(form, _text(root, "NO_DOC_OJS") or number)
        if len(forms) > len(originals):
            yield Tally("document", len(forms) - len(originals))


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _path(element: Any) -> str:
    """XPath by local names; numbered where siblings share the name."""
    steps = []
    while element is not None:
        before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        several = before or next(element.itersiblings(element.tag), None) is not None
        steps.append(f"{_local(element)}[{before + 1}]" if several else _local(element))
        element = element.getparent()
    return "/" + "/".join(reversed(steps))


def _all(element: Any, name: str) -> list[Any]:
    return [one for one in element.iter() if _local(one) == name]


def _text(element: Any, *names: str) -> str:
    """Text of the first element of one of these names within; paragraphs joined."""
    for name in names:
        for found in _all(element, name) if element is not None else ():
            if said := " ".join(" ".join(found.itertext()).split()):
                return said
    return ""


def _notice(form: Any, number: str) -> Iterator[Said]:
    doubts = Doubts()
    awards = _all(form, "AWARD_CONTRACT")
    for award in awards:
        yield _award(form, award, number, doubts)
    if not awards:
        yield _award(form, None, number, doubts)
    for lot in _all(form, "OBJECT_DESCR"):
        if described := _joined(_text(lot, "TITLE"), _text(lot, "SHORT_DESCR")):
            name = number or _text(form, "REFERENCE_NUMBER")
            said = {"lot": _text(lot, "LOT_NO"), "cpv": _cpv(lot)}
            yield Record(
                kind="award",
                locator=_path(lot),
                role="line",
                name=name,
                type="lot",
                description=described,
                extra=extra(said),
            )
    for body in [*_all(form, "ADDRESS_CONTRACTING_BODY"), *_all(form, "ADDRESS_CONTRACTOR")]:
        if name := _text(body, "OFFICIALNAME"):
            kind = "buyer" if _local(body).endswith("BODY") else "supplier"
            yield Record("party", _path(body), name=name, type=kind, ids=_reg("reg", body))
    yield from doubts.found


def _reg(scheme: str, *bodies: Any) -> tuple[str, ...]:
    return ids(*((scheme, alnum(_text(body, "NATIONALID"))) for body in bodies))


def _joined(*parts: str) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _cpv(element: Any) -> str:
    codes = [one.get("CODE", "") for one in _all(element, "CPV_CODE")]
    return "; ".join(dict.fromkeys(filter(None, codes)))


def _award(form: Any, award: Any, number: str, doubts: Doubts) -> Record:
    """An award with the notice around it, or the notice alone when nothing is awarded."""
    place = form if award is None else award
    where = _path(place)
    bodies = _all(form, "ADDRESS_CONTRACTING_BODY")[:1]
    sellers = _all(award, "ADDRESS_CONTRACTOR") if award is not None else []
    contract = _text(award, "CONTRACT_NO")
    money = next(iter(_all(place, "VAL_TOTAL")), None)
    subject = [one for one in form if _local(one) == "OBJECT_CONTRACT"]
    concluded = _text(award, "DATE_CONCLUSION_CONTRACT")
    title = _joined(*(_text(one, name) for one in subject for name in ("TITLE", "SHORT_DESCR")))
    names = [_text(one, "OFFICIALNAME") for one in sellers]
    failed = award is not None and not sellers
    return Record(
        kind="award",
        locator=where,
        ref=where,
        name=contract or number or _text(form, "REFERENCE_NUMBER"),
        type="award without contract" if failed else "award" if award is not None else "notice",
        seller="; ".join(dict.fromkeys(filter(None, names))),
        buyer=_text(bodies[0], "OFFICIALNAME") if bodies else "",
        ids=ids(("award", contract), ("award", number))
        + _reg("reg", *sellers)
        + _reg("buyer-code", *bodies),
        description=_joined(_text(award, "TITLE"), title),
        amount=doubts.money(_text(place, "VAL_TOTAL"), f"{where}//VAL_TOTAL"),
        since=doubts.date(concluded, f"{where}//DATE_CONCLUSION_CONTRACT"),
        extra=extra(
            {
                "form": _local(form),
                "notice": number,
                "reference": _text(form, "REFERENCE_NUMBER"),
                "lot": _text(award, "LOT_NO"),
                "currency": money.get("CURRENCY", "") if money is not None else "",
                "cpv": _cpv(form),
                "subcontracted": _text(award, "INFO_ADD_SUBCONTRACTING"),
            }
        ),
    )
