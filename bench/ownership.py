"""Who is majority-owned, controlled or under common control with X, among a million companies.

    python bench/ownership.py [--companies 1000000] [--holdings 2000000] [--seed 1] [--peer]

Makes a graph with cycles, hubs, exact and banded shares and dates (the same for the same seed),
and prints seconds for taking in the columns, for building one day, and for each question, and the
peak memory of the process. Questions are asked of the party with most holdings, of the bottom of
a chain, of parties in the middle of cycles and of random ones. With `--peer`, what plain Python
sets need on the same graph for control alone, exact shares only, checked to be the same set.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oust.judge.ownership import Ownership

DAY = "2024-06-15"


def generate(companies: int, holdings: int, seed: int) -> dict[str, NDArray[Any]]:
    """Columns for Ownership.from_arrays.

    Owners are drawn with a heavy tail, half of the time from the whole, so that most companies
    that are owned and own something lie in one large tangle of cycles. Shares of one company are
    parts of the whole; one in five is only known as a band around it.
    """
    draw = np.random.default_rng(seed)
    owned = draw.integers(0, companies, holdings)
    hubs = (companies * draw.random(holdings) ** 4).astype(np.int64)
    owner = np.where(draw.random(holdings) < 0.5, draw.integers(0, companies, holdings), hubs)
    once = np.unique(owned * companies + owner)  # one stake a pair, and companies in own hands
    owned, owner = once // companies, once % companies
    holdings = once.size
    size = draw.pareto(0.8, holdings) + 0.05
    whole = np.bincount(owned, size, companies) * (1 + draw.random(companies) ** 3)
    share = size / whole[owned]
    banded = draw.random(holdings) < 0.2
    low = np.where(banded, np.floor(share * 4) / 4, share)
    high = np.where(banded, np.minimum(np.floor(share * 4) / 4 + 0.25, 1), share)
    first = draw.integers(7000, 20000, holdings)
    ends = draw.random(holdings) < 0.1
    until = np.where(ends, first + draw.integers(100, 9000, holdings), 2**31 - 1)
    return {
        "owner": owner.astype(np.int32),
        "owned": owned.astype(np.int32),
        "low": low,
        "high": high,
        "since": first.astype(np.int32),
        "until": until.astype(np.int32),
    }


def peer(columns: dict[str, NDArray[Any]], day: int, party: int) -> tuple[float, float, set[int]]:
    """Seconds to build and to answer, and the companies controlled: dicts, sets and a queue."""
    start = time.perf_counter()
    out: dict[int, list[tuple[int, float]]] = defaultdict(list)
    holds = (columns["since"] <= day) & (columns["until"] >= day)
    ends = columns["owner"][holds].tolist(), columns["owned"][holds].tolist()
    own: dict[int, float] = {}
    for a, b, share in zip(*ends, columns["low"][holds].tolist(), strict=True):
        if a == b:
            own[a] = share
        else:
            out[a].append((b, share))
    built = time.perf_counter()
    votes: dict[int, float] = defaultdict(float)
    inside, queue = {party}, [party]
    for one in queue:
        for company, share in out[one]:
            votes[company] += share
            if company not in inside and votes[company] > 0.5 * (1 - own.get(company, 0)) + 1e-9:
                inside.add(company)
                queue.append(company)
    return built - start, time.perf_counter() - built, inside - {party}


def ask(columns: dict[str, NDArray[Any]], parties: dict[str, int], peers: bool) -> None:
    """Time everything once, in the order a user would meet it."""
    start = time.perf_counter()
    ownership = Ownership.from_arrays(
        *(columns[name] for name in ("owner", "owned", "low", "high")),
        since=columns["since"],
        until=columns["until"],
    )
    print(f"take in and check columns    {time.perf_counter() - start:6.2f} s")
    start = time.perf_counter()
    snapshot = ownership.on(DAY)
    print(f"build {DAY}             {time.perf_counter() - start:6.2f} s")
    for called, party in parties.items():
        start, cpu = time.perf_counter(), time.process_time()
        found = snapshot.closure(str(party))
        took, burnt = time.perf_counter() - start, time.process_time() - cpu
        counts = ", ".join(
            f"{name} {part.yes.size}+{part.unknown.size}?"
            for name, part in (
                ("owned", found.majority_owned),
                ("controlled", found.controlled),
                ("common", found.common_control),
            )
        )
        print(f"closure of {called:16}  {took:6.2f} s ({burnt:.2f} s of processor)  {counts}")
        if found.majority_owned.yes.size:
            last = str(int(found.majority_owned.yes[-1]))
            start = time.perf_counter()
            decision = snapshot.majority_owned(str(party), last)
            print(
                f"  one pair, with its holdings {time.perf_counter() - start:5.2f} s  {decision.says}"
            )
        if peers:
            days = int((np.datetime64(DAY) - np.datetime64("1970-01-01")).astype(int))
            built, answered, theirs = peer(columns, days, party)
            same = theirs == set(map(int, found.controlled.yes))
            print(
                f"  plain Python, control: build {built:.2f} s, ask {answered:.3f} s, same {same}"
            )


def main() -> None:
    """Parse, generate, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=1_000_000)
    parser.add_argument("--holdings", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", action="store_true")
    args = parser.parse_args()
    columns = generate(args.companies, args.holdings, args.seed)
    rows = np.bincount(columns["owner"], minlength=args.companies)
    draw = np.random.default_rng(args.seed + 1)
    parties = {
        "largest owner": int(rows.argmax()),
        "typical owner": int(np.argsort(rows)[-args.companies // 20]),
        **{f"random {n}": int(draw.integers(0, args.companies)) for n in (1, 2, 3)},
    }
    ask(columns, parties, args.peer)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, the generated columns included")


if __name__ == "__main__":
    main()
