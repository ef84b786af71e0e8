"""Where an event of each type keeps what the feed shows, and what makes it that event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from compass_action.sandbox.contract import Accepted


class Type(NamedTuple):
    """Paths below `event.<type>`."""

    identity: tuple[str, ...]
    state: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    under_way: tuple[str, ...] = ()
    """The states after which another one is to come, in their order."""


UNDER_WAY = ("PENDING", "IN_PROGRESS")
OPEN = ("OPEN",)

TYPES = {
    "build": Type(
        identity=("buildProperties.pipeline.pipelineId",),
        state="buildProperties.state",
        started_at="buildProperties.startedAt",
        completed_at="buildProperties.completedAt",
        under_way=UNDER_WAY,
    ),
    "deployment": Type(
        identity=(
            "deploymentProperties.pipeline.pipelineId",
            "deploymentProperties.environment.environmentId",
            "deploymentProperties.sequenceNumber",
        ),
        state="deploymentProperties.state",
        started_at="deploymentProperties.startedAt",
        completed_at="deploymentProperties.completedAt",
        under_way=UNDER_WAY,
    ),
    "incident": Type(
        identity=("incidentProperties.id",),
        state="incidentProperties.state",
        started_at="incidentProperties.startTime",
        completed_at="incidentProperties.endTime",
        under_way=OPEN,
    ),
    "flag": Type(identity=("flagProperties.id",), state="flagProperties.status"),
    "alert": Type(
        identity=("alertProperties.id",),
        state="alertProperties.status",
        started_at="alertProperties.createdAt",
        completed_at="alertProperties.closedAt",
    ),
    "lifecycle": Type(identity=("lifecycleProperties.id",), state="lifecycleProperties.stage"),
    "custom": Type(identity=("customEventProperties.id",)),
    "push": Type(identity=("pushEventProperties.id",)),
    "pullRequest": Type(
        identity=("pullRequestProperties.id",), state="pullRequestProperties.status"
    ),
    "vulnerability": Type(
        identity=("vulnerabilityProperties.id",),
        state="vulnerabilityProperties.state",
        started_at="vulnerabilityProperties.vulnerabilityStartTime",
        completed_at="vulnerabilityProperties.remediationTime",
        under_way=OPEN,
    ),
}

NOT_SHOWN = frozenset({"pullRequest"})
"""The contract warns that these are accepted, but do not appear in the activity feed."""
HAVE_OUTCOME = frozenset({"build", "deployment"})
"""The types whose events end once and are measured by it."""

FIRST = round(datetime.min.replace(tzinfo=UTC).timestamp() * 1000)
LAST = round(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp() * 1000)
"""Milliseconds since 1970, from year 1 to year 9999."""


class Shown(NamedTuple):
    """What the feed shows of an event; None where the event does not say."""

    source: str | None
    """The externalEventSourceId. A pullRequest has none; what stands there is not validated."""
    identity: dict[str, Any]
    """The fields that make the event that event, by their own names."""
    update_sequence_number: int | None
    """A pullRequest has none; what stands there is not validated."""
    state: str | None
    name: str | None
    description: str | None
    url: str | None
    environment: str | None
    category: str | None
    pipeline: str | None
    started_at: str | None
    completed_at: str | None
    last_updated: str | None


def show(event: Accepted) -> Shown:
    """Read an event that satisfies the contract."""
    body, paths = event.body, TYPES[event.event_type]
    own = body.get(f"{event.event_type}Properties") or {}
    environment, pipeline = own.get("environment") or {}, own.get("pipeline") or {}
    shown = event.event_type not in NOT_SHOWN
    return Shown(
        source=body["externalEventSourceId"] if shown else None,
        identity={path.rpartition(".")[2]: _whole(at(body, path)) for path in paths.identity},
        update_sequence_number=_whole(body["updateSequenceNumber"]) if shown else None,
        state=at(body, paths.state),
        name=body.get("displayName") if shown else None,
        description=body.get("description") if shown else None,
        url=body.get("url") if shown else at(body, "pullRequestProperties.pullRequestUrl"),
        environment=environment.get("displayName"),
        category=environment.get("category"),
        pipeline=pipeline.get("displayName"),
        started_at=at(body, paths.started_at),
        completed_at=at(body, paths.completed_at),
        last_updated=body.get("lastUpdated"),
    )


def at(body: Mapping[str, Any], path: str | None) -> Any:
    """The value at a dotted path, or None where it is absent."""
    if path is None:
        return None
    value: Any = body
    for name in path.split("."):
        value = value.get(name)
        if value is None:
            return None
    return value


def milliseconds(time: str | None) -> int | None:
    """A date-time of the contract (RFC 3339) as milliseconds since 1970.

    An offset may lead out of the years that can be shown in UTC: then the first or last moment of them.
    """
    if time is None:
        return None
    moment = round(datetime.fromisoformat(time.upper()).timestamp() * 1000)
    return min(max(moment, FIRST), LAST)


def is_under_way(event_type: str, state: str | None) -> bool:
    """Whether another state is to come."""
    return state in TYPES[event_type].under_way


def is_before(event_type: str, first: str | None, second: str | None) -> bool:
    """Whether the one state comes before the other in the life of an event."""
    begun = TYPES[event_type].under_way
    return first in begun and second not in begun[: begun.index(first) + 1]


def _whole(value: Any) -> Any:
    """JSON Schema takes 7.0 for an integer, so it is the same number as 7."""
    return int(value) if isinstance(value, float) else value
