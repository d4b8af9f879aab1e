"""DNS records as text: answers of dig and drill, zone files, host's sentences.

They say by whose servers a name of one's own is served: its aliases (CNAME), name servers (NS) and
mail hosts (MX). Nobody asks in them, so that they show no client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.listing import clean, extra
from oust.formats.log_rows import address, asked, host_name
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Quarantine, Record, Said, Tally

_TYPES = (
    r"A|AAAA|CNAME|DNAME|NS|MX|SOA|TXT|PTR|SRV|CAA|SPF|DS|DNSKEY|RRSIG|NSEC3?|NSEC3PARAM|HTTPS"
    r"|SVCB|TLSA|NAPTR|SSHFP|LOC|HINFO|CDS|CDNSKEY|OPENPGPKEY|TYPE\d+"
)
_RECORD = re.compile(
    rf"(?P<owner>\S*)\s+(?:(?P<ttl>\d+[smhdwSMHDW]?|(?:\d+[smhdw])+)\s+)?(?:(?:IN|CH|HS)\s+)?"
    rf"(?:\d+[smhdwSMHDW]?\s+)?(?P<type>{_TYPES})\s+(?P<data>\S.*)$"
)
_FULL = re.compile(rf"\S+\.\s+(?:\d+\s+)?IN\s+(?:{_TYPES})\s+\S")
_SENTENCES = (
    ("CNAME", re.compile(r"(?P<owner>\S+) is an alias for (?P<data>\S+)$")),
    ("MX", re.compile(r"(?P<owner>\S+) mail is handled by (?P<data>\d+ \S+)$")),
    ("NS", re.compile(r"(?P<owner>\S+) name server (?P<data>\S+)$")),
    ("A", re.compile(r"(?P<owner>\S+) has (?:IPv6 )?address (?P<data>\S+)$")),
)
_REMARK = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?$))|;.*')
"""A quoted text, also one that its line does not close, or a remark."""

CHAIN = 16
"""Aliases of aliases that are followed."""

_POINTING = frozenset(("CNAME", "DNAME", "NS", "MX", "A", "AAAA", "HTTPS", "SVCB"))
_HEADING = re.compile(r"(?m)^; <<>> (?:DiG|drill)|^;; ->>HEADER<<-|^\$ORIGIN\b|^;; ANSWER SECTION")


class DnsRecords:
    """See Format."""

    name = "dns-records"
    title = "DNS records: dig, drill, host, zone files"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By dig's heading, $ORIGIN, or lines of whole records."""
        if head.start[:1] in "{<[":
            return 0
        lines = [line for line in head.lines if line.strip() and not line.startswith(";")]
        fit = sum(bool(_FULL.match(line) or _sentence(line.strip())) for line in lines)
        any_record = fit or any(_RECORD.match(line) for line in lines)
        if _HEADING.search(head.text[:8192]) and any_record:
            return 88
        return 80 if fit and fit >= len(lines) * 0.6 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per name and type; other types are counted."""
        zone = _Zone()
        for number, line in _joined(opened.text()):
            if problem := zone.take(number, line):
                yield problem
        yield from zone.said()


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments; those within parentheses as one."""
    held, begun, depth = "", 0, 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = _REMARK.sub(lambda match: match[1] or "", clean(raw)).rstrip()
        if not line.strip() and not depth:
            continue
        begun = begun or number
        depth = max(0, depth + line.count("(") - line.count(")"))
        held = f"{held} {line.strip()}" if held else line
        if depth == 0 or len(held) > 100_000:
            yield begun, held
            held, begun, depth = "", 0, 0
    if held:
        yield begun, held


def _sentence(line: str) -> tuple[str, str, str] | None:
    """Owner, type and data of a line as `host` writes it."""
    for kind, pattern in _SENTENCES:
        if match := pattern.match(line):
            return match["owner"], kind, match["data"]
    return None


class _Zone:
    """Records by owner and type, in the order in which they begin."""

    def __init__(self) -> None:
        self._origin = self._owner = ""
        self._found: dict[tuple[str, str], tuple[int, dict[str, None]]] = {}
        self._others = 0

    def take(self, number: int, line: str) -> Quarantine | None:
        """Read one line; what is no record is quarantined."""
        words = line.split()
        if words[0].upper() == "$ORIGIN" and len(words) > 1:
            self._origin = words[1].rstrip(".").lower()
            return None
        if words[0].startswith("$"):
            self._others += 1
            return None
        told = _sentence(line.strip())
        match = None if told else _RECORD.match(line)
        if not told and match is None:
            return Quarantine(f"line {number}", "no DNS record", one_line(line))
        owner, kind, data = told or (match["owner"], match["type"], match["data"])  # type: ignore[index]
        self._owner = self._full(owner) if owner else self._owner
        if kind not in _POINTING or not self._owner:
            self._others += 1
            return None
        held = self._found.setdefault((self._owner, kind), (number, {}))[1]
        self._others += bool(held)
        held |= dict.fromkeys([self._target(kind, data)])
        return None

    def _full(self, name: str) -> str:
        """A name with the origin of its zone, lower case, without final dot."""
        if name == "@":
            return self._origin
        if name.endswith(".") or not self._origin:
            return name.rstrip(".").lower()
        return f"{name}.{self._origin}".lower()

    def _target(self, kind: str, data: str) -> str:
        words = data.split()
        name = words[1] if kind in ("MX", "HTTPS", "SVCB") and len(words) > 1 else words[0]
        return address(name) or self._full(name)

    def _followed(self, data: dict[str, None]) -> dict[str, None]:
        """Aliases of aliases, as far as this file tells them."""
        every, waiting = dict(data), list(data)
        while waiting and len(every) <= CHAIN:
            _, more = self._found.get((waiting.pop(0), "CNAME"), (0, {}))
            waiting += [one for one in more if one not in every]
            every |= more
        return every

    def said(self) -> Iterator[Said]:
        """A record for each owner and type, and a count of all others."""
        for (owner, kind), (line, data) in self._found.items():
            targets = tuple(self._followed(data) if kind == "CNAME" else data)
            ids = asked(owner, kind, targets)
            yield Record(
                kind="service",
                locator=f"line {line}",
                name=host_name(owner) or owner,
                type="dns record",
                ids=ids,
                extra=extra({"qtype": kind, "answers": "; ".join(targets[:20])}),
            )
        if self._others:
            yield Tally("service", self._others)
