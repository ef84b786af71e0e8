"""Reporting: the only modules that write. What is said is made in `outcomes`; how a host hears it, in
one file for each manner of log.
"""

from __future__ import annotations

from collections.abc import Mapping

from compass_action.errors import UNWRITTEN
from compass_action.tracking import Tracked

from . import github, gitlab, pipes, plain
from .log import Log
from .report import Report
from .safe import printable
from .speaker import Speaker

SPEAKERS: Mapping[str, Speaker] = {
    speaker.name: speaker
    for speaker in (github.SPEAKER, pipes.SPEAKER, gitlab.SPEAKER, plain.SPEAKER)
}


def keep(tracked: Tracked, manner: str, env: Mapping[str, str], log: Log) -> None:
    """Keep the record of a begun event for later stages; warn if that could not be done."""
    for sentence in SPEAKERS[manner].keep(tracked, env):
        log.say("warning", sentence, UNWRITTEN)


def save(report: Report, manner: str, env: Mapping[str, str], log: Log) -> None:
    """Leave outputs and summary to the host; warn of what could not be written."""
    outputs = {k: printable(log.without_secrets(v)) for k, v in report.outputs.items()}
    rows = tuple(row._replace(detail=log.without_secrets(row.detail)) for row in report.rows)
    for sentence in SPEAKERS[manner].save(report._replace(outputs=outputs, rows=rows), env):
        log.say("warning", sentence, UNWRITTEN)
