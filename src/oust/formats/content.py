"""Values of dossiers looked for in the bytes of files: first bytes, texts, names in certificates.

`patterns_of` compiles dossiers into YARA rules; `found` runs them over one file, in a worker of the
sandbox. What is met becomes ids of the file's record, `magic:KLZF`, which are then compared like
any other id; the places stand in `Record.extra`.

- First bytes (`magic`) count at byte 0 alone: four letters stand somewhere in most large files.
- A text (`string`) counts anywhere, in UTF-8, Windows-1252 and UTF-16. A dotted package name is
  looked for as Java and Android write it in bytecode, with slashes.
- A name in a certificate (`certificate`) counts as the whole common name of a DER-encoded subject
  or issuer, never as mere text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, structs

from oust.data.dossier import Dossier
from oust.data.kinds import IDENTIFIER_KINDS, Bytes
from oust.fileview import FileView
from oust.formats.seam import Unreadable
from oust.model import Record

PIECE = 32 * 1024**2
"""Larger files are searched in pieces of so many bytes."""

MOST = 5
"""Places told of one value in one file."""

SECONDS = 60
"""So long one piece may be searched."""

_SLOTS = re.compile(r"\{\s*([0-9A-Fa-f?\s]+)\}")
_COMMON_NAME = b"\x06\x03\x55\x04\x03"


class Pattern(Struct, frozen=True, array_like=True):
    """One value and how it stands in bytes: alternatives as hexadecimal, `??` for any byte."""

    id: str  # as added to `Record.ids`
    forms: tuple[str, ...]
    start: bool = False  # at byte 0 only


class Patterns(Struct, frozen=True, array_like=True):
    """All that is looked for in bytes. `text` goes to workers, `key` says whether it changed."""

    every: tuple[Pattern, ...] = ()

    @property
    def text(self) -> str:
        """The patterns as text, from which a worker compiles them once."""
        return msgspec.json.encode(self).decode() if self.every else ""

    @property
    def key(self) -> str:
        """Short digest; empty where nothing is looked for."""
        return sha256(self.text.encode()).hexdigest()[:16] if self.every else ""


def patterns_of(dossiers: Iterable[Dossier]) -> Patterns:
    """The values of `dossiers` that are looked for in bytes, in a fixed order."""
    made: dict[str, Pattern] = {}
    for dossier in dossiers:
        for identifier in dossier.identifiers:
            kind = IDENTIFIER_KINDS.get(identifier.kind)
            if kind is None or not kind.content or identifier.match:
                continue
            for value in identifier.values:
                one = pattern(kind.content, value)
                if one.forms:
                    made[one.id] = one
    return Patterns(tuple(made[ident] for ident in sorted(made)))


def pattern(content: Bytes, value: str) -> Pattern:
    """How one value stands in bytes, by the way of looking that its kind has."""
    if content == "start":
        slots = _SLOTS.fullmatch(value.strip())
        form = " ".join(slots[1].split()) if slots else value.encode().hex(" ")
        return Pattern(f"magic:{value}", (form,), start=True)
    if content == "certificate":
        return Pattern(f"certificate:{value}", tuple(_named(value)))
    text = f"{value.replace('.', '/')}/" if content == "package" else value
    return Pattern(f"string:{value}", tuple(_written(text)))


def _written(text: str) -> Iterator[str]:
    forms = (text.encode(), text.encode("cp1252", "ignore"), text.encode("utf-16-le"))
    same = {raw: None for raw in forms if len(raw) >= len(text)}
    return (raw.hex(" ") for raw in same)


def _named(name: str) -> Iterator[str]:
    """A common name in a certificate: its object identifier, the type of text, length, text."""
    for raw, tag in ((name.encode(), "??"), (name.encode("utf-16-be"), "1e")):
        if len(raw) < 128:
            yield f"{_COMMON_NAME.hex(' ')} {tag} {len(raw):02x} {raw.hex(' ')}"


def rules_of(patterns: Patterns) -> str:
    """The patterns as source text of YARA rules, one rule each, named by its number."""
    return "\n".join(_rule(n, one) for n, one in enumerate(patterns.every))


def _rule(n: int, one: Pattern) -> str:
    strings = " ".join(f"$s{k} = {{ {form} }}" for k, form in enumerate(one.forms))
    where = "$s0 at 0" if one.start else "any of them"
    return f"rule p{n} {{ strings: {strings} condition: {where} }}"


class Scanner:
    """Patterns compiled, ready for one file after the other."""

    def __init__(self, patterns: Patterns) -> None:
        import yara_x  # 10 MB of native code, needed only where files are searched

        self._every = patterns.every
        self._overlap = max(len(f.split()) for one in self._every for f in one.forms) - 1
        self._scanner = yara_x.Scanner(yara_x.compile(rules_of(patterns)))
        self._scanner.max_matches_per_pattern(MOST)
        self._scanner.set_timeout(SECONDS)

    def found(self, data: Any) -> dict[str, list[int]]:
        """Ids met in `data`, bytes or a FileView, each with its first byte offsets.

        Raises Unreadable where the search takes too long.
        """
        met: dict[str, set[int]] = {}
        size = len(data)
        for at in range(0, max(size, 1), PIECE):
            piece = data if size <= PIECE else data[at : at + PIECE + self._overlap]
            for number, offset in self._hits(bytes(piece)):
                one = self._every[number]
                if not (one.start and at):
                    met.setdefault(one.id, set()).add(at + offset)
        return {ident: sorted(met[ident])[:MOST] for ident in sorted(met)}

    def _hits(self, piece: bytes) -> Iterator[tuple[int, int]]:
        import yara_x

        try:
            rules = self._scanner.scan(piece).matching_rules
        except (yara_x.ScanError, yara_x.TimeoutError) as error:
            raise Unreadable(f"its bytes could not be searched: {error}") from error
        for rule in rules:
            number = int(rule.identifier[1:])
            for pattern in rule.patterns:
                for match in pattern.matches:
                    if not (self._every[number].start and match.offset):
                        yield number, match.offset


@lru_cache(maxsize=4)
def scanner(text: str) -> Scanner:
    """The scanner for `Patterns.text`, compiled once in each process."""
    return Scanner(msgspec.json.decode(text, type=Patterns))


def found(data: Any, text: str) -> dict[str, list[int]]:
    """What the patterns of `text` meet in `data`; nothing where there are no patterns."""
    return scanner(text).found(data) if text and len(data) else {}


def marked(records: Sequence[Record], data: bytes | FileView, text: str) -> list[Record]:
    """`records` of one file, the first of which, the file itself, gets what its bytes hold."""
    met = found(data, text)
    if not met or not records:
        return list(records)
    return [_with(records[0], met), *records[1:]]


def _with(record: Record, met: dict[str, list[int]]) -> Record:
    signers = {one.partition(":")[2] for one in record.ids if one.startswith("signer:")}
    new = {
        ident: offsets
        for ident, offsets in met.items()
        if not (ident.startswith("certificate:") and ident.partition(":")[2] in signers)
    }
    if not new:
        return record
    notes = json.loads(record.extra) if record.extra else {}
    notes |= {f"found {ident}": _told(offsets) for ident, offsets in new.items()}
    ids = dict.fromkeys((*record.ids, *new))
    extra = json.dumps(notes, ensure_ascii=False)
    return structs.replace(record, ids=tuple(ids), extra=extra)


def _told(offsets: Sequence[int]) -> str:
    places = ", ".join(f"{offset:,}" for offset in offsets)
    more = " and perhaps further on" if len(offsets) >= MOST else ""
    return f"byte{'s' if len(offsets) > 1 else ''} {places}{more}"
