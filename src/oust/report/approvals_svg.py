"""Orders by agency and year as SVG: one row an agency, one column a year, a bar in each cell.

Lengths of bars carry the value, and each is written beside its bar, so that nothing depends on
colour. Bars of one currency share one scale; each currency has a panel of its own. Plain SVG: no
script, nothing from elsewhere. Colours follow the reader's light or dark screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from msgspec import Struct

from oust.approved import Agency, Approvals, Sum, Year
from oust.report.approvals import TYPES, counts, money, repeated
from oust.report.words import clip, plural

AGENCIES, YEARS = 60, 24
"""Rows and columns drawn; what is beyond is said in words."""

NAME, CELL, TOTAL, MARGIN = 250, 92, 200, 24
"""Widths of the columns for names, one year and totals, and the border, in user units."""

TIGHT, WIDE, FEW = 31, 40, 12
"""Height of a row where there are many agencies, where there are few, and up to how many."""

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_MARKS = {"listing": "square", "certification": "circle", "exclusion": "cross"}

_STYLE = """
  .paper{fill:#ffffff} .band{fill:#f3f5f8} .rule{stroke:#c3cad4;stroke-width:1}
  .grid{stroke:#e1e5eb;stroke-width:1} .bar{fill:#2f6db3} .peak{fill:#173f70}
  .back{fill:url(#hatch);stroke:#a33a1c;stroke-width:1.2} .hollow{fill:none;stroke:#5a6675;
  stroke-width:1.4;stroke-dasharray:3 2} .mark{fill:none;stroke:#1d2733;stroke-width:1.8}
  text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans','Liberation Sans',sans-serif;
  font-size:12px;fill:#1d2733} .title{font-size:18px;font-weight:600} .soft{fill:#4f5b69}
  .strong{font-weight:700} .year{font-weight:600} .small{font-size:11px} .hatch{stroke:#a33a1c}
  @media (prefers-color-scheme:dark){ .paper{fill:#12171f} .band{fill:#1a212c}
  .rule{stroke:#445062} .grid{stroke:#2a3442} .bar{fill:#6fa8e8} .peak{fill:#b9d7fb}
  .back{stroke:#ff9d7a} .hollow{stroke:#a9b4c2} .mark{stroke:#e4e9f0} text{fill:#e4e9f0}
  .soft{fill:#a9b4c2} .hatch{stroke:#ff9d7a} }
"""


class Panel(Struct, frozen=True):
    """Everything drawn for one currency."""

    currency: str
    agencies: tuple[Agency, ...]
    largest: Decimal


class _Canvas:
    """Lines of SVG, and how far down they reach."""

    def __init__(self, years: Sequence[str]) -> None:
        self.years = years
        self.width = 2 * MARGIN + NAME + CELL * max(len(years), 3) + TOTAL
        self.y = MARGIN
        self.out: list[str] = []

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        where = f'<text x="{x:g}" y="{y:g}"'
        where += f' class="{kind}"' if kind else ""
        where += f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.out.append(f"{where}>{_safe(text)}</text>")

    def rect(self, x: float, y: float, wide: float, high: float, kind: str) -> None:
        self.out.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"/>'
        )

    def line(self, x: float, y: float, to_x: float, to_y: float, kind: str) -> None:
        self.out.append(f'<line class="{kind}" x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"/>')

    def column(self, year: str) -> float:
        """Left edge of a year's column."""
        return MARGIN + NAME + CELL * self.years.index(year)


def render(found: Approvals) -> str:
    """The chart as text."""
    years, left_out = _years(found)
    canvas = _Canvas(years)
    _title(canvas, found)
    _let_in(canvas, found)
    for panel in _panels(found.agencies):
        _panel(canvas, panel)
    if not found.agencies:
        canvas.text(MARGIN, canvas.y + 18, "No order of it in what was read.", "soft")
        canvas.y += 30
    _legend(canvas)
    _foot(canvas, found, left_out)
    return _whole(canvas, found)


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", clip(text, 400)))


def _whole(canvas: _Canvas, found: Approvals) -> str:
    high = canvas.y + MARGIN
    title = f"{found.name}: orders by agency and year"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {canvas.width:g} {high:g}" '
        f'width="{canvas.width:g}" height="{high:g}" role="img" '
        f'aria-labelledby="oust-title oust-desc">\n'
        f'<title id="oust-title">{_safe(title)}</title>\n'
        f'<desc id="oust-desc">{_safe(_described(found))}</desc>\n'
        f"<style>{_STYLE}</style>\n"
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5" '
        'stroke-width="2"/></pattern></defs>\n'
        f'<rect class="paper" width="{canvas.width:g}" height="{high:g}"/>\n'
    )
    return head + "\n".join(canvas.out) + "\n</svg>\n"


def _described(found: Approvals) -> str:
    """What the picture shows, for whoever cannot see it."""
    told = [
        f"{one.name or 'agency not said'}: {plural(one.awards, 'award')}, first {one.first}, "
        f"peak {one.peak}, last {one.last}, {'; '.join(_amount(s) for s in one.sums)}"
        for one in found.agencies[:5]
    ]
    more = len(found.agencies) - len(told)
    tail = f"; and {plural(more, 'agency')} more" if more > 0 else ""
    return clip("; ".join(told) + tail or "No order was read.", 395)


def _years(found: Approvals) -> tuple[list[str], list[str]]:
    """The years drawn, in order and without a gap where they are few; and those left out."""
    seen = {year.year for one in found.agencies for year in one.years}
    seen |= {date[:4] for kind in _MARKS for date in _dates(found, kind)}
    dated = sorted(year for year in seen if year.isdigit() and len(year) == 4)
    if dated and int(dated[-1]) - int(dated[0]) < YEARS:
        dated = [f"{year:04}" for year in range(int(dated[0]), int(dated[-1]) + 1)]
    rest = [""] if any(not (year.isdigit() and len(year) == 4) for year in seen) else []
    return dated[-YEARS:] + rest, dated[:-YEARS]


def _dates(found: Approvals, kind: str) -> list[str]:
    return [one.since for one in found.approvals if one.type == kind and one.since[:4].isdigit()]


def _title(canvas: _Canvas, found: Approvals) -> None:
    canvas.text(MARGIN, canvas.y + 16, f"{found.name}: how it was let in", "title")
    if found.own_contract:
        whose = f"a contract of its own: {found.own_contract}"
    elif found.holders:
        whose = f"no contract of its own read; sold by {plural(len(found.holders), 'holder')}"
    else:
        whose = "no contract of its own read"
    told = "; ".join(part for part in (counts(found.counts), whose) if part)
    canvas.text(MARGIN, canvas.y + 38, clip(told, int(canvas.width / 6.6)), "soft")
    canvas.y += 54


def _header(canvas: _Canvas, left: str, right: str) -> None:
    """Years as column heads."""
    canvas.text(MARGIN, canvas.y + 14, left, "year")
    for year in canvas.years:
        canvas.text(canvas.column(year) + 6, canvas.y + 14, year or "not dated", "year")
    canvas.text(canvas.width - MARGIN - TOTAL + 12, canvas.y + 14, right, "year")
    canvas.y += 20
    canvas.line(MARGIN, canvas.y, canvas.width - MARGIN, canvas.y, "rule")


def _let_in(canvas: _Canvas, found: Approvals) -> None:
    """Listings, certificates and exclusions by the year from which they hold."""
    rows = {kind: _dates(found, kind) for kind in _MARKS if found.counts.get(kind)}
    if not any(rows.values()):
        return
    _header(canvas, "Approvals, by the year they begin", "in all")
    for kind, dates in rows.items():
        middle = canvas.y + 15
        canvas.text(MARGIN, middle + 4, plural(2, TYPES[kind])[2:].capitalize())
        for year in sorted({date[:4] for date in dates} & set(canvas.years)):
            x = canvas.column(year) + 12
            _mark(canvas, _MARKS[kind], x, middle)
            number = sum(date.startswith(year) for date in dates)
            canvas.text(x + 12, middle + 4, f"{number:,}", "small")
        bare = found.counts[kind] - len(dates)
        total = f"{found.counts[kind]:,}" + (f", {bare:,} not dated" if bare > 0 else "")
        canvas.text(canvas.width - MARGIN - TOTAL + 12, middle + 4, total, "small")
        canvas.y += 26
    canvas.y += 14


def _mark(canvas: _Canvas, shape: str, x: float, y: float) -> None:
    if shape == "square":
        canvas.rect(x - 5, y - 5, 10, 10, "mark")
    elif shape == "circle":
        canvas.out.append(f'<circle class="mark" cx="{x:g}" cy="{y:g}" r="5.5"/>')
    else:
        canvas.line(x - 5, y - 5, x + 5, y + 5, "mark")
        canvas.line(x - 5, y + 5, x + 5, y - 5, "mark")


def _panels(agencies: Sequence[Agency]) -> Iterator[Panel]:
    """One for each currency, the one with most orders first."""
    used: dict[str, int] = {}
    for agency in agencies:
        for one in agency.sums:
            used[one.currency] = used.get(one.currency, 0) + agency.rows
    for currency in sorted(used, key=lambda one: (-used[one], one)):
        mine = tuple(one for one in agencies if _of(one.sums, currency))
        sums = [_of(year.sums, currency) for one in mine for year in one.years]
        largest = max((abs(one.value) for one in sums if one), default=Decimal(0))
        yield Panel(currency, mine, largest)


def _of(sums: Sequence[Sum], currency: str) -> Sum | None:
    return next((one for one in sums if one.currency == currency), None)


def _span(first: str, last: str) -> str:
    """Years from one date to another."""
    return first[:4] if first[:4] == last[:4] else f"{first[:4]}–{last[:4]}"


def _panel(canvas: _Canvas, panel: Panel) -> None:
    unit = f", {clip(panel.currency, 8)}" if panel.currency else ""
    _header(canvas, f"Orders by agency{unit}", "awards · years · value")
    high = WIDE if len(panel.agencies) <= FEW else TIGHT
    for number, agency in enumerate(panel.agencies[:AGENCIES]):
        if number % 2:
            canvas.rect(MARGIN, canvas.y, canvas.width - 2 * MARGIN, high, "band")
        _agency(canvas, panel, agency, high)
        canvas.y += high
    for year in canvas.years:
        x = canvas.column(year)
        rows = min(len(panel.agencies), AGENCIES)
        canvas.line(x, canvas.y - rows * high, x, canvas.y, "grid")
    canvas.line(MARGIN, canvas.y, canvas.width - MARGIN, canvas.y, "rule")
    if len(panel.agencies) > AGENCIES:
        more = plural(len(panel.agencies) - AGENCIES, "agency")
        canvas.text(MARGIN, canvas.y + 18, f"and {more} more, not drawn", "soft")
        canvas.y += 22
    canvas.y += 18


def _agency(canvas: _Canvas, panel: Panel, agency: Agency, high: float) -> None:
    middle = canvas.y + high / 2
    name = agency.name or "agency not said"
    shown = clip(name, 34)
    whole = f"<title>{_safe(', '.join(agency.names) or name)}</title>"
    canvas.out.append(
        f'<g>{whole}<text x="{MARGIN + 4}" y="{middle + 4:g}">{_safe(shown)}</text></g>'
    )
    for year in agency.years:
        place = year.year if year.year in canvas.years else ""
        if place in canvas.years and (one := _of(year.sums, panel.currency)):
            peak = agency.peak == year.year != "" and agency.peak_by != "awards"
            _cell(canvas, panel, year, one, canvas.column(place), high, peak)
    total = _of(agency.sums, panel.currency)
    span = _span(agency.first, agency.last) if agency.first else "not dated"
    x = canvas.width - MARGIN - TOTAL + 12
    told = f"{agency.awards:,} · {span} · {_short(total)}"
    canvas.text(x, middle + 4, told, "small")


def _cell(
    canvas: _Canvas, panel: Panel, year: Year, one: Sum, x: float, high: float, peak: bool
) -> None:
    """A bar with its figure above it."""
    middle = canvas.y + high / 2
    share = abs(one.value) / panel.largest if panel.largest else Decimal(0)
    least = 6 if one.value < 0 else 2.5
    wide = max(float(share) * (CELL - 14), least) if one.value else 0.0
    top, thick = middle + (3 if high == WIDE else 2), (9 if high == WIDE else 8)
    about = f"{year.year or 'not dated'}: {plural(year.awards, 'award')}, {_amount(one)}"
    canvas.out.append(f"<g><title>{_safe(about)}</title>")
    if one.value:
        kind = "back" if one.value < 0 else "peak" if peak else "bar"
        canvas.rect(x + 6, top, wide, thick, kind)
    else:
        canvas.rect(x + 6, top, 8, thick, "hollow")
    kind = "small strong" if peak else "small"
    canvas.text(x + 6, middle - 3, ("▲" if peak else "") + _short(one), kind)
    canvas.out.append("</g>")


def _short(one: Sum | None) -> str:
    """`1.2M`, `−340`, `3 ?` for orders without an amount."""
    if one is None:
        return "none"
    said = _brief(one.value) if one.value or not one.unknown else ""
    return " ".join(part for part in (said, f"{one.unknown:,} ?" if one.unknown else "") if part)


def _brief(value: Decimal) -> str:
    size, sign = abs(value), "−" if value < 0 else ""
    for over, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if size >= over:
            number = size / over
            digits = 0 if number >= 100 else 1 if number >= 10 else 2
            text = f"{number:.{digits}f}"
            return f"{sign}{text.rstrip('0').rstrip('.') if digits else text}{unit}"
    return f"{sign}{size:.0f}" if size >= 1 or not size else f"{sign}{size:.2f}"


def _amount(one: Sum) -> str:
    bare = f", {plural(one.unknown, 'row')} without amount" if one.unknown else ""
    return f"{money(one.value)} {one.currency}".rstrip() + bare


def _legend(canvas: _Canvas) -> None:
    y = canvas.y + 8
    x = float(MARGIN)
    for kind, wide, text in (
        ("bar", 22, "value of orders; one scale for a currency"),
        ("peak", 22, "▲ the agency's peak year"),
        ("back", 22, "hatched: more taken back than ordered"),
        ("hollow", 8, "dashed: no amount; 3 ? = 3 rows without"),
    ):
        if x > MARGIN and x + wide + 8 + len(text) * 6.2 > canvas.width - MARGIN:
            x, y = float(MARGIN), y + 20
        canvas.rect(x, y - 8, wide, 10, kind)
        canvas.text(x + wide + 6, y + 1, text, "small soft")
        x += wide + 24 + len(text) * 6.0
    canvas.y = int(y + 20)


def _foot(canvas: _Canvas, found: Approvals, left_out: Sequence[str]) -> None:
    told = list(repeated(found)) if found.agencies else []
    told += [
        f"Not in the values: {plural(one.awards, 'award')}, {one.reason} "
        f"({_span(one.first, one.last)})."
        for one in found.asides[:4]
    ]
    if left_out:
        told.append(f"Earlier years not drawn: {left_out[0]} to {left_out[-1]}.")
    told.append("Covers only what was read. An approval or order is no finding of wrong.")
    for text in told:
        canvas.text(MARGIN, canvas.y + 6, clip(text, int(canvas.width / 6.2)), "small soft")
        canvas.y += 18
