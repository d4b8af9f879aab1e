"""What was looked at and what was not: beside every "nothing found", and in full."""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from oust.covered import Attribution, Covered, Missing, SoughtBy
from oust.model import Look, Looked, Method
from oust.report.csv_report import cell
from oust.report.words import called, clip, clip_path, plural, safe, told_apart

WIDTH = 100
SHOWN = 8

_COUNT = re.compile(r"^[\d,]+ of [\d,]+ ")

METHODS: dict[Method, str] = {
    "purchase records": "purchase records",
    "SBOM": "SBOMs",
    "software inventory": "software inventories",
    "files": "files on disk",
    "DNS log": "DNS logs",
    "connection log": "connection logs",
    "address list": "address lists",
    "ownership statements": "ownership statements",
}
"""Methods in the plural."""


def short(looked: Looked) -> str:
    """One or two lines, to stand beside "nothing found"."""
    said = []
    if looked.hosts:
        hosts = plural(looked.hosts, "host")
        said.append(f"Inventoried: {looked.inventoried:,} of {hosts} that evidence names.")
    if looked.never:
        said.append(f"Not looked at: {', '.join(METHODS[one] for one in looked.never)}.")
    said.append("“Nothing found” covers only what was read: oust coverage")
    return " ".join(said)


def lines(found: Covered, asked: Mapping[str, str], every: bool = False) -> Iterator[str]:
    """At most WIDTH characters each. `asked`: names of the vendors asked for, by id."""
    shown = 10**9 if every else SHOWN
    title = "What was looked at"
    right = f"{plural(len(found.looks), 'look')}, {found.looked.partial:,} of them partial"
    yield f" {title}{right:>{WIDTH - 2 - len(title)}}"
    yield " " + "─" * (WIDTH - 2)
    yield from _methods(found)
    yield from _partial(found.looks, shown)
    yield from _attribution(found.attribution, shown)
    yield ""
    yield " What was not looked at"
    yield " " + "─" * (WIDTH - 2)
    yield from _absent(found, shown)
    if asked:
        yield ""
        yield from _sought([one for one in found.sought if one.vendor in asked], asked)
    more = "" if every else "; everything: oust coverage --all"
    yield f" What each method can see: docs/coverage.md{more}"


def _methods(found: Covered) -> Iterator[str]:
    yield _cells("method", "looks", "complete", "assets", "speaks for")
    for method in found.looked.methods:
        looks = [one for one in found.looks if one.method == method]
        whole = sum(one.complete for one in looks)
        yield _cells(method, f"{len(looks):,}", f"{whole:,}", _assets(looks), _span(looks))
    if not found.looked.methods:
        yield " Nothing was read."


def _cells(method: str, looks: str, whole: str, assets: str, span: str) -> str:
    line = f" {method:<21} {looks:>6} {whole:>9}   {clip(assets, 20):<20} {clip(span, 37)}"
    return line.rstrip()


def _assets(looks: Sequence[Look]) -> str:
    kinds = Counter(kind for kind, _ in {(one.asset.kind, one.asset.name) for one in looks})
    words = {"purchases": "file", "parties": "file", "network": "log"}
    return ", ".join(plural(n, words.get(kind, kind)) for kind, n in sorted(kinds.items()))


def _span(looks: Sequence[Look]) -> str:
    """The days to which looks speak, and whence that is known: stated, or by names or dates."""
    days = sorted({day[:10] for one in looks for day in (one.since, one.until) if day})
    if not days:
        return "date not known"
    sorts = sorted({one.dated for one in looks if one.dated})
    by = {"stated": "stated", "file name": "file names", "file date": "file dates"}
    whence = by[sorts[0]] if len(sorts) == 1 else "mixed"
    span = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    return f"{span} ({whence})"


def _partial(looks: Iterable[Look], shown: int) -> Iterator[str]:
    """Reasons, each with the looks that it limits."""
    by_reason: dict[str, list[Look]] = {}
    for one in looks:
        for reason in one.reasons:
            by_reason.setdefault(_COUNT.sub("some ", reason), []).append(one)
    if by_reason:
        yield " Partial, because"
    ordered = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for reason, held in ordered[:shown]:
        sources = list(dict.fromkeys(one.source for one in held))
        where = clip_path(sources[0], 60) + _more(len(sources) - 1, "source")
        yield from _wrapped(f"{reason}: {where}", "   ", "     ")
    yield from _rest(len(ordered) - shown)


