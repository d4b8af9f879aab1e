"""A STIX 2.1 bundle as a ledger: one of ours comes back whole, another's as far as terms agree.

`note` and `opinion` become claims, `report` documents, `identity` speakers, `derived-from` and
`duplicate-of` between notes derivations. An opinion that disagrees is a denial. Objects of other
types (indicators, malware, sightings) say nothing that a ledger keeps; they are counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from oust.data.ledger import (
    Appearance,
    Claim,
    Document,
    Hypothesis,
    Ledger,
    Reading,
    Speaker,
    SpeakerKind,
)
from oust.data.ledgers import names_in
from oust.errors import OustError
from oust.exchange import Taken, missing, slug
from oust.exchange.stix import EXTENSION

_KINDS: dict[str, SpeakerKind] = {"individual": "person", "group": "unnamed", "unknown": "unnamed"}
_HELD = {"speaker": Speaker, "document": Document, "claim": Claim, "hypothesis": Hypothesis}
_OURS = ("extension-definition", "bundle", "marking-definition")
_TIES = ("derived-from", "duplicate-of")


def from_stix(text: str, name: str, held: Ledger | None = None) -> Taken:
    """Read a bundle, or a list of objects. `name` becomes the ledger's id where it has none; `held`
    as in oust.exchange.forms.imported. Of several versions of an object the last one counts.

    Raises OustError where it is no STIX 2.1, or the library `stix2` is missing.
    """
    try:
        import stix2  # noqa: F401
    except ImportError as error:
        raise missing("stix2") from error
    return _Reader(name, held or Ledger(id="held", title="")).read(_objects(text))


def _objects(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OustError("this is no JSON", "name a STIX 2.1 bundle as JSON") from error
    if isinstance(found, dict) and found.get("type") == "bundle":
        found = found.get("objects") or []
    if not isinstance(found, list):
        raise OustError("this is no STIX bundle", "name a STIX 2.1 bundle as JSON")
    return found


class _Reader:
    """Sorts the objects of a bundle into a ledger."""

    def __init__(self, name: str, held: Ledger) -> None:
        self.taken = Counter(names_in(held).keys())
        self.known = {one.name: one.id for one in held.speakers}
        self.left_out: Counter[str] = Counter()
        self.problems: list[str] = []
        self.names: dict[str, str] = {}  # STIX id: id in the ledger
        self.ledger = Ledger(id=slug(name, Counter()), title=name)
        self.own: dict[str, list[Any]] = {"speaker": [], "document": [], "hypothesis": []}
        self.claims: dict[str, Claim] = {}
        self.readings: list[Reading] = []
        self.whole: set[str] = set()  # STIX ids of what came back by the extension

    def read(self, raw: Iterable[Any]) -> Taken:
        """The ledger, what was left out, and what could not be read."""
        objects = self._newest(one for one in map(self._parsed, raw) if one is not None)
        foreign = [one for one in objects if not self._held(one)]
        by_type: dict[str, list[Any]] = {}
        for one in foreign:
            by_type.setdefault(one["type"], []).append(one)
        spoken = {one.get("created_by_ref") for one in by_type.get("note", [])}
        spoken |= {one.get("created_by_ref") for one in by_type.get("opinion", [])}
        spoken |= {one.get("created_by_ref") for one in by_type.get("report", [])}
        for kind, take in self._takers(spoken):
            for one in by_type.pop(kind, []):
                take(one)
        self.left_out.update({kind: len(some) for kind, some in by_type.items()})
        for kind in _OURS:
            self.left_out.pop(kind, None)
        ledger = replace(
            self.ledger,
            speakers=tuple(self.own["speaker"]),
            documents=tuple(self.own["document"]),
            claims=tuple(self.claims.values()),
            hypotheses=tuple(self.own["hypothesis"]),
            readings=tuple(self.readings),
        )
        return Taken(ledger, dict(sorted(self.left_out.items())), tuple(self.problems))

    def _takers(self, spoken: set[Any]) -> list[tuple[str, Callable[[Any], None]]]:
        def identity(one: Any) -> None:
            if one["id"] in spoken:
                self._speaker(one)
            elif not self.whole:
                self.left_out["identity"] += 1

        return [
            ("identity", identity),
            ("note", self._note),
            ("report", self._report),
            ("opinion", self._opinion),
            ("relationship", self._relationship),
        ]

    def _newest(self, every: Iterable[Any]) -> list[Any]:
        """Each object once: the version that was modified last."""
        newest: dict[str, Any] = {}
        for one in every:
            other = newest.setdefault(one["id"], one)
            if other is not one:
                self.left_out["older version"] += 1
                if str(one.get("modified", "")) > str(other.get("modified", "")):
                    newest[one["id"]] = one
        return list(newest.values())

    def _parsed(self, raw: Any) -> Any:
        import stix2

        if not isinstance(raw, dict):
            self.problems.append(f"{json.dumps(raw, ensure_ascii=False)[:80]}: no object of STIX")
            return None
        try:
            return stix2.parse(raw, allow_custom=True, version="2.1")
        except Exception as error:  # the library raises whatever its checks raise
            kind, ident = str(raw.get("type", "object"))[:40], str(raw.get("id", "without id"))[:80]
            said = (str(error).splitlines() or [type(error).__name__])[0][:200]
            self.problems.append(f"{kind} {ident}: {said}")
            return None

    def _held(self, one: Any) -> bool:
        """Take an object that carries our extension; false if it does not."""
        extension = dict(one.get("extensions", {})).get(EXTENSION)
        if not isinstance(extension, dict) or "value" not in extension:
            return False
        holds, value = str(extension.get("holds")), extension["value"]
        try:
            if holds == "ledger":
                self.ledger = msgspec.convert(value, Ledger)
            elif holds == "reading":
                self.readings.append(msgspec.convert(value, Reading))
            elif holds in _HELD:
                struct: Any = msgspec.convert(value, _HELD[holds])
                if isinstance(struct, Claim):
                    self.claims[struct.id] = struct
                else:
                    self.own[holds].append(struct)
                self.names[one["id"]] = struct.id
                self.taken[struct.id] += 1
            else:
                return False
        except msgspec.ValidationError as error:
            self.problems.append(f"{one['type']} {one['id']}: {error}")
            return False
        self.whole.add(one["id"])
        return True

    def _name(self, one: Any, text: str) -> str:
        name = self.names[one["id"]] = slug(text, self.taken)
        return name

    def _speaker(self, one: Any) -> None:
        kind = _KINDS.get(one.get("identity_class", ""), "organisation")
        name = str(one.get("name") or "").strip() or "unnamed"
        if name in self.known:
            self.names[one["id"]] = self.known[name]
            return
        self.own["speaker"].append(
            Speaker(id=self._name(one, name), name=name, kind=kind, note=one.get("description", ""))
        )

    def _by(self, one: Any) -> tuple[str, ...]:
        """Its authors, else whoever created the object."""
        found = []
        for author in dict.fromkeys(filter(None, map(str.strip, one.get("authors", [])))):
            held = next((s.id for s in self.own["speaker"] if s.name == author), "")
            held = held or self.known.get(author, "")
            if not held:
                held = slug(author, self.taken)
                self.own["speaker"].append(Speaker(id=held, name=author, kind="person"))
            found.append(held)
        creator = self._creator(one)
        return tuple(found) or creator

    def _creator(self, one: Any) -> tuple[str, ...]:
        named = self.names.get(one.get("created_by_ref", ""))
        return () if named is None else (named,)

    def _through(self, one: Any) -> tuple[str, ...]:
        """Who passes on what its authors say."""
        return tuple(who for who in self._creator(one) if who not in self._by(one))

    def _note(self, one: Any) -> None:
        text = str(one["content"]).strip()
        if not text:
            self.problems.append(f"note {one['id']}: it has no text")
            return
        claim = Claim(
            id=self._name(one, one.get("abstract") or text),
            kind="claim",
            text=text,
            by=self._by(one),
            through=self._through(one),
            date=_day(one),
            standing="retracted" if one.get("revoked") else "standing",
            note=_beside(one),
        )
        self.claims[claim.id] = claim

    def _report(self, one: Any) -> None:
        urls = [ref.get("url", "") for ref in one.get("external_references", [])]
        name = self._name(one, one["name"])
        document = Document(
            id=name,
            title=one["name"].strip() or "untitled",
            outlet="".join(self._by(one)[:1]),
            date=str(one["published"])[:10],
            url=next((url for url in urls if url), ""),
            note=one.get("description", ""),
        )
        self.own["document"].append(document)
        seen = (Appearance(document=name),)
        for ref in dict.fromkeys(one["object_refs"]):
            if (claim := self.claims.get(self.names.get(ref, ""))) is not None:
                self.claims[claim.id] = replace(claim, seen_in=claim.seen_in + seen)

    def _opinion(self, one: Any) -> None:
        if any(str(label).startswith("oust:claim:") for label in one.get("labels", [])):
            return
        named = (self.names.get(ref, "") for ref in one["object_refs"])
        refs = tuple(name for name in named if name in self.claims)
        if not refs:
            self.left_out["opinion"] += 1
            return
        word = one["opinion"]
        text = (
            str(one.get("explanation") or "").strip()
            or f"{word.replace('-', ' ')}: {', '.join(refs)}"
        )
        claim = Claim(
            id=self._name(one, f"opinion on {refs[0]}"),
            kind="denial" if "disagree" in word else "judgment",
            text=text,
            by=self._by(one),
            through=self._through(one),
            date=_day(one),
            denies=refs if "disagree" in word else (),
            confirms=refs if word in ("agree", "strongly-agree") else (),
            note=_beside(one),
        )
        self.claims[claim.id] = claim

    def _relationship(self, one: Any) -> None:
        ends = (one["source_ref"], one["target_ref"])
        if set(ends) <= self.whole:
            return
        claim, root = (self.claims.get(self.names.get(end, "")) for end in ends)
        if one["relationship_type"] not in _TIES or claim is None or root is None:
            self.left_out[f"relationship {one['relationship_type']}"] += 1
        elif root.id not in claim.derives:
            self.claims[claim.id] = replace(claim, derives=(*claim.derives, root.id))


def _day(one: Any) -> str:
    return str(one["created"])[:10]


def _beside(one: Any) -> str:
    """What an object says beside its text: its heading, where it was read, its confidence."""
    number = one.get("confidence")
    told = [str(one.get("abstract") or "")]
    told += [
        " ".join(filter(None, (ref.get("source_name"), ref.get("url"))))
        for ref in one.get("external_references", [])
    ]
    told.append("" if number is None else f"confidence {number} of 100 in the STIX object")
    return "; ".join(filter(None, told))
