"""Report one event, with the inputs that action.yml hands over and with no others.

    python -I report.py

A step before this one can plant variables for all later steps. Those which the program takes for
inputs or for its own notes, and which action.yml has not set for this step, are dropped here.

A composite action has no state of its own, so what `track` has begun is kept in a file of the job, one
record on each line; among them the program finds the one of the event that it ends.
"""

from __future__ import annotations

import os
import re
import runpy
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = re.compile(r"^ +(INPUT_[A-Z_]+): ", re.MULTILINE)
RECORD = "STATE_COMPASS_TRACKED"


def main() -> None:
    """Run the program in a cleaned environment, and keep what it notes for the job's end."""
    manifest = (ROOT / "no-docker" / "action.yml").read_text(encoding="utf-8")
    temp = Path(os.environ["RUNNER_TEMP"])
    kept, state = temp / "compass-event-tracked", temp / "compass-event-state"
    with suppress(OSError):  # the disk is full: the event counts, the note does not
        state.write_bytes(b"")
    env = drop_planted(dict(os.environ), set(OURS.findall(manifest)))
    if kept.exists():
        env[RECORD] = _read(kept)
    # A plain mapping: the records of many events are longer than a variable of a process may be.
    os.environ = env | {"GITHUB_STATE": str(state)}  # type: ignore[assignment]  # noqa: B003 - no process gets it
    try:
        runpy.run_path(str(ROOT / "entrypoint.py"), run_name="__main__")
    finally:
        lines = dict.fromkeys(_read(state).splitlines())  # the record is saved twice
        with suppress(OSError), kept.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines if line.startswith("{"))


def _read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace")
    return ""


def drop_planted(env: dict[str, str], ours: set[str]) -> dict[str, str]:
    """Keep what action.yml has set, and everything that is no input and no note."""
    return {
        name: value
        for name, value in env.items()
        if name in ours or not name.upper().startswith(("INPUT_", "STATE_"))
    }


if __name__ == "__main__":
    sys.argv[1:] = []
    main()
