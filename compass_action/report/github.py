"""GitHub Actions: annotations, outputs, state and the step summary.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from compass_action import tracking

from .safe import code

if TYPE_CHECKING:
    from . import Report, Row

ANNOTATIONS = {"notice", "warning", "error"}
OUTPUT_MAX_CHARS = 400_000  # the runner allows about 1 MB for all outputs of a job, in UTF-16
SUMMARY_ROWS_MAX = 200


def mask(secrets: Iterable[str]) -> list[str]:
    """Ask the runner to hide secrets; those it does not know are the derived ones."""
    return [f"::add-mask::{_data(secret)}" for secret in secrets]


def render(level: str, title: str, text: str) -> list[str]:
    """Make an annotation, or plain lines.

    A debug message is one of the latter: the runner shows `::debug::` only where step debugging is on
    for the whole workflow, and here it was the step's own input that asked for it.
    """
    if level not in ANNOTATIONS:
        mark = "Debug: " if level == "debug" else ""
        return [mark + line for line in text.split("\n")]
    named = f" title={_property(title)}" if title else ""
    return [f"::{level}{named}::{_data(text)}"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def save(report: Report, env: Mapping[str, str]) -> list[str]:
    """Write the files the runner reads when the step ends."""
    outputs = {
        name: value for name, value in report.outputs.items() if len(value) <= OUTPUT_MAX_CHARS
    }
    state = {tracking.NAME: report.tracked.to_json()} if report.tracked else {}
    files = {
        "GITHUB_OUTPUT": "".join(_pair(name, value) for name, value in outputs.items()),
        "GITHUB_STATE": "".join(_pair(name, value) for name, value in state.items()),
        "GITHUB_STEP_SUMMARY": _summary(report),
    }
    problems = []
    for variable, text in files.items():
        path = env.get(variable)
        if not path or not text:
            continue
        try:
            with Path(path).open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            problems.append(
                f"{variable} cannot be written ({type(error).__name__}). The container has to run "
                "as root, as GitHub's runner expects."
            )
    return problems


def _pair(name: str, value: str) -> str:
    """Write one pair in the form that takes any value; the delimiter cannot be guessed."""
    delimiter = f"compass-event-{randomness.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _summary(report: Report) -> str:
    """Write a small table, one row for each component; all of them have the same event."""
    if not report.rows:
        return ""
    title = code(report.title) or "event"
    linked = f"[{title}]({_link(report.url)})" if report.url else title
    what = (report.outputs.get("event-type"), code(report.outputs.get("state", "")), linked)
    event = " ".join(filter(None, what))
    rows = [
        f"| {code(_short(row.component_id))} | {event} | {_result(row)} |"
        for row in report.rows[:SUMMARY_ROWS_MAX]
    ]
    left = len(report.rows) - SUMMARY_ROWS_MAX
    if left > 0:
        rows.append(f"| and {left} more | | |")
    # A blank line first: an earlier step of the job may have left its last line open.
    return "\n".join(["", "| Component | Event | Result |", "| --- | --- | --- |", *rows, ""])


def _short(component_id: str) -> str:
    """Take the last UUID of a component's ARI: the rest is the same for all components of a site."""
    return component_id.rpartition("/")[2]


def _result(row: Row) -> str:
    return ": ".join(filter(None, (row.outcome, code(row.detail))))


def _link(url: str) -> str:
    """Encode what could end a Markdown link early; the schema has let no blanks or quotes through."""
    return "".join(f"%{ord(c):02X}" if c in "()[]|<>\\`*_" else c for c in url)
