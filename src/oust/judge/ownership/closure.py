"""Everything that stands to one party in a relation, at once, however many companies there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from oust.judge.ownership.control import Bar, Blocks, Held, candidates, grow
from oust.judge.ownership.pairs import Pairs
from oust.judge.ownership.table import Floats, Ints, Parties

MAJORITY = Bar(0.5, strict=True)


class Found(Struct, frozen=True):
    """Party numbers for which the relation surely (`yes`) and possibly (`unknown`) holds."""

    yes: Ints
    unknown: Ints
    parties: Parties

    def surely(self) -> Iterator[str]:
        """Keys of `yes`."""
        return (self.parties.key(int(n)) for n in self.yes)

    def possibly(self) -> Iterator[str]:
        """Keys of `unknown`."""
        return (self.parties.key(int(n)) for n in self.unknown)


class Closure(Struct, frozen=True):
    """Who is majority-owned by, controlled by and under common control with one party."""

    party: str
    majority_owned: Found
    controlled: Found
    common_control: Found


def found(sure: Ints, may: Ints, parties: Parties) -> Found:
    """`may` holds all that may be so, those in `sure` included."""
    return Found(np.sort(sure), np.setdiff1d(may, sure), parties)


def majority(nodes: Ints, low: Floats, high: Floats, seed: int, parties: Parties) -> Found:
    """Companies of which the bounds are a majority."""
    other = nodes != seed
    return found(nodes[MAJORITY.met(low) & other], nodes[MAJORITY.met(high) & other], parties)


def controllers(
    blocks: Blocks, links: Pairs, company: int, *, upper: bool, but: tuple[int, ...] = ()
) -> Iterator[tuple[int, Held]]:
    """Parties that control `company`, each with all it controls; none within another's set.

    Whatever a controlled party controls, its controller controls too, so the outermost suffice.
    """
    claims = blocks.pairs.only(np.zeros(len(blocks.pairs), np.bool_))
    inner: set[int] = set(but)
    for one in reversed(candidates(blocks, links, company, upper=upper)):
        if one in inner:
            continue
        held = grow(blocks, links, claims, np.array([one]), MAJORITY, upper=upper)
        if company in held:
            inner.update(int(n) for n in held.members)
            yield one, held


def commonly_controlled(blocks: Blocks, links: Pairs, company: int, *, upper: bool) -> Ints:
    """Parties that a third party controls together with `company`."""
    common: list[Ints] = [np.empty(0, np.int64)]
    for top, held in controllers(blocks, links, company, upper=upper):
        common.append(held.members[held.members != top])
        if _again(blocks, links, company, top, held, upper):
            common.append(np.array([top]))
    every = np.unique(np.concatenate(common))
    others: Ints = every[every != company]
    return others


def _again(blocks: Blocks, links: Pairs, company: int, top: int, held: Held, upper: bool) -> bool:
    """Whether, in a circle, one of those held by `top` controls both it and `company`."""
    above = candidates(blocks, links, top, upper=upper)
    inside = [one for one in above if one in held and one not in (top, company)]
    claims = blocks.pairs.only(np.zeros(len(blocks.pairs), np.bool_))
    for one in inside:
        other = grow(blocks, links, claims, np.array([one]), MAJORITY, upper=upper)
        if company in other and top in other:
            return True
    return False
