"""How long `oust gate` and `oust --version` take from start to end, in processes of their own.

    python bench/gate.py [--components N] [--repeat N]

Wall and CPU seconds (user and system, of the process and its children) of the fastest of N runs each; other
load on the machine lengthens wall time and, less so, CPU time.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = [
    "harbor",
    "pier",
    "rope",
    "crane",
    "dock",
    "tide",
    "anchor",
    "keel",
    "mast",
    "sail",
    "hull",
    "deck",
    "winch",
    "buoy",
    "lock",
]


def sbom(count: int, bad: bool) -> dict[str, object]:
    """A CycloneDX document of so many components; with one of a vendor's in the middle if `bad`."""
    rng = random.Random(1)
    components: list[dict[str, object]] = []
    for n in range(count):
        name = f"{'-'.join(rng.sample(WORDS, 2))}-{n}"
        version = f"{n % 9}.{n % 13}.{n % 7}"
        components.append({
            "type": "library", "bom-ref": f"r{n}", "name": name, "version": version,
            "purl": f"pkg:npm/{name}@{version}", "supplier": {"name": f"Pier {n % 300} Works"},
            "hashes": [{"alg": "SHA-256", "content": f"{n:064x}"}],
            "licenses": [{"license": {"id": "MIT"}}],
            "externalReferences": [{"type": "vcs", "url": f"https://git.example.org/{name}.git"}],
        })  # fmt: skip
    if bad:
        components[count // 2]["supplier"] = {"name": "AO Kaspersky Lab"}
    needs = [{"ref": f"r{n}", "dependsOn": [f"r{(n * 7 + k) % count}" for k in range(3)]}
             for n in range(count)]  # fmt: skip
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components,
            "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "desk"}},
            "dependencies": needs}  # fmt: skip


def timed(*words: str) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds and exit code of one run."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    script = str(Path(sys.executable).with_name("oust"))
    code = subprocess.run([script, *words], capture_output=True, check=False).returncode
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, code


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--components", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clean, bad = Path(folder) / "clean.cdx.json", Path(folder) / "bad.cdx.json"
        clean.write_text(json.dumps(sbom(given.components, False)))
        bad.write_text(json.dumps(sbom(given.components, True)))
        asked = ("--as", "dod", "--as-of", "2026-11-22")
        runs = {
            "oust --version": ("--version",),
            "a line, clear": ("gate", "Dell laptop, 20 units", *asked),
            "a line, prohibited": ("gate", "Kaspersky Endpoint Security, 25 seats", *asked),
            f"SBOM of {given.components:,}, clear": ("gate", str(clean), *asked),
            f"SBOM of {given.components:,}, prohibited": ("gate", str(bad), *asked),
        }
        print("| run | exit | wall s | CPU s |\n|---|---|---|---|")
        for name, words in runs.items():
            each = [timed(*words) for _ in range(given.repeat)]
            wall, cpu = min(w for w, _, _ in each), min(c for _, c, _ in each)
            print(f"| {name} | {each[0][2]} | {wall:.2f} | {cpu:.2f} |")


if __name__ == "__main__":
    main()
