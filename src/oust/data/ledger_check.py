"""Check a ledger of claims: its types are the schema, and this is what types cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from oust.data.ledger import (
    Apart,
    Appearance,
    Claim,
    Document,
    Grade,
    Hypothesis,
    Ledger,
    Reading,
    Speaker,
)
from oust.data.nodes import Node
from oust.data.strict import (
    Entry,
    Findings,
    check_dates,
    check_order,
    did_you_mean,
    quoted,
)

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
"""The Admiralty (NATO) scale of sources."""

CREDIBILITY = {
    "1": "confirmed by independent sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "cannot be judged",
}
"""The Admiralty (NATO) scale of information."""

HINTS = {
    "kind": "a claim: claim, denial, record, judgment; a speaker: person, organisation, outlet, "
    "unnamed",
    "text": "what is asserted, in your words",
    "by": "who rates or reads",
    "date": "when, such as 2017-09-13",
    "grade": "reliability A to F, credibility 1 to 6",
    "reads": "one of: consistent, inconsistent, irrelevant",
    "both": "two ids of speakers, or two of claims",
}

_KINDS: dict[type[Struct], str] = {
    Ledger: "ledger",
    Speaker: "speaker",
    Document: "document",
    Claim: "claim",
    Hypothesis: "hypothesis",
}
_RELATIONS = (*("derives", "possibly_from", "denies", "confirms", "contradicts", "rests_on"),)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NUMBER = re.compile(r"[1-9]\d{0,5}(?:-[1-9]\d{0,5})?")
_DATED: dict[type[Struct], tuple[str, ...]] = {
    Document: ("date", "standing_date"),
    Claim: ("date", "standing_date"),
    Speaker: ("standing_date",),
    Grade: ("date",),
    Reading: ("date",),
}

Known = Mapping[str, str]
"""What an id names: `claim`, `speaker`, `document`, `hypothesis`."""


def ids_in(entries: Iterable[Entry]) -> dict[str, str]:
    """Every id of a file, and what it names."""
    return {
        entry.values["id"]: _KINDS[entry.type]
        for entry in entries
        if entry.type in _KINDS and entry.type is not Ledger and entry.values.get("id")
    }


def check_ledger(entries: list[Entry], found: Findings, others: Known) -> None:
    """Report whatever is wrong; `others`: ids of the case's other files."""
    known = {**others, **ids_in(entries)}
    whole = _Check(found, known)
    whole.unique(entries, others)
    checks = {
        Claim: whole.claim,
        Speaker: whole.speaker,
        Document: whole.document,
        Apart: whole.apart,
        Reading: whole.reading,
        Appearance: whole.appearance,
    }
    for entry in entries:
        if dated := _DATED.get(entry.type):
            check_dates(entry, dated, found)
        if check := checks.get(entry.type):
            check(entry)


