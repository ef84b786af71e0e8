"""What the parts of an event are made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.ci.run import CiRun
from compass_action.ci.system import System
from compass_action.inputs.table import Inputs
from compass_action.tracking import Tracked


class Facts(NamedTuple):
    """Everything that is known of one event."""

    event_type: str
    inputs: Inputs
    system: System
    run: CiRun
    now: datetime
    components: tuple[str, ...] = ()
    """The ids of the components that the event is for."""
    begun: Tracked | None = None
    """The record of the event that this one updates."""
    records: tuple[Tracked, ...] = ()
    """All the records that were found."""
    remembers: bool = False
    """There is a place to which a record could go."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """What the user laid over the type's own part."""
        return self.inputs.properties or {}
