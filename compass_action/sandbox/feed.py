"""Which event is it, and what becomes of it? Pure: no clock, no lock, no I/O.

The rules are those of Atlassian's guide "Send events using REST API": an event with a known
identity overwrites the known one, and is ignored unless its `updateSequenceNumber` rises.

That the feed is kept for each component apart, that is, under (componentId,
externalEventSourceId, type, identity), is our assumption: the guide speaks of "any existing
event with a matching pipelineId" without saying among which events it looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from compass_action.sandbox.contract import Accepted


class Type(NamedTuple):
    """Where an event type keeps what the feed shows. Paths below `event.<type>`."""

    identity: tuple[str, ...]
    state: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    environment: str | None = None


TYPES = {
    "build": Type(
        identity=("buildProperties.pipeline.pipelineId",),
        state="buildProperties.state",
        started_at="buildProperties.startedAt",
        completed_at="buildProperties.completedAt",
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
        environment="deploymentProperties.environment.displayName",
    ),
    "incident": Type(
        identity=("incidentProperties.id",),
        state="incidentProperties.state",
        started_at="incidentProperties.startTime",
        completed_at="incidentProperties.endTime",
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
    ),
}

NOT_SHOWN = frozenset({"pullRequest"})
"""The contract warns that these are accepted, but do not appear in the activity feed."""


class Update(NamedTuple):
    """One event that came in for an entry, and what became of it."""

    verdict: str
    """`created`, `overwritten` or `ignored`."""
    why: str
    state: str | None
    update_sequence_number: int | None
    received_at: str


@dataclass(frozen=True)
class Entry:
    """One event of the feed."""

    component_id: str | None
    event_type: str
    identity: Mapping[str, Any]
    """The fields that make the event that event: `{"pipelineId": "…"}`."""
    body: Mapping[str, Any]
    """The body that counts: the last one that was not ignored."""
    history: tuple[Update, ...]


def source_of(event_type: str, body: Mapping[str, Any]) -> str | None:
    """The externalEventSourceId. A pullRequest has none; what stands there is not validated."""
    return None if event_type in NOT_SHOWN else body["externalEventSourceId"]


def sequence_of(event_type: str, body: Mapping[str, Any]) -> int | None:
    """The updateSequenceNumber. A pullRequest has none; what stands there is not validated."""
    return None if event_type in NOT_SHOWN else body["updateSequenceNumber"]


def identity_of(event_type: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that make this event that event, by their own names."""
    paths = TYPES[event_type].identity
    return {path.rpartition(".")[2]: _at(body, path) for path in paths}


def judge(known: int | None, sent: int | None) -> tuple[str, str]:
    """The verdict on an event whose identity is known, and the reason for it."""
    if known is None or sent is None:
        # Only pullRequest has no updateSequenceNumber.
        return "overwritten", "the identity is known, and there is no updateSequenceNumber"
    if sent > known:
        return "overwritten", f"the identity is known, updateSequenceNumber rose from {known}"
    return "ignored", f"updateSequenceNumber {sent} does not rise above {known}"


class Feed:
    """All entries in order of creation. Not safe for threads: `intake.py` guards it."""

    def __init__(self) -> None:
        self._entries: dict[tuple[object, ...], Entry] = {}

    def apply(self, event: Accepted, component_id: str | None, received_at: str) -> Entry:
        """Take in one event of one component."""
        event_type, body = event.event_type, event.body
        identity = identity_of(event_type, body)
        source = source_of(event_type, body)
        key = (component_id, source, event_type, *identity.values())
        sent = sequence_of(event_type, body)
        state = _at(body, TYPES[event_type].state)
        entry = self._entries.get(key)
        if entry is None:
            first = Update("created", "the identity is new", state, sent, received_at)
            entry = Entry(component_id, event_type, identity, body, (first,))
        else:
            verdict, why = judge(sequence_of(event_type, entry.body), sent)
            update = Update(verdict, why, state, sent, received_at)
            entry = replace(
                entry,
                body=entry.body if verdict == "ignored" else body,
                history=(*entry.history, update),
            )
        self._entries[key] = entry
        return entry

    def shown(self) -> list[dict[str, Any]]:
        """What the activity feed shows, as JSON objects."""
        return [_row(e) for e in self._entries.values() if e.event_type not in NOT_SHOWN]

    def not_shown(self) -> list[dict[str, Any]]:
        """What Compass takes but does not show, as JSON objects."""
        return [_row(e) for e in self._entries.values() if e.event_type in NOT_SHOWN]


def _row(entry: Entry) -> dict[str, Any]:
    paths, body = TYPES[entry.event_type], entry.body
    return {
        "component_id": entry.component_id,
        "type": entry.event_type,
        "identity": dict(entry.identity),
        "state": _at(body, paths.state),
        "display_name": body.get("displayName"),
        "url": body.get("url"),
        "update_sequence_number": sequence_of(entry.event_type, body),
        "started_at": _at(body, paths.started_at),
        "completed_at": _at(body, paths.completed_at),
        "environment": _at(body, paths.environment),
        "history": [update._asdict() for update in entry.history],
        "event": body,
    }


def _at(body: Mapping[str, Any], path: str | None) -> Any:
    """The value at a dotted path, or None where it is absent."""
    if path is None:
        return None
    value: Any = body
    for name in path.split("."):
        value = value.get(name)
        if value is None:
            return None
    return value
