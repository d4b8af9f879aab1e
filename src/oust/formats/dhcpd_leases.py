"""Lease files of ISC dhcpd: dhcpd.leases and dhcpd6.leases, and hosts declared in them.

The file is a journal: the same address occurs again with each renewal, and again for the next
host. All leases of one address and MAC become one record, from the first start to the last end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field, structs

from oust.formats.log_span import span_record
from oust.formats.log_times import NEVER, Moment, epoch, moment
from oust.formats.network_hosts import host_record
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.model import Quarantine, Record, Said, Tally

_TOKEN = re.compile(
    r'"((?:[^"\\\n]|\\[^\n])*)"|#[^\n]*|([{};=])|([^\s{};="#]+)|("[^\n]*|\n)'
)  # a quote that its line does not close takes the rest of the line
_HEAD = re.compile(r"(?m)^[ \t\r]*(?:lease\s+[\d.]|iaaddr\s+[0-9a-fA-F:]|ia-(?:na|pd|ta)\s+\")")
_ESCAPE = re.compile(r"\\(?:([0-7]{3})|(.))")
_BLOCKS = ("lease", "iaaddr", "host")
MOST_WORDS = 100
"""Words of one statement; longer ones are cut."""


class _Block(Struct):
    """A block that is open, and what its statements said."""

    kind: str
    title: str
    line: int
    said: dict[str, str] = field(default_factory=dict)


class DhcpdLeases:
    """See Format."""

    name = "dhcpd-leases"
    title = "ISC dhcpd lease file, IPv4 and IPv6"
    group = "network"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a lease that opens a block, or by the heading that dhcpd writes."""
        if head.start.startswith(("<", "{", "[")):
            return 0
        if "authoring-byte-order" in head.start or "dhcpd.leases(5)" in head.start:
            return 95
        return 90 if _HEAD.search(head.text) and "{" in head.text else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per address and MAC; damaged leases are quarantined."""
        found: dict[tuple[str, str, str], Record] = {}
        read, granted = 0, set[str]()
        for one in _blocks(opened.text()):
            if isinstance(one, Quarantine):
                yield one
                continue
            record = _record(one)
            if record is None:
                yield Quarantine(f"line {one.line}", "a lease without an address", one.title[:200])
                continue
            granted |= {_when(one.said.get(name, "")).iso for name in ("starts", "cltt")}
            key = (one.title, one.said.get("hardware", ""), record.name)
            held = found.get(key)
            read += 1
            found[key] = record if held is None else _again(held, record)
        granted.discard("")
        yield from span_record(min(granted, default=""), max(granted, default=""))
        yield from found.values()
        if again := read - len(found):
            yield Tally("service", again)  # renewals


def _again(held: Record, new: Record) -> Record:
    """The same lease, renewed."""
    since = min(filter(None, (held.since, new.since)), default="")
    return structs.replace(
        held, since=since, until=max(held.until, new.until), extra=new.extra or held.extra
    )


def _blocks(text: str) -> Iterator[_Block | Quarantine]:
    """Leases, addresses of IPv6 leases and host declarations, in order."""
    open_: list[_Block] = []
    words: list[str] = []
    line, begun = 1, 1
    for match in _TOKEN.finditer(text):
        quoted, mark, word, broken = match.groups()
        if broken == "\n":
            line += 1
        elif broken:
            yield Quarantine(f"line {line}", "a quote that nothing closes", one_line(broken))
        elif mark == "{":
            open_.append(_Block(words[0] if words else "", " ".join(words[1:]), begun))
            words = []
        elif mark == ";":
            if open_:
                _take(open_[-1], words)
            words = []
        elif mark == "}":
            if open_:
                closed = open_.pop()
                if closed.kind in _BLOCKS:
                    yield _inherited(closed, open_)
            words = []
        elif mark is None and (word is not None or quoted is not None) and len(words) < MOST_WORDS:
            begun = line if not words else begun
            words.append(word if word is not None else _plain(quoted))
    for block in open_:
        if block.kind in _BLOCKS:
            yield Quarantine(f"line {block.line}", "the lease breaks off", block.title[:200])


def _inherited(block: _Block, above: list[_Block]) -> _Block:
    """An IPv6 address says little itself; its time stands in the block around it."""
    for outer in above:
        block.said = {**outer.said, **block.said}
    return block


def _take(block: _Block, words: list[str]) -> None:
    if not words:
        return
    key, rest = words[0], words[1:]
    if key == "hardware":
        block.said["hardware"] = rest[-1] if len(rest) > 1 else ""
    elif key == "binding" and rest[:1] == ["state"]:
        block.said["state"] = " ".join(rest[1:])
    elif key == "set" and rest:
        block.said[f"set {rest[0]}"] = " ".join(rest[1:])
    elif key in ("starts", "ends", "cltt", "client-hostname", "fixed-address", "uid"):
        block.said[key] = " ".join(rest)


def _plain(text: str) -> str:
    """A quoted text without escapes; bytes that are no text are shown as `\\ooo`."""
    return _ESCAPE.sub(lambda m: m[2] if m[2] else m[0], text)


def _when(text: str) -> Moment:
    """`4 2026/10/10 07:39:17` is UTC; `epoch 1728545957` likewise; `never` is no date."""
    if text.startswith("epoch "):
        return epoch(text.split()[1])
    found = moment(text)
    return Moment(f"{found.iso}Z", found.raw) if found.iso and found.iso[-1] != "Z" else found


def _record(block: _Block) -> Record | None:
    said = block.said
    ip = said.get("fixed-address", "") if block.kind == "host" else block.title.split(" ")[0]
    name = said.get("client-hostname") or said.get("set ddns-fwd-name", "")
    if block.kind == "host":
        name = name or block.title
    notes = {
        "state": said.get("state", ""),
        "vendor_class": said.get("set vendor-class-identifier", ""),
        "declared": "host entry, not a lease" if block.kind == "host" else "",
    }
    return host_record(
        "dhcp lease",
        f"line {block.line}",
        name=name,
        addresses=(ip,),
        mac=said.get("hardware", ""),
        since=_when(said.get("starts") or said.get("cltt", "")) if said else NEVER,
        until=_when(said.get("ends", "")),
        description=notes["vendor_class"],
        notes=notes,
    )
