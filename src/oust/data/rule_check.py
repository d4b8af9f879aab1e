"""Check a rule: its types are the schema, and this is what types cannot say.

The parts of a rule are checked in `rule_bars.py`, `rule_duties.py` and `rule_trials.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from oust.data.nodes import Node
from oust.data.profiles import check_words
from oust.data.rule import BINDING, PENDING, Rule
from oust.data.rule_bars import check_bars
from oust.data.rule_duties import (
    check_clause,
    check_deadline,
    check_exception,
    check_provision,
)
from oust.data.rule_trials import check_trials
from oust.data.strict import (
    Entry,
    Findings,
    Problem,
    Schema,
    check_dates,
    check_twice,
    did_you_mean,
    is_later,
    quoted,
    read_strict,
)

_RULES = Path(__file__).parent / "rules"
_FORMS = Path(__file__).parent / "report_forms.yaml"
_HINTS = {
    "source": "name ids of the rule's sources, such as [gpo]",
    "tier": "one of: primary, gov-copy, law-firm, press, other",
    "stage": "the id of the stage at which this wording stood",
    "citation": "the place in the law, such as: Pub. L. 115-91 sec. 1634(a)",
    "obliges": "tags of those who must obey; oust rules profiles lists them",
    "embedded_code": "one of: yes, no, unknown, substantial",
    "trials": "give a case that the rule must catch and one that it must not",
    "sources": "say where the rule was read: id, url, what, tier",
}


def read_rule(path: Path, others: Iterable[str] = ()) -> tuple[Rule | None, list[Problem]]:
    """Read and check one file. No rule is given where a problem is more than a warning.

    `others` are ids of rules that the file may refer to besides the bundled ones.
    """
    bundled = path.resolve().parent == _RULES
    known = {*(file.stem for file in _RULES.glob("*.yaml")), *others}

    def check(entries: list[Entry], found: Findings) -> None:
        for entry in entries:
            if entry.type is Rule:
                _Check(entry, path, bundled, known, found).whole(entries)

    schema = Schema(what="a rule", page="docs/add-a-rule.md", check=check, hints=_HINTS)
    return read_strict(path, Rule, schema)


def check_rule(path: Path, others: Iterable[str] = ()) -> list[Problem]:
    """Give every problem of the file, in file order; an empty list means it can be loaded."""
    return read_rule(path, others)[1]


class _Check(Struct):
    """The check of one rule."""

    rule: Entry
    path: Path
    bundled: bool
    known: set[str]
    found: Findings

    def whole(self, entries: list[Entry]) -> None:
        """Everything, from the id to the trials."""
        self._id()
        self._filled()
        for key in ("stages", "provisions", "deadlines", "sources"):
            self._unique(key)
        stages = self._stages()
        self._force()
        for entry in entries:
            check_twice(entry, self.found)
        self._parts(stages)
        self._references()
        self._sources(entries)
        check_trials(self.rule, stages, self.path, self.bundled, self.found)

    def _id(self) -> None:
        name = self.rule.values.get("id", "")
        node = self.rule.at("id")
        if name and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
            hint = "lower-case letters, digits and single hyphens"
            self.found.add(node, f"the id {quoted(name)} cannot be used", hint)
        elif name and name != self.path.stem:
            message = f"the id {quoted(name)} is not the name of the file, {self.path.name}"
            hint = f"write id: {self.path.stem}, or rename the file"
            self.found.add(node, message, hint, warning=not self.bundled)

    def _filled(self) -> None:
        for key in ("citations", "stages", "sources", "trials"):
            if self.rule.values.get(key) == ():
                self.found.add(self.rule.at(key), f"{key} is empty", _HINTS.get(key, ""))

    def _unique(self, key: str) -> None:
        seen: dict[str, int] = {}
        for entry in self.rule.under(key):
            name = entry.values.get("id", "")
            if name and name in seen:
                message = f"the id {quoted(name)} stands in {key} twice, first in line {seen[name]}"
                self.found.add(entry.at("id"), message, "give each its own")
            elif name:
                seen[name] = entry.at("id").line

    def _stages(self) -> dict[str, Entry]:
        """The stages by id; their dates and order are checked on the way."""
        before: Entry | None = None
        for stage in self.rule.under("stages"):
            check_dates(stage, ("date",), self.found)
            if before is not None:
                self._follows(before, stage)
            before = stage
        self._course()
        return {e.values["id"]: e for e in self.rule.under("stages") if e.values.get("id")}

    def _follows(self, before: Entry, stage: Entry) -> None:
        earlier, later = before.values.get("date", ""), stage.values.get("date", "")
        if is_later(earlier, later):
            message = f"the stage of {later} stands after that of {earlier}"
            self.found.add(stage.at("date"), message, "put the stages in order of their dates")

    def _course(self) -> None:
        """Warn of steps that no bill takes in that order."""
        is_bill = self.rule.values.get("kind") in ("statute", "bill")
        passed: Entry | None = None
        for stage in self.rule.under("stages"):
            step = stage.values.get("step", "event")
            done = passed.values.get("step", "") if passed else ""
            if is_bill and done and step in PENDING and (done, step) != ("passed", "passed"):
                message = f"a stage with step {step} follows one with step {done}"
                hint = "a bill goes: proposed, committee, floor, passed, enacted"
                self.found.add(stage.at("step"), message, hint, warning=True)
            if done == "ended" and step in BINDING:
                message = f"a stage with step {step} follows one with step ended"
                hint = "an ended rule does not come back: write what followed as a rule of its own"
                self.found.add(stage.at("step"), message, hint, warning=True)
            if step in ("passed", "ended", *BINDING):
                passed = stage

    def _force(self) -> None:
        """`force`, `kind` and what the rule holds must fit each other."""
        values = self.rule.values
        force, kind = values.get("force", "binding"), values.get("kind", "")
        node = self.rule.at("force" if "force" in self.rule.nodes else "kind")
        if kind in ("warning", "advice") and force != "advice":
            self.found.add(node, f"a rule of kind {kind} binds nobody", "write force: advice")
        if force == "duty":
            self._bars_nobody()
        elif "provisions" not in self.rule.nodes:
            hint = "add provisions; a law that bars no vendor has force: duty"
            self.found.add(self.rule.node, "provisions is missing: nothing is barred", hint)
        steps = {stage.values.get("step", "event") for stage in self.rule.under("stages")}
        if kind in ("bill", "proposed rule") and steps & {*BINDING}:
            message = f"a {kind} has no stage with step enacted or effective"
            self.found.add(node, message, "write kind: statute or regulation", warning=True)
        if force == "binding" and kind not in ("bill", "proposed rule") and not steps & {*BINDING}:
            message = "no stage has step enacted or effective: the rule never binds"
            self.found.add(self.rule.at("stages"), message, "give the step", warning=True)

    def _bars_nobody(self) -> None:
        for key in ("bars", "provisions"):
            if self.rule.values.get(key):
                message = f"a rule with force duty bars no vendor, but has {key}"
                self.found.add(self.rule.at(key), message, f"drop force: duty, or {key}")
        if not self.rule.values.get("deadlines"):
            message = "a rule with force duty has nothing but its deadlines, and none is given"
            self.found.add(self.rule.at("force"), message, "add deadlines")

    def _parts(self, stages: dict[str, Entry]) -> None:
        own = self.rule.under("bars")
        check_bars(self.rule, own, self.bundled, self.found)
        for provision in self.rule.under("provisions"):
            check_provision(provision, stages, self.found)
            bars = provision.under("bars")
            check_bars(provision, bars, self.bundled, self.found)
            if not bars and not own and "bars" not in self.rule.nodes:
                hint = "add bars to it, or to the rule for all its provisions"
                self.found.add(provision.node, "nobody is barred: bars is missing", hint)
        for holder in (self.rule, *self.rule.under("provisions")):
            for exception in holder.under("exceptions"):
                check_exception(exception, self.found)
        for deadline in self.rule.under("deadlines"):
            check_deadline(deadline, stages, self.found)
        for clause in self.rule.under("clauses"):
            check_clause(clause, self.found)

    def _references(self) -> None:
        name = self.rule.values.get("id", "")
        check_words(self.rule, "see", self.known | {name}, "rule", self.found)
        if name and name in self.rule.values.get("see", ()):
            self.found.add_value(self.rule.at("see"), name, "the rule refers to itself")
        for conflict in self.rule.under("conflicts"):
            if len(conflict.values.get("values", ())) < 2:
                message = "values: a conflict has at least two"
                self.found.add(conflict.at("values"), message, "give what each source says")
        if not _FORMS.exists():
            return
        forms = form_ids(_FORMS)
        check_words(self.rule, "reports", forms, "report form", self.found)
        for deadline in self.rule.under("deadlines"):
            check_words(deadline, "report", forms, "report form", self.found)

    def _sources(self, entries: list[Entry]) -> None:
        ids = {e.values["id"]: e for e in self.rule.under("sources") if e.values.get("id")}
        cited: set[str] = set()
        for node, source in _citations(entries):
            cited.add(source)
            if source not in ids:
                hint = did_you_mean(source, ids) or "add it to sources, with id, url, what and tier"
                self.found.add_value(node, source, f"{quoted(source)} is no source", hint)
        for source in sorted(ids.keys() - cited):
            message = f"the source {quoted(source)} is never cited"
            node = ids[source].at("id")
            self.found.add(node, message, "cite it or drop it", warning=True)


def _citations(entries: list[Entry]) -> Iterator[tuple[Node, str]]:
    for entry in entries:
        for source in entry.values.get("source", ()):
            yield entry.nodes["source"], source


def form_ids(path: Path) -> set[str]:
    """The ids of the report forms, as their file lists them."""
    from oust.data.nodes import List, Map, Text, compose

    node, _ = compose(path.read_bytes())
    for key, value in node.pairs if isinstance(node, Map) else ():
        if key.value != "forms":
            continue
        if isinstance(value, Map):
            return {name.value for name, _ in value.pairs}
        if isinstance(value, List):
            pairs = [pair for item in value.items if isinstance(item, Map) for pair in item.pairs]
            return {v.value for k, v in pairs if k.value == "id" and isinstance(v, Text)}
    return set()
