"""FPDS contract actions: the ATOM feed and the older XML archives of the same elements.

A feed is cut into entries by its tags and each entry is parsed alone: memory stays flat, entity
definitions never reach the parser, and one broken entry costs only itself. Element names follow
the FPDS-NG XML specification, versions 1.0 to 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from oust.formats.contract_values import KEEP_ALL_BELOW, Doubts, alnum, extra, ids, wanted
from oust.formats.seam import HEAD_BYTES, Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said

ACTIONS = ("award", "IDV", "OtherTransactionAward", "OtherTransactionIDV")
ENTRY_LIMIT = 16 * 1024 * 1024
"""An entry larger than this, in bytes, is not one: real ones have about 20,000."""

_WINDOW = 65_536
_LONGEST_TAG = 200
_FPDS_NAMESPACE = b"fpds.gov/FPDS"
_NAMES = "|".join(("entry", *ACTIONS)).encode()
_TAG = re.compile(rb"<!--|<!\[CDATA\[|<(/?)((?:[\w.-]+:)?(?:" + _NAMES + rb"))(?=[\s/>])")
_ROOT = re.compile(rb"<!--.*?-->|<(?![?!])([\w.:-]+)([^<>]*)>", re.S)
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)")

Leaves = dict[tuple[str, str], tuple[str, dict[str, str]]]
"""(parent, element) -> text and attributes of the first such element that says something."""


class FpdsAtom:
    """See Format."""

    name = "fpds-atom"
    title = "FPDS contract actions, ATOM feed or XML archive"
    group = "contracts"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the FPDS namespace; a feed whose first entry lies beyond the head, by its links."""
        if _FPDS_NAMESPACE in head.data or "fpds.gov/FPDS" in head.text:
            return 95 if head.xml_root[0] else 0
        feed = head.xml_root[0] == "feed"
        return 80 if feed and "FEEDNAME=PUBLIC" in head.text and "fpds" in head.text else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One award record per entry."""
        data, encoding = _plain(opened)
        keep_all = opened.size <= KEEP_ALL_BELOW
        start = bytes(data[:HEAD_BYTES])
        root = next((match for match in _ROOT.finditer(start) if match[1]), None)
        if root is None:
            raise Unreadable("no root element")
        for number, name, chunk in _entries(data, root):
            locator = f"/{_local(root[1].decode())}/{name}[{number}]"
            yield from wanted(_said(chunk, root[2], encoding, locator), needles, keep_all)
        closed = re.search(
            rb"</" + re.escape(root[1]) + rb"\s*>", bytes(data[max(0, len(data) - 2000) :])
        )
        if not closed and not root[2].endswith(b"/"):
            raise Unreadable(f"truncated: the closing tag of {root[1].decode()} is missing")


def _plain(opened: Opened) -> tuple[Any, str]:
    """Content in an encoding that keeps ASCII as it is, and that encoding's name."""
    declared = _DECLARED.search(opened.head.data[:200])
    if opened.head.encoding.startswith("utf-16") or opened.head.encoding == "utf-32":
        return opened.utf8(), "utf-8"
    name = declared[1].decode().lower() if declared else opened.head.encoding
    try:
        usable = "<a>".encode(name) == b"<a>"
    except LookupError:
        usable = False
    return opened.data, name if usable else "utf-8"


def _entries(data: Any, root: re.Match[bytes]) -> Iterator[tuple[int, str, bytes]]:
    """Number, element name and text of each entry, in order. Raises Unreadable at a cut one."""
    counts: dict[str, int] = {}
    alone = _local(root[1].decode()) in ("entry", *ACTIONS)
    at = root.start() if alone else root.end()
    while start := _next_tag(data, at, b""):
        name = _local(start.name.decode())
        counts[name] = counts.get(name, 0) + 1
        opening = data.find(b">", start.end)
        if bytes(data[opening - 1 : opening]) == b"/":
            at = opening + 1
        else:
            end = _next_tag(data, start.end, start.name)
            if end is None or opening < 0:
                raise Unreadable(f"truncated: {name} {counts[name]} has no end")
            at = data.find(b">", end.end) + 1 or len(data)
        yield counts[name], name, bytes(data[start.begin : min(at, start.begin + ENTRY_LIMIT)])


