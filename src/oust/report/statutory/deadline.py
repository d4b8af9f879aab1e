"""When a report falls due, as lines to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from oust.data.report_form import DueText, FormWindow
from oust.model import Due


def deadline_lines(window: FormWindow, contract: str, dues: Sequence[Due]) -> Iterator[str]:
    """The dates computed, and then the form's own words, which stand in any case.

    `contract`: date of the contract, ISO as far as known, empty where not given.
    """
    yield from dict.fromkeys(_computed(one) for one in dues)
    texts = [text for text in window.due if _applies(text, contract)]
    for text in texts or window.due:
        yield text.text + _contracts(text)
    if contract and not texts:
        yield (
            f"none of these is for a contract of {contract}: a clause binds where the contract "
            "or a modification of it carries it"
        )
    elif not contract and len(window.due) > 1:
        yield "which of them holds depends on the date of the contract: give it with --contract"
    if window.when:
        yield f"only if: {window.when}"
    if window.note:
        yield window.note


def _computed(one: Due) -> str:
    if not one.when:
        return "; ".join(filter(None, (_waits(one.waits_for), one.basis, one.condition)))
    when = one.when.replace("T", " ")
    latest = f" to {one.latest}" if one.latest else ""
    zone = f" ({one.zone})" if one.zone else ""
    return "; ".join(filter(None, (f"{when}{latest}{zone}", one.basis, one.condition)))


def _waits(event: str) -> str:
    """What date is wanted, and the option that gives it."""
    if not event:
        return "no date"
    option = "--identified DATE" if event == "identification" else f"--anchor {event}=DATE"
    return f"waits for the date of {event.replace('-', ' ')} ({option})"


def _applies(one: DueText, contract: str) -> bool:
    """Whether a version may be for a contract of this date, as far as the date is known."""
    if not contract:
        return True
    start, until = one.contracts_from, one.contracts_until
    early = bool(start) and contract < start[: len(contract)]
    late = bool(until) and contract[: len(until)] > until
    return not early and not late


def _contracts(one: DueText) -> str:
    bounds: Iterable[str] = (
        f"from {one.contracts_from}" if one.contracts_from else "",
        f"to {one.contracts_until}" if one.contracts_until else "",
    )
    span = " ".join(filter(None, bounds))
    return f" (contracts awarded, or their solicitations issued, {span})" if span else ""
