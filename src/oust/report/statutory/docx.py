"""`--format docx`: the report as a Word document, with blanks shaded."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Length, Pt

from oust.report.statutory import lines
from oust.report.statutory.shape import BANNER, Filled, Section, StatutoryReport
from oust.report.words import clip, clip_path, safe

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.text.paragraph import Paragraph

WIDTHS = (Cm(4.2), Cm(7.3), Cm(5.5))
"""Field, value, evidence: 17 cm, which fits between the margins on Letter and on A4."""

MARGIN = Cm(2)
BLANK, INFERRED, HEADING = "FFF2CC", "E7EEF8", "E6E6E6"
"""Shades of what is to be filled in, what was inferred, and the heads of tables."""

_NO_XML = re.compile("[\ufffe\uffff]")


def render(report: StatutoryReport) -> bytes:
    """The whole document. The same report gives the same bytes."""
    document = Document()
    _page(document, report)
    document.add_heading(_text(lines.title(report)), level=0)
    _paragraph(document, BANNER).runs[0].bold = True
    _rows(document, [], [(name, text, "") for name, text in lines.facts(report)])
    for note in report.notes:
        _paragraph(document, note)
    for section in report.sections:
        _section(document, section)
    document.add_heading("Before it goes out", level=1)
    for one in report.todo:
        where = f" ({one.section})" if one.section else ""
        _paragraph(document, f"☐ {one.kind}: {one.what}{where}")
    _coverage(document, report)
    _sources(document, report)
    return _saved(document, report)


def _text(text: str) -> str:
    """One line that XML can hold."""
    return _NO_XML.sub("\ufffd", clip(safe(text), lines.LONGEST * 2))


def _paragraph(document: Doc, text: str) -> Paragraph:
    paragraph = document.add_paragraph(_text(text))
    paragraph.paragraph_format.space_after = Pt(4)
    return paragraph


def _page(document: Doc, report: StatutoryReport) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    document.styles["Normal"].font.size = Pt(10)
    head = section.header.paragraphs[0]
    head.text = f"Draft, not submitted: {report.form.id}, as of {report.as_of}"
    foot = section.footer.paragraphs[0]
    foot.add_run("Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, instruction: str) -> None:
    """A number that the word processor works out."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _section(document: Doc, section: Section) -> None:
    document.add_heading(_text(section.title), level=1)
    for note in section.notes:
        _paragraph(document, note)
    for heading, fields in (
        ("What the evidence shows", section.context),
        ("What the form asks for", section.fields),
    ):
        if fields:
            document.add_heading(heading, level=2)
            _rows(document, ("Field", "Value", "Evidence"), _filled(fields))


def _filled(fields: Iterable[Filled]) -> Iterable[tuple[str, str, str]]:
    """Rows of a table: one for each value, one for each blank."""
    for field in fields:
        if not field.values:
            yield field.label, lines.blank(field), ""
        for number, value in enumerate(field.values):
            places = "\n".join(lines.grounds(value))
            yield "" if number else field.label, lines.said(value), places


def _rows(document: Doc, head: Sequence[str], rows: Iterable[tuple[str, str, str]]) -> None:
    """A table of fixed widths; without a head the third column is left out.

    The rows are put together as XML: cell by cell through objects takes thirty times as long.
    """
    widths = WIDTHS if head else (WIDTHS[0], Cm(WIDTHS[1].cm + WIDTHS[2].cm))
    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    made = [_row(head, widths, HEADING, "<w:tblHeader/>")] if head else []
    for texts in rows:
        shade = BLANK if texts[1].startswith("[to be filled in") else ""
        shade = shade or (INFERRED if "(inferred: " in texts[1] else "")
        made.append(_row(texts[: len(widths)], widths, shade))
    for row in list(parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(made)}</w:tbl>")):
        table._tbl.append(row)
    document.add_paragraph()


def _row(texts: Sequence[str], widths: Sequence[Length], shade: str, more: str = "") -> str:
    """One row, kept on one page; of a heading every cell is shaded, else that of the value."""
    cells = (
        _cell(
            text,
            width,
            shade if number == 1 or shade == HEADING else "",
            small=number == 2 and shade != HEADING,
        )
        for number, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: Length, shade: str, small: bool) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    look = f'{"<w:b/>" if shade == HEADING else ""}<w:sz w:val="{16 if small else 18}"/>'
    before = f'<w:p><w:pPr><w:spacing w:after="0"/></w:pPr><w:r><w:rPr>{look}</w:rPr>'
    lines_of = (
        f'{before}<w:t xml:space="preserve">{escape(_text(line))}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
    size = f'<w:tcW w:w="{round(width.twips)}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{size}{fill}</w:tcPr>{''.join(lines_of)}</w:tc>"


def _coverage(document: Doc, report: StatutoryReport) -> None:
    coverage = report.coverage
    document.add_heading("How it was looked for", level=1)
    for one in coverage.searched:
        for text in filter(None, (lines.searched(one, report.nil), lines.not_counted(one))):
            _paragraph(document, f"{text}.")
    for text in lines.covered(coverage):
        _paragraph(document, text)
    sources = lines.all_sources(coverage)
    rows = [
        (clip_path(one.path, 120), lines.state(one), f"SHA-256 {one.sha256}")
        for one in sources[: lines.LISTED]
    ]
    _rows(document, ("File", "State", "Digest"), rows)
    if len(sources) > lines.LISTED:
        more = f"and {len(sources) - lines.LISTED:,} more: oust case sources lists them all"
        _paragraph(document, more)


def _sources(document: Doc, report: StatutoryReport) -> None:
    if report.form.differences:
        document.add_heading("How this form differs from its siblings", level=1)
        for one in report.form.differences:
            _paragraph(document, one)
    document.add_heading("Where the form was read", level=1)
    for source in report.form.source:
        _paragraph(document, f"{source.what}: {source.url}")


def _saved(document: Doc, report: StatutoryReport) -> bytes:
    """Packed with the date of the report instead of the clock's."""
    core = document.core_properties
    core.author, core.title = "oust", _text(lines.title(report))
    core.comments = BANNER
    core.created = core.modified = datetime.fromisoformat(report.as_of)
    loose, packed = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as made, zipfile.ZipFile(packed, "w") as fixed:
        for name in made.namelist():
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(part, made.read(name))
    return packed.getvalue()
