"""Query and reply logs of Unbound: log-queries, log-replies, log-local-actions, RPZ actions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.log_rows import Row, address, asked, read_lines, unlike
from oust.formats.log_times import moment
from oust.formats.seam import Head, Needles, Opened
from oust.model import Quarantine, Said

_MARK = r"\bunbound(?:\[\d+(?::\w+)?\])?:?(?: \[\d+:\w+\])?"
_NAME = r"(?P<name>(?!\d+\.\d+\.\d+\.\d+ )[^\s@]+)"
_CLIENT = r"(?P<client>[0-9a-fA-F:.]+(?:%[\w.-]+)?)(?:[@#]\d+)?"
_QUERY = re.compile(
    rf"{_MARK} (?:info|query|reply): {_CLIENT} {_NAME} (?P<type>[A-Z][A-Z0-9-]*|TYPE\d+)"
    r" (?P<class>IN|CH|HS|ANY|CLASS\d+)"
    r"(?: (?P<rcode>[A-Z]\w+)(?: [\d.]+ (?P<cached>[01]) (?P<size>\d+))?)?(?: .*)?$"
)
_LOCAL = re.compile(
    rf"{_MARK} info: (?P<policy>(?:rpz: applied )?.{{0,300}}?) {_CLIENT.replace('[@#]', '[@]')}"
    rf" {_NAME} (?P<type>[A-Z][A-Z0-9-]*) (?P<class>IN|CH|HS|ANY)$"
)
_ANY = re.compile(_MARK)
_TALK = re.compile(rf"{_MARK} (?:info|notice|error|warning|debug|fatal error|query|reply):?")
WHAT = "an Unbound log"


class UnboundLog:
    """See Format."""

    name = "unbound-log"
    title = "Unbound log: queries, replies, local and RPZ actions"
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the name of the daemon and thread, and by a question in one of the first lines."""
        lines = [line for line in head.lines if line.strip()]
        told = [line for line in lines if _QUERY.search(line) or _LOCAL.search(line)]
        marked = [line for line in lines if _ANY.search(line)]
        return 92 if told and len(marked) > len(lines) * 0.5 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per client and name with first and last date; see log_rows."""
        yield from read_lines(opened, needles, _line)


def _line(text: str, number: int) -> Row | Quarantine | None:
    match = _QUERY.search(text) or _LOCAL.search(text)
    if match is None:
        return None if _TALK.search(text) else unlike(number, text, WHAT)
    said = match.groupdict()
    name = said["name"].rstrip(".").lower()
    notes = {
        "qtype": said["type"],
        "rcode": said.get("rcode") or "",
        "policy": (said.get("policy") or "").strip(),
    }
    return Row(
        type="dns query",
        name=name,
        client=address(said["client"]) or said["client"],
        ids=asked(name, said["type"]),
        when=moment(text[: match.start() + len("unbound")]),
        notes={key: (value,) for key, value in notes.items() if value},
    )
