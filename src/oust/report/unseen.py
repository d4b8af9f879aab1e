"""What was not seen: an estimate with all that it rests on, or why there is none."""

from __future__ import annotations

import csv
import io
import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from oust.hidden import Assumption, Estimate, Group, Refused, Unseen
from oust.report.csv_report import cell
from oust.report.words import plural, safe

WIDTH = 100
LABEL = 17
SHOWN = 12

OF_THESE = "of {} that any of these methods could have seen"

NOT_IN_IT = (
    "Not in the number: whatever none of these methods can see, such as an engine in the firmware "
    "of an appliance."
)

_SPEAKS = {"against": "!", "cannot be tested": "?", "nothing against": "-"}


def lines(found: Sequence[Unseen], names: Mapping[str, str]) -> Iterator[str]:
    """At most WIDTH characters each. `names`: of vendors, by id."""
    if not found:
        yield " Nothing was observed of any vendor: there is nothing to reckon from. oust coverage"
    for at, one in enumerate(found):
        if at:
            yield ""
        title = f"{names.get(one.vendor, one.vendor)} · {one.universe} not seen"
        yield f" {safe(title)[: WIDTH - 2]}"
        yield " " + "─" * (WIDTH - 2)
        yield from _one(one)
    yield ""
    yield " What such a number means, and when not to believe it: docs/unseen.md"


def _one(one: Unseen) -> Iterator[str]:
    by = "; ".join(f"{method} {n:,}" for method, n in one.by_method.items())
    word = one.universe[:-1]
    yield from _row("observed", plural(one.observed, word) + (f": {by}" if by else ""))
    if one.estimate:
        yield from _estimate(one, one.estimate)
    elif one.refused:
        yield from _row("no estimate", one.refused.reason)
        yield from _row("would let one", one.refused.needs)
    yield from _groups(one)
    yield from _same(one)
    yield from _left_out(one)
    yield from _assumptions(one)
    if one.estimate:
        yield from _wrapped(NOT_IN_IT, " ", "   ")
        for method, cannot in one.cannot:
            yield from _wrapped(f"{method} cannot see {cannot}", "   ", "     ")


def _estimate(one: Unseen, found: Estimate) -> Iterator[str]:
    used = list(dict.fromkeys(m for group in one.groups for m in group.used))
    yield from _row("estimated total", f"{_range(found)}; by {found.by} from {', '.join(used)}")
    hidden = f"{_hidden(found)}, {OF_THESE.format(one.universe)}"
    yield from _row("hidden", hidden)
    if one.not_estimated:
        text = f"{one.not_estimated:,} more were observed where no two methods can be compared: "
        yield from _row("beside these", f"{text}counted, not extrapolated")


def _range(found: Estimate) -> str:
    low, high = math.floor(found.low), math.ceil(found.high)
    return f"{found.total:,.0f} (95 % interval {low:,} to {high:,}) for {found.observed:,} observed"


def _hidden(found: Estimate) -> str:
    low, high = math.floor(found.low) - found.observed, math.ceil(found.high) - found.observed
    return f"{found.hidden:,.0f} (95 % interval {low:,} to {high:,})"


def _groups(one: Unseen) -> Iterator[str]:
    alone = len(one.groups) == 1
    for group in one.groups:
        methods = " + ".join(group.methods) or "none"
        if not alone:
            of = f", operator {group.name}" if group.name else ""
            said = f"looked at by {methods}{of}: {group.observed:,} observed"
            yield from _row("group", f"{said}; {_told(group, one)}")
        if group.estimate:
            seen = "; ".join(f"{who}: {n:,}" for who, n in group.histories.items() if who)
            yield from _row("" if not alone else "seen by exactly", seen)
            yield from _bound(group)
            yield from _models(group.estimate)


def _told(group: Group, one: Unseen) -> str:
    if group.estimate:
        of = f" of {group.looked_at:,} looked at" if group.looked_at is not None else ""
        return f"estimated {_range(group.estimate)}{of}"
    if group.refused is None or group.refused == one.refused:
        return "no estimate, as above"
    return f"no estimate: {group.refused.reason}"


def _bound(group: Group) -> Iterator[str]:
    low = group.lower_bound
    if low:
        limits = f"{math.floor(low.low):,} to {math.ceil(low.high):,}"
        yield from _row("lower bound", f"{low.total:,.0f} (95 % interval {limits}), by Chao; holds "
                        "if some are harder to see for every method")  # fmt: skip


def _models(found: Estimate) -> Iterator[str]:
    shown = [one for one in found.models if one.weight >= 0.05]
    if shown:
        failed = f", {found.failed:,} without a finite answer" if found.failed else ""
        yield from _row("models", f"{found.tried:,} tried{failed}; the heaviest:")
    for one in shown[:SHOWN]:
        yield from _row("", f"{one.weight:.0%} weight: {one.name}: {one.total:,.0f}")