class _Tag(NamedTuple):
    begin: int
    end: int
    slash: bytes
    name: bytes  # empty for the beginning of a comment or CDATA section
    text: bytes


def _next_tag(data: Any, at: int, closing: bytes) -> _Tag | None:
    """Next opening tag of an entry from `at`, or the tag that closes `closing`."""
    while tag := _search(data, at):
        at = tag.end
        if not tag.name:  # what stands in a comment or CDATA section is no tag
            end = data.find(b"-->" if tag.text == b"<!--" else b"]]>", at)
            if end < 0:
                return None
            at = end + 3
        elif (tag.slash and tag.name == closing) if closing else not tag.slash:
            return tag
    return None


def _search(data: Any, at: int) -> _Tag | None:
    """Next tag of interest, looked for window by window: the content may lie on disk."""
    while at < len(data):
        window = bytes(data[at : at + _WINDOW])
        if found := _TAG.search(window):
            slash, name = found[1] or b"", found[2] or b""
            return _Tag(at + found.start(), at + found.end(), slash, name, found[0])
        at += _WINDOW - _LONGEST_TAG if len(window) == _WINDOW else _WINDOW
    return None


@lru_cache(maxsize=4096)  # a feed repeats some two hundred names
def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def _said(chunk: bytes, namespaces: bytes, encoding: str, locator: str) -> list[Said]:
    from lxml import etree

    try:
        text = chunk.decode(encoding)
    except UnicodeDecodeError:
        text = chunk.decode("cp1252", "replace")
    whole = b"<r " + namespaces.rstrip(b"/") + b">" + text.encode("utf-8", "replace") + b"</r>"
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    tree = etree.fromstring(whole, parser)
    faults = [one for one in parser.error_log if one.domain_name != "NAMESPACE"]
    said: list[Said] = []
    if faults:
        said.append(Quarantine(locator, f"not well-formed: {faults[0].message}", one_line(text)))
    doubts = Doubts()
    if tree is not None and (leaves := _leaves(tree)):
        said = [_record(leaves, locator, doubts), *said, *doubts.found]
    elif not faults:
        said.append(Quarantine(locator, "entry without a contract action", one_line(text)))
    return said


def _leaves(tree: object) -> Leaves:
    """Leaves of the entry; empty if no contract action stands in it."""
    leaves: Leaves = {}
    action = False
    for element in tree.iter():  # type: ignore[attr-defined]
        if not isinstance(element.tag, str):
            continue
        name, parent = _local(element.tag), element.getparent()
        action = action or name in ACTIONS
        key = (_local(parent.tag) if parent is not None else "", name)
        text = (element.text or "").strip()
        if text or (element.attrib and key not in leaves):
            leaves.setdefault(key, (text, {_local(k): v for k, v in element.attrib.items()}))
        if name in ACTIONS:
            leaves.setdefault(("", "action"), (name, {}))
    return leaves if action else {}


class _Reader:
    """Looks leaves up by element name, whatever wraps them."""

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.by_name: dict[str, tuple[str, dict[str, str]]] = {}
        for (_, name), leaf in leaves.items():
            self.by_name.setdefault(name, leaf)

    def text(self, *names: str) -> str:
        """Text of the first of these elements that has one."""
        return next((t for name in names if (t := self.by_name.get(name, ("", {}))[0])), "")

    def attribute(self, name: str, *keys: str) -> str:
        """First of these attributes of the element."""
        found = self.by_name.get(name, ("", {}))[1]
        return next((found[key].strip() for key in keys if found.get(key, "").strip()), "")

    def coded(self, name: str) -> str:
        """`code description` of an element with a description or name attribute."""
        return " ".join(p for p in (self.text(name), self.attribute(name, *_WORDS)) if p)

    def number(self, name: str) -> str:
        """An element of the action's own identifier, not of the vehicle's."""
        own = [leaf for (p, n), leaf in self.leaves.items() if n == name and p in _OWN_ID]
        return own[0][0] if own else ""

    def vehicle(self, name: str) -> str:
        """The same of the vehicle that the action was placed on."""
        return self.leaves.get(("referencedIDVID", name), ("", {}))[0]


