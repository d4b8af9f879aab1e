"""Awards and purchases in delimited text: USAspending downloads and any table of purchases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oust.formats import delimited_table
from oust.formats.delimited_table import Cells, Table
from oust.formats.purchases import HeaderMap, map_headers
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Said


def _meant(
    headers: Cells, above: Sequence[Cells], below: Sequence[Cells], mapping: Mapping[str, str]
) -> HeaderMap | None:
    found = map_headers(headers, mapping, below)
    return found if found.kind else None


class _AwardCsv:
    """What both formats share. See Format."""

    group = "contracts"
    bulk = True

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One award record per row that may hold what is looked for, and a count of the others."""
        table = delimited_table.table_in(opened.head, _meant)
        if table is None:
            raise Unreadable("no header row that names what was bought, or from whom")
        yield from delimited_table.said(table, opened, needles)


class UsaspendingCsv(_AwardCsv):
    """See Format."""

    name = "usaspending-csv"
    title = "USAspending awards: transactions, summaries, subawards; files up to 2017 too"

    def claims(self, head: Head) -> int:
        """By the names of its columns, in any order, with others between."""
        table = _claimed(head)
        return 95 if table and table.meaning.kind not in ("", "purchases") else 0


class PurchasesCsv(_AwardCsv):
    """See Format."""

    name = "purchases-csv"
    title = "Purchases or awards in delimited text: CSV, TSV"

    def claims(self, head: Head) -> int:
        """By columns that say who sold what, and that it was bought."""
        table = _claimed(head)
        if table is None or table.meaning.kind != "purchases":
            return 0
        score: int = table.meaning.score
        return score


def _claimed(head: Head) -> Table | None:
    return delimited_table.claimed(head, _meant)
