"""The manner of Bitbucket's pipes: coloured marks, output variables, and the shared storage.

https://support.atlassian.com/bitbucket-cloud/docs/advanced-techniques-for-writing-pipes/
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.errors import reason
from compass_action.tracking import NOTE_NAME

from . import files, records
from .plain import mask, variables
from .report import Kept, Report
from .speaker import Speaker

BLUE, GREEN, YELLOW, RED, RESET = ("\x1b[34m", "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[0m")
# As the pipes' toolkit has it: `INFO:` in blue, a green tick for success, a red cross for failure.
MARKS = {
    "info": (BLUE, "INFO: "),
    "success": (GREEN, "✔ "),
    "notice": (BLUE, "INFO: "),
    "warning": (YELLOW, "WARNING: "),
    "error": (RED, "✖ "),
    "debug": ("", "DEBUG: "),
}
VARIABLES_MAX_BYTES = 100_000  # for a whole pipeline, and 50 variables


def render(level: str, title: str, text: str) -> list[str]:
    """Mark and colour each line; the log is no terminal, but Bitbucket shows the colours."""
    colour, mark = MARKS[level]
    lines = text.split("\n") if text else []
    if title:
        lines = [f"{title}: {lines[0]}"] if len(lines) == 1 else [title, *lines]
    return [f"{colour}{mark}{line}{RESET if colour else ''}" for line in lines]


def save(report: Report, env: Mapping[str, str]) -> list[str]:
    """Append the output variables."""
    problems = []
    path = env.get("BITBUCKET_PIPELINES_VARIABLES_PATH")
    if path:
        pairs = variables(report.outputs)
        if len(pairs.get("COMPASS_PAYLOAD", "")) > VARIABLES_MAX_BYTES // 2:
            del pairs["COMPASS_PAYLOAD"]
        try:
            files.append(path, "".join(f"{name}={value}\n" for name, value in pairs.items()))
        except OSError as error:
            problems.append(f"The output variables cannot be written ({reason(error)}).")
    return problems


def keep(kept: Kept, env: Mapping[str, str]) -> list[str]:
    """Keep the begun event in the shared storage, for the pipe that ends it, and the attempts."""
    folder = env.get("BITBUCKET_PIPE_SHARED_STORAGE_DIR")
    if not folder:
        return []
    problems = records.write_into(folder, NOTE_NAME, kept.note) if kept.note else []
    return problems + (records.keep_in_folder(folder, kept.tracked) if kept.tracked else [])


SPEAKER = Speaker("pipes", mask, render, keep, save)
