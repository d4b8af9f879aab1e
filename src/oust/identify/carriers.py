"""Products known to carry a vendor's code, looked for in all other evidence.

A carrier is no vendor: its name is often made of everyday words. Such a name counts only with its
publisher, its version or an identifier beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from oust.data.dossier import Dossier
from oust.identify import cues
from oust.identify.everyday import everyday
from oust.identify.find import Finder, Found, Text, read_text
from oust.identify.hits import Hit, hit, settle
from oust.identify.matcher import digest, run_kernel
from oust.identify.places import canonical_purl
from oust.identify.polarity import read_line
from oust.identify.seeds import any_case, reduced, term_seeds
from oust.identify.terms import Term, TermKind
from oust.identify.versions import covers, within
from oust.model import CarrierProduct, Record, Sighting
from oust.needles import LiteralNeedles
from oust.party_names import core
from oust.text import words

if TYPE_CHECKING:  # Arrow takes long to import, and one record needs none
    import pyarrow as pa

    from oust.identify.kernel import Prefilter

OTHER_VERSION = "another version than the one known to contain it"
OTHER_PUBLISHER = "a product of the same name by another publisher"
EVERYDAY_NAME = "the product's name is made of everyday words, and nothing beside it confirms it"
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+(?:[a-z]\d+)?(?:-[a-z]\d+)?|\d{1,2})(?![\d/,])", re.I)
_GENERIC_SUFFIX = frozenset(
    "suite edition professional enterprise standard x64 x86 bit 64 32".split()
)


def carriers_of(dossier: Dossier) -> list[CarrierProduct]:
    """The products into which `dossier` says the vendor's code is licensed."""
    return [
        CarrierProduct(
            key=f"{dossier.id}/{n}",
            name=embedding.names[0] if embedding.names else embedding.product,
            names=embedding.names[1:],
            version_from=embedding.version_from,
            version_until=embedding.version_until,
            ids=embedding.ids,
            publisher=embedding.licensee,
        )
        for n, embedding in enumerate(dossier.embeddings)
        if embedding.strength != "weak"
    ]


