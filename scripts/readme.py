"""Run the commands that the README shows with `$ oust ...` and paste what they print.

    python scripts/readme.py           paste it anew (`make picture`)
    python scripts/readme.py --check   fail if the README shows something else

The commands run in order in one empty folder, in which `examples/` and `docs/` can be seen.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
FIRST = "oust trace examples/agency-2017/exports examples/agency-2017/approvals"
"""What the picture shows; the other commands look at the case that it makes."""

_SHOWN = re.compile(r"(?m)^\$ (oust .*)\n((?:(?!\$ |```).*\n)*)")
_PARTS = {
    "oust trace --mentions": r"(?s) Mentions, which are.*?(?=\n\n)",
    "oust trace": r"(?s).*?(?=\n\n)",
    "oust approvals": r"(?s) First to last.*?(?=\n\n)",
    "oust agreements vet": r"(?s).*?(?=\n\n)",
    "oust claims show": r"(?s) Hypotheses.*?(?=\n\n)",
}
"""What of a long answer the README shows, by the beginning of the command."""


def cut(command: str, output: str) -> str:
    """The part of the output that the README shows: what the section is about."""
    part = next((part for start, part in _PARTS.items() if command.startswith(start)), "")
    found = re.search(part, output) if part else None
    return found[0] + "\n" if found else output


def run(command: str, folder: Path) -> str:
    """What the command prints, trailing blanks removed."""
    words = [sys.executable, "-m", "oust", *shlex.split(command)[1:]]
    done = subprocess.run(  # noqa: S603 (our own program)
        words, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, 1, 3):  # a gate answers by its exit code
        raise SystemExit(f"{command}\n{done.stderr}")
    return re.sub(r"(?m)[ \t]+$", "", done.stdout)


def commands(text: str) -> Iterator[str]:
    """The commands whose output the README shows."""
    return (found[1] for found in _SHOWN.finditer(text))


def fresh(text: str) -> str:
    """The README with what its commands print now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shared in ("examples", "docs"):
            (folder / shared).symlink_to(ROOT / shared)
        run(FIRST, folder)
        printed = {one: cut(one, run(one, folder)) for one in commands(text)}
    return _SHOWN.sub(lambda found: f"$ {found[1]}\n{printed[found[1]]}", text)


def main() -> None:
    """Paste or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 if old")
    old = README.read_text("utf-8")
    new = fresh(old)
    if parser.parse_args().check:
        sys.exit(old != new)
    README.write_text(new, "utf-8")
    print(README.relative_to(ROOT))


if __name__ == "__main__":
    main()
