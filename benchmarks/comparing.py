"""Compare processes in pairs: machines are noisy, so all are run in turn and the ratios count."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

STOPWATCH = Path(__file__).with_name("stopwatch.py")


class Run(NamedTuple):
    """A process to be measured; it has to succeed."""

    command: Sequence[str]
    env: Mapping[str, str] = {}
    before: tuple[Path, Path] | None = None
    """A file to be made before each run, and what it is a copy of."""


class Cost(NamedTuple):
    """What one process has cost."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system."""
    memory: float
    """Peak, KiB."""


class Spread(NamedTuple):
    """The median of some figures, and their quartiles."""

    low: float
    middle: float
    high: float


class Comparison(NamedTuple):
    """Two processes, run in pairs: how many times the other's cost is ours?"""

    what: str
    against: str
    ours: Cost
    """Medians."""
    theirs: Cost
    wall: Spread
    """Of the ratios of all pairs; so are the next two."""
    cpu: Spread
    memory: Spread


class Stopwatch:
    """The measuring process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(STOPWATCH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measure(self, run: Run) -> Cost:
        """Run a process to its end. Raises RuntimeError, with its output, if it fails."""
        if run.before:
            shutil.copyfile(run.before[1], run.before[0])
        log = self._folder / "log"
        program = shutil.which(run.command[0]) or run.command[0]
        asked = {
            "command": [program, *run.command[1:]],
            "env": dict(run.env),
            "folder": str(self._folder),
            "log": str(log),
        }
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise RuntimeError("the stopwatch has no pipes")
        to.write(json.dumps(asked) + "\n")
        to.flush()
        wall, cpu, memory, code = json.loads(back.readline())
        if code != 0:
            raise RuntimeError(f"{run.command} ended with {code}:\n{log.read_text()}")
        return Cost(wall, cpu, memory)

    def close(self) -> None:
        """End the measuring process."""
        self._process.communicate()


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        watch = Stopwatch(Path(folder))
        try:
            yield watch
        finally:
            watch.close()


def compare(
    runs: Mapping[str, Run], baselines: Mapping[str, str], rounds: int
) -> Iterator[Comparison]:
    """Run all in turn, `rounds` times, and compare each with its baseline in the same round.

    `baselines` are the comparisons that are wanted: names of `runs`, ours and theirs.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    with stopwatch() as watch:
        for run in runs.values():
            watch.measure(run)  # the first run fills the caches
        for _ in range(rounds):
            for name, run in runs.items():
                costs[name].append(watch.measure(run))
    for what, against in baselines.items():
        pairs = list(zip(costs[what], costs[against], strict=True))
        yield Comparison(
            what,
            against,
            _medians(costs[what]),
            _medians(costs[against]),
            *(spread([a[i] / b[i] for a, b in pairs]) for i in range(3)),
        )


def _medians(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(cost[i] for cost in costs) for i in range(3)))


def spread(figures: Sequence[float]) -> Spread:
    """The median and the quartiles."""
    if len(figures) == 1:
        return Spread(figures[0], figures[0], figures[0])
    return Spread(*statistics.quantiles(figures, n=4, method="inclusive"))
