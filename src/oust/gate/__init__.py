"""The gate: may this be bought, merged or installed?

Things of a vendor are found in records (`Finder`), each becomes an exposure of one or two hops,
the rules are asked for every profile (`ruled`), a baseline may waive (`waived`), and the gravest
answer that is left decides (`gravest`). Nothing here reads files: see oust.screen.
"""

from __future__ import annotations

from oust.gate.answers import gravest, ruled
from oust.gate.finds import Finder, Seen
from oust.gate.waivers import read_baseline, waived, written

__all__ = ["Finder", "Seen", "gravest", "read_baseline", "ruled", "waived", "written"]
