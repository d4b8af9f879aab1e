r"""Windows programs from a registry export (.reg) of the Uninstall keys.

The keys are `...\CurrentVersion\Uninstall\NAME` of the machine, of its 32-bit view (WOW6432Node)
and of each user; NAME is the product code where Windows Installer made the entry. Values are as
written by regedit and `reg export`, version 5.00 (UTF-16) or REGEDIT4 (ANSI).
Source: https://learn.microsoft.com/windows/win32/msi/uninstall-registry-key
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import inventory_ids as ids
from oust.formats import listing
from oust.formats.dates import day
from oust.formats.listing import extra, urls
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Record, Said

_HEADER = re.compile(r"Windows Registry Editor Version \d|REGEDIT4")
_KEY = re.compile(r"\[(-?)(HK[^\]\n]*|[^\]\n]*\\[^\n]*)\]\s*$")
_VALUE = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|(@))\s*=(.*)$', re.S)
_UNINSTALL = re.compile(r"(?i)\\Uninstall(?:\\(.*))?$")
_USER = re.compile(r"(?i)(?:HKEY_USERS|HKU)\\([^\\]+)|(HKEY_CURRENT_USER|HKCU)\\")
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:(.*)$", re.I | re.S)
_NEW_VALUE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)=(?:"|hex|dword:|-)')
_HEX_VALUE = re.compile(r'(?i)(?:"(?:[^"\\]|\\.)*"|@)\s*=\s*hex')
_STRING_VALUE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)\s*=\s*"')
_WHOLE_STRING = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)\s*=\s*"(?:[^"\\]|\\.)*"\s*$')
_STRING_END = re.compile(r'(?<!\\)(?:\\\\)*"\s*$')
_MAX_LINES = 4000  # of one value: the largest real ones are icons of some hundred lines

Entry = tuple[int, str, dict[str, str], list[Quarantine]]


class WindowsUninstallReg:
    """A .reg file. Keys outside Uninstall are counted in one quarantine."""

    name = "windows-uninstall-reg"
    title = "Windows Uninstall keys, registry export (.reg)"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        if _HEADER.match(head.start):
            return 95 if "\\uninstall" in head.text.lower() else 70
        return 60 if re.match(r"(?i)\[HK[^\n]*\\Uninstall", head.start) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        count, others, first = 0, 0, ""
        for number, key, values, doubts in _keys(opened):
            at = _UNINSTALL.search(key)
            if key.startswith("-"):
                reason = "the file deletes this key; it does not say that it existed"
                yield Quarantine(f"line {number}", reason, key[1:])
            elif at is None or "\\" in (at[1] or ""):
                others, first = others + 1, first or f"line {number}"
            elif at[1]:
                count += 1
                yield _program(number, key, at[1], values)
            yield from doubts
        if others:
            yield Quarantine(first, f"keys outside Uninstall, not read by this format: {others:,}")
        if not count:
            raise Unreadable("no Uninstall entry in this registry export")


def _keys(opened: Opened) -> Iterator[Entry]:
    """Line, path, values by lower-case name, and unreadable values of each key."""
    entry: Entry | None = None
    wide = not opened.head.start.startswith("REGEDIT4")
    for number, line in _logical(opened):
        key = _KEY.match(line)
        if key:
            if entry:
                yield entry
            entry = (number, key[1] + key[2], {}, [])
            continue
        value = _VALUE.match(line)
        if value and entry:
            _put(entry, number, value, wide)
        elif not _HEADER.match(line.strip()):
            problem = Quarantine(f"line {number}", "not a registry key or value", one_line(line))
            entry = entry or (number, "", {}, [])
            entry[3].append(problem)
    if entry:
        yield entry


def _put(entry: Entry, number: int, value: re.Match[str], wide: bool) -> None:
    name = re.sub(r"\\(.)", r"\1", value[1] or "").lower()
    text = _decoded(value[3].strip(), wide)
    if text is None:
        reason = f"registry value {value[1] or '(default)'} cannot be decoded"
        entry[3].append(Quarantine(f"line {number}", reason, one_line(value[3])))
    elif name:
        entry[2].setdefault(name, text)


def _logical(opened: Opened) -> Iterator[tuple[int, str]]:
    r"""Lines joined with what continues them: hex after a `\`, strings that hold line breaks."""
    held: list[str] = []
    start = 0
    for number, raw in listing.numbered(opened):
        if held and (_KEY.match(raw) or _NEW_VALUE.match(raw) or len(held) > _MAX_LINES):
            yield start, _join(held)
            held = []
        if not held and (not raw.strip() or raw.lstrip().startswith(";")):
            continue
        start = start if held else number
        held.append(raw)
        if not _open(held):
            yield start, _join(held)
            held = []
    if held:
        yield start, _join(held)


def _open(held: list[str]) -> bool:
    """Whether the value goes on in the next line."""
    if _HEX_VALUE.match(held[0]):
        return held[-1].endswith("\\")
    if len(held) > 1:
        return not _STRING_END.search(held[-1])
    return bool(_STRING_VALUE.match(held[0])) and not _WHOLE_STRING.match(held[0])


def _join(held: list[str]) -> str:
    if _HEX_VALUE.match(held[0]):
        return "".join(line.strip().removesuffix("\\") for line in held)
    return "\n".join(held)


def _decoded(text: str, wide: bool) -> str | None:
    """A value's data as text; empty for binary data; None if it is malformed."""
    if text.startswith('"'):
        whole = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', text, re.S)
        return re.sub(r"\\(.)", r"\1", whole[1], flags=re.S).strip() if whole else None
    if text.lower().startswith("dword:"):
        return str(int(text[6:], 16)) if re.fullmatch(r"[0-9a-fA-F]{1,8}", text[6:]) else None
    if text == "-":
        return ""
    match = _HEX.match(text)
    return _from_hex(match[1] or "3", match[2], wide) if match else None


def _from_hex(kind: str, digits: str, wide: bool) -> str | None:
    try:
        raw = bytes.fromhex(re.sub(r"[,\s]", "", digits))
    except ValueError:
        return None
    if kind.lower() == "b":
        return str(int.from_bytes(raw, "little"))
    if kind not in ("1", "2", "7"):
        return ""
    # REGEDIT4 files hold the same types in the system's ANSI code page
    text = raw.decode("utf-16-le" if wide else "cp1252", "replace").rstrip("\0")
    return listing.clean(text.replace("\0", "; ")).strip()


def _program(number: int, key: str, entry: str, values: dict[str, str]) -> Record:
    get = values.get
    locator = f"line {number}"
    since = day(get("installdate", ""))
    links = [get(name, "") for name in ("urlinfoabout", "helplink", "urlupdateinfo", "readme")]
    return Record(
        kind="program",
        locator=locator,
        name=get("displayname", "") or get("quietdisplayname", "") or entry,
        version=get("displayversion", ""),
        type=get("releasetype", ""),
        publisher=get("publisher", ""),
        ids=ids.uninstall(entry),
        urls=urls(*links),
        path=get("installlocation", "").strip('"'),
        description=one_line(get("comments", ""), 2000),
        since=since,
        extra=extra(
            _about(key, values) | {"install date": "" if since else get("installdate", "")}
        ),
    )


def _about(key: str, values: dict[str, str]) -> dict[str, str]:
    """What else the entry says: whose it is, what removes it, what it belongs to."""
    user = _USER.match(key)
    kept = {
        **{"uninstall": "uninstallstring", "icon": "displayicon", "contact": "contact"},
        **{"install source": "installsource", "parent": "parentdisplayname"},
        **{"parent key": "parentkeyname", "product id": "productid"},
    }
    about = {
        "key": key,
        "user": (user[1] or "the exporting user") if user else "",
        "view": "32-bit" if "\\wow6432node\\" in key.lower() else "",
        "note": "" if values.get("displayname") else "the entry has no DisplayName",
        "system component": "yes" if values.get("systemcomponent") == "1" else "",
    }
    return about | {name: values.get(value, "") for name, value in kept.items()}
