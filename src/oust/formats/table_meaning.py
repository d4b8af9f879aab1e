"""What a spreadsheet or Parquet table is about, by its headers: purchases, software, approvals ...

All come in the same containers, so the better reading of the headers decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import structs

from oust.formats.agreement_rows import Register, fields, score
from oust.formats.certificates import Certificates, certificates
from oust.formats.exclusions import Exclusions, exclusions
from oust.formats.listing import Hosts
from oust.formats.price_list import PriceList, price_list
from oust.formats.purchases import HeaderMap, map_headers
from oust.formats.seam import one_line
from oust.formats.software_csv import LEAST
from oust.formats.software_headers import SoftwareMap, map_software_headers
from oust.model import Kind, Quarantine, Said


class Bought:
    """A table of purchases or awards: rows are many, and kept only where one is wanted."""

    bulk = True
    about: Kind = "award"

    def __init__(self, found: HeaderMap) -> None:
        self._map = found
        self.score = found.score
        self.problems = found.problems
        self.columns = sorted(set(found.places.values()))

    def told(self, cells: Sequence[str], locator: str) -> Iterator[Said]:
        """The award of one row."""
        yield self._map.record(cells, locator)


class Installed:
    """A table of programs on hosts: every row is kept."""

    bulk = False
    about: Kind = "program"
    problems: tuple[str, ...] = ()

    def __init__(self, found: SoftwareMap) -> None:
        self._map = found
        self._hosts = Hosts()
        self.score = found.score
        self.columns = sorted({*found.places.values(), *found.others})

    def told(self, cells: Sequence[str], locator: str) -> Iterator[Said]:
        """The program of one row, and its host when it is met for the first time."""
        host = self._map.host(cells, locator)
        if host:
            for one in self._hosts.new(host.name, locator):
                yield structs.replace(host, ref=one.ref)
        if not self._map.name(cells):
            shown = one_line(" | ".join(filter(None, cells)))
            yield Quarantine(locator, "the row names no software", shown)
            return
        record = self._map.record(cells, locator)
        yield structs.replace(record, host=self._hosts.name(host.name)) if host else record


class Approved:
    """A price list, an exclusion extract or a list of certificates: likewise bulk."""

    bulk = True
    about: Kind = "approval"
    problems: tuple[str, ...] = ()

    def __init__(self, found: PriceList | Exclusions | Certificates) -> None:
        self._map = found
        self.score = found.score
        self.columns = sorted(set(found.places.values()))

    def told(self, cells: Sequence[str], locator: str) -> Iterator[Said]:
        """The approval of one row, or what is wrong with it."""
        yield self._map.record(cells, locator)


class Agreed:
    """A register of access agreements: every row is kept."""

    bulk = False
    about: Kind = "agreement"
    problems: tuple[str, ...] = ()

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = headers
        self._means = fields(headers)
        self._register = Register()
        self.score = score(self._means.values())
        self.columns = list(range(len(headers)))

    def told(self, cells: Sequence[str], locator: str) -> Iterator[Said]:
        """The agreement of one row, and who and what it names."""
        row = dict(zip(reversed(self._headers), reversed(self._whole(cells)), strict=True))
        known = {field: row[header] for header, field in self._means.items()}
        others = {header: row[header] for header in row if header not in self._means and header}
        yield from self._register.said(known, locator, others)

    def _whole(self, cells: Sequence[str]) -> list[str]:
        """As many cells as there are headers."""
        return [*cells, *[""] * len(self._headers)][: len(self._headers)]


Meaning = Bought | Installed | Approved | Agreed
_Listed = PriceList | Exclusions | Certificates
_APPROVALS: tuple[Callable[..., _Listed | None], ...] = (exclusions, certificates, price_list)


def meaning(
    headers: Sequence[str],
    mapping: Mapping[str, str],
    sample: Sequence[Sequence[str]],
    above: Sequence[Sequence[str]] = (),
) -> Meaning | None:
    """What a table with these `headers` is about; None if it is nothing that is read.

    A user's `mapping` speaks of purchases and settles it. `sample` are some rows below the
    headers, `above` those above them.
    """
    bought = map_headers(headers, mapping, sample)
    installed = map_software_headers(headers, sample)
    likely = bought.score if bought.kind else 0
    software = not mapping and installed.score >= LEAST and installed.score > likely
    likely = installed.score if software else likely
    approved: _Listed | None = None
    for read in _APPROVALS:
        one = read(headers, above, sample, mapping)
        if one and (approved is None or one.score > approved.score):
            approved = one
    agreed = Agreed(headers)
    if not mapping and agreed.score > max(likely, approved.score if approved else 0):
        return agreed
    if approved and approved.score > likely:
        return Approved(approved)
    if software:
        return Installed(installed)
    return Bought(bought) if bought.kind else None
