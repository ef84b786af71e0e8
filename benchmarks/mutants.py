"""Would the tests notice? Plants faults, one at a time, and counts those that no test sees.

    python -m benchmarks.mutants [--sample 700] [--seed 14] [--module delivery] [--own-only]

Each fault is planted in a copy of the checkout. The tests of the module's own name run first, then those
of its folder, the whole suite only for what they let through. A module that cannot be imported any more,
and a run that hangs, count as noticed. hypothesis tries the same examples every time, so that no fault is
noticed by luck.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.planting import Fault, find_faults
from benchmarks.trial import WHOLE_SECONDS, Baseline, copy_checkout, measure, run_tests

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "compass_action"
LEFT_OUT = ("demo", "sandbox")
"""Programs of their own, which judge and show; they decide nothing about an event."""
WHOLE = ("tests",)
NO_MIRROR = ("tests/program",)
"""What is run first for a module that has no tests of its own name."""


class Mutant(NamedTuple):
    """A fault in its module."""

    module: str
    """The file, below the package: `event/identity.py`."""
    fault: Fault


def modules(root: Path, wanted: Sequence[str]) -> list[str]:
    """List the modules to plant in; `wanted` are folders or files, without `.py`."""
    package = root / PACKAGE
    names = sorted(path.relative_to(package).as_posix() for path in package.rglob("*.py"))
    names = [name for name in names if name.split("/")[0] not in LEFT_OUT]
    return [name for name in names if not wanted or _is_wanted(name, wanted)]


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    plain = name.removesuffix(".py")
    return any(plain == one or plain.startswith(f"{one}/") for one in wanted)


def draw(root: Path, names: Sequence[str], number: int, seed: int) -> list[Mutant]:
    """Draw a sample without repetition, the same for the same seed and sources."""
    chance = random.Random(seed)  # noqa: S311 - it shall be foreseeable
    found = [
        Mutant(name, fault)
        for name in names
        for fault in find_faults((root / PACKAGE / name).read_text("utf-8"), chance)
    ]
    return found if len(found) <= number else chance.sample(found, number)


def own_tests(root: Path, module: str) -> tuple[tuple[str, ...], ...]:
    """Name the tests that mirror a module: those of its name, those of its folder."""
    folder = f"tests/{module.split('/')[0]}" if "/" in module else "tests"
    named = sorted((root / folder).glob(f"test_{Path(module).stem}*.py"))
    files = tuple(path.relative_to(root).as_posix() for path in named)
    if folder == "tests":
        return (files or NO_MIRROR,)
    return (files, (folder,)) if files else ((folder,),)


def survives(root: Path, mutant: Mutant, baselines: dict[tuple[str, ...], Baseline]) -> bool:
    """Plant a fault in a copy, run the tests, and take it out again."""
    file = root / PACKAGE / mutant.module
    unplanted = file.read_bytes()
    file.write_text(mutant.fault.source, "utf-8")
    try:
        for tests in [*own_tests(root, mutant.module), WHOLE]:
            if tests in baselines:
                seconds, failing = baselines[tests]
                if not run_tests(root, tests, min(WHOLE_SECONDS, 20 + 5 * seconds), failing):
                    return False
        return True
    finally:
        file.write_bytes(unplanted)
        for bytecode in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            bytecode.unlink()  # a program that a test has started may have written it


def play(
    mutants: Sequence[Mutant], workers: int, *, own_only: bool
) -> Iterator[tuple[Mutant, bool]]:
    """Try all, several at a time, each in a copy of its own; whether it survived, as it is known."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(workers):
            copy_checkout(Path(folder, str(number)))
            copies.put(Path(folder, str(number)))
        first = Path(folder, "0")
        asked = {tests for mutant in mutants for tests in own_tests(first, mutant.module)}
        baselines = {tests: measure(first, tests) for tests in sorted(asked)}
        if not own_only:
            baselines[WHOLE] = measure(first, WHOLE)
        for tests, (seconds, failing) in baselines.items():
            print(f"{' '.join(tests)}: {seconds:.0f} s without a fault", flush=True)
            for name, times in Counter(name.partition("[")[0] for name in failing).items():
                print(f"  left out, for it fails without a fault: {name} ({times})", flush=True)

        def one(mutant: Mutant) -> tuple[Mutant, bool]:
            place = copies.get()
            try:
                return mutant, survives(place, mutant, baselines)
            finally:
                copies.put(place)

        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, mutants)


def row(mutant: Mutant) -> str:
    """Show a survivor on one line of a table."""
    fault = mutant.fault
    before, after = (re.sub(r"\s+", " ", text)[:70] for text in (fault.before, fault.after))
    return f"{PACKAGE}/{mutant.module}:{fault.line} | {fault.kind} | {before} -> {after}"


def totals(results: Sequence[tuple[Mutant, bool]]) -> Iterator[str]:
    """Count per module, and together."""
    yield "| Module | Planted | Noticed | Survived |"
    yield "| --- | --- | --- | --- |"
    for name in (*sorted({mutant.module for mutant, _ in results}), "all"):
        told = [lived for mutant, lived in results if name in (mutant.module, "all")]
        yield f"| {name} | {len(told)} | {len(told) - sum(told)} | {sum(told)} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, plant, print; 1 if too few of the faults were noticed."""
    parser = argparse.ArgumentParser(description="Count the planted faults that the tests notice.")
    parser.add_argument("--sample", type=int, default=700, help="how many faults")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument(
        "--module", action="append", default=[], help="a folder or file to plant in"
    )
    parser.add_argument("--part", default="1/1", help="2/8: the second eighth of the sample alone")
    parser.add_argument("--own-only", action="store_true", help="without the whole suite")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--at-least", type=float, default=95, help="percent; below, exit code 1")
    asked = parser.parse_args(argv)
    part, parts = map(int, asked.part.split("/"))
    sample = draw(ROOT, modules(ROOT, asked.module), asked.sample, asked.seed)[part - 1 :: parts]
    if not sample:
        parser.error("there is nothing to plant in")
    results = []
    for mutant, lived in play(sample, asked.workers, own_only=asked.own_only):
        results.append((mutant, lived))
        if lived:
            print(row(mutant), flush=True)
        if len(results) % 50 == 0:
            print(f"{len(results)} of {len(sample)}", file=sys.stderr, flush=True)
    print("\n".join(["", *totals(results)]))
    share = 100 * sum(not lived for _, lived in results) / len(results)
    print(f"\n{share:.1f} % of {len(results)} faults were noticed.")
    return 0 if share >= asked.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
