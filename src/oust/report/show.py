"""`oust show`: one exposure, every hop opened to its evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from oust import shares
from oust.model import Evidence, Exposure, Hop, Path
from oust.report.words import asset_name, called, clip, plural, safe, walked

WIDTH = 100
SHOWN = 4
"""Places of evidence shown for one hop before the rest is counted."""

Opener = Callable[[Evidence], list[str]]
"""Gives the lines of the source around the evidence, the words marked."""


def render(exposure: Exposure, short: str, vendor: str, opener: Opener) -> Iterator[str]:
    """Lines that tell one exposure whole."""
    yield f" {short}   {safe(asset_name(exposure))}"
    ground = clip(exposure.why, 60)
    yield f" {vendor} · {exposure.tier} · strength: {exposure.strength} ({ground})"
    hidden = exposure.path_count - len(exposure.paths)
    for n, path in enumerate(exposure.paths, 1):
        yield ""
        hops = plural(len(path.hops), "hop")
        yield f" Path {n} of {exposure.path_count:,} · {path.quality} · {hops}"
        yield f"   {safe(walked(path))}"
        yield from _hops(path, opener)
    if hidden > 0:
        yield ""
        yield f" {plural(hidden, 'path')} not shown, none of them shorter"
    yield ""
    yield f" Stable id: {exposure.id}"


def _hops(path: Path, opener: Opener) -> Iterator[str]:
    for n, hop in enumerate(path.hops, 1):
        yield f"  {n}  {_said(hop)}"
        for evidence in hop.evidence[:SHOWN]:
            yield f"       {clip(f'{evidence.source}  {evidence.locator}', WIDTH - 8)}"
            if evidence.identifier:
                yield f"       identifier {clip(evidence.identifier, WIDTH - 19)}"
            if evidence.signature:
                yield from _wrapped(f"signature: {evidence.signature}")
            for line in opener(evidence):
                yield f"         {clip(line, WIDTH - 10)}"
        if len(hop.evidence) > SHOWN:
            yield f"       and {plural(len(hop.evidence) - SHOWN, 'more place')} in the evidence"


def _wrapped(text: str) -> Iterator[str]:
    """A text that must not be cut, over as many lines as it takes."""
    yield from textwrap.wrap(safe(text), WIDTH, initial_indent=" " * 7, subsequent_indent=" " * 9)


def _said(hop: Hop) -> str:
    dates = (
        f"  {hop.since or '?'} to {hop.until or 'now or unknown'}" if hop.since or hop.until else ""
    )
    share = f"  {shares.aloud(hop.share)}" if hop.share else ""
    relation = hop.relation
    verb = "consolidates in its accounts" if relation == "consolidates" else relation
    return safe(f"{called(hop.origin)}  {verb}  {called(hop.target)}{share}{dates}")
