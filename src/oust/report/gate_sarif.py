"""The answer of a gate for code hosts: SARIF 2.1.0, and GitHub's workflow commands.

Sources: OASIS SARIF 2.1.0 (2023 errata), https://docs.github.com/actions/reference/workflow-commands
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from oust import __version__
from oust.gated import AnswerWord, Finding, Gated, Spot
from oust.report.gate import NOTE, answer
from oust.report.words import safe

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: dict[AnswerWord, str] = {
    "prohibited": "error",
    "prohibited-from": "error",
    "needs a look": "warning",
    "clear": "note",
}
_RULES: dict[AnswerWord, str] = {
    "prohibited": "A rule in force bars it",
    "prohibited-from": "A rule bars it from a later date",
    "needs a look": "It may be barred: a fact is missing or the words are doubtful",
    "clear": "It comes from a vendor looked for, and no rule bars it",
}
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def message(one: Finding) -> str:
    """A finding in a sentence or two."""
    found = one.found
    parts = [f"{answer(one.word, one.since)}: {found.thing} ({found.vendor}, {found.exposure.tier};"
             f" {found.exposure.why})"]  # fmt: skip
    grave = [ruling for ruling in one.rulings if ruling.word == one.word != "clear"]
    if grave:
        names = ", ".join(ruling.profile for ruling in grave)
        cited = grave[0].verdict.citation if grave[0].verdict else ""
        parts.append(f"{grave[0].rule}" + (f" ({cited})" if cited else "") + f"; for {names}")
    parts += found.doubts
    if found.fact.source:
        parts.append(f"fact: {found.fact.value}, {found.fact.source[0]}")
    return safe(". ".join(parts))


def as_sarif(shown: Gated) -> str:
    """One run; findings as results, waived ones suppressed, what is not known as notifications."""
    rules = [
        {"id": _rule_id(word), "shortDescription": {"text": text},
         "help": {"text": NOTE}, "defaultConfiguration": {"level": _LEVELS[word]}}
        for word, text in _RULES.items()
    ]  # fmt: skip
    driver = {
        "name": "oust",
        "version": __version__,
        "informationUri": "https://github.com/oust-project/oust",
        "rules": rules,
    }
    told = [(_WARN, text) for text in shown.open]
    told += [
        (_WARN, f"waiver of {one.waiver.finding} does not count: {one.problem}")
        for one in shown.told
        if one.problem
    ]
    told += [("note", f"{s.path}: {s.message or s.status}") for s in shown.sources
             if s.status != "read"]  # fmt: skip
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": level, "message": {"text": safe(text)}} for level, text in told
                ],
            }
        ],
        "results": [_result(one) for one in shown.findings],
        "properties": {
            "answer": shown.word,
            "since": shown.since,
            "asOf": shown.day,
            "profiles": list(shown.profiles),
            "note": NOTE,
        },
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


_WARN = "warning"


def _rule_id(word: AnswerWord) -> str:
    return "oust/" + word.replace(" ", "-")


def _result(one: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": _rule_id(one.word),
        "ruleIndex": list(_RULES).index(one.word),
        "level": _LEVELS[one.word],
        "message": {"text": message(one)},
        "locations": [_location(spot) for spot in one.found.spots[:10]],
        "partialFingerprints": {"oustFinding/v1": one.found.id},
    }
    if one.waived:
        text = f"{one.waived.by}: {one.waived.why} (until {one.waived.until})"
        result["suppressions"] = [{"kind": "external", "justification": safe(text)}]
    return result


def _location(spot: Spot) -> dict[str, Any]:
    path = spot.file or spot.evidence.source
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path, safe="/._-~")}}
    if spot.line:
        physical["region"] = {"startLine": spot.line}
    full = safe(f"{spot.evidence.source} {spot.evidence.locator}")
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": full}]}


def as_github(shown: Gated) -> str:
    """Workflow commands: an annotation for each finding, and the answer."""
    return "\n".join(_commands(shown)) + "\n"


def _commands(shown: Gated) -> Iterator[str]:
    for one in shown.findings:
        text = message(one)
        level = "note" if one.waived else _LEVELS[one.word]
        if one.waived:
            text = f"waived by {one.waived.by} until {one.waived.until}: {text}"
        spot = one.found.spots[0]
        given = {"file": spot.file} if spot.file else {}
        if spot.line and spot.file:
            given["line"] = str(spot.line)
        given["title"] = f"oust: {answer(one.word, one.since)}"
        options = ",".join(f"{name}={_property(safe(value))}" for name, value in given.items())
        yield f"::{_COMMANDS[level]} {options}::{_data(text)}"
    for text in shown.open:
        yield f"::warning title=oust%3A needs a look::{_data(safe(text))}"
    for told in shown.told:
        if told.problem:
            text = f"waiver of {told.waiver.finding} does not count: {told.problem}"
            yield f"::warning title=oust%3A baseline::{_data(safe(text))}"
    lost = sum(one.quarantined for one in shown.sources)
    blind = sum(one.status != "read" for one in shown.sources)
    text = (
        f"{answer(shown.word, shown.since)}, on {shown.day}; {shown.records} records looked at, "
        f"{lost} quarantined, {blind} files not read as records"
    )
    yield f"::notice title=oust gate::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
