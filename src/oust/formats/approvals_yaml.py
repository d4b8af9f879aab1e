"""Steps that let a vendor in and that no export shows, written down: docs/approvals-yaml.md.

approvals:
  - type: listing
    product: Kaspersky Endpoint Security
    vendor: Kaspersky Lab
    vehicle: GSA Schedule 70
figures:
  - of: sales to one department
    stated:
      - {amount: 9000, bound: under, by: a spokesman, source: {url: "https://...", tier: press}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.approval_entries import approval, context, figures
from oust.formats.approval_fields import Sources
from oust.formats.seam import Head, Needles, Opened, Unreadable, one_line
from oust.formats.yaml_lines import Entry, entries
from oust.model import Quarantine, Record, Said

_LISTS = re.compile(r"(?m)^[\"']?(approvals|figures)[\"']?[ \t]*:[ \t]*(?:#.*)?$")
_TYPED = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?[{]?[ \t]*type[ \t]*:[ \t]*[\"']?"
    r"(?:listing|vehicle|certification|authorization|exclusion|contract|figure)\b"
)
_OURS = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?(?:vendor|product|vehicle|holder|party)[ \t]*:")
_STATED = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?(?:stated|of)[ \t]*:")
HEADINGS = frozenset({"title", "note", "id", "vendor", "updated"})
"""Keys at the top level that speak of the file itself."""


class ApprovalsYaml:
    """See Format."""

    name = "approvals-yaml"
    title = "oust approvals, YAML"
    group = "approvals"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the list `approvals` with fields of approvals, or `figures` with what they say."""
        if head.is_json or head.start.startswith("<"):
            return 0
        lists = set(_LISTS.findall(head.text))
        if "approvals" in lists:
            return 94 if _TYPED.search(head.text) else 60 if _OURS.search(head.text) else 0
        return 90 if "figures" in lists and _STATED.search(head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A record for each approval and each stated figure."""
        found = False
        sources = Sources()
        for one in entries(opened.text()):
            if isinstance(one, Quarantine):
                yield one
                continue
            for said in _told(one, sources):
                found = found or isinstance(said, Record)
                yield said
        if not found:
            raise Unreadable("no approval in it")


def _told(entry: Entry, sources: Sources) -> Iterator[Said]:
    """What one entry of a list says."""
    if entry.key == "sources":
        yield from sources.add(entry.item)
    elif entry.key in ("approvals", ""):
        yield from approval(entry.item, sources)
    elif entry.key == "figures":
        yield from figures(entry.item, sources)
    elif entry.key == "context":
        yield from context(entry.item, sources)
    elif entry.key in HEADINGS:
        yield Record(
            kind="document",
            locator=f"line {entry.item.line}",
            name=entry.key,
            description=one_line(entry.item.value, 2000),
        )
    else:
        reason = f"`{one_line(entry.key, 40)}` is no part of a file of approvals"
        yield Quarantine(f"line {entry.item.line}", reason, one_line(str(entry.item.value)))
