"""Tests in a copy of the checkout, where a fault can be planted: whether they pass, how long they take."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WHOLE_SECONDS = 1200.0
PYTEST = (sys.executable, "-m", "pytest", "-x", "--tb=no", "-p", "no:xdist")


class Baseline(NamedTuple):
    """How tests do without a fault."""

    seconds: float
    failing: tuple[str, ...]
    """They can notice nothing, and are left out."""


def copy_checkout(to: Path) -> None:
    """Copy what git knows and what it would take, nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source = ROOT / name
        if source.is_file() and not name.startswith(".venv"):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, to / name)


def run_tests(
    root: Path,
    tests: Sequence[str],
    seconds: float,
    deselected: Sequence[str] = (),
    *,
    planted: bool = True,
) -> bool:
    """Run tests in a copy; whether all passed in time. Raises RuntimeError if there were none.

    The bytecode of what holds no fault is kept, and serves all later runs.
    """
    command = [*PYTEST, *tests, *(f"--deselect={name}" for name in deselected)]
    passed, code = False, None
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1" if planted else ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(seconds)
        passed = code == 0
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):  # with all that the tests have started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code == 5:
        raise RuntimeError(f"{' '.join(tests)} holds no tests")
    return passed


def measure(root: Path, tests: Sequence[str]) -> Baseline:
    """Run tests without a fault, to know how long they take and which of them fail anyhow."""
    start = time.monotonic()
    remembered = root / ".pytest_cache" / "v" / "cache" / "lastfailed"
    remembered.unlink(missing_ok=True)
    everything = ("--maxfail=10000", *tests)
    if run_tests(root, everything, WHOLE_SECONDS, planted=False):
        return Baseline(time.monotonic() - start, ())
    seconds = time.monotonic() - start
    failing = tuple(json.loads(remembered.read_text())) if remembered.exists() else ()
    if not failing or not run_tests(root, tests, WHOLE_SECONDS, failing):
        raise RuntimeError(f"{' '.join(tests)} fails without a fault")
    return Baseline(seconds, failing)