def _same(one: Unseen) -> Iterator[str]:
    if not one.possibly_same:
        return
    pairs = "1 pair of names is" if one.possibly_same == 1 else f"{one.possibly_same:,} pairs are"
    text = f"{pairs} possibly the same asset; if so, "
    if one.if_same:
        text += f"the total is {_range(one.if_same)}"
    elif one.if_same_refused:
        text += f"there is no estimate: {one.if_same_refused.reason}"
    yield from _row("names", text)


def _left_out(one: Unseen) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for method, why in one.left_out:
        by_reason.setdefault(why, []).append(method)
    for why, methods in by_reason.items():
        yield from _row("left out", f"{', '.join(methods)}: {why}")


def _assumptions(one: Unseen) -> Iterator[str]:
    found = [each for each in one.assumptions if one.estimate or each.speaks == "against"]
    if found:
        yield " It rests on (! the evidence speaks against it, ? it cannot be tested)"
    for each in found:
        error = f" If not so, the number is {_error(each)}." if each.error else ""
        text = f"{_SPEAKS[each.speaks]} {each.name}: {each.says}.{error}"
        yield from _wrapped(text, "   ", "     ")


def _error(one: Assumption) -> str:
    return "wrong either way" if one.error == "either way" else one.error


def _row(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f" {label:<{LABEL}} ", " " * (LABEL + 2))


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def as_json(found: Iterable[Unseen], as_of: str = "") -> str:
    """Everything as JSON, after docs/unseen.schema.json; null stands for not known."""
    whole = {
        "as_of": as_of or None,
        "note": f"Each estimate is {OF_THESE.format('assets')}. {NOT_IN_IT}",
        "answers": [_answer(one) for one in found],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _answer(one: Unseen) -> dict[str, Any]:
    return {
        "vendor": one.vendor,
        "universe": one.universe,
        "observed": one.observed,
        "by_method": one.by_method,
        "estimate": _number(one.estimate),
        "refused": _why(one.refused),
        "estimated_of": one.estimated_of,
        "not_estimated": one.not_estimated,
        "groups": [_group(group) for group in one.groups],
        "pairs": [_rounded(msgspec.to_builtins(pair)) for pair in one.pairs],
        "assumptions": [msgspec.to_builtins(each) for each in one.assumptions],
        "left_out": [{"method": method, "why": why} for method, why in one.left_out],
        "possibly_same": one.possibly_same,
        "if_same": _number(one.if_same),
        "if_same_refused": _why(one.if_same_refused),
        "cannot_see": [{"method": method, "what": what} for method, what in one.cannot],
    }


def _group(one: Group) -> dict[str, Any]:
    return {
        "operator": one.name or None,
        "looked_at_by": list(one.methods),
        "used": list(one.used),
        "looked_at": one.looked_at,
        "observed": one.observed,
        "histories": one.histories,
        "estimate": _number(one.estimate),
        "lower_bound": _number(one.lower_bound),
        "refused": _why(one.refused),
    }


def _number(one: Estimate | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "by": one.by,
        "observed": one.observed,
        "total": _digits(one.total),
        "low": _digits(one.low),
        "high": _digits(one.high),
        "hidden": _digits(one.hidden),
        "standard_error": _digits(one.error) if one.error else None,
        "models_tried": one.tried,
        "models_failed": one.failed,
        "models": [_rounded(msgspec.to_builtins(model)) for model in one.models],
    }


def _why(one: Refused | None) -> dict[str, str] | None:
    return {"reason": one.reason, "needs": one.needs} if one else None


def _rounded(said: dict[str, Any]) -> dict[str, Any]:
    return {key: _digits(v) if isinstance(v, float) else v for key, v in said.items()}


def _digits(number: float) -> float | None:
    """Four decimals: further ones differ from machine to machine."""
    return round(number, 4) + 0.0 if math.isfinite(number) else None


HEADER = (
    *("vendor", "universe", "operator", "looked_at_by", "observed", "estimator", "total", "low"),
    *("high", "hidden", "reason_for_no_estimate"),
)


def as_csv(found: Iterable[Unseen]) -> str:
    """One row a group, after one for the whole, whose `looked_at_by` is `all`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in found:
        rows = [("", "all", one.observed, one.estimate, one.refused)]
        rows += [(g.name, " + ".join(g.methods), g.observed, g.estimate, g.refused)
                 for g in one.groups]  # fmt: skip
        for name, methods, observed, estimate, refused in rows:
            row = (one.vendor, one.universe, name, methods, str(observed), *_cells(estimate),
                   refused.reason if refused else "")  # fmt: skip
            writer.writerow([cell(value) for value in row])
    return out.getvalue()


def _cells(one: Estimate | None) -> tuple[str, ...]:
    if one is None:
        return ("",) * 5
    numbers = (one.total, one.low, one.high, one.hidden)
    return (one.by, *(f"{n:.1f}" for n in numbers))
