"""`--format json`: the report as one object, described by docs/report.schema.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from oust import __version__
from oust.model import Evidence, Source
from oust.report.statutory.shape import BANNER, Coverage, Filled, Section, StatutoryReport, Value


def render(report: StatutoryReport) -> str:
    """The object as indented JSON text, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode(as_object(report)), indent=1).decode() + "\n"


def as_object(report: StatutoryReport) -> dict[str, Any]:
    """The object. It depends on evidence, dossiers, version, date and what the user gave."""
    form, window = report.form, report.window
    return {
        "oust": __version__,
        "status": "draft",
        "notice": BANNER,
        "form": {
            "id": form.id,
            "title": form.title,
            "citation": form.citation,
            "rule": form.rule,
            "who_reports": form.who,
            "trigger": form.trigger,
            "fields_known": form.fields_seen,
            "nil": form.nil,
            "differences": list(form.differences),
            "sources": [{"url": one.url, "what": one.what} for one in form.source],
        },
        "window": {"id": window.id, "name": window.name},
        "as_of": report.as_of,
        "identified": report.identified or None,
        "contract": report.contract or None,
        "nil": report.nil,
        "deadline": list(report.deadline),
        "recipients": [{"when": one.when, "to": one.to} for one in report.recipients],
        "notes": list(report.notes),
        "sections": [_section(one) for one in report.sections],
        "todo": [
            {"kind": one.kind, "what": one.what, "section": one.section or None}
            for one in report.todo
        ],
        "coverage": _coverage(report.coverage),
    }


def _section(one: Section) -> dict[str, Any]:
    return {
        "title": one.title,
        "exposures": list(one.exposures),
        "notes": list(one.notes),
        "shown": [_filled(field) for field in one.context],
        "fields": [_filled(field) for field in one.fields],
    }


def _filled(one: Filled) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "to_be_filled_in": None if one.values else one.ask,
        "values": [_value(value) for value in one.values],
    }


def _value(one: Value) -> dict[str, Any]:
    return {
        "text": one.text,
        "of": one.of or None,
        "ground": "given" if one.given else "inferred" if one.inferred else "evidence",
        "inferred": one.inferred or None,
        "evidence": [_evidence(place) for place in one.evidence],
    }


def _evidence(one: Evidence) -> dict[str, str]:
    names = ("source", "locator", "field", "text", "sha256")
    return {name: getattr(one, name) for name in names}


def _coverage(one: Coverage) -> dict[str, Any]:
    return {
        "searched": [
            {
                "vendor": some.vendor,
                "names": list(some.names),
                "identifiers": some.identifiers,
                "exposures": some.exposures,
                "not_counted": some.mentions,
            }
            for some in one.searched
        ],
        "read": _sources(one.read),
        "unread": _sources(one.unread),
        "not_looked_at": list(one.not_looked_at),
        "records": one.records,
        "quarantined": one.quarantined,
    }


def _sources(sources: Iterable[Source]) -> list[dict[str, Any]]:
    names = ("path", "sha256", "format", "records", "quarantined", "status", "message")
    return [{name: getattr(one, name) for name in names} for one in sources]
