"""Origins of every claim of a large ledger, as ranges, circles included.

    python bench/weigh.py [--claims 100000] [--derivations 300000] [--seed 1] [--peer]

Makes a ledger in memory (the same for the same seed): a third of the claims derives from nothing,
one derivation in two hundred leads back and closes circles, a tenth of the roots is said by unnamed
speakers, some are known apart, and one root in five hundred may share another's source. Prints
seconds for the graph and for all counts, and the peak memory of the process. With `--peer`, what
networkx (condensation, sets in topological order) needs for the upper counts alone, checked to be
the same.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from oust.data.ledger import Apart, Claim, Ledger, Speaker
from oust.weigh import weigh


def generate(claims: int, derivations: int, seed: int) -> Ledger:
    """A ledger with heavy repeating: early claims are taken up most."""
    draw = np.random.default_rng(seed)
    roots = claims // 3
    later = draw.integers(roots, claims, derivations)
    earlier = (later * draw.random(derivations) ** 2).astype(np.int64)
    back = draw.random(derivations) < 0.005
    near = np.maximum(later - draw.integers(1, 50, derivations), roots)
    source = np.where(back, near, later)
    target = np.where(back, later, earlier)
    leads: list[set[int]] = [set() for _ in range(claims)]
    for a, b, circle in zip(source.tolist(), target.tolist(), back.tolist(), strict=True):
        if a != b:
            leads[a].add(b)
            if circle:
                leads[b].add(a)
    speakers = [Speaker(id=f"s{n}", name=f"Speaker {n}", kind="person") for n in range(claims)]
    hidden = range(0, roots, 10)
    for n in hidden:
        speakers[n] = Speaker(id=f"s{n}", name=f"some {n}", kind="unnamed", population="staff")
    made = [
        Claim(
            id=f"c{n}",
            kind="claim",
            text="what is claimed",
            by=(f"s{n}",),
            basis="own-knowledge",
            derives=tuple(f"c{lead}" for lead in sorted(leads[n])),
            possibly_from=(f"c{n - 1}",) if n < roots and n % 500 == 7 else (),
        )
        for n in range(claims)
    ]
    apart = [Apart(both=(f"s{n}", f"s{n + 10}"), why="known") for n in list(hidden)[:200:2]]
    return Ledger(
        id="bench", title="bench", speakers=tuple(speakers), claims=tuple(made), apart=tuple(apart)
    )


def peer(ledger: Ledger) -> tuple[float, list[int]]:
    """Seconds of processor and upper counts: networkx for the graph, plain sets for what is reached."""
    import networkx as nx

    start = time.process_time()
    graph = nx.DiGraph()
    graph.add_nodes_from(claim.id for claim in ledger.claims)
    graph.add_edges_from((claim.id, lead) for claim in ledger.claims for lead in claim.derives)
    whole = nx.condensation(graph)
    reached: dict[int, frozenset[int]] = {}
    for node in reversed(list(nx.topological_sort(whole))):
        leads = [reached[lead] for lead in whole.successors(node)]
        reached[node] = frozenset().union(*leads) if leads else frozenset({node})
    part = whole.graph["mapping"]
    counts = [len(reached[part[claim.id]]) for claim in ledger.claims]
    return time.process_time() - start, counts


def main() -> None:
    """Run once and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--derivations", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", action="store_true")
    asked = parser.parse_args()
    import scipy.sparse.csgraph  # noqa: F401 (loading it is no part of the counting)

    ledger = generate(asked.claims, asked.derivations, asked.seed)
    edges = sum(len(claim.derives) for claim in ledger.claims)
    start, cpu = time.perf_counter(), time.process_time()
    weighing = weigh(ledger)
    built = time.perf_counter()
    low, high = weighing.ranges
    done, spent = time.perf_counter(), time.process_time() - cpu
    print(f"{len(ledger.claims):,} claims, {edges:,} derivations, "
          f"{len(weighing.graph.roots):,} roots, {len(weighing.circles()):,} circles")  # fmt: skip
    print(f"graph and identities {built - start:.2f} s, all ranges {done - built:.2f} s, "
          f"together {done - start:.2f} s ({spent:.2f} s of processor)")  # fmt: skip
    print(f"origins of a claim: median {int(np.median(low))} to {int(np.median(high))}, "
          f"most {low[high.argmax()]} to {high.max()}; a range for {int((low < high).sum()):,}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MB, the ledger itself included")
    if asked.peer:
        seconds, counts = peer(ledger)
        assert counts == high.tolist()
        print(
            f"networkx and sets, upper counts alone: {seconds:.2f} s of processor, the same counts"
        )


if __name__ == "__main__":
    main()
