"""Which formats are worth asking: a cheap look at the head rules most of them out.

A tree holds thousands of small texts that are no evidence, and to ask every format about each takes
far longer than to read it. Every test here is necessary for its format's claim: where it fails, the
format would claim nothing. A format that is not listed is always asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from oust.formats import csv_rows, osquery_tables, system_profiler_text
from oust.formats.listing import clean
from oust.formats.seam import Head
from oust.formats.sift_tables import may_be_table


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
        return "\n".join(self.rows)

    @cached_property
    def rows(self) -> list[str]:
        """The first lines without terminal escapes, one by one."""
        return [clean(line) for line in self.head.lines]

    @cached_property
    def tabular(self) -> bool:
        """Whether it may begin with a table that some reader of tables knows."""
        return may_be_table(self.head)

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


_BLANK_AFTER = re.compile(r":[ \t]*\r?\n\s*\n")
_TITLES = frozenset(
    fold(title) for title in system_profiler_text.TITLES for fold in (str.lower, str.casefold)
)


def _profiler(look: Look) -> object:
    text = look.head.text
    if ".app" in text:
        return True
    for match in _BLANK_AFTER.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        title = line[:-1] if line[-1:].isspace() else line
        if title.lower() in _TITLES or title.casefold() in _TITLES:
            return True
    return False


_NEVRA = re.compile(r"[\w.+~@-]-[^\s/,;|-]+-[^\s:/,;|-]+(?:\s*$|\s{2,}[A-Z])")
_RPM_WORDS = (
    *("release", "noarch", "x86_64", "i386", "i486", "i586", "i686", "aarch64", "armv", "ppc"),
    *("s390", "ia64", "riscv64", "loongarch64", "mips", "src", "athlon", "sparc", "e2k"),
    *("(none)", ".el", ".fc", ".amzn", ".lp", ".suse", ".cm", ".ph", ".oe"),
)


def _rpm(look: Look) -> object:
    if look.starts("rpm: ", "error: ", "bash: rpm", "-bash: rpm"):
        return True
    text = look.tidy.lower()
    if any(word in text for word in _RPM_WORDS):
        return True
    return any(line.count("-") > 1 and _NEVRA.search(line) for line in look.rows)


_APT = re.compile(r"[\w.+-]/[\w.,+/-]{1,300} \S{1,300} [a-z0-9-]{1,40}(?: \[[^\n]{1,300}\])?\s*$")


def _apt(look: Look) -> object:
    return any("/" in line and _APT.search(line) for line in look.rows)


_HEX = r"[0-9a-fA-F]"
_MAC = re.compile(rf"[:-]{_HEX}{{1,2}}[:-]{_HEX}{{1,2}}[:-]|\.{_HEX}{{4}}\.{_HEX}{{4}}")


def _mac(look: Look) -> object:
    return any(
        (line.count(":") + line.count("-") > 4 or line.count(".") > 1) and _MAC.search(line)
        for line in look.rows
    )


_LEASE = re.compile(r"lease\s+[\d.]")
_LEASE_WORDS = ("iaaddr", "ia-na", "ia-pd", "ia-ta", "authoring-byte-order", "dhcpd.leases(5)")


def _leases(look: Look) -> object:
    text = look.head.text
    return any(word in text for word in _LEASE_WORDS) or ("{" in text and _LEASE.search(text))


def _tabular(look: Look) -> object:
    return look.tabular


_SQUID = re.compile(r"(?:TCP|UDP|NONE|TAG)[A-Z_]{0,60}(?:/[\d-]|:[A-Z_])")
_WHOLE_ADDRESS = re.compile(r"(?i)://|connect ")


def _squid(look: Look) -> object:
    """By marks, because the format's own patterns take seconds for some lines of 64 KB."""
    lines = look.tidy
    return _SQUID.search(lines) or ('] "' in lines and _WHOLE_ADDRESS.search(lines))


_ASSIGNED = re.compile(r"\.\s+(?:\d+\s+)?IN\s")
_SENTENCE = re.compile(r" (?:is an alias for|mail is handled by|name server|address) ")


def _dns(look: Look) -> object:
    text = look.head.text[:8192]
    if any(mark in text for mark in ("; <<>>", ";; ->>", "$ORIGIN", ";; ANSWER")):
        return True
    return _ASSIGNED.search(look.lines) or _SENTENCE.search(look.lines)


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

_TABLES = (
    *("usaspending-csv", "purchases-csv", "windows-uninstall-csv", "software-csv"),
    *("price-list", "sam-exclusions", "certifications"),
)

NEEDS: dict[str, Need] = {
    **dict.fromkeys(_TABLES, _tabular),
    "agreements-csv": _header(*csv_rows.DELIMITERS),
    "agreements-yaml": _anywhere("agreements"),
    "claim-ledger": _anywhere("title:"),
    "approvals-yaml": _anywhere("approvals", "figures"),
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
    "apt-list": _apt,
    "rpm-qa": _rpm,
    "dnf-list": _tidy(
        r"\.(?:noarch|x86_64|i[3-6]86|aarch64|armv|ppc|s390|ia64|riscv64|loongarch64|mips|src"
        r"|nosrc|athlon|sparc|e2k|\(none\))"
    ),
    "winget-list": _tidy(r"^-{20}"),
    **dict.fromkeys(("pipfile-lock", "composer-lock", "nuget-lock"), _json),
    "yarn-lock": _anywhere("yarn lockfile v1", "__metadata:"),
    "pnpm-lock": _anywhere("lockfileversion:"),
    "python-lock": _anywhere("[[package"),
    "cargo-lock": _anywhere("[[package"),
    "go-sum": _anywhere(" h1:"),
    "go-mod": _anywhere("module"),
    "gemfile-lock": _anywhere("  specs:"),
    "gradle-lockfile": _anywhere("="),
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
    "dhcpd-leases": _leases,
    "dnsmasq-leases": _lines(r"^\s*\d{1,11} (?:\S*:|\S+ \S*:)"),
    "kea-leases-csv": _anywhere("valid_lifetime"),
    "arp-table": _mac,
    "dns-records": _dns,
}
