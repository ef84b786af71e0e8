"""Reporting: the only modules that write. What is said is made in `outcomes`; how a host hears it, in
one file for each manner of log.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from compass_action.errors import UNWRITTEN

from . import github, gitlab, machine, pipes, plain, records
from .log import Log
from .report import Kept, Report
from .safe import printable
from .speaker import Speaker

SPEAKERS: Mapping[str, Speaker] = {
    speaker.name: speaker
    for speaker in (github.SPEAKER, pipes.SPEAKER, gitlab.SPEAKER, plain.SPEAKER)
}


def keep(
    kept: Kept, manner: str, env: Mapping[str, str], log: Log, record: str | None = None
) -> None:
    """Keep what later stages have to know; `record` is a file for it that the user named."""
    problems = SPEAKERS[manner].keep(kept, env)
    if record and kept.tracked:
        problems += records.keep_in_file(record, kept.tracked)
    if record and kept.ended:
        records.end_in_file(record, kept.ended)
    for sentence in problems:
        log.say("warning", sentence, UNWRITTEN)


def save(report: Report, manner: str, env: Mapping[str, str], log: Log) -> None:
    """Leave outputs and summary to the host; warn of what could not be written."""
    note(report, log)
    for sentence in SPEAKERS[manner].save(log.left or report, env):
        log.say("warning", sentence, UNWRITTEN)


def note(report: Report, log: Log) -> None:
    """Note what a run leaves behind, without secrets, for whoever reads JSON."""
    outputs = {k: printable(log.without_secrets(v)) for k, v in report.outputs.items()}
    rows = tuple(row._replace(detail=log.without_secrets(row.detail)) for row in report.rows)
    values = tuple(v._replace(value=log.without_secrets(v.value)) for v in report.values)
    problems = tuple(map(log.without_secrets, report.problems))
    verdicts = tuple(v._replace(text=log.without_secrets(v.text)) for v in report.verdicts)
    hidden = report._replace(outputs=outputs, rows=rows, values=values, problems=problems)
    log.left = hidden._replace(verdicts=verdicts)


def print_json(log: Log, code: int) -> None:
    """Print the run as one JSON object on standard output, on which nothing else is printed."""
    print_text(machine.render(log.left, log.said, code))


def print_text(text: str, *, error: bool = False) -> None:
    """Print a text that is made for people or machines, not for a host's log."""
    stream = sys.stderr if error else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except (OSError, ValueError):
        pass  # nobody reads any more (`| head`)
