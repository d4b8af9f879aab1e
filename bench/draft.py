"""How many expected claims `oust claims draft` finds, how many of its proposals are claims.

    python bench/draft.py                       # every set in tests/draft/expected
    python bench/draft.py tests/draft/expected/own.yaml --misses

A set is a YAML file of cases: a text (or the name of a file in ../shared/corpus/articles), the
claims expected in it, and under `also` further true assertions that are not among the expected.
A claim is found if the span of a proposal holds words of it and holds those of no other expected
claim. Attribution is right if the speaker, the chain and the basis are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from oust.draft import draft
from oust.drafted import Article, Draft, Proposal, Who

ROOT = Path(__file__).parents[1]
EXPECTED = ROOT / "tests/draft/expected"
CORPUS = ROOT.parent / "shared/corpus/articles"


class Result(Struct):
    """Figures of one set."""

    name: str
    expected: int = 0
    found: int = 0
    proposed: int = 0
    right: int = 0  # proposals that are expected, or true though not expected
    strict: int = 0  # proposals that are expected
    attributed: int = 0
    notes: list[str] = []

    @property
    def recall(self) -> float:
        """Share of the expected claims that were found."""
        return self.found / max(self.expected, 1)

    @property
    def precision(self) -> float:
        """Share of the proposals that are claims."""
        return self.right / max(self.proposed, 1)

    @property
    def attribution(self) -> float:
        """Share of the found claims whose speaker, chain and basis are right."""
        return self.attributed / max(self.found, 1)


def cases(path: Path) -> Iterator[tuple[dict[str, Any], Article]]:
    """The cases of a set; those whose article is not there are left out."""
    for case in yaml.safe_load(path.read_text("utf-8"))["cases"]:
        text = case.get("text")
        if "file" in case:
            file = CORPUS / case["file"]
            if not file.exists():
                continue
            text = file.read_bytes().decode("utf-8")
        yield (
            case,
            Article(
                text=text, name=case["id"], outlet=case.get("outlet", ""), date=case.get("date", "")
            ),
        )


def score(path: Path) -> Result:
    """Run the draft over a set."""
    result = Result(name=path.stem, notes=[])
    for case, article in cases(path):
        _score_case(case, draft(article), result)
    return result


def _score_case(case: dict[str, Any], made: Draft, result: Result) -> None:
    text = made.article.text
    wanted = case["claims"]
    also = case.get("also", [])
    used: dict[int, str] = {}
    result.expected += len(wanted)
    result.proposed += len(made.proposals)
    for claim in wanted:
        hits = [
            (i, one)
            for i, one in enumerate(made.proposals)
            if any(_holds(one, text, place) for place in claim["places"])
        ]
        clean = [(i, one) for i, one in hits if not _merges(one, text, claim, wanted)]
        for i, _ in clean:
            used[i] = claim["id"]
        if not clean:
            why = "merged with another" if hits else "not proposed"
            result.notes.append(
                f"{case['id']}: missed {claim['id']} ({why}): {claim['places'][0]!r}"
            )
            continue
        result.found += 1
        faults = min((list(_faults(one, claim)) for _, one in clean[:3]), key=len)
        result.attributed += not faults
        if faults:
            result.notes.append(f"{case['id']}: {claim['id']}: " + "; ".join(faults))
    for i, one in enumerate(made.proposals):
        result.strict += i in used
        right = i in used or any(_holds(one, text, place) for place in also)
        result.right += right
        if not right:
            result.notes.append(f"{case['id']}: extra: {one.text[:90]!r} {list(one.why)}")


def _holds(one: Proposal, text: str, place: str) -> bool:
    return any(place in text[span.start : span.end] for span in one.places)


def _merges(one: Proposal, text: str, claim: dict[str, Any], wanted: list[dict[str, Any]]) -> bool:
    others = (other for other in wanted if other["id"] != claim["id"])
    apart = (
        other
        for other in others
        if other.get("with") != claim["id"] and claim.get("with") != other["id"]
    )
    return any(_holds(one, text, place) for other in apart for place in other["places"])


def _faults(one: Proposal, claim: dict[str, Any]) -> Iterator[str]:
    """What is wrong with an attribution."""
    told = " | ".join(_who(who) for who in one.by)
    by = claim.get("by", "")
    if not any(_names(told, choice) for choice in ([by] if isinstance(by, str) else by)):
        yield f"by {told or 'nobody'}, not {by}"
    through = claim.get("through")
    chain = " | ".join(who.name for who in one.through)
    for name in [through] if isinstance(through, str) else through or []:
        if name.casefold() not in chain.casefold():
            yield f"through {chain or 'nobody'}, not {through}"
    basis = claim.get("basis")
    if basis and one.basis not in ([basis] if isinstance(basis, str) else basis):
        yield f"basis {one.basis}, not {basis}"
    for key in ("number",):
        if key in claim and claim[key] not in [who.number for who in one.by]:
            yield f"number {[who.number for who in one.by]}, not {claim[key]}"
    kind = claim.get("kind")
    if kind and one.kind not in ([kind] if isinstance(kind, str) else kind):
        yield f"kind {one.kind}, not {kind}"
    if "date" in claim and one.date != claim["date"]:
        yield f"date {one.date or 'none'}, not {claim['date']}"


def _who(who: Who) -> str:
    return f"{who.name} {who.role} {who.of} {who.population}"


def _names(told: str, words: str) -> bool:
    return all(word in told.casefold() for word in words.casefold().split())


def main(arguments: Sequence[str]) -> int:
    """Print the figures, and with --misses what was missed, wrong or too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, default=sorted(EXPECTED.glob("*.yaml")))
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args(arguments)
    for path in asked.sets:
        one = score(path)
        print(
            f"{one.name:<10} found {one.found}/{one.expected} ({one.recall:.0%})   precision "
            f"{one.right}/{one.proposed} ({one.precision:.0%}; expected ones alone {one.strict})   "
            f"attribution {one.attributed}/{one.found} ({one.attribution:.0%})"
        )
        for note in one.notes if asked.misses else ():
            print("   ", note)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
