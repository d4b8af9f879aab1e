"""`--format docx`: the report as a Word document, with blanks shaded."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from oust.report.statutory import lines
from oust.report.statutory.shape import BANNER, Filled, Section, StatutoryReport
from oust.report.words import clip, clip_path, safe

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.table import _Cell
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
    """A table of fixed widths; without a head the third column is left out."""
    widths = WIDTHS if head else (WIDTHS[0], Cm(WIDTHS[1].cm + WIDTHS[2].cm))
    table = document.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    if head:
        first = table.add_row()
        for cell, text in zip(first.cells, head, strict=True):
            _write(cell, text, HEADING)
        _repeated(first._tr)
    for texts in rows:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        shade = BLANK if texts[1].startswith("[to be filled in") else ""
        shade = shade or (INFERRED if "(inferred: " in texts[1] else "")
        for number, cell in enumerate(row.cells):
            _write(cell, texts[number], shade if number == 1 else "", small=number == 2)
    document.add_paragraph()


def _write(cell: _Cell, text: str, shade: str = "", small: bool = False) -> None:
    for number, line in enumerate(text.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(_text(line))
        run.font.size = Pt(8 if small else 9)
        run.bold = shade == HEADING
    if shade:
        element = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", shade)):
            element.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(element)


def _repeated(row: Any) -> None:
    """The head of a table stands on every page it reaches."""
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


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
