"""Lists of approvals in delimited text: price lists, exclusion extracts, certified products.

In spreadsheets they are met by purchases-xlsx, which reads by headers whatever a sheet is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats import delimited_table
from oust.formats.certificates import certificates
from oust.formats.delimited_table import Meant, Table
from oust.formats.exclusions import exclusions
from oust.formats.price_list import price_list
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Said


class _ApprovalList:
    """What the three share. See Format."""

    group = "approvals"
    bulk = True
    _meant: Meant
    _words: re.Pattern[str]  # one stands in every header that could be meant
    _lacks: str

    def claims(self, head: Head) -> int:
        """By the meaning of the headers."""
        table = self._table(head)
        return table.meaning.score if table else 0

    def _table(self, head: Head) -> Table | None:
        # most text is no table: a look at its words is cheaper than a look at its columns
        if not self._words.search("\n".join(head.lines[: delimited_table.HEADER_WITHIN])):
            return None
        return delimited_table.claimed(head, type(self)._meant)

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One approval record per row that may hold what is looked for, and a count."""
        table = self._table(opened.head)
        if table is None:
            raise Unreadable(f"no header row that names {self._lacks}")
        yield from delimited_table.said(table, opened, needles)


class PriceListCsv(_ApprovalList):
    """See Format."""

    name = "price-list"
    title = "Price lists and catalogues of purchasing vehicles: GSA schedules, SEWP, states"
    _meant = staticmethod(price_list)
    _words = re.compile(
        r"(?i)pri[cx]|preis|precio|prezzo|prijs|rate|\bsin\b|origin|\bcoo\b|msrp|year 1|unit of"
    )
    _lacks = "products with a price, a contract or an origin"


class SamExclusions(_ApprovalList):
    """See Format."""

    name = "sam-exclusions"
    title = "Exclusions of SAM.gov and EPLS: public extracts and API, CSV"
    _meant = staticmethod(exclusions)
    _words = re.compile(r"(?i)exclu|ct[ _]?code")
    _lacks = "excluded parties"


class CertificateList(_ApprovalList):
    """See Format."""

    name = "certifications"
    title = "Certified products: Common Criteria, FIPS 140, NIAP, DoDIN APL, FedRAMP, CSV"
    _meant = staticmethod(certificates)
    _words = re.compile(r"(?i)certif|cert\b|validat|assurance|authoriz|fedramp|tracking|security")
    _lacks = "certified products"
