"""Every look that a case's sources are: asset, method, scope, time, completeness."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from oust.coverage.sees import PARTLY
from oust.model import Dated, Look, Method, Node
from oust.store import Store

Row = Mapping[str, Any]
Groups = Mapping[str, str]
"""Group of evidence by format: contracts, sbom, inventory, relations, network, files and further
ones that look at no asset: a list of approvals shows what might be bought, not what is there."""

IMAGE = "container image"
_BY_GROUP: dict[str, Method] = {
    "contracts": "purchase records",
    "sbom": "SBOM",
    "inventory": "software inventory",
    "relations": "ownership statements",
    "files": "files",
}
_BY_FORMAT: dict[str, Method] = {
    **dict.fromkeys(("bind-log", "unbound-log", "dnsmasq-log", "dns-records"), "DNS log"),
    **dict.fromkeys(
        ("dhcpd-leases", "dnsmasq-leases", "kea-leases-csv", "arp-table", "nmap-xml"),
        "address list",
    ),
}
_BY_TYPE: dict[str, Method] = {
    "dns query": "DNS log",
    "dhcp lease": "address list",
    "arp entry": "address list",
    "scanned host": "address list",
}
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_ROTATED = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\d)(?:/[^/]*?[./_-]|[-_T ])(\d\d)[:-](\d\d)[:-](\d\d)-"
    r"(\d\d)[:-](\d\d)[:-](\d\d)(?!\d)"
)
_LOG_WORD = re.compile(r"(?:^|/)(dns|dhcp)[._-][^/]*$", re.I)


class Facts(Struct):
    """What the records of one source say of it as a look."""

    hosts: dict[str, int] = field(default_factory=dict)  # name as written: records
    subject: tuple[str, str] = ("", "")
    stated: str = ""  # when the document says that it was made
    partial: bool = False  # an agent said that it sent a part only
    first: str = ""  # of the rows kept
    last: str = ""
    ranged: bool = False  # the source itself says from when to when it reaches
    types: tuple[str, ...] = ()


def method_of(row: Row, facts: Facts, groups: Groups) -> Method | None:
    """By which method a source looks; None if its format is not known."""
    group, name = groups.get(row["format"], ""), row["format"]
    if group == "inventory" and "!/control.tar" in row["path"]:
        return None  # says what a Debian package is, of no host
    if group == "contracts" and _approvals_alone(row):
        return None
    if group != "network":
        return _BY_GROUP.get(group)
    if name in _BY_FORMAT:
        return _BY_FORMAT[name]
    if match := _LOG_WORD.search(row["path"]):
        return "DNS log" if match[1].lower() == "dns" else "address list"
    told = {_BY_TYPE.get(one, "connection log") for one in facts.types}
    return min(told) if len(told) == 1 else "connection log"


def _approvals_alone(row: Row) -> bool:
    """Whether a spreadsheet turned out to hold price lists or the like, and nothing bought."""
    counts: dict[str, int] = msgspec.json.decode(row["counts"] or "{}", type=dict[str, int])
    return bool(counts.get("approval")) and not counts.keys() - {"approval", "document"}


def looks(store: Store, groups: Groups) -> list[Look]:
    """Every look, by asset, method and source."""
    rows = store.sources()
    facts = facts_of(store)
    found: list[Look] = []
    for row in rows:
        said = facts.get(row["sid"], Facts())
        method = method_of(row, said, groups)
        if method and method != "files":
            found += _looks_of(row, said, method)
    found += _files(rows, groups)
    return sorted(found, key=lambda one: (one.asset.kind, one.asset.name, one.method, one.source))


def methods_used(store: Store, rows: Iterable[Row], groups: Groups) -> set[Method]:
    """Methods by which something was read."""
    facts: dict[int, Facts] = {}
    held = [row for row in rows if row["records"]]
    if any(groups.get(row["format"]) == "network" for row in held):
        _add_types(facts, store, _seen(store))
    found = {method_of(row, facts.get(row["sid"], Facts()), groups) for row in held}
    if any(row["format"] == "image" for row in held):
        found.add("files")
    return {method for method in found if method}


def _looks_of(row: Row, facts: Facts, method: Method) -> Iterator[Look]:
    reasons = tuple(_reasons(row, facts))
    since, until, dated = _when(row, facts, method)
    for asset, count in _assets(row, facts, method):
        yield Look(
            asset=asset,
            method=method,
            scope=_scope(row, facts, method, count),
            since=since,
            until=until,
            dated=dated,
            whole=_whole(row),
            reasons=reasons,
            source=row["path"],
            sha256=row["sha256"],
            format=row["format"],
            records=count,
        )


def _whole(row: Row) -> bool:
    return not row["quarantined"] and row["status"] in ("read", "empty", "unchanged")


def _assets(row: Row, facts: Facts, method: Method) -> Iterator[tuple[Node, int]]:
    """What the source looks at, with the number of its records."""
    path, count = row["path"], row["records"]
    if method == "software inventory":
        file = path.rsplit("/", 1)[-1]
        hosts = facts.hosts or {f"host of {file}": count}
        for name, records in hosts.items():
            yield Node(kind="host", name=name), records
    elif method == "SBOM":
        name, version = facts.subject
        yield Node(kind="product", name=name or path, version=version), count
    elif method == "purchase records":
        yield Node(kind="purchases", name=path), count
    elif method == "ownership statements":
        yield Node(kind="parties", name=path), count
    else:  # what a log says of itself is none of its rows
        rows = count - msgspec.json.decode(row["counts"] or "{}").get("document", 0)
        yield Node(kind="network", name=path), rows


def _scope(row: Row, facts: Facts, method: Method, count: int) -> str:
    word = "row" if method in ("purchase records", "DNS log", "connection log") else "record"
    text = f"{count:,} {word}{'' if count == 1 else 's'}"
    if row["bulk"] and facts.first and not facts.ranged and method != "software inventory":
        text += f"; those kept reach from {facts.first[:10]} to {facts.last[:10]}"
    return text


def _reasons(row: Row, facts: Facts) -> Iterator[str]:
    if row["status"] not in ("read", "unchanged"):
        yield f"{row['status']}: {row['message']}".rstrip(": ")
    if row["quarantined"]:
        total = row["records"] + row["quarantined"]
        yield f"{row['quarantined']:,} of {total:,} records quarantined"
    if facts.partial:
        yield "the agent says that it sent a part only"
    if row["format"] in PARTLY:
        yield PARTLY[row["format"]]


def _when(row: Row, facts: Facts, method: Method) -> tuple[str, str, Dated]:
    """From when to when a look speaks: as stated, by the file's name, or the file's own date."""
    if rotated := _ROTATED.search(row["path"]):
        day, *parts = rotated.groups()
        begin, end = ":".join(parts[:3]), ":".join(parts[3:])
        return f"{day}T{begin}", f"{day}T{end}" if end > begin else f"{day}T24:00:00", "file name"
    if facts.ranged:
        return facts.first, facts.last, "stated"
    stated = row["collected"] or facts.stated
    if stated:
        return "", stated, "stated"
    if named := _DAY.search(row["path"].rsplit("/", 1)[-1]):
        return "", "-".join(part for part in named.groups() if part), "file name"
    return ("", row["filed"], "file date") if row["filed"] else ("", "", "")


def _files(rows: Sequence[Row], groups: Groups) -> Iterator[Look]:
    """One look for each archive or folder that programs were met in, and for each image."""
    places: dict[str, list[Row]] = {}
    images = {row["path"] for row in rows if row["format"] == "image"}
    for row in rows:
        places.setdefault(place_of(row["path"]), []).append(row)
    for place, held in places.items():
        files = [row for row in held if groups.get(row["format"]) == "files"]
        if files or place in images:
            yield _tree(place, files, held, place in images)


def _tree(place: str, files: list[Row], held: list[Row], image: bool) -> Look:
    broken = [row for row in files if not _whole(row)]
    searched = sum(_in_bytes(row) for row in held)
    blind = [row for row in held if row["status"] in ("no reader", "not read")]
    blind = [row for row in blind if row not in files and not _in_bytes(row)]
    reasons = [f"{len(broken):,} of {len(files):,} programs read in part"] if broken else []
    if blind:
        reasons.append(f"{len(blind):,} of {len(held):,} files and archives not read")
    inside = "archive" if any("!/" in row["path"] for row in held) else "folder"
    filed = max((row["filed"] or "" for row in held), default="")
    return Look(
        asset=Node(kind=IMAGE if image else inside, name=place),
        method="files",
        scope=f"{len(files):,} programs, {searched:,} other files searched as bytes",
        until=filed,
        dated="file date" if filed else "",
        whole=not broken and not blind,
        reasons=tuple(reasons),
        source=place,
        sha256=held[0]["sha256"] if len(held) == 1 else "",
        format=held[0]["format"] if len(held) == 1 else "",
        records=sum(row["records"] for row in files) + searched,
    )


def _in_bytes(row: Row) -> bool:
    """Whether a file without a reader was searched for what dossiers say of bytes."""
    return row["status"] == "no reader" and bool(row["sought"])


def place_of(path: str) -> str:
    """The outermost archive that a source lies in, else the folder that was given."""
    outer, inside, _ = path.partition("!/")
    return outer if inside else path.partition("/")[0]


def facts_of(store: Store) -> dict[int, Facts]:
    """What the records of each current source say of it, by the source's id."""
    found: dict[int, Facts] = defaultdict(Facts)
    seen = _seen(store)
    _add_hosts(found, store, seen)
    spans = seen.filter(seen.since != "").group_by(["sid", "kind"])
    dated = spans.agg(first=seen.since.min(), last=seen.since.max(), ended=seen.until.max())
    for row in store.rows(dated.order_by("sid", "kind")):
        _dates(found[row["sid"]], row)
    subjects = seen.filter((seen.role == "subject") & (seen.name != "")).order_by("sid", "n")
    for row in store.rows(subjects.select("sid", "name", "version")):
        facts = found[row["sid"]]
        facts.subject = facts.subject if facts.subject[0] else (row["name"], row["version"])
    _add_types(found, store, seen)
    return found


