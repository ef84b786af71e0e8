"""What the parts of an event are made from: the facts, the state, start and end. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from . import states
from .errors import InputError, Problem
from .kinds import read_time, words

if TYPE_CHECKING:
    from .ci.run import CiRun
    from .inputs import Inputs
    from .tracking import Tracked


BUSY_MAX = timedelta(days=1)
"""A run whose start is longer ago is not believed to have been busy ever since."""


@dataclass(frozen=True)
class Facts:
    """What the parts are made from."""

    inputs: Inputs
    run: CiRun
    now: datetime
    tracked: Tracked | None = None
    """The begun event that this one updates."""
    notices: list[str] = field(default_factory=list)
    """What the user should know of; the functions below add to it."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """What the user laid over the part."""
        return self.inputs.properties or {}


T = TypeVar("T")


def collect(problems: list[Problem], step: Callable[[], T]) -> T | None:
    """Take a step; if it fails, keep its problems and go on, so that all are told at once."""
    try:
        return step()
    except InputError as error:
        problems += error.problems
        return None


def state(facts: Facts, event_type: str, name: str = "state") -> str:
    """Find the state: from `properties`, from the input, from the CI system.

    Raises InputError if there is none or the word is not known.
    """
    if name in facts.properties:
        return _own_state(facts, event_type, name)
    word = facts.inputs.state
    if not word and facts.inputs.scope == "job":  # a host tells the job's state, not the run's
        word = facts.run.status if event_type in ("build", "deployment") else None
    if not word:
        known = words(states.STATES[event_type])
        message = f"it is not given, and {facts.run.system} does not say it. Use one of: {known}."
        raise InputError([Problem("state", message)])
    try:
        return states.state(event_type, word)
    except ValueError as error:
        raise InputError([Problem("state", str(error))]) from None


def _own_state(facts: Facts, event_type: str, name: str) -> str:
    """Read the state that stands in `properties`; JSON's true and 0 are words like any other."""
    own = facts.properties[name]
    if not isinstance(own, str | int):
        message = f"{name} is not a word. Use one of: {words(states.STATES[event_type])}."
        raise InputError([Problem("properties", message)])
    word = str(own).lower() if isinstance(own, bool) else str(own)
    try:
        return states.state(event_type, word)
    except ValueError as error:
        if event_type == "flag" and isinstance(own, str):
            return word  # the contract takes any status of a flag
        raise InputError([Problem("properties", str(error))]) from None


def _own_time(facts: Facts, name: str) -> datetime | None:
    """Read a time that stands in `properties`; if it is none, the schema says so."""
    try:
        return read_time(str(facts.properties[name]))
    except (KeyError, ValueError):
        return None


class Span(NamedTuple):
    """When something ran; None is unknown."""

    started_at: datetime | None
    completed_at: datetime | None


def span(facts: Facts, state: str) -> Span:
    """Find start and end of a build or deployment in a state. Nothing is invented: what is in
    progress begins with its first report at the latest, and what is final ends with its own.
    """
    inputs, run = facts.inputs, facts.run
    started = _own_time(facts, "startedAt") or inputs.started_at
    if started is None and facts.tracked and facts.tracked.started_at:
        started = facts.tracked.started_at
    if started is None:
        started = run.run_started_at if inputs.scope == "run" else run.job_started_at
    if started is None and state == "IN_PROGRESS":
        started = facts.now
    given_end = _own_time(facts, "completedAt") or inputs.completed_at
    completed = given_end if state in states.FINAL else None
    if completed is None and state in states.FINAL and not _has_waited(facts, started):
        completed = max(facts.now, started) if started else facts.now  # the clock may step back
    return Span(started, completed)


def _has_waited(facts: Facts, started: datetime | None) -> bool:
    """Tell a run that cannot have been busy since its start, and say so.

    A pipeline waits for whoever presses the button of a manual job, and its failed jobs may be run
    again days later: on most hosts it is the same run, with its first start, and nothing says when
    it went on.
    """
    if facts.inputs.scope != "run" or facts.inputs.started_at or started is None:
        return False
    if facts.now - started <= BUSY_MAX:
        return False
    facts.notices.append(
        "The run began more than a day ago, so it has waited or was run again: Compass is not told "
        "how long it took. Give completed-at to tell it."
    )
    return True
