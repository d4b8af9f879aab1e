"""What derives from what as a text tree, and the matrix of competing hypotheses."""

from __future__ import annotations

from collections.abc import Iterator

from oust.report.claims import WIDTH, head, origins_word, wrapped
from oust.report.words import clip, plural
from oust.weigh import Weighing, leads
from oust.weigh.identity import named
from oust.weigh.matrix import matrix
from oust.weighed import Matrix, Row

SHOWN = 1000
"""Lines of the tree."""

_SIGNS = {
    "consistent": "+",
    "inconsistent": "−",
    "irrelevant": "0",
    "disputed": "≠",
    "not read": "·",
}


def tree(weighing: Weighing) -> Iterator[str]:
    """Every origin, what it says, and whatever hangs from that."""
    yield from head(weighing.ledger)
    count = weighing.origins([one.id for one in weighing.claims])
    lines = _origins(weighing)
    for number, line in enumerate(lines):
        if number == SHOWN:
            yield " … more lines: oust claims show --format json"
            break
        yield line
    yield from _fallen(weighing)
    for same in count.same:
        names = {one.id: one.text for one in count.origins}
        who = named((names[key] for key in same.origins), "; ")
        yield from wrapped(f"Possibly the same: {who} ({same.why}).", " ")
    yield from wrapped(f"In all {origins_word(str(count))}, denials included.", " ")


def _origins(weighing: Weighing) -> Iterator[str]:
    units, of_root = weighing.classes.units, weighing.classes.of_root
    behind: dict[int, list[int]] = {}
    for root in sorted(weighing.graph.roots, key=lambda one: weighing.graph.roots[one]):
        for number in of_root[root]:
            behind.setdefault(number, []).append(root)
    for number, roots in behind.items():
        unit = units[number]
        interest = f" [interest: {unit.interest}]" if unit.interest else ""
        yield from wrapped(f"{unit.text}{interest}", " ")
        for at, root in enumerate(roots):
            members = [weighing.claims[one].id for one in weighing.graph.roots[root]]
            yield from _below(weighing, members, at == len(roots) - 1)
        yield ""


def _below(weighing: Weighing, members: list[str], last: bool) -> Iterator[str]:
    """A root and all that hangs from it, depth first, without recursion."""
    taken = weighing.beneath
    if len(members) > 1:
        yield clip_tree(f"  ├─ {named(members)} cite each other")
    waiting = [(members[-1 - at], "  ", last and at == 0) for at in range(len(members))]
    seen = set(members)
    while waiting:
        name, pad, is_last = waiting.pop()
        yield _leaf(weighing, name, f"{pad}{'└' if is_last else '├'}─ ")
        inner = pad + ("   " if is_last else "│  ")
        further = [one for one in taken.get(name, ()) if one not in seen]
        seen.update(further)
        below = [(one, inner, n == len(further) - 1) for n, one in enumerate(further)]
        waiting += reversed(below)


def _leaf(weighing: Weighing, name: str, start: str) -> str:
    claim = weighing.claim(name)
    speakers = weighing.identity.speakers
    via = [speakers[one].name if one in speakers else one for one in claim.through]
    mark = {"denial": " denial", "record": " record", "judgment": " judgment"}.get(claim.kind, "")
    mark += " draft" if claim.draft else ""
    mark += f" {claim.standing}" if claim.standing != "standing" else ""
    who = (
        f" by {named(speakers[one].name for one in claim.by)}" if leads(claim) and claim.by else ""
    )
    way = f" → {' → '.join(via)}" if via else ""
    return clip_tree(f"{start}{name}{mark}{who}{way}: {claim.text}")


def clip_tree(text: str) -> str:
    """As `clip`, but the lines drawn in front stay."""
    bare = text.lstrip(" │├└─")
    front = text[: len(text) - len(bare)]
    return front + clip(bare, max(WIDTH - len(front), 20))


def _fallen(weighing: Weighing) -> Iterator[str]:
    gone = [one.id for one in weighing.claims if not weighing.counts(one.id)]
    if gone:
        yield f" Without an origin that counts: {plural(len(gone), 'entry')}"
        for name in gone[:50]:
            yield from wrapped(f"{name}: {weighing.fallen([name])}", "   ")
        yield ""


def grid(weighing: Weighing) -> Iterator[str]:
    """The matrix: what discriminates first."""
    yield from head(weighing.ledger)
    found = matrix(weighing)
    if not found.hypotheses:
        yield " No hypotheses: add them to the ledger, and readings with oust claims read."
        return
    texts = {one.id: one.text for one in weighing.ledger.hypotheses}
    for number, name in enumerate(found.hypotheses):
        yield from wrapped(f"H{number + 1} {name}: {texts[name]}", " ")
    yield ""
    yield " + consistent   − inconsistent   0 irrelevant   ≠ readers differ   · not read"
    yield "   " + "".join(f"{f'H{n + 1}':<4}" for n in range(len(found.hypotheses))) + "claim"
    yield from _rows(weighing, found)
    yield ""
    yield from _columns(found)


def _rows(weighing: Weighing, found: Matrix) -> Iterator[str]:
    before = True
    for row in found.rows:
        if before and not row.parts:
            yield "   what follows tells none of them apart"
        before = bool(row.parts)
        signs = "".join(f"{_SIGNS[cell.reads]:<4}" for cell in row.cells)
        claim = weighing.claim(row.claim)
        count = origins_word(str(weighing.origins([row.claim])))
        kind = f" {claim.kind}" if claim.kind != "claim" else ""
        start = f"   {signs}{row.claim}{kind} ({count}): "
        yield start + clip(claim.text, max(WIDTH - len(start), 20))
        yield from _disputes(found, row)


def _disputes(found: Matrix, row: Row) -> Iterator[str]:
    for number, cell in enumerate(row.cells):
        if cell.reads == "disputed":
            told = ", ".join(f"{who} reads {reads}" for who, reads in cell.by)
            yield from wrapped(f"H{number + 1}: {told}", " " * (3 + 4 * len(row.cells)))


def _columns(found: Matrix) -> Iterator[str]:
    yield " Against each, by origin"
    for number, one in enumerate(found.columns):
        text = f"H{number + 1} {one.hypothesis}: {plural(len(one.inconsistent), 'claim')} against"
        if one.inconsistent:
            text += f" ({named(one.inconsistent)})"
        if one.against.high:
            text += f". {one.against.why}"
        if one.denied.high:
            text += f" Denials, a party's own word: {one.denied.why}"
        text = text.rstrip(".") + "."
        if one.disputed:
            text += f" In dispute: {named(one.disputed)}."
        if one.not_read:
            text += f" Not read against it: {one.not_read:,}."
        yield from wrapped(text, "   ")
    yield from wrapped(
        "The hypothesis with least against it is not thereby shown to be true; what is not read "
        "or not known may speak against it.",
        " ",
        " ",
    )
