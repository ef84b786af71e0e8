"""What events are built from, before and after somebody was asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compass_action.ci.run import CiRun
from compass_action.errors import Problem, Unanswered
from compass_action.event import components
from compass_action.inputs.table import Inputs
from compass_action.tracking import Tracked


class Known(NamedTuple):
    """What events are built from, before and after somebody was asked."""

    inputs: Inputs
    run: CiRun
    records: tuple[Tracked, ...] = ()
    ids: Mapping[str, str] = components.NOTHING
    """The components that Compass told for files without an id, by path."""
    problems: tuple[Problem, ...] = ()
    """What was asked for and could not be told."""
    unanswered: Unanswered | None = None
    """The same, where Compass is to blame for all of it, and not the inputs."""
    spent: float = 0.0
    """Seconds that asking has taken."""
