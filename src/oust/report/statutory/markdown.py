"""`--format md`: the report as Markdown, in which no text of the evidence is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from oust.report.statutory import lines
from oust.report.statutory.shape import BANNER, Filled, Section, StatutoryReport
from oust.report.words import clip, clip_path

_MARKUP = re.compile(r"([\\`*_\[\]|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINKS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)|(@)")
_STARTS = re.compile(r"^([#+\-=]|\d+[.)])")


def escape(text: str, unlink: bool = True) -> str:
    """One line in which Markdown and HTML find nothing to interpret, and no link to make."""
    flat = clip(text, lines.LONGEST * 2)
    flat = "".join(_ENTITIES.get(sign, sign) for sign in flat)
    flat = _MARKUP.sub(r"\\\1", flat)
    flat = _LINKS.sub(_unlinked, flat) if unlink else flat
    return _STARTS.sub(
        lambda found: "\\" + found[0] if len(found[0]) == 1 else _number(found[0]), flat
    )


def _number(start: str) -> str:
    return start[:-1] + "\\" + start[-1]


def _unlinked(found: re.Match[str]) -> str:
    if found[5]:
        return "&#64;"
    return f"{found[1]}&#58;" if found[1] else f"{found[3]}&#46;"


def render(report: StatutoryReport) -> str:
    """The whole report, ending with a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: StatutoryReport) -> Iterator[str]:
    yield f"# {escape(lines.title(report))}"
    yield ""
    yield f"**{BANNER}**"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, text in lines.facts(report):
        yield f"| {escape(name)} | {_marked(text)} |"
    for note in report.notes:
        yield ""
        yield escape(note)
    for section in report.sections:
        yield from _section(section)
    yield from _todo(report)
    yield from _coverage(report)
    yield from _sources(report)


def _marked(text: str) -> str:
    return (
        f"**{_blank(text)}**" if text.startswith("[to be filled in") else escape(text, unlink=False)
    )


def _blank(text: str) -> str:
    """Our own brackets stay as they are: without a target they are no link."""
    return f"[{escape(text[1:-1])}]"


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"## {escape(section.title)}"
    for note in section.notes:
        yield ""
        yield escape(note)
    if section.context:
        yield from _table("What the evidence shows", section.context)
    if section.fields:
        yield from _table("What the form asks for", section.fields)


def _table(heading: str, fields: Iterable[Filled]) -> Iterator[str]:
    yield ""
    yield f"### {heading}"
    yield ""
    yield "| field | value | evidence |"
    yield "|---|---|---|"
    for field in fields:
        label = f"{escape(field.label)} (`{field.id}`)"
        if not field.values:
            yield f"| {label} | **{_blank(lines.blank(field))}** | |"
        for number, value in enumerate(field.values):
            places = "<br>".join(escape(line) for line in lines.grounds(value))
            yield f"| {'' if number else label} | {escape(lines.said(value))} | {places} |"


def _todo(report: StatutoryReport) -> Iterator[str]:
    yield ""
    yield "## Before it goes out"
    yield ""
    for one in report.todo:
        where = f" ({escape(one.section)})" if one.section else ""
        yield f"- [ ] {one.kind}: {escape(one.what)}{where}"


def _coverage(report: StatutoryReport) -> Iterator[str]:
    coverage = report.coverage
    yield ""
    yield "## How it was looked for"
    for one in coverage.searched:
        for text in filter(None, (lines.searched(one, report.nil), lines.not_counted(one))):
            yield ""
            yield f"{escape(text)}."
    for text in lines.covered(coverage):
        yield ""
        yield escape(text)
    yield ""
    yield "| file | state | SHA-256 |"
    yield "|---|---|---|"
    sources = lines.all_sources(coverage)
    for source in sources[: lines.LISTED]:
        path, state = escape(clip_path(source.path, 120)), escape(lines.state(source))
        yield f"| {path} | {state} | {source.sha256} |"
    if len(sources) > lines.LISTED:
        yield ""
        yield f"and {len(sources) - lines.LISTED:,} more: oust case sources lists them all"


def _sources(report: StatutoryReport) -> Iterator[str]:
    form = report.form
    if form.differences:
        yield ""
        yield "## How this form differs from its siblings"
        yield ""
        for one in form.differences:
            yield f"- {escape(one)}"
    yield ""
    yield "## Where the form was read"
    yield ""
    for source in form.source:
        yield f"- <{source.url}>: {escape(source.what)}"
