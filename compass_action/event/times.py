"""When something began and ended. Pure. Nothing is invented: what is not known is None."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import read_time

from .facts import Facts
from .states import FINAL

BUSY_MAX = timedelta(days=1)
"""A run whose start is longer ago is not believed to have been busy ever since."""


class Span(NamedTuple):
    """When something ran; None is unknown."""

    started_at: datetime | None
    completed_at: datetime | None
    waited: bool = False
    """It cannot have been busy ever since its start, so that its end would make a false duration."""


def span(facts: Facts, state: str) -> Span:
    """Find start and end of a build or deployment in a state.

    What is in progress begins with its first report at the latest, and what is final ends with its
    own, unless the host tells when.
    """
    inputs, run = facts.inputs, facts.run
    started = _own(facts, "startedAt") or inputs.started_at
    if started is None and facts.begun and facts.begun.started_at:
        started = facts.begun.started_at
    if started is None:
        started = run.run_started_at if inputs.scope == "run" else run.job_started_at
    if started is None and state == "IN_PROGRESS":
        started = facts.now
    if state not in FINAL:
        return Span(started, None)
    completed = _own(facts, "completedAt") or inputs.completed_at or run.ended_at
    if completed is None and _has_waited(facts, started):
        return Span(started, None, waited=True)
    if completed is None:  # the clock may step back
        completed = max(facts.now, started) if started else facts.now
    return Span(started, completed)


def _has_waited(facts: Facts, started: datetime | None) -> bool:
    """Tell a run that cannot have been busy since its start.

    A pipeline waits for whoever presses the button of a manual job, and its failed jobs may be run
    again days later: on most hosts it is the same run, with its first start, and nothing says when
    it went on.
    """
    if facts.inputs.scope != "run" or facts.inputs.started_at or started is None:
        return False
    return facts.now - started > BUSY_MAX


def open_span(facts: Facts, state: str, closed: str) -> Span:
    """Find start and end of something that is open for a while: what is open has not ended.

    The start that nobody gave is None.
    """
    kind = EVENT_TYPES[facts.event_type]
    started = _own(facts, kind.starts) or facts.inputs.started_at
    if state != closed:
        return Span(started, None)
    return Span(started, _own(facts, kind.ends[0]) or facts.inputs.completed_at or facts.now)


def _own(facts: Facts, name: str) -> datetime | None:
    """Read a time that stands in `properties`; if it is none, the schema says so."""
    try:
        return read_time(str(facts.properties[name]))
    except (KeyError, ValueError):
        return None
