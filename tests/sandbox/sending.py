"""Valid events, changed here and there, sent to a sandbox, and found again in its feed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import requests

from compass_action.sandbox import Sandbox

VALID = sorted((Path(__file__).parents[1] / "events" / "valid").glob("*.json"))
AUTH = ("ada@example.com", "token")
EVENTS = "/compass/v1/events"
Document = dict[str, Any]
PIPELINE = "event.build.buildProperties.pipeline.pipelineId"
UPDATE = "event.build.updateSequenceNumber"


def sample(name: str) -> Document:
    [path] = [path for path in VALID if path.stem == name]
    document: Document = json.loads(path.read_text("utf-8"))
    return document


def changed(name: str, changes: dict[str, Any]) -> Document:
    """A valid event with the values at some dotted paths changed, or left out where it is `...`."""
    document = copy.deepcopy(sample(name))
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = document
        for parent in parents:
            place = place[parent]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return document


def build(number: int, update: int = 1, source: str | None = None) -> Document:
    """An update of a build of its own pipeline."""
    changes: dict[str, Any] = {PIPELINE: f"builds/{number}", UPDATE: update}
    if source is not None:
        changes["event.build.externalEventSourceId"] = source
    return changed("build-full", changes)


def post(
    sandbox: Sandbox,
    body: Document | bytes,
    auth: tuple[str, str] | None = AUTH,
    path: str = EVENTS,
    **headers: str,
) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(sandbox.url + path, data=data, auth=auth, headers=headers, timeout=10)


def ids(page: Document) -> list[str]:
    """The pipelines of a page of the feed."""
    return [event["identity"]["pipelineId"] for event in page["events"]]
