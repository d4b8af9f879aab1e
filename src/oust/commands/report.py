"""`oust report`: the statutory reports, filled in as far as evidence goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oust.commands.options import (
    case_argument,
    check_output,
    dossier_option,
    output_option,
    put,
    put_bytes,
)
from oust.errors import OustError

if TYPE_CHECKING:
    from oust.case import Case
    from oust.data.report_form import FormWindow, ReportForm
    from oust.model import Due, Exposure, Findings
    from oust.report.statutory.fill import Request
    from oust.report.statutory.shape import StatutoryReport

FORMS = {
    "far-52.204-23": "Kaspersky articles, to the contracting officer (FAR 52.204-23).",
    "far-52.204-25": "Section 889 telecommunications (FAR 52.204-25).",
    "far-52.204-30": "What a FASCSA order covers (FAR 52.204-30).",
    "far-52.240-91": "Any security prohibition, within 72 hours (FAR 52.240-91).",
    "far-52.240-90": "The same, disclosed with an offer (FAR 52.240-90).",
    "dfars-252.204-7018": "Covered defense telecommunications (DFARS 252.204-7018).",
    "bod-30-day": "Directive BOD 17-01: what was found, or that nothing was.",
    "bod-60-day": "Directive BOD 17-01: plan of action.",
    "bod-status": "Directive BOD 17-01: status every 30 days.",
    "ofac-501.603": "Blocked property (31 CFR 501.603).",
    "fcc-supply-chain-annual": "FCC Supply Chain Annual Report.",
    "cra-article-14": "EU Cyber Resilience Act, Article 14.",
}
"""Form ids with one line each: known before any data is read, so that help is quick."""

EXAMPLES = """\b
Examples:
  oust report far-52.204-23 --exposure KAS-15a3
  oust report far-52.204-23 --exposure KAS-15a3 --format docx --output first.docx
  oust report bod-30-day --all
  oust report bod-30-day --nil
