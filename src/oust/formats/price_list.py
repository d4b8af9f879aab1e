"""Price lists and catalogues of purchasing vehicles: what could be bought, from whom, under what.

Nothing is bought by being listed, so each row is an approval and no award. A contractor writes the
number of the contract and his own name above the table as often as into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from oust.formats import approval_headers as heads
from oust.formats import contract_values as values
from oust.formats.approval_headers import Cells, Section
from oust.formats.purchases import key
from oust.model import Kind, Record, Said

LEAST = 50
"""Points below which a header is no price list's."""

_POINTS = {
    **{"sin": 30, "labor": 25, "contract_price": 30, "price": 15, "list_price": 20},
    **{"discount": 15, "unit": 15, "origin": 20, "taa": 15, "manufacturer": 10, "part": 15},
    **{"product": 15, "description": 10, "contract": 10, "vehicle": 10, "holder": 5, "gtin": 5},
    **{"vendor_part": 10, "warranty": 5, "delivery": 5, "pack": 5, "minimum": 5, "education": 5},
    **{"experience": 5},
}
_THING = frozenset({"product", "description", "part", "labor", "vendor_part"})
_SIGN = frozenset(
    {"sin", "labor", "contract_price", "list_price", "discount", "unit", "origin", "taa"}
)
_ABOVE = (
    *("contract", "vehicle", "holder", "sin", "manufacturer", "since", "until", "currency"),
    *("uei", "duns", "cage", "period", "group"),
)
_EXTRA = (
    *("sin", "origin", "taa", "unit", "list_price", "discount", "currency", "vendor_part"),
    *("warranty", "delivery", "pack", "minimum", "volume", "education", "experience", "worksite"),
    *("classification", "classification_code", "status", "quantity"),
    *("period", "group"),
    *("year_2", "year_3", "year_4", "year_5"),
)
_NUMBER = re.compile(r"^(?=\S*\d{3})\S+$")
_COMPANY = re.compile(
    r"[^:\n]{2,80}?[\s,](?:Inc|LLC|L\.L\.C|Corp|Corporation|Ltd|Limited|L\.?P|Company|GmbH)\b\.?(?=$|\W)",
    re.I,
)
"""A company that a title row begins with."""

_LABELLED = re.compile(r"([^:]{3,60}):\s*(.*)", re.S)
_NUMBERED = re.compile(r"(\D{3,60}?(?:\b(?:Nr|No|Number|Num)\b\.?|[#№]|n[°º])) +(\S*\d\S*)", re.I)
"""A label and a number without a colon: `Rahmenvertrag Nr. RV-2016-77`."""

_FROM = re.compile(r"\b(?:effective|g[üu]ltig ab|valid from)(?: date| as of| on| from)?:? +", re.I)
"""In a title row, after which stands the day from which the list holds."""


class PriceList(Struct, frozen=True):
    """The meaning of a price list's columns, and what the rows above them say of all rows."""

    score: int
    headers: tuple[str, ...]
    places: dict[str, int]
    above: dict[str, str]  # role -> value, from the rows above the headers
    authority: str = ""
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
        """The listing of one row; a heading or a footnote is quarantined."""
        cell = Cells(self.places, row)
        name = cell["product"] or cell["labor"] or cell["description"] or cell["part"]
        name = name or cell["vendor_part"]
        filled = sum(bool(one.strip()) for one in row)
        again = [one.strip() for one in row] == [one.strip() for one in self.headers]
        if not name or filled < 2 or again:
            return heads.no_entry(row, self.headers, locator, "product")
        return self._listing(cell, name, locator, damage)

    def _listing(self, cell: Cells, name: str, locator: str, damage: str) -> Record:
        text = cell["contract_price"] or cell["price"] or cell["list_price"]
        money = values.decimal(text.rstrip("*"))
        notes = {role: self._of(cell, role) for role in _EXTRA}
        vehicle, written, authority = self._vehicle(cell)
        since, until = (self._of(cell, role) for role in ("since", "until"))
        start, end = (heads.day(one, self.day_first) for one in (since, until))
        notes |= {
            "authority": authority,
            "vehicle": vehicle,
            "vehicle_text": written,
            "contract": self._of(cell, "contract"),
            "amount_text": "" if money is not None else text,
            "since_text": "" if start else since,
            "until_text": "" if end else until,
            "damage": damage,
        }
        description = cell["description"]
        return Record(
            kind="approval",
            locator=locator,
            type="listing",
            name=name,
            version=cell["version"],
            manufacturer=self._of(cell, "manufacturer"),
            publisher=cell["publisher"],
            seller=self._of(cell, "holder"),
            ids=values.ids(*self._ids(cell)),
            urls=(cell["url"],) if cell["url"].startswith("http") else (),
            description=description if description != name else "",
            amount=money or "",
            since=start,
            until=end,
            extra=values.extra(notes),  # noqa: S610 (not Django)
        )

    def _of(self, cell: Cells, role: str) -> str:
        """What the row says, or else what stands above the table."""
        return cell[role] or self.above.get(role, "")

    def _ids(self, cell: Cells) -> Iterable[tuple[str, str]]:
        vehicle = self._of(cell, "vehicle")
        yield "award", self._of(cell, "contract") or (vehicle if _NUMBER.search(vehicle) else "")
        yield "part", cell["part"]
        yield "gtin", values.alnum(cell["gtin"])
        for role in ("uei", "cage", "duns"):
            yield role, values.alnum(self._of(cell, role))

    def _vehicle(self, cell: Cells) -> tuple[str, str, str]:
        """Its usual name, the name as written where that is another, and who runs it."""
        written = self._of(cell, "vehicle")
        known, authority = known_vehicle(f"{written} {self._of(cell, 'contract')}")
        vehicle = known or written
        return vehicle, "" if written == vehicle else written, authority or self.authority


