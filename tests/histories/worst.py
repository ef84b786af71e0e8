"""Compass, read in the worst way that its documentation allows; the program has to stand it.

An event belongs to its event source. A source shows on every component that it was ever sent for, and
equal identity inside one source overwrites, whatever component came along. Written from the reference
alone: it knows nothing of the program, and not even of the sandbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Request = Mapping[str, Any]
"""A request as it is sent; what else stands beside it is kept."""

Key = tuple[str, str, tuple[object, ...]]
"""The source, the type, and what the guide calls the identity of an event of that type."""


class Feed:
    """What Compass would hold and show."""

    def __init__(self) -> None:
        self.ignored: list[Request] = []
        """What came too late, and does not show."""
        self._events: dict[Key, list[Request]] = {}
        self._attached: defaultdict[str, set[str]] = defaultdict(set)

    def send(self, request: Request) -> None:
        """Take one request."""
        kind, body = _event(request)
        source = body["externalEventSourceId"]
        self._attached[source].add(request["componentId"])
        updates = self._events.setdefault((source, kind, _identity(kind, body)), [])
        if updates and _number(updates[-1]) >= _number(request):
            self.ignored.append(request)
        else:
            updates.append(request)

    def shown_on(self, component: str) -> list[list[Request]]:
        """The events on a component's page, each with its updates that counted, oldest first."""
        return [
            updates
            for (source, _, _), updates in self._events.items()
            if component in self._attached[source]
        ]


def _event(request: Request) -> tuple[str, Mapping[str, Any]]:
    ((kind, body),) = request["event"].items()
    return kind, body


def _number(request: Request) -> int:
    return int(_event(request)[1]["updateSequenceNumber"])


def _identity(kind: str, body: Mapping[str, Any]) -> tuple[object, ...]:
    part = body[f"{kind}Properties"]
    if kind == "build":
        return (part["pipeline"]["pipelineId"],)
    environment = part["environment"]["environmentId"]
    return (part["pipeline"]["pipelineId"], environment, part["sequenceNumber"])
