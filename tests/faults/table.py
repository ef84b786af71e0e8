"""`python -m tests.faults.table`: play the matrix and print it as a Markdown table."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults.cell import FAULTS, Cell, Result
from tests.faults.expected import expected_outcome, expected_words
from tests.faults.matrix import CELLS, play

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"


def judge(cell: Cell, result: Result) -> str:
    """Sum up a cell: `OUTCOME, exit CODE`; marked if it is not what it has to be."""
    words, outcome = expected_words(cell.fault), expected_outcome(cell)
    code = 1 if cell.on_error == "fail" and outcome != "accepted" else 0
    right = (
        (result.outcome, result.code) == (outcome, code)
        and result.seconds <= cell.timeout + 0.5
        and all(count == 1 for count in result.stored.values())
        and (words is None or words.headline in result.said)
    )
    return f"{result.outcome} / {result.code}" + ("" if right else " WRONG")


def make_table(results: Mapping[str, Result]) -> str:
    """One row for each fault: four cells, what is said, and the longest time taken."""
    lines = [
        "| Fault | warn, 1 | warn, 3 | fail, 1 | fail, 3 | What is said | Slowest, of budget |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for fault in FAULTS:
        cells = [cell for cell in CELLS if cell.fault is fault]
        shown = " | ".join(judge(cell, results[cell.name]) for cell in cells)
        words = expected_words(fault)
        said = words.headline if words else ""
        slowest = max(results[cell.name].seconds for cell in cells)
        lines.append(
            f"| {fault['name']} | {shown} | {said} | {slowest:.1f} s of {cells[0].timeout} s |"
        )
    return "\n".join(lines)


def main() -> int:
    start = time.monotonic()
    results = play()
    table = make_table(results)
    sys.stdout.write(table + "\n\n")
    sys.stdout.write(
        f"{len(results)} cells in {time.monotonic() - start:.0f} s, "
        f"{table.count('WRONG')} of them wrong.\n"
    )
    return 1 if "WRONG" in table else 0


if __name__ == "__main__":
    sys.exit(main())
