"""Draw docs/images/trace.svg: what `oust trace` prints for the bundled example, as it prints it.

    python scripts/picture.py          draw it anew (`make picture`)
    python scripts/picture.py --check  fail if the drawn one shows something else

Plain SVG: no font, style sheet or script from elsewhere. Each run of characters is placed at its
own column, so that the table stays a table in whatever fixed-width font the reader has.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ("examples/agency-2017/exports", "examples/agency-2017/approvals")
SHOWN = f"oust trace {' '.join(EVIDENCE)}"
PICTURE = ROOT / "docs/images/trace.svg"
PROMPT = "$ "

SIZE, ADVANCE, LEADING = 14.0, 8.43, 20.0
"""Font size, width of a character, distance of lines, in user units."""
MARGIN, BAR, GAP = 20.0, 38.0, 8.0
COLUMNS = 101
"""Width of the screen that is drawn, in characters."""

FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
PAPER, EDGE, HEAD = "#10151d", "#2b3442", "#18202b"
TEXT, BRIGHT, DIM, FAINT, PALE = "#c6d0dc", "#ffffff", "#8b98a8", "#455266", "#202936"
ID, WARN, GOOD = "#7cc4ff", "#f2b866", "#8fd694"
TIERS = {
    "direct": "#ff8a80",
    "resold": "#ffb870",
    "embedded": "#d8a6ff",
    "service": "#8fd6e8",
    "contractor": "#f5d76e",
    "owned": "#9be29b",
}

_ROW = re.compile(rf"( )([A-Z]{{1,3}}-[0-9a-f]{{4,}})(\s+)({'|'.join(TIERS)})(\s+)(.*)$")
_TITLE = re.compile(r" (.+?)(\s{2,})([\d,]+ exposures?)$")
_WORDS = re.compile(r"( )(Not counted:|Not looked at:|Read |Case saved in)(.*)$")
_STATUS = re.compile(r"(    )(no reader|not read|partly read|empty)(: .*)$")
_PATH_AT = 54
"""Column at which the table's last column begins."""


class Run(NamedTuple):
    """Characters of one look."""

    text: str
    colour: str = TEXT
    bold: bool = False


