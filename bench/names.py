"""Precision and recall of name comparison on labelled pairs, three comparers in one run.

    python bench/names.py ../shared/corpus/names/*.csv

Each CSV has the columns left, right, match (1 or 0) and group. Printed per file and comparer:
average precision (no threshold), precision and recall at the stated operating point, the best F1
and where it lies, pairs per second. `logic-v2` needs `pip install nomenklatura`; without it the
line says so.
"""

from __future__ import annotations

import csv
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from oust.identify import same_name
from oust.identify.names import SAME

Scorer = Callable[[str, str, str], float]


class Pair(NamedTuple):
    """Two names, whether they are of one organisation, and the kind of pair."""

    left: str
    right: str
    match: bool
    group: str


def read_pairs(path: Path) -> list[Pair]:
    """All labelled pairs of one CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [Pair(r["left"], r["right"], r["match"] == "1", r["group"]) for r in rows]


def oust_score(left: str, right: str, group: str) -> float:
    """oust.identify.same_name."""
    return same_name(left, right).score


def token_sort(left: str, right: str, group: str) -> float:
    """rapidfuzz token_sort_ratio on lower-cased names."""
    return fuzz.token_sort_ratio(left.lower(), right.lower()) / 100


def logic_v2() -> Scorer | None:
    """nomenklatura's logic-v2 on entities with nothing but the name, if it is installed."""
    logging.disable(logging.WARNING)
    try:
        from followthemoney import EntityProxy, model
        from nomenklatura.matching.logic_v2.model import LogicV2
    except ImportError:
        return None
    config = LogicV2.default_config()
    schemata = ("Company", "Organization", "LegalEntity")

    def score(left: str, right: str, group: str) -> float:
        schema = group if group in schemata else "Organization"
        entities: list[EntityProxy] = []
        for name in (left, right):
            data = {"id": name[:60] or "x", "schema": schema, "properties": {"name": [name]}}
            entities.append(EntityProxy.from_dict(data) if hasattr(EntityProxy, "from_dict")
                            else model.get_proxy(data))  # fmt: skip
        return float(LogicV2.compare(entities[0], entities[1], config).score)

    return score


def precision_recall(scores: list[float], truth: list[bool], at: float) -> tuple[float, float]:
    """Precision and recall if every score from `at` up counts as a match."""
    hits = sum(s >= at and t for s, t in zip(scores, truth, strict=True))
    said = sum(s >= at for s in scores)
    return (hits / said if said else 1.0), hits / max(sum(truth), 1)


def average_precision(scores: list[float], truth: list[bool]) -> float:
    """Mean over all true pairs of the precision at their rank; pairs of equal score share one."""
    order = sorted(zip(scores, truth, strict=True), reverse=True)
    total = hits = 0.0
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        new = sum(t for _, t in order[at:end])
        hits += new
        total += new * hits / end
        at = end
    return total / max(sum(truth), 1)


def best_f1(scores: list[float], truth: list[bool]) -> tuple[float, float]:
    """The highest F1 and the threshold that gives it, in steps of 0.01."""
    best = (0.0, 0.0)
    for step in range(1, 100):
        precision, recall = precision_recall(scores, truth, step / 100)
        both = precision + recall
        best = max(best, (2 * precision * recall / both if both else 0.0, step / 100))
    return best


def report(name: str, pairs: list[Pair], score: Scorer, at: float) -> None:
    """Print one comparer's figures on one file."""
    began = time.perf_counter()
    scores = [score(pair.left, pair.right, pair.group) for pair in pairs]
    rate = len(pairs) / (time.perf_counter() - began)
    truth = [pair.match for pair in pairs]
    precision, recall = precision_recall(scores, truth, at)
    f1, where = best_f1(scores, truth)
    print(
        f"  {name:16} AP {average_precision(scores, truth):.3f}   at {at:.2f}: precision {precision:.3f}"
        f" recall {recall:.3f}   best F1 {f1:.3f} at {where:.2f}   {rate:,.0f} pairs/s"
    )


def main(paths: list[str]) -> None:
    """Compare the three on every file."""
    strong = logic_v2()
    for path in paths:
        pairs = read_pairs(Path(path))
        print(f"{Path(path).name}: {len(pairs)} pairs, {sum(p.match for p in pairs)} the same")
        report("oust", pairs, oust_score, SAME)
        report("token_sort_ratio", pairs, token_sort, 0.85)
        if strong is None:
            print("  logic-v2         not installed: pip install nomenklatura")
        else:
            report("logic-v2", pairs, strong, 0.70)


if __name__ == "__main__":
    main(sys.argv[1:])
