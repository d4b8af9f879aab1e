"""From when to when a log reaches: the first and last moment of all its lines, kept or not.

Lines are not taken apart for it. Where times are written so that they sort as text, the bytes at
which they stand are compared by arrays; else one line of each minute is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from oust.formats.listing import extra
from oust.formats.log_times import Moment, moment
from oust.formats.zeek_lines import Block
from oust.model import Record

WIDTH = 24
"""Bytes compared: as many as a time takes, to the fraction of a second."""

LEAD = 96
"""Bytes of a line within which its time stands."""

_SORTED = re.compile(rb"\[?\d{10}[.\] ]|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_GROUPED = (
    (re.compile(rb"\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d"), 17),
    (re.compile(rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"), 12),
)
"""Times that do not sort, and how many bytes they take to the minute."""

_CLF = re.compile(rb"\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d):\d\d")


def words(raw: bytes) -> Any:
    """Eight bytes from each place of `raw` on, as numbers that sort as the text does."""
    import numpy as np

    return np.ndarray((max(0, len(raw) - 7),), ">u8", raw, strides=(1,))


def extreme(raw: bytes, at: Any, largest: bool) -> int:
    """Which of the places `at` has the text that sorts first, or last, in WIDTH bytes.

    Each place must have so many bytes behind it.
    """
    import numpy as np

    every, left = words(raw), np.arange(len(at))
    for step in range(0, WIDTH, 8):
        some = every[at[left] + step].astype(np.uint64)
        left = left[some == (some.max() if largest else some.min())]
        if len(left) == 1:
            break
    return int(left[0])


def span_record(since: str, until: str, notes: dict[str, str] | None = None) -> Iterator[Record]:
    """What a log says of itself: from when to when it reaches; nothing where it tells no time."""
    if (since and until) or notes:
        yield Record(
            kind="document",
            locator="log",
            type="log",
            since=since,
            until=until,
            extra=extra(notes or {}),
        )


class Span(Struct):
    """The moments met so far, in a log of lines that each begin with, or soon tell, their time."""

    first: Moment = Moment()
    last: Moment = Moment()
    _minutes: dict[bytes, Moment] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take in all lines of a block."""
        raw = block.raw
        at = block.starts[(block.ends > block.starts) & (block.starts + WIDTH <= len(raw))]
        short = block.starts[(block.ends > block.starts) & (block.starts + WIDTH > len(raw))]
        if len(at):
            self._read(raw, at)
        self._each(raw, short)

    def records(self) -> Iterator[Record]:
        """The log's record of itself."""
        if self.first.iso:
            yield from span_record(self.first.iso, self.last.iso)
        elif self.first.raw:
            open_ = "the log gives no date with a year"
            notes = {"first": self.first.raw, "last": self.last.raw, "time": open_}
            yield from span_record("", "", notes)

    def _read(self, raw: bytes, at: Any) -> None:
        start = raw[int(at[0]) : int(at[0]) + LEAD]
        length = next((size for pattern, size in _GROUPED if pattern.match(start)), 0)
        if length:
            self._grouped(raw, at, length)
        elif _SORTED.match(start):
            alike = self._alike(raw, at, start)
            for largest in (False, True):
                self._met(_time(raw, int(at[alike][extreme(raw, at[alike], largest)])))
            self._each(raw, at[~alike])
        elif minutes := set(_CLF.findall(raw)):
            self._common(raw, minutes)
        else:
            self._each(raw, at)

    def _alike(self, raw: bytes, at: Any, start: bytes) -> Any:
        """Which lines write their time as the one that begins with `start`."""
        import numpy as np

        seen = np.frombuffer(raw, np.uint8)
        digit = (seen[at] >= ord("0")) & (seen[at] <= ord("9"))
        if start[:1] == b"[":
            return seen[at] == ord("[")
        return digit & ((seen[at + 4] == ord("-")) == (start[4:5] == b"-"))

    def _each(self, raw: bytes, at: Any) -> None:
        for place in at.tolist():
            self._met(_time(raw, place))

    def _grouped(self, raw: bytes, at: Any, length: int) -> None:
        """One line of each minute is read, then the first and last of the outer minutes."""
        import numpy as np

        every = words(raw)
        new = np.zeros(len(at), bool)
        new[0] = True
        for step in (*range(0, length - 8, 8), length - 8):
            some = every[at + step]
            new[1:] |= some[1:] != some[:-1]
        runs = np.flatnonzero(new)
        times = [self._minute(raw, int(at[run]), length) for run in runs.tolist()]
        dated = [time.iso for time in times if time.iso]
        if not dated:
            self._met(_time(raw, int(at[0])))
            self._met(_time(raw, int(at[-1])))
            return
        for largest, outer in ((False, min(dated)), (True, max(dated))):
            mine = np.array([time.iso[:16] == outer[:16] for time in times])
            lines = at[np.repeat(mine, np.diff(np.append(runs, len(at))))]
            self._met(_time(raw, int(lines[extreme(raw, lines, largest)])))

    def _minute(self, raw: bytes, place: int, length: int) -> Moment:
        key = raw[place : place + length]
        if key not in self._minutes:
            self._minutes[key] = _time(raw, place)
        return self._minutes[key]

    def _common(self, raw: bytes, minutes: set[bytes]) -> None:
        """Times in brackets somewhere in the line, as web servers write them."""
        by_time = sorted(minutes, key=lambda one: moment(f"{one.decode()}:00").iso)
        for minute in {by_time[0], by_time[-1]}:
            pattern = re.compile(rb"\[(" + re.escape(minute) + rb":\d\d(?: [+-]\d{4})?)")
            for text in set(pattern.findall(raw)):
                self._met(moment(text.decode()))

    def _met(self, when: Moment) -> None:
        if when.iso:
            if not self.first.iso or when.iso < self.first.iso:
                self.first = when
            if not self.last.iso or when.iso > self.last.iso:
                self.last = when
        elif when.raw and not self.first.iso:
            self.first = self.first if self.first.raw else when
            self.last = when


def _time(raw: bytes, place: int) -> Moment:
    line = raw[place : place + LEAD].partition(b"\n")[0]
    return moment(line.decode("utf-8", "replace"))


class Seconds(Struct):
    """The same for times in seconds since 1970."""

    low: float | None = None
    high: float | None = None

    def met(self, *times: float | None) -> None:
        """Take in times; None is none."""
        for one in times:
            if one is not None:
                self.low = one if self.low is None else min(self.low, one)
                self.high = one if self.high is None else max(self.high, one)


def column_span(raw: bytes, at: Any, read: Callable[[bytes], float | None]) -> Seconds:
    """First and last of the times that stand at the places `at`; `read` reads one."""
    import numpy as np

    found = Seconds()
    seen = np.frombuffer(raw, np.uint8)
    near = at + WIDTH <= len(raw)
    tenth = seen[np.minimum(at + 10, len(raw) - 1)]
    for mark in (ord("."), ord("T")):  # seconds since 1970 with ten digits; ISO
        alike = at[near & (tenth == mark)]
        if len(alike):
            ends = {int(alike[extreme(raw, alike, largest)]) for largest in (False, True)}
            found.met(*(read(raw[place : place + 40]) for place in sorted(ends)))
    odd = at[~near | ((tenth != ord(".")) & (tenth != ord("T")))]
    for place in odd.tolist():
        found.met(read(raw[place : place + 40]))
    return found
