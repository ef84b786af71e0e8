"""Which payloads are updates of one event: those are sent in their order, one after another. Pure."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from compass_action.schemas import Payload


def line_up(payloads: Sequence[Payload]) -> Iterable[deque[int]]:
    """Give one line for each event: the places of its updates among the payloads, in their order."""
    lines: dict[Hashable, deque[int]] = {}
    for place, payload in enumerate(payloads):
        lines.setdefault(event_of(payload), deque()).append(place)
    return lines.values()


def event_of(payload: Payload) -> Hashable:
    """Name the event: its component, its source, and the ids by which Compass knows it again."""
    try:
        [body] = json.loads(payload.body)["event"].values()
        [part] = [value for name, value in body.items() if name.endswith("Properties")]
        ids = json.dumps(list(_ids(part)))
        return (payload.event_type, payload.component_id, body.get("externalEventSourceId"), ids)
    except (ValueError, KeyError, TypeError, AttributeError):
        return payload.body


def _ids(part: dict[str, Any]) -> Iterable[object]:
    yield part.get("id")
    yield part.get("pipeline", {}).get("pipelineId")
    yield part.get("environment", {}).get("environmentId")
    yield part.get("sequenceNumber")