def _seen(store: Store) -> Any:
    """Occurrences in current sources with what occurred."""
    item, source = store.table("item"), store.table("source")
    current = source.filter(source.current).select("sid")
    things = item.select("key", "kind", "name", "version", "type")
    return store.table("occurrence").join(things, "key").semi_join(current, "sid")


def _add_hosts(found: dict[int, Facts], store: Store, seen: Any) -> None:
    """Hosts with their records, and what records of hosts say of the look."""
    host = (seen.kind == "host").ifelse(seen.name, seen.host)
    programs = seen.filter(seen.kind.isin(["host", "program", "component", "file"]))
    named = programs.mutate(on=host).filter(lambda t: t.on != "")
    for row in store.rows(named.group_by(["sid", "on"]).agg(n=named.count()).order_by("sid", "on")):
        found[row["sid"]].hosts[row["on"]] = row["n"]
    extras = seen.filter((seen.kind == "host") & (seen.extra != "")).select("sid", "extra")
    for row in store.rows(extras.distinct().order_by("sid", "extra")):
        _host_says(found[row["sid"]], row["extra"])


def _add_types(found: dict[int, Facts], store: Store, seen: Any) -> None:
    """Types of what network logs show."""
    types = seen.filter(seen.kind == "service").select("sid", "type").distinct()
    for row in store.rows(types.order_by("sid", "type")):
        facts = found.setdefault(row["sid"], Facts())
        facts.types = (*facts.types, row["type"])


def _dates(facts: Facts, row: Row) -> None:
    """Dates of a source's rows of one kind. The document's own outweigh those of rows kept."""
    last = max(row["last"], row["ended"] or "")
    if row["kind"] == "document":
        facts.stated = row["last"]
        if row["ended"]:
            facts.first, facts.last, facts.ranged = row["first"], last, True
    elif not facts.ranged:
        facts.first = min(facts.first or row["first"], row["first"])
        facts.last = max(facts.last, last)


def _host_says(facts: Facts, text: str) -> None:
    try:
        said = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError:
        return
    facts.stated = max(facts.stated, said.get("collected", ""))
    facts.partial = facts.partial or said.get("partial", "") == "true"
