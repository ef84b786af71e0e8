"""What a run costs: the whole process against `python -c "import requests"`.

    python benchmarks/start.py [PAIRS]

Machines are noisy, so both are run in turn and the ratio of each pair is taken; the median counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from compass_action.sandbox import running_sandbox  # noqa: E402 - found only from here on

PYTHON = sys.executable
"""The interpreter itself: a version manager's shim would cost as much as the program."""
ENTRYPOINT = str(ROOT / "entrypoint.py")
JOB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "acme/shop/.github/workflows/ci.yml@refs/heads/main",
    "GITHUB_RUN_ID": "7421",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_JOB": "test",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
    "COMPASS_EMAIL": "ada@acme.example",
    "COMPASS_API_TOKEN": "made-up-token",
    "COMPASS_STATE": "success",
    "COMPASS_COMPONENT_ID": "ari:cloud:compass:0f1e2d3c-1111-4222-8333-444455556666:component/"
    "0f1e2d3c-1111-4222-8333-444455556666/00000000-0000-4000-8000-000000000001",
}


def time_process(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds a process takes; it has to succeed."""
    start = time.perf_counter()
    subprocess.run(command, env=dict(env), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def compare(pairs: int, ours: Callable[[], float], theirs: Callable[[], float]) -> str:
    """Run both in turn; a table row: medians in milliseconds, median and quartiles of the ratio."""
    ours(), theirs()  # the first runs fill the caches
    times = [(ours(), theirs()) for _ in range(pairs)]
    ratios = sorted(a / b for a, b in times)
    low, middle, high = statistics.quantiles(ratios, n=4)
    medians = (statistics.median(a for a, _ in times), statistics.median(b for _, b in times))
    cells = [f"{seconds * 1000:.0f} ms" for seconds in medians]
    return f"{' | '.join(cells)} | {middle:.2f} ({low:.2f} to {high:.2f}) |"


def main() -> int:
    """Print one row for each way to run."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    bare = {"PATH": os.environ["PATH"]}
    baseline = [PYTHON, "-c", "import requests"]
    with running_sandbox(rate_limit=None) as sandbox, tempfile.TemporaryDirectory() as folder:
        job = bare | JOB | {"GITHUB_OUTPUT": f"{folder}/output", "GITHUB_WORKSPACE": folder}
        runs = {
            "an event accepted on loopback": job | {"COMPASS_API_URL": sandbox.url},
            "a dry run": job | {"COMPASS_DRY_RUN": "true"},
            "secrets withheld, nothing sent": job
            | {"COMPASS_API_TOKEN": "", "GITHUB_ACTOR": "dependabot[bot]"},
        }
        sys.stdout.write("| Run | Whole process | `import requests` | Ratio (quartiles) |\n")
        sys.stdout.write("| --- | --- | --- | --- |\n")
        for name, env in runs.items():
            row = compare(
                pairs,
                lambda env=env: time_process([PYTHON, "-I", ENTRYPOINT], env),  # type: ignore[misc]
                lambda: time_process(baseline, bare),
            )
            sys.stdout.write(f"| {name} | {row}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
