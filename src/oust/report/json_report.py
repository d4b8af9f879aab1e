"""`--format json`: one object, described by docs/trace.schema.json."""

from __future__ import annotations

import datetime
import os
from typing import Any

import msgspec

from oust import __version__
from oust.model import Evidence, Exposure, Findings, Hop, Looked, Mention, Node, Path, Source
from oust.report.words import called, files


def render(findings: Findings) -> str:
    """The object as indented JSON text, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode(as_object(findings)), indent=1).decode() + "\n"


def as_object(findings: Findings) -> dict[str, Any]:
    """The object. All of it but `generated` depends on evidence, dossiers and version alone."""
    held = files(findings.sources)
    return {
        "oust": __version__,
        "generated": _now(),
        "vendors": [{"id": v.id, "name": v.name} for v in findings.vendors],
        "sources": [_source(source) for source in findings.sources],
        "exposures": [exposure_object(one) for one in findings.exposures],
        "mentions": [_mention(one) for one in findings.mentions],
        "possibly_same": [
            {"first": a, "second": b, "reason": why} for a, b, why in findings.possibly_same
        ],
        "counts": {
            "sources": len(findings.sources),
            "read": sum(s.status in ("read", "partly read", "empty") for s in held),
            "not_read": sum(s.status in ("not read", "no reader") for s in held),
            "records": sum(s.records for s in held),
            "quarantined": sum(s.quarantined for s in held),
            "exposures": len(findings.exposures),
            "mentions": len(findings.mentions),
        },
        "looked": looked_object(findings.looked),
    }


def looked_object(looked: Looked) -> dict[str, Any]:
    """What was looked at, and by which methods nothing was: to stand beside “nothing found”."""
    return {
        "methods": list(looked.methods),
        "never": list(looked.never),
        "hosts": looked.hosts,
        "inventoried": looked.inventoried,
    }


def _now() -> str:
    """The time, or SOURCE_DATE_EPOCH where a reproducible file is wanted."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    zone = datetime.UTC
    moment = (
        datetime.datetime.fromtimestamp(int(epoch), zone) if epoch else datetime.datetime.now(zone)
    )
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _source(source: Source) -> dict[str, Any]:
    names = ("path", "sha256", "format", "bytes", "records", "quarantined", "status", "message")
    return {name: getattr(source, name) for name in names} | {"counts": source.counts}


def _node(node: Node) -> dict[str, str]:
    whole = {"kind": node.kind, "name": called(node), "id": node.id}
    return whole | ({"detail": node.detail} if node.detail else {})


def _evidence(one: Evidence) -> dict[str, str]:
    names = ("source", "locator", "field", "text", "identifier", "sha256")
    said = {name: getattr(one, name) for name in names}
    return said | ({"signature": one.signature} if one.signature else {})


def _link(hop: Hop) -> dict[str, Any]:
    return {
        "relation": hop.relation,
        "from": called(hop.origin),
        "to": called(hop.target),
        "from_node": _node(hop.origin),
        "to_node": _node(hop.target),
        "since": hop.since or None,
        "until": hop.until or None,
        "share": hop.share or None,
        "strength": hop.strength,
        "evidence": [_evidence(one) for one in hop.evidence],
    }


def _path(path: Path) -> dict[str, Any]:
    return {"quality": path.quality, "links": [_link(hop) for hop in path.hops]}


def exposure_object(one: Exposure) -> dict[str, Any]:
    """One exposure as an object."""
    return {
        "id": one.id,
        "vendor": one.vendor,
        "tier": one.tier,
        "strength": one.strength,
        "asset": _node(one.asset),
        "why": one.why,
        "path_count": one.path_count,
        "paths": [_path(path) for path in one.paths],
    }


def _mention(one: Mention) -> dict[str, Any]:
    return {
        "vendor": one.vendor,
        "reason": one.reason,
        "record": one.record,
        "strength": one.strength,
        "context": one.context,
        **_evidence(one.evidence),
    }
