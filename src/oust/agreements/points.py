"""What an agreement should be looked into for: use, chains, ends, vetting, and want of any look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from oust.access import Agreement, Concern, Known, Point
from oust.agreements.chain import Chains, Sub
from oust.agreements.dates import before, ended
from oust.agreements.uses import Seen, Use, weakest
from oust.model import Evidence, Look

SHOWN = 5
"""Exposures, hosts or subcontractors named one by one; more are counted."""

_NOT_DONE = frozenset(
    {"no", "n", "false", "0", "none", "never", "not done", "not vetted", "open", "pending"}
    | {"outstanding", "not started", "in progress", "todo", "to do", "failed", "refused"}
)


def listed(names: Iterable[str]) -> str:
    """`a, b, c and 4 more`."""
    every = list(dict.fromkeys(names))
    shown = ", ".join(every[:SHOWN])
    return shown if len(every) <= SHOWN else f"{shown} and {len(every) - SHOWN:,} more"


def uses(agreement: Agreement, seen: Seen) -> Iterator[Point]:
    """The vendor itself has access, or a party that uses it."""
    own = seen.uses_of_entry(agreement.evidence)
    group = seen.of(agreement.key, "group")
    if agreement.key.startswith("vendor:") or own or group:
        whose = f" {seen.called(own or group)}," if own or group else ""
        says = f"{agreement.party} is the vendor itself,{whose} or a company that it holds"
        yield _point("the vendor has access", says, own or group, agreement.evidence)
    if found := seen.of(agreement.key, "uses"):
        says = (
            f"{agreement.party} runs what products of {seen.called(found)} were found on: "
            f"{_assets(found)}"
        )
        yield _point("uses the vendor", says, found, agreement.evidence)


def _point(concern: Concern, says: str, found: Sequence[Use], entry: Evidence) -> Point:
    evidence = [use.evidence for use in found]
    return Point(
        concern=concern,
        says=says,
        evidence=tuple(dict.fromkeys(evidence))[:SHOWN] or (entry,),
        exposures=tuple(use.exposure.id for use in found),
        strength=weakest(found) if found else "",
    )


def _assets(found: Iterable[Use]) -> str:
    return listed(f"{use.exposure.asset.kind} {use.exposure.asset.name}" for use in found)


def chain(subs: Sequence[Sub], seen: Seen, chains: Chains) -> Iterator[Point]:
    """Subcontractors that use the vendor, and those that no register names."""
    for sub in subs:
        way = " → ".join((*sub.under, sub.name))
        own = seen.uses_of_entry(sub.evidence) if sub.subaward else []
        if own or sub.key.startswith("vendor:"):
            says = f"{way} ({sub.said}): the vendor itself, or a company that it holds"
            yield _point("subcontractor uses the vendor", says, own, sub.evidence)
        elif found := [*seen.of(sub.key, "uses"), *seen.of(sub.key, "group")]:
            says = f"{way} ({sub.said}): products of {seen.called(found)} on {_assets(found)}"
            yield _point("subcontractor uses the vendor", says, found, sub.evidence)
    hidden = [sub for sub in subs if sub.subaward and sub.key not in chains.listed]
    if hidden:
        named = listed(f"{sub.name} ({sub.said})" for sub in hidden)
        yield Point(
            concern="subcontractor not listed",
            says=f"subawards name who stands in no register: {named}",
            evidence=tuple(sub.evidence for sub in hidden)[:SHOWN],
        )


def after_end(
    agreement: Agreement, running: Sequence[Agreement], seen: Seen, day: str
) -> tuple[list[Point], list[Known]]:
    """An agreement that is over, while nothing says that the access is."""
    if not ended(agreement.until, day) or agreement.access_removed:
        return [], []
    reach = {*agreement.systems, *agreement.hosts}
    others = [
        one for one in running if one.key == agreement.key and reach <= {*one.systems, *one.hosts}
    ]
    if others:
        said = f"{others[0].id} of the same party covers the same systems since {agreement.until}"
        return [], [Known(said, (others[0].evidence,))]
    says = f"ended {agreement.until}; that the access was taken away is not stated"
    evidence = [agreement.evidence]
    for host in agreement.hosts:
        later = [look for look in seen.looks.get(host.casefold(), ()) if _later(agreement, look)]
        for look in later[:1]:
            says += f"; {host} was in service on {look.until[:10]} ({look.method})"
            evidence.append(Evidence(look.source, "", sha256=look.sha256))
    still = [
        said
        for said in seen.operated.get(agreement.key, {}).values()
        if not said.until and said.host in agreement.hosts
    ]
    if still:
        says += f"; still stated to be run by {agreement.party}: {listed(s.host for s in still)}"
        evidence += [said.evidence for said in still]
    point = Point(concern="access after the end", says=says, evidence=tuple(evidence[:SHOWN]))
    return [point], []


def _later(agreement: Agreement, look: Look) -> bool:
    """Whether a look speaks of a day after the end. A file's own date may be that of a copy."""
    return look.dated != "file date" and before(agreement.until, look.until[:10]) is True


