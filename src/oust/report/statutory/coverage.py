"""How a vendor was looked for and in what: the ground of every report, above all of a nil one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from oust.data.dossier import Dossier
from oust.formats import all_formats
from oust.model import Evidence, Findings
from oust.report.coverage import METHODS
from oust.report.statutory.shape import Coverage, Searched, Value
from oust.report.words import GROUPS, files, plural, reasons


def coverage(findings: Findings, dossiers: Iterable[Dossier]) -> Coverage:
    """What was searched for, read and not looked at. `dossiers`: those of the vendors asked for."""
    held = files(findings.sources)
    group = {fmt.name: fmt.group for fmt in all_formats()}
    read = tuple(one for one in held if one.status in ("read", "partly read", "empty", "unchanged"))
    return Coverage(
        searched=tuple(_searched(one, findings) for one in dossiers),
        read=read,
        unread=tuple(one for one in held if one.status not in ("read", "empty", "unchanged")),
        groups={one.format: GROUPS.get(group.get(one.format, ""), "other") for one in read},
        not_looked_at=tuple(METHODS[one] for one in findings.looked.never),
        records=sum(one.records for one in held),
        quarantined=sum(one.quarantined for one in held),
    )


def _searched(dossier: Dossier, findings: Findings) -> Searched:
    kinds: Counter[str] = Counter()
    for identifier in dossier.identifiers:
        kinds[identifier.kind] += len(identifier.values)
    names = [*(name.value for name in dossier.names), *(p.value for p in dossier.products)]
    kinds["name"] = len(dict.fromkeys(names))
    kinds["embedding"] = len(dossier.embeddings)
    mentions = [one for one in findings.mentions if one.vendor == dossier.id]
    return Searched(
        vendor=dossier.vendor,
        names=tuple(dict.fromkeys(name.value for name in dossier.names)),
        identifiers={kind: count for kind, count in sorted(kinds.items()) if count},
        exposures=sum(one.vendor == dossier.id for one in findings.exposures),
        mentions=dict(reasons(mentions)),
    )


def methods(found: Coverage) -> Iterator[Value]:
    """How it was looked for, group of evidence by group, each with the files that were read."""
    groups: dict[str, list[int]] = {}
    for number, source in enumerate(found.read):
        groups.setdefault(found.groups[source.format], []).append(number)
    for name, numbers in sorted(groups.items()):
        sources = [found.read[number] for number in numbers]
        records = sum(one.records for one in sources)
        dates = sorted(one.collected[:10] for one in sources if one.collected)
        when = f", collected {_span(dates)}" if dates else ""
        yield Value(
            text=f"{name}: {plural(len(sources), 'file')}, {plural(records, 'record')}{when}",
            evidence=tuple(Evidence(one.path, "whole file", sha256=one.sha256) for one in sources),
        )
    for one in found.searched:
        total = sum(one.identifiers.values())
        text = (
            f"every record compared, field by field, with {total:,} names and identifiers of "
            f"{one.vendor} in {plural(len(one.identifiers), 'kind')}"
        )
        yield Value(text=text)


def _span(dates: Sequence[str]) -> str:
    return dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
