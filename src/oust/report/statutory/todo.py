"""What only the user can do before a report goes out, as a checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oust.data.report_form import FormWindow, ReportForm
from oust.report.statutory.shape import Section, Todo
from oust.report.words import clip

TEXT = 200
"""Characters of what is to be confirmed: enough to find it above."""


def todo(
    form: ReportForm,
    window: FormWindow,
    identified: str,
    sections: Sequence[Section],
    nil: bool,
) -> Iterator[Todo]:
    """Blanks to fill in, then inferences to confirm, then what to decide."""
    one = len(sections) == 1
    for section in sections:
        where = "" if one else section.title
        for field in section.fields:
            if not field.values:
                yield Todo(kind="fill in", what=field.ask, section=where)
    for section in sections:
        where = "" if one else section.title
        for field in section.fields:
            inferred: dict[str, list[str]] = {}
            for value in field.values:
                if value.inferred:
                    inferred.setdefault(value.inferred, []).append(value.text)
            for how, texts in inferred.items():
                what = f"{field.label}: {clip('; '.join(texts), TEXT)} ({how})"
                yield Todo(kind="confirm", what=what, section=where)
    if window.anchor == "identification" and not identified and not nil:
        yield Todo(kind="decide", what="the date on which it was identified, or you were told")
    if len(form.to) > 1:
        yield Todo(kind="decide", what="to whom it goes: see the recipients above")
    yield Todo(kind="decide", what="whether the report is due, with whoever advises you on law")
