"""A case: the stages joined on one store. This is oust's public Python API.

with Case.open(Path("oust-case"), create=True) as case:
    case.add([Path("exports/")])
    for exposure in case.findings().exposures:
        print(exposure.tier, exposure.asset.name)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from oust.columns import SIGHTING_SCHEMA
from oust.coverage import coverage, looked
from oust.covered import Covered
from oust.data import load_dossiers, load_facts, load_rules, load_tags
from oust.data.dossier import Dossier
from oust.data.rule import Profile, Rule
from oust.errors import OustError
from oust.excerpt import MARK_CLOSE, MARK_OPEN, excerpt, marked
from oust.file_quote import is_whole_file, quoted
from oust.fileview import place_of
from oust.formats import all_formats
from oust.formats.content import patterns_of
from oust.identify import Matcher, carrier_matcher, compile_dossiers
from oust.ingest import Added, Ingest, Progress, Silent
from oust.link import Linked, link, vendor_node
from oust.link.graph import plain
from oust.link.lookup import records_of
from oust.link.place import party_id
from oust.model import (
    ITEM_FIELDS,
    CarrierProduct,
    Evidence,
    Exposure,
    Findings,
    Note,
    Record,
    Sighting,
    Vendor,
)
from oust.needles import LiteralNeedles
from oust.notes import add as add_note
from oust.party_keys import PartyKeys
from oust.store import Store, source_of
from oust.trace import trace
from oust.verified import check, digest_programs

if TYPE_CHECKING:
    from oust.access import Agreement, Vetting
    from oust.approved import Approvals
    from oust.channel import Audit
    from oust.data.ledgers import Ledgers
    from oust.hidden import Unseen
    from oust.judge import Judge, Supposition


TRACED = 20_000
"""Orders of a vendor up to which its approvals are joined with what tracing finds."""

SEARCHES = 3
"""Times that bulk files are searched in one go, as long as they name further parties."""


class Case:
    """One investigation: evidence, dossiers and what follows from them."""

    def __init__(
        self, store: Store, dossiers: Sequence[Dossier], rule_files: Iterable[Path] = ()
    ) -> None:
        self.store = store
        self.dossiers = tuple(dossiers)
        self._rule_files = tuple(rule_files)
        self._rules: tuple[Rule, ...] | None = None
        self._matcher: Matcher | None = None
        self._linked: Linked | None = None
        self._places: dict[str, Path] | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        create: bool = False,
        dossier_files: Iterable[Path] = (),
        rule_files: Iterable[Path] = (),
    ) -> Case:
        """Open the case in `folder`. Dossiers: the bundled ones, `*.yaml` in the case, and given.

        Rules: the bundled ones, `rules/*.yaml` in the case, and given. Raises OustError when there
        is no case (and `create` is false) or it is in use.
        """
        if not create:  # else the YAML of any folder would be taken for dossiers
            Store.expect(folder)
        beside = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        dossiers = load_dossiers(extra=[*beside, *dossier_files])
        policies = [*sorted(folder.glob("rules/*.yaml")), *rule_files]
        return cls(Store.open(folder, create), dossiers, policies)

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trail: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the case."""
        self.store.close()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by which this case is judged."""
        if self._rules is None:
            self._rules = tuple(load_rules(extra=self._rule_files))
        return self._rules

    @property
    def matcher(self) -> Matcher:
        """All dossiers, compiled for identification."""
        if self._matcher is None:
            self._matcher = compile_dossiers(self.dossiers)
        return self._matcher

    def add(self, evidence: Sequence[Path], progress: Progress | None = None) -> Added:
        """Read evidence, identify what it says, and read bulk files with all that is sought."""
        self.store.forget_unfinished()
        ingest = Ingest(self.store, progress or Silent(), patterns_of(self.dossiers))
        ingest.first_pass(evidence, self.matcher.key)
        self._identify()
        sought = ""
        for _ in range(SEARCHES):  # what bulk files tell of a group may name more to look for
            linked = self._linked = self._link()
            carriers = carrier_matcher(linked.carriers)
            parties = [plain(name) for name in linked.parties]
            already, sought = sought, "+".join((self.matcher.key, carriers.key, *parties))
            if sought == already:
                break
            needles = (self.matcher.needles(), carriers.needles(), LiteralNeedles(parties))
            if not ingest.second_pass(LiteralNeedles.union(*needles), sought):
                break
            self._identify()
            self._linked = None
        if digest_programs(self.store) | check(self.store):
            self._linked = None
        return ingest.added

    def findings(self, vendors: Sequence[str] = ()) -> Findings:
        """Exposures and mentions of the vendors named, or of all that have a dossier."""
        from oust.approvals.counts import counts  # not needed to read

        self._identify()
        linked = self._linked = self._linked or self._link()
        chosen = tuple(d for d in self.dossiers if not vendors or d.id in vendors)
        nodes = {dossier.id: vendor_node(dossier)[0] for dossier in chosen}
        return Findings(
            vendors=tuple(Vendor(d.id, d.vendor) for d in chosen),
            sources=tuple(source_of(row) for row in self.store.sources()),
            exposures=tuple(trace(linked.graph, nodes, self._own_parties())),
            mentions=tuple(m for m in linked.mentions if m.vendor in nodes),
            possibly_same=linked.possibly_same,
            looked=looked(self.store, _groups()),
            approvals=counts(self.store, list(nodes)),
        )

    def judge(
        self,
        profile: Profile,
        day: str,
        suppositions: Iterable[Supposition] = (),
        *,
        rules: Sequence[Rule] | None = None,
        vendors: Sequence[str] = (),
    ) -> tuple[Judge, tuple[Exposure, ...]]:
        """A judge for `profile` with this case's rules and ownership, and what it is to judge.

        `list(judge.verdicts(exposures, day))` gives the verdicts. Raises OustError for a
        supposition that names no rule or stage.
        """
        from oust.judge import Judge, Ownership  # not needed to trace

        findings = self.findings(vendors)
        linked = self._linked = self._linked or self._link()
        judge = Judge(
            self.rules if rules is None else rules,
            profile,
            self.dossiers,
            tags=load_tags(),
            facts=load_facts(),
            ownership=Ownership.of(linked.holdings),
            key_of=linked.keys,
            suppositions=suppositions,
        )
        judge.check_suppositions(day)
        return judge, findings.exposures

    def coverage(self, vendors: Sequence[str] = ()) -> Covered:
        """Every look that the evidence is, and what no look covers.

        `vendors`: those for which to say how much each method has to look for; all, if empty.
        """
        chosen = [d for d in self.dossiers if not vendors or d.id in vendors]
        return coverage(self.store, _groups(), chosen, self.matcher.key)

    def traffic(
        self,
        hosts: Sequence[str] = (),
        vendors: Sequence[str] = (),
        since: str = "",
        until: str = "",
    ) -> Audit:
        """What hosts exchanged with destinations of vendors, in the logs that can be read again.

        `since` and `until`: ISO dates or date-times, both included. Raises OustError for others.
        """
        from oust.replay import Replay  # not needed to trace
        from oust.traffic import audit, known

        self._identify()
        chosen = [d for d in self.dossiers if not vendors or d.id in vendors]
        found = known(self.store, chosen)
        names = {name for name, _ in found.destinations} | {one for _, one in found.answered}
        return audit(found, Replay(self.store.sources(), names), hosts, since, until)

    def approvals(self, vendor: str) -> Approvals:
        """How the vendor with this dossier was let in: its approvals, chains, orders by year.

        Raises OustError for an id without dossier. Where more than TRACED orders count, hosts and
        products that contain the vendor's code are not looked for, and a note says so.
        """
        from oust import approvals as stage  # not needed to trace
        from oust.link.place import NOT_PRESENT

        self._identify()
        dossier = next((one for one in self.dossiers if one.id == vendor), None)
        if dossier is None:
            raise OustError(f"no dossier for vendor “{vendor}”", "add one with --dossier FILE")
        asked = stage.Asked(vendor, tuple(NOT_PRESENT))
        few = stage.orders_at_most(self.store, asked, TRACED)
        exposures = self.findings([vendor]).exposures if few else ()
        places = stage.order_places(exposures)
        embedded = stage.through(places, self.records([place for _, place in places]))
        return stage.approvals(
            *(self.store, dossier, asked, PartyKeys(self.dossiers)),
            exposures if few else None,
            embedded,
            looked(self.store, _groups()),
        )

    def unseen(self, vendors: Sequence[str] = (), as_of: str = "") -> list[Unseen]:
        """How much more there is than was observed, or why that cannot be said.

        For the vendors named, or all of whom something was observed. `as_of`: ISO date as far as
        known; looks that speak to a later one do not count.
        """
        from oust.coverage import SEES, able
        from oust.coverage.absent import hosts_met, operators
        from oust.unseen import Known, unseen  # not needed to trace

        exposures = self.findings(vendors).exposures
        linked = self._linked = self._linked or self._link()
        covered = self.coverage(vendors)
        known = Known(
            looks=covered.looks,
            able=able,
            cannot={method: sees.cannot for method, sees in SEES.items()},
            sought={(one.vendor, one.method): one.values for one in covered.sought},
            also={host: one["also"] for host, one in hosts_met(self.store).items()},
            operators=operators(self.store),
            same=linked.possibly_same,
        )
        chosen = vendors or {one.vendor for one in exposures}
        starts = {d.id: vendor_node(d)[0] for d in self.dossiers if d.id in chosen}
        return unseen(linked.graph, starts, exposures, known, as_of)

    def agreements(self) -> list[Agreement]:
        """Entries of the registers of access agreements."""
        from oust.agreements import agreements  # not needed to trace

        linked = self._linked = self._linked or self._link()
        return agreements(self.store, linked.keys)

    def vet(
        self, day: str, vendors: Sequence[str] = (), tags: Iterable[str] = ("us-contractor",)
    ) -> Vetting:
        """Access agreements held against everything read, as of an ISO day, most urgent first.

        `tags`: of data/profiles.yaml; clauses that oblige contractors with one are asked for.
        """
        from oust.agreements import Asker, vet  # not needed to trace
        from oust.coverage import looks

        found = self.findings(vendors)
        linked = self._linked = self._linked or self._link()
        asker = Asker(day, frozenset(tags), found.vendors)
        looked = looks(self.store, _groups())
        return vet(self.store, linked.keys, found.exposures, looked, self.rules, asker)

    def parties(self) -> list[str]:
        """Names of every party that a holding of this case names, as keys give them."""
        linked = self._linked = self._linked or self._link()
        ends = {end for one in linked.holdings for end in (one.owner, one.owned)}
        return sorted(end for end in ends if end.startswith("party:"))

    def records(
        self, evidence: Iterable[Evidence], purls: Iterable[str] = ()
    ) -> list[tuple[Evidence, Record]]:
        """The records at these places, and those with these package URLs, each with its place."""
        return records_of(self.store, evidence, purls)

    def note(
        self, subject: str, text: str, author: str = "", *, number: int = 0, withdraw: bool = False
    ) -> Note:
        """Keep a note on an exposure's id or on `claim:ID`, or a new version of note `number`.

        Raises OustError for a text that is empty or too long, or a number that is not there.
        """
        return add_note(self.store, subject, text, author, number=number, withdraw=withdraw)

    def notes(self, subject: str) -> tuple[Note, ...]:
        """Every version of every note on an exposure's id or on `claim:ID`, oldest first."""
        return self.store.notes(subject)

    def noted(self) -> list[str]:
        """Whatever has notes, found by now or not."""
        return self.store.noted()

    def claims(self) -> Ledgers:
        """The ledgers of claims in this case; `weigh(case.claims().whole)` counts their origins.

        Raises OustError where one is wrong.
        """
        from oust.data.ledgers import load_ledgers  # not needed to trace

        return load_ledgers(self.store.folder)

    def quote(self, evidence: Evidence) -> list[str]:
        """Lines of the source around a piece of evidence, its words marked; why not, if not."""
        if self._places is None:
            rows = self.store.sources()
            self._places = {row["path"]: place_of(row["location"]) for row in rows}
        place = self._places.get(evidence.source)
        if place is None:
            return [evidence.text] if evidence.text else []
        if is_whole_file(evidence):
            return quoted(evidence, self.records([evidence]))
        found = excerpt(place, evidence.source, evidence.sha256, evidence.locator)
        if found.problem:
            return [f"{MARK_OPEN}{evidence.text}{MARK_CLOSE}  ({found.problem})"]
        hints = [evidence.field, *evidence.identifier.partition(":")[0].split("_")]
        return marked(found.text, evidence.text, [hint for hint in hints if hint])

    def _identify(self) -> None:
        """Sightings of every thing not yet looked at; of all of them if the dossiers changed."""
        key, seen = self.matcher.key, self.store.meta("identified by")
        upto = int(self.store.meta("identified up to") or 0) if seen == key else 0
        run = int(self.store.meta("run") or 0)
        if seen == key and upto == run:
            return
        item = self.store.table("item")
        batches = self._mapped(item.filter(item.run > upto), self.matcher)
        found = pa.Table.from_batches(list(batches), SIGHTING_SCHEMA)
        with self.store.change():
            if seen != key:
                self.store.clear("sighting")
            self.store.add_rows("sighting", found)
            self.store.set_meta("identified by", key)
            self.store.set_meta("identified up to", str(run))

    def _mapped(self, items: Any, matcher: Matcher) -> Iterator[pa.RecordBatch]:
        columns = items.select("key", *ITEM_FIELDS)
        return self.store.map_batches(columns, matcher.kernel, SIGHTING_SCHEMA)

    def _link(self) -> Linked:
        return link(self.store, self.dossiers, self._find, self._purpose)

    def _purpose(self, name: str, identifier: str, vendor: str) -> str:
        """What a destination of the vendor serves."""
        from oust.traffic.purpose import purpose_of  # needed only where networks were seen

        dossier = next(one for one in self.dossiers if one.id == vendor)
        return purpose_of(name, identifier, dossier)[0]

    def _find(self, carriers: Sequence[CarrierProduct]) -> Iterator[tuple[str, Sighting]]:
        """Carrier products among all things stored."""
        matcher = carrier_matcher(carriers)
        for batch in self._mapped(self.store.table("item"), matcher):
            for row in batch.to_pylist():
                key = row.pop("key")
                row["features"] = tuple(row["features"] or ())
                yield key, Sighting(**row)

    def _own_parties(self) -> set[str]:
        """Whoever buys in the awards read, so that what they operate is no contractor's."""
        item, occurrence = self.store.table("item"), self.store.table("occurrence")
        bought = item.filter((item.kind == "award") & (item.buyer != ""))
        names = {row["buyer"] for row in self.store.rows(bought.select("buyer").distinct())}
        extras = occurrence.semi_join(bought, "key").select("extra").distinct()
        for row in self.store.rows(extras.filter(extras.extra != "")):
            names.add(str(msgspec.json.decode(row["extra"]).get("agency", "")))
        return {party_id(name) for name in names if name}


def _groups() -> dict[str, str]:
    """Group of evidence by format."""
    return {fmt.name: fmt.group for fmt in all_formats()}
