"""A set of dossiers compiled: one record in, sightings out; or a whole Arrow batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from oust.data.dossier import Dossier
from oust.identify.find import Finder
from oust.identify.hits import Hit, ruled_out, settle
from oust.identify.idfields import id_hits
from oust.identify.partyfields import PACKAGED, Parties, party_fields
from oust.identify.places import Places, facts_of
from oust.identify.seeds import Seeds, item_seeds, seeds_of
from oust.identify.terms import confusions_of, stems_of, terms_of
from oust.identify.textfields import text_hits
from oust.model import Record, Sighting
from oust.needles import LiteralNeedles

if TYPE_CHECKING:  # Arrow takes long to import, and one record needs none
    import pyarrow as pa

    from oust.identify.kernel import Prefilter


class Matcher(Protocol):
    """What finds things in records: dossiers' identifiers, or products that carry them."""

    key: str

    def identify(self, records: Sequence[Record]) -> list[tuple[int, Sighting]]:
        """Sightings, each with the index of its record."""

    def kernel(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Sightings of a batch of things: `key` and ITEM_FIELDS in, SIGHTING_SCHEMA out."""

    def needles(self) -> LiteralNeedles:
        """What bulk files are searched for."""


class DossierMatcher:
    """Finds every vendor of a set of dossiers."""

    def __init__(self, dossiers: Sequence[Dossier]) -> None:
        ordered = sorted(dossiers, key=lambda dossier: dossier.id)
        self.key = digest("dossiers", *(msgspec.json.encode(dossier) for dossier in ordered))
        self._dossiers = ordered
        self._facts = [fact for dossier in ordered for fact in facts_of(dossier)]
        self._places = Places(self._facts)
        self._parties = Parties(ordered)
        self._finder = Finder(
            (term for dossier in ordered for term in terms_of(dossier)),
            (stem for dossier in ordered for stem in stems_of(dossier)),
            (pattern for dossier in ordered for pattern in confusions_of(dossier)),
        )
        self._prefilter: Prefilter | None = None

    @cached_property
    def _seeds(self) -> Seeds:
        return seeds_of(self._dossiers, self._facts, self._parties)

    def literals(self) -> tuple[str, ...]:
        """In lower case: a thing whose fields hold none of these shows nothing."""
        return item_seeds(self._dossiers, self._facts, self._parties)

    def sight(self, record: Record) -> list[Sighting]:
        """Everything that `record` shows, in a fixed order."""
        hits = list(id_hits(record, self._places))
        for field, value, relation in party_fields(record):
            found = self._parties.hits(field, value, self._finder, relation)
            hits += (_packaged(one) if field == "packager" else one for one in found)
        hits += list(text_hits(record, self._finder, hits))
        return settle(hits, record)

    def identify(self, records: Sequence[Record]) -> list[tuple[int, Sighting]]:
        """Sightings, each with the index of its record."""
        return [(i, one) for i, record in enumerate(records) for one in self.sight(record)]

    def kernel(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Sightings of a batch of things, a pure function of the batch."""
        from oust.identify.kernel import Prefilter

        if self._prefilter is None:
            self._prefilter = Prefilter(self._seeds.items)
        return run_kernel(batch, self._prefilter, self.sight)

    def needles(self) -> LiteralNeedles:
        """What bulk files are searched for: a superset of what `sight` finds in their rows."""
        return LiteralNeedles(self._seeds.rows, self._seeds.network)


class Sight(Protocol):
    """Sightings of one record."""

    def __call__(self, record: Record, /) -> list[Sighting]:
        """All of them, in a fixed order."""


def run_kernel(batch: pa.RecordBatch, prefilter: Prefilter, sight: Sight) -> pa.RecordBatch:
    """Look closely at the rows that `prefilter` leaves."""
    from oust.identify.kernel import records_of, sighting_batch

    rows = prefilter.candidates(batch)
    found: list[tuple[Any, Sighting]] = []
    for key, record in records_of(batch, rows):
        found += ((key, one) for one in sight(record))
    return sighting_batch(found)


def _packaged(one: Hit) -> Hit:
    return ruled_out(one, PACKAGED)


def digest(*parts: str | bytes) -> str:
    """Short digest of what influences results."""
    found = hashlib.sha256(_rules())
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()[:16]


@lru_cache(maxsize=1)
def _rules() -> bytes:
    """The code that decides, so that a case is looked at again when it changes."""
    here = Path(__file__).parent
    beside = [here.parent / name for name in ("text.py", "party_names.py", "data/kinds.py")]
    files = [*sorted(here.glob("*.py")), *beside]
    return b"\0".join(file.read_bytes() for file in files)


def compile_dossiers(dossiers: Iterable[Dossier]) -> DossierMatcher:
    """Make a matcher that finds the vendors of `dossiers`."""
    return DossierMatcher(tuple(dossiers))
