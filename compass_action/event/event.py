"""What is built: events, one for each component, not yet validated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from compass_action.event_types import EVENT_TYPES


class Event(NamedTuple):
    """One event for one component."""

    event_type: str
    """One of the ten, as the API spells it: `build`, `pullRequest`."""
    cloud_id: str
    component_id: str
    body: Mapping[str, Any]
    """What stands under `event.<event_type>`."""
    start_is_known: bool = True
    """False: the time of the report stands in the place of a start that nobody knows."""
    component_name: str = ""
    """The component's name, for people; empty where it is not known."""

    @property
    def part(self) -> Mapping[str, Any]:
        """The type's own part: what stands under `buildProperties` and the like."""
        part = self.body.get(EVENT_TYPES[self.event_type].part)
        return part if isinstance(part, Mapping) else {}

    def request(self) -> dict[str, Any]:
        """The whole request as the API takes it."""
        return {
            "cloudId": self.cloud_id,
            "componentId": self.component_id,
            "event": {self.event_type: dict(self.body)},
        }


class Events(NamedTuple):
    """What is to be sent, and what the user should know about it."""

    events: tuple[Event, ...]
    notices: tuple[str, ...] = ()
