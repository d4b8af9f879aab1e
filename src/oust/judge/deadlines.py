"""What falls due: the deadlines of a rule as dates, each with the sentence that shows its basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from oust.data.rule import BINDING, Deadline, Profile, Rule, Stage, Tag
from oust.judge.calendar import country_of, zone_of
from oust.judge.counting import Counted, Place, amount, counted, day_of, is_moment
from oust.judge.dates import first_day, last_day, reached
from oust.judge.recurrence import Occurrence, Window, repeated
from oust.model import Answer, Due, Verdict

MONTHS = 12
"""How far ahead a repeated deadline is told."""


class Caught(Struct, frozen=True):
    """Exposures that a rule catches, and those for which that is not known, with the reason."""

    sure: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    doubt: str = ""
    missing: str = ""  # the fact or tag on which the doubt hangs


def caught(verdicts: Iterable[Verdict]) -> dict[str, Caught]:
    """What each rule catches, by rule id. A rule that catches nothing is left out."""
    sure: dict[str, list[str]] = {}
    doubtful: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.word in ("prohibited", "prohibited-from"):
            sure.setdefault(one.rule, []).append(one.exposure)
        elif one.word == "not known":
            doubtful.setdefault(one.rule, []).append(one)
    found = {}
    for rule in {**sure, **doubtful}:
        maybe = doubtful.get(rule, [])
        nearest = min(maybe, key=_open, default=None)  # it lacks least to be caught
        why, missing = (nearest.because, nearest.missing) if nearest else ("", "")
        doubted = tuple(one.exposure for one in maybe)
        found[rule] = Caught(tuple(sure.get(rule, ())), doubted, why or missing, missing)
    return found


def _open(verdict: Verdict) -> int:
    return sum(check.answer == "unknown" for check in verdict.checks)


def fall_due(
    rules: Iterable[Rule],
    catches: Mapping[str, Caught],
    profile: Profile,
    *,
    anchors: Mapping[str, str],
    contract_date: str,
    as_of: str,
    tz: ZoneInfo | None = None,
    tags: Mapping[str, Tag] | None = None,
    government: bool = False,
) -> list[Due]:
    """Deadlines of the rules that catch something, for this profile, earliest first.

    Product and process law (`force: duty`) catches nothing and binds all the same. `government`
    adds the duties of the authority itself. Those without a date come last.
    """
    found: list[Due] = []
    for rule in rules:
        catch = catches.get(rule.id)
        if catch is None and not (rule.force == "duty" and _made(rule, as_of)):
            continue
        for deadline in rule.deadlines:
            who = _mine(deadline, profile, tags or {}, government)
            if who is not None:
                dates = due(deadline, rule, anchors, contract_date, as_of, tz)
                found += [_with(one, catch or Caught(), who, profile) for one in dates]
    return sorted(found, key=_order)


def _mine(
    deadline: Deadline, profile: Profile, tags: Mapping[str, Tag], government: bool
) -> str | None:
    """On what it hangs that the duty is told; None if it is not."""
    if deadline.on_government:
        return "" if government else None
    answer, who = obliged(deadline, profile, tags)
    return None if answer == "no" else who


def merged(told: Iterable[Due]) -> list[Due]:
    """Each date once, with all whose duty it is; a condition names who must meet it."""
    groups: dict[tuple[str, str, int], list[Due]] = {}
    for one in told:
        groups.setdefault((one.rule, one.deadline, one.number), []).append(one)
    return sorted((_together(group) for group in groups.values()), key=_order)


def _together(group: list[Due]) -> Due:
    sure = dict.fromkeys(ident for one in group for ident in one.exposures)
    maybe = dict.fromkeys(ident for one in group for ident in one.doubtful)
    conditions = {one.condition for one in group}
    each = [f"{' '.join(one.profiles)}: {one.condition}" for one in group if one.condition]
    return structs.replace(
        group[0],
        exposures=tuple(sure),
        doubtful=tuple(ident for ident in maybe if ident not in sure),
        profiles=tuple(ident for one in group for ident in one.profiles),
        condition=group[0].condition if len(conditions) == 1 else "; ".join(each),
    )


def due(
    deadline: Deadline,
    rule: Rule,
    anchors: Mapping[str, str],
    contract_date: str,
    as_of: str,
    tz: ZoneInfo | None = None,
    months: int = MONTHS,
) -> list[Due]:
    """The dates of one deadline, in order.

    `anchors`: ISO dates or moments of the events that the user dates, by name. `contract_date`:
    when the contract was awarded, as far as known; empty gives the version with its condition, and
    a version for other contracts gives nothing. `tz`: None takes the zone of the rule's capital.
    `months`: how far ahead of `as_of` a repeated deadline is told; of the past, its last one.
    """
    condition = _contract(deadline, contract_date, as_of)
    if condition is None or not _foreseen(deadline, rule, as_of):
        return []
    zone = tz or ZoneInfo(zone_of(rule.jurisdiction))
    base = Due(
        rule=rule.id,
        deadline=deadline.id,
        duty=deadline.duty,
        zone=zone.key,
        condition=condition,
        report=deadline.report,
        citation=deadline.citation or "; ".join(rule.citations[:1]),
        note=deadline.note,
        on_government=deadline.on_government,
    )
    place = Place(country_of(rule.jurisdiction), zone)
    window = Window.of(as_of, months, "")
    try:
        return [
            _sourced(one, deadline) for one in _dates(base, deadline, rule, anchors, window, place)
        ]
    except OverflowError:
        return [structs.replace(base, basis="its date lies beyond the calendar")]


def _sourced(one: Due, deadline: Deadline) -> Due:
    if not deadline.unconfirmed:
        return one
    says = "unconfirmed: one weak source, or sources that disagree"
    return structs.replace(one, basis="; ".join(filter(None, (one.basis, says))))


def _dates(
    base: Due,
    deadline: Deadline,
    rule: Rule,
    anchors: Mapping[str, str],
    window: Window,
    place: Place,
) -> Iterator[Due]:
    repeats = bool(deadline.every_n or deadline.every_date)
    start, label = _start(deadline, rule, anchors)
    if deadline.anchor and not deadline.due and not start:
        yield structs.replace(base, waits_for=deadline.anchor, basis=_waiting(deadline))
        return
    first, says = None, ""
    if deadline.due:
        first = Counted(deadline.due, last_day(deadline.due))
        says = "the day that the rule gives" if first.exact else "the rule gives no nearer date"
    elif start and deadline.unit:
        first = counted(start, deadline.n, deadline.unit, place)
        says = f"{amount(deadline.n, deadline.unit)} from {_read(start)}{label}"
    if first is None and not deadline.every_date:
        yield structs.replace(base, basis=f"no time limit was seen{_since(start, label)}")
        return
    if first is not None and not repeats:
        yield _at(base, Occurrence(0, first), says, _ended_before(rule, first))
        return
    window = structs.replace(window, over=_over(deadline, rule))
    words = deadline.until if not deadline.until[:4].isdigit() else ""
    for one in repeated(deadline, first, _begins(rule), window, place):
        yield _at(base, one, says, f"until {words}" if words else "")


def _at(base: Due, one: Occurrence, first_says: str, more: str) -> Due:
    note = one.at.note
    basis = "; ".join(filter(None, (one.says or first_says, note, more)))
    return structs.replace(
        base,
        when=one.at.when,
        latest="" if one.at.exact else one.at.latest,
        exact=one.at.exact,
        turn="recurring" if one.number else "first",
        number=one.number,
        basis=basis,
    )


def _start(deadline: Deadline, rule: Rule, anchors: Mapping[str, str]) -> tuple[str, str]:
    """From what it counts, as ISO text, and what to call it; both empty if the user must say."""
    anchor = deadline.anchor
    stage = _stage(rule, anchor)
    if stage is not None:
        return stage.date, f" ({stage.id})"
    if anchor[:4].isdigit():
        return anchor, ""
    return anchors.get(anchor, ""), f" ({anchor.replace('-', ' ')})"


def _since(start: str, label: str) -> str:
    return f"; it counts from {_read(start)}{label}" if start else ""


def _stage(rule: Rule, name: str) -> Stage | None:
    return next((one for one in rule.stages if one.id and one.id == name), None)


def _read(start: str) -> str:
    return start.replace("T", " ") if is_moment(start) else start


def _waiting(deadline: Deadline) -> str:
    event = deadline.anchor.replace("-", " ")
    limit = amount(deadline.n, deadline.unit) if deadline.unit else "no time limit was seen,"
    text = f"{limit} from {event}"
    if deadline.every_n:
        text += f", then every {amount(deadline.every_n, deadline.every_unit)}"
    return text + (f", then every year on {deadline.every_date}" if deadline.every_date else "")


def _contract(deadline: Deadline, awarded: str, as_of: str) -> str | None:
    """The condition on the contract's date; empty if it is met, None if it is not."""
    start, end = deadline.contracts_from, deadline.contracts_until
    if not start and not end:
        return ""
    if not awarded:
        return None if start and reached(as_of, start) == "no" else _condition(start, end)
    early, late = first_day(awarded), last_day(awarded)
    if (start and late < first_day(start)) or (end and early > last_day(end)):
        return None
    within = (not start or early >= last_day(start)) and (not end or late <= first_day(end))
    return "" if within else _condition(start, end)


