"""Traffic with identified destinations: figures, denominators, and what logs cannot show."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from oust.channel import Audit, Cadence, Channel, Methods
from oust.report.csv_report import cell
from oust.report.words import clip, clip_path, plural, safe

WIDTH = 100
_LABEL = 15
SHOWN = 5  # names of destinations

SENDS = {
    "requests": "consistent with requests",
    "mostly requests": "consistent with requests, but for some contacts",
    "more than requests": "more than requests",
    "not known": "cannot be told",
}


def lines(audit: Audit, vendors: Mapping[str, str], asked: str = "") -> Iterator[str]:
    """At most WIDTH characters each. `vendors`: names by id. `asked`: the host, if one was."""
    yield from _head(audit)
    if not audit.channels:
        whom = f" by {asked}" if asked else ""
        yield from _wrapped(f"No contact{whom} with a destination of a vendor in these logs.", " ")
    last = ("", "")
    for one in audit.channels:
        if (one.host, one.vendor) != last:
            yield f" {clip(one.host or 'client not named', 50)} · {vendors[one.vendor]}"
            last = (one.host, one.vendor)
        yield from _channel(one)
    yield from _logs(audit)
    if audit.cannot:
        yield " What these logs cannot show"
        for text in audit.cannot:
            yield from _wrapped(text, "   ")
    yield " Figures of what was exchanged. They do not say what was in it, nor why it was sent."


def _head(audit: Audit) -> Iterator[str]:
    hosts = len({one.host for one in audit.channels})
    read = sum(one.word == "read again" for one in audit.logs)
    span = ""
    if audit.since or audit.until:
        span = f", {audit.since or 'the beginning'} to {audit.until or 'the end'}"
    title = "Traffic with identified destinations"
    right = f"{plural(hosts, 'host')}, {plural(read, 'log')} read again{span}"
    yield f" {title}{right:>{max(WIDTH - 2 - len(title), len(right) + 2)}}"
    yield " " + "─" * (WIDTH - 2)


def _channel(one: Channel) -> Iterator[str]:
    seen = f"{_when(one.first)} to {_when(one.last)}"
    yield f"   {one.purpose:<{_LABEL - 3}} {seen}   {_counts(one)}"
    yield from _row("to", _names(one.destinations))
    yield from _row("why so", "; ".join(one.grounds[:3]) + _more(len(one.grounds) - 3))
    if one.weak:
        yield from _row("weak", one.weak[0] + _more(len(one.weak) - 1))
    yield from _row("cadence", cadence(one.cadence, bool(one.summed.sources)))
    yield from _row("bytes up", bytes_up(one))
    if one.methods.contacts:
        yield from _row("methods", methods(one.methods, one.contacts))
    if one.down is not None or one.up is not None:
        yield from _row("in all", _totals(one))
    if one.largest:
        place = f"{clip_path(one.largest.source, 40)} {one.largest.uid}".rstrip()
        name = clip(one.largest.name, 60)
        text = f"{size(one.largest.size)} on {_when(one.largest.when)} to {name} ({place})"
        yield from _row("largest", text)
    yield ""


def _counts(one: Channel) -> str:
    said = []
    if one.contacts:
        said.append(plural(one.contacts, "contact"))
    if one.look_ups:
        said.append(plural(one.look_ups, "look-up"))
    if one.summed.contacts:
        said.append(f"{plural(one.summed.contacts, 'contact')} as sums")
    if one.summed.look_ups:
        said.append(f"{plural(one.summed.look_ups, 'look-up')} as sums")
    return ", ".join(said)


def _names(names: tuple[tuple[str, int], ...]) -> str:
    shown = ", ".join(f"{name} ({count:,})" for name, count in names[:SHOWN])
    return shown + _more(len(names) - SHOWN)


def _more(count: int) -> str:
    return f", and {count:,} more" if count > 0 else ""


def cadence(found: Cadence, sums: bool = False) -> str:
    """What the gaps say, as a sentence."""
    of = f"gaps between bursts of {found.of}"
    if found.word == "not known":
        return "cannot be told: only first, last and count are known" if sums else "cannot be told"
    if found.word == "continual":
        return f"continual: {found.of} lie closer than 5 minutes for most of the time"
    if found.word == "too few":
        return f"cannot be told: {plural(found.gaps, 'gap')} between bursts, 6 are needed"
    share = f"{found.fitting:,} of {found.gaps:,} {of} ({_percent(found.fitting, found.gaps)})"
    told = f"{share} lie within 5 minutes of a multiple of the hour"
    if found.word == "multiples of the hour":
        every = "1 hour" if found.hours == 1 else f"{found.hours} hours"
        return f"{told}, mostly {every}"
    return f"{told}: no hourly pattern"


def bytes_up(one: Channel) -> str:
    """What goes up per contact, with its denominator and how it reads."""
    if one.up is None:
        some = one.summed.up
        if not one.contacts and some is not None:
            return f"{size(some)} in all; of single contacts nothing is known"
        return "no byte count" + (f" for {plural(one.contacts, 'contact')}" if one.contacts else "")
    text = (
        f"per contact: median {size(one.up.median)}, 95 % up to {size(one.up.p95)}, largest "
        f"{size(one.up.largest)}, over {one.counted:,} of {plural(one.contacts, 'contact')} with a "
        f"byte count: {SENDS[one.sends.word]}"
    )
    if one.sends.above:
        text += f"; {one.sends.above:,} sent more than 8,192 bytes a request"
    missing = one.contacts - one.counted
    return text + (f"; {plural(missing, 'contact')} without a count" if missing else "")


def methods(found: Methods, contacts: int) -> str:
    """By which methods, whether any brings data along, and in how many contacts that is known."""
    shown = [f"{name} {count:,}" for name, count in list(found.requests.items())[:SHOWN]]
    text = ", ".join(shown) + _more(len(found.requests) - SHOWN)
    text += f", seen in {found.contacts:,} of {plural(contacts, 'contact')}: "
    if found.carrying:
        text += f"{found.carrying:,} with a method that brings data along"
    elif found.tunnelled == found.contacts:
        text += "tunnels, whose requests are not shown"
    else:
        text += "none with a method that brings data along"
    if found.tunnelled and found.tunnelled < found.contacts:
        text += f"; {plural(found.tunnelled, 'tunnel')}, whose requests are not shown"
    return text


def _totals(one: Channel) -> str:
    up = one.up.total if one.up else None
    said = [f"{size(up)} up" if up is not None else "up not known"]
    said.append(f"{size(one.down)} down" if one.down is not None else "down not known")
    if up is not None and one.down:
        said.append(_ratio(up, one.down))
    if one.bases:
        said.append("counted by " + ", ".join(f"{log} log ({n:,})" for log, n in one.bases.items()))
    if one.by_address:
        said.append(f"{plural(one.by_address, 'contact')} known by address only")
    return "; ".join(said)


def _ratio(up: int, down: int) -> str:
    if not up:
        return "nothing up"
    return f"up : down = {up / down:,.1f} : 1" if up > down else f"up : down = 1 : {down / up:,.1f}"


def _logs(audit: Audit) -> Iterator[str]:
    for one in [log for log in audit.logs if log.word != "read again"][:6]:
        yield f" {one.word}: {clip_path(one.path, WIDTH - 4 - len(one.word))}"
        yield f"     {clip(one.message, WIDTH - 6)}"


def size(count: int) -> str:
    """`612 B`, `1.9 kB`, `4.2 MB`: powers of 1,000."""
    if count < 1000:
        return f"{count} B"
    number = float(count)
    for unit in ("kB", "MB", "GB"):
        number /= 1000
        if number < 1000:
            return f"{number:,.1f} {unit}"
    return f"{number / 1000:,.1f} TB"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole} %"


def _when(moment: str) -> str:
    """To the minute."""
    return moment[:16].replace("T", " ") or "time not known"


def _row(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"     {label:<{_LABEL - 5}} ", " " * (_LABEL + 1))


def _wrapped(text: str, first: str, rest: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        safe(text), WIDTH, initial_indent=first, subsequent_indent=rest or first,
        break_on_hyphens=False,
    )  # fmt: skip


def as_object(audit: Audit) -> dict[str, Any]:
    """The audit as JSON has it; null stands for not known."""
    found: dict[str, Any] = msgspec.to_builtins(audit)
    found["since"], found["until"] = audit.since or None, audit.until or None
    for channel, one in zip(found["channels"], audit.channels, strict=True):
        channel["cadence"] = {"reads": cadence(one.cadence, bool(one.summed.sources))} | {
            name: getattr(one.cadence, name) for name in Cadence.__struct_fields__
        }
        channel["methods"] = msgspec.structs.asdict(one.methods) if one.methods.contacts else None
        channel["sends"] = {"word": one.sends.word, "above": one.sends.above}
        channel["destinations"] = [{"name": n, "count": count} for n, count in one.destinations]
        channel["first"], channel["last"] = one.first or None, one.last or None
    return found


def as_json(audit: Audit) -> str:
    """The same as text."""
    return json.dumps(as_object(audit), indent=1, ensure_ascii=False) + "\n"


HEADER = (
    *("vendor", "host", "purpose", "first", "last", "contacts", "look_ups", "contacts_as_sums"),
    *("look_ups_as_sums", "counted", "up_total", "up_median", "up_p95", "up_largest", "down_total"),
    *("reads_as", "above", "cadence", "bursts", "gaps", "gaps_fitting", "hours", "destinations"),
    *("identifiers", "weak", "methods", "method_contacts", "data_contacts", "tunnel_contacts"),
)


def as_csv(channels: Iterable[Channel]) -> str:
    """One row a channel; an empty cell is not known."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in channels:
        writer.writerow([cell("" if value is None else str(value)) for value in _cells(one)])
    return out.getvalue()


def _cells(one: Channel) -> tuple[object, ...]:
    up = (one.up.total, one.up.median, one.up.p95, one.up.largest) if one.up else (None,) * 4
    beat, told = one.cadence, one.methods
    return (
        *(one.vendor, one.host, one.purpose, one.first, one.last, one.contacts, one.look_ups),
        *(one.summed.contacts, one.summed.look_ups, one.counted, *up, one.down),
        *(one.sends.word, one.sends.above, beat.word, beat.bursts, beat.gaps, beat.fitting),
        *(beat.hours or None, " ".join(name for name, _ in one.destinations)),
        *(" ".join(one.identifiers), "; ".join(one.weak)),
        " ".join(f"{name}:{count}" for name, count in one.methods.requests.items()),
        *((told.contacts, told.carrying, told.tunnelled) if told.contacts else (None,) * 3),
    )
