"""The forms that identifier values must have, and their check digits."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.IGNORECASE)
_PATTERNS: dict[str, tuple[str, str]] = {
    "mac": (r"(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{7}|[0-9A-Fa-f]{9})", "6, 7 or 9 hexadecimal digits"),
    "guid": (r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}", "a GUID in braces"),
    "sha256": (r"[0-9A-Fa-f]{64}", "64 hexadecimal digits"),
    "uei": (r"(?!0)[A-HJ-NP-Z0-9]{12}", "12 digits and capitals without I and O"),
    "cage": (r"[A-HJ-NP-Z0-9]{5}", "5 digits and capitals without I and O"),
    "lei": (r"[A-Z0-9]{18}[0-9]{2}", "18 digits and capitals and 2 check digits"),
    "duns": (r"\d{9}", "9 digits"),
    "reg": (r"[0-9A-Za-z]{4,20}", "4 to 20 digits and letters, without separators"),
    "team": (r"[A-Z0-9]{10}", "10 digits and capitals"),
    "usb": (r"[0-9A-Fa-f]{4}", "4 hexadecimal digits"),
    "asn": (r"AS\d{1,10}", "AS and a number"),
    "purl": (r"pkg:[a-z][a-z0-9.+-]*/\S+", "pkg:TYPE/ and a namespace or name"),
    "npm-scope": (r"@[a-z0-9][a-z0-9._~-]*", "@ and a lower-case name"),
    "url": (r"https?://[^\s/]+/\S*", "a web address with its path"),
    "package": (r"[^\s@?#]+", "one word without spaces, @, ? and #"),
    "magic": (
        r"[\x20-\x7a|~]{4,64}|\{\s*(?:[0-9A-Fa-f]{2}\s*){3}(?:(?:[0-9A-Fa-f]{2}|\?\?)\s*)+\}",
        "4 to 64 characters, or bytes in hexadecimal within braces, of which the first 3 are known",
    ),
    "text": (r"[^\x00-\x1f]{6,200}", "6 to 200 characters"),
    "oid": (r"\d+(?:\.\d+)+", "numbers with dots"),
}
_COMPILED = {form: re.compile(pattern) for form, (pattern, _) in _PATTERNS.items()}


def form_fault(form: str, value: str) -> str:
    """Say what is wrong with the form of `value`, or nothing."""
    if len(value) > 2048:
        return "the value is longer than 2,048 characters"
    if form == "domain":
        return "" if _HOST.fullmatch(value) else f"{value!r} is not a host name"
    if form in ("cidr", "ip"):
        return _address_fault(form, value)
    if form in _COMPILED and not _COMPILED[form].fullmatch(value):
        return f"{value!r} is not {_PATTERNS[form][1]}"
    if form == "lei" and int("".join(str(int(c, 36)) for c in value)) % 97 != 1:
        return f"the check digits of LEI {value} are wrong"
    return ""


def _address_fault(form: str, value: str) -> str:
    read: Callable[[str], object] = ipaddress.ip_network if form == "cidr" else ipaddress.ip_address
    try:
        read(value)
    except ValueError:
        return f"{value!r} is not an IP {'prefix' if form == 'cidr' else 'address'}"
    return ""


def check_digit_fault(scheme: str, value: str) -> str:
    """Say that a registration number's check digit is wrong, where its scheme has one.

    OGRN: Russian state registration; INN: Russian tax number of a company; USCC: Chinese unified
    social credit code (GB 32100-2015).
    """
    check = {"OGRN": _ogrn, "INN": _inn, "USCC": _uscc}.get(scheme.upper())
    if check is None or check(value):
        return ""
    return f"{value} is no {scheme.upper()}: its length or check digit is wrong"


def _ogrn(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{13}", value):
        return False
    return int(value[:-1]) % 11 % 10 == int(value[-1])


def _inn(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{10}", value):
        return False
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    total = sum(w * int(d) for w, d in zip(weights, value, strict=False))
    return total % 11 % 10 == int(value[-1])


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _uscc(value: str) -> bool:
    if len(value) != 18 or any(c not in _USCC for c in value):
        return False
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(value[:17]))
    return _USCC[(31 - total % 31) % 31] == value[17]


def regex_fault(pattern: str) -> str:
    """Say why a regular expression may not be used: wrong, or slow on hostile text.

    Slow are: repetition of what itself repeats, unless each round begins with a character that
    the inner repetition cannot take; alternatives under a repetition; back references.
    """
    if len(pattern) > 200:
        return "the regular expression is longer than 200 characters"
    try:
        tree = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"the regular expression is wrong: {error}"
    return "the regular expression may take for ever on some texts" if _slow(tree) else ""


def _slow(tree: Any) -> bool:
    loops = [loop for loop in _walk(tree) if loop[0] in _LOOPS and loop[1][1] > 16]
    if len(loops) > 4 or any(op in _REFUSED for op, _ in _walk(tree)):
        return True
    return any(_ambiguous(loop[1][2]) for loop in loops)


_LOOPS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
_REFUSED = (sre.GROUPREF, sre.GROUPREF_EXISTS)


def _walk(tree: Any) -> Iterator[tuple[Any, Any]]:
    for op, argument in tree:
        yield op, argument
        for part in argument if isinstance(argument, (tuple, list)) else (argument,):
            for inner in part if isinstance(part, list) else (part,):
                if isinstance(inner, _parser.SubPattern):
                    yield from _walk(inner)


def _ambiguous(body: Any) -> bool:
    inner = [(op, argument) for op, argument in _walk(body) if op is not sre.SUBPATTERN]
    if any(op is sre.BRANCH for op, _ in inner):
        return True
    loops = [argument[2] for op, argument in inner if op in _LOOPS]
    if not loops:
        return False
    op, first = inner[0]
    return op is not sre.LITERAL or any(_takes(loop, first) for loop in loops)


def _takes(body: Any, character: int) -> bool:
    """Whether a repeated single item can match the character; anything larger counts as yes."""
    if len(body) != 1:
        return True
    op, argument = body[0]
    if op is sre.LITERAL:
        return bool(argument == character)
    if op is not sre.IN:
        return True
    return any(_in_set(item, character) for item in argument)


def _in_set(item: tuple[Any, Any], character: int) -> bool:
    op, argument = item
    if op is sre.LITERAL:
        return bool(argument == character)
    if op is sre.RANGE:
        return bool(argument[0] <= character <= argument[1])
    return True  # categories and negations: assume it can