"""


@click.group(short_help="Fill in a statutory report.", epilog=EXAMPLES)
def report() -> None:
    """Fill in the report that a clause or directive asks for, from the evidence of a case.

    What the evidence shows is written in with its source; what only you can know stays a marked
    blank and is listed at the end. A draft: oust sends nothing, and it is not legal advice.
    """


def _command(form_id: str, about: str) -> click.Command:
    def run(**chosen: Any) -> None:
        _run(form_id, **chosen)

    run.__doc__ = f"Draft this report: {about}\n\nFOLDER holds the case."
    command = click.command(form_id, short_help=about)(run)
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS = (
    case_argument,
    click.option(
        "--exposure",
        "exposures",
        multiple=True,
        metavar="ID",
        help="An exposure to report, as `oust trace` prints its id; may be repeated.",
    ),
    click.option("--all", "every", is_flag=True, help="Every exposure that the form is about."),
    click.option("--nil", is_flag=True, help="Nothing was found: say how it was looked for."),
    click.option(
        "--window", metavar="NAME", default="", help="Which report: first, follow-up, later ..."
    ),
    click.option(
        "--field",
        "given",
        multiple=True,
        metavar="NAME=VALUE",
        help="What you know for a field, named as in the report; may be repeated.",
    ),
    click.option(
        "--identified",
        metavar="DATE",
        help="When it was identified, or you were told of it; with the hour as 2026-03-06T10:00.",
    ),
    click.option(
        "--anchor",
        "anchors",
        multiple=True,
        metavar="NAME=DATE",
        help="When another event took place from which a deadline counts, such as first-report.",
    ),
    click.option("--contract", metavar="DATE", help="When the contract was awarded."),
    click.option("--as-of", "day", metavar="DATE", help="Date of the draft; default: today."),
    click.option(
        "--format",
        "kind",
        type=click.Choice(["md", "docx", "json"]),
        default="md",
        show_default=True,
        help="Markdown, a Word document, or for programs.",
    ),
    dossier_option,
    output_option,
)


def _run(
    form_id: str,
    folder: Path,
    exposures: tuple[str, ...],
    every: bool,
    nil: bool,
    window: str,
    given: tuple[str, ...],
    identified: str | None,
    anchors: tuple[str, ...],
    contract: str | None,
    day: str | None,
    kind: str,
    dossier_files: tuple[Path, ...],
    output: Path | None,
) -> None:
    from oust.case import Case
    from oust.commands.deadlines import parse_anchors, parse_moment
    from oust.commands.judge import parse_day
    from oust.data.report_form import load_forms
    from oust.report.statutory.fill import Request

    if sum((bool(exposures), every, nil)) != 1:
        raise OustError(
            "say what to report: --exposure ID, --all or --nil, one of them",
            "oust trace prints the ids of exposures",
        )
    if kind == "docx" and output is None:
        raise OustError("a Word document is no text for the screen", "name a file with --output")
    check_output(output)
    form = load_forms()[form_id]
    events = parse_anchors(identified, anchors)
    request = Request(
        form=form,
        window=_window(form, window),
        as_of=parse_day(day),
        identified=events.get("identification", ""),
        contract=parse_moment("--contract", contract, False) if contract else "",
        nil=nil,
        given=_given(given),
    )
    with Case.open(folder, dossier_files=dossier_files) as case:
        filled = _filled(case, request, exposures, every, events)
    _write(filled, kind, output)


def _filled(
    case: Case, request: Request, wanted: tuple[str, ...], every: bool, events: dict[str, str]
) -> StatutoryReport:
    from oust.report.statutory.article import places
    from oust.report.statutory.fill import fill

    findings = case.findings()
    chosen = _chosen(request.form, findings, wanted, every)
    evidence, purls = places(chosen)
    records = case.records(evidence, purls) if chosen else []
    return fill(request, chosen, findings, case.dossiers, records, _dues(request, events))


def _chosen(
    form: ReportForm, findings: Findings, wanted: tuple[str, ...], every: bool
) -> list[Exposure]:
    from oust.commands.show import chosen
    from oust.report.statutory.fill import reached
    from oust.report.words import short_ids

    if every:
        found = reached(form, findings.exposures)
        if not found:
            raise OustError(
                f"no exposure in this case is one that {form.id} is about",
                "a report that nothing was found: --nil",
            )
        return found
    if not wanted:  # --nil: what the form leaves out is told all the same
        return reached(form, findings.exposures)
    short = short_ids(findings.exposures) if findings.exposures else {}
    found = [chosen(one, findings.exposures, short) for one in wanted]
    return list({one.id: one for one in found}.values())


def _dues(request: Request, anchors: dict[str, str]) -> list[Due]:
    """What the rule of the form wants by when, for this window."""
    from oust.data import load_rules
    from oust.judge.deadlines import due

    (rule,) = load_rules([request.form.rule])
    found: list[Due] = []
    for one in rule.deadlines:
        if one.id in request.window.deadlines:
            found += due(one, rule, anchors, request.contract, request.as_of)
    return found


def _window(form: ReportForm, name: str) -> FormWindow:
    window = form.window(name)
    if window is None:
        known = ", ".join(one.id for one in form.windows)
        raise OustError(f"{form.id} has no window “{name}”", f"its windows: {known}")
    return window


def _given(pairs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not value.strip():
            raise OustError(f"--field {pair}: no value", "write --field NAME=VALUE")
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


def _write(filled: StatutoryReport, kind: str, output: Path | None) -> None:
    if kind == "docx":
        from oust.report.statutory import docx

        assert output is not None
        put_bytes(docx.render(filled), output)
        return
    if kind == "json":
        from oust.report.statutory import json

        put(json.render(filled), output)
        return
    from oust.report.statutory import markdown

    put(markdown.render(filled), output)


for _id, _about in FORMS.items():
    report.add_command(_command(_id, _about))
