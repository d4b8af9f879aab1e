"""Groups of assets that the same methods looked at: only within one can a method's silence count.

An asset that a method did not look at is missing for that method, it is no zero. What an inventory
looked at is known host by host. What a log reaches is not written in it: of logs only rows with
something looked for are kept. So a log is taken to reach the assets of every operator of whom it
shows any.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from msgspec import structs

from oust.hidden import Estimate, Group, Refused
from oust.model import Method
from oust.unseen.histories import Member
from oust.unseen.table import MOST, answer, bound

Reach = Mapping[Method, Set[str] | None]
"""Names of the assets that each method looked at; None where the evidence does not say."""

Held = dict[tuple[tuple[Method, ...], str], list[Member]]

_KNOWN = "the evidence does not say what it looked at"


def grouped(held: Sequence[Member], methods: Sequence[Method], reach: Reach) -> list[Group]:
    """Groups with their answers: by what looked at them; by operator too where all can answer."""
    shown = {(one.operator, method) for one in held for method in one.methods}
    split: Held = {}
    for one in held:
        looked = tuple(m for m in methods if _looked(one, m, reach, shown))
        split.setdefault((looked, one.operator), []).append(one)
    found = []
    for looked in sorted({key[0] for key in split}, key=lambda one: (-len(one), one)):
        parts = {who: ones for (these, who), ones in sorted(split.items()) if these == looked}
        whole = _population(looked, methods, reach)
        found += _best(looked, parts, whole)
    return found


def _looked(one: Member, method: Method, reach: Reach, shown: Set[tuple[str, Method]]) -> bool:
    known = reach.get(method)
    if method in one.methods:
        return True
    return (one.operator, method) in shown if known is None else bool(one.names & known)


def _population(looked: Sequence[Method], methods: Sequence[Method], reach: Reach) -> int | None:
    """How many assets exactly these looked at, seen or not, as far as inventories say."""
    inside = [known for m in looked if (known := reach.get(m)) is not None]
    if not inside:
        return None
    outside = [known for m in methods if m not in looked and (known := reach.get(m))]
    return len(set.intersection(*map(set, inside)).difference(*outside))


def _best(
    looked: tuple[Method, ...], parts: Mapping[str, list[Member]], whole: int | None
) -> list[Group]:
    """One group for each operator if each of them can answer, else all in one."""
    if len(parts) > 1 and len(looked) > 1:
        split = [_group(looked, ones, who, None) for who, ones in parts.items()]
        if all(one.estimate for one in split):
            return split
    every = [one for ones in parts.values() for one in ones]
    return [_group(looked, every, next(iter(parts)) if len(parts) == 1 else "", whole)]


def _group(
    looked: tuple[Method, ...], ones: Sequence[Member], operator: str, whole: int | None
) -> Group:
    used = _used(looked, ones)
    counts = [0] * (1 << len(used))
    for one in ones:
        counts[sum(1 << k for k, m in enumerate(used) if m in one.methods)] += 1
    said = Counter(" + ".join(m for m in looked if m in one.methods) for one in ones)
    told = _alone(looked) if len(looked) < 2 else _answer(used, counts, looked)
    outside = counts[0]  # seen only by methods that share nothing with the others
    known = whole - outside if whole is not None else None
    estimate = _capped(told, known) if isinstance(told, Estimate) else None
    return Group(
        name=operator,
        methods=looked,
        used=used if estimate else (),
        observed=len(ones),
        histories=dict(sorted(said.items())),
        looked_at=whole,
        estimate=estimate,
        lower_bound=bound(counts, len(used)) if estimate else None,
        refused=None if isinstance(told, Estimate) else told,
    )


def _used(looked: Sequence[Method], ones: Sequence[Member]) -> tuple[Method, ...]:
    """Methods that share an asset with another; the MOST that saw most, if there are more."""
    shared = {m for one in ones if len(one.methods) > 1 for m in one.methods if m in looked}
    seen = Counter(m for one in ones for m in one.methods)
    most = sorted((m for m in looked if m in shared), key=lambda m: (-seen[m], m))[:MOST]
    return tuple(m for m in looked if m in most)


def _answer(
    used: Sequence[Method], counts: Sequence[int], looked: Sequence[Method]
) -> Estimate | Refused:
    return answer(counts, used) if len(used) > 1 else answer([0, *counts[1:]], looked)


def _alone(looked: Sequence[Method]) -> Refused:
    if not looked:
        return Refused(reason="no method that could be compared looked at these", needs="")
    return Refused(
        reason=f"only one method looked at these: {looked[0]}",
        needs="a second method, of another kind, over the same assets",
    )


def _capped(one: Estimate, whole: int | None) -> Estimate:
    """There are no more than were looked at, where that is known."""
    if whole is None or whole < one.observed:
        return one
    most = float(whole)
    return structs.replace(
        one, total=min(one.total, most), low=min(one.low, most), high=min(one.high, most)
    )


def without(one: Group, refused: Refused) -> Group:
    """The group without its number, where the whole has none."""
    if one.estimate is None:
        return one
    return structs.replace(one, used=(), estimate=None, lower_bound=None, refused=refused)


def together(groups: Sequence[Group]) -> Estimate | None:
    """The sum of the groups' estimates: limits by recovering the variances from each group's own.

    G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008), 1693-1702.
    """
    found = [one.estimate for one in groups if one.estimate]
    if len(found) < 2:
        return found[0] if found else None
    observed, total = sum(one.observed for one in found), sum(one.total for one in found)
    below = math.hypot(*(one.total - one.low for one in found))
    above = math.hypot(*(one.high - one.total for one in found))
    return Estimate(
        by="sum of strata",
        observed=observed,
        total=total,
        low=max(total - below, observed),
        high=total + above,
    )
