"""What in the evidence speaks against the assumptions on which an estimate rests.

The assumptions: IWGDMF, American Journal of Epidemiology 142 (1995), 1047-1058. That methods tend
to find the same, easy assets, so that the truth is larger: E. B. Hook and R. R. Regal, American
Journal of Epidemiology 152 (2000), 771-779.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from statistics import NormalDist

from oust.hidden import Assumption, Group, Pair
from oust.model import Look, Method
from oust.unseen.histories import Member
from oust.unseen.two import Z

APART = 90
"""Days between looks of different methods from which on the assets may well have changed."""

RELATED: dict[frozenset[Method], str] = {
    frozenset({"DNS log", "connection log"}): "a connection follows the look-up of its name",
    frozenset({"software inventory", "files"}): "both read the same disks",
    frozenset({"SBOM", "files"}): "an SBOM is often made from the same files",
}
"""Methods that see the same trace, so that one seldom sees what the other does not."""


def pairs(held: Sequence[Member], used: Sequence[Method]) -> list[Pair]:
    """How every two of three methods and more go together among what a third one saw."""
    found = []
    for first, second in combinations(used, 2):
        others = set(used) - {first, second}
        ones = [one for one in held if one.methods & others]
        if ones:
            found.append(_pair(first, second, ones))
    return found


def _pair(first: Method, second: Method, ones: Sequence[Member]) -> Pair:
    """Odds ratio with 1/2 added to each cell, and its 95 % interval."""
    cells = [0.5, 0.5, 0.5, 0.5]
    for one in ones:
        cells[2 * (first in one.methods) + (second in one.methods)] += 1
    middle = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    spread = Z * math.sqrt(sum(1 / n for n in cells))
    ratio, low, high = (math.exp(middle + way * spread) for way in (0, -1, 1))
    return Pair(first=first, second=second, seen=len(ones), ratio=ratio, low=low, high=high)


def independence(found: Sequence[Pair], used: Sequence[Method]) -> Assumption:
    """Whether one method sees an asset whatever another does."""
    name = "methods are independent, or their dependence is in the models"
    related = [
        f"{' and '.join(sorted(pair))}: {why}" for pair, why in RELATED.items() if pair <= set(used)
    ]
    far = [one for one in found if _far(one, len(found))]
    if far:
        told = "; ".join(
            f"{one.first} and {one.second} {'together' if one.ratio > 1 else 'apart'} more often "
            f"than by chance (odds ratio {one.ratio:.2f}, {one.low:.2f} to {one.high:.2f})"
            for one in far
        )
        says = f"among assets that a third method saw, {told}. The models allow for pairs, not for "
        says += "what all methods have in common"
        error = "too low" if sum(one.ratio > 1 for one in far) * 2 >= len(far) else "too high"
        return _against(name, says, error)
    if len(used) < 3 and related:
        return _against(name, f"{'; '.join(related)}: what both miss is more than it seems")
    if len(used) < 3:
        says = "two methods cannot show whether they depend on each other; a third would"
        return Assumption(name=name, speaks="cannot be tested", says=says, error="either way")
    says = "no pair of methods goes together or apart among assets that a third one saw"
    return Assumption(name=name, speaks="nothing against", says=says, error="")


def _far(one: Pair, tests: int) -> bool:
    """Whether an odds ratio differs from 1, at 5 % for all pairs together (Bonferroni)."""
    spread = (math.log(one.high) - math.log(one.low)) / (2 * Z)
    return abs(math.log(one.ratio)) > NormalDist().inv_cdf(1 - 0.025 / tests) * spread


def _against(name: str, says: str, error: str = "too low") -> Assumption:
    return Assumption(
        name=name,
        speaks="against",
        says=says,
        error="too high" if error == "too high" else "too low",
    )


def catchability(groups: Sequence[Group], held: Sequence[Member]) -> Assumption:
    """Whether all assets of a group are equally easy to see for a method."""
    name = "within a group every asset is equally easy to see"
    for one in groups:
        if one.estimate and one.lower_bound and one.lower_bound.total > one.estimate.high:
            says = f"Chao's lower bound, {one.lower_bound.total:,.0f}, exceeds the interval"
            return _against(name, says)
    told = "; ".join(_unlike(groups, held))
    if told:
        return _against(name, f"methods see unequally much of different operators: {told}")
    says = "the evidence shows no property, such as the operator, by which assets differ"
    if len({one.operator for one in held}) > 1:
        says = "the operators compared do not differ; other properties are not known"
    return Assumption(name=name, speaks="cannot be tested", says=says, error="too low")


def _unlike(groups: Sequence[Group], held: Sequence[Member]) -> Iterator[str]:
    """Pooled groups in which the part that one method sees of another's differs by operator."""
    for group in groups:
        if not group.estimate or group.name:
            continue
        for first, second in combinations(group.used, 2):
            table: dict[str, list[int]] = {}
            for one in held:
                if second in one.methods:
                    table.setdefault(one.operator, [0, 0])[first in one.methods] += 1
            if _differ(list(table.values())):
                yield f"{first} among what {second} saw"


