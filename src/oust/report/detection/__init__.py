"""Detection content from dossiers, for the tools that people already run.

Each module of this package writes one form. Only values that decide alone go out: what a dossier
marks as weak, and what is only ever a mention, stays in and is counted. Every exported item
carries the source of its fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from oust.data.dossier import Dossier
from oust.data.kinds import IDENTIFIER_KINDS
from oust.report.words import plural

Form = Literal["yara", "suricata", "zeek-intel", "dns-rpz", "osquery", "sigma", "applocker"]


class Item(Struct, frozen=True, kw_only=True):
    """One value of a dossier, as a detection tool may look for it."""

    vendor: str  # dossier id
    name: str  # display name of the vendor
    kind: str  # see IDENTIFIER_KINDS
    value: str
    match: str  # how it is compared: exact, suffix, regex, prefix, folder ...
    source: str
    tier: str
    product: str = ""
    note: str = ""


class LeftOut(Struct, frozen=True):
    """A value that a form cannot carry or must not, and why."""

    vendor: str
    kind: str
    value: str
    why: str


class Written(Struct, frozen=True):
    """One exported file."""

    text: str
    items: int  # values that went out
    left_out: tuple[LeftOut, ...] = ()


WEAK = "marked weak: others produce it too"
REGEX = "is a regular expression, which this form does not know"
GONE = "no longer holds: {}"


def chosen(
    dossiers: Iterable[Dossier], kinds: Sequence[str], day: str = ""
) -> tuple[list[Item], list[LeftOut]]:
    """Values of these kinds that may go out, in a fixed order, and those that may not.

    `day`: ISO date; values that ended before it are left out.
    """
    items: list[Item] = []
    left: list[LeftOut] = []
    for dossier in dossiers:
        for one in dossier.identifiers:
            if one.kind not in kinds:
                continue
            kind = IDENTIFIER_KINDS[one.kind]
            why = WEAK if one.strength == "weak" else kind.mention
            if not why and day and one.until and one.until < day[: len(one.until)]:
                why = GONE.format(one.until)
            for value in one.values:
                if why:
                    left.append(LeftOut(dossier.id, one.kind, value, why))
                else:
                    items.append(
                        Item(
                            vendor=dossier.id,
                            name=dossier.vendor,
                            kind=one.kind,
                            value=value,
                            match=one.match or kind.compare,
                            source=one.source[0],
                            tier=one.tier,
                            product=one.product,
                            note=one.note,
                        )
                    )
    items.sort(key=lambda item: (item.vendor, item.kind, item.value))
    return _once(items), left


def _once(items: list[Item]) -> list[Item]:
    """Each value of a kind once: dossiers may give it twice, from two sources."""
    seen = {(item.vendor, item.kind, item.value.casefold()): item for item in reversed(items)}
    return [one for one in items if seen[one.vendor, one.kind, one.value.casefold()] is one]


def heading(form: str, items: Sequence[Item], left: Sequence[LeftOut], version: str) -> list[str]:
    """What stands at the top of every file, as lines of text without comment signs."""
    vendors = ", ".join(sorted({item.name for item in items})) or "no vendor"
    lines = [
        f"{form} made by oust {version} from dossiers: {vendors}",
        f"{plural(len(items), 'value')}, each with the source of its fact.",
        "A match shows that something of the vendor was met. It accuses nobody.",
    ]
    for why, count in sorted(Counter(one.why for one in left).items()):
        lines.append(f"Left out: {plural(count, 'value')} ({why}).")
    return lines


def plain(text: str) -> str:
    """A text on one line, as ASCII without control characters, for comments."""
    return " ".join("".join(c if " " <= c <= "~" else "?" for c in text).split())


def word(text: str) -> str:
    """A text as letters, digits and underscores, for names of rules."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower() or "x"


Writer = Callable[[Sequence[Item], Sequence[LeftOut], str], Written]
