"""Reporting: the only modules that write. What is said is made in `outcomes`; how a host hears it, in
one file for each manner of log.
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.errors import UNWRITTEN

from . import github, gitlab, pipes, plain, records
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
    for sentence in problems:
        log.say("warning", sentence, UNWRITTEN)


def save(report: Report, manner: str, env: Mapping[str, str], log: Log) -> None:
    """Leave outputs and summary to the host; warn of what could not be written."""
    outputs = {k: printable(log.without_secrets(v)) for k, v in report.outputs.items()}
    rows = tuple(row._replace(detail=log.without_secrets(row.detail)) for row in report.rows)
    for sentence in SPEAKERS[manner].save(report._replace(outputs=outputs, rows=rows), env):
        log.say("warning", sentence, UNWRITTEN)