def _differ(table: Sequence[Sequence[int]]) -> bool:
    """Pearson's chi-square test at 1 %, on rows and columns that are not empty."""
    from scipy.special import chdtrc  # slow to import

    columns = [sum(row[k] for row in table) for k in (0, 1)]
    whole = sum(columns)
    if len(table) < 2 or not all(columns) or min(map(sum, table)) < 5:
        return False
    expected = [[sum(row) * column / whole for column in columns] for row in table]
    squares = sum(
        (n - e) ** 2 / e for r, x in zip(table, expected, strict=True)
        for n, e in zip(r, x, strict=True)
    )  # fmt: skip
    return bool(chdtrc(len(table) - 1, squares) < 0.01)


def closed(looks: Iterable[Look], used: Iterable[Method]) -> Assumption:
    """Whether nothing came or went between the looks."""
    name = "the assets were the same when each method looked"
    spans = dict(sorted(_spans(looks).items()))
    told = {m: spans[m] for m in used if m in spans}
    undated = sorted(set(used) - set(told))
    gap, between = _widest(told)
    if gap > APART:
        says = f"{gap} days lie between the looks of {between}: what changed in between"
        return _against(name, f"{says} was seen by one and not by the other", "too high")
    if undated:
        says = f"no date is known of the looks by {', '.join(undated)}"
        return Assumption(name=name, speaks="cannot be tested", says=says, error="too high")
    says = f"at most {gap} day{'' if gap == 1 else 's'} between the looks of two methods"
    return Assumption(name=name, speaks="nothing against", says=says, error="")


def _spans(looks: Iterable[Look]) -> dict[Method, tuple[date, date]]:
    """First and last day to which the looks of each method speak."""
    found: dict[Method, tuple[date, date]] = {}
    told = {(one.method, text) for one in looks for text in (one.since, one.until)}
    for method, text in told:
        if day := _day(text):
            first, last = found.get(method, (day, day))
            found[method] = (min(first, day), max(last, day))
    return found


def _day(text: str) -> date | None:
    """The first day of a date, month or year."""
    whole = {4: "-01-01", 7: "-01"}.get(len(text[:10]), "")
    try:
        return date.fromisoformat(text[:10] + whole)
    except ValueError:
        return None


def _widest(spans: dict[Method, tuple[date, date]]) -> tuple[int, str]:
    """Days between the nearest looks of the two methods that lie farthest apart."""
    widest = (0, "")
    for (one, (a, b)), (other, (c, d)) in combinations(spans.items(), 2):
        gap = max((c - b).days, (a - d).days, 0)
        widest = max(widest, (gap, f"{one} and {other}"))
    return widest


def universe(groups: Sequence[Group], unknown: Sequence[Method], rest: int) -> Assumption:
    """Whether the methods could see the same assets."""
    name = "every method compared could have seen every asset of its group"
    told = []
    if unknown:
        what = "its source does" if len(unknown) == 1 else "their sources do"
        reaches = "it reaches" if len(unknown) == 1 else "they reach"
        told.append(
            f"{', '.join(unknown)}: {what} not say which assets {reaches}; taken to reach those "
            "of every operator of whom it shows any"
        )
    if rest:
        told.append(f"{rest:,} observed assets lie outside the groups and are only counted")
    full = [one for one in groups if one.estimate and one.estimate.total == one.looked_at]
    if full:
        most = ", ".join(f"{one.looked_at:,}" for one in full)
        says = f"by the overlap there would be more than the {most} assets that were looked at"
        return _against(name, "; ".join([says, *told]), "too high")
    if told:
        says = "; ".join(told)
        return Assumption(name=name, speaks="cannot be tested", says=says, error="either way")
    says = "what each method looked at is known asset by asset"
    return Assumption(name=name, speaks="nothing against", says=says, error="")


def identity(held: Sequence[Member], same: int, what: str) -> Assumption:
    """Whether an asset that two methods saw is known to be one."""
    name = "one asset has one name"
    addressed = sum(one.addressed for one in held) if what == "hosts" else 0
    told = []
    if same:
        pair = "pair of names is" if same == 1 else "pairs of names are"
        told.append(f"{same:,} {pair} possibly the same asset, counted as two")
    if 0 < addressed < len(held):
        told.append(f"{addressed:,} of {len(held):,} hosts are known by an address alone")
    if told:
        return _against(name, "; ".join(told), "too high")
    says = "no two names are known to be possibly the same; spellings that differ more go unnoticed"
    return Assumption(name=name, speaks="nothing against", says=says, error="")
