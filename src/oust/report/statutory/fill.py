"""Fill a form: exposures, their records and what the user says become one report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oust.data.dossier import Dossier
from oust.data.report_form import FormField, FormWindow, ReportForm, window_fields
from oust.data.strict import did_you_mean
from oust.errors import OustError
from oust.model import Due, Exposure, Findings
from oust.report.statutory.article import Article, Records, article
from oust.report.statutory.coverage import coverage
from oust.report.statutory.deadline import deadline_lines
from oust.report.statutory.shape import (
    Coverage,
    Filled,
    Placed,
    Section,
    StatutoryReport,
    Value,
)
from oust.report.statutory.takes import context, fill_field
from oust.report.statutory.todo import todo
from oust.report.statutory.whole import counts, nothing, section, whole
from oust.report.words import asset_name, clip, plural, short_ids, walked

NOTE = 500
"""Characters of a path or name read aloud; the table has it whole."""


class Request(Struct, frozen=True, kw_only=True):
    """What the user asks for and adds. Dates are ISO; empty where not given."""

    form: ReportForm
    window: FormWindow
    as_of: str
    identified: str = ""
    contract: str = ""
    nil: bool = False
    given: Mapping[str, tuple[str, ...]] = {}  # values by field id


def fill(
    request: Request,
    exposures: Sequence[Exposure],
    findings: Findings,
    dossiers: Sequence[Dossier],
    records: Sequence[Placed],
    dues: Sequence[Due] = (),
) -> StatutoryReport:
    """The form filled. `records`: those at the places that `article.places` names. `dues`: what
    falls due for this form and window, as computed elsewhere; the form's own words stand as well.

    Raises OustError for a field that this window does not have, or a nil report that would be
    untrue.
    """
    fields = _fields(request)
    if request.nil:
        _check_nil(request.form, findings)
    wanted = {one.vendor for one in exposures} or set(request.form.vendors)
    names = {one.id: one.name for one in findings.vendors}
    ground = coverage(findings, [one for one in dossiers if not wanted or one.id in wanted])
    index = Records(records)
    read = [article(one, names.get(one.vendor, one.vendor), index) for one in exposures]
    short = short_ids(findings.exposures) if findings.exposures else {}
    sections = tuple(
        replace(one, fields=tuple(_given(filled, request) for filled in one.fields))
        for one in _sections(request, fields, read, ground, short)
    )
    return StatutoryReport(
        form=request.form,
        window=request.window,
        as_of=request.as_of,
        identified=request.identified,
        contract=request.contract,
        nil=request.nil,
        deadline=tuple(deadline_lines(request.window, request.contract, dues)),
        recipients=request.form.to,
        notes=tuple(_notes(request, exposures, names)),
        sections=sections,
        coverage=ground,
        todo=tuple(todo(request.form, request.window, request.identified, sections, request.nil)),
    )


def reached(form: ReportForm, exposures: Sequence[Exposure]) -> list[Exposure]:
    """The exposures to the vendors that a form is about; all where it names none."""
    return [one for one in exposures if not form.vendors or one.vendor in form.vendors]


def _fields(request: Request) -> tuple[FormField, ...]:
    """The fields of the window; what the user gives must be among them."""
    fields = window_fields(request.window)
    known = [field.id for field in fields]
    for name in request.given:
        if name not in known:
            hint = did_you_mean(name, known) or f"its fields: {', '.join(known) or 'none known'}"
            where = f"{request.form.id}, {request.window.name}"
            raise OustError(f"{where}: no field “{name}”", hint)
    return fields


def _check_nil(form: ReportForm, findings: Findings) -> None:
    found = reached(form, findings.exposures)
    found = [one for one in found if counts(form, article(one, "", Records()))]
    if found:
        text = f"the case has {plural(len(found), 'exposure')} that {form.id} is about"
        raise OustError(f"{text}: a nil report would be untrue", "use --all instead of --nil")


def _sections(
    request: Request,
    fields: Sequence[FormField],
    articles: Sequence[Article],
    ground: Coverage,
    short: Mapping[str, str],
) -> Iterator[Section]:
    form = request.form
    if request.nil and form.nil != "required":
        yield nothing(form, articles)
        return
    if form.grouped:
        given = whole(form, articles, ground)
        yield section(form, fields, given)
        return
    for one in articles:
        yield _section(form, fields, one, short.get(one.exposure.id, one.exposure.id))


def _section(form: ReportForm, fields: Sequence[FormField], one: Article, short: str) -> Section:
    exposure = one.exposure
    notes = [
        f"How it got there: {clip(walked(path), NOTE)} ({path.quality})" for path in exposure.paths
    ]
    hidden = exposure.path_count - len(exposure.paths)
    if hidden > 0:
        notes.append(f"{plural(hidden, 'further path')} not shown: see oust show {short}")
    notes.append(f"Found by: {exposure.why} (strength: {exposure.strength}; tier: {exposure.tier})")
    if exposure.strength != "identifier":
        notes.append(
            "Found by a name, not by an identifier: look at the evidence before you report"
        )
    if one.embedded and form.embedded_note:
        notes.append(form.embedded_note[:1].upper() + form.embedded_note[1:])
    return Section(
        title=f"{short}: {clip(asset_name(exposure), NOTE)}",
        exposures=(exposure.id,),
        notes=tuple(notes),
        context=context(one),
        fields=tuple(fill_field(field, one) for field in fields),
    )


def _given(filled: Filled, request: Request) -> Filled:
    """What the user gives comes first; what evidence says beside it stays."""
    texts = request.given.get(filled.id, ())
    values = tuple(Value(text=text, given=True) for text in texts)
    return replace(filled, values=(*values, *filled.values)) if values else filled


def _notes(
    request: Request, exposures: Sequence[Exposure], names: Mapping[str, str]
) -> Iterator[str]:
    form = request.form
    if not form.fields_seen:
        yield f"The fields of this report are not known here: {form.fields_note}."
    if request.nil:
        yield _nil_note(form)
    others = sorted(
        {one.vendor for one in exposures if form.vendors and one.vendor not in form.vendors}
    )
    if others:
        about = ", ".join(names.get(one, one) for one in form.vendors)
        theirs = ", ".join(names.get(one, one) for one in others)
        more = f" ({form.vendors_note})" if form.vendors_note else ""
        chosen = f"exposures to {theirs} are in it because you named them"
        yield f"This form is about {about}{more}; {chosen}."
    elif form.vendors_note:
        yield f"Reach of the rule: {form.vendors_note}."
    yield (
        "A draft does not say that a report is due: oust judge tells whether the rule applies, "
        "to whom and on which date."
    )


def _nil_note(form: ReportForm) -> str:
    if form.nil == "not asked":
        return (
            "This form asks for no report where nothing is found. What follows records the inquiry "
            "for your own file."
        )
    return f"Nil report: {form.nil_note}."
