"""Judging 100,000 exposures by every rule on ten dates, beside judging them one by one.

    python bench/judge.py [--exposures N]

The peer is the same judge asked for each verdict with its sentences, as `oust judge` prints them.
It runs on a sample; its time is scaled up. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import random
import resource
import time

from oust.data import load_dossiers, load_facts, load_profiles, load_rules, load_tags
from oust.judge import Judge
from oust.model import Evidence, Exposure, Hop, Node, Path

DAYS = [f"{year}-{month}" for year in range(2017, 2027, 2) for month in ("03-31", "12-31")]
TIERS = ("direct", "resold", "embedded", "service", "contractor", "owned")
KINDS = ("award", "program", "host", "service", "product", "component")


def exposures(number: int, seed: int = 7) -> list[Exposure]:
    """Made-up exposures of every vendor, tier and kind of asset, dated over ten years."""
    pick = random.Random(seed)
    vendors = [(dossier.id, dossier.vendor) for dossier in load_dossiers()]
    found = []
    for n in range(number):
        vendor, name = pick.choice(vendors)
        tier, kind = pick.choice(TIERS), pick.choice(KINDS)
        since = f"20{pick.randint(10, 26)}-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"
        first = Node("vendor", name, vendor)
        asset = Node(kind, f"{kind}-{n}")
        middle = Node("component" if tier == "embedded" else "party", f"thing {n % 997}")
        evidence = Evidence(f"file-{n % 100}.csv", f"row {n}", "publisher", name, f"name:{name}")
        relation = "owns" if tier == "owned" else "supplies"
        inner = "contains" if tier == "embedded" else "supplies"
        hops = (
            Hop(relation, first, middle, (evidence,), since=since),
            Hop(inner, middle, asset, (evidence,), since=since),
        )
        found.append(
            Exposure(
                id=f"{vendor}-{n:012x}",
                vendor=vendor,
                tier=tier,
                strength="name",
                asset=asset,
                why="made up",
                paths=(Path("complete", hops),),
                path_count=1,
            )
        )
    return found


def judge_for(profile: str) -> Judge:
    """A new judge with every rule."""
    return Judge(
        load_rules(),
        load_profiles()[profile],
        load_dossiers(),
        tags=load_tags(),
        facts=load_facts(),
    )


def peak() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exposures", type=int, default=100_000)
    number = parser.parse_args().exposures
    found = exposures(number)
    rules = load_rules()
    before = peak()
    start = time.perf_counter()
    judge = judge_for("contractor")
    subjects = [subject for _, subject in judge.subjects(found)]
    verdicts = sum(len(codes) for _, _, codes in judge.words(subjects, DAYS))
    took = time.perf_counter() - start
    print(f"{number:,} exposures x {len(rules)} rules x {len(DAYS)} dates: {took:.2f} s")
    print(f"{verdicts:,} verdicts, {len(set(subjects)):,} distinct subjects")
    print(f"peak memory {before:.0f} MB before, {peak():.0f} MB after")
    sample = found[: max(number // 1000, 1)]
    start = time.perf_counter()
    alone = judge_for("contractor")
    for day in DAYS:
        sum(1 for _ in alone.verdicts(sample, day))
    each = (time.perf_counter() - start) * number / len(sample)
    print(f"one by one (from {len(sample)} of them): {each:.0f} s, {each / took:.0f}x")


if __name__ == "__main__":
    main()
