"""Competing hypotheses (after Heuer): which claims tell them apart, and what speaks against each.

What is consistent with every hypothesis tells nothing. What speaks against one is counted by
origin, not by outlet; and a party's denial by itself. No hypothesis is declared right.
"""

from __future__ import annotations

from itertools import combinations

from oust.data.ledger import Ledger, Reading
from oust.weigh import Weighing
from oust.weighed import Cell, Column, Matrix, Row

_UNREAD = Cell("not read")


def matrix(weighing: Weighing) -> Matrix:
    """Rows: claims with a reading that count, sorted by what discriminates, then as in the ledger.

    Where a reader read the same claim twice, the later reading counts.
    """
    ledger = weighing.ledger
    names = tuple(one.id for one in ledger.hypotheses)
    cells = _cells(ledger)
    rows = []
    for claim in ledger.claims:
        if claim.id in cells and weighing.counts(claim.id):
            row = tuple(cells[claim.id].get(name, _UNREAD) for name in names)
            rows.append(Row(claim.id, row, _parts(row)))
    rows.sort(key=lambda row: (-row.parts, weighing.number[row.claim]))
    columns = tuple(_column(weighing, rows, at, name) for at, name in enumerate(names))
    return Matrix(names, tuple(rows), columns)


def _cells(ledger: Ledger) -> dict[str, dict[str, Cell]]:
    last: dict[tuple[str, str], dict[str, Reading]] = {}
    for one in ledger.readings:
        readers = last.setdefault((one.claim, one.hypothesis), {})
        if one.by not in readers or readers[one.by].date <= one.date:
            readers[one.by] = one
    cells: dict[str, dict[str, Cell]] = {}
    for (claim, hypothesis), readers in last.items():
        by = tuple((who, one.reads) for who, one in sorted(readers.items()))
        words = {one.reads for one in readers.values()}
        cell = Cell(words.pop(), by) if len(words) == 1 else Cell("disputed", by)
        cells.setdefault(claim, {})[hypothesis] = cell
    return cells


def _parts(row: tuple[Cell, ...]) -> int:
    """Pairs of hypotheses of which the claim fits one and speaks against the other."""
    wanted = {"consistent", "inconsistent"}
    return sum({a.reads, b.reads} == wanted for a, b in combinations(row, 2))


def _column(weighing: Weighing, rows: list[Row], at: int, name: str) -> Column:
    read = {word: [row.claim for row in rows if row.cells[at].reads == word] for word in _WORDS}
    against = read["inconsistent"]
    denials = [one for one in against if weighing.claim(one).kind == "denial"]
    asserted = [one for one in against if one not in denials]
    return Column(
        hypothesis=name,
        inconsistent=tuple(against),
        disputed=tuple(read["disputed"]),
        not_read=len(read["not read"]),
        against=weighing.origins(asserted),
        denied=weighing.origins(denials),
    )


_WORDS = ("consistent", "inconsistent", "irrelevant", "disputed", "not read")
