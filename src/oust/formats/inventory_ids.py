"""Identifiers as inventories write them, in the one form that `Record.ids` has.

Each function gives `scheme:value` strings, or nothing for a blank or a placeholder: firmware that
was never filled in says `To Be Filled By O.E.M.` on millions of machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GUID = re.compile(r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.I)
_APPLE_LEAF = re.compile(
    r"(?:Developer ID (?:Application|Installer|Kext)|3rd Party Mac Developer \w+"
    r"|(?:Apple|Mac|iPhone) (?:Development|Developer|Distribution)): (.+?)(?: \((\w{10})\))?$"
)
_DN_PART = re.compile(r'(?:^|[,;/+]\s*)(CN|O)\s*=\s*("(?:[^"]|"")*"|(?:\\.|[^,;/+])*)', re.I)
_PLACEHOLDER = re.compile(
    r"(?:0+|x+|f+|n/?a|none|null|unknown|default string|default|not specified|not available"
    r"|no asset.*|to be filled.*|system serial number|chassis serial number|serialnumber"
    r"|0?1?23456789\w{0,3}|\W+)$",
    re.IGNORECASE,
)


def joined(*groups: Iterable[str]) -> tuple[str, ...]:
    """All ids of the groups, each once, in order."""
    return tuple(dict.fromkeys(one for group in groups for one in group if one))


def one(scheme: str, value: str) -> tuple[str, ...]:
    """The id, if there is a value."""
    return (f"{scheme}:{value}",) if value else ()


def is_blank(value: str) -> bool:
    """Whether the value is empty or one that stands for nothing."""
    return not value or bool(_PLACEHOLDER.match(value))


def serial(value: str) -> tuple[str, ...]:
    """A hardware serial number, unless it is a placeholder."""
    return () if is_blank(value) else (f"serial:{value}",)


def mac(value: str) -> tuple[str, ...]:
    """A MAC address of twelve digits in any spelling; not the zero or broadcast address."""
    digits = re.sub(r"[^0-9A-Fa-f]", "", value).upper()
    if len(digits) != 12 or len(value) > 17 or digits in ("0" * 12, "F" * 12):
        return ()
    return (f"mac:{digits}",)


def usb(vendor: str, product: str) -> tuple[str, ...]:
    """USB vendor and product number, four lower-case hexadecimal digits each."""
    numbers = [
        re.match(r"(?:0x)?([0-9a-f]{1,4})(?![0-9a-z])", v.strip(), re.I) for v in (vendor, product)
    ]
    if numbers[0] is None:
        return ()
    made, item = (m[1].lower().zfill(4) if m else "" for m in numbers)
    return () if made == "0000" else (f"usb:{made}:{item}",)


def guid(value: str) -> str:
    """The GUID in braces and upper case; empty if the value is none."""
    match = _GUID.fullmatch(value.strip())
    return "{" + match[1].upper() + "}" if match else ""


def uninstall(key: str) -> tuple[str, ...]:
    """Name of an Uninstall key, and the product code if the key is one."""
    return joined(one("msi", guid(key)), one("uninstall", key.strip()))


def signer(subject: str) -> tuple[str, ...]:
    """Ids of a code signer, from its certificate's common name or whole subject.

    Of an Apple leaf (`Developer ID Application: NAME (TEAM)`) the signer is NAME.
    """
    subject = subject.strip()
    leaf = _APPLE_LEAF.match(subject)
    if leaf:
        return joined(one("signer", leaf[1].strip()), one("team", leaf[2] or ""))
    if not re.search(r"(?i)(^|[,;/+]\s*)(CN|O)\s*=", subject):
        return one("signer", subject)
    parts = {name.upper(): _bare(text) for name, text in reversed(_DN_PART.findall(subject))}
    return joined(one("signer", parts.get("CN") or parts.get("O", "")), one("signer-dn", subject))


def _bare(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    return re.sub(r"\\(.)", r"\1", text)


def reg(value: str) -> tuple[str, ...]:
    """A company registration or tax number, letters and digits only."""
    kept = re.sub(r"[^0-9A-Za-z]", "", value).upper()
    return (f"reg:{kept}",) if kept and not is_blank(value) else ()
