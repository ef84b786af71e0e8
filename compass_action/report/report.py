"""What is left behind when all is said: for outputs, summary and later stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compass_action.tracking import Tracked


class Row(NamedTuple):
    """One component's line in the summary, and one receipt for machines."""

    component_id: str
    outcome: str
    """`accepted`, `spooled`, `failed`, `dry-run`."""
    detail: str = ""
    """What the server or the network said."""
    headline: str = ""
    """What failed, in one line; empty where nothing did."""
    hint: str = ""
    """What to do about it."""
    event_type: str = ""
    attempts: int | None = None
    http_status: int | None = None


class Value(NamedTuple):
    """One value of an event, and where it comes from."""

    name: str
    value: str
    source: str
    """`--state`, `COMPASS_STATE`, `compass.yml`, `github`, `default`."""


class Check(NamedTuple):
    """What one part of a check-up has found."""

    level: str
    """`ok`, `warning` or `failed`."""
    what: str
    """`site`, `credentials`, `component` …"""
    text: str
    """What is so, and what to do where it is not well."""


class Verdict(NamedTuple):
    """Whether an event that was sent counts, by what Compass shows."""

    component_id: str
    event_type: str
    counts: bool | None
    """None: Compass could not be asked."""
    text: str


class Kept(NamedTuple):
    """What later stages, steps and jobs have to know."""

    tracked: Tracked | None = None
    """The record of an event that was begun."""
    ended: Tracked | None = None
    """What the record of an event that is over would be."""
    ends_job: bool = False
    """The stage at the job's end has to end it; nothing, where there is no record."""
    note: str | None = None
    """What the CI system has to remember (`CiRun.note`)."""


class Report(NamedTuple):
    """What a run leaves behind."""

    outputs: Mapping[str, str] = {}
    """By output name (`pipeline-id`); absent is left out."""
    rows: tuple[Row, ...] = ()
    title: str = ""
    """The event's display name."""
    url: str = ""
    """The event's link."""
    tracked: Tracked | None = None
    """The record of the event that was begun, if it goes on."""
    facts: Mapping[str, str] = {}
    """What the summary tells of the event besides: `environment`, `category`, `duration`, `site`."""
    names: Mapping[str, str] = {}
    """The components' names, by ARI, where they are known."""
    values: tuple[Value, ...] = ()
    """Every value of the event, for `check`."""
    checks: tuple[Check, ...] = ()
    """What Compass was asked about, for `check`."""
    verdicts: tuple[Verdict, ...] = ()
    """Whether the events count, where Compass was asked for that."""
    requests: tuple[str, ...] = ()
    """The requests that would be sent, for `check` and `dry-run`."""
    problems: tuple[str, ...] = ()
    """What is wrong, where nothing could be sent."""
