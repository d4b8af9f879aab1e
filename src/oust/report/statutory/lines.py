"""Wording that the Markdown and the Word form of a report share."""

from __future__ import annotations

from collections.abc import Iterator

from oust.model import Evidence, Source
from oust.report.statutory.shape import Coverage, Filled, Searched, StatutoryReport, Value
from oust.report.words import clip, clip_path, plural

SHOWN = 3
"""Places of evidence written beside one value before the rest is counted."""

LISTED = 40
"""Sources listed one by one before the rest is counted."""

LONGEST = 2000
"""Characters of one text; the evidence has the rest, and so has the JSON."""


def title(report: StatutoryReport) -> str:
    """The heading."""
    return f"{report.form.title} ({report.window.name})"


def blank(field: Filled) -> str:
    """What stands where a value is missing."""
    return f"[to be filled in: {field.ask}]"


def said(value: Value) -> str:
    """A value as written into its field, marked where it was not read as such."""
    text = clip(value.text, LONGEST)
    if value.of:
        text = f"{value.of.capitalize()}: {text}"
    if value.given:
        return f"{text} (given by you)"
    return f"{text} (inferred: {value.inferred})" if value.inferred else text


def grounds(value: Value) -> Iterator[str]:
    """Where a value was read, place by place."""
    places = list(dict.fromkeys(ground(one) for one in value.evidence))
    yield from places[:SHOWN]
    if len(places) > SHOWN:
        yield f"and {plural(len(places) - SHOWN, 'more place')}"
    if not value.evidence:
        yield "given by you" if value.given else "no evidence: inferred" if value.inferred else "-"


def ground(one: Evidence) -> str:
    """`exports/awards.csv, row 3 byte 656, seller`."""
    parts = (clip_path(one.source, 90), clip(one.locator, 80), clip(one.field, 40))
    return ", ".join(part for part in parts if part)


def facts(report: StatutoryReport) -> Iterator[tuple[str, str]]:
    """What stands under the heading: name and text."""
    form = report.form
    yield "Under", form.citation
    yield "As of", report.as_of
    if report.identified or (report.window.anchor == "identification" and not report.nil):
        yield "Identified", report.identified or "[to be filled in: date of identification]"
    if report.contract:
        yield "Contract awarded", report.contract
    yield "Who reports", form.who
    yield "Because", form.trigger
    for one in report.recipients:
        yield "To" if one.when == "default" else f"To, {one.when}", one.to
    for number, line in enumerate(report.deadline):
        yield "Due" if not number else "", line


def searched(one: Searched, every: bool) -> str:
    """One vendor that was looked for; with `every`, by how many identifiers of which kind."""
    names = one.names if every else one.names[:8]
    more = f" and {len(one.names) - len(names)} more names" if len(names) < len(one.names) else ""
    total, kinds = sum(one.identifiers.values()), len(one.identifiers)
    told = f"{total:,} names and identifiers of {plural(kinds, 'kind')}"
    if every:
        counts = (f"{kind.replace('_', ' ')} {n:,}" for kind, n in one.identifiers.items())
        told += f" ({', '.join(counts)})"
    found = plural(one.exposures, "exposure")
    return f"{one.vendor} ({', '.join(names)}{more}), by {told}: {found} found"


def not_counted(one: Searched) -> str:
    """What was met and not counted, empty where nothing was."""
    if not one.mentions:
        return ""
    told = ", ".join(f"{count:,} {reason}" for reason, count in one.mentions.items())
    return f"Met for {one.vendor} and not counted as an exposure: {told}"


def covered(coverage: Coverage) -> Iterator[str]:
    """What was read and what was not, in sentences."""
    files = len(coverage.read)
    yield (
        f"Read: {plural(files, 'file')} with {plural(coverage.records, 'record')}; "
        f"{coverage.quarantined:,} quarantined."
    )
    if coverage.not_looked_at:
        groups = ", ".join(coverage.not_looked_at)
        yield f"Not looked at, because no such evidence was given: {groups}."
    yield "Nothing is said of what was not read: no finding there is no sign of absence."


def all_sources(coverage: Coverage) -> tuple[Source, ...]:
    """Every file, those read first."""
    return (*coverage.read, *(one for one in coverage.unread if one not in coverage.read))


def state(source: Source) -> str:
    """What became of a file: format, records, status."""
    what = f"{source.format}, {plural(source.records, 'record')}, " if source.format else ""
    return what + (f"{source.status}: {source.message}" if source.message else source.status)