def printed() -> list[str]:
    """The lines that the command prints, run in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "oust", "trace", *(str(ROOT / one) for one in EVIDENCE)]
        done = subprocess.run(  # noqa: S603 (our own program)
            command, cwd=folder, capture_output=True, text=True, check=True, encoding="utf-8"
        )
    return [f"{PROMPT}{SHOWN}", *done.stdout.rstrip("\n").split("\n")]


def runs(line: str) -> Iterator[Run]:
    """The line in runs, coloured by what they are."""
    if line.startswith(PROMPT):
        yield from (Run(PROMPT, GOOD, True), Run(line[len(PROMPT) :], BRIGHT, True))
    elif row := _ROW.match(line):
        yield from (Run(row[1]), Run(row[2], ID), Run(row[3]), Run(row[4], TIERS[row[4]], True))
        yield from _cells(row[5] + row[6], _PATH_AT - row.start(5))
    elif title := _TITLE.match(line):
        yield from (Run(" "), Run(title[1], BRIGHT, True), Run(title[2]), Run(title[3], BRIGHT))
    elif line.startswith(" id ") and "tier" in line:
        yield Run(line, DIM)
    elif words := _WORDS.match(line):
        colour = WARN if words[2].startswith("Not looked") else DIM
        yield from (Run(words[1]), Run(words[2], colour), Run(words[3], DIM))
    elif status := _STATUS.match(line):
        yield from (Run(status[1]), Run(status[2], WARN), Run(status[3], DIM))
    elif line.startswith(" " * 20):
        yield from _cells(line, _PATH_AT)
    else:
        yield Run(line, DIM)


def _cells(text: str, at: int) -> Iterator[Run]:
    """The asset and the path; the ground, which is set in by two, is dimmer."""
    asset, path = text[:at], text[at:]
    yield Run(asset, TEXT)
    yield Run(path, DIM if path.startswith("  ") else BRIGHT)


def svg(lines: list[str]) -> str:
    """The lines as a window of a terminal."""
    width = MARGIN * 2 + COLUMNS * ADVANCE
    gaps = sum(_opens(above, line) for above, line in pairwise(lines))
    height = BAR + MARGIN * 2 + len(lines) * LEADING + (gaps + 1) * GAP - 8
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{SHOWN}">',
        f"<title>{SHOWN}</title>",
        f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="10" '
        f'fill="{PAPER}" stroke="{EDGE}"/>',
        f'<path d="M.5 {BAR}V10.5a10 10 0 0 1 10-10H{width - 10.5:.1f}a10 10 0 0 1 10 10V{BAR}z" '
        f'fill="{HEAD}" stroke="{EDGE}"/>',
        *(f'<circle cx="{22 + 20 * n}" cy="19.5" r="6" fill="{EDGE}"/>' for n in range(3)),
        f'<g font-family="{FONTS}" font-size="{SIZE:.0f}" style="white-space:pre">',
    ]
    y = BAR + MARGIN + SIZE
    for above, line in pairwise(["", *lines]):
        if _opens(above, line):
            y += GAP
            out.append(_hairline(y - LEADING + 3, PALE))
        out += _line(line, y)
        y += LEADING + GAP * line.startswith(PROMPT)
    return "\n".join([*out, "</g>", "</svg>"]) + "\n"


def _line(line: str, y: float) -> Iterator[str]:
    if _is_rule(line):
        yield _hairline(y - 5, FAINT)
    elif line.strip():
        spans, column = [], 0
        for run in runs(line):
            spans.append(_span(run, column))
            column += len(run.text)
        yield f'<text y="{y:.0f}">{"".join(spans)}</text>'


def _opens(above: str, line: str) -> bool:
    """Whether the line begins an entry of the table, or ends the table."""
    ends = line.startswith(" Not counted:") and above.startswith(" " * 20)
    return ends or bool(_ROW.match(line))


def _hairline(y: float, colour: str) -> str:
    start, end = MARGIN + ADVANCE, MARGIN + (COLUMNS - 1) * ADVANCE
    return f'<path d="M{start:.1f} {y:.1f}H{end:.1f}" stroke="{colour}"/>'


def _span(run: Run, column: int) -> str:
    """One run: each of its pieces stretched to its columns in any font, spaces as they are."""
    weight = ' font-weight="700"' if run.bold else ""
    out = []
    for piece in re.split(r"( {2,}|^ | $)", run.text):
        if piece.strip():
            x, length = MARGIN + column * ADVANCE, len(piece) * ADVANCE
            out.append(
                f'<tspan x="{x:.1f}" textLength="{length:.1f}" fill="{run.colour}"{weight}>'
                f"{escape(piece)}</tspan>"
            )
        else:
            out.append(piece)
        column += len(piece)
    return "".join(out)


def _is_rule(line: str) -> bool:
    return bool(line.strip()) and not line.strip(" ─")


def shown(picture: str) -> list[str]:
    """The lines of text that a drawn picture shows, without empty lines and rules."""
    tree = ElementTree.fromstring(picture)  # noqa: S314 (our own file)
    return ["".join(text.itertext()) for text in tree.iter("{http://www.w3.org/2000/svg}text")]


def differences(picture: str, lines: list[str]) -> list[str]:
    """Lines that only one of the two has, `-` of the picture and `+` of the program."""
    old = [_plain(line) for line in shown(picture)]
    new = [_plain(line) for line in lines if line.strip() and not _is_rule(line)]
    return [f"- {one}" for one in old if one not in new] + [
        f"+ {one}" for one in new if one not in old
    ]


def _plain(line: str) -> str:
    """The line without spaces that only align, and with ids as `ID`."""
    return re.sub(r"\b[A-Z]{1,3}-[0-9a-f]{4,12}\b", "ID", " ".join(line.split()))


def main() -> None:
    """Draw or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 if old")
    lines = printed()
    if parser.parse_args().check:
        old = differences(PICTURE.read_text("utf-8"), lines)
        print("\n".join(old) or "the picture shows what the program prints")
        sys.exit(bool(old))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(svg(lines), "utf-8")
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
