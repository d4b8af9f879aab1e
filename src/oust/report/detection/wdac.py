"""A Windows App Control (WDAC) policy that watches for drivers and programs by their file name.

App Control compares the original file name in the version resource. It can name a publisher only
together with a digest of the issuing certificate, which dossiers do not hold: publishers are in
the AppLocker policy. The policy allows everything, denies these names, and is in audit mode:
Windows logs the match and stops nothing.

Source: App Control for Business policy schema, `urn:schemas-microsoft-com:sipolicy`, and the
form of Microsoft's recommended driver block rules. No Windows machine has loaded what this writes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from lxml import etree

from oust.report.detection import Item, LeftOut, Written, heading

KINDS = ("windows_minifilter_driver", "process", "file_name")
ENDING = ".xml"

SPACE = "urn:schemas-microsoft-com:sipolicy"
_IDS = uuid.UUID("c0a5f7be-5f0e-5d5c-9f3b-1d7f0a9be2d4")
_PLATFORM = "{2E07F7E4-194C-4D20-B7C9-6F44A6C5A234}"
_OPTIONS = (
    "Enabled:Unsigned System Integrity Policy",
    "Enabled:Audit Mode",
    "Enabled:Advanced Boot Options Menu",
    "Enabled:UMCI",
)
_WINDOWS = (".sys", ".exe", ".dll")
NOT_WINDOWS = "is no driver, program or library of Windows"
_SCENARIOS = (("131", "DRIVERS", "Kernel mode"), ("12", "WINDOWS", "User mode"))


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """One base policy; drivers are denied in kernel mode, anything else in user mode."""
    out, kept = [*left], []
    for item in items:
        if item.value.lower().endswith(_WINDOWS):
            kept.append(item)
        else:
            out.append(LeftOut(item.vendor, item.kind, item.value, NOT_WINDOWS))
    names: Any = {None: SPACE}
    root = etree.Element(f"{{{SPACE}}}SiPolicy", {"PolicyType": "Base Policy"}, names)
    for line in heading("App Control policy", kept, out, version):
        root.append(etree.Comment(f" {line.replace('--', '- -')} "))
    ident = f"{{{str(uuid.uuid5(_IDS, 'policy')).upper()}}}"
    for name, text in (
        ("VersionEx", "1.0.0.0"),
        ("PolicyID", ident),
        ("BasePolicyID", ident),
        ("PlatformID", _PLATFORM),
    ):
        _under(root, name).text = text
    rules = _under(root, "Rules")
    for option in _OPTIONS:
        _under(_under(rules, "Rule"), "Option").text = option
    _under(root, "EKUs")
    _file_rules(root, kept)
    _under(root, "UpdatePolicySigners")
    _under(root, "CiSigners")
    _under(root, "HvciOptions").text = "0"
    made = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")
    return Written(made.decode(), len(kept), tuple(out))


def _file_rules(root: etree._Element, items: Sequence[Item]) -> None:
    rules = _under(root, "FileRules")
    refs: dict[str, list[str]] = {}
    for value, key, _ in _SCENARIOS:
        ident = f"ID_ALLOW_ALL_{key}"
        _under(rules, "Allow", ID=ident, FriendlyName="All files", FileName="*")
        refs[value] = [ident]
    for number, item in enumerate(items, 1):
        ident = f"ID_DENY_OUST_{number}"
        rules.append(etree.Comment(f" {item.source.replace('--', '- -')} "))
        _under(
            rules,
            "Deny",
            ID=ident,
            FriendlyName=f"oust: {item.name}, {item.value}",
            FileName=item.value,
            MinimumFileVersion="0.0.0.0",  # noqa: S104 (a version)
            MaximumFileVersion="65535.65535.65535.65535",
        )
        refs["131" if item.value.lower().endswith(".sys") else "12"].append(ident)
    _under(root, "Signers")
    scenarios = _under(root, "SigningScenarios")
    for value, key, name in _SCENARIOS:
        scenario = _under(
            scenarios,
            "SigningScenario",
            Value=value,
            ID=f"ID_SIGNINGSCENARIO_{key}",
            FriendlyName=name,
        )
        held = _under(_under(scenario, "ProductSigners"), "FileRulesRef")
        for ident in refs[value]:
            _under(held, "FileRuleRef", RuleID=ident)


def _under(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{SPACE}}}{name}", attributes)
