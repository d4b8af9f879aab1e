"""Does something come back by the hour? Bursts merged, the gaps between them held against hours.

Update clients ask every hour or every few hours, often with several connections at once. A score
of how alike all gaps are misses them; merging what lies close together and testing the gaps
between the beginnings of bursts finds them. It corroborates and never identifies: other software
asks by the hour, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from oust.channel import Cadence, CadenceWord

BURST = 300.0
"""Seconds: contacts closer together than this are one burst."""

HOUR = 3600.0
TOLERANCE = 300.0
"""Seconds by which a gap may miss a multiple of the hour: a random gap of an hour and more fits by
chance in 600 of 3600 cases."""

FEWEST = 6
"""Gaps below which nothing is said: five of six random gaps fit in fewer than 1 of 1,000 cases."""

SHARE = 0.8
"""Part of the gaps that must fit: of a working day's hourly contacts the night's gap may not."""


def cadence(times: Iterable[float], of: str = "contacts") -> Cadence:
    """What the gaps between bursts of `times` (seconds, in any order) say."""
    bursts = _bursts(sorted(times))
    if not bursts:
        return Cadence("not known")
    lasting = sum(end - start for start, end in bursts)
    if lasting >= HOUR and 2 * lasting >= bursts[-1][1] - bursts[0][0]:
        return Cadence("continual", len(bursts), len(bursts) - 1, of=of)
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(bursts)]
    fitting = [round(gap / HOUR) for gap in gaps if _fits(gap)]
    hours = min(Counter(fitting).items(), key=lambda pair: (-pair[1], pair[0]))[0] if fitting else 0
    return Cadence(_word(len(gaps), len(fitting)), len(bursts), len(gaps), len(fitting), hours, of)


def _word(gaps: int, fitting: int) -> CadenceWord:
    if gaps < FEWEST:
        return "too few"
    return "multiples of the hour" if fitting >= SHARE * gaps else "no multiple of the hour"


def _bursts(times: list[float]) -> list[tuple[float, float]]:
    """When each burst begins and ends."""
    bursts: list[tuple[float, float]] = []
    for time in times:
        if bursts and time - bursts[-1][1] < BURST:
            bursts[-1] = (bursts[-1][0], time)
        else:
            bursts.append((time, time))
    return bursts


def _fits(gap: float) -> bool:
    nearest = round(gap / HOUR)
    return nearest >= 1 and abs(gap - nearest * HOUR) <= TOLERANCE
