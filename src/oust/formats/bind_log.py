"""Query logs of BIND (named): categories queries, responses, query-errors, rpz and security.

The line changed over the years: the client object (`@0x...`) came with 9.11, the name in
parentheses with 9.9, views stand between where there are any. What precedes the message depends on
the channel's print-time, print-category and print-severity, and on syslog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.log_rows import Row, address, asked, read_lines, unlike
from oust.formats.log_times import moment
from oust.formats.seam import Head, Needles, Opened
from oust.model import Quarantine, Said

_CLIENT = (
    r"client (?:@0x[0-9a-fA-F]+ )?(?P<client>[0-9a-fA-F:.]+(?:%[\w.-]+)?)#(?P<port>\d+)"
    r"(?:/key [^:]{1,300})?(?: \([^)]{0,300}\))?:(?: view (?P<view>[^:]{1,300}):)?"
    r"(?: (?:queries|responses):)? "
)
_QUERY = re.compile(
    _CLIENT + r"(?:query|response): (?:query: )?(?P<name>\S+) (?P<class>\S+) (?P<type>[\w-]+)"
    r"(?: (?P<rcode>[A-Z]{5,10}))?(?: (?P<flags>[-+]\S*))?(?:[^()]*\((?P<server>[^)\s]+)\))?"
)
_DENIED = re.compile(
    _CLIENT + r"(?:query(?: \(cache\))?|update|zone transfer) "
    r"'(?P<name>[^'/]+)/(?P<type>[^'/]+)/(?P<class>[^'/]+)' (?P<rcode>denied|approved)"
)
_FAILED = re.compile(
    _CLIENT + r"query failed \((?P<rcode>[^)]{0,300})\) for (?P<name>[^/\s]+)/(?P<class>[^/\s]+)"
    r"/(?P<type>[^/\s]+)"
)
_POLICY = re.compile(
    _CLIENT + r"(?:disabled )?rpz \S+ (?P<rcode>\S+) rewrite (?P<name>[^/\s]+)"
    r"(?:/(?P<type>[\w-]+)/(?P<class>\w+))? via (?P<policy>\S+)"
)
_KINDS = (("", _QUERY), ("denied", _DENIED), ("failed", _FAILED), ("policy", _POLICY))
_ASKING = re.compile(r"\bclient (?:@0x[0-9a-fA-F]+ )?[0-9a-fA-F:.%\w]+#\d+")
_ASKED = re.compile(r"\bquery")
_NAMED = re.compile(
    r"\bnamed\b|^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d"
    r"|^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)? (?:[\w-]+: )?(?:\w+: )?"
)
WHAT = "a BIND log"


class BindLog:
    """See Format."""

    name = "bind-log"
    title = "BIND (named) query log, 9.2 to 9.20; also responses, refused and rewritten queries"
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By lines that say which client asked for which name."""
        lines = [line for line in head.lines if line.strip()]
        return 92 if lines and sum(map(_asks, lines)) > len(lines) * 0.3 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per client and name with first and last date; see log_rows."""
        yield from read_lines(opened, needles, _line)


def _asks(line: str) -> bool:
    """Whether a line says that a client asked: step by step, as one pattern takes seconds."""
    client = _ASKING.search(line)
    at = line.find(": ", client.end()) if client else -1
    return at >= 0 and (": rpz " in line[at:] or bool(_ASKED.search(line, at + 2)))


def _line(text: str, number: int) -> Row | Quarantine | None:
    for result, pattern in _KINDS:
        if match := pattern.search(text):
            return _row(text[: match.start()], match, result)
    return None if _NAMED.search(text) else unlike(number, text, WHAT)


def _row(before: str, match: re.Match[str], result: str) -> Row:
    said = match.groupdict()
    name = said["name"].rstrip(".").lower()
    kind = (said["type"] or "").upper()
    notes = {
        "qtype": (kind,),
        "view": (said["view"] or "",),
        "resolver": (said.get("server") or "",),
        "rcode": (said["rcode"] or "",),
        "policy": (said.get("policy") or "",),
        "refused": (result,),
    }
    return Row(
        type="dns query",
        name=name,
        client=address(said["client"]) or said["client"],
        ids=asked(name, kind),
        when=moment(before),
        notes={key: value for key, value in notes.items() if value[0]},
    )
