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
    from . import Report

ANNOTATIONS = {"notice", "warning", "error", "debug"}
OUTPUT_MAX_CHARS = 400_000  # the runner allows about 1 MB for all outputs of a job, in UTF-16
SUMMARY_ROWS_MAX = 200


def mask(secrets: Iterable[str]) -> list[str]:
    """Ask the runner to hide secrets; those it does not know are the derived ones."""
    return [f"::add-mask::{_data(secret)}" for secret in secrets]


def render(level: str, title: str, text: str) -> list[str]:
    """Make an annotation, or a plain line."""
    if level not in ANNOTATIONS:
        return text.split("\n")
    named = f" title={_property(title)}" if title and level != "debug" else ""
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
    if not report.rows:
        return ""
    outputs = report.outputs
    what = " ".join(
        filter(
            None, (outputs.get("event-type"), code(outputs.get("state", "")), code(report.title))
        )
    )
    link = f" ([page]({_link(report.url)}))" if report.url else ""
    head = f"\n**Compass:** {what}{link}\n\n| Component | Result | |\n| --- | --- | --- |\n"
    rows = [
        f"| {code(row.component_id)} | {row.outcome} | {code(row.detail)} |"
        for row in report.rows[:SUMMARY_ROWS_MAX]
    ]
    left = len(report.rows) - SUMMARY_ROWS_MAX
    if left > 0:
        rows.append(f"| … and {left} more | | |")
    return head + "\n".join(rows) + "\n"


def _link(url: str) -> str:
    """Encode what could end a Markdown link early; the schema has let no blanks or quotes through."""
    return "".join(f"%{ord(c):02X}" if c in "()[]|<>\\`*_" else c for c in url)
