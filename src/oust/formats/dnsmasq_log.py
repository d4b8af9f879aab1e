"""Logs of dnsmasq, and of Pi-hole, which is built on it: questions, answers, aliases, leases.

An answer stands on lines of its own that name no client. Of `reply A is <CNAME>`, `reply B is
<CNAME>`, `reply C is 192.0.2.1` the first name is what was asked for; so the aliases are gathered
first and the questions read after.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from oust.formats import inventory_ids as ids
from oust.formats.listing import clean
from oust.formats.log_rows import (
    LONGEST_LINE,
    MOST,
    Gathered,
    Row,
    address,
    asked,
    content,
    filled,
    host_name,
    id_of,
    looked,
    numbered_hits,
    searched,
    unlike,
)
from oust.formats.log_times import moment
from oust.formats.seam import Head, Needles, Opened
from oust.formats.zeek_lines import Block
from oust.model import Quarantine, Said

_TAG = r"\b(?:dnsmasq|pihole-FTL|pihole)(?:-(?:dhcp|tftp|script))?(?:\[\d+\])?:"
_SERIAL = r"(?: (?P<serial>\d+) (?P<from>[0-9a-fA-F:.]+)/\d+)?"
_QUERY = re.compile(
    rf"{_TAG}{_SERIAL} (?:dnssec-)?query\[(?P<type>[^\]]{{1,40}})\] (?P<name>\S+) "
    r"(?:from (?P<client>[0-9a-fA-F:.%\w]+)|to \S+)"
)
_ANSWER = re.compile(
    rf"{_TAG}{_SERIAL} (?P<by>\S+(?: \S+){{0,2}}) (?P<name>\S+) is (?P<value>\S+)$"
)
_LEASE = re.compile(
    rf"{_TAG}(?: \d+)? (?P<what>DHCP(?:ACK|REQUEST|OFFER|INFORM|REPLY6?))\((?P<port>[^)]{{1,64}})\)"
    r" (?P<ip>[0-9a-fA-F:.]+) (?P<mac>(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})(?: (?P<name>\S+))?"
)
_ANY = re.compile(_TAG)
_ALIAS = "<CNAME>"
CHAIN = 16
"""Aliases of aliases that are followed; a resolver gives up before."""

_RESERVED = frozenset(("error", "truncated"))
WHAT = "a dnsmasq log"


class _Chain(Struct):
    """What an answer says of the name asked for: what it stands for, in order, and addresses."""

    line: int
    before: str  # what stands before the message of its first line
    values: dict[str, None] = field(default_factory=dict)


class DnsmasqLog:
    """See Format."""

    name = "dnsmasq-log"
    title = "dnsmasq or Pi-hole log: questions, answers, aliases; DHCP acknowledgements"
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By the daemon's name on most lines, and a question, an answer or a lease."""
        lines = [line for line in head.lines if line.strip()]
        tagged = [line for line in lines if _ANY.search(line)]
        if not tagged or len(tagged) <= len(lines) * 0.5:
            return 0
        told = any(p.search(line) for line in tagged for p in (_QUERY, _LEASE, _ANSWER))
        return 93 if told else 30

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per client and name, aliases among its ids; see log_rows."""
        yield from _Log(opened, needles).said()


class _Log:
    def __init__(self, opened: Opened, needles: Needles) -> None:
        self._data: Any = content(opened)
        self._search = searched(needles)
        self._gathered = Gathered(needles)
        self._chains: dict[str, _Chain] = {}
        self._asked: set[str] = set()

    def said(self) -> Iterator[Said]:
        """Quarantines, then records and the count of all other lines."""
        for block, before in _with_past(looked(self._data, self._search)):
            for number, text in numbered_hits(block):
                if _ANSWER.search(text):
                    self._answered(block, before, number)
        held = 0
        for block in looked(self._data, self._for_questions()):
            self._gathered.lines += filled(block)
            self._gathered.span.take(block)
            for number, text in numbered_hits(block):
                told = self._line(text, number)
                if told is not None:
                    held += 1
                    yield told
        self._unasked()
        yield from self._gathered.said(held)

    def _answered(self, block: Block, before: deque[str], number: int) -> None:
        """Note what the line hit says, for the name with which its chain of aliases begins."""
        index = number - block.first
        match = _matched(block, index)
        if match is None or address(match["name"]):  # a name for an address: no alias
            return
        chain = [match]
        for back in range(1, CHAIN):
            upper = _line_before(block, before, index - back)
            if upper is None or not _same_answer(upper, chain[-1]):
                break
            if upper["value"] == _ALIAS:
                chain.append(upper)
            elif upper["name"].lower() != match["name"].lower():
                break  # else one of several addresses of the same name
        first = chain[-1]
        head = first["name"].lower().rstrip(".")
        lead = first.string[: first.start()]
        held = self._chains.setdefault(head, _Chain(number - len(chain) + 1, lead))
        names = [one["name"].lower().rstrip(".") for one in reversed(chain)]
        values = [*names[1:], match["value"].lower() if match["value"] != _ALIAS else ""]
        following = _matched(block, index + 1) if match["value"] == _ALIAS else None
        if following is not None and _same_answer(
            following, match
        ):  # the line after says what the last alias stands for
            values[-1] = following["name"].lower().rstrip(".")
        if len(held.values) < MOST:
            held.values |= dict.fromkeys(one for one in values if one)

    def _for_questions(self) -> Callable[[bytes], list[int]] | None:
        """Finds what is looked for, and the names asked for that turned out to be aliases."""
        search = self._search
        heads = [re.escape(name.encode()) for name in self._chains if host_name(name)]
        if search is None or not heads:
            return search
        pattern = re.compile(rb"\] (?:" + rb"|".join(sorted(heads)) + rb") from ", re.I)

        def both(raw: bytes) -> list[int]:
            return sorted({*search(raw), *(match.start() for match in pattern.finditer(raw))})

        return both

    def _line(self, text: str, number: int) -> Quarantine | None:
        if match := _QUERY.search(text):
            if match["client"]:
                self._question(match, number)
        elif match := _LEASE.search(text):
            self._gathered.add(_lease(match), number)
        elif not _ANY.search(text):
            return unlike(number, text, WHAT)
        return None

    def _question(self, match: re.Match[str], number: int) -> None:
        name = match["name"].rstrip(".").lower()
        self._asked.add(name)
        client = address(match["client"]) or match["client"]
        before = match.string[: match.start()]
        self._gathered.add(
            self._row(name, client, match["type"].upper().replace("=", ""), before), number
        )

    def _row(self, name: str, client: str, kind: str, before: str) -> Row:
        chain = self._chains.get(name)
        answers = tuple(chain.values) if chain else ()
        aliases = tuple(one for one in answers if host_name(one))
        notes = {"qtype": (kind,), "answers": answers, "chain": ()}
        if aliases:
            notes["chain"] = (" -> ".join((name, *aliases)),)
        return Row(
            type="dns query",
            name=name,
            client=client,
            ids=asked(name, "A", answers),
            when=moment(before),
            notes={key: value for key, value in notes.items() if value and value[0]},
        )

    def _unasked(self) -> None:
        """Answers to questions that the log does not hold, being rotated or not logged."""
        for name, chain in self._chains.items():
            if name not in self._asked:
                row = self._row(name, "", "", chain.before)
                row.notes["asked_by"] = ("not in this log",)
                self._gathered.add(row, chain.line)


def _with_past(blocks: Iterator[Block]) -> Iterator[tuple[Block, deque[str]]]:
    """Each block with the last lines before it."""
    past: deque[str] = deque(maxlen=CHAIN)
    for block in blocks:
        yield block, past
        first = max(0, len(block.starts) - CHAIN)
        past.extend(_text(block, index) for index in range(first, len(block.starts)))


def _text(block: Block, index: int) -> str:
    return clean(block.line(index)[:LONGEST_LINE].decode("utf-8", "replace")).strip()


def _matched(block: Block, index: int) -> re.Match[str] | None:
    """The answer on a line of the block; None if there is none."""
    if not 0 <= index < len(block.starts):
        return None
    match = _ANSWER.search(_text(block, index))
    return match if match and match["name"].lower() not in _RESERVED else None


def _line_before(block: Block, before: deque[str], index: int) -> re.Match[str] | None:
    """The answer on a line of the block, or of the one before it."""
    if index >= 0:
        return _matched(block, index)
    return _ANSWER.search(before[index]) if -index <= len(before) else None


def _same_answer(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two lines that follow each other may belong to one answer."""
    kinds = {match["by"].removesuffix("-stale") for match in (one, other)}
    return len(kinds) == 1 and one["serial"] == other["serial"]


def _lease(match: re.Match[str]) -> Row:
    name = match["name"] or ""
    ip = address(match["ip"])
    shown = name or ip
    return Row(
        type="dhcp lease",
        name=shown,
        client=shown,
        ids=(*ids.mac(match["mac"]), *id_of(ip)),
        when=moment(match.string[: match.start()]),
        notes={"mac": (match["mac"].lower(),), "messages": (match["what"],)},
    )
