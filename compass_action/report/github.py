"""GitHub Actions: annotations, outputs, state and the step summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from compass_action.errors import denied, reason
from compass_action.tracking import FOLDER_NAME, NAME

from . import files, records
from .report import Kept, Report
from .speaker import Speaker
from .summary import render_summary

ANNOTATIONS = {"warning", "error"}  # a notice is a line in the log
MARKS = {"notice": "Note: ", "debug": "Debug: "}
OUTPUT_MAX_CHARS = 400_000  # the runner allows about 1 MB for all outputs of a job, in UTF-16


def mask(secrets: Iterable[str]) -> list[str]:
    """Ask the runner to hide secrets; those it does not know are the derived ones."""
    return [f"::add-mask::{_data(secret)}" for secret in secrets]


def render(level: str, title: str, text: str) -> list[str]:
    """Make an annotation, or plain lines.

    A debug message is one of the latter: the runner shows `::debug::` only where step debugging is on
    for the whole workflow, and here it was the step's own input that asked for it.
    """
    if level not in ANNOTATIONS:
        mark = MARKS.get(level, "")
        whole = f"{title}: {text}" if title else text
        return [mark + line for line in whole.split("\n")]
    named = f" title={_property(title)}" if title else ""
    return [f"::{level}{named}::{_data(text)}"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def keep(kept: Kept, env: Mapping[str, str]) -> list[str]:
    """Hand the record to the step's stage at the job's end, and to the job's later steps."""
    problems = []
    if kept.ends_job:
        line = kept.tracked.to_json() if kept.tracked else ""
        problems = _append({"GITHUB_STATE": _pair(NAME, line)}, env)
    folder = env.get("RUNNER_TEMP")  # emptied for each job
    if folder and kept.tracked:
        problems += records.keep_in_folder(Path(folder) / FOLDER_NAME, kept.tracked)
    return problems


def save(report: Report, env: Mapping[str, str]) -> list[str]:
    """Write the files the runner reads when the step ends."""
    outputs = {
        name: value for name, value in report.outputs.items() if len(value) <= OUTPUT_MAX_CHARS
    }
    texts = {
        "GITHUB_OUTPUT": "".join(_pair(name, value) for name, value in outputs.items()),
        "GITHUB_STEP_SUMMARY": render_summary(report),
    }
    return _append(texts, env)


def _append(texts: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    problems = []
    for variable, text in texts.items():
        path = env.get(variable)
        if not path or not text:
            continue
        try:
            files.append(path, text)
        except OSError as error:
            root = (
                " Run the container as root, as GitHub's runner expects." if denied(error) else ""
            )
            problems.append(f"{variable} cannot be written ({reason(error)}).{root}")
    return problems


def _pair(name: str, value: str) -> str:
    """Write one pair in the form that takes any value; the delimiter cannot be guessed."""
    delimiter = f"compass-event-{randomness.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def fold(title: str, lines: Sequence[str]) -> list[str]:
    """Make a group of lines, which is closed at first."""
    return [f"::group::{_data(title)}", *lines, "::endgroup::"]


SPEAKER = Speaker("github", mask, render, keep, save, fold)
