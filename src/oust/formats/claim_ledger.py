"""Ledgers of claims among evidence: told for what they are, and not read as evidence.

What is said of a vendor shows nothing installed or bought. A ledger is weighed by `oust claims`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Said

_KEYS = re.compile(r"(?m)^(claims|speakers|documents|hypotheses|readings|title):")


class ClaimLedger:
    """A YAML file of `docs/claims.md`."""

    name = "claim-ledger"
    title = "oust ledger of claims, YAML"
    group = "relations"
    bulk = False

    def claims(self, head: Head) -> int:
        """By its keys; `claims` alone is anybody's."""
        if head.is_json or head.start.startswith("<"):
            return 0
        keys = set(_KEYS.findall(head.text))
        return 92 if "title" in keys and len(keys & {"claims", "speakers", "documents"}) > 1 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Nothing: says what to do with it."""
        raise Unreadable("a ledger of claims, which is no evidence; see: oust claims show FILE")
        yield  # makes it an iterator, as every format's reading is
