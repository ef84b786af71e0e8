"""Report one event, with the inputs that action.yml hands over and with no others.

    python -I report.py

A step before this one can plant variables for all later steps. Those which the program takes for
inputs or for its own notes, and which action.yml has not set for this step, are dropped here. The others
get the names that GitHub's runner would give them, with hyphens, by which the program knows them: some
shells drop such names. What `track` has begun the program keeps by itself, in the runner's temp folder.
"""

from __future__ import annotations

import os
import re
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = re.compile(r"^ +(INPUT_[A-Z_]+): \$\{\{ inputs\.([a-z-]+) ", re.MULTILINE)


def main() -> None:
    """Run the program in a cleaned environment."""
    manifest = (ROOT / "no-docker" / "action.yml").read_text(encoding="utf-8")
    ours = dict(OURS.findall(manifest))
    for name in find_planted(os.environ, set(ours)):
        del os.environ[name]
    # Empty in the step of a composite action. Here it is this script that sets every input.
    os.environ.pop("GITHUB_ACTION_REPOSITORY", None)
    for name in ours.keys() & os.environ.keys():
        os.environ["INPUT_" + ours[name].upper()] = os.environ.pop(name)
    runpy.run_path(str(ROOT / "entrypoint.py"), run_name="__main__")


def find_planted(env: Iterable[str], ours: set[str]) -> list[str]:
    """Find the inputs and notes among the variables that action.yml has not set."""
    foreign = (name for name in env if name not in ours)
    return [name for name in foreign if name.upper().startswith(("INPUT_", "STATE_"))]


if __name__ == "__main__":
    sys.argv[1:] = []
    main()