_WORDS = ("description", "name")
_OWN_ID = (
    "awardContractID",
    "IDVID",
    "OtherTransactionAwardContractID",
    "OtherTransactionIDVContractID",
    "OtherTransactionIDVID",
    "awardID",
    "contractID",
)


def _record(leaves: Leaves, locator: str, doubts: Doubts) -> Record:
    get = _Reader(leaves)
    seller = get.text("vendorName", "UEILegalBusinessName", "contractorName")
    action = get.text("action")
    since = doubts.date(get.text("signedDate"), f"{locator}//signedDate")
    ends = ("ultimateCompletionDate", "lastDateToOrder")
    end = next((name for name in ends if get.text(name)), "")
    return Record(
        kind="award",
        locator=locator,
        name=get.number("PIID"),
        type=get.attribute("contractActionType", "description") or action,
        seller=seller,
        seller_parent=get.text("ultimateParentUEIName", "globalParentDUNSName"),
        buyer=_buyer(get),
        ids=_ids(get, seller),
        description=get.text("descriptionOfContractRequirement"),
        amount=doubts.money(get.text("obligatedAmount"), f"{locator}//obligatedAmount"),
        since=since,
        until=doubts.date(get.text(end), f"{locator}//{end}"),
        extra=extra(_extra(get, action)),
    )


def _buyer(get: _Reader) -> str:
    own = [
        leaf[1].get("name", "")
        for (parent, name), leaf in get.leaves.items()
        if name == "agencyID" and parent in _OWN_ID
    ]
    return get.attribute("contractingOfficeAgencyID", "name") or (own[0].strip() if own else "")


_OTHER_NAMES = (
    "vendorDoingAsBusinessName",
    "vendorAlternateName",
    "vendorLegalOrganizationName",
    "UEILegalBusinessName",
)


def _ids(get: _Reader, seller: str) -> tuple[str, ...]:
    others = [name for name in map(get.text, _OTHER_NAMES) if name != seller]
    return ids(
        ("award", get.number("PIID")),
        ("parent-award", get.vehicle("PIID")),
        ("uei", alnum(get.text("UEI"))),
        ("cage", alnum(get.text("cageCode"))),
        ("duns", alnum(get.text("DUNSNumber"))),
        ("parent-uei", alnum(get.text("ultimateParentUEI"))),
        ("parent-duns", alnum(get.text("globalParentDUNSNumber"))),
        ("buyer-code", get.text("contractingOfficeAgencyID") or get.number("agencyID")),
        *(("alias", name) for name in others),
    )


def _extra(get: _Reader, action: str) -> dict[str, str]:
    return {
        "action": action,
        "modification": get.number("modNumber"),
        "transaction": get.number("transactionNumber"),
        "reason for modification": get.attribute("reasonForModification", "description"),
        "parent award agency": get.vehicle("agencyID"),
        "department": get.attribute("contractingOfficeAgencyID", "departmentName"),
        "office": get.coded("contractingOfficeID"),
        "funding agency": get.coded("fundingRequestingAgencyID"),
        "funding office": get.coded("fundingRequestingOfficeID"),
        "product or service": get.coded("productOrServiceCode"),
        "naics": get.coded("principalNAICSCode"),
        "manufacturer kind": get.attribute("manufacturingOrganizationType", "description"),
        "country of origin": get.coded("countryOfOrigin"),
        "seller country": get.leaves.get(("vendorLocation", "countryCode"), ("", {}))[0],
        "solicitation": get.text("solicitationID"),
        "major program": get.text("majorProgramCode"),
        "total obligated": get.text("totalObligatedAmount"),
        "status": get.attribute("status", "description"),
        "modified": get.text("lastModifiedDate"),
    }
