"""Entries of one log joined into records: one per client, name and type, with first and last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from msgspec import Struct, field

from oust.formats.contract_values import extra
from oust.formats.log_span import Seconds, span_record
from oust.formats.seam import Needles
from oust.formats.zeek_entry import Entry, iso, moment, seconds, sizes
from oust.formats.zeek_seen import Seen, seen
from oust.model import Kind, Record, Said, Tally

MOST = 200
"""Different ids or addresses of one record; with more, another record is begun."""

REMEMBERED = 100_000
"""Different entries remembered, so that repeated ones need no second look."""

NOTED = 20
"""Different values of one note that are kept; the record says how many there were."""


class _Joined(Struct):
    """What entries of the same client and name say together."""

    first: Seen
    line: int
    locator: str
    rows: int = 0
    begun: float | None = None
    ended: float | None = None
    up: int | None = None
    down: int | None = None
    ids: dict[str, None] = field(default_factory=dict)
    urls: dict[str, None] = field(default_factory=dict)
    notes: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, one: Seen) -> None:
        """Take in one more entry."""
        self.again(one.when, one.up, one.down)
        self.ids |= dict.fromkeys(one.ids)
        self.urls |= dict.fromkeys(one.urls)
        for name, values in one.notes.items():
            held = self.notes.setdefault(name, {})
            held |= dict.fromkeys(values)

    def again(self, when: float | None, up: int | None, down: int | None) -> None:
        """Take in an entry that says nothing else than one before."""
        self.rows += 1
        if when is not None:
            self.begun = when if self.begun is None else min(self.begun, when)
            self.ended = when if self.ended is None else max(self.ended, when)
        if up is not None:
            self.up = up + (self.up or 0)
        if down is not None:
            self.down = down + (self.down or 0)

    def full(self) -> bool:
        """Whether a further entry had better begin another record."""
        many = max(map(len, self.notes.values()), default=0)
        return max(len(self.ids), len(self.urls), many // 10) >= MOST

    def record(self) -> Record:
        """The record of these entries."""
        one = self.first
        said = {"rows": str(self.rows)}
        if self.up is not None:
            said["bytes_up"] = str(self.up)
        if self.down is not None:
            said["bytes_down"] = str(self.down)
        said |= {name: _listed(values) for name, values in self.notes.items()}
        if one.time:
            said["time"] = one.time[:100]
        return Record(
            kind=one.kind,
            locator=self.locator,
            name=one.name,
            version=one.version,
            type=one.type,
            supplier=one.supplier,
            publisher=one.publisher,
            ids=tuple(self.ids),
            urls=tuple(self.urls),
            path=one.path,
            host=one.client,
            since=iso(self.begun),
            until=iso(self.ended),
            extra=extra(said),
        )


def _listed(values: dict[str, None]) -> str:
    shown = list(values)[:NOTED]
    more = len(values) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


class Gathered:
    """Collects the entries that `needles` want; the others are only counted."""

    every_column = False

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._joined: dict[tuple[str, ...], _Joined] = {}
        self._done: list[_Joined] = []
        self._rows: Counter[Kind] = Counter()
        self._alike: dict[Hashable, _Joined | None] = {}
        self._span = Seconds()

    def count(self, kind: Kind, rows: int) -> None:
        """So many rows were read, those among them that are looked at included."""
        self._rows[kind] += rows

    def reached(self, *moments: float | None) -> None:
        """Moments of rows, wanted or not."""
        self._span.met(*moments)

    def look(self, entry: Entry, line: int, counted: Kind, locator: str = "") -> None:
        """Keep what `entry`, a row counted as `counted`, says, if it is wanted."""
        alike = entry.alike()
        key = (entry.log, alike)
        if alike is not None and key in self._alike:
            if held := self._alike[key]:
                held.again(seconds(moment(entry)), *sizes(entry))
            return
        if len(self._alike) >= REMEMBERED:
            self._alike.clear()
        where = locator or f"line {line}"
        self._alike[key] = self._joined_with(entry, line, counted, where)

    def _joined_with(self, entry: Entry, line: int, counted: Kind, locator: str) -> _Joined | None:
        """What the entry was joined with; None if it is not wanted."""
        one = seen(entry)
        if one is None or not self._wanted(one):
            return None
        self._rows[counted] -= 1
        self._rows[one.kind] += 1
        key = (one.type, one.client, one.name, one.version, one.path, one.publisher, one.supplier)
        held = self._joined.get(key)
        if held is None or held.full():
            if held is not None:
                self._done.append(held)
            held = self._joined[key] = _Joined(one, line, locator)
        held.add(one)
        return held

    def _wanted(self, one: Seen) -> bool:
        texts = (one.name, one.path, one.publisher, one.supplier)
        return self._needles.wants(*texts, *one.ids, *one.urls, *one.also)

    def said(self) -> Iterator[Said]:
        """From when to when the log reaches, records in the order in which they begin, then how
        many further rows there are.

        A record stands for its first row: records and tally together are all rows read.
        """
        yield from span_record(iso(self._span.low), iso(self._span.high))
        every = sorted([*self._done, *self._joined.values()], key=lambda one: one.line)
        for one in every:
            yield one.record()
        kept = Counter(one.first.kind for one in every)
        for kind, rows in sorted(self._rows.items()):
            if rows > kept[kind]:
                yield Tally(kind, rows - kept[kind])
