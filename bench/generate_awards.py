"""Generate a CSV in the layout of USAspending prime transactions, of any size, with planted lines.

    python bench/generate_awards.py --megabytes 1000 --out bench/data/awards.csv
    python bench/generate_awards.py --megabytes 100 --dirty unclosed-quote --out bench/data/u.csv

Descriptions and parties are real ones, drawn from the corpus. Beside the file stand
`OUT.truth.jsonl` (one planted line per row: row, kind, vendor, text, seller) and
`OUT.meta.json` (rows, bytes, and the rows that were dirtied). The same arguments give the same
bytes. Rows are numbered from 1, the header not counted.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from planted import Plant, plants

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "contracts"
COLUMNS = Path(__file__).parents[2] / "shared" / "facts" / "contracts"
PLANTED = 0.0001
DIRTIED = 0.0005
VARIED = (
    *("contract_transaction_unique_key", "award_id_piid", "modification_number"),
    *("federal_action_obligation", "action_date", "recipient_uei", "recipient_name"),
    *("recipient_name_raw", "cage_code", "recipient_parent_name", "transaction_description"),
    *("prime_award_base_transaction_description", "usaspending_permalink"),
)
WORDS = (
    *("NOT APPLICABLE", "NO SET ASIDE USED.", "FULL AND OPEN COMPETITION", "FIRM FIXED PRICE"),
    *("NEGOTIATED PROPOSAL/QUOTE", "COMMERCIAL PRODUCTS/SERVICES", "U.S. OWNED BUSINESS"),
    *("TRANSACTION DOES NOT USE GFE/GFP", "OTHER THAN SMALL BUSINESS", "NOT A BUNDLED CONTRACT"),
    *("MFG IN U.S.", "PLAN NOT REQUIRED", "SINGLE AWARD", "NO PREFERENCE USED", "USA"),
)


def columns() -> list[str]:
    """The 297 column names of a prime transactions download."""
    return (COLUMNS / "Contracts_PrimeTransactions.columns.txt").read_text().split()


def real_rows() -> list[dict[str, str]]:
    """Award records of the corpus that name no vendor looked for."""
    with gzip.open(CORPUS / "fpds_vehicles_half.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    judeha = CORPUS / "judeha__dpi642_final" / "data" / "contracts.csv"
    with judeha.open(encoding="utf-8", newline="") as file:
        rows += [
            {"transaction_description": row["description"], "recipient_name": row["vendor"]}
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if "kaspersky" not in row["transaction_description"].lower()]


def quoted(text: str) -> str:
    """A field as PostgreSQL's COPY writes it: in quotes only where it must be."""
    if any(char in text for char in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def filler(name: str, chance: random.Random) -> str:
    """A plausible value of a column that does not matter here."""
    if name.endswith(("_code", "_id", "_zip_4", "_symbol")):
        return f"{chance.randrange(10**4):04}"
    if name.endswith(("_date", "_year")):
        return f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}"
    if "amount" in name or "value" in name or "dollars" in name:
        return f"{chance.random() * 10 ** chance.randrange(3, 8):.2f}"
    if name.startswith(("awarding_", "funding_")):
        return chance.choice(("Department of Defense", "Forest Service", "Public Buildings"))
    flag = name.endswith(("_owned_business", "_firm", "_college", "_government", "_organization"))
    if flag or name[0] in "1j" or chance.random() < 0.25:
        return "t" if chance.random() < 0.04 else "f"
    return chance.choice(WORDS) if chance.random() < 0.7 else ""


def templates(names: list[str], chance: random.Random, count: int = 400) -> list[list[str]]:
    """Rows of filler, cut into the text between the columns that vary."""
    made = []
    for _ in range(count):
        parts, current = [], ""
        for name in names:
            if name in VARIED:
                parts.append(current)
                current = ","
            else:
                current += quoted(filler(name, chance)) + ","
        made.append([*parts, current.removesuffix(",")])
    return made


def varied(
    number: int, row: dict[str, str], plant: Plant | None, chance: random.Random
) -> list[str]:
    """Values of VARIED, in the order of the columns of a download."""
    piid = f"{chance.choice(('W91QUZ', 'GS35F', 'HSHQDC', '140D04'))}{number:07}"
    text = plant.text if plant else row["transaction_description"]
    seller = plant.seller if plant and plant.seller else row["recipient_name"]
    day = f"20{number % 14 + 10}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    uei = row.get("recipient_uei") or "ABCDEFGHJKL1"
    values = {
        "contract_transaction_unique_key": f"CONT_TX_9700_-NONE-_{piid}_0_-NONE-_0",
        "award_id_piid": piid,
        "modification_number": row.get("modification_number") or "0",
        "federal_action_obligation": row.get("federal_action_obligation") or "1000.00",
        "action_date": row.get("action_date") or day,
        "recipient_uei": uei,
        "recipient_name": seller,
        "recipient_name_raw": seller,
        "cage_code": row.get("cage_code") or "",
        "recipient_parent_name": row.get("recipient_parent_name") or seller,
        "transaction_description": text,
        "prime_award_base_transaction_description": text if number % 3 == 0 else "",
        "usaspending_permalink": f"https://www.usaspending.gov/award/CONT_AWD_{piid}_9700/",
    }
    return [quoted(values[name]) for name in VARIED]


