"""`--format csv`: one row an exposure, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from oust.model import Exposure, Findings
from oust.report.words import called, safe, walked

HEADER = (
    *("id", "vendor", "tier", "strength", "asset_kind", "asset", "asset_id", "asset_detail"),
    *("why", "path", "path_quality", "paths", "source", "locator", "field", "text"),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(findings: Findings) -> str:
    """The table as text with CRLF line ends (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for one in findings.exposures:
        writer.writerow([cell(value) for value in _row(one)])
    return out.getvalue()


def cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before a sign."""
    text = safe(value.replace("\n", " "))
    return "'" + text if text.startswith(_FORMULA) else text


def _row(one: Exposure) -> tuple[str, ...]:
    path = one.paths[0]
    evidence = path.hops[0].evidence[0]
    return (
        *(one.id, one.vendor, one.tier, one.strength, one.asset.kind, called(one.asset)),
        *(one.asset.id, one.asset.detail, one.why, walked(path, "->"), path.quality),
        *(str(one.path_count), evidence.source, evidence.locator, evidence.field, evidence.text),
    )
