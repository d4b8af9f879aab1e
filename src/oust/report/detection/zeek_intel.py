"""A file for Zeek's intelligence framework: names, addresses, digests, agents, addresses of files.

Zeek compares a domain whole: a name below it needs an entry of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from oust.report.detection import REGEX, Item, LeftOut, Written, heading, plain
from oust.report.detection.suricata import NAMES

TYPES = {
    **dict.fromkeys(NAMES, "DOMAIN"),
    "ip_address": "ADDR",
    "ip_prefix": "SUBNET",
    "installer_sha256": "FILE_HASH",
    "file_name": "FILE_NAME",
    "installer_file": "FILE_NAME",
    "url": "URL",
}
KINDS = tuple(TYPES)
ENDING = ".intel"


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """One line for each value, tab separated, under the `#fields` line that Zeek reads."""
    out, kept, lines = [*left], [], []
    for item in items:
        if item.match == "regex":
            out.append(LeftOut(item.vendor, item.kind, item.value, REGEX))
            continue
        kept.append(item)
        about = f"{item.name}: {item.kind}" + (f", {item.product}" if item.product else "")
        source = plain(item.source)
        url = source if source.startswith("http") and " " not in source else "-"
        lines.append(
            "\t".join([_indicator(item), f"Intel::{TYPES[item.kind]}", "oust", plain(about), url])
        )
    head = [f"# {line}" for line in heading("Zeek intelligence", kept, out, version)]
    fields = "\t".join(
        ["#fields", "indicator", "indicator_type", "meta.source", "meta.desc", "meta.url"]
    )
    return Written("\n".join([*head, fields, *lines]) + "\n", len(kept), tuple(out))


def _indicator(item: Item) -> str:
    value = plain(item.value)
    if TYPES[item.kind] == "URL":
        return value.partition("://")[2]
    if TYPES[item.kind] == "FILE_NAME":
        return value
    return value.lower()