def price_list(
    headers: Sequence[str],
    above: Sequence[Sequence[str]] = (),
    below: Sequence[Sequence[str]] = (),
    mapping: Mapping[str, str] | None = None,
) -> PriceList | None:
    """What these headers mean as a price list; None if they are not those of one.

    A user's own mapping speaks of purchases, so with one nothing is a price list.
    """
    known = heads.section("listings")
    places = {} if mapping else heads.places_of(headers, known)
    score = _score(headers, places, known)
    if score < LEAST:
        return None
    given, authority = _stated(above, known)
    usual = False if places.keys() & {"sin", "contract_price"} or authority else None
    order = heads.day_first(heads.column(below, places, "since", "until"), usual)
    return PriceList(
        min(score, 90), tuple(headers), places, given, authority=authority, day_first=order
    )


def _score(headers: Sequence[str], places: Mapping[str, int], known: Section) -> int:
    """Points of the headers; 0 where something that every price list has is missing."""
    roles = places.keys()
    goods = {"part", "price"} <= roles and bool(roles & {"manufacturer", "product", "description"})
    if not roles & _THING or not (roles & _SIGN or goods) or len(roles) < 3:
        return 0
    bought = heads.counted(headers, known.keys("bought"))
    foreign = heads.counted(headers, known.keys("foreign"))
    points = sum(_POINTS.get(role, 0) for role in roles) - 30 * bought - 25 * foreign
    points -= 20 if "quantity" in roles else 0
    if points < LEAST:
        return 0
    return points if bought or foreign else max(points, 80)


def _stated(above: Sequence[Sequence[str]], known: Section) -> tuple[dict[str, str], str]:
    """What the rows above the headers say of the whole list, and who runs its vehicle."""
    found: dict[str, str] = {}
    for row in above:
        cells = [cell.strip() for cell in row]
        for index, cell in enumerate(cells):
            label, value = _labelled(cell, cells[index + 1 :])
            for role, _ in known.exact.get(key(label), ()) if value else ():
                if role in _ABOVE:
                    found.setdefault(role, value)
    text = "\n".join(cell for row in above for cell in row)
    if number := re.search(known.said["numbers"], text):
        found.setdefault("contract", number[0])
    if begins := _begins(text):
        found.setdefault("since", begins)
    vehicle, authority = known_vehicle(text)
    if vehicle:
        found.setdefault("vehicle", vehicle)
    company = next(filter(None, (_COMPANY.match(line.strip()) for line in text.split("\n"))), None)
    if company:
        found.setdefault("holder", company[0].strip())
    return found, authority


def _begins(text: str) -> str:
    """The day from which a list holds, as its title rows write it; "" if they do not."""
    told = (text[match.end() :][:30].partition("\n")[0].strip() for match in _FROM.finditer(text))
    return next((one for one in told if heads.day(one, day_first=False)), "")


def _labelled(cell: str, rest: Sequence[str]) -> tuple[str, str]:
    """A label and its value: `Contract number: X` in one cell, or in one cell and the next."""
    if match := _LABELLED.fullmatch(cell):
        return match[1], match[2].strip() or next(filter(None, rest), "")
    if match := _NUMBERED.fullmatch(cell):
        return match[1], match[2]
    return cell, next(iter(rest), "")


@lru_cache(maxsize=4096)
def known_vehicle(text: str) -> tuple[str, str]:
    """Name of a vehicle met in a text, and who runs it; each empty where nothing tells."""
    vehicle = authority = ""
    for one in heads.section("listings").said["vehicles"]:
        match = re.search(one["match"], text)
        if match:
            named = match.expand(one["vehicle"]) if "\\" in one["vehicle"] else one["vehicle"]
            vehicle = vehicle or named.strip().rstrip("-")
            authority = authority or one["authority"]
    return vehicle, authority
