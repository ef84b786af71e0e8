"""An event that is sought, and what is seen of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from compass_action.event_types import EVENT_TYPES

from .json_values import at, text

LONG = 2**63


class Sought(NamedTuple):
    """The event that is sought, by what makes it that event."""

    event_type: str
    """As the REST API spells it."""
    cloud_id: str
    component_id: str
    source_id: str
    """Its externalEventSourceId, whole."""
    identity: tuple[str | int | None, ...]
    """`pipelineId`, `environmentId` and `sequenceNumber` of a build or deployment, else its id."""


class Seen(NamedTuple):
    """An event as Compass shows it."""

    update_sequence_number: int | None = None
    state: str | None = None
    started_at: datetime | None = None
    severity: Mapping[str, str] | None = None
    environment: Mapping[str, str] | None = None
    completed_at: datetime | None = None
    """Of a build or deployment alone."""


def sought_in(request: Mapping[str, Any]) -> Sought | None:
    """Read whom a request is about; None for a type that cannot be found again."""
    ((kind, body),) = request["event"].items()
    if kind == "pullRequest":  # they are shown nowhere
        return None
    identity = identity_of(kind, body[EVENT_TYPES[kind].part])
    source = body["externalEventSourceId"]
    return Sought(kind, request["cloudId"], request["componentId"], source, identity)


def identity_of(kind: str, part: Any) -> tuple[str | int | None, ...]:
    """Read the identity off an event's own part, which REST and GraphQL spell alike."""
    if not EVENT_TYPES[kind].has_duration:
        return (text(at(part, "id")),)
    pipeline = text(at(part, "pipeline", "pipelineId"))
    if kind == "build":
        return (pipeline, None, None)
    environment = text(at(part, "environment", "environmentId"))
    return (pipeline, environment, whole(at(part, "sequenceNumber")))


def whole(value: Any) -> int | None:
    """Read GraphQL's Long, which some servers write as a text; None if it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return whole(int(value))
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and abs(value) < LONG else None
