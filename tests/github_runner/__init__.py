"""A simulation of the GitHub Actions runner for Docker container actions.

`Job` runs the stages of an action; `read_log` and the parsers of file_commands tell what the
runner would make of a single output. What it simulates was read in the runner's source and in
GitHub's reference; nothing here has the runner's code.
"""

from __future__ import annotations

from collections.abc import Iterable

from .execute import Execute, Stage, as_container, as_process
from .expressions import Evaluate, ExpressionError, node_evaluator
from .file_commands import FileCommandError, check_summary, parse_env, parse_pairs, parse_path
from .log_commands import Annotation, Command, LogReader, parse_command
from .manifest import Manifest, ManifestError, load_manifest
from .runner import Job
from .steps import JobResult, OwnStep, StepResult, UsesStep, step, uses

__all__ = [
    "Annotation",
    "Command",
    "Evaluate",
    "Execute",
    "ExpressionError",
    "FileCommandError",
    "Job",
    "JobResult",
    "LogReader",
    "Manifest",
    "ManifestError",
    "OwnStep",
    "Stage",
    "StepResult",
    "UsesStep",
    "as_container",
    "as_process",
    "check_summary",
    "load_manifest",
    "node_evaluator",
    "parse_command",
    "parse_env",
    "parse_pairs",
    "parse_path",
    "read_log",
    "step",
    "uses",
]


def read_log(
    stdout: str, stderr: str = "", *, masks: Iterable[str] = (), debug: bool = False
) -> LogReader:
    """What the runner makes of one step's output."""
    roots = ("/github/workspace",)
    return LogReader(masks, debug=debug, roots=roots).read(stdout).read(stderr)
