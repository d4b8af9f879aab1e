"""What the columns of a purchase or award table mean, and its rows as award records.

`map_headers` finds the meaning of each column from its header by the spellings in
data/headers.yaml, or takes it from the user's mapping file; `HeaderMap.record` makes a record of
a row. CSV, XLSX and Parquet readers share it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from msgspec import Struct

from oust.formats import contract_values as values
from oust.formats import dates
from oust.model import Kind, Record

TableKind = Literal["", "transactions", "award summaries", "subawards", "assistance", "purchases"]

EXACT, BESIDES, LIKE, GIVEN = 100, 95, 70, 200
"""How well a header fits: as written, without its brackets, besides label words, by the user."""

_IDS = (
    *(("award", "award"), ("parent-award", "parent_award"), ("uei", "uei"), ("cage", "cage")),
    *(("duns", "duns"), ("reg", "seller_reg"), ("parent-uei", "parent_uei")),
    *(("parent-duns", "parent_duns"), ("buyer-code", "buyer_code"), ("part", "part")),
    ("gtin", "gtin"),
)
_CODES = frozenset({"uei", "cage", "duns", "seller_reg", "parent_uei", "parent_duns", "gtin"})
_PLAIN = ("seller_parent", "publisher", "type")
_EXTRA = (
    *("modification", "transaction", "line", "seller_alias", "office", "funder", "product"),
    *("quantity", "unit_price", "currency", "prime", "prime_uei", "prime_parent_award"),
    *("classification", "classification_code", "reason", "solicitation", "origin_country"),
    *("place_of_manufacture", "seller_country", "record_key"),
)
_POINTS = {
    **{"seller": 30, "manufacturer": 15, "description": 20, "product": 20, "award": 15},
    **{"amount": 15, "unit_price": 10, "buyer": 15, "since": 10, "quantity": 5, "part": 5},
    **{"uei": 10, "duns": 10, "cage": 10, "parent_award": 10, "publisher": 5, "classification": 5},
}
_ALIASES = {"name": "award", "supplier_name": "seller"}
_FEDERAL = frozenset({"piid", "actionobligation", "datesigned", "cagecode"})
_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_WORD = re.compile(r"#|[^\W_]+")
_NUMBER = frozenset({"#", "no", "nr", "num", "n", "№"})
_OLD_CODE = re.compile(r"([0-9A-Z]{4}): (.+)", re.S)  # "9700: DEPT OF DEFENSE", files to 2017
_RESELLER = re.compile(r"resell|sold by|deal|distribut", re.I)
_FLAGS = frozenset({"true", "false", "yes", "no", "on", "off"})
NOTHING = frozenset({"", "n/a", "na", "none", "null", "nan", "-", "--", "not applicable", "#n/a"})


class Column(NamedTuple):
    """A column whose meaning was found, and why."""

    role: str
    place: int  # index in the row
    header: str
    fit: int
    why: str


class Spellings(NamedTuple):
    """data/headers.yaml, prepared for look-up by normalised header."""

    exact: dict[str, list[tuple[str, int]]]  # key -> (role, rank in the role)
    order: dict[str, int]  # role -> place in the file
    labels: frozenset[str]
    foreign: frozenset[str]
    usaspending: frozenset[str]


def words(header: str) -> list[str]:
    """Lower-case words of a header without accents; `#`, `no.` and `nr` become `number`."""
    return list(_words(header))


@lru_cache(maxsize=4096)  # each reader of tables asks for the same cells, several times
def _words(header: str) -> tuple[str, ...]:
    plain = header.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", header.casefold())
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        plain = unicodedata.normalize("NFC", plain)
    found = _WORD.findall(plain)
    if len(found) > 1 and not _NUMBER.isdisjoint(found):
        found = ["number" if word in _NUMBER else word for word in found]
    return tuple(found)


@lru_cache(maxsize=4096)
def key(header: str) -> str:
    """A header as one word: `VendorName`, `vendor_name` and `Vendor name:` are the same."""
    return "".join(_words(header))


@lru_cache(maxsize=1)
def spellings() -> Spellings:
    """The known header spellings."""
    import yaml

    raw = resources.files("oust.data").joinpath("headers.yaml").read_text("utf-8")
    said = yaml.load(raw, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both safe)
    exact: dict[str, list[tuple[str, int]]] = {}
    for role, headers in said["roles"].items():
        for rank, header in enumerate(headers):
            exact.setdefault(key(header), []).append((role, rank))
    keys = {name: frozenset(map(key, said[name])) for name in ("foreign", "usaspending")}
    order = {role: place for place, role in enumerate(said["roles"])}
    return Spellings(exact, order, frozenset(said["labels"]), **keys)


class HeaderMap(Struct, frozen=True):
    """The meaning of a table's columns."""

    kind: TableKind
    score: int  # 0 to 100: how sure it is that rows are purchases or awards
    columns: tuple[Column, ...]  # what became what, and why
    problems: tuple[str, ...]  # entries of the mapping file that could not be used
    width: int  # number of columns
    places: dict[str, int]  # role -> column index
    day_first: bool | None = None  # how 03/04/2016 reads; None: not known

    @property
    def about(self) -> Kind:
        """Kind of its records."""
        return "award"

    def record(self, row: Sequence[str], locator: str, damage: str = "") -> Record:
        """The award that `row` states. Cells that are missing count as empty.

        `damage` says what was wrong with the row; it is kept in `extra`.
        """
        cell = _Cells(self.places, row)
        agency, buyer, code = _buyer(cell)
        amount, since, until = (cell[role] for role in ("amount", "since", "until"))
        money = values.decimal(amount)
        start, end = dates.day(since, self.day_first), dates.day(until, self.day_first)
        description, base = _description(cell)
        notes = {role: cell[role] for role in _EXTRA} | {
            "agency": agency if agency != buyer else "",
            "base_description": base,
            "amount_text": "" if money is not None else amount,
            "since_text": "" if start else since,
            "until_text": "" if end else until,
            "damage": damage,
        }
        return Record(
            kind="award",
            locator=locator,
            role="line" if cell["line"] else "",
            name=cell["award"] or locator.split(" byte", 1)[0],
            seller=cell["seller"] or cell["seller_alias"],
            supplier=cell["supplier"],
            manufacturer=_maker(cell["manufacturer"]),
            buyer=buyer or agency,
            ids=values.ids(*_ids(cell, code)),
            urls=(cell["url"],) if cell["url"].startswith("http") else (),
            description=description,
            amount=money or "",
            since=start,
            until=end,
            extra=values.extra(notes),  # noqa: S610 (not Django)
            **{role: cell[role] for role in _PLAIN},
        )