def _condition(start: str, end: str) -> str:
    span = f"from {start} to {end}" if start and end else ""
    when = span or (f"on or after {start}" if start else f"on or before {end}")
    return f"if the contract was awarded, or its solicitation issued, {when}"


def _foreseen(deadline: Deadline, rule: Rule, as_of: str) -> bool:
    """Whether the deadline could be known on `as_of`: a later event cannot start it yet."""
    stage = None if deadline.due else _stage(rule, deadline.anchor)
    return stage is None or stage.step == "effective" or reached(as_of, stage.date) != "no"


def _made(rule: Rule, as_of: str) -> bool:
    return any(one.step in BINDING and reached(as_of, one.date) != "no" for one in rule.stages)


def _begins(rule: Rule) -> date:
    """The first day on which a rule can bind."""
    made = [one.date for one in rule.stages if one.step in BINDING] or [rule.stages[0].date]
    return day_of(min(made, key=first_day))


def _ended(rule: Rule) -> str:
    return next((one.date for one in rule.stages if one.step == "ended"), "")


def _over(deadline: Deadline, rule: Rule) -> str:
    """The last day of a repetition, as far as known."""
    own = deadline.until if deadline.until[:4].isdigit() else ""
    return min(filter(None, (own, _ended(rule))), key=last_day, default="")


