"""`oust claims show|reopen --format json`, described by docs/claims.schema.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from oust import __version__
from oust.data.ledger import Claim, Document, Grade, Speaker
from oust.weigh import Weighing
from oust.weigh.matrix import matrix
from oust.weighed import Count, Hung

_RANKS = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
"""F and 6 have no rank: what cannot be judged is not in the middle."""


def text(shown: dict[str, Any]) -> str:
    """An object as indented JSON, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode(shown), indent=1).decode() + "\n"


def shown(weighing: Weighing, only: Sequence[str] = ()) -> dict[str, Any]:
    """The ledger weighed; `only` these claims, if any are named."""
    ledger = weighing.ledger
    numbers = (column.tolist() for column in weighing.ranges)
    ranges = dict(zip(weighing.number, zip(*numbers, strict=True), strict=True))
    claims = [claim for claim in ledger.claims if not only or claim.id in only]
    used = {key for claim in claims for key in _origins(weighing, claim)}
    found = matrix(weighing)
    return {
        "oust": __version__,
        "ledger": {"id": ledger.id, "title": ledger.title},
        "counts": {
            "claims": len(ledger.claims),
            "denials": sum(one.kind == "denial" for one in ledger.claims),
            "drafts": sum(one.draft for one in ledger.claims),
            "documents": len(ledger.documents),
            "speakers": len(ledger.speakers),
        },
        "origins": [
            {"id": one.key, "kind": one.kind, "text": one.text, "interest": one.interest or None}
            for one in weighing.classes.units
            if one.key in used
        ],
        "claims": [_claim(weighing, one, ranges[one.id]) for one in claims],
        "circles": [msgspec.to_builtins(one) for one in weighing.circles()],
        "sources": [*map(_source, ledger.speakers), *map(_source, ledger.documents)],
        "matrix": {
            "hypotheses": [{"id": one.id, "text": one.text} for one in ledger.hypotheses],
            "rows": [
                {
                    "claim": row.claim,
                    "tells_apart": row.parts,
                    "cells": [{"reads": cell.reads, "by": dict(cell.by)} for cell in row.cells],
                }
                for row in found.rows
            ],
            "against": [
                {
                    "hypothesis": one.hypothesis,
                    "inconsistent": one.inconsistent,
                    "disputed": one.disputed,
                    "not_read": one.not_read,
                    "origins": count(one.against),
                    "denials": count(one.denied),
                }
                for one in found.columns
            ],
        },
    }


def hanging(name: str, kind: str, found: Sequence[Hung]) -> dict[str, Any]:
    """What hangs on one thing."""
    return {
        "oust": __version__,
        "changed": {"id": name, "kind": kind},
        "reopen": [
            {
                "kind": one.kind,
                "id": one.id,
                "text": one.text,
                "path": one.path,
                "steps": one.steps,
                "origins_before": one.before or None,
                "origins_after": one.after or None,
                "falls": one.falls,
            }
            for one in found
        ],
    }


def count(one: Count) -> dict[str, Any]:
    """A range with its reason."""
    return {"low": one.low, "high": one.high, "why": one.why if one.high else None}


def _origins(weighing: Weighing, claim: Claim) -> list[str]:
    numbers = weighing.classes.reached([weighing.number[claim.id]])
    return [weighing.classes.units[one].key for one in sorted(numbers)]


def _claim(weighing: Weighing, claim: Claim, found: tuple[int, int]) -> dict[str, Any]:
    speakers = weighing.identity.speakers
    heads = [weighing.identity.head(speakers[one]).interest for one in claim.by]
    own = [speakers[one].interest for one in claim.by]
    return {
        "id": claim.id,
        "kind": claim.kind,
        "text": claim.text,
        "by": claim.by,
        "through": claim.through,
        "basis": claim.basis,
        "basis_note": claim.basis_note or None,
        "date": claim.date or None,
        "about": claim.about,
        "interest": [a or b for a, b in zip(own, heads, strict=True) if a or b],
        "derives": claim.derives,
        "possibly_from": claim.possibly_from,
        "denies": claim.denies,
        "denied_by": weighing.denied_by.get(claim.id, []),
        "confirms": claim.confirms,
        "confirmed_by": weighing.confirmed_by.get(claim.id, []),
        "contradicts": claim.contradicts,
        "rests_on": claim.rests_on,
        "documents": [one.document for one in claim.seen_in],
        "likelihood": claim.likelihood or None,
        "confidence": claim.confidence or None,
        "credibility": _grade(claim.credibility),
        "standing": claim.standing,
        "draft": claim.draft,
        "counts": weighing.counts(claim.id),
        "origins": {
            "low": found[0],
            "high": found[1],
            "ids": _origins(weighing, claim),
            "why": weighing.origins([claim.id]).why,
        },
        "support": count(weighing.support([claim.id])),
    }


def _source(one: Speaker | Document) -> dict[str, Any]:
    return {"id": one.id, "reliability": _grade(one.reliability), "standing": one.standing}


def _grade(grades: Sequence[Grade]) -> dict[str, Any] | None:
    """The latest rating. Its rank is null where nothing can be judged."""
    if not grades:
        return None
    last = grades[-1]
    return {
        "grade": last.grade,
        "rank": _RANKS.get(last.grade),
        "by": last.by,
        "date": last.date,
        "why": last.why or None,
        "ratings": len(grades),
    }