class _Cells:
    """The cells of one row by role, stripped; what stands for nothing is empty."""

    def __init__(self, places: Mapping[str, int], row: Sequence[str]) -> None:
        self._places = places
        self._row = row

    def __getitem__(self, role: str) -> str:
        index = self._places.get(role, -1)
        text = self._row[index].strip() if 0 <= index < len(self._row) else ""
        return "" if text.casefold() in NOTHING else text


def _buyer(cell: _Cells) -> tuple[str, str, str]:
    """Top agency, buying agency, and a code that older files write before the name."""
    agency, buyer, code = cell["agency"], cell["buyer"], ""
    if match := _OLD_CODE.fullmatch(agency):
        agency = match[2]
    if match := _OLD_CODE.fullmatch(buyer):
        code, buyer = match[1], match[2]
    return agency, buyer, code


def _maker(text: str) -> str:
    """A maker's name; flags and codes, as FPDS writes in such columns, name nobody."""
    return "" if len(text) < 2 or text.casefold() in _FLAGS else text


def _description(cell: _Cells) -> tuple[str, str]:
    """The text of the row with its product, and the base award's text if it is another one."""
    own, product, base = cell["description"], cell["product"], cell["base_description"]
    if not own and not product:
        return base, ""
    joined = own if product.casefold() in own.casefold() else f"{product}; {own}".rstrip("; ")
    return joined, "" if base == own else base


def _ids(cell: _Cells, code: str) -> Iterable[tuple[str, str]]:
    for scheme, role in _IDS:
        text = cell[role] or (code if role == "buyer_code" else "")
        yield scheme, values.alnum(text) if role in _CODES else text


def map_headers(
    headers: Sequence[str],
    explicit: Mapping[str, str] | None = None,
    sample: Iterable[Sequence[str]] = (),
) -> HeaderMap:
    """What each column of a table with these `headers` means.

    `explicit` is the user's mapping, role to header; it comes before any guess. `sample` are
    some rows, from which the order of day and month is learnt.
    """
    given, problems = _given(headers, explicit or {})
    columns = _assigned(given, _guesses(headers))
    places = {column.role: column.place for column in columns}
    kind, score = _judged(headers, places, bool(given))
    order = _day_first(columns, sample, kind)
    return HeaderMap(kind, score, columns, tuple(problems), len(headers), places, order)


