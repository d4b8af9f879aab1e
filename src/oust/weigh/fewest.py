"""The fewest sources that a set of origins can be, some of which may be the same.

That is the least number of groups in which any two members may be the same one: a minimum clique
cover, sought exactly while the question is small. Beyond that a lower bound is given: origins of
which any two are different.
"""

from __future__ import annotations

from collections.abc import Sequence

EXACT = 14
"""Origins that hang together up to which the answer is searched to the end."""


def fewest(may_be: Sequence[set[int]]) -> tuple[int, bool]:
    """Groups needed, and whether that was searched to the end.

    `may_be[n]`: numbers of the origins that may be the same as the n-th; it goes both ways.
    """
    total, exact = 0, True
    for together in _hanging(may_be):
        if len(together) <= EXACT:
            total += _cover(sorted(together, key=lambda n: len(may_be[n])), may_be)
        else:
            total += _different(together, may_be)
            exact = False
    return total, exact


def _hanging(may_be: Sequence[set[int]]) -> list[list[int]]:
    """Connected parts."""
    seen: set[int] = set()
    parts = []
    for first in range(len(may_be)):
        if first in seen:
            continue
        part = [first]
        seen.add(first)
        for one in part:
            new = may_be[one] - seen
            seen |= new
            part += sorted(new)
        parts.append(part)
    return parts


def _cover(order: list[int], may_be: Sequence[set[int]]) -> int:
    """Put one after the other into a group that takes it or a new one; keep the best."""
    best = len(order)
    floor = _different(order, may_be)
    waiting: list[tuple[int, list[list[int]]]] = [(0, [])]
    while waiting and best > floor:
        at, groups = waiting.pop()
        if len(groups) >= best:
            continue
        if at == len(order):
            best = len(groups)
            continue
        one = order[at]
        waiting.append((at + 1, [*groups, [one]]))
        for number, group in enumerate(groups):
            if all(other in may_be[one] for other in group):
                joined = [*groups]
                joined[number] = [*group, one]
                waiting.append((at + 1, joined))
    return best


def _different(some: Sequence[int], may_be: Sequence[set[int]]) -> int:
    """How many of them, taken greedily, are different from each other for certain."""
    chosen: list[int] = []
    for one in sorted(some, key=lambda n: (len(may_be[n]), n)):
        if not any(other in may_be[one] for other in chosen):
            chosen.append(one)
    return len(chosen)
