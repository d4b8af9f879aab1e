"""An AppLocker policy that watches for programs by their publisher, for Windows.

AppLocker knows a publisher by organisation, place, state and country of the certificate's
subject, upper case. A dossier must hold the whole subject for that; a common name does not do.
The policy is written in audit mode: Windows logs the match and stops nothing.

Source: AppLocker policy schema 1.0. No Windows machine has loaded what this module writes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence

from lxml import etree

from oust.report.detection import Item, LeftOut, Written, heading

KINDS = ("signer_subject_dn", "signer_common_name", "version_info_company")
ENDING = ".xml"

COLLECTIONS = ("Exe", "Dll", "Msi", "Script", "Appx")
EVERYONE = "S-1-1-0"
WHOLE = "AppLocker needs the whole subject of the certificate, not its common name alone"
NO_PLACE = "the subject names no organisation"

_SPACE = uuid.UUID("2f8c1d0a-7b4e-5c7a-8a52-e0a4f6d3b910")
_PART = re.compile(
    r'\s*([A-Za-z0-9.]+)\s*=\s*("(?:[^"]|"")*"|.*?)\s*(?:,(?=\s*[A-Za-z0-9.]+\s*=)|$)'
)
"""One part of a subject. A comma ends it only where another part follows: `O=Huawei Device Co.,
Ltd.` is often written without quotes."""


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """One policy with a rule for each publisher in each collection of files."""
    out, kept = [*left], []
    publishers: dict[str, Item] = {}
    for item in items:
        if item.kind != "signer_subject_dn":
            out.append(LeftOut(item.vendor, item.kind, item.value, WHOLE))
        elif not (name := publisher(item.value)):
            out.append(LeftOut(item.vendor, item.kind, item.value, NO_PLACE))
        else:
            kept.append(item)
            publishers.setdefault(name, item)
    root = etree.Element("AppLockerPolicy", Version="1")
    for line in heading("AppLocker policy", kept, out, version):
        root.append(etree.Comment(f" {line.replace('--', '- -')} "))
    for collection in COLLECTIONS:
        rules = etree.SubElement(
            root, "RuleCollection", Type=collection, EnforcementMode="AuditOnly"
        )
        _allow_all(rules, collection)
        for name, item in publishers.items():
            _rule(rules, collection, name, item)
    text = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return Written(text.decode(), len(kept), tuple(out))


def _allow_all(rules: etree._Element, collection: str) -> None:
    """Without a rule that allows, a collection denies whatever no rule names."""
    given = {
        "Id": str(uuid.uuid5(_SPACE, f"{collection} *")),
        "Name": "oust: everything else",
        "Description": "A rule that denies goes before this one.",
        "UserOrGroupSid": EVERYONE,
        "Action": "Allow",
    }
    if collection == "Appx":  # apps from packages have no path rules
        _condition(etree.SubElement(rules, "FilePublisherRule", given), "*")
    else:
        rule = etree.SubElement(rules, "FilePathRule", given)
        etree.SubElement(etree.SubElement(rule, "Conditions"), "FilePathCondition", Path="*")


def publisher(subject: str) -> str:
    """A subject as AppLocker writes a publisher: `O=..., L=..., S=..., C=...`; empty if it has
    no organisation.
    """
    parts = dict(_parts(subject))
    if not parts.get("O"):
        return ""
    state = parts.get("S") or parts.get("ST", "")
    places = (("O", parts["O"]), ("L", parts.get("L", "")), ("S", state), ("C", parts.get("C", "")))
    return ", ".join(f"{key}={value.upper()}" for key, value in places if value)


def _parts(subject: str) -> Iterator[tuple[str, str]]:
    for key, value in _PART.findall(subject):
        text = value[1:-1].replace('""', '"') if value.startswith('"') else value
        yield key.upper(), re.sub(r"\\(.)", r"\1", text).strip()


def _rule(rules: etree._Element, collection: str, name: str, item: Item) -> None:
    rule = etree.SubElement(
        rules,
        "FilePublisherRule",
        Id=str(uuid.uuid5(_SPACE, f"{collection} {name}")),
        Name=f"oust: {item.name}",
        Description=f"{item.value}  Source: {item.source}",
        UserOrGroupSid=EVERYONE,
        Action="Deny",
    )
    _condition(rule, name)


def _condition(rule: etree._Element, publisher: str) -> None:
    condition = etree.SubElement(
        etree.SubElement(rule, "Conditions"),
        "FilePublisherCondition",
        PublisherName=publisher,
        ProductName="*",
        BinaryName="*",
    )
    etree.SubElement(condition, "BinaryVersionRange", LowSection="*", HighSection="*")
