"""What is to come, held against dossiers and rules without a case: the joiner of `oust gate`.

    outcome = screen("sbom.json", ["contractor"], "2026-11-22")
    outcome.word, outcome.findings

It joins read, identify, gate and judge as `case.py` joins all stages, but keeps nothing: no store
is opened, Arrow is not loaded, and rules are read only if something was found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from msgspec import Struct, structs

from oust import read, unpack
from oust.data import load_dossiers, load_facts, load_profile, load_profiles, load_rules, load_tags
from oust.data.dossier import Dossier
from oust.data.rule import Profile, Rule
from oust.errors import OustError
from oust.examine import Examiner
from oust.fileview import digest_of
from oust.formats import all_formats
from oust.formats.content import patterns_of
from oust.formats.seam import Opened
from oust.gate import Finder, Seen, gravest, read_baseline, ruled, waived
from oust.gate.finds import ordered
from oust.gate.spots import placed
from oust.gated import Gated, Waiver
from oust.identify import CarrierMatcher, DossierMatcher, carrier_matcher, carriers_of
from oust.identify import compile_dossiers as compiled
from oust.model import Exposure, Quarantine, Record, Source, Verdict
from oust.needles import LiteralNeedles
from oust.reader import Reader, Reading, prepared_of

STDIN = "standard input"
TEXT = "text given"
LINES_LIMIT = 1024**2
"""Bytes of a text without reader that are taken as lines of a purchase."""

VERSIONING = frozenset({".git", ".hg", ".svn", ".bzr", "_darcs"})
"""Folders of version control, which hold what was and not what is to come."""

MAX_WAIVER = 365
"""Days that a waiver may run."""

Facts = Callable[[Sequence[Rule], Sequence[str]], dict[str, dict[str, str]]]
"""What the user says: from the rules and the ids found, facts by id, `""` for all."""


class Asked(Struct, kw_only=True):
    """What is asked of the gate beside the thing itself."""

    day: str
    profiles: Sequence[str] = ()  # ids or files; none: all that come with oust
    vendors: Sequence[str] = ()
    dossier_files: Sequence[Path] = ()
    rule_files: Sequence[Path] = ()
    baseline: Path | None = None
    max_waiver: int = MAX_WAIVER
    facts: Facts | None = None


class _Held(Struct):
    """What was read, beside what was found in it."""

    sources: list[Source]
    open: list[str]
    skipped: list[str]
    places: dict[str, Path]  # files by the path shown


def screen(things: Sequence[str], asked: Asked) -> Gated:
    """The answer for files, folders, `-` or a line of text. Raises OustError for wrong input."""
    waivers = read_baseline(asked.baseline) if asked.baseline else []
    profiles = _profiles(asked.profiles)
    dossiers = load_dossiers(extra=asked.dossier_files)
    chosen = [one for one in dossiers if not asked.vendors or one.id in asked.vendors]
    matcher, carriers = compiled(chosen), _carriers(chosen)
    finder = Finder(
        {one.id: one for one in chosen},
        *(matcher.sight, carriers.sight, _describe),
        lambda: (*matcher.literals(), *carriers.literals()),
    )
    held = _Held([], [], [], {})
    for thing in things:
        _look(thing, finder, held, matcher, carriers)
    return _answered(finder, held, asked, profiles, dossiers, chosen, waivers)


def _answered(
    finder: Finder,
    held: _Held,
    asked: Asked,
    profiles: Sequence[Profile],
    dossiers: Sequence[Dossier],
    chosen: Sequence[Dossier],
    waivers: Sequence[Waiver],
) -> Gated:
    found = [placed(one, held.places) for one in ordered(finder.found.values())]
    names = [one.id for one in profiles]
    rules: dict[str, Rule] = {}
    findings = []
    if found:
        rules = {rule.id: rule for rule in load_rules(extra=asked.rule_files)}
        said = asked.facts(list(rules.values()), [f.id for f in found]) if asked.facts else {}
        verdicts = _verdicts(profiles, dossiers, list(rules.values()), asked.day, said)
        findings = ruled(found, names, verdicts, rules)
    findings, told = waived(findings, waivers, asked.day, asked.max_waiver)
    word, since = gravest(findings, held.open)
    return Gated(
        word=word,
        since=since,
        day=asked.day,
        profiles=tuple(names),
        findings=tuple(findings),
        asides=tuple(
            sorted(finder.asides, key=lambda a: (a.vendor, a.reason, a.name, a.spot.evidence.source,
                                                 a.spot.evidence.locator))
        ),
        told=tuple(told),
        sources=tuple(held.sources),
        records=finder.records,
        vendors=tuple(one.vendor for one in chosen),
        open=tuple(held.open),
        skipped=tuple(held.skipped),
    )  # fmt: skip


def _describe(identifier: str, strength: str, text: str) -> str:
    from oust.link.describe import describe  # not needed where nothing is found

    return describe(identifier, strength, text)


def _profiles(words: Sequence[str]) -> list[Profile]:
    return [load_profile(one) for one in words] or list(load_profiles().values())


def _carriers(dossiers: Iterable[Dossier]) -> CarrierMatcher:
    return carrier_matcher([one for dossier in dossiers for one in carriers_of(dossier)])


def _verdicts(
    profiles: Sequence[Profile],
    dossiers: Sequence[Dossier],
    rules: Sequence[Rule],
    day: str,
    facts: dict[str, dict[str, str]],
) -> Callable[[str, Exposure], Iterable[Verdict]]:
    """What every rule says; ownership is what dossiers state, as no other was read."""
    from oust.judge import Judge, Ownership
    from oust.link.graph import Graph
    from oust.link.holdings import holdings
    from oust.party_keys import PartyKeys

    keys = PartyKeys(dossiers)
    ownership = Ownership.of(holdings(Graph(), dossiers, keys))
    judges = {
        one.id: Judge(
            *(rules, one, dossiers),
            tags=load_tags(),
            facts=load_facts(),
            ownership=ownership,
            key_of=keys,
        )
        for one in profiles
    }
    return lambda profile, exposure: judges[profile].verdicts([exposure], day, facts)


def _look(
    thing: str, finder: Finder, held: _Held, matcher: DossierMatcher, carriers: CarrierMatcher
) -> None:
    """Read one thing given, whatever it is."""
    examiner = Examiner(patterns_of(finder.dossiers.values()).text)

    def needles() -> LiteralNeedles:
        return LiteralNeedles.union(matcher.needles(), carriers.needles())

    if thing == "-":
        _take(_stdin(examiner, needles), finder, held, {})
    elif is_file(thing):
        _take(_files(Path(thing), held, examiner, needles), finder, held, {})
    else:
        lines = thing.splitlines()
        finder.add([Seen(one, TEXT, "") for one in _lines(lines)])
        held.sources.append(Source(path=TEXT, records=len(lines), bytes=len(thing.encode())))


def is_file(thing: str) -> bool:
    """Whether an argument is a file or folder. Raises OustError for one that is not there."""
    try:
        if Path(thing).exists():
            return True
    except (OSError, ValueError):
        return False
    looks = not re.search(r"\s", thing) and not thing.startswith("pkg:")
    if looks and (re.search(r"[/\\]", thing) or re.search(r"\.[A-Za-z]\w{1,9}$", thing)):
        raise OustError(
            f"there is no file or folder “{thing}”", "for words with a dot or slash, add a space"
        )
    return False


def _lines(lines: Iterable[str]) -> Iterator[Record]:
    """Lines as purchases, or as components where they are package URLs."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith("pkg:"):
            name = text.split("@")[0].rpartition("/")[2]
            yield Record(kind="component", locator=f"line {number}", name=name, purl=text)
        elif text:
            yield Record(kind="award", locator=f"line {number}", description=text)


