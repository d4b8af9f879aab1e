"""How a vendor was let in: steps in time, chains, orders by agency and year, stated figures."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct

from oust.approved import Agency, Approvals, Chain, Figure, Step, Stop, Sum
from oust.model import Evidence
from oust.report import coverage
from oust.report.csv_report import cell
from oust.report.words import clip, clip_path, plural, safe

WIDTH = 100
SHOWN = 12
"""Steps, chains and agencies shown before the rest is counted."""
_STATION = 14
_VALUE = 18
"""Characters of a column of the orders."""
_AND = " + "

TYPES = {
    "listing": "listing",
    "certification": "certificate",
    "authorization": "authorization",
    "exclusion": "exclusion",
    "vehicle": "vehicle",
    "contract": "stated contract",
    "figure": "stated figure",
}
"""Types of approvals in the singular."""


def counts(found: dict[str, int]) -> str:
    """`12 listings, 2 certificates, 1 exclusion`."""
    return ", ".join(plural(number, TYPES.get(one, one)) for one, number in found.items())


def lines(found: Approvals, every: bool = False) -> Iterator[str]:
    """At most WIDTH characters each."""
    shown = 10**9 if every else SHOWN
    yield from _headed(f"{clip(found.name, 40)}: how it was let in", counts(found.counts))
    if found.empty and not found.asides:
        yield from _wrapped(f"{found.name}: no approval in what was read.", " ")
    else:
        yield from _whose(found)
        yield from _steps(found.steps, shown)
        yield from _chains(found, shown)
        yield from _agencies(found, shown)
        yield from _asides(found)
        yield from _figures(found)
    if found.named_only:
        text = f"{plural(found.named_only, 'approval')} only named it: oust trace --mentions"
        yield from _wrapped(text, " ")
    for note in found.notes:
        yield from _wrapped(note[:1].upper() + note[1:] + ".", " ", "   ")
    yield from _wrapped(coverage.short(found.looked), " ")


def _headed(title: str, right: str = "") -> Iterator[str]:
    beside = WIDTH - 2 - len(title)
    if len(right) < beside - 1:
        yield f" {title}{right:>{beside}}".rstrip()
    else:
        yield f" {title}"
        yield from _wrapped(right, "   ")
    yield " " + "─" * (WIDTH - 2)


def _whose(found: Approvals) -> Iterator[str]:
    names = ", ".join(found.holders[:5])
    more = len(found.holders) - 5
    names += f" and {more:,} more" if more > 0 else ""
    sold = f"sold by {plural(len(found.holders), 'holder')} ({names})" if found.holders else ""
    if found.own_contract:
        text = f"A contract of its own: {found.own_contract}."
        text += f" Also {sold}." if sold else ""
    else:
        text = "No contract of its own in what was read" + (f": {sold}." if sold else ".")
    yield from _wrapped(text, " ", "   ")
    yield ""


def _steps(steps: tuple[Step, ...], shown: int) -> Iterator[str]:
    if not steps:
        return
    yield " First to last"
    dated = [step for step in steps if step.when]
    head = dated[: max(shown - 1, 1)]
    yield from (line for step in head for line in _step(step))
    if len(dated) > len(head) + 1:
        yield f"   … {plural(len(dated) - len(head) - 1, 'step')} between: add --all"
    if len(dated) > len(head):
        yield from _step(dated[-1])
    bare = [step for step in steps if not step.when]
    for step in bare[:shown]:
        yield from _step(step)
    if len(bare) > shown:
        yield f"   … {len(bare) - shown:,} more without a date: add --all"
    yield ""


def _step(step: Step) -> Iterator[str]:
    until = f" (until {clip(step.until, 20)})" if step.until else ""
    seen = {"seen": "seen then: ", "until": "until then: "}.get(step.by, "")
    source = f" ({clip(step.source, 90)})" if step.source else ""
    agency = f"{step.agency}: " if step.agency else ""
    first = f"   {clip(step.when or 'not dated', 10):<10}  {step.kind:<21} "
    text = clip(f"{seen}{agency}{step.says}", 240) + until + source
    yield from _wrapped(text, first, " " * 37)
    if step.evidence:
        yield " " * 37 + _place(step.evidence[0], WIDTH - 37)


def _place(one: Evidence, width: int) -> str:
    locator = clip(one.locator, 28)
    return f"[{clip_path(one.source, width - len(locator) - 3)} {locator}]"


def _chains(found: Approvals, shown: int) -> Iterator[str]:
    if not found.chains:
        return
    number = len(found.chains) + found.more_chains
    whole = sum(one.whole for one in found.chains)
    yield f" Chains: {plural(number, 'way')} in, {whole:,} without a gap from product to agency"
    for at, one in enumerate(_told_first(found.chains, shown), 1):
        yield from _chain(at, one)
    if number > shown:
        yield f"   … {number - min(shown, len(found.chains)):,} more: add --all, or --format json"
    yield ""


def _told_first(chains: tuple[Chain, ...], shown: int) -> Iterable[Chain]:
    """Those without a gap first where not all are shown; in time each."""
    if len(chains) <= shown:
        return chains
    return sorted(chains, key=lambda one: not one.whole)[:shown]


def _chain(at: int, one: Chain) -> Iterator[str]:
    span = f"{one.first or 'not dated'}" + (f" to {one.last}" if one.last > one.first else "")
    yield f"   {at}. {span}"
    for stop in one.stops[1:]:
        yield from _stop(stop)


def _stop(stop: Stop) -> Iterator[str]:
    first = f"      {stop.station:<{_STATION}}"
    if stop.missing:
        yield from _wrapped(f"— {stop.missing}", first, " " * len(first) + "  ")
        return
    more = f" and {stop.count - 1:,} more" if stop.count > 1 else ""
    dates = f"{stop.since}" + (f" to {stop.until or stop.last}" if stop.until or stop.last else "")
    dated = f" · {clip(dates, 26)}" if dates else ""
    weak = f", {stop.strength}" if stop.strength in ("weak", "misspelt") else ""
    ground = f" ({clip(stop.ground, 150)}{weak})" if stop.ground else ""
    text = f"{clip(stop.name, 90)}{more}{dated}{ground}"
    yield from _wrapped(text, first, " " * len(first) + "  ")
    if stop.evidence and stop.station not in ("holder", "agency"):
        yield " " * (len(first) + 2) + _place(stop.evidence[0], WIDTH - len(first) - 2)


# orders by agency and year


def _agencies(found: Approvals, shown: int) -> Iterator[str]:
    if not found.agencies:
        if found.counts:
            yield " No order of it was read: only approvals."
        return
    yield " Orders by agency and year"
    yield _cells("agency", "first", "peak", "last", "awards", "rows", "value")
    for one in found.agencies[:shown]:
        values = [part for said in _sums(one.sums) for part in said.split(_AND)]
        beside = values.pop(0) if len(values[0]) <= _VALUE else ""  # a figure is never cut
        yield _cells(one.name or "not said", one.first, one.peak, one.last, f"{one.awards:,}",
                     f"{one.rows:,}", beside)  # fmt: skip
        yield from (f"{clip(more, WIDTH - 3):>{WIDTH - 1}}" for more in values)
        if len(one.years) > 1:
            yield from _years(one)
    if len(found.agencies) > shown:
        yield f"   … {plural(len(found.agencies) - shown, 'agency')} more: add --all, or --svg FILE"
    yield from _wrapped("Peak: the year with most " + _peak_by(found.agencies) + ". " +
                        " ".join(repeated(found)), "   ")  # fmt: skip
    yield ""


def _peak_by(agencies: Iterable[Agency]) -> str:
    ways = {one.peak_by.partition(" ")[0] for one in agencies if one.peak_by}
    return "value, or awards where no amount is known" if len(ways) > 1 else (*ways, "value")[0]


def _cells(*cells: str) -> str:
    name, first, peak, last, awards, rows, value = cells
    return (
        f"   {clip(name, 30):<30} {clip(first, 10):<10}  {clip(peak, 4):<4}  {clip(last, 10):<10} "
        f"{awards:>7} {rows:>8}  {value:>18}"
    ).rstrip()


def _years(one: Agency) -> Iterator[str]:
    told = [
        f"{year.year or 'not dated'}: {year.awards:,} ({'; '.join(_sums(year.sums))})"
        for year in one.years
    ]
    yield from _wrapped(",  ".join(told), "     by year  ", "              ")


def _sums(sums: Iterable[Sum]) -> list[str]:
    """`41,200.00 USD`, `−300.00`, `5 without amount`."""
    said = []
    for one in sums:
        some = f"{money(one.value)} {one.currency}".rstrip() if one.value or not one.unknown else ""
        bare = f"{one.unknown:,} no amount" if one.unknown else ""
        said.append(_AND.join(part for part in (some, bare) if part))
    return said or ["none"]


def money(value: Decimal) -> str:
    """With thousands and at least two decimals."""
    plain = f"{value:,f}"
    decimals = len(plain.partition(".")[2].rstrip("0"))
    return f"{value:,.{max(decimals, 2)}f}"


def repeated(found: Approvals) -> Iterator[str]:
    """How the values were added up."""
    yield "Values: obligations added, amounts taken back are negative."
    if any(not one.currency for agency in found.agencies for one in agency.sums):
        yield "Currency is shown where the source names it."
    once = found.repeated
    if once.rows:
        text = f"Not counted twice: {plural(once.rows, 'row')} that another export holds too"
        if once.totals:
            text += f", {once.totals:,} of them totals of awards whose changes are read"
        yield text + f"; {once.differing:,} with another amount." if once.differing else text + "."
    if once.without_number:
        few = plural(once.without_number, "row")
        yield f"{few} without award number cannot be compared with other exports."


def _asides(found: Approvals) -> Iterator[str]:
    if not found.asides:
        return
    yield " Not in the values: awards that name it and buy nothing of it"
    for one in found.asides:
        span = one.first + (f" to {one.last}" if one.last > one.first else "")
        yield f"   {plural(one.awards, 'award'):<12} {clip(one.reason, 55):<56} {clip(span, 25)}"
    yield ""


def _figures(found: Approvals) -> Iterator[str]:
    if not found.figures:
        return
    yield " Stated figures, side by side with what was read; none is chosen"
    of = None
    for one in found.figures:
        if one.of != of:
            of = one.of
            yield from _wrapped(clip(of or one.name, 190), "   ")
        yield from _wrapped(stated(one), "     ", "       ")
        if one.evidence:
            yield "       " + _place(one.evidence[0], WIDTH - 7)
    yield ""


def stated(one: Figure) -> str:
    """`stated under 9000 USD (State, 2017-09-18), seen in what was read: 1,200.00 (all orders)`."""
    who = "; ".join(part for part in (one.by, one.since, one.origin, one.tier) if part)
    amount = f"{_grouped(one.amount) or 'no amount'} {one.currency}".rstrip()
    text = f"{one.buyer}: " if one.buyer else ""
    text += f"stated {amount} ({who or 'nobody named'})"
    if one.seen_of:
        seen = " and ".join(_sums(one.seen)) if one.seen else "nothing"
        text += f", seen in what was read: {seen} ({one.seen_of})"
    return clip(text + (f"; conflicts with {', '.join(one.conflicts)}" if one.conflicts else ""),
                500)  # fmt: skip


def _grouped(amount: str) -> str:
    """`under 54,000` for `under 54000`."""
    *bound, number = amount.split(" ")
    if number.isdecimal() and number.isascii() and len(number) < 30:
        return " ".join((*bound, f"{int(number):,}"))
    return amount


def _wrapped(text: str, first: str, rest: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest or first,
        break_on_hyphens=False,
    )  # fmt: skip


# for programs


def as_object(found: Approvals) -> dict[str, Any]:
    """Everything as JSON has it, described by docs/approvals.schema.json."""
    whole: dict[str, Any] = _plain(found)
    return whole | {"name": found.name}


def _plain(value: Any) -> Any:
    """Structs as objects with all their fields; decimals as text; no date is null."""
    if isinstance(value, Struct):
        fields = {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        return {name: None if name in _DATES and not one else one for name, one in fields.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return f"{value:f}" if isinstance(value, Decimal) else value


_DATES = frozenset({"since", "until", "first", "last", "when"})


def as_json(found: Approvals) -> str:
    """The same as text."""
    return json.dumps(as_object(found), indent=1, ensure_ascii=False) + "\n"


HEADER = (
    *("vendor", "agency", "year", "currency", "awards", "rows", "value", "without_amount"),
    *("agency_first", "agency_last", "agency_peak"),
)


def as_csv(found: Approvals) -> str:
    """One row for each agency, year and currency."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for agency in found.agencies:
        for year in agency.years:
            for one in year.sums:
                row = (found.vendor, agency.name, year.year, one.currency, year.awards, year.rows,
                       f"{one.value:f}", one.unknown, agency.first, agency.last,
                       agency.peak)  # fmt: skip
                writer.writerow([_number_or_cell(value) for value in row])
    return out.getvalue()


def _number_or_cell(value: object) -> str:
    """A number stays one, also where it is negative; text is made safe."""
    text = str(value)
    return text if text.lstrip("-").replace(".", "", 1).isdigit() else cell(text)
