"""Why a count is what it is, as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from oust.weigh.classes import Classes
from oust.weigh.identity import UNNAMED, named
from oust.weighed import Origin, Same

SHOWN = 12
"""Origins told by name in a sentence."""


def ties(classes: Classes, reached: Sequence[int]) -> tuple[Same, ...]:
    """Which of these origins may be the same, pool by pool and pair by pair."""
    keys = {number: classes.units[number].key for number in reached}
    found = []
    pools: dict[str, list[int]] = {}
    for number in reached:
        pools.setdefault(classes.pool[number], []).append(number)
    for pool, members in sorted(pools.items()):
        loose = [n for n in members if any(_loose(classes, n, m) for m in members if m != n)]
        if len(loose) > 1 and pool:
            why = _pool_words(pool) + _known_apart(classes, loose)
            found.append(Same(tuple(keys[n] for n in loose), why))
    for pair in combinations(reached, 2) if len(reached) <= 200 else ():
        if pair in classes.shared and len({classes.pool[n] for n in pair}) == 2:
            who = named(sorted(set(classes.shared[pair])))
            why = f"they may share a source, as the ledger says at {who}"
            found.append(Same(tuple(keys[n] for n in pair), why))
    circles = [n for n in reached if not classes.pool[n]]
    if circles and len(reached) > 1:
        found.append(
            Same(tuple(keys[n] for n in circles), "the first source is unknown: it may be any")
        )
    return tuple(found)


def reason(low: int, origins: Sequence[Origin], same: Sequence[Same]) -> str:
    """The count, who they are, and why it is a range."""
    high = len(origins)
    count = str(low) if low == high else f"{low} to {high}"
    shown = [one.text for one in origins[:SHOWN]]
    more = f"; and {high - SHOWN:,} more" if high > SHOWN else ""
    text = f"{count} {'origin' if high == 1 else 'origins'}: {'; '.join(shown)}{more}."
    for one in origins[:SHOWN]:
        if len(one.roots) > 1 and one.kind != "circle":
            text += f" {_upper(one.text)} is behind {named(one.roots)}: one origin."
    names = {one.id: one.text for one in origins}
    for tie in same if low < high else ():
        who = named((names[key] for key in tie.origins), "; ")
        verb = "may be the same" if len(tie.origins) > 1 else "may be no other"
        text += f" {_upper(who)} {verb}: {tie.why}."
    return text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _loose(classes: Classes, one: int, other: int) -> bool:
    return (min(one, other), max(one, other)) not in classes.apart


def _known_apart(classes: Classes, members: Sequence[int]) -> str:
    """The pairs that are different after all."""
    inside = set(members)
    pairs = sorted(pair for pair in classes.apart if inside.issuperset(pair))
    texts = [" and ".join(classes.units[n].text for n in pair) for pair in pairs[:3]]
    more = f", and {len(pairs) - 3:,} further pairs" if len(pairs) > 3 else ""
    return f"; but known to be different: {'; '.join(texts)}{more}" if pairs else ""


def _pool_words(pool: str) -> str:
    if pool == UNNAMED:
        return "none of them is named"
    kind = pool.partition(":")[0]
    if kind == "party":
        return "they belong to one organisation, and nothing says that they know it separately"
    return "nothing tells them apart"