def _attribution(found: Sequence[Attribution], shown: int) -> Iterator[str]:
    if not found:
        return
    yield " Executables: who says whose they are"
    line = "   {:<46} {:>7} {:>8} {:>9} {:>9} {:>13}"
    yield line.format("place", "in all", "signer", "company", "package", "none of these")
    for one in found[:shown]:
        none = f"{one.none:,} ({100 * one.none // max(1, one.executables)} %)"
        numbers = (f"{n:,}" for n in (one.executables, one.signer, one.company, one.package))
        yield line.format(clip_path(one.place, 46), *numbers, none)
    yield from _rest(len(found) - shown)


def _absent(found: Covered, shown: int) -> Iterator[str]:
    never = ", ".join(METHODS[one] for one in found.looked.never)
    yield from _wrapped(f"Methods never used: {never or 'none'}.", " ", "   ")
    hosts = found.looked.hosts
    absent = (
        f"no inventory shows {len(found.missing):,} of them" if found.missing else "all inventoried"
    )
    text = (
        f"Hosts that evidence names: {hosts:,}; {absent}." if hosts else "No evidence names a host."
    )
    yield from _wrapped(text, " ", "   ")
    for host in found.missing[:shown]:
        yield from _wrapped(_host(host), "   ", "     ")
    yield from _rest(len(found.missing) - shown)
    if found.buyers:
        names = ", ".join(found.buyers[:shown]) + _more(len(found.buyers) - shown, "buyer")
        text = (
            f"Buyers in the awards kept that no inventory names: {names}. An inventory that names "
            "no operator may be theirs."
        )
        yield from _wrapped(text, " ", "   ")
    for gap in found.gaps[:shown]:
        since, until = (one[:16].replace("T", " ") for one in (gap.since, gap.until))
        yield f" No {gap.method} from {since} to {until}."
    yield from _rest(len(found.gaps) - shown)
    yield from _files(found, shown)


def _files(found: Covered, shown: int) -> Iterator[str]:
    unread, blind = told_apart(found.unread)
    if blind:
        yield from _wrapped(f"{blind[0].upper()}{blind[1:]}", " ", "   ")
    for source in unread[:shown]:
        yield f" {source.status}: {clip_path(source.path, WIDTH - 4 - len(source.status))}"
    yield from _rest(len(unread) - shown)
    if found.stale:
        what = plural(len(found.stale), "bulk file")
        text = f"Not searched for what is looked for now: {what}. Trace again: {found.stale[0]}"
        yield from _wrapped(text, " ", "   ")


def _host(one: Missing) -> str:
    like = f"; an inventory shows {one.like}" if one.like else ""
    return f"{clip(one.host, 40)}  met in {', '.join(clip_path(s, 50) for s in one.met_in)}{like}"


def _sought(found: Sequence[SoughtBy], asked: Mapping[str, str]) -> Iterator[str]:
    for vendor, name in asked.items():
        yield f" What each method has to look for: {name}"
        for one in found:
            if one.vendor == vendor:
                weak = f", {one.weak:,} of them weak" if one.weak else ""
                none = "" if one.values else ": it can find nothing of this vendor"
                yield f"   {one.method:<21} {plural(one.values, 'value')}{weak}{none}"


def _more(count: int, word: str) -> str:
    return f", and {plural(count, 'more ' + word)}" if count > 0 else ""


def _rest(count: int) -> Iterator[str]:
    if count > 0:
        yield f"   … {count:,} more"


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def as_json(found: Covered) -> str:
    """Everything as JSON; null stands for not known."""
    whole: dict[str, Any] = msgspec.to_builtins(found)
    whole["looks"] = [_look(one) for one in found.looks]
    whole["looked"] = {
        name: msgspec.to_builtins(getattr(found.looked, name)) for name in Looked.__struct_fields__
    }
    whole["unread"] = [
        {"path": one.path, "status": one.status, "message": one.message} for one in found.unread
    ]
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _look(one: Look) -> dict[str, Any]:
    return {
        "asset": {"kind": one.asset.kind, "name": called(one.asset)},
        "method": one.method,
        "scope": one.scope,
        "since": one.since or None,
        "until": one.until or None,
        "dated": one.dated or None,
        "complete": one.complete,
        "whole": one.whole,
        "reasons": list(one.reasons),
        "source": one.source,
        "sha256": one.sha256 or None,
        "format": one.format or None,
        "records": one.records,
    }


HEADER = (
    *("asset_kind", "asset", "method", "scope", "since", "until", "dated", "complete", "reasons"),
    *("source", "format", "records"),
)


def as_csv(looks: Iterable[Look]) -> str:
    """One row a look."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in looks:
        row = (
            *(one.asset.kind, called(one.asset), one.method, one.scope, one.since, one.until),
            *(one.dated, "yes" if one.complete else "no", "; ".join(one.reasons), one.source),
            *(one.format, str(one.records)),
        )
        writer.writerow([cell(value) for value in row])
    return out.getvalue()