class CarrierMatcher:
    """Finds carrier products. A sighting's `vendor` is the carrier's key."""

    def __init__(self, products: Sequence[CarrierProduct]) -> None:
        ordered = sorted(products, key=lambda product: (product.key, product.name))
        self.key = digest("carriers", *(msgspec.json.encode(product) for product in ordered))
        self._products = {product.key: product for product in ordered}
        self._terms = [term for product in ordered for term in _terms(product)]
        self._finder = Finder(self._terms)
        self._ids: dict[str, list[CarrierProduct]] = {}
        for product in ordered:
            for value in (*product.ids, product.purl):
                if ":" in value:
                    self._ids.setdefault(_plain_id(value), []).append(product)
        self._prefilter: Prefilter | None = None

    def _seeds(self, rows: bool) -> tuple[str, ...]:
        spoken = {seed for term in self._terms for seed in term_seeds(term)}
        typed = {seed for value in self._ids for seed in _id_seeds(value, rows)}
        return reduced({*spoken, *typed})

    def literals(self) -> tuple[str, ...]:
        """In lower case: a thing whose fields hold none of these shows nothing."""
        return self._seeds(rows=False)

    def needles(self) -> LiteralNeedles:
        """What bulk files are searched for."""
        return LiteralNeedles(self._seeds(rows=True))

    def identify(self, records: Sequence[Record]) -> list[tuple[int, Sighting]]:
        """Sightings, each with the index of its record."""
        return [(i, one) for i, record in enumerate(records) for one in self.sight(record)]

    def kernel(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Sightings of a batch of things, a pure function of the batch."""
        from oust.identify.kernel import Prefilter

        if self._prefilter is None:
            self._prefilter = Prefilter(self._seeds(rows=False))
        return run_kernel(batch, self._prefilter, self.sight)

    def sight(self, record: Record) -> list[Sighting]:
        """Everything that `record` shows, in a fixed order."""
        hits = list(self._by_id(record))
        fields = ("name", "description") if record.kind == "award" else ("name",)
        for field in fields:
            text = read_text(getattr(record, field))
            for found in self._finder.find(text):
                product = self._products[found.term.vendor]
                if one := _named(record, field, text, found, product):
                    hits.append(one)
        return settle(hits, record)

    def _by_id(self, record: Record) -> Iterator[Hit]:
        for field, value in (("purl", record.purl), *(("ids", value) for value in record.ids)):
            for product in self._ids.get(_plain_id(value), ()) if value else ():
                doubt = _other_version(product, record.version, record.kind == "component")
                yield hit(product.key, (field, value, 0, len(value)), f"carrier:{product.name}",
                          "program-id" if field == "ids" else "package-namespace",
                          relation="contains", mention=doubt)  # fmt: skip


def carrier_matcher(products: Sequence[CarrierProduct]) -> CarrierMatcher:
    """Make a matcher that finds `products`."""
    return CarrierMatcher(tuple(products))


def _terms(product: CarrierProduct) -> Iterator[Term]:
    for name in dict.fromkeys((product.name, *product.names)):
        tokens = _without_version(words(name), product.version)
        if not tokens:
            continue
        plain = all(everyday(token) or token in _GENERIC_SUFFIX for token in tokens)
        kind: TermKind = "vague" if plain else "word" if len(tokens) == 1 else "name"
        yield Term(product.key, kind, tokens, f"carrier:{product.name}")


def _without_version(tokens: tuple[str, ...], version: str) -> tuple[str, ...]:
    """A name such as "GateWard 4.2" without the version that is known beside it."""
    stated = words(version)
    cut = len(tokens) - len(stated)
    return tokens[:cut] if stated and cut > 0 and tokens[cut:] == stated else tokens


def _plain_id(value: str) -> str:
    """An id or purl as compared: lower case, a purl without version and qualifiers."""
    text = value.lower()
    if not text.startswith("pkg:"):
        return text
    return re.split(r"(?<=[^/])[@?#]", canonical_purl(text), maxsplit=1)[0]


def _id_seeds(value: str, rows: bool) -> set[str]:
    if value.startswith("pkg:"):
        return set() if rows else any_case(value.replace("%40", "@").rpartition("/")[2].lstrip("@"))
    return {value.partition(":")[2]} if rows else {value}


def _named(
    record: Record, field: str, text: Text, found: Found, product: CarrierProduct
) -> Hit | None:
    if found.how in ("doubtful", "surname", "negated"):
        return None
    start, end = text.span(found)
    stated = record.version if field == "name" and record.version else _version_after(text, found)
    publisher = _publisher(record, product, text)
    known = bool(publisher == "same" or (stated and _version_known(product)))
    in_text = record.kind == "award"
    if not in_text and not _is_name(text, found, publisher == "same"):
        return None
    doubt = _other_version(product, stated, record.kind == "component") or (
        OTHER_PUBLISHER if publisher == "other" else ""
    )
    if found.term.kind == "vague" and not known:
        if in_text:
            return None  # everyday words in a sentence: not even a mention
        doubt = doubt or EVERYDAY_NAME
    features = [found.how, f"version {stated}" if stated else "version not stated"]
    if publisher == "same":
        features.append("same publisher")
    if in_text and not doubt:
        reading = read_line(text, found)
        doubt = "" if reading.label == cues.PURCHASE else reading.label
        features += reading.features
    feature = "misspelt" if found.how in ("misspelt", "split") else "product-alone"
    where = (field, text.text, start, end)
    name = found.term.identifier
    return hit(product.key, where, name, feature, *features, relation="contains", mention=doubt)


def _is_name(text: Text, found: Found, same_publisher: bool) -> bool:
    """Whether a product name is the carrier's: it begins with it and goes on with little else."""
    rest = [t.text for t in text.tokens[found.last :] if not any(c.isdigit() for c in t.text)]
    rest = [word for word in rest if word not in _GENERIC_SUFFIX and not everyday(word)]
    leads = found.first == 0 or (same_publisher and found.first <= 2)
    return leads and not (rest and found.how == "glued") and len(rest) <= 2


def _version_after(text: Text, found: Found) -> str:
    """A version written right after the product's name."""
    tail = text.text[text.tokens[found.last - 1].end :][:24]
    match = re.match(
        rf"[\s,(-]*(?:version|ver\.?|release|rel\.?)?\s*{_VERSION.pattern}", tail, re.I
    )
    return match[1] if match and ("." in match[1] or len(match[1]) <= 2) else ""


def _version_known(product: CarrierProduct) -> bool:
    return bool(product.version or product.version_from or product.version_until)


def _other_version(product: CarrierProduct, stated: str, exact: bool = False) -> str:
    """Why the version seen is not one known to carry it; empty if it may be.

    `exact`: documents of components state versions in full, so that only the very one counts.
    """
    if not stated:
        return ""
    known = product.version
    alike = covers(known, stated) or covers(stated, known)
    if known and not (stated == known if exact else alike):
        return f"{OTHER_VERSION}: {known}"
    if not within(stated, product.version_from, product.version_until):
        end = f" before {product.version_until}" if product.version_until else ""
        return f"{OTHER_VERSION}: {product.version_from or 'any'}{end}"
    return ""


def _publisher(record: Record, product: CarrierProduct, text: Text) -> str:
    """`same`, `other` or "": how the publisher stated agrees with the carrier's."""
    if not product.publisher:
        return ""
    want = core(product.publisher)
    named = " ".join(token.text for token in text.tokens)
    if " ".join(want) in named:
        return "same"
    for value in (record.publisher, record.manufacturer, record.supplier):
        have = core(value) if value else ()
        if have:
            return "same" if want[0] == have[0] or set(want) <= set(have) else "other"
    return ""
