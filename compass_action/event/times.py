"""When something began and ended. Pure. Nothing is invented: what is not known is None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from compass_action.errors import Problem
from compass_action.event_types import EVENT_TYPES
from compass_action.inputs.values import read_time
from compass_action.text import timestamp

from .facts import Facts
from .states import FINAL

AHEAD_MAX = timedelta(minutes=5)
"""Clocks may differ by so much."""
BUSY_MAX = timedelta(days=1)
"""A run whose start is longer ago is not believed to have been busy ever since."""


class Span(NamedTuple):
    """When something ran; None is unknown."""

    started_at: datetime | None
    completed_at: datetime | None
    waited: bool = False
    """It cannot have been busy ever since its start, so that its end would make a false duration."""


def lies_ahead(moment: datetime | None, now: datetime) -> bool:
    """Tell a time that has not come, by whatever clock."""
    return moment is not None and moment > now + AHEAD_MAX


def span(facts: Facts, state: str) -> Span:
    """Find start and end of a build or deployment in a state.

    What is in progress begins with its first report at the latest, and what is final ends with its
    own, unless the host tells when. A start or end that lies ahead by another machine's clock is not
    believed.
    """
    inputs, run = facts.inputs, facts.run
    started = _own(facts, "startedAt") or inputs.started_at or _told(facts)
    if started is None and state == "IN_PROGRESS":
        started = facts.now
    if state not in FINAL:
        return Span(started, None)
    completed = _own(facts, "completedAt") or inputs.completed_at
    if completed is None and not lies_ahead(run.ended_at, facts.now):
        completed = run.ended_at
    if completed is None and _has_waited(facts, started):
        return Span(started, None, waited=True)
    if completed is None:  # the clock may step back
        completed = max(facts.now, started) if started else facts.now
    return Span(started, completed)


def _told(facts: Facts) -> datetime | None:
    """Find the start that an earlier report has left, else the one that the host tells."""
    run = facts.run
    left = facts.begun.started_at if facts.begun else None
    host = run.run_started_at if facts.inputs.scope == "run" else run.job_started_at
    return next((one for one in (left, host) if one and not lies_ahead(one, facts.now)), None)


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
    ended = _own(facts, kind.ends[0]) or facts.inputs.completed_at
    return Span(started, ended or max(facts.now, started or facts.now))


def from_the_future(facts: Facts, fields: Mapping[str, Any] | None) -> list[Problem]:
    """Refuse given times that have not come: what is measured by them would be false, and of an update
    from the future all that come before it would be ignored.

    `fields` are those of the event's part, if it could be built: an end that is not used may lie
    ahead, as the one that Alertmanager names while an alert fires.
    """
    kind, inputs = EVENT_TYPES[facts.event_type], facts.inputs
    ends = fields is None or any(name in fields for name in kind.ends)
    given = {
        "started-at": inputs.started_at,
        "completed-at": inputs.completed_at if ends else None,
        "last-updated": inputs.last_updated,
    }
    told = [(name, "", moment) for name, moment in given.items() if name not in kind.unused]
    own = filter(None, (kind.starts, *kind.ends))
    told += [("properties", f"{name}: ", _own(facts, name)) for name in own]
    return [
        Problem(name, f"{part}{timestamp(moment)} lies ahead. Write a time that has come.")
        for name, part, moment in told
        if moment and lies_ahead(moment, facts.now)
    ]


def _own(facts: Facts, name: str) -> datetime | None:
    """Read a time that stands in `properties`; if it is none, the schema says so."""
    try:
        return read_time(str(facts.properties[name]))
    except (KeyError, ValueError):
        return None