def _given(headers: Sequence[str], explicit: Mapping[str, str]) -> tuple[list[Column], list[str]]:
    found, problems = [], []
    by_key = {key(header): index for index, header in reversed(list(enumerate(headers)))}
    for name, header in explicit.items():
        role = _ALIASES.get(name, name)
        index = by_key.get(key(header), -1)
        if role not in spellings().order:
            problems.append(f"the mapping file names a field that does not exist: {name}")
        elif index < 0:
            problems.append(f"the mapping file names a column that the table lacks: {header}")
        else:
            found.append(Column(role, index, headers[index], GIVEN, "given in the mapping file"))
    return found, problems


def _guesses(headers: Sequence[str]) -> list[Column]:
    """Every meaning that some column may have, best first."""
    order = spellings().order
    ranked = [
        ((-fit, order[role], rank, index), Column(role, index, header, fit, why))
        for index, header in enumerate(headers)
        for role, rank, fit, why in _meanings(header)
    ]
    return [column for _, column in sorted(ranked)]


def _meanings(header: str) -> Iterable[tuple[str, int, int, str]]:
    known = spellings()
    bare = _BRACKETS.sub(" ", header)
    rest = "".join(word for word in words(bare) if word not in known.labels)
    tries = ((key(header), EXACT, "header"), (key(bare), BESIDES, "header without brackets"))
    for text, fit, why in (*tries, (rest, LIKE, "header without label words")):
        if text in known.exact:
            for role, rank in known.exact[text]:
                yield role, rank, fit, why
            return


def _assigned(given: Iterable[Column], guesses: Iterable[Column]) -> tuple[Column, ...]:
    """One column per role and one role per column; what is given or fits best goes first."""
    taken: dict[str, Column] = {}
    used: set[int] = set()
    for column in (*given, *guesses):
        if column.role in taken or (column.place in used and column.fit != GIVEN):
            continue
        if column.role == "supplier" and not _is_reseller(taken.get("seller")):
            continue
        taken[column.role] = column
        used.add(column.place)
    return tuple(sorted(taken.values(), key=lambda column: column.place))


def _is_reseller(seller: Column | None) -> bool:
    """Beside a reseller's column, the vendor's column names who stands behind the reseller."""
    return seller is not None and bool(_RESELLER.search(" ".join(words(seller.header))))


def _judged(
    headers: Sequence[str], places: Mapping[str, int], given: bool
) -> tuple[TableKind, int]:
    known = spellings()
    keys = {key(header) for header in headers}
    if len(keys & known.usaspending) >= 5:
        return _usaspending(keys), 95
    points = sum(_POINTS.get(role, 0) for role in places) - 25 * len(keys & known.foreign)
    who_or_what = places.keys() & {"seller", "manufacturer", "description", "product"}
    bought = places.keys() & {"award", "amount", "unit_price", "quantity"}
    if given and who_or_what:
        return "purchases", 80
    if len(who_or_what) + len(bought) < 3 or not who_or_what or not bought or points < 50:
        return "", max(0, min(points, 30))
    return "purchases", min(points, 75)


def _usaspending(keys: set[str]) -> TableKind:
    if keys & {"subawardeename", "subawardnumber", "subawardamount"}:
        return "subawards"
    if keys & {"assistanceawarduniquekey", "assistancetransactionuniquekey", "awardidfain"}:
        return "assistance"
    return "transactions" if keys & {"actiondate", "signeddate"} else "award summaries"


def _day_first(
    columns: Iterable[Column], sample: Iterable[Sequence[str]], kind: TableKind
) -> bool | None:
    """Whether 03/04/2016 is the third of April: by the header, the rows, or the publisher."""
    dated = [column for column in columns if column.role in ("since", "until")]
    for column in dated:
        if hint := re.search(r"\b(mm|dd)/(mm|dd)/", column.header.casefold()):
            return hint[1] == "dd"
    if _FEDERAL & {key(column.header) for column in columns} or kind not in ("", "purchases"):
        return False
    texts = [row[c.place] for row in sample for c in dated if c.place < len(row)]
    pairs = [m for text in texts if (m := re.match(r"\s*(\d\d?)[/-](\d\d?)[/-]\d{4}", text))]
    first = any(int(pair[1]) > 12 for pair in pairs)
    second = any(int(pair[2]) > 12 for pair in pairs)
    return first if first != second else None