def _ended_before(rule: Rule, first: Counted) -> str:
    end = _ended(rule)
    over = end and first_day(first.when[:10]) > last_day(end)
    return f"the rule ended on {end}, before this date" if over else ""


def obliged(deadline: Deadline, profile: Profile, tags: Mapping[str, Tag]) -> tuple[Answer, str]:
    """Whether the duty is the profile's, and where that is open, on what it hangs."""
    mine, opened = set(profile.tags), set(profile.unknown)
    if mine & set(deadline.spares):
        return "no", ""
    if mine & set(deadline.obliges):
        spared = [tag for tag in deadline.spares if tag in opened]
        return ("unknown", f"unless you are: {_about(spared, tags)}") if spared else ("yes", "")
    maybe = [tag for tag in deadline.obliges if tag in opened]
    return ("unknown", f"if you are: {_about(maybe, tags)}") if maybe else ("no", "")


def _about(ids: Iterable[str], tags: Mapping[str, Tag]) -> str:
    return " or ".join(tags[tag].about if tag in tags else tag for tag in ids)


def _with(one: Due, catch: Caught, who: str, profile: Profile) -> Due:
    doubt = ""
    told = who and catch.missing.removeprefix("not:") in profile.unknown
    if catch.doubtful and not catch.sure and not told:
        doubt = f"if the rule applies, which is not known: {catch.doubt}"
    return structs.replace(
        one,
        condition="; ".join(filter(None, (one.condition, who, doubt))),
        exposures=catch.sure,
        doubtful=catch.doubtful,
        profiles=(profile.id,),
    )


def _order(one: Due) -> tuple[bool, str, str, str, str, int]:
    day = first_day(one.when[:10])
    return not one.when, day, one.when, one.rule, one.deadline, one.number
