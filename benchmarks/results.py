"""The results as a table, with the machine and the versions they were measured on."""

from __future__ import annotations

import os
import platform
import re
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparing import Comparison, Spread
from benchmarks.figures import Figure

HEAD = ("What", "Against", "CPU", "Wall", "Memory", "CPU, ms", "Wall, ms", "Memory, MiB")

INTRODUCTION = """# Benchmarks: results

Written by `make bench`. A ratio is the median over pairs of whole processes that were run in turn, with
its quartiles; the other columns are medians, ours and what it is compared with. Only the ratios mean
something on another machine.
"""


def rows(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """The comparisons as a Markdown table."""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{' --- |' * len(HEAD)}"
    for one in comparisons:
        pairs = zip(one.ours, one.theirs, strict=True)
        wall, cpu, memory = (
            (f"{a * by:.0f} / {b * by:.0f}") for (a, b), by in zip(pairs, UNITS, strict=True)
        )
        cells = (
            one.what,
            one.against,
            *map(_ratio, (one.cpu, one.wall, one.memory)),
            cpu,
            wall,
            memory,
        )
        yield f"| {' | '.join(cells)} |"


UNITS = (1000, 1000, 1 / 1024)
"""From seconds and KiB to milliseconds and MiB: wall, CPU, memory."""


def _ratio(of: Spread) -> str:
    return f"**{of.middle:.2f}** ({of.low:.2f} to {of.high:.2f})"


def document(comparisons: Sequence[Comparison], figures: Sequence[Figure], rounds: int) -> str:
    """The whole of RESULTS.md."""
    lines = [INTRODUCTION, *(f"- {line}" for line in _surroundings(rounds)), ""]
    lines += ["![Ratios of CPU to import requests](results.svg)", "", *rows(comparisons), ""]
    lines += ["| Figure | |", "| --- | --- |", *(f"| {what} | {much} |" for what, much in figures)]
    return "\n".join(lines) + "\n"


def _surroundings(rounds: int) -> Iterator[str]:
    yield f"{datetime.now(UTC):%Y-%m-%d}; {rounds} pairs for one event, fewer for what takes long"
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    yield f"{system}, Linux {platform.release().partition('-')[0]}"
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("requests", "urllib3", "jsonschema")
    )
    yield f"CPython {platform.python_version()}, {libraries}, {ssl.OPENSSL_VERSION}"
    curl = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
    yield " ".join(curl.split()[:2])
