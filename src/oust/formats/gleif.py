"""GLEIF's published files: legal entities, their accounting parents, and why a parent is not told.

Golden copy and concatenated files, deltas, and what one cuts out of them, as CSV, XML and JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from oust.formats import gleif_records as records
from oust.formats import gleif_scan as scan
from oust.formats.gleif_tree import Element
from oust.formats.seam import Head, Needles, Opened
from oust.model import Said, Tally

Telling = Callable[[Element, str], Iterator[Said]]


class _Gleif:
    """What all share. See Format."""

    group = "relations"
    bulk = True
    _tell: Telling

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """What the records that may hold something looked for say, and a count of the others."""
        whole = not self.bulk or scan.kept_whole(opened)
        passed = 0
        for one in self._found(opened, None if whole else needles):
            if isinstance(one, scan.Passed):
                passed += one.number
            elif not isinstance(one, scan.Found):
                yield one
            elif whole or (one.hit and needles.wants(*records.sought(one.tree))):
                yield from self._tell(one.tree, one.locator)
            else:
                passed += 1
        if passed:
            yield Tally("party", passed)

    def _found(self, opened: Opened, needles: Needles | None) -> Iterator[scan.Said]:
        raise NotImplementedError


class _Csv(_Gleif):
    _columns: frozenset[str]

    def claims(self, head: Head) -> int:
        """By the names of its columns."""
        return 96 if self._columns <= set(scan.columns(head)) else 0

    def _found(self, opened: Opened, needles: Needles | None) -> Iterator[scan.Said]:
        yield from scan.rows(opened, needles)


class _Xml(_Gleif):
    _element: str
    _path: str

    def claims(self, head: Head) -> int:
        """By the root element, or the record's where a file holds only some."""
        root, top = head.xml_root[0], self._path.split("/")[1]
        if root in (top, self._element):
            return 97
        marked = re.search(rf"<(?:\w+:)?{self._element}[\s>]", head.start)
        return 80 if root and marked and "gleif.org" in head.start else 0

    def _found(self, opened: Opened, needles: Needles | None) -> Iterator[scan.Said]:
        yield from scan.elements(opened, scan.xml(self._element, self._path), needles)


class _Json(_Gleif):
    _marker: str
    _list: str
    _keys: frozenset[str]

    def claims(self, head: Head) -> int:
        """By the first key of a record and those within."""
        first = re.search(rf'\{{\s*"{self._marker}"\s*:\s*\{{', head.start)
        return 96 if first and self._keys <= head.json_keys else 0

    def _found(self, opened: Opened, needles: Needles | None) -> Iterator[scan.Said]:
        yield from scan.elements(opened, scan.json(self._marker.encode(), self._list), needles)


class GleifLeiCsv(_Csv):
    """Level 1, CSV. See Format."""

    name = "gleif-lei-csv"
    title = "GLEIF level 1 (LEI-CDF 2.1, 3.1): who is who, CSV"
    _columns = frozenset({"lei", "entity.legalname"})
    _tell = staticmethod(records.party)


class GleifLeiXml(_Xml):
    """Level 1, XML. See Format."""

    name = "gleif-lei-xml"
    title = "the same, XML"
    _element, _path = "LEIRecord", "/LEIData/LEIRecords"
    _tell = staticmethod(records.party)


class GleifLeiJson(_Json):
    """Level 1, JSON. See Format."""

    name = "gleif-lei-json"
    title = "the same, JSON"
    _marker, _list = "LEI", "records"
    _keys = frozenset({"Entity", "LegalName"})
    _tell = staticmethod(records.party)


class GleifParentsCsv(_Csv):
    """Level 2, CSV. See Format."""

    name = "gleif-rr-csv"
    title = "GLEIF level 2 (RR-CDF 1.1, 2.1): who consolidates whom, CSV"
    bulk = False
    _columns = frozenset(
        f"relationship.{name}" for name in ("startnode.nodeid", "endnode.nodeid")
    ) | {"relationship.relationshiptype"}
    _tell = staticmethod(records.relationship)


class GleifParentsXml(_Xml):
    """Level 2, XML. See Format."""

    name = "gleif-rr-xml"
    title = "the same, XML"
    bulk = False
    _element, _path = "RelationshipRecord", "/RelationshipData/RelationshipRecords"
    _tell = staticmethod(records.relationship)


class GleifParentsJson(_Json):
    """Level 2, JSON. See Format."""

    name = "gleif-rr-json"
    title = "the same, JSON"
    bulk = False
    _marker, _list = "RelationshipRecord", "relations"
    _keys = frozenset({"StartNode", "EndNode"})
    _tell = staticmethod(records.relationship)


class GleifExceptionsCsv(_Csv):
    """Reporting exceptions, CSV. See Format."""

    name = "gleif-repex-csv"
    title = "GLEIF reporting exceptions: why a parent is not told, CSV"
    _columns = frozenset({"lei", "exception.category"})
    _tell = staticmethod(records.exception)


class GleifExceptionsXml(_Xml):
    """Reporting exceptions, XML. See Format."""

    name = "gleif-repex-xml"
    title = "the same, XML"
    _element, _path = "Exception", "/ReportingExceptionData/ReportingExceptions"
    _tell = staticmethod(records.exception)

    def claims(self, head: Head) -> int:
        """By the root element; `Exception` alone is too common a word."""
        return 97 if head.xml_root[0] in ("ReportingExceptionData", "ReportingExceptions") else 0


class GleifExceptionsJson(_Json):
    """Reporting exceptions, JSON. See Format."""

    name = "gleif-repex-json"
    title = "the same, JSON"
    _marker, _list = "LEI", "exceptions"
    _keys = frozenset({"ExceptionCategory"})
    _tell = staticmethod(records.exception)
