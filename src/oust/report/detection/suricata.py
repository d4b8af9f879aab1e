"""Suricata rules: names in DNS, TLS and HTTP, paths and agents in HTTP, addresses.

Written for Suricata 6 and later: sticky buffers, the transform `dotprefix`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from oust.report.detection import REGEX, Item, LeftOut, Written, heading, plain

NAMES = ("domain", "installer_host", "p2p_host", "licensee_update_host")
KINDS = (*NAMES, "url_path", "user_agent_token", "ip_address", "ip_prefix", "mime_type")
ENDING = ".rules"

FIRST, LAST = 1_000_000, 1_999_999
"""Numbers of rules that Suricata leaves to local use."""

NO_ADDRESS = "is no address or prefix"


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """Three rules for each name, one for anything else. Numbers stay from one export to the next
    as long as no two values fall on the same.
    """
    out = [*left]
    taken: set[int] = set()
    lines: list[str] = []
    kept: list[Item] = []
    for item in items:
        rules = list(_rules(item))
        if not rules:
            why = REGEX if item.match == "regex" else NO_ADDRESS
            out.append(LeftOut(item.vendor, item.kind, item.value, why))
            continue
        kept.append(item)
        lines.append(f"# {plain(item.source)}")
        lines += [_rule(item, *rule, taken) for rule in rules]
    head = [f"# {line}" for line in heading("Suricata rules", kept, out, version)]
    return Written("\n".join([*head, "", *lines]) + "\n", len(kept), tuple(out))


def _rules(item: Item) -> Iterator[tuple[str, str, str]]:
    """Protocol, what is seen, and the options that match it."""
    if item.kind in NAMES:
        if item.match == "regex":
            return
        for protocol, buffer, seen in (
            ("dns", "dns.query", "looked up"),
            ("tls", "tls.sni", "TLS to"),
            ("http", "http.host", "HTTP to"),
        ):
            yield protocol, seen, f"flow:to_server; {buffer}; {_name(item, buffer)}"
    elif item.kind == "url_path":
        content = _content(item.value)
        yield "http", "asked for", f"flow:to_server; http.uri; {content} nocase;"
    elif item.kind == "user_agent_token":
        content = _content(item.value)
        yield "http", "agent", f"flow:to_server; http.user_agent; {content} nocase;"
    elif item.kind == "mime_type":
        yield "http", "sent", f"flow:to_client; http.content_type; {_content(item.value)} nocase;"
    elif _is_address(item.value):
        yield "ip", "address", ""


def _is_address(value: str) -> bool:
    try:
        ip_network(value)
    except ValueError:
        return False
    return True


def _name(item: Item, buffer: str) -> str:
    """A host name and all below it, or the very name. `http.host` is lower case already."""
    case = "" if buffer == "http.host" else " nocase;"
    value = item.value.lower().strip(".")
    if item.match == "exact":
        return f"{_content(value)} startswith; endswith;{case}"
    return f"dotprefix; {_content('.' + value)} endswith;{case}"


def _content(text: str) -> str:
    """`content` with what has a meaning there written as bytes."""
    raw = "".join(
        chr(b) if 32 < b < 127 and chr(b) not in '";:\\|' else f"|{b:02X}|" for b in text.encode()
    )
    return f'content:"{raw.replace("||", " ")}";'


def _rule(item: Item, protocol: str, seen: str, options: str, taken: set[int]) -> str:
    target = item.value if protocol == "ip" else "any"
    text = plain(f"oust {item.name}: {seen} {item.value}").replace('"', "'")
    text = re.sub(r"[;\\]", " ", text)
    number = _number(f"{item.vendor} {item.kind} {item.value} {protocol}", taken)
    parts = [
        f'msg:"{text}";',
        options,
        "threshold:type limit, track by_src, count 1, seconds 3600;",
        "classtype:policy-violation;",
        *_reference(item.source),
        f"metadata:vendor {item.vendor}, kind {item.kind};",
        f"sid:{number}; rev:1;",
    ]
    told = " ".join(part for part in parts if part)
    return f"alert {protocol} any any -> {target} any ({told})"


def _reference(source: str) -> Iterator[str]:
    address = re.match(r"https?://([\x21-\x7e]+)", source)
    if address and not set(address[1]) & set(';:"\\,|()'):
        yield f"reference:url,{address[1]};"


def _number(key: str, taken: set[int]) -> int:
    number = FIRST + zlib.crc32(key.encode()) % (LAST - FIRST + 1)
    while number in taken:
        number = FIRST if number == LAST else number + 1
    taken.add(number)
    return number