def vetting(agreement: Agreement, day: str) -> tuple[list[Point], list[Known], list[str]]:
    """Expired, not done, not dated, or not stated, as of a day; what is known; what is missing."""
    one = agreement
    known: list[Known] = []
    missing: list[str] = []
    by = f" by {one.vetted_by}" if one.vetted_by else ""
    ground = f" on {one.ground}" if one.ground else ""
    says = ""
    if one.vetted.casefold() in _NOT_DONE and not one.vetted_on:
        says = f"not vetted: the register says “{one.vetted}”"
    elif one.vetted_on and before(day, one.vetted_on):
        says = f"vetted on {one.vetted_on} only, after {day}"
    elif one.vetted_on:
        says = _expired(one, day)
        known.append(Known(f"vetted on {one.vetted_on}{by}{ground}", (one.evidence,)))
        missing += [] if one.vetting_expires else ["until when its vetting holds"]
    elif one.vetted_by or one.ground or one.vetted:
        says = f"vetted{by}{ground}, on what day is not stated" if by or ground else (
            f"vetting “{one.vetted}”, on what day and by whom is not stated"
        )  # fmt: skip
        missing.append("the day of its vetting")
    else:
        says = "no vetting is stated"
        missing.append("whether, when and by whom it was vetted")
    if one.vetted_on and before(one.since, one.vetted_on):
        known.append(Known(f"access began {one.since}, before it was vetted", (one.evidence,)))
    if one.vetted_on and not one.ground:
        missing.append("on what ground it was vetted")
    point = Point(concern="vetting", says=says, evidence=(one.evidence,))
    return ([point] if says else []), known, missing


def _expired(one: Agreement, day: str) -> str:
    if not ended(one.vetting_expires, day):
        return ""
    text = f"the vetting of {one.vetted_on} expired {one.vetting_expires}"
    if len(one.vetting_expires) == len(day) == 10:
        days = (date.fromisoformat(day) - date.fromisoformat(one.vetting_expires)).days
        text += f", {days:,} day{'' if days == 1 else 's'} before {day}"
    return text


def nobody_looked(agreement: Agreement, seen: Seen) -> Iterator[Point]:
    """Nothing read can show what the party runs."""
    key = agreement.key
    if seen.looked_at(key) or seen.of(key, "uses") or _attested(agreement):
        return
    hosts = listed(said.host for said in seen.operated.get(key, {}).values())
    what = f"no look at {hosts}, which it runs" if hosts else "no look at any host that it runs"
    says = f"nobody looked at what {agreement.party} uses: {what}, and no attestation"
    yield Point(concern="nobody looked", says=says, evidence=(agreement.evidence,))


def _attested(agreement: Agreement) -> bool:
    return bool(agreement.attested_on) or agreement.attestation.casefold() not in (
        "", "no", "none", "pending", "requested",
    )  # fmt: skip
