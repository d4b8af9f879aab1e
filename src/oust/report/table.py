"""The first screen: who is where, by which path, on what ground, and what was not looked at."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from oust.model import Exposure, Findings, Mention
from oust.report import approvals, coverage
from oust.report.words import (
    asset_name,
    clip,
    clip_path,
    files,
    plural,
    reasons,
    safe,
    short_ids,
    told_apart,
    unread,
    walked,
)

WIDTH = 100
SHOWN = 25
"""Exposures of one tier shown before the rest is counted."""

_COLUMNS = (9, 11, 30, 46)


def render(
    findings: Findings, every: bool = False, mentions: bool = False, case: str = ""
) -> Iterator[str]:
    """Lines of at most WIDTH characters. `case`: option naming the case in commands to try."""
    see = f"oust trace --mentions{case}"
    by_vendor = {
        v.id: [e for e in findings.exposures if e.vendor == v.id] for v in findings.vendors
    }
    short = short_ids(findings.exposures) if findings.exposures else {}
    told = {v.id: [m for m in findings.mentions if m.vendor == v.id] for v in findings.vendors}
    for vendor in findings.vendors:
        if exposures := by_vendor[vendor.id]:
            yield from _vendor(vendor.name, exposures, short, every)
            yield from _not_counted(told[vendor.id], see)
            yield ""
    for vendor in findings.vendors:
        if told[vendor.id] and not by_vendor[vendor.id]:
            yield f" {vendor.name}: no exposure in what was read."
            yield from _not_counted(told[vendor.id], see)
            yield ""
    yield from _approvals(findings)
    if mentions:
        yield from _mentions(findings)
    yield from _nothing(findings, by_vendor)
    yield from _possibly(findings)
    yield from _coverage(findings)


def _vendor(
    name: str, exposures: Sequence[Exposure], short: dict[str, str], every: bool
) -> Iterator[str]:
    count = plural(len(exposures), "exposure")
    yield f" {name}{count:>{WIDTH - 2 - len(name)}}"
    yield " " + "─" * (WIDTH - 2)
    yield _row("id", "tier", "asset", "path, and on what ground")
    seen: dict[str, int] = {}
    for one in exposures:
        seen[one.tier] = seen.get(one.tier, 0) + 1
        if every or seen[one.tier] <= SHOWN:
            yield from _exposure(one, short[one.id])
    for tier, number in seen.items():
        if not every and number > SHOWN:
            yield f" … {number - SHOWN:,} more {tier}: add --all, or --format csv --output FILE"


def _row(*cells: str) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, _COLUMNS, strict=True))
    return (" " + " ".join(padded)).rstrip()


def _exposure(one: Exposure, short: str) -> Iterator[str]:
    path = one.paths[0]
    more = f"  [{plural(one.path_count, 'path')}]" if one.path_count > 1 else ""
    last = _wrap(walked(path) + more, _COLUMNS[3])
    ground = one.why if path.quality == "complete" else f"{one.why}; {path.quality}"
    last += ["  " + line for line in _wrap(f"{one.strength}: {ground}", _COLUMNS[3] - 2)]
    asset = _wrap(asset_name(one), _COLUMNS[2])
    for n in range(max(len(last), len(asset))):
        yield _row(
            short if n == 0 else "",
            one.tier if n == 0 else "",
            asset[n] if n < len(asset) else "",
            last[n] if n < len(last) else "",
        )


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(safe(text), width, break_on_hyphens=False) or [""]


def _not_counted(told: Sequence[Mention], see: str) -> Iterator[str]:
    if told:
        detail = ", ".join(f"{n:,} {reason}" for reason, n in reasons(told))
        count = plural(len(told), "mention")
        text = f"Not counted: {count} ({detail}).  See them: {see}"
        yield from (" " + line for line in _wrap(text, WIDTH - 2))


def _approvals(findings: Findings) -> Iterator[str]:
    """One line for each vendor that has any."""
    some = [vendor for vendor in findings.vendors if vendor.id in findings.approvals]
    for vendor in some:
        told = approvals.counts(findings.approvals[vendor.id])
        whose = f"{vendor.name}: approvals" if len(findings.vendors) > 1 else "Approvals"
        text = f"{whose}: {told}.  See: oust approvals {vendor.id}"
        yield from (" " + line for line in _wrap(text, WIDTH - 2))
    if some:
        yield ""


def _mentions(findings: Findings) -> Iterator[str]:
    yield " Mentions, which are not exposures"
    yield " " + "─" * (WIDTH - 2)
    names = {vendor.id: vendor.name for vendor in findings.vendors}
    for one in findings.mentions:
        yield f" {names[one.vendor]}: {clip(one.reason, WIDTH - 4 - len(names[one.vendor]))}"
        yield f"    {clip(one.evidence.source, 68)} {clip(one.evidence.locator, 26)}"
        told = f"{one.evidence.field}: {one.context or one.evidence.text}"
        yield f"    {clip(one.record, 30)} · {clip(told, WIDTH - 38)}"
    yield ""


def _nothing(findings: Findings, by_vendor: dict[str, list[Exposure]]) -> Iterator[str]:
    told = {mention.vendor for mention in findings.mentions}
    none = [v.name for v in findings.vendors if not by_vendor[v.id] and v.id not in told]
    if none:
        text = f"{', '.join(none)}: nothing found in what was read."
        yield from (" " + line for line in _wrap(text, WIDTH - 2))
        yield ""


def _possibly(findings: Findings) -> Iterator[str]:
    pairs = findings.possibly_same
    if pairs:
        yield f" Possibly the same, joined nowhere: {plural(len(pairs), 'pair')}."
        for first, second, ground in pairs[:5]:
            yield f"    {clip(first, 36)} · {clip(second, 36)} ({clip(ground, 40)})"


def _coverage(findings: Findings) -> Iterator[str]:
    held = files(findings.sources)
    missing = unread(held)
    good = [s for s in held if s.status in ("read", "partly read", "empty")]
    records = sum(source.records for source in held)
    quarantined = sum(source.quarantined for source in held)
    text = (
        f"Read {len(good):,} of {plural(len(held), 'file')}: {records:,} records, "
        f"{quarantined:,} quarantined."
    )
    yield from (" " + line for line in _wrap(text, WIDTH - 2))
    missing, blind = told_apart(missing)
    if blind:
        yield from ("    " + line for line in _wrap(blind, WIDTH - 5))
    for source in missing[:6]:
        yield f"    {source.status}: {clip_path(source.path, WIDTH - 20)}"
        yield f"        {clip(source.message, WIDTH - 10)}"
    if len(missing) > 6:
        yield f"    and {len(missing) - 6:,} more: oust case sources --problems"
    yield from (" " + line for line in _wrap(coverage.short(findings.looked), WIDTH - 2))