class _Check(Struct):
    """The check of one file."""

    found: Findings
    known: Known

    def unique(self, entries: list[Entry], others: Known) -> None:
        """Ids are of one form, and each is given once in the case, whatever it names."""
        lines: dict[str, int] = {}
        for entry in entries:
            kind, name = _KINDS.get(entry.type, ""), entry.values.get("id", "")
            if not kind or not name:
                continue
            node = entry.at("id")
            if not _ID.fullmatch(name):
                hint = "letters, digits, dots, hyphens and underscores, at most 100"
                self.found.add(node, f"the id {quoted(name)} cannot be used", hint)
            if kind == "ledger":
                continue
            if name in lines:
                message = f"the id {quoted(name)} is given twice, first in line {lines[name]}"
                self.found.add(node, message, "give each speaker, document and claim its own")
            elif name in others:
                message = f"the id {quoted(name)} names a {others[name]} in another file"
                self.found.add(node, message, "ids are unique within a case: rename one")
            lines.setdefault(name, node.line)

    def claim(self, entry: Entry) -> None:
        """References, ratings, and what only a denial or a judgment has."""
        self._refers(entry, "by", "speaker")
        self._through(entry)
        for key in _RELATIONS:
            self._refers(entry, key, "claim")
            self._itself(entry, key)
        self._grades(entry, "credibility", CREDIBILITY)
        self._kind(entry)
        self._standing(entry)

    def speaker(self, entry: Entry) -> None:
        """For whom one speaks, how reliable, and what is told of unnamed ones alone."""
        self._refers(entry, "of", "speaker")
        if entry.values.get("of") and entry.values.get("of") == entry.values.get("id"):
            self.found.add(entry.at("of"), "a speaker cannot belong to itself", "leave of out")
        self._grades(entry, "reliability", RELIABILITY)
        self._standing(entry)
        if number := entry.values.get("number", ""):
            low, _, high = number.partition("-")
            if not _NUMBER.fullmatch(number) or (high and int(low) > int(high)):
                message = f"number is no count: {quoted(number)}"
                self.found.add(entry.at("number"), message, "write 3 or 3-6")
        for key in ("population", "number"):
            if entry.values.get("kind", "unnamed") != "unnamed" and entry.values.get(key):
                message = f"{key} is told of unnamed speakers only"
                self.found.add(entry.at(key), message, "write kind: unnamed, or use note")

    def document(self, entry: Entry) -> None:
        """Its digest, its reliability and whether it stands."""
        digest = entry.values.get("sha256", "")
        if digest and not re.fullmatch(r"[0-9a-f]{64}", digest):
            self.found.add(entry.at("sha256"), "sha256 is no digest", "64 hexadecimal digits")
        self._grades(entry, "reliability", RELIABILITY)
        self._standing(entry)
        check_order(entry, "date", "standing_date", self.found)

    def apart(self, entry: Entry) -> None:
        """Two or more of one kind."""
        both, node = entry.values.get("both", ()), entry.at("both")
        kinds = set()
        for name in both:
            kind = self.known.get(name, "")
            kinds.add(kind)
            if kind not in ("speaker", "claim"):
                self._unknown(node, name, "speaker or claim", ("speaker", "claim"))
        if len(set(both)) < 2 and "both" in entry.values:
            self.found.add(node, "both names fewer than two", HINTS["both"])
        elif kinds == {"speaker", "claim"}:
            self.found.add(node, "both mixes speakers and claims", HINTS["both"])

    def reading(self, entry: Entry) -> None:
        """Of which claim, against which hypothesis."""
        self._refers(entry, "claim", "claim")
        self._refers(entry, "hypothesis", "hypothesis")

    def appearance(self, entry: Entry) -> None:
        """In which document, and where."""
        self._refers(entry, "document", "document")
        start, end = entry.values.get("start", -1), entry.values.get("end", -1)
        if not (start == end == -1 or 0 <= start <= end):
            message = f"the span {start} to {end} cannot be"
            node = entry.at("end" if "end" in entry.nodes else "start")
            self.found.add(node, message, "give start and end, in characters from 0")

    def _refers(self, entry: Entry, key: str, kind: str) -> None:
        value = entry.values.get(key, ())
        for name in (value,) if isinstance(value, str) else value:
            if self.known.get(name) != kind:
                self._unknown(entry.at(key), name, kind, (kind,), f"{key}: ")

    def _unknown(
        self, node: Node, name: str, what: str, kinds: tuple[str, ...], key: str = ""
    ) -> None:
        if self.found.full:
            return
        if other := self.known.get(name):
            message = f"{key}{quoted(name)} is a {other}, no {what}"
            self.found.add_value(node, name, message, f"name the id of a {what}")
            return
        near = did_you_mean(name, [one for one, kind in self.known.items() if kind in kinds])
        hint = near or f"add it as a {what}, or name one that is there"
        self.found.add_value(node, name, f"{key}there is no {what} {quoted(name)}", hint)

    def _through(self, entry: Entry) -> None:
        """Whoever passes a claim on may be named in words; another kind of id is a slip."""
        for name in entry.values.get("through", ()):
            if self.known.get(name, "speaker") != "speaker":
                self._unknown(entry.at("through"), name, "speaker", ("speaker",), "through: ")

    def _itself(self, entry: Entry, key: str) -> None:
        name = entry.values.get("id", "")
        if name and name in entry.values.get(key, ()):
            hint = f"take it out of {key}"
            message = f"{key}: the claim {quoted(name)} names itself"
            self.found.add_value(entry.at(key), name, message, hint)

    def _grades(self, entry: Entry, key: str, scale: Mapping[str, str]) -> None:
        told = ", ".join(f"{grade} {words}" for grade, words in scale.items())
        for one in entry.under(key):
            grade = one.values.get("grade", "")
            if grade and grade not in scale:
                message = f"{quoted(grade)} is no {key}"
                self.found.add(one.at("grade"), message, f"one of: {told}")

    def _kind(self, entry: Entry) -> None:
        kind = entry.values.get("kind", "")
        denies = entry.values.get("denies", ())
        if kind == "denial" and not denies:
            message = "this denial denies nothing that the ledger has"
            self.found.add(entry.at("kind"), message, "add denies: [ID of a claim]", warning=True)
        elif denies and kind and kind != "denial":
            message = f"a {kind} denies: it counts as one that contradicts"
            hint = "write kind: denial, or contradicts instead of denies"
            self.found.add(entry.at("denies"), message, hint, warning=True)
        for key in ("likelihood", "confidence", "rests_on"):
            if kind and kind != "judgment" and entry.values.get(key):
                message = f"{key} is a judgment's, and this is a {kind}"
                hint = "write kind: judgment" + (", or derives" if key == "rests_on" else "")
                self.found.add(entry.at(key), message, hint)
        told = entry.values.get("likelihood") or entry.values.get("confidence")
        if kind == "judgment" and told and not entry.values.get("rests_on"):
            message = "this judgment is said to rest on nothing"
            hint = "add rests_on: [IDs of the claims from which it was made]"
            self.found.add(entry.at("kind"), message, hint, warning=True)

    def _standing(self, entry: Entry) -> None:
        standing = entry.values.get("standing", "standing")
        if standing != "standing" and not entry.values.get("standing_why"):
            message = f"it is {standing}, but not told why, nor where that was said"
            self.found.add(entry.at("standing"), message, "add standing_why", warning=True)
        for key in ("standing_date", "standing_why"):
            if standing == "standing" and entry.values.get(key):
                message = f"{key} is told of what was corrected or retracted"
                self.found.add(entry.at(key), message, "add standing", warning=True)
