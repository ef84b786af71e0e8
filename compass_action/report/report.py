"""What is left behind when all is said: for outputs, summary and later stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compass_action.tracking import Tracked


class Row(NamedTuple):
    """One component's line in the summary."""

    component_id: str
    outcome: str
    """`accepted`, `spooled`, `failed`, `dry-run`."""
    detail: str = ""


class Kept(NamedTuple):
    """What later stages, steps and jobs have to know."""

    tracked: Tracked | None = None
    """The record of an event that was begun."""
    ends_job: bool = False
    """The stage at the job's end has to end it."""
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