def _files(
    top: Path, held: _Held, examiner: Examiner, needles: Callable[[], LiteralNeedles]
) -> Iterator[Reading]:
    alone = top.is_file()
    passed = []
    walked = []
    for found in read.walk([top]):
        inner = VERSIONING.intersection(Path(found.path).parts[1:-1])
        if inner and not alone:
            passed.append(found.path)
        else:
            walked.append(found)
    if passed:
        held.skipped.append(f"{len(passed):,} files of version control (.git and the like)")
    if not walked:
        held.open.append(f"{top}: there is no file in it")
    # every file is opened before the first answer is waited for, as the sandbox works beside
    for loaded in read.prepared_ahead(read.ahead(walked), examiner):
        found = loaded.found
        if loaded.found.location.is_file():
            held.places[found.path] = found.location
        readings = list(read.read(loaded, None, examiner))
        if any(one.deferred for one in readings):
            readings = list(read.read(read.load(found, loaded.sha256), needles(), examiner))
        yield from (_as_lines(one, found.location.read_bytes()) if alone else one
                    for one in readings)  # fmt: skip


def _stdin(examiner: Examiner, needles: Callable[[], LiteralNeedles]) -> Iterator[Reading]:
    data = sys.stdin.buffer.read()
    opened = Opened(STDIN, data)
    budget = unpack.Budget.for_file(len(data))
    prepared = prepared_of(opened, digest_of(data), all_formats(), examiner)
    reader = Reader(STDIN, needles(), all_formats(), budget, examiner)
    for one in reader.source(prepared):
        yield _as_lines(one, data)


def _as_lines(reading: Reading, data: bytes) -> Reading:
    """A text of no known format as lines of a purchase; anything else as it is."""
    if reading.source.status != "no reader" or "!/" in reading.source.path:
        return reading
    opened = Opened(reading.source.path, data)
    if len(data) > LINES_LIMIT or opened.head.opaque or opened.head.start[:1] in ("{", "<"):
        return reading
    records = list(_lines(opened.text().splitlines()))
    message = "of no known format: read as lines of a purchase"
    source = structs.replace(
        reading.source, status="read", records=len(records), message=message, format="lines"
    )
    return structs.replace(reading, source=source, records=records)


def _take(readings: Iterator[Reading], finder: Finder, held: _Held, groups: dict[str, str]) -> None:
    groups |= {fmt.name: fmt.group for fmt in all_formats()}
    for path, parts in groupby(readings, key=lambda one: one.source.path):
        for one in parts:
            source = one.source
            seen = [
                Seen(record, path, source.sha256, groups.get(source.format, ""))
                for record in one.records
            ]
            finder.add(seen)
            held.open += _unread(one.quarantined, path, finder)
            if one.last:
                held.sources.append(source)
                held.open += _problem(source)


def _problem(source: Source) -> list[str]:
    """Why a source that should have been read leaves the answer open."""
    known = source.status in ("not read", "partly read")
    return [f"{source.path}: {source.status}: {source.message}"] if known else []


def _unread(quarantined: Sequence[Quarantine], path: str, finder: Finder) -> Iterator[str]:
    """Records that could not be read and whose text names a vendor all the same."""
    for one in quarantined:
        record = Record(kind="award", locator=one.locator, description=one.text)
        met = {s.text for s in finder.sight(record) if not s.mention and s.strength != "weak"}
        if met:
            words = ", ".join(f"“{text}”" for text in sorted(met))
            yield f"{path} {one.locator}: not read ({one.reason}), and it names {words}"
