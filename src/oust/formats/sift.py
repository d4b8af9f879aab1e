"""Which formats are worth asking: a cheap look at the head rules most of them out.

A tree holds thousands of small texts that are no evidence, and to ask every format about each takes
far longer than to read it. Every test here is necessary for its format's claim: where it fails, the
format would claim nothing. A format that is not listed is always asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from oust.formats import osquery_tables
from oust.formats.listing import clean
from oust.formats.seam import Head


class Look:
    """A head and what several tests ask of it, worked out once."""

    def __init__(self, head: Head) -> None:
        self.head = head

    @cached_property
    def lower(self) -> str:
        """The whole head in lower case."""
        return self.head.text.lower()

    @cached_property
    def lines(self) -> str:
        """The first lines, as they stand."""
        return "\n".join(self.head.lines)

    @cached_property
    def tidy(self) -> str:
        """The first lines without terminal escapes."""
        return "\n".join(map(clean, self.head.lines))

    @cached_property
    def header(self) -> str:
        """The first line that is not blank, in lower case."""
        return next((line for line in self.head.lines if line.strip()), "").lower()

    def starts(self, *words: str) -> bool:
        """Whether the source begins so."""
        return self.head.start.startswith(words)


Need = Callable[[Look], object]
"""A test that is true wherever the format may claim the source."""


def _anywhere(*words: str) -> Need:
    """One of these, in lower case, stands in the head."""
    return lambda look: any(word in look.lower for word in words)


def _tidy(pattern: str) -> Need:
    """The pattern is met in the first lines without their terminal escapes."""
    search = re.compile(pattern, re.M).search
    return lambda look: search(look.tidy)


def _lines(pattern: str) -> Need:
    search = re.compile(pattern, re.M).search
    return lambda look: search(look.lines)


def _header(*names: str) -> Need:
    return lambda look: any(name in look.header for name in names)


def _json(look: Look) -> object:
    return look.head.is_json


def _xml(look: Look) -> object:
    return look.starts("<")


def _npm(look: Look) -> object:
    return look.head.is_json or look.head.start[:4].lower() == "npm "


_BLANK_AFTER = re.compile(r"[:\uff1a][ \t]*\r?\n\s*\n")


def _profiler(look: Look) -> object:
    return ".app" in look.head.text or _BLANK_AFTER.search(look.head.text)


_NEVRA = re.compile(r"[\w.+~@-]-[^\s/,;|-]+-[^\s:/,;|-]+(?:\s*$|\s{2,}[A-Z])", re.M)
_RPM = re.compile(
    r"(?i)\brelease\s*:|noarch|x86_64|i[3-6]86|aarch64|armv|ppc|s390|ia64|riscv64|loongarch64"
    r"|mips|src|athlon|sparc|e2k|\(none\)|\.(?:el|fc|amzn|lp|suse|cm|ph|oe)\d"
)


def _rpm(look: Look) -> object:
    broken = look.starts("rpm: ", "error: ", "bash: rpm", "-bash: rpm")
    return broken or _RPM.search(look.tidy) or _NEVRA.search(look.tidy)


_WHOLE_ADDRESS = re.compile(r"(?i)://|connect ")


def _squid(look: Look) -> object:
    lines = look.tidy
    if any(word in lines for word in ("TCP", "UDP", "NONE", "TAG")):
        return True
    return '] "' in lines and _WHOLE_ADDRESS.search(lines)


_ASSIGNED = re.compile(r"\.\s+(?:\d+\s+)?IN\s")
_SENTENCE = re.compile(r" (?:is an alias for|mail is handled by|name server|address) ")


def _dns(look: Look) -> object:
    text = look.head.text[:8192]
    if any(mark in text for mark in ("; <<>>", ";; ->>", "$ORIGIN", ";; ANSWER")):
        return True
    return _ASSIGNED.search(look.lines) or _SENTENCE.search(look.lines)


_MAC = (
    r"[0-9a-fA-F]{1,2}[:-][0-9a-fA-F]{1,2}[:-][0-9a-fA-F]{1,2}[:-]"
    r"|[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
)
_OSQUERY = tuple({max(mark, key=lambda name: (len(name), name)) for mark in osquery_tables.MARKS})

_JSON = (
    *("cyclonedx-json", "spdx2-json", "spdx3-json-ld", "ocds", "system-profiler-json"),
    *("osquery-json", "glpi-inventory-json", "winget-export", "homebrew-json", "pip-list-json"),
    *("followthemoney", "bods", "gleif-lei-json", "gleif-rr-json", "gleif-repex-json"),
    *("zeek-json", "sam-exclusions-json"),
)
_XML = (
    *(
        "cyclonedx-xml",
        "spdx2-rdf",
        "fpds-atom",
        "ted-xml",
        "system-profiler-xml",
        "glpi-inventory-xml",
    ),
    *("gleif-lei-xml", "gleif-rr-xml", "gleif-repex-xml", "nmap-xml"),
)

NEEDS: dict[str, Need] = {
    **dict.fromkeys(_JSON, _json),
    **dict.fromkeys(_XML, _xml),
    "npm-list-json": _npm,
    "cyclonedx-textproto": _anywhere(
        "spec_version", "serial_number", "specversion", "serialnumber"
    ),
    "spdx2-yaml": _anywhere("spdx"),
    "spdx2-tag-value": _anywhere("spdx", "packagename", "documentnamespace"),
    "system-profiler-text": _profiler,
    "osquery-csv": _header(*_OSQUERY),
    "dpkg-status": _anywhere("package:"),
    "dpkg-query": _tidy(r"(?:^|[\s|;,\"])v?\d"),
    "apt-list": _tidy(r"[\w.+-]/[\w.,+/-]+ \S+ [a-z0-9-]+(?: \[.+\])?\s*$"),
    "rpm-qa": _rpm,
    "dnf-list": _tidy(
        r"\.(?:noarch|x86_64|i[3-6]86|aarch64|armv|ppc|s390|ia64|riscv64|loongarch64|mips|src"
        r"|nosrc|athlon|sparc|e2k|\(none\))"
    ),
    "winget-list": _tidy(r"^-{20}"),
    "pip-freeze": _tidy(r"==|Package\s+Version"),
    "relations-csv": _header("relation", "link"),
    "relations-yaml": _anywhere("relation"),
    "gleif-lei-csv": _header("entity.legalname"),
    "gleif-rr-csv": _header("relationship."),
    "gleif-repex-csv": _header("exception.category"),
    "zeek-tsv": _lines("\t|#fields"),
    "bind-log": _tidy(r"\bclient "),
    "unbound-log": _lines("unbound"),
    "dnsmasq-log": _lines("dnsmasq|pihole"),
    "squid-access": _squid,
    "dhcpd-leases": _anywhere("lease", "iaaddr", "ia-", "authoring-byte-order"),
    "dnsmasq-leases": _lines(r"^\s*\d{1,11} (?:\S*:|\S+ \S*:)"),
    "kea-leases-csv": _anywhere("valid_lifetime"),
    "arp-table": _tidy(_MAC),
    "dns-records": _dns,
}