def stray_quote(line: str, chance: random.Random) -> str:
    """A quote in the middle of a field that has none, as an inch sign."""
    at = line.index("FORCED")
    return line[: at + 3] + '"' + line[at + 3 :]


def unclosed_quote(line: str, chance: random.Random) -> str:
    """A quote opens a field and nothing closes it."""
    at = line.index("FORCED")
    return line[:at] + '"' + line[at:]


def short_row(line: str, chance: random.Random) -> str:
    """The last fields are missing."""
    return line.rsplit(",", chance.randrange(3, 40))[0]


def field_count(line: str, chance: random.Random) -> str:
    """Some fields too many."""
    return line + ",unexpected" * chance.randrange(1, 4)


def marked(char: str) -> Callable[[str, random.Random], str]:
    """`char` in the middle of a field."""

    def put(line: str, _chance: random.Random) -> str:
        return line.replace("FORCED", f"FOR{char}CED", 1)

    return put


DIRT: dict[str, Callable[[str, random.Random], str]] = {
    "stray-quote": stray_quote,
    "unclosed-quote": unclosed_quote,
    "short-row": short_row,
    "field-count": field_count,
    "latin-1": marked("\udce9"),  # written through surrogateescape as the one byte E9
    "nul": marked("\0"),
    "line-ends": lambda line, chance: line,
}


def dirty_rows(rows: int, planted: dict[int, Plant], chance: random.Random) -> set[int]:
    """Rows to damage: some at random, the neighbours of planted ones, and every third planted."""
    chosen = {chance.randrange(1, rows + 1) for _ in range(int(rows * DIRTIED) + 1)}
    for nth, row in enumerate(sorted(planted)):
        chosen.add(row if nth % 3 == 0 else max(1, row - 1) if nth % 3 == 1 else row + 1)
    return {row for row in chosen if row <= rows}


def lines(rows: int, dirt: str, seed: int) -> Iterator[tuple[str, Plant | None, bool]]:
    """Every row as text without its line end, what is planted in it, whether it is dirtied."""
    chance = random.Random(seed)
    real, made = real_rows(), templates(columns(), chance)
    every = plants()
    count = max(len(every), int(rows * PLANTED))
    planted = dict(
        zip(
            sorted(chance.sample(range(2, rows), count)),
            chance.sample([every[n % len(every)] for n in range(count)], count),
            strict=True,
        )
    )
    dirtied = dirty_rows(rows, planted, chance) if dirt else set()
    for number in range(1, rows + 1):
        plant = planted.get(number)
        values = varied(number, chance.choice(real), plant, chance)
        if number in dirtied:
            values[2] = "FORCED"  # a field before the description: damage must not hide it
        template = chance.choice(made)
        line = "".join(part + value for part, value in zip(template, values, strict=False))
        line += template[-1]
        if number in dirtied:
            line = DIRT[dirt](line, chance)
        yield line, plant, number in dirtied


def write(out: Path, rows: int, dirt: str, seed: int) -> None:
    """Write the table, the truth and the figures."""
    out.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed + 1)
    dirtied, truth = [], []
    with out.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(",".join(columns()) + "\n")
        buffer = io.StringIO(newline="")
        for number, (line, plant, bad) in enumerate(lines(rows, dirt, seed), 1):
            ends = ("\r", "\r\n") if bad and dirt == "line-ends" else ("\n",)
            buffer.write(line + chance.choice(ends))
            if bad:
                dirtied.append(number)
            if plant:
                truth.append({"row": number, "dirty": bad, **plant._asdict()})
            if number % 5000 == 0:
                file.write(buffer.getvalue())
                buffer = io.StringIO(newline="")
        file.write(buffer.getvalue())
    Path(f"{out}.truth.jsonl").write_text("".join(json.dumps(one) + "\n" for one in truth))
    meta = {"rows": rows, "bytes": out.stat().st_size, "dirt": dirt, "dirtied": dirtied}
    Path(f"{out}.meta.json").write_text(json.dumps(meta))


def main() -> None:
    """Parse the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--out", type=Path, default=Path("bench/data/awards.csv"))
    parser.add_argument("--dirty", choices=sorted(DIRT), default="")
    parser.add_argument("--seed", type=int, default=7)
    said = parser.parse_args()
    write(said.out, max(2000, int(said.megabytes * 1e6 / 2870)), said.dirty, said.seed)


if __name__ == "__main__":
    main()
