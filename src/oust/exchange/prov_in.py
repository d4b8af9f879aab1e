"""W3C PROV as a ledger: one of ours comes back whole, another's as far as terms agree.

Entities that were attributed, derived or given a value are claims, those quoted from or named as
primary sources documents, agents speakers. Activities say nothing that a ledger keeps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import msgspec
from lxml import etree
from msgspec.structs import replace

from oust.data.ledger import (
    Appearance,
    Claim,
    Document,
    Hypothesis,
    Ledger,
    Reading,
    Speaker,
)
from oust.data.ledgers import names_in
from oust.errors import OustError
from oust.exchange import Taken, missing, slug
from oust.exchange.prov_out import LEDGER, OUST

_HELD = {"speaker": Speaker, "document": Document, "claim": Claim, "hypothesis": Hypothesis}
_HINT = "name a PROV-JSON or PROV-XML file"


def from_prov(data: bytes, name: str, held: Ledger | None = None) -> Taken:
    """Read PROV-JSON or PROV-XML. `name` becomes the ledger's id where it has none; `held` as in
    oust.exchange.forms.imported.

    Raises OustError where it is neither, or the library `prov` is missing.
    """
    try:
        import prov  # noqa: F401
    except ImportError as error:
        raise missing("prov") from error
    document = _opened(data)
    reader = _Reader(name, held or Ledger(id="held", title=""))
    reader.read(document.flattened().get_records())
    return reader.taken()


def _opened(data: bytes) -> Any:
    from prov.model import ProvDocument

    form = "xml" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "json"
    if form == "xml":
        data = _plain(data)
    try:
        return ProvDocument.deserialize(BytesIO(data), format=form)
    except RecursionError as error:
        raise OustError("the file is nested deeper than any PROV document", _HINT) from error
    except Exception as error:  # the library raises whatever its parsers raise
        said = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise OustError(f"this is no PROV document: {said}", _HINT) from error


def _plain(data: bytes) -> bytes:
    """The XML without any document type, parsed by a parser that resolves nothing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise OustError(f"this is no XML: {error.msg}", _HINT) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise OustError("the XML has a document type, which is not read", "remove the DOCTYPE line")
    return etree.tostring(root)


class _Reader:
    """Sorts the elements of a document into a ledger."""

    def __init__(self, name: str, held: Ledger) -> None:
        self.name = name
        self.used = Counter(names_in(held).keys())
        self.known = {one.name: one.id for one in held.speakers}
        self.left_out: Counter[str] = Counter()
        self.problems: list[str] = []
        self.ledger = Ledger(id=slug(name, Counter()), title=name)
        self.own: dict[str, list[Any]] = {kind: [] for kind in _HELD}
        self.readings: list[Reading] = []
        self.foreign: dict[str, Any] = {}  # name of an entity or agent: the element
        self.ids: dict[str, str] = {}
        self.ties: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.quoted: set[str] = set()  # what something quotes or has as its primary source

    def read(self, records: Iterable[Any]) -> None:
        """Elements first, then relations, so that both ends are known."""
        for one in records:
            if one.is_element():
                self._element(one)
            else:
                self._relation(one)

    def taken(self) -> Taken:
        """The ledger, what was left out, and what could not be read."""
        self._speakers()
        self._documents()
        self._claims()
        ledger = replace(
            self.ledger,
            speakers=tuple(self.own["speaker"]),
            documents=tuple(self.own["document"]),
            claims=tuple(self.own["claim"]),
            hypotheses=tuple(self.own["hypothesis"]),
            readings=tuple(self.readings),
        )
        return Taken(ledger, dict(sorted(self.left_out.items())), tuple(self.problems))

    def _element(self, one: Any) -> None:
        name, kind = str(one.identifier), one.get_type().localpart
        space, _, local = one.identifier.uri.rpartition(":")
        if space.startswith(LEDGER):
            local = local.partition("/")[0]
            held = [str(value) for key, value in one.extra_attributes if key.uri == OUST + "value"]
            if local == "rater" or any(self._held(local, value, name) for value in held):
                return
        if kind == "Activity":
            self.left_out["activity"] += 1
        else:
            self.foreign[name] = one

    def _held(self, local: str, text: str, name: str) -> bool:
        try:
            if local == "ledger":
                self.ledger = msgspec.json.decode(text, type=Ledger)
            elif local == "reading":
                self.readings.append(msgspec.json.decode(text, type=Reading))
            elif local in _HELD:
                value = msgspec.json.decode(text, type=_HELD[local])
                self.own[local].append(value)
                self.used[value.id] += 1
                self.ids[name] = value.id
            else:
                return local == "rating"
        except (msgspec.DecodeError, RecursionError) as error:
            self.problems.append(f"{name}: {error}")
            return False
        return True

    def _relation(self, one: Any) -> None:
        kind = one.get_type().localpart
        ends = [str(value) for _, value in one.formal_attributes[:2] if value is not None]
        if len(ends) == 2:
            types = {str(t).rpartition(":")[2] for t in one.get_asserted_types()}
            if kind == "Derivation" and types & {"Quotation", "PrimarySource"}:
                kind = "Quotation"
            self.ties[kind, ends[0]].append(ends[1])
            if kind == "Quotation":
                self.quoted.add(ends[1])

    def _speakers(self) -> None:
        agents = {name for name, one in self.foreign.items() if one.get_type().localpart == "Agent"}
        for name in sorted(agents):
            one = self.foreign.pop(name)
            person = any(str(t).endswith("Person") for t in one.get_asserted_types())
            label = _label(one)
            if label in self.known:
                self.ids[name] = self.known[label]
                continue
            self.ids[name] = slug(label, self.used)
            kind: Any = "person" if person else "organisation"
            self.own["speaker"].append(Speaker(id=self.ids[name], name=label, kind=kind))

    def _documents(self) -> None:
        for name in sorted(self.quoted & set(self.foreign)):
            label = _label(self.foreign.pop(name))
            self.ids[name] = slug(label, self.used)
            self.own["document"].append(Document(id=self.ids[name], title=label))

    def _claims(self) -> None:
        for name in self.foreign:
            self.ids[name] = slug(_label(self.foreign[name]), self.used)
        documents = {one.id for one in self.own["document"]}
        for name, one in self.foreign.items():
            derived = self._targets("Derivation", name)
            seen = [*self._targets("Quotation", name), *(d for d in derived if d in documents)]
            values = [str(value) for value in one.get_attribute("prov:value")]
            claim = Claim(
                id=self.ids[name],
                kind="claim",
                text=(values or [_label(one)])[0],
                by=tuple(self._targets("Attribution", name)),
                derives=tuple(d for d in derived if d not in documents),
                seen_in=tuple(Appearance(document=d) for d in dict.fromkeys(seen)),
            )
            self.own["claim"].append(claim)

    def _targets(self, kind: str, name: str) -> list[str]:
        ends = self.ties[kind, name]
        return list(dict.fromkeys(self.ids[end] for end in ends if end in self.ids))


def _label(one: Any) -> str:
    labels = [str(value) for value in one.get_attribute("prov:label")]
    return (labels or [str(one.identifier)])[0]
