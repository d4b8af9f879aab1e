"""Names that may be one party: offered with the ground, joined nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from oust.access import Agreement, Alike
from oust.agreements.read import Award, KeyOf, Operated, Parties
from oust.party_names import NEUTRAL, core

LIKE = 92.0
"""Likeness of two spellings, 0 to 100, from which they are offered; short names never."""

SHORTEST = 6


def alike(
    given: Sequence[Agreement],
    awards: Iterable[Award],
    runs: Mapping[str, Mapping[str, Operated]],
    parties: Parties,
    key_of: KeyOf,
) -> Iterator[Alike]:
    """Pairs of a register's party and a name met elsewhere (or in the register)."""
    from rapidfuzz import fuzz, process

    for name, ground in parties.clashes:
        yield Alike(name, name, ground)
    ours = {one.key: one.party for one in reversed(given)}
    theirs = {key: _name(key, hosts) for key, hosts in runs.items()} | ours
    theirs |= {key_of(award.seller): award.seller for award in awards if award.prime_key}
    plain = {key: " ".join(core(name)) for key, name in theirs.items()}
    told: set[tuple[str, str]] = set()
    for key, name in sorted(ours.items()):
        near = {match[2] for match in process.extract(
            plain[key], plain, scorer=fuzz.ratio, score_cutoff=LIKE, limit=10,
        ) if len(plain[key]) >= SHORTEST}  # fmt: skip
        for other in sorted(theirs.keys() - {key}):
            ground = _ground(name, theirs[other]) or ("spelt alike" if other in near else "")
            pair = (min(key, other), max(key, other))
            if ground and pair not in told:
                told.add(pair)
                yield Alike(name, theirs[other], ground)


def _name(key: str, hosts: Mapping[str, Operated]) -> str:
    """A party as the first statement calls it."""
    return next((said.evidence.text for said in hosts.values()), "") or key.partition(":")[2]


def _ground(first: str, second: str) -> str:
    one, other = ({*core(name)} - NEUTRAL for name in (first, second))
    return "the same but for everyday words" if one and one == other else ""
