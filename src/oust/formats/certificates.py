"""Lists of certified and authorised products: Common Criteria, FIPS 140, NIAP, DoDIN APL, FedRAMP.

The Common Criteria portal's CSV gives one row for each product and a further one for each
maintenance of its certificate, with the product's own columns repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from oust.formats import approval_headers as heads
from oust.formats import contract_values as values
from oust.formats.approval_headers import Cells
from oust.formats.purchases import key
from oust.model import Kind, Record, Said

_EXTRA = (
    *("scheme", "level", "standard", "profile", "lab", "status", "category", "agency"),
    "path",
)
_MANY_DATES = ";"


class Certificates(Struct, frozen=True):
    """The meaning of the columns of a list of certificates."""

    score: int
    headers: tuple[str, ...]
    places: dict[str, int]
    type: str  # certification, or authorization
    day_first: bool | None = None
    problems: tuple[str, ...] = ()

    @property
    def about(self) -> Kind:
        """Kind of its records."""
        return "approval"

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.headers)

    def record(self, row: Sequence[str], locator: str, damage: str = "") -> Said:
        """The certificate of one row, or one maintenance of it."""
        cell = Cells(self.places, row)
        again = [one.strip() for one in row] == [one.strip() for one in self.headers]
        if again or not cell["product"] or sum(bool(one.strip()) for one in row) < 2:
            return heads.no_entry(row, self.headers, locator, "product")
        kept = cell["maintenance_title"] or cell["maintenance_report"]
        issued = cell["maintenance_date"] if kept else cell["issued"]
        links = ("maintenance_report", "maintenance_st") if kept else ("report", "target", "url")
        start, end = (heads.day(one, self.day_first) for one in (issued, cell["expires"]))
        notes = {role: cell[role] for role in _EXTRA} | {
            "authority": self._authority(cell),
            "maintenance_of": cell["product"] if kept else "",
            "since_text": issued if not start or _MANY_DATES in issued else "",
            "until_text": "" if end else cell["expires"],
            "damage": damage,
        }
        return Record(
            kind="approval",
            locator=locator,
            type=self.type,
            name=cell["maintenance_title"] or cell["product"],
            version=cell["version"],
            manufacturer=cell["manufacturer"],
            buyer=cell["agency"] if self.type == "authorization" else "",
            ids=values.ids(("id", cell["number"].lstrip("#").strip())),
            urls=_urls(*(cell[one] for one in links)),
            description=cell["description"],
            since=start,
            until=end,
            extra=values.extra(notes),  # noqa: S610 (not Django)
        )

    def _authority(self, cell: Cells) -> str:
        """Who certifies: as written, or by the scheme's code of the Common Criteria portal."""
        if "profile" in self.places or "assurancelevel" in map(key, self.headers):
            schemes: dict[str, str] = heads.section("certificates").said["schemes"]
            return cell["body"] or schemes.get(cell["scheme"].upper(), "")
        return cell["body"] or (cell["agency"] if self.type == "authorization" else "")


def _urls(*texts: str) -> tuple[str, ...]:
    """Those that are web addresses; their file names hold blanks, which an address may not."""
    found = (text.replace(" ", "%20") for text in texts if text.startswith(("http:", "https:")))
    return tuple(dict.fromkeys(found))


def certificates(
    headers: Sequence[str],
    above: Sequence[Sequence[str]] = (),
    below: Sequence[Sequence[str]] = (),
    mapping: Mapping[str, str] | None = None,
) -> Certificates | None:
    """What these headers mean as a list of certificates; None if they are not those of one."""
    known = heads.section("certificates")
    strong = 0 if mapping else heads.counted(headers, known.keys("strong"))
    if not strong or heads.counted(headers, known.keys("foreign")):
        return None
    places = heads.places_of(headers, known)
    roles = places.keys()
    what = roles & {"number", "level", "scheme", "profile", "standard", "body", "lab"}
    when = roles & {"issued", "expires", "status"}
    who = roles & {"manufacturer"}
    if "product" not in roles or not what or not when or not (who or strong > 2):
        return None
    score = 92 if strong > 1 else 60
    ours = heads.counted(headers, known.keys("authorized"))
    kind = "authorization" if ours else "certification"
    usual = False if "maintenance_title" in roles or ours else None
    told = heads.column(below, places, "issued", "expires", "maintenance_date")
    return Certificates(score, tuple(headers), places, kind, heads.day_first(told, usual))
