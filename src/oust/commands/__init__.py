"""The commands, one file each."""

from __future__ import annotations

import click

from oust import __version__
from oust.commands import claims_add  # noqa: F401 (its commands join the group)
from oust.commands.agreements import agreements
from oust.commands.approvals import approvals
from oust.commands.case import case
from oust.commands.claims import claims
from oust.commands.claims_draft import draft
from oust.commands.claims_exchange import export as export_claims
from oust.commands.claims_exchange import import_ as import_claims
from oust.commands.coverage import coverage
from oust.commands.deadlines import deadlines
from oust.commands.dossier import dossier
from oust.commands.export import export
from oust.commands.formats import formats
from oust.commands.gate import gate
from oust.commands.judge import judge
from oust.commands.note import note
from oust.commands.report import report
from oust.commands.rules import rules
from oust.commands.show import show
from oust.commands.timeline import timeline
from oust.commands.trace import trace
from oust.commands.traffic import traffic
from oust.commands.unseen import unseen
from oust.commands.who import who


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: oust trace FOLDER-WITH-EXPORTS",
)
@click.version_option(__version__, prog_name="oust", message="%(prog)s %(version)s")
def root() -> None:
    """For a supplier that must go: where is it, how do we know, how did it get in.

    oust reads purchase records, SBOMs, software inventories and ownership statements, tells who
    is where by which path on which evidence, and says what it has not seen.
    """


for command in (trace, show, judge, timeline, deadlines, report, rules, dossier, case, formats):
    root.add_command(command)
root.add_command(traffic)
root.add_command(coverage)
root.add_command(export)
root.add_command(approvals)
root.add_command(unseen)
root.add_command(claims)
claims.add_command(draft)
claims.add_command(import_claims)
claims.add_command(export_claims)
root.add_command(note)
root.add_command(agreements)
rules.add_command(who)
root.add_command(gate)
