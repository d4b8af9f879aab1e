"""Baselines: who waived what, why, until when. What lacks one of these waives nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from oust.errors import OustError
from oust.gated import GRAVEST, Finding, Told, Waiver

LARGEST = 4 * 1024**2
_FIELDS = ("finding", "by", "why", "until", "answer", "what")
_HINT = "docs/gate.md shows a baseline; `oust gate ... --write-baseline FILE` writes one"


def read_baseline(path: Path) -> list[Waiver]:
    """Entries of a baseline, YAML or JSON. Raises OustError where it is none."""
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        if path.stat().st_size > LARGEST:
            raise OustError(f"{path} is too large for a baseline", _HINT)
        text = path.read_text("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise OustError(f"{path} is no baseline: it has aliases", _HINT)
        value = yaml.load(text, Loader=loader)  # noqa: S506 (it builds text only)
    except OSError as error:
        raise OustError(f"cannot read {path}: {error.strerror}", _HINT) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise OustError(f"{path} is no baseline: {str(error).splitlines()[0]}", _HINT) from error
    entries = value.get("waivers") if isinstance(value, dict) else None
    if entries in ("", None) and isinstance(value, dict) and "waivers" in value:
        return []
    if not isinstance(entries, list):
        raise OustError(f"{path} is no baseline: no list “waivers” in it", _HINT)
    return [_waiver(path, n, one) for n, one in enumerate(entries, 1)]


def _waiver(path: Path, number: int, one: Any) -> Waiver:
    if not isinstance(one, dict) or not str(one.get("finding") or "").strip():
        raise OustError(f"{path}, entry {number}: it names no finding", _HINT)
    for name in one:
        if name not in _FIELDS:
            raise OustError(f"{path}, entry {number}: “{name}” is no field of a waiver", _HINT)
    return Waiver(**{n: v.strip() if isinstance(v, str) else "" for n, v in one.items()})


def waived(
    findings: Sequence[Finding], waivers: Sequence[Waiver], day: str, most_days: int
) -> tuple[list[Finding], list[Told]]:
    """Findings with the waivers that count, and every waiver with why it does not."""
    by_id = {one.found.id: one for one in findings}
    told = [Told(one, _problem(one, by_id.get(one.finding), day, most_days)) for one in waivers]
    counts = {one.waiver.finding: one.waiver for one in told if not one.problem}
    return [
        structs.replace(one, waived=counts.get(one.found.id) if one.word != "clear" else None)
        for one in findings
    ], told


def _problem(one: Waiver, finding: Finding | None, day: str, most_days: int) -> str:
    """Why a waiver counts for nothing; empty if it counts."""
    if not one.why:
        return "it gives no reason"
    if not one.by:
        return "it does not say by whom"
    try:
        until = datetime.date.fromisoformat(one.until)
    except ValueError:
        return f"“{one.until}” is no date until when" if one.until else "it has no end"
    today = datetime.date.fromisoformat(day)
    if until < today:
        return f"it expired on {one.until}"
    if (until - today).days > most_days:
        return f"it runs for more than {most_days} days; --max-waiver allows more"
    if finding is None:
        return "nothing was found that it names"
    if one.answer not in GRAVEST:
        return "it does not say which answer it waives"
    if GRAVEST.index(finding.word) < GRAVEST.index(one.answer):
        return f"it waives “{one.answer}”, and the answer is graver now: “{finding.word}”"
    return ""


def written(findings: Sequence[Finding], old: Sequence[Waiver]) -> str:
    """A baseline for today's findings: entries known before as they are, new ones to be filled."""
    import yaml

    known = {one.finding: one for one in old}
    entries = []
    for one in findings:
        if one.word == "clear":
            continue
        new = Waiver(finding=one.found.id, answer=one.word,
                     what=f"{one.found.vendor}: {one.found.thing}")  # fmt: skip
        kept = known.get(one.found.id, new)
        entries.append({name: getattr(kept, name) for name in _FIELDS})
    head = (
        "# Waivers of oust gate. An entry counts when by, why and until (a date) are filled.\n"
        "# docs/gate.md\n"
    )
    return head + yaml.safe_dump({"waivers": entries}, allow_unicode=True, sort_keys=False)
