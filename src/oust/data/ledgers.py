"""Load ledgers of claims: one file, or all those of a case (CASE/claims/*.yaml)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct

from oust.data.ledger import Ledger
from oust.data.ledger_check import HINTS, Known, check_ledger, ids_in
from oust.data.nodes import Text
from oust.data.strict import Entry, Findings, Problem, Schema, read_strict, refusal
from oust.errors import OustError

FOLDER = "claims"
"""Where the ledgers of a case lie, in the folder of the case."""

ENDINGS = (".yaml", ".yml")
MAX_BYTES = 256 << 20
"""Some 800,000 claims."""


class Ledgers(Struct, frozen=True):
    """The ledgers of a case, or the one of a file, with the file of each."""

    files: tuple[tuple[Path, Ledger], ...] = ()

    @property
    def whole(self) -> Ledger:
        """All of them as one; its title is that of the first."""
        if len(self.files) == 1:
            return self.files[0][1]
        parts = [ledger for _, ledger in self.files]
        first = parts[0] if parts else Ledger(id="claims", title="no claims")
        return Ledger(
            id=first.id,
            title=first.title,
            note=first.note,
            speakers=tuple(one for part in parts for one in part.speakers),
            documents=tuple(one for part in parts for one in part.documents),
            claims=tuple(one for part in parts for one in part.claims),
            apart=tuple(one for part in parts for one in part.apart),
            hypotheses=tuple(one for part in parts for one in part.hypotheses),
            readings=tuple(one for part in parts for one in part.readings),
        )

    def home(self, name: str) -> tuple[Path, Ledger] | None:
        """The file that holds the claim, speaker, document or hypothesis of this id."""
        for path, ledger in self.files:
            if name in names_in(ledger):
                return path, ledger
        return None


def names_in(ledger: Ledger) -> dict[str, str]:
    """Every id of a ledger, and what it names: claim, speaker, document or hypothesis."""
    return {
        **{one.id: "speaker" for one in ledger.speakers},
        **{one.id: "document" for one in ledger.documents},
        **{one.id: "claim" for one in ledger.claims},
        **{one.id: "hypothesis" for one in ledger.hypotheses},
    }


def read_ledger(path: Path, others: Known | None = None) -> tuple[Ledger | None, list[Problem]]:
    """Read and check one file. No ledger is given where a problem is more than a warning.

    `others`: ids of the case's other files to which this one may refer, and what each names.
    """
    check = partial(check_ledger, others=others or {})
    with uncollected():
        return read_strict(path, Ledger, _schema(check))


def load_ledger(path: Path, others: Known | None = None) -> Ledger:
    """Load one file, strictly.

    Raises OustError with the first problems when anything but a warning is found.
    """
    ledger, problems = read_ledger(path, others)
    if ledger is None:
        raise refusal(problems, f"oust claims check {path} lists every problem")
    return ledger


def ledger_files(place: Path) -> list[Path]:
    """The ledger files of a case folder, sorted; or the file itself, if it is one.

    Raises OustError where there is neither.
    """
    if place.is_file():
        return [place]
    if not place.is_dir():
        hint = "name a case folder or a ledger file; oust claims add starts one"
        raise OustError(f"there is no {place}", hint)
    inside = (place / FOLDER).iterdir() if (place / FOLDER).is_dir() else ()
    return sorted(one for one in inside if one.suffix in ENDINGS and one.name[0] != ".")


def read_ledgers(place: Path) -> list[tuple[Path, Ledger | None, list[Problem]]]:
    """Every ledger of a case folder, or the one file, with its problems."""
    paths = ledger_files(place)
    if len(paths) < 2:
        return [(path, *read_ledger(path)) for path in paths]
    known = [(path, _ids(path)) for path in paths]
    read = []
    for path in paths:
        others = {name: kind for one, ids in known if one != path for name, kind in ids.items()}
        read.append((path, *read_ledger(path, others)))
    return read


def load_ledgers(place: Path) -> Ledgers:
    """The ledgers of a case folder, or of one file.

    Raises OustError where one is wrong, or refers to what no file has.
    """
    loaded: list[tuple[Path, Ledger]] = []
    for path, ledger, problems in read_ledgers(place):
        if ledger is None:
            raise refusal(problems, f"oust claims check {place} lists every problem")
        loaded.append((path, ledger))
    return Ledgers(tuple(loaded))


def places_of(path: Path) -> dict[str, tuple[int, int]]:
    """Line and column at which each id of a file is given."""
    places: dict[str, tuple[int, int]] = {}

    def note(entries: list[Entry], found: Findings) -> None:
        for entry in entries:
            node = entry.at("id")
            if isinstance(node, Text) and entry.where:
                places.setdefault(node.value.strip(), (node.line, node.column))

    with uncollected():
        read_strict(path, Ledger, _schema(note))
    return places


def _ids(path: Path) -> dict[str, str]:
    """Every id of a file that may be wrong, and what each names."""
    ids: dict[str, str] = {}

    def note(entries: list[Entry], found: Findings) -> None:
        ids.update(ids_in(entries))

    with uncollected():
        read_strict(path, Ledger, _schema(note))
    return ids


def _schema(check: Callable[[list[Entry], Findings], None]) -> Schema:
    return Schema(
        what="a ledger of claims",
        page="docs/claims.md",
        check=check,
        hints=HINTS,
        limit=MAX_BYTES,
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cycle collector, which would go through millions of nodes again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
